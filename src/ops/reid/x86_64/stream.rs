//! Rows of a plane in aligned vectors, stored past the caches.

use std::arch::asm;
use std::arch::x86_64::*;

use super::{ABOVE, TWO_23, blended, blended_wide, normalised, normalised_wide, words, words_wide};
use crate::cpu::{Avx2, Avx512};
use crate::ops::reid::store::{Blend, Pair};
use crate::ops::reid::stream::Group;

/// Orders all streaming stores before it with what comes after.
pub(in super::super) fn fence() {
    // SAFETY: every x86-64 processor has SSE.
    unsafe { _mm_sfence() };
}

macro_rules! stream_rows {
    (
        $name:ident, $inner:ident, $token:ident, $features:literal, $lanes:literal, $aligned:ident,
        $words:ident, $floats:ident, $load:ident, $store:ident, $stream:ident, $plain:ident, $blended:ident,
        $normalised:ident, $join:ident
    ) => {
        /// Blends plane `c` of rows of groups that are turned by `lag` and writes it into `out`, `lag` values late: what
        /// comes first in a group is written with the next one. Stores go past the caches where `past` says so.
        ///
        /// # Panics
        /// When `out` is not aligned to a vector, or its rows not two vectors at a time, or longer than the sampled ones.
        pub(in super::super) fn $name(
            _: $token,
            (blend, c): (&Blend<'_>, usize),
            out: &mut [f32],
            held: &mut Group,
            (lag, past): (usize, bool),
        ) {
            // SAFETY: the token exists only where these instructions were detected.
            unsafe {
                match (lag, past) {
                    (0, true) => $inner::<false, true>((blend, c), out, held, 0),
                    (0, false) => $inner::<false, false>((blend, c), out, held, 0),
                    (_, true) => $inner::<true, true>((blend, c), out, held, lag),
                    (_, false) => $inner::<true, false>((blend, c), out, held, lag),
                }
            }
        }

        #[target_feature(enable = $features)]
        fn $inner<const LAGS: bool, const PAST: bool>(
            (blend, c): (&Blend<'_>, usize),
            out: &mut [f32],
            held: &mut Group,
            lag: usize,
        ) {
            let (plane, pairs) = (blend.plane, blend.pairs);
            let Some(width) = out.len().checked_div(pairs.len()) else { return };
            let whole =
                width.is_multiple_of(2 * $lanes) && width <= plane && width * pairs.len() == out.len();
            let aligned = out.as_ptr().addr() % align_of::<$aligned>() == 0;
            assert!(whole && aligned, "rows are not whole vectors, or too long");
            let values = &blend.values[blend.from[c] * plane..];
            let last = values.len().checked_sub(width).expect("a plane has a width");
            let (scale, bias) = (blend.norm.scale[c], blend.norm.bias[c]);
            let norm = ($floats(scale), $floats(scale * TWO_23), $floats(bias), $words(ABOVE));
            let mut out = out.as_mut_ptr();
            // SAFETY: the array has a vector; the load needs no alignment.
            let mut kept = unsafe { $load(held.as_ptr().cast()) };
            for &Pair { rows: [upper, lower], weights } in pairs {
                assert!(upper.max(lower) <= last, "a row is not there");
                let weights = [$words(weights[0]), $words(weights[1])];
                // SAFETY: both rows have a width among the values; `out` has as many widths as there are pairs, each of
                // whole vectors, and is aligned to one.
                unsafe {
                    let (upper, lower) = (values.as_ptr().add(upper), values.as_ptr().add(lower));
                    for at in (0..width).step_by(2 * $lanes) {
                        let bytes = $blended([upper, lower], at, weights);
                        let [first, second] =
                            $normalised(if LAGS { $join(kept, bytes, lag) } else { bytes }, norm);
                        if PAST {
                            $stream(out, at, [first, second]);
                        } else {
                            $plain(out.add(at), first);
                            $plain(out.add(at + $lanes), second);
                        }
                        kept = bytes;
                    }
                    out = out.add(width);
                }
            }
            // SAFETY: the array has room for a vector; the store needs no alignment.
            unsafe { $store(held.as_mut_ptr().cast(), kept) };
        }
    };
}

stream_rows!(
    stream_f32,
    stream_f32_avx2,
    Avx2,
    "avx2,fma",
    8,
    __m256,
    words,
    _mm256_set1_ps,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    past,
    _mm256_store_ps,
    blended,
    normalised,
    join
);
stream_rows!(
    stream_wide_f32,
    stream_f32_avx512,
    Avx512,
    "avx512f,avx512bw",
    16,
    __m512,
    words_wide,
    _mm512_set1_ps,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    past_wide,
    _mm512_store_ps,
    blended_wide,
    normalised_wide,
    join_wide
);

/// Stores past the caches, in one piece: the intrinsic wants each address in a register.
///
/// # Safety
/// `out` has 16 values from `at` on, aligned to 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn past(out: *mut f32, at: usize, [first, second]: [__m256; 2]) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!("vmovntps [{out} + 4*{at}], {first}", "vmovntps [{out} + 4*{at} + 32], {second}",
            out = in(reg) out, at = in(reg) at, first = in(ymm_reg) first, second = in(ymm_reg) second,
            options(nostack, preserves_flags));
    }
}

/// As [`past`], of 32 values that are aligned to 64 bytes.
///
/// # Safety
/// `out` has them from `at` on.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn past_wide(out: *mut f32, at: usize, [first, second]: [__m512; 2]) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!("vmovntps [{out} + 4*{at}], {first}", "vmovntps [{out} + 4*{at} + 64], {second}",
            out = in(reg) out, at = in(reg) at, first = in(zmm_reg) first, second = in(zmm_reg) second,
            options(nostack, preserves_flags));
    }
}

/// The group `words`, but what comes first of `before`. `lag` is 4: half a lane.
#[inline]
#[target_feature(enable = "avx2")]
fn join(before: __m256i, words: __m256i, lag: usize) -> __m256i {
    debug_assert_eq!(lag, 4);
    _mm256_blend_epi32::<0b11>(words, before)
}

/// The same for a `lag` of 4, 8 or 12: half of so many lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn join_wide(before: __m512i, words: __m512i, lag: usize) -> __m512i {
    _mm512_mask_blend_epi64(0b01_01_01 & ((1 << (lag / 2)) - 1), words, before)
}
