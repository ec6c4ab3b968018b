//! Colour conversion of a frame or of a window of it.
//!
//! |        | layout                       | element | shape       | pitch (bytes)        |
//! |--------|------------------------------|---------|-------------|----------------------|
//! | `view` | any [`PixelFormat`], windows | `u8`    | `(h, w)`    | any                  |
//! | `dst`  | interleaved, 1, 3 or 4 bytes | `u8`    | `(h, w, c)` | ≥ c·w                |
//!
//! YUV is converted with the equations of ITU-R BT.601-7, BT.709-6 or BT.2020-2 (non-constant luminance)
//! and the range that the view's [`Colorimetry`] names. Chroma is not interpolated: a pixel takes
//! the sample that it shares, as OpenCV's `COLOR_YUV2RGB_*` and swscale's point mode do, and a window on
//! an odd column or row takes the samples that the whole picture would.
//!
//! Backends and parity: `scalar` and AVX2 give the same bytes, integer arithmetic with 13 fractional
//! bits, rounded half up once per channel and clamped; at most 1 from the equations in exact arithmetic.
//! OpenCV differs by at most 1, and for luma below black (16), which it raises to 16 first.
//!
//! [`Colorimetry`]: crate::frame::Colorimetry

#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches a kernel")]
mod cuda;
mod fixed;
mod scalar;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "AVX2 loads and stores, chosen by run-time detection")]
mod x86_64;

#[cfg(feature = "cuda")]
pub use cuda::convert_on;

use crate::error::{Error, Result};
use crate::frame::{FrameView, OwnedFrame, PixelFormat, ViewMut};

use fixed::YuvToRgb;
use scalar::ChromaRow;

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
    convert::<3>(view, dst)
}

/// Writes `view` as red, green, blue, alpha bytes into `dst`; alpha is 255 where the format has none.
///
/// Contract, parity and rounding: the [module's](self) table.
///
/// # Errors
/// When `dst` has another size than `view`, or not 4 bytes a pixel.
pub fn rgba_from(view: &FrameView<'_>, dst: ViewMut<'_>) -> Result<()> {
    convert::<4>(view, dst)
}

/// Writes the luma of `view` as full-range grey (0 black, 255 white) into `dst`.
///
/// Limited-range luma is stretched to 0 to 255 (OpenCV's `COLOR_YUV2GRAY_*` copies it as it is: use
/// `view.plane(0)` for that). RGB is weighted by BT.601 in 15 bits, the same bytes as OpenCV's
/// `COLOR_RGB2GRAY`. `GRAY8` is copied.
///
/// # Errors
/// When `dst` has another size than `view`, or not 1 byte a pixel.
pub fn gray_from(view: &FrameView<'_>, mut dst: ViewMut<'_>) -> Result<()> {
    check(view, &dst, 1)?;
    let luma = view.plane(0);
    let table = fixed::full_range_luma(view.colorimetry().range);
    for (y, row) in luma.rows().enumerate() {
        let dst = dst.row_mut(y as u32);
        match view.format().rgb_offsets() {
            Some(offsets) => scalar::gray_row(row, view.format().bytes_per_pixel(0), offsets, dst),
            None if view.format().is_yuv420() => scalar::table_row(row, &table, dst),
            None => dst.copy_from_slice(row),
        }
    }
    Ok(())
}

/// A packed RGB copy of `view`.
#[must_use]
pub fn to_rgb(view: &FrameView<'_>) -> OwnedFrame {
    let mut rgb = OwnedFrame::zeroed(PixelFormat::Rgb, view.width(), view.height());
    rgb_from(view, rgb.view_mut().plane_mut(0)).expect("the copy has the view's size");
    rgb
}

fn check(view: &FrameView<'_>, dst: &ViewMut<'_>, channels: usize) -> Result<()> {
    if (dst.width(), dst.height()) != (view.width(), view.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the view's size, {}x{}",
            dst.width(),
            dst.height(),
            view.width(),
            view.height()
        )));
    }
    if dst.channels() != channels {
        return Err(Error::invalid(format!(
            "dst has {} bytes a pixel, it must have {channels}",
            dst.channels()
        )));
    }
    Ok(())
}

fn convert<const N: usize>(view: &FrameView<'_>, mut dst: ViewMut<'_>) -> Result<()> {
    check(view, &dst, N)?;
    if view.width() == 0 {
        return Ok(());
    }
    let format = view.format();
    if format.is_yuv420() {
        let yuv = YuvToRgb::new(view.colorimetry());
        let (phase_x, phase_y) = view.chroma_phase();
        for (y, luma) in view.plane(0).rows().enumerate() {
            let chroma = chroma_row(view, (y as u32 + phase_y) / 2);
            yuv_row::<N>(luma, chroma, phase_x as usize, &yuv, dst.row_mut(y as u32));
        }
        return Ok(());
    }
    for (y, row) in view.plane(0).rows().enumerate() {
        let dst = dst.row_mut(y as u32);
        match format.rgb_offsets() {
            Some(offsets) => {
                let size = format.bytes_per_pixel(0);
                scalar::reorder_row::<N>(row, size, offsets, format.alpha_offset(), dst);
            }
            None => scalar::spread_row::<N>(row, dst),
        }
    }
    Ok(())
}

/// Row `y` of the chroma planes of a 4:2:0 picture.
fn chroma_row<'a>(view: &FrameView<'a>, y: u32) -> ChromaRow<'a> {
    let first = view.plane(1).row(y);
    match view.format() {
        PixelFormat::Nv12 => ChromaRow { u: first, v: &first[1..], step: 2 },
        PixelFormat::Nv21 => ChromaRow { u: &first[1..], v: first, step: 2 },
        PixelFormat::Yv12 => ChromaRow { u: view.plane(2).row(y), v: first, step: 1 },
        _ => ChromaRow { u: first, v: view.plane(2).row(y), step: 1 },
    }
}

/// One row; the AVX2 path takes what it can from the first whole chroma sample on.
fn yuv_row<const N: usize>(
    mut luma: &[u8],
    mut chroma: ChromaRow<'_>,
    phase: usize,
    yuv: &YuvToRgb,
    mut dst: &mut [u8],
) {
    if phase == 1 {
        scalar::yuv_row::<N>(&luma[..1], chroma, yuv, &mut dst[..N]);
        (luma, dst) = (&luma[1..], &mut dst[N..]);
        if luma.is_empty() {
            return;
        }
        chroma = chroma.skip(1);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = crate::cpu::Avx2::new() {
        let done = avx2.yuv_row::<N>(luma, chroma, yuv, dst);
        (luma, dst) = (&luma[done..], &mut dst[done * N..]);
        if luma.is_empty() {
            return;
        }
        chroma = chroma.skip(done / 2);
    }
    scalar::yuv_row::<N>(luma, chroma, yuv, dst);
}

#[cfg(test)]
mod tests;
