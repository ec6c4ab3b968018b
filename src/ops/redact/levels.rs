//! Which boxes may be worked on at the same time.

use crate::frame::Rect;

/// Boxes that are compared with each other to find those that overlap.
pub(super) const TOGETHER: usize = 512;

/// Whether no two of `rects` lie so near each other that they may overlap.
#[cfg(feature = "cuda")]
pub(super) fn apart(mut rects: impl Iterator<Item = Rect> + Clone) -> bool {
    let mut cells = Cells::around(rects.clone());
    rects.all(|rect| !cells.take(&rect))
}

/// A number for each of `rects`, above those of all earlier ones that it overlaps.
pub(super) fn levels(rects: &[Rect]) -> Vec<u32> {
    let mut cells = Cells::around(rects.iter().copied());
    let mut levels: Vec<u32> = Vec::with_capacity(rects.len());
    for (i, rect) in rects.iter().enumerate() {
        let mut level = 0;
        // Most boxes meet no other: only those that share a cell with an earlier one are compared with all of them.
        if cells.take(rect) {
            let (right, bottom) = (rect.right(), rect.bottom());
            for (other, above) in rects[..i].iter().zip(&levels) {
                if other.x < right && rect.x < other.right() && other.y < bottom && rect.y < other.bottom() {
                    level = level.max(above + 1);
                }
            }
        }
        levels.push(level);
    }
    levels
}

/// The picture in at most 128 columns and 64 rows of cells, a bit for each that a box was in. Columns are narrower: people
/// stand beside each other.
struct Cells {
    taken: [u128; 64],
    /// A cell is `1 << shift` pixels wide, and `1 << shift` high.
    shift: (u32, u32),
}

impl Cells {
    fn around(rects: impl Iterator<Item = Rect>) -> Self {
        let (right, bottom) =
            rects.fold((1, 1), |most, rect| (rect.right().max(most.0), rect.bottom().max(most.1)));
        let shift = |extent: u32, bits| (32 - (extent - 1).leading_zeros()).saturating_sub(bits);
        Self { taken: [0; 64], shift: (shift(right, 7), shift(bottom, 6)) }
    }

    /// Takes the cells of `rect`; whether one of them was taken.
    fn take(&mut self, rect: &Rect) -> bool {
        if rect.is_empty() {
            return false;
        }
        let range = |start: u32, end: u32, shift: u32| (start >> shift, (end - 1) >> shift);
        let (left, right) = range(rect.x, rect.right(), self.shift.0);
        let (top, bottom) = range(rect.y, rect.bottom(), self.shift.1);
        let columns = (u128::MAX << left) & (u128::MAX >> (127 - right));
        self.taken[top as usize..=bottom as usize].iter_mut().fold(0, |met, row| {
            let met = met | (*row & columns);
            *row |= columns;
            met
        }) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_comes_after_all_that_it_overlaps() {
        let rects = [
            Rect::new(0, 0, 10, 10),
            Rect::new(10, 0, 10, 10),
            Rect::new(5, 5, 10, 10),
            Rect::new(0, 10, 5, 5),
            Rect::new(14, 14, 2, 2),
            Rect::new(0, 0, 40, 40),
        ];
        assert_eq!(levels(&rects), [0, 0, 1, 0, 2, 3]);
        assert!(levels(&[]).is_empty());
    }

    #[test]
    fn levels_are_those_of_comparing_all_with_all() {
        let mut state = 1u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for (size, most) in [(70, 9), (1920, 200), (65_535, 9000)] {
            let mut rect =
                |_| Rect::new(next(size - most), next(size - most), 1 + next(most), 1 + next(most));
            let rects: Vec<_> = (0..120).map(&mut rect).collect();
            let mut expected: Vec<u32> = Vec::new();
            for (i, a) in rects.iter().enumerate() {
                let meets =
                    |b: &Rect| a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
                let below = rects[..i].iter().zip(&expected).filter(|(b, _)| meets(b));
                expected.push(below.map(|(_, level)| level + 1).max().unwrap_or_default());
            }
            assert_eq!(levels(&rects), expected);
        }
    }
}
