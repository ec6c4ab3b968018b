//! Sampling along rows: one shuffle of a plane's bytes and two products.

use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};
use crate::ops::reid::columns::Table;
use crate::ops::reid::pixels::Strip;

/// Samples plane `c` of the rows of a strip into that of the rows of `out`, whose planes have `len` values each.
pub(in super::super) fn across(
    _: Avx2,
    strip: Strip<'_>,
    table: &Table,
    (out, len): (&mut [i16], usize),
    c: usize,
) {
    match table.reach {
        // SAFETY: the token exists only where AVX2 was detected.
        16 => unsafe { across_avx2::<false>(strip, table, (out, len), c) },
        // SAFETY: as above.
        32 => unsafe { across_avx2::<true>(strip, table, (out, len), c) },
        _ => unreachable!("there are groups of 16 and of 32 bytes"),
    }
}

/// As [`across`].
pub(in super::super) fn across_wide(
    _: Avx512,
    strip: Strip<'_>,
    table: &Table,
    (out, len): (&mut [i16], usize),
    c: usize,
) {
    match table.reach {
        // SAFETY: the token exists only where these parts of AVX-512 were detected.
        64 => unsafe { across_avx512::<false>(strip, table, (out, len), c) },
        // SAFETY: as above.
        128 => unsafe { across_avx512::<true>(strip, table, (out, len), c) },
        _ => unreachable!("there are groups of 64 and of 128 bytes"),
    }
}

/// Whole groups of `values` that the table has and each plane of `out` has room for.
///
/// # Panics
/// When the planes of the strip are shorter than the table needs, or `out` has fewer rows.
#[inline(always)]
fn groups(strip: &Strip<'_>, table: &Table, (out, len): (&[i16], usize), values: usize) -> usize {
    assert!(table.needs <= strip.plane, "a plane is too short");
    // Two rows at a time.
    let planes = 3 * strip.rows.next_multiple_of(2);
    assert!(planes * strip.plane <= strip.bytes.len() && planes * len <= out.len(), "a row is not there");
    let parts = table.index.len().min(table.high.len()).min(table.low.len());
    parts.min(len) / values
}

/// Sixteen values at a time, from two places of each plane, 16 bytes each, or 32 where they are `FAR`.
#[target_feature(enable = "avx2")]
fn across_avx2<const FAR: bool>(strip: Strip<'_>, table: &Table, (out, len): (&mut [i16], usize), c: usize) {
    let groups = groups(&strip, table, (out, len), 16);
    let (index, high, low) = (table.index.as_ptr(), table.high.as_ptr(), table.low.as_ptr());
    // From row to row.
    let (plane, sampled) = (3 * strip.plane, 3 * len);
    for (i, base) in table.bases.as_chunks::<2>().0.iter().enumerate().take(groups) {
        // SAFETY: there are so many groups in each part of the table; the loads need no alignment.
        let part = |part: *const u16| unsafe { _mm256_loadu_si256(part.add(16 * i).cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        // Indices beyond 15 have their highest bit set in the one, those below 16 in the other: both give zero.
        let near = _mm256_adds_epu8(index, _mm256_set1_epi8(0x70));
        let far = _mm256_sub_epi8(index, _mm256_set1_epi8(16));
        let sample = |from: [*const u8; 2], out: *mut i16| {
            // SAFETY: so many bytes from each base on, 16 or 32, lie in each plane, which is as long as the table needs;
            // the planes of `out` have so many groups; nothing needs alignment.
            unsafe {
                let load = |more: usize| from.map(|from| _mm_loadu_si128(from.add(more).cast()));
                let [first, second] = load(0);
                let bytes = _mm256_set_m128i(second, first);
                let pairs = if FAR {
                    let [first, second] = load(16);
                    let more = _mm256_set_m128i(second, first);
                    _mm256_or_si256(_mm256_shuffle_epi8(bytes, near), _mm256_shuffle_epi8(more, far))
                } else {
                    _mm256_shuffle_epi8(bytes, index)
                };
                let (large, small) = (_mm256_maddubs_epi16(pairs, high), _mm256_maddubs_epi16(pairs, low));
                let sum = _mm256_add_epi16(large, _mm256_srli_epi16::<4>(small));
                _mm256_storeu_si256(out.cast(), sum);
            }
        };
        let mut from = base.map(|base| strip.bytes.as_ptr().wrapping_add(c * strip.plane + base as usize));
        let mut out = out.as_mut_ptr().wrapping_add(c * len + 16 * i);
        for _ in 0..strip.rows.div_ceil(2) {
            sample(from, out);
            sample(from.map(|from| from.wrapping_add(plane)), out.wrapping_add(sampled));
            (from, out) = (from.map(|from| from.wrapping_add(2 * plane)), out.wrapping_add(2 * sampled));
        }
    }
}

/// 32 values at a time, from 64 bytes of each plane, or from 128 where they are `FAR`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn across_avx512<const FAR: bool>(
    strip: Strip<'_>,
    table: &Table,
    (out, len): (&mut [i16], usize),
    c: usize,
) {
    let groups = groups(&strip, table, (out, len), 32);
    let (index, high, low) = (table.index.as_ptr(), table.high.as_ptr(), table.low.as_ptr());
    let (plane, sampled) = (3 * strip.plane, 3 * len);
    for (i, &base) in table.bases.iter().enumerate().take(groups) {
        // SAFETY: there are so many groups in each part of the table; the loads need no alignment.
        let part = |part: *const u16| unsafe { _mm512_loadu_si512(part.add(32 * i).cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        let sample = |from: *const u8, out: *mut i16| {
            // SAFETY: so many bytes from the base on, 64 or 128, lie in each plane, which is as long as the table needs;
            // the planes of `out` have so many groups; nothing needs alignment.
            unsafe {
                let bytes = _mm512_loadu_si512(from.cast());
                let pairs = if FAR {
                    _mm512_permutex2var_epi8(bytes, index, _mm512_loadu_si512(from.add(64).cast()))
                } else {
                    _mm512_permutexvar_epi8(index, bytes)
                };
                let (large, small) = (_mm512_maddubs_epi16(pairs, high), _mm512_maddubs_epi16(pairs, low));
                let sum = _mm512_add_epi16(large, _mm512_srli_epi16::<4>(small));
                _mm512_storeu_si512(out.cast(), sum);
            }
        };
        let mut from = strip.bytes.as_ptr().wrapping_add(c * strip.plane + base as usize);
        let mut out = out.as_mut_ptr().wrapping_add(c * len + 32 * i);
        for _ in 0..strip.rows.div_ceil(2) {
            sample(from, out);
            sample(from.wrapping_add(plane), out.wrapping_add(sampled));
            (from, out) = (from.wrapping_add(2 * plane), out.wrapping_add(2 * sampled));
        }
    }
}
