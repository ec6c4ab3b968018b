//! `nvll_osd_api.h`: calls of the on-screen display library.

use std::ffi::{c_int, c_uint};

use super::{
    NvBufSurfaceParams, NvOSD_ArrowParams, NvOSD_CircleParams, NvOSD_LineParams, NvOSD_MaskParams,
    NvOSD_RectParams, NvOSD_TextParams,
};

/// `NvOSD_Mode`: who draws; value 2 was `MODE_HW` before 6.2 and is `MODE_NONE` since.
pub type NvOSD_Mode = c_uint;
/// The CPU.
pub const MODE_CPU: NvOSD_Mode = 0;
/// The GPU.
pub const MODE_GPU: NvOSD_Mode = 1;
/// The converter, before 6.2.
pub const MODE_HW: NvOSD_Mode = 2;
/// Nobody, since 6.2.
pub const MODE_NONE: NvOSD_Mode = 2;

/// Texts to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameTextParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Texts.
    pub num_strings: c_int,
    /// The texts.
    pub text_params_list: *mut NvOSD_TextParams,
}

/// Rectangles to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameRectParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Rectangles.
    pub num_rects: c_int,
    /// The rectangles, at the stride of the version.
    pub rect_params_list: *mut NvOSD_RectParams,
}

/// Masks to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameSegmentMaskParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Masks.
    pub num_segments: c_int,
    /// The masks' boxes, at the stride of the version.
    pub rect_params_list: *mut NvOSD_RectParams,
    /// The masks.
    pub mask_params_list: *mut NvOSD_MaskParams,
}

/// Lines to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameLineParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Lines.
    pub num_lines: c_int,
    /// The lines.
    pub line_params_list: *mut NvOSD_LineParams,
}

/// Arrows to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameArrowParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Arrows.
    pub num_arrows: c_int,
    /// The arrows.
    pub arrow_params_list: *mut NvOSD_ArrowParams,
}

/// Circles to draw. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FrameCircleParams {
    /// Surface to draw on.
    pub buf_ptr: *mut NvBufSurfaceParams,
    /// Who draws.
    pub mode: NvOSD_Mode,
    /// Circles.
    pub num_circles: c_int,
    /// The circles.
    pub circle_params_list: *mut NvOSD_CircleParams,
}
