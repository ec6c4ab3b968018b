use std::ops::Range;

use crate::error::{Error, Result};
use crate::frame::{Rect, View, ViewMut};

/// `plane` cut into `strips`, which follow each other from row 0 on.
pub(crate) fn split_rows<'a>(
    plane: &'a mut ViewMut<'_>,
    strips: &[Range<u32>],
) -> Vec<(Range<u32>, ViewMut<'a>)> {
    let width = plane.width();
    let rects: Vec<_> =
        strips.iter().map(|rows| Rect::new(0, rows.start, width, rows.len() as u32)).collect();
    let parts = plane.disjoint_mut(&rects).expect("strips lie in the plane and share no row");
    strips.iter().cloned().zip(parts).collect()
}

/// Holds `dst` to the size and the bytes per pixel of `src`.
pub(crate) fn check_same_shape(src: &View<'_>, dst: &ViewMut<'_>) -> Result<()> {
    if (dst.width(), dst.height(), dst.channels()) == (src.width(), src.height(), src.channels()) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "dst is {}x{} with {} bytes a pixel, it must be as src, {}x{} with {}",
        dst.width(),
        dst.height(),
        dst.channels(),
        src.width(),
        src.height(),
        src.channels()
    )))
}
