use crate::frame::FrameViewMut;

use super::boxes::{self, Span2};
use super::parts::{Part, Parts};
use super::raster::{Scratch, paint};
use super::strokes::{self, Ground};
use super::target::Target;
use super::{Arrow, Circle, Color, Line, Polyline, Rectangle, Shape, TextStyle, text};

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
        strokes::fill_rect(self, [left, top, width, height], color);
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
        strokes::rect(self, rect);
    }

    /// Draws a line. Along an axis it is snapped to whole pixels; elsewhere its edges are soft.
    pub fn line(&mut self, line: Line) {
        strokes::line(self, line);
    }

    /// Draws an arrow; shaft and heads are one shape, laid once.
    pub fn arrow(&mut self, arrow: Arrow) {
        strokes::arrow(self, arrow);
    }

    /// Draws a circle: the inside, then the ring.
    pub fn circle(&mut self, circle: Circle) {
        strokes::circle(self, circle);
    }

    /// Draws lines through points; where they cross, ink is laid once. Not drawn at all when one
    /// point is not finite.
    pub fn polyline(&mut self, line: Polyline<'_>) {
        strokes::polyline(self, line);
    }

    /// Draws text with the top-left corner of its background box at (`x`, `y`), in pixels, rounded
    /// down. Empty text, and size 0, draw nothing.
    pub fn text(&mut self, x: f32, y: f32, text: &str, style: &TextStyle) {
        let Some(at) = strokes::corner(self, x, y) else { return };
        let Some(plan) = text::Plan::new(self.target.size(), at, text, style) else { return };
        if let Some((area, color)) = plan.background {
            self.fill(area, Span2::EMPTY, color);
        }
        if let Some(ink) = self.target.ink(style.color) {
            paint(&mut self.target, &plan.run, &ink, &mut self.scratch);
        }
    }

    /// Draws `shape` as the method for its kind does.
    pub fn shape(&mut self, shape: &Shape<'_>) {
        match *shape {
            Shape::Rectangle(rect) => self.rect(rect),
            Shape::Line(line) => self.line(line),
            Shape::Arrow(arrow) => self.arrow(arrow),
            Shape::Circle(circle) => self.circle(circle),
            Shape::Polyline(line) => self.polyline(line),
            Shape::Text { at: (x, y), text, style } => self.text(x, y, text, style),
        }
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
}

impl Ground for Canvas<'_> {
    fn phase(&self) -> (usize, usize) {
        self.target.phase()
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
}

impl std::fmt::Debug for Canvas<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Canvas").field("raster", &self.target.size()).finish_non_exhaustive()
    }
}
