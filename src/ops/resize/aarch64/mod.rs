//! The same sums with Advanced SIMD.

mod halve;

pub(super) use halve::halve;

use std::arch::aarch64::*;

use super::taps::Taps;
use crate::cpu::Neon;

/// Samples pixels from the left, and returns how many; see [`super::scalar::across`].
pub(super) fn across<const C: usize>(_: Neon, row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe {
        match C {
            1 => across1(row, taps, out),
            3 | 4 => across34::<C>(row, taps, out),
            _ => 0,
        }
    }
}

/// Blends sampled rows of as many values a pixel as it has bytes, from the left; returns how many bytes.
pub(super) fn down_same(_: Neon, rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { down_bytes(rows, weights, out) }
}

/// Blends sampled rows of four values a pixel into three bytes each, from the left, and returns how many pixels.
pub(super) fn down3(_: Neon, rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { down_pixels(rows, weights, out) }
}

/// Four pixels at a time: each takes 8 bytes of input, both neighbours with all their channels.
#[target_feature(enable = "neon")]
fn across34<const C: usize>(row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    // The last pixel that 8 bytes may be read from; three channels read two bytes too many.
    let Some(last) = row.len().checked_sub(8).map(|len| (len / C) as u32) else { return 0 };
    let groups = taps.first.as_chunks::<4>().0.iter().zip(taps.weights.as_chunks::<4>().0);
    let mut done = 0;
    for ((first, weights), out) in groups.zip(out.as_chunks_mut::<16>().0) {
        // SAFETY: four integers are 16 bytes; the load needs no alignment.
        let largest = vmaxvq_u32(unsafe { vld1q_u32(first.as_ptr().cast()) });
        if largest > last {
            break;
        }
        // SAFETY: four pairs of 16 bits are 16 bytes; the load needs no alignment.
        let weights = unsafe { vld1q_s16(weights.as_ptr().cast()) };
        let (low, high) = (vget_low_s16(weights), vget_high_s16(weights));
        let sample = |i: usize| {
            // SAFETY: `first[i] <= last`, so that 8 bytes from there on lie in the row.
            let bytes = unsafe { vld1_u8(row.as_ptr().add(first[i] as usize * C)) };
            let words = vreinterpretq_s16_u16(vmovl_u8(bytes));
            let next = if C == 4 { words } else { vextq_s16::<3>(words, words) };
            (vget_low_s16(words), if C == 4 { vget_high_s16(next) } else { vget_low_s16(next) })
        };
        let ((a, a1), (b, b1), (c, c1), (d, d1)) = (sample(0), sample(1), sample(2), sample(3));
        let a = vmlal_lane_s16::<1>(vmull_lane_s16::<0>(a, low), a1, low);
        let b = vmlal_lane_s16::<3>(vmull_lane_s16::<2>(b, low), b1, low);
        let c = vmlal_lane_s16::<1>(vmull_lane_s16::<0>(c, high), c1, high);
        let d = vmlal_lane_s16::<3>(vmull_lane_s16::<2>(d, high), d1, high);
        // SAFETY: `out` is 16 values; the stores need no alignment.
        unsafe {
            vst1q_s16(out.as_mut_ptr(), narrow(a, b));
            vst1q_s16(out.as_mut_ptr().add(8), narrow(c, d));
        }
        done += 4;
    }
    done
}

/// Sums less their lowest 4 bits: 255 · 2048 / 16 fits 16 bits.
#[inline]
#[target_feature(enable = "neon")]
fn narrow(a: int32x4_t, b: int32x4_t) -> int16x8_t {
    vshrn_high_n_s32::<4>(vshrn_n_s32::<4>(a), b)
}

/// Eight pixels of one byte at a time.
#[target_feature(enable = "neon")]
fn across1(row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    // The last pixel that has one after it.
    let Some(last) = row.len().checked_sub(2).map(|last| last as u32) else { return 0 };
    let groups = taps.first.as_chunks::<8>().0.iter().zip(taps.weights.as_chunks::<8>().0);
    let mut done = 0;
    for ((first, weights), out) in groups.zip(out.as_chunks_mut::<8>().0) {
        // SAFETY: eight integers are 32 bytes; the load needs no alignment.
        let places = unsafe { vld1q_u32_x2(first.as_ptr().cast()) };
        if vmaxvq_u32(vmaxq_u32(places.0, places.1)) > last {
            break;
        }
        // SAFETY: each of `first` is at most `last`, so that the pixel and the next one lie in the row.
        let pair = |i: usize| unsafe { row.as_ptr().add(first[i] as usize).cast::<u16>().read_unaligned() };
        let pairs = [pair(0), pair(1), pair(2), pair(3), pair(4), pair(5), pair(6), pair(7)];
        // SAFETY: eight words are 16 bytes, eight pairs of two bytes each are 32; the loads need no alignment.
        let (pairs, weights) = unsafe { (vld1q_u16(pairs.as_ptr()), vld2q_s16(weights.as_ptr().cast())) };
        // The lower byte is the one that comes first.
        let p = vreinterpretq_s16_u16(vandq_u16(pairs, vdupq_n_u16(255)));
        let q = vreinterpretq_s16_u16(vshrq_n_u16::<8>(pairs));
        let low = vmull_s16(vget_low_s16(p), vget_low_s16(weights.0));
        let low = vmlal_s16(low, vget_low_s16(q), vget_low_s16(weights.1));
        let high = vmlal_high_s16(vmull_high_s16(p, weights.0), q, weights.1);
        // SAFETY: `out` is 8 values of two bytes; the store needs no alignment.
        unsafe { vst1q_s16(out.as_mut_ptr(), narrow(low, high)) };
        done += 8;
    }
    done
}

/// Eight values between those of two sampled rows. `(a·w) >> 16` is half of `(2·a·w) >> 16`, the remainder dropped twice.
#[inline]
#[target_feature(enable = "neon")]
fn between(upper: int16x8_t, lower: int16x8_t, weights: [i16; 2]) -> uint8x8_t {
    let sum = vshrq_n_s16::<1>(vqdmulhq_n_s16(upper, weights[0]));
    let sum = vsraq_n_s16::<1>(sum, vqdmulhq_n_s16(lower, weights[1]));
    vqrshrun_n_s16::<2>(sum)
}

/// 16 blended values.
#[inline]
#[target_feature(enable = "neon")]
pub(crate) fn blend(upper: &[i16; 16], lower: &[i16; 16], weights: [i16; 2]) -> uint8x16_t {
    // SAFETY: both are 32 bytes; the loads need no alignment.
    let (upper, lower) = unsafe { (vld1q_s16_x2(upper.as_ptr()), vld1q_s16_x2(lower.as_ptr())) };
    vcombine_u8(between(upper.0, lower.0, weights), between(upper.1, lower.1, weights))
}

#[target_feature(enable = "neon")]
fn down_bytes(rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    let groups = rows[0].as_chunks::<16>().0.iter().zip(rows[1].as_chunks::<16>().0);
    let mut done = 0;
    for ((upper, lower), out) in groups.zip(out.as_chunks_mut::<16>().0) {
        // SAFETY: `out` is 16 bytes; the store needs no alignment.
        unsafe { vst1q_u8(out.as_mut_ptr(), blend(upper, lower, weights)) };
        done += 16;
    }
    done
}

/// The bytes that are kept of 8 pixels of four, a pixel's first three.
const THREE_OF_FOUR: [u8; 24] =
    [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30];

#[target_feature(enable = "neon")]
fn down_pixels(rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    // SAFETY: 24 bytes of the array.
    let (first, second) =
        unsafe { (vld1q_u8(THREE_OF_FOUR.as_ptr()), vld1_u8(THREE_OF_FOUR[16..].as_ptr())) };
    let groups = rows[0].as_chunks::<32>().0.iter().zip(rows[1].as_chunks::<32>().0);
    let mut done = 0;
    for ((upper, lower), out) in groups.zip(out.as_chunks_mut::<24>().0) {
        let (upper, lower) = (upper.as_chunks().0, lower.as_chunks().0);
        let bytes = uint8x16x2_t(blend(&upper[0], &lower[0], weights), blend(&upper[1], &lower[1], weights));
        // SAFETY: bytes 0 to 15 and 16 to 23 of the 24 of `out`; the stores need no alignment.
        unsafe {
            vst1q_u8(out.as_mut_ptr(), vqtbl2q_u8(bytes, first));
            vst1_u8(out.as_mut_ptr().add(16), vqtbl2_u8(bytes, second));
        }
        done += 8;
    }
    done
}
