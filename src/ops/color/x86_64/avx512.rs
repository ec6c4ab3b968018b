use std::arch::x86_64::*;

use crate::cpu::Avx512;

use super::super::fixed::{FRACTION, YuvToRgb};
use super::super::rows::{Layout, Order, PLANES, PackedRow, YuvRow};
use super::super::scalar;

impl Avx512 {
    pub(in super::super) fn yuv_row<const N: usize>(
        self,
        row: &YuvRow<'_>,
        yuv: &YuvToRgb,
        blue_first: bool,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: the token exists only where AVX-512 F, BW, VL and VBMI were detected.
        unsafe { yuv_row::<N>(row, yuv, blue_first, dst) }
    }

    pub(in super::super) fn reorder_row<const N: usize>(
        self,
        row: PackedRow<'_>,
        order: &Order<N>,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: as above.
        unsafe { reorder_row::<N>(row, order, dst) }
    }

    pub(in super::super) fn gray_row(self, row: PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: as above.
        unsafe { gray_row(row, dst) }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load32(bytes: &[u8], at: usize) -> __m256i {
    let bytes = &bytes[at..at + 32];
    // SAFETY: the slice is 32 bytes long; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load64(bytes: &[u8], at: usize) -> __m512i {
    let bytes = &bytes[at..at + 64];
    // SAFETY: the slice is 64 bytes long; the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store64(bytes: &mut [u8], at: usize, value: __m512i) {
    let bytes = &mut bytes[at..at + 64];
    // SAFETY: the slice is 64 bytes long; the store needs no alignment.
    unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), value) }
}

/// Pixels that one step of [`yuv_row`] and of [`gray_row`] takes.
const STEP: usize = 64;

/// Words of 64 pixels: of each 16, the first 8 in a lane of the first, the others in the second.
pub(super) type Words = [__m512i; 2];

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn yuv_row<const N: usize>(row: &YuvRow<'_>, yuv: &YuvToRgb, blue_first: bool, dst: &mut [u8]) -> usize {
    match (row.layout, row.half) {
        (Layout::Pairs, true) => yuv_steps::<N, 0, true>(row, yuv, blue_first, dst),
        (Layout::Pairs, false) => yuv_steps::<N, 0, false>(row, yuv, blue_first, dst),
        (Layout::WidePairs, true) => yuv_steps::<N, 1, true>(row, yuv, blue_first, dst),
        (Layout::WidePairs, false) => 0,
        (Layout::Planar, true) => yuv_steps::<N, 2, true>(row, yuv, blue_first, dst),
        (Layout::Planar, false) => yuv_steps::<N, 2, false>(row, yuv, blue_first, dst),
    }
}

/// `LAYOUT` is 0 for pairs, 1 for pairs of words, 2 for planes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn yuv_steps<const N: usize, const LAYOUT: usize, const HALF: bool>(
    row: &YuvRow<'_>,
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
        let y = match LAYOUT {
            1 => lanes(less_middle(load64(row.luma, 2 * at)), less_middle(load64(row.luma, 2 * at + 64))),
            _ => luma8(row.luma, at),
        };
        let [r, g, b] = if HALF {
            let (u, v) = match LAYOUT {
                0 => split_pairs(load64(row.first, at)),
                1 => split_wide_pairs(load64(row.first, 2 * at), load64(row.first, 2 * at + 64)),
                _ => (widen(load32(row.first, at / 2)), widen(load32(row.second, at / 2))),
            };
            let (u, v) = if row.vu { (v, u) } else { (u, v) };
            let twice = |c: __m512i| [_mm512_unpacklo_epi16(c, c), _mm512_unpackhi_epi16(c, c)];
            let [r, g, b] = chroma_terms(u, v, yuv);
            levels(y, [twice(r), twice(g), twice(b)], yuv)
        } else {
            let (u, v) = match LAYOUT {
                0 => {
                    let pairs = lanes(load64(row.first, 2 * at), load64(row.first, 2 * at + 64));
                    let (low, high) = (split_pairs(pairs[0]), split_pairs(pairs[1]));
                    ([low.0, high.0], [low.1, high.1])
                }
                _ => (luma8(row.first, at), luma8(row.second, at)),
            };
            let (low, high) = (chroma_terms(u[0], v[0], yuv), chroma_terms(u[1], v[1], yuv));
            levels(y, [[low[0], high[0]], [low[1], high[1]], [low[2], high[2]]], yuv)
        };
        let [first, third] = if blue_first { [b, r] } else { [r, b] };
        match N {
            PLANES => {
                let plane = dst.len() / 3;
                for (i, color) in [first, g, third].into_iter().enumerate() {
                    store64(&mut dst[i * plane..], at, color);
                }
            }
            4 => store_rgba(first, g, third, &mut dst[4 * at..4 * (at + STEP)]),
            _ => store_rgb(first, g, third, &mut dst[3 * at..3 * (at + STEP)]),
        }
        if at == last {
            return at + STEP;
        }
        at = (at + STEP).min(last);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn less_middle(words: __m512i) -> __m512i {
    _mm512_xor_si512(words, _mm512_set1_epi16(i16::MIN))
}

/// Words of pixels 0 to 31 and 32 to 63 in the order of [`Words`].
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes(a: __m512i, b: __m512i) -> Words {
    let even = _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13);
    let odd = _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15);
    [_mm512_permutex2var_epi64(a, even, b), _mm512_permutex2var_epi64(a, odd, b)]
}

/// 64 bytes as words less 32768.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn words(y: __m512i) -> Words {
    let (y, zero) = (_mm512_xor_si512(y, _mm512_set1_epi8(-128)), _mm512_setzero_si512());
    [_mm512_unpacklo_epi8(zero, y), _mm512_unpackhi_epi8(zero, y)]
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn luma8(bytes: &[u8], at: usize) -> Words {
    words(load64(bytes, at))
}

/// 32 pairs of bytes as words less 32768: the first ones, the second ones.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn split_pairs(pairs: __m512i) -> (__m512i, __m512i) {
    let pairs = _mm512_xor_si512(pairs, _mm512_set1_epi8(-128));
    (_mm512_slli_epi16::<8>(pairs), _mm512_andnot_si512(_mm512_set1_epi16(0xFF), pairs))
}

/// 32 pairs of words less 32768: the first ones, the second ones.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn split_wide_pairs(a: __m512i, b: __m512i) -> (__m512i, __m512i) {
    const FIRST: [u8; 64] = every_second_word(0);
    const SECOND: [u8; 64] = every_second_word(1);
    let pick = |index: &[u8; 64]| less_middle(_mm512_permutex2var_epi16(a, load64(index, 0), b));
    (pick(&FIRST), pick(&SECOND))
}

/// Indices (words, little endian) of words `from`, `from + 2`, ... of two vectors.
const fn every_second_word(from: u8) -> [u8; 64] {
    let mut index = [0; 64];
    let mut i = 0;
    while i < 32 {
        index[2 * i] = 2 * i as u8 + from;
        i += 1;
    }
    index
}

/// 32 bytes as words less 32768.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn widen(bytes: __m256i) -> __m512i {
    less_middle(_mm512_slli_epi16::<8>(_mm512_cvtepu8_epi16(bytes)))
}

/// What chroma adds to red, green and blue.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn chroma_terms(u: __m512i, v: __m512i, yuv: &YuvToRgb) -> [__m512i; 3] {
    let scaled = |c: __m512i, k: i16| _mm512_mulhrs_epi16(c, _mm512_set1_epi16(k));
    [scaled(v, yuv.rv), _mm512_add_epi16(scaled(u, yuv.gu), scaled(v, yuv.gv)), scaled(u, yuv.bu)]
}

/// 64 bytes of each colour, in order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn levels(y: Words, terms: [Words; 3], yuv: &YuvToRgb) -> [__m512i; 3] {
    let (k, base) = (_mm512_set1_epi16(yuv.y), _mm512_set1_epi16(yuv.base));
    let light = |y: __m512i| _mm512_add_epi16(_mm512_mulhrs_epi16(y, k), base);
    let y = [light(y[0]), light(y[1])];
    // The sums stop at 32767, which is above 255 levels like what they stand for.
    let level = |y: __m512i, term: __m512i| _mm512_srai_epi16::<FRACTION>(_mm512_adds_epi16(y, term));
    let bytes = |term: Words| _mm512_packus_epi16(level(y[0], term[0]), level(y[1], term[1]));
    [bytes(terms[0]), bytes(terms[1]), bytes(terms[2])]
}

/// For each of `N` vectors of output, where its bytes are in red (0 to 63), green (64 up) and blue.
const fn places<const N: usize>() -> [[u8; 64]; N] {
    let mut places = [[0; 64]; N];
    let mut byte = 0;
    while byte < 64 * N {
        let green = (byte % N == 1) as u8 * 64;
        places[byte / 64][byte % 64] = (byte / N) as u8 + green;
        byte += 1;
    }
    places
}

/// For each of `N` vectors of output, which of its bytes are blue.
const fn blues<const N: usize>() -> [u64; N] {
    let mut masks = [0; N];
    let mut byte = 0;
    while byte < 64 * N {
        masks[byte / 64] |= ((byte % N == 2) as u64) << (byte % 64);
        byte += 1;
    }
    masks
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn store_rgba(r: __m512i, g: __m512i, b: __m512i, dst: &mut [u8]) {
    const PLACES: [[u8; 64]; 4] = places::<4>();
    const BLUE: [u64; 4] = blues::<4>();
    let opaque = _mm512_set1_epi32(0xFF00_0000_u32 as i32);
    for i in 0..4 {
        let place = load64(&PLACES[i], 0);
        let rg = _mm512_permutex2var_epi8(r, place, g);
        let rgb = _mm512_mask_permutexvar_epi8(rg, BLUE[i], place, b);
        store64(dst, 64 * i, _mm512_or_si512(rgb, opaque));
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn store_rgb(r: __m512i, g: __m512i, b: __m512i, dst: &mut [u8]) {
    const PLACES: [[u8; 64]; 3] = places::<3>();
    const BLUE: [u64; 3] = blues::<3>();
    for i in 0..3 {
        let place = load64(&PLACES[i], 0);
        let rg = _mm512_permutex2var_epi8(r, place, g);
        store64(dst, 64 * i, _mm512_mask_permutexvar_epi8(rg, BLUE[i], place, b));
    }
}

/// Sixteen pixels a step, the last ones masked.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn reorder_row<const N: usize>(row: PackedRow<'_>, order: &Order<N>, dst: &mut [u8]) -> usize {
    let (src, size) = (row.bytes, row.size);
    // What the permutation takes for bytes that are masked or made does not matter.
    let index = load64(&order.index, 0);
    let alpha = _mm512_set1_epi32(order.alpha as i32);
    let pixels = src.len() / size;
    let mut at = 0;
    // Whole vectors, which go past the pixels of this step where those have 3 bytes.
    while at * size + 64 <= src.len() && at * N + 64 <= dst.len() {
        let out = _mm512_permutexvar_epi8(index, load64(src, at * size));
        store64(dst, at * N, _mm512_or_si512(out, alpha));
        at += 16;
    }
    while at < pixels {
        let count = (pixels - at).min(16);
        let (from, to) = (&src[at * size..(at + count) * size], &mut dst[at * N..(at + count) * N]);
        let bytes = |n: usize| u64::MAX >> (64 - n);
        // SAFETY: the masks cover as many bytes as the slices have, at least 3 and at most 64.
        unsafe {
            let pixels = _mm512_maskz_loadu_epi8(bytes(from.len()), from.as_ptr().cast());
            let out = _mm512_or_si512(_mm512_permutexvar_epi8(index, pixels), alpha);
            _mm512_mask_storeu_epi8(to.as_mut_ptr().cast(), bytes(to.len()), out);
        }
        at += count;
    }
    pixels
}

/// 16 pixels of 3 bytes to 16 of 4; the fourth byte has no weight, any will do.
const SPREAD: [u8; 64] = {
    let mut index = [0; 64];
    let mut i = 0;
    while i < 64 {
        index[i] = (i / 4 * 3 + i % 4) as u8;
        i += 1;
    }
    index
};

/// 64 pixels a step.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn gray_row(row: PackedRow<'_>, dst: &mut [u8]) -> usize {
    let mut weights = [0u16; 4];
    for (at, weight) in row.offsets.into_iter().zip(scalar::GRAY_WEIGHTS) {
        weights[at] = weight;
    }
    let pair = |low: u16, high: u16| _mm512_set1_epi32((u32::from(high) << 16 | u32::from(low)) as i32);
    let (even, odd) = (pair(weights[0], weights[2]), pair(weights[1], weights[3]));
    let spread = load64(&SPREAD, 0);
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    let (src, size) = (row.bytes, row.size);
    // Loads of 3-byte pixels go 16 bytes past them.
    let Some(last) = (src.len() / size).checked_sub(STEP + if size == 3 { 6 } else { 0 }) else { return 0 };
    let mut at = 0;
    loop {
        let mut sums = [_mm512_setzero_si512(); 4];
        for (i, sum) in sums.iter_mut().enumerate() {
            let pixels = load64(src, (at + 16 * i) * size);
            let pixels = if size == 4 { pixels } else { _mm512_permutexvar_epi8(spread, pixels) };
            let low = _mm512_and_si512(pixels, _mm512_set1_epi16(0xFF));
            let high = _mm512_srli_epi16::<8>(pixels);
            let both = _mm512_add_epi32(_mm512_madd_epi16(low, even), _mm512_madd_epi16(high, odd));
            *sum = _mm512_srli_epi32::<15>(_mm512_add_epi32(both, _mm512_set1_epi32(1 << 14)));
        }
        let words = [_mm512_packs_epi32(sums[0], sums[1]), _mm512_packs_epi32(sums[2], sums[3])];
        let bytes = _mm512_packus_epi16(words[0], words[1]);
        store64(dst, at, _mm512_permutexvar_epi32(order, bytes));
        if at == last {
            return at + STEP;
        }
        at = (at + STEP).min(last);
    }
}
