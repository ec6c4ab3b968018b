//! Texts laid out: where each letter's picture goes. Short ones are kept, as labels are the same from picture to picture.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use super::fonts::lock;
use super::glyphs::{Glyph, Sized, sized};

/// The longest text that is kept, in bytes.
const LONGEST: usize = 64;
/// The most texts that are kept, and the bytes of their letters' pictures; beyond, all are forgotten and laid out again.
const MAX_TEXTS: usize = 2048;
const MAX_BYTES: usize = 16 << 20;

/// Without end, and far from overflow.
const EVERYWHERE: Range<i64> = i64::MIN / 4..i64::MAX / 4;

/// Letters of a text, counted from the corner it was laid out at.
pub(super) struct Laid {
    /// Whether it is of all letters, for any place, and kept.
    #[cfg_attr(not(feature = "cuda"), allow(dead_code, reason = "the GPU's atlas asks"))]
    pub(super) kept: bool,
    pub(super) lines: Vec<Line>,
    /// The widest line, and all lines' height.
    pub(super) size: (i64, i64),
    font: Box<str>,
    em: u32,
    text: Box<str>,
}

/// Letters of a line that have a picture: left, top and that.
pub(super) struct Line {
    pub(super) rows: Range<i64>,
    pub(super) glyphs: Vec<(i64, i64, Arc<Glyph>)>,
}

#[derive(Default)]
struct Kept {
    by_hash: HashMap<u64, Arc<Laid>, BuildHasherDefault<Spread>>,
    bytes: usize,
}

/// `text` laid out at (0, 0), all of it; `None` when it is too long to be kept.
pub(super) fn kept(font: &str, em: u32, text: &str) -> Option<Arc<Laid>> {
    static KEPT: OnceLock<Mutex<Kept>> = OnceLock::new();
    kept_in(KEPT.get_or_init(Mutex::default), font, em, text)
}

fn kept_in(kept: &Mutex<Kept>, font: &str, em: u32, text: &str) -> Option<Arc<Laid>> {
    if text.len() > LONGEST {
        return None;
    }
    let hash = mix(mix(u64::from(em), font.as_bytes()), text.as_bytes());
    if let Some(laid) = lock(kept).by_hash.get(&hash) {
        // Two texts of one hash take turns.
        if laid.em == em && *laid.text == *text && *laid.font == *font {
            return Some(Arc::clone(laid));
        }
    }
    let laid = Arc::new(Laid {
        kept: true,
        font: font.into(),
        em,
        text: text.into(),
        ..Laid::new(&sized(font, em), (0, 0), text, (EVERYWHERE, EVERYWHERE))
    });
    let mut kept = lock(kept);
    let bytes = laid.bytes();
    if kept.by_hash.len() >= MAX_TEXTS || kept.bytes + bytes > MAX_BYTES {
        *kept = Kept::default();
    }
    kept.bytes += bytes;
    kept.by_hash.insert(hash, Arc::clone(&laid));
    Some(laid)
}

impl Laid {
    /// `text` at (`x`, `y`), the letters that columns and rows show. The size is of what was looked at.
    pub(super) fn new(
        font: &Sized,
        (x, y): (i64, i64),
        text: &str,
        (columns, rows): (Range<i64>, Range<i64>),
    ) -> Self {
        // Accents and tails may leave the line; no glyph leaves it by more than its height.
        let slack = i64::from(font.line_height);
        let (mut top, mut width) = (y, 0);
        let mut lines = Vec::new();
        for line in text.split('\n') {
            if top - slack >= rows.end {
                break;
            }
            if top + 2 * slack > rows.start {
                let (line, end) = Line::new(font, (x, top + i64::from(font.ascent)), line, &columns);
                width = width.max(end - x);
                lines.extend(line);
            }
            top += slack;
        }
        Self { kept: false, lines, size: (width, top - y), font: Box::default(), em: 0, text: Box::default() }
    }

    fn bytes(&self) -> usize {
        self.lines.iter().flat_map(|line| &line.glyphs).map(|(_, _, glyph)| glyph.cover.len() + 64).sum()
    }
}

impl Line {
    /// The letters, if there are any, and where the pen is behind them.
    fn new(
        font: &Sized,
        (mut x, baseline): (i64, i64),
        line: &str,
        columns: &Range<i64>,
    ) -> (Option<Self>, i64) {
        let mut glyphs = Vec::new();
        let slack = i64::from(font.line_height);
        font.glyphs(line, |glyph| {
            let left = x + i64::from(glyph.left);
            if !glyph.cover.is_empty() && left < columns.end && left + glyph.width as i64 > columns.start {
                glyphs.push((left, baseline + i64::from(glyph.top), glyph.clone()));
            }
            x += i64::from(glyph.advance);
            x < columns.end + slack
        });
        let top = glyphs.iter().map(|(_, top, _)| *top).min();
        let end = glyphs.iter().map(|(_, top, glyph)| top + glyph.height as i64).max();
        (top.zip(end).map(|(top, end)| Self { rows: top..end, glyphs }), x)
    }
}

fn mix(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = Spread(seed ^ bytes.len() as u64);
    hash.write(bytes);
    hash.0
}

/// Bits of `word` in all of the result.
pub(super) fn spread(word: u64) -> u64 {
    let product = u128::from(word ^ 0x243f_6a88_85a3_08d3) * 0x9e37_79b9_7f4a_7c15;
    product as u64 ^ (product >> 64) as u64
}

/// Hashes without a secret: who makes two of them meet has a text laid out again, no more.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for some in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..some.len()].copy_from_slice(some);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = spread(self.0 ^ word);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_texts_are_found_again_and_told_apart() {
        let (store, font) = (Mutex::default(), super::super::fonts::EMBEDDED[0]);
        let laid = |em, text| kept_in(&store, font, em, text).unwrap();
        let first = laid(15, "person 12");
        assert!(Arc::ptr_eq(&first, &laid(15, "person 12")));
        assert!(first.size != laid(16, "person 12").size && first.size != laid(15, "person 123").size);
        assert!(laid(15, "a\nbb").lines.len() == 2 && laid(15, " ").lines.is_empty());
        assert!(kept_in(&store, font, 15, &"x".repeat(65)).is_none());
    }

    #[test]
    fn texts_without_end_are_not_all_kept() {
        let (store, font) = (Mutex::default(), super::super::fonts::EMBEDDED[0]);
        let laid = |i: usize| kept_in(&store, font, 12, &format!("{i}")).unwrap();
        let held: Vec<_> = (0..MAX_TEXTS).map(laid).collect();
        assert_eq!(Arc::strong_count(&held[0]), 2);
        let _one_more = laid(MAX_TEXTS);
        assert_eq!(Arc::strong_count(&held[0]), 1);
    }
}
