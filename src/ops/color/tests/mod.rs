mod exact;
mod levels;
#[cfg(feature = "opencv")]
mod opencv;
mod write;

use super::*;
use crate::frame::{ColorMatrix, ColorRange, Rect};

fn colorimetries() -> impl Iterator<Item = Colorimetry> {
    let matrices = [ColorMatrix::Bt601, ColorMatrix::Bt709, ColorMatrix::Bt2020];
    let ranges = [ColorRange::Limited, ColorRange::Full];
    matrices.into_iter().flat_map(move |matrix| ranges.map(|range| Colorimetry { matrix, range }))
}

/// A picture of pseudo-random bytes with `extra` bytes of padding per row.
struct Noise {
    format: PixelFormat,
    size: (u32, u32),
    planes: Vec<(Vec<u8>, usize)>,
}

impl Noise {
    fn new(format: PixelFormat, size: (u32, u32), extra: usize) -> Self {
        let mut state = 0x0123_4567_89AB_CDEF_u64 ^ (u64::from(size.0) << 32) ^ format as u64;
        let planes = (0..format.planes()).map(|i| {
            let (w, h) = format.plane_size(i, size.0, size.1);
            let pitch = w as usize * format.bytes_per_pixel(i) + extra;
            let byte = |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Extremes come often: they are where sums saturate.
                match (state >> 48) % 8 {
                    0 => 0,
                    1 => 255,
                    _ => (state >> 56) as u8,
                }
            };
            let mut bytes: Vec<u8> = (0..pitch * h as usize).map(byte).collect();
            // The low bits of a 16-bit sample are zero.
            let mask = (0xFF00_u32 << (16 - format.bits()) >> 8) as u8;
            if format.bits() > 8 {
                bytes
                    .chunks_mut(pitch.max(1))
                    .flat_map(|row| row.iter_mut().step_by(2))
                    .for_each(|b| *b &= mask);
            }
            (bytes, pitch)
        });
        Self { format, size, planes: planes.collect() }
    }

    fn view(&self, colorimetry: Colorimetry) -> FrameView<'_> {
        let planes: Vec<_> = self.planes.iter().map(|(data, pitch)| (data.as_slice(), *pitch)).collect();
        FrameView::new(self.format, self.size.0, self.size.1, &planes, colorimetry).unwrap()
    }

    /// The sample at byte `at` of row `y` of a plane, by its depth.
    fn sample(&self, plane: usize, at: usize, y: u32) -> f64 {
        let (data, pitch) = &self.planes[plane];
        let row = &data[y as usize * pitch..];
        match self.format.bits() {
            8 => f64::from(row[at]),
            bits => f64::from(u16::from_le_bytes([row[2 * at], row[2 * at + 1]]) >> (16 - bits)),
        }
    }

    /// Y, U, V of a pixel, read without the crate's windows.
    fn yuv(&self, x: u32, y: u32) -> [f64; 3] {
        use PixelFormat as P;
        let (sx, sy) = match self.format {
            P::Nv16 | P::I422 => (2, 1),
            P::Nv24 | P::I444 => (1, 1),
            _ => (2, 2),
        };
        let (cx, cy) = ((x / sx) as usize, y / sy);
        let (u, v) = match self.format {
            P::Nv12 | P::Nv16 | P::Nv24 | P::P010 | P::P012 => {
                (self.sample(1, 2 * cx, cy), self.sample(1, 2 * cx + 1, cy))
            }
            P::Nv21 => (self.sample(1, 2 * cx + 1, cy), self.sample(1, 2 * cx, cy)),
            P::I420 | P::I422 | P::I444 => (self.sample(1, cx, cy), self.sample(2, cx, cy)),
            P::Yv12 => (self.sample(2, cx, cy), self.sample(1, cx, cy)),
            other => unreachable!("{other:?} has no chroma"),
        };
        [self.sample(0, x as usize, y), u, v]
    }
}

/// Bytes of one pixel of an output.
fn channels(output: Output) -> usize {
    match output {
        Output::Gray => 1,
        Output::Rgba | Output::Bgra => 4,
        _ => 3,
    }
}

/// What a conversion writes into rows of `7`s with `extra` bytes after each.
fn converted(limit: cpu::Level, view: &FrameView<'_>, output: Output, extra: usize) -> Vec<u8> {
    let (w, h, c) = (view.width(), view.height(), channels(output));
    let pitch = w as usize * c + extra;
    let mut out = vec![7; pitch * h as usize];
    convert_at(limit, view, ViewMut::new(&mut out, w, h, c, pitch).unwrap(), output).unwrap();
    assert!(
        extra == 0 || out.chunks(pitch).all(|row| row[row.len() - extra..].iter().all(|&b| b == 7)),
        "bytes behind a row were written"
    );
    out
}

/// Awkward windows: the whole, one pixel, none, odd origins, around the vector widths, to the edges.
fn windows((w, h): (u32, u32)) -> Vec<Rect> {
    let mut all = vec![Rect::new(0, 0, w, h), Rect::new(w - 1, h - 1, 1, 1), Rect::new(0, 0, 0, 0)];
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 3)] {
        for width in [1, 2, 15, 31, 32, 33, 48, 63, 64, 65, w] {
            if x < w && y < h {
                all.push(Rect::new(x, y, width.min(w - x), 3.min(h - y)));
            }
        }
    }
    all
}

#[test]
fn a_wrong_destination_is_refused_with_the_numbers() {
    let noise = Noise::new(PixelFormat::Nv12, (4, 2), 0);
    let view = noise.view(Colorimetry::default());
    let mut out = [0; 64];
    let mut message = |w, h, c| {
        let dst = ViewMut::new(&mut out, w, h, c, w as usize * c).unwrap();
        rgb_from(&view, dst).unwrap_err().to_string()
    };
    let size = message(3, 2, 3);
    assert!(size.contains("3x2") && size.contains("4x2"), "{size}");
    let channels = message(4, 2, 4);
    assert!(channels.contains("4 bytes a pixel") && channels.contains('3'), "{channels}");
    assert!(gray_from(&view, ViewMut::new(&mut out, 4, 2, 3, 12).unwrap()).is_err());
    let mut rgb = OwnedFrame::zeroed(PixelFormat::Rgb, 4, 3);
    let error = frame_from(&view, &mut rgb.view_mut()).unwrap_err().to_string();
    assert!(error.contains("4x3") && error.contains("4x2"), "{error}");
    let hsv = View::new(&[0; 24], 4, 2, 3, 12).unwrap();
    assert!(rgb_from_hsv(&hsv, ViewMut::new(&mut out, 2, 4, 3, 6).unwrap()).is_err());
}
