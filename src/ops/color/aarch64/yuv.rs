use std::arch::aarch64::*;

use crate::cpu::Neon;

use super::super::fixed::{FRACTION, YuvToRgb};
use super::super::rows::{Layout, PLANES, YuvRow};

impl Neon {
    pub(in super::super) fn yuv_row<const N: usize>(
        self,
        row: YuvRow<'_>,
        yuv: &YuvToRgb,
        blue_first: bool,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: the token exists only where Advanced SIMD is.
        unsafe {
            match (row.layout, row.half) {
                (Layout::Pairs, true) => steps::<N, 0, true>(row, yuv, blue_first, dst),
                (Layout::Pairs, false) => steps::<N, 0, false>(row, yuv, blue_first, dst),
                (Layout::WidePairs, true) => steps::<N, 1, true>(row, yuv, blue_first, dst),
                (Layout::WidePairs, false) => 0,
                (Layout::Planar, true) => steps::<N, 2, true>(row, yuv, blue_first, dst),
                (Layout::Planar, false) => steps::<N, 2, false>(row, yuv, blue_first, dst),
            }
        }
    }
}

/// Pixels that one step takes.
const STEP: usize = 16;

/// Words of 16 pixels, 32768 taken: the even ones and the odd ones where two share chroma, else the first eight and the
/// last eight.
type Words = [int16x8_t; 2];

/// `LAYOUT` is 0 for pairs, 1 for pairs of words, 2 for planes.
#[target_feature(enable = "neon")]
fn steps<const N: usize, const LAYOUT: usize, const HALF: bool>(
    row: YuvRow<'_>,
    yuv: &YuvToRgb,
    blue_first: bool,
    dst: &mut [u8],
) -> usize {
    let count = row.len();
    if count < STEP {
        return 0;
    }
    // The last step goes over pixels a second time rather than leave them to plain code.
    let last = (count - STEP) & !1;
    let mut at = 0;
    loop {
        let y = if LAYOUT == 1 { wide_pairs(row.luma, 2 * at) } else { luma::<HALF>(row.luma, at) };
        let terms = if HALF {
            let [u, v] = match LAYOUT {
                0 => pairs(row.first, at),
                1 => wide_pairs(row.first, 2 * at),
                _ => [eight(row.first, at / 2), eight(row.second, at / 2)],
            };
            let (u, v) = if row.vu { (v, u) } else { (u, v) };
            [chroma_terms(u, v, yuv); 2]
        } else {
            let (u, v) = match LAYOUT {
                0 => {
                    let (a, b) = (pairs(row.first, 2 * at), pairs(row.first, 2 * at + 16));
                    ([a[0], b[0]], [a[1], b[1]])
                }
                _ => (luma::<false>(row.first, at), luma::<false>(row.second, at)),
            };
            let (u, v) = if row.vu { (v, u) } else { (u, v) };
            [chroma_terms(u[0], v[0], yuv), chroma_terms(u[1], v[1], yuv)]
        };
        let [r, g, b] = levels::<HALF>(y, terms, yuv);
        let (first, third) = if blue_first { (b, r) } else { (r, b) };
        if N == PLANES {
            let plane = dst.len() / 3;
            for (i, color) in [first, g, third].into_iter().enumerate() {
                let out = &mut dst[i * plane + at..][..STEP];
                // SAFETY: `out` is 16 bytes; the store needs no alignment.
                unsafe { vst1q_u8(out.as_mut_ptr(), color) };
            }
            if at == last {
                return at + STEP;
            }
            at = (at + STEP).min(last);
            continue;
        }
        let out = &mut dst[N * at..N * (at + STEP)];
        // SAFETY: `out` is 16 pixels of `N` bytes; no store needs alignment.
        unsafe {
            if N == 4 {
                vst4q_u8(out.as_mut_ptr(), uint8x16x4_t(first, g, third, vdupq_n_u8(255)));
            } else {
                vst3q_u8(out.as_mut_ptr(), uint8x16x3_t(first, g, third));
            }
        }
        if at == last {
            return at + STEP;
        }
        at = (at + STEP).min(last);
    }
}

/// Bytes as the words with that high byte, less 32768.
#[inline]
#[target_feature(enable = "neon")]
fn words(bytes: uint8x8_t) -> int16x8_t {
    vreinterpretq_s16_u16(vshll_n_u8::<8>(veor_u8(bytes, vdup_n_u8(0x80))))
}

/// 8 bytes as words.
#[inline]
#[target_feature(enable = "neon")]
fn eight(bytes: &[u8], at: usize) -> int16x8_t {
    let bytes = &bytes[at..at + 8];
    // SAFETY: the slice is 8 bytes long; the load needs no alignment.
    words(unsafe { vld1_u8(bytes.as_ptr()) })
}

/// 8 pairs of bytes as words: the first ones, the second ones.
#[inline]
#[target_feature(enable = "neon")]
fn pairs(bytes: &[u8], at: usize) -> Words {
    let bytes = &bytes[at..at + 16];
    // SAFETY: the slice is 16 bytes long; the load needs no alignment.
    let v = unsafe { vld2_u8(bytes.as_ptr()) };
    [words(v.0), words(v.1)]
}

/// 8 pairs of words: the first ones, the second ones.
#[inline]
#[target_feature(enable = "neon")]
fn wide_pairs(bytes: &[u8], at: usize) -> Words {
    let bytes = &bytes[at..at + 32];
    // SAFETY: the slice is 32 bytes long; the load needs no alignment.
    let v = unsafe { vld1q_u8_x2(bytes.as_ptr()) };
    let (low, high) = (vreinterpretq_u16_u8(v.0), vreinterpretq_u16_u8(v.1));
    let middle = vdupq_n_u16(0x8000);
    let word = |w: uint16x8_t| vreinterpretq_s16_u16(veorq_u16(w, middle));
    [word(vuzp1q_u16(low, high)), word(vuzp2q_u16(low, high))]
}

/// 16 bytes as words, even and odd ones where `HALF`.
#[inline]
#[target_feature(enable = "neon")]
fn luma<const HALF: bool>(bytes: &[u8], at: usize) -> Words {
    if HALF { pairs(bytes, at) } else { [eight(bytes, at), eight(bytes, at + 8)] }
}

/// What chroma adds to red, green and blue.
#[inline]
#[target_feature(enable = "neon")]
fn chroma_terms(u: int16x8_t, v: int16x8_t, yuv: &YuvToRgb) -> [int16x8_t; 3] {
    let scaled = |c: int16x8_t, k: i16| vqrdmulhq_n_s16(c, k);
    [scaled(v, yuv.rv), vaddq_s16(scaled(u, yuv.gu), scaled(v, yuv.gv)), scaled(u, yuv.bu)]
}

/// 16 bytes of each colour, in order.
#[inline]
#[target_feature(enable = "neon")]
fn levels<const HALF: bool>(y: Words, terms: [[int16x8_t; 3]; 2], yuv: &YuvToRgb) -> [uint8x16_t; 3] {
    const SHIFT: i32 = FRACTION as i32;
    let base = vdupq_n_s16(yuv.base);
    let y = y.map(|y| vaddq_s16(vqrdmulhq_n_s16(y, yuv.y), base));
    let mut out = [vdupq_n_u8(0); 3];
    for (c, out) in out.iter_mut().enumerate() {
        // The sums stop at 32767, which is above 255 levels like what they stand for.
        let a = vqshrun_n_s16::<SHIFT>(vqaddq_s16(y[0], terms[0][c]));
        let b = vqshrun_n_s16::<SHIFT>(vqaddq_s16(y[1], terms[1][c]));
        *out = if HALF { vzip1q_u8(vcombine_u8(a, a), vcombine_u8(b, b)) } else { vcombine_u8(a, b) };
    }
    out
}
