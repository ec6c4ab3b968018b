//! Boxes that are hidden wholly and lie apart: short entries, of which the kernels work out each plane's part.

use super::super::plan::{Layout, Method, TINY, longer_side};
use super::super::{Blocks, Region, Shape};
use super::args::{IDLE, MOST_PIXELS, MOST_ROWS, ROOM, STRIP_COLUMNS, STRIP_ROWS, all_of_a_box};
use super::near::Near;
use crate::cuda::KernelArgs;
use crate::frame::{DeviceView, MAX_PLANES, Rect};
use crate::ops::rows::chroma_shift;

/// Pictures and boxes of a launch, and of one that has little to say: the driver copies them all.
pub(super) const FEW: usize = 64;
pub(super) const MANY: usize = 128;
pub(super) const PICTURES: usize = 16;
/// Rows of a tile that is filled; as in `redact_boxes.cuh`.
const FILL_ROWS: u32 = 16;
/// Values that may remain along the longer side of a box where one block of threads does all of it: chroma that begins
/// inside a sample may have one more, and 32 times 32 of them have room.
const MOST_ACROSS: u32 = 31;
/// Larger than any box.
const WHOLE: u32 = u16::MAX as u32;

/// Laid out as `Box` in `redact_boxes.cuh`, with everything below.
#[repr(C, align(4))]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    x: u16,
    y: u16,
    width: u16,
    height: u16,
    block: u16,
    picture: u16,
}

#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Picture {
    at: [u64; MAX_PLANES],
    pitch: [u32; MAX_PLANES],
    unused: u32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args<const F: usize, const B: usize> {
    fill: [u32; MAX_PLANES],
    channels: [u8; MAX_PLANES],
    cells: [u8; MAX_PLANES],
    grain: u8,
    filled: u8,
    unused: u32,
    pictures: [Picture; F],
    spots: [Spot; B],
}

const _: () = assert!(size_of::<Args<1, FEW>>() == 832, "redact_boxes.cuh has the same number");
const _: () = assert!(size_of::<Args<PICTURES, MANY>>() == 2200, "redact_boxes.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in redact_boxes.cuh.
unsafe impl<const F: usize, const B: usize> KernelArgs for Args<F, B> {}

/// What a block is, for any box.
#[derive(Clone, Copy)]
enum Side {
    Filled,
    /// Of so many pixels.
    Pixels(u32),
    /// Of so many along the box.
    Across(u32),
    /// None: boxes with short sides are filled with their mean.
    Blurred,
}

/// Boxes of one launch or two: those that are hidden as was asked come from the front, those that are filled with their
/// mean instead from the back.
pub(super) struct Boxes<const F: usize, const B: usize> {
    args: Args<F, B>,
    planes: u32,
    phase: (u32, u32),
    grain: (u32, u32),
    side: Side,
    soft: bool,
    /// Bytes of a row for a pixel, in the plane that has most.
    bytes: u32,
    front: Half,
    back: Half,
    near: Near<B>,
}

/// Boxes from one end.
#[derive(Clone, Copy, Default)]
pub(super) struct Half {
    count: usize,
    /// Tiles of the box that has most, and of all.
    most: u32,
    all: u64,
}

/// What a box became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    Here,
    /// It must be hidden the other way, as must all of its picture's that may be worked on with it.
    Not,
}

impl Half {
    fn add(&mut self, tiles: u32) {
        (self.count, self.most) = (self.count + 1, self.most.max(tiles));
        self.all += u64::from(tiles);
    }

    /// Whether a row of blocks for each box leaves few of them idle.
    fn is_even(&self) -> bool {
        self.count as u64 * u64::from(self.most) <= 2 * self.all + u64::from(IDLE)
    }
}

/// Whether regions can be hidden this way: whole boxes, with small pictures that are not large.
pub(super) fn suits(method: &Method, regions: &[Region<'_>]) -> bool {
    !matches!(method, Method::Across { remaining, .. } if *remaining > MOST_ACROSS)
        && regions.iter().all(|region| matches!(region.shape, Shape::Box))
}

impl<const F: usize, const B: usize> Boxes<F, B> {
    #[inline(always)]
    pub(super) fn new(layout: &Layout, method: &Method) -> Self {
        let format = layout.format;
        let mut args = Args {
            fill: [0; MAX_PLANES],
            channels: [1; MAX_PLANES],
            cells: [0; MAX_PLANES],
            grain: (layout.shift.0 | layout.shift.1 << 1) as u8,
            filled: u8::from(matches!(method, Method::Fill(_))),
            unused: 0,
            pictures: [Picture::default(); F],
            spots: [Spot::default(); B],
        };
        if let Method::Fill(samples) = method {
            args.fill = samples.map(u32::from_le_bytes);
        }
        let mut bytes = 0;
        for plane in 0..format.planes() {
            let (sx, sy) = chroma_shift(format, plane);
            let (px, py) = if plane == 0 { (0, 0) } else { layout.phase };
            args.channels[plane] = format.bytes_per_pixel(plane) as u8;
            args.cells[plane] = (sx | sy << 1 | px << 2 | py << 3) as u8;
            bytes = bytes.max(u32::from(args.channels[plane]) >> sx);
        }
        let (side, soft) = match *method {
            Method::Fill(_) => (Side::Filled, false),
            Method::Pixelate(Blocks::Pixels(size)) => (Side::Pixels(size.min(WHOLE)), false),
            Method::Pixelate(Blocks::Across(count)) => (Side::Across(count), false),
            Method::Across { remaining, .. } => (Side::Across(remaining), true),
            Method::Kernel(_) => (Side::Blurred, true),
        };
        Self {
            args,
            planes: format.planes() as u32,
            phase: layout.phase,
            grain: layout.shift,
            side,
            soft,
            bytes,
            front: Half::default(),
            back: Half::default(),
            near: Near::new(),
        }
    }

    /// Begins a picture, of as many as there are room for: boxes that are pushed next are its.
    #[inline]
    pub(super) fn begin(&mut self, number: usize, frame: &DeviceView<'_>) -> bool {
        let picture = &mut self.args.pictures[number];
        for plane in 0..self.planes as usize {
            let source = frame.plane(plane);
            let Ok(pitch) = u32::try_from(source.pitch()) else { return false };
            (picture.at[plane], picture.pitch[plane]) = (source.address(), pitch);
        }
        self.near.clear();
        true
    }

    pub(super) fn len(&self) -> usize {
        self.front.count + self.back.count
    }

    /// Adds `rect` of picture `number`, what `region` is of it; there is room.
    #[inline(always)]
    pub(super) fn push(&mut self, number: usize, region: &Region<'_>, rect: Rect) -> Pushed {
        let (block, front) = match self.side {
            Side::Filled => (0, true),
            Side::Pixels(size) => (size, true),
            Side::Across(count) => {
                let longer = longer_side(region.bbox, rect);
                let fits = longer / 2 >= count;
                (if fits { longer.div_ceil(count).min(WHOLE) } else { WHOLE }, fits || !self.soft)
            }
            Side::Blurred => (WHOLE, rect.width >= TINY && rect.height >= TINY),
        };
        // Where boxes of one colour overlap, it is the same to all.
        if !matches!(self.side, Side::Filled) && !self.near.take(&rect) {
            return Pushed::Not;
        }
        let whole = self.soft && front;
        let large = rect.width * rect.height > MOST_PIXELS || rect.height > MOST_ROWS;
        if whole && large && !matches!(self.side, Side::Blurred) {
            return Pushed::Not;
        }
        let spot = Spot {
            x: rect.x as u16,
            y: rect.y as u16,
            width: rect.width as u16,
            height: rect.height as u16,
            block: block as u16,
            picture: number as u16,
        };
        let tiles = if whole { 1 } else { self.tiles(&rect, block) };
        let (half, at) = if front {
            let at = self.front.count;
            (&mut self.front, at)
        } else {
            let at = B - 1 - self.back.count;
            (&mut self.back, at)
        };
        half.add(tiles);
        self.args.spots[at] = spot;
        Pushed::Here
    }

    /// Tiles of the box in the plane where it has most, or a few more.
    #[inline(always)]
    fn tiles(&self, rect: &Rect, block: u32) -> u32 {
        // Chroma may begin inside a sample, and end behind the picture.
        let (width, height) = (rect.width + self.phase.0, rect.height + self.phase.1);
        if let Side::Filled = self.side {
            let rows = height.div_ceil(FILL_ROWS);
            return if (width + 2) * self.bytes <= ROOM { rows } else { rows * self.strips(rect, block) };
        }
        let whole = |by: u32| (block + by) >> by << by;
        let (bw, bh) = (whole(self.grain.0).min(width + 2), whole(self.grain.1));
        // Most boxes are one block or few.
        let rows = if height <= bh { 1 } else { height.div_ceil(bh) };
        if bw.min(rect.width) > STRIP_COLUMNS || bh.min(rect.height) > STRIP_ROWS {
            return rows * width.div_ceil(bw);
        }
        if (width + 2 + bw) * self.bytes <= ROOM { rows } else { rows * self.strips(rect, block) }
    }

    /// Strips of the box in the plane where it has most.
    #[cold]
    fn strips(&self, rect: &Rect, block: u32) -> u32 {
        let strips = |plane: usize| {
            let (cells, channels) = (u32::from(self.args.cells[plane]), u32::from(self.args.channels[plane]));
            let (shift, phase) = (cells & 1, cells >> 2 & 1);
            let first = (rect.x + phase) >> shift;
            let width = (rect.x + rect.width + phase).div_ceil(1 << shift) - first;
            let bw = match self.side {
                Side::Filled => ROOM / channels,
                _ => ((block + self.grain.0) >> self.grain.0 << self.grain.0 >> shift).min(width),
            };
            width.div_ceil((ROOM / (bw * channels)).max(1) * bw)
        };
        (0..self.planes as usize).map(strips).max().unwrap_or(1)
    }

    /// What there is, to [return to](Self::return_to) while nothing is launched.
    pub(super) fn mark(&self) -> (Half, Half) {
        (self.front, self.back)
    }

    /// Forgets the boxes that were pushed since.
    pub(super) fn return_to(&mut self, (front, back): (Half, Half)) {
        (self.front, self.back) = (front, back);
    }

    /// Whether the boxes are of such sizes that they can be launched.
    pub(super) fn is_even(&self) -> bool {
        self.front.is_even() && self.back.is_even()
    }

    /// The boxes that are blurred with a kernel, in pixels.
    pub(super) fn blurred(&self) -> impl Iterator<Item = Rect> + '_ {
        let count = if matches!(self.side, Side::Blurred) { self.front.count } else { 0 };
        self.args.spots[..count].iter().map(|spot| {
            let [x, y, width, height] = [spot.x, spot.y, spot.width, spot.height].map(u32::from);
            Rect::new(x, y, width, height)
        })
    }

    /// Calls `launch` with a kernel, its grid, its threads and shared bytes, and its argument, for the boxes that are not
    /// blurred with a kernel, on a GPU of this compute capability times ten; and forgets all boxes.
    #[inline(always)]
    pub(super) fn launch<E>(
        &mut self,
        arch: u32,
        mut launch: impl FnMut(
            &'static str,
            (u32, u32, u32),
            ((u32, u32, u32), u32),
            &Args<F, B>,
        ) -> Result<(), E>,
    ) -> Result<(), E> {
        let (front, back, few) = (std::mem::take(&mut self.front), std::mem::take(&mut self.back), B == FEW);
        let (hide, soften) = if few { ("hide_boxes", "soften_boxes") } else { ("hide_many", "soften_many") };
        let threads = ((128, 1, 1), 0);
        let count = front.count as u32;
        match (self.side, self.soft) {
            _ if count == 0 => {}
            (Side::Blurred, _) => {}
            (_, true) => {
                let [blocks, threads, shared] = all_of_a_box(arch, count * self.planes);
                let (grid, block) = ((blocks * count, self.planes, 1), ((threads, 1, 1), shared));
                launch(soften, grid, block, &self.args)?;
            }
            (_, false) => launch(hide, (front.most, count, self.planes), threads, &self.args)?,
        }
        if back.count == 0 {
            return Ok(());
        }
        self.args.spots.copy_within(B - back.count.., 0);
        launch(hide, (back.most, back.count as u32, self.planes), threads, &self.args)
    }
}
