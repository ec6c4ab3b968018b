//! The median of a square.
//!
//! |         | layout                     | element | shape       | pitch (bytes) |
//! |---------|----------------------------|---------|-------------|---------------|
//! | `src`   | interleaved, 1 to 4 bytes  | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst`   | as `src`                   | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `plane` | as `src`, read and written | `u8`    | `(h, w, c)` | ≥ c·w         |
//!
//! Squares of 3 and 5 go through networks of minima and maxima, larger ones through histograms of columns, whose
//! time hardly depends on the size. Outside of the picture its edge goes on ([`Border::Replicate`]), as with OpenCV.
//!
//! Backends and parity: the same row functions for the plain processor, AVX2, AVX-512 and NEON; a median is exact, so all give the
//! same bytes, and they are those of OpenCV's `medianBlur`.
//!
//! Source: S. Perreault and P. Hébert, "Median filtering in constant time", IEEE TIP 16(9), 2007, for the histograms;
//! <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#ga564869aa33e58769b4469101aac458f9>

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores")]
mod aarch64;
mod histogram;
#[allow(unsafe_code, reason = "loads and stores whose bounds are looked at once a row")]
mod network;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores whose bounds are looked at once a row")]
mod slide;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, chosen by run-time detection")]
mod x86_64;

use std::ops::Range;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::{Border, Isa, Ring, check_channels, check_same_shape, pad_row, split_rows, with_copy};

/// Writes the median of the `ksize` x `ksize` pixels around each pixel of `src` to `dst`, for each channel.
///
/// # Errors
/// When `dst` has another shape than `src`, or `ksize` is even or above 255.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::median_blur::median_blur;
/// let mut dots = [50; 49];
/// (dots[24], dots[3]) = (255, 0);
/// let mut clean = [0; 49];
/// median_blur(View::new(&dots, 7, 7, 1, 7)?, ViewMut::new(&mut clean, 7, 7, 1, 7)?, 3)?;
/// assert_eq!(clean, [50; 49]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn median_blur(src: View<'_>, mut dst: ViewMut<'_>, ksize: u32) -> Result<()> {
    check_same_shape(&src, &dst)?;
    median_blur_at(Isa::best(), src, &mut dst, ksize)
}

/// Replaces `plane` by its medians. A window of a frame is taken as a picture of its own.
///
/// # Errors
/// As [`median_blur`].
pub fn median_blur_mut(mut plane: ViewMut<'_>, ksize: u32) -> Result<()> {
    let whole = Rect::new(0, 0, plane.width(), plane.height());
    with_copy(&mut plane, whole, |src, plane| median_blur_at(Isa::best(), src, plane, ksize))?
}

fn median_blur_at(isa: Isa, src: View<'_>, dst: &mut ViewMut<'_>, ksize: u32) -> Result<()> {
    check_channels(src.channels())?;
    if ksize.is_multiple_of(2) || ksize > 255 {
        return Err(Error::invalid(format!("ksize is {ksize}, it must be odd and at most 255")));
    }
    let row = src.width() as usize * src.channels();
    if row == 0 {
        return Ok(());
    }
    let strips = cpu::strips(src.height(), 16 * row, 1);
    cpu::for_each(split_rows(dst, &strips), |(rows, mut dst)| match ksize {
        1 => rows.zip(0..).for_each(|(y, i)| dst.row_mut(i).copy_from_slice(src.row(y))),
        3 => small(isa, src, rows, dst),
        5 => sorted::<5>(isa, src, rows, dst),
        _ => histogram::strip(isa, src, rows, dst, ksize),
    });
    Ok(())
}

/// Medians of squares of three, from rows as they are where there are vectors for it and the row is long enough for them.
fn small(isa: Isa, src: View<'_>, rows: Range<u32>, mut dst: ViewMut<'_>) {
    let (channels, ahead) = (src.channels(), dst.pitch());
    for (y, i) in rows.clone().zip(0..) {
        let three = [y.saturating_sub(1), y, (y + 1).min(src.height() - 1)].map(|y| src.row(y));
        let out = dst.row_mut(i);
        let done = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) => x86_64::row3_avx2(token, three, channels, ahead, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) => x86_64::row3_avx512(token, three, channels, ahead, out),
            _ => {
                let _ = (three, channels, ahead, out);
                false
            }
        };
        // All rows have one length.
        if !done {
            return sorted::<3>(isa, src, rows, dst);
        }
    }
}

/// Medians of squares of `N` by networks, from columns that are sorted once for all squares that they are in.
fn sorted<const N: usize>(isa: Isa, src: View<'_>, rows: Range<u32>, mut dst: ViewMut<'_>) {
    let (channels, reach) = (src.channels(), (N / 2) as i64);
    let width = i64::from(src.width());
    // With room for whole vectors behind the last pixel.
    let len = (width + 2 * reach) as usize * channels + 2 * 64;
    let mut padded = Ring::new(N, len);
    let mut columns: [Vec<u8>; N] = std::array::from_fn(|_| vec![0; len]);
    let top = i64::from(rows.start);
    for y in top - reach..i64::from(rows.end) + reach {
        let source = Border::Replicate.index(y, src.height()).map(|y| src.row(y));
        pad_row(source, channels, -reach..width + reach, Border::Replicate, padded.row_mut(y));
        if y < top + reach {
            continue;
        }
        let out = dst.row_mut((y - reach - top) as u32);
        let rows = padded.rows(y - 2 * reach);
        match isa {
            Isa::Scalar => network::row::<u8, N>(rows, &mut columns, channels, out),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon(token) => aarch64::row_neon(token, rows, &mut columns, channels, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) => x86_64::row_avx2(token, rows, &mut columns, channels, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) => x86_64::row_avx512(token, rows, &mut columns, channels, out),
        }
    }
}

#[cfg(test)]
mod tests;
