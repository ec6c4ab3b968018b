//! `nvbufsurftransform.h`: scaling, cropping and conversion of surfaces.
//!
//! All parameter structs gained four reserved pointers in DeepStream 8: the structs here are the larger ones, zeroed
//! at the end, which older libraries read as theirs. An **array** of rectangles goes at the version's stride, see
//! [`TRANSFORM_RECT`](super::TRANSFORM_RECT).

use std::ffi::{c_int, c_uint, c_void};

/// Sync objects of a transform (since 7.0).
pub const NVBUFSURF_MAX_SYNCOBJ: usize = 5;

/// `NvBufSurfTransform_Compute`: compute unit.
pub type NvBufSurfTransform_Compute = c_uint;
/// GPU on dGPU, VIC on Jetson.
pub const NvBufSurfTransformCompute_Default: NvBufSurfTransform_Compute = 0;
/// GPU.
pub const NvBufSurfTransformCompute_GPU: NvBufSurfTransform_Compute = 1;
/// VIC.
pub const NvBufSurfTransformCompute_VIC: NvBufSurfTransform_Compute = 2;

/// `NvBufSurfTransform_Error`: result of a transform.
pub type NvBufSurfTransform_Error = c_int;
/// A rectangle lies outside.
pub const NvBufSurfTransformError_ROI_Error: NvBufSurfTransform_Error = -4;
/// A parameter is wrong.
pub const NvBufSurfTransformError_Invalid_Params: NvBufSurfTransform_Error = -3;
/// The hardware failed.
pub const NvBufSurfTransformError_Execution_Error: NvBufSurfTransform_Error = -2;
/// Not supported.
pub const NvBufSurfTransformError_Unsupported: NvBufSurfTransform_Error = -1;
/// Success.
pub const NvBufSurfTransformError_Success: NvBufSurfTransform_Error = 0;

/// `NvBufSurfTransform_Flip`: flip or rotation.
pub type NvBufSurfTransform_Flip = c_uint;
/// None.
pub const NvBufSurfTransform_None: NvBufSurfTransform_Flip = 0;
/// 90 degrees counter-clockwise.
pub const NvBufSurfTransform_Rotate90: NvBufSurfTransform_Flip = 1;
/// 180 degrees.
pub const NvBufSurfTransform_Rotate180: NvBufSurfTransform_Flip = 2;
/// 270 degrees counter-clockwise.
pub const NvBufSurfTransform_Rotate270: NvBufSurfTransform_Flip = 3;
/// About the vertical axis.
pub const NvBufSurfTransform_FlipX: NvBufSurfTransform_Flip = 4;
/// About the horizontal axis.
pub const NvBufSurfTransform_FlipY: NvBufSurfTransform_Flip = 5;
/// Transposed.
pub const NvBufSurfTransform_Transpose: NvBufSurfTransform_Flip = 6;
/// Transposed the other way.
pub const NvBufSurfTransform_InvTranspose: NvBufSurfTransform_Flip = 7;

/// `NvBufSurfTransform_Inter`: interpolation.
pub type NvBufSurfTransform_Inter = c_uint;
/// Nearest.
pub const NvBufSurfTransformInter_Nearest: NvBufSurfTransform_Inter = 0;
/// Bilinear.
pub const NvBufSurfTransformInter_Bilinear: NvBufSurfTransform_Inter = 1;
/// Cubic on the GPU, 5-tap on the VIC.
pub const NvBufSurfTransformInter_Algo1: NvBufSurfTransform_Inter = 2;
/// Super-sampling on the GPU, 10-tap on the VIC.
pub const NvBufSurfTransformInter_Algo2: NvBufSurfTransform_Inter = 3;
/// Lanczos on the GPU, smart on the VIC.
pub const NvBufSurfTransformInter_Algo3: NvBufSurfTransform_Inter = 4;
/// Unused on the GPU, nicest on the VIC.
pub const NvBufSurfTransformInter_Algo4: NvBufSurfTransform_Inter = 5;
/// Nearest on both.
pub const NvBufSurfTransformInter_Default: NvBufSurfTransform_Inter = 6;

/// `NvBufSurfTransform_Transform_Flag`: which parameters apply.
pub type NvBufSurfTransform_Transform_Flag = c_uint;
/// `src_rect`.
pub const NVBUFSURF_TRANSFORM_CROP_SRC: NvBufSurfTransform_Transform_Flag = 1;
/// `dst_rect`.
pub const NVBUFSURF_TRANSFORM_CROP_DST: NvBufSurfTransform_Transform_Flag = 2;
/// `transform_filter`.
pub const NVBUFSURF_TRANSFORM_FILTER: NvBufSurfTransform_Transform_Flag = 4;
/// `transform_flip`.
pub const NVBUFSURF_TRANSFORM_FLIP: NvBufSurfTransform_Transform_Flag = 8;
/// Normalise.
pub const NVBUFSURF_TRANSFORM_NORMALIZE: NvBufSurfTransform_Transform_Flag = 16;
/// Odd crops as they are (since 6.3).
pub const NVBUFSURF_TRANSFORM_ALLOW_ODD_CROP: NvBufSurfTransform_Transform_Flag = 32;

/// `NvBufSurfTransform_Composite_Flag`: which parameters apply.
pub type NvBufSurfTransform_Composite_Flag = c_uint;
/// Composition.
pub const NVBUFSURF_TRANSFORM_COMPOSITE: NvBufSurfTransform_Composite_Flag = 1;
/// Blending (since 6.2).
pub const NVBUFSURF_TRANSFORM_COMPOSITE_FILTER: NvBufSurfTransform_Composite_Flag = 4;
/// `composite_filter`.
pub const NVBUFSURF_TRANSFORM_BLEND: NvBufSurfTransform_Composite_Flag = 2;

/// A rectangle, pixels.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformRect {
    /// Top edge.
    pub top: u32,
    /// Left edge.
    pub left: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// Who computes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformConfigParams {
    /// Compute unit.
    pub compute_mode: NvBufSurfTransform_Compute,
    /// GPU.
    pub gpu_id: i32,
    /// CUDA stream.
    pub cuda_stream: *mut c_void,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// A transform of a batch.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformParams {
    /// Which of the others apply: `NVBUFSURF_TRANSFORM_*`.
    pub transform_flag: u32,
    /// Flip or rotation.
    pub transform_flip: NvBufSurfTransform_Flip,
    /// Interpolation.
    pub transform_filter: NvBufSurfTransform_Inter,
    /// A rectangle per surface, or NULL.
    pub src_rect: *mut NvBufSurfTransformRect,
    /// A rectangle per surface, or NULL.
    pub dst_rect: *mut NvBufSurfTransformRect,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// A colour; each part 0.0 to 1.0.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransform_ColorParams {
    /// Red.
    pub red: f64,
    /// Green.
    pub green: f64,
    /// Blue.
    pub blue: f64,
    /// Opacity.
    pub alpha: f64,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// Several surfaces into one.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformCompositeParams {
    /// Which of the others apply.
    pub composite_flag: u32,
    /// Inputs.
    pub input_buf_count: u32,
    /// A rectangle per input.
    pub src_comp_rect: *mut NvBufSurfTransformRect,
    /// A rectangle per input.
    pub dst_comp_rect: *mut NvBufSurfTransformRect,
    /// Interpolation.
    pub composite_filter: NvBufSurfTransform_Inter,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// Several surfaces over a background.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformCompositeBlendParams {
    /// Which of the others apply.
    pub composite_blend_flag: u32,
    /// Inputs.
    pub input_buf_count: u32,
    /// Interpolation.
    pub composite_blend_filter: NvBufSurfTransform_Inter,
    /// Background.
    pub color_bg: *mut NvBufSurfTransform_ColorParams,
    /// Per input, non-zero: blend.
    pub perform_blending: *mut u32,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}

/// As [`NvBufSurfTransformCompositeBlendParams`], with rectangles. DeepStream 8 and later; its fields lie elsewhere from 6.2 to 7.1, see [`COMPOSITE_BLEND_EX`](super::COMPOSITE_BLEND_EX).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfTransformCompositeBlendParamsEx {
    /// The parameters.
    pub params: NvBufSurfTransformCompositeBlendParams,
    /// A rectangle per input.
    pub src_comp_rect: *mut NvBufSurfTransformRect,
    /// A rectangle per input.
    pub dst_comp_rect: *mut NvBufSurfTransformRect,
    /// Interpolation per input.
    pub composite_blend_filter: *mut NvBufSurfTransform_Inter,
    /// Opacity per input.
    pub alpha: *mut f32,
    /// Unused; zero.
    pub reserved: [*mut c_void; 4],
}
