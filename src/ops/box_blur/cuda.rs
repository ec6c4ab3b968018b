//! The same means of pictures in GPU memory.

use super::check_ksize;
use super::scalar::Mean;
use crate::cuda::{KernelSource, Stream};
use crate::error::Result;
use crate::frame::{DeviceView, DeviceViewMut, Rect};
use crate::ops::rows::Border;
use crate::ops::rows::separable::{self, Filter, Finish, Line};

static SOURCE: KernelSource =
    KernelSource { name: "box_blur", text: include_str!("kernel.cu"), headers: &separable::HEADERS };

/// Writes the mean of the `ksize` (width, height) pixels around each pixel of `src` to `dst`, both in GPU memory:
/// [`box_blur`](super::box_blur) there.
///
/// |        | layout                         | element | shape       | pitch (bytes) |
/// |--------|--------------------------------|---------|-------------|---------------|
/// | `src`  | RGB of 3 or 4 bytes, GRAY8; windows | `u8` | `(h, w, c)` | any          |
/// | `dst`  | the format of `src`            | `u8`    | `(h, w, c)` | any           |
///
/// `src` and `dst` are different memory; [`box_blur_mut_on`] works in place. A window is taken as a picture of its own.
/// The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. One launch, with boxes
/// of up to 33 pixels a side; larger ones take two, with running sums.
///
/// Backends and parity: the same bytes as on the CPU, on every window. A GPU of compute capability 7.5 or more is needed.
/// Four pixels are read at a time where the pitch is a multiple of 16 bytes for 4-byte pixels, whose address is one of
/// 4, and of 4 for others; other windows take longer.
///
/// # Errors
/// `InvalidArgument` for sizes as on the CPU, and when size or format of the two differ, `Unsupported` for YUV,
/// `Residency` when one of them is another GPU's, `Library` and `Cuda` when the kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
/// let stream = Device::new(0)?.stream()?;
/// let src = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Rgba, 1920, 1080).view())?;
/// let mut means = stream.image(PixelFormat::Rgba, 1920, 1080, Colorimetry::default())?;
/// dsframe::ops::box_blur::box_blur_on(&stream, &src.view(), &mut means.view_mut(), (15, 15))?;
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn box_blur_on(
    stream: &Stream,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
    ksize: (u32, u32),
) -> Result<()> {
    separable::filter_on(stream, &filter(ksize)?, src, dst)
}

/// Replaces `picture`, which may be a window, by its means; what lies around a window does not get in.
///
/// Contract and parity: those of [`box_blur_on`]. One launch for small pictures on a
/// GPU of compute capability 9.0 or more, else two: the means go to scratch of the stream's first.
///
/// # Errors
/// As [`box_blur_on`].
pub fn box_blur_mut_on(stream: &Stream, picture: &mut DeviceViewMut<'_>, ksize: (u32, u32)) -> Result<()> {
    separable::filter_whole_on(stream, &filter(ksize)?, picture)
}

/// Replaces `boxes` of plane `plane` of `picture` by their means, each as a picture of its own, up to 160 together.
///
/// Boxes are in samples of the plane; formats of several planes are taken too, NV12's chroma as pixels of 2 bytes. The result is that of [`box_blur_mut`](super::box_blur_mut) on each where they do not overlap. Where they do, each
/// sees the pixels of before, and which of them shows is open.
///
/// On a GPU of compute capability 9.0 or more, boxes that lie apart take one launch, those of more than 8 tiles of 64x64
/// pixels (48x64 with up to 17 weights a direction) another one where there are many, and those of more than 32 (16 on some
/// GPUs) two. So do all boxes on other GPUs, and where any two overlap.
///
/// # Errors
/// When a box does not lie in the plane, or the format has no such plane or more than 8 bits; nothing is touched then.
/// Else as [`box_blur_on`].
pub fn box_blur_boxes_on(
    stream: &Stream,
    picture: &mut DeviceViewMut<'_>,
    plane: usize,
    boxes: &[Rect],
    ksize: (u32, u32),
) -> Result<()> {
    separable::filter_boxes_on(stream, &filter(ksize)?, picture, plane, boxes, false)
}

fn filter(ksize: (u32, u32)) -> Result<Filter<'static>> {
    check_ksize(ksize)?;
    let finish = match Mean::new(ksize) {
        Mean::Fixed { offset, factor } => Finish::Fixed { offset, factor },
        Mean::Float(factor) => Finish::Float(factor),
    };
    let (across, down) = (Line::Ones(ksize.0), Line::Ones(ksize.1));
    Ok(Filter { source: &SOURCE, across, down, border: Border::default(), finish })
}
