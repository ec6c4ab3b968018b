//! Mirrored and turned pictures.
//!
//! |         | layout                     | element | shape                                | pitch (bytes) |
//! |---------|----------------------------|---------|--------------------------------------|---------------|
//! | `src`   | interleaved, 1 to 4 bytes  | `u8`    | `(h, w, c)`                          | ≥ c·w         |
//! | `dst`   | as `src`                   | `u8`    | `(h, w, c)`; a quarter turn `(w, h, c)` | ≥ c times its width |
//! | `plane` | as `src`, read and written | `u8`    | `(h, w, c)`                          | ≥ c·w         |
//!
//! Whole pictures of any format are flipped plane by plane. Where chroma is subsampled and the flipped side is odd, the
//! chroma sample of the single last column or row lands on the first two: half a sample off, as in any flip that does not
//! resample.
//!
//! Backends and parity: the same loops compiled for the plain processor, AVX2 and AVX-512; the bytes are those of
//! OpenCV's `flip` and `rotate`.
//!
//! Source: <https://docs.opencv.org/4.x/d2/de8/group__core__array.html> (`flip`, `rotate`)

mod frames;
mod rows;
mod turn;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod x86_64;

use crate::cpu::{for_each, strips};
use crate::error::{Error, Result};
use crate::frame::{View, ViewMut};
use crate::ops::rows::{Isa, check_channels, check_same_shape, split_rows};

pub use frames::{flip_frame, flip_frame_mut, rotate_frame};

/// What [`flip`] turns around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flip {
    /// Left and right change places; OpenCV's code 1.
    Horizontal,
    /// Top and bottom change places; OpenCV's code 0.
    Vertical,
    /// Both: half a turn; OpenCV's code -1.
    Both,
}

/// By how much [`rotate`] turns, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// A quarter turn: the left column becomes the top row. OpenCV's `ROTATE_90_CLOCKWISE`.
    Deg90,
    /// Half a turn. OpenCV's `ROTATE_180`.
    Deg180,
    /// Three quarters: the right column becomes the top row. OpenCV's `ROTATE_90_COUNTERCLOCKWISE`.
    Deg270,
}

impl Flip {
    fn across(self) -> bool {
        self != Self::Vertical
    }
}

/// Writes `src`, mirrored, to `dst`.
///
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has another shape than `src`, or a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::flip::{Flip, flip};
/// let picture = [1, 2, 3, 4, 5, 6];
/// let mut out = [0; 6];
/// flip(&View::new(&picture, 3, 2, 1, 3)?, ViewMut::new(&mut out, 3, 2, 1, 3)?, Flip::Horizontal)?;
/// assert_eq!(out, [3, 2, 1, 6, 5, 4]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn flip(src: &View<'_>, dst: ViewMut<'_>, how: Flip) -> Result<()> {
    flip_at(Isa::best(), src, dst, how)
}

/// Mirrors `plane` in place.
///
/// # Errors
/// When a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::ViewMut;
/// use dsframe::ops::flip::{Flip, flip_mut};
/// let mut picture = [1, 2, 3, 4, 5, 6];
/// flip_mut(ViewMut::new(&mut picture, 3, 2, 1, 3)?, Flip::Both)?;
/// assert_eq!(picture, [6, 5, 4, 3, 2, 1]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn flip_mut(plane: ViewMut<'_>, how: Flip) -> Result<()> {
    flip_mut_at(Isa::best(), plane, how)
}

/// Writes `src`, turned clockwise, to `dst`; quarter turns change the places of width and height.
///
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has not the size of the turned picture or other channels, or a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::flip::{Rotation, rotate};
/// let picture = [1, 2, 3, 4, 5, 6];
/// let mut out = [0; 6];
/// rotate(&View::new(&picture, 3, 2, 1, 3)?, ViewMut::new(&mut out, 2, 3, 1, 2)?, Rotation::Deg90)?;
/// assert_eq!(out, [4, 1, 5, 2, 6, 3]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn rotate(src: &View<'_>, dst: ViewMut<'_>, how: Rotation) -> Result<()> {
    rotate_at(Isa::best(), src, dst, how)
}

fn flip_at(isa: Isa, src: &View<'_>, mut dst: ViewMut<'_>, how: Flip) -> Result<()> {
    check_same_shape(src, &dst)?;
    check_channels(src.channels())?;
    let (height, row) = (src.height(), src.width() as usize * src.channels());
    let strips = strips(height, 2 * row, 1);
    for_each(split_rows(&mut dst, &strips), |(range, mut dst)| {
        for (out, y) in dst.rows_mut().zip(range) {
            let from = if how == Flip::Horizontal { y } else { height - 1 - y };
            if how.across() {
                rows::reversed(isa, src.channels(), src.row(from), out);
            } else {
                out.copy_from_slice(src.row(from));
            }
        }
    });
    Ok(())
}

fn flip_mut_at(isa: Isa, mut plane: ViewMut<'_>, how: Flip) -> Result<()> {
    let channels = plane.channels();
    check_channels(channels)?;
    let (height, row) = (plane.height() as usize, plane.width() as usize * channels);
    let mut all: Vec<&mut [u8]> = plane.rows_mut().collect();
    if how == Flip::Horizontal {
        let parts = strips(height as u32, 2 * row, 1);
        let step = parts.first().map_or(1, |rows| rows.len());
        for_each(all.chunks_mut(step).collect(), |group: &mut [&mut [u8]]| {
            group.iter_mut().for_each(|row| rows::reverse(isa, channels, row));
        });
        return Ok(());
    }
    let (top, rest) = all.split_at_mut(height / 2);
    let (middle, bottom) = rest.split_at_mut(height % 2);
    if let (Flip::Both, [row]) = (how, middle) {
        rows::reverse(isa, channels, row);
    }
    let mut pairs: Vec<_> = top.iter_mut().zip(bottom.iter_mut().rev()).collect();
    let step = strips(height as u32 / 2, 4 * row, 1).first().map_or(1, |rows| rows.len());
    for_each(pairs.chunks_mut(step).collect(), |group: &mut [_]| {
        for (upper, lower) in group {
            if how == Flip::Both {
                rows::swap_reversed(isa, channels, upper, lower);
            } else {
                upper.swap_with_slice(lower);
            }
        }
    });
    Ok(())
}

fn rotate_at(isa: Isa, src: &View<'_>, mut dst: ViewMut<'_>, how: Rotation) -> Result<()> {
    if how == Rotation::Deg180 {
        return flip_at(isa, src, dst, Flip::Both);
    }
    check_channels(src.channels())?;
    if (dst.width(), dst.height(), dst.channels()) != (src.height(), src.width(), src.channels()) {
        return Err(Error::invalid(format!(
            "dst is {}x{} with {} bytes a pixel, it must be src on its side, {}x{} with {}",
            dst.width(),
            dst.height(),
            dst.channels(),
            src.height(),
            src.width(),
            src.channels()
        )));
    }
    let strips = strips(dst.height(), 2 * dst.width() as usize * dst.channels(), turn::DOWN as u32);
    for_each(split_rows(&mut dst, &strips), |(rows, mut dst)| {
        turn::strip(isa, src, &mut dst, rows.start, how == Rotation::Deg90);
    });
    Ok(())
}

#[cfg(test)]
mod tests;
