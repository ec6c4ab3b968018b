//! Tables for sampling a row with one shuffle of its bytes and two products.
//!
//! A weight w is 16·h + l, so a sampled value, (p·w + q·v) >> 4 for neighbours p and q, is (p·hw + q·hv) + ((p·lw + q·lv) >> 4):
//! both sums are those of a byte and a signed byte in pairs, which is one instruction each, and both fit 16 bits.

use super::taps::{Taps, halves};
use crate::ops::rows::Lines;

/// What each output pixel takes, in groups of pixels that read from one place.
pub(super) struct Table {
    /// The first byte of the row that each group reads.
    bases: Vec<u32>,
    index: Lines<u64>,
    high: Lines<u64>,
    low: Lines<u64>,
    row_len: usize,
    reach: usize,
}

impl Table {
    /// Of rows of `source` pixels of 3 or 4 `channels`, for groups of `pixels` that may read `reach` bytes. `None` where
    /// the row is shorter than that, or a group reads more, as it does when a picture is shrunk much.
    pub(super) fn new(
        taps: &Taps,
        source: u32,
        channels: usize,
        pixels: usize,
        reach: usize,
    ) -> Option<Self> {
        let row_len = source as usize * channels;
        let last_base = row_len.checked_sub(reach)?;
        let count = taps.first.len() / pixels * pixels;
        let mut table = Self {
            bases: Vec::with_capacity(count / pixels),
            index: Lines::new(count),
            high: Lines::new(count),
            low: Lines::new(count),
            row_len,
            reach,
        };
        // Both neighbours' bytes of each channel, side by side. A fourth channel that is not there is never looked at.
        let order: [u8; 8] = if channels == 4 { [0, 4, 1, 5, 2, 6, 3, 7] } else { [0, 3, 1, 4, 2, 5, 2, 5] };
        let order = u64::from_le_bytes(order);
        for (group, first) in taps.first.chunks_exact(pixels).enumerate() {
            let base = (first[0] as usize * channels).min(last_base);
            // Taps rise: the last pixel reads farthest.
            if first[pixels - 1] as usize * channels + 2 * channels > base + reach {
                return None;
            }
            table.bases.push(base as u32);
            for (index, &first) in table.index[group * pixels..][..pixels].iter_mut().zip(first) {
                *index = order + EVERY_BYTE * (first as usize * channels - base) as u64;
            }
        }
        let parts = table.high.iter_mut().zip(table.low.iter_mut());
        for ((high, low), &weights) in parts.zip(&taps.weights) {
            let [(h0, l0), (h1, l1)] = weights.map(|weight| {
                let (high, low) = halves(weight);
                (u64::from(high), u64::from(low))
            });
            (*high, *low) = (EVERY_PAIR * (h0 | h1 << 8), EVERY_PAIR * (l0 | l1 << 8));
        }
        Some(table)
    }

    /// The bases of `row`'s groups: `reach` bytes from each of them on lie in it.
    #[inline]
    pub(super) fn bases(&self, row: &[u8]) -> &[u32] {
        assert_eq!(row.len(), self.row_len, "the table is for rows of another length");
        &self.bases
    }

    /// Bytes that a group reads.
    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// For `N` pixels after the other: where each channel of both neighbours is, from the base of their group on, and the
    /// high and the low parts of their weights. All three are equally long.
    #[inline]
    pub(super) fn parts<const N: usize>(&self) -> [&[[u64; N]]; 3] {
        [self.index.as_chunks().0, self.high.as_chunks().0, self.low.as_chunks().0]
    }
}

const EVERY_BYTE: u64 = 0x0101_0101_0101_0101;
const EVERY_PAIR: u64 = 0x0001_0001_0001_0001;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::resize::taps::ONE;

    #[test]
    fn the_two_parts_give_the_same_sum_for_every_weight_and_extreme_bytes() {
        for weight in 0..=ONE {
            let [(h0, l0), (h1, l1)] =
                [ONE - weight, weight].map(halves).map(|(h, l)| (u64::from(h), u64::from(l)));
            for (p, q) in [(0, 0), (255, 255), (255, 0), (0, 255), (131, 7), (1, 254)] {
                let whole = (p * (ONE - weight) as u64 + q * weight as u64) >> 4;
                let (high, low) = (p * h0 + q * h1, p * l0 + q * l1);
                assert!(high <= 32767 && low <= 32767 && h0.max(h1).max(l0).max(l1) <= 127);
                assert_eq!(high + (low >> 4), whole);
            }
        }
    }
}
