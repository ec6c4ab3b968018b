//! Quarter turns of pixels of four bytes, eight by eight in registers.

use std::arch::x86_64::*;
use std::ops::Range;

use crate::cpu::Avx2;
use crate::frame::{View, ViewMut};

/// Pixels of a tile in a row of the output: one cache line.
const ACROSS: usize = 16;
/// Rows of a tile in the output, of which each may lie in a page of its own: few enough for the nearest table of pages.
const DOWN: usize = 64;

/// The rows of the turned picture from `top` on, as many as `dst` has, in blocks of eight by eight: how many columns and
/// rows that was.
pub(super) fn turn(
    _: Avx2,
    src: &View<'_>,
    dst: &mut ViewMut<'_>,
    top: usize,
    clockwise: bool,
) -> (usize, usize) {
    let (width, height) = (dst.width() as usize / 8 * 8, dst.height() as usize / 8 * 8);
    for y in (0..height).step_by(DOWN) {
        let rows = y..height.min(y + DOWN);
        for x in (0..width).step_by(ACROSS) {
            ask(src, x + ACROSS..width.min(x + 2 * ACROSS), top + rows.start..top + rows.end, clockwise);
            for y in rows.clone().step_by(8) {
                for x in (x..width.min(x + ACROSS)).step_by(8) {
                    // SAFETY: the token exists only where AVX2 was detected.
                    unsafe { block(src, dst, (x, y), top, clockwise) };
                }
            }
        }
    }
    (width, height)
}

/// Asks memory for what becomes `columns` of `rows` of the turned picture: rows that lie far apart.
#[inline]
fn ask(src: &View<'_>, columns: Range<usize>, rows: Range<usize>, clockwise: bool) {
    let (width, height) = (src.width() as usize, src.height() as usize);
    let (first, len) = (if clockwise { rows.start } else { width - rows.end }, rows.len());
    for x in columns {
        let row = src.row((if clockwise { height - 1 - x } else { x }) as u32);
        for line in row[4 * first..][..4 * len].chunks(64) {
            // SAFETY: a prefetch reads nothing and faults nowhere.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn block(src: &View<'_>, dst: &mut ViewMut<'_>, (x, y): (usize, usize), top: usize, clockwise: bool) {
    let columns = src.width() as usize;
    // The columns of `src` that become these rows, in their order there.
    let first = if clockwise { top + y } else { columns - top - y - 8 };
    let last = dst.width() as usize - 1;
    let mut rows = [[_mm_setzero_si128(); 2]; 8];
    for (k, row) in rows.iter_mut().enumerate() {
        let from = if clockwise { last - x - k } else { x + k };
        let eight = &src.row(from as u32)[4 * first..][..32];
        // SAFETY: the slice is 32 bytes; the loads need no alignment.
        unsafe {
            *row = [_mm_loadu_si128(eight.as_ptr().cast()), _mm_loadu_si128(eight.as_ptr().add(16).cast())];
        }
    }
    for half in [0, 4] {
        let mut parts = [_mm256_setzero_si256(); 4];
        for (k, part) in parts.iter_mut().enumerate() {
            *part = _mm256_set_m128i(rows[4 + k][half / 4], rows[k][half / 4]);
        }
        let [a, b, c, d] = parts;
        let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
        let (ef, gh) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
        let turned = [
            _mm256_unpacklo_epi64(ab, cd),
            _mm256_unpackhi_epi64(ab, cd),
            _mm256_unpacklo_epi64(ef, gh),
            _mm256_unpackhi_epi64(ef, gh),
        ];
        for (j, pixels) in turned.into_iter().enumerate() {
            let row = if clockwise { half + j } else { 7 - half - j };
            let out = &mut dst.row_mut((y + row) as u32)[4 * x..][..32];
            // SAFETY: the slice is 32 bytes; the store needs no alignment.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), pixels) };
        }
    }
}
