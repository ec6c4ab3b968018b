//! `nvinfer`: finds objects in the frames of a batch, with an ONNX model on the CPU.
//!
//! It reads NVIDIA's configuration files ([`Config`] has the keys) and fills object metadata as gst-nvinfer
//! does: untracked objects with the detector's box and confidence, the label as text above a red box. With
//! `process-mode` 2 it looks into the objects of another nvinfer, and what it finds are their children.
//!
//! | property | default | |
//! |---|---|---|
//! | `config-file-path` | none, needed | the configuration |
//! | `batch-size`, `interval`, `unique-id`, `process-mode`, `infer-on-gie-id`, `infer-on-class-ids`, `filter-out-class-ids` | the configuration's | win over it when set |
//! | `gpu-id`, `model-engine-file` | | accepted; no effect |
//!
//! A frame goes `preprocess` → `engine` → `parsers` → `cluster`; [`Detector`] is the four in a row, for use
//! without a pipeline.

mod cluster;
mod config;
mod detector;
mod engine;
#[allow(missing_docs, reason = "the element's fields; the table above describes its properties")]
mod imp;
mod labels;
mod parsers;
mod picture;
mod preprocess;

pub use cluster::{Detection, cluster, into_source};
pub use config::{ClassAttrs, ClusterMode, Config, ModelColorFormat, ProcessMode};
pub use detector::{DetectTimings, Detector};
pub use engine::{Engine, EngineOptions, OutputTensor, default_threads};
pub use labels::Labels;
pub use parsers::{Candidate, ParseContext, Parser, YoloForm};
pub use preprocess::{ChannelOrder, ImageRef, NetMap, Preprocessor, SourceRoi, YuvMatrix};

use gst::glib;

glib::wrapper! {
    /// The embedded `nvinfer`.
    pub struct NvInfer(ObjectSubclass<imp::NvInfer>)
        @extends gst_base::BaseTransform, gst::Element, gst::Object;
}
