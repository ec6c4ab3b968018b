//! From coverage to pixels: shapes say how much of each pixel of a row they cover, the rows are
//! inked by rows of chroma blocks, so that shared chroma gets the average of its pixels.

use std::ops::Range;

use super::blend::div255;
use super::target::{Ink, Target};

/// A shape in raster coordinates.
pub(super) trait Cover {
    /// The rows it may touch.
    fn rows(&self) -> Range<i64>;

    /// Adds what it covers of row `y` to `row`.
    fn row(&self, y: usize, row: &mut Row);
}

/// Coverage of one row of pixels, 0 to 255, zero outside its spans.
#[derive(Default)]
pub(super) struct Row {
    cover: Vec<u8>,
    spans: Vec<(usize, usize)>,
}

impl Row {
    /// Number of columns.
    pub(super) fn width(&self) -> usize {
        self.cover.len()
    }

    /// The coverage of columns `from..to`, to be raised.
    pub(super) fn span(&mut self, from: usize, to: usize) -> &mut [u8] {
        self.spans.push((from, to));
        &mut self.cover[from..to]
    }

    #[cfg(test)]
    pub(super) fn of(width: usize) -> Self {
        Self { cover: vec![0; width], spans: Vec::new() }
    }

    /// All zero, `width` columns.
    fn reset(&mut self, width: usize) {
        for &(from, to) in &self.spans {
            self.cover[from..to].fill(0);
        }
        self.spans.clear();
        self.cover.resize(width, 0);
    }
}

/// Columns between two spans that are better inked with nothing than begun anew.
const GAP: usize = 8;

/// Sorts spans and joins those that nearly touch: what lies between has no coverage.
fn join(spans: &mut Vec<(usize, usize)>) {
    spans.retain(|span| span.0 < span.1);
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let touches = next.0 <= last.1 + GAP;
        if touches {
            last.1 = last.1.max(next.1);
        }
        touches
    });
}

/// Buffers that are kept between shapes.
#[derive(Default)]
pub(super) struct Scratch {
    rows: [Row; 2],
    blocks: Vec<(usize, usize)>,
    weights: Vec<u8>,
}

/// Inks every pixel by its coverage, once.
pub(super) fn paint(target: &mut Target<'_>, shape: &impl Cover, ink: &Ink, scratch: &mut Scratch) {
    let (width, height) = target.size();
    let rows = shape.rows();
    let clip = |y: i64| y.clamp(0, height as i64) as usize;
    let (first, end) = (clip(rows.start), clip(rows.end));
    let block = target.block();
    let step = block.map_or(1, |block| block.1);
    for top in (first / step * step..end).step_by(step) {
        let count = step.min(height - top);
        for (i, row) in scratch.rows.iter_mut().enumerate() {
            row.reset(width);
            if i < count {
                shape.row(top + i, row);
                join(&mut row.spans);
            }
        }
        if let Some((columns, rows)) = block {
            paint_blocks(target, (top / rows, columns), count, ink, scratch);
        }
        for (i, row) in scratch.rows.iter_mut().enumerate().take(count) {
            for &(from, to) in &row.spans {
                let weights = &mut row.cover[from..to];
                scale(weights, ink.alpha);
                target.cover(top + i, from, weights, ink);
            }
        }
    }
}

fn scale(cover: &mut [u8], alpha: u8) {
    if alpha < 255 {
        cover.iter_mut().for_each(|v| *v = div255(u16::from(*v) * u16::from(alpha)) as u8);
    }
}

/// Chroma row `y`: each sample by the mean coverage of its `bw` columns of pixels, of which `count` rows exist.
fn paint_blocks(
    target: &mut Target<'_>,
    (y, bw): (usize, usize),
    count: usize,
    ink: &Ink,
    scratch: &mut Scratch,
) {
    let Scratch { rows: [upper, lower], blocks, weights } = scratch;
    blocks.clear();
    blocks.extend(upper.spans.iter().chain(&lower.spans).map(|&(from, to)| (from / bw, to.div_ceil(bw))));
    join(blocks);
    let width = target.size().0;
    for &(from, to) in blocks.iter() {
        let columns = from * bw..(to * bw).min(width);
        let pairs = upper.cover[columns.clone()].chunks(bw).zip(lower.cover[columns].chunks(bw));
        weights.clear();
        weights.extend(pairs.map(|(a, b)| {
            let sum: u32 = a.iter().chain(b).map(|&v| u32::from(v)).sum();
            let full = 255 * (a.len() * count) as u32;
            ((sum * u32::from(ink.alpha) + full / 2) / full) as u8
        }));
        target.cover_chroma(y, from, weights, ink);
    }
}
