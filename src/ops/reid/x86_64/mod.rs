//! Rows of planes: sampled, blended, normalised and stored, 16 pixels at a time on AVX2, 32 on AVX-512.

mod across;
mod stream;

pub(super) use across::{across, across_wide};
pub(super) use stream::{fence, stream_f32, stream_wide_f32};

use std::arch::x86_64::*;

use half::f16;

use super::store::Blend;
use crate::cpu::{Avx2, Avx512};

/// Asks for the cache lines of `row`.
#[inline]
pub(super) fn prefetch(row: &[u8]) {
    let lead = row.as_ptr().addr() % 64;
    for at in (0..lead + row.len()).step_by(64) {
        // SAFETY: a prefetch reads nothing and faults nowhere; the line holds bytes of `row`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_sub(lead).wrapping_add(at).cast()) };
    }
}

/// 16 blended values times four; what is below that is left in the lowest two bits.
#[inline]
#[target_feature(enable = "avx2")]
fn blended([upper, lower]: [&[i16; 16]; 2], weights: (__m256i, __m256i)) -> __m256i {
    // SAFETY: both are 32 bytes; the loads need no alignment.
    let (upper, lower) =
        unsafe { (_mm256_loadu_si256(upper.as_ptr().cast()), _mm256_loadu_si256(lower.as_ptr().cast())) };
    let sum = _mm256_add_epi16(_mm256_mulhi_epi16(upper, weights.0), _mm256_mulhi_epi16(lower, weights.1));
    _mm256_add_epi16(sum, _mm256_set1_epi16(2))
}

/// 32 of them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn blended_wide([upper, lower]: [&[i16; 32]; 2], weights: (__m512i, __m512i)) -> __m512i {
    // SAFETY: both are 64 bytes; the loads need no alignment.
    let (upper, lower) =
        unsafe { (_mm512_loadu_si512(upper.as_ptr().cast()), _mm512_loadu_si512(lower.as_ptr().cast())) };
    let sum = _mm512_add_epi16(_mm512_mulhi_epi16(upper, weights.0), _mm512_mulhi_epi16(lower, weights.1));
    _mm512_add_epi16(sum, _mm512_set1_epi16(2))
}

/// A factor, a quarter of it, and the bias: a quarter of the factor times four times a byte is the same number.
type Factors<V> = (V, V, V);

/// What [`blended`] gave, in the order of the pixels: times the factor plus the bias, in two roundings as the scalar
/// code has it.
#[inline]
#[target_feature(enable = "avx2")]
fn normalised(sums: __m256i, (scale, quarter, bias): Factors<__m256>) -> [__m256; 2] {
    let first = _mm256_cvtepi32_ps(_mm256_and_si256(sums, _mm256_set1_epi32(0xFFFC)));
    let second = _mm256_cvtepi32_ps(_mm256_srli_epi32::<18>(sums));
    [_mm256_add_ps(_mm256_mul_ps(first, quarter), bias), _mm256_add_ps(_mm256_mul_ps(second, scale), bias)]
}

/// As [`normalised`].
#[inline]
#[target_feature(enable = "avx512f")]
fn normalised_wide(sums: __m512i, (scale, quarter, bias): Factors<__m512>) -> [__m512; 2] {
    let first = _mm512_cvtepi32_ps(_mm512_and_si512(sums, _mm512_set1_epi32(0xFFFC)));
    let second = _mm512_cvtepi32_ps(_mm512_srli_epi32::<18>(sums));
    [_mm512_add_ps(_mm512_mul_ps(first, quarter), bias), _mm512_add_ps(_mm512_mul_ps(second, scale), bias)]
}

macro_rules! planes {
    (
        $name:ident, $inner:ident, $token:ident, $type:ty, $features:literal, $count:literal, $words:ident, $floats:ident,
        $blended:ident, $store:ident
    ) => {
        /// Writes pixels from the left, and returns how many.
        pub(super) fn $name(_: $token, blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            // SAFETY: the token exists only where these instructions were detected; every processor with AVX2 has F16C.
            unsafe { $inner(blend, planes) }
        }

        #[target_feature(enable = $features)]
        fn $inner(blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            let weights = ($words(blend.weights[0]), $words(blend.weights[1]));
            let done = planes[0].len() / $count * $count;
            for (c, plane) in planes.into_iter().enumerate() {
                let (scale, bias) = (blend.norm.scale[c], blend.norm.bias[c]);
                let norm = ($floats(scale), $floats(scale / 4.0), $floats(bias));
                let [upper, lower] = blend.plane(c);
                let (upper, lower) = (upper.as_chunks().0, lower.as_chunks().0);
                for ((out, upper), lower) in
                    plane.as_chunks_mut::<$count>().0.iter_mut().zip(upper).zip(lower)
                {
                    $store($blended([upper, lower], weights), norm, out);
                }
            }
            done
        }
    };
}

macro_rules! narrow {
    ($name:ident, $inner:ident, $type:ty, $features:literal, $store:ident) => {
        planes!(
            $name,
            $inner,
            Avx2,
            $type,
            $features,
            16,
            _mm256_set1_epi16,
            _mm256_set1_ps,
            blended,
            $store
        );
    };
}

macro_rules! wide {
    ($name:ident, $inner:ident, $type:ty, $store:ident) => {
        planes!(
            $name,
            $inner,
            Avx512,
            $type,
            "avx512f,avx512bw",
            32,
            _mm512_set1_epi16,
            _mm512_set1_ps,
            blended_wide,
            $store
        );
    };
}

narrow!(planes_f32, planes_f32_avx2, f32, "avx2", store_f32);
narrow!(planes_f16, planes_f16_avx2, f16, "avx2,f16c", store_f16);
narrow!(planes_u8, planes_u8_avx2, u8, "avx2", store_u8);
wide!(wide_f32, wide_f32_avx512, f32, store_wide_f32);
wide!(wide_f16, wide_f16_avx512, f16, store_wide_f16);
wide!(wide_u8, wide_u8_avx512, u8, store_wide_u8);

#[inline]
#[target_feature(enable = "avx2")]
fn store_f32(words: __m256i, norm: Factors<__m256>, out: &mut [f32; 16]) {
    for (out, values) in out.as_chunks_mut::<8>().0.iter_mut().zip(normalised(words, norm)) {
        // SAFETY: `out` is 32 bytes; the store needs no alignment.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), values) };
    }
}

#[inline]
#[target_feature(enable = "avx2,f16c")]
fn store_f16(words: __m256i, norm: Factors<__m256>, out: &mut [f16; 16]) {
    for (out, values) in out.as_chunks_mut::<8>().0.iter_mut().zip(normalised(words, norm)) {
        let halves = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(values);
        // SAFETY: `out` is 16 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), halves) };
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_u8(words: __m256i, _: Factors<__m256>, out: &mut [u8; 16]) {
    let words = _mm256_srli_epi16::<2>(words);
    // Each lane has bytes of the first half in even places, of the second half in odd ones.
    let split = _mm256_setr_epi8(
        0, 4, 8, 12, 2, 6, 10, 14, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12, 2, 6, 10, 14, -1, -1, -1, -1,
        -1, -1, -1, -1,
    );
    let parts = _mm256_shuffle_epi8(words, split);
    let bytes = _mm_unpacklo_epi32(_mm256_castsi256_si128(parts), _mm256_extracti128_si256::<1>(parts));
    // SAFETY: `out` is 16 bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), bytes) };
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_wide_f32(words: __m512i, norm: Factors<__m512>, out: &mut [f32; 32]) {
    for (out, values) in out.as_chunks_mut::<16>().0.iter_mut().zip(normalised_wide(words, norm)) {
        // SAFETY: `out` is 64 bytes; the store needs no alignment.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), values) };
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_wide_f16(words: __m512i, norm: Factors<__m512>, out: &mut [f16; 32]) {
    for (out, values) in out.as_chunks_mut::<16>().0.iter_mut().zip(normalised_wide(words, norm)) {
        let halves = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(values);
        // SAFETY: `out` is 32 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), halves) };
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store_wide_u8(words: __m512i, _: Factors<__m512>, out: &mut [u8; 32]) {
    let first = _mm512_and_si512(words, _mm512_set1_epi32(0xFFFC));
    // SAFETY: `out` is 32 bytes; the stores need no alignment.
    unsafe {
        let out = out.as_mut_ptr().cast::<__m128i>();
        _mm_storeu_si128(out, _mm512_cvtepi32_epi8(_mm512_srli_epi32::<2>(first)));
        _mm_storeu_si128(out.add(1), _mm512_cvtepi32_epi8(_mm512_srli_epi32::<18>(words)));
    }
}
