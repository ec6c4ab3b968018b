//! Packed pixels to planes.

use std::arch::x86_64::*;

use super::super::rows::PackedRow;
use crate::cpu::{Avx2, Avx512};

impl Avx2 {
    #[inline]
    pub(in super::super) fn split_row(self, row: PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where AVX2 was detected.
        unsafe { if row.size == 4 { split_avx2::<4>(row, dst) } else { split_avx2::<3>(row, dst) } }
    }
}

impl Avx512 {
    #[inline]
    pub(in super::super) fn split_row(self, row: PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where AVX-512 F, BW and VBMI were detected.
        unsafe { if row.size == 4 { split_avx512::<4>(row, dst) } else { split_avx512::<3>(row, dst) } }
    }
}

/// 32 pixels a step; the last step goes over pixels a second time. Loads of 3-byte pixels go 4 bytes past them.
#[target_feature(enable = "avx2")]
fn split_avx2<const SIZE: usize>(row: PackedRow<'_>, dst: &mut [u8]) -> usize {
    let src = row.bytes;
    let Some(last) = (src.len() / SIZE).checked_sub(if SIZE == 3 { 34 } else { 32 }) else { return 0 };
    let planes = dst.len() / 3;
    // Four bytes of each colour side by side.
    let mask: [u8; 16] = std::array::from_fn(|i| match row.offsets.get(i / 4) {
        Some(offset) => (i % 4 * SIZE + offset) as u8,
        None => 0x80,
    });
    // SAFETY: the array is 16 bytes.
    let mask = _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(mask.as_ptr().cast()) });
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let mut at = 0;
    loop {
        let mut parts = [mask; 4];
        for (i, part) in parts.iter_mut().enumerate() {
            let eight = &src[(at + 8 * i) * SIZE..][..if SIZE == 4 { 32 } else { 28 }];
            // SAFETY: the slice has 32 bytes, or 12 and 16 more; the loads need no alignment.
            let pixels = unsafe {
                if SIZE == 4 {
                    _mm256_loadu_si256(eight.as_ptr().cast())
                } else {
                    let high = _mm_loadu_si128(eight.as_ptr().add(12).cast());
                    _mm256_set_m128i(high, _mm_loadu_si128(eight.as_ptr().cast()))
                }
            };
            *part = _mm256_shuffle_epi8(pixels, mask);
        }
        let [a, b, c, d] = parts;
        let (first, second) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
        let (third, fourth) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
        let colors = [
            _mm256_unpacklo_epi64(first, second),
            _mm256_unpackhi_epi64(first, second),
            _mm256_unpacklo_epi64(third, fourth),
        ];
        for (i, color) in colors.into_iter().enumerate() {
            let out = &mut dst[i * planes + at..][..32];
            // SAFETY: the slice has 32 bytes; the store needs no alignment.
            unsafe {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm256_permutevar8x32_epi32(color, order));
            }
        }
        if at == last {
            return at + 32;
        }
        at = (at + 32).min(last);
    }
}

/// 64 pixels a step; the last step goes over pixels a second time.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn split_avx512<const SIZE: usize>(row: PackedRow<'_>, dst: &mut [u8]) -> usize {
    let src = row.bytes;
    let Some(last) = (src.len() / SIZE).checked_sub(64) else { return 0 };
    let planes = dst.len() / 3;
    let mut places = [[0u8; 64]; 3];
    for (place, offset) in places.iter_mut().zip(row.offsets) {
        *place = std::array::from_fn(|i| (i * SIZE + offset) as u8);
    }
    // Pixels of four bytes: the upper half of the places comes from the other two vectors. Of three: what begins
    // beyond the first two vectors comes from the third.
    let beyond = |place: &[u8; 64]| match SIZE {
        4 => u64::MAX << 32,
        _ => (0..64).filter(|&i| i * 3 + usize::from(place[0]) >= 128).fold(0, |all, i| all | 1u64 << i),
    };
    let masks = places.each_ref().map(beyond);
    let mut at = 0;
    loop {
        let step = &src[at * SIZE..][..64 * SIZE];
        // SAFETY: the slice has `SIZE` vectors of 64 bytes; the loads need no alignment.
        let load = |i: usize| unsafe { _mm512_loadu_si512(step.as_ptr().add(64 * i.min(SIZE - 1)).cast()) };
        let parts = [load(0), load(1), load(2), load(3)];
        for (i, (place, mask)) in places.iter().zip(masks).enumerate() {
            // SAFETY: the array has 64 bytes.
            let place = unsafe { _mm512_loadu_si512(place.as_ptr().cast()) };
            let near = _mm512_permutex2var_epi8(parts[0], place, parts[1]);
            let color = if SIZE == 4 {
                _mm512_mask_blend_epi8(mask, near, _mm512_permutex2var_epi8(parts[2], place, parts[3]))
            } else {
                _mm512_mask_permutexvar_epi8(near, mask, place, parts[2])
            };
            let out = &mut dst[i * planes + at..][..64];
            // SAFETY: the slice has 64 bytes; the store needs no alignment.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), color) };
        }
        if at == last {
            return at + 64;
        }
        at = (at + 64).min(last);
    }
}
