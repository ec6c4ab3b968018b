//! Boxes as edges, in `f64`.

/// The edges of a box, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Bounds {
    pub(super) fn around(x: f64, y: f64, width: f64, height: f64) -> Self {
        let (w, h) = (width / 2.0, height / 2.0);
        Self { left: x - w, top: y - h, right: x + w, bottom: y + h }
    }

    /// From left, top, width, height.
    pub(super) fn from_box([left, top, width, height]: [f32; 4]) -> Self {
        let (left, top) = (f64::from(left), f64::from(top));
        Self { left, top, right: left + f64::from(width), bottom: top + f64::from(height) }
    }

    /// Left, top, width, height.
    pub(super) fn to_box(self) -> [f32; 4] {
        [self.left as f32, self.top as f32, self.width() as f32, self.height() as f32]
    }

    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn centre(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Centre x, centre y, width, height.
    pub(super) fn centre_and_size(&self) -> [f64; 4] {
        let (x, y) = self.centre();
        [x, y, self.width(), self.height()]
    }

    /// Grown on every side by `share` of the width and height.
    pub(super) fn expanded(&self, share: f64) -> Self {
        let (w, h) = (self.width() * share, self.height() * share);
        Self { left: self.left - w, top: self.top - h, right: self.right + w, bottom: self.bottom + h }
    }

    /// Intersection over union, 0 to 1.
    pub(super) fn iou(&self, other: &Self) -> f64 {
        let width = self.right.min(other.right) - self.left.max(other.left);
        let height = self.bottom.min(other.bottom) - self.top.max(other.top);
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        let common = width * height;
        common / (self.width() * self.height() + other.width() * other.height() - common)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iou_of_known_boxes() {
        let a = Bounds::around(5.0, 5.0, 10.0, 10.0);
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&Bounds::around(10.0, 5.0, 10.0, 10.0)), 50.0 / 150.0);
        assert_eq!(a.iou(&Bounds::around(15.0, 5.0, 10.0, 10.0)), 0.0);
    }

    #[test]
    fn expansion_keeps_the_centre() {
        let a = Bounds::around(5.0, 7.0, 10.0, 20.0).expanded(0.25);
        assert_eq!(a.centre_and_size(), [5.0, 7.0, 15.0, 30.0]);
    }
}
