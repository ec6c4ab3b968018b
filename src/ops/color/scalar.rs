//! The rows as plain code: what every faster path must equal, byte for byte.

use super::fixed::{FRACTION, YuvToRgb};
use super::rows::{Layout, Order, PackedRow, YuvRow};

/// `a` times `k` / 2^15, rounded half up; `a` is a word less 32768.
#[inline(always)]
fn scaled(word: u16, k: i16) -> i32 {
    let a = i32::from(word) - 32768;
    (((a * i32::from(k)) >> 14) + 1) >> 1
}

#[inline(always)]
fn level(sum: i32) -> u8 {
    (sum >> FRACTION).clamp(0, 255) as u8
}

/// Pixels from the start of a chroma sample on, to red, green, blue (blue first where asked) and 255.
pub(super) fn yuv_row<const N: usize>(row: YuvRow<'_>, yuv: &YuvToRgb, blue_first: bool, dst: &mut [u8]) {
    let byte = |v: u8| u16::from(v) << 8;
    let word = |v: &[u8]| u16::from_le_bytes([v[0], v[1]]);
    let (first, second) = (row.first, row.second);
    let luma = row.luma.iter().map(|&y| byte(y));
    let out = Out { yuv, blue_first, swapped: row.vu, half: row.half };
    match row.layout {
        Layout::Pairs => {
            out.row::<N>(luma, first.as_chunks::<2>().0.iter().map(|c| (byte(c[0]), byte(c[1]))), dst);
        }
        Layout::WidePairs => {
            let luma = row.luma.as_chunks::<2>().0.iter().map(|y| word(y));
            out.row::<N>(luma, first.as_chunks::<4>().0.iter().map(|c| (word(&c[..2]), word(&c[2..]))), dst);
        }
        Layout::Planar => {
            out.row::<N>(luma, first.iter().zip(second).map(|(&u, &v)| (byte(u), byte(v))), dst);
        }
    }
}

/// Pixels from the start of a chroma sample on, to red, green and blue in planes, from place `at` of each on.
pub(super) fn yuv_planes(row: YuvRow<'_>, yuv: &YuvToRgb, at: usize, dst: &mut [u8]) {
    let (mut row, mut at, mut pixels) = (row, at, [0; 3 * 64]);
    while row.len() > 0 {
        let count = row.len().min(64);
        let pixels = &mut pixels[..3 * count];
        yuv_row::<3>(row, yuv, false, pixels);
        split_row(PackedRow { bytes: pixels, size: 3, offsets: [0, 1, 2] }, at, dst);
        (row, at) = (row.skip(count), at + count);
    }
}

/// Packed pixels to planes, from place `at` of each on.
pub(super) fn split_row(src: PackedRow<'_>, at: usize, dst: &mut [u8]) {
    if src.bytes.is_empty() {
        return;
    }
    let plane = dst.len() / 3;
    for (from, dst) in src.offsets.into_iter().zip(dst.chunks_exact_mut(plane)) {
        for (pixel, out) in src.bytes.chunks_exact(src.size).zip(&mut dst[at..]) {
            *out = pixel[from];
        }
    }
}

struct Out<'a> {
    yuv: &'a YuvToRgb,
    blue_first: bool,
    swapped: bool,
    half: bool,
}

impl Out<'_> {
    #[inline(always)]
    fn row<const N: usize>(
        &self,
        mut luma: impl Iterator<Item = u16>,
        chroma: impl Iterator<Item = (u16, u16)>,
        dst: &mut [u8],
    ) {
        let pixels = if self.half { 2 } else { 1 };
        for (dst, (a, b)) in dst.chunks_mut(pixels * N).zip(chroma) {
            let (u, v) = if self.swapped { (b, a) } else { (a, b) };
            let (r, b) = (scaled(v, self.yuv.rv), scaled(u, self.yuv.bu));
            let g = scaled(u, self.yuv.gu) + scaled(v, self.yuv.gv);
            let (first, third) = if self.blue_first { (b, r) } else { (r, b) };
            for (dst, y) in dst.as_chunks_mut::<N>().0.iter_mut().zip(&mut luma) {
                let y = scaled(y, self.yuv.y) + i32::from(self.yuv.base);
                dst[..3].copy_from_slice(&[level(y + first), level(y + g), level(y + third)]);
                if N == 4 {
                    dst[3] = 255;
                }
            }
        }
    }
}

/// Packed pixels in another order.
pub(super) fn reorder_row<const N: usize>(src: PackedRow<'_>, order: &Order<N>, dst: &mut [u8]) {
    let dst = dst.as_chunks_mut::<N>().0.iter_mut();
    match src.size {
        3 => src.bytes.as_chunks::<3>().0.iter().zip(dst).for_each(|(src, dst)| *dst = order.apply(src)),
        _ => src.bytes.as_chunks::<4>().0.iter().zip(dst).for_each(|(src, dst)| *dst = order.apply(src)),
    }
}

/// Grey to red, green, blue alike.
#[inline(always)]
pub(super) fn spread_row<const N: usize>(src: &[u8], dst: &mut [u8]) {
    for (&gray, dst) in src.iter().zip(dst.chunks_exact_mut(N)) {
        dst.fill(gray);
        if N == 4 {
            dst[3] = 255;
        }
    }
}

/// BT.601 weights times 2^15; blue is cut so that they sum to 2^15 and white stays white.
pub(super) const GRAY_WEIGHTS: [u16; 3] = [9798, 19235, 3735];

/// Packed pixels to luma.
pub(super) fn gray_row(src: PackedRow<'_>, dst: &mut [u8]) {
    let [r, g, b] = src.offsets;
    let [wr, wg, wb] = GRAY_WEIGHTS.map(u32::from);
    for (src, dst) in src.bytes.chunks_exact(src.size).zip(dst) {
        let sum = u32::from(src[r]) * wr + u32::from(src[g]) * wg + u32::from(src[b]) * wb;
        *dst = ((sum + (1 << 14)) >> 15) as u8;
    }
}

/// Limited-range luma bytes stretched to 0 to 255, rounded to nearest. 255 / 219 is 1 + 12 / 73, and
/// 21547 / 2^16 is 24 / 73 from just above, so that the floor is exact for all 8 bits.
#[inline(always)]
pub(super) fn stretch_row(src: &[u8], dst: &mut [u8]) {
    for (&src, dst) in src.iter().zip(dst) {
        let above = u16::from(src.saturating_sub(16));
        let twice = ((u32::from(above) * 21_547) >> 16) as u16;
        *dst = (above + ((twice + 1) >> 1)).min(255) as u8;
    }
}

/// Luma words to bytes of full range.
#[inline(always)]
pub(super) fn wide_luma_row(src: &[u8], yuv: &YuvToRgb, dst: &mut [u8]) {
    for (src, dst) in src.chunks_exact(2).zip(dst) {
        *dst = level(scaled(u16::from_le_bytes([src[0], src[1]]), yuv.y) + i32::from(yuv.base));
    }
}
