//! One row of each plane in aligned vectors, stored past the caches.

use std::arch::x86_64::*;

use super::{channel, channel_wide, normalised, normalised_wide, pixels, pixels_wide};
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
        $name:ident, $inner:ident, $token:ident, $features:literal, $lanes:literal, $steps:literal, $aligned:ident,
        $zeros:ident, $zero:ident, $set1:ident, $load:ident, $store:ident, $stream:ident,
        $pixels:ident, $channel:ident, $normalised:ident, $join:ident
    ) => {
        /// Blends a row and writes it into `outs`, `lag` values late: each vector is the last ones of the one before and
        /// the first ones of its own.
        ///
        /// # Panics
        /// When `outs` are not aligned to a vector, or longer than the rows.
        #[inline]
        pub(in super::super) fn $name(
            _: $token,
            blend: &Blend<'_>,
            outs: [&mut [f32]; 3],
            held: &mut Held,
            lag: usize,
        ) {
            let vectors = outs[0].len() / $lanes;
            assert!(vectors.is_multiple_of($steps), "the rows are not whole steps");
            for out in &outs {
                assert!(out.as_ptr().addr() % align_of::<$aligned>() == 0, "the rows are not aligned alike");
                assert!(out.len() / $lanes == vectors, "the rows are not equally long");
            }
            let values = 4 * $lanes * vectors;
            assert!(blend.rows[0].len() >= values && blend.rows[1].len() >= values, "a row is too short");
            let [a, b, c] = outs;
            let outs = [a.as_mut_ptr(), b.as_mut_ptr(), c.as_mut_ptr()];
            // SAFETY: the token exists only where these instructions were detected; the lengths were just looked at.
            unsafe {
                match lag {
                    0 => $inner::<false>(blend, vectors, outs, held, 0),
                    _ => $inner::<true>(blend, vectors, outs, held, lag),
                }
            }
        }

        /// # Safety
        /// `outs` are aligned and at least so many `vectors` long, and the rows have four values for each of theirs.
        #[target_feature(enable = $features)]
        unsafe fn $inner<const LAGS: bool>(
            blend: &Blend<'_>,
            vectors: usize,
            outs: [*mut f32; 3],
            held: &mut Held,
            lag: usize,
        ) {
            let weights = ($set1(blend.weights[0]), $set1(blend.weights[1]));
            let [upper, lower] = [blend.rows[0].as_ptr(), blend.rows[1].as_ptr()];
            let mut kept = [$zero(); 3];
            for c in 0..3 {
                // SAFETY: the array has a vector; the load needs no alignment.
                kept[c] = unsafe { $load(held.0[c].as_ptr()) };
            }
            for step in 0..vectors / $steps {
                let mut pixels = [$zeros(); $steps];
                for (i, pixels) in pixels.iter_mut().enumerate() {
                    let at = 4 * $lanes * ($steps * step + i);
                    // SAFETY: the rows have these values, as the caller says.
                    *pixels = unsafe { $pixels(&*upper.add(at).cast(), &*lower.add(at).cast(), weights) };
                }
                for c in 0..3 {
                    let norm = (blend.norm.scale[c], blend.norm.bias[c]);
                    for (i, &pixels) in pixels.iter().enumerate() {
                        let values = $normalised($channel(pixels, blend.shuffles[c]), norm);
                        let whole = if LAGS { $join(kept[c], values, lag) } else { values };
                        // SAFETY: `outs` are aligned and have this vector, as the caller says.
                        unsafe { $stream(outs[c].add($lanes * ($steps * step + i)), whole) };
                        kept[c] = values;
                    }
                }
            }
            for c in 0..3 {
                // SAFETY: the array has room for a vector; the store needs no alignment.
                unsafe { $store(held.0[c].as_mut_ptr(), kept[c]) };
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
    2,
    __m256,
    _mm256_setzero_si256,
    _mm256_setzero_ps,
    _mm256_set1_epi16,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_stream_ps,
    pixels,
    channel,
    normalised,
    join
);
stream_row!(
    stream_wide_f32,
    stream_f32_avx512,
    Avx512,
    "avx512f,avx512bw",
    16,
    1,
    __m512,
    _mm512_setzero_si512,
    _mm512_setzero_ps,
    _mm512_set1_epi16,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_stream_ps,
    pixels_wide,
    channel_wide,
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
