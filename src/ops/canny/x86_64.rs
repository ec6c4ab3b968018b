use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};

/// As [`gather`](super::bits::gather).
#[inline]
pub(super) fn gather_avx2(_: Avx2, marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
    #[target_feature(enable = "avx2")]
    fn run(marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
        for (marks, (maybe, edges)) in marks.chunks_exact(64).zip(maybe.iter_mut().zip(edges)) {
            // SAFETY: the chunk is 64 bytes long.
            let [low, high] = [0, 32].map(|at| unsafe { _mm256_loadu_si256(marks.as_ptr().add(at).cast()) });
            let word = |low, high| {
                u64::from(_mm256_movemask_epi8(low) as u32)
                    | u64::from(_mm256_movemask_epi8(high) as u32) << 32
            };
            *maybe = word(low, high);
            // The bit below the sign becomes the sign.
            *edges = word(_mm256_add_epi8(low, low), _mm256_add_epi8(high, high));
        }
    }
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { run(marks, maybe, edges) }
}

/// As [`gather`](super::bits::gather).
#[inline]
pub(super) fn gather_avx512(_: Avx512, marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
    #[target_feature(enable = "avx512f,avx512bw")]
    fn run(marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
        for (marks, (maybe, edges)) in marks.chunks_exact(64).zip(maybe.iter_mut().zip(edges)) {
            // SAFETY: the chunk is 64 bytes long.
            let v = unsafe { _mm512_loadu_si512(marks.as_ptr().cast()) };
            *maybe = _mm512_movepi8_mask(v);
            *edges = _mm512_movepi8_mask(_mm512_add_epi8(v, v));
        }
    }
    // SAFETY: the token exists only where AVX-512 F and BW were detected.
    unsafe { run(marks, maybe, edges) }
}

/// 64 bytes of `out` from each word of `bits`.
#[inline]
pub(super) fn spread_avx512(_: Avx512, bits: &[u64], out: &mut [u8]) {
    #[target_feature(enable = "avx512f,avx512bw")]
    fn run(bits: &[u64], out: &mut [u8]) {
        for (&word, out) in bits.iter().zip(out.chunks_exact_mut(64)) {
            // SAFETY: the chunk is 64 bytes long.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_movm_epi8(word)) };
        }
    }
    // SAFETY: the token exists only where AVX-512 F and BW were detected.
    unsafe { run(bits, out) }
}
