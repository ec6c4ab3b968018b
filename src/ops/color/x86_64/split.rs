//! Packed pixels to planes.

use std::arch::x86_64::*;

use super::super::rows::PackedRow;
use crate::cpu::{Avx2, Avx512};

impl Avx2 {
    #[inline]
    pub(in super::super) fn split_row(self, row: &PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where AVX2 was detected.
        unsafe { if row.size == 4 { split_avx2::<4>(row, dst) } else { split_avx2::<3>(row, dst) } }
    }
}

impl Avx512 {
    #[inline]
    pub(in super::super) fn split_row(self, row: &PackedRow<'_>, dst: &mut [u8]) -> usize {
        // SAFETY: the token exists only where AVX-512 F, BW and VBMI were detected.
        unsafe { if row.size == 4 { split_avx512::<4>(row, dst) } else { split_avx512::<3>(row, dst) } }
    }
}

/// 32 pixels a step; the last step goes over pixels a second time. Loads of 3-byte pixels go 4 bytes past them.
#[target_feature(enable = "avx2")]
fn split_avx2<const SIZE: usize>(row: &PackedRow<'_>, dst: &mut [u8]) -> usize {
    let (src, plane) = (row.bytes, dst.len() / 3);
    let pixels = src.len() / SIZE;
    assert!(plane >= pixels, "a plane is shorter than the row");
    let Some(last) = pixels.checked_sub(if SIZE == 3 { 34 } else { 32 }) else { return 0 };
    // Four bytes of each colour side by side.
    let [r, g, b] = row.offsets.map(|offset| offset as i32 * 0x0101_0101);
    let step = SIZE as i32 * 0x0302_0100;
    let mask = _mm256_broadcastsi128_si256(_mm_setr_epi32(step + r, step + g, step + b, -1));
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let mut at = 0;
    loop {
        let mut parts = [mask; 4];
        for (i, part) in parts.iter_mut().enumerate() {
            // SAFETY: 32 pixels from `at` on lie in the row, of 3 bytes two more; the loads need no alignment.
            let pixels = unsafe {
                let eight = src.as_ptr().add((at + 8 * i) * SIZE);
                if SIZE == 4 {
                    _mm256_loadu_si256(eight.cast())
                } else {
                    _mm256_set_m128i(_mm_loadu_si128(eight.add(12).cast()), _mm_loadu_si128(eight.cast()))
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
            let color = _mm256_permutevar8x32_epi32(color, order);
            // SAFETY: 32 pixels from `at` on lie in each plane; the store needs no alignment.
            unsafe { _mm256_storeu_si256(dst.as_mut_ptr().add(i * plane + at).cast(), color) };
        }
        if at == last {
            return at + 32;
        }
        at = (at + 32).min(last);
    }
}

/// Where the first byte of each of 64 pixels is, in two vectors where they are in four.
const fn places(size: usize) -> [u8; 64] {
    let mut places = [0; 64];
    let mut i = 0;
    while i < 64 {
        places[i] = (i * size) as u8;
        i += 1;
    }
    places
}

/// 64 pixels a step; the last step goes over pixels a second time.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn split_avx512<const SIZE: usize>(row: &PackedRow<'_>, dst: &mut [u8]) -> usize {
    let (src, plane) = (row.bytes, dst.len() / 3);
    let pixels = src.len() / SIZE;
    assert!(plane >= pixels, "a plane is shorter than the row");
    let Some(last) = pixels.checked_sub(64) else { return 0 };
    let first = const { places(SIZE) };
    // SAFETY: the array has 64 bytes.
    let first = unsafe { _mm512_loadu_si512(first.as_ptr().cast()) };
    let mut at = 0;
    loop {
        // SAFETY: 64 pixels from `at` on, `SIZE` vectors, lie in the row; the loads need no alignment.
        let load = |i: usize| unsafe {
            _mm512_loadu_si512(src.as_ptr().add(at * SIZE + 64 * i.min(SIZE - 1)).cast())
        };
        let parts = [load(0), load(1), load(2), load(3)];
        for (i, &offset) in row.offsets.iter().enumerate() {
            let place = _mm512_add_epi8(first, _mm512_set1_epi8(offset as i8));
            let near = _mm512_permutex2var_epi8(parts[0], place, parts[1]);
            let color = if SIZE == 4 {
                let far = _mm512_permutex2var_epi8(parts[2], place, parts[3]);
                _mm512_mask_blend_epi8(u64::MAX << 32, near, far)
            } else {
                // From byte 128 on.
                let beyond = u64::MAX << if offset == 2 { 42 } else { 43 };
                _mm512_mask_permutexvar_epi8(near, beyond, place, parts[2])
            };
            // SAFETY: 64 pixels from `at` on lie in each plane; the store needs no alignment.
            unsafe { _mm512_storeu_si512(dst.as_mut_ptr().add(i * plane + at).cast(), color) };
        }
        if at == last {
            return at + 64;
        }
        at = (at + 64).min(last);
    }
}
