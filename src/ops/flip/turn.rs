//! Quarter turns, in tiles that stay in the first-level cache.

use crate::frame::{View, ViewMut};
use crate::ops::rows::{Isa, per_isa};

/// Pixels of a tile in a row of the output: one cache line of 4-byte pixels.
const ACROSS: usize = 16;
/// Rows of a tile in the output.
pub(super) const DOWN: usize = 32;

/// The rows of the turned picture from `top` on, as many as `dst` has.
pub(super) fn strip(isa: Isa, src: &View<'_>, dst: &mut ViewMut<'_>, top: u32, clockwise: bool) {
    match src.channels() {
        1 => run(isa, src, dst, top as usize, clockwise, [0; 1]),
        2 => run(isa, src, dst, top as usize, clockwise, [0; 2]),
        3 => run(isa, src, dst, top as usize, clockwise, [0; 3]),
        _ => match blocks(isa, src, dst, top, clockwise) {
            (0, _) | (_, 0) => run(isa, src, dst, top as usize, clockwise, [0; 4]),
            done => rest(src, dst, top as usize, clockwise, done),
        },
    }
}

/// Pixels of four bytes: as many columns and rows from the top left as are turned in registers.
fn blocks(isa: Isa, src: &View<'_>, dst: &mut ViewMut<'_>, top: u32, clockwise: bool) -> (usize, usize) {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => super::x86_64::turn(token, src, dst, top as usize, clockwise),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => super::x86_64::turn(token.avx2(), src, dst, top as usize, clockwise),
        _ => {
            let _ = (src, dst, top, clockwise);
            (0, 0)
        }
    }
}

/// Pixels that are not among the blocks' `columns` and `rows`.
fn rest(src: &View<'_>, dst: &mut ViewMut<'_>, top: usize, clockwise: bool, (columns, rows): (usize, usize)) {
    let (width, height) = (dst.width() as usize, dst.height() as usize);
    for y in 0..height {
        let from = if clockwise { top + y } else { src.width() as usize - 1 - top - y };
        let first = if y < rows { columns } else { 0 };
        let out = &mut dst.row_mut(y as u32).as_chunks_mut::<4>().0[first..];
        for (x, out) in (first..width).zip(out) {
            let row = if clockwise { width - 1 - x } else { x };
            *out = src.row(row as u32).as_chunks::<4>().0[from];
        }
    }
}

per_isa! {
    /// `_pixel` says how many bytes a pixel has.
    fn run[const C: usize](src: &View<'_>, dst: &mut ViewMut<'_>, top: usize, clockwise: bool, _pixel: [u8; C]) {
        let (width, height) = (dst.width() as usize, dst.height() as usize);
        let source_row = |x: usize| {
            let y = if clockwise { width - 1 - x } else { x };
            src.row(y as u32).as_chunks::<C>().0
        };
        let columns = src.width() as usize;
        for y in (0..height).step_by(DOWN) {
            let rows = DOWN.min(height - y);
            // The columns of `src` that become these rows, in their order there.
            let first = if clockwise { top + y } else { columns - top - y - rows };
            for x in (0..width).step_by(ACROSS) {
                let pixels = ACROSS.min(width - x);
                if (rows, pixels) == (DOWN, ACROSS) {
                    let block: [&[[u8; C]; DOWN]; ACROSS] = std::array::from_fn(|k| {
                        source_row(x + k)[first..][..DOWN].try_into().expect("the slice has this length")
                    });
                    for j in 0..DOWN {
                        let column = if clockwise { j } else { DOWN - 1 - j };
                        let out = &mut dst.row_mut((y + j) as u32).as_chunks_mut::<C>().0[x..][..ACROSS];
                        for (out, source) in out.iter_mut().zip(&block) {
                            *out = source[column];
                        }
                    }
                    continue;
                }
                for k in 0..pixels {
                    let source = &source_row(x + k)[first..][..rows];
                    for j in 0..rows {
                        let pixel = source[if clockwise { j } else { rows - 1 - j }];
                        dst.row_mut((y + j) as u32).as_chunks_mut::<C>().0[x + k] = pixel;
                    }
                }
            }
        }
    }
}
