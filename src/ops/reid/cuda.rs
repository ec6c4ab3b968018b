//! The same tensor from boxes of a picture in GPU memory, in one kernel.

mod frames;

pub use frames::{reid_frames_into_on, reid_frames_on};

use super::job::ordered;
use super::{ChannelOrder, Layout, Norm, ReidSpec, Windows};
use crate::cuda::{DType, DeviceTensor, Element, Grid, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, PixelFormat, Rect};
use crate::ops::color::cuda::{ANY, Kind, PIXELS, Source};
use crate::ops::resize::cuda::TAPS;
use crate::roi::{BBox, Dropped};

use super::Fit;

static SOURCE: KernelSource =
    KernelSource { name: "reid", text: include_str!("kernel.cu"), headers: &[TYPES, PIXELS, ANY, TAPS] };

/// Columns that a warp makes, and rows of a block.
const SPAN: u32 = 128;
const ROWS: u32 = 16;
/// Warps of a block.
const WARPS: u32 = 4;
/// Boxes of one launch: what its argument has room for.
const ITEMS: usize = 95;

/// A box and where it goes; laid out as `Item` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Item {
    scale: [f64; 2],
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    left: u16,
    top: u16,
    columns: u16,
    rows: u16,
}

/// The tensor, and what becomes of a pixel; laid out as `Target` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Target {
    out: u64,
    width: u32,
    height: u32,
    pairs: [u32; 2],
    norm: [[f32; 3]; 2],
    blank: u32,
    element: u32,
    pixels: u32,
    wide: u32,
}

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: Source,
    to: Target,
    items: [Item; ITEMS],
}

const _: () = assert!(size_of::<Args>() == 3968, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the source.
unsafe impl KernelArgs for Args {}

/// The boxes of a frame as a tensor in GPU memory.
#[derive(Debug)]
pub struct DeviceReidBatch {
    /// One item per box, in the boxes' order; zeros where there was no pixel.
    pub tensor: DeviceTensor,
    /// What became of each box.
    pub windows: Windows,
}

/// Makes a new tensor of `boxes` of a frame in GPU memory; [`reid_batch`](super::reid_batch) on the GPU.
///
/// |         | layout                                           | element            | shape                          | pitch (bytes) |
/// |---------|--------------------------------------------------|--------------------|--------------------------------|---------------|
/// | `frame` | any [`PixelFormat`], windows                     | `u8`, `u16`        | `(h, w)`                       | any           |
/// | `boxes` | float pixels of the frame                        | `f32`              | `n`                            |               |
/// | result  | [`Layout::Nchw`] or [`Layout::Nhwc`]             | `f32`, `f16`, `u8` | `(n, 3, H, W)`, `(n, H, W, 3)` | packed        |
///
/// The work is handed over to `stream`, one launch for up to 95 boxes, which travel in its argument; when it is waited
/// for, the [`cuda`](crate::cuda) page says. The tensor is the stream's from its pool.
///
/// Backends and parity: the bits of [`reid_batch`](super::reid_batch), in all three elements.
///
/// # Errors
/// `InvalidArgument` when a side of the network's input is 0 or above 16384, `Residency` when the frame is another GPU's, `Library` and `Cuda` when the kernel
/// cannot be compiled or run, or there is not enough memory.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::reid::{ReidSpec, reid_batch_on};
/// # use dsframe::roi::BBox;
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>, boxes: &[BBox]) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let map = batch.surface(0)?.device_view()?;
/// let batch = reid_batch_on::<f32>(&stream, &map.view(), boxes, &ReidSpec::TORCHREID)?;
/// assert_eq!(batch.tensor.shape(), [boxes.len(), 3, 256, 128]);
/// let for_the_network = batch.tensor.into_dlpack_for(&stream)?;
/// # drop(for_the_network);
/// map.finish()
/// # }
/// ```
pub fn reid_batch_on<T: Element>(
    stream: &Stream,
    frame: &DeviceView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
) -> Result<DeviceReidBatch> {
    let source = check(stream, frame, spec)?;
    let mut tensor = stream.tensor(&spec.shape(boxes.len()), T::DTYPE)?;
    let windows = run(stream, (frame, source), boxes, spec, &mut tensor)?;
    Ok(DeviceReidBatch { tensor, windows })
}

/// Writes the items of `boxes` into the first of `out`, whose element decides what is written; items beyond the
/// boxes' number stay as they are.
///
/// # Errors
/// As [`reid_batch_on`], and when `out` is on another GPU or has not [`ReidSpec::shape`] of at least as many items as
/// there are boxes.
pub fn reid_batch_into_on(
    stream: &Stream,
    frame: &DeviceView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut DeviceTensor,
) -> Result<Windows> {
    let source = check(stream, frame, spec)?;
    check_out(stream, out, boxes.len(), spec)?;
    run(stream, (frame, source), boxes, spec, out)
}

fn check_out(stream: &Stream, out: &DeviceTensor, boxes: usize, spec: &ReidSpec) -> Result<()> {
    stream.check_gpu("out", out.stream().device().gpu())?;
    let [n, item @ ..] = spec.shape(boxes);
    if out.shape().len() != 4 || out.shape()[0] < n || out.shape()[1..] != item {
        return Err(Error::invalid(format!(
            "out has shape {:?}, {n} boxes need {:?} or more items of that shape",
            out.shape(),
            spec.shape(n)
        )));
    }
    Ok(())
}

fn check(stream: &Stream, frame: &DeviceView<'_>, spec: &ReidSpec) -> Result<Source> {
    spec.check()?;
    let source = Source::of_any(frame);
    stream.check_gpu("frame", frame.gpu())?;
    Ok(source)
}

/// Hands over the boxes; `out` has room for them, and all was checked.
fn run(
    stream: &Stream,
    (frame, source): (&DeviceView<'_>, Source),
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut DeviceTensor,
) -> Result<Windows> {
    let mut to = Target::of(frame.format(), spec, out)?;
    let windows: Windows = boxes.iter().map(|bbox| bbox.clip(frame.width(), frame.height())).collect();
    if boxes.is_empty() {
        return Ok(windows);
    }
    let kernel = stream.device().kernel(&SOURCE, entries(source.kind)[0])?;
    let item_bytes = (spec.item_len() * out.dtype().size()) as u64;
    for (n, part) in windows.chunks(ITEMS).enumerate() {
        to.out = out.address() + (n * ITEMS) as u64 * item_bytes;
        let mut args = Args { src: source, to, items: [Item::default(); ITEMS] };
        args.items.iter_mut().zip(part).for_each(|(item, window)| *item = Item::of(*window, spec));
        // SAFETY: the kernel's own `Args`: a picture whose Pending is given, windows clipped to it, and as many items
        // of `out`, borrowed to be written, as it was checked to have.
        unsafe { stream.launch(&kernel, grid(spec, part.len()), &args, &[frame.pending(), out.pending()]) }?;
    }
    Ok(windows)
}

/// The kernels for boxes of one frame and of several.
fn entries(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Packed4 => ["packed4_to_items", "packed4_to_items_of_frames"],
        Kind::Packed3 => ["packed3_to_items", "packed3_to_items_of_frames"],
        Kind::Gray => ["gray_to_items", "gray_to_items_of_frames"],
        Kind::Yuv => ["yuv_to_items", "yuv_to_items_of_frames"],
        Kind::Yuv422 | Kind::Yuv444 | Kind::Words => ["more_to_items", "more_to_items_of_frames"],
    }
}

fn grid(spec: &ReidSpec, items: usize) -> Grid {
    let blocks = (spec.width.div_ceil(SPAN), spec.height.div_ceil(ROWS), items as u32);
    Grid { blocks, threads: (32, WARPS, 1), shared: 0 }
}

impl Target {
    /// From frames of `format` to the first item of `out`.
    fn of(format: PixelFormat, spec: &ReidSpec, out: &DeviceTensor) -> Result<Self> {
        let element = match out.dtype() {
            DType::U8 => 0,
            DType::F16 => 1,
            DType::F32 => 2,
            other => {
                return Err(Error::invalid(format!(
                    "the tensor's elements are {other:?}, they must be U8, F16 or F32"
                )));
            }
        };
        // Where red, green and blue are in the words that the kernel samples.
        let offsets = match format.bytes_per_pixel(0) {
            4 => format.rgb_offsets().unwrap_or([0, 1, 2]),
            _ => [0, 1, 2],
        };
        let Norm { scale, bias } = spec.norm;
        let color = match spec.fit {
            Fit::Stretch => [0; 3],
            Fit::Pad { color, .. } => color,
        };
        let [r, g, b] = ordered(color, spec.order).map(u32::from);
        Ok(Self {
            out: out.address(),
            width: spec.width,
            height: spec.height,
            pairs: pairs(offsets, spec.order),
            norm: [ordered(scale, spec.order), ordered(bias, spec.order)],
            blank: r | g << 8 | b << 16,
            element,
            pixels: u32::from(spec.layout == Layout::Nhwc),
            // Tensors start at multiples of 256 bytes, and so every row and every item at multiples of four values.
            wide: u32::from(spec.width.is_multiple_of(4)),
        })
    }
}

/// `__byte_perm` selectors from two pixels to the bytes of planes 0 and 1 of both, and of plane 2.
fn pairs(offsets: [usize; 3], order: ChannelOrder) -> [u32; 2] {
    let [a, b, c] = ordered(offsets, order).map(|at| at as u32 | (at as u32 + 4) << 4);
    [a | b << 8, c]
}

impl Item {
    fn of(window: Result<Rect, Dropped>, spec: &ReidSpec) -> Self {
        let Ok(window) = window else { return Self::default() };
        let inner = spec.inner(window);
        // As the taps of `ops::resize` have it: the inverse of the inverse.
        let scale = |source: u32, target: u32| 1.0 / (f64::from(target) / f64::from(source));
        let [left, top, columns, rows] =
            [inner.x, inner.y, inner.width, inner.height].map(|side| side as u16);
        Self {
            scale: [scale(window.width, inner.width), scale(window.height, inner.height)],
            x: window.x,
            y: window.y,
            width: window.width,
            height: window.height,
            left,
            top,
            columns,
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_both_pixels_meet_in_the_planes_order() {
        // 0x5140: byte 0 of both, then byte 1 of both; 0x62: byte 2 of both.
        assert_eq!(pairs([0, 1, 2], ChannelOrder::Rgb), [0x5140, 0x62]);
        assert_eq!(pairs([0, 1, 2], ChannelOrder::Bgr), [0x5162, 0x40]);
        assert_eq!(pairs([3, 2, 1], ChannelOrder::Rgb), [0x6273, 0x51]);
    }

    #[test]
    fn boxes_lie_where_the_fit_puts_them() {
        let item = Item::of(Ok(Rect::new(5, 6, 100, 200)), &ReidSpec::BOXMOT);
        assert_eq!((item.x, item.y, item.width, item.height), (5, 6, 100, 200));
        assert_eq!((item.left, item.top, item.columns, item.rows), (0, 0, 128, 256));
        assert_eq!(item.scale, [1.0 / 1.28, 1.0 / 1.28]);
        let padded = Item::of(Ok(Rect::new(0, 0, 100, 400)), &ReidSpec::BOXMOT_PAD);
        assert_eq!((padded.left, padded.top, padded.columns, padded.rows), (32, 0, 64, 256));
        assert_eq!(Item::of(Err(Dropped::Outside), &ReidSpec::BOXMOT).width, 0);
    }
}
