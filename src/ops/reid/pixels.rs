//! The rows of a box as planes of red, green and blue, some rows at a time.

use std::ops::Range;

use crate::frame::{FrameView, Rect, View};
use crate::ops::color::RgbPlanes;
use crate::ops::rows::Lines;

#[cfg(target_arch = "aarch64")]
use super::aarch64::prefetch;
#[cfg(target_arch = "x86_64")]
use super::x86_64::prefetch;

/// Rows that are converted at a time: what is just written is not read yet, and all of it stays in the nearest cache.
const STRIP: u32 = 8;

/// Bytes behind a plane's row that may be read, whatever they are.
pub(super) const SLACK: usize = 128;

/// Some rows of a box, in three planes each.
pub(super) struct Pixels<'a> {
    crop: FrameView<'a>,
    rows: RgbPlanes<'a>,
    bytes: &'a mut Lines<u8>,
    /// Pixels before the box in a row.
    lead: usize,
    /// Bytes from plane to plane of a row.
    plane: usize,
    /// Rows that are there, the first and how many at most.
    first: Option<u32>,
    count: u32,
}

impl<'a> Pixels<'a> {
    /// Of `window`, which lies in `frame` and is sampled to `rows` rows.
    pub(super) fn new(frame: &FrameView<'a>, window: Rect, rows: u32, bytes: &'a mut Lines<u8>) -> Self {
        let crop = |window| frame.crop(window).expect("a clipped window lies in the frame");
        let whole = crop(window);
        // The pixel beside the box that shares chroma with it, where there is one: whole samples are fast.
        let lead = whole.chroma_phase().0.min(window.x);
        let (x, width) = (window.x - lead, window.width + lead);
        let tail = if whole.format().is_yuv() { (width % 2).min(frame.width() - x - width) } else { 0 };
        let wider = crop(Rect::new(x, window.y, width + tail, window.height));
        let plane = (wider.width() as usize + SLACK).next_multiple_of(64);
        // A picture that shrinks skips rows, which need not be converted.
        let count = if window.height > 2 * rows { 2 } else { STRIP };
        bytes.resize(3 * plane * count as usize);
        let rows = RgbPlanes::new(&wider);
        let pixels = Self { crop: wider, rows, bytes, lead: lead as usize, plane, first: None, count };
        pixels.ask(0);
        pixels
    }

    /// Pixels before the box in each plane of a row.
    pub(super) fn lead(&self) -> usize {
        self.lead
    }

    /// The planes of row `row`, one after the other, converted with those of the rows after it where they are not there.
    #[inline]
    pub(super) fn row(&mut self, row: u32) -> &[u8] {
        let first = match self.first {
            Some(first) if (first..first + self.count).contains(&row) => first,
            _ => {
                self.convert(row);
                row
            }
        };
        &self.bytes[(row - first) as usize * 3 * self.plane..][..3 * self.plane]
    }

    fn convert(&mut self, first: u32) {
        self.ask(first + self.count);
        for (y, dst) in (first..self.crop.height()).zip(self.bytes.chunks_exact_mut(3 * self.plane)) {
            self.rows.read(y, dst);
        }
        self.first = Some(first);
    }

    /// Asks for what the rows from `first` on are converted from.
    fn ask(&self, first: u32) {
        let crop = &self.crop;
        ask(&crop.plane(0), first..first + self.count);
        let (_, shift) = crop.format().chroma_shift().unwrap_or_default();
        for plane in 1..crop.format().planes() {
            ask(&crop.plane(plane), first >> shift..(first + self.count) >> shift);
        }
    }
}

/// Asks memory for `rows`, those of them that there are.
#[inline]
fn ask(plane: &View<'_>, rows: Range<u32>) {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    (rows.start..rows.end.min(plane.height())).for_each(|row| prefetch(plane.row(row)));
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = (plane, rows);
}
