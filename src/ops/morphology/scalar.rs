//! Plain loops, which are compiled again for each instruction set.

use crate::ops::rows::{Isa, Ring, per_isa};

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

/// Picks of `ksize` pixels side by side. `row` is written over.
pub(super) fn across<P: Pick>(
    isa: Isa,
    pick: P,
    row: &mut [u8],
    ksize: usize,
    channels: usize,
    out: &mut [u8],
) {
    match ksize {
        1 => out.copy_from_slice(&row[..out.len()]),
        3 => few(isa, pick, [0, 1, 2], row, channels, out),
        5 => few(isa, pick, [0, 1, 2, 3, 4], row, channels, out),
        7 => few(isa, pick, [0, 1, 2, 3, 4, 5, 6], row, channels, out),
        9 => few(isa, pick, [0, 1, 2, 3, 4, 5, 6, 7, 8], row, channels, out),
        _ => many(isa, pick, row, ksize, channels, out),
    }
}

per_isa! {
/// Of the pixels `at` to the right: what lies in registers need not be stored.
fn few[P: Pick, const K: usize](_pick: P, at: [usize; K], row: &[u8], channels: usize, out: &mut [u8]) {
    let n = out.len();
    let mut parts = [&row[..n]; K];
    for i in 1..K {
        parts[i] = &row[at[i] * channels..][..n];
    }
    rows::<P, K>(parts, out);
}
}

per_isa! {
/// Of two, then four, and so on, and at last of two that overlap.
fn many[P: Pick](_pick: P, row: &mut [u8], ksize: usize, channels: usize, out: &mut [u8]) {
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
/// Picks of two rows.
pub(super) fn two[P: Pick](_pick: P, a: &[u8], b: &[u8], out: &mut [u8]) {
    rows::<P, 2>([a, b], out);
}
}

per_isa! {
/// Picks of three rows.
pub(super) fn three[P: Pick](_pick: P, parts: [&[u8]; 3], out: &mut [u8]) {
    rows::<P, 3>(parts, out);
}
}

/// Picks of `K` rows that are as long as `out`, in blocks of whole vectors. The last block goes over bytes a second time.
#[inline(always)]
fn rows<P: Pick, const K: usize>(parts: [&[u8]; K], out: &mut [u8]) {
    const BLOCK: usize = 128;
    let Some(last) = out.len().checked_sub(BLOCK) else {
        for (i, out) in out.iter_mut().enumerate() {
            *out = parts[0][i];
            for part in &parts[1..] {
                *out = P::pick(*out, part[i]);
            }
        }
        return;
    };
    let mut at = 0;
    loop {
        let mut picked: [u8; BLOCK] = *parts[0][at..].first_chunk().expect("a block begins before the last");
        for part in &parts[1..] {
            let part: &[u8; BLOCK] = part[at..].first_chunk().expect("the parts are equally long");
            for (picked, &byte) in picked.iter_mut().zip(part) {
                *picked = P::pick(*picked, byte);
            }
        }
        out[at..at + BLOCK].copy_from_slice(&picked);
        if at == last {
            return;
        }
        at = (at + BLOCK).min(last);
    }
}

/// Picks of `ksize` rows below each other: of two, then four, and so on, each made once as rows come in from above.
pub(super) struct Down {
    /// Picks of 2, 4, 8 ... rows, by their uppermost row.
    levels: Vec<Ring<u8>>,
    ksize: i64,
    first: i64,
}

impl Down {
    /// For rows of `len` bytes from row `first` on.
    pub(super) fn new(ksize: u32, len: usize, first: i64) -> Self {
        let count = if ksize == 3 { 0 } else { ksize.ilog2() };
        // A row is asked for by the next level, or at the end, which reaches less than as many rows back as it has.
        let levels = (1..=count).map(|level| Ring::new(1 + (1 << level), len)).collect();
        Self { levels, ksize: i64::from(ksize), first }
    }

    /// Row `y` is there, the one after the last: `out` becomes the picks of it and those above it. Nothing happens to it
    /// before there are as many as it takes.
    pub(super) fn push<'a, P: Pick>(
        &mut self,
        isa: Isa,
        y: i64,
        row: impl Fn(i64) -> &'a [u8],
        out: &mut [u8],
    ) {
        let pick = P::default();
        if self.ksize == 3 {
            if y >= self.first + 2 {
                three(isa, pick, [row(y - 2), row(y - 1), row(y)], out);
            }
            return;
        }
        for level in 0..self.levels.len() {
            let have = 1 << level;
            let top = y + 1 - 2 * have;
            if top < self.first {
                return;
            }
            let (above, below) = self.levels.split_at_mut(level);
            match above.last() {
                None => two(isa, pick, row(top), row(top + 1), below[0].row_mut(top)),
                Some(above) => two(isa, pick, above.row(top), above.row(top + have), below[0].row_mut(top)),
            }
        }
        let (top, have) = (y + 1 - self.ksize, 1 << self.levels.len());
        match self.levels.last() {
            _ if top < self.first => {}
            None => out.copy_from_slice(row(y)),
            Some(last) => two(isa, pick, last.row(top), last.row(y + 1 - have), out),
        }
    }
}
