//! OpenCV/NumPy-style frame processing for DeepStream and GStreamer pipelines.
#![deny(unsafe_code)]

mod error;

pub mod crops;
pub mod elements;
pub mod frame;
#[allow(unsafe_code, reason = "reads and writes C structures that the pipeline owns")]
pub mod meta;
pub mod ops;
pub mod roi;
#[allow(unsafe_code, reason = "calls C through function pointers, and answers C's calls")]
pub mod runtime;
#[allow(unsafe_code, reason = "reads C structures that the pipeline owns")]
pub mod surface;
#[allow(unsafe_code, reason = "mirrors of C structures")]
pub mod sys;

pub use error::{Error, ErrorKind, Result};
