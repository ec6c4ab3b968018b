//! The vector code's way through a picture: tiles of columns, in each a ring of rows filtered across.

use std::cell::Cell;
use std::ops::Range;

use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::pad_row;

use super::Plan;
use super::x86_64::Lanes;

/// Bytes of a ring that stay in the first-level cache beside what is read and written.
const RING: usize = 32 * 1024;
/// Bytes that a vector load may read past what is used of it.
const SLACK: usize = 128;

/// Buffers that outlive a call, one set per thread.
#[derive(Default)]
struct Scratch {
    padded: [Vec<u8>; 2],
    spread: Vec<u8>,
    /// Two rows interleaved: the upper one in the low half of each word.
    ring: Vec<u32>,
    out: Vec<u8>,
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
    let channels = src.channels();
    let tile = (RING / (4 * pairs)).max(256) / channels;
    Scratch::with(|scratch| {
        for left in (0..window.width).step_by(tile) {
            let right = window.width.min(left + tile as u32);
            let tile = Tile {
                lanes,
                plan,
                src,
                left: i64::from(window.x) + i64::from(left),
                pixels: (right - left) as usize,
            };
            tile.run(
                scratch,
                i64::from(window.y) + i64::from(rows.start),
                left as usize * channels,
                &mut dst,
            );
        }
    });
}

fn at_least<T: Clone + Default>(buffer: &mut Vec<T>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
}

struct Tile<'a> {
    lanes: Lanes,
    plan: &'a Plan,
    src: View<'a>,
    /// The first column, in pixels of `src`.
    left: i64,
    pixels: usize,
}

impl Tile<'_> {
    /// Values of a row in the ring: whole vectors.
    fn width(&self) -> usize {
        (self.pixels * self.src.channels()).next_multiple_of(64)
    }

    /// Filters the rows of `dst`, from row `top` of `src` on, into their bytes from `at` on.
    fn run(&self, scratch: &mut Scratch, top: i64, at: usize, dst: &mut ViewMut<'_>) {
        let (width, bytes) = (self.width(), self.pixels * self.src.channels());
        let pairs = self.plan.ky.len().div_ceil(2);
        let reach = (self.plan.kx.len() + 8) * self.src.channels();
        for padded in &mut scratch.padded {
            at_least(padded, width + reach + SLACK);
        }
        at_least(&mut scratch.spread, 4 * (width + reach) + SLACK);
        at_least(&mut scratch.ring, width * pairs);
        at_least(&mut scratch.out, 2 * width);
        let first = top - (self.plan.ky.len() / 2) as i64;
        for pair in 0..pairs - 1 {
            self.across(scratch, first + 2 * pair as i64, pair);
        }
        for y in (0..dst.height()).step_by(2) {
            let newest = y as usize / 2 + pairs - 1;
            self.across(scratch, first + 2 * newest as i64, newest % pairs);
            let ring = &scratch.ring[..width * pairs];
            let (upper, lower) = scratch.out[..2 * width].split_at_mut(width);
            self.lanes.down(ring, (newest + 1) % pairs, &self.plan.down, upper, lower);
            dst.row_mut(y)[at..at + bytes].copy_from_slice(&upper[..bytes]);
            if y + 1 < dst.height() {
                dst.row_mut(y + 1)[at..at + bytes].copy_from_slice(&lower[..bytes]);
            }
        }
    }

    /// Rows `y` and `y + 1`, filtered across, into a place of the ring.
    fn across(&self, scratch: &mut Scratch, y: i64, slot: usize) {
        let Self { plan, src, .. } = self;
        let radius = (plan.kx.len() / 2) as i64;
        let columns = self.left - radius..self.left + self.pixels as i64 + radius;
        for (padded, y) in scratch.padded.iter_mut().zip(y..) {
            let row = plan.border.index(y, src.height()).map(|y| src.row(y));
            pad_row(row, src.channels(), columns.clone(), plan.border, padded);
        }
        let width = self.width();
        let ring = &mut scratch.ring[slot * width..][..width];
        let [upper, lower] = &scratch.padded;
        if plan.kx.len() == 1 {
            for (out, (&a, &b)) in ring.iter_mut().zip(upper.iter().zip(lower)) {
                *out = u32::from(a ^ 0x80) << 8 | u32::from(b ^ 0x80) << 24;
            }
        } else {
            self.lanes.across([upper, lower], src.channels(), &plan.across, &mut scratch.spread, ring);
        }
    }
}
