//! `gstnvdsseimeta.h`: SEI of a video stream.

use std::ffi::{c_uint, c_void};

use gst::ffi::GstMeta;

/// GstMeta with an SEI message (since 6.1).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GstVideoSEIMeta {
    /// GStreamer's header.
    pub meta: GstMeta,
    /// Type of the message.
    pub sei_metadata_type: c_uint,
    /// Its bytes.
    pub sei_metadata_size: c_uint,
    /// The message.
    pub sei_metadata_ptr: *mut c_void,
}
