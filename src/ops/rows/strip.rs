use std::ops::Range;

use crate::error::{Error, Result};
use crate::frame::{View, ViewMut};

/// `plane` cut into `strips`, which follow each other from row 0 on.
pub(crate) fn split_rows<'a>(
    plane: &'a mut ViewMut<'_>,
    strips: &[Range<u32>],
) -> Vec<(Range<u32>, ViewMut<'a>)> {
    let (width, height) = (plane.width(), plane.height());
    let (channels, pitch) = (plane.channels(), plane.pitch());
    let mut rest = plane.data_mut();
    let mut parts = Vec::with_capacity(strips.len());
    for strip in strips {
        let rows = strip.len() as u32;
        let bytes = (rows as usize).saturating_mul(pitch).min(rest.len());
        // The last row may be longer than the pitch when it is the only one.
        let bytes = if strip.end == height { rest.len() } else { bytes };
        let (part, below) = std::mem::take(&mut rest).split_at_mut(bytes);
        rest = below;
        let view = ViewMut::new(part, width, rows, channels, pitch).expect("rows of a checked plane");
        parts.push((strip.clone(), view));
    }
    parts
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
