//! The same on pictures in GPU memory.

mod any;
mod args;
mod boxes;
mod frames;
mod masks;
mod near;
mod whole;

use any::any;
use boxes::{FEW, MANY, PICTURES};
use whole::whole;

use super::plan::{self, Layout, Method};
use super::{Blocks, Blur, Redaction, Region};
use crate::cuda::{Header, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{Color, DeviceView, DeviceViewMut};

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
    hide(How { stream, layout: &layout, method: &method }, frame, regions)
}

/// How regions of a picture are hidden, and the stream that it is handed to.
#[derive(Clone, Copy)]
struct How<'a> {
    stream: &'a Stream,
    layout: &'a Layout,
    method: &'a Method,
}

/// Hides `regions`, whose numbers are finite, of a picture that was checked.
fn hide(how: How<'_>, frame: &mut DeviceViewMut<'_>, regions: &[Region<'_>]) -> Result<usize> {
    if !boxes::suits(how.method, regions) {
        return any(how, frame, regions);
    }
    let mut hidden = 0;
    for regions in regions.chunks(MANY) {
        hidden += if regions.len() <= FEW {
            whole::<1, FEW>(how, frame, regions)?
        } else {
            whole::<PICTURES, MANY>(how, frame, regions)?
        };
    }
    Ok(hidden)
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
