use std::arch::aarch64::*;

use crate::cpu::Neon;
use crate::ops::rows::aarch64::gray;

use super::super::rows::{Order, PackedRow};
use super::super::scalar;

impl Neon {
    pub(in super::super) fn reorder_row<const N: usize>(
        self,
        row: PackedRow<'_>,
        order: &Order<N>,
        dst: &mut [u8],
    ) -> usize {
        // SAFETY: the token exists only where Advanced SIMD is.
        unsafe {
            match (row.size, N) {
                (4, 4) => shuffle(row.bytes, &order.index, order.alpha, dst),
                (4, _) => pack(row.bytes, &order.index, dst),
                _ if order.taps[0] == Some(0) => planes::<N, false>(row.bytes, dst),
                _ => planes::<N, true>(row.bytes, dst),
            }
        }
    }

    /// To planes that are a third of `dst` each.
    pub(in super::super) fn split_row(self, row: PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where Advanced SIMD is.
        unsafe {
            match (row.size, row.offsets) {
                (3, [0, ..]) => split::<3, 0, false>(row.bytes, dst),
                (3, _) => split::<3, 0, true>(row.bytes, dst),
                (_, [0, ..]) => split::<4, 0, false>(row.bytes, dst),
                (_, [1, ..]) => split::<4, 1, false>(row.bytes, dst),
                (_, [2, ..]) => split::<4, 0, true>(row.bytes, dst),
                _ => split::<4, 1, true>(row.bytes, dst),
            }
        }
    }

    pub(in super::super) fn gray_row(self, row: PackedRow<'_>, dst: &mut [u8]) -> usize {
        let mut weights = [0; 4];
        for (at, weight) in row.offsets.into_iter().zip(scalar::GRAY_WEIGHTS) {
            weights[at] = i32::from(weight);
        }
        gray(self, row.bytes, row.size, &weights, dst)
    }

    pub(in super::super) fn spread_row<const N: usize>(self, row: &[u8], dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where Advanced SIMD is.
        unsafe { spread::<N>(row, dst) }
    }
}

/// Pixels of 4 bytes to others of 4, 16 a step; `index` moves four of them, and leaves 0 where `alpha` is added.
#[target_feature(enable = "neon")]
fn shuffle(src: &[u8], index: &[u8; 64], alpha: u32, dst: &mut [u8]) -> usize {
    // SAFETY: 16 bytes of the array.
    let index = unsafe { vld1q_u8(index.as_ptr()) };
    let alpha = vreinterpretq_u8_u32(vdupq_n_u32(alpha));
    let mut done = 0;
    for (src, dst) in src.chunks_exact(64).zip(dst.chunks_exact_mut(64)) {
        // SAFETY: the chunk is 64 bytes long; the load needs no alignment.
        let v = unsafe { vld1q_u8_x4(src.as_ptr()) };
        let turned = |v: uint8x16_t| vorrq_u8(vqtbl1q_u8(v, index), alpha);
        let out = uint8x16x4_t(turned(v.0), turned(v.1), turned(v.2), turned(v.3));
        // SAFETY: the chunk is 64 bytes long; the store needs no alignment.
        unsafe { vst1q_u8_x4(dst.as_mut_ptr(), out) };
        done += 16;
    }
    done
}

/// Pixels of 4 bytes to others of 3, 16 a step: each 16 bytes come from the 32 that begin 16 bytes later each time.
/// `index` says from which of the 64 bytes of a step.
#[target_feature(enable = "neon")]
fn pack(src: &[u8], index: &[u8; 64], dst: &mut [u8]) -> usize {
    // SAFETY: 48 bytes of the array.
    let index = unsafe { vld1q_u8_x3(index.as_ptr()) };
    let (second, third) = (vsubq_u8(index.1, vdupq_n_u8(16)), vsubq_u8(index.2, vdupq_n_u8(32)));
    let mut done = 0;
    for (src, dst) in src.chunks_exact(64).zip(dst.chunks_exact_mut(48)) {
        // SAFETY: the chunk is 64 bytes long; the load needs no alignment.
        let v = unsafe { vld1q_u8_x4(src.as_ptr()) };
        let out = uint8x16x3_t(
            vqtbl2q_u8(uint8x16x2_t(v.0, v.1), index.0),
            vqtbl2q_u8(uint8x16x2_t(v.1, v.2), second),
            vqtbl2q_u8(uint8x16x2_t(v.2, v.3), third),
        );
        // SAFETY: the chunk is 48 bytes long; the store needs no alignment.
        unsafe { vst1q_u8_x3(dst.as_mut_ptr(), out) };
        done += 16;
    }
    done
}

/// Pixels of 3 bytes to others, 16 a step, taken apart by colour and put together again, `BACK` to front where asked. A
/// fourth byte becomes 255.
#[target_feature(enable = "neon")]
fn planes<const N: usize, const BACK: bool>(src: &[u8], dst: &mut [u8]) -> usize {
    let mut done = 0;
    for (src, dst) in src.chunks_exact(48).zip(dst.chunks_exact_mut(16 * N)) {
        // SAFETY: the chunk is 48 bytes long; the load needs no alignment.
        let v = unsafe { vld3q_u8(src.as_ptr()) };
        let colors = if BACK { [v.2, v.1, v.0] } else { [v.0, v.1, v.2] };
        // SAFETY: the chunk is 16 pixels of `N` bytes.
        unsafe { store::<N>(colors, dst) };
        done += 16;
    }
    done
}

/// 16 pixels of three colours, and 255 where `N` is 4.
///
/// # Safety
/// `dst` is at least 16 pixels of `N` bytes.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store<const N: usize>([a, b, c]: [uint8x16_t; 3], dst: &mut [u8]) {
    // SAFETY: `dst` is long enough, by the caller's word.
    unsafe {
        if N == 4 {
            vst4q_u8(dst.as_mut_ptr(), uint8x16x4_t(a, b, c, vdupq_n_u8(255)));
        } else {
            vst3q_u8(dst.as_mut_ptr(), uint8x16x3_t(a, b, c));
        }
    }
}

/// Each byte three times, 16 a step.
#[target_feature(enable = "neon")]
fn spread<const N: usize>(src: &[u8], dst: &mut [u8]) -> usize {
    let mut done = 0;
    for (src, dst) in src.chunks_exact(16).zip(dst.chunks_exact_mut(16 * N)) {
        // SAFETY: the chunks are 16 bytes and 16 pixels of `N` bytes long; nothing needs alignment.
        unsafe {
            let v = vld1q_u8(src.as_ptr());
            store::<N>([v, v, v], dst);
        }
        done += 16;
    }
    done
}

/// Pixels of `SIZE` bytes to planes, 16 a step: three bytes of each from `FIRST` on, `BACK` to front where asked.
#[target_feature(enable = "neon")]
fn split<const SIZE: usize, const FIRST: usize, const BACK: bool>(src: &[u8], dst: &mut [u8]) -> usize {
    let plane = dst.len() / 3;
    let mut done = 0;
    for src in src.chunks_exact(16 * SIZE) {
        // SAFETY: the chunk is 16 pixels of as many bytes as are loaded; no load needs alignment.
        let colors = unsafe {
            if SIZE == 3 {
                let v = vld3q_u8(src.as_ptr());
                [v.0, v.1, v.2]
            } else {
                let v = vld1q_u8_x4(src.as_ptr());
                // Bytes 0 and 2 of each pixel, bytes 1 and 3; then each of these taken apart.
                let even = (vuzp1q_u8(v.0, v.1), vuzp1q_u8(v.2, v.3));
                let odd = (vuzp2q_u8(v.0, v.1), vuzp2q_u8(v.2, v.3));
                let (second, third) = (vuzp1q_u8(odd.0, odd.1), vuzp2q_u8(even.0, even.1));
                if FIRST == 0 {
                    [vuzp1q_u8(even.0, even.1), second, third]
                } else {
                    [second, third, vuzp2q_u8(odd.0, odd.1)]
                }
            }
        };
        for (c, color) in colors.into_iter().enumerate() {
            let to = if BACK { 2 - c } else { c };
            let out = &mut dst[to * plane + done..][..16];
            // SAFETY: the slice is 16 bytes long.
            unsafe { vst1q_u8(out.as_mut_ptr(), color) };
        }
        done += 16;
    }
    done
}
