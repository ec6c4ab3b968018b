//! Operations on crops that are written side by side, which have rows and no slice that holds them all: the same bytes as
//! on a crop that has the picture to itself.

use dsframe::crops::{Encoder, ImageFormat};
use dsframe::frame::{FrameViewMut, OwnedFrame, PixelFormat, Rect};
use dsframe::ops::color;
use dsframe::ops::gaussian_blur::gaussian_blur_mut;

const RECTS: [Rect; 3] = [Rect::new(0, 0, 34, 40), Rect::new(34, 0, 30, 40), Rect::new(6, 42, 52, 22)];

fn picture(format: PixelFormat) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, 64, 64);
    let mut view = frame.view_mut();
    for i in 0..format.planes() {
        let mut plane = view.plane_mut(i);
        for (y, row) in plane.rows_mut().enumerate() {
            row.iter_mut().enumerate().for_each(|(x, byte)| *byte = (x * 5 + y * 11 + x * y / 7) as u8);
        }
    }
    frame
}

fn bytes(frame: &OwnedFrame) -> Vec<u8> {
    let view = frame.view();
    (0..view.format().planes())
        .flat_map(|i| view.plane(i).rows().flatten().copied().collect::<Vec<_>>())
        .collect()
}

/// Runs `op` on each crop by itself, and on all together from threads of their own.
fn same_together(format: PixelFormat, op: impl Fn(FrameViewMut<'_>) + Sync) {
    let (mut alone, mut together) = (picture(format), picture(format));
    for rect in RECTS {
        op(alone.view_mut().into_crop(rect).unwrap());
    }
    let mut view = together.view_mut();
    let crops = view.disjoint_mut(&RECTS).unwrap();
    std::thread::scope(|scope| crops.into_iter().for_each(|crop| drop(scope.spawn(|| op(crop)))));
    assert!(bytes(&alone) != bytes(&picture(format)), "{format:?}: nothing was done");
    assert_eq!(bytes(&alone), bytes(&together), "{format:?}");
}

#[test]
fn blurs_side_by_side() {
    for format in [PixelFormat::Rgba, PixelFormat::Rgb, PixelFormat::Gray8, PixelFormat::Nv12] {
        same_together(format, |mut crop| {
            for i in 0..crop.format().planes() {
                gaussian_blur_mut(crop.plane_mut(i), (9, 9), 0.0, 0.0).unwrap();
            }
        });
    }
}

#[test]
fn crops_side_by_side_are_converted_and_written_to_files() {
    for format in PixelFormat::ALL {
        let whole = picture(format);
        let mut lent = picture(format);
        let mut view = lent.view_mut();
        let crops = view.disjoint_mut(&RECTS).unwrap();
        for (crop, rect) in crops.iter().zip(RECTS) {
            let alone = whole.view().crop(rect).unwrap();
            let (a, b) = (color::to_rgb(&crop.as_view()), color::to_rgb(&alone));
            assert_eq!(bytes(&a), bytes(&b), "{format:?}");
            for image in [ImageFormat::Jpg, ImageFormat::Png] {
                let mut encoder = Encoder::new(image, 90).unwrap();
                let (a, b) = (encoder.encode(&crop.as_view()).unwrap(), encoder.encode(&alone).unwrap());
                assert!(a == b, "{format:?} {image}");
            }
        }
    }
}
