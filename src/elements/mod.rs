//! GStreamer elements under DeepStream's factory names, registered only where the real ones are missing.

pub mod nvinfer;
