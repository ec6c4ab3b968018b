use crate::error::{Error, Result};
use crate::frame::Rect;

use super::BBox;

/// How a picture is fitted into another size with its shape kept and the rest left blank.
///
/// The numbers are nvinfer's with `maintain-aspect-ratio=1`: the free side is cut to whole pixels, so
/// the two scales may differ a little; blank pixels go to the right or below, or with
/// `symmetric-padding=1` half of them (rounded down) to the left or above.
///
/// ```
/// use dsframe::{frame::Rect, roi::{BBox, Letterbox}};
/// let fit = Letterbox::fit((768, 576), (416, 416), true)?;
/// assert_eq!(fit.inner(), Rect::new(0, 52, 416, 312));
/// let person = BBox::xywh(208.0, 208.0, 41.6, 41.6);
/// assert_eq!(fit.to_src(person).left, 384.0);
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letterbox {
    inner: Rect,
    scale: (f64, f64),
}

impl Letterbox {
    /// Fits `src` into `dst`, both (width, height) in pixels.
    ///
    /// # Errors
    /// When a side is zero.
    pub fn fit(src: (u32, u32), dst: (u32, u32), symmetric: bool) -> Result<Self> {
        check_sides(src, dst)?;
        let [sw, sh, dw, dh] = [src.0, src.1, dst.0, dst.1].map(u64::from);
        let (width, height) = if dw * sh <= dh * sw {
            (dst.0, ((dw * sh / sw) as u32).max(1))
        } else {
            (((dh * sw / sh) as u32).max(1), dst.1)
        };
        let (x, y) = if symmetric { ((dst.0 - width) / 2, (dst.1 - height) / 2) } else { (0, 0) };
        Ok(Self::new(src, Rect::new(x, y, width, height)))
    }

    /// Fits `src` into the middle of `dst`, on even pixels, so that edges are edges of 4:2:0 chroma too.
    ///
    /// The free side is rounded to the nearest pixel and cut to an even one. This is what the embedded
    /// nvstreammux does with `enable-padding=1`.
    ///
    /// # Errors
    /// When a side is zero.
    pub fn fit_even(src: (u32, u32), dst: (u32, u32)) -> Result<Self> {
        check_sides(src, dst)?;
        let even = |exact: u64| (exact & !1).max(1) as u32;
        let [sw, sh, dw, dh] = [src.0, src.1, dst.0, dst.1].map(u64::from);
        let (width, height) = match (dw * sh).cmp(&(dh * sw)) {
            std::cmp::Ordering::Equal => dst,
            std::cmp::Ordering::Less => (dst.0, even((dw * sh + sw / 2) / sw).min(dst.1)),
            std::cmp::Ordering::Greater => (even((dh * sw + sh / 2) / sh).min(dst.0), dst.1),
        };
        Ok(Self::new(src, Rect::new((dst.0 - width) / 4 * 2, (dst.1 - height) / 4 * 2, width, height)))
    }

    fn new(src: (u32, u32), inner: Rect) -> Self {
        let scale = (f64::from(inner.width) / f64::from(src.0), f64::from(inner.height) / f64::from(src.1));
        Self { inner, scale }
    }

    /// Where the picture lies in the destination; the rest is blank.
    #[must_use]
    pub fn inner(&self) -> Rect {
        self.inner
    }

    /// Destination pixels per source pixel, (x, y).
    #[must_use]
    pub fn scale(&self) -> (f64, f64) {
        self.scale
    }

    /// A box of the destination in source pixels.
    #[must_use]
    pub fn to_src(&self, dst: BBox) -> BBox {
        let (sx, sy) = self.scale;
        let left = (f64::from(dst.left) - f64::from(self.inner.x)) / sx;
        let top = (f64::from(dst.top) - f64::from(self.inner.y)) / sy;
        let (width, height) = (f64::from(dst.width) / sx, f64::from(dst.height) / sy);
        BBox::xywh(left as f32, top as f32, width as f32, height as f32)
    }

    /// A box of the source in destination pixels.
    #[must_use]
    pub fn to_dst(&self, src: BBox) -> BBox {
        let (sx, sy) = self.scale;
        let left = f64::from(src.left) * sx + f64::from(self.inner.x);
        let top = f64::from(src.top) * sy + f64::from(self.inner.y);
        let (width, height) = (f64::from(src.width) * sx, f64::from(src.height) * sy);
        BBox::xywh(left as f32, top as f32, width as f32, height as f32)
    }
}

fn check_sides(src: (u32, u32), dst: (u32, u32)) -> Result<()> {
    if [src.0, src.1, dst.0, dst.1].contains(&0) {
        return Err(Error::invalid(format!(
            "cannot fit {}x{} into {}x{}: no side may be zero",
            src.0, src.1, dst.0, dst.1
        )));
    }
    Ok(())
}
