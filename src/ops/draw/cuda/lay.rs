//! Short texts laid out as labels, with their letters on the GPU.

use super::super::laid;
use super::super::text::{Look, margins};
use super::atlas::Atlas;
use super::labels::{Font, Key, Label, key};
use super::letters::{LABEL, Letters};
use crate::error::Result;

impl Atlas {
    /// `text` as a label, of which all letters are on the GPU; `None` where it cannot be one, or where there is no room for
    /// its letters. `font` is that of `look`.
    #[inline]
    pub(super) fn label(&mut self, font: Font, look: &Look<'_>, text: &str) -> Result<Option<&Label>> {
        let Some((hash, key)) = key(font, text) else { return Ok(None) };
        if self.labels.find(hash, &key).is_none() {
            self.learn(look, text, (hash, key))?;
        }
        Ok(self.labels.find(hash, &key).flatten())
    }

    #[cold]
    fn learn(&mut self, look: &Look<'_>, text: &str, (hash, key): (u64, Key)) -> Result<()> {
        let label = self.lay(look, text)?;
        self.labels.keep(hash, key, label);
        Ok(())
    }

    fn lay(&mut self, look: &Look<'_>, text: &str) -> Result<Option<Label>> {
        let Some(laid) = laid::kept(look.font, look.em, text).filter(|_| !text.contains('\n')) else {
            return Ok(None);
        };
        let ((mx, my), (width, height)) = (margins(look.points), laid.size);
        let inside = |left: i64, top: i64, right: i64, bottom: i64| {
            left >= -mx && top >= -my && right <= width + mx && bottom <= height + my
        };
        let all_inside = laid.lines.iter().flat_map(|line| &line.glyphs).all(|(left, top, glyph)| {
            inside(*left, *top, left + glyph.width as i64, top + glyph.height as i64)
        });
        let size = i32::try_from(width + 2 * mx).ok().zip(i32::try_from(height + 2 * my).ok());
        let Some(size) = size.filter(|_| all_inside) else { return Ok(None) };
        let mut glyphs = Vec::new();
        look.sized().glyphs(text, |glyph| {
            glyphs.push(glyph.clone());
            glyphs.len() <= LABEL
        });
        if glyphs.len() > LABEL {
            return Ok(None);
        }
        let mut numbers = [0; LABEL];
        for (number, glyph) in numbers.iter_mut().zip(&glyphs) {
            let Some(Some(known)) = self.number(glyph)? else { return Ok(None) };
            *number = known;
        }
        Ok(Some(Label { size, letters: Letters::new(&numbers[..glyphs.len()]) }))
    }
}
