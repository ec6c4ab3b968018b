//! One row of a picture, as the row functions read it.

use crate::frame::{FrameView, PixelFormat, View};

/// In the place of a pixel's bytes: red, green and blue go to a third of the output each.
pub(super) const PLANES: usize = 1;

/// How chroma samples lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Pairs of bytes in `first`.
    Pairs,
    /// Pairs of words in `first`; luma is words too.
    WidePairs,
    /// U in `first`, V in `second`.
    Planar,
}

/// A row of luma and the chroma that its pixels use, which begins with the sample of the first pixel.
#[derive(Debug, Clone, Copy)]
pub(super) struct YuvRow<'a> {
    pub(super) luma: &'a [u8],
    pub(super) first: &'a [u8],
    /// Empty where chroma is pairs.
    pub(super) second: &'a [u8],
    pub(super) layout: Layout,
    /// V comes before U in pairs.
    pub(super) vu: bool,
    /// Two pixels share a sample.
    pub(super) half: bool,
}

/// The planes of a view, looked up once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Planes<'a> {
    pub(super) format: PixelFormat,
    pub(super) luma: View<'a>,
    chroma: [View<'a>; 2],
    phase_y: u32,
    /// By how much the numbers of columns and rows are shifted down for those of chroma samples.
    shift: (u32, u32),
    layout: Layout,
}

impl<'a> Planes<'a> {
    pub(super) fn new(view: &FrameView<'a>) -> Self {
        let (format, luma) = (view.format(), view.plane(0));
        let plane = |i: usize| if i < format.planes() { view.plane(i) } else { luma };
        let (mut first, mut second) = (plane(1), plane(2));
        if format == PixelFormat::Yv12 {
            std::mem::swap(&mut first, &mut second);
        }
        let layout = match (format.planes(), format.bits()) {
            (3, _) => Layout::Planar,
            (_, 8) => Layout::Pairs,
            _ => Layout::WidePairs,
        };
        let shift = format.chroma_shift().unwrap_or_default();
        Self { format, luma, chroma: [first, second], phase_y: view.chroma_phase().1, shift, layout }
    }
}

impl Planes<'_> {
    /// Whether row `y` and the next one are of bytes and have the same chroma, a sample for two pixels.
    #[inline]
    pub(super) fn share_chroma(&self, y: u32) -> bool {
        self.shift == (1, 1) && self.layout != Layout::WidePairs && (y + self.phase_y).is_multiple_of(2)
    }
}

impl<'a> YuvRow<'a> {
    /// Row `y` of a YUV picture.
    // A copy of what was just written in parts would wait for all of it, row after row.
    #[inline(always)]
    pub(super) fn new(planes: &Planes<'a>, y: u32) -> Self {
        let [first, second] = &planes.chroma;
        let chroma_y = (y + planes.phase_y) >> planes.shift.1;
        let layout = planes.layout;
        let second = if layout == Layout::Planar { second.row(chroma_y) } else { [].as_slice() };
        let (vu, half) = (planes.format == PixelFormat::Nv21, planes.shift.0 == 1);
        Self { luma: planes.luma.row(y), first: first.row(chroma_y), second, layout, vu, half }
    }

    /// Bytes of a sample.
    pub(super) fn word(&self) -> usize {
        if self.layout == Layout::WidePairs { 2 } else { 1 }
    }

    /// Pixels left.
    pub(super) fn len(&self) -> usize {
        self.luma.len() / self.word()
    }

    /// The row from `pixels` on, which is where a chroma sample begins.
    pub(super) fn skip(self, pixels: usize) -> Self {
        let samples = if self.half { pixels.div_ceil(2) } else { pixels };
        let (first, second) = match self.layout {
            Layout::Pairs => (2 * samples, 0),
            Layout::WidePairs => (4 * samples, 0),
            Layout::Planar => (samples, samples),
        };
        let from = |bytes: &'a [u8], at: usize| &bytes[at.min(bytes.len())..];
        Self {
            luma: &self.luma[pixels * self.word()..],
            first: from(self.first, first),
            second: from(self.second, second),
            ..self
        }
    }

    /// Luma of pixel `x` as a word.
    #[inline(always)]
    pub(super) fn luma(&self, x: usize) -> u16 {
        match self.layout {
            Layout::WidePairs => u16::from_le_bytes([self.luma[2 * x], self.luma[2 * x + 1]]),
            _ => u16::from(self.luma[x]) << 8,
        }
    }

    /// U and V of chroma sample `i` as words.
    #[inline(always)]
    pub(super) fn chroma(&self, i: usize) -> (u16, u16) {
        let byte = |v: u8| u16::from(v) << 8;
        let (a, b) = match self.layout {
            Layout::Planar => (byte(self.first[i]), byte(self.second[i])),
            Layout::Pairs => (byte(self.first[2 * i]), byte(self.first[2 * i + 1])),
            Layout::WidePairs => {
                let word = |at: usize| u16::from_le_bytes([self.first[at], self.first[at + 1]]);
                (word(4 * i), word(4 * i + 2))
            }
        };
        if self.vu { (b, a) } else { (a, b) }
    }
}

/// A row of packed pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedRow<'a> {
    pub(super) bytes: &'a [u8],
    /// Bytes of a pixel, 3 or 4.
    pub(super) size: usize,
    /// Where red, green and blue are in a pixel.
    pub(super) offsets: [usize; 3],
}

impl<'a> PackedRow<'a> {
    /// Row `y` of an RGB picture.
    #[inline]
    pub(super) fn new(planes: &Planes<'a>, y: u32) -> Self {
        let format = planes.format;
        Self {
            bytes: planes.luma.row(y),
            size: format.bytes_per_pixel(0),
            offsets: format.rgb_offsets().expect("the caller asked for RGB"),
        }
    }

    /// The row from `pixels` on.
    #[inline]
    pub(super) fn skip(self, pixels: usize) -> Self {
        Self { bytes: &self.bytes[pixels * self.size..], ..self }
    }
}

/// How packed pixels become packed pixels of `N` bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<const N: usize> {
    /// Where each byte of an output pixel comes from; `None` is opaque alpha.
    pub(super) taps: [Option<usize>; N],
    /// The same as a shuffle of 16 pixels' bytes; 0x80 where nothing is taken, which 4 pixels are zeroed by.
    pub(super) index: [u8; 64],
    /// What to add to 4 bytes for opaque alpha.
    pub(super) alpha: u32,
}

impl<const N: usize> Order<N> {
    /// From pixels of `format`, which must be RGB.
    pub(super) fn new(format: PixelFormat, blue_first: bool) -> Self {
        let [r, g, b] = format.rgb_offsets().unwrap_or([0, 1, 2]);
        let colors = if blue_first { [b, g, r] } else { [r, g, b] };
        let taps = std::array::from_fn(|i| if i < 3 { Some(colors[i]) } else { format.alpha_offset() });
        let size = format.bytes_per_pixel(0);
        let index = std::array::from_fn(|i| match taps[i % N] {
            Some(at) if i < 16 * N => (i / N * size + at) as u8,
            _ => 0x80,
        });
        let made = N == 4 && format.alpha_offset().is_none();
        Self { taps, index, alpha: if made { 0xFF00_0000 } else { 0 } }
    }

    /// One pixel of `M` bytes.
    #[inline(always)]
    pub(super) fn apply<const M: usize>(&self, pixel: &[u8; M]) -> [u8; N] {
        std::array::from_fn(|i| self.taps[i].map_or(255, |at| pixel[at]))
    }
}
