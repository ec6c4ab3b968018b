//! Two rows that share their chroma, to planes: what chroma adds is worked out once for both.

use std::arch::x86_64::*;

use super::super::fixed::YuvToRgb;
use super::super::rows::{Layout, YuvRow};
use super::{avx2, avx512};
use crate::cpu::{Avx2, Avx512};

macro_rules! two_rows {
    (
        $token:ident, $inner:ident, $features:literal, $step:literal, $with:ident, $load:ident, $half:ident, $store:ident,
        $vector:ident, $low:ident, $high:ident
    ) => {
        impl $token {
            /// A row of 8-bit samples, two pixels of which share chroma, and the luma of a row that has the same chroma. Red,
            /// green and blue go to a third each of the row's part of `dst`. Returns how many pixels of each were taken.
            pub(in super::super) fn two_rows(
                self,
                (row, below): (&YuvRow<'_>, &[u8]),
                yuv: &YuvToRgb,
                dst: [&mut [u8]; 2],
            ) -> usize {
                // SAFETY: the token exists only where these instructions were detected.
                unsafe {
                    match row.layout {
                        Layout::Pairs => $inner::<true>((row, below), yuv, dst),
                        Layout::Planar => $inner::<false>((row, below), yuv, dst),
                        Layout::WidePairs => 0,
                    }
                }
            }
        }

        #[target_feature(enable = $features)]
        fn $inner<const PAIRS: bool>(
            (row, below): (&YuvRow<'_>, &[u8]),
            yuv: &YuvToRgb,
            dst: [&mut [u8]; 2],
        ) -> usize {
            let (count, plane) = (row.luma.len(), dst[0].len() / 3);
            // The last step goes over pixels a second time rather than leave them to plain code.
            let Some(last) = count.checked_sub($step).map(|last| last & !1) else { return 0 };
            let done = last + $step;
            let chroma = row.first.len() >= if PAIRS { done } else { done / 2 }
                && (PAIRS || row.second.len() >= done / 2);
            let fits = below.len() == count && dst[1].len() == dst[0].len() && plane >= count;
            assert!(chroma && fits && row.half, "the rows do not belong together");
            let [dst_above, dst_below] = dst;
            let pointers =
                [(row.luma.as_ptr(), dst_above.as_mut_ptr()), (below.as_ptr(), dst_below.as_mut_ptr())];
            let mut at = 0;
            loop {
                // SAFETY: a step of samples from `at` on, which is not beyond `last`, lies in the row; the loads need no
                // alignment.
                let (u, v) = unsafe {
                    if PAIRS {
                        $with::split_pairs($load(row.first.as_ptr().add(at).cast()))
                    } else {
                        let half = |plane: &[u8]| $with::widen($half(plane.as_ptr().add(at / 2).cast()));
                        (half(row.first), half(row.second))
                    }
                };
                let (u, v) = if row.vu { (v, u) } else { (u, v) };
                let [r, g, b] = $with::chroma_terms(u, v, yuv);
                let twice = |c: $vector| [$low(c, c), $high(c, c)];
                let terms = [twice(r), twice(g), twice(b)];
                for (luma, out) in pointers {
                    // SAFETY: as above; so many pixels from `at` on lie in each plane, the stores need no alignment.
                    unsafe {
                        let colors = $with::levels($with::words($load(luma.add(at).cast())), terms, yuv);
                        for (c, color) in colors.into_iter().enumerate() {
                            $store(out.add(c * plane + at).cast(), color);
                        }
                    }
                }
                if at == last {
                    return done;
                }
                at = (at + $step).min(last);
            }
        }
    };
}

two_rows!(
    Avx2,
    two_rows_avx2,
    "avx2",
    32,
    avx2,
    _mm256_loadu_si256,
    _mm_loadu_si128,
    _mm256_storeu_si256,
    __m256i,
    _mm256_unpacklo_epi16,
    _mm256_unpackhi_epi16
);
two_rows!(
    Avx512,
    two_rows_avx512,
    "avx512f,avx512bw,avx512vl,avx512vbmi",
    64,
    avx512,
    _mm512_loadu_si512,
    _mm256_loadu_si256,
    _mm512_storeu_si512,
    __m512i,
    _mm512_unpacklo_epi16,
    _mm512_unpackhi_epi16
);
