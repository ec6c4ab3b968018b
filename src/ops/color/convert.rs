//! From a view and an output to rows, strips and the fastest code there is.

use std::ops::Range;

use crate::cpu::{self, Level};
use crate::error::{Error, Result};
use crate::frame::{ColorRange, FrameView, PixelFormat, ViewMut};
use crate::ops::rows::split_rows;

use super::fixed::YuvToRgb;
use super::rows::{Order, PackedRow, Planes, YuvRow};
use super::{fast, scalar};

/// What a frame is converted to.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Rgb,
    Bgr,
    Rgba,
    Bgra,
    Gray,
    Hsv,
}

impl Output {
    fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::Bgr | Self::Hsv => 3,
            Self::Rgba | Self::Bgra => 4,
        }
    }

    fn blue_first(self) -> bool {
        matches!(self, Self::Bgr | Self::Bgra)
    }
}

/// As the functions of the room above, with nothing faster than `limit`: to compare levels in one process.
///
/// # Errors
/// As [`rgb_from`](super::rgb_from).
#[doc(hidden)]
pub fn convert_at(limit: Level, view: &FrameView<'_>, mut dst: ViewMut<'_>, output: Output) -> Result<()> {
    check(view, &dst, output.channels())?;
    if view.width() == 0 || view.height() == 0 {
        return Ok(());
    }
    let bytes = view.format().bytes_per_pixel(0) + output.channels();
    let strips = cpu::strips(view.height(), view.width() as usize * bytes, 2);
    let source = Source::new(view, output, limit);
    cpu::for_each(split_rows(&mut dst, &strips), |(rows, part)| source.run(rows, part));
    Ok(())
}

pub(super) fn check(view: &FrameView<'_>, dst: &ViewMut<'_>, channels: usize) -> Result<()> {
    if (dst.width(), dst.height()) != (view.width(), view.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the view's size, {}x{}",
            dst.width(),
            dst.height(),
            view.width(),
            view.height()
        )));
    }
    if dst.channels() != channels {
        return Err(Error::invalid(format!(
            "dst has {} bytes a pixel, it must have {channels}",
            dst.channels()
        )));
    }
    Ok(())
}

/// What the strips share.
struct Source<'a> {
    planes: Planes<'a>,
    phase_x: u32,
    range: ColorRange,
    output: Output,
    limit: Level,
    yuv: YuvToRgb,
}

impl<'a> Source<'a> {
    fn new(view: &FrameView<'a>, output: Output, limit: Level) -> Self {
        Self {
            planes: Planes::new(view),
            phase_x: view.chroma_phase().0,
            range: view.colorimetry().range,
            output,
            limit,
            yuv: YuvToRgb::new(view.colorimetry(), view.format().bits()),
        }
    }

    fn run(&self, rows: Range<u32>, mut dst: ViewMut<'_>) {
        let mut rgba = Vec::new();
        let (format, blue_first) = (self.planes.format, self.output.blue_first());
        let (three, four) = (Order::<3>::new(format, blue_first), Order::<4>::new(format, blue_first));
        for (i, y) in rows.enumerate() {
            let dst = dst.row_mut(i as u32);
            match self.output {
                Output::Rgb | Output::Bgr => self.color_row(y, &three, dst),
                Output::Rgba | Output::Bgra => self.color_row(y, &four, dst),
                Output::Gray => self.gray_row(y, dst),
                Output::Hsv => {
                    // Four bytes a pixel, which are words to vectors, and three of them in the end.
                    rgba.resize(dst.len() / 3 * 4, 0);
                    self.color_row(y, &four, &mut rgba);
                    fast::hsv_row(self.limit, &mut rgba);
                    let hsv = PackedRow { bytes: &rgba, size: 4, offsets: [0, 1, 2] };
                    fast::reorder_row(self.limit, hsv, &Order::<3>::new(PixelFormat::Rgba, false), dst);
                }
            }
        }
    }

    #[inline]
    fn color_row<const N: usize>(&self, y: u32, order: &Order<N>, dst: &mut [u8]) {
        let blue_first = self.output.blue_first();
        match self.planes.format {
            PixelFormat::Gray8 => fast::spread_row::<N>(self.limit, self.planes.luma.row(y), dst),
            format if format.is_yuv() => {
                let mut row = YuvRow::new(&self.planes, y);
                let mut dst = dst;
                if self.phase_x == 1 {
                    scalar::yuv_row::<N>(row, &self.yuv, blue_first, &mut dst[..N]);
                    (row, dst) = (row.skip(1), &mut dst[N..]);
                }
                fast::yuv_row::<N>(self.limit, &row, &self.yuv, blue_first, dst);
            }
            _ => fast::reorder_row::<N>(self.limit, PackedRow::new(&self.planes, y), order, dst),
        }
    }

    fn gray_row(&self, y: u32, dst: &mut [u8]) {
        let format = self.planes.format;
        let row = self.planes.luma.row(y);
        match (format.is_yuv(), format.bits(), self.range) {
            (true, 8, ColorRange::Limited) => fast::stretch_row(self.limit, row, dst),
            (true, 9.., _) => fast::wide_luma_row(self.limit, row, &self.yuv, dst),
            _ if format.rgb_offsets().is_some() => {
                fast::gray_row(self.limit, PackedRow::new(&self.planes, y), dst);
            }
            _ => dst.copy_from_slice(row),
        }
    }
}

/// Rows of a view as red, green, blue bytes, and 255 where `N` is 4, for operations that need nothing else of it.
pub(super) struct RgbRows<'a, const N: usize> {
    source: Source<'a>,
    order: Order<N>,
}

impl<'a, const N: usize> RgbRows<'a, N> {
    pub(super) fn new(view: &FrameView<'a>) -> Self {
        let source = Source::new(view, Output::Rgb, cpu::level());
        Self { source, order: Order::new(view.format(), false) }
    }

    #[inline]
    pub(super) fn read(&self, y: u32, dst: &mut [u8]) {
        self.source.color_row(y, &self.order, dst);
    }
}

/// Rows of a view as planes of red, green and blue, each a third of what is written to.
pub(crate) struct RgbPlanes<'a> {
    source: Source<'a>,
}

impl<'a> RgbPlanes<'a> {
    pub(crate) fn new(view: &FrameView<'a>) -> Self {
        Self::at(cpu::level(), view)
    }

    /// With nothing faster than `limit`.
    pub(super) fn at(limit: Level, view: &FrameView<'a>) -> Self {
        Self { source: Source::new(view, Output::Rgb, limit) }
    }

    /// Rows to the front of each third of their parts of `dst`, of `len` bytes each, none of which is shorter than three rows.
    pub(crate) fn read_rows(&self, rows: Range<u32>, dst: &mut [u8], len: usize) {
        let Source { planes, limit, yuv, phase_x, .. } = &self.source;
        let (mut y, mut parts) = (rows.start, dst.chunks_exact_mut(len));
        while let Some(dst) = parts.next().filter(|_| y < rows.end) {
            let two = *phase_x == 0 && y + 1 < rows.end && planes.share_chroma(y);
            match if two { parts.next() } else { None } {
                Some(below) => {
                    let row = YuvRow::new(planes, y);
                    fast::yuv_two_rows(*limit, (&row, planes.luma.row(y + 1)), yuv, [dst, below]);
                    y += 2;
                }
                None => {
                    self.read(y, dst);
                    y += 1;
                }
            }
        }
    }

    /// Row `y` to the front of each third of `dst`, none of which is shorter than the row.
    #[inline]
    pub(crate) fn read(&self, y: u32, dst: &mut [u8]) {
        let Source { planes, limit, .. } = &self.source;
        match planes.format {
            PixelFormat::Gray8 => {
                let row = planes.luma.row(y);
                let plane = dst.len() / 3;
                dst.chunks_exact_mut(plane).for_each(|dst| dst[..row.len()].copy_from_slice(row));
            }
            format if format.is_yuv() => {
                let row = YuvRow::new(planes, y);
                if self.source.phase_x == 1 {
                    // No other pixel here shares the chroma sample of the first.
                    let mut pixel = [0; 3];
                    scalar::yuv_row::<3>(row, &self.source.yuv, false, &mut pixel);
                    let plane = dst.len() / 3;
                    (0..3).for_each(|i| dst[i * plane] = pixel[i]);
                    scalar::yuv_planes(row.skip(1), &self.source.yuv, 1, dst);
                } else {
                    fast::yuv_planes(*limit, &row, &self.source.yuv, dst);
                }
            }
            _ => fast::split_row(*limit, &PackedRow::new(planes, y), dst),
        }
    }
}
