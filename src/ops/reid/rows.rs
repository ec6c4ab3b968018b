//! The way of a box's rows to where rows of the tensor are blended from.

use super::columns::{Columns, Sampled};
use super::pixels::Pixels;
use super::store::Pair;
use crate::ops::resize::Taps;
use crate::ops::rows::Isa;

/// The rows of one item, on their way from the frame.
pub(super) struct Rows<'a> {
    pub(super) isa: Isa,
    pub(super) pixels: Pixels<'a>,
    pub(super) columns: Columns,
    pub(super) sampled: &'a mut Sampled,
    pub(super) pairs: &'a mut Vec<Pair>,
    pub(super) taps: Taps,
    /// Rows of the box.
    pub(super) source: u32,
}

impl Rows<'_> {
    /// Goes on to what row `y` of the item lacks and the rows after it, a strip of them, which is to be
    /// [sampled](Self::sample) next; those rows of the item from `y` on that can be blended then are in `pairs`.
    pub(super) fn advance(&mut self, y: usize) {
        let [upper, lower] = self.taps.pair(y, self.source);
        let first = if self.sampled.lacks(upper) { upper } else { lower };
        self.sampled.next(first, self.pixels.convert(first));
        self.pairs.clear();
        for (&first, &weights) in self.taps.first[y..].iter().zip(&self.taps.weights[y..]) {
            let rows = Taps::clamped(first, self.source);
            if self.sampled.lacks(rows[1]) {
                return;
            }
            self.pairs.push(Pair { rows: rows.map(|row| self.sampled.place(row)), weights });
        }
    }

    /// Samples plane `c` of the strip.
    pub(super) fn sample(&mut self, c: usize) {
        self.columns.across(self.pixels.strip(), self.sampled.strip(), c);
    }
}
