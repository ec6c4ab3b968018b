//! One row of each plane in aligned vectors, stored past the caches.

use std::arch::x86_64::*;

use super::{blended, blended_wide, normalised, normalised_wide};
use crate::cpu::{Avx2, Avx512};
use crate::ops::reid::store::Blend;
use crate::ops::reid::stream::Held;

/// Orders all streaming stores before it with what comes after.
pub(in super::super) fn fence() {
    // SAFETY: every x86-64 processor has SSE.
    unsafe { _mm_sfence() };
}

macro_rules! stream_row {
    (
        $name:ident, $inner:ident, $token:ident, $features:literal, $lanes:literal, $aligned:ident,
        $words:ident, $floats:ident, $load:ident, $store:ident, $stream:ident, $blended:ident, $normalised:ident, $join:ident
    ) => {
        /// Blends a row and writes it into `outs`, `lag` values late: each vector is the last ones of the one before and
        /// the first ones of its own.
        ///
        /// # Panics
        /// When `outs` are not aligned to a vector, not two vectors at a time, or longer than the rows.
        #[inline]
        pub(in super::super) fn $name(
            _: $token,
            blend: &Blend<'_>,
            outs: [&mut [f32]; 3],
            held: &mut Held,
            lag: usize,
        ) {
            // SAFETY: the token exists only where these instructions were detected.
            unsafe {
                match lag {
                    0 => $inner::<false>(blend, outs, held, 0),
                    _ => $inner::<true>(blend, outs, held, lag),
                }
            }
        }

        #[target_feature(enable = $features)]
        fn $inner<const LAGS: bool>(blend: &Blend<'_>, outs: [&mut [f32]; 3], held: &mut Held, lag: usize) {
            let weights = ($words(blend.weights[0]), $words(blend.weights[1]));
            for (c, out) in outs.into_iter().enumerate() {
                assert!(out.as_ptr().addr() % align_of::<$aligned>() == 0, "a row is not aligned");
                let [upper, lower] = blend.plane(c);
                let steps = out.len() / (2 * $lanes);
                let whole = steps * 2 * $lanes == out.len() && upper.len().min(lower.len()) >= out.len();
                assert!(whole, "a row is not whole steps, or too long");
                let (scale, bias) = (blend.norm.scale[c], blend.norm.bias[c]);
                let norm = ($floats(scale), $floats(scale / 4.0), $floats(bias));
                let (upper, lower, out) = (upper.as_ptr(), lower.as_ptr(), out.as_mut_ptr());
                // SAFETY: the array has a vector; the load needs no alignment.
                let mut kept = unsafe { $load(held.0[c].as_ptr()) };
                for at in (0..steps).map(|step| step * 2 * $lanes) {
                    // SAFETY: both rows and `out` have so many steps, and `out` is aligned to a vector.
                    unsafe {
                        let sums = $blended([&*upper.add(at).cast(), &*lower.add(at).cast()], weights);
                        let [first, second] = $normalised(sums, norm);
                        let early = if LAGS {
                            [$join(kept, first, lag), $join(first, second, lag)]
                        } else {
                            [first, second]
                        };
                        $stream(out.add(at), early[0]);
                        $stream(out.add(at + $lanes), early[1]);
                        kept = second;
                    }
                }
                // SAFETY: the array has room for a vector; the store needs no alignment.
                unsafe { $store(held.0[c].as_mut_ptr(), kept) };
            }
        }
    };
}

stream_row!(
    stream_f32,
    stream_f32_avx2,
    Avx2,
    "avx2",
    8,
    __m256,
    _mm256_set1_epi16,
    _mm256_set1_ps,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_stream_ps,
    blended,
    normalised,
    join
);
stream_row!(
    stream_wide_f32,
    stream_f32_avx512,
    Avx512,
    "avx512f,avx512bw",
    16,
    __m512,
    _mm512_set1_epi16,
    _mm512_set1_ps,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_stream_ps,
    blended_wide,
    normalised_wide,
    join_wide
);

/// The last `lag` values of `before`, then the first ones of `after`; `lag` is 4.
#[inline]
#[target_feature(enable = "avx2")]
fn join(before: __m256, after: __m256, lag: usize) -> __m256 {
    debug_assert_eq!(lag, 4);
    _mm256_permute2f128_ps::<0x21>(before, after)
}

/// The same for any `lag` below 16.
#[inline]
#[target_feature(enable = "avx512f")]
fn join_wide(before: __m512, after: __m512, lag: usize) -> __m512 {
    let places = _mm512_setr_epi32(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    let places = _mm512_sub_epi32(places, _mm512_set1_epi32(lag as i32));
    _mm512_permutex2var_ps(before, places, after)
}
