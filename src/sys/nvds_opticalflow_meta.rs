//! `nvds_opticalflow_meta.h`: user meta of nvof.

use std::ffi::{c_uint, c_void};

/// Motion of one block; units of 1/32 pixel.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOFFlowVector {
    /// Horizontal.
    pub flowx: i16,
    /// Vertical.
    pub flowy: i16,
}

/// Payload of `NVDS_OPTICAL_FLOW_META`. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsOpticalFlowMeta {
    /// Rows of vectors.
    pub rows: c_uint,
    /// Columns of vectors.
    pub cols: c_uint,
    /// Bytes of a vector.
    pub mv_size: c_uint,
    /// Bytes of a cost (padding before 7.0).
    pub cost_size: c_uint,
    /// Frame.
    pub frame_num: u64,
    /// Host address, rows x columns of [`NvOFFlowVector`].
    pub data: *mut c_void,
}
