use crate::roi::BBox;

/// How good a crop is as a picture of its object, 0 to 1: the product of five factors.
///
/// | factor     | value                                                                          |
/// |------------|--------------------------------------------------------------------------------|
/// | confidence | 0.3 + 0.7·confidence; a box that a tracker predicted has none, hence 0.3        |
/// | size       | s / (s + `size`), s the root of the part of the box inside the frame            |
/// | border     | 0.4 at the frame's edge, where the object may be cut, to 1 from `border` inwards |
/// | overlap    | 1 - 0.8·overlap, the covered part of the box; see [`max_overlap`]               |
/// | sharpness  | v / (v + `sharpness`), v the variance of the Laplacian                          |
///
/// The factors are bounded so that no one of them decides alone: a large blurred person loses against
/// a sharp one of half the size, and a person cut by the frame's edge against both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scorer {
    /// Side of a square object, in pixels, that gets half of the points for size.
    pub size: f32,
    /// Distance from the frame's edge, in pixels, from which on an object counts as whole.
    pub border: f32,
    /// Variance of the Laplacian that gets half of the points for sharpness.
    pub sharpness: f64,
}

impl Default for Scorer {
    fn default() -> Self {
        Self { size: 64.0, border: 8.0, sharpness: 300.0 }
    }
}

impl Scorer {
    /// The score but for sharpness: no crop of this box scores higher.
    ///
    /// `confidence` and `overlap` are 0 to 1, `frame` is (width, height) in pixels. What is not finite
    /// counts as 0.
    #[must_use]
    pub fn bound(&self, bbox: &BBox, frame: (u32, u32), confidence: f32, overlap: f32) -> f64 {
        let (width, height) = (frame.0 as f32, frame.1 as f32);
        let side = bbox.intersection(&BBox::xywh(0.0, 0.0, width, height)).sqrt();
        let size = f64::from(side / (side + self.size.max(1.0)));
        let [left, top, right, bottom] = bbox.to_xyxy();
        let distance = left.min(top).min(width - right).min(height - bottom);
        let border = 0.4 + 0.6 * unit(distance / self.border.max(1.0));
        let score = (0.3 + 0.7 * unit(confidence)) * size * border * (1.0 - 0.8 * unit(overlap));
        if score.is_finite() { score } else { 0.0 }
    }

    /// The factor for a `variance` of the Laplacian.
    #[must_use]
    pub fn sharpness_factor(&self, variance: f64) -> f64 {
        let variance = variance.max(0.0);
        if variance.is_finite() { variance / (variance + self.sharpness.max(1.0)) } else { 0.0 }
    }
}

fn unit(value: f32) -> f64 {
    if value.is_nan() { 0.0 } else { f64::from(value.clamp(0.0, 1.0)) }
}

/// The largest part of `bbox`, 0 to 1, that one of `others` covers; leave `bbox` itself out of them.
///
/// ```
/// use dsframe::{crops::max_overlap, roi::BBox};
/// let (far, near) = (BBox::xywh(0.0, 0.0, 10.0, 10.0), BBox::xywh(5.0, 0.0, 20.0, 20.0));
/// assert_eq!(max_overlap(&far, [near]), 0.5);
/// assert_eq!(max_overlap(&near, [far]), 0.125);
/// ```
#[must_use]
pub fn max_overlap(bbox: &BBox, others: impl IntoIterator<Item = BBox>) -> f32 {
    let area = bbox.area();
    if area.is_nan() || area <= 0.0 {
        return 0.0;
    }
    let covered = others.into_iter().map(|other| bbox.intersection(&other)).fold(0.0, f32::max);
    (covered / area).min(1.0)
}
