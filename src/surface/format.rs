use crate::error::{Error, Result};
use crate::frame::{ColorMatrix, ColorRange, Colorimetry, PixelFormat};
use crate::sys::{self, NvBufSurfaceColorFormat};

use ColorMatrix::{Bt601, Bt709, Bt2020};
use ColorRange::{Full, Limited};
use PixelFormat as P;

/// Format and colorimetry of each `NvBufSurfaceColorFormat` that has 8-bit pixels this crate reads.
/// The first row of a pair is the one that [`color_format`] writes.
const TABLE: &[(NvBufSurfaceColorFormat, PixelFormat, ColorMatrix, ColorRange)] = &[
    (sys::NVBUF_COLOR_FORMAT_GRAY8, P::Gray8, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_GRAY8_ER, P::Gray8, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_YUV420, P::I420, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_YVU420, P::Yv12, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV420_ER, P::I420, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_YVU420_ER, P::Yv12, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_YUV420_709, P::I420, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV420_709_ER, P::I420, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_YUV420_2020, P::I420, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12, P::Nv12, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_ER, P::Nv12, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV21, P::Nv21, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV21_ER, P::Nv21, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_709, P::Nv12, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_709_ER, P::Nv12, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_2020, P::Nv12, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_RGBA, P::Rgba, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_BGRA, P::Bgra, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_ARGB, P::Argb, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_ABGR, P::Abgr, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_RGBx, P::Rgbx, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_BGRx, P::Bgrx, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_xRGB, P::Xrgb, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_xBGR, P::Xbgr, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_RGB, P::Rgb, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_BGR, P::Bgr, Bt601, Full),
];

/// Pixel format and colorimetry of a surface's `colorFormat`.
///
/// # Errors
/// `Unsupported`, with the number, for formats that are not 8-bit RGB, gray or 4:2:0.
pub fn pixel_format(color_format: NvBufSurfaceColorFormat) -> Result<(PixelFormat, Colorimetry)> {
    TABLE
        .iter()
        .find(|row| row.0 == color_format)
        .map(|&(_, format, matrix, range)| (format, Colorimetry { matrix, range }))
        .ok_or_else(|| {
            Error::unsupported(format!(
                "surface format {color_format} (NvBufSurfaceColorFormat) is not one that can be viewed; \
                 convert to RGBA, BGRx, GRAY8, NV12 or I420 with nvvideoconvert before this pad"
            ))
        })
}

/// The `colorFormat` of a surface that holds `format`; RGB formats ignore the colorimetry.
///
/// # Errors
/// `Unsupported` where DeepStream has no number for the pair (NV21 with BT.709, say).
pub fn color_format(format: PixelFormat, colorimetry: Colorimetry) -> Result<NvBufSurfaceColorFormat> {
    let yuv = format.rgb_offsets().is_none();
    TABLE
        .iter()
        .find(|row| row.1 == format && (!yuv || (row.2, row.3) == (colorimetry.matrix, colorimetry.range)))
        .map(|row| row.0)
        .ok_or_else(|| {
            Error::unsupported(format!(
                "NvBufSurface has no colour format for {format:?} with {colorimetry:?}"
            ))
        })
}
