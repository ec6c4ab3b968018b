//! The mean over a box.
//!
//! |         | layout                     | element | shape       | pitch (bytes) |
//! |---------|----------------------------|---------|-------------|---------------|
//! | `src`   | interleaved, 1 to 4 bytes  | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst`   | as `src`                   | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `plane` | as `src`, read and written | `u8`    | `(h, w, c)` | ≥ c·w         |
//!
//! Running sums down; across, sums of twice as many columns again and again: the time hardly depends on the size of the box.
//!
//! Backends and parity: the same row functions for the plain processor, AVX2 and AVX-512 give the same bytes. They are those
//! of OpenCV's `blur` for odd sizes; for even ones OpenCV may round the other way, by 1.
//! For a part of a larger `Mat`, OpenCV looks at the pixels around it; here a window is a picture of its own.
//!
//! Source: <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#ga8c45db9afe636703801b0b2e440fce37>

#[cfg(feature = "cuda")]
mod cuda;
mod doubles;
mod scalar;

use std::ops::Range;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::{Border, Isa, check_channels, check_same_shape, split_rows, with_copy};

#[cfg(feature = "cuda")]
pub use cuda::{box_blur_boxes_on, box_blur_mut_on, box_blur_on};
use scalar::{Column, Mean, Window};

/// Writes the mean of the `ksize` (width, height) pixels around each pixel of `src` to `dst`.
///
/// The middle of an even size is the pixel right of or below its centre. The border is OpenCV's default,
/// [`Border::Reflect101`]. Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has another shape than `src`, or a size is 0 or above 2048.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::box_blur::box_blur;
/// let row = [0, 30, 60, 90, 120];
/// let mut mean = [0; 5];
/// box_blur(View::new(&row, 5, 1, 1, 5)?, ViewMut::new(&mut mean, 5, 1, 1, 5)?, (3, 1))?;
/// assert_eq!(mean, [20, 30, 60, 90, 100]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn box_blur(src: View<'_>, mut dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    check_same_shape(&src, &dst)?;
    box_blur_at(Isa::best(), src, &mut dst, ksize, Border::default())
}

/// Replaces `plane` by its means. A window of a frame is taken as a picture of its own.
///
/// # Errors
/// As [`box_blur`].
pub fn box_blur_mut(mut plane: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    let whole = Rect::new(0, 0, plane.width(), plane.height());
    with_copy(&mut plane, whole, |src, plane| box_blur_at(Isa::best(), src, plane, ksize, Border::default()))?
}

fn check_ksize(ksize: (u32, u32)) -> Result<()> {
    for (ksize, name) in [(ksize.0, "width"), (ksize.1, "height")] {
        if !(1..=2048).contains(&ksize) {
            return Err(Error::invalid(format!("the box's {name} is {ksize}, it must be 1 to 2048")));
        }
    }
    Ok(())
}

fn box_blur_at(
    isa: Isa,
    src: View<'_>,
    dst: &mut ViewMut<'_>,
    ksize: (u32, u32),
    border: Border,
) -> Result<()> {
    check_channels(src.channels())?;
    check_ksize(ksize)?;
    let row = src.width() as usize * src.channels();
    if row == 0 {
        return Ok(());
    }
    let strips = cpu::strips(src.height(), 4 * row, 1);
    cpu::for_each(split_rows(dst, &strips), |(rows, dst)| {
        // Sums of up to 257 bytes fit 16 bits.
        if ksize.1 <= 257 {
            strip::<u16>(isa, src, rows, dst, ksize, border);
        } else {
            strip::<u32>(isa, src, rows, dst, ksize, border);
        }
    });
    Ok(())
}

fn strip<T: Column>(
    isa: Isa,
    src: View<'_>,
    rows: Range<u32>,
    mut dst: ViewMut<'_>,
    ksize: (u32, u32),
    border: Border,
) {
    let outside = vec![
        if let Border::Constant(value) = border { value } else { 0 };
        src.width() as usize * src.channels()
    ];
    let row = |y: i64| border.index(y, src.height()).map_or(&outside[..], |y| src.row(y));
    let mut window =
        Window::<T>::new(!matches!(isa, Isa::Scalar), src.width(), src.channels(), ksize, border);
    let mean = Mean::new(ksize);
    let first = i64::from(rows.start) - i64::from(ksize.1 / 2);
    for y in first..first + i64::from(ksize.1) - 1 {
        scalar::enter(isa, &mut window, row(y));
    }
    let nothing = vec![0; outside.len()];
    for (i, y) in (0..dst.height()).zip(first..) {
        let leaves = if i == 0 { &nothing } else { row(y - 1) };
        scalar::step(isa, &mut window, [row(y + i64::from(ksize.1) - 1), leaves], mean, dst.row_mut(i));
    }
}

#[cfg(test)]
mod tests;
