//! Image derivatives with Sobel's kernels.
//!
//! |       | layout                    | element | shape       | pitch (bytes) |
//! |-------|---------------------------|---------|-------------|---------------|
//! | `src` | interleaved, 1 to 4 bytes | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst` | interleaved               | `i16`   | `(h, w, c)` | packed        |
//!
//! Backends and parity: one row function, compiled for the plain processor, AVX2 and AVX-512, one of AVX-512 alone for 3x3 and 5x5,
//! and a kernel for CUDA give the same values everywhere. With scale 1 and delta 0 they are integers clamped to 16 bits and equal OpenCV's `Sobel(…, CV_16S)`.
//! Otherwise the exact sum is scaled in `f32` and rounded to even; OpenCV scales the weights, which may differ by 1.
//!
//! Source: <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#gacea54f142e81b6758cb6f375ce782c8d>

#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches a kernel")]
mod cuda;
mod kernel;
mod scalar;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod x86_64;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::View;
use crate::ops::rows::{Border, Isa, Lines, PlaneI16, split_values};

#[cfg(feature = "cuda")]
pub use cuda::sobel_on;
pub(crate) use kernel::Taps;
use scalar::{FIRST, derivative_row};
pub(crate) use scalar::{Finish, derivative};

/// Writes the derivative of order `dx` in x and `dy` in y of `src` to `dst`, which takes its shape.
///
/// `ksize` is 1, 3, 5 or 7; 1 takes [-1, 0, 1] without smoothing. The border is OpenCV's default,
/// [`Border::Reflect101`]. Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `ksize` is another, both orders are 0, an order does not fit the kernel, or scale or delta are not finite.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::{PlaneI16, sobel::sobel};
/// let ramp: Vec<u8> = (0..40).map(|i| (i % 8 * 10) as u8).collect();
/// let mut dx = PlaneI16::default();
/// sobel(View::new(&ramp, 8, 5, 1, 8)?, &mut dx, 1, 0, 3, 1.0, 0.0)?;
/// assert_eq!(dx.row(2), [0, 80, 80, 80, 80, 80, 80, 0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn sobel(
    src: View<'_>,
    dst: &mut PlaneI16,
    dx: u32,
    dy: u32,
    ksize: u32,
    scale: f64,
    delta: f64,
) -> Result<()> {
    let (taps, finish) = checked([dx, dy], ksize, scale, delta)?;
    sobel_at(Isa::best(), src, dst, &taps, finish);
    Ok(())
}

/// The weights across and down, and what becomes of the sums.
fn checked([dx, dy]: [u32; 2], ksize: u32, scale: f64, delta: f64) -> Result<([Taps; 2], Finish)> {
    let taps = kernel::taps(dx, dy, ksize)?;
    if !scale.is_finite() || !delta.is_finite() {
        return Err(Error::invalid(format!("scale is {scale} and delta is {delta}, both must be finite")));
    }
    let finish = if scale == 1.0 && delta == 0.0 {
        Finish::Plain
    } else {
        Finish::Scaled { scale: scale as f32, delta: delta as f32 }
    };
    Ok((taps, finish))
}

pub(crate) fn sobel_at(isa: Isa, src: View<'_>, dst: &mut PlaneI16, taps: &[Taps; 2], finish: Finish) {
    dst.reshape(src.width(), src.height(), src.channels());
    let (channels, row) = (src.channels(), src.width() as usize * src.channels());
    if row == 0 {
        return;
    }
    let short = matches!(finish, Finish::Plain) && Taps::fit(taps);
    let strips = cpu::strips(src.height(), 4 * row, 1);
    cpu::for_each(split_values(dst.data_mut(), row, &strips), |(strip, part)| {
        let mut column = Lines::new(row + 2 * FIRST);
        for (y, out) in (i64::from(strip.start)..).zip(part.chunks_exact_mut(row)) {
            let mut rows = [&[][..]; 7];
            for (from, y) in rows[..taps[1].len].iter_mut().zip(y - (taps[1].len / 2) as i64..) {
                *from = src.row(Border::Reflect101.index(y, src.height()).expect("the picture has rows"));
            }
            let done = match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512(token) if short => x86_64::inner_row(token, &rows, taps, channels, out),
                _ => {
                    let _ = short;
                    false
                }
            };
            if done {
                scalar::sides(&rows, taps, channels, out);
            } else {
                derivative_row(isa, &rows, taps, channels, finish, &mut column, out);
            }
        }
    });
}

#[cfg(test)]
mod tests;
