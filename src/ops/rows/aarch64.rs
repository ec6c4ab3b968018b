use std::arch::aarch64::*;

use crate::cpu::Neon;

/// Grey of pixels of `size` bytes, 3 or 4: a multiple of 16 of them, whose number is returned. The weights are below 2^16
/// and sum to 2^15.
#[inline]
pub(crate) fn gray(_: Neon, row: &[u8], size: usize, weights: &[i32; 4], out: &mut [u8]) -> usize {
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { if size == 3 { gray_steps::<3>(row, weights, out) } else { gray_steps::<4>(row, weights, out) } }
}

/// With a weight as `256·h + l`, both sums of products of bytes fit 16 bits: `l` of all weights sum to a multiple of 256,
/// which is 256 for the three of BT.601, and 255 times that is below 2^16. `(256·H + L + 2^14) >> 15` is
/// `(H + (L >> 8) + 2^6) >> 7`, because 2^14 has no bit below 2^8.
///
/// A fourth byte is weighed too, by 0: loads that take pixels apart are one instruction only when all parts are used.
#[target_feature(enable = "neon")]
fn gray_steps<const SIZE: usize>(row: &[u8], weights: &[i32; 4], out: &mut [u8]) -> usize {
    debug_assert_eq!(weights.iter().map(|w| w & 255).sum::<i32>(), 256);
    let high = weights.map(|w| vdup_n_u8((w >> 8) as u8));
    let low = weights.map(|w| vdup_n_u8(w as u8));
    let mut done = 0;
    for (pixels, out) in row.chunks_exact(16 * SIZE).zip(out.chunks_exact_mut(16)) {
        // SAFETY: the chunk is 16 pixels of as many bytes as are loaded; no load needs alignment.
        let colors = unsafe {
            if SIZE == 3 {
                let v = vld3q_u8(pixels.as_ptr());
                [v.0, v.1, v.2, v.2]
            } else {
                let v = vld4q_u8(pixels.as_ptr());
                [v.0, v.1, v.2, v.3]
            }
        };
        let mut halves = [vdup_n_u8(0); 2];
        for (i, half) in halves.iter_mut().enumerate() {
            let (mut h, mut l) = (vdupq_n_u16(0), vdupq_n_u16(0));
            for c in 0..SIZE {
                let color = if i == 0 { vget_low_u8(colors[c]) } else { vget_high_u8(colors[c]) };
                (h, l) = (vmlal_u8(h, color, high[c]), vmlal_u8(l, color, low[c]));
            }
            *half = vrshrn_n_u16::<7>(vsraq_n_u16::<8>(h, l));
        }
        // SAFETY: the chunk is 16 bytes long.
        unsafe { vst1q_u8(out.as_mut_ptr(), vcombine_u8(halves[0], halves[1])) };
        done += 16;
    }
    done
}
