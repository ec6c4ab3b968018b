//! Filters that are a row of weights times a column of weights, on planes in GPU memory: small ones here, on the matrix
//! units, others in [`separable_any`](super::separable_any).

use std::borrow::Cow;

use super::Border;
use super::separable_any as any;
use crate::cuda::{DType, Grid, Header, KernelArgs, KernelSource, Stream};
use crate::error::{Error, Result};
use crate::frame::{DevicePlane, DeviceView, DeviceViewMut, Pending, Rect};

/// What a `kernel.cu` of such a filter includes.
pub(crate) const HEADERS: [Header; 3] = [
    crate::cuda::TYPES,
    Header { name: "separable.cuh", text: include_str!("separable.cuh") },
    Header { name: "separable_any.cuh", text: include_str!("separable_any.cuh") },
];

const BOXES: usize = 160;
const TABLE: usize = 96;
/// Bytes of a table before those of the template's radius.
const BEFORE: u32 = 32;
pub(super) const THREADS: u32 = 128;
const TILE_ROWS: u32 = 64;
/// Longer sides are not counted in.
const LONGEST: u32 = 1 << 29;

/// The weights of a direction.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'a> {
    /// An odd number of them, the middle one for the pixel itself, in units of 1/256, which sum to 256.
    Weights(&'a [i16]),
    /// This many ones; the middle of an even number is right of or below its centre.
    Ones(u32),
}

/// What becomes of a sum.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Finish {
    /// A 65536th of it, rounded half up.
    Weighted,
    /// `((sum + offset) * factor) >> 23`.
    Fixed { offset: u32, factor: u32 },
    /// The sum times this in `f32`, to the nearest, ties to even.
    Float(f32),
}

/// A filter, and the source that has its kernels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'a> {
    pub(crate) source: &'static KernelSource,
    pub(crate) across: Line<'a>,
    pub(crate) down: Line<'a>,
    pub(crate) border: Border,
    pub(crate) finish: Finish,
}

/// Laid out as `Box` in `separable.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Tiled {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    first: u32,
}

/// Laid out as `Args` in `separable.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    at: u64,
    pitch: u64,
    to: u64,
    to_pitch: u64,
    count: u32,
    aligned: u32,
    border: u32,
    outside: u32,
    /// Pixels that the weights reach to the left, to the right, up and down.
    reach: [u32; 4],
    low: u32,
    high: u32,
    pick: u32,
    round: u32,
    factor: u32,
    fixed: u32,
    tile_width: u32,
    unused: u32,
    across: [u32; TABLE / 4 + 1],
    down: [u32; TABLE / 4 + 1],
    boxes: [Tiled; BOXES],
}

const _: () = assert!(size_of::<Args>() == 3496, "separable.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}

impl Line<'_> {
    pub(super) fn len(self) -> u32 {
        match self {
            Self::Weights(weights) => weights.len() as u32,
            Self::Ones(count) => count,
        }
    }

    /// Pixels that it reaches before and after the middle.
    fn reach(self) -> [u32; 2] {
        [self.len() / 2, self.len() - 1 - self.len() / 2]
    }

    /// The pixel alone, with the weight 256, which no byte holds.
    fn is_identity(self) -> bool {
        matches!(self, Self::Weights([256]))
    }

    /// The kernel's bytes, the weights around the place of the middle.
    fn table(self, radius: u32) -> [u32; TABLE / 4 + 1] {
        let mut bytes = [0u8; TABLE + 4];
        let place = &mut bytes[(BEFORE + radius - self.len() / 2) as usize..][..self.len() as usize];
        match self {
            Self::Weights(weights) if !self.is_identity() => {
                place.iter_mut().zip(weights).for_each(|(byte, weight)| *byte = *weight as u8);
            }
            _ => place.fill(1),
        }
        let (words, _) = bytes.as_chunks::<4>();
        std::array::from_fn(|i| u32::from_le_bytes(words[i]))
    }
}

/// The number of a border in the kernels, and four bytes of what is outside.
pub(super) fn border_of(border: Border) -> (u32, u32) {
    match border {
        Border::Reflect101 => (0, 0),
        Border::Reflect => (1, 0),
        Border::Replicate => (2, 0),
        Border::Constant(value) => (3, u32::from(value) * 0x0101_0101),
    }
}

/// A tile of a kernel: the radius that its weights have room for, and the pixels it makes in a row.
struct Template {
    radius: u32,
    width: u32,
    names: [&'static str; 4],
}

const TEMPLATES: [Template; 2] = [
    Template { radius: 8, width: 48, names: ["small_1", "small_2", "small_3", "small_4"] },
    Template { radius: 16, width: 64, names: ["large_1", "large_2", "large_3", "large_4"] },
];
const PUT: [&str; 4] = ["put_1", "put_2", "put_3", "put_4"];

impl Template {
    /// Bytes of shared memory: the tables, and words for four rows of each channel.
    fn shared(&self, channels: u32) -> u32 {
        let columns = self.width + 2 * self.radius + 8;
        4 * (2 * TABLE as u32 + channels * 4 * (4 + self.radius / 8) * columns)
    }
}

/// `src` filtered into `dst`, pictures of one plane with the same format.
pub(crate) fn filter_on(
    stream: &Stream,
    filter: &Filter<'_>,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
) -> Result<()> {
    let dst = dst.as_view();
    check_format("src", src)?;
    if (dst.width(), dst.height(), dst.format()) != (src.width(), src.height(), src.format()) {
        return Err(Error::invalid(format!(
            "dst is {}x{} of {:?}, it must be as src, {}x{} of {:?}",
            dst.width(),
            dst.height(),
            dst.format(),
            src.width(),
            src.height(),
            src.format()
        )));
    }
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    let whole = Rect::new(0, 0, src.width(), src.height());
    run(stream, filter, &src.plane(0), &dst.plane(0), &[whole], false)
}

/// The whole of `picture`, of one plane, filtered in place.
pub(crate) fn filter_whole_on(
    stream: &Stream,
    filter: &Filter<'_>,
    picture: &mut DeviceViewMut<'_>,
) -> Result<()> {
    check_format("the picture", &picture.as_view())?;
    let whole = Rect::new(0, 0, picture.width(), picture.height());
    filter_boxes_on(stream, filter, picture, 0, &[whole])
}

/// Boxes of plane `index` of `picture`, of samples of 1 to 4 bytes, filtered in place, each as a plane of its own. Where
/// boxes overlap, which of them shows is open.
pub(crate) fn filter_boxes_on(
    stream: &Stream,
    filter: &Filter<'_>,
    picture: &mut DeviceViewMut<'_>,
    index: usize,
    boxes: &[Rect],
) -> Result<()> {
    let format = picture.format();
    if format.bits() != 8 || index >= format.planes() || format.bytes_per_pixel(index) > 4 {
        return Err(Error::unsupported(format!(
            "plane {index} of a picture of {format:?}; planes of 8 bits are blurred on the GPU, there are {} planes",
            format.planes()
        )));
    }
    stream.check_gpu("the picture", picture.as_view().gpu())?;
    let plane = picture.as_view().plane(index);
    if let Some((i, rect)) =
        boxes.iter().enumerate().find(|(_, rect)| !rect.fits(plane.width(), plane.height()))
    {
        return Err(Error::invalid(format!(
            "boxes[{i}] is {rect}, it must lie in the {}x{} pixels; roi clips boxes",
            plane.width(),
            plane.height()
        )));
    }
    run(stream, filter, &plane, &plane, boxes, true)
}

fn check_format(name: &str, view: &DeviceView<'_>) -> Result<()> {
    let format = view.format();
    if format.planes() == 1 && format.bits() == 8 && matches!(format.bytes_per_pixel(0), 1 | 3 | 4) {
        return Ok(());
    }
    Err(Error::unsupported(format!(
        "{name} is {format:?}; pictures of one plane of 8 bits are blurred on the GPU, RGB and GRAY8: convert first"
    )))
}

/// `boxes`, which lie in both planes, of `from` filtered into `to`.
fn run(
    stream: &Stream,
    filter: &Filter<'_>,
    from: &DevicePlane<'_>,
    to: &DevicePlane<'_>,
    boxes: &[Rect],
    in_place: bool,
) -> Result<()> {
    if from.width().max(from.height()) > LONGEST {
        return Err(Error::unsupported(format!(
            "the picture is {}x{}, {LONGEST} pixels a side are blurred",
            from.width(),
            from.height()
        )));
    }
    let boxes = with_pixels(boxes);
    let reach = [filter.across.reach(), filter.down.reach()];
    let radius = reach.as_flattened().iter().copied().max().unwrap_or_default();
    let Some(template) = TEMPLATES.iter().find(|template| radius <= template.radius) else {
        return any::run(stream, filter, from, to, &boxes);
    };
    let mut args = arguments(filter, template, from);
    let memory = [from.pending(), to.pending()];
    for boxes in boxes.chunks(BOXES) {
        let tiles = deal(&mut args, boxes, from, template.width)?;
        if in_place {
            in_two_launches(stream, filter, template, &mut args, from, tiles)?;
        } else {
            // A single row may have no pitch, and 0 means something else.
            (args.to, args.to_pitch) = (to.address(), to.pitch().max(1) as u64);
            let kernel = stream.device().kernel(filter.source, template.names[from.channels() - 1])?;
            // SAFETY: the kernel's own arguments: two planes whose Pending are given, and boxes inside both, beyond
            // which it reads and writes nothing; `to` was borrowed to be written.
            unsafe { stream.launch(&kernel, template.grid(tiles, from.channels()), &args, &memory) }?;
        }
    }
    Ok(())
}

/// The boxes into scratch, tile after tile, and from there to where they were.
fn in_two_launches(
    stream: &Stream,
    filter: &Filter<'_>,
    template: &Template,
    args: &mut Args,
    plane: &DevicePlane<'_>,
    tiles: u32,
) -> Result<()> {
    let channels = plane.channels();
    let bytes = tiles as usize * (TILE_ROWS * template.width) as usize * channels;
    let scratch = stream.tensor(&[bytes], DType::U8)?;
    (args.to, args.to_pitch) = (scratch.address(), 0);
    let memory: [&Pending; 2] = [plane.pending(), scratch.pending()];
    let kernel = stream.device().kernel(filter.source, template.names[channels - 1])?;
    // SAFETY: as in `run`; the scratch has room for every tile.
    unsafe { stream.launch(&kernel, template.grid(tiles, channels), args, &memory) }?;
    let put = stream.device().kernel(filter.source, PUT[channels - 1])?;
    let grid = Grid { blocks: (tiles, 1, 1), threads: (16, 16, 1), shared: 0 };
    // SAFETY: the same arguments; it reads the tiles and writes the boxes, of a plane that was borrowed to be written.
    unsafe { stream.launch(&put, grid, args, &memory) }
}

impl Template {
    fn grid(&self, tiles: u32, channels: usize) -> Grid {
        Grid { blocks: (tiles, 1, 1), threads: (THREADS, 1, 1), shared: self.shared(channels as u32) }
    }
}

/// Those of `boxes` that have any.
fn with_pixels(boxes: &[Rect]) -> Cow<'_, [Rect]> {
    if boxes.iter().any(Rect::is_empty) {
        return Cow::Owned(boxes.iter().copied().filter(|rect| !rect.is_empty()).collect());
    }
    Cow::Borrowed(boxes)
}

/// Everything but the boxes and where they go.
fn arguments(filter: &Filter<'_>, template: &Template, from: &DevicePlane<'_>) -> Args {
    let (border, outside) = border_of(filter.border);
    let ([left, right], [above, below]) = (filter.across.reach(), filter.down.reach());
    // A weight of 256 is one of 1 whose sums are taken a byte higher.
    let (low, high) = if filter.down.is_identity() { (0x7632, 0x5410) } else { (0x5410, 0x7632) };
    let (pick, round, factor, fixed) = match filter.finish {
        Finish::Weighted if filter.across.is_identity() => (1, 1 << 7, 0, 0),
        Finish::Weighted => (2, 1 << 15, 0, 0),
        Finish::Fixed { offset, factor } => (3, offset, 2 * factor, 1),
        Finish::Float(factor) => (0, 0, factor.to_bits(), 0),
    };
    Args {
        at: from.address(),
        pitch: from.pitch() as u64,
        to: 0,
        to_pitch: 0,
        count: 0,
        aligned: u32::from(aligned(from)),
        border,
        outside,
        reach: [left, right, above, below],
        low,
        high,
        pick,
        round,
        factor,
        fixed,
        tile_width: template.width,
        unused: 0,
        across: filter.across.table(template.radius),
        down: filter.down.table(template.radius),
        boxes: [Tiled::default(); BOXES],
    }
}

/// Whether tiles can begin so that four pixels of each row lie on whole words.
fn aligned(plane: &DevicePlane<'_>) -> bool {
    let (address, pitch) = (plane.address(), plane.pitch() as u64);
    match plane.channels() {
        4 => address.is_multiple_of(4) && pitch.is_multiple_of(16),
        2 => address.is_multiple_of(2) && pitch.is_multiple_of(8),
        _ => pitch.is_multiple_of(4),
    }
}

/// Pixels that the first tile of a box begins left of it; as `Tile` in the kernel.
fn phase(address: u64, channels: u64) -> u32 {
    let pixels = if channels == 3 { address.wrapping_mul(3) } else { address / channels };
    (pixels & 3) as u32
}

/// Fills in the boxes; how many tiles they have.
fn deal(args: &mut Args, boxes: &[Rect], plane: &DevicePlane<'_>, tile_width: u32) -> Result<u32> {
    let (channels, mut tiles) = (plane.channels() as u64, 0u64);
    for (tiled, rect) in args.boxes.iter_mut().zip(boxes) {
        *tiled = Tiled { x: rect.x, y: rect.y, width: rect.width, height: rect.height, first: tiles as u32 };
        let at = plane.address() + u64::from(rect.y) * plane.pitch() as u64 + u64::from(rect.x) * channels;
        let before = if args.aligned == 1 { phase(at, channels) } else { 0 };
        let columns = (rect.width + before).div_ceil(tile_width);
        tiles += u64::from(columns) * u64::from(rect.height.div_ceil(TILE_ROWS));
    }
    args.count = boxes.len() as u32;
    tile_count(tiles)
}

/// Blocks of a launch.
pub(super) fn tile_count(tiles: u64) -> Result<u32> {
    i32::try_from(tiles).map(i32::cast_unsigned).map_err(|_| {
        Error::unsupported(format!(
            "the boxes have {tiles} tiles, {} are blurred at once; give fewer boxes",
            i32::MAX
        ))
    })
}
