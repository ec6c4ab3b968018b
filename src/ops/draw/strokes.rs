//! From shapes to what is inked: boxes of whole pixels, and strokes by their distance functions.

use super::boxes::Span2;
use super::parts::{Part, Point, direction};
use super::{Arrow, ArrowHeads, Circle, Color, Line, Polyline, Rectangle};

/// Coordinates beyond this count as this.
const FAR: f64 = 1e9;
/// Length of an arrow's head as part of its shaft.
const HEAD_LENGTH: f64 = 0.1;
/// Angle between an arrow's shaft and either side of its head, in degrees.
const HEAD_ANGLE: f64 = 15.0;

/// What shapes are drawn on. Coordinates are those of the raster: the window's plus its chroma phase.
pub(super) trait Ground {
    /// What to add to the window's coordinates to get raster coordinates.
    fn phase(&self) -> (usize, usize);

    /// Inks `outer` without `inner`, which lies inside or is empty.
    fn fill(&mut self, outer: Span2, inner: Span2, color: Color);

    /// Inks the union of `parts`, once.
    fn paint(&mut self, parts: impl IntoIterator<Item = Part>, color: Color);
}

/// The inside of a box.
pub(super) fn fill_rect(ground: &mut impl Ground, [left, top, width, height]: [f32; 4], color: Color) {
    if let Some(area) = area(ground, left, top, width, height) {
        ground.fill(area, Span2::EMPTY, color);
    }
}

pub(super) fn rect(ground: &mut impl Ground, rect: Rectangle) {
    let Some(area) = area(ground, rect.left, rect.top, rect.width, rect.height) else { return };
    if let Some(color) = rect.background {
        ground.fill(area, Span2::EMPTY, color);
    }
    let outside = i64::from(rect.border_width / 2);
    let outer = area.grown(outside);
    ground.fill(outer, outer.grown(-i64::from(rect.border_width)), rect.border_color);
}

/// The corners and the border's width of a box without a background, where all of them are small numbers: what
/// [`rect`] makes of most boxes, in a few steps.
#[cfg(feature = "cuda")]
#[inline]
pub(super) fn small_rect((phase_x, phase_y): (i32, i32), rect: &Rectangle) -> Option<([i32; 4], u16)> {
    const MOST: f32 = 15_000.0;
    let small = |v: f32| v.abs() <= MOST;
    let all_small = small(rect.left) && small(rect.top) && small(rect.width) && small(rect.height);
    if !all_small || rect.border_width > 1000 || rect.background.is_some() {
        return None;
    }
    let floor = |v: f32| v as i32 - i32::from(v as i32 as f32 > v);
    let (left, top, border) =
        (floor(rect.left) + phase_x, floor(rect.top) + phase_y, rect.border_width as i32);
    let (width, height, outside) = (rect.width as i32, rect.height as i32, border / 2);
    let (outer_width, outer_height) = (width + 2 * outside, height + 2 * outside);
    if width <= 0 || height <= 0 || border == 0 {
        return Some(([0; 4], 0));
    }
    // A border that leaves no hole is all of the box.
    let border = if 2 * border < outer_width.min(outer_height) { border as u16 } else { 0 };
    let (x0, y0) = (left - outside, top - outside);
    Some(([x0, y0, x0 + outer_width, y0 + outer_height], border))
}

pub(super) fn line(ground: &mut impl Ground, line: Line) {
    let (Some(a), Some(b)) = (point(ground, line.from), point(ground, line.to)) else { return };
    if line.width == 0 {
        return;
    }
    if a.0 == b.0 || a.1 == b.1 {
        ground.fill(axis_line(a, b, line.width), Span2::EMPTY, line.color);
    } else {
        ground.paint([Part::bar(a, b, f64::from(line.width))], line.color);
    }
}

pub(super) fn arrow(ground: &mut impl Ground, arrow: Arrow) {
    let (Some(from), Some(to)) = (point(ground, arrow.from), point(ground, arrow.to)) else { return };
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
    ground.paint([Part::bar(a, b, width)].into_iter().chain(heads), arrow.color);
}

pub(super) fn circle(ground: &mut impl Ground, circle: Circle) {
    let Some(center) = point(ground, circle.center) else { return };
    if !(circle.radius > 0.0 && circle.radius.is_finite()) {
        return;
    }
    let radius = f64::from(circle.radius).min(FAR);
    if let Some(color) = circle.background {
        ground.paint([Part::disc(center, radius)], color);
    }
    let width = if circle.width == 0 { 2 } else { circle.width };
    ground.paint([Part::ring(center, radius, f64::from(width))], circle.color);
}

pub(super) fn polyline(ground: &mut impl Ground, line: Polyline<'_>) {
    let points: Option<Vec<Point>> = line.points.iter().map(|&at| point(ground, at)).collect();
    let Some(points) = points.filter(|points| !points.is_empty() && line.width > 0) else { return };
    let width = f64::from(line.width);
    let last = points[points.len() - 1];
    let ends = if line.closed || points.len() == 1 { Some((last, points[0])) } else { None };
    let pairs = points.windows(2).map(|pair| (pair[0], pair[1])).chain(ends);
    ground.paint(pairs.map(|(a, b)| Part::capsule(a, b, width)), line.color);
}

/// Raster coordinates of the corner of a text's box; `None` where it is not finite.
pub(super) fn corner(ground: &impl Ground, x: f32, y: f32) -> Option<(i64, i64)> {
    let (phase_x, phase_y) = ground.phase();
    let finite = x.is_finite() && y.is_finite();
    finite.then(|| (floor(x) + phase_x as i64, floor(y) + phase_y as i64))
}

/// Raster coordinates of a point.
fn point(ground: &impl Ground, (x, y): (f32, f32)) -> Option<Point> {
    let (phase_x, phase_y) = ground.phase();
    let far = |v: f32| f64::from(v).clamp(-FAR, FAR);
    (x.is_finite() && y.is_finite()).then(|| (far(x) + phase_x as f64, far(y) + phase_y as f64))
}

/// Raster coordinates of a box; `None` where it is empty.
fn area(ground: &impl Ground, left: f32, top: f32, width: f32, height: f32) -> Option<Span2> {
    if ![left, top, width, height].iter().all(|v| v.is_finite()) {
        return None;
    }
    let (phase_x, phase_y) = ground.phase();
    // Rounding down, where DeepStream truncates towards zero, differs left of and above the
    // picture only, and makes the same box whatever window it is drawn through.
    let (x0, y0) = (floor(left) + phase_x as i64, floor(top) + phase_y as i64);
    let (width, height) = (whole(width), whole(height));
    (width > 0 && height > 0).then_some(Span2 { x0, y0, x1: x0 + width, y1: y0 + height })
}

/// Towards zero, within ±[`FAR`].
fn whole(v: f32) -> i64 {
    (v as i64).clamp(-FAR as i64, FAR as i64)
}

/// Rounded down, within ±[`FAR`]. By casts: `f32::floor` is a function's call on x86-64.
fn floor(v: f32) -> i64 {
    let towards_zero = v as i64;
    (towards_zero.saturating_sub(i64::from(towards_zero as f32 > v))).clamp(-FAR as i64, FAR as i64)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "cuda")]
    #[test]
    fn small_boxes_are_those_of_the_long_way() {
        struct Last(Option<(Span2, Span2)>);
        impl Ground for Last {
            fn phase(&self) -> (usize, usize) {
                (1, 0)
            }
            fn fill(&mut self, outer: Span2, inner: Span2, _: Color) {
                self.0 = (outer != inner).then_some((outer, inner));
            }
            fn paint(&mut self, _: impl IntoIterator<Item = Part>, _: Color) {}
        }
        let some = [-15_000.0, -7.25, -1.0, -0.25, 0.0, 0.5, 1.0, 2.75, 9.0, 15_000.0];
        for (i, left) in some.into_iter().enumerate() {
            for width in some {
                for border_width in [0, 1, 2, 3, 5, 9, 1000] {
                    let (top, height) = (some[(i + 3) % 10], 6.5);
                    let box_ = Rectangle { left, top, width, height, border_width, ..Rectangle::default() };
                    let mut last = Last(None);
                    rect(&mut last, box_);
                    let ([x0, y0, x1, y1], border) = small_rect((1, 0), &box_).unwrap();
                    let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(i64::from);
                    let outer = Span2 { x0, y0, x1, y1 };
                    let inner = if border == 0 { Span2::EMPTY } else { outer.grown(-i64::from(border)) };
                    let drawn = (outer != Span2::EMPTY).then_some((outer, inner));
                    assert_eq!(drawn, last.0, "{box_:?}");
                }
            }
        }
        assert!(small_rect((0, 0), &Rectangle { left: f32::NAN, ..Rectangle::default() }).is_none());
    }

    #[test]
    fn casts_round_as_the_functions_do() {
        let far = |v: f32| f64::from(v).clamp(-FAR, FAR) as i64;
        let some =
            [0.0, -0.0, 0.3, 1.0, 7.99, 8_388_607.5, 16_777_217.0, 999_999_936.0, 1e9, 3e9, 1e19, f32::MAX];
        for v in some.into_iter().flat_map(|v| [v, -v]) {
            assert_eq!((floor(v), whole(v)), (far(v.floor()), far(v)), "{v}");
        }
    }
}
