//! The boxes of a launch, as the kernels get them.

use super::super::cover::Cover;
use super::super::plan::{Effect, Job, Layout};
use crate::cuda::KernelArgs;
use crate::frame::{DeviceView, MAX_PLANES};
use crate::ops::rows::chroma_shift;

/// Bytes of a row that a tile has, and rows of a tile that is filled; as in `redact_boxes.cuh`.
pub(super) const ROOM: u32 = 508;
pub(super) const FILL_ROWS: u32 = 16;
/// Blocks up to this many pixels wide and high are made a row of blocks at a time.
pub(super) const STRIP_COLUMNS: u32 = 40;
pub(super) const STRIP_ROWS: u32 = 64;
/// Columns and rows of a tile of a box that a small picture is spread over.
const TILE: u32 = 32;

/// Boxes and shapes of a launch.
const ITEMS: usize = 128;
const SHAPES: usize = 48;

/// Pixels and rows of a box, pixels of its small picture and each side of that, up to which one block of threads does all
/// of it.
pub(super) const MOST_PIXELS: u32 = 1 << 15;
pub(super) const MOST_ROWS: u32 = 2048;
const MOST_SMALL: u32 = 1024;
const MOST_SIDE: u32 = 64;
/// From this compute capability on, times ten, blocks come in clusters.
const CLUSTERS_FROM: u32 = 90;

/// Blocks that do all of a box, threads of each, and bytes that these share, where so many boxes are to be done at once on a
/// GPU of this compute capability times ten; as in `redact_soften.cuh`.
pub(super) fn all_of_a_box(arch: u32, boxes: u32) -> [u32; 3] {
    if arch < CLUSTERS_FROM {
        return [1, 512, 24_192 + 16 * 1152];
    }
    // Half of the threads that a large GPU has room for: clusters leave gaps.
    let threads = if boxes <= 64 { 256 } else { 128 };
    [4, threads, 11_904 + threads / 32 * 4224]
}

/// Laid out as in `redact_items.cuh`, with everything below.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Plane {
    at: u64,
    pitch: u64,
    channels: u32,
    fill: u32,
    cells: u32,
    unused: u32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Item {
    end: u32,
    scratch: u32,
    x: u16,
    y: u16,
    width: u16,
    height: u16,
    block: [u16; 2],
    plane: u8,
    mode: Mode,
    cover: Covered,
    shape: u8,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    planes: [Plane; MAX_PLANES],
    pub(super) scratch: u64,
    count: u32,
    /// Whether samples that were kept come back.
    pub(super) restore: u32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args {
    pub(super) head: Head,
    items: [Item; ITEMS],
    shapes: [[u32; 4]; SHAPES],
}

const _: () = assert!(size_of::<Args>() == 3952, "redact_items.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in redact_items.cuh.
unsafe impl KernelArgs for Args {}

#[repr(u8)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mode {
    #[default]
    Fill,
    Strip,
    Single,
    /// A small picture, spread over the box; or the box's own samples, kept.
    Spread,
}

#[repr(u8)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Covered {
    #[default]
    All,
    Ellipse,
    Mask,
}

/// A box without what covers it.
fn item(job: &Job<'_, '_>, plane: u8, channels: u32) -> Item {
    // Pictures of more than 65535 pixels a side are refused, and no box is larger than its picture.
    let rect = job.rect;
    let [x, y, width, height] = [rect.x, rect.y, rect.width, rect.height].map(|v| v as u16);
    let (mode, block) = match job.effect {
        Effect::Fill(_) => (Mode::Fill, (ROOM / channels, FILL_ROWS)),
        Effect::Pixelate((w, h)) => {
            let block = (w.clamp(1, rect.width), h.clamp(1, rect.height));
            let small = block.0 <= STRIP_COLUMNS && block.1 <= STRIP_ROWS;
            (if small { Mode::Strip } else { Mode::Single }, block)
        }
        Effect::Shrink(small, _) => (Mode::Spread, small),
        // All of its samples may be kept.
        Effect::Blur(_) => (Mode::Spread, (rect.width, rect.height)),
    };
    let block = [block.0 as u16, block.1 as u16];
    Item { x, y, width, height, block, plane, mode, ..Item::default() }
}

impl Item {
    /// Blocks of threads that hide it.
    #[inline]
    fn tiles(&self, channels: u32) -> u32 {
        let [width, height, bw, bh] = [self.width, self.height, self.block[0], self.block[1]].map(u32::from);
        let across = match self.mode {
            // Most boxes are one strip: a division is spared.
            Mode::Fill | Mode::Strip if width <= bw || (width + bw) * channels <= ROOM => 1,
            Mode::Fill | Mode::Strip => width.div_ceil((ROOM / (bw * channels)).max(1) * bw),
            Mode::Single => width.div_ceil(bw),
            Mode::Spread => return width.div_ceil(TILE) * height.div_ceil(TILE),
        };
        across * height.div_ceil(bh)
    }

    fn is_little(&self) -> bool {
        u32::from(self.width) * u32::from(self.height) <= MOST_PIXELS
            && u32::from(self.height) <= MOST_ROWS
            && self.small_pixels() <= MOST_SMALL
            && u32::from(self.block[0].max(self.block[1])) <= MOST_SIDE
    }

    fn small_pixels(&self) -> u32 {
        u32::from(self.block[0]) * u32::from(self.block[1])
    }
}

/// Boxes of one kernel that do not overlap, until they fill an [`Args`].
pub(super) struct Batch {
    pub(super) args: Args,
    shapes: usize,
    /// Tiles of all items, and pixels of all small pictures.
    tiles: u32,
    small: u32,
    /// Whether each box is little enough for one block of threads.
    little: bool,
    /// Tiles of the item that has most, and pixels of the largest small picture.
    most: (u32, u32),
}

/// Blocks of threads that may have nothing to do, beside as many as have something: they cost less than each block's
/// search for its item.
pub(super) const IDLE: u32 = 2048;

/// Blocks for `count` items with `all` tiles together and `most` in one: a row for each item, unless most would be idle.
fn blocks(count: u32, most: u32, all: u32) -> (u32, u32, u32) {
    let direct = u64::from(count) * u64::from(most) <= 2 * u64::from(all) + u64::from(IDLE);
    if direct { (most, count, 1) } else { (all, 1, 1) }
}

impl Batch {
    #[inline(always)]
    pub(super) fn new(frame: &DeviceView<'_>, layout: &Layout, fill: Option<[[u8; 4]; MAX_PLANES]>) -> Self {
        let mut planes = [Plane::default(); MAX_PLANES];
        for (i, to) in planes.iter_mut().enumerate().take(layout.format.planes()) {
            let plane = frame.plane(i);
            let (sx, sy) = chroma_shift(layout.format, i);
            let (px, py) = if i == 0 { (0, 0) } else { layout.phase };
            *to = Plane {
                at: plane.address(),
                pitch: plane.pitch() as u64,
                channels: plane.channels() as u32,
                fill: fill.map_or(0, |samples| u32::from_le_bytes(samples[i])),
                cells: sx | sy << 1 | px << 2 | py << 3,
                unused: 0,
            };
        }
        Self {
            args: Args {
                head: Head { planes, scratch: 0, count: 0, restore: 0 },
                items: [Item::default(); ITEMS],
                shapes: [[0; 4]; SHAPES],
            },
            shapes: 0,
            tiles: 0,
            small: 0,
            little: true,
            most: (0, 0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.args.head.count == 0
    }

    /// Blocks of threads for everything in it.
    pub(super) fn grid(&self) -> (u32, u32, u32) {
        blocks(self.args.head.count, self.most.0, self.tiles)
    }

    /// Adds `job`, whose mask is at an address and has rows of so many words; false, and nothing is added, when there is no room.
    #[inline]
    pub(super) fn push(&mut self, job: &Job<'_, '_>, plane: usize, mask: (u64, u32)) -> bool {
        let count = self.args.head.count as usize;
        if count == ITEMS || (job.cover.is_some() && self.shapes == SHAPES) {
            return false;
        }
        let channels = self.args.head.planes[plane].channels;
        let mut item = item(job, plane as u8, channels);
        let small = if item.mode == Mode::Spread { item.small_pixels() } else { 0 };
        let tiles = item.tiles(channels);
        let (Some(end), Some(all)) = (self.tiles.checked_add(tiles), self.small.checked_add(small)) else {
            return false;
        };
        (item.end, item.scratch) = (end, self.small);
        (self.small, self.tiles) = (all, end);
        self.most = (self.most.0.max(tiles), self.most.1.max(small));
        self.little &= item.is_little();
        if let Some(cover) = &job.cover {
            let (covered, shape) = shape(cover, mask);
            // The planes of a region share its ellipse.
            let known = self.shapes > 0 && self.args.shapes[self.shapes - 1] == shape;
            self.shapes += usize::from(!known);
            self.args.shapes[self.shapes - 1] = shape;
            (item.cover, item.shape) = (covered, self.shapes as u8 - 1);
        }
        self.args.items[count] = item;
        self.args.head.count += 1;
        true
    }

    /// Blocks with one for each pixel of the small pictures, and the boxes for them where those differ from [`args`](Self::args).
    pub(super) fn shrinking(&self) -> ((u32, u32, u32), Option<Args>) {
        let grid = blocks(self.args.head.count, self.most.1, self.small);
        if grid.1 > 1 || self.args.head.count == 1 {
            return (grid, None);
        }
        let (mut args, mut end) = (self.args, 0);
        for item in &mut args.items[..self.args.head.count as usize] {
            end += item.small_pixels();
            item.end = end;
        }
        (grid, Some(args))
    }

    /// Whether a block of threads for each box does all.
    pub(super) fn is_little(&self) -> bool {
        self.little
    }

    /// Bytes of all small pictures.
    pub(super) fn small_bytes(&self) -> usize {
        4 * self.small as usize
    }

    /// Boxes.
    pub(super) fn len(&self) -> u32 {
        self.args.head.count
    }

    /// Without boxes again.
    pub(super) fn clear(&mut self) {
        (self.tiles, self.little) = (0, true);
        (self.args.head.count, self.shapes, self.small, self.most) = (0, 0, 0, (0, 0));
    }
}

fn shape(cover: &Cover<'_>, (address, words): (u64, u32)) -> (Covered, [u32; 4]) {
    if let Some(bbox) = cover.ellipse() {
        let floats = [bbox.left, bbox.top, bbox.width, bbox.height];
        return (Covered::Ellipse, floats.map(f32::to_bits));
    }
    (Covered::Mask, [address as u32, (address >> 32) as u32, words, 0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rect;

    fn job(rect: Rect, effect: Effect<'_>) -> Job<'_, '_> {
        Job { rect, effect, cover: None }
    }

    #[test]
    fn tiles_cover_boxes_of_any_size() {
        let tiles =
            |w, h, channels, effect| item(&job(Rect::new(3, 5, w, h), effect), 0, channels).tiles(channels);
        // 127 RGBA pixels, and 16 rows.
        assert_eq!(tiles(100, 200, 4, Effect::Fill([0; 4])), 13);
        assert_eq!(tiles(128, 16, 4, Effect::Fill([0; 4])), 2);
        // Ten blocks of 48 bytes.
        assert_eq!(tiles(100, 200, 4, Effect::Pixelate((12, 12))), 17);
        assert_eq!(tiles(121, 12, 4, Effect::Pixelate((12, 12))), 2);
        assert_eq!(tiles(1, 1, 3, Effect::Pixelate((4000, 4000))), 1);
        // Large blocks, one each.
        assert_eq!(tiles(100, 200, 1, Effect::Pixelate((41, 41))), 15);
    }
    #[test]
    fn boxes_have_rows_of_the_grid_unless_most_blocks_would_be_idle() {
        assert_eq!(blocks(64, 17, 64 * 17), (17, 64, 1));
        assert_eq!(blocks(1, 40_000, 40_000), (40_000, 1, 1));
        assert_eq!(blocks(128, 4000, 4127), (4127, 1, 1));
        // Tiles of the largest picture times boxes do not fit 32 bits.
        assert_eq!(blocks(128, 1 << 28, (1 << 28) + 127), ((1 << 28) + 127, 1, 1));
    }
}
