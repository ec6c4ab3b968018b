//! Derivatives whose sums fit 16 bits, with the sums of columns kept in registers.

use std::arch::x86_64::*;

use crate::cpu::Avx512;

use super::Taps;

/// Values of a vector.
const LANES: usize = 32;

/// The derivative in the middle of `rows`, where no border is in reach; false in a row too short for vectors, or for
/// taps of another length. The sums fit 16 bits, by [`Taps::fit`].
pub(super) fn inner_row(
    _: Avx512,
    rows: &[&[u8]; 7],
    taps: &[Taps; 2],
    channels: usize,
    out: &mut [i16],
) -> bool {
    let lens = taps.map(|taps| taps.len);
    let reach = lens[0] / 2 * channels;
    if out.len() < 2 * reach + LANES || lens[0] != lens[1] || !matches!(lens[0], 3 | 5) {
        return false;
    }
    // SAFETY: the token exists only where AVX-512 F and BW were detected.
    unsafe {
        match (lens[0], taps[0].odd(), taps[1].odd()) {
            (3, false, false) => run::<3, false, false>(rows, taps, channels, out),
            (3, false, true) => run::<3, false, true>(rows, taps, channels, out),
            (3, true, false) => run::<3, true, false>(rows, taps, channels, out),
            (3, true, true) => run::<3, true, true>(rows, taps, channels, out),
            (_, false, false) => run::<5, false, false>(rows, taps, channels, out),
            (_, false, true) => run::<5, false, true>(rows, taps, channels, out),
            (_, true, false) => run::<5, true, false>(rows, taps, channels, out),
            (_, true, true) => run::<5, true, true>(rows, taps, channels, out),
        }
    }
    true
}

/// Half of the weights, which mirror each other; those of an odd order with the other sign, and 0 in the middle.
#[derive(Clone, Copy)]
struct Weights<const N: usize, const ODD: bool>([__m512i; N]);

impl<const N: usize, const ODD: bool> Weights<N, ODD> {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn new(taps: &Taps) -> Self {
        let (mut all, weights) = ([_mm512_setzero_si512(); N], taps.array::<N>());
        for (all, weight) in all.iter_mut().zip(weights) {
            *all = _mm512_set1_epi16(weight);
        }
        Self(all)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn sum(self, v: [__m512i; N]) -> __m512i {
        let mut sum = _mm512_setzero_si512();
        for i in 0..N / 2 {
            let (a, b) = (v[N - 1 - i], v[i]);
            let pair = if ODD { _mm512_sub_epi16(a, b) } else { _mm512_add_epi16(a, b) };
            // The last weight is 1.
            sum = if i == 0 {
                pair
            } else {
                _mm512_add_epi16(sum, _mm512_mullo_epi16(pair, self.0[N - 1 - i]))
            };
        }
        if ODD {
            return sum;
        }
        _mm512_add_epi16(sum, _mm512_mullo_epi16(v[N / 2], self.0[N / 2]))
    }
}

/// The sums of a vector of columns.
///
/// # Safety
/// There are [`LANES`] bytes at each of the addresses, `at` further on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn columns<const N: usize, const ODD: bool>(
    rows: [*const u8; N],
    at: usize,
    down: Weights<N, ODD>,
) -> __m512i {
    let mut v = [_mm512_setzero_si512(); N];
    for (v, row) in v.iter_mut().zip(rows) {
        // SAFETY: the caller says that the bytes are there; the load needs no alignment.
        *v = _mm512_cvtepu8_epi16(unsafe { _mm256_loadu_si256(row.add(at).cast()) });
    }
    down.sum(v)
}

#[target_feature(enable = "avx512f,avx512bw")]
fn run<const N: usize, const ACROSS: bool, const DOWN: bool>(
    rows: &[&[u8]; 7],
    taps: &[Taps; 2],
    step: usize,
    out: &mut [i16],
) {
    let (len, reach) = (out.len(), N / 2 * step);
    let mut from = [rows[0].as_ptr(); N];
    for (from, row) in from.iter_mut().zip(rows) {
        assert!(row.len() >= len, "a row is shorter than the output");
        *from = row.as_ptr();
    }
    let (across, down) = (Weights::<N, ACROSS>::new(&taps[0]), Weights::<N, DOWN>::new(&taps[1]));
    // Where the values of a vector that begins some pixels further on are, in two that follow each other.
    let mut moved = [_mm512_setzero_si512(); N];
    for (j, moved) in moved.iter_mut().enumerate() {
        let mut index = [0u16; LANES];
        for (i, index) in index.iter_mut().enumerate() {
            *index = (i + j * step) as u16;
        }
        // SAFETY: the array is one vector.
        *moved = unsafe { _mm512_loadu_si512(index.as_ptr().cast()) };
    }
    let to = out.as_mut_ptr();
    // The sums of the value `at` begin as many values before it as the kernel reaches, in `at - reach`.
    let alone = |at: usize| {
        let mut v = [_mm512_setzero_si512(); N];
        for (j, v) in v.iter_mut().enumerate() {
            // SAFETY: as below, the vector ends `reach` values before the row at the latest.
            *v = unsafe { columns(from, at - reach + j * step, down) };
        }
        // SAFETY: a vector from `at` on lies in the row.
        unsafe { _mm512_storeu_si512(to.add(at).cast(), across.sum(v)) };
    };
    let end = len - reach;
    alone(reach);
    // From here on no vector of the output lies in two cache lines.
    let mut at = reach + out[reach..].as_ptr().align_offset(2 * LANES).min(LANES);
    if at - reach + LANES <= len {
        // SAFETY: the vector of bytes ends in the row, as was just seen.
        let mut here = unsafe { columns(from, at - reach, down) };
        while at - reach + 2 * LANES <= len {
            // SAFETY: the vector of bytes ends in the row, as was just seen.
            let next = unsafe { columns(from, at - reach + LANES, down) };
            // The row below is written next; the processor foresees reads, but not that.
            _mm_prefetch::<_MM_HINT_T0>(to.wrapping_add(at + len).cast());
            let mut v = [here; N];
            for (v, moved) in v.iter_mut().zip(moved).skip(1) {
                *v = _mm512_permutex2var_epi16(here, moved, next);
            }
            // SAFETY: 2 · reach ≤ LANES, thus a vector from `at` on lies in the row.
            unsafe { _mm512_storeu_si512(to.add(at).cast(), across.sum(v)) };
            (here, at) = (next, at + LANES);
        }
    }
    while at < end {
        at = at.min(end - LANES);
        alone(at);
        at += LANES;
    }
}
