//! The same sums on AVX2.

use std::arch::x86_64::*;

use super::nearest::{GROUP, Groups, REACH};
use super::table::Table;
use super::taps::Taps;
use crate::cpu::{Avx2, Avx512};

/// As [`across`], with a table of groups of 2 pixels.
#[inline]
pub(super) fn across_table(_: Avx2, row: &[u8], table: &Table, out: &mut [i16]) -> usize {
    assert!(table.reach() == 16, "the table has groups of another size");
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { across_avx2(row, table, out) }
}

/// As [`across`], with a table of groups of 8 pixels, or of 2.
#[inline]
pub(super) fn across_wide(token: Avx512, row: &[u8], table: &Table, out: &mut [i16]) -> usize {
    match table.reach() {
        // SAFETY: the token exists only where these parts of AVX-512 were detected.
        64 => unsafe { across_avx512::<false>(row, table, out) },
        // SAFETY: as above.
        128 => unsafe { across_avx512::<true>(row, table, out) },
        _ => across_table(token.avx2(), row, table, out),
    }
}

/// Four pixels at a time, from two places of the row.
#[target_feature(enable = "avx2")]
fn across_avx2(row: &[u8], table: &Table, out: &mut [i16]) -> usize {
    let bases = table.bases(row).as_chunks::<2>().0;
    let [index, high, low] = table.parts::<4>();
    let out = out.as_chunks_mut::<16>().0;
    let groups = bases.len().min(index.len()).min(out.len());
    let (bases, out) = (&bases[..groups], &mut out[..groups]);
    let (index, high, low) = (&index[..groups], &high[..groups], &low[..groups]);
    for i in 0..groups {
        // SAFETY: 16 bytes from each base on lie in `row`, as the table has it; its parts are 32 bytes each, and so is
        // `out`; nothing needs alignment.
        unsafe {
            let load = |base: u32| _mm_loadu_si128(row.as_ptr().add(base as usize).cast());
            let bytes = _mm256_set_m128i(load(bases[i][1]), load(bases[i][0]));
            let pairs = _mm256_shuffle_epi8(bytes, _mm256_loadu_si256(index[i].as_ptr().cast()));
            let large = _mm256_maddubs_epi16(pairs, _mm256_loadu_si256(high[i].as_ptr().cast()));
            let small = _mm256_maddubs_epi16(pairs, _mm256_loadu_si256(low[i].as_ptr().cast()));
            let sum = _mm256_add_epi16(large, _mm256_srli_epi16::<4>(small));
            _mm256_storeu_si256(out[i].as_mut_ptr().cast(), sum);
        }
    }
    4 * groups
}

/// Eight pixels at a time, from 64 bytes of the row, or from 128 where they are `FAR`.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn across_avx512<const FAR: bool>(row: &[u8], table: &Table, out: &mut [i16]) -> usize {
    let bases = table.bases(row);
    let [index, high, low] = table.parts::<8>();
    let out = out.as_chunks_mut::<32>().0;
    let groups = bases.len().min(index.len()).min(out.len());
    let (bases, out) = (&bases[..groups], &mut out[..groups]);
    let (index, high, low) = (&index[..groups], &high[..groups], &low[..groups]);
    for i in 0..groups {
        // SAFETY: 64 bytes, or 128, from the base on lie in `row`, as the table has it; its parts are 64 bytes each, and
        // so is `out`; nothing needs alignment.
        unsafe {
            let from = row.as_ptr().add(bases[i] as usize);
            let (bytes, index) =
                (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(index[i].as_ptr().cast()));
            let pairs = if FAR {
                _mm512_permutex2var_epi8(bytes, index, _mm512_loadu_si512(from.add(64).cast()))
            } else {
                _mm512_permutexvar_epi8(index, bytes)
            };
            let large = _mm512_maddubs_epi16(pairs, _mm512_loadu_si512(high[i].as_ptr().cast()));
            let small = _mm512_maddubs_epi16(pairs, _mm512_loadu_si512(low[i].as_ptr().cast()));
            let sum = _mm512_add_epi16(large, _mm512_srli_epi16::<4>(small));
            _mm512_storeu_si512(out[i].as_mut_ptr().cast(), sum);
        }
    }
    8 * groups
}

/// Samples pixels from the left, and returns how many; see [`super::scalar::across`].
pub(super) fn across<const C: usize>(_: Avx2, row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe {
        match C {
            1 => across1(row, taps, out),
            3 | 4 => across34::<C>(row, taps, out),
            _ => 0,
        }
    }
}

/// Blends sampled rows of four values a pixel into three bytes each, from the left, and returns how many pixels.
pub(super) fn down3(_: Avx2, rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    // SAFETY: the token exists only where AVX2 was detected.
    unsafe { down3_avx2(rows, weights, out) }
}

#[target_feature(enable = "avx2")]
fn load8(row: &[u8], at: usize) -> __m128i {
    let eight: [u8; 8] = row[at..at + 8].try_into().expect("the range is 8 long");
    _mm_cvtsi64_si128(i64::from_le_bytes(eight))
}

#[target_feature(enable = "avx2")]
fn weights4(weights: &[[i16; 2]]) -> __m256i {
    let four: &[[i16; 2]; 4] = weights[..4].try_into().expect("four pairs");
    // SAFETY: four pairs of two bytes each are 16 bytes; the load needs no alignment.
    _mm256_castsi128_si256(unsafe { _mm_loadu_si128(four.as_ptr().cast()) })
}

/// Four pixels at a time: each takes 8 bytes of input, both neighbours with all their channels.
#[target_feature(enable = "avx2")]
fn across34<const C: usize>(row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    // Both neighbours' bytes of a channel side by side; a fourth one that is not there is zero.
    let pairs = if C == 4 {
        _mm256_setr_epi8(
            0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10,
            14, 11, 15,
        )
    } else {
        _mm256_setr_epi8(
            0, 3, 1, 4, 2, 5, -1, -1, 8, 11, 9, 12, 10, 13, -1, -1, 0, 3, 1, 4, 2, 5, -1, -1, 8, 11, 9, 12,
            10, 13, -1, -1,
        )
    };
    let (even, odd) = (_mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2), _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3));
    let zero = _mm256_setzero_si256();
    let groups = taps.first.as_chunks::<4>().0.iter().zip(taps.weights.as_chunks::<4>().0);
    let mut done = 0;
    for ((first, weights), out) in groups.zip(out.as_chunks_mut::<16>().0) {
        // Taps rise: the last of the four reaches farthest. Three channels read two bytes too many.
        let end = first[3] as usize * C + 8;
        if end > row.len() {
            break;
        }
        let row = &row[..end];
        let load = |i: usize| load8(row, first[i] as usize * C);
        let low = _mm_unpacklo_epi64(load(0), load(1));
        let high = _mm_unpacklo_epi64(load(2), load(3));
        let bytes = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), pairs);
        let weights = weights4(weights);
        let a =
            _mm256_madd_epi16(_mm256_unpacklo_epi8(bytes, zero), _mm256_permutevar8x32_epi32(weights, even));
        let b =
            _mm256_madd_epi16(_mm256_unpackhi_epi8(bytes, zero), _mm256_permutevar8x32_epi32(weights, odd));
        let sums = _mm256_packs_epi32(_mm256_srai_epi32::<4>(a), _mm256_srai_epi32::<4>(b));
        // SAFETY: `out` is 16 values of two bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), sums) };
        done += 4;
    }
    done
}

/// Eight pixels of one byte at a time.
#[target_feature(enable = "avx2")]
fn across1(row: &[u8], taps: &Taps, out: &mut [i16]) -> usize {
    let groups = taps.first.as_chunks::<8>().0.iter().zip(taps.weights.as_chunks::<8>().0);
    let mut done = 0;
    for ((first, weights), out) in groups.zip(out.as_chunks_mut::<8>().0) {
        if first[7] as usize + 2 > row.len() {
            break;
        }
        let pair = |i: usize| {
            let at = first[i] as usize;
            i16::from_le_bytes([row[at], row[at + 1]])
        };
        let bytes = _mm_setr_epi16(pair(0), pair(1), pair(2), pair(3), pair(4), pair(5), pair(6), pair(7));
        // SAFETY: eight pairs of two values of two bytes are 32 bytes; the load needs no alignment.
        let weights = unsafe { _mm256_loadu_si256(weights.as_ptr().cast()) };
        let sums = _mm256_srai_epi32::<4>(_mm256_madd_epi16(_mm256_cvtepu8_epi16(bytes), weights));
        let sums = _mm_packs_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
        // SAFETY: `out` is 8 values of two bytes; the store needs no alignment.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sums) };
        done += 8;
    }
    done
}

/// 16 blended values, as words.
#[inline]
#[target_feature(enable = "avx2")]
fn blend(upper: &[i16; 16], lower: &[i16; 16], weights: (__m256i, __m256i)) -> __m256i {
    // SAFETY: both are 32 bytes; the loads need no alignment.
    let (upper, lower) =
        unsafe { (_mm256_loadu_si256(upper.as_ptr().cast()), _mm256_loadu_si256(lower.as_ptr().cast())) };
    let sum = _mm256_add_epi16(_mm256_mulhi_epi16(upper, weights.0), _mm256_mulhi_epi16(lower, weights.1));
    _mm256_srai_epi16::<2>(_mm256_add_epi16(sum, _mm256_set1_epi16(2)))
}

#[target_feature(enable = "avx2")]
fn down3_avx2(rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) -> usize {
    let weights = (_mm256_set1_epi16(weights[0]), _mm256_set1_epi16(weights[1]));
    let three = _mm256_setr_epi8(
        0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1,
        -1, -1, -1,
    );
    let groups = rows[0].as_chunks::<32>().0.iter().zip(rows[1].as_chunks::<32>().0);
    let mut done = 0;
    for (upper, lower) in groups {
        // Eight pixels are 24 bytes, but the last store writes 16 from byte 12 on.
        let Some(out) = out.get_mut(3 * done..3 * done + 28) else { break };
        let (upper, lower) = (upper.as_chunks().0, lower.as_chunks().0);
        let (low, high) = (blend(&upper[0], &lower[0], weights), blend(&upper[1], &lower[1], weights));
        let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(low, high));
        let bytes = _mm256_shuffle_epi8(bytes, three);
        // SAFETY: bytes 0 to 15 and 12 to 27 lie in the 28 of `out`; the stores need no alignment.
        unsafe {
            _mm_storeu_si128(out.as_mut_ptr().cast(), _mm256_castsi256_si128(bytes));
            _mm_storeu_si128(out.as_mut_ptr().add(12).cast(), _mm256_extracti128_si256::<1>(bytes));
        }
        done += 8;
    }
    done
}

/// Picks the pixels of `groups` from a row and returns how many.
#[inline]
pub(super) fn pick(_: Avx512, row: &[u8], groups: &Groups, out: &mut [u8]) -> usize {
    // SAFETY: the token exists only where AVX-512 F was detected.
    unsafe { pick_avx512(row, groups, out) }
}

#[target_feature(enable = "avx512f")]
fn pick_avx512(row: &[u8], groups: &Groups, out: &mut [u8]) -> usize {
    let out = out.as_chunks_mut::<{ 4 * GROUP }>().0;
    for ((out, &base), places) in out.iter_mut().zip(&groups.bases).zip(&groups.places) {
        let near = row[base..].first_chunk::<REACH>().expect("a group lies in the row");
        // SAFETY: the bytes are four vectors, the places and the output one each; nothing needs alignment.
        unsafe {
            let load = |i: usize| _mm512_loadu_si512(near.as_ptr().add(64 * i).cast());
            let places = _mm512_loadu_si512(places.as_ptr().cast());
            // The lowest five bits choose among two vectors, the next one which two.
            let upper = _mm512_test_epi32_mask(places, _mm512_set1_epi32(32));
            let first = _mm512_permutex2var_epi32(load(0), places, load(1));
            let second = _mm512_permutex2var_epi32(load(2), places, load(3));
            _mm512_storeu_si512(out.as_mut_ptr().cast(), _mm512_mask_blend_epi32(upper, first, second));
        }
    }
    GROUP * out.len().min(groups.bases.len())
}
