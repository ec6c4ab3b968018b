//! `nvds_latency_meta.h`: latency of elements.

use std::ffi::{c_char, c_uint};

/// Bytes of an element's name.
pub const MAX_COMPONENT_LEN: usize = 64;

/// Latency within an element.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsMetaSubCompLatency {
    /// Name.
    pub sub_comp_name: [c_char; 64],
    /// Milliseconds at the input.
    pub in_system_timestamp: f64,
    /// Milliseconds at the output.
    pub out_system_timestamp: f64,
}

/// Payload of `NVDS_LATENCY_MEASUREMENT_META`: an element's times.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsMetaCompLatency {
    /// Name of the element.
    pub component_name: [c_char; 64],
    /// Milliseconds at the input.
    pub in_system_timestamp: f64,
    /// Milliseconds at the output.
    pub out_system_timestamp: f64,
    /// Source.
    pub source_id: c_uint,
    /// Frame.
    pub frame_num: c_uint,
    /// Sink pad of the muxer.
    pub pad_index: c_uint,
    /// Times within the element.
    pub sub_comp_latencies: [NvDsMetaSubCompLatency; 16],
    /// Entries of `sub_comp_latencies` in use.
    pub num_sub_comps: c_uint,
}

/// Latency of a frame over the pipeline.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsFrameLatencyInfo {
    /// Source.
    pub source_id: c_uint,
    /// Frame.
    pub frame_num: c_uint,
    /// Milliseconds at which the frame came in.
    pub comp_in_timestamp: f64,
    /// Milliseconds it took.
    pub latency: f64,
}
