//! Glyphs as coverage bitmaps, drawn once per font and size and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use ab_glyph::{Font, GlyphId, PxScale, point};

use super::fonts::{Face, book, lock};

/// Sizes of fonts that are kept; beyond, all are forgotten and drawn again.
const MAX_SIZES: usize = 32;
/// Bytes of bitmaps that are kept per size of a font.
pub(super) const MAX_BYTES: usize = 2 << 20;
/// Up to this em size, in pixels, lowercase letters are stretched to whole pixels.
const MAX_FITTED: f32 = 40.0;

/// The picture of one character.
pub(super) struct Glyph {
    /// Left and top of the bitmap from the pen, which stands on the baseline.
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Rows from top to bottom, 0 to 255.
    pub(super) cover: Vec<u8>,
    /// How far the pen moves, in pixels.
    pub(super) advance: i32,
}

impl Glyph {
    pub(super) fn row(&self, y: usize) -> &[u8] {
        &self.cover[y * self.width..(y + 1) * self.width]
    }
}

/// A font at one size.
pub(super) struct Sized {
    face: Arc<Face>,
    em: f32,
    /// Vertical stretch that puts the tops of lowercase letters on a pixel edge.
    stretch: f32,
    /// Baseline below the top of a line, in pixels.
    pub(super) ascent: i32,
    /// From one line's top to the next, in pixels.
    pub(super) line_height: i32,
    glyphs: Mutex<Glyphs>,
}

#[derive(Default)]
struct Glyphs {
    by_char: HashMap<char, Arc<Glyph>>,
    bytes: usize,
}

/// Fonts at a size, by the font's number and the em in pixels.
type Sizes = HashMap<(u64, u32), Arc<Sized>>;

/// The font for `name` with an em of `em` pixels.
pub(super) fn sized(name: &str, em: u32) -> Arc<Sized> {
    static SIZES: OnceLock<Mutex<Sizes>> = OnceLock::new();
    let face = book().find(name);
    let mut sizes = lock(SIZES.get_or_init(Mutex::default));
    if let Some(sized) = sizes.get(&(face.id, em)) {
        return sized.clone();
    }
    if sizes.len() >= MAX_SIZES {
        sizes.clear();
    }
    let id = face.id;
    let sized = Arc::new(Sized::new(face, em as f32));
    sizes.insert((id, em), sized.clone());
    sized
}

/// Pixels per font unit.
fn unit(font: &impl Font, em: f32) -> f32 {
    em / font.units_per_em().unwrap_or(1000.0)
}

impl Sized {
    pub(super) fn new(face: Arc<Face>, em: f32) -> Self {
        let font = &face.font;
        let unit = unit(font, em);
        let x_height =
            font.outline(font.glyph_id('x')).map_or(0.0, |x| x.bounds.min.y.abs().max(x.bounds.max.y));
        let x_height = x_height * unit;
        let fits = em <= MAX_FITTED && x_height >= 3.0;
        let stretch = if fits { x_height.round() / x_height } else { 1.0 };
        // Metrics of broken fonts may be anything; a cast takes NaN to 0 and saturates.
        let ascent = (font.ascent_unscaled() * unit * stretch).ceil().clamp(0.0, 4096.0) as i32;
        let descent = (-font.descent_unscaled() * unit * stretch).ceil().clamp(0.0, 4096.0) as i32;
        let line_height = (ascent + descent).max(1);
        Self { em, stretch, ascent, line_height, glyphs: Mutex::default(), face }
    }

    /// Calls `each` with the glyph of every character that has one, until it returns false.
    pub(super) fn glyphs(&self, text: &str, mut each: impl FnMut(&Arc<Glyph>) -> bool) {
        let mut glyphs = lock(&self.glyphs);
        for c in text.chars().filter(|&c| !is_invisible(c)) {
            let c = if c == '\t' { ' ' } else { c };
            if let Some(glyph) = glyphs.by_char.get(&c) {
                if !each(glyph) {
                    return;
                }
                continue;
            }
            let glyph = Arc::new(self.draw(c));
            if glyphs.bytes + glyph.cover.len() > MAX_BYTES {
                *glyphs = Glyphs::default();
            }
            // What an entry costs beside its bitmap counts as well: blanks must not pile up.
            glyphs.bytes += glyph.cover.len() + 128;
            glyphs.by_char.insert(c, glyph.clone());
            if !each(&glyph) {
                return;
            }
        }
    }

    /// Bytes of bitmaps that are kept.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self) -> usize {
        lock(&self.glyphs).by_char.values().map(|glyph| glyph.cover.len()).sum()
    }

    fn draw(&self, c: char) -> Glyph {
        let id = self.face.font.glyph_id(c);
        if id.0 != 0 {
            return self.draw_glyph(&self.face.font, id);
        }
        match book().find_for(c) {
            Some(face) => self.draw_glyph(&face.font, face.font.glyph_id(c)),
            None => self.draw_glyph(&self.face.font, id),
        }
    }

    fn draw_glyph(&self, font: &impl Font, id: GlyphId) -> Glyph {
        let unit = unit(font, self.em);
        let advance = (font.h_advance_unscaled(id) * unit).round().clamp(0.0, 4096.0) as i32;
        let mut glyph = Glyph { left: 0, top: 0, width: 0, height: 0, cover: Vec::new(), advance };
        // This scale is of the font's own line, not of the em.
        let line = font.height_unscaled() * unit;
        let scale = PxScale { x: line, y: line * self.stretch };
        let Some(outline) = font.outline_glyph(id.with_scale_and_position(scale, point(0.0, 0.0))) else {
            return glyph;
        };
        let bounds = outline.px_bounds();
        let size = (bounds.width(), bounds.height());
        if !(1.0..=4096.0).contains(&size.0) || !(1.0..=4096.0).contains(&size.1) {
            return glyph;
        }
        (glyph.left, glyph.top) = (bounds.min.x as i32, bounds.min.y as i32);
        (glyph.width, glyph.height) = (size.0 as usize, size.1 as usize);
        glyph.cover = vec![0; glyph.width * glyph.height];
        outline.draw(|x, y, cover| {
            let at = y as usize * glyph.width + x as usize;
            if let Some(pixel) = glyph.cover.get_mut(at) {
                *pixel = (cover * 255.0 + 0.5) as u8;
            }
        });
        glyph
    }
}

/// Controls, soft hyphens, joiners, marks of direction and variation selectors: nothing to see, no width.
fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}
