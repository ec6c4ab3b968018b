//! Sums of shares of pixels.

use std::arch::aarch64::*;

use super::super::area::Share;
use crate::cpu::Neon;

/// As [`add_shares`](super::super::area::add_shares), of pixels of 3 or 4 bytes; false for others, where nothing is done.
pub(in super::super) fn add_shares<const C: usize>(
    _: Neon,
    pixels: &[[u8; C]],
    columns: &[Share],
    share: (f32, bool),
    sums: &mut [[f32; C]],
) -> bool {
    if C < 3 {
        return false;
    }
    // SAFETY: the token exists only where Advanced SIMD is.
    unsafe { run(pixels, columns, share, sums) }
    true
}

/// A product and a sum, each rounded, as the plain code has it.
#[inline]
#[target_feature(enable = "neon")]
fn plus(sum: float32x4_t, values: float32x4_t, part: f32) -> float32x4_t {
    vaddq_f32(sum, vmulq_n_f32(values, part))
}

#[target_feature(enable = "neon")]
fn run<const C: usize>(
    pixels: &[[u8; C]],
    columns: &[Share],
    (part, begin): (f32, bool),
    sums: &mut [[f32; C]],
) {
    let mut columns = columns.iter().peekable();
    for (to, out) in sums.iter_mut().enumerate() {
        let mut sum = vdupq_n_f32(0.0);
        while let Some(column) = columns.next_if(|column| column.to == to) {
            let pixel = pixels[column.from];
            let word =
                u32::from_le_bytes([pixel[0], pixel[1], pixel[2], if C == 4 { pixel[C - 1] } else { 0 }]);
            let words = vmovl_u8(vcreate_u8(u64::from(word)));
            sum = plus(sum, vcvtq_f32_u32(vmovl_u16(vget_low_u16(words))), column.part);
        }
        let mut held = [0.0; 4];
        held[..C].copy_from_slice(out);
        // SAFETY: the array has four values.
        unsafe {
            let held_sum = vld1q_f32(held.as_ptr());
            let sum = if begin { vmulq_n_f32(sum, part) } else { plus(held_sum, sum, part) };
            vst1q_f32(held.as_mut_ptr(), sum);
        }
        out.copy_from_slice(&held[..C]);
    }
}
