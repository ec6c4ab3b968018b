//! Strokes and discs by their distance functions: a pixel's coverage is the part of its square
//! between two edges, exact for straight ones and within 0.05 for round ones of a few pixels' radius.

use std::ops::Range;

use super::raster::{Cover, Row};

/// From a pixel's centre to its corner, and a little: nothing further away is touched.
const CORNER: f64 = 0.7072;

/// A point; pixel (0, 0) has its centre there.
pub(super) type Point = (f64, f64);

/// A shape with a simple distance function.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A rectangle: centre, unit direction of its length, half its length and half its width.
    Bar { center: Point, along: Point, half_length: f64, half_width: f64 },
    /// All within `radius` of a segment: its start, unit direction and length.
    Capsule { from: Point, along: Point, length: f64, radius: f64 },
    /// All within `half_width` of a circle; a disc where `half_width` reaches the centre.
    Ring { center: Point, radius: f64, half_width: f64 },
}

impl Part {
    /// A stroke from `a` to `b`, square at the ends and half its width longer at each.
    pub(super) fn bar(a: Point, b: Point, width: f64) -> Self {
        let (along, length) = direction(a, b);
        let center = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
        Self::Bar { center, along, half_length: length / 2.0 + width / 2.0, half_width: width / 2.0 }
    }

    /// A stroke from `a` to `b`, round at the ends.
    pub(super) fn capsule(a: Point, b: Point, width: f64) -> Self {
        let (along, length) = direction(a, b);
        Self::Capsule { from: a, along, length, radius: width / 2.0 }
    }

    /// A filled circle.
    pub(super) fn disc(center: Point, radius: f64) -> Self {
        Self::Ring { center, radius: 0.0, half_width: radius }
    }

    /// A circle's line, centred on `radius`.
    pub(super) fn ring(center: Point, radius: f64, width: f64) -> Self {
        let half_width = width / 2.0;
        if half_width < radius {
            Self::Ring { center, radius, half_width }
        } else {
            Self::disc(center, radius + half_width)
        }
    }

    /// Upper and lower end, with the reach of a pixel for the soft edge.
    fn extent(&self) -> (f64, f64) {
        let (center, reach) = match *self {
            Self::Bar { center, along, half_length, half_width } => {
                (center.1, along.1.abs() * (half_length + CORNER) + along.0.abs() * (half_width + CORNER))
            }
            Self::Capsule { from, along, length, radius } => {
                let half = length / 2.0;
                (from.1 + along.1 * half, along.1.abs() * half + radius + CORNER)
            }
            Self::Ring { center, radius, half_width } => (center.1, radius + half_width + CORNER),
        };
        (center - reach, center + reach)
    }

    /// The rows that may be covered.
    pub(super) fn rows(&self) -> Range<i64> {
        let (top, bottom) = self.extent();
        top.ceil() as i64..(bottom.floor() as i64).saturating_add(1)
    }

    /// Left and right end, as [`extent`](Self::extent) has the others.
    #[cfg(feature = "cuda")]
    pub(super) fn extent_across(&self) -> (f64, f64) {
        let (center, reach) = match *self {
            Self::Bar { center, along, half_length, half_width } => {
                (center.0, along.0.abs() * (half_length + CORNER) + along.1.abs() * (half_width + CORNER))
            }
            Self::Capsule { from, along, length, radius } => {
                let half = length / 2.0;
                (from.0 + along.0 * half, along.0.abs() * half + radius + CORNER)
            }
            Self::Ring { center, radius, half_width } => (center.0, radius + half_width + CORNER),
        };
        (center - reach, center + reach)
    }

    /// How much of the pixel at (`x`, `y`) is covered, 0 to 1.
    fn at(&self, x: f64, y: f64) -> f64 {
        match *self {
            Self::Bar { center, along, half_length, half_width } => {
                let (dx, dy) = (x - center.0, y - center.1);
                between(dx * along.0 + dy * along.1, half_length, along)
                    * between(dy * along.0 - dx * along.1, half_width, along)
            }
            Self::Capsule { from, along, length, radius } => {
                let (dx, dy) = (x - from.0, y - from.1);
                let t = (dx * along.0 + dy * along.1).clamp(0.0, length);
                let (normal, distance) = direction((0.0, 0.0), (dx - t * along.0, dy - t * along.1));
                if t > 0.0 && t < length {
                    between(distance, radius, normal)
                } else {
                    within_circle(distance, radius, normal)
                }
            }
            Self::Ring { center, radius, half_width } => {
                let (normal, distance) = direction(center, (x, y));
                let inside = if half_width < radius { radius - half_width } else { 0.0 };
                within_circle(distance, radius + half_width, normal) - within_circle(distance, inside, normal)
            }
        }
    }

    /// Columns of row `y` that may be covered, where `grow` is [`CORNER`]; that are fully covered,
    /// where it is the opposite.
    fn columns(&self, y: f64, grow: f64) -> Option<(f64, f64)> {
        match *self {
            Self::Bar { center, along, half_length, half_width } => {
                bar_columns(center, along, half_length + grow, half_width + grow, y)
            }
            Self::Capsule { from, along, length, radius } => {
                let (half, radius) = (length / 2.0, radius + grow);
                let middle = (from.0 + along.0 * half, from.1 + along.1 * half);
                let to = (from.0 + along.0 * length, from.1 + along.1 * length);
                let shaft = bar_columns(middle, along, half, radius, y);
                let caps = [disc_columns(from, radius, y), disc_columns(to, radius, y)];
                // A row of a convex shape is one range.
                caps.into_iter().chain([shaft]).flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
            }
            Self::Ring { center, radius, half_width } if grow > 0.0 || half_width >= radius => {
                disc_columns(center, radius + half_width + grow, y)
            }
            Self::Ring { .. } => None,
        }
    }

    /// The columns inside a ring that are not covered.
    fn hole(&self, y: f64) -> Option<(f64, f64)> {
        match *self {
            Self::Ring { center, radius, half_width } => {
                disc_columns(center, radius - half_width - CORNER, y)
            }
            _ => None,
        }
    }

    fn cover(&self, y: usize, row: &mut Row) {
        let level = y as f64;
        let Some(range) = self.columns(level, CORNER) else { return };
        let (from, to) = whole(range, row.width());
        // Inside a ring nothing is covered, inside anything else all is.
        let (skip, full) = match (self.hole(level), self.columns(level, -CORNER)) {
            (Some(hole), _) => (Some(hole), false),
            (None, full) => (full, true),
        };
        let (skip_from, skip_to) = match skip.map(|inside| whole(inside, row.width())) {
            Some((a, b)) if a < b => (a.clamp(from, to), b.clamp(from, to)),
            _ => (to, to),
        };
        for (a, b) in [(from, skip_from), (skip_to, to)] {
            for (x, value) in (a..b).zip(row.span(a, b)) {
                *value = (*value).max((self.at(x as f64, level) * 255.0 + 0.5) as u8);
            }
        }
        if full {
            row.span(skip_from, skip_to).fill(255);
        }
    }
}

/// The union of some parts: where they overlap, ink is laid once.
pub(super) struct Parts {
    parts: Vec<(Range<i64>, Part)>,
}

impl Parts {
    pub(super) fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut parts: Vec<_> = parts.into_iter().map(|part| (part.rows(), part)).collect();
        parts.sort_by_key(|(rows, _)| rows.start);
        Self { parts }
    }
}

impl Cover for Parts {
    fn rows(&self) -> Range<i64> {
        let first = self.parts.first().map_or(0, |(rows, _)| rows.start);
        first..self.parts.iter().map(|(rows, _)| rows.end).max().unwrap_or(first)
    }

    fn row(&self, y: usize, row: &mut Row) {
        let y64 = y as i64;
        for (rows, part) in self.parts.iter().take_while(|(rows, _)| rows.start <= y64) {
            if y64 < rows.end {
                part.cover(y, row);
            }
        }
    }
}

/// Unit direction and distance from `a` to `b`; along the row where the two are one.
pub(super) fn direction(a: Point, b: Point) -> (Point, f64) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = (dx * dx + dy * dy).sqrt();
    if length > 0.0 { ((dx / length, dy / length), length) } else { ((1.0, 0.0), 0.0) }
}

/// How much of a pixel lies between two lines across `normal`, `half` either side of zero; the
/// pixel's centre is at `at`. The same for a normal and for one at a right angle to it.
fn between(at: f64, half: f64, normal: Point) -> f64 {
    let (p, q) = (normal.0.abs(), normal.1.abs());
    below(at + half, p, q) - below(at - half, p, q)
}

/// How much of a pixel lies in a circle; the pixel's centre is `distance` along `normal` from the
/// circle's. Taken as straight there, at the circle's mean distance from its tangent over a pixel's
/// width: the second moment of a unit square is 1/12, half of it over the radius.
fn within_circle(distance: f64, radius: f64, normal: Point) -> f64 {
    if radius <= 0.0 {
        return 0.0;
    }
    below(radius - distance - 1.0 / (24.0 * radius.max(0.25)), normal.0.abs(), normal.1.abs())
}

/// How much of the unit square around the origin has `p * x + q * y < t`.
fn below(t: f64, p: f64, q: f64) -> f64 {
    let (reach, even) = ((p + q) / 2.0, (p - q).abs() / 2.0);
    let t_abs = t.abs();
    let above = if t_abs >= reach {
        0.0
    } else if t_abs > even {
        // A corner's triangle; `p * q` is not 0 here.
        (reach - t_abs) * (reach - t_abs) / (2.0 * p * q)
    } else {
        0.5 - t_abs / p.max(q)
    };
    if t < 0.0 { above } else { 1.0 - above }
}

/// Whole columns of a range of centres, both ends included, inside a row of `width`.
fn whole((from, to): (f64, f64), width: usize) -> (usize, usize) {
    let end = (to.floor().clamp(-1.0, width as f64) + 1.0) as usize;
    let end = end.min(width);
    ((from.ceil().max(0.0) as usize).min(end), end)
}

fn disc_columns(center: Point, radius: f64, y: f64) -> Option<(f64, f64)> {
    let dy = y - center.1;
    if radius <= 0.0 || dy.abs() >= radius {
        return None;
    }
    let dx = (radius * radius - dy * dy).sqrt();
    Some((center.0 - dx, center.0 + dx))
}

/// Where row `y` lies both within `length` along and within `width` across of the centre.
fn bar_columns(center: Point, along: Point, length: f64, width: f64, y: f64) -> Option<(f64, f64)> {
    let dy = y - center.1;
    let (a, b) = within(along.0, dy * along.1, length)?;
    let (c, d) = within(-along.1, dy * along.0, width)?;
    let (from, to) = (a.max(c), b.min(d));
    (from <= to).then_some((center.0 + from, center.0 + to))
}

/// The `dx` with `|slope * dx + offset| <= limit`.
fn within(slope: f64, offset: f64, limit: f64) -> Option<(f64, f64)> {
    if slope.abs() < 1e-9 {
        return (offset.abs() <= limit).then_some((f64::NEG_INFINITY, f64::INFINITY));
    }
    let (a, b) = ((-limit - offset) / slope, (limit - offset) / slope);
    (limit >= 0.0).then_some((a.min(b), a.max(b)))
}
