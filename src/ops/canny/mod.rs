//! Canny's edges.
//!
//! |        | layout                                   | element | shape    | pitch (bytes) |
//! |--------|------------------------------------------|---------|----------|---------------|
//! | `view` | any [`PixelFormat`](crate::frame::PixelFormat), windows | `u8` | `(h, w)` | any |
//! | `dst`  | one channel: 255 on edges, else 0        | `u8`    | `(h, w)` | ≥ w           |
//!
//! RGB is turned into grey row by row on the way (BT.601 in 15 bits, as `cvtColor` does); YUV's luma and grey are read
//! as they are, with the range that they have. A window is a picture of its own: nothing around it is looked at.
//!
//! Backends and parity: `scalar`, AVX2, AVX-512, NEON and CUDA (`canny_on`) give the same map, integers all the way, and it is that of OpenCV's
//! `Canny` (of `cvtColor` and `Canny` for RGB), pixel for pixel.
//!
//! Source: J. Canny, "A computational approach to edge detection", IEEE PAMI 8(6), 1986;
//! <https://docs.opencv.org/4.x/dd/d1a/group__imgproc__feature.html#ga04723e007ed888ddf11d9ba04e2232de>

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores")]
mod aarch64;
mod bits;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches kernels")]
mod cuda;
mod gradient;
mod hysteresis;
mod strip;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, chosen by run-time detection")]
mod x86_64;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{FrameView, ViewMut};
use crate::ops::rows::{Isa, split_rows, split_values};

use strip::{Magnitude, Settings};

#[cfg(feature = "cuda")]
pub use cuda::canny_on;

/// Writes the edges of `view` to `dst`: 255 where there is one, 0 elsewhere.
///
/// Gradients above the larger threshold start an edge, those above the smaller one continue it. `aperture` is the size
/// of Sobel's kernel, 3, 5 or 7. The gradient's size is |dx| + |dy|, or with `l2_gradient` √(dx² + dy²).
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has another size than `view` or more than a byte per pixel, `aperture` is not 3, 5 or 7, or a
/// threshold is not finite.
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, PixelFormat, ViewMut};
/// use dsframe::ops::canny::canny;
/// let halves: Vec<u8> = (0..64).map(|i| if i % 8 < 4 { 20 } else { 200 }).collect();
/// let gray = FrameView::new(PixelFormat::Gray8, 8, 8, &[(&halves, 8)], Colorimetry::default())?;
/// let mut edges = [0; 64];
/// canny(&gray, ViewMut::new(&mut edges, 8, 8, 1, 8)?, 50.0, 150.0, 3, false)?;
/// assert_eq!(edges[8..16], [0, 0, 0, 255, 0, 0, 0, 0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn canny(
    view: &FrameView<'_>,
    dst: ViewMut<'_>,
    threshold1: f64,
    threshold2: f64,
    aperture: u32,
    l2_gradient: bool,
) -> Result<()> {
    canny_at(Isa::best(), view, dst, [threshold1, threshold2], aperture, l2_gradient)
}

fn canny_at(
    isa: Isa,
    view: &FrameView<'_>,
    dst: ViewMut<'_>,
    thresholds: [f64; 2],
    aperture: u32,
    l2_gradient: bool,
) -> Result<()> {
    check(view, &dst, thresholds, aperture)?;
    let [low, high] = limits(thresholds, aperture, l2_gradient);
    let settings = Settings { isa, aperture, low, high };
    if view.width() == 0 || view.height() == 0 {
        return Ok(());
    }
    if l2_gradient {
        run::<i32>(settings, view, dst)
    } else {
        run::<i16>(settings, view, dst)
    }
    Ok(())
}

/// The sizes that the two thresholds stand for, the smaller first.
fn limits(thresholds: [f64; 2], aperture: u32, l2_gradient: bool) -> [i32; 2] {
    // Sobel's sums of 7x7 are divided by 16 to fit 16 bits; the thresholds go with them.
    let scale = if aperture == 7 { 1.0 / 16.0 } else { 1.0 };
    let size = |threshold: f64| {
        let threshold = threshold * scale;
        let size = if l2_gradient { threshold.clamp(0.0, 32767.0).powi(2) } else { threshold };
        size.floor().clamp(0.0, f64::from(i32::MAX)) as i32
    };
    [thresholds[0].min(thresholds[1]), thresholds[0].max(thresholds[1])].map(size)
}

fn run<M: Magnitude>(settings: Settings, view: &FrameView<'_>, mut dst: ViewMut<'_>) {
    let words = view.width().div_ceil(64) as usize;
    let size = words * view.height() as usize;
    let (mut candidates, mut edges) = (vec![0u64; size], vec![0u64; size]);
    let strips = cpu::strips(view.height(), 8 * view.width() as usize, 1);
    let parts = split_values(&mut candidates, words, &strips).into_iter();
    let parts = parts.zip(split_values(&mut edges, words, &strips)).collect();
    cpu::for_each(parts, |((rows, candidates), (_, edges))| {
        strip::strip::<M>(settings, view, rows, candidates, edges);
        hysteresis::grow(candidates, edges, words);
    });
    if strips.len() > 1 {
        hysteresis::join(&candidates, &mut edges, words, strips.iter().skip(1).map(|s| s.start as usize));
    }
    cpu::for_each(split_rows(&mut dst, &strips), |(rows, mut dst)| {
        for y in 0..dst.height() {
            let edges = &edges[(rows.start + y) as usize * words..][..words];
            bits::spread(settings.isa, edges, dst.row_mut(y));
        }
    });
}

fn check(view: &FrameView<'_>, dst: &ViewMut<'_>, thresholds: [f64; 2], aperture: u32) -> Result<()> {
    if (dst.width(), dst.height()) != (view.width(), view.height()) || dst.channels() != 1 {
        return Err(Error::invalid(format!(
            "dst is {}x{} with {} bytes a pixel, it must be {}x{} with 1",
            dst.width(),
            dst.height(),
            dst.channels(),
            view.width(),
            view.height()
        )));
    }
    check_settings(thresholds, aperture)
}

fn check_settings(thresholds: [f64; 2], aperture: u32) -> Result<()> {
    if !matches!(aperture, 3 | 5 | 7) {
        return Err(Error::invalid(format!("the aperture is {aperture}, it must be 3, 5 or 7")));
    }
    if thresholds.iter().all(|t| t.is_finite()) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the thresholds are {} and {}, both must be finite",
        thresholds[0], thresholds[1]
    )))
}

#[cfg(test)]
mod tests;
