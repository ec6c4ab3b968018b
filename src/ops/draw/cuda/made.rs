//! What commands are made of: bounds, styles, the numbers of strokes.

use super::super::boxes::Span2;
use super::super::parts::Part;

/// Pixels of a tile, and of one where there are boxes alone; as in the kernels.
const TILE: (u32, u32) = (64, 16);
const BOXES_TILE: (u32, u32) = (128, 32);
/// Doubles of words of a part.
pub(super) const PART: usize = 7;

/// What a command is; those further down need a kernel that knows more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Box,
    /// A box whose hole is told.
    Hollow,
    Label,
    Letters,
    Parts,
}

/// What shapes have in common, and are told once: ink, the ink behind letters, both opacities, where the pen stands in
/// a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Style(pub(super) u128);

impl Style {
    pub(super) fn plain((ink, alpha): (u32, u8)) -> Self {
        Self(u128::from(ink) | u128::from(alpha) << 64)
    }

    /// Of a label whose letters begin at `pen` from its box's corner; `behind` is the box.
    pub(super) fn label((ink, alpha): (u32, u8), behind: Option<(u32, u8)>, pen: (i16, i16)) -> Self {
        let (behind, opacity) = behind.unwrap_or_default();
        let alphas = u32::from(alpha) | u32::from(opacity) << 8;
        let pen = u32::from(pen.0 as u16) | u32::from(pen.1 as u16) << 16;
        Self([pen, alphas, behind, ink].into_iter().fold(0, |all, word| all << 32 | u128::from(word)))
    }
}

/// Where what a command is made of lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made<'w> {
    Here(&'w [u64]),
    /// So many, at an address of the GPU's.
    There(u64),
}

/// A box clipped to the raster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) x0: u16,
    pub(super) y0: u16,
    pub(super) x1: u16,
    pub(super) y1: u16,
}

impl Edges {
    /// Around nothing.
    pub(super) const NONE: Self = Self { x0: u16::MAX, y0: u16::MAX, x1: 0, y1: 0 };

    /// `None` where nothing is left.
    pub(super) fn clipped(span: Span2, (width, height): (u16, u16)) -> Option<Self> {
        let clip = |v: i64, max: u16| v.clamp(0, i64::from(max)) as u16;
        let (x0, x1) = (clip(span.x0, width), clip(span.x1, width));
        let (y0, y1) = (clip(span.y0, height), clip(span.y1, height));
        (x0 < x1 && y0 < y1).then_some(Self { x0, y0, x1, y1 })
    }

    pub(super) fn words(self) -> [u32; 2] {
        [(self.x0, self.y0), (self.x1, self.y1)].map(|(x, y)| u32::from(x) | u32::from(y) << 16)
    }

    #[inline(always)]
    pub(super) fn joined(self, other: Self) -> Self {
        let (x0, y0) = (self.x0.min(other.x0), self.y0.min(other.y0));
        Self { x0, y0, x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }
}

/// The words of a box that may lie beyond the raster, where its corners are numbers of 16 bits.
pub(super) fn words_of(span: Span2) -> Option<[u32; 2]> {
    let within = |v: i64| i16::try_from(v).is_ok();
    let word = |x: i64, y: i64| u32::from(x as u16) | u32::from(y as u16) << 16;
    (within(span.x0) && within(span.y0) && within(span.x1) && within(span.y1))
        .then(|| [word(span.x0, span.y0), word(span.x1, span.y1)])
}

/// The tiles that commands of up to `kind` have pixels in, which lie in `around`: the first one, and how many across and down.
pub(super) fn tiles(kind: Kind, around: Edges) -> ([u16; 2], (u32, u32)) {
    let axis = |from: u16, to: u16, size: u32| {
        let first = u32::from(from) / size;
        (first as u16, u32::from(to).div_ceil(size) - first)
    };
    let tile = if kind <= Kind::Hollow { BOXES_TILE } else { TILE };
    let (x, across) = axis(around.x0, around.x1, tile.0);
    let (y, down) = axis(around.y0, around.y1, tile.1);
    ([x, y], (across, down))
}

/// What a pixel of coverage may be in: rows exactly, columns with one to spare.
pub(super) fn reach(part: &Part) -> Span2 {
    let (rows, (left, right)) = (part.rows(), part.extent_across());
    Span2 { x0: left.floor() as i64 - 1, y0: rows.start, x1: right.ceil() as i64 + 2, y1: rows.end }
}

/// The doubles of words of `part`; `edges` are its rows.
pub(super) fn part_words(part: &Part, edges: Edges) -> [u64; PART] {
    let (kind, numbers) = match *part {
        Part::Bar { center, along, half_length, half_width } => {
            (0, [center.0, center.1, along.0, along.1, half_length, half_width])
        }
        Part::Capsule { from, along, length, radius } => {
            (1, [from.0, from.1, along.0, along.1, length, radius])
        }
        Part::Ring { center, radius, half_width } => (2, [center.0, center.1, radius, half_width, 0.0, 0.0]),
    };
    let mut words = [kind | u64::from(edges.y0) << 16 | u64::from(edges.y1) << 32; PART];
    words[1..].copy_from_slice(&numbers.map(f64::to_bits));
    words
}
