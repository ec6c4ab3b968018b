//! Histograms of columns: one pixel in and one out for each as the square moves down, one column in and one out
//! as it moves right. Counts by the upper four bits tell which sixteen values to look at; those are brought up to
//! date only where they are looked at.

use std::ops::Range;

use crate::frame::{View, ViewMut};
use crate::ops::rows::{Border, Isa, per_isa};

/// Columns that are walked at once, so that their histograms stay in the cache.
const TILE: usize = 256;

type Counts = [u16; 16];

/// The counts of one column: by the upper four bits, and for each of these by the lower four.
#[derive(Clone, Copy)]
struct Column {
    coarse: Counts,
    fine: [Counts; 16],
}

impl Column {
    const EMPTY: Self = Self { coarse: [0; 16], fine: [[0; 16]; 16] };

    #[inline(always)]
    fn count(&mut self, value: u8, by: u16) {
        let (high, low) = (usize::from(value >> 4), usize::from(value & 15));
        self.coarse[high] = self.coarse[high].wrapping_add(by);
        self.fine[high][low] = self.fine[high][low].wrapping_add(by);
    }
}

#[inline(always)]
fn add(sum: &mut Counts, counts: &Counts) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        *sum = sum.wrapping_add(*count);
    }
}

#[inline(always)]
fn take(sum: &mut Counts, counts: &Counts) {
    for (sum, count) in sum.iter_mut().zip(counts) {
        *sum = sum.wrapping_sub(*count);
    }
}

/// The first place at which the running total passes `rank`, and the total before it.
#[inline(always)]
fn find(counts: &Counts, rank: u16) -> (usize, u16) {
    let mut total = 0;
    for (place, &count) in counts.iter().enumerate() {
        if total + count > rank {
            return (place, total);
        }
        total += count;
    }
    (15, total)
}

/// Medians of the rows `rows` of `src`; `ksize` is at most 255, so that every count fits 16 bits.
pub(super) fn strip(isa: Isa, src: View<'_>, rows: Range<u32>, mut dst: ViewMut<'_>, ksize: u32) {
    let (width, radius) = (src.width() as usize, ksize as usize / 2);
    let mut columns = vec![Column::EMPTY; TILE.min(width) + 2 * radius];
    for channel in 0..src.channels() {
        for left in (0..width).step_by(TILE) {
            let pixels = TILE.min(width - left);
            let columns = &mut columns[..pixels + 2 * radius];
            tile(isa, src, &rows, &mut dst, left, channel, radius, columns);
        }
    }
}

per_isa! {
/// One channel of the columns from `left` on.
fn tile[](
    src: View<'_>,
    rows: &Range<u32>,
    dst: &mut ViewMut<'_>,
    left: usize,
    channel: usize,
    radius: usize,
    columns: &mut [Column],
) {
    columns.fill(Column::EMPTY);
    let channels = src.channels();
    let count = |columns: &mut [Column], y: i64, by: u16| {
        let row = src.row(Border::Replicate.index(y, src.height()).expect("the picture has rows"));
        for (column, x) in columns.iter_mut().zip(left as i64 - radius as i64..) {
            let x = x.clamp(0, i64::from(src.width()) - 1) as usize;
            column.count(row[x * channels + channel], by);
        }
    };
    let (top, reach) = (i64::from(rows.start), radius as i64);
    for y in top - reach..top + reach {
        count(columns, y, 1);
    }
    for y in top..i64::from(rows.end) {
        count(columns, y + reach, 1);
        let out = &mut dst.row_mut((y - top) as u32)[left * channels + channel..];
        row(columns, radius, out.iter_mut().step_by(channels));
        count(columns, y - reach, 1u16.wrapping_neg());
    }
}
}

#[inline(always)]
fn row<'a>(columns: &[Column], radius: usize, out: impl Iterator<Item = &'a mut u8>) {
    let span = 2 * radius + 1;
    let rank = (span * span / 2) as u16;
    let mut coarse = [0; 16];
    let mut fine = [[0u16; 16]; 16];
    // The square whose counts `fine` has, by its first column.
    let mut as_of = [usize::MAX; 16];
    for column in &columns[..span - 1] {
        add(&mut coarse, &column.coarse);
    }
    for (x, out) in out.take(columns.len() + 1 - span).enumerate() {
        add(&mut coarse, &columns[x + span - 1].coarse);
        let (high, before) = find(&coarse, rank);
        let sums = &mut fine[high];
        if as_of[high] == usize::MAX || x - as_of[high] > radius {
            *sums = [0; 16];
            for column in &columns[x..x + span] {
                add(sums, &column.fine[high]);
            }
        } else {
            for x in as_of[high]..x {
                take(sums, &columns[x].fine[high]);
                add(sums, &columns[x + span].fine[high]);
            }
        }
        as_of[high] = x;
        let (low, _) = find(sums, rank - before);
        *out = (high << 4 | low) as u8;
        take(&mut coarse, &columns[x].coarse);
    }
}
