//! Plain loops, which are compiled again for each instruction set.

use crate::ops::rows::{Ring, per_isa};

/// The least or the greatest of two, and what never is it.
pub(super) trait Pick: Copy + Default {
    const OUTSIDE: u8;
    fn pick(a: u8, b: u8) -> u8;
}

#[derive(Clone, Copy, Default)]
pub(super) struct Erode;
#[derive(Clone, Copy, Default)]
pub(super) struct Dilate;

impl Pick for Erode {
    const OUTSIDE: u8 = 255;
    #[inline(always)]
    fn pick(a: u8, b: u8) -> u8 {
        a.min(b)
    }
}

impl Pick for Dilate {
    const OUTSIDE: u8 = 0;
    #[inline(always)]
    fn pick(a: u8, b: u8) -> u8 {
        a.max(b)
    }
}

per_isa! {
/// Picks of `ksize` pixels side by side: of two, then four, and so on, and at last of two that overlap.
pub(super) fn across[P: Pick](_pick: P, row: &mut [u8], ksize: usize, channels: usize, out: &mut [u8]) {
    let mut have = 1;
    while 2 * have <= ksize {
        // From the left, in place: what is read to the right is still of the step before.
        let n = row.len() - have * channels;
        join::<P>(row, have * channels, n);
        have *= 2;
    }
    let rest = (ksize - have) * channels;
    let n = out.len();
    let (a, b) = (&row[..n], &row[rest..][..n]);
    for i in 0..n {
        out[i] = P::pick(a[i], b[i]);
    }
}
}

/// `row[i] = pick(row[i], row[i + step])` for the first `n`, in blocks that are read before they are written.
#[inline(always)]
fn join<P: Pick>(row: &mut [u8], step: usize, n: usize) {
    const BLOCK: usize = 64;
    let mut i = 0;
    while i + BLOCK <= n {
        let a: [u8; BLOCK] = row[i..i + BLOCK].try_into().expect("a block");
        let b: [u8; BLOCK] = row[i + step..i + step + BLOCK].try_into().expect("a block");
        let picked: [u8; BLOCK] = std::array::from_fn(|j| P::pick(a[j], b[j]));
        row[i..i + BLOCK].copy_from_slice(&picked);
        i += BLOCK;
    }
    for i in i..n {
        row[i] = P::pick(row[i], row[i + step]);
    }
}

per_isa! {
/// Picks of the `count` rows from `top` on.
pub(super) fn down[P: Pick](_pick: P, rows: &Ring<u8>, top: i64, count: u32, out: &mut [u8]) {
    const BLOCK: usize = 256;
    if count == 3 {
        let n = out.len();
        let [a, b, c] = rows.rows::<3>(top).map(|row| &row[..n]);
        for i in 0..n {
            out[i] = P::pick(P::pick(a[i], b[i]), c[i]);
        }
        return;
    }
    let rows: Vec<&[u8]> = (top..top + i64::from(count)).map(|y| rows.row(y)).collect();
    for (block, out) in out.chunks_mut(BLOCK).enumerate() {
        let (n, at) = (out.len(), block * BLOCK);
        let mut picked = [P::OUTSIDE; BLOCK];
        for row in &rows {
            for (picked, &byte) in picked.iter_mut().zip(&row[at..at + n]) {
                *picked = P::pick(*picked, byte);
            }
        }
        out.copy_from_slice(&picked[..n]);
    }
}
}
