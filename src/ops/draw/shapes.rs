use super::{Color, TextStyle};

/// A box: its border, its inside, or both. Field names are those of `NvOSD_RectParams`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rectangle {
    /// Left edge, in pixels; rounded down to a whole pixel.
    pub left: f32,
    /// Top edge, in pixels; rounded down to a whole pixel.
    pub top: f32,
    /// Width, in pixels; the fraction is dropped.
    pub width: f32,
    /// Height, in pixels; the fraction is dropped.
    pub height: f32,
    /// Width of the border, in pixels, centred on the edge; 0 draws none.
    pub border_width: u32,
    /// Colour of the border.
    pub border_color: Color,
    /// Colour of the inside, below the border.
    pub background: Option<Color>,
}

/// A straight line between the centres of two pixels, square at its ends.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Line {
    /// Start (x, y), in pixels; (0, 0) is the centre of the first pixel.
    pub from: (f32, f32),
    /// End (x, y), in pixels.
    pub to: (f32, f32),
    /// Width, in pixels; 0 draws nothing.
    pub width: u32,
    /// Colour.
    pub color: Color,
}

/// Which ends of an arrow have a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ArrowHeads {
    /// At `from`.
    Start,
    /// At `to`.
    #[default]
    End,
    /// At both ends.
    Both,
}

/// A line with heads; coordinates are those of [`Line`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Arrow {
    /// Start (x, y), in pixels.
    pub from: (f32, f32),
    /// End (x, y), in pixels.
    pub to: (f32, f32),
    /// Width of shaft and heads, in pixels; 0 draws nothing.
    pub width: u32,
    /// Colour.
    pub color: Color,
    /// Which ends have a head.
    pub heads: ArrowHeads,
}

/// A circle: its ring, its inside, or both.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Circle {
    /// Centre (x, y), in pixels; (0, 0) is the centre of the first pixel.
    pub center: (f32, f32),
    /// Radius, in pixels; the ring is centred on it. 0 or less draws nothing.
    pub radius: f32,
    /// Width of the ring, in pixels; 0 means 2, as in DeepStream.
    pub width: u32,
    /// Colour of the ring.
    pub color: Color,
    /// Colour of the inside, below the ring.
    pub background: Option<Color>,
}

/// Lines through points, round at ends and corners; coordinates are those of [`Line`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Polyline<'a> {
    /// The points (x, y), in pixels. One point draws a dot.
    pub points: &'a [(f32, f32)],
    /// Whether the last point is joined to the first.
    pub closed: bool,
    /// Width, in pixels; 0 draws nothing.
    pub width: u32,
    /// Colour.
    pub color: Color,
}

/// One of the shapes, for lists of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape<'a> {
    /// A box.
    Rectangle(Rectangle),
    /// A straight line.
    Line(Line),
    /// A line with heads.
    Arrow(Arrow),
    /// A circle.
    Circle(Circle),
    /// Lines through points.
    Polyline(Polyline<'a>),
    /// Text on a box.
    Text {
        /// The top-left corner of the box (x, y), in pixels; rounded down.
        at: (f32, f32),
        /// What is written.
        text: &'a str,
        /// How it looks.
        style: &'a TextStyle,
    },
}

macro_rules! shape_from {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Shape<'_> {
            fn from(shape: $kind) -> Self {
                Self::$kind(shape)
            }
        }
    )*};
}
shape_from!(Rectangle, Line, Arrow, Circle);

impl<'a> From<Polyline<'a>> for Shape<'a> {
    fn from(line: Polyline<'a>) -> Self {
        Self::Polyline(line)
    }
}
