//! Whole boxes of one picture that lie apart.

use super::super::Region;
use super::super::plan::{self, Blurs, Layout, Method};
use super::boxes::{Args, Boxes, Pushed};
use super::{How, SOURCE, any};
use crate::cuda::{Grid, Stream};
use crate::error::Result;
use crate::frame::{DeviceViewMut, Pending, Rect};
use crate::ops::gaussian_blur::cuda::{blur_rects_on, blur_two_on};
use crate::ops::rows::chroma_shift;

/// Hides up to `B` whole boxes; those that cannot be hidden this way the other way.
pub(super) fn whole<const F: usize, const B: usize>(
    how: How<'_>,
    frame: &mut DeviceViewMut<'_>,
    regions: &[Region<'_>],
) -> Result<usize> {
    let How { stream, layout, method } = how;
    let mut boxes = Boxes::<F, B>::new(layout, method);
    if !boxes.begin(0, &frame.as_view()) || !push_all(&mut boxes, 0, layout, regions)? {
        return any(how, frame, regions);
    }
    let hidden = boxes.len();
    if let Method::Kernel(blurs) = method {
        blur(stream, frame, layout, &boxes, blurs)?;
    }
    launch(stream, &mut boxes, &[frame.as_view().pending()])?;
    Ok(hidden)
}

/// Adds `regions` of picture `number`; false where they cannot be hidden this way.
#[inline(always)]
pub(super) fn push_all<const F: usize, const B: usize>(
    boxes: &mut Boxes<F, B>,
    number: usize,
    layout: &Layout,
    regions: &[Region<'_>],
) -> Result<bool> {
    for (i, region) in regions.iter().enumerate() {
        let Some(rect) = plan::rect_of(layout, i, region)? else { continue };
        if boxes.push(number, region, rect) == Pushed::Not {
            return Ok(false);
        }
    }
    Ok(boxes.is_even())
}

/// Hands over `boxes` of pictures with this `pending`, and forgets them.
pub(super) fn launch<const F: usize, const B: usize>(
    stream: &Stream,
    boxes: &mut Boxes<F, B>,
    pending: &[&Pending],
) -> Result<()> {
    boxes.launch(stream.device().arch(), |entry, blocks, (threads, shared), args: &Args<F, B>| {
        let kernel = stream.device().kernel(&SOURCE, entry)?;
        let grid = Grid { blocks, threads, shared };
        // SAFETY: the boxes were clipped to the pictures, whose Pending are given and which were borrowed to be written; the
        // grid has a block for each tile of the boxes, and those of a row behind a box's last tile return.
        unsafe { stream.launch(&kernel, grid, args, pending) }
    })
}

/// Blurs those of `boxes` that are blurred with a kernel.
fn blur<const F: usize, const B: usize>(
    stream: &Stream,
    frame: &mut DeviceViewMut<'_>,
    layout: &Layout,
    boxes: &Boxes<F, B>,
    Blurs { luma, chroma }: &Blurs,
) -> Result<()> {
    let (mut all, mut count) = ([Rect::default(); B], 0);
    for (to, rect) in all.iter_mut().zip(boxes.blurred()) {
        *to = rect;
        count += 1;
    }
    let all = &all[..count];
    if all.is_empty() || blur_two_on(stream, frame, all, [luma, chroma])? {
        return Ok(());
    }
    let mut rects = [Rect::default(); B];
    for plane in 0..layout.format.planes() {
        rects.iter_mut().zip(all).for_each(|(to, rect)| *to = plan::in_plane(layout, plane, *rect).0);
        let blur = if chroma_shift(layout.format, plane) == (0, 0) { luma } else { chroma };
        blur_rects_on(stream, frame, plane, &rects[..count], blur)?;
    }
    Ok(())
}
