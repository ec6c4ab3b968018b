//! Windows that share no pixel, written at the same time.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

use super::{FrameViewMut, PixelFormat, Rect};

impl FrameViewMut<'_> {
    /// The windows `rects` of this picture, to be written at the same time, on several threads if need be.
    ///
    /// In 4:2:0 formats a chroma sample belongs to 2x2 pixels; windows that meet inside such a block share it
    /// and are refused. [`Rect::even`] grows a window to whole blocks.
    ///
    /// ```
    /// use dsframe::frame::{OwnedFrame, PixelFormat, Rect};
    /// let mut frame = OwnedFrame::zeroed(PixelFormat::Rgba, 8, 4);
    /// let mut view = frame.view_mut();
    /// let halves = view.disjoint_mut(&[Rect::new(0, 0, 4, 4), Rect::new(4, 0, 4, 4)])?;
    /// std::thread::scope(|scope| {
    ///     for (value, mut half) in (1..).zip(halves) {
    ///         scope.spawn(move || half.plane_mut(0).rows_mut().for_each(|row| row.fill(value)));
    ///     }
    /// });
    /// assert_eq!(frame.view().plane(0).row(3)[12..20], [1, 1, 1, 1, 2, 2, 2, 2]);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a window does not lie inside, or two share a pixel or a chroma sample: the message names both.
    pub fn disjoint_mut(&mut self, rects: &[Rect]) -> Result<Vec<FrameViewMut<'_>>> {
        let placed = rects.iter().map(|&rect| self.placed(rect)).collect::<Result<Vec<_>>>()?;
        check_disjoint(rects)?;
        let blocks: Vec<_> = placed.iter().map(|&window| block_around(self.format(), window)).collect();
        if let Some((a, b)) = overlap(&blocks) {
            return Err(Error::invalid(format!(
                "the windows {} and {} share chroma samples of the {:?} picture; start and end them on even \
                 columns and rows, as Rect::even does",
                rects[a],
                rects[b],
                self.format()
            )));
        }
        blocks.iter().zip(&placed).map(|(&block, &window)| self.alone(block, window)).collect()
    }
}

/// The window grown to whole chroma samples; may reach one pixel beyond an odd edge of the picture.
fn block_around(format: PixelFormat, window: Rect) -> Rect {
    if format.planes() == 1 || window.is_empty() {
        return window;
    }
    // Chroma samples of 2x2 pixels say how many pixels each covers: 1 of 2x2, 2 of 1x2, 4 of one.
    let (columns, rows) = format.plane_size(1, 2, 2);
    let (dx, dy) = (2 / columns, 2 / rows);
    let (x, y) = (window.x / dx * dx, window.y / dy * dy);
    let (right, bottom) = (window.right().next_multiple_of(dx), window.bottom().next_multiple_of(dy));
    Rect::new(x, y, right - x, bottom - y)
}

pub(super) fn check_disjoint(rects: &[Rect]) -> Result<()> {
    match overlap(rects) {
        None => Ok(()),
        Some((a, b)) => Err(Error::invalid(format!(
            "the windows {} (number {a}) and {} (number {b}) overlap; only windows that share no pixel can be \
             written at the same time",
            rects[a], rects[b]
        ))),
    }
}

/// The numbers of two windows that share a pixel, the lower first.
///
/// Windows are taken from top to bottom. Those that reach the current row are kept by their left edge; they
/// share no column, so only neighbours need a look.
pub(super) fn overlap(rects: &[Rect]) -> Option<(usize, usize)> {
    let mut order: Vec<usize> = (0..rects.len()).filter(|&i| !rects[i].is_empty()).collect();
    order.sort_unstable_by_key(|&i| rects[i].y);
    let mut open = BTreeMap::<u32, usize>::new();
    for i in order {
        let rect = rects[i];
        while let Some((&left, &other)) = open.range(..rect.right()).next_back() {
            if rects[other].right() <= rect.x {
                break;
            }
            if rects[other].bottom() > rect.y {
                return Some((i.min(other), i.max(other)));
            }
            open.remove(&left);
        }
        open.insert(rect.x, i);
    }
    None
}
