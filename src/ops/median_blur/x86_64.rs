use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};

use super::network::{Bytes, row};

/// 32 bytes; made only in [`row_avx2`].
#[derive(Clone, Copy)]
struct Bytes32(__m256i);

/// 64 bytes; made only in [`row_avx512`].
#[derive(Clone, Copy)]
struct Bytes64(__m512i);

impl Bytes for Bytes32 {
    const LANES: usize = 32;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller says that the bytes are there; this type is used only where the token proved AVX2.
        unsafe { Self(_mm256_loadu_si256(from.cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller says that there is room; this type is used only where the token proved AVX2.
        unsafe { _mm256_storeu_si256(to.cast(), self.0) }
    }

    #[inline(always)]
    fn order(self, other: Self) -> (Self, Self) {
        // SAFETY: this type is used only where the token proved AVX2.
        unsafe { (Self(_mm256_min_epu8(self.0, other.0)), Self(_mm256_max_epu8(self.0, other.0))) }
    }
}

impl Bytes for Bytes64 {
    const LANES: usize = 64;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller says that the bytes are there; this type is used only where the token proved AVX-512 F.
        unsafe { Self(_mm512_loadu_si512(from.cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller says that there is room; this type is used only where the token proved AVX-512 F.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) }
    }

    #[inline(always)]
    fn order(self, other: Self) -> (Self, Self) {
        // SAFETY: this type is used only where the token proved AVX-512 BW.
        unsafe { (Self(_mm512_min_epu8(self.0, other.0)), Self(_mm512_max_epu8(self.0, other.0))) }
    }
}

/// As [`row`].
pub(super) fn row_avx2<const N: usize>(
    _: Avx2,
    rows: [&[u8]; N],
    columns: &mut [Vec<u8>; N],
    channels: usize,
    out: &mut [u8],
) {
    #[target_feature(enable = "avx2")]
    fn run<const N: usize>(rows: [&[u8]; N], columns: &mut [Vec<u8>; N], channels: usize, out: &mut [u8]) {
        row::<Bytes32, N>(rows, columns, channels, out);
    }
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { run(rows, columns, channels, out) }
}

/// As [`row`].
pub(super) fn row_avx512<const N: usize>(
    _: Avx512,
    rows: [&[u8]; N],
    columns: &mut [Vec<u8>; N],
    channels: usize,
    out: &mut [u8],
) {
    #[target_feature(enable = "avx512f,avx512bw")]
    fn run<const N: usize>(rows: [&[u8]; N], columns: &mut [Vec<u8>; N], channels: usize, out: &mut [u8]) {
        row::<Bytes64, N>(rows, columns, channels, out);
    }
    // SAFETY: the token exists only where AVX-512 F and BW were detected.
    unsafe { run(rows, columns, channels, out) }
}
