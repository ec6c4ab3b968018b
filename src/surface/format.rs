use std::fmt;

use crate::error::{Error, Result};
use crate::frame::{ColorMatrix, ColorRange, Colorimetry, PixelFormat};
use crate::sys::{self, NvBufSurfaceColorFormat};

use ColorMatrix::{Bt601, Bt709, Bt2020};
use ColorRange::{Full, Limited};
use PixelFormat as P;

/// Format and colorimetry of each `NvBufSurfaceColorFormat` whose pixels this crate reads.
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
    (sys::NVBUF_COLOR_FORMAT_NV12_10LE, P::P010, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_10LE_ER, P::P010, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_10LE_709, P::P010, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_10LE_709_ER, P::P010, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_10LE_2020, P::P010, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_12LE, P::P012, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_12LE_ER, P::P012, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_12LE_709, P::P012, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV12_12LE_709_ER, P::P012, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_NV12_12LE_2020, P::P012, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV16, P::Nv16, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV16_ER, P::Nv16, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV16_709, P::Nv16, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV16_709_ER, P::Nv16, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_NV16_2020, P::Nv16, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV24, P::Nv24, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV24_ER, P::Nv24, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_NV24_709, P::Nv24, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_NV24_709_ER, P::Nv24, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_NV24_2020, P::Nv24, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV444, P::I444, Bt601, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV444_ER, P::I444, Bt601, Full),
    (sys::NVBUF_COLOR_FORMAT_YUV444_709, P::I444, Bt709, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV444_709_ER, P::I444, Bt709, Full),
    (sys::NVBUF_COLOR_FORMAT_YUV444_2020, P::I444, Bt2020, Limited),
    (sys::NVBUF_COLOR_FORMAT_YUV422, P::I422, Bt601, Limited),
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

/// What a surface's `colorFormat` says, whether or not this crate can view it.
///
/// ```
/// use dsframe::{frame::PixelFormat, surface::SurfaceFormat, sys};
/// let nv12 = SurfaceFormat::from_raw(sys::NVBUF_COLOR_FORMAT_NV12_709);
/// assert_eq!(nv12.to_string(), "Nv12 (Bt709, Limited)");
/// assert_eq!(nv12.pixels()?.0, PixelFormat::Nv12);
/// let odd = SurfaceFormat::from_raw(4711);
/// assert_eq!(odd, SurfaceFormat::Unknown(4711));
/// assert!(odd.pixels().unwrap_err().to_string().contains("4711"));
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SurfaceFormat {
    /// A format that can be viewed.
    Pixels(PixelFormat, Colorimetry),
    /// A number that stands for a format this crate does not view, or for none that it knows.
    Unknown(NvBufSurfaceColorFormat),
}

impl SurfaceFormat {
    /// What the number in the descriptor says.
    #[must_use]
    pub fn from_raw(color_format: NvBufSurfaceColorFormat) -> Self {
        let row = TABLE.iter().find(|row| row.0 == color_format);
        row.map_or(Self::Unknown(color_format), |&(_, format, matrix, range)| {
            Self::Pixels(format, Colorimetry { matrix, range })
        })
    }

    /// Pixel format and colorimetry.
    ///
    /// # Errors
    /// `Unsupported`, with the number, for [`Unknown`](Self::Unknown).
    pub fn pixels(self) -> Result<(PixelFormat, Colorimetry)> {
        match self {
            Self::Pixels(format, colorimetry) => Ok((format, colorimetry)),
            Self::Unknown(number) => Err(Error::unsupported(format!(
                "surface format {number} (NvBufSurfaceColorFormat) is not one that can be viewed; \
                 convert to RGBA, BGRx, GRAY8, NV12 or I420 with nvvideoconvert before this pad"
            ))),
        }
    }
}

impl fmt::Display for SurfaceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels(format, _) if !format.is_yuv() => write!(f, "{format:?}"),
            Self::Pixels(format, c) => write!(f, "{format:?} ({:?}, {:?})", c.matrix, c.range),
            Self::Unknown(number) => write!(f, "Unknown({number})"),
        }
    }
}

/// Pixel format and colorimetry of a surface's `colorFormat`.
///
/// # Errors
/// `Unsupported`, with the number, for formats that this crate does not view.
pub fn pixel_format(color_format: NvBufSurfaceColorFormat) -> Result<(PixelFormat, Colorimetry)> {
    SurfaceFormat::from_raw(color_format).pixels()
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
