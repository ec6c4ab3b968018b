//! A list of shapes as the kernels get it: commands from the front, and what they are made of from the back.

use super::super::boxes::Span2;
use super::args::{Args, FEW, Head, List, MANY, SOME, head};
use super::letters::Letters;
use super::made::{Edges, Kind, Made, Style, tiles, words_of};
use crate::frame::{Color, DeviceView};

/// Words of a command, and of a style.
pub(super) const COMMAND: usize = 3;
const STYLE: usize = 4;
/// Words of a header of what does not fit into a command.
const HEADER: usize = 2;
/// What a command is made of that does not fit beside it, in doubles of words.
pub(super) const MOST: usize = (MANY - COMMAND - 2 * STYLE - HEADER) / 2;
/// Set beside the place of a label's letters where they are bytes; as in `draw_ink.cuh`.
const BYTES: u32 = 0x8000;

/// Styles that are looked through before one is told again.
const RECENT: usize = 4;

/// Commands for one launch.
pub(super) struct Batch {
    args: Args<MANY>,
    /// Words taken at the back, and the most that may be taken at both ends.
    taken: usize,
    room: usize,
    /// The most that a command needs.
    kind: Kind,
    /// Around all commands for the picture.
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
            room: MANY,
            kind: Kind::Box,
            around: Edges::NONE,
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

    /// What there is for the picture that is not taken yet: its head, with the number of its first command and how many there are,
    /// and what is around them; `None` where there are none.
    pub(super) fn take_picture(&mut self) -> Option<(Head, Edges)> {
        let head = self.args.head;
        self.args.head.first = head.count;
        (head.count > head.first).then(|| (head.with(head.first, head.count - head.first), self.around))
    }

    /// Goes on with commands for `frame`, all of them together in up to `room` words; false, and nothing is done, where those
    /// that are there have more.
    pub(super) fn turn_to(&mut self, frame: &DeviceView<'_>, room: usize) -> bool {
        let count = self.args.head.count;
        if count as usize * COMMAND + self.taken > room {
            return false;
        }
        self.args.head = head(frame).with(count, count);
        (self.room, self.around) = (room, Edges::NONE);
        true
    }

    /// What the kernel must know, and how many words there are.
    pub(super) fn size(&self) -> (Kind, usize) {
        (self.kind, self.args.head.count as usize * COMMAND + self.taken)
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
        (self.args.head.count as usize + 1) * COMMAND + self.taken + words <= self.room
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

    #[inline(always)]
    fn command(&mut self, kind: Kind, seen: Edges, words: [u32; 2], about: u32) {
        let at = self.args.head.count as usize * COMMAND;
        self.args.words[at..at + COMMAND].copy_from_slice(&[words[0], words[1], about | kind as u32]);
        self.around = self.around.joined(seen);
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
    #[inline(always)]
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

    /// Everything for a launch of what is in it: the kernel, its grid, and whether there is chroma to ink.
    pub(super) fn ready(&mut self) -> Ready<'_> {
        let (first, tiles) = tiles(self.kind, self.around);
        self.args.head.tile = first;
        let chroma = self.args.head.has_chroma();
        let (kind, all) = self.size();
        let (entry, list) = match kind {
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
        let mut words = [0; N];
        self.copy_to(&mut words, 0);
        Args { head: self.args.head, words }
    }

    /// Puts commands at word `first`, and what they are made of at the end.
    #[inline]
    pub(super) fn copy_to(&self, words: &mut [u32], first: usize) {
        let (front, behind) = (self.args.head.count as usize * COMMAND, words.len() - self.taken);
        words[first..first + front].copy_from_slice(&self.args.words[..front]);
        words[behind..].copy_from_slice(&self.args.words[MANY - self.taken..]);
    }

    /// Without commands again.
    pub(super) fn clear(&mut self) {
        (self.args.head.first, self.args.head.count, self.taken) = (0, 0, 0);
        (self.room, self.kind, self.around) = (MANY, Kind::Box, Edges::NONE);
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
