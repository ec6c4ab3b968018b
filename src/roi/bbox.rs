use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::frame::Rect;

/// A box in float pixels as DeepStream keeps it: top-left corner and size, x to the right, y down.
///
/// Nothing is checked on the way in: what a model puts out is kept as it is until [`clip`](Self::clip).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BBox {
    /// Left edge, in pixels.
    pub left: f32,
    /// Top edge, in pixels.
    pub top: f32,
    /// Width, in pixels.
    pub width: f32,
    /// Height, in pixels.
    pub height: f32,
}

/// Why a box has no window in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Dropped {
    /// Width or height is zero or negative.
    #[error("the box is empty: its width and height must be above zero")]
    Empty,
    /// The box and the frame share no pixel.
    #[error("the box lies outside the frame")]
    Outside,
    /// Not one whole chroma sample lies inside.
    #[error("the box holds no whole 2x2 block of pixels, which 4:2:0 chroma needs")]
    TooSmall,
    /// A coordinate is NaN or infinite.
    #[error("the box has a coordinate that is not finite")]
    NotFinite,
}

impl From<Dropped> for Error {
    fn from(reason: Dropped) -> Self {
        Error::invalid(reason.to_string()).with_source(reason)
    }
}

/// Slivers below this many pixels at an edge are the rounding of `f32` sums, not part of the object.
const SLIVER: f64 = 1.0 / 256.0;

impl BBox {
    /// From the top-left corner and the size, in pixels.
    #[must_use]
    pub const fn xywh(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self { left, top, width, height }
    }

    /// From the top-left and the bottom-right corner, in pixels, as supervision and ultralytics have it.
    #[must_use]
    pub const fn xyxy(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// Right edge, in pixels.
    #[must_use]
    pub const fn right(&self) -> f32 {
        self.left + self.width
    }

    /// Bottom edge, in pixels.
    #[must_use]
    pub const fn bottom(&self) -> f32 {
        self.top + self.height
    }

    /// The corners (left, top, right, bottom), in pixels.
    #[must_use]
    pub const fn to_xyxy(self) -> [f32; 4] {
        [self.left, self.top, self.right(), self.bottom()]
    }

    /// Width times height in square pixels; 0 for a box of no or negative size.
    #[must_use]
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// The middle (x, y), in pixels.
    #[must_use]
    pub fn center(&self) -> (f32, f32) {
        (self.left + self.width * 0.5, self.top + self.height * 0.5)
    }

    /// Area shared with `other`, in square pixels.
    #[must_use]
    pub fn intersection(&self, other: &BBox) -> f32 {
        let width = self.right().min(other.right()) - self.left.max(other.left);
        let height = self.bottom().min(other.bottom()) - self.top.max(other.top);
        // Each box's own size bounds it too: one of negative size shares nothing.
        let width = width.min(self.width).min(other.width);
        let height = height.min(self.height).min(other.height);
        width.max(0.0) * height.max(0.0)
    }

    /// Intersection over union, 0 to 1; 0 when both are empty or a coordinate is not finite.
    ///
    /// ```
    /// use dsframe::roi::BBox;
    /// let (a, b) = (BBox::xywh(0.0, 0.0, 2.0, 1.0), BBox::xywh(1.0, 0.0, 2.0, 1.0));
    /// assert_eq!(a.iou(&b), 1.0 / 3.0);
    /// ```
    #[must_use]
    pub fn iou(&self, other: &BBox) -> f32 {
        if !self.is_finite() || !other.is_finite() {
            return 0.0;
        }
        let shared = self.intersection(other);
        let union = self.area() + other.area() - shared;
        if union > 0.0 && union.is_finite() { (shared / union).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Whether no coordinate is NaN or infinite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        [self.left, self.top, self.width, self.height].iter().all(|v| v.is_finite())
    }

    /// Grown by `x` pixels on the left and on the right, and `y` above and below; negative shrinks.
    #[must_use]
    pub fn pad_pixels(self, x: f32, y: f32) -> Self {
        Self::xywh(self.left - x, self.top - y, self.width + 2.0 * x, self.height + 2.0 * y)
    }

    /// Grown on each side by `percent` of its own width or height: 10 makes it 1.2 times as wide.
    #[must_use]
    pub fn pad_percent(self, percent: f32) -> Self {
        self.pad_pixels(self.width * percent / 100.0, self.height * percent / 100.0)
    }

    /// The smallest square with the same middle that holds the box.
    #[must_use]
    pub fn square(self) -> Self {
        let side = self.width.max(self.height);
        self.pad_pixels((side - self.width) * 0.5, (side - self.height) * 0.5)
    }

    /// The smallest box with the same middle that holds the box and is `width` to `height` in shape: 1 to 2 for
    /// people, say. It may hang over the frame's edge; a shape that is not above zero and finite leaves the box as it
    /// is.
    ///
    /// ```
    /// use dsframe::roi::BBox;
    /// let person = BBox::xywh(10.0, 10.0, 20.0, 60.0);
    /// assert_eq!(person.expand_to_aspect(1.0, 2.0), BBox::xywh(5.0, 10.0, 30.0, 60.0));
    /// ```
    #[must_use]
    pub fn expand_to_aspect(self, width: f32, height: f32) -> Self {
        let aspect = width / height;
        if !(aspect > 0.0 && aspect.is_finite()) {
            return self;
        }
        let (wanted_width, wanted_height) = (self.height * aspect, self.width / aspect);
        let (x, y) = ((wanted_width - self.width).max(0.0), (wanted_height - self.height).max(0.0));
        self.pad_pixels(x * 0.5, y * 0.5)
    }

    /// The box in a picture resized by `x` and `y`: every coordinate multiplied.
    #[must_use]
    pub fn scale(self, x: f32, y: f32) -> Self {
        Self::xywh(self.left * x, self.top * y, self.width * x, self.height * y)
    }

    /// The window of whole pixels that shows all of the box that lies in a frame of `width` x `height`.
    ///
    /// Left and top are rounded down and right and bottom up, so that the object stays whole; less than
    /// 1/256 of a pixel over a pixel's edge does not count, since sums of `f32` leave such slivers. The
    /// window is never empty and always inside. [`Rect::even`] aligns it to chroma samples.
    ///
    /// # Errors
    /// The reason why there is no window. It converts into [`Error`].
    #[inline]
    pub fn clip(&self, width: u32, height: u32) -> Result<Rect, Dropped> {
        if !self.is_finite() {
            return Err(Dropped::NotFinite);
        }
        if self.width <= 0.0 || self.height <= 0.0 {
            return Err(Dropped::Empty);
        }
        let (x, columns) = clip_axis(self.left, self.width, width).ok_or(Dropped::Outside)?;
        let (y, rows) = clip_axis(self.top, self.height, height).ok_or(Dropped::Outside)?;
        Ok(Rect::new(x, y, columns, rows))
    }
}

impl BBox {
    /// As [`clip`](Self::clip), grown to whole chroma samples of a 4:2:0 frame: [`Rect::even`].
    ///
    /// # Errors
    /// The reason why there is no window.
    pub fn clip_even(&self, width: u32, height: u32) -> Result<Rect, Dropped> {
        self.clip(width, height).map(|rect| rect.even(width, height))
    }

    /// As [`clip`](Self::clip), shrunk to whole chroma samples of a 4:2:0 frame, so that no pixel around the box is
    /// touched: [`Rect::even_inside`].
    ///
    /// # Errors
    /// The reason why there is no window; [`Dropped::TooSmall`] when no whole sample lies inside.
    pub fn clip_even_inside(&self, width: u32, height: u32) -> Result<Rect, Dropped> {
        let rect = self.clip(width, height)?.even_inside(width, height);
        if rect.is_empty() { Err(Dropped::TooSmall) } else { Ok(rect) }
    }
}

impl From<Rect> for BBox {
    fn from(rect: Rect) -> Self {
        Self::xywh(rect.x as f32, rect.y as f32, rect.width as f32, rect.height as f32)
    }
}

/// First pixel and number of pixels of `start .. start + size` in `0 .. limit`.
#[inline]
fn clip_axis(start: f32, size: f32, limit: u32) -> Option<(u32, u32)> {
    // What is further outside is as far outside.
    let most = f64::from(limit) + 2.0;
    let near = |at: f64| {
        let at = if at < most { at } else { most };
        if at > -2.0 { at } else { -2.0 }
    };
    let (start, end) = (f64::from(start), f64::from(start) + f64::from(size));
    let (first, _) = whole(near(start + SLIVER));
    let (_, last) = whole(near(end - SLIVER));
    let (first, last) = (first.max(0), last.max(first + 1).min(i64::from(limit)));
    (first < last).then(|| (first as u32, (last - first) as u32))
}

/// `at` rounded down and up; it is below 2^51. A sum that leaves no room for a fraction has the nearest whole number in its
/// low bits: `floor` and `ceil` are functions' calls on x86-64, and casts that saturate are several steps.
#[inline]
fn whole(at: f64) -> (i64, i64) {
    const NO_FRACTION: f64 = 6_755_399_441_055_744.0;
    let sum = at + NO_FRACTION;
    let (number, nearest) =
        (sum.to_bits().wrapping_sub(NO_FRACTION.to_bits()).cast_signed(), sum - NO_FRACTION);
    (number - i64::from(nearest > at), number + i64::from(nearest < at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_rounded_as_floor_and_ceil_do() {
        let mut state = 5u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from_bits(state ^ state >> 15)
        };
        let edges: [f32; 12] =
            [0.0, -0.0, 0.5, 1.0, -1.0, 1.0 / 256.0, 1919.996, 1920.0, 65_535.5, 3.0e38, -3.0e38, 1.0e-40];
        let pairs: Vec<(f32, f32)> = edges.iter().flat_map(|a| edges.iter().map(|b| (*a, b.abs()))).collect();
        let random = std::iter::from_fn(|| Some((next(), next().abs()))).take(20_000);
        let near = (0..20_000u32).map(|i| ((i as f32 - 300.0) / 7.3, (i * 7 % 1999) as f32 / 3.7));
        for (start, size) in pairs.into_iter().chain(random).chain(near) {
            if !start.is_finite() || !size.is_finite() || size == 0.0 {
                continue;
            }
            for limit in [0, 1, 1920, u32::MAX] {
                let first = (f64::from(start) + SLIVER).floor();
                let last = (f64::from(start) + f64::from(size) - SLIVER).ceil().max(first + 1.0);
                let (first, last) = (first.max(0.0), last.min(f64::from(limit)));
                let expected = (first < last).then_some((first as u32, (last - first) as u32));
                assert_eq!(clip_axis(start, size, limit), expected, "{start} and {size} in {limit}");
            }
        }
    }
}
