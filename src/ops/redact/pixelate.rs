//! Blocks of their means: column sums of a row of blocks, then sums across.

use std::ops::AddAssign;

use crate::frame::ViewMut;
use crate::ops::rows::{Isa, per_isa};

/// Bytes of a row that are summed at a time, in registers.
const LANES: usize = 64;
/// Rows of which sums of bytes fit 16 bits.
const ROWS_16: u32 = 257;
/// Columns of which sums of such sums fit 32 bits.
const COLUMNS_16: u32 = 1 << 15;

/// Replaces each block of `plane` by its mean, rounded half up. Blocks start at the first pixel; those at the right and
/// at the bottom may be smaller.
pub(super) fn pixelate(isa: Isa, plane: &mut ViewMut<'_>, block: (u32, u32)) {
    let block = (block.0.clamp(1, plane.width().max(1)), block.1.clamp(1, plane.height().max(1)));
    if block.0 <= COLUMNS_16 && block.1 <= ROWS_16 {
        by_channels::<u16, u32>(isa, plane, block);
    } else {
        by_channels::<u32, u64>(isa, plane, block);
    }
}

trait Sum<T>: Copy + Default + AddAssign + From<T> {}
impl<S: Copy + Default + AddAssign + From<T>, T> Sum<T> for S {}

fn by_channels<S: Sum<u8>, W: Sum<S> + Into<u64>>(isa: Isa, plane: &mut ViewMut<'_>, block: (u32, u32)) {
    match plane.channels() {
        1 => run::<1, S, W>(isa, plane, block),
        2 => run::<2, S, W>(isa, plane, block),
        3 => run::<3, S, W>(isa, plane, block),
        _ => run::<4, S, W>(isa, plane, block),
    }
}

fn run<const C: usize, S: Sum<u8>, W: Sum<S> + Into<u64>>(
    isa: Isa,
    plane: &mut ViewMut<'_>,
    (width, height): (u32, u32),
) {
    let row = plane.width() as usize * C;
    let (mut sums, mut line) = (vec![S::default(); row], vec![0; row]);
    for top in (0..plane.height()).step_by(height as usize) {
        let rows = height.min(plane.height() - top);
        column_sums(isa, plane, top, rows, &mut sums);
        let pixels = line.as_chunks_mut::<C>().0;
        means(isa, sums.as_chunks::<C>().0, pixels, width as usize, rows, W::default());
        for y in top..top + rows {
            plane.row_mut(y).copy_from_slice(&line);
        }
    }
}

per_isa! {
    /// The means of blocks of `width` sums, each of `rows` bytes, for all of their pixels; `zero` has the type that a
    /// block's sum fits.
    fn means[const C: usize, S: Sum<u8>, W: Sum<S> + Into<u64>](
        sums: &[[S; C]], out: &mut [[u8; C]], width: usize, rows: u32, zero: W,
    ) {
        let full = Divider::new(width as u64 * u64::from(rows));
        for (sums, out) in sums.chunks(width).zip(out.chunks_mut(width)) {
            let mut total = [zero; C];
            for sums in sums {
                for (total, &sum) in total.iter_mut().zip(sums) {
                    *total += W::from(sum);
                }
            }
            let divider =
                if sums.len() == width { full } else { Divider::new(sums.len() as u64 * u64::from(rows)) };
            out.fill(total.map(|total| divider.mean(total.into())));
        }
    }
}

per_isa! {
    /// The sums of `rows` rows from `top` on, byte by byte.
    fn column_sums[S: Sum<u8>](plane: &ViewMut<'_>, top: u32, rows: u32, sums: &mut [S]) {
        let view = plane.as_view();
        let len = sums.len();
        if len < LANES {
            sums.fill(S::default());
            for y in top..top + rows {
                for (sum, &byte) in sums.iter_mut().zip(view.row(y)) {
                    *sum += S::from(byte);
                }
            }
            return;
        }
        // The last lanes may overlap those before: they come to the same.
        for at in (0..len - LANES).step_by(LANES).chain([len - LANES]) {
            let mut lanes = [S::default(); LANES];
            for y in top..top + rows {
                let bytes: &[u8; LANES] =
                    view.row(y)[at..at + LANES].try_into().expect("the slice has this length");
                for (lane, &byte) in lanes.iter_mut().zip(bytes) {
                    *lane += S::from(byte);
                }
            }
            sums[at..at + LANES].copy_from_slice(&lanes);
        }
    }
}

/// Division by a number of pixels, as a multiplication where that is exact.
#[derive(Clone, Copy)]
struct Divider {
    count: u64,
    /// `2^SHIFT / count`, rounded up.
    factor: u64,
}

/// With sums below 256 · count, a quotient is exact when 256 · count² is below 2^56.
const SHIFT: u32 = 56;
const MOST: u64 = 1 << 23;

impl Divider {
    #[inline(always)]
    fn new(count: u64) -> Self {
        Self { count, factor: (1 << SHIFT) / count + 1 }
    }

    /// `sum / count`, rounded half up, for a sum of `count` bytes.
    #[inline(always)]
    fn mean(self, sum: u64) -> u8 {
        let sum = sum + self.count / 2;
        (if self.count <= MOST { (sum * self.factor) >> SHIFT } else { sum / self.count }) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_rounded_half_up_for_every_count() {
        for count in (1..400).chain([4095, 55_225, 65_536, (1 << 22) + 1, MOST - 1, MOST, MOST + 1, 1 << 31])
        {
            let divider = Divider::new(count);
            for value in [0, 1, 2, 77, 127, 128, 200, 254] {
                for extra in [0, 1, count / 2, count.div_ceil(2), count / 2 + 1, count - 1, count] {
                    let sum = value * count + extra.min(count);
                    assert_eq!(
                        u64::from(divider.mean(sum)),
                        (2 * sum + count) / (2 * count),
                        "{sum} of {count}"
                    );
                }
            }
        }
    }
}
