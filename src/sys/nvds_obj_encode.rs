//! `nvds_obj_encode.h`: the JPEG encoder for objects.

use std::ffi::{c_char, c_int};

/// Bytes of a file name.
pub const FILE_NAME_SIZE: usize = 1024;

/// What to encode. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObjEncUsrArgs {
    /// C `bool`: write a file.
    pub saveImg: u8,
    /// C `bool`: attach the result as `NVDS_CROP_IMAGE_META`.
    pub attachUsrMeta: u8,
    /// C `bool`: scale.
    pub scaleImg: u8,
    /// Width to scale to, pixels.
    pub scaledWidth: c_int,
    /// Height to scale to, pixels.
    pub scaledHeight: c_int,
    /// File name, NUL-terminated.
    pub fileNameImg: [c_char; 1024],
    /// Number of the object, for the default file name.
    pub objNum: c_int,
    /// JPEG quality, 1 to 100.
    pub quality: c_int,
}

/// Payload of `NVDS_CROP_IMAGE_META`: a JPEG file.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObjEncOutParams {
    /// The bytes.
    pub outBuffer: *mut u8,
    /// How many.
    pub outLen: u64,
}
