//! How sharp a picture is.

use crate::frame::FrameView;
use crate::ops::color;

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
    let mut sums = Sums::default();
    if view.format().bits() > 8 {
        // The high byte of a word is the luma byte that the 8-bit format would have.
        let high: Vec<u8> =
            view.plane(0).rows().flat_map(|row| row.iter().skip(1).step_by(2).copied()).collect();
        add_all(&mut sums, height, |y| &high[y as usize * width..][..width]);
    } else if view.format().rgb_offsets().is_none() {
        let luma = view.plane(0);
        add_all(&mut sums, height, |y| luma.row(y));
    } else {
        let mut gray = vec![0; width * height as usize];
        let dst = crate::frame::ViewMut::new(&mut gray, view.width(), height, 1, width);
        dst.and_then(|dst| color::gray_from(view, dst)).expect("the buffer has the view's size");
        add_all(&mut sums, height, |y| &gray[y as usize * width..][..width]);
    }
    sums.variance(view.width() as u64 * u64::from(height))
}

/// Adds every row of a picture of `height` rows.
fn add_all<'a>(sums: &mut Sums, height: u32, row: impl Fn(u32) -> &'a [u8]) {
    for y in 0..height {
        let [above, below] = neighbours(y, height).map(&row);
        sums.add_row(above, row(y), below);
    }
}

/// The positions before and after `i` of `count`, reflected at the ends without the end itself.
fn neighbours(i: u32, count: u32) -> [u32; 2] {
    let last = count - 1;
    [if i == 0 { 1.min(last) } else { i - 1 }, if i == last { last.saturating_sub(1) } else { i + 1 }]
}

/// Sum and sum of squares; |Laplacian| is at most 1020, so a row of 2^20 pixels fits 64 bits by far.
#[derive(Default)]
struct Sums {
    sum: i64,
    squares: u128,
}

impl Sums {
    fn add_row(&mut self, above: &[u8], row: &[u8], below: &[u8]) {
        let at = |v: u8| i32::from(v);
        let (mut sum, mut squares) = (0i64, 0u64);
        let mut add = |laplacian: i32| {
            sum += i64::from(laplacian);
            squares += (laplacian * laplacian) as u64;
        };
        let count = row.len();
        for x in [0, count - 1].into_iter().take(count.min(2)) {
            let [left, right] = neighbours(x as u32, count as u32).map(|x| at(row[x as usize]));
            add(left + right + at(above[x]) + at(below[x]) - 4 * at(row[x]));
        }
        // Blocks in 32 bits, which the compiler turns into vector code: 1020² · 1024 < 2^31.
        let inner = count.saturating_sub(2);
        let mut start = 0;
        while start < inner {
            let n = (inner - start).min(1024);
            let (left, middle, right) = (&row[start..][..n], &row[start + 1..][..n], &row[start + 2..][..n]);
            let (above, below) = (&above[start + 1..][..n], &below[start + 1..][..n]);
            let (mut block, mut block_squares) = (0i32, 0i32);
            for i in 0..n {
                let l = at(left[i]) + at(right[i]) + at(above[i]) + at(below[i]) - 4 * at(middle[i]);
                block += l;
                block_squares += l * l;
            }
            sum += i64::from(block);
            squares += block_squares as u64;
            start += n;
        }
        self.sum += sum;
        self.squares += u128::from(squares);
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
