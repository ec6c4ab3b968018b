//! Crops that may hang over the edge of the picture.

use crate::error::{Error, Result};
use crate::frame::{Color, FrameView, OwnedFrame, View, ViewMut};
use crate::ops::rows::{Border, chroma_shift, pad_row, samples};

/// What [`crop_padded`] writes where the picture ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outside {
    /// One colour; opaque, whatever its opacity.
    Fill(Color),
    /// The pixels of the picture's edge.
    Replicate,
}

/// The most columns or rows of a padded crop.
const MOST: u32 = 1 << 14;

/// Copies the window of `size` (width, height) whose first pixel is `origin` (x, y) of `src`, which may lie outside.
///
/// |        | layout              | element | shape    | pitch (bytes) |
/// |--------|---------------------|---------|----------|---------------|
/// | `src`  | any [`PixelFormat`](crate::frame::PixelFormat) | `u8`    | `(h, w)` | any           |
/// | result | as `src`            | `u8`    | `(height, width)` | packed |
///
/// Subsampled chroma stays where it is: on an odd origin, the result is a window on an odd column or row, and a sample that
/// a pixel of `src` uses keeps its value.
///
/// Backends and parity: copies rows. Equals OpenCV's `copyMakeBorder` with `BORDER_CONSTANT` or `BORDER_REPLICATE` and a
/// crop of the result.
///
/// # Errors
/// When a side is above 16384 pixels, or the edge of a picture without pixels would have to be replicated.
///
/// # Example
/// ```
/// use dsframe::frame::{Color, Colorimetry, FrameView, PixelFormat};
/// use dsframe::ops::crop_padded::{Outside, crop_padded};
/// let gray = FrameView::new(PixelFormat::Gray8, 2, 2, &[(&[1, 2, 3, 4], 2)], Colorimetry::default())?;
/// let crop = crop_padded(&gray, (-1, 0), (3, 2), Outside::Replicate)?;
/// assert_eq!(crop.view().plane(0).data(), [1, 1, 2, 3, 3, 4]);
/// let crop = crop_padded(&gray, (1, 1), (2, 1), Outside::Fill(Color::BLACK))?;
/// assert_eq!(crop.view().plane(0).data(), [4, 16]);
/// # Ok::<(), dsframe::Error>(())
/// ```
///
/// Source: <https://docs.opencv.org/4.x/d2/de8/group__core__array.html> (`copyMakeBorder`)
pub fn crop_padded(
    src: &FrameView<'_>,
    origin: (i32, i32),
    size: (u32, u32),
    outside: Outside,
) -> Result<OwnedFrame> {
    if size.0 > MOST || size.1 > MOST {
        return Err(Error::invalid(format!(
            "the crop is {}x{}, it must be at most {MOST}x{MOST}; clip the box first",
            size.0, size.1
        )));
    }
    if (src.width() == 0 || src.height() == 0) && outside == Outside::Replicate {
        return Err(Error::invalid("src has no pixels, so it has no edge to replicate; fill instead"));
    }
    let (format, phase) = (src.format(), src.chroma_phase());
    let (sx, sy) = format.chroma_shift().unwrap_or_default();
    // In pixels from the first one of the window's first chroma sample.
    let (x, y) = (i64::from(origin.0) + i64::from(phase.0), i64::from(origin.1) + i64::from(phase.1));
    let new_phase = (x.rem_euclid(1 << sx) as u32, y.rem_euclid(1 << sy) as u32);
    let mut crop = OwnedFrame::for_copy(format, src.colorimetry(), size, new_phase);
    let fill = match outside {
        Outside::Fill(color) => Some(samples(format, src.colorimetry(), color)),
        Outside::Replicate => None,
    };
    for plane in 0..format.planes() {
        let at = if plane == 0 {
            (i64::from(origin.0), i64::from(origin.1))
        } else {
            let (sx, sy) = chroma_shift(format, plane);
            (x >> sx, y >> sy)
        };
        copy(src.plane(plane), at, crop.view_mut().plane_mut(plane), fill.map(|fill| fill[plane]));
    }
    Ok(crop)
}

/// The window of `src` from `at` on into `dst`; without a pixel to fill with, the edge is replicated.
fn copy(src: View<'_>, at: (i64, i64), mut dst: ViewMut<'_>, fill: Option<[u8; 4]>) {
    let (channels, width) = (src.channels(), i64::from(dst.width()));
    for (out, y) in dst.rows_mut().zip(at.1..) {
        let Some(fill) = fill else {
            let row = Border::Replicate.index(y, src.height()).map(|y| src.row(y));
            pad_row(row, channels, at.0..at.0 + width, Border::Replicate, out);
            continue;
        };
        out.chunks_exact_mut(channels).for_each(|pixel| pixel.copy_from_slice(&fill[..channels]));
        if !(0..i64::from(src.height())).contains(&y) {
            continue;
        }
        let (from, to) = (at.0.max(0), (at.0 + width).min(i64::from(src.width())));
        if from < to {
            let row = &src.row(y as u32)[from as usize * channels..to as usize * channels];
            out[(from - at.0) as usize * channels..][..row.len()].copy_from_slice(row);
        }
    }
}

#[cfg(test)]
mod tests;
