use std::arch::aarch64::*;

use crate::cpu::Neon;

/// The bit of a byte that each of 16 bytes stands for.
const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// As [`gather`](super::bits::gather).
#[inline]
pub(super) fn gather(_: Neon, marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
    #[target_feature(enable = "neon")]
    fn run(marks: &[u8], maybe: &mut [u64], edges: &mut [u64]) {
        // SAFETY: the array is 16 bytes long.
        let bits = unsafe { vld1q_u8(BITS.as_ptr()) };
        for (marks, (maybe, edges)) in marks.chunks_exact(64).zip(maybe.iter_mut().zip(edges)) {
            // SAFETY: the chunk is 64 bytes long.
            let marks = unsafe { vld1q_u8_x4(marks.as_ptr()) };
            let marks = [marks.0, marks.1, marks.2, marks.3].map(|v| vreinterpretq_s8_u8(v));
            *maybe = signs(marks, bits);
            // The bit below the sign becomes the sign.
            *edges = signs(marks.map(|v| vshlq_n_s8::<1>(v)), bits);
        }
    }
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { run(marks, maybe, edges) }
}

/// The signs of 64 bytes as a word: each is worth its bit, and pairs are added until one byte has eight of them.
#[inline]
#[target_feature(enable = "neon")]
fn signs(v: [int8x16_t; 4], bits: uint8x16_t) -> u64 {
    let [a, b, c, d] = v.map(|v| vandq_u8(vcltzq_s8(v), bits));
    let sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)))
}

/// 64 bytes of `out` from each word of `bits`.
#[inline]
pub(super) fn spread(_: Neon, words: &[u64], out: &mut [u8]) {
    #[target_feature(enable = "neon")]
    fn run(words: &[u64], out: &mut [u8]) {
        // SAFETY: the array is 16 bytes long.
        let bits = unsafe { vld1q_u8(BITS.as_ptr()) };
        for (&word, out) in words.iter().zip(out.chunks_exact_mut(64)) {
            let word = vreinterpretq_u8_u64(vdupq_n_u64(word));
            // Each byte of the word eight times.
            let pairs = vzip1q_u8(word, word);
            let quads = vreinterpretq_u16_u8(pairs);
            let (low, high) = (
                vreinterpretq_u32_u16(vzip1q_u16(quads, quads)),
                vreinterpretq_u32_u16(vzip2q_u16(quads, quads)),
            );
            let parts =
                [vzip1q_u32(low, low), vzip2q_u32(low, low), vzip1q_u32(high, high), vzip2q_u32(high, high)];
            for (out, part) in out.chunks_exact_mut(16).zip(parts) {
                // SAFETY: the chunk is 16 bytes long.
                unsafe { vst1q_u8(out.as_mut_ptr(), vtstq_u8(vreinterpretq_u8_u32(part), bits)) };
            }
        }
    }
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { run(words, out) }
}
