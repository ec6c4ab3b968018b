//! Eight pixels at a time on AVX2, 16 on AVX-512: blended, taken apart by colour, normalised and stored.

mod stream;

pub(super) use stream::{fence, stream_f32, stream_wide_f32};

use std::arch::x86_64::*;

use half::f16;

use super::store::Blend;
use crate::cpu::{Avx2, Avx512};
use crate::ops::resize::blend as blend_words;

/// Asks for the cache lines of `row`.
#[inline]
pub(super) fn prefetch(row: &[u8]) {
    let lead = row.as_ptr().addr() % 64;
    for at in (0..lead + row.len()).step_by(64) {
        // SAFETY: a prefetch reads nothing and faults nowhere; the line holds bytes of `row`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_sub(lead).wrapping_add(at).cast()) };
    }
}

/// Eight blended pixels of four bytes, from each group of 32 sampled values.
#[inline]
#[target_feature(enable = "avx2")]
fn pixels(upper: &[i16; 32], lower: &[i16; 32], weights: (__m256i, __m256i)) -> __m256i {
    let (upper, lower) = (upper.as_chunks().0, lower.as_chunks().0);
    let (low, high) =
        (blend_words(&upper[0], &lower[0], weights), blend_words(&upper[1], &lower[1], weights));
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(low, high))
}

/// One byte of each of eight pixels, as integers.
#[inline]
#[target_feature(enable = "avx2")]
fn channel(pixels: __m256i, shuffle: [i8; 16]) -> __m256i {
    // SAFETY: the array is 16 bytes; the load needs no alignment.
    let shuffle = unsafe { _mm_loadu_si128(shuffle.as_ptr().cast()) };
    _mm256_shuffle_epi8(pixels, _mm256_broadcastsi128_si256(shuffle))
}

macro_rules! planes {
    ($name:ident, $inner:ident, $type:ty, $features:literal, $store:ident) => {
        /// Writes pixels from the left, and returns how many.
        pub(super) fn $name(_: Avx2, blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            // SAFETY: the token exists only where AVX2 was detected, and every processor with AVX2 has F16C.
            unsafe { $inner(blend, planes) }
        }

        #[target_feature(enable = $features)]
        fn $inner(blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            let weights = (_mm256_set1_epi16(blend.weights[0]), _mm256_set1_epi16(blend.weights[1]));
            let groups = blend.rows[0].as_chunks::<32>().0.iter().zip(blend.rows[1].as_chunks::<32>().0);
            let [a, b, c] = planes.map(|plane| plane.as_chunks_mut::<8>().0.iter_mut());
            let mut done = 0;
            for ((((upper, lower), a), b), c) in groups.zip(a).zip(b).zip(c) {
                let pixels = pixels(upper, lower, weights);
                for (i, out) in [a, b, c].into_iter().enumerate() {
                    let values = channel(pixels, blend.shuffles[i]);
                    $store(values, (blend.norm.scale[i], blend.norm.bias[i]), out);
                }
                done += 8;
            }
            done
        }
    };
}

planes!(planes_f32, planes_f32_avx2, f32, "avx2", store_f32);
planes!(planes_f16, planes_f16_avx2, f16, "avx2,f16c", store_f16);
planes!(planes_u8, planes_u8_avx2, u8, "avx2", store_u8);

/// `value * scale + bias`, in two roundings as the scalar code has it.
#[inline]
#[target_feature(enable = "avx2")]
fn normalised(values: __m256i, (scale, bias): (f32, f32)) -> __m256 {
    let product = _mm256_mul_ps(_mm256_cvtepi32_ps(values), _mm256_set1_ps(scale));
    _mm256_add_ps(product, _mm256_set1_ps(bias))
}

#[target_feature(enable = "avx2")]
fn store_f32(values: __m256i, norm: (f32, f32), out: &mut [f32; 8]) {
    // SAFETY: `out` is 32 bytes; the store needs no alignment.
    unsafe { _mm256_storeu_ps(out.as_mut_ptr(), normalised(values, norm)) };
}

#[target_feature(enable = "avx2,f16c")]
fn store_f16(values: __m256i, norm: (f32, f32), out: &mut [f16; 8]) {
    let halves = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(normalised(values, norm));
    // SAFETY: `out` is 16 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), halves) };
}

#[target_feature(enable = "avx2")]
fn store_u8(values: __m256i, _: (f32, f32), out: &mut [u8; 8]) {
    let words = _mm_packus_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
    *out = _mm_cvtsi128_si64(_mm_packus_epi16(words, words)).to_le_bytes();
}

macro_rules! wide_planes {
    ($name:ident, $inner:ident, $type:ty, $store:ident) => {
        /// Writes pixels from the left, and returns how many.
        pub(super) fn $name(_: Avx512, blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            // SAFETY: the token exists only where these parts of AVX-512 were detected.
            unsafe { $inner(blend, planes) }
        }

        #[target_feature(enable = "avx512f,avx512bw")]
        fn $inner(blend: Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            let weights = (_mm512_set1_epi16(blend.weights[0]), _mm512_set1_epi16(blend.weights[1]));
            let groups = blend.rows[0].as_chunks::<64>().0.iter().zip(blend.rows[1].as_chunks::<64>().0);
            let [a, b, c] = planes.map(|plane| plane.as_chunks_mut::<16>().0.iter_mut());
            let mut done = 0;
            for ((((upper, lower), a), b), c) in groups.zip(a).zip(b).zip(c) {
                let pixels = pixels_wide(upper, lower, weights);
                for (i, out) in [a, b, c].into_iter().enumerate() {
                    let values = channel_wide(pixels, blend.shuffles[i]);
                    $store(values, (blend.norm.scale[i], blend.norm.bias[i]), out);
                }
                done += 16;
            }
            done
        }
    };
}

wide_planes!(wide_f32, wide_f32_avx512, f32, store_wide_f32);
wide_planes!(wide_f16, wide_f16_avx512, f16, store_wide_f16);
wide_planes!(wide_u8, wide_u8_avx512, u8, store_wide_u8);

/// Sixteen blended pixels of four bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn pixels_wide(upper: &[i16; 64], lower: &[i16; 64], weights: (__m512i, __m512i)) -> __m512i {
    let low = blend_wide(&upper.as_chunks().0[0], &lower.as_chunks().0[0], weights);
    let high = blend_wide(&upper.as_chunks().0[1], &lower.as_chunks().0[1], weights);
    let order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    _mm512_permutexvar_epi64(order, _mm512_packus_epi16(low, high))
}

/// One byte of each of sixteen pixels, as integers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn channel_wide(pixels: __m512i, shuffle: [i8; 16]) -> __m512i {
    // SAFETY: the array is 16 bytes; the load needs no alignment.
    let shuffle = unsafe { _mm_loadu_si128(shuffle.as_ptr().cast()) };
    _mm512_shuffle_epi8(pixels, _mm512_broadcast_i32x4(shuffle))
}

/// 32 blended values, as words.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn blend_wide(upper: &[i16; 32], lower: &[i16; 32], weights: (__m512i, __m512i)) -> __m512i {
    // SAFETY: both are 64 bytes; the loads need no alignment.
    let (upper, lower) =
        unsafe { (_mm512_loadu_si512(upper.as_ptr().cast()), _mm512_loadu_si512(lower.as_ptr().cast())) };
    let sum = _mm512_add_epi16(_mm512_mulhi_epi16(upper, weights.0), _mm512_mulhi_epi16(lower, weights.1));
    _mm512_srai_epi16::<2>(_mm512_add_epi16(sum, _mm512_set1_epi16(2)))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn normalised_wide(values: __m512i, (scale, bias): (f32, f32)) -> __m512 {
    let product = _mm512_mul_ps(_mm512_cvtepi32_ps(values), _mm512_set1_ps(scale));
    _mm512_add_ps(product, _mm512_set1_ps(bias))
}

#[target_feature(enable = "avx512f")]
fn store_wide_f32(values: __m512i, norm: (f32, f32), out: &mut [f32; 16]) {
    // SAFETY: `out` is 64 bytes; the store needs no alignment.
    unsafe { _mm512_storeu_ps(out.as_mut_ptr(), normalised_wide(values, norm)) };
}

#[target_feature(enable = "avx512f")]
fn store_wide_f16(values: __m512i, norm: (f32, f32), out: &mut [f16; 16]) {
    let halves = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(normalised_wide(values, norm));
    // SAFETY: `out` is 32 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), halves) };
}

#[target_feature(enable = "avx512f")]
fn store_wide_u8(values: __m512i, _: (f32, f32), out: &mut [u8; 16]) {
    // SAFETY: `out` is 16 bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(values)) };
}
