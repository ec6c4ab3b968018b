//! The Laplacian.
//!
//! |       | layout                    | element | shape       | pitch (bytes) |
//! |-------|---------------------------|---------|-------------|---------------|
//! | `src` | interleaved, 1 to 4 bytes | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst` | interleaved               | `i16`   | `(h, w, c)` | packed        |
//!
//! Backends and parity: one row function, compiled for the plain processor, AVX2 and AVX-512, and CUDA; integers, the same as
//! OpenCV's `Laplacian(…, CV_16S)`.
//!
//! Source: <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#gad78703e4c8fe703d479c1860d76429e6>

#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches a kernel")]
mod cuda;

#[cfg(feature = "cuda")]
pub use cuda::laplacian_on;

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::View;
use crate::ops::rows::{Border, Isa, PlaneI16, Ring, pad_row, per_isa, split_values};

/// Writes the sum of the second derivatives of `src` in x and y to `dst`, which takes its shape.
///
/// `ksize` 1 is the cross `[0 1 0; 1 -4 1; 0 1 0]`, 3 is the diagonal `[2 0 2; 0 -8 0; 2 0 2]`, both as OpenCV
/// has them. The border is [`Border::Reflect101`]. Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `ksize` is not 1 or 3.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::{PlaneI16, laplacian::laplacian};
/// let dot: Vec<u8> = (0..25).map(|i| if i == 12 { 10 } else { 0 }).collect();
/// let mut edges = PlaneI16::default();
/// laplacian(View::new(&dot, 5, 5, 1, 5)?, &mut edges, 1)?;
/// assert_eq!(edges.row(2), [0, 10, -40, 10, 0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn laplacian(src: View<'_>, dst: &mut PlaneI16, ksize: u32) -> Result<()> {
    check(ksize)?;
    laplacian_at(Isa::best(), src, dst, ksize);
    Ok(())
}

fn check(ksize: u32) -> Result<()> {
    if !matches!(ksize, 1 | 3) {
        return Err(Error::invalid(format!("ksize is {ksize}, it must be 1 or 3")));
    }
    Ok(())
}

fn laplacian_at(isa: Isa, src: View<'_>, dst: &mut PlaneI16, ksize: u32) {
    dst.reshape(src.width(), src.height(), src.channels());
    let (channels, row) = (src.channels(), src.width() as usize * src.channels());
    if row == 0 {
        return;
    }
    let strips = cpu::strips(src.height(), 4 * row, 1);
    cpu::for_each(split_values(dst.data_mut(), row, &strips), |(strip, part)| {
        let mut rows = Ring::new(3, row + 2 * channels);
        let (top, border) = (i64::from(strip.start), Border::Reflect101);
        for y in top - 1..=i64::from(strip.end) {
            let source = border.index(y, src.height()).map(|y| src.row(y));
            pad_row(source, channels, -1..i64::from(src.width()) + 1, border, rows.row_mut(y));
            if y > top {
                let out = &mut part[(y - 1 - top) as usize * row..][..row];
                laplacian_row(isa, rows.rows(y - 2), channels, ksize, out);
            }
        }
    });
}

per_isa! {
/// One row from three that are padded by a pixel on both sides.
pub(crate) fn laplacian_row[](rows: [&[u8]; 3], channels: usize, ksize: u32, out: &mut [i16]) {
    let n = out.len();
    let at = |row: usize, column: usize| &rows[row][column * channels..][..n];
    let (middle, cross, corners) =
        (at(1, 1), [at(0, 1), at(1, 0), at(1, 2), at(2, 1)], [at(0, 0), at(0, 2), at(2, 0), at(2, 2)]);
    let ([a, b, c, d], weight) = if ksize == 1 { (cross, 1) } else { (corners, 2) };
    let wide = |v: u8| i16::from(v);
    for (i, out) in out.iter_mut().enumerate() {
        *out = weight * (wide(a[i]) + wide(b[i]) + wide(c[i]) + wide(d[i]) - 4 * wide(middle[i]));
    }
}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::rows::testing::{Picture, sizes};

    fn oracle(src: View<'_>, ksize: u32) -> Vec<i16> {
        let weights = if ksize == 1 { [0, 1, 0, 1, -4, 1, 0, 1, 0] } else { [2, 0, 2, 0, -8, 0, 2, 0, 2] };
        let border = |at: i64, len| Border::Reflect101.index(at, len).unwrap();
        let mut out = Vec::new();
        for (y, x) in
            (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (i64::from(y), i64::from(x))))
        {
            for c in 0..src.channels() {
                let tap = |i: usize| {
                    let (x, y) = (
                        border(x + i as i64 % 3 - 1, src.width()),
                        border(y + i as i64 / 3 - 1, src.height()),
                    );
                    weights[i] * i16::from(src.row(y)[x as usize * src.channels() + c])
                };
                out.push((0..9).map(tap).sum());
            }
        }
        out
    }

    #[test]
    fn every_level_gives_the_definition() {
        for ((n, size), ksize) in sizes().into_iter().enumerate().flat_map(|s| [(s, 1), (s, 3)]) {
            let src = Picture::noise(size, [1, 3, 4][n % 3], n % 4);
            for isa in Isa::all() {
                let mut dst = PlaneI16::default();
                laplacian_at(isa, src.view(), &mut dst, ksize);
                assert!(dst.data() == oracle(src.view(), ksize), "{isa:?} {size:?} {ksize}");
            }
        }
        let src = Picture::noise((4, 4), 1, 0);
        assert!(
            laplacian(src.view(), &mut PlaneI16::default(), 5).unwrap_err().to_string().contains("1 or 3")
        );
    }

    #[cfg(feature = "opencv")]
    #[test]
    fn values_are_opencvs() {
        use opencv::core::{BORDER_REFLECT_101, CV_16S, Mat};
        use opencv::prelude::*;
        for ((size, channels), ksize) in
            [((1, 1), 1), ((9, 5), 3), ((600, 333), 4)].into_iter().flat_map(|s| [(s, 1), (s, 3)])
        {
            let src = Picture::noise(size, channels, 0);
            let (mut dst, mut ours) = (Mat::default(), PlaneI16::default());
            opencv::imgproc::laplacian(&src.mat(), &mut dst, CV_16S, ksize, 1.0, 0.0, BORDER_REFLECT_101)
                .unwrap();
            laplacian(src.view(), &mut ours, ksize as u32).unwrap();
            let theirs = dst.data_bytes().unwrap().chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
            assert!(ours.data().iter().copied().eq(theirs), "{size:?} {ksize}");
        }
    }
}
