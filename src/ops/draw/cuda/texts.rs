//! Texts among what is drawn: labels by numbers of letters, any other text letter by letter.

use super::super::boxes::Span2;
use super::super::strokes::{self, Ground};
use super::super::{TextStyle, text};
use super::Page;
use super::atlas::Atlases;
use super::labels::Font;
use super::letters::Letters;
use super::made::{Edges, Kind, Style};
use crate::error::{Error, Result};

/// A text's style, as the frame and the GPU have it.
#[derive(Clone, Copy)]
pub(super) struct Dress<'s> {
    style: &'s TextStyle,
    look: text::Look<'s>,
    font: Font,
    ink: Option<(u32, u8)>,
    label: Style,
}

impl<'p> Page<'p> {
    pub(super) fn text(&mut self, (x, y): (f32, f32), text: &str, style: &'p TextStyle) {
        let Some(at) = strokes::corner(self, x, y) else { return };
        match self.label(at, text, style) {
            Ok(true) => {}
            Ok(false) => self.long_text(at, text, style),
            Err(error) => self.also(Err(error)),
        }
    }

    /// Draws a text as a label; false where that is not possible.
    #[inline]
    fn label(&mut self, at: (i64, i64), text: &str, style: &'p TextStyle) -> Result<bool> {
        let Some(dress) = self.dress(style)? else { return Ok(true) };
        if text.is_empty() {
            return Ok(true);
        }
        let atlas = self.atlases.get_or_insert_with(Atlases::lock).of(self.stream.device())?;
        self.batch.set_atlas(atlas.address());
        let Some(label) = atlas.label(dress.font, &dress.look, text)? else { return Ok(false) };
        let (width, height) = label.size;
        let area = Span2 { x0: at.0, y0: at.1, x1: at.0 + i64::from(width), y1: at.1 + i64::from(height) };
        // Letters that are not seen need not be told.
        let letters = if dress.ink.is_some() { &label.letters } else { &Letters::NONE };
        let mut pushed = self.batch.push_label(area, letters, dress.label);
        if pushed == Some(false) {
            let letters = *letters;
            self.flush()?;
            pushed = self.batch.push_label(area, &letters, dress.label);
        }
        Ok(pushed.is_some())
    }

    /// What there is to know of a style; `None` where nothing is drawn.
    #[inline]
    fn dress(&mut self, style: &'p TextStyle) -> Result<Option<Dress<'p>>> {
        if let Some(dress) = self.dress.filter(|dress| std::ptr::eq(dress.style, style)) {
            return Ok(Some(dress));
        }
        let Some(look) = text::Look::of(style) else { return Ok(None) };
        let atlas = self.atlases.get_or_insert_with(Atlases::lock).of(self.stream.device())?;
        let font = atlas.labels.font(&look);
        let (ink, behind) = (self.ink(style.color), style.background.and_then(|color| self.ink(color)));
        let (margin_x, margin_y) = text::margins(look.points);
        let label =
            Style::label(ink.unwrap_or_default(), behind, (margin_x as i16, margin_y as i16 + font.ascent));
        self.dress = Some(Dress { style, look, font, ink, label });
        Ok(self.dress)
    }

    /// Draws any text: its box, and letters each of which has its own place.
    fn long_text(&mut self, at: (i64, i64), text: &str, style: &TextStyle) {
        let (width, height) = self.batch.raster();
        let Some(plan) = text::Plan::new((width.into(), height.into()), at, text, style) else { return };
        if let Some((area, color)) = plan.background {
            self.fill(area, Span2::EMPTY, color);
        }
        if let Some(ink) = self.ink(style.color) {
            let drawn = self.letters(&plan.run, ink);
            self.also(drawn);
        }
    }

    fn letters(&mut self, run: &text::Run, ink: (u32, u8)) -> Result<()> {
        let mut words = std::mem::take(&mut self.words);
        let mut around = self.look_up(run, &mut words)?;
        if around.is_none() {
            // The atlas is full: what is drawn so far still reads it.
            self.flush()?;
            let device = self.stream.device();
            self.atlases.get_or_insert_with(Atlases::lock).of(device)?.clear()?;
            around = self.look_up(run, &mut words)?;
        }
        let Some(around) = around else {
            return Err(Error::unsupported("the letters of a text are more than 4 MiB; draw it in parts"));
        };
        if let Some(bounds) = Edges::clipped(around, self.batch.raster()) {
            self.push_words(Kind::Letters, bounds, ink, words.len(), &words)?;
        }
        self.words = words;
        Ok(())
    }

    /// Fills `words` with the letters of `run`, and says what is around them; `None` when the atlas has no room.
    fn look_up(&mut self, run: &text::Run, words: &mut Vec<u64>) -> Result<Option<Span2>> {
        let atlas = self.atlases.get_or_insert_with(Atlases::lock).of(self.stream.device())?;
        self.batch.set_atlas(atlas.address());
        words.clear();
        let Some(set) = atlas.set(&run.laid)? else { return Ok(None) };
        for letter in &set.letters {
            let (Ok(x), Ok(y)) = (i16::try_from(run.at.0 + letter.x), i16::try_from(run.at.1 + letter.y))
            else {
                // Above, below or to the side of every picture.
                continue;
            };
            words.push(u64::from(x as u16) | u64::from(y as u16) << 16 | u64::from(letter.about) << 32);
        }
        let (around, (x, y)) = (set.around, run.at);
        let around = Span2 { x0: around.x0 + x, y0: around.y0 + y, x1: around.x1 + x, y1: around.y1 + y };
        Ok(Some(if words.is_empty() { Span2::EMPTY } else { around }))
    }
}
