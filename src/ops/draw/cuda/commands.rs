//! A list of shapes as the kernels get it: commands from the front, and what they are made of from the back.

use super::super::boxes::Span2;
use super::super::parts::Part;
use super::args::{Args, FEW, List, MANY, SOME, head};
use super::letters::Letters;
use crate::frame::{Color, DeviceView};

/// Pixels of a tile, and of one where there are boxes alone.
const TILE: (u32, u32) = (64, 16);
const BOXES_TILE: (u32, u32) = (128, 32);
/// Words of a command, and of a style.
const COMMAND: usize = 3;
const STYLE: usize = 4;
/// Words of a header of what does not fit into a command.
const HEADER: usize = 2;
/// What a command is made of that does not fit beside it, in doubles of words.
pub(super) const MOST: usize = (MANY - COMMAND - 2 * STYLE - HEADER) / 2;
/// Doubles of words of a part.
pub(super) const PART: usize = 7;
/// Set beside the place of a label's letters where they are bytes; as in `draw_ink.cuh`.
const BYTES: u32 = 0x8000;

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
pub(super) struct Style(u128);

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
    x0: u16,
    y0: u16,
    x1: u16,
    y1: u16,
}

impl Edges {
    /// `None` where nothing is left.
    pub(super) fn clipped(span: Span2, (width, height): (u16, u16)) -> Option<Self> {
        let clip = |v: i64, max: u16| v.clamp(0, i64::from(max)) as u16;
        let (x0, x1) = (clip(span.x0, width), clip(span.x1, width));
        let (y0, y1) = (clip(span.y0, height), clip(span.y1, height));
        (x0 < x1 && y0 < y1).then_some(Self { x0, y0, x1, y1 })
    }

    fn words(self) -> [u32; 2] {
        [(self.x0, self.y0), (self.x1, self.y1)].map(|(x, y)| u32::from(x) | u32::from(y) << 16)
    }

    pub(super) fn joined(self, other: Self) -> Self {
        let (x0, y0) = (self.x0.min(other.x0), self.y0.min(other.y0));
        Self { x0, y0, x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }
}

/// The words of a box that may lie beyond the raster, where its corners are numbers of 16 bits.
fn words_of(span: Span2) -> Option<[u32; 2]> {
    let within = |v: i64| i16::try_from(v).is_ok();
    let word = |x: i64, y: i64| u32::from(x as u16) | u32::from(y as u16) << 16;
    (within(span.x0) && within(span.y0) && within(span.x1) && within(span.y1))
        .then(|| [word(span.x0, span.y0), word(span.x1, span.y1)])
}

/// Styles that are looked through before one is told again.
const RECENT: usize = 4;

/// Commands for one launch.
pub(super) struct Batch {
    args: Args<MANY>,
    /// Words taken at the back.
    taken: usize,
    /// The most that a command needs.
    kind: Kind,
    /// Around all commands.
    around: Edges,
    recent: [(Style, u8); RECENT],
    next: usize,
    /// Number of the style that boxes of a colour had last.
    colored: Option<(Color, u8)>,
}

impl Batch {
    /// For a picture of at most 32766 pixels a side.
    #[inline(always)]
    pub(super) fn new(frame: &DeviceView<'_>) -> Self {
        Self {
            args: Args { head: head(frame), words: [0; MANY] },
            taken: 0,
            kind: Kind::Box,
            around: Edges::default(),
            recent: [(Style(0), 0); RECENT],
            next: 0,
            colored: None,
        }
    }

    pub(super) fn raster(&self) -> (u16, u16) {
        (self.args.head.width, self.args.head.height)
    }

    pub(super) fn phase(&self) -> (usize, usize) {
        let [x, y] = self.args.head.phase.map(usize::from);
        (x, y)
    }

    /// Where the atlas of letters is.
    pub(super) fn set_atlas(&mut self, address: u64) {
        self.args.head.atlas = address;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.args.head.count == 0
    }

    /// Whether `words` more at the back, and a command, leave the others alone.
    fn fits(&self, words: usize) -> bool {
        (self.args.head.count as usize + 1) * COMMAND + self.taken + words <= MANY
    }

    /// The number of a style, which is told where it is new; there must be room for two.
    fn style(&mut self, style: Style) -> u32 {
        if let Some((_, number)) = self.recent.iter().find(|(known, number)| *known == style && *number != 0)
        {
            return u32::from(*number);
        }
        self.taken = self.taken.next_multiple_of(STYLE) + STYLE;
        let words = [0, 32, 64, 96].map(|by| (style.0 >> by) as u32);
        self.args.words[MANY - self.taken..][..STYLE].copy_from_slice(&words);
        let number = (self.taken / STYLE) as u8;
        self.recent[self.next % RECENT] = (style, number);
        self.next += 1;
        u32::from(number)
    }

    /// Puts `words` at the back, and says where they begin, counted from the end.
    fn put(&mut self, words: impl ExactSizeIterator<Item = u32>) -> u32 {
        self.taken += words.len();
        let start = MANY - self.taken;
        self.args.words[start..].iter_mut().zip(words).for_each(|(to, word)| *to = word);
        self.taken as u32
    }

    #[inline]
    fn command(&mut self, kind: Kind, seen: Edges, words: [u32; 2], about: u32) {
        let at = self.args.head.count as usize * COMMAND;
        self.args.words[at..at + COMMAND].copy_from_slice(&[words[0], words[1], about | kind as u32]);
        self.around = if at == 0 { seen } else { self.around.joined(seen) };
        self.kind = self.kind.max(kind);
        self.args.head.count += 1;
    }

    /// Adds a box without its `inner` part, which is as far inside on each side, or empty; false, and nothing is added,
    /// when there is no room.
    pub(super) fn push_box(&mut self, outer: Span2, inner: Span2, ink: (u32, u8)) -> bool {
        let Some(seen) = Edges::clipped(outer, self.raster()).filter(|_| inner != outer) else { return true };
        if !self.fits(2 * STYLE + 2) {
            return false;
        }
        let style = self.style(Style::plain(ink)) << 8;
        let border = if inner.x0 < inner.x1 { inner.x0 - outer.x0 } else { 0 };
        debug_assert!(border == 0 || inner == outer.grown(-border), "{outer:?} without {inner:?}");
        match (words_of(outer), u32::try_from(border)) {
            _ if border == 0 => self.command(Kind::Box, seen, seen.words(), style),
            (Some(words), Ok(border)) => self.command(Kind::Box, seen, words, style | border << 16),
            _ => {
                let hole = Edges::clipped(inner, self.raster()).unwrap_or_default();
                let at = self.put(hole.words().into_iter());
                self.command(Kind::Hollow, seen, seen.words(), style | at << 16);
            }
        }
        true
    }

    /// Adds a box, of which a border of such a width is drawn (0 is all of it); false, and nothing is added, when there is no
    /// room, or when a box of the colour must first be pushed the other way.
    #[inline]
    pub(super) fn push_again(&mut self, [x0, y0, x1, y1]: [i32; 4], border: u16, color: Color) -> bool {
        let Some((_, style)) = self.colored.filter(|(known, _)| *known == color) else { return false };
        let (width, height) = (i32::from(self.args.head.width), i32::from(self.args.head.height));
        let seen = Edges {
            x0: x0.clamp(0, width) as u16,
            y0: y0.clamp(0, height) as u16,
            x1: x1.clamp(0, width) as u16,
            y1: y1.clamp(0, height) as u16,
        };
        if seen.x0 >= seen.x1 || seen.y0 >= seen.y1 {
            return true;
        }
        if !self.fits(0) {
            return false;
        }
        let word = |x: i32, y: i32| u32::from(x as u16) | (y as u32) << 16;
        self.command(
            Kind::Box,
            seen,
            [word(x0, y0), word(x1, y1)],
            u32::from(style) << 8 | u32::from(border) << 16,
        );
        true
    }

    /// Lets boxes of `color`, of which the last one was, be [pushed again](Self::push_again).
    pub(super) fn remember(&mut self, color: Color, ink: (u32, u8)) {
        let style = Style::plain(ink);
        let known = self.recent.iter().find(|(known, number)| *known == style && *number != 0);
        self.colored = known.map(|(_, number)| (color, *number));
    }

    /// Adds a label: a box, with letters inside; `None` when it does not fit into numbers of 16 bits, false when there is no
    /// room.
    #[inline]
    pub(super) fn push_label(&mut self, area: Span2, letters: &Letters, style: Style) -> Option<bool> {
        let Some(seen) = Edges::clipped(area, self.raster()) else { return Some(true) };
        let (words, numbers) = (words_of(area)?, letters.words());
        if !self.fits(2 * STYLE + numbers.len()) {
            return Some(false);
        }
        let style = self.style(style) << 8;
        let at = self.put(numbers.iter().copied()) | if letters.bytes { BYTES } else { 0 };
        self.command(Kind::Label, seen, words, style | u32::from(letters.count) << 3 | at << 16);
        Some(true)
    }

    /// Adds a command for the pixels in `bounds` that is made of `count` things; false, and nothing is added, when there
    /// is no room. What is made of more than [`MOST`] doubles of words lies elsewhere.
    pub(super) fn push(
        &mut self,
        kind: Kind,
        seen: Edges,
        ink: (u32, u8),
        count: usize,
        made: Made<'_>,
    ) -> bool {
        let (address, words) = match &made {
            Made::Here(words) => (None, *words),
            Made::There(address) => (Some(*address), std::slice::from_ref(address)),
        };
        if !self.fits(2 * STYLE + HEADER + 2 * words.len()) {
            return false;
        }
        let style = self.style(Style::plain(ink)) << 8;
        self.taken = self.taken.next_multiple_of(2);
        // A line's or a letter's words go in front of those before, which keeps them at whole doubles of words.
        self.taken += 2 * words.len();
        let start = MANY - self.taken;
        let (pairs, _) = self.args.words[start..][..2 * words.len()].as_chunks_mut::<2>();
        pairs.iter_mut().zip(words).for_each(|(to, word)| *to = [*word as u32, (*word >> 32) as u32]);
        let at = self.put([count as u32, u32::from(address.is_some())].into_iter());
        self.command(kind, seen, seen.words(), style | at << 16);
        true
    }

    /// Blocks across, down and for luma and chroma: tiles that any command touches.
    fn tiles(&mut self) -> (u32, u32) {
        let axis = |from: u16, to: u16, size: u32| {
            let first = u32::from(from) / size;
            (first as u16, u32::from(to).div_ceil(size) - first)
        };
        let tile = if self.kind <= Kind::Hollow { BOXES_TILE } else { TILE };
        let (x, across) = axis(self.around.x0, self.around.x1, tile.0);
        let (y, down) = axis(self.around.y0, self.around.y1, tile.1);
        self.args.head.tile = [x, y];
        (across, down)
    }

    /// Everything for a launch of what is in it: the kernel, its grid, and whether there is chroma to ink.
    pub(super) fn ready(&mut self) -> Ready<'_> {
        let tiles = self.tiles();
        let chroma = self.args.head.flags & 3 != 0;
        let all = self.args.head.count as usize * COMMAND + self.taken;
        let (entry, list) = match self.kind {
            Kind::Box | Kind::Hollow if all <= FEW => ("draw_boxes_few", List::Few(self.shorter())),
            Kind::Box | Kind::Hollow => ("draw_boxes", List::Many(&self.args)),
            Kind::Label | Kind::Letters if all <= FEW => ("draw_letters_few", List::Few(self.shorter())),
            Kind::Label | Kind::Letters if all <= SOME => ("draw_letters_some", List::Some(self.shorter())),
            Kind::Label | Kind::Letters => ("draw_letters", List::Many(&self.args)),
            Kind::Parts => ("draw_all", List::Many(&self.args)),
        };
        Ready { entry, tiles, chroma, list }
    }

    /// The list in fewer words, which have room for all of it.
    fn shorter<const N: usize>(&self) -> Args<N> {
        let (front, mut words) = (self.args.head.count as usize * COMMAND, [0; N]);
        words[..front].copy_from_slice(&self.args.words[..front]);
        words[N - self.taken..].copy_from_slice(&self.args.words[MANY - self.taken..]);
        Args { head: self.args.head, words }
    }

    /// Without commands again.
    pub(super) fn clear(&mut self) {
        (self.args.head.count, self.taken, self.kind) = (0, 0, Kind::Box);
        self.recent = [(Style(0), 0); RECENT];
        self.colored = None;
    }
}

/// A batch as it is launched.
pub(super) struct Ready<'b> {
    pub(super) entry: &'static str,
    pub(super) tiles: (u32, u32),
    pub(super) chroma: bool,
    pub(super) list: List<'b>,
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
