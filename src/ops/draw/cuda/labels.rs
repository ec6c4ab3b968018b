//! Short texts as numbers of the atlas's table, kept by what they say: labels are the same from picture to picture.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::super::laid::{self, Spread};
use super::super::text::Look;
use super::letters::Letters;

/// The longest text that is kept, in bytes.
const LONGEST: usize = 32;
/// The most texts that are kept; beyond, all are forgotten.
const MOST: usize = 2048;
/// The most fonts that are told apart.
const FONTS: usize = 64;

/// A text, zeros behind it, and how long it is.
pub(super) type Key = ([u64; LONGEST / 8], u64);

/// A text of one line whose letters lie in the box behind it.
#[derive(Clone, Copy)]
pub(super) struct Label {
    /// Of the box.
    pub(super) size: (i32, i32),
    /// Its letters, as numbers of the table.
    pub(super) letters: Letters,
}

/// Texts of one GPU.
#[derive(Default)]
pub(super) struct Labels {
    /// `None` for texts that are drawn letter by letter.
    by_hash: HashMap<u64, (Key, Option<Label>), BuildHasherDefault<Spread>>,
    fonts: Vec<Face>,
    /// Never given twice, so that what was found before fonts were forgotten is not taken for something else.
    next_font: u64,
}

/// A font at a size.
struct Face {
    name: Box<str>,
    em: u32,
    font: Font,
}

/// A font at a size as texts know it: its number, and how far the baseline is below the top of a line.
#[derive(Clone, Copy)]
pub(super) struct Font {
    number: u64,
    pub(super) ascent: i16,
}

impl Labels {
    /// The font of `look`.
    pub(super) fn font(&mut self, look: &Look<'_>) -> Font {
        if let Some(face) = self.fonts.iter().find(|face| face.em == look.em && *face.name == *look.font) {
            return face.font;
        }
        if self.fonts.len() == FONTS {
            self.fonts.clear();
            self.by_hash.clear();
        }
        let font = Font { number: self.next_font, ascent: look.sized().ascent as i16 };
        self.next_font += 1;
        self.fonts.push(Face { name: look.font.into(), em: look.em, font });
        font
    }

    /// What is kept of a text; the inner `None` is for one that is no label, the outer one for one that is not known.
    #[inline]
    pub(super) fn find(&self, hash: u64, key: &Key) -> Option<Option<&Label>> {
        let (known, label) = self.by_hash.get(&hash)?;
        (known == key).then_some(label.as_ref())
    }

    /// Keeps what `key` says; `None` is for a text that is drawn letter by letter.
    pub(super) fn keep(&mut self, hash: u64, key: Key, label: Option<Label>) {
        if self.by_hash.len() >= MOST {
            self.by_hash.clear();
        }
        self.by_hash.insert(hash, (key, label));
    }

    /// Forgets all texts.
    pub(super) fn clear(&mut self) {
        self.by_hash.clear();
    }
}

/// `None` where `text` is too long.
#[inline]
pub(super) fn key(font: Font, text: &str) -> Option<(u64, Key)> {
    if text.len() > LONGEST {
        return None;
    }
    let (about, mut words) = (font.number << 8 | text.len() as u64, [0; LONGEST / 8]);
    let mut hash = about;
    // Word by word: bytes that were copied together could not be read as words at once.
    let (whole, rest) = text.as_bytes().as_chunks::<8>();
    let rest = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    for (to, word) in words.iter_mut().zip(whole.iter().map(|word| u64::from_le_bytes(*word)).chain([rest])) {
        *to = word;
        hash = laid::spread(hash ^ word);
    }
    Some((hash, (words, about)))
}
