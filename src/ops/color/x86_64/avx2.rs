use std::arch::x86_64::*;

use crate::cpu::Avx2;

use super::super::fixed::{FRACTION, YuvToRgb};
use super::super::rows::{Layout, Order, PLANES, PackedRow, YuvRow};
use super::super::scalar;

impl Avx2 {
    pub(in super::super) fn yuv_row<const N: usize>(
        self,
        row: &YuvRow<'_>,
        yuv: &YuvToRgb,
        blue_first: bool,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: the token exists only where AVX2 was detected.
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
#[target_feature(enable = "avx2")]
fn load16(bytes: &[u8], at: usize) -> __m128i {
    let bytes = &bytes[at..at + 16];
    // SAFETY: the slice is 16 bytes long; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load32(bytes: &[u8], at: usize) -> __m256i {
    let bytes = &bytes[at..at + 32];
    // SAFETY: the slice is 32 bytes long; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store32(bytes: &mut [u8], at: usize, value: __m256i) {
    let bytes = &mut bytes[at..at + 32];
    // SAFETY: the slice is 32 bytes long; the store needs no alignment.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), value) }
}

/// Pixels that one step of [`yuv_row`] takes.
const STEP: usize = 32;

/// Words of 32 pixels: pixels 0 to 7 and 16 to 23, then 8 to 15 and 24 to 31, which is how unpacking and packing
/// bytes order them.
pub(super) type Words = [__m256i; 2];

#[target_feature(enable = "avx2")]
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
#[target_feature(enable = "avx2")]
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
        let y = if LAYOUT == 1 { luma16(row.luma, 2 * at) } else { luma8(row.luma, at) };
        let [r, g, b] = if HALF {
            let (u, v) = match LAYOUT {
                0 => split_pairs(load32(row.first, at)),
                1 => split_wide_pairs(load32(row.first, 2 * at), load32(row.first, 2 * at + 32)),
                _ => (widen(load16(row.first, at / 2)), widen(load16(row.second, at / 2))),
            };
            let (u, v) = if row.vu { (v, u) } else { (u, v) };
            let twice = |c: __m256i| [_mm256_unpacklo_epi16(c, c), _mm256_unpackhi_epi16(c, c)];
            let [r, g, b] = chroma_terms(u, v, yuv);
            levels(y, [twice(r), twice(g), twice(b)], yuv)
        } else {
            let (u, v) = match LAYOUT {
                0 => {
                    let (a, b) = (load32(row.first, 2 * at), load32(row.first, 2 * at + 32));
                    let (low, high) = (
                        split_pairs(_mm256_permute2x128_si256::<0x20>(a, b)),
                        split_pairs(_mm256_permute2x128_si256::<0x31>(a, b)),
                    );
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
                    store32(&mut dst[i * plane..], at, color);
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

/// 32 bytes as words less 32768.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn words(y: __m256i) -> Words {
    let (y, zero) = (_mm256_xor_si256(y, _mm256_set1_epi8(-128)), _mm256_setzero_si256());
    [_mm256_unpacklo_epi8(zero, y), _mm256_unpackhi_epi8(zero, y)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn luma8(bytes: &[u8], at: usize) -> Words {
    words(load32(bytes, at))
}

/// 32 words less 32768.
#[inline]
#[target_feature(enable = "avx2")]
fn luma16(bytes: &[u8], at: usize) -> Words {
    let middle = _mm256_set1_epi16(i16::MIN);
    let (a, b) = (load32(bytes, at), load32(bytes, at + 32));
    let (a, b) = (_mm256_xor_si256(a, middle), _mm256_xor_si256(b, middle));
    [_mm256_permute2x128_si256::<0x20>(a, b), _mm256_permute2x128_si256::<0x31>(a, b)]
}

/// 16 pairs of bytes as words less 32768: the first ones, the second ones.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn split_pairs(pairs: __m256i) -> (__m256i, __m256i) {
    let pairs = _mm256_xor_si256(pairs, _mm256_set1_epi8(-128));
    (_mm256_slli_epi16::<8>(pairs), _mm256_andnot_si256(_mm256_set1_epi16(0xFF), pairs))
}

/// 16 pairs of words less 32768: the first ones, the second ones.
#[inline]
#[target_feature(enable = "avx2")]
fn split_wide_pairs(a: __m256i, b: __m256i) -> (__m256i, __m256i) {
    let middle = _mm256_set1_epi16(i16::MIN);
    let (a, b) = (_mm256_xor_si256(a, middle), _mm256_xor_si256(b, middle));
    let order = |packed: __m256i| _mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
    let low = |c: __m256i| _mm256_srai_epi32::<16>(_mm256_slli_epi32::<16>(c));
    let high = |c: __m256i| _mm256_srai_epi32::<16>(c);
    (order(_mm256_packs_epi32(low(a), low(b))), order(_mm256_packs_epi32(high(a), high(b))))
}

/// 16 bytes as words less 32768.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn widen(bytes: __m128i) -> __m256i {
    let words = _mm256_slli_epi16::<8>(_mm256_cvtepu8_epi16(bytes));
    _mm256_xor_si256(words, _mm256_set1_epi16(i16::MIN))
}

/// What chroma adds to red, green and blue.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn chroma_terms(u: __m256i, v: __m256i, yuv: &YuvToRgb) -> [__m256i; 3] {
    let scaled = |c: __m256i, k: i16| _mm256_mulhrs_epi16(c, _mm256_set1_epi16(k));
    [scaled(v, yuv.rv), _mm256_add_epi16(scaled(u, yuv.gu), scaled(v, yuv.gv)), scaled(u, yuv.bu)]
}

/// 32 bytes of each colour, in order.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn levels(y: Words, terms: [Words; 3], yuv: &YuvToRgb) -> [__m256i; 3] {
    const SHIFT: i32 = FRACTION as i32;
    let (k, base) = (_mm256_set1_epi16(yuv.y), _mm256_set1_epi16(yuv.base));
    let light = |y: __m256i| _mm256_add_epi16(_mm256_mulhrs_epi16(y, k), base);
    let y = [light(y[0]), light(y[1])];
    // The sums stop at 32767, which is above 255 levels like what they stand for.
    let level = |y: __m256i, term: __m256i| _mm256_srai_epi16::<SHIFT>(_mm256_adds_epi16(y, term));
    let bytes = |term: Words| _mm256_packus_epi16(level(y[0], term[0]), level(y[1], term[1]));
    [bytes(terms[0]), bytes(terms[1]), bytes(terms[2])]
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_rgba(r: __m256i, g: __m256i, b: __m256i, dst: &mut [u8]) {
    let opaque = _mm256_set1_epi8(-1);
    let (rg, ba) = (
        [_mm256_unpacklo_epi8(r, g), _mm256_unpackhi_epi8(r, g)],
        [_mm256_unpacklo_epi8(b, opaque), _mm256_unpackhi_epi8(b, opaque)],
    );
    for i in 0..2 {
        // Pixels 0 to 3 and 16 to 19, 4 to 7 and 20 to 23; 8 more for the second round.
        let (even, odd) = (_mm256_unpacklo_epi16(rg[i], ba[i]), _mm256_unpackhi_epi16(rg[i], ba[i]));
        store32(dst, 32 * i, _mm256_permute2x128_si256::<0x20>(even, odd));
        store32(dst, 32 * i + 64, _mm256_permute2x128_si256::<0x31>(even, odd));
    }
}

/// Shuffle masks that put colour `c` of 16 pixels at its places in 48 bytes; 0x80 leaves a zero.
const fn rgb_masks() -> [[[u8; 16]; 3]; 3] {
    let mut masks = [[[0x80u8; 16]; 3]; 3];
    let mut byte = 0;
    while byte < 48 {
        masks[byte / 16][byte % 3][byte % 16] = (byte / 3) as u8;
        byte += 1;
    }
    masks
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_rgb(r: __m256i, g: __m256i, b: __m256i, dst: &mut [u8]) {
    const MASKS: [[[u8; 16]; 3]; 3] = rgb_masks();
    let mut parts = [r; 3];
    for (i, all) in parts.iter_mut().enumerate() {
        let part = |c: __m256i, mask: &[u8; 16]| {
            _mm256_shuffle_epi8(c, _mm256_broadcastsi128_si256(load16(mask, 0)))
        };
        let [mr, mg, mb] = &MASKS[i];
        *all = _mm256_or_si256(_mm256_or_si256(part(r, mr), part(g, mg)), part(b, mb));
    }
    // Each part holds its 16 bytes of pixels 0 to 15 and of pixels 16 to 31.
    store32(dst, 0, _mm256_permute2x128_si256::<0x20>(parts[0], parts[1]));
    store32(dst, 32, _mm256_permute2x128_si256::<0x30>(parts[2], parts[0]));
    store32(dst, 64, _mm256_permute2x128_si256::<0x31>(parts[1], parts[2]));
}

/// Eight pixels a step. Loads of 3-byte pixels go 4 bytes past them and stores 8, which is why some are left.
#[target_feature(enable = "avx2")]
fn reorder_row<const N: usize>(row: PackedRow<'_>, order: &Order<N>, dst: &mut [u8]) -> usize {
    // Indices of 4 pixels; what comes after them in the mask is zeroed for outputs of 3 bytes.
    let mut mask = [0x80; 16];
    mask[..4 * N].copy_from_slice(&order.index[..4 * N]);
    let mask = _mm256_broadcastsi128_si256(load16(&mask, 0));
    let alpha = _mm256_set1_epi32(order.alpha as i32);
    let close = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
    let (src, size) = (row.bytes, row.size);
    let pixels = src.len() / size;
    // The last pixel that a step may begin at, by what it loads and by what it stores.
    let beyond = if size == 3 || N == 3 { 3 } else { 0 };
    let Some(last) = pixels.checked_sub(8 + beyond) else { return 0 };
    let done =
        if size == 4 { many::<N, 4>(src, mask, alpha, dst) } else { many::<N, 3>(src, mask, alpha, dst) };
    let mut at = done.min(last);
    loop {
        let pixels = if size == 4 {
            load32(src, 4 * at)
        } else {
            _mm256_set_m128i(load16(src, 3 * at + 12), load16(src, 3 * at))
        };
        let out = _mm256_or_si256(_mm256_shuffle_epi8(pixels, mask), alpha);
        store32(dst, N * at, if N == 3 { _mm256_permutevar8x32_epi32(out, close) } else { out });
        if at == last {
            return at + 8;
        }
        at = (at + 8).min(last);
    }
}

/// 32 pixels of `SIZE` bytes a step; `mask` moves 4 pixels to the front of 16 bytes.
#[target_feature(enable = "avx2")]
fn many<const N: usize, const SIZE: usize>(
    src: &[u8],
    mask: __m256i,
    alpha: __m256i,
    dst: &mut [u8],
) -> usize {
    // To 3 bytes: each turns the 6 words of 8 pixels to where they go in the 24 of all.
    let turns = [
        _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7),
        _mm256_setr_epi32(2, 4, 5, 6, 3, 7, 0, 1),
        _mm256_setr_epi32(5, 6, 3, 7, 0, 1, 2, 4),
        _mm256_setr_epi32(3, 7, 0, 1, 2, 4, 5, 6),
    ];
    let read = 32 * SIZE + if SIZE == 3 { 4 } else { 0 };
    let mut at = 0;
    while at * SIZE + read <= src.len() && (at + 32) * N <= dst.len() {
        let (src, dst) = (&src[at * SIZE..][..read], &mut dst[at * N..][..32 * N]);
        let mut part = [mask; 4];
        for (i, part) in part.iter_mut().enumerate() {
            let pixels = if SIZE == 4 {
                load32(src, 32 * i)
            } else {
                _mm256_set_m128i(load16(src, 24 * i + 12), load16(src, 24 * i))
            };
            let out = _mm256_or_si256(_mm256_shuffle_epi8(pixels, mask), alpha);
            *part = if N == 3 { _mm256_permutevar8x32_epi32(out, turns[i]) } else { out };
        }
        if N == 3 {
            store32(dst, 0, _mm256_blend_epi32::<0b1100_0000>(part[0], part[1]));
            store32(dst, 32, _mm256_blend_epi32::<0b1111_0000>(part[1], part[2]));
            store32(dst, 64, _mm256_blend_epi32::<0b1111_1100>(part[2], part[3]));
        } else {
            for (i, &part) in part.iter().enumerate() {
                store32(dst, 32 * i, part);
            }
        }
        at += 32;
    }
    at
}

/// 32 pixels a step.
#[target_feature(enable = "avx2")]
fn gray_row(row: PackedRow<'_>, dst: &mut [u8]) -> usize {
    let mut weights = [0u16; 4];
    for (at, weight) in row.offsets.into_iter().zip(scalar::GRAY_WEIGHTS) {
        weights[at] = weight;
    }
    let pair = |low: u16, high: u16| _mm256_set1_epi32((u32::from(high) << 16 | u32::from(low)) as i32);
    let (even, odd) = (pair(weights[0], weights[2]), pair(weights[1], weights[3]));
    // 4 pixels of 3 bytes to 4 of 4; the fourth byte has no weight.
    let spread =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let (src, size) = (row.bytes, row.size);
    // Loads of 3-byte pixels go 4 bytes past them.
    let Some(last) = (src.len() / size).checked_sub(32 + if size == 3 { 2 } else { 0 }) else { return 0 };
    let mut at = 0;
    loop {
        let mut sums = [_mm256_setzero_si256(); 4];
        for (i, sum) in sums.iter_mut().enumerate() {
            let from = (at + 8 * i) * size;
            let pixels = if size == 4 {
                load32(src, from)
            } else {
                _mm256_shuffle_epi8(_mm256_set_m128i(load16(src, from + 12), load16(src, from)), spread)
            };
            let low = _mm256_and_si256(pixels, _mm256_set1_epi16(0xFF));
            let high = _mm256_srli_epi16::<8>(pixels);
            let both = _mm256_add_epi32(_mm256_madd_epi16(low, even), _mm256_madd_epi16(high, odd));
            *sum = _mm256_srli_epi32::<15>(_mm256_add_epi32(both, _mm256_set1_epi32(1 << 14)));
        }
        let words = [_mm256_packs_epi32(sums[0], sums[1]), _mm256_packs_epi32(sums[2], sums[3])];
        let bytes = _mm256_packus_epi16(words[0], words[1]);
        store32(dst, at, _mm256_permutevar8x32_epi32(bytes, order));
        if at == last {
            return at + 32;
        }
        at = (at + 32).min(last);
    }
}
