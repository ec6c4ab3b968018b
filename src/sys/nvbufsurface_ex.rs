//! `nvbufsurface.h`: the rest of `nvbufsurface.h`: making, sharing and mapping surfaces.

use std::ffi::{c_char, c_uint, c_void};

use super::{NvBufSurfaceColorFormat, NvBufSurfaceLayout, NvBufSurfaceMemType};

/// Default place of chroma.
pub const NVBUFSURFACE_CHROMA_SUBSAMPLING_HORIZ_DEFAULT: u8 = 0;

/// Default place of chroma.
pub const NVBUFSURFACE_CHROMA_SUBSAMPLING_VERT_DEFAULT: u8 = 1;

/// Reserved pointers at the end of a struct.
pub const STRUCTURE_PADDING: usize = 4;

/// `NvBufSurfaceDisplayScanFormat`: progressive or interlaced (since 6.1).
pub type NvBufSurfaceDisplayScanFormat = c_uint;
/// Progressive.
pub const NVBUF_DISPLAYSCANFORMAT_PROGRESSIVE: NvBufSurfaceDisplayScanFormat = 0;
/// Interlaced.
pub const NVBUF_DISPLAYSCANFORMAT_INTERLACED: NvBufSurfaceDisplayScanFormat = 1;

/// `NvBufSurfaceTag`: who an allocation is for (since 6.1).
pub type NvBufSurfaceTag = c_uint;
/// NONE.
pub const NvBufSurfaceTag_NONE: NvBufSurfaceTag = 0;
/// CAMERA.
pub const NvBufSurfaceTag_CAMERA: NvBufSurfaceTag = 512;
/// JPEG.
pub const NvBufSurfaceTag_JPEG: NvBufSurfaceTag = 5376;
/// PROTECTED.
pub const NvBufSurfaceTag_PROTECTED: NvBufSurfaceTag = 5380;
/// VIDEO ENC.
pub const NvBufSurfaceTag_VIDEO_ENC: NvBufSurfaceTag = 4608;
/// VIDEO DEC.
pub const NvBufSurfaceTag_VIDEO_DEC: NvBufSurfaceTag = 5120;
/// VIDEO CONVERT.
pub const NvBufSurfaceTag_VIDEO_CONVERT: NvBufSurfaceTag = 3841;

/// `NvBufSurfaceDriverType`: kind of driver (since 8.0).
pub type NvBufSurfaceDriverType = c_uint;
/// Unknown.
pub const NVBUF_DRIVER_TYPE_UNKNOWN: NvBufSurfaceDriverType = 0;
/// nvgpu.
pub const NVBUF_DRIVER_TYPE_NVGPU: NvBufSurfaceDriverType = 1;
/// OpenRM.
pub const NVBUF_DRIVER_TYPE_RM: NvBufSurfaceDriverType = 2;

/// `NvBufSurfaceGPUL2SyncCacheOps`: what to do with the GPU's L2 cache (since 9.0).
pub type NvBufSurfaceGPUL2SyncCacheOps = c_uint;
/// Invalidate.
pub const NVBUF_GPU_L2_CACHE_INVALIDATE: NvBufSurfaceGPUL2SyncCacheOps = 1;
/// Flush.
pub const NVBUF_GPU_L2_CACHE_FLUSH: NvBufSurfaceGPUL2SyncCacheOps = 2;
/// Flush and invalidate.
pub const NVBUF_GPU_L2_CACHE_FLUSH_INVALIDATE: NvBufSurfaceGPUL2SyncCacheOps = 3;

/// `NvBufSurfacePlatformType`: chip (since 9.0).
pub type NvBufSurfacePlatformType = c_uint;
/// UNKNOWN.
pub const NVBUF_PLATFORM_TYPE_UNKNOWN: NvBufSurfacePlatformType = 0;
/// T186.
pub const NVBUF_PLATFORM_TYPE_T186: NvBufSurfacePlatformType = 1;
/// T194.
pub const NVBUF_PLATFORM_TYPE_T194: NvBufSurfacePlatformType = 2;
/// T210.
pub const NVBUF_PLATFORM_TYPE_T210: NvBufSurfacePlatformType = 3;
/// T234.
pub const NVBUF_PLATFORM_TYPE_T234: NvBufSurfacePlatformType = 4;
/// T256.
pub const NVBUF_PLATFORM_TYPE_T256: NvBufSurfacePlatformType = 5;
/// T264.
pub const NVBUF_PLATFORM_TYPE_T264: NvBufSurfacePlatformType = 6;

/// What to create. Older libraries read the first 32 bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceCreateParams {
    /// GPU.
    pub gpuId: u32,
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// Bytes to allocate instead of a picture; 0: a picture.
    pub size: u32,
    /// C `bool`: surfaces one after the other.
    pub isContiguous: u8,
    /// Pixel format.
    pub colorFormat: NvBufSurfaceColorFormat,
    /// Pitch or block linear.
    pub layout: NvBufSurfaceLayout,
    /// Memory type.
    pub memType: NvBufSurfaceMemType,
    /// Unused; zero.
    pub _reserved: [*mut c_void; 4],
}

/// Where chroma samples lie. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceChromaSubsamplingParams {
    /// Horizontally.
    pub chromaLocHoriz: u8,
    /// Vertically.
    pub chromaLocVert: u8,
}

/// What to allocate (since 6.1). Reserve the largest size and zero it. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceAllocateParams {
    /// What to create, at the size of the version.
    pub params: NvBufSurfaceCreateParams,
}

/// More about planes (since 6.1). **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfacePlaneParamsEx {
    /// Progressive or interlaced.
    pub scanformat: [NvBufSurfaceDisplayScanFormat; 4],
    /// Offset of the second field.
    pub secondfieldoffset: [u32; 4],
    /// Block height.
    pub blockheightlog2: [u32; 4],
    /// Physical address.
    pub physicaladdress: [u32; 4],
    /// Flags.
    pub flags: [u64; 4],
}

/// More about a surface (since 6.1). **Prefix**.
#[repr(C, align(8))]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceParamsEx {
    /// Offset of valid data.
    pub startofvaliddata: i32,
    /// Bytes of valid data.
    pub sizeofvaliddatainbytes: i32,
}

/// A plane of an imported surface (since 6.3).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceMapPlaneParams {
    /// Width, pixels.
    pub width: u32,
    /// Height, rows.
    pub height: u32,
    /// Bytes from a row to the next.
    pub pitch: u32,
    /// Bytes from the start.
    pub offset: u32,
    /// Bytes.
    pub psize: u32,
    /// Offset of the second field.
    pub secondfieldoffset: u32,
    /// Block height.
    pub blockheightlog2: u32,
    /// Flags.
    pub flags: u64,
    /// Unused.
    pub reserved: [u8; 64],
}

/// How to import a surface of another process (since 6.3). **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceMapParams {
    /// Planes.
    pub num_planes: u32,
    /// GPU.
    pub gpuId: u32,
    /// DMABUF file descriptor.
    pub fd: u64,
    /// Bytes.
    pub totalSize: u32,
    /// Memory type.
    pub memType: NvBufSurfaceMemType,
    /// Pitch or block linear.
    pub layout: NvBufSurfaceLayout,
    /// Progressive or interlaced.
    pub scanformat: NvBufSurfaceDisplayScanFormat,
    /// Pixel format.
    pub colorFormat: NvBufSurfaceColorFormat,
}

/// A CUDA IPC handle (since 8.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceCudaIpcMemHandle {
    /// The handle.
    pub reserved: [c_char; 64],
}

/// More for importing (since 8.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceExtendedMapParams {
    /// Handle of the memory.
    pub memHandle: NvBufSurfaceCudaIpcMemHandle,
    /// Unused.
    pub reserved: [*mut c_void; 64],
}

/// A surface mapped for CUDA (since 8.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceCudaBuffer {
    /// Start of the allocation.
    pub basePtr: *mut c_void,
    /// Start of the data.
    pub dataPtr: *mut c_void,
    /// External memory.
    pub extMem: *mut c_void,
    /// Mipmapped array.
    pub mipmap: *mut c_void,
    /// Unused.
    pub reserved: [u8; 64],
}

/// A surface mapped for NVMM (since 8.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceNvmmBuffer {
    /// Start of the data.
    pub dataPtr: *mut c_void,
    /// File descriptor.
    pub bufferDesc: u64,
    /// Unused.
    pub reserved: [u8; 64],
}

/// What the machine has (since 8.0). **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceDeviceInfo {
    /// Kind of driver.
    pub driverType: NvBufSurfaceDriverType,
    /// C `bool`: there is a VIC.
    pub isVicPresent: u8,
}

/// How to sync the GPU's L2 cache (since 9.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvBufSurfaceGPUL2SyncParams {
    /// What to do.
    pub r#type: NvBufSurfaceGPUL2SyncCacheOps,
    /// Unused.
    pub reserved: [*mut c_void; 4],
}
