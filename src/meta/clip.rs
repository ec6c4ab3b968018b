//! Cuts a scene's items to the frame. Pure.

use super::scene::{ArrowItem, CircleItem, LabelItem, LineItem, RectItem, Scene};
use crate::roi::BBox;
use crate::{Error, Result};

/// The frame; an unknown size (0) has no right or bottom edge.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    width: f32,
    height: f32,
}

/// What is written to display metas: a scene's items, with the place of each text beside it, so that no
/// text is copied for being moved.
pub(super) struct Items<'s> {
    pub(super) rects: Vec<RectItem>,
    pub(super) labels: Vec<(&'s LabelItem, (f32, f32))>,
    pub(super) lines: Vec<LineItem>,
    pub(super) arrows: Vec<ArrowItem>,
    pub(super) circles: Vec<CircleItem>,
}

impl<'s> Items<'s> {
    /// All of a scene, as it is.
    ///
    /// # Errors
    /// `InvalidArgument` when a coordinate is not finite.
    pub(super) fn whole(scene: &'s Scene) -> Result<Self> {
        check(scene)?;
        Ok(Self {
            rects: scene.rects.clone(),
            labels: scene.labels.iter().map(|l| (l, (l.x, l.y))).collect(),
            lines: scene.lines.clone(),
            arrows: scene.arrows.clone(),
            circles: scene.circles.clone(),
        })
    }

    /// Items of the kind that has most.
    pub(super) fn most(&self) -> usize {
        let counts =
            [self.rects.len(), self.labels.len(), self.lines.len(), self.arrows.len(), self.circles.len()];
        counts.into_iter().max().unwrap_or(0)
    }
}

impl Bounds {
    pub(super) fn new((width, height): (u32, u32)) -> Self {
        // C's coordinates are 32 bits; f32 has this as its largest below 2^32.
        let edge = |size: u32| if size == 0 { 4_294_967_040.0 } else { size as f32 };
        Self { width: edge(width), height: edge(height) }
    }

    /// The items that can be seen, cut to the frame.
    ///
    /// # Errors
    /// `InvalidArgument` when a coordinate is not finite.
    pub(super) fn clip(self, scene: &Scene) -> Result<Items<'_>> {
        check(scene)?;
        let arrow = |a: &ArrowItem| self.line(&a.line).map(|line| ArrowItem { line, ..*a });
        Ok(Items {
            rects: scene.rects.iter().filter_map(|r| self.rect(r)).collect(),
            labels: scene.labels.iter().filter_map(|l| self.label(l)).collect(),
            lines: scene.lines.iter().filter_map(|l| self.line(l)).collect(),
            arrows: scene.arrows.iter().filter_map(arrow).collect(),
            circles: scene.circles.iter().filter_map(|c| self.circle(c)).collect(),
        })
    }

    /// A rotated rectangle stays whole: cutting its sides would change its shape.
    fn rect(self, item: &RectItem) -> Option<RectItem> {
        if item.rotation_angle != 0.0 {
            return Some(*item);
        }
        let b = item.bbox;
        let (left, top) = (b.left.max(0.0), b.top.max(0.0));
        let (right, bottom) = (b.right().min(self.width), b.bottom().min(self.height));
        let bbox = BBox { left, top, width: right - left, height: bottom - top };
        (right > left && bottom > top).then_some(RectItem { bbox, ..*item })
    }

    fn label(self, item: &LabelItem) -> Option<(&LabelItem, (f32, f32))> {
        let (x, y) = (item.x.max(0.0), item.y.max(0.0));
        let seen = x < self.width && y < self.height && !item.text.is_empty();
        seen.then_some((item, (x, y)))
    }

    /// The part of the line between the first and last pixel of the frame (Liang and Barsky's
    /// parametric clipping).
    fn line(self, item: &LineItem) -> Option<LineItem> {
        let (dx, dy) = (item.x2 - item.x1, item.y2 - item.y1);
        let (mut start, mut end) = (0.0_f32, 1.0_f32);
        for (delta, room) in [
            (-dx, item.x1),
            (dx, self.width - 1.0 - item.x1),
            (-dy, item.y1),
            (dy, self.height - 1.0 - item.y1),
        ] {
            if delta == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if delta < 0.0 {
                start = start.max(room / delta);
            } else {
                end = end.min(room / delta);
            }
        }
        let at = |t: f32| {
            let (x, y) = (item.x1 + t * dx, item.y1 + t * dy);
            (x.clamp(0.0, self.width - 1.0), y.clamp(0.0, self.height - 1.0))
        };
        let ((x1, y1), (x2, y2)) = (at(start), at(end));
        (start <= end).then_some(LineItem { x1, y1, x2, y2, ..*item })
    }

    fn circle(self, item: &CircleItem) -> Option<CircleItem> {
        let reach = item.radius + item.width as f32;
        let seen = item.radius > 0.0
            && item.xc.round() >= 0.0
            && item.yc.round() >= 0.0
            && item.xc - reach < self.width
            && item.yc - reach < self.height;
        seen.then_some(*item)
    }
}

fn check(scene: &Scene) -> Result<()> {
    let lines = scene.lines.iter().chain(scene.arrows.iter().map(|a| &a.line));
    let finite = scene.rects.iter().all(|r| r.bbox.is_finite() && r.rotation_angle.is_finite())
        && scene.labels.iter().all(|l| l.x.is_finite() && l.y.is_finite())
        && lines.into_iter().all(|l| [l.x1, l.y1, l.x2, l.y2].iter().all(|v| v.is_finite()))
        && scene.circles.iter().all(|c| [c.xc, c.yc, c.radius].iter().all(|v| v.is_finite()));
    if finite {
        return Ok(());
    }
    Err(Error::invalid("the scene has a coordinate that is NaN or infinite; all must be finite"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: (u32, u32) = (100, 50);

    fn line(x1: f32, y1: f32, x2: f32, y2: f32) -> LineItem {
        LineItem { x1, y1, x2, y2, width: 2, ..LineItem::default() }
    }

    #[test]
    fn rects_are_cut_to_the_frame() {
        let bounds = Bounds::new(FRAME);
        let cut = |left, top, width, height| {
            let bbox = BBox { left, top, width, height };
            bounds.rect(&RectItem { bbox, ..RectItem::default() }).map(|r| {
                let b = r.bbox;
                (b.left, b.top, b.width, b.height)
            })
        };
        for (input, output) in [
            ((10.0, 10.0, 20.0, 20.0), Some((10.0, 10.0, 20.0, 20.0))),
            ((-5.0, -5.0, 20.0, 20.0), Some((0.0, 0.0, 15.0, 15.0))),
            ((90.0, 40.0, 20.0, 20.0), Some((90.0, 40.0, 10.0, 10.0))),
            ((0.0, 0.0, 100.0, 50.0), Some((0.0, 0.0, 100.0, 50.0))),
            ((100.0, 10.0, 5.0, 5.0), None),
            ((-20.0, 10.0, 20.0, 5.0), None),
            ((10.0, 10.0, 0.0, 5.0), None),
        ] {
            assert_eq!(cut(input.0, input.1, input.2, input.3), output, "of {input:?}");
        }
    }

    #[test]
    fn lines_keep_what_is_inside() {
        let bounds = Bounds::new(FRAME);
        assert_eq!(bounds.line(&line(-10.0, 10.0, 200.0, 10.0)), Some(line(0.0, 10.0, 99.0, 10.0)));
        assert_eq!(bounds.line(&line(20.0, -20.0, 20.0, 500.0)), Some(line(20.0, 0.0, 20.0, 49.0)));
        assert_eq!(bounds.line(&line(-10.0, -10.0, 20.0, 20.0)), Some(line(0.0, 0.0, 20.0, 20.0)));
        assert_eq!(bounds.line(&line(5.0, 5.0, 5.0, 5.0)), Some(line(5.0, 5.0, 5.0, 5.0)));
        assert_eq!(bounds.line(&line(-10.0, 0.0, 10.0, -30.0)), None);
        assert_eq!(bounds.line(&line(0.0, 60.0, 90.0, 60.0)), None);
    }

    #[test]
    fn labels_and_circles_outside_are_left_out() {
        let bounds = Bounds::new(FRAME);
        let label =
            |x, y| bounds.label(&LabelItem { text: "a".into(), x, y, ..LabelItem::default() }).map(|l| l.1);
        assert_eq!(label(-3.0, 4.0), Some((0.0, 4.0)));
        assert_eq!(label(100.0, 4.0), None);
        let circle = |xc, yc| bounds.circle(&CircleItem { xc, yc, radius: 10.0, ..CircleItem::default() });
        assert!(circle(105.0, 10.0).is_some(), "its left part is seen");
        assert!(circle(111.0, 10.0).is_none());
        assert!(circle(-1.0, 10.0).is_none(), "C has no negative centre");
    }

    #[test]
    fn an_unknown_size_has_no_far_edge() {
        let bounds = Bounds::new((0, 0));
        assert_eq!(bounds.line(&line(-10.0, 10.0, 9000.0, 10.0)), Some(line(0.0, 10.0, 9000.0, 10.0)));
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let mut scene = Scene::default();
        scene.lines.push(line(0.0, f32::NAN, 1.0, 1.0));
        assert!(Bounds::new(FRAME).clip(&scene).is_err());
    }
}
