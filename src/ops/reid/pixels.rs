//! The rows of a box as planes of red, green and blue, some rows at a time.

use crate::frame::{FrameView, MAX_PLANES, Rect, View};
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

/// Rows with three planes each, all one after the other.
#[derive(Clone, Copy)]
pub(super) struct Strip<'a> {
    pub(super) bytes: &'a [u8],
    /// Bytes of a plane.
    pub(super) plane: usize,
    /// Where their number is odd, there is room for one more among the bytes.
    pub(super) rows: usize,
}

/// Some rows of a box, in three planes each.
pub(super) struct Pixels<'a> {
    /// The planes of the box, each with how much fewer rows it has, as a shift.
    planes: [Option<(View<'a>, u32)>; MAX_PLANES],
    height: u32,
    rows: RgbPlanes<'a>,
    bytes: &'a mut Lines<u8>,
    /// Pixels before the box in a row.
    lead: usize,
    /// Bytes from plane to plane of a row.
    plane: usize,
    /// Rows of a strip at most, and those that were converted last.
    count: u32,
    held: usize,
    /// 1 where the first row has a chroma sample's second one.
    phase: u32,
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
        let phase = wider.chroma_phase().1;
        let shift = wider.format().chroma_shift().map_or(0, |shift| shift.1);
        let planes = std::array::from_fn(|i| {
            let there = i < wider.format().planes();
            there.then(|| (wider.plane(i), if i == 0 { 0 } else { shift }))
        });
        let pixels = Self {
            planes,
            height: window.height,
            rows,
            bytes,
            lead: lead as usize,
            plane,
            count,
            held: 0,
            phase,
        };
        pixels.ask(0);
        pixels
    }

    /// Pixels before the box in each plane of a row.
    pub(super) fn lead(&self) -> usize {
        self.lead
    }

    /// Rows of a strip at most.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// Converts the rows from `first` on, so many as make a strip, and returns how many.
    pub(super) fn convert(&mut self, first: u32) -> usize {
        let mut end = (first + self.count).min(self.height);
        if end < self.height && self.count > 2 {
            // Rows that share chroma are converted together.
            end -= (end + self.phase) % 2;
        }
        self.ask(end);
        self.rows.read_rows(first..end, self.bytes, 3 * self.plane);
        self.held = (end - first) as usize;
        self.held
    }

    /// The rows that were converted last.
    pub(super) fn strip(&self) -> Strip<'_> {
        Strip { bytes: self.bytes, plane: self.plane, rows: self.held }
    }

    /// Asks memory for what the rows from `first` on are converted from, those of a strip that there are.
    fn ask(&self, first: u32) {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        for (plane, shift) in self.planes.iter().flatten() {
            let end = ((first + self.count) >> shift).min(plane.height());
            (first >> shift..end).for_each(|row| prefetch(plane.row(row)));
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let _ = first;
    }
}
