//! Hiding parts of a picture, in place.
//!
//! |           | layout              | element       | shape         | pitch (bytes) |
//! |-----------|---------------------|---------------|---------------|---------------|
//! | `frame`   | any [`PixelFormat`] | `u8`, read and written | `(h, w)` | any       |
//! | `regions` | boxes               | `f32` pixels  | `n`           |               |
//! | masks     | one value a cell    | `u8` or `f32` | `(mh, mw)`    | packed        |
//!
//! # What is hidden
//! A box covers every pixel it touches, clipped to the picture; where chroma is subsampled it is widened outwards to whole
//! chroma samples, so that neither luma nor chroma of a hidden pixel stays. An ellipse and a mask cover every sample that
//! they touch. Regions are applied one after the other: where two overlap, the later one sees what the earlier one left.
//! All bytes of a pixel are hidden, alpha and unused ones too.
//!
//! # What stays
//! Fill leaves nothing. Pixelating leaves the mean of each block, counted from the box's corner; what is left over at the
//! right and at the bottom are blocks of their own. [`Blur::Across`] leaves a number of values that the box's size does not
//! change: the box is shrunk to that many pixels, those are blurred and spread over it again. [`Blur::Kernel`] is a plain
//! Gaussian blur that sees the box alone; it keeps the same detail however large the box is, so it suits boxes of one size.
//! A box too small for what is asked is filled with its mean, never skipped: see [`Blocks::Across`] and [`Blur::Kernel`].
//!
//! Backends and parity: loops compiled for the plain processor, AVX2 and AVX-512 give the same bytes. Means are rounded
//! half up; OpenCV's `resize` with `INTER_AREA` rounds half to even, so where blocks divide the box it is within 1.
//! [`Blur::Kernel`] has the bytes of OpenCV's `GaussianBlur` with `BORDER_ISOLATED`.
//!
//! [`PixelFormat`]: crate::frame::PixelFormat

mod apply;
mod cover;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches kernels")]
mod cuda;
mod levels;
mod pixelate;
mod plan;
mod region;

use crate::error::Result;
use crate::frame::{Color, FrameViewMut};
use crate::ops::rows::Isa;

#[cfg(feature = "cuda")]
pub use cuda::{blur_on, fill_on, pixelate_on, redact_frames_on, redact_on};
pub use region::{Mask, Region, Shape};

/// How regions are hidden.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Redaction {
    /// One colour; opaque, whatever its opacity.
    Fill(Color),
    /// Blocks of one colour each.
    Pixelate(Blocks),
    /// Soft.
    Blur(Blur),
}

/// The size of the blocks that pixelating leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// This many pixels wide and high, 2 or more; where chroma is subsampled an odd size is one more.
    Pixels(u32),
    /// This many blocks along the longer side of the box, 1 or more: what stays does not grow with the box. A box whose
    /// longer side is under two pixels a block is filled with its mean.
    Across(u32),
}

/// How strong a blur is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Blur {
    /// This many values remain along the longer side of the box, 1 or more. A box whose longer side is under two pixels
    /// a value is filled with its mean.
    Across(u32),
    /// OpenCV's `GaussianBlur` with this kernel, odd and 3 or more; sigma 0 follows from the kernel. Where chroma is
    /// subsampled, its kernel is half as wide. A box with a side of under 8 pixels is filled with its mean.
    Kernel {
        /// Width and height of the kernel, in pixels.
        ksize: u32,
        /// Standard deviation, in pixels.
        sigma: f64,
    },
}

/// Hides `regions` of `frame`, one after the other; returns how many of them lay in the picture.
///
/// What is hidden and what stays: the [module's](self) docs. A box without an area hides nothing, nor does one outside.
/// Regions that do not overlap are worked on by several threads.
///
/// # Errors
/// When a coordinate is not finite, the strength is out of its range, or samples of 10 or 12 bits would have to be averaged
/// (those can be filled); nothing is hidden then.
///
/// # Example
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::ops::redact::{Blocks, Redaction, Region, redact};
/// use dsframe::roi::BBox;
/// let mut frame = OwnedFrame::zeroed(PixelFormat::Rgba, 64, 48);
/// frame.view_mut().plane_mut(0).row_mut(10)[4 * 20] = 255;
/// let faces = [BBox::xywh(16.0, 8.0, 24.0, 30.0).into(), Region::ellipse(BBox::xywh(50.0, 40.0, 30.0, 30.0))];
/// let hidden = redact(&mut frame.view_mut(), &faces, Redaction::Pixelate(Blocks::Across(6)))?;
/// assert_eq!(hidden, 2);
/// // 255 over a block of 5x5 pixels.
/// assert_eq!(frame.view().plane(0).row(12)[4 * 16], 10);
/// assert_eq!(frame.view().plane(0).row(12)[4 * 21], 0);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn redact(frame: &mut FrameViewMut<'_>, regions: &[Region<'_>], how: Redaction) -> Result<usize> {
    redact_at(Isa::best(), frame, regions, how)
}

/// [`redact`] with [`Redaction::Fill`].
///
/// # Errors
/// As [`redact`].
///
/// ```
/// use dsframe::frame::{Color, OwnedFrame, PixelFormat, Rect};
/// let mut frame = OwnedFrame::zeroed(PixelFormat::Nv12, 64, 48);
/// dsframe::ops::redact::fill(&mut frame.view_mut(), &[Rect::new(3, 5, 7, 9).into()], Color::WHITE)?;
/// assert_eq!(frame.view().plane(0).row(5)[2..4], [235, 235]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn fill(frame: &mut FrameViewMut<'_>, regions: &[Region<'_>], color: Color) -> Result<usize> {
    redact(frame, regions, Redaction::Fill(color))
}

/// [`redact`] with [`Redaction::Pixelate`].
///
/// # Errors
/// As [`redact`].
pub fn pixelate(frame: &mut FrameViewMut<'_>, regions: &[Region<'_>], blocks: Blocks) -> Result<usize> {
    redact(frame, regions, Redaction::Pixelate(blocks))
}

/// [`redact`] with [`Redaction::Blur`].
///
/// # Errors
/// As [`redact`].
pub fn blur(frame: &mut FrameViewMut<'_>, regions: &[Region<'_>], strength: Blur) -> Result<usize> {
    redact(frame, regions, Redaction::Blur(strength))
}

fn redact_at(
    isa: Isa,
    frame: &mut FrameViewMut<'_>,
    regions: &[Region<'_>],
    how: Redaction,
) -> Result<usize> {
    let layout = plan::Layout::of(frame);
    let method = plan::Method::new(how, &layout)?;
    let boxes = plan::boxes(&layout, regions)?;
    for (index, mut plane) in frame.planes_mut().into_iter().enumerate().take(layout.format.planes()) {
        let jobs: Vec<_> = boxes.iter().map(|place| place.job(&layout, &method, index)).collect();
        apply::all(isa, &mut plane, &jobs);
    }
    Ok(boxes.len())
}

#[cfg(test)]
mod tests;
