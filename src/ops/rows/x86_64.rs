use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};

use super::gray::HALF;

/// The weights as 256·high + low, both signed bytes, as the words that multiply-add takes.
fn halves(weights: &[i32; 4]) -> (i32, i32) {
    let low = weights.map(|w| w as i8);
    let high = weights.map(|w| ((w - i32::from(w as i8)) >> 8) as i8);
    (i32::from_le_bytes(low.map(|b| b as u8)), i32::from_le_bytes(high.map(|b| b as u8)))
}

/// Grey of pixels of 4 bytes, a multiple of 32 of them; returns how many. The sum of all weights is 2^15. What is
/// `ahead` bytes further on is asked for from memory.
#[inline]
pub(super) fn gray_avx2(_: Avx2, row: &[u8], ahead: usize, weights: &[i32; 4], out: &mut [u8]) -> usize {
    #[target_feature(enable = "avx2")]
    fn run(row: &[u8], ahead: usize, weights: &[i32; 4], out: &mut [u8]) {
        let (low, high) = halves(weights);
        let (low, high) = (_mm256_set1_epi32(low), _mm256_set1_epi32(high));
        // Sums of two products of a byte and a weight's half: |255 · (75 + 38)| < 2^15.
        let (one, many) = (_mm256_set1_epi16(1), _mm256_set1_epi16(256));
        let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
        for (pixels, out) in row.chunks_exact(128).zip(out.chunks_exact_mut(32)) {
            for at in [0, 64] {
                _mm_prefetch::<_MM_HINT_T0>(pixels.as_ptr().wrapping_add(at + ahead).cast());
            }
            let [a, b, c, d] = [0, 32, 64, 96].map(|at| {
                // SAFETY: the chunk is 128 bytes long.
                let v = unsafe { _mm256_loadu_si256(pixels.as_ptr().add(at).cast()) };
                let small = _mm256_madd_epi16(_mm256_maddubs_epi16(v, low), one);
                let large = _mm256_madd_epi16(_mm256_maddubs_epi16(v, high), many);
                let sum = _mm256_add_epi32(_mm256_add_epi32(small, large), _mm256_set1_epi32(HALF));
                _mm256_srli_epi32::<15>(sum)
            });
            let bytes = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
            // SAFETY: the chunk is 32 bytes long.
            unsafe {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm256_permutevar8x32_epi32(bytes, order));
            }
        }
    }
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { run(row, ahead, weights, out) }
    out.len() / 32 * 32
}

/// As [`gray_avx2`], a multiple of 64 pixels.
#[inline]
pub(super) fn gray_avx512(_: Avx512, row: &[u8], ahead: usize, weights: &[i32; 4], out: &mut [u8]) -> usize {
    #[target_feature(enable = "avx512f,avx512bw")]
    fn run(row: &[u8], ahead: usize, weights: &[i32; 4], out: &mut [u8]) {
        let (low, high) = halves(weights);
        let (low, high) = (_mm512_set1_epi32(low), _mm512_set1_epi32(high));
        let (one, many) = (_mm512_set1_epi16(1), _mm512_set1_epi16(256));
        let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        for (pixels, out) in row.chunks_exact(256).zip(out.chunks_exact_mut(64)) {
            for at in [0, 64, 128, 192] {
                _mm_prefetch::<_MM_HINT_T0>(pixels.as_ptr().wrapping_add(at + ahead).cast());
            }
            let [a, b, c, d] = [0, 64, 128, 192].map(|at| {
                // SAFETY: the chunk is 256 bytes long.
                let v = unsafe { _mm512_loadu_si512(pixels.as_ptr().add(at).cast()) };
                let small = _mm512_madd_epi16(_mm512_maddubs_epi16(v, low), one);
                let large = _mm512_madd_epi16(_mm512_maddubs_epi16(v, high), many);
                let sum = _mm512_add_epi32(_mm512_add_epi32(small, large), _mm512_set1_epi32(HALF));
                _mm512_srli_epi32::<15>(sum)
            });
            let bytes = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
            // SAFETY: the chunk is 64 bytes long.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_permutexvar_epi32(order, bytes)) };
        }
    }
    // SAFETY: the token exists only where AVX-512 F and BW were detected.
    unsafe { run(row, ahead, weights, out) }
    out.len() / 64 * 64
}
