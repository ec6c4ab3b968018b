//! Rows of planes: sampled, blended, normalised and stored, 16 pixels at a time on AVX2, 32 on AVX-512.

mod across;
mod stream;

pub(super) use across::{across, across_wide};
pub(super) use stream::{fence, stream_f32, stream_wide_f32};

use std::arch::asm;
use std::arch::x86_64::*;

use half::f16;

use super::spec::Norm;
use super::store::Blend;
use crate::cpu::{Avx2, Avx512};

/// Asks for the cache lines of `row`.
#[inline]
pub(super) fn prefetch(row: &[u8]) {
    let lead = row.as_ptr().addr() % 64;
    let mut line = row.as_ptr().wrapping_sub(lead);
    for _ in 0..(lead + row.len()).div_ceil(64) {
        // SAFETY: a prefetch reads nothing and faults nowhere; the line holds bytes of `row`.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
        line = line.wrapping_add(64);
    }
}

/// 16 blended bytes, as words.
///
/// # Safety
/// Both rows have 16 values from `at` on.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn blended([upper, lower]: [*const i16; 2], at: usize, weights: [__m256i; 2]) -> __m256i {
    let product = |row: *const i16, weight: __m256i| {
        let high;
        // SAFETY: the caller's promise; the load needs no alignment. As an intrinsic it is a product of wide integers to
        // the compiler, which widens weights row after row.
        unsafe {
            asm!("vpmulhw {}, {}, [{} + 2*{}]", out(ymm_reg) high, in(ymm_reg) weight, in(reg) row, in(reg) at,
                options(pure, readonly, nostack, preserves_flags));
        }
        high
    };
    let sum = _mm256_add_epi16(product(upper, weights[0]), product(lower, weights[1]));
    // (sum + 2) >> 2.
    _mm256_mulhrs_epi16(sum, _mm256_set1_epi16(1 << 13))
}

/// 32 of them.
///
/// # Safety
/// Both rows have 32 values from `at` on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn blended_wide([upper, lower]: [*const i16; 2], at: usize, weights: [__m512i; 2]) -> __m512i {
    let product = |row: *const i16, weight: __m512i| {
        let high;
        // SAFETY: as above.
        unsafe {
            asm!("vpmulhw {}, {}, [{} + 2*{}]", out(zmm_reg) high, in(zmm_reg) weight, in(reg) row, in(reg) at,
                options(pure, readonly, nostack, preserves_flags));
        }
        high
    };
    let sum = _mm512_add_epi16(product(upper, weights[0]), product(lower, weights[1]));
    _mm512_mulhrs_epi16(sum, _mm512_set1_epi16(1 << 13))
}

/// The upper half of the number 2^23 plus a byte, as `f32`; the byte is the lower half.
const ABOVE: i16 = 0x4B00;

/// Whether [`normalised`] gives what [`Norm::apply`] gives, to the bit. A factor times 2^23 must be a number. A product of
/// zero is the positive zero there, which shows only where the bias is the negative one and the product would be that too.
pub(super) fn normalises(norm: &Norm) -> bool {
    norm.scale.into_iter().zip(norm.bias).all(|(scale, bias)| {
        let zero = bias == 0.0 && bias.is_sign_negative() && scale.is_sign_negative();
        scale.abs() < f32::MAX / (2.0 * TWO_23) && !zero
    })
}

/// What [`ABOVE`] stands for.
const TWO_23: f32 = (1 << 23) as f32;

/// A factor, 2^23 times it, the bias, and words of [`ABOVE`].
type Factors<V, W> = (V, V, V, W);

/// Words that the compiler does not know: those of [`ABOVE`] it would put together in each step by more instructions than
/// one, and weights it would take apart for each plane.
#[inline]
#[target_feature(enable = "avx2")]
fn words(value: i16) -> __m256i {
    let mut words = _mm256_set1_epi16(value);
    // SAFETY: there is no instruction.
    unsafe { asm!("/* {} */", inout(ymm_reg) words, options(pure, nomem, nostack, preserves_flags)) };
    words
}

/// As [`words`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn words_wide(value: i16) -> __m512i {
    let mut words = _mm512_set1_epi16(value);
    // SAFETY: there is no instruction.
    unsafe { asm!("/* {} */", inout(zmm_reg) words, options(pure, nomem, nostack, preserves_flags)) };
    words
}

/// What [`blended`] gave, in the order of the pixels: times the factor plus the bias, in two roundings as the scalar
/// code has it. A byte with [`ABOVE`] above it is 2^23 more than the byte. So many times the factor, less 2^23 times the
/// factor, which is exact, is rounded once: it is the byte times the factor.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn normalised(words: __m256i, (scale, less, bias, above): Factors<__m256, __m256i>) -> [__m256; 2] {
    let first = _mm256_castsi256_ps(_mm256_unpacklo_epi16(words, above));
    let second = _mm256_castsi256_ps(_mm256_unpackhi_epi16(words, above));
    [first, second].map(|v| _mm256_add_ps(_mm256_fmsub_ps(v, scale, less), bias))
}

/// As [`normalised`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn normalised_wide(words: __m512i, (scale, less, bias, above): Factors<__m512, __m512i>) -> [__m512; 2] {
    let first = _mm512_castsi512_ps(_mm512_unpacklo_epi16(words, above));
    let second = _mm512_castsi512_ps(_mm512_unpackhi_epi16(words, above));
    [first, second].map(|v| _mm512_add_ps(_mm512_fmsub_ps(v, scale, less), bias))
}

macro_rules! planes {
    (
        $name:ident, $inner:ident, $token:ident, $type:ty, $features:literal, $count:literal, $words:ident, $floats:ident,
        $blended:ident, $store:ident
    ) => {
        /// Writes pixels from the left, and returns how many.
        pub(super) fn $name(_: $token, blend: &Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            // SAFETY: the token exists only where these instructions were detected; every processor with AVX2 has F16C.
            unsafe { $inner(blend, planes) }
        }

        #[target_feature(enable = $features)]
        fn $inner(blend: &Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            let weights = [$words(blend.weights()[0]), $words(blend.weights()[1])];
            let above = $words(ABOVE);
            let done = planes[0].len() / $count * $count;
            for (c, plane) in planes.into_iter().enumerate() {
                let (scale, bias) = (blend.norm.scale[c], blend.norm.bias[c]);
                let norm = ($floats(scale), $floats(scale * TWO_23), $floats(bias), above);
                let [upper, lower] = blend.plane(c);
                let (upper, lower) = (upper.as_chunks::<$count>().0, lower.as_chunks::<$count>().0);
                for ((out, upper), lower) in
                    plane.as_chunks_mut::<$count>().0.iter_mut().zip(upper).zip(lower)
                {
                    // SAFETY: both are arrays of so many values.
                    let bytes = unsafe { $blended([upper.as_ptr(), lower.as_ptr()], 0, weights) };
                    $store(bytes, norm, out);
                }
            }
            done
        }
    };
}

macro_rules! narrow {
    ($name:ident, $inner:ident, $type:ty, $features:literal, $store:ident) => {
        planes!($name, $inner, Avx2, $type, $features, 16, words, _mm256_set1_ps, blended, $store);
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
            words_wide,
            _mm512_set1_ps,
            blended_wide,
            $store
        );
    };
}

narrow!(planes_f32, planes_f32_avx2, f32, "avx2,fma", store_f32);
narrow!(planes_f16, planes_f16_avx2, f16, "avx2,fma,f16c", store_f16);
narrow!(planes_u8, planes_u8_avx2, u8, "avx2", store_u8);
wide!(wide_f32, wide_f32_avx512, f32, store_wide_f32);
wide!(wide_f16, wide_f16_avx512, f16, store_wide_f16);
wide!(wide_u8, wide_u8_avx512, u8, store_wide_u8);

#[inline]
#[target_feature(enable = "avx2,fma")]
fn store_f32(words: __m256i, norm: Factors<__m256, __m256i>, out: &mut [f32; 16]) {
    for (out, values) in out.as_chunks_mut::<8>().0.iter_mut().zip(normalised(words, norm)) {
        // SAFETY: `out` is 32 bytes; the store needs no alignment.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), values) };
    }
}

#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn store_f16(words: __m256i, norm: Factors<__m256, __m256i>, out: &mut [f16; 16]) {
    for (out, values) in out.as_chunks_mut::<8>().0.iter_mut().zip(normalised(words, norm)) {
        let halves = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(values);
        // SAFETY: `out` is 16 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), halves) };
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_u8(words: __m256i, _: Factors<__m256, __m256i>, out: &mut [u8; 16]) {
    // Each lane has four pixels of the first half, then four of the second one.
    let bytes = _mm256_packus_epi16(words, words);
    let bytes = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
    // SAFETY: `out` is 16 bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), bytes) };
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store_wide_f32(words: __m512i, norm: Factors<__m512, __m512i>, out: &mut [f32; 32]) {
    for (out, values) in out.as_chunks_mut::<16>().0.iter_mut().zip(normalised_wide(words, norm)) {
        // SAFETY: `out` is 64 bytes; the store needs no alignment.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), values) };
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store_wide_f16(words: __m512i, norm: Factors<__m512, __m512i>, out: &mut [f16; 32]) {
    for (out, values) in out.as_chunks_mut::<16>().0.iter_mut().zip(normalised_wide(words, norm)) {
        let halves = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(values);
        // SAFETY: `out` is 32 bytes, `f16` being a plain 16-bit word; the store needs no alignment.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), halves) };
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store_wide_u8(words: __m512i, _: Factors<__m512, __m512i>, out: &mut [u8; 32]) {
    let order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    let bytes = _mm256_permutevar8x32_epi32(_mm512_cvtepi16_epi8(words), order);
    // SAFETY: `out` is 32 bytes; the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), bytes) };
}
