//! Boxes of a frame as one tensor for a network: crop, resize, colour order, normalisation, layout, in one pass.
//!
//! |         | layout                               | element            | shape                          | pitch (bytes) |
//! |---------|--------------------------------------|--------------------|--------------------------------|---------------|
//! | `frame` | any [`PixelFormat`], windows         | `u8`               | `(h, w)`                       | any           |
//! | `boxes` | float pixels of the frame            | `f32`              | `n`                            |               |
//! | result  | [`Layout::Nchw`] or [`Layout::Nhwc`] | `f32`, `f16`, `u8` | `(n, 3, H, W)`, `(n, H, W, 3)` | packed        |
//!
//! A box is [clipped](crate::roi::BBox::clip) to the frame, edges rounded outwards to whole pixels. Its pixels are
//! resized bilinearly in OpenCV's arithmetic and rounded to bytes, then normalised. YUV is converted as
//! [`ops::color`](crate::ops::color) does, for the box alone. Items keep the order of the boxes; a box without a
//! pixel in the frame gives zeros and its reason.
//!
//! Backends and parity: scalar, AVX2, AVX-512 and NEON give the same bits. For `f32` they are those of OpenCV's crop, `cvtColor` and
//! `resize`, then `byte * scale + bias` in `f32`; a library that divides by 255, subtracts and divides again is
//! within 1e-6. [`reid_batch_on`] gives the same bits from a frame in GPU memory, [`reid_frames_on`]
//! from several.
//!
//! How: a strip of rows of a box at a time becomes planes of red, green and blue, two rows of YUV that share chroma together.
//! Each plane is sampled along x once and blended along y, normalised and stored; memory takes what one plane streams to it
//! while the next one is sampled.
//!
//! What bounds it: 64 items of 3x256x128 `f32` are 25 MB. On a Zen 5, streaming stores alone take 0.3 to 0.6 ms for them with what
//! else the machine does, plain ones up to 1.1 ms, so tensors of 24 MiB and more in planes are written past the caches. The rest is
//! instructions, 22 million with AVX2, about five a cycle: of 1.1 ms with AVX2 (0.85 with AVX-512), a sampling profile finds
//! about 40 % where rows are blended, normalised and stored, 16 % in sampling along rows, 10 to 15 % in converting pixels, 6 %
//! in asking memory for the next ones, 4 % in making tables.
//!
//! [`PixelFormat`]: crate::frame::PixelFormat

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod aarch64;
mod columns;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "kernels are launched: each launch says why it is sound")]
mod cuda;
mod frames;
mod job;
mod pixels;
mod rows;
mod spec;
mod store;
mod stream;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "AVX2 stores, behind a token")]
mod x86_64;

#[cfg(feature = "cuda")]
pub use cuda::{DeviceReidBatch, reid_batch_into_on, reid_batch_on, reid_frames_into_on, reid_frames_on};
pub use frames::{reid_frames, reid_frames_into};
pub use spec::{ChannelOrder, Element, Fit, Layout, Norm, ReidSpec};

use ndarray::Array4;

use crate::error::{Error, Result};
use crate::frame::{FrameView, Rect};
use crate::ops::rows::Isa;
use crate::roi::{BBox, Dropped};

use job::run;

/// What became of each box: the window that was fed, or why there is none.
pub type Windows = Vec<Result<Rect, Dropped>>;

/// The boxes of a frame as a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct ReidBatch<T> {
    /// One item per box, in the boxes' order; zeros where there was no pixel.
    pub tensor: Array4<T>,
    /// What became of each box.
    pub windows: Windows,
}

/// Makes a new tensor of `boxes`.
///
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When a side of the network's input is 0 or above 16384.
///
/// # Example
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::ops::reid::{ReidSpec, reid_batch};
/// use dsframe::roi::{BBox, Dropped};
/// let frame = OwnedFrame::zeroed(PixelFormat::Nv12, 640, 480);
/// let boxes = [BBox::xywh(10.0, 20.0, 100.0, 235.0), BBox::xywh(700.0, 0.0, 50.0, 50.0)];
/// let batch = reid_batch::<f32>(&frame.view(), &boxes, &ReidSpec::TORCHREID)?;
/// assert_eq!(batch.tensor.shape(), [2, 3, 256, 128]);
/// assert_eq!(batch.windows[1], Err(Dropped::Outside));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn reid_batch<T: Element>(
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
) -> Result<ReidBatch<T>> {
    spec.check()?;
    let mut values = vec![T::default(); boxes.len() * spec.item_len()];
    let windows = run(Isa::best(), frame, boxes, spec, &mut values);
    let tensor = Array4::from_shape_vec(spec.shape(boxes.len()), values);
    Ok(ReidBatch { tensor: tensor.expect("the shape has the values' number"), windows })
}

/// Writes the items of `boxes` into `out`, every value once.
///
/// # Errors
/// As [`reid_batch`], and when `out` is not [`ReidSpec::item_len`] times the number of boxes long.
pub fn reid_batch_into<T: Element>(
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut [T],
) -> Result<Windows> {
    spec.check()?;
    check_out(out.len(), boxes.len(), spec)?;
    Ok(run(Isa::best(), frame, boxes, spec, out))
}

fn check_out(len: usize, boxes: usize, spec: &ReidSpec) -> Result<()> {
    let needed = boxes * spec.item_len();
    if len == needed {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "out has {len} values, {boxes} boxes of 3x{}x{} have {needed}",
        spec.height, spec.width
    )))
}

#[cfg(test)]
mod tests;
