//! Which samples of a plane a shape touches.

use std::ops::Range;

use crate::roi::BBox;

use super::{Mask, Region, Shape};

/// Less than this share of a pixel over a pixel's edge does not count, as for boxes.
const SLIVER: f64 = 1.0 / 256.0;

/// The samples of a box of a plane, as squares of the window's pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells {
    /// The first sample's left edge.
    pub(super) left: i64,
    pub(super) top: i64,
    /// A sample is `1 << shift` pixels wide and high.
    pub(super) shift: (u32, u32),
    /// Samples in a row.
    pub(super) width: u32,
}

/// A shape, row by row.
pub(super) struct Cover<'a> {
    bbox: BBox,
    cells: Cells,
    /// `None` is an ellipse.
    mask: Option<Masked<'a>>,
}

struct Masked<'a> {
    mask: Mask<'a>,
    /// The mask's columns under each sample of a row.
    columns: Vec<Range<usize>>,
}

impl Cells {
    fn rows(&self, y: u32) -> (f64, f64) {
        let top = self.top + (i64::from(y) << self.shift.1);
        (top as f64, (top + (1 << self.shift.1)) as f64)
    }

    fn columns(&self, x: u32) -> (f64, f64) {
        let left = self.left + (i64::from(x) << self.shift.0);
        (left as f64, (left + (1 << self.shift.0)) as f64)
    }
}

impl<'a> Cover<'a> {
    /// `None` where all of the box is covered.
    pub(super) fn new(region: &Region<'a>, cells: Cells) -> Option<Self> {
        let bbox = region.bbox;
        let mask = match region.shape {
            Shape::Box => return None,
            Shape::Ellipse => None,
            Shape::Mask(mask) => {
                let (left, width) = (f64::from(bbox.left), f64::from(bbox.width));
                let under = |x| touched(cells.columns(x), left, width, mask.size().0);
                Some(Masked { mask, columns: (0..cells.width).map(under).collect() })
            }
        };
        Some(Self { bbox, cells, mask })
    }

    /// The box of an ellipse; `None` for a mask.
    #[cfg(feature = "cuda")]
    pub(super) fn ellipse(&self) -> Option<BBox> {
        self.mask.is_none().then_some(self.bbox)
    }

    /// Writes the covered columns of row `y` to `runs`.
    pub(super) fn runs(&self, y: u32, runs: &mut Vec<Range<usize>>) {
        runs.clear();
        match &self.mask {
            Some(masked) => self.mask_runs(masked, y, runs),
            None => runs.extend(self.ellipse_run(y)),
        }
    }

    fn ellipse_run(&self, y: u32) -> Option<Range<usize>> {
        let [left, top, width, height] =
            [self.bbox.left, self.bbox.top, self.bbox.width, self.bbox.height].map(f64::from);
        let (rx, ry) = (width / 2.0, height / 2.0);
        let (cx, cy) = (left + rx, top + ry);
        let (upper, lower) = self.cells.rows(y);
        // How far the row's nearest line is from the middle; across that line the ellipse is widest.
        let away = (upper - cy).max(cy - lower).max(0.0) / ry;
        if away >= 1.0 {
            return None;
        }
        let half = rx * (1.0 - away * away).sqrt();
        let cell = f64::from(1 << self.cells.shift.0);
        let in_cells = |x: f64| (x - self.cells.left as f64) / cell;
        let limit = f64::from(self.cells.width);
        let first = in_cells(cx - half).floor().clamp(0.0, limit) as usize;
        let last = in_cells(cx + half).ceil().clamp(0.0, limit) as usize;
        (first < last).then_some(first..last)
    }

    fn mask_runs(&self, masked: &Masked<'_>, y: u32, runs: &mut Vec<Range<usize>>) {
        let (width, height) = masked.mask.size();
        let rows = touched(self.cells.rows(y), f64::from(self.bbox.top), f64::from(self.bbox.height), height);
        let mut hidden = vec![false; width as usize];
        for row in rows {
            masked.mask.add_row(row as u32, &mut hidden);
        }
        for (x, columns) in masked.columns.iter().enumerate() {
            if !hidden[columns.clone()].contains(&true) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.end == x => run.end = x + 1,
                _ => runs.push(x..x + 1),
            }
        }
    }
}

/// Which of `count` cells, spread evenly over `size` pixels from `start` on, `from..to` touches.
fn touched((from, to): (f64, f64), start: f64, size: f64, count: u32) -> Range<usize> {
    let at = |x: f64| (x - start) * f64::from(count) / size;
    let first = at(from + SLIVER).floor().clamp(0.0, f64::from(count)) as usize;
    let last = at(to - SLIVER).ceil().clamp(0.0, f64::from(count)) as usize;
    first..last.max(first)
}
