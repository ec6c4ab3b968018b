use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Color;
use super::boxes::Span2;
use super::glyphs::{Glyph, Sized, sized};
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

/// Left and right margin, top and bottom margin inside the background box, in pixels.
fn margins(points: u32) -> (i64, i64) {
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
    let font = sized(&style.font, em_pixels(points));
    let (width, height) = box_size(&font, text, points, i64::from(u32::MAX));
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
pub(super) struct Plan<'t> {
    /// The box behind the letters, and its colour.
    pub(super) background: Option<(Span2, Color)>,
    font: Arc<Sized>,
    text: &'t str,
    letters: (i64, i64),
    raster: (i64, i64),
}

impl<'t> Plan<'t> {
    /// For a raster of `size`, with the box at (`x`, `y`); `None` where there is nothing to draw.
    pub(super) fn new(
        size: (usize, usize),
        (x, y): (i64, i64),
        text: &'t str,
        style: &TextStyle,
    ) -> Option<Self> {
        let points = style.points().filter(|_| !text.is_empty())?;
        let (width, height) = (size.0 as i64, size.1 as i64);
        if width == 0 || x >= width || y >= height {
            return None;
        }
        let font = sized(&style.font, em_pixels(points));
        let background = style.background.map(|color| {
            let (box_width, box_height) = box_size(&font, text, points, width - x);
            (Span2 { x0: x, y0: y, x1: x + box_width, y1: y + box_height }, color)
        });
        let (margin_x, margin_y) = margins(points);
        let letters = (x + margin_x, y + margin_y);
        Some(Self { background, font, text, letters, raster: (width, height) })
    }

    /// The letters.
    pub(super) fn run(&self) -> Run {
        Run::new(&self.font, self.letters, self.text, self.raster)
    }
}

/// Glyphs at their places, those that the raster shows.
pub(super) struct Run {
    lines: Vec<TextLine>,
}

struct TextLine {
    rows: Range<i64>,
    glyphs: Vec<(i64, i64, Arc<Glyph>)>,
}

impl Run {
    /// Left, top and picture of each glyph.
    #[cfg(feature = "cuda")]
    pub(super) fn glyphs(&self) -> impl Iterator<Item = &(i64, i64, Arc<Glyph>)> {
        self.lines.iter().flat_map(|line| &line.glyphs)
    }

    fn new(font: &Sized, (x, y): (i64, i64), text: &str, (width, height): (i64, i64)) -> Self {
        // Accents and tails may leave the line; no glyph leaves it by more than its height.
        let slack = i64::from(font.line_height);
        let mut top = y;
        let mut lines = Vec::new();
        for line in text.split('\n') {
            if top - slack >= height {
                break;
            }
            if top + 2 * slack > 0 {
                let line = TextLine::new(font, (x, top + i64::from(font.ascent)), line, width);
                lines.extend(line);
            }
            top += slack;
        }
        Self { lines }
    }
}

impl TextLine {
    fn new(font: &Sized, (mut x, baseline): (i64, i64), line: &str, width: i64) -> Option<Self> {
        let mut glyphs = Vec::new();
        let slack = i64::from(font.line_height);
        font.glyphs(line, |glyph| {
            let left = x + i64::from(glyph.left);
            if !glyph.cover.is_empty() && left < width && left + glyph.width as i64 > 0 {
                glyphs.push((left, baseline + i64::from(glyph.top), glyph.clone()));
            }
            x += i64::from(glyph.advance);
            x < width + slack
        });
        let top = glyphs.iter().map(|(_, top, _)| *top).min()?;
        let end = glyphs.iter().map(|(_, top, glyph)| top + glyph.height as i64).max()?;
        Some(Self { rows: top..end, glyphs })
    }
}

impl Cover for Run {
    fn rows(&self) -> Range<i64> {
        let start = self.lines.iter().map(|line| line.rows.start).min().unwrap_or(0);
        start..self.lines.iter().map(|line| line.rows.end).max().unwrap_or(0)
    }

    fn row(&self, y: usize, row: &mut Row) {
        let width = row.width() as i64;
        for line in self.lines.iter().filter(|line| line.rows.contains(&(y as i64))) {
            for (left, top, glyph) in &line.glyphs {
                let Some(source) = usize::try_from(y as i64 - top).ok().filter(|&at| at < glyph.height)
                else {
                    continue;
                };
                let (from, to) = ((*left).max(0), (left + glyph.width as i64).min(width));
                let source = &glyph.row(source)[(from - left) as usize..(to - left) as usize];
                for (pixel, &cover) in row.span(from as usize, to as usize).iter_mut().zip(source) {
                    *pixel = (*pixel).max(cover);
                }
            }
        }
    }
}
