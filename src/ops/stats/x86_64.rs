//! Sums and squares with multiply-add, which wants two values of a channel side by side.

use std::arch::x86_64::*;

use crate::cpu::{Avx2, Avx512};

/// Steps whose sums fit 16 bits: two bytes a step, 510 · 64 < 2^15.
const SHORT: usize = 64;
/// Steps whose squares fit 32 bits: 2 · 2 · 255² · 2^14 < 2^32.
const LONG: usize = 1 << 14;

/// How far ahead of what is read memory is asked.
const AHEAD: usize = 640;

/// Bytes of pixels of 1, 2 or 4 channels so that those of a channel are in pairs.
fn paired(channels: usize) -> [i8; 16] {
    match channels {
        1 => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        2 => [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15],
        4 => [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15],
        _ => unreachable!("pixels of three bytes are counted elsewhere"),
    }
}

/// Whether [`sums_vnni`] can be called.
pub(super) fn vnni(_: Avx512) -> bool {
    is_x86_feature_detected!("avx512vnni")
}

/// As [`sums_avx512`], where [`vnni`] says that it can be called.
pub(super) fn sums_vnni(
    token: Avx512,
    row: &[u8],
    channels: usize,
    sums: &mut [u64; 4],
    squares: &mut [u64; 4],
) -> usize {
    assert!(vnni(token), "the processor has no VNNI");
    // SAFETY: VNNI was just asked for, the token exists only where the rest was detected.
    unsafe { run_vnni(row, channels, sums, squares) }
}

/// Four bytes of a channel side by side are multiplied and added at once. The second factor is signed, so that x · (x - 128) is added
/// up, and 128 · x made good at the end.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn run_vnni(row: &[u8], channels: usize, sums: &mut [u64; 4], squares: &mut [u64; 4]) -> usize {
    let order: [i8; 16] = match channels {
        1 => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        2 => [0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15],
        4 => [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
        _ => unreachable!("pixels of three bytes are counted elsewhere"),
    };
    // SAFETY: the array is 16 bytes.
    let order = _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(order.as_ptr().cast()) });
    let (blocks, zero) = (row.as_chunks::<128>().0, _mm512_setzero_si512());
    let (ones, less) = (_mm512_set1_epi8(1), _mm512_set1_epi8(-128));
    // 4 · 255 · 127 · 2^14 < 2^31, in each of two accumulators.
    for part in blocks.chunks(LONG) {
        let (mut values, mut products) = ([zero; 2], [zero; 2]);
        for block in part {
            for i in 0..2 {
                // Asked for ahead: the processor's own guess ends with the page.
                _mm_prefetch::<_MM_HINT_T0>(block.as_ptr().wrapping_add(64 * i + AHEAD).cast());
                // SAFETY: the block is two vectors; the load needs no alignment.
                let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().add(64 * i).cast()) };
                let bytes = _mm512_shuffle_epi8(bytes, order);
                values[i] = _mm512_dpbusd_epi32(values[i], bytes, ones);
                products[i] = _mm512_dpbusd_epi32(products[i], bytes, _mm512_xor_si512(bytes, less));
            }
        }
        for (values, products) in values.into_iter().zip(products) {
            let mut lanes = [[0i32; 16]; 2];
            // SAFETY: each array is one vector; the stores need no alignment.
            unsafe {
                _mm512_storeu_si512(lanes[0].as_mut_ptr().cast(), values);
                _mm512_storeu_si512(lanes[1].as_mut_ptr().cast(), products);
            }
            for i in 0..16 {
                let (value, product) = (i64::from(lanes[0][i]), i64::from(lanes[1][i]));
                sums[i & (channels - 1)] += value as u64;
                squares[i & (channels - 1)] += (product + 128 * value) as u64;
            }
        }
    }
    blocks.len() * 128
}

macro_rules! sums {
    (
        $name:ident, $inner:ident, $token:ident, $features:literal, $bytes:literal, $zero:ident, $load:ident, $store:ident,
        $broadcast:ident, $ones:ident, $shuffle:ident, $maddubs:ident, $madd:ident, $add16:ident, $add32:ident,
        $low8:ident, $high8:ident, $low16:ident, $high16:ident
    ) => {
        /// Adds the values and the squares of each channel of 1, 2 or 4, from the left, and returns how many bytes.
        pub(super) fn $name(
            _: $token,
            row: &[u8],
            channels: usize,
            sums: &mut [u64; 4],
            squares: &mut [u64; 4],
        ) -> usize {
            // SAFETY: the token exists only where these instructions were detected.
            unsafe { $inner(row, channels, sums, squares) }
        }

        #[target_feature(enable = $features)]
        fn $inner(row: &[u8], channels: usize, sums: &mut [u64; 4], squares: &mut [u64; 4]) -> usize {
            let order = paired(channels);
            // SAFETY: the array is 16 bytes.
            let order = $broadcast(unsafe { _mm_loadu_si128(order.as_ptr().cast()) });
            let (blocks, zero) = (row.as_chunks::<$bytes>().0, $zero());
            for part in blocks.chunks(LONG) {
                let (mut values, mut products) = (zero, zero);
                for part in part.chunks(SHORT) {
                    let mut short = zero;
                    for block in part {
                        // SAFETY: the block is one vector; the load needs no alignment.
                        let bytes = $shuffle(unsafe { $load(block.as_ptr().cast()) }, order);
                        short = $add16(short, $maddubs(bytes, $ones(1)));
                        let (low, high) = ($low8(bytes, zero), $high8(bytes, zero));
                        products = $add32(products, $add32($madd(low, low), $madd(high, high)));
                    }
                    // Four words on in a lane is the same channel.
                    values = $add32(values, $add32($low16(short, zero), $high16(short, zero)));
                }
                for (vector, totals) in [(values, &mut *sums), (products, &mut *squares)] {
                    let mut lanes = [0u32; $bytes / 4];
                    // SAFETY: the array is one vector; the store needs no alignment.
                    unsafe { $store(lanes.as_mut_ptr().cast(), vector) };
                    for (i, &lane) in lanes.iter().enumerate() {
                        totals[i & (channels - 1)] += u64::from(lane);
                    }
                }
            }
            blocks.len() * $bytes
        }
    };
}

sums!(
    sums_avx2,
    run_avx2,
    Avx2,
    "avx2",
    32,
    _mm256_setzero_si256,
    _mm256_loadu_si256,
    _mm256_storeu_si256,
    _mm256_broadcastsi128_si256,
    _mm256_set1_epi8,
    _mm256_shuffle_epi8,
    _mm256_maddubs_epi16,
    _mm256_madd_epi16,
    _mm256_add_epi16,
    _mm256_add_epi32,
    _mm256_unpacklo_epi8,
    _mm256_unpackhi_epi8,
    _mm256_unpacklo_epi16,
    _mm256_unpackhi_epi16
);
sums!(
    sums_avx512,
    run_avx512,
    Avx512,
    "avx512f,avx512bw",
    64,
    _mm512_setzero_si512,
    _mm512_loadu_si512,
    _mm512_storeu_si512,
    _mm512_broadcast_i32x4,
    _mm512_set1_epi8,
    _mm512_shuffle_epi8,
    _mm512_maddubs_epi16,
    _mm512_madd_epi16,
    _mm512_add_epi16,
    _mm512_add_epi32,
    _mm512_unpacklo_epi8,
    _mm512_unpackhi_epi8,
    _mm512_unpacklo_epi16,
    _mm512_unpackhi_epi16
);
