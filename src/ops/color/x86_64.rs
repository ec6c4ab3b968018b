use std::arch::x86_64::*;

use crate::cpu::Avx2;

use super::fixed::{BITS, YuvToRgb};
use super::scalar::ChromaRow;

impl Avx2 {
    /// Converts pixels from the left, a multiple of 16 of them, and returns how many.
    pub(super) fn yuv_row<const N: usize>(
        self,
        luma: &[u8],
        chroma: ChromaRow<'_>,
        yuv: &YuvToRgb,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: the token exists only where AVX2 was detected.
        unsafe { yuv_row::<N>(luma, chroma, yuv, dst) }
    }
}

/// The low 8 bytes of `bytes[at..at + 8]`.
#[target_feature(enable = "avx2")]
fn load8(bytes: &[u8], at: usize) -> __m128i {
    let eight: [u8; 8] = bytes[at..at + 8].try_into().expect("the range is 8 long");
    _mm_cvtsi64_si128(i64::from_le_bytes(eight))
}

#[target_feature(enable = "avx2")]
fn load16(bytes: &[u8], at: usize) -> __m128i {
    let bytes = &bytes[at..at + 16];
    // SAFETY: the slice is 16 bytes long; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
fn store16(bytes: &mut [u8], at: usize, value: __m128i) {
    let bytes = &mut bytes[at..at + 16];
    // SAFETY: the slice is 16 bytes long; the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), value) }
}

/// U and V of 8 samples, each twice (once per pixel), as 16 signed words less 128.
#[target_feature(enable = "avx2")]
fn load_chroma(chroma: ChromaRow<'_>, sample: usize) -> (__m256i, __m256i) {
    let (u, v) = if chroma.step == 1 {
        (load8(chroma.u, sample), load8(chroma.v, sample))
    } else {
        // Both slices start inside one row of pairs, one byte apart; the later one ends with the row.
        let u_first = chroma.u.len() > chroma.v.len();
        let pairs = load16(if u_first { chroma.u } else { chroma.v }, 2 * sample);
        let even =
            _mm_shuffle_epi8(pairs, _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1));
        let odd =
            _mm_shuffle_epi8(pairs, _mm_setr_epi8(1, 3, 5, 7, 9, 11, 13, 15, -1, -1, -1, -1, -1, -1, -1, -1));
        if u_first { (even, odd) } else { (odd, even) }
    };
    let wide = |c: __m128i| {
        let twice = _mm_unpacklo_epi8(c, c);
        _mm256_sub_epi16(_mm256_cvtepu8_epi16(twice), _mm256_set1_epi16(128))
    };
    (wide(u), wide(v))
}

/// `a·ka + b·kb` in 32 bits: words 0 to 3 and 8 to 11, then 4 to 7 and 12 to 15.
#[target_feature(enable = "avx2")]
fn mul2(a: __m256i, ka: i16, b: __m256i, kb: i16) -> (__m256i, __m256i) {
    let k = _mm256_set1_epi32((i32::from(kb) << 16) | i32::from(ka as u16));
    (_mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), k), _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), k))
}

/// 16 bytes in order from the two halves of [`mul2`], shifted down and clamped.
#[target_feature(enable = "avx2")]
fn pack(low: __m256i, high: __m256i) -> __m128i {
    const SHIFT: i32 = BITS as i32;
    let words = _mm256_packs_epi32(_mm256_srai_epi32::<SHIFT>(low), _mm256_srai_epi32::<SHIFT>(high));
    _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words))
}

#[target_feature(enable = "avx2")]
fn yuv_row<const N: usize>(luma: &[u8], chroma: ChromaRow<'_>, yuv: &YuvToRgb, dst: &mut [u8]) -> usize {
    const HALF: i16 = 1 << (BITS - 1);
    let one = _mm256_set1_epi16(1);
    let offset = _mm256_set1_epi16(yuv.offset);
    let blocks = luma.len() / 16;
    for block in 0..blocks {
        let y = _mm256_sub_epi16(_mm256_cvtepu8_epi16(load16(luma, 16 * block)), offset);
        let (u, v) = load_chroma(chroma, 8 * block);
        let base = mul2(y, yuv.y, one, HALF);
        let red = mul2(v, yuv.rv, one, 0);
        let green = mul2(u, yuv.gu, v, yuv.gv);
        let blue = mul2(u, yuv.bu, one, 0);
        let sum = |c: (__m256i, __m256i)| pack(_mm256_add_epi32(base.0, c.0), _mm256_add_epi32(base.1, c.1));
        let out = &mut dst[16 * N * block..16 * N * (block + 1)];
        if N == 4 {
            store_rgba(sum(red), sum(green), sum(blue), out)
        } else {
            store_rgb(sum(red), sum(green), sum(blue), out)
        }
    }
    16 * blocks
}

#[target_feature(enable = "avx2")]
fn store_rgba(r: __m128i, g: __m128i, b: __m128i, dst: &mut [u8]) {
    let (rg, ba) = ((_mm_unpacklo_epi8(r, g), _mm_unpackhi_epi8(r, g)), {
        let opaque = _mm_set1_epi8(-1);
        (_mm_unpacklo_epi8(b, opaque), _mm_unpackhi_epi8(b, opaque))
    });
    store16(dst, 0, _mm_unpacklo_epi16(rg.0, ba.0));
    store16(dst, 16, _mm_unpackhi_epi16(rg.0, ba.0));
    store16(dst, 32, _mm_unpacklo_epi16(rg.1, ba.1));
    store16(dst, 48, _mm_unpackhi_epi16(rg.1, ba.1));
}

/// Shuffle masks that put channel `c` of 16 pixels at its places in 48 bytes; -1 leaves a zero.
const fn rgb_masks() -> [[[u8; 16]; 3]; 3] {
    let mut masks = [[[0x80u8; 16]; 3]; 3];
    let mut byte = 0;
    while byte < 48 {
        masks[byte / 16][byte % 3][byte % 16] = (byte / 3) as u8;
        byte += 1;
    }
    masks
}

#[target_feature(enable = "avx2")]
fn store_rgb(r: __m128i, g: __m128i, b: __m128i, dst: &mut [u8]) {
    const MASKS: [[[u8; 16]; 3]; 3] = rgb_masks();
    for (i, masks) in MASKS.iter().enumerate() {
        let part = |c: __m128i, mask: &[u8; 16]| _mm_shuffle_epi8(c, load16(mask, 0));
        let all = _mm_or_si128(_mm_or_si128(part(r, &masks[0]), part(g, &masks[1])), part(b, &masks[2]));
        store16(dst, 16 * i, all);
    }
}
