//! The same on pictures in GPU memory.

mod args;
mod boxes;
mod frames;
mod masks;
mod near;
mod whole;

use args::{Batch, all_of_a_box};
use boxes::{FEW, MANY, PICTURES};
use masks::Bits;
use whole::whole;

use super::levels::{TOGETHER, apart, levels};
use super::plan::{self, Blurs, Effect, Layout, Method, Place};
use super::{Blocks, Blur, Redaction, Region};
use crate::cuda::{DType, DeviceTensor, Grid, Header, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{Color, DeviceView, DeviceViewMut, MAX_PLANES, Rect};
use crate::ops::gaussian_blur::cuda::blur_rects_on;
use crate::ops::rows::chroma_shift;

pub use frames::redact_frames_on;

static SOURCE: KernelSource = KernelSource {
    name: "redact",
    text: include_str!("kernel.cu"),
    headers: &[TYPES, ITEMS, BOXES, TAPS, SPREAD, SOFTEN],
};

const ITEMS: Header = Header { name: "redact_items.cuh", text: include_str!("redact_items.cuh") };
const BOXES: Header = Header { name: "redact_boxes.cuh", text: include_str!("redact_boxes.cuh") };
const TAPS: Header = Header { name: "redact_taps.cuh", text: include_str!("redact_taps.cuh") };
const SPREAD: Header = Header { name: "redact_spread.cuh", text: include_str!("redact_spread.cuh") };
const SOFTEN: Header = Header { name: "redact_soften.cuh", text: include_str!("redact_soften.cuh") };

/// Hides `regions` of a picture in GPU memory, one after the other; returns how many of them lay in the picture.
///
/// |           | layout              | element | shape    | pitch (bytes) |
/// |-----------|---------------------|---------|----------|---------------|
/// | `frame`   | any [`PixelFormat`](crate::frame::PixelFormat), windows | `u8`, read and written | `(h, w)` | any |
/// | `regions` | boxes, in host memory | `f32` pixels | `n` |            |
/// | masks     | one value a cell, in host memory | `u8` or `f32` | `(mh, mw)` | packed |
///
/// The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. Boxes and ellipses
/// travel with it. A mask is sampled on the CPU and copied to the GPU, which takes longer than hiding a box.
///
/// Regions that do not overlap are worked on at the same time: up to 128 boxes, or with ellipses and masks among them up to
/// 128 boxes of planes and 48 ellipses at once; one
/// that overlaps earlier ones begins when these are done. Boxes that lie apart take one launch for all planes, and one more
/// where some are too small for what is asked. [`Blur::Kernel`] takes a launch for up to 64 boxes on GPUs of compute capability
/// 9.0 or more where its boxes lie apart and are of ordinary size, one for each plane where chroma's planes are three or not
/// subsampled, else two for each; two more where ellipses or
/// masks cover boxes in part; and a GPU of compute capability 7.5 or more. [`redact_frames_on`] hides boxes of several pictures
/// in one launch.
///
/// Backends and parity: the same bytes as [`redact`](super::redact) on the CPU, on every window.
///
/// # Errors
/// As [`redact`](super::redact); `Unsupported` for pictures of more than 65,535 pixels a side, `Residency` when the picture is another GPU's, `Library` and `Cuda` when a kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::redact::{Blocks, Redaction, redact_on};
/// # use dsframe::roi::BBox;
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let mut map = batch.surface(0)?.device_view_mut()?;
/// let faces = [BBox::xywh(160.0, 80.0, 24.0, 30.0).into(), BBox::xywh(400.0, 60.0, 28.0, 33.0).into()];
/// redact_on(&stream, &mut map.view_mut(), &faces, Redaction::Pixelate(Blocks::Across(6)))?;
/// map.finish()
/// # }
/// ```
pub fn redact_on(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    regions: &[Region<'_>],
    how: Redaction,
) -> Result<usize> {
    let (layout, method) = checked(stream, &frame.as_view(), regions, how)?;
    hide(stream, frame, &layout, &method, regions)
}

/// Hides `regions`, whose numbers are finite, of a picture that was checked.
fn hide(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    layout: &Layout,
    method: &Method,
    regions: &[Region<'_>],
) -> Result<usize> {
    if !boxes::suits(method, regions) {
        return any(stream, frame, layout, method, regions);
    }
    let mut hidden = 0;
    for regions in regions.chunks(MANY) {
        hidden += if regions.len() <= FEW {
            whole::<1, FEW>(stream, frame, layout, method, regions)?
        } else {
            whole::<PICTURES, MANY>(stream, frame, layout, method, regions)?
        };
    }
    Ok(hidden)
}

/// Hides regions of any kind.
#[inline(never)]
fn any(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    layout: &Layout,
    method: &Method,
    regions: &[Region<'_>],
) -> Result<usize> {
    let places = plan::boxes(layout, regions)?;
    let bits = Bits::upload(stream, layout, method, &places)?;
    let mut work = Work::new(stream, frame, layout, method, bits);
    for (first, places) in places.chunks(TOGETHER).enumerate() {
        work.all(first * TOGETHER, places)?;
    }
    Ok(places.len())
}

/// [`redact_on`] with [`Redaction::Fill`].
///
/// # Errors
/// As [`redact_on`].
pub fn fill_on(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    regions: &[Region<'_>],
    color: Color,
) -> Result<usize> {
    redact_on(stream, frame, regions, Redaction::Fill(color))
}

/// [`redact_on`] with [`Redaction::Pixelate`].
///
/// # Errors
/// As [`redact_on`].
pub fn pixelate_on(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    regions: &[Region<'_>],
    blocks: Blocks,
) -> Result<usize> {
    redact_on(stream, frame, regions, Redaction::Pixelate(blocks))
}

/// [`redact_on`] with [`Redaction::Blur`].
///
/// # Errors
/// As [`redact_on`].
pub fn blur_on(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    regions: &[Region<'_>],
    strength: Blur,
) -> Result<usize> {
    redact_on(stream, frame, regions, Redaction::Blur(strength))
}

/// How `regions` of `frame` are hidden, when nothing is wrong with them.
#[inline]
fn checked(
    stream: &Stream,
    frame: &DeviceView<'_>,
    regions: &[Region<'_>],
    how: Redaction,
) -> Result<(Layout, Method)> {
    let layout = Layout::of_device(frame);
    let method = Method::new(how, &layout)?;
    stream.check_gpu("frame", frame.gpu())?;
    if layout.size.0.max(layout.size.1) > u32::from(u16::MAX) {
        return Err(Error::unsupported(format!(
            "frame is {}x{}, the GPU hides parts of pictures of up to 65535x65535; crop it; nothing was hidden",
            layout.size.0, layout.size.1
        )));
    }
    match regions.iter().position(|region| !region.bbox.is_finite()) {
        Some(i) => Err(plan::not_finite(i)),
        None => Ok((layout, method)),
    }
}

/// What kernels work on, and the stream that they are handed to.
struct Target<'w, 'f> {
    stream: &'w Stream,
    frame: &'w mut DeviceViewMut<'f>,
    bits: Option<Bits>,
}

/// What is handed over, until there is enough for a launch.
struct Work<'w, 'f> {
    to: Target<'w, 'f>,
    layout: &'w Layout,
    method: &'w Method,
    hidden: Option<Batch>,
    /// Boxes that small pictures are spread over; with [`Method::Kernel`], those that are not blurred wholly.
    spread: Option<Batch>,
    /// Boxes of each plane that are blurred with a kernel.
    blurred: [Vec<Rect>; MAX_PLANES],
}

impl<'w, 'f> Work<'w, 'f> {
    fn new(
        stream: &'w Stream,
        frame: &'w mut DeviceViewMut<'f>,
        layout: &'w Layout,
        method: &'w Method,
        bits: Option<Bits>,
    ) -> Self {
        let to = Target { stream, frame, bits };
        Self { to, layout, method, hidden: None, spread: None, blurred: Default::default() }
    }

    /// Hides `places`, of which the first has number `first`.
    fn all(&mut self, first: usize, places: &[Place<'_>]) -> Result<()> {
        // Boxes are whole chroma samples: those that share none in one plane share none in another.
        if apart(places.iter().map(|place| place.rect)) {
            return self.level(places.iter().enumerate().map(|(i, place)| (first + i, place)));
        }
        let levels = levels(&places.iter().map(|place| place.rect).collect::<Vec<_>>());
        for level in 0..=levels.iter().copied().max().unwrap_or_default() {
            let here = places.iter().enumerate().filter(|(i, _)| levels[*i] == level);
            self.level(here.map(|(i, place)| (first + i, place)))?;
        }
        Ok(())
    }

    /// Hides places that do not overlap, of these numbers.
    fn level<'p>(&mut self, places: impl Iterator<Item = (usize, &'p Place<'p>)>) -> Result<()> {
        for (number, place) in places {
            for plane in 0..self.layout.format.planes() {
                self.add(number, place, plane)?;
            }
        }
        self.flush_hidden()?;
        self.flush_spread()
    }

    fn add(&mut self, number: usize, place: &Place<'_>, plane: usize) -> Result<()> {
        let job = place.job(self.layout, self.method, plane);
        let mask = self.to.bits.as_ref().map_or((0, 0), |bits| bits.part(number, plane));
        let blurred = matches!(job.effect, Effect::Blur(_));
        if matches!(job.effect, Effect::Shrink(..)) || (blurred && job.cover.is_some()) {
            let (frame, layout) = (&*self.to.frame, self.layout);
            let batch = self.spread.get_or_insert_with(|| Batch::new(&frame.as_view(), layout, None));
            if !batch.push(&job, plane, mask) {
                self.flush_spread()?;
                if let Some(batch) = &mut self.spread {
                    batch.push(&job, plane, mask);
                }
            }
        } else if !blurred {
            let (frame, layout, method) = (&*self.to.frame, self.layout, self.method);
            let batch = self.hidden.get_or_insert_with(|| {
                let fill = if let Method::Fill(samples) = method { Some(*samples) } else { None };
                Batch::new(&frame.as_view(), layout, fill)
            });
            if !batch.push(&job, plane, mask) {
                self.flush_hidden()?;
                if let Some(batch) = &mut self.hidden {
                    batch.push(&job, plane, mask);
                }
            }
        }
        if blurred {
            self.blurred[plane].push(job.rect);
        }
        Ok(())
    }

    fn flush_hidden(&mut self) -> Result<()> {
        let Some(batch) = self.hidden.as_ref().filter(|batch| !batch.is_empty()) else { return Ok(()) };
        self.to.launch("hide", batch.grid(), ((128, 1, 1), 0), &batch.args)?;
        self.hidden.iter_mut().for_each(Batch::clear);
        Ok(())
    }

    fn flush_spread(&mut self) -> Result<()> {
        if let Method::Kernel(blurs) = self.method {
            return self.flush_blurred(blurs);
        }
        let Some(batch) = self.spread.as_mut().filter(|batch| !batch.is_empty()) else { return Ok(()) };
        let little = batch.is_little();
        let small =
            if little { None } else { Some(self.to.stream.tensor(&[batch.small_bytes()], DType::U8)?) };
        batch.args.head.scratch = small.as_ref().map_or(0, DeviceTensor::address);
        let batch = &*batch;
        if !little {
            let (grid, args) = batch.shrinking();
            self.to.launch("shrink", grid, ((64, 1, 1), 0), args.as_ref().unwrap_or(&batch.args))?;
            self.to.launch("spread", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
        } else {
            let [blocks, threads, shared] = all_of_a_box(self.to.stream.device().arch(), batch.len());
            self.to.launch("soften", (blocks * batch.len(), 1, 1), ((threads, 1, 1), shared), &batch.args)?;
        }
        self.spread.iter_mut().for_each(Batch::clear);
        Ok(())
    }

    /// Blurs whole boxes, and gives those that are covered in part their other samples back.
    fn flush_blurred(&mut self, Blurs { luma, chroma }: &Blurs) -> Result<()> {
        let kept = self.keep()?;
        for (plane, rects) in self.blurred.iter_mut().enumerate().filter(|(_, rects)| !rects.is_empty()) {
            let blur = if chroma_shift(self.layout.format, plane) == (0, 0) { luma } else { chroma };
            blur_rects_on(self.to.stream, self.to.frame, plane, rects, blur)?;
            rects.clear();
        }
        if let (Some(_), Some(batch)) = (kept, &mut self.spread) {
            batch.args.head.restore = 1;
            let batch = &*batch;
            self.to.launch("keep", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
            self.spread.iter_mut().for_each(Batch::clear);
        }
        Ok(())
    }

    /// Copies what is to stay of boxes that are covered in part; `None` where there are none.
    fn keep(&mut self) -> Result<Option<DeviceTensor>> {
        let Some(batch) = self.spread.as_mut().filter(|batch| !batch.is_empty()) else { return Ok(None) };
        let kept = self.to.stream.tensor(&[batch.small_bytes()], DType::U8)?;
        (batch.args.head.scratch, batch.args.head.restore) = (kept.address(), 0);
        let batch = &*batch;
        self.to.launch("keep", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
        Ok(Some(kept))
    }
}

impl Target<'_, '_> {
    fn launch<A: KernelArgs>(
        &self,
        entry: &'static str,
        blocks: (u32, u32, u32),
        (threads, shared): ((u32, u32, u32), u32),
        args: &A,
    ) -> Result<()> {
        let kernel = self.stream.device().kernel(&SOURCE, entry)?;
        let grid = Grid { blocks, threads, shared };
        let frame = self.frame.as_view();
        let pending = frame.pending();
        let bits = self.bits.as_ref().map_or(pending, |bits| bits.tensor.pending());
        // SAFETY: the boxes were clipped to the planes of the view, whose Pending is given and which was borrowed to be
        // written; the grid has a block for each tile of the items, and those of a row behind an item's last tile return. Small pictures lie in a tensor of their sizes'
        // sum, taken for this stream, as does the masks' one, whose rows are those of the boxes.
        unsafe { self.stream.launch(&kernel, grid, args, &[pending, bits]) }
    }
}
