//! One source row at a time, as planes of red, green and blue.

use super::image::{ChannelOrder, ImageRef, Pixels, YuvMatrix};
use crate::frame::ColorMatrix;

/// Factors with 13 bits after the point.
struct Factors {
    black: i32,
    y: i32,
    rv: i32,
    gu: i32,
    gv: i32,
    bu: i32,
}

impl Factors {
    fn of(matrix: YuvMatrix) -> Self {
        let (weights, limited) = match matrix {
            YuvMatrix::Bt601Limited => (ColorMatrix::Bt601, true),
            YuvMatrix::Bt601Full => (ColorMatrix::Bt601, false),
            YuvMatrix::Bt709Limited => (ColorMatrix::Bt709, true),
            YuvMatrix::Bt709Full => (ColorMatrix::Bt709, false),
        };
        let (kr, kb) = weights.kr_kb();
        let kg = 1.0 - kr - kb;
        let (y, c) = if limited { (255.0 / 219.0, 255.0 / 224.0) } else { (1.0, 1.0) };
        let fixed = |value: f64| (value * 8192.0).round() as i32;
        Self {
            black: if limited { 16 } else { 0 },
            y: fixed(y),
            rv: fixed(2.0 * (1.0 - kr) * c),
            gu: fixed(-2.0 * (1.0 - kb) * kb / kg * c),
            gv: fixed(-2.0 * (1.0 - kr) * kr / kg * c),
            bu: fixed(2.0 * (1.0 - kb) * c),
        }
    }
}

/// Three planes of one row, each `stride` bytes apart.
pub(super) struct RgbRow {
    bytes: Vec<u8>,
    stride: usize,
}

impl RgbRow {
    /// Room for rows of up to `width` pixels.
    pub(super) fn new(width: usize) -> Self {
        // One pixel for an odd left edge, one for the neighbour of the last pixel.
        let stride = width.next_multiple_of(2) + 4;
        Self { bytes: vec![0; 3 * stride], stride }
    }

    pub(super) fn plane(&self, index: usize) -> &[u8] {
        &self.bytes[index * self.stride..][..self.stride]
    }

    /// Reads pixels `left..left + width` of row `y`. They begin at index `left % 2` of the planes, and the
    /// last one stands there twice.
    pub(super) fn read(&mut self, image: &ImageRef<'_>, y: usize, left: usize, width: usize) {
        let (first, skip) = (left & !1, left & 1);
        let count = skip + width;
        let (red, rest) = self.bytes.split_at_mut(self.stride);
        let (green, blue) = rest.split_at_mut(self.stride);
        let rgb = [&mut red[..], green, blue];
        match image.pixels {
            Pixels::Packed { data, pitch, step, order } => {
                let row = &data[y * pitch + first * step..][..count * step];
                match (step, order) {
                    (3, ChannelOrder::Rgb) => split::<3>(row, [0, 1, 2], rgb),
                    (3, ChannelOrder::Bgr) => split::<3>(row, [2, 1, 0], rgb),
                    (_, ChannelOrder::Rgb) => split::<4>(row, [0, 1, 2], rgb),
                    (_, ChannelOrder::Bgr) => split::<4>(row, [2, 1, 0], rgb),
                }
            }
            Pixels::Gray { data, pitch } => {
                let row = &data[y * pitch + first..][..count];
                rgb.into_iter().for_each(|plane| plane[..count].copy_from_slice(row));
            }
            Pixels::Nv12 { y: luma, y_pitch, uv, uv_pitch, matrix } => {
                let luma = &luma[y * y_pitch + first..][..count];
                let uv = &uv[y / 2 * uv_pitch + first..][..count.next_multiple_of(2)];
                let chroma = uv.chunks_exact(2).map(|uv| (uv[0], uv[1]));
                convert(luma, chroma, &Factors::of(matrix), rgb);
            }
            Pixels::I420 { y: luma, y_pitch, chroma: [u, v], chroma_pitch, matrix } => {
                let luma = &luma[y * y_pitch + first..][..count];
                let at = y / 2 * chroma_pitch + first / 2;
                let (u, v) = (&u[at..][..count.div_ceil(2)], &v[at..][..count.div_ceil(2)]);
                let chroma = u.iter().copied().zip(v.iter().copied());
                convert(luma, chroma, &Factors::of(matrix), rgb);
            }
        }
        for plane in 0..3 {
            let plane = &mut self.bytes[plane * self.stride..];
            plane[count] = plane[count - 1];
        }
    }

    /// Puts BT.601 luma into the first plane.
    pub(super) fn fold_to_gray(&mut self) {
        let (red, rest) = self.bytes.split_at_mut(self.stride);
        let (green, blue) = rest.split_at_mut(self.stride);
        for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
            let sum = 19_595 * u32::from(*r) + 38_470 * u32::from(*g) + 7_471 * u32::from(*b);
            *r = ((sum + 32_768) >> 16) as u8;
        }
    }
}

fn split<const STEP: usize>(row: &[u8], at: [usize; 3], [red, green, blue]: [&mut [u8]; 3]) {
    let pixels = row.chunks_exact(STEP);
    for (((pixel, r), g), b) in pixels.zip(red).zip(green).zip(blue) {
        (*r, *g, *b) = (pixel[at[0]], pixel[at[1]], pixel[at[2]]);
    }
}

/// Two pixels share one chroma sample (no interpolation) and every product is cut to whole levels, as in
/// swscale's fast path to RGB. OpenCV's video reader uses that one, so it is what networks are tuned and
/// measured on; with BT.601 limited range the bytes are the same.
fn convert(
    luma: &[u8],
    chroma: impl Iterator<Item = (u8, u8)>,
    k: &Factors,
    [red, green, blue]: [&mut [u8]; 3],
) {
    let planes = red.chunks_exact_mut(2).zip(green.chunks_exact_mut(2)).zip(blue.chunks_exact_mut(2));
    for ((luma, (u, v)), ((r, g), b)) in luma.chunks(2).zip(chroma).zip(planes) {
        let product = |level: i32, factor: i32| ((level * 8) * factor) >> 16;
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        let add = [product(v, k.rv), product(u, k.gu) + product(v, k.gv), product(u, k.bu)];
        let pair = [luma[0], luma[luma.len() - 1]];
        for i in 0..2 {
            let y = product(i32::from(pair[i]) - k.black, k.y);
            r[i] = (y + add[0]).clamp(0, 255) as u8;
            g[i] = (y + add[1]).clamp(0, 255) as u8;
            b[i] = (y + add[2]).clamp(0, 255) as u8;
        }
    }
}
