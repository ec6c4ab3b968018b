//! Boxes on whole pixels: no coverage rows, plain fills.

use super::target::{Ink, Target};

/// Columns `x0..x1`, rows `y0..y1` in raster coordinates; may lie anywhere and be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span2 {
    pub(super) x0: i64,
    pub(super) y0: i64,
    pub(super) x1: i64,
    pub(super) y1: i64,
}

impl Span2 {
    pub(super) const EMPTY: Self = Self { x0: 0, y0: 0, x1: 0, y1: 0 };

    /// The same box with every edge `by` pixels further out (in, where negative).
    pub(super) fn grown(self, by: i64) -> Self {
        let grown = Self { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by };
        if grown.x0 < grown.x1 && grown.y0 < grown.y1 { grown } else { Self::EMPTY }
    }

    fn clipped(self, (width, height): (usize, usize)) -> Clipped {
        let clip = |v: i64, max: usize| v.clamp(0, max as i64) as usize;
        let (x0, x1) = (clip(self.x0, width), clip(self.x1, width));
        let (y0, y1) = (clip(self.y0, height), clip(self.y1, height));
        if x0 < x1 && y0 < y1 { Clipped { x0, y0, x1, y1 } } else { Clipped::default() }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Clipped {
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
}

/// How many of the `size` cells from `size * block` on lie in `from..to`.
fn overlap(block: usize, size: usize, from: usize, to: usize) -> usize {
    ((block + 1) * size).min(to).saturating_sub((block * size).max(from))
}

/// Every pixel of `outer` that is not in `inner`, which must lie inside `outer` or be empty.
pub(super) fn fill(target: &mut Target<'_>, outer: Span2, inner: Span2, ink: &Ink) {
    let (outer, inner) = (outer.clipped(target.size()), inner.clipped(target.size()));
    // Without a hole, all rows are above it.
    let (hole, below) = if inner.y0 < inner.y1 { (inner.y0, inner.y1) } else { (outer.y1, outer.y1) };
    target.fill(outer.y0..hole, outer.x0, outer.x1, ink);
    target.fill(hole..below, outer.x0, inner.x0, ink);
    target.fill(hole..below, inner.x1, outer.x1, ink);
    target.fill(below..outer.y1, outer.x0, outer.x1, ink);
    if let Some(block) = target.block().filter(|_| outer != Clipped::default()) {
        fill_chroma(target, block, outer, inner, ink);
    }
}

/// The chroma of [`fill`]: each sample by the share of its block's pixels that are filled.
fn fill_chroma(target: &mut Target<'_>, (bw, bh): (usize, usize), outer: Clipped, inner: Clipped, ink: &Ink) {
    let (width, height) = target.size();
    let mut last = None;
    let mut runs = [(0, 0, 0); 8];
    for y in outer.y0 / bh..outer.y1.div_ceil(bh) {
        let rows = overlap(y, bh, outer.y0, outer.y1);
        let key = (rows, overlap(y, bh, inner.y0, inner.y1), overlap(y, bh, 0, height));
        if last.replace(key) != Some(key) {
            runs = chroma_runs((width, bw), outer, inner, key, ink.alpha);
        }
        for &(from, to, weight) in runs.iter().filter(|run| run.2 != 0) {
            target.fill_chroma(y, from, to, weight, ink);
        }
    }
}

/// Blocks of a chroma row in runs of one weight: the outer's edges, its inside, the hole's edges,
/// the hole. Blocks have `bw` columns; of the `pixels` rows, `rows` lie in the outer and `hole` in the inner.
fn chroma_runs(
    (width, bw): (usize, usize),
    outer: Clipped,
    inner: Clipped,
    (rows, hole, pixels): (usize, usize, usize),
    alpha: u8,
) -> [(usize, usize, u8); 8] {
    let weight = |x: usize| {
        let filled = rows * overlap(x, bw, outer.x0, outer.x1) - hole * overlap(x, bw, inner.x0, inner.x1);
        let pixels = pixels * overlap(x, bw, 0, width);
        ((filled * alpha as usize + pixels / 2) / pixels) as u8
    };
    let cuts = [outer.x0, inner.x0, inner.x1, outer.x1].map(|x| [x / bw, x.div_ceil(bw)]);
    let mut runs = [(0, 0, 0); 8];
    let mut at = outer.x0 / bw;
    for (run, &cut) in runs.iter_mut().zip(cuts.as_flattened()) {
        if cut > at {
            *run = (at, cut, weight(at));
            at = cut;
        }
    }
    runs
}
