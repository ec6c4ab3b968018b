//! The embedded nvinfer: settings, preprocessing, engine, box parsers and clustering.
//!
//! A frame goes `preprocess` → `engine` → `parsers` → `cluster`; [`Detector`] is the four in a row.

mod cluster;
mod config;
mod detector;
mod engine;
mod labels;
mod parsers;
mod preprocess;

pub use cluster::{Detection, cluster, into_source};
pub use config::{ClassAttrs, ClusterMode, Config, ModelColorFormat, ProcessMode};
pub use detector::{DetectTimings, Detector};
pub use engine::{Engine, EngineOptions, OutputTensor, default_threads};
pub use labels::Labels;
pub use parsers::{Candidate, ParseContext, Parser, YoloForm};
pub use preprocess::{ChannelOrder, ImageRef, NetMap, Preprocessor, SourceRoi, YuvMatrix};
