use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};

use super::network::{Bytes, row};
use super::slide::{Slide, row3};

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

/// Bytes 0, 1, 2 … : where those of a vector come from, in two that follow each other.
const PLACES: [u8; 128] = {
    let mut places = [0; 128];
    let mut i = 0;
    while i < places.len() {
        places[i] = i as u8;
        i += 1;
    }
    places
};

/// 32 bytes from `$c` bytes on, of two vectors that follow each other; `$c` is 1 to 4 or 12 to 15, in each half.
macro_rules! along {
    ($high:expr, $low:expr, $c:expr, $($bytes:literal),*) => {
        match $c {
            $($bytes => _mm256_alignr_epi8::<$bytes>($high, $low),)*
            _ => unreachable!("a pixel has 1 to 4 bytes"),
        }
    };
}

impl Slide for Bytes32 {
    #[inline(always)]
    fn left<const C: usize>(self, before: Self) -> Self {
        // SAFETY: this type is used only where the token proved AVX2.
        unsafe {
            let middle = _mm256_permute2x128_si256::<0x21>(before.0, self.0);
            Self(along!(self.0, middle, 16 - C, 12, 13, 14, 15))
        }
    }

    #[inline(always)]
    fn right<const C: usize>(self, after: Self) -> Self {
        // SAFETY: this type is used only where the token proved AVX2.
        unsafe {
            let middle = _mm256_permute2x128_si256::<0x21>(self.0, after.0);
            Self(along!(middle, self.0, C, 1, 2, 3, 4))
        }
    }
}

impl Slide for Bytes64 {
    #[inline(always)]
    fn left<const C: usize>(self, before: Self) -> Self {
        // SAFETY: the table goes on for a vector from any place up to 64; this type is used only where the token proved
        // AVX-512 VBMI.
        unsafe {
            let places = _mm512_loadu_si512(PLACES.as_ptr().add(64 - C).cast());
            Self(_mm512_permutex2var_epi8(before.0, places, self.0))
        }
    }

    #[inline(always)]
    fn right<const C: usize>(self, after: Self) -> Self {
        // SAFETY: as above.
        unsafe {
            let places = _mm512_loadu_si512(PLACES.as_ptr().add(C).cast());
            Self(_mm512_permutex2var_epi8(self.0, places, after.0))
        }
    }
}

/// Asks memory for the line at this address, which need not be valid.
#[inline(always)]
pub(super) fn ask(at: *const u8) {
    // SAFETY: a prefetch reads nothing and faults nowhere.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
}

/// As [`row3`].
#[inline]
pub(super) fn row3_avx2(_: Avx2, rows: [&[u8]; 3], channels: usize, ahead: usize, out: &mut [u8]) -> bool {
    #[target_feature(enable = "avx2")]
    fn run(rows: [&[u8]; 3], channels: usize, ahead: usize, out: &mut [u8]) -> bool {
        match channels {
            1 => row3::<Bytes32, 1>(rows, ahead, out),
            2 => row3::<Bytes32, 2>(rows, ahead, out),
            3 => row3::<Bytes32, 3>(rows, ahead, out),
            _ => row3::<Bytes32, 4>(rows, ahead, out),
        }
    }
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { run(rows, channels, ahead, out) }
}

/// As [`row3`].
#[inline]
pub(super) fn row3_avx512(
    _: Avx512,
    rows: [&[u8]; 3],
    channels: usize,
    ahead: usize,
    out: &mut [u8],
) -> bool {
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn run(rows: [&[u8]; 3], channels: usize, ahead: usize, out: &mut [u8]) -> bool {
        match channels {
            1 => row3::<Bytes64, 1>(rows, ahead, out),
            2 => row3::<Bytes64, 2>(rows, ahead, out),
            3 => row3::<Bytes64, 3>(rows, ahead, out),
            _ => row3::<Bytes64, 4>(rows, ahead, out),
        }
    }
    // SAFETY: the token exists only where these parts of AVX-512 were detected.
    unsafe { run(rows, channels, ahead, out) }
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
