//! Which boxes may be worked on at the same time.

use crate::frame::Rect;

/// Boxes that are compared with each other to find those that overlap.
pub(super) const TOGETHER: usize = 512;

/// A number for each of `rects`, above those of all earlier ones that it overlaps.
pub(super) fn levels(rects: &[Rect]) -> Vec<u32> {
    // Edges side by side, and no branch: a compiler makes vectors of it.
    let mut edges: Vec<[u32; 4]> = Vec::with_capacity(rects.len());
    let mut above: Vec<u32> = Vec::with_capacity(rects.len());
    for rect in rects {
        let [left, top, right, bottom] = [rect.x, rect.y, rect.right(), rect.bottom()];
        let level = edges.iter().zip(&above).fold(0, |level, (&[x0, y0, x1, y1], &above)| {
            let overlap = (x0 < right) & (left < x1) & (y0 < bottom) & (top < y1);
            level.max(above * u32::from(overlap))
        });
        edges.push([left, top, right, bottom]);
        above.push(level + 1);
    }
    above.iter_mut().for_each(|above| *above -= 1);
    above
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
}
