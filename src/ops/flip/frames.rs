//! Pictures of one or more planes.

use super::{Flip, Rotation, flip, flip_mut, rotate};
use crate::error::{Error, Result};
use crate::frame::{FrameView, FrameViewMut};

/// Writes `src`, mirrored, to `dst`, plane by plane.
///
/// # Errors
/// When formats or sizes differ, or either picture is a window on an odd row or column of subsampled chroma.
///
/// # Example
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::ops::flip::{Flip, flip_frame};
/// let mut frame = OwnedFrame::zeroed(PixelFormat::Nv12, 8, 4);
/// frame.view_mut().plane_mut(0).row_mut(0)[0] = 200;
/// let mut mirrored = OwnedFrame::zeroed(PixelFormat::Nv12, 8, 4);
/// flip_frame(&frame.view(), &mut mirrored.view_mut(), Flip::Horizontal)?;
/// assert_eq!(mirrored.view().plane(0).row(0)[7], 200);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn flip_frame(src: &FrameView<'_>, dst: &mut FrameViewMut<'_>, how: Flip) -> Result<()> {
    check_same_format(src, dst)?;
    check_phases(&[src.chroma_phase(), dst.chroma_phase()])?;
    for plane in 0..src.format().planes() {
        flip(&src.plane(plane), dst.plane_mut(plane), how)?;
    }
    Ok(())
}

/// Mirrors `frame` in place, plane by plane.
///
/// # Errors
/// When it is a window on an odd row or column of subsampled chroma.
pub fn flip_frame_mut(frame: &mut FrameViewMut<'_>, how: Flip) -> Result<()> {
    check_phases(&[frame.chroma_phase()])?;
    for plane in 0..frame.format().planes() {
        flip_mut(frame.plane_mut(plane), how)?;
    }
    Ok(())
}

/// Writes `src`, turned clockwise, to `dst`, plane by plane.
///
/// # Errors
/// When formats differ, `dst` has not the size of the turned picture, either picture is a window on an odd row or column of
/// subsampled chroma, or a quarter turn would need chroma that is subsampled in the other direction.
pub fn rotate_frame(src: &FrameView<'_>, dst: &mut FrameViewMut<'_>, how: Rotation) -> Result<()> {
    check_same_format(src, dst)?;
    check_phases(&[src.chroma_phase(), dst.chroma_phase()])?;
    for plane in 0..src.format().planes() {
        rotate(&src.plane(plane), dst.plane_mut(plane), how)?;
    }
    Ok(())
}

fn check_same_format(src: &FrameView<'_>, dst: &FrameViewMut<'_>) -> Result<()> {
    if src.format() == dst.format() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "dst is {:?}, it must have the format of src, {:?}; convert with ops::color first",
        dst.format(),
        src.format()
    )))
}

fn check_phases(phases: &[(u32, u32)]) -> Result<()> {
    if phases.iter().all(|&phase| phase == (0, 0)) {
        return Ok(());
    }
    Err(Error::invalid("a window on an odd row or column of subsampled chroma; align it with Rect::even"))
}
