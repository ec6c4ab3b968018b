//! `nvbufsurface.h`: where the pixels are.

use std::ffi::{c_int, c_void};

/// Planes a surface can have.
pub const NVBUF_MAX_PLANES: usize = 4;

/// `NvBufSurfaceMemType`: which memory the pixels are in.
pub type NvBufSurfaceMemType = u32;
/// Whatever the platform prefers: device memory on a GPU card, surface arrays on Jetson.
pub const NVBUF_MEM_DEFAULT: NvBufSurfaceMemType = 0;
/// Host memory that the GPU can reach.
pub const NVBUF_MEM_CUDA_PINNED: NvBufSurfaceMemType = 1;
/// GPU memory.
pub const NVBUF_MEM_CUDA_DEVICE: NvBufSurfaceMemType = 2;
/// Memory that CPU and GPU share.
pub const NVBUF_MEM_CUDA_UNIFIED: NvBufSurfaceMemType = 3;
/// Jetson's hardware buffers.
pub const NVBUF_MEM_SURFACE_ARRAY: NvBufSurfaceMemType = 4;
/// Jetson's raw buffers.
pub const NVBUF_MEM_HANDLE: NvBufSurfaceMemType = 5;
/// Plain host memory.
pub const NVBUF_MEM_SYSTEM: NvBufSurfaceMemType = 6;
/// A CUDA array (since 9.0).
pub const NVBUF_MEM_CUDA_ARRAY: NvBufSurfaceMemType = 7;

/// `NvBufSurfaceLayout`: order of the bytes in a plane.
pub type NvBufSurfaceLayout = u32;
/// Rows of `pitch` bytes.
pub const NVBUF_LAYOUT_PITCH: NvBufSurfaceLayout = 0;
/// NVIDIA's tiles.
pub const NVBUF_LAYOUT_BLOCK_LINEAR: NvBufSurfaceLayout = 1;

/// `NvBufSurfaceMemMapFlags`: how a map will be used.
pub type NvBufSurfaceMemMapFlags = u32;
/// Reading.
pub const NVBUF_MAP_READ: NvBufSurfaceMemMapFlags = 0;
/// Writing.
pub const NVBUF_MAP_WRITE: NvBufSurfaceMemMapFlags = 1;
/// Both.
pub const NVBUF_MAP_READ_WRITE: NvBufSurfaceMemMapFlags = 2;

/// `int` result of the library's functions: 0 is success, -1 an error.
pub type NvBufSurfaceResult = c_int;

/// Planes of a surface; entries past `num_planes` mean nothing.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfacePlaneParams {
    /// Planes in use.
    pub num_planes: u32,
    /// Width in pixels of the plane, rounded up to even.
    pub width: [u32; NVBUF_MAX_PLANES],
    /// Height in rows of the plane, rounded up to even.
    pub height: [u32; NVBUF_MAX_PLANES],
    /// Bytes from a row to the next.
    pub pitch: [u32; NVBUF_MAX_PLANES],
    /// Bytes from the surface's start to the plane's.
    pub offset: [u32; NVBUF_MAX_PLANES],
    /// Size in bytes.
    pub psize: [u32; NVBUF_MAX_PLANES],
    /// Bytes per pixel of the plane; 2 for interleaved 8-bit chroma.
    pub bytesPerPix: [u32; NVBUF_MAX_PLANES],
    /// Of the library.
    pub _reserved: [*mut c_void; 4 * NVBUF_MAX_PLANES],
}

/// Addresses that the CPU can use once the surface is mapped. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceMappedAddr {
    /// Start of each plane, or NULL.
    pub addr: [*mut c_void; NVBUF_MAX_PLANES],
    /// EGLImage, Jetson.
    pub eglImage: *mut c_void,
}

/// One surface. **Prefix**: the stride of `surfaceList` is
/// [`SurfaceLayout::params_stride`](super::SurfaceLayout::params_stride).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceParams {
    /// Width in pixels, as requested.
    pub width: u32,
    /// Height in pixels, as requested.
    pub height: u32,
    /// Bytes from a row to the next in plane 0.
    pub pitch: u32,
    /// Pixel format.
    pub colorFormat: NvBufSurfaceColorFormat,
    /// Pitch or block linear.
    pub layout: NvBufSurfaceLayout,
    /// DMABUF file descriptor, Jetson; a dummy elsewhere.
    pub bufferDesc: u64,
    /// Size in bytes of all planes.
    pub dataSize: u32,
    /// Start of the surface: a host or device address, by memory type.
    pub dataPtr: *mut c_void,
    /// The planes.
    pub planeParams: NvBufSurfacePlaneParams,
    /// Addresses for the CPU.
    pub mappedAddr: NvBufSurfaceMappedAddr,
}

/// A batch of surfaces: the bytes of an NVMM buffer. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurface {
    /// The GPU that holds the memory.
    pub gpuId: u32,
    /// Entries of `surfaceList`.
    pub batchSize: u32,
    /// Entries in use.
    pub numFilled: u32,
    /// C `bool`: the surfaces lie one after the other.
    pub isContiguous: u8,
    /// Which memory the pixels are in.
    pub memType: NvBufSurfaceMemType,
    /// The surfaces.
    pub surfaceList: *mut NvBufSurfaceParams,
}

/// `NvBufSurfaceColorFormat`: pixel format. `_ER` is full range, 709 and 2020 are the colour
/// matrices (601 where none is named). Values never moved; later versions added at the end.
pub type NvBufSurfaceColorFormat = u32;
/// No format.
pub const NVBUF_COLOR_FORMAT_INVALID: NvBufSurfaceColorFormat = 0;
/// GRAY8.
pub const NVBUF_COLOR_FORMAT_GRAY8: NvBufSurfaceColorFormat = 1;
/// YUV420.
pub const NVBUF_COLOR_FORMAT_YUV420: NvBufSurfaceColorFormat = 2;
/// YVU420.
pub const NVBUF_COLOR_FORMAT_YVU420: NvBufSurfaceColorFormat = 3;
/// YUV420 ER.
pub const NVBUF_COLOR_FORMAT_YUV420_ER: NvBufSurfaceColorFormat = 4;
/// YVU420 ER.
pub const NVBUF_COLOR_FORMAT_YVU420_ER: NvBufSurfaceColorFormat = 5;
/// NV12.
pub const NVBUF_COLOR_FORMAT_NV12: NvBufSurfaceColorFormat = 6;
/// NV12 ER.
pub const NVBUF_COLOR_FORMAT_NV12_ER: NvBufSurfaceColorFormat = 7;
/// NV21.
pub const NVBUF_COLOR_FORMAT_NV21: NvBufSurfaceColorFormat = 8;
/// NV21 ER.
pub const NVBUF_COLOR_FORMAT_NV21_ER: NvBufSurfaceColorFormat = 9;
/// UYVY.
pub const NVBUF_COLOR_FORMAT_UYVY: NvBufSurfaceColorFormat = 10;
/// UYVY ER.
pub const NVBUF_COLOR_FORMAT_UYVY_ER: NvBufSurfaceColorFormat = 11;
/// VYUY.
pub const NVBUF_COLOR_FORMAT_VYUY: NvBufSurfaceColorFormat = 12;
/// VYUY ER.
pub const NVBUF_COLOR_FORMAT_VYUY_ER: NvBufSurfaceColorFormat = 13;
/// YUYV.
pub const NVBUF_COLOR_FORMAT_YUYV: NvBufSurfaceColorFormat = 14;
/// YUYV ER.
pub const NVBUF_COLOR_FORMAT_YUYV_ER: NvBufSurfaceColorFormat = 15;
/// YVYU.
pub const NVBUF_COLOR_FORMAT_YVYU: NvBufSurfaceColorFormat = 16;
/// YVYU ER.
pub const NVBUF_COLOR_FORMAT_YVYU_ER: NvBufSurfaceColorFormat = 17;
/// YUV444.
pub const NVBUF_COLOR_FORMAT_YUV444: NvBufSurfaceColorFormat = 18;
/// RGBA.
pub const NVBUF_COLOR_FORMAT_RGBA: NvBufSurfaceColorFormat = 19;
/// BGRA.
pub const NVBUF_COLOR_FORMAT_BGRA: NvBufSurfaceColorFormat = 20;
/// ARGB.
pub const NVBUF_COLOR_FORMAT_ARGB: NvBufSurfaceColorFormat = 21;
/// ABGR.
pub const NVBUF_COLOR_FORMAT_ABGR: NvBufSurfaceColorFormat = 22;
/// RGBx.
pub const NVBUF_COLOR_FORMAT_RGBx: NvBufSurfaceColorFormat = 23;
/// BGRx.
pub const NVBUF_COLOR_FORMAT_BGRx: NvBufSurfaceColorFormat = 24;
/// xRGB.
pub const NVBUF_COLOR_FORMAT_xRGB: NvBufSurfaceColorFormat = 25;
/// xBGR.
pub const NVBUF_COLOR_FORMAT_xBGR: NvBufSurfaceColorFormat = 26;
/// RGB.
pub const NVBUF_COLOR_FORMAT_RGB: NvBufSurfaceColorFormat = 27;
/// BGR.
pub const NVBUF_COLOR_FORMAT_BGR: NvBufSurfaceColorFormat = 28;
/// NV12 10LE.
pub const NVBUF_COLOR_FORMAT_NV12_10LE: NvBufSurfaceColorFormat = 29;
/// NV12 12LE.
pub const NVBUF_COLOR_FORMAT_NV12_12LE: NvBufSurfaceColorFormat = 30;
/// YUV420 709.
pub const NVBUF_COLOR_FORMAT_YUV420_709: NvBufSurfaceColorFormat = 31;
/// YUV420 709 ER.
pub const NVBUF_COLOR_FORMAT_YUV420_709_ER: NvBufSurfaceColorFormat = 32;
/// NV12 709.
pub const NVBUF_COLOR_FORMAT_NV12_709: NvBufSurfaceColorFormat = 33;
/// NV12 709 ER.
pub const NVBUF_COLOR_FORMAT_NV12_709_ER: NvBufSurfaceColorFormat = 34;
/// YUV420 2020.
pub const NVBUF_COLOR_FORMAT_YUV420_2020: NvBufSurfaceColorFormat = 35;
/// NV12 2020.
pub const NVBUF_COLOR_FORMAT_NV12_2020: NvBufSurfaceColorFormat = 36;
/// NV12 10LE ER.
pub const NVBUF_COLOR_FORMAT_NV12_10LE_ER: NvBufSurfaceColorFormat = 37;
/// NV12 10LE 709.
pub const NVBUF_COLOR_FORMAT_NV12_10LE_709: NvBufSurfaceColorFormat = 38;
/// NV12 10LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV12_10LE_709_ER: NvBufSurfaceColorFormat = 39;
/// NV12 10LE 2020.
pub const NVBUF_COLOR_FORMAT_NV12_10LE_2020: NvBufSurfaceColorFormat = 40;
/// SIGNED R16G16.
pub const NVBUF_COLOR_FORMAT_SIGNED_R16G16: NvBufSurfaceColorFormat = 41;
/// R8 G8 B8.
pub const NVBUF_COLOR_FORMAT_R8_G8_B8: NvBufSurfaceColorFormat = 42;
/// B8 G8 R8.
pub const NVBUF_COLOR_FORMAT_B8_G8_R8: NvBufSurfaceColorFormat = 43;
/// R32F G32F B32F.
pub const NVBUF_COLOR_FORMAT_R32F_G32F_B32F: NvBufSurfaceColorFormat = 44;
/// B32F G32F R32F.
pub const NVBUF_COLOR_FORMAT_B32F_G32F_R32F: NvBufSurfaceColorFormat = 45;
/// YUV422.
pub const NVBUF_COLOR_FORMAT_YUV422: NvBufSurfaceColorFormat = 46;
/// NV21 10LE.
pub const NVBUF_COLOR_FORMAT_NV21_10LE: NvBufSurfaceColorFormat = 47;
/// NV21 12LE.
pub const NVBUF_COLOR_FORMAT_NV21_12LE: NvBufSurfaceColorFormat = 48;
/// NV12 12LE 2020.
pub const NVBUF_COLOR_FORMAT_NV12_12LE_2020: NvBufSurfaceColorFormat = 49;
/// NV16.
pub const NVBUF_COLOR_FORMAT_NV16: NvBufSurfaceColorFormat = 50;
/// NV16 10LE.
pub const NVBUF_COLOR_FORMAT_NV16_10LE: NvBufSurfaceColorFormat = 51;
/// NV24.
pub const NVBUF_COLOR_FORMAT_NV24: NvBufSurfaceColorFormat = 52;
/// NV24 10LE.
pub const NVBUF_COLOR_FORMAT_NV24_10LE: NvBufSurfaceColorFormat = 53;
/// NV16 ER.
pub const NVBUF_COLOR_FORMAT_NV16_ER: NvBufSurfaceColorFormat = 54;
/// NV24 ER.
pub const NVBUF_COLOR_FORMAT_NV24_ER: NvBufSurfaceColorFormat = 55;
/// NV16 709.
pub const NVBUF_COLOR_FORMAT_NV16_709: NvBufSurfaceColorFormat = 56;
/// NV24 709.
pub const NVBUF_COLOR_FORMAT_NV24_709: NvBufSurfaceColorFormat = 57;
/// NV16 709 ER.
pub const NVBUF_COLOR_FORMAT_NV16_709_ER: NvBufSurfaceColorFormat = 58;
/// NV24 709 ER.
pub const NVBUF_COLOR_FORMAT_NV24_709_ER: NvBufSurfaceColorFormat = 59;
/// NV24 10LE 709.
pub const NVBUF_COLOR_FORMAT_NV24_10LE_709: NvBufSurfaceColorFormat = 60;
/// NV24 10LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV24_10LE_709_ER: NvBufSurfaceColorFormat = 61;
/// NV24 10LE 2020.
pub const NVBUF_COLOR_FORMAT_NV24_10LE_2020: NvBufSurfaceColorFormat = 62;
/// NV24 12LE 2020.
pub const NVBUF_COLOR_FORMAT_NV24_12LE_2020: NvBufSurfaceColorFormat = 63;
/// RGBA 10 10 10 2 709.
pub const NVBUF_COLOR_FORMAT_RGBA_10_10_10_2_709: NvBufSurfaceColorFormat = 64;
/// RGBA 10 10 10 2 2020.
pub const NVBUF_COLOR_FORMAT_RGBA_10_10_10_2_2020: NvBufSurfaceColorFormat = 65;
/// BGRA 10 10 10 2 709.
pub const NVBUF_COLOR_FORMAT_BGRA_10_10_10_2_709: NvBufSurfaceColorFormat = 66;
/// BGRA 10 10 10 2 2020.
pub const NVBUF_COLOR_FORMAT_BGRA_10_10_10_2_2020: NvBufSurfaceColorFormat = 67;
/// A32.
pub const NVBUF_COLOR_FORMAT_A32: NvBufSurfaceColorFormat = 68;
/// UYVP.
pub const NVBUF_COLOR_FORMAT_UYVP: NvBufSurfaceColorFormat = 69;
/// UYVP ER.
pub const NVBUF_COLOR_FORMAT_UYVP_ER: NvBufSurfaceColorFormat = 70;
/// YUV444 ER.
pub const NVBUF_COLOR_FORMAT_YUV444_ER: NvBufSurfaceColorFormat = 71;
/// YUV444 709.
pub const NVBUF_COLOR_FORMAT_YUV444_709: NvBufSurfaceColorFormat = 72;
/// YUV444 709 ER.
pub const NVBUF_COLOR_FORMAT_YUV444_709_ER: NvBufSurfaceColorFormat = 73;
/// YUV444 2020.
pub const NVBUF_COLOR_FORMAT_YUV444_2020: NvBufSurfaceColorFormat = 74;
/// YUV444 10LE.
pub const NVBUF_COLOR_FORMAT_YUV444_10LE: NvBufSurfaceColorFormat = 75;
/// YUV444 10LE ER.
pub const NVBUF_COLOR_FORMAT_YUV444_10LE_ER: NvBufSurfaceColorFormat = 76;
/// YUV444 10LE 709.
pub const NVBUF_COLOR_FORMAT_YUV444_10LE_709: NvBufSurfaceColorFormat = 77;
/// YUV444 10LE 709 ER.
pub const NVBUF_COLOR_FORMAT_YUV444_10LE_709_ER: NvBufSurfaceColorFormat = 78;
/// YUV444 10LE 2020.
pub const NVBUF_COLOR_FORMAT_YUV444_10LE_2020: NvBufSurfaceColorFormat = 79;
/// YUV444 12LE.
pub const NVBUF_COLOR_FORMAT_YUV444_12LE: NvBufSurfaceColorFormat = 80;
/// YUV444 12LE ER.
pub const NVBUF_COLOR_FORMAT_YUV444_12LE_ER: NvBufSurfaceColorFormat = 81;
/// YUV444 12LE 709.
pub const NVBUF_COLOR_FORMAT_YUV444_12LE_709: NvBufSurfaceColorFormat = 82;
/// YUV444 12LE 709 ER.
pub const NVBUF_COLOR_FORMAT_YUV444_12LE_709_ER: NvBufSurfaceColorFormat = 83;
/// YUV444 12LE 2020.
pub const NVBUF_COLOR_FORMAT_YUV444_12LE_2020: NvBufSurfaceColorFormat = 84;
/// NV12 12LE ER.
pub const NVBUF_COLOR_FORMAT_NV12_12LE_ER: NvBufSurfaceColorFormat = 85;
/// NV12 12LE 709.
pub const NVBUF_COLOR_FORMAT_NV12_12LE_709: NvBufSurfaceColorFormat = 86;
/// NV12 12LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV12_12LE_709_ER: NvBufSurfaceColorFormat = 87;
/// GRAY8 ER.
pub const NVBUF_COLOR_FORMAT_GRAY8_ER: NvBufSurfaceColorFormat = 88;
/// UYVY 709.
pub const NVBUF_COLOR_FORMAT_UYVY_709: NvBufSurfaceColorFormat = 89;
/// UYVY 709 ER.
pub const NVBUF_COLOR_FORMAT_UYVY_709_ER: NvBufSurfaceColorFormat = 90;
/// UYVY 2020.
pub const NVBUF_COLOR_FORMAT_UYVY_2020: NvBufSurfaceColorFormat = 91;
/// GRAY16 LE.
pub const NVBUF_COLOR_FORMAT_GRAY16_LE: NvBufSurfaceColorFormat = 92;
/// BGRA64 LE.
pub const NVBUF_COLOR_FORMAT_BGRA64_LE: NvBufSurfaceColorFormat = 93;
/// NV16 2020.
pub const NVBUF_COLOR_FORMAT_NV16_2020: NvBufSurfaceColorFormat = 94;
/// NV16 10LE ER.
pub const NVBUF_COLOR_FORMAT_NV16_10LE_ER: NvBufSurfaceColorFormat = 95;
/// NV16 10LE 709.
pub const NVBUF_COLOR_FORMAT_NV16_10LE_709: NvBufSurfaceColorFormat = 96;
/// NV16 10LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV16_10LE_709_ER: NvBufSurfaceColorFormat = 97;
/// NV16 10LE 2020.
pub const NVBUF_COLOR_FORMAT_NV16_10LE_2020: NvBufSurfaceColorFormat = 98;
/// NV16 12LE.
pub const NVBUF_COLOR_FORMAT_NV16_12LE: NvBufSurfaceColorFormat = 99;
/// NV16 12LE ER.
pub const NVBUF_COLOR_FORMAT_NV16_12LE_ER: NvBufSurfaceColorFormat = 100;
/// NV16 12LE 709.
pub const NVBUF_COLOR_FORMAT_NV16_12LE_709: NvBufSurfaceColorFormat = 101;
/// NV16 12LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV16_12LE_709_ER: NvBufSurfaceColorFormat = 102;
/// NV16 12LE 2020.
pub const NVBUF_COLOR_FORMAT_NV16_12LE_2020: NvBufSurfaceColorFormat = 103;
/// NV24 2020.
pub const NVBUF_COLOR_FORMAT_NV24_2020: NvBufSurfaceColorFormat = 104;
/// NV24 10LE ER.
pub const NVBUF_COLOR_FORMAT_NV24_10LE_ER: NvBufSurfaceColorFormat = 105;
/// NV24 12LE.
pub const NVBUF_COLOR_FORMAT_NV24_12LE: NvBufSurfaceColorFormat = 106;
/// NV24 12LE ER.
pub const NVBUF_COLOR_FORMAT_NV24_12LE_ER: NvBufSurfaceColorFormat = 107;
/// NV24 12LE 709.
pub const NVBUF_COLOR_FORMAT_NV24_12LE_709: NvBufSurfaceColorFormat = 108;
/// NV24 12LE 709 ER.
pub const NVBUF_COLOR_FORMAT_NV24_12LE_709_ER: NvBufSurfaceColorFormat = 109;
/// UYVP 709.
pub const NVBUF_COLOR_FORMAT_UYVP_709: NvBufSurfaceColorFormat = 110;
/// UYVP 709 ER.
pub const NVBUF_COLOR_FORMAT_UYVP_709_ER: NvBufSurfaceColorFormat = 111;
/// UYVP 2020.
pub const NVBUF_COLOR_FORMAT_UYVP_2020: NvBufSurfaceColorFormat = 112;
