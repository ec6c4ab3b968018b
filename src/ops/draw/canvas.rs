use crate::frame::FrameViewMut;

use super::boxes::{self, Span2};
use super::parts::{Part, Parts, Point, direction};
use super::raster::{Scratch, paint};
use super::target::Target;
use super::{Arrow, ArrowHeads, Circle, Color, Line, Polyline, Rectangle, TextStyle, text};

/// Coordinates beyond this count as this.
const FAR: f64 = 1e9;
/// Length of an arrow's head as part of its shaft.
const HEAD_LENGTH: f64 = 0.1;
/// Angle between an arrow's shaft and either side of its head, in degrees.
const HEAD_ANGLE: f64 = 15.0;

/// Draws on a borrowed picture, in place; see the [module](super) for formats and rules.
///
/// Nothing here fails: what lies outside is clipped, what is not finite is not drawn. A canvas keeps
/// a few rows of scratch memory, so use one for all shapes of a frame.
pub struct Canvas<'f> {
    target: Target<'f>,
    scratch: Scratch,
}

impl<'f> Canvas<'f> {
    /// A canvas on the window of `frame`; (0, 0) is the window's first pixel.
    pub fn new(frame: &'f mut FrameViewMut<'_>) -> Self {
        Self { target: Target::new(frame), scratch: Scratch::default() }
    }

    /// Fills a box. Edges as in [`Rectangle`].
    pub fn fill_rect(&mut self, left: f32, top: f32, width: f32, height: f32, color: Color) {
        if let Some(area) = self.area(left, top, width, height) {
            self.fill(area, Span2::EMPTY, color);
        }
    }

    /// Draws a box: the inside, then the border, of which half the width (rounded down) lies outside.
    ///
    /// ```
    /// use dsframe::frame::{OwnedFrame, PixelFormat};
    /// use dsframe::ops::draw::{Canvas, Color, Rectangle};
    /// let mut frame = OwnedFrame::zeroed(PixelFormat::Gray8, 8, 1);
    /// let border = Rectangle { border_width: 2, border_color: Color::WHITE, ..Rectangle::default() };
    /// Canvas::new(&mut frame.view_mut())
    ///     .rect(Rectangle { left: 2.0, top: -5.0, width: 4.0, height: 9.0, ..border });
    /// assert_eq!(frame.view().plane(0).row(0), [0, 235, 235, 0, 0, 235, 235, 0]);
    /// ```
    pub fn rect(&mut self, rect: Rectangle) {
        let Some(area) = self.area(rect.left, rect.top, rect.width, rect.height) else { return };
        if let Some(color) = rect.background {
            self.fill(area, Span2::EMPTY, color);
        }
        let outside = i64::from(rect.border_width / 2);
        let outer = area.grown(outside);
        self.fill(outer, outer.grown(-i64::from(rect.border_width)), rect.border_color);
    }

    /// Draws a line. Along an axis it is snapped to whole pixels; elsewhere its edges are soft.
    pub fn line(&mut self, line: Line) {
        let (Some(a), Some(b)) = (self.point(line.from), self.point(line.to)) else { return };
        if line.width == 0 {
            return;
        }
        if a.0 == b.0 || a.1 == b.1 {
            self.fill(axis_line(a, b, line.width), Span2::EMPTY, line.color);
        } else {
            self.paint([Part::bar(a, b, f64::from(line.width))], line.color);
        }
    }

    /// Draws an arrow; shaft and heads are one shape, laid once.
    pub fn arrow(&mut self, arrow: Arrow) {
        let (Some(from), Some(to)) = (self.point(arrow.from), self.point(arrow.to)) else { return };
        if arrow.width == 0 {
            return;
        }
        let width = f64::from(arrow.width);
        let (a, b) = (crisp(from, to, arrow.width), crisp(to, from, arrow.width));
        let heads = match arrow.heads {
            ArrowHeads::Start => vec![(b, a)],
            ArrowHeads::End => vec![(a, b)],
            ArrowHeads::Both => vec![(a, b), (b, a)],
        };
        let heads = heads.into_iter().flat_map(|(tail, tip)| head(tail, tip, width));
        self.paint([Part::bar(a, b, width)].into_iter().chain(heads), arrow.color);
    }

    /// Draws a circle: the inside, then the ring.
    pub fn circle(&mut self, circle: Circle) {
        let Some(center) = self.point(circle.center) else { return };
        if !(circle.radius > 0.0 && circle.radius.is_finite()) {
            return;
        }
        let radius = f64::from(circle.radius).min(FAR);
        if let Some(color) = circle.background {
            self.paint([Part::disc(center, radius)], color);
        }
        let width = if circle.width == 0 { 2 } else { circle.width };
        self.paint([Part::ring(center, radius, f64::from(width))], circle.color);
    }

    /// Draws lines through points; where they cross, ink is laid once. Not drawn at all when one
    /// point is not finite.
    pub fn polyline(&mut self, line: Polyline<'_>) {
        let points: Option<Vec<Point>> = line.points.iter().map(|&at| self.point(at)).collect();
        let Some(points) = points.filter(|points| !points.is_empty() && line.width > 0) else { return };
        let width = f64::from(line.width);
        let last = points[points.len() - 1];
        let ends = if line.closed || points.len() == 1 { Some((last, points[0])) } else { None };
        let pairs = points.windows(2).map(|pair| (pair[0], pair[1])).chain(ends);
        let parts: Vec<_> = pairs.map(|(a, b)| Part::capsule(a, b, width)).collect();
        self.paint(parts, line.color);
    }

    /// Draws text with the top-left corner of its background box at (`x`, `y`), in pixels, rounded
    /// down. Empty text, and size 0, draw nothing.
    pub fn text(&mut self, x: f32, y: f32, text: &str, style: &TextStyle) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        let (phase_x, phase_y) = self.target.phase();
        let at = (whole(x.floor()) + phase_x as i64, whole(y.floor()) + phase_y as i64);
        text::draw(&mut self.target, &mut self.scratch, at, text, style);
    }

    /// Width and height of the background box of `text`, in pixels; (0, 0) where nothing is drawn.
    ///
    /// ```
    /// use dsframe::ops::draw::{Canvas, TextStyle};
    /// let style = TextStyle::default();
    /// let (width, height) = Canvas::text_size("person 12", &style);
    /// assert!(width > 2 * height);
    /// assert!(Canvas::text_size("person 12\nperson 13", &style).1 > height);
    /// ```
    #[must_use]
    pub fn text_size(text: &str, style: &TextStyle) -> (u32, u32) {
        text::size(text, style)
    }

    fn fill(&mut self, outer: Span2, inner: Span2, color: Color) {
        if let Some(ink) = self.target.ink(color) {
            boxes::fill(&mut self.target, outer, inner, &ink);
        }
    }

    fn paint(&mut self, parts: impl IntoIterator<Item = Part>, color: Color) {
        if let Some(ink) = self.target.ink(color) {
            paint(&mut self.target, &Parts::new(parts), &ink, &mut self.scratch);
        }
    }

    /// Raster coordinates of a point.
    fn point(&self, (x, y): (f32, f32)) -> Option<Point> {
        let (phase_x, phase_y) = self.target.phase();
        let far = |v: f32| f64::from(v).clamp(-FAR, FAR);
        (x.is_finite() && y.is_finite()).then(|| (far(x) + phase_x as f64, far(y) + phase_y as f64))
    }

    /// Raster coordinates of a box; `None` where it is empty.
    fn area(&self, left: f32, top: f32, width: f32, height: f32) -> Option<Span2> {
        if ![left, top, width, height].iter().all(|v| v.is_finite()) {
            return None;
        }
        let (phase_x, phase_y) = self.target.phase();
        // Rounding down, where DeepStream truncates towards zero, differs left of and above the
        // picture only, and makes the same box whatever window it is drawn through.
        let (x0, y0) = (whole(left.floor()) + phase_x as i64, whole(top.floor()) + phase_y as i64);
        let (width, height) = (whole(width), whole(height));
        (width > 0 && height > 0).then_some(Span2 { x0, y0, x1: x0 + width, y1: y0 + height })
    }
}

impl std::fmt::Debug for Canvas<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canvas").field("raster", &self.target.size()).finish_non_exhaustive()
    }
}

/// Towards zero, within ±[`FAR`].
fn whole(v: f32) -> i64 {
    f64::from(v).clamp(-FAR, FAR) as i64
}

/// The whole pixels of a line along an axis.
fn axis_line(a: Point, b: Point, width: u32) -> Span2 {
    let (x, y) = ((a.0.min(b.0), a.0.max(b.0)), (a.1.min(b.1), a.1.max(b.1)));
    let start = |v: f64| (v + 1.0 - f64::from(width) / 2.0).floor() as i64;
    let length = |(from, to): (f64, f64)| (to - from).round() as i64 + i64::from(width);
    let (x0, y0) = (start(x.0), start(y.0));
    Span2 { x0, y0, x1: x0 + length(x), y1: y0 + length(y) }
}

/// `point` of a shaft that ends at `other`; one along an axis is moved so that its edges fall
/// between pixels, as [`axis_line`] has them.
fn crisp(point: Point, other: Point, width: u32) -> Point {
    let snap = |v: f64| (v + 1.0 - f64::from(width) / 2.0).floor() + f64::from(width) / 2.0 - 0.5;
    match (point.0 == other.0, point.1 == other.1) {
        (true, false) => (snap(point.0), point.1),
        (false, true) => (point.0, snap(point.1)),
        _ => point,
    }
}

/// The two sides of a head at `tip`, for a shaft that comes from `tail`.
fn head(tail: Point, tip: Point, width: f64) -> Vec<Part> {
    let (back, length) = direction(tip, tail);
    if length == 0.0 {
        return Vec::new();
    }
    let (sin, cos) = HEAD_ANGLE.to_radians().sin_cos();
    let side = |sin: f64| {
        let along = (back.0 * cos - back.1 * sin, back.0 * sin + back.1 * cos);
        let reach = length * HEAD_LENGTH;
        Part::capsule(tip, (tip.0 + along.0 * reach, tip.1 + along.1 * reach), width)
    };
    vec![side(sin), side(-sin)]
}
