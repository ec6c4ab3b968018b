//! Both passes with Advanced SIMD, in the scalar code's integers.
//!
//! Weights sum to 256 and are symmetric, so pixels as far from the centre on both sides are added before they are
//! weighed: half the products. A row filtered across is at most 255 · 256, which fits 16 bits.

use std::arch::aarch64::*;
use std::ops::Range;

use super::Plan;
use crate::cpu::Neon;
use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::pad_row;

/// Bytes of the rows that are filtered across and wait: they stay in the second-level cache.
const RING: usize = 128 * 1024;
/// Values that one step takes.
const STEP: usize = 32;

/// Rows `rows` of `window` into `dst`, which holds them alone, in tiles of columns.
pub(super) fn strip(
    token: Neon,
    plan: &Plan,
    src: View<'_>,
    window: Rect,
    rows: Range<u32>,
    mut dst: ViewMut<'_>,
) {
    let channels = src.channels();
    // Tiles of the same width, as few as there may be.
    let most = (RING / (2 * plan.ky.len()) / channels).max(128) as u32;
    let step = window.width.div_ceil(window.width.div_ceil(most));
    let top = i64::from(window.y + rows.start);
    for left in (0..window.width).step_by(step as usize) {
        let first = i64::from(window.x + left);
        let columns = first..first + i64::from(step.min(window.width - left));
        Tile { token, plan, src, columns }.run(top, left as usize * channels, &mut dst);
    }
}

struct Tile<'a> {
    token: Neon,
    plan: &'a Plan,
    src: View<'a>,
    /// Columns of output.
    columns: Range<i64>,
}

impl Tile<'_> {
    /// Filters the rows of `dst`, from row `top` of the source on, into their bytes from `at` on.
    fn run(&self, top: i64, at: usize, dst: &mut ViewMut<'_>) {
        let Plan { kx, ky, border, .. } = self.plan;
        let channels = self.src.channels();
        let (rx, ry) = (kx.len() as i64 / 2, ky.len() as i64 / 2);
        let bytes = (self.columns.end - self.columns.start) as usize * channels;
        let width = bytes.next_multiple_of(STEP);
        let seen = self.columns.start - rx..self.columns.end + rx;
        // Zeros beyond the last pixel, for whole steps.
        let mut padded = vec![0; width + (kx.len() - 1) * channels];
        let mut ring = vec![0_u16; width * ky.len()];
        let slot = |y: i64| y.rem_euclid(ky.len() as i64) as usize;
        for y in top - ry..top + i64::from(dst.height()) + ry {
            let row = border.index(y, self.src.height()).map(|y| self.src.row(y));
            pad_row(row, channels, seen.clone(), *border, &mut padded);
            let out = &mut ring[slot(y) * width..][..width];
            if let [_] = kx[..] {
                // A weight of 256, which does not fit a byte.
                out.iter_mut().zip(&padded).for_each(|(out, &byte)| *out = u16::from(byte) << 8);
            } else {
                across(self.token, &padded, channels, kx, out);
            }
            if y >= top + ry {
                let out = &mut dst.row_mut((y - ry - top) as u32)[at..at + bytes];
                down(self.token, &ring, slot(y + 1), ky, out);
            }
        }
    }
}

/// Filters `row`, which starts half a kernel before `out` and ends half a kernel after it, across.
#[inline]
fn across(_: Neon, row: &[u8], channels: usize, weights: &[i16], out: &mut [u16]) {
    let reach = (weights.len() - 1) * channels;
    assert!(out.len().is_multiple_of(STEP) && row.len() >= out.len() + reach);
    // SAFETY: the token exists only where Advanced SIMD is; the lengths were just looked at.
    unsafe { across_neon(row, channels, weights, out) }
}

/// Filters as many rows as there are weights down; the first is row `oldest` of `ring`.
#[inline]
fn down(_: Neon, ring: &[u16], oldest: usize, weights: &[i16], out: &mut [u8]) {
    let width = out.len().next_multiple_of(STEP);
    assert!(ring.len() == width * weights.len() && oldest < weights.len());
    let done = out.len() / STEP * STEP;
    let (whole, rest) = out.split_at_mut(done);
    // SAFETY: the token exists only where Advanced SIMD is; the lengths were just looked at.
    unsafe { down_neon(ring, width, oldest, weights, 0, whole) };
    if !rest.is_empty() {
        let mut last = [0; STEP];
        // SAFETY: as above; the rows of the ring are whole steps.
        unsafe { down_neon(ring, width, oldest, weights, done, &mut last) };
        rest.copy_from_slice(&last[..rest.len()]);
    }
}

/// # Safety
/// As [`across`] asserts.
#[target_feature(enable = "neon")]
unsafe fn across_neon(row: &[u8], channels: usize, weights: &[i16], out: &mut [u16]) {
    let half = weights.len() / 2;
    for (at, out) in out.as_chunks_mut::<STEP>().0.iter_mut().enumerate() {
        let first = STEP * at;
        // SAFETY: `tap` is at most twice `half`, whose bytes go on for a step, as the caller says.
        let load = |tap: usize| unsafe { vld1q_u8_x2(row.as_ptr().add(first + tap * channels)) };
        let (centre, k) = (load(half), vdup_n_u8(weights[half] as u8));
        let mut sums = [
            vmull_u8(vget_low_u8(centre.0), k),
            vmull_u8(vget_high_u8(centre.0), k),
            vmull_u8(vget_low_u8(centre.1), k),
            vmull_u8(vget_high_u8(centre.1), k),
        ];
        for (tap, &k) in weights[..half].iter().enumerate() {
            let (a, b) = (load(tap), load(2 * half - tap));
            sums[0] = vmlaq_n_u16(sums[0], vaddl_u8(vget_low_u8(a.0), vget_low_u8(b.0)), k as u16);
            sums[1] = vmlaq_n_u16(sums[1], vaddl_high_u8(a.0, b.0), k as u16);
            sums[2] = vmlaq_n_u16(sums[2], vaddl_u8(vget_low_u8(a.1), vget_low_u8(b.1)), k as u16);
            sums[3] = vmlaq_n_u16(sums[3], vaddl_high_u8(a.1, b.1), k as u16);
        }
        // SAFETY: the chunk is 32 values; the store needs no alignment.
        unsafe { vst1q_u16_x4(out.as_mut_ptr(), uint16x8x4_t(sums[0], sums[1], sums[2], sums[3])) };
    }
}

/// Filters the values from `at` on into `out`, which is whole steps.
///
/// # Safety
/// As [`down`] asserts; `at + out.len()` is at most `width`.
#[target_feature(enable = "neon")]
unsafe fn down_neon(ring: &[u16], width: usize, oldest: usize, weights: &[i16], at: usize, out: &mut [u8]) {
    let (count, half) = (weights.len(), weights.len() / 2);
    for (i, out) in out.as_chunks_mut::<STEP>().0.iter_mut().enumerate() {
        let first = at + STEP * i;
        let load = |tap: usize| {
            let slot = if oldest + tap < count { oldest + tap } else { oldest + tap - count };
            // SAFETY: `slot < count`; the ring has that many rows, whose values go on for a step, as the caller says.
            unsafe { vld1q_u16_x4(ring.as_ptr().add(slot * width + first)) }
        };
        let (v, k) = (load(half), weights[half] as u16);
        let mut sums =
            [v.0, v.1, v.2, v.3].map(|v| [vmull_n_u16(vget_low_u16(v), k), vmull_high_n_u16(v, k)]);
        for (tap, &k) in weights[..half].iter().enumerate() {
            let (a, b, k) = (load(tap), load(2 * half - tap), vdupq_n_u32(k as u32));
            for (sums, (a, b)) in sums.iter_mut().zip([(a.0, b.0), (a.1, b.1), (a.2, b.2), (a.3, b.3)]) {
                sums[0] = vmlaq_u32(sums[0], vaddl_u16(vget_low_u16(a), vget_low_u16(b)), k);
                sums[1] = vmlaq_u32(sums[1], vaddl_high_u16(a, b), k);
            }
        }
        let words = sums.map(|[low, high]| vrshrn_high_n_u32::<16>(vrshrn_n_u32::<16>(low), high));
        let bytes = uint8x16x2_t(
            vmovn_high_u16(vmovn_u16(words[0]), words[1]),
            vmovn_high_u16(vmovn_u16(words[2]), words[3]),
        );
        // SAFETY: the chunk is 32 bytes; the store needs no alignment.
        unsafe { vst1q_u8_x2(out.as_mut_ptr(), bytes) };
    }
}
