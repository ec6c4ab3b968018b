//! A list of shapes as the kernels get it: commands from the front, and what they are made of from the back.

use super::super::boxes::Span2;
use super::super::parts::Part;
use super::super::target::mask;
use crate::cuda::KernelArgs;
use crate::frame::{DeviceView, MAX_PLANES};

/// Pixels of a tile, and of one where there are boxes alone.
const TILE: (u32, u32) = (64, 16);
const BOXES_TILE: (u32, u32) = (128, 32);
/// Words of a launch, and those that a command has.
const WORDS: usize = 484;
const COMMAND: usize = 3;
/// What a command is made of that does not fit beside it.
pub(super) const MOST: usize = WORDS - COMMAND;
/// Words of a part.
pub(super) const PART: usize = 7;

const DEEP: u16 = 4;
const ALPHA: u16 = 8;

/// Laid out as in `draw_ink.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Plane {
    at: u64,
    pitch: u64,
    channels: u32,
    mask: u32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args {
    planes: [Plane; MAX_PLANES],
    pub(super) atlas: u64,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) phase: [u16; 2],
    tile: [u16; 2],
    count: u16,
    flags: u16,
    shift: [u32; 2],
    words: [u64; WORDS],
}

const _: () = assert!(size_of::<Args>() == 3976, "draw_ink.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in draw_ink.cuh.
unsafe impl KernelArgs for Args {}

/// Which kernel a command needs at the least, and what it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Box,
    Letters,
    Parts,
}

/// Where what a command is made of lies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made<'w> {
    /// A box's hole.
    Hole(Edges),
    Here(&'w [u64]),
    /// So many, at an address of the GPU's.
    There(u64),
}

/// A box clipped to the raster, as a command has it.
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

    fn word(self) -> u64 {
        [self.y1, self.x1, self.y0, self.x0].into_iter().fold(0, |word, v| word << 16 | u64::from(v))
    }

    pub(super) fn joined(self, other: Self) -> Self {
        let (x0, y0) = (self.x0.min(other.x0), self.y0.min(other.y0));
        Self { x0, y0, x1: self.x1.max(other.x1), y1: self.y1.max(other.y1) }
    }
}

/// Commands for one launch.
pub(super) struct Batch {
    pub(super) args: Args,
    /// Words taken at the back.
    taken: usize,
    /// The most that a command needs.
    pub(super) kind: Kind,
    /// Around all commands.
    around: Edges,
}

impl Batch {
    /// For a picture of at most 32767 pixels a side.
    pub(super) fn new(frame: &DeviceView<'_>) -> Self {
        let format = frame.format();
        let phase = frame.chroma_phase();
        let mut planes = [Plane::default(); MAX_PLANES];
        for (i, to) in planes.iter_mut().enumerate().take(format.planes()) {
            let plane = frame.plane(i);
            let deep = if format.bits() > 8 { [0, 255, 0, 255] } else { [255; 4] };
            let mask = u32::from_le_bytes(if i == 0 { mask(format) } else { deep });
            let (at, pitch, channels) = (plane.address(), plane.pitch() as u64, plane.channels() as u32);
            *to = Plane { at, pitch, channels, mask };
        }
        let flags = format.planes() as u16 - 1
            + if format.bits() > 8 { DEEP } else { 0 }
            + format.alpha_offset().map_or(0, |at| (at as u16 + 1) * ALPHA);
        let (sx, sy) = format.chroma_shift().unwrap_or_default();
        let args = Args {
            planes,
            atlas: 0,
            width: (frame.width() + phase.0) as u16,
            height: (frame.height() + phase.1) as u16,
            phase: [phase.0 as u16, phase.1 as u16],
            tile: [0; 2],
            count: 0,
            flags,
            shift: [sx, sy],
            words: [0; WORDS],
        };
        Self { args, taken: 0, kind: Kind::Box, around: Edges::default() }
    }

    pub(super) fn raster(&self) -> (u16, u16) {
        (self.args.width, self.args.height)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.args.count == 0
    }

    /// Adds a command for the pixels in `bounds`; false, and nothing is added, when there is no room. What is made of
    /// more than [`MOST`] words lies elsewhere.
    pub(super) fn push(
        &mut self,
        kind: Kind,
        bounds: Edges,
        (ink, alpha): (u32, u8),
        count: usize,
        made: Made<'_>,
    ) -> bool {
        const ELSEWHERE: u64 = 16;
        let words = if let Made::Here(words) = made { words } else { &[] };
        let at = self.args.count as usize * COMMAND;
        if at + COMMAND + self.taken + words.len() > WORDS {
            return false;
        }
        let number = match kind {
            Kind::Box => 0,
            Kind::Parts => 1,
            Kind::Letters => 2,
        };
        let (rest, elsewhere) = match made {
            Made::Hole(hole) => (hole.word(), 0),
            Made::There(address) => (address, ELSEWHERE),
            Made::Here(_) => {
                self.taken += words.len();
                let start = WORDS - self.taken;
                self.args.words[start..start + words.len()].copy_from_slice(words);
                (start as u64, 0)
            }
        };
        let about =
            u64::from(ink) | u64::from(alpha) << 32 | (number | elsewhere) << 40 | (count as u64) << 48;
        self.args.words[at..at + COMMAND].copy_from_slice(&[bounds.word(), about, rest]);
        self.around = if self.is_empty() { bounds } else { self.around.joined(bounds) };
        self.kind = self.kind.max(kind);
        self.args.count += 1;
        true
    }

    /// Tiles across and down that any command touches.
    pub(super) fn tiles(&mut self) -> (u32, u32) {
        let axis = |from: u16, to: u16, size: u32| {
            let first = u32::from(from) / size;
            (first as u16, u32::from(to).div_ceil(size) - first)
        };
        let tile = if self.kind == Kind::Box { BOXES_TILE } else { TILE };
        let (x, across) = axis(self.around.x0, self.around.x1, tile.0);
        let (y, down) = axis(self.around.y0, self.around.y1, tile.1);
        self.args.tile = [x, y];
        (across, down)
    }

    /// Without commands again.
    pub(super) fn clear(&mut self) {
        (self.args.count, self.taken, self.kind) = (0, 0, Kind::Box);
    }
}

/// What a pixel of coverage may be in: rows exactly, columns with one to spare.
pub(super) fn reach(part: &Part) -> Span2 {
    let (rows, (left, right)) = (part.rows(), part.extent_across());
    Span2 { x0: left.floor() as i64 - 1, y0: rows.start, x1: right.ceil() as i64 + 2, y1: rows.end }
}

/// The words of `part`; `edges` are its rows.
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
