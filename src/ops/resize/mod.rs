//! Resizing, as OpenCV does it.
//!
//! |       | layout            | element | shape       | pitch (bytes) |
//! |-------|-------------------|---------|-------------|---------------|
//! | `src` | interleaved, 1-4  | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst` | the same channels | `u8`    | `(H, W, c)` | ≥ c·W         |
//!
//! Half-pixel centres; pixels outside stand for the nearest one inside. In place is not possible.
//!
//! Backends and parity: scalar, AVX2, AVX-512 and NEON give the same bytes, and these are OpenCV's: `INTER_NEAREST`,
//! `INTER_LINEAR` (weights of 11 bits, and the mean of four where the picture is halved in both directions), `INTER_AREA`
//! (the mean of what a pixel covers; where one direction grows, OpenCV's variant of bilinear).
//!
//! Source: OpenCV, "Geometric Image Transformations", `resize`.

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod aarch64;
mod area;
mod bilinear;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "kernels are launched: each launch says why it is sound")]
pub(crate) mod cuda;
mod fit;
mod nearest;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod table;
mod taps;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "AVX2 loads and stores, behind a token")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::blend;
pub(crate) use bilinear::{Columns, across};
#[cfg(feature = "cuda")]
pub use cuda::{resize_batch_on, resize_on};
pub use fit::letterbox;
pub(crate) use scalar::between;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) use taps::halves;
pub(crate) use taps::{Centre, Taps};

use crate::cpu::{for_each, strips};
use crate::error::{Error, Result};
use crate::frame::{FrameView, FrameViewMut, View, ViewMut};
use crate::ops::rows::{Isa, split_rows};

/// How a pixel of the output is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Interpolation {
    /// One input pixel (`INTER_NEAREST`).
    Nearest,
    /// Between four input pixels (`INTER_LINEAR`), OpenCV's default. Skips pixels when it shrinks to less than half.
    #[default]
    Bilinear,
    /// The mean of what the pixel covers (`INTER_AREA`): for shrinking.
    Area,
}

/// Resizes the plane `src` to the size of `dst`.
///
/// Contract and parity: the [module's](self) table. A `dst` without pixels is left alone.
///
/// # Errors
/// When `src` has no pixels but `dst` has, when the channels differ or are more than 4.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::resize::{Interpolation, resize};
/// let ramp = [0, 100, 200, 40];
/// let mut wide = [0; 8];
/// resize(&View::new(&ramp, 4, 1, 1, 4)?, ViewMut::new(&mut wide, 8, 1, 1, 8)?, Interpolation::Bilinear)?;
/// assert_eq!(wide, [0, 25, 75, 125, 175, 160, 80, 40]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn resize(src: &View<'_>, dst: ViewMut<'_>, interpolation: Interpolation) -> Result<()> {
    resize_with(Isa::best(), src, dst, interpolation)
}

/// Resizes every plane of `src` into `dst`, which has the same format.
///
/// Chroma planes are resized on their own, with their own half-pixel centres.
///
/// # Errors
/// When the formats differ, samples have more than 8 bits, or either picture is a window on an odd row or column of
/// subsampled chroma.
pub fn resize_frame(
    src: &FrameView<'_>,
    dst: &mut FrameViewMut<'_>,
    interpolation: Interpolation,
) -> Result<()> {
    if dst.as_view().format() != src.format() {
        return Err(Error::invalid(format!(
            "dst is {:?}, it must have the format of src, {:?}; convert with ops::color first",
            dst.as_view().format(),
            src.format()
        )));
    }
    if src.format().bits() > 8 {
        return Err(Error::unsupported(format!(
            "src is {:?}, whose samples are words; convert it to an 8-bit format with ops::color first",
            src.format()
        )));
    }
    if src.chroma_phase() != (0, 0) || dst.as_view().chroma_phase() != (0, 0) {
        return Err(Error::invalid(
            "src or dst is a window on an odd row or column of 4:2:0 chroma; align it with Rect::even",
        ));
    }
    for plane in 0..src.format().planes() {
        resize(&src.plane(plane), dst.plane_mut(plane), interpolation)?;
    }
    Ok(())
}

pub(crate) fn resize_with(
    isa: Isa,
    src: &View<'_>,
    mut dst: ViewMut<'_>,
    interpolation: Interpolation,
) -> Result<()> {
    let whole = (dst.width(), dst.height());
    if whole.0 == 0 || whole.1 == 0 {
        return Ok(());
    }
    check(src, &dst)?;
    // The work is that of the larger picture, spread over the output's rows.
    let bytes = |width: u32, height: u32| width as usize * height as usize * src.channels();
    let work = bytes(whole.0, whole.1).max(bytes(src.width(), src.height()));
    let strips = strips(whole.1, work / whole.1 as usize, 1);
    for_each(split_rows(&mut dst, &strips), |(rows, part)| {
        resize_rows(isa, src, part, rows.start, whole, interpolation);
    });
    Ok(())
}

fn check(src: &View<'_>, dst: &ViewMut<'_>) -> Result<()> {
    if src.width() == 0 || src.height() == 0 {
        return Err(Error::invalid(format!(
            "src is {}x{} pixels, there is nothing to resize to {}x{}",
            src.width(),
            src.height(),
            dst.width(),
            dst.height()
        )));
    }
    if src.channels() != dst.channels() || !(1..=4).contains(&src.channels()) {
        return Err(Error::invalid(format!(
            "src has {} bytes a pixel and dst {}, they must have the same number, 1 to 4",
            src.channels(),
            dst.channels()
        )));
    }
    Ok(())
}

/// The rows from `top` on of an output of `whole` pixels.
fn resize_rows(
    isa: Isa,
    src: &View<'_>,
    dst: ViewMut<'_>,
    top: u32,
    whole: (u32, u32),
    interpolation: Interpolation,
) {
    let shrinks = src.width() >= whole.0 && src.height() >= whole.1;
    let halves =
        u64::from(src.width()) == 2 * u64::from(whole.0) && u64::from(src.height()) == 2 * u64::from(whole.1);
    let centre = match interpolation {
        Interpolation::Nearest => return nearest::nearest(isa, src, dst, top, whole),
        Interpolation::Area if shrinks => return area::shrink(isa, src, dst, top, whole),
        Interpolation::Bilinear if halves => return area::shrink(isa, src, dst, top, whole),
        Interpolation::Area => Centre::Extent,
        Interpolation::Bilinear => Centre::Middle,
    };
    match src.channels() {
        1 => bilinear::bilinear::<1>(isa, src, dst, top, whole, centre),
        2 => bilinear::bilinear::<2>(isa, src, dst, top, whole, centre),
        3 => bilinear::bilinear::<3>(isa, src, dst, top, whole, centre),
        _ => bilinear::bilinear::<4>(isa, src, dst, top, whole, centre),
    }
}

#[cfg(test)]
mod tests;
