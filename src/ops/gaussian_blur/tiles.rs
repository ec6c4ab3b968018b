//! The vector code's way through a picture: tiles of columns, in each a ring of rows filtered across.

use std::cell::Cell;
use std::ops::Range;

use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::pad_row;

use super::Plan;
use super::x86_64::Lanes;

/// Bytes of a ring, which stay in the second-level cache. Wider tiles read longer runs of the picture.
const RING: usize = 320 * 1024;
/// Values that are filtered across at once, so that what they are spread to stays in the first-level cache.
const CHUNK: usize = 1024;
/// Bytes that spreading 64 values may read from the first of them on.
const READS: usize = 128;

/// Buffers that outlive a call, one set per thread.
#[derive(Default)]
struct Scratch {
    padded: Vec<u8>,
    spread: [Vec<u8>; 2],
    /// Two rows interleaved: the upper one in the low half of each word.
    ring: Vec<u32>,
    /// Takes a row below the last.
    spare: Vec<u8>,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

impl Scratch {
    /// Lends the thread's buffers; a call inside another gets new ones.
    fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        let mut scratch = SCRATCH.take();
        let result = work(&mut scratch);
        SCRATCH.set(scratch);
        result
    }
}

/// `len` values from an address that is a multiple of 64 on: vector loads then touch one line of the cache each.
fn aligned<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len + 64 {
        buffer.resize(len + 64, T::default());
    }
    let start = buffer.as_ptr().align_offset(64).min(64);
    &mut buffer[start..start + len]
}

/// Rows `rows` of `window` into `dst`, which holds them alone.
pub(super) fn strip(
    lanes: Lanes,
    plan: &Plan,
    src: View<'_>,
    window: Rect,
    rows: Range<u32>,
    mut dst: ViewMut<'_>,
) {
    let pairs = plan.ky.len().div_ceil(2);
    let (channels, radius) = (src.channels(), plan.kx.len() as i64 / 2);
    // Tiles of the same width, as few as there may be.
    let most = (RING / (4 * pairs) / channels).max(256) as u32;
    let step = window.width.div_ceil(window.width.div_ceil(most));
    Scratch::with(|scratch| {
        for left in (0..window.width).step_by(step as usize) {
            let pixels = step.min(window.width - left);
            let first = i64::from(window.x + left) - radius;
            let end = i64::from(window.x + left + pixels) + radius;
            let tile = Tile { lanes, plan, src, columns: first..end, bytes: pixels as usize * channels };
            tile.run(scratch, i64::from(window.y + rows.start), left as usize * channels, &mut dst);
        }
    });
}

struct Tile<'a> {
    lanes: Lanes,
    plan: &'a Plan,
    src: View<'a>,
    /// What the kernel sees, in columns of `src` and beyond them.
    columns: Range<i64>,
    /// Of a row of output.
    bytes: usize,
}

impl Tile<'_> {
    /// Filters the rows of `dst`, from row `top` of `src` on, into their bytes from `at` on.
    fn run(&self, scratch: &mut Scratch, top: i64, at: usize, dst: &mut ViewMut<'_>) {
        let (width, pairs) = (self.bytes.next_multiple_of(64), self.plan.ky.len().div_ceil(2));
        let Scratch { padded, spread, ring, spare } = scratch;
        let (ring, spare) = (aligned(ring, width * pairs), aligned(spare, self.bytes));
        let first = top - (self.plan.ky.len() / 2) as i64;
        for pair in 0..pairs - 1 {
            self.across(padded, spread, first + 2 * pair as i64, &mut ring[pair * width..][..width]);
        }
        let (height, pitch) = (dst.height() as usize, dst.pitch());
        let mut rows = dst.rows_mut();
        for y in (0..height).step_by(2) {
            let newest = y / 2 + pairs - 1;
            let slot = newest % pairs;
            self.across(padded, spread, first + 2 * newest as i64, &mut ring[slot * width..][..width]);
            let mut part = || rows.next().map(|row| &mut row[at..at + self.bytes]);
            let (Some(upper), lower) = (part(), part()) else { return };
            let lower = lower.unwrap_or(&mut *spare);
            self.lanes.down(ring, (newest + 1) % pairs, &self.plan.down, upper, lower, 2 * pitch);
        }
    }

    /// Rows `y` and `y + 1`, filtered across, into a row of the ring.
    fn across(&self, padded: &mut Vec<u8>, spread: &mut [Vec<u8>; 2], y: i64, ring: &mut [u32]) {
        let (plan, channels) = (self.plan, self.src.channels());
        let rows = [y, y + 1].map(|y| plan.border.index(y, self.src.height()).map(|y| self.src.row(y)));
        if plan.kx.len() == 1 {
            return self.widen(rows, padded, ring);
        }
        let reach = self.lanes.reach(&plan.across, channels);
        for (chunk, ring) in ring.chunks_mut(CHUNK).enumerate() {
            let need = (ring.len() + reach).next_multiple_of(64);
            let mut rows = rows.iter();
            let spread = spread.each_mut().map(|spread| {
                let spread = aligned(spread, self.lanes.unit() * need);
                self.spread(rows.next().copied().flatten(), chunk * CHUNK, need, padded, spread);
                &*spread
            });
            self.lanes.across(spread, channels, &plan.across, ring);
        }
    }

    /// A kernel of one across: its weight of 256 does not fit a byte, and needs no neighbours.
    fn widen(&self, rows: [Option<&[u8]>; 2], padded: &mut Vec<u8>, ring: &mut [u32]) {
        padded.resize(2 * self.bytes, 0);
        let (upper, lower) = padded.split_at_mut(self.bytes);
        for (row, out) in rows.into_iter().zip([&mut *upper, &mut *lower]) {
            pad_row(row, self.src.channels(), self.columns.clone(), self.plan.border, out);
        }
        for (out, (&a, &b)) in ring.iter_mut().zip(upper.iter().zip(&*lower)) {
            *out = u32::from(a ^ 0x80) << 8 | u32::from(b ^ 0x80) << 24;
        }
    }

    /// Spreads the `count` bytes of `row` from `at` on, counted from the first of [`columns`](Self::columns):
    /// straight from the picture where it has them, from a padded copy at its edges.
    fn spread(&self, row: Option<&[u8]>, at: usize, count: usize, padded: &mut Vec<u8>, out: &mut [u8]) {
        let (channels, lanes) = (self.src.channels(), self.lanes);
        // Where the first byte is in the row, which may be before it.
        let start = self.columns.start * channels as i64 + at as i64;
        let len = row.map_or(0, |row| row.len() as i64);
        let from = ((-start).max(0) as usize).next_multiple_of(64).min(count);
        let to = ((len - start - READS as i64).max(0) as usize / 64 * 64 + 64).min(count);
        let (from, to) = if row.is_none() || len < start + (from + READS) as i64 {
            (count, count)
        } else {
            (from, to.max(from))
        };
        let unit = lanes.unit();
        let mut edge = |part: Range<usize>| {
            let start = start + part.start as i64;
            let first = start.div_euclid(channels as i64);
            let last = (start + (part.len() + READS) as i64).div_euclid(channels as i64) + 1;
            let columns = first..last.min(self.columns.end).max(first);
            padded.resize(part.len() + 2 * READS + 16, 0);
            pad_row(row, channels, columns, self.plan.border, padded);
            let skip = start.rem_euclid(channels as i64) as usize;
            lanes.spread(&padded[skip..], channels, 0, &mut out[unit * part.start..unit * part.end]);
        };
        if from > 0 {
            edge(0..from);
        }
        if to < count {
            edge(to..count);
        }
        if let Some(row) = row
            && from < to
        {
            let row = &row[(start + from as i64) as usize..];
            lanes.spread(row, channels, 2 * self.src.pitch(), &mut out[unit * from..unit * to]);
        }
    }
}
