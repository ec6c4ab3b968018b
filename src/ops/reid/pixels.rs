//! The rows of a box, as packed colour.

use std::ops::Range;

use crate::frame::{FrameView, Rect, View};
use crate::ops::color::RgbRows;
use crate::ops::resize::{Columns, across};
use crate::ops::rows::{Isa, Lines};

#[cfg(target_arch = "x86_64")]
use super::x86_64::prefetch;

/// Rows of a frame lie far apart, so they are asked for this many rows before they are read.
const AHEAD: u32 = 4;

/// Rows that are converted at a time: what is just written is not read yet, and all of it stays in the nearest cache.
const STRIP: u32 = 8;

/// Rows of packed colour: the frame's own where it has them, else converted some at a time.
#[allow(clippy::large_enum_variant, reason = "one at a time, on the stack")]
pub(super) enum Pixels<'a> {
    Own { plane: View<'a>, offsets: [usize; 3] },
    Converted(Strip<'a>),
}

/// Some rows of a box, converted.
pub(super) struct Strip<'a> {
    crop: FrameView<'a>,
    rows: RgbRows<'a, 4>,
    bytes: &'a mut Lines<u8>,
    /// The bytes of the box in a row, and from row to row.
    place: Range<usize>,
    pitch: usize,
    /// Rows that are there, the first and how many at most.
    first: Option<u32>,
    count: u32,
}

impl<'a> Pixels<'a> {
    /// Of `window`, which lies in `frame` and is sampled to `rows` rows.
    pub(super) fn new(frame: &FrameView<'a>, window: Rect, rows: u32, bytes: &'a mut Lines<u8>) -> Self {
        let crop = |window| frame.crop(window).expect("a clipped window lies in the frame");
        let whole = crop(window);
        if let Some(offsets) = whole.format().rgb_offsets() {
            let plane = whole.plane(0);
            ask(&plane, 0..AHEAD);
            return Self::Own { plane, offsets };
        }
        // The pixel beside the box that shares chroma with it, where there is one: whole samples are fast.
        let lead = whole.chroma_phase().0.min(window.x);
        let (x, width) = (window.x - lead, window.width + lead);
        let tail = (width % 2).min(frame.width() - x - width);
        let wider = crop(Rect::new(x, window.y, width + tail, window.height));
        let pitch = (4 * wider.width() as usize).next_multiple_of(64);
        // A picture that shrinks skips rows, which need not be converted.
        let count = if window.height > 2 * rows { 2 } else { STRIP };
        bytes.resize(pitch * count as usize);
        let rows = RgbRows::new(&wider);
        let place = 4 * lead as usize..4 * width as usize;
        let strip = Strip { crop: wider, rows, bytes, place, pitch, first: None, count };
        strip.ask(0);
        Self::Converted(strip)
    }

    /// Where red, green and blue are in a pixel.
    pub(super) fn offsets(&self) -> [usize; 3] {
        match self {
            Self::Own { offsets, .. } => *offsets,
            Self::Converted(_) => [0, 1, 2],
        }
    }

    /// Bytes of a pixel, 3 or 4.
    pub(super) fn channels(&self) -> usize {
        match self {
            Self::Own { plane, .. } => plane.channels(),
            Self::Converted(_) => 4,
        }
    }

    /// Samples row `row` at `columns`.
    #[inline]
    pub(super) fn sample(&mut self, isa: Isa, row: u32, columns: &Columns, out: &mut [i16]) {
        match self {
            Self::Converted(strip) => across::<4>(isa, strip.row(row), columns, out),
            Self::Own { plane, .. } => {
                ask(plane, row + AHEAD..row + AHEAD + 1);
                match plane.channels() {
                    3 => across::<3>(isa, plane.row(row), columns, out),
                    _ => across::<4>(isa, plane.row(row), columns, out),
                }
            }
        }
    }
}

impl Strip<'_> {
    /// Row `row`, converted with those after it where it is not there yet.
    #[inline]
    fn row(&mut self, row: u32) -> &[u8] {
        let first = match self.first {
            Some(first) if (first..first + self.count).contains(&row) => first,
            _ => {
                self.convert(row);
                row
            }
        };
        &self.bytes[(row - first) as usize * self.pitch..][self.place.clone()]
    }

    fn convert(&mut self, first: u32) {
        self.ask(first + self.count);
        let height = self.crop.height();
        for (y, dst) in (first..height).zip(self.bytes.chunks_exact_mut(self.pitch)) {
            self.rows.read(y, &mut dst[..4 * self.crop.width() as usize]);
        }
        self.first = Some(first);
    }

    /// Asks for what the strip from `first` on is converted from.
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
    #[cfg(target_arch = "x86_64")]
    (rows.start..rows.end.min(plane.height())).for_each(|row| prefetch(plane.row(row)));
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (plane, rows);
}
