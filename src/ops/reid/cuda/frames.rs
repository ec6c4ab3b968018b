//! Boxes of several frames, as a batch of streams has them, in one tensor.

use super::{DeviceReidBatch, Item, SOURCE, Target, check, check_out, entries, grid};
use crate::cuda::{DeviceTensor, Element, KernelArgs, Stream};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, Pending};
use crate::ops::color::cuda::Source;
use crate::ops::reid::frames::check_frames;
use crate::ops::reid::{ReidSpec, Windows};
use crate::roi::BBox;

/// Frames and boxes of one launch: what its argument has room for.
const FRAMES: usize = 32;
const ITEMS: usize = 76;

/// A box, its frame and which item of the tensor it is; laid out as `Placed` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Placed {
    item: Item,
    frame: u32,
    place: u32,
}

/// Laid out as `FramesArgs` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: Source,
    to: Target,
    shifts: [u64; FRAMES],
    items: [Placed; ITEMS],
}

const _: () = assert!(size_of::<Args>() == 4072, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the source.
unsafe impl KernelArgs for Args {}

/// Makes a new tensor of boxes of several frames in GPU memory, each with the index of its frame;
/// [`reid_frames`](crate::ops::reid::reid_frames) on the GPU.
///
/// |          | layout                               | element            | shape                          | pitch (bytes) |
/// |----------|--------------------------------------|--------------------|--------------------------------|---------------|
/// | `frames` | any [`PixelFormat`], windows         | `u8`, `u16`        | `(h, w)` each                  | any           |
/// | `boxes`  | index of the frame, its float pixels | `f32`              | `n`                            |               |
/// | result   | [`Layout::Nchw`] or [`Layout::Nhwc`] | `f32`, `f16`, `u8` | `(n, 3, H, W)`, `(n, H, W, 3)` | packed        |
///
/// Items keep the order of the boxes, whatever the order of their frames. A box around a whole frame makes a batch of
/// frames one tensor, for a detector. The work is handed over to `stream`: one launch for up to 76 boxes of up to 32 frames
/// that have one format, size, pitch and distance between their planes, as a muxer's surfaces do; others
/// take a launch for each such set. When it is waited for, the [`cuda`](crate::cuda) page says.
///
/// Backends and parity: the bits of [`reid_frames`](crate::ops::reid::reid_frames).
///
/// # Errors
/// As [`reid_batch_on`](super::reid_batch_on), and when a box is of a frame that is not there. Nothing is handed over then.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::reid::{ReidSpec, reid_frames_on};
/// # use dsframe::roi::BBox;
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>, boxes: &[(usize, BBox)]) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let maps = (0..batch.len()).map(|i| batch.surface(i)?.device_view()).collect::<dsframe::Result<Vec<_>>>()?;
/// let frames: Vec<_> = maps.iter().map(|map| map.view()).collect();
/// let items = reid_frames_on::<f32>(&stream, &frames, boxes, &ReidSpec::TORCHREID)?;
/// assert_eq!(items.tensor.shape(), [boxes.len(), 3, 256, 128]);
/// # Ok(())
/// # }
/// ```
///
/// [`PixelFormat`]: crate::frame::PixelFormat
/// [`Layout::Nchw`]: crate::ops::reid::Layout::Nchw
/// [`Layout::Nhwc`]: crate::ops::reid::Layout::Nhwc
pub fn reid_frames_on<T: Element>(
    stream: &Stream,
    frames: &[DeviceView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
) -> Result<DeviceReidBatch> {
    let sources = check_all(stream, frames, boxes, spec)?;
    let mut tensor = stream.tensor(&spec.shape(boxes.len()), T::DTYPE)?;
    let windows = run(stream, (frames, &sources), boxes, spec, &mut tensor)?;
    Ok(DeviceReidBatch { tensor, windows })
}

/// Writes the items of boxes of several frames into the first of `out`, whose element decides what is written; items
/// beyond the boxes' number stay as they are.
///
/// # Errors
/// As [`reid_frames_on`] and [`reid_batch_into_on`](super::reid_batch_into_on).
pub fn reid_frames_into_on(
    stream: &Stream,
    frames: &[DeviceView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
    out: &mut DeviceTensor,
) -> Result<Windows> {
    let sources = check_all(stream, frames, boxes, spec)?;
    check_out(stream, out, boxes.len(), spec)?;
    run(stream, (frames, &sources), boxes, spec, out)
}

fn check_all(
    stream: &Stream,
    frames: &[DeviceView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
) -> Result<Vec<Source>> {
    spec.check()?;
    check_frames(boxes, frames.len())?;
    let named = |i: usize, error: Error| Error::new(error.kind(), format!("frame {i}: {error}"));
    frames.iter().enumerate().map(|(i, frame)| check(stream, frame, spec).map_err(|e| named(i, e))).collect()
}

/// Hands over the boxes; `out` has room for them, and all was checked.
fn run(
    stream: &Stream,
    (frames, sources): (&[DeviceView<'_>], &[Source]),
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
    out: &mut DeviceTensor,
) -> Result<Windows> {
    let clip = |(frame, bbox): &(usize, BBox)| bbox.clip(frames[*frame].width(), frames[*frame].height());
    let windows: Windows = boxes.iter().map(clip).collect();
    let alike: Vec<_> = (0..sources.len()).map(|i| first_alike(sources, i)).collect();
    // Boxes of frames that are alike after each other, and those of a frame.
    let mut order: Vec<usize> = (0..boxes.len()).collect();
    order.sort_by_key(|&i| (alike[boxes[i].0].0, boxes[i].0));
    for run in order.chunk_by(|&a, &b| alike[boxes[a].0].0 == alike[boxes[b].0].0) {
        let first = alike[boxes[run[0]].0].0;
        let to = Target::of(frames[first].format(), spec, out)?;
        let kernel = stream.device().kernel(&SOURCE, entries(sources[first].kind)[1])?;
        let mut rest = run;
        while !rest.is_empty() {
            let mut args =
                Args { src: sources[first], to, shifts: [0; FRAMES], items: [Placed::default(); ITEMS] };
            let (mut used, mut count) = (Vec::with_capacity(FRAMES), 0);
            for &i in rest.iter().take(ITEMS) {
                let frame = boxes[i].0;
                if used.last() != Some(&frame) {
                    if used.len() == FRAMES {
                        break;
                    }
                    args.shifts[used.len()] = alike[frame].1;
                    used.push(frame);
                }
                let item = Item::of(windows[i], spec);
                args.items[count] = Placed { item, frame: used.len() as u32 - 1, place: i as u32 };
                count += 1;
            }
            rest = &rest[count..];
            let memory: Vec<&Pending> =
                used.iter().map(|&i| frames[i].pending()).chain([out.pending()]).collect();
            // SAFETY: the kernel's own `Args`: pictures whose Pending are given and that differ from `src` by the shift
            // of each, windows clipped to them, and items of `out`, borrowed to be written, whose places are below
            // the number of boxes, for which it was checked to have room.
            unsafe { stream.launch(&kernel, grid(spec, count), &args, &memory) }?;
        }
    }
    Ok(windows)
}

/// The first of `sources` that differs from the one at `at` by a shift alone, and the shift.
fn first_alike(sources: &[Source], at: usize) -> (usize, u64) {
    let shift = |i: usize| sources[i].shift_to(&sources[at]).map(|shift| (i, shift));
    (0..at).find_map(shift).unwrap_or((at, 0))
}
