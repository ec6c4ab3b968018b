//! Colour conversion of a frame or of a window of it.
//!
//! |        | layout                       | element     | shape       | pitch (bytes) |
//! |--------|------------------------------|-------------|-------------|---------------|
//! | `view` | any [`PixelFormat`], windows | `u8`, `u16` | `(h, w)`    | any           |
//! | `dst`  | interleaved, 1, 3 or 4 bytes | `u8`        | `(h, w, c)` | ≥ c·w         |
//!
//! | OpenCV                                         | here                                        |
//! |------------------------------------------------|---------------------------------------------|
//! | `COLOR_YUV2RGB_NV12`, `_I420` …, `_RGBA2RGB` … | [`rgb_from`], [`bgr_from`], [`rgba_from`], [`bgra_from`] |
//! | `COLOR_RGBA2GRAY`, `COLOR_BGR2GRAY` …          | [`gray_from`]                               |
//! | `COLOR_RGB2HSV`, `COLOR_BGR2HSV`               | [`hsv_from`]                                |
//! | `COLOR_HSV2RGB`                                | [`rgb_from_hsv`]                            |
//! | `COLOR_RGB2YUV_I420` …                         | [`frame_from`], [`to_nv12`], [`to_i420`]    |
//!
//! Only the pixels of the view are touched: crop first, then convert. YUV is converted with the
//! equations of ITU-R BT.601-7, BT.709-6 or BT.2020-2 (non-constant luminance) and the range that the
//! view's [`Colorimetry`] names; 10 and 12 bits are used in full and rounded once. Chroma is not
//! interpolated: a pixel takes the sample that it shares, as OpenCV's `COLOR_YUV2RGB_*` and swscale's point
//! mode do, and a window on an odd column or row takes the samples that the whole picture would.
//!
//! Backends and parity: plain code, AVX2, AVX-512 and NEON give the same bytes. YUV to RGB is 16-bit arithmetic with 6
//! fractional bits and at most 0.56 from the equations in exact arithmetic. OpenCV rounds its factors to three
//! decimals and differs by at most 1, and for luma below black (16), which it raises to 16 first.
//! Everything between RGB orders, grey and HSV is OpenCV's bytes. Strips of rows go to the threads of rayon's current
//! pool once a picture is large enough to gain by it.
//!
//! [`Colorimetry`]: crate::frame::Colorimetry

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod aarch64;
mod convert;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches a kernel")]
pub(crate) mod cuda;
mod fast;
mod fixed;
mod hsv;
mod rows;
mod scalar;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, chosen by run-time detection")]
mod x86_64;
mod yuv;

#[cfg(feature = "cuda")]
pub use cuda::{convert_batch_on, convert_on};

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, View, ViewMut};

pub(crate) use convert::RgbPlanes;
#[doc(hidden)]
pub use convert::{Output, convert_at};
pub use yuv::frame_from;

/// Writes `view` as red, green, blue bytes into `dst`.
///
/// Alpha is left out, not multiplied in. Contract, parity and rounding: the [module's](self) table.
///
/// # Errors
/// When `dst` has another size than `view`, or not 3 bytes a pixel.
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat};
/// use dsframe::ops::color;
/// // Four pixels of pure red in limited-range BT.601: Y 81, U 90, V 240.
/// let nv12 = [(&[81u8; 4][..], 2), (&[90, 240][..], 2)];
/// let frame = FrameView::new(PixelFormat::Nv12, 2, 2, &nv12, Colorimetry::default())?;
/// let mut rgb = OwnedFrame::zeroed(PixelFormat::Rgb, 2, 2);
/// color::rgb_from(&frame, rgb.view_mut().plane_mut(0))?;
/// assert_eq!(&rgb.view().plane(0).row(1)[..3], [254, 0, 0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn rgb_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Rgb)
}

/// Writes `view` as blue, green, red bytes into `dst`: what OpenCV's own functions expect.
///
/// # Errors
/// As [`rgb_from`].
pub fn bgr_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Bgr)
}

/// Writes `view` as red, green, blue, alpha bytes into `dst`; alpha is 255 where the format has none.
///
/// Contract, parity and rounding: the [module's](self) table.
///
/// # Errors
/// When `dst` has another size than `view`, or not 4 bytes a pixel.
pub fn rgba_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Rgba)
}

/// Writes `view` as blue, green, red, alpha bytes into `dst`; alpha is 255 where the format has none.
///
/// # Errors
/// As [`rgba_from`].
pub fn bgra_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Bgra)
}

/// Writes the luma of `view` as full-range grey (0 black, 255 white) into `dst`.
///
/// Limited-range luma is stretched to 0 to 255 (OpenCV's `COLOR_YUV2GRAY_*` copies it as it is: use
/// `view.plane(0)` for that). RGB is weighted by BT.601 in 15 bits, the same bytes as OpenCV's
/// `COLOR_RGB2GRAY`. `GRAY8` is copied.
///
/// # Errors
/// When `dst` has another size than `view`, or not 1 byte a pixel.
pub fn gray_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Gray)
}

/// Writes hue, saturation and value bytes of `view` into `dst`: OpenCV's 8-bit convention, hue 0 to 179 in steps of
/// two degrees, saturation and value 0 to 255.
///
/// The same bytes as OpenCV's `COLOR_RGB2HSV` of the same RGB; YUV is turned into RGB bytes first.
///
/// # Errors
/// When `dst` has another size than `view`, or not 3 bytes a pixel.
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, ViewMut, PixelFormat};
/// use dsframe::ops::color;
/// let bgr = [255u8, 0, 0, 0, 128, 128]; // Blue, and a dark yellow.
/// let frame = FrameView::new(PixelFormat::Bgr, 2, 1, &[(&bgr, 6)], Colorimetry::default())?;
/// let mut hsv = [0; 6];
/// color::hsv_from(&frame, ViewMut::new(&mut hsv, 2, 1, 3, 6)?)?;
/// assert_eq!(hsv, [120, 255, 255, 30, 255, 128]);
/// # Ok::<(), dsframe::Error>(())
/// ```
///
/// Source: A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978; OpenCV, "Color conversions".
pub fn hsv_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert_at(cpu::level(), view, dst, Output::Hsv)
}

/// Writes red, green, blue bytes of `hsv` (as [`hsv_from`] makes it) into `dst`.
///
/// Rounded to nearest from exact arithmetic; OpenCV's `COLOR_HSV2RGB` goes through `f32` and differs by at most 1. A hue of 180
/// or more goes round the circle again.
///
/// # Errors
/// When the sizes differ, or one has not 3 bytes a pixel.
pub fn rgb_from_hsv(hsv: &View<'_>, mut dst: ViewMut<'_>) -> Result<()> {
    let (from, to) = ((hsv.width(), hsv.height()), (dst.width(), dst.height()));
    if from != to || hsv.channels() != 3 || dst.channels() != 3 {
        return Err(Error::invalid(format!(
            "hsv is {}x{} of {} bytes and dst {}x{} of {}; both must have the same size and 3 bytes a pixel",
            from.0,
            from.1,
            hsv.channels(),
            to.0,
            to.1,
            dst.channels()
        )));
    }
    hsv.rows().enumerate().for_each(|(y, row)| hsv::rgb_row(row, dst.row_mut(y as u32)));
    Ok(())
}

/// A packed RGB copy of `view`.
#[must_use]
pub fn to_rgb(view: &FrameView<'_>) -> OwnedFrame {
    to(view, PixelFormat::Rgb, Colorimetry::default())
}

/// A packed BGR copy of `view`.
#[must_use]
pub fn to_bgr(view: &FrameView<'_>) -> OwnedFrame {
    to(view, PixelFormat::Bgr, Colorimetry::default())
}

/// A packed RGBA copy of `view`.
#[must_use]
pub fn to_rgba(view: &FrameView<'_>) -> OwnedFrame {
    to(view, PixelFormat::Rgba, Colorimetry::default())
}

/// A packed grey copy of `view`; see [`gray_from`].
#[must_use]
pub fn to_gray(view: &FrameView<'_>) -> OwnedFrame {
    to(view, PixelFormat::Gray8, Colorimetry::default())
}

/// An NV12 copy of `view` in `colorimetry`; see [`frame_from`]. A 10-bit frame of the same colorimetry keeps its
/// samples, rounded to 8 bits: the copy to give to operations that take 8 bits only.
#[must_use]
pub fn to_nv12(view: &FrameView<'_>, colorimetry: Colorimetry) -> OwnedFrame {
    to(view, PixelFormat::Nv12, colorimetry)
}

/// An I420 copy of `view` in `colorimetry`; see [`frame_from`].
#[must_use]
pub fn to_i420(view: &FrameView<'_>, colorimetry: Colorimetry) -> OwnedFrame {
    to(view, PixelFormat::I420, colorimetry)
}

fn to(view: &FrameView<'_>, format: PixelFormat, colorimetry: Colorimetry) -> OwnedFrame {
    let mut copy = OwnedFrame::zeroed(format, view.width(), view.height()).with_colorimetry(colorimetry);
    frame_from(view, &mut copy.view_mut()).expect("the copy has the view's size");
    copy
}

#[cfg(test)]
mod tests;
