//! Boxes of several frames, as a batch of streams has them, in one tensor.

use ndarray::Array4;

use super::job::run_all;
use super::stream::STREAM_FROM;
use super::{Element, ReidBatch, ReidSpec, Windows, check_out};
use crate::error::{Error, Result};
use crate::frame::FrameView;
use crate::ops::rows::Isa;
use crate::roi::BBox;

/// Makes a new tensor of boxes of several frames, each with the index of its frame: [`reid_batch`](super::reid_batch) for a
/// batch of streams.
///
/// Items keep the order of the boxes, whatever the order of their frames, whose formats and sizes may differ. Contract and
/// parity: the [module's](super) table, for each frame. A box around a whole frame makes a batch of frames one tensor,
/// for a detector.
///
/// # Errors
/// When a side of the network's input is 0 or above 16384, and when a box is of a frame that is not there.
///
/// # Example
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::ops::reid::{ReidSpec, reid_frames};
/// use dsframe::roi::BBox;
/// let (left, right) =
///     (OwnedFrame::zeroed(PixelFormat::Nv12, 640, 480), OwnedFrame::zeroed(PixelFormat::Rgba, 320, 240));
/// let frames = [left.view(), right.view()];
/// let boxes = [(1, BBox::xywh(10.0, 20.0, 60.0, 135.0)), (0, BBox::xywh(0.0, 0.0, 640.0, 480.0))];
/// let batch = reid_frames::<u8>(&frames, &boxes, &ReidSpec::TORCHREID)?;
/// assert_eq!(batch.tensor.shape(), [2, 3, 256, 128]);
/// assert_eq!(batch.windows[1].map(|window| window.width), Ok(640));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn reid_frames<T: Element>(
    frames: &[FrameView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
) -> Result<ReidBatch<T>> {
    spec.check()?;
    check_frames(boxes, frames.len())?;
    let mut values = vec![T::default(); boxes.len() * spec.item_len()];
    let windows = run(frames, boxes, spec, &mut values);
    let tensor = Array4::from_shape_vec(spec.shape(boxes.len()), values);
    Ok(ReidBatch { tensor: tensor.expect("the shape has the values' number"), windows })
}

/// Writes the items of boxes of several frames into `out`, every value once.
///
/// # Errors
/// As [`reid_frames`], and when `out` is not [`ReidSpec::item_len`] times the number of boxes long.
pub fn reid_frames_into<T: Element>(
    frames: &[FrameView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
    out: &mut [T],
) -> Result<Windows> {
    spec.check()?;
    check_frames(boxes, frames.len())?;
    check_out(out.len(), boxes.len(), spec)?;
    Ok(run(frames, boxes, spec, out))
}

/// That each box is of one of `count` frames.
pub(super) fn check_frames(boxes: &[(usize, BBox)], count: usize) -> Result<()> {
    match boxes.iter().position(|(frame, _)| *frame >= count) {
        None => Ok(()),
        Some(i) => Err(Error::invalid(format!(
            "boxes[{i}] is of frame {}, it must be below the number of frames, {count}",
            boxes[i].0
        ))),
    }
}

fn run<T: Element>(
    frames: &[FrameView<'_>],
    boxes: &[(usize, BBox)],
    spec: &ReidSpec,
    out: &mut [T],
) -> Windows {
    let boxes: Vec<_> = boxes.iter().map(|(frame, bbox)| (&frames[*frame], bbox)).collect();
    let streams = size_of_val(out) >= STREAM_FROM;
    run_all(Isa::best(), &boxes, spec, out, streams)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{OwnedFrame, PixelFormat};
    use crate::ops::reid::reid_batch;

    #[test]
    fn a_batch_is_a_call_for_each_frame() {
        let formats = [PixelFormat::Nv12, PixelFormat::Bgr, PixelFormat::P010];
        let mut frames = formats.map(|format| OwnedFrame::zeroed(format, 90, 70));
        for (i, frame) in frames.iter_mut().enumerate() {
            let (mut view, step) = (frame.view_mut(), 3 + 2 * i as u32);
            let mut plane = view.plane_mut(0);
            for y in 0..70 {
                plane.row_mut(y).iter_mut().zip(0..).for_each(|(byte, x)| *byte = (x * step + y * 41) as u8);
            }
        }
        let views = frames.each_ref().map(|frame| frame.view());
        let boxes: Vec<_> = (0..20)
            .map(|i| (i * 5 % 3, BBox::xywh(i as f32, 3.0, 31.0, 50.0 - i as f32)))
            .chain([(2, BBox::xywh(200.0, 0.0, 4.0, 4.0))])
            .collect();
        let spec = ReidSpec { width: 24, height: 30, ..ReidSpec::TORCHREID };
        let all = reid_frames::<f32>(&views, &boxes, &spec).unwrap();
        let mut into = vec![1.0; boxes.len() * spec.item_len()];
        assert_eq!(reid_frames_into(&views, &boxes, &spec, &mut into).unwrap(), all.windows);
        assert_eq!(into, all.tensor.as_slice().unwrap());
        for (i, (frame, bbox)) in boxes.iter().enumerate() {
            let alone = reid_batch::<f32>(&views[*frame], &[*bbox], &spec).unwrap();
            assert_eq!(alone.windows[0], all.windows[i]);
            assert!(alone.tensor.iter().eq(all.tensor.outer_iter().nth(i).unwrap().iter()), "item {i}");
        }
        assert!(all.windows[20].is_err() && into[0..100] != into[spec.item_len()..][..100]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let frame = OwnedFrame::zeroed(PixelFormat::Rgb, 9, 9);
        let boxes = [(0, BBox::xywh(0.0, 0.0, 9.0, 9.0)), (1, BBox::xywh(0.0, 0.0, 9.0, 9.0))];
        let error = reid_frames::<u8>(&[frame.view()], &boxes, &ReidSpec::TORCHREID).unwrap_err();
        assert!(error.to_string().contains("boxes[1] is of frame 1"), "{error}");
        let short = reid_frames_into(&[frame.view()], &boxes[..1], &ReidSpec::TORCHREID, &mut [0u8; 4]);
        assert!(short.unwrap_err().to_string().contains("out has 4 values"));
    }
}
