use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Color;
use super::boxes::Span2;
use super::glyphs::{Sized, sized};
use super::laid::{self, Laid};
use super::raster::{Cover, Row};

/// Font sizes are clamped to this range, as DeepStream's OSD does.
const SIZES: std::ops::RangeInclusive<u32> = 10..=200;

/// How text looks. The defaults are nvinfer's: Serif 11, white on black.
///
/// ```
/// use dsframe::ops::draw::{Color, TextStyle};
/// let style = TextStyle { size: 14, background: None, ..TextStyle::default() };
/// assert_eq!((style.font.as_ref(), style.color), ("Serif", Color::WHITE));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TextStyle {
    /// "Serif", "Sans", "Monospace" or the name of a family, optionally followed by "Bold",
    /// "Italic" or "Oblique". See [`EMBEDDED_SANS`](Self::EMBEDDED_SANS) for pictures that must be
    /// the same everywhere.
    pub font: Cow<'static, str>,
    /// Size in points at 96 dots per inch, so 12 is an em of 16 pixels; 0 draws nothing, other
    /// values are clamped to 10..=200.
    pub size: u32,
    /// Colour of the letters.
    pub color: Color,
    /// Colour of the box behind the letters.
    pub background: Option<Color>,
}

impl TextStyle {
    /// Name of the built-in sans serif font.
    pub const EMBEDDED_SANS: &'static str = super::fonts::EMBEDDED[0];
    /// Name of the built-in serif font.
    pub const EMBEDDED_SERIF: &'static str = super::fonts::EMBEDDED[1];

    /// Size as it is used; `None` where nothing is drawn.
    fn points(&self) -> Option<u32> {
        (self.size != 0).then(|| self.size.clamp(*SIZES.start(), *SIZES.end()))
    }
}

impl Default for TextStyle {
    fn default() -> Self {
        Self { font: "Serif".into(), size: 11, color: Color::WHITE, background: Some(Color::BLACK) }
    }
}

/// Size of the em in pixels. DeepStream hands "name size" to Pango, which takes the size as points,
/// and Cairo's font map is at 96 dots per inch unless told otherwise: 4 pixels for 3 points.
fn em_pixels(points: u32) -> u32 {
    (points * 4 + 1) / 3
}

/// A style as letters are laid out by it.
#[cfg(feature = "cuda")]
#[derive(Clone, Copy)]
pub(super) struct Look<'s> {
    pub(super) font: &'s str,
    pub(super) em: u32,
    pub(super) points: u32,
}

#[cfg(feature = "cuda")]
impl<'s> Look<'s> {
    /// `None` where nothing is drawn.
    pub(super) fn of(style: &'s TextStyle) -> Option<Self> {
        style.points().map(|points| Self { font: &style.font, em: em_pixels(points), points })
    }

    pub(super) fn sized(&self) -> Arc<Sized> {
        sized(self.font, self.em)
    }
}

/// Left and right margin, top and bottom margin inside the background box, in pixels.
pub(super) fn margins(points: u32) -> (i64, i64) {
    (i64::from(points / 2), i64::from(points / 4))
}

/// Width of a line; stops once it is beyond `limit`.
fn line_width(font: &Sized, line: &str, limit: i64) -> i64 {
    let mut width = 0;
    font.glyphs(line, |glyph| {
        width += i64::from(glyph.advance);
        width <= limit
    });
    width
}

/// Width and height of the background box of `text`, in pixels.
pub(super) fn size(text: &str, style: &TextStyle) -> (u32, u32) {
    let Some(points) = style.points().filter(|_| !text.is_empty()) else { return (0, 0) };
    let (width, height) = match laid::kept(&style.font, em_pixels(points), text) {
        Some(laid) => (laid.size.0 + 2 * margins(points).0, laid.size.1 + 2 * margins(points).1),
        None => box_size(&sized(&style.font, em_pixels(points)), text, points, i64::from(u32::MAX)),
    };
    let whole = |v: i64| u32::try_from(v).unwrap_or(u32::MAX);
    (whole(width), whole(height))
}

fn box_size(font: &Sized, text: &str, points: u32, limit: i64) -> (i64, i64) {
    let (mut width, mut lines) = (0, 0i64);
    for line in text.split('\n') {
        width = width.max(line_width(font, line, limit));
        lines += 1;
    }
    let (margin_x, margin_y) = margins(points);
    (width + 2 * margin_x, lines * i64::from(font.line_height) + 2 * margin_y)
}

/// A text's box and its letters, in raster coordinates.
pub(super) struct Plan {
    /// The box behind the letters, and its colour.
    pub(super) background: Option<(Span2, Color)>,
    /// The letters.
    pub(super) run: Run,
}

impl Plan {
    /// For a raster of `size`, with the box at (`x`, `y`); `None` where there is nothing to draw.
    pub(super) fn new(
        size: (usize, usize),
        (x, y): (i64, i64),
        text: &str,
        style: &TextStyle,
    ) -> Option<Self> {
        let points = style.points().filter(|_| !text.is_empty())?;
        let (width, height) = (size.0 as i64, size.1 as i64);
        if width == 0 || x >= width || y >= height {
            return None;
        }
        let (margin_x, margin_y) = margins(points);
        let (at, em) = ((x + margin_x, y + margin_y), em_pixels(points));
        let (run, (box_width, box_height)) = match laid::kept(&style.font, em, text) {
            Some(laid) => {
                let size = (laid.size.0 + 2 * margin_x, laid.size.1 + 2 * margin_y);
                (Run { at, laid }, size)
            }
            None => {
                let font = sized(&style.font, em);
                let size = match style.background {
                    Some(_) => box_size(&font, text, points, width - x),
                    None => (0, 0),
                };
                (Run { at: (0, 0), laid: Laid::new(&font, at, text, (0..width, 0..height)).into() }, size)
            }
        };
        let area = Span2 { x0: x, y0: y, x1: x + box_width, y1: y + box_height };
        Some(Self { background: style.background.map(|color| (area, color)), run })
    }
}

/// Glyphs at their places; some may lie beyond the raster.
pub(super) struct Run {
    /// To be added to the places of `laid`.
    pub(super) at: (i64, i64),
    pub(super) laid: Arc<Laid>,
}

impl Cover for Run {
    fn rows(&self) -> Range<i64> {
        let lines = &self.laid.lines;
        let start = lines.iter().map(|line| line.rows.start).min().unwrap_or(0);
        let end = lines.iter().map(|line| line.rows.end).max().unwrap_or(0);
        start + self.at.1..end + self.at.1
    }

    fn row(&self, y: usize, row: &mut Row) {
        let width = row.width() as i64;
        let y = y as i64 - self.at.1;
        for line in self.laid.lines.iter().filter(|line| line.rows.contains(&y)) {
            for (left, top, glyph) in &line.glyphs {
                let Some(source) = usize::try_from(y - top).ok().filter(|&at| at < glyph.height) else {
                    continue;
                };
                let left = left + self.at.0;
                let (from, to) = (left.max(0), (left + glyph.width as i64).min(width));
                if from >= to {
                    continue;
                }
                let source = &glyph.row(source)[(from - left) as usize..(to - left) as usize];
                for (pixel, &cover) in row.span(from as usize, to as usize).iter_mut().zip(source) {
                    *pixel = (*pixel).max(cover);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_and_clipped_letters_are_the_same() {
        let (font, em, text) = (TextStyle::EMBEDDED_SERIF, 19, "jf Wg\n\nperson\t12");
        let kept = laid::kept(font, em, text).unwrap();
        let font = sized(font, em);
        for at in [(0, 0), (-13, 5), (-500, 5), (21, -9), (3, -30), (3, -300), (59, 19)] {
            let (kept, rows) = (Run { at, laid: Arc::clone(&kept) }, (0..60, 0..20));
            let clipped = Run { at: (0, 0), laid: Laid::new(&font, at, text, rows).into() };
            for y in 0..20 {
                let cover = |run: &Run| {
                    let mut row = Row::of(60);
                    run.row(y, &mut row);
                    row.span(0, 60).to_vec()
                };
                assert_eq!(cover(&kept), cover(&clipped), "row {y} at {at:?}");
            }
        }
    }
}
