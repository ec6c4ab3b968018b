//! Multi-object tracking without a GPU.
//!
//! [`Tracker`] follows the targets of one stream: detections in, ids out, forward in time only, and
//! the same input always gives the same ids. It knows nothing of GStreamer or pixels; the colours
//! that tell targets apart come in as descriptors, such as [`describe_rgb`] computes from a crop.

mod appearance;
mod assignment;
mod bytetrack;
mod config;
mod geometry;
mod kalman;
mod track;
mod types;

pub use appearance::{DESCRIPTOR_LEN, describe_rgb};
pub use bytetrack::Tracker;
pub use config::Config;
pub use types::{Assignment, Detection, EndedTrack, PredictedBox, Target, TrackedBox, Update};
