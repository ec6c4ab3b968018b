use std::cell::Cell;
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

/// Values of rows cut into `strips`, `row` values each.
pub(crate) fn split_values<'a, T>(
    mut values: &'a mut [T],
    row: usize,
    strips: &[Range<u32>],
) -> Vec<(Range<u32>, &'a mut [T])> {
    let mut parts = Vec::with_capacity(strips.len());
    for strip in strips {
        let (part, below) = std::mem::take(&mut values).split_at_mut(strip.len() * row);
        parts.push((strip.clone(), part));
        values = below;
    }
    parts
}

/// Calls `work` with a copy of the window `rect` of `plane`, rows packed, in memory that the thread keeps, and with `plane`.
pub(crate) fn with_copy<R>(
    plane: &mut ViewMut<'_>,
    rect: Rect,
    work: impl FnOnce(View<'_>, &mut ViewMut<'_>) -> R,
) -> Result<R> {
    thread_local! {
        static COPY: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let (view, channels) = (plane.as_view().crop(rect)?, plane.channels());
    // A call inside another gets new memory.
    let mut bytes = COPY.take();
    bytes.clear();
    view.rows().for_each(|row| bytes.extend_from_slice(row));
    let copy = View::new(&bytes, rect.width, rect.height, channels, rect.width as usize * channels)?;
    let result = work(copy, plane);
    COPY.set(bytes);
    Ok(result)
}

/// Filters are written for pixels of 1 to 4 bytes.
pub(crate) fn check_channels(channels: usize) -> Result<()> {
    if (1..=4).contains(&channels) {
        return Ok(());
    }
    Err(Error::invalid(format!("a pixel has {channels} bytes, it must have 1 to 4; filter plane by plane")))
}
