//! Where ink goes: one place that knows how each pixel format stores a colour.
//!
//! Everything above works in raster coordinates: whole pixels whose origin lies on a chroma sample.
//! They are the window's coordinates plus its chroma phase, so column `phase.0` is the first of the
//! window. Columns and rows before it are covered like any other, because they share a chroma
//! sample with the window, but their luma is not written.

use std::ops::Range;

use crate::frame::{ColorRange, Colorimetry, FrameViewMut, MAX_PLANES, PixelFormat, ViewMut};

use crate::ops::rows::samples;

use super::{Color, blend};

/// The writable planes of a picture, and the size of its raster.
pub(super) struct Target<'f> {
    planes: [ViewMut<'f>; MAX_PLANES],
    format: PixelFormat,
    colorimetry: Colorimetry,
    phase: (usize, usize),
    size: (usize, usize),
}

/// A colour as the planes of one target store it.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    /// Opacity, 1 to 255.
    pub(super) alpha: u8,
    samples: [[u8; 4]; MAX_PLANES],
    /// 255 for the bytes of a pixel of plane 0 that are written, 0 for the others.
    mask: [u16; 4],
}

impl<'f> Target<'f> {
    pub(super) fn new(frame: &'f mut FrameViewMut<'_>) -> Self {
        let (format, colorimetry) = (frame.format(), frame.colorimetry());
        let (phase_x, phase_y) = frame.chroma_phase();
        let phase = (phase_x as usize, phase_y as usize);
        if frame.width() == 0 || frame.height() == 0 {
            let planes = [(); MAX_PLANES].map(|()| ViewMut::new(&mut [], 0, 0, 1, 0).expect("no rows fit"));
            return Self { planes, format, colorimetry, phase, size: (0, 0) };
        }
        let size = (frame.width() as usize + phase.0, frame.height() as usize + phase.1);
        Self { planes: frame.planes_mut(), format, colorimetry, phase, size }
    }

    /// Columns and rows of the raster; (0, 0) where there is nothing to draw on.
    pub(super) fn size(&self) -> (usize, usize) {
        self.size
    }

    /// What to add to the window's coordinates to get raster coordinates.
    pub(super) fn phase(&self) -> (usize, usize) {
        self.phase
    }

    /// Columns and rows of the pixels that share a chroma sample; `None` without chroma planes.
    pub(super) fn block(&self) -> Option<(usize, usize)> {
        self.format.chroma_shift().map(|(x, y)| (1 << x, 1 << y))
    }

    /// `None` where the colour is invisible.
    pub(super) fn ink(&self, color: Color) -> Option<Ink> {
        let [_, _, _, alpha] = color.to_u8();
        let samples = samples(self.format, self.colorimetry, color);
        (alpha != 0).then_some(Ink { alpha, samples, mask: mask(self.format).map(u16::from) })
    }

    /// The samples of plane 0 in raster row `y` from raster column `x` on, and how many of the
    /// columns asked for lie before the window.
    #[inline]
    fn row(&mut self, y: usize, x: usize, count: usize) -> (&mut [u8], usize) {
        let before = self.phase.0.saturating_sub(x).min(count);
        if y < self.phase.1 || before == count {
            return (&mut [], count);
        }
        let bytes = self.planes[0].channels();
        let from = (x + before - self.phase.0) * bytes;
        let row = self.planes[0].row_mut((y - self.phase.1) as u32);
        (&mut row[from..from + (count - before) * bytes], before)
    }

    /// Columns `x0..x1` of raster rows `rows`, full coverage.
    pub(super) fn fill(&mut self, rows: Range<usize>, x0: usize, x1: usize, ink: &Ink) {
        if x0 >= x1 {
            return;
        }
        let (alpha, bytes) = (self.format.alpha_offset(), self.format.bytes_per_pixel(0));
        let ([s0, s1, s2, _], [m0, m1, m2, _]) = (ink.samples[0], ink.mask);
        let weight = u16::from(ink.alpha);
        if bytes == 4 && weight == 255 && ink.mask == [255; 4] {
            for y in rows {
                // The upright sides of a border are a few pixels in each of many rows.
                self.row(y, x0, x1 - x0)
                    .0
                    .as_chunks_mut()
                    .0
                    .iter_mut()
                    .for_each(|pixel| *pixel = ink.samples[0]);
            }
            return;
        }
        for y in rows {
            let (row, _) = self.row(y, x0, x1 - x0);
            match (bytes, alpha) {
                (4, Some(at)) if weight < 255 && !blend::is_opaque(row, at) => {
                    blend::cover_over(row, ink.samples[0], at, std::iter::repeat(ink.alpha));
                }
                (4, _) => blend::fill(row, ink.samples[0], ink.mask, weight),
                (3, _) => blend::fill(row, [s0, s1, s2], [m0, m1, m2], weight),
                (2, _) => blend::fill(row, [s0, s1], [m0, m1], weight),
                _ => blend::fill(row, [s0], [m0], weight),
            }
        }
    }

    /// Columns of raster row `y` from `x0` on, each under its own weight.
    pub(super) fn cover(&mut self, y: usize, x0: usize, weights: &[u8], ink: &Ink) {
        let (alpha, bytes) = (self.format.alpha_offset(), self.format.bytes_per_pixel(0));
        let (row, before) = self.row(y, x0, weights.len());
        let weights = &weights[before..];
        let ([s0, s1, s2, _], [m0, m1, m2, _]) = (ink.samples[0], ink.mask);
        match (bytes, alpha) {
            (4, alpha) => blend::cover4(row, ink.samples[0], ink.mask, alpha, weights),
            (3, _) => blend::cover(row, [s0, s1, s2], [m0, m1, m2], weights),
            (2, _) => blend::cover(row, [s0, s1], [m0, m1], weights),
            _ => blend::cover(row, [s0], [m0], weights),
        }
    }

    /// Chroma samples `x0..x1` of chroma row `y`, all under one weight.
    pub(super) fn fill_chroma(&mut self, y: usize, x0: usize, x1: usize, weight: u8, ink: &Ink) {
        let weight = u16::from(weight);
        for (plane, samples) in self.planes.iter_mut().zip(ink.samples).skip(1).take(self.format.planes() - 1)
        {
            let bytes = plane.channels();
            let row = &mut plane.row_mut(y as u32)[x0 * bytes..x1 * bytes];
            match bytes {
                4 => blend::fill(row, samples, [0, 255, 0, 255], weight),
                2 => blend::fill(row, [samples[0], samples[1]], [255; 2], weight),
                _ => blend::fill(row, [samples[0]], [255], weight),
            }
        }
    }

    /// Chroma samples of chroma row `y` from `x0` on, each under its own weight.
    pub(super) fn cover_chroma(&mut self, y: usize, x0: usize, weights: &[u8], ink: &Ink) {
        for (plane, samples) in self.planes.iter_mut().zip(ink.samples).skip(1).take(self.format.planes() - 1)
        {
            let bytes = plane.channels();
            let row = &mut plane.row_mut(y as u32)[x0 * bytes..(x0 + weights.len()) * bytes];
            match bytes {
                4 => blend::cover(row, samples, [0, 255, 0, 255], weights),
                2 => blend::cover(row, [samples[0], samples[1]], [255; 2], weights),
                _ => blend::cover(row, [samples[0]], [255], weights),
            }
        }
    }
}

/// 255 for the bytes of a pixel of plane 0 that are written, 0 for the others.
pub(super) fn mask(format: PixelFormat) -> [u8; 4] {
    let Some(offsets) = format.rgb_offsets() else {
        // Above 8 bits ink goes into the high bytes, which are the sample's 8-bit value.
        return if format.bits() > 8 { [0, 255, 0, 255] } else { [255; 4] };
    };
    let unused = format.bytes_per_pixel(0) == 4 && format.alpha_offset().is_none();
    let mut mask = if unused { [0; 4] } else { [255; 4] };
    offsets.into_iter().for_each(|offset| mask[offset] = 255);
    mask
}

/// R'G'B' bytes of full range to Y'CbCr bytes, rounded.
pub(in crate::ops) fn yuv_from_rgb(rgb: [u8; 3], colorimetry: Colorimetry) -> [u8; 3] {
    let [r, g, b] = rgb.map(|v| f64::from(v) / 255.0);
    let (kr, kb) = colorimetry.matrix.kr_kb();
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let (u, v) = ((b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr)));
    match colorimetry.range {
        ColorRange::Limited => [16.0 + 219.0 * y, 128.0 + 224.0 * u, 128.0 + 224.0 * v],
        ColorRange::Full => [255.0 * y, 128.0 + 255.0 * u, 128.0 + 255.0 * v],
    }
    .map(|v| (v + 0.5) as u8)
}
