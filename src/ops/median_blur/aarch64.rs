use std::arch::aarch64::*;

use crate::cpu::Neon;

use super::network::{Bytes, row};

/// `16 · V` bytes; made only in [`row_neon`].
#[derive(Clone, Copy)]
struct Vectors<const V: usize>([uint8x16_t; V]);

impl<const V: usize> Bytes for Vectors<V> {
    const LANES: usize = 16 * V;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller says that the bytes are there; this type is used only where the token proved Advanced SIMD.
        Self(std::array::from_fn(|i| unsafe { vld1q_u8(from.add(16 * i)) }))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        for (i, v) in self.0.into_iter().enumerate() {
            // SAFETY: the caller says that there is room; this type is used only where the token proved Advanced SIMD.
            unsafe { vst1q_u8(to.add(16 * i), v) };
        }
    }

    #[inline(always)]
    fn order(self, other: Self) -> (Self, Self) {
        let (mut low, mut high) = (self, self);
        for i in 0..V {
            // SAFETY: this type is used only where the token proved Advanced SIMD.
            unsafe {
                (low.0[i], high.0[i]) = (vminq_u8(self.0[i], other.0[i]), vmaxq_u8(self.0[i], other.0[i]));
            }
        }
        (low, high)
    }
}

/// As [`row`]. Squares of 5 need all registers for one vector of each value, smaller ones half of them.
pub(super) fn row_neon<const N: usize>(
    _: Neon,
    rows: [&[u8]; N],
    columns: &mut [Vec<u8>; N],
    channels: usize,
    out: &mut [u8],
) {
    if N == 3 {
        row::<Vectors<2>, N>(rows, columns, channels, out);
    } else {
        row::<Vectors<1>, N>(rows, columns, channels, out);
    }
}
