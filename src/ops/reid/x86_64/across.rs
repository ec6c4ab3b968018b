//! Sampling along rows: one shuffle of a plane's bytes and two products.

use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};
use crate::ops::reid::columns::Table;

/// Samples the planes of `row`, a third of it each, into those of `out`.
#[inline]
pub(in super::super) fn across(_: Avx2, row: &[u8], table: &Table, out: &mut [i16]) {
    match table.reach {
        // SAFETY: the token exists only where AVX2 was detected.
        16 => unsafe { across_avx2::<false>(row, table, out) },
        // SAFETY: as above.
        32 => unsafe { across_avx2::<true>(row, table, out) },
        _ => unreachable!("there are groups of 16 and of 32 bytes"),
    }
}

/// As [`across`].
#[inline]
pub(in super::super) fn across_wide(_: Avx512, row: &[u8], table: &Table, out: &mut [i16]) {
    match table.reach {
        // SAFETY: the token exists only where these parts of AVX-512 were detected.
        64 => unsafe { across_avx512::<false>(row, table, out) },
        // SAFETY: as above.
        128 => unsafe { across_avx512::<true>(row, table, out) },
        _ => unreachable!("there are groups of 64 and of 128 bytes"),
    }
}

/// Whole groups of `values` that the table has and the planes of `out` have room for.
///
/// # Panics
/// When the planes of `row` are shorter than the table needs.
#[inline(always)]
fn groups(row: &[u8], table: &Table, out: &[i16], values: usize) -> usize {
    assert!(table.needs <= row.len() / 3, "a plane is too short");
    let parts = table.index.len().min(table.high.len()).min(table.low.len()) / values;
    parts.min(out.len() / 3 / values)
}

/// Sixteen values at a time, from two places of each plane, 16 bytes each, or 32 where they are `FAR`.
#[target_feature(enable = "avx2")]
fn across_avx2<const FAR: bool>(row: &[u8], table: &Table, out: &mut [i16]) {
    let (plane, sampled) = (row.len() / 3, out.len() / 3);
    let bases = table.bases.as_chunks::<2>().0;
    let groups = groups(row, table, out, 16).min(bases.len());
    let (index, high, low) = (table.index.as_ptr(), table.high.as_ptr(), table.low.as_ptr());
    let (row, out) = (row.as_ptr(), out.as_mut_ptr());
    for (i, base) in bases[..groups].iter().enumerate() {
        // SAFETY: there are so many groups in each part of the table; the loads need no alignment.
        let part = |part: *const u16| unsafe { _mm256_loadu_si256(part.add(16 * i).cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        // Indices beyond 15 have their highest bit set in the one, those below 16 in the other: both give zero.
        let near = _mm256_adds_epu8(index, _mm256_set1_epi8(0x70));
        let far = _mm256_sub_epi8(index, _mm256_set1_epi8(16));
        for c in 0..3 {
            // SAFETY: so many bytes from each base on, 16 or 32, lie in a plane that is as long as the table needs, and
            // the planes of `out` have so many groups; nothing needs alignment.
            unsafe {
                let load = |base: u32, more: usize| {
                    _mm_loadu_si128(row.add(c * plane + base as usize + more).cast())
                };
                let bytes = _mm256_set_m128i(load(base[1], 0), load(base[0], 0));
                let pairs = if FAR {
                    let more = _mm256_set_m128i(load(base[1], 16), load(base[0], 16));
                    _mm256_or_si256(_mm256_shuffle_epi8(bytes, near), _mm256_shuffle_epi8(more, far))
                } else {
                    _mm256_shuffle_epi8(bytes, index)
                };
                let (large, small) = (_mm256_maddubs_epi16(pairs, high), _mm256_maddubs_epi16(pairs, low));
                let sum = _mm256_add_epi16(large, _mm256_srli_epi16::<4>(small));
                _mm256_storeu_si256(out.add(c * sampled + 16 * i).cast(), sum);
            }
        }
    }
}

/// 32 values at a time, from 64 bytes of each plane, or from 128 where they are `FAR`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn across_avx512<const FAR: bool>(row: &[u8], table: &Table, out: &mut [i16]) {
    let (plane, sampled) = (row.len() / 3, out.len() / 3);
    let groups = groups(row, table, out, 32).min(table.bases.len());
    let (index, high, low) = (table.index.as_ptr(), table.high.as_ptr(), table.low.as_ptr());
    let (row, out) = (row.as_ptr(), out.as_mut_ptr());
    for (i, &base) in table.bases[..groups].iter().enumerate() {
        // SAFETY: there are so many groups in each part of the table; the loads need no alignment.
        let part = |part: *const u16| unsafe { _mm512_loadu_si512(part.add(32 * i).cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        for c in 0..3 {
            // SAFETY: so many bytes from the base on, 64 or 128, lie in a plane that is as long as the table needs, and
            // the planes of `out` have so many groups; nothing needs alignment.
            unsafe {
                let from = row.add(c * plane + base as usize);
                let bytes = _mm512_loadu_si512(from.cast());
                let pairs = if FAR {
                    _mm512_permutex2var_epi8(bytes, index, _mm512_loadu_si512(from.add(64).cast()))
                } else {
                    _mm512_permutexvar_epi8(index, bytes)
                };
                let (large, small) = (_mm512_maddubs_epi16(pairs, high), _mm512_maddubs_epi16(pairs, low));
                let sum = _mm512_add_epi16(large, _mm512_srli_epi16::<4>(small));
                _mm512_storeu_si512(out.add(c * sampled + 32 * i).cast(), sum);
            }
        }
    }
}
