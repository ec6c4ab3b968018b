//! Both passes in integers that never round before the end, so that their order and grouping do not matter.
//!
//! Pixels less 128 are signed bytes `p`, weights `k` unsigned bytes that sum to 256. A row filtered across is
//! `Σ k·p`, from -32768 to 32512: it fits 16 bits, and so does every partial sum, since each product is bounded by
//! `128·k`. Filtered down it is 2^23 less than the sum of the unsigned pixels, which the last step adds again.

use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};
use crate::ops::rows::Isa;

/// 2^23 for the 128 that pixels lack, and a half for rounding.
const BIAS: i32 = (1 << 23) + (1 << 15);

/// The vector instructions that the filter is written for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lanes {
    Avx2(Avx2),
    /// With VNNI, which is asked for on its own.
    Avx512(Avx512),
}

/// Weights across a row, in groups of two and of four bytes; what is missing in the last is 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Across {
    pairs: Vec<i32>,
    quads: Vec<i32>,
}

impl Across {
    pub(super) fn new(weights: &[i16]) -> Self {
        let byte = |i: usize| weights.get(i).copied().unwrap_or(0).min(255) as u8;
        let pairs = (0..weights.len()).step_by(2);
        let quads = (0..weights.len()).step_by(4);
        Self {
            pairs: pairs.map(|i| i32::from_le_bytes([byte(i), byte(i + 1), byte(i), byte(i + 1)])).collect(),
            quads: quads.map(|i| i32::from_le_bytes([0, 1, 2, 3].map(|t| byte(i + t)))).collect(),
        }
    }
}

/// Weights down two rows of output, for pairs of rows: one weight in each half of a word.
#[derive(Debug, Clone, Default)]
pub(super) struct Down {
    /// For the upper row of output, which starts on the upper row of the first pair, and the lower one.
    pairs: Vec<[i32; 2]>,
}

impl Down {
    pub(super) fn new(weights: &[i16]) -> Self {
        let at = |i: usize| weights.get(i).copied().unwrap_or(0);
        let word = |low: i16, high: i16| i32::from(high) << 16 | i32::from(low as u16);
        let pair = |i: usize| [word(at(i), at(i + 1)), word(if i == 0 { 0 } else { at(i - 1) }, at(i))];
        Self { pairs: (0..weights.len()).step_by(2).map(pair).collect() }
    }
}

impl Lanes {
    pub(super) fn new(isa: Isa) -> Option<Self> {
        match isa {
            Isa::Scalar => None,
            Isa::Avx2(token) => Some(Self::Avx2(token)),
            Isa::Avx512(token) if is_x86_feature_detected!("avx512vnni") => Some(Self::Avx512(token)),
            Isa::Avx512(_) => Avx2::new().map(Self::Avx2),
        }
    }

    /// Values after the last that the weights take in, and what is read with them.
    pub(super) fn reach(self, weights: &Across, channels: usize) -> usize {
        match self {
            Self::Avx2(_) => 2 * channels * (weights.pairs.len() - 1),
            Self::Avx512(_) => 4 * channels * (weights.quads.len() - 1),
        }
    }

    /// Writes each byte of `row`, less 128, with those of the pixels after it: four in all where AVX-512 is, else two.
    ///
    /// `out` has 4 bytes for each of a multiple of 64 bytes of `row`, which goes on for 64 more at least. With two, the
    /// second half of `out` is left alone. What is `ahead` bytes further on is asked for from memory.
    #[inline]
    pub(super) fn spread(self, row: &[u8], channels: usize, ahead: usize, out: &mut [u8]) {
        let count = out.len() / self.unit();
        assert!(out.len() == count * self.unit() && count.is_multiple_of(64));
        assert!(channels <= 16 && row.len() >= count + 64);
        match self {
            // SAFETY: the token proves AVX2; the lengths were checked above.
            Self::Avx2(_) => unsafe { spread_avx2(row, channels, ahead, count, out) },
            // SAFETY: the variant is made only where AVX-512 is; the lengths were checked above.
            Self::Avx512(_) => unsafe { spread_avx512(row, channels, ahead, count, out) },
        }
    }

    /// Bytes that [`spread`](Self::spread) makes of one.
    pub(super) fn unit(self) -> usize {
        match self {
            Self::Avx2(_) => 2,
            Self::Avx512(_) => 4,
        }
    }

    /// Filters two spread rows across into `ring`: the upper one in the low halves, the lower one in the high ones.
    ///
    /// `ring.len()` values, a multiple of 64. The rows start half a kernel before the first value and go on for
    /// [`reach`](Self::reach) after the last.
    #[inline]
    pub(super) fn across(self, rows: [&[u8]; 2], channels: usize, weights: &Across, ring: &mut [u32]) {
        let need = self.unit() * (ring.len() + self.reach(weights, channels));
        assert!(ring.len().is_multiple_of(64) && rows.iter().all(|row| row.len() >= need));
        match self {
            // SAFETY: the token proves AVX2; the lengths were checked above.
            Self::Avx2(_) => unsafe { across_avx2(rows, channels, &weights.pairs, ring) },
            // SAFETY: the variant is made only where AVX-512 and VNNI are; the lengths were checked above.
            Self::Avx512(_) => unsafe { across_avx512(rows, channels, &weights.quads, ring) },
        }
    }

    /// Filters the ring down into two rows of bytes. `oldest` is the place of the first pair; what is `ahead` bytes further
    /// on will be written next, and is asked for from memory.
    #[inline]
    pub(super) fn down(
        self,
        ring: &[u32],
        oldest: usize,
        weights: &Down,
        upper: &mut [u8],
        lower: &mut [u8],
        ahead: usize,
    ) {
        let (pairs, width) = (weights.pairs.len(), upper.len().next_multiple_of(64));
        assert!(ring.len() == pairs * width && oldest < pairs && lower.len() == upper.len());
        match self {
            // SAFETY: the token proves AVX2; the lengths were checked above.
            Self::Avx2(_) => unsafe { down_avx2(ring, oldest, &weights.pairs, upper, lower, ahead) },
            // SAFETY: the variant is made only where AVX-512 and VNNI are; the lengths were checked above.
            Self::Avx512(_) => unsafe { down_avx512(ring, oldest, &weights.pairs, upper, lower, ahead) },
        }
    }
}

/// # Safety
/// As [`Lanes::spread`] asserts: `row` has 64 bytes more than `count`, `spread` twice `count`.
#[target_feature(enable = "avx2")]
unsafe fn spread_avx2(row: &[u8], channels: usize, ahead: usize, count: usize, spread: &mut [u8]) {
    let flip = _mm256_set1_epi8(-128);
    for i in (0..count).step_by(32) {
        _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_add(i + ahead).cast());
        // SAFETY: `i + channels + 32 <= count + 16 <= row.len()` and `2 · (i + 32) <= spread.len()` by the caller's word.
        unsafe {
            let load = |at: usize| _mm256_xor_si256(_mm256_loadu_si256(row.as_ptr().add(at).cast()), flip);
            let (a, b) = (load(i), load(i + channels));
            let (low, high) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
            let out = spread.as_mut_ptr().add(2 * i);
            _mm256_storeu_si256(out.cast(), _mm256_permute2x128_si256::<0x20>(low, high));
            _mm256_storeu_si256(out.add(32).cast(), _mm256_permute2x128_si256::<0x31>(low, high));
        }
    }
}

/// # Safety
/// As [`Lanes::across`] asserts.
#[target_feature(enable = "avx2")]
unsafe fn across_avx2([upper, lower]: [&[u8]; 2], channels: usize, weights: &[i32], ring: &mut [u32]) {
    for i in (0..ring.len()).step_by(32) {
        let mut sums = [_mm256_setzero_si256(); 4];
        for (q, &pair) in weights.iter().enumerate() {
            let k = _mm256_set1_epi32(pair);
            let at = 2 * (i + 2 * q * channels);
            // SAFETY: `i + 32 <= ring.len()` and `2·q·channels` is at most the reach; the rows have twice their sum.
            unsafe {
                let part = |row: &[u8], at: usize| {
                    _mm256_maddubs_epi16(k, _mm256_loadu_si256(row.as_ptr().add(at).cast()))
                };
                sums[0] = _mm256_add_epi16(sums[0], part(upper, at));
                sums[1] = _mm256_add_epi16(sums[1], part(upper, at + 32));
                sums[2] = _mm256_add_epi16(sums[2], part(lower, at));
                sums[3] = _mm256_add_epi16(sums[3], part(lower, at + 32));
            }
        }
        for half in 0..2 {
            let (a, b) = (sums[half], sums[half + 2]);
            let (low, high) = (_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b));
            // SAFETY: `i + 32 <= ring.len()`, a multiple of 64.
            unsafe {
                let out = ring.as_mut_ptr().add(i + 16 * half);
                _mm256_storeu_si256(out.cast(), _mm256_permute2x128_si256::<0x20>(low, high));
                _mm256_storeu_si256(out.add(8).cast(), _mm256_permute2x128_si256::<0x31>(low, high));
            }
        }
    }
}

/// # Safety
/// As [`Lanes::down`] asserts.
#[target_feature(enable = "avx2")]
unsafe fn down_avx2(
    ring: &[u32],
    oldest: usize,
    weights: &[[i32; 2]],
    upper: &mut [u8],
    lower: &mut [u8],
    ahead: usize,
) {
    let width = ring.len() / weights.len();
    for i in (0..upper.len()).step_by(32) {
        for row in [&*upper, &*lower] {
            _mm_prefetch::<_MM_HINT_ET0>(row.as_ptr().wrapping_add(i + ahead).cast());
        }
        let mut sums = [[_mm256_set1_epi32(BIAS); 4]; 2];
        let mut slot = oldest;
        for pair in weights {
            let k = [_mm256_set1_epi32(pair[0]), _mm256_set1_epi32(pair[1])];
            #[allow(clippy::needless_range_loop, reason = "two arrays and an address go with it")]
            for part in 0..4 {
                // SAFETY: `slot < weights.len()` and `i + 32 <= width`; the ring has that many rows of that width.
                let v = unsafe { _mm256_loadu_si256(ring.as_ptr().add(slot * width + i + 8 * part).cast()) };
                sums[0][part] = _mm256_add_epi32(sums[0][part], _mm256_madd_epi16(v, k[0]));
                sums[1][part] = _mm256_add_epi32(sums[1][part], _mm256_madd_epi16(v, k[1]));
            }
            slot = if slot + 1 == weights.len() { 0 } else { slot + 1 };
        }
        for (sums, row) in sums.iter().zip([&mut *upper, &mut *lower]) {
            let [a, b, c, d] = sums.map(|v| _mm256_srli_epi32::<16>(v));
            let bytes = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
            let bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
            let mut all = [0u8; 32];
            let row = &mut row[i..];
            let whole = row.len() >= 32;
            let out = if whole { row.as_mut_ptr() } else { all.as_mut_ptr() };
            // SAFETY: either the row has 32 bytes from `i` on, or the array has.
            unsafe { _mm256_storeu_si256(out.cast(), bytes) };
            if !whole {
                row.copy_from_slice(&all[..row.len()]);
            }
        }
    }
}

/// # Safety
/// As [`Lanes::spread`] asserts: `row` has 64 bytes more than `count`, `spread` four times `count`; at most 16 channels.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn spread_avx512(row: &[u8], channels: usize, ahead: usize, count: usize, spread: &mut [u8]) {
    let mut places = [0u8; 64];
    for (at, place) in places.iter_mut().enumerate() {
        *place = (at / 4 + at % 4 * channels) as u8;
    }
    // SAFETY: the array has 64 bytes.
    let places = unsafe { _mm512_loadu_si512(places.as_ptr().cast()) };
    let flip = _mm512_set1_epi8(-128);
    for i in (0..count).step_by(64) {
        _mm_prefetch::<_MM_HINT_T0>(row.as_ptr().wrapping_add(i + ahead).cast());
        for i in [i, i + 16, i + 32, i + 48] {
            // SAFETY: `i + 64 <= count + 48 <= row.len()` and `4 · (i + 16) <= spread.len()` by the caller's word.
            unsafe {
                let pixels = _mm512_xor_si512(_mm512_loadu_si512(row.as_ptr().add(i).cast()), flip);
                let out = _mm512_permutexvar_epi8(places, pixels);
                _mm512_storeu_si512(spread.as_mut_ptr().add(4 * i).cast(), out);
            }
        }
    }
}

/// # Safety
/// As [`Lanes::across`] asserts.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vnni")]
unsafe fn across_avx512(rows: [&[u8]; 2], channels: usize, weights: &[i32], ring: &mut [u32]) {
    for i in (0..ring.len()).step_by(64) {
        let mut sums = [[_mm512_setzero_si512(); 4]; 2];
        for (q, &quad) in weights.iter().enumerate() {
            let k = _mm512_set1_epi32(quad);
            let at = 4 * (i + 4 * q * channels);
            for (sums, row) in sums.iter_mut().zip(rows) {
                for (part, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: `i + 64 <= ring.len()` and `4·q·channels` is at most the reach; the rows have four times their sum.
                    let v = unsafe { _mm512_loadu_si512(row.as_ptr().add(at + 64 * part).cast()) };
                    *sum = _mm512_dpbusd_epi32(*sum, k, v);
                }
            }
        }
        for (part, (&low, &high)) in sums[0].iter().zip(&sums[1]).enumerate() {
            let words = _mm512_mask_blend_epi16(0xAAAA_AAAA, low, _mm512_slli_epi32::<16>(high));
            // SAFETY: `i + 64 <= ring.len()`, a multiple of 64.
            unsafe { _mm512_storeu_si512(ring.as_mut_ptr().add(i + 16 * part).cast(), words) };
        }
    }
}

/// # Safety
/// As [`Lanes::down`] asserts.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn down_avx512(
    ring: &[u32],
    oldest: usize,
    weights: &[[i32; 2]],
    upper: &mut [u8],
    lower: &mut [u8],
    ahead: usize,
) {
    let width = ring.len() / weights.len();
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for i in (0..upper.len()).step_by(64) {
        for row in [&*upper, &*lower] {
            _mm_prefetch::<_MM_HINT_ET0>(row.as_ptr().wrapping_add(i + ahead).cast());
        }
        let mut sums = [[_mm512_set1_epi32(BIAS); 4]; 2];
        let mut slot = oldest;
        for pair in weights {
            let k = [_mm512_set1_epi32(pair[0]), _mm512_set1_epi32(pair[1])];
            #[allow(clippy::needless_range_loop, reason = "two arrays and an address go with it")]
            for part in 0..4 {
                // SAFETY: `slot < weights.len()` and `i + 64 <= width`; the ring has that many rows of that width.
                let v = unsafe { _mm512_loadu_si512(ring.as_ptr().add(slot * width + i + 16 * part).cast()) };
                sums[0][part] = _mm512_dpwssd_epi32(sums[0][part], v, k[0]);
                sums[1][part] = _mm512_dpwssd_epi32(sums[1][part], v, k[1]);
            }
            slot = if slot + 1 == weights.len() { 0 } else { slot + 1 };
        }
        for (sums, row) in sums.iter().zip([&mut *upper, &mut *lower]) {
            let [a, b, c, d] = sums.map(|v| _mm512_srli_epi32::<16>(v));
            let bytes = _mm512_packus_epi16(_mm512_packus_epi32(a, b), _mm512_packus_epi32(c, d));
            let bytes = _mm512_permutexvar_epi32(order, bytes);
            let row = &mut row[i..];
            let mask = if row.len() >= 64 { u64::MAX } else { (1 << row.len()) - 1 };
            // SAFETY: the mask has a bit for each byte that the row still has.
            unsafe { _mm512_mask_storeu_epi8(row.as_mut_ptr().cast(), mask, bytes) };
        }
    }
}
