//! The same blur of pictures in GPU memory.

use super::GaussianBlur;
use crate::cuda::{KernelSource, Stream};
use crate::error::Result;
use crate::frame::{DeviceView, DeviceViewMut, Rect};
use crate::ops::rows::separable::{self, Filter, Finish, Line};

static SOURCE: KernelSource =
    KernelSource { name: "gaussian_blur", text: include_str!("kernel.cu"), headers: &separable::HEADERS };

/// Blurs `src` into `dst`, both in GPU memory: [`gaussian_blur`](super::gaussian_blur) there.
///
/// |        | layout                         | element | shape       | pitch (bytes) |
/// |--------|--------------------------------|---------|-------------|---------------|
/// | `src`  | RGB of 3 or 4 bytes, GRAY8; windows | `u8` | `(h, w, c)` | any          |
/// | `dst`  | the format of `src`            | `u8`    | `(h, w, c)` | any           |
///
/// `src` and `dst` are different memory; [`gaussian_blur_mut_on`] works in place. A window is blurred as a picture of its
/// own. The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. One launch, with
/// up to 33 weights above 0 in each direction; more take two, and time in proportion.
///
/// Backends and parity: the same bytes as on the CPU, on every window. A GPU of compute capability 7.5 or more is needed.
/// Four pixels are read at a time where the pitch is a multiple of 16 bytes for 4-byte pixels, whose address is one of
/// 4, and of 4 for others; other windows take longer.
///
/// # Errors
/// `InvalidArgument` for kernel sizes and sigmas as on the CPU, and when size or format of the two differ, `Unsupported`
/// for YUV, `Residency` when one of them is another GPU's, `Library` and `Cuda` when the kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
/// let stream = Device::new(0)?.stream()?;
/// let src = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Rgba, 1920, 1080).view())?;
/// let mut soft = stream.image(PixelFormat::Rgba, 1920, 1080, Colorimetry::default())?;
/// dsframe::ops::gaussian_blur::gaussian_blur_on(&stream, &src.view(), &mut soft.view_mut(), (15, 15), 2.5, 0.0)?;
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn gaussian_blur_on(
    stream: &Stream,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
    ksize: (u32, u32),
    sigma_x: f64,
    sigma_y: f64,
) -> Result<()> {
    GaussianBlur::new(ksize, sigma_x, sigma_y)?.apply_on(stream, src, dst)
}

/// Blurs `picture`, which may be a window, in place; what lies around a window does not get in.
///
/// Contract and parity: those of [`gaussian_blur_on`]. One launch for small
/// pictures on a GPU of compute capability 9.0 or more, else two: the blurred pixels go to scratch of the stream's first.
///
/// # Errors
/// As [`gaussian_blur_on`].
pub fn gaussian_blur_mut_on(
    stream: &Stream,
    picture: &mut DeviceViewMut<'_>,
    ksize: (u32, u32),
    sigma_x: f64,
    sigma_y: f64,
) -> Result<()> {
    GaussianBlur::new(ksize, sigma_x, sigma_y)?.apply_mut_on(stream, picture)
}

impl GaussianBlur {
    /// Blurs `src` into `dst`, both in GPU memory; see [`gaussian_blur_on`].
    ///
    /// # Errors
    /// As [`gaussian_blur_on`].
    pub fn apply_on(&self, stream: &Stream, src: &DeviceView<'_>, dst: &mut DeviceViewMut<'_>) -> Result<()> {
        separable::filter_on(stream, &self.filter(), src, dst)
    }

    /// Blurs `picture` in place; see [`gaussian_blur_mut_on`].
    ///
    /// # Errors
    /// As [`gaussian_blur_on`].
    pub fn apply_mut_on(&self, stream: &Stream, picture: &mut DeviceViewMut<'_>) -> Result<()> {
        separable::filter_whole_on(stream, &self.filter(), picture)
    }

    /// Blurs `boxes` of plane `plane` of `picture` in place, each as a picture of its own, up to 64 together.
    ///
    /// Boxes are in samples of the plane; formats of several planes are taken too, NV12's chroma as pixels of 2 bytes. The
    /// result is that of [`apply_mut`](Self::apply_mut) on each where they do not overlap. Where they do, each sees the
    /// unblurred pixels, and which of them shows is open.
    ///
    /// On a GPU of compute capability 9.0 or more, boxes that lie apart take one launch, those of more than 8 tiles of 64x64
    /// pixels (48x64 with up to 17 weights a direction) another one where there are many, and those of more than 32 (16 on some
    /// GPUs) two. So do all boxes on other GPUs, and where any two overlap.
    ///
    /// # Errors
    /// When a box does not lie in the plane, or the format has no such plane or more than 8 bits; nothing is touched then.
    /// Else as [`gaussian_blur_on`].
    ///
    /// # Example
    /// ```no_run
    /// # use dsframe::cuda::{DeviceImage, Stream};
    /// # fn probe(stream: &Stream, frame: &mut DeviceImage) -> dsframe::Result<()> {
    /// use dsframe::frame::Rect;
    /// use dsframe::ops::gaussian_blur::GaussianBlur;
    /// let faces = [Rect::new(3, 5, 20, 30), Rect::new(40, 10, 24, 24)];
    /// GaussianBlur::new((31, 31), 5.0, 0.0)?.apply_boxes_on(stream, &mut frame.view_mut(), 0, &faces)
    /// # }
    /// ```
    pub fn apply_boxes_on(
        &self,
        stream: &Stream,
        picture: &mut DeviceViewMut<'_>,
        plane: usize,
        boxes: &[Rect],
    ) -> Result<()> {
        separable::filter_boxes_on(stream, &self.filter(), picture, plane, boxes, false)
    }

    fn filter(&self) -> Filter<'_> {
        let (across, down) = (Line::Weights(&self.plan.kx), Line::Weights(&self.plan.ky));
        Filter { source: &SOURCE, across, down, border: self.plan.border, finish: Finish::Weighted }
    }
}

/// Blurs boxes of a picture of luma and subsampled chroma of two channels, each plane with its blur; false, and nothing is
/// done, where that takes more than one launch. Boxes are in pixels and lie apart.
pub(crate) fn blur_two_on(
    stream: &Stream,
    picture: &mut DeviceViewMut<'_>,
    boxes: &[Rect],
    [luma, chroma]: [&GaussianBlur; 2],
) -> Result<bool> {
    separable::filter_two_on(stream, [&luma.filter(), &chroma.filter()], picture, boxes)
}

/// What [`GaussianBlur::apply_boxes_on`] does, of boxes that lie apart.
pub(crate) fn blur_rects_on(
    stream: &Stream,
    picture: &mut DeviceViewMut<'_>,
    index: usize,
    rects: &[Rect],
    blur: &GaussianBlur,
) -> Result<()> {
    separable::filter_boxes_on(stream, &blur.filter(), picture, index, rects, true)
}
