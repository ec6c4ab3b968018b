//! Erosion and dilation with a rectangle, and what is made of them.
//!
//! |       | layout                    | element | shape       | pitch (bytes) |
//! |-------|---------------------------|---------|-------------|---------------|
//! | `src` | interleaved, 1 to 4 bytes | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst` | as `src`                  | `u8`    | `(h, w, c)` | ≥ c·w         |
//!
//! The rectangle is `ksize` (width, height), (3, 3) in most uses; the middle of an even size is the pixel right of or
//! below its centre. What lies outside of the picture does not count, as with OpenCV's default border.
//!
//! Backends and parity: minima and maxima, the same bytes at every level, those of OpenCV's `erode`, `dilate` and
//! `morphologyEx` with a `MORPH_RECT` element.
//!
//! Source: <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#gaeb1e0c1033e3f6b891a25d0511362aeb>

mod scalar;

use std::ops::Range;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::{Isa, check_channels, check_same_shape, split_rows, with_copy};

use scalar::{Dilate, Erode, Pick};

/// Writes the least of the `ksize` pixels around each pixel of `src` to `dst`, for each channel.
///
/// # Errors
/// When `dst` has another shape than `src`, or a size is 0 or above 1024.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::morphology::{dilate, erode};
/// let row = [9, 9, 0, 9, 9, 9, 9];
/// let (mut least, mut most) = ([0; 7], [0; 7]);
/// erode(View::new(&row, 7, 1, 1, 7)?, ViewMut::new(&mut least, 7, 1, 1, 7)?, (3, 3))?;
/// assert_eq!(least, [9, 0, 0, 0, 9, 9, 9]);
/// dilate(View::new(&least, 7, 1, 1, 7)?, ViewMut::new(&mut most, 7, 1, 1, 7)?, (3, 3))?;
/// assert_eq!(most, [9, 9, 0, 9, 9, 9, 9]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn erode(src: View<'_>, dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    run::<Erode>(Isa::best(), src, dst, ksize)
}

/// Writes the greatest of the `ksize` pixels around each pixel of `src` to `dst`, for each channel.
///
/// # Errors
/// As [`erode`].
pub fn dilate(src: View<'_>, dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    run::<Dilate>(Isa::best(), src, dst, ksize)
}

/// Erosion, then dilation: bright spots smaller than `ksize` go.
///
/// # Errors
/// As [`erode`].
pub fn open(src: View<'_>, dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    both::<Erode, Dilate>(Isa::best(), src, dst, ksize)
}

/// Dilation, then erosion: dark gaps smaller than `ksize` close.
///
/// # Errors
/// As [`erode`].
pub fn close(src: View<'_>, dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    both::<Dilate, Erode>(Isa::best(), src, dst, ksize)
}

fn both<A: Pick, B: Pick>(isa: Isa, src: View<'_>, mut dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    run::<A>(isa, src, dst.reborrow(), ksize)?;
    let whole = Rect::new(0, 0, dst.width(), dst.height());
    with_copy(&mut dst, whole, |first, dst| run::<B>(isa, first, dst.reborrow(), ksize))?
}

fn run<P: Pick>(isa: Isa, src: View<'_>, mut dst: ViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    check_same_shape(&src, &dst)?;
    check_channels(src.channels())?;
    for (ksize, name) in [(ksize.0, "width"), (ksize.1, "height")] {
        if !(1..=1024).contains(&ksize) {
            return Err(Error::invalid(format!("the rectangle's {name} is {ksize}, it must be 1 to 1024")));
        }
    }
    let row = src.width() as usize * src.channels();
    if row == 0 {
        return Ok(());
    }
    let strips = cpu::strips(src.height(), 2 * row, 1);
    cpu::for_each(split_rows(&mut dst, &strips), |(rows, dst)| strip::<P>(isa, src, rows, dst, ksize));
    Ok(())
}

fn strip<P: Pick>(isa: Isa, src: View<'_>, rows: Range<u32>, mut dst: ViewMut<'_>, ksize: (u32, u32)) {
    let (channels, row) = (src.channels(), src.width() as usize * src.channels());
    let (left, above) = (i64::from(ksize.0 / 2), i64::from(ksize.1 / 2));
    let columns = -left..i64::from(src.width() + ksize.0) - left - 1;
    let outside = vec![P::OUTSIDE; row];
    let source =
        |y: i64| if (0..i64::from(src.height())).contains(&y) { src.row(y as u32) } else { &outside[..] };
    // Down first, from the picture itself; then across, from a row with what is outside on both sides.
    let mut padded = vec![P::OUTSIDE; (columns.end - columns.start) as usize * channels];
    let inside = left as usize * channels..left as usize * channels + row;
    let top = i64::from(rows.start) - above;
    let mut down = scalar::Down::new(ksize.1, row, top);
    let ready = top + i64::from(ksize.1) - 1;
    for y in top..ready + rows.len() as i64 {
        down.push::<P>(isa, y, source, &mut padded[inside.clone()]);
        if y >= ready {
            let out = dst.row_mut((y - ready) as u32);
            scalar::across(isa, P::default(), &mut padded, ksize.0 as usize, channels, out);
            // It was written over from the left.
            padded[..inside.start].fill(P::OUTSIDE);
            padded[inside.end..].fill(P::OUTSIDE);
        }
    }
}

#[cfg(test)]
mod tests;
