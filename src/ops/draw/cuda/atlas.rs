//! Glyphs in GPU memory: one atlas for each GPU, filled as glyphs appear, kept for the life of the process.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::boxes::Span2;
use super::super::glyphs::Glyph;
use super::super::laid::{Laid, Spread};
use super::labels::Labels;
use crate::cuda::{DType, Device, DeviceTensor, Stream};
use crate::error::Result;

/// Bytes of an atlas; glyphs of 16 points take about 200.
const BYTES: usize = 4 << 20;
/// What the kernels know of a glyph, in a table in front, and how many there may be of them; laid out as in
/// `draw_letters.cuh`.
const RECORD: usize = 16;
const RECORDS: usize = 4096;
const TABLE: usize = RECORD * RECORDS;
/// Pieces start at multiples of this.
const ALIGN: usize = 16;
/// The most columns and rows of a piece: sixty-three fours.
const MOST: usize = 252;

/// A part of a glyph, or all of it: where it begins, and the high half of a letter's word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) about: u32,
}

/// The letters of a text as pieces, where the text lies at (0, 0), and what is around them.
pub(super) struct Set {
    pub(super) letters: Vec<Piece>,
    pub(super) around: Span2,
}

/// The most texts whose letters are kept.
const SETS: usize = 2048;

/// A glyph on the GPU.
struct Known {
    glyph: Arc<Glyph>,
    pieces: Vec<Piece>,
    /// Its number in the table; `None` where it is cut.
    number: Option<u16>,
}

/// By an address, which stays its own as long as what lies there is kept beside.
type ByAddress<V> = HashMap<usize, V, BuildHasherDefault<Spread>>;

/// The glyphs that one GPU has.
pub(super) struct Atlas {
    /// A stream of the atlas's own: callers' may end before it.
    stream: Stream,
    memory: DeviceTensor,
    used: usize,
    records: usize,
    glyphs: ByAddress<Known>,
    /// Of texts that are kept as they were laid out; at 0, of the last other one.
    sets: ByAddress<(Arc<Laid>, Set)>,
    /// Short texts as numbers of the table.
    pub(super) labels: Labels,
}

/// The atlases, by GPU, for as long as the result lives: work that reads one is handed over meanwhile.
pub(super) struct Atlases(MutexGuard<'static, Vec<(u32, Atlas)>>);

impl Atlases {
    pub(super) fn lock() -> Self {
        static ATLASES: Mutex<Vec<(u32, Atlas)>> = Mutex::new(Vec::new());
        Self(ATLASES.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// That of `device`, made at the first use.
    pub(super) fn of(&mut self, device: &Device) -> Result<&mut Atlas> {
        let at = match self.0.iter().position(|(gpu, _)| *gpu == device.gpu()) {
            Some(at) => at,
            None => {
                self.0.push((device.gpu(), Atlas::new(device)?));
                self.0.len() - 1
            }
        };
        Ok(&mut self.0[at].1)
    }
}

impl Atlas {
    fn new(device: &Device) -> Result<Self> {
        let stream = device.stream()?;
        let memory = stream.tensor(&[TABLE + BYTES], DType::U8)?;
        Ok(Self {
            stream,
            memory,
            used: TABLE,
            records: 0,
            glyphs: HashMap::default(),
            sets: HashMap::default(),
            labels: Labels::default(),
        })
    }

    pub(super) fn address(&self) -> u64 {
        self.memory.address()
    }

    /// The letters of a text; `None` when there is no room for them.
    pub(super) fn set(&mut self, laid: &Arc<Laid>) -> Result<Option<&Set>> {
        let key = if laid.kept { Arc::as_ptr(laid).addr() } else { 0 };
        if key == 0 || !self.sets.contains_key(&key) {
            let Some(set) = self.look_up(laid)? else { return Ok(None) };
            if self.sets.len() >= SETS {
                self.sets.clear();
            }
            self.sets.insert(key, (Arc::clone(laid), set));
        }
        Ok(self.sets.get(&key).map(|(_, set)| set))
    }

    fn look_up(&mut self, laid: &Laid) -> Result<Option<Set>> {
        let mut around = Span2 { x0: i64::MAX, y0: i64::MAX, x1: i64::MIN, y1: i64::MIN };
        let mut letters = Vec::new();
        for (left, top, glyph) in laid.lines.iter().flat_map(|line| &line.glyphs) {
            let Some(pieces) = self.pieces(glyph)? else { return Ok(None) };
            letters.extend(pieces.iter().map(|piece| Piece {
                x: left + piece.x,
                y: top + piece.y,
                ..*piece
            }));
            around.x0 = around.x0.min(*left);
            around.y0 = around.y0.min(*top);
            around.x1 = around.x1.max(left + glyph.width as i64);
            around.y1 = around.y1.max(top + glyph.height as i64);
        }
        let around = if letters.is_empty() { Span2::EMPTY } else { around };
        Ok(Some(Set { letters, around }))
    }

    /// The pieces of `glyph`, which is copied to the GPU where it is new; `None` when there is no room for it.
    fn pieces(&mut self, glyph: &Arc<Glyph>) -> Result<Option<&[Piece]>> {
        Ok(self.known(glyph)?.map(|known| known.pieces.as_slice()))
    }

    /// The number of `glyph` in the table, where it has one; the outer `None` as in [`pieces`](Self::pieces).
    pub(super) fn number(&mut self, glyph: &Arc<Glyph>) -> Result<Option<Option<u16>>> {
        Ok(self.known(glyph)?.map(|known| known.number))
    }

    fn known(&mut self, glyph: &Arc<Glyph>) -> Result<Option<&Known>> {
        let key = Arc::as_ptr(glyph).addr();
        if !self.glyphs.contains_key(&key) {
            let (bytes, pieces) = cut(glyph, self.used);
            if bytes.len() > TABLE + BYTES - self.used || self.records == RECORDS {
                return Ok(None);
            }
            let number = record(glyph, &pieces).map(|record| (record, self.records as u16));
            if let Some((record, number)) = number {
                self.stream.copy_bytes(&record, &mut self.memory, RECORD * usize::from(number))?;
                self.records += 1;
            }
            self.upload(&bytes)?;
            let number = number.map(|(_, number)| number);
            self.glyphs.insert(key, Known { glyph: Arc::clone(glyph), pieces, number });
        }
        Ok(self.glyphs.get(&key).inspect(|known| debug_assert!(Arc::ptr_eq(&known.glyph, glyph))))
    }

    /// Copies `bytes` behind those that are there, and waits, so that every stream may read them.
    fn upload(&mut self, bytes: &[u8]) -> Result<()> {
        if !bytes.is_empty() {
            self.stream.copy_bytes(bytes, &mut self.memory, self.used)?;
        }
        self.stream.synchronize()?;
        self.used += bytes.len();
        Ok(())
    }

    /// Forgets all glyphs, once everything that reads them is done.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.stream.device().synchronize()?;
        (self.used, self.records) = (TABLE, 0);
        (self.glyphs, self.sets) = (HashMap::default(), HashMap::default());
        self.labels.clear();
        Ok(())
    }
}

/// What the table says of `glyph`: its piece, of no size where it has none; `None` where there are several, or numbers too
/// large.
fn record(glyph: &Glyph, pieces: &[Piece]) -> Option<[u8; RECORD]> {
    let [left, top] = [glyph.left, glyph.top].map(|v| i16::try_from(v).ok().map(i16::to_le_bytes));
    let about = match pieces {
        [] => 0,
        [piece] => piece.about,
        _ => return None,
    };
    let mut record = [0; RECORD];
    record[..4].copy_from_slice(&about.to_le_bytes());
    record[4..6].copy_from_slice(&left?);
    record[6..8].copy_from_slice(&top?);
    record[8..12].copy_from_slice(&glyph.advance.to_le_bytes());
    Some(record)
}

/// The bytes of `glyph` in an atlas, from `start` on, and the pieces that they are: rows of a whole number of fours, and
/// as many of them, without coverage beyond the glyph.
fn cut(glyph: &Glyph, start: usize) -> (Vec<u8>, Vec<Piece>) {
    let (mut bytes, mut pieces) = (Vec::new(), Vec::new());
    for y in (0..glyph.height).step_by(MOST) {
        for x in (0..glyph.width).step_by(MOST) {
            let (width, height) = ((glyph.width - x).min(MOST), (glyph.height - y).min(MOST));
            let (wide, high) = (width.next_multiple_of(4), height.next_multiple_of(4));
            // Sixes of bits for the fours of columns and of rows.
            let index = (start + bytes.len()) / ALIGN;
            let about = index | (wide << 18) | (high << 24);
            pieces.push(Piece { x: x as i64, y: y as i64, about: about as u32 });
            let first = bytes.len();
            bytes.resize((first + wide * high).next_multiple_of(ALIGN), 0);
            for row in 0..height {
                let at = first + row * wide;
                bytes[at..at + width].copy_from_slice(&glyph.row(y + row)[x..x + width]);
            }
        }
    }
    (bytes, pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_whole_glyphs_and_blanks() {
        let glyph =
            |width: usize, left| Glyph { left, top: -9, width, height: 1, cover: vec![1; width], advance: 7 };
        let record = |glyph: &Glyph| record(glyph, &cut(glyph, 32).1);
        let bytes = record(&glyph(5, -2)).unwrap();
        assert_eq!(bytes, [2, 0, 0x20, 0x04, 254, 255, 247, 255, 7, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(record(&glyph(0, 0)).unwrap()[..4], [0; 4]);
        assert!(record(&glyph(253, 0)).is_none() && record(&glyph(5, 40_000)).is_none());
    }

    #[test]
    fn large_glyphs_are_cut_and_small_ones_padded() {
        let (width, height) = (253, 5);
        let cover: Vec<u8> = (0..width * height).map(|i| (i % 251) as u8).collect();
        let glyph = Glyph { left: 0, top: 0, width, height, cover, advance: 0 };
        let (bytes, pieces) = cut(&glyph, 64);
        assert_eq!(bytes.len(), 252 * 8 + 32);
        assert_eq!(pieces.iter().map(|piece| (piece.x, piece.y)).collect::<Vec<_>>(), [(0, 0), (252, 0)]);
        let numbers = |about: u32| (about & 0xf_ffff, about >> 20 & 63, about >> 26);
        assert_eq!(numbers(pieces[0].about), (4, 63, 2));
        assert_eq!(numbers(pieces[1].about), (4 + 126, 1, 2));
        assert_eq!(bytes[252..255], glyph.row(1)[..3]);
        assert_eq!(bytes[252 * 8..252 * 8 + 8], [1, 0, 0, 0, 3, 0, 0, 0]);
    }
}
