//! How sharp a picture is.

#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches kernels")]
mod cuda;

#[cfg(feature = "cuda")]
pub use cuda::sharpness_on;

use std::ops::Range;

use crate::cpu;
use crate::frame::FrameView;
use crate::ops::laplacian::laplacian_row;
use crate::ops::rows::{Border, Gray, Isa, Ring, per_isa};

/// The variance of the 3x3 Laplacian of luma: high for sharp pictures, near 0 for blurred ones.
///
/// |        | layout              | element | shape    | pitch (bytes) |
/// |--------|---------------------|---------|----------|---------------|
/// | `view` | any [`PixelFormat`] | `u8`    | `(h, w)` | any           |
///
/// YUV luma and grey are read in place, RGB is turned into grey row by row. Values compare between
/// pictures of one camera and one format: limited-range luma gives (219/255)² of what full range gives.
/// An empty window gives 0.
///
/// Backends and parity: integer sums, so exact; OpenCV's `Laplacian(gray, CV_64F).var()` (`ksize` 1,
/// border reflected without the edge pixel) gives the same up to the rounding of its mean.
///
/// [`PixelFormat`]: crate::frame::PixelFormat
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, PixelFormat};
/// use dsframe::ops::sharpness::sharpness;
/// let stripes: Vec<u8> = (0..64).map(|i| if i % 2 == 0 { 0 } else { 100 }).collect();
/// let gray = |bytes| FrameView::new(PixelFormat::Gray8, 8, 8, &[(bytes, 8)], Colorimetry::default());
/// assert_eq!(sharpness(&gray(&stripes)?), 40_000.0);
/// assert_eq!(sharpness(&gray(&[100; 64])?), 0.0);
/// # Ok::<(), dsframe::Error>(())
/// ```
///
/// Source: J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative
/// study", ICPR 2000.
#[must_use]
pub fn sharpness(view: &FrameView<'_>) -> f64 {
    let (width, height) = (view.width() as usize, view.height());
    if width == 0 || height == 0 {
        return 0.0;
    }
    let strips = cpu::strips(height, 4 * width, 1);
    let mut parts: Vec<_> = strips.into_iter().map(|rows| (rows, Sums::default())).collect();
    let (isa, gray) = (Isa::best(), Gray::new(view));
    cpu::for_each(parts.iter_mut().collect(), |(rows, sums)| strip(isa, gray, (width, height), rows, sums));
    let mut total = Sums::default();
    parts.iter().for_each(|(_, sums)| total.join(sums));
    total.variance(view.width() as u64 * u64::from(height))
}

/// Takes in the Laplacians of `rows`.
fn strip(isa: Isa, gray: Gray<'_>, (width, height): (usize, u32), rows: &Range<u32>, sums: &mut Sums) {
    let (top, bottom) = (i64::from(rows.start), i64::from(rows.end));
    // Grey rows, padded by a pixel on both sides.
    let mut held = Ring::new(3, width + 2);
    let mut laplacian = vec![0; width];
    for y in top - 1..=bottom {
        let source = Border::Reflect101.index(y, height).expect("the picture has rows");
        let row = held.row_mut(y);
        gray.row(isa, source, &mut row[1..=width]);
        let beside = 1.min(width - 1);
        (row[0], row[width + 1]) = (row[1 + beside], row[width - beside]);
        if y > top {
            laplacian_row(isa, held.rows(y - 2), 1, 1, &mut laplacian);
            add(isa, sums, &laplacian);
        }
    }
}

/// Sum and sum of squares; |Laplacian| is at most 1020, so a row of 2^20 pixels fits 64 bits by far.
#[derive(Default)]
struct Sums {
    sum: i64,
    squares: u128,
}

per_isa! {
    /// Takes in a row of Laplacians.
    fn add[](sums: &mut Sums, row: &[i16]) {
        // Blocks in 32 bits, which are vector code: 1020² · 1024 < 2^31.
        for block in row.chunks(1024) {
            let (mut sum, mut squares) = (0i32, 0i32);
            for &l in block {
                let l = i32::from(l);
                sum += l;
                squares += l * l;
            }
            sums.sum += i64::from(sum);
            sums.squares += squares as u128;
        }
    }
}

impl Sums {
    fn join(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// (n·Σx² - (Σx)²) / n², in integers up to the division.
    fn variance(&self, count: u64) -> f64 {
        let square = (self.sum.unsigned_abs() as u128).pow(2);
        let spread = (self.squares * u128::from(count)).saturating_sub(square);
        spread as f64 / (count as f64 * count as f64)
    }
}

#[cfg(test)]
mod tests;
