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
pub(in super::super) fn across_wide(token: Avx512, row: &[u8], table: &Table, out: &mut [i16]) {
    match table.reach {
        // SAFETY: the token exists only where these parts of AVX-512 were detected.
        64 => unsafe { across_avx512::<false>(row, table, out) },
        // SAFETY: as above.
        128 => unsafe { across_avx512::<true>(row, table, out) },
        _ => across(token.avx2(), row, table, out),
    }
}

/// Sixteen pixels at a time, from two places of each plane, 16 bytes each, or 32 where they are `FAR`.
#[target_feature(enable = "avx2")]
fn across_avx2<const FAR: bool>(row: &[u8], table: &Table, out: &mut [i16]) {
    let (plane, sampled) = (row.len() / 3, out.len() / 3);
    assert!(table.needs <= plane && table.reach == if FAR { 32 } else { 16 }, "a plane is too short");
    let bases = table.bases.as_chunks::<2>().0;
    let [index, high, low] = [&table.index, &table.high, &table.low].map(|part| part.as_chunks::<16>().0);
    let groups = bases.len().min(index.len()).min(sampled / 16);
    for i in 0..groups {
        // SAFETY: the parts of the table are 32 bytes each; the loads need no alignment.
        let part = |part: &[[u16; 16]]| unsafe { _mm256_loadu_si256(part[i].as_ptr().cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        // Indices beyond 15 have their highest bit set in the one, those below 16 in the other: both give zero.
        let near = _mm256_adds_epu8(index, _mm256_set1_epi8(0x70));
        let far = _mm256_sub_epi8(index, _mm256_set1_epi8(16));
        for c in 0..3 {
            let load = |base: u32, more: usize| {
                // SAFETY: 16 bytes, or 32, from each base on lie in a plane that is as long as the table needs.
                unsafe { _mm_loadu_si128(row.as_ptr().add(c * plane + base as usize + more).cast()) }
            };
            let bytes = _mm256_set_m128i(load(bases[i][1], 0), load(bases[i][0], 0));
            let pairs = if FAR {
                let more = _mm256_set_m128i(load(bases[i][1], 16), load(bases[i][0], 16));
                _mm256_or_si256(_mm256_shuffle_epi8(bytes, near), _mm256_shuffle_epi8(more, far))
            } else {
                _mm256_shuffle_epi8(bytes, index)
            };
            let (large, small) = (_mm256_maddubs_epi16(pairs, high), _mm256_maddubs_epi16(pairs, low));
            let sum = _mm256_add_epi16(large, _mm256_srli_epi16::<4>(small));
            let out = &mut out[c * sampled + 16 * i..][..16];
            // SAFETY: the slice is 32 bytes; the store needs no alignment.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), sum) };
        }
    }
}

/// 32 pixels at a time, from 64 bytes of each plane, or from 128 where they are `FAR`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn across_avx512<const FAR: bool>(row: &[u8], table: &Table, out: &mut [i16]) {
    let (plane, sampled) = (row.len() / 3, out.len() / 3);
    assert!(table.needs <= plane && table.reach == if FAR { 128 } else { 64 }, "a plane is too short");
    let [index, high, low] = [&table.index, &table.high, &table.low].map(|part| part.as_chunks::<32>().0);
    let groups = table.bases.len().min(index.len()).min(sampled / 32);
    for i in 0..groups {
        // SAFETY: the parts of the table are 64 bytes each; the loads need no alignment.
        let part = |part: &[[u16; 32]]| unsafe { _mm512_loadu_si512(part[i].as_ptr().cast()) };
        let (index, high, low) = (part(index), part(high), part(low));
        for c in 0..3 {
            let load = |more: usize| {
                let at = c * plane + table.bases[i] as usize + more;
                // SAFETY: 64 bytes, or 128, from the base on lie in a plane that is as long as the table needs.
                unsafe { _mm512_loadu_si512(row.as_ptr().add(at).cast()) }
            };
            let pairs = if FAR {
                _mm512_permutex2var_epi8(load(0), index, load(64))
            } else {
                _mm512_permutexvar_epi8(index, load(0))
            };
            let (large, small) = (_mm512_maddubs_epi16(pairs, high), _mm512_maddubs_epi16(pairs, low));
            let sum = _mm512_add_epi16(large, _mm512_srli_epi16::<4>(small));
            let out = &mut out[c * sampled + 32 * i..][..32];
            // SAFETY: the slice is 64 bytes; the store needs no alignment.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), sum) };
        }
    }
}
