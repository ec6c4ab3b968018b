use super::*;
use crate::frame::{PixelFormat, Rect};

fn frame(format: PixelFormat, width: u32, height: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, width, height);
    let mut state = 7u32;
    for plane in 0..format.planes() {
        for row in frame.view_mut().plane_mut(plane).rows_mut() {
            for byte in row {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (state >> 24) as u8;
            }
        }
    }
    frame
}

const WINDOWS: [((i32, i32), (u32, u32)); 10] = [
    ((0, 0), (9, 7)),
    ((-3, -2), (15, 11)),
    ((-1, 3), (4, 9)),
    ((5, -5), (8, 4)),
    ((-20, 2), (6, 3)),
    ((30, 30), (5, 5)),
    ((3, 3), (0, 4)),
    ((i32::MIN, i32::MAX), (3, 2)),
    ((2, 1), (5, 5)),
    ((-3, -3), (4, 4)),
];

#[test]
fn every_pixel_is_the_pictures_or_the_outsides() {
    let color = Color::rgb(0.8, 0.1, 0.4);
    for format in PixelFormat::ALL {
        let whole = frame(format, 12, 10);
        for (rect, outside) in [Rect::new(0, 0, 9, 7), Rect::new(1, 3, 9, 7), Rect::new(2, 1, 9, 7)]
            .into_iter()
            .flat_map(|rect| [(rect, Outside::Replicate), (rect, Outside::Fill(color))])
        {
            let view = whole.view();
            let src = view.crop(rect).unwrap();
            let fill = samples(format, src.colorimetry(), color);
            for (origin, size) in WINDOWS {
                let crop = crop_padded(&src, origin, size, outside).unwrap();
                assert_eq!((crop.width(), crop.height()), size);
                let place = format!("{format:?} {rect} {origin:?} {size:?} {outside:?}");
                let (luma, from) = (crop.view().plane(0), src.plane(0));
                let bytes = from.channels();
                for (x, y) in (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y))) {
                    let (sx, sy) = (i64::from(origin.0) + i64::from(x), i64::from(origin.1) + i64::from(y));
                    let inside = (0..9).contains(&sx) && (0..7).contains(&sy);
                    let (cx, cy) = (sx.clamp(0, 8), sy.clamp(0, 6));
                    let expected = if inside || outside == Outside::Replicate {
                        &from.row(cy as u32)[cx as usize * bytes..][..bytes]
                    } else {
                        &fill[0][..bytes]
                    };
                    assert_eq!(&luma.row(y)[x as usize * bytes..][..bytes], expected, "{place} at {x} {y}");
                    for (plane, fill) in fill.iter().enumerate().take(format.planes()).skip(1) {
                        // The sample under a pixel of the picture is the picture's.
                        let (shift, bytes) = (chroma_shift(format, plane), format.bytes_per_pixel(plane));
                        let sample = |view: &FrameView<'_>, x: i64, y: i64| {
                            let phase = view.chroma_phase();
                            let (x, y) = ((x as u32 + phase.0) >> shift.0, (y as u32 + phase.1) >> shift.1);
                            view.plane(plane).row(y)[x as usize * bytes..][..bytes].to_vec()
                        };
                        let found = sample(&crop.view(), i64::from(x), i64::from(y));
                        if inside || outside == Outside::Replicate {
                            // Outside, the edge's own sample: clamped in whole samples.
                            let (cx, cy) = if inside { (sx, sy) } else { (cx, cy) };
                            assert_eq!(found, sample(&src, cx, cy), "{place} at {x} {y}");
                        } else if !(-1..10).contains(&sx) || !(-1..8).contains(&sy) {
                            assert_eq!(found, fill[..bytes], "{place} at {x} {y}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_cropped_is_told() {
    let frame = frame(PixelFormat::Gray8, 4, 4);
    let told = |result: Result<OwnedFrame>, words: &str| {
        let text = result.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    };
    told(crop_padded(&frame.view(), (0, 0), (20_000, 1), Outside::Replicate), "16384");
    let view = frame.view();
    let none = view.crop(Rect::new(1, 1, 0, 2)).unwrap();
    told(crop_padded(&none, (0, 0), (2, 2), Outside::Replicate), "no edge");
    let filled = crop_padded(&none, (-1, 0), (2, 1), Outside::Fill(Color::WHITE)).unwrap();
    assert_eq!(filled.view().plane(0).data(), [235, 235]);
}

#[test]
#[cfg(feature = "opencv")]
fn bytes_are_opencvs() {
    use opencv::core::{self, Mat, Scalar};
    use opencv::prelude::*;
    let frame = frame(PixelFormat::Rgba, 9, 7);
    let mut mat = Mat::new_rows_cols_with_default(7, 9, core::CV_8UC4, 0.0.into()).unwrap();
    mat.data_bytes_mut().unwrap().copy_from_slice(frame.view().plane(0).data());
    let color = Scalar::new(255.0, 128.0, 0.0, 255.0);
    for (outside, border) in [
        (Outside::Replicate, core::BORDER_REPLICATE),
        (Outside::Fill(Color::rgb(1.0, 0.5, 0.0)), core::BORDER_CONSTANT),
    ] {
        let mut padded = Mat::default();
        core::copy_make_border(&mat, &mut padded, 4, 6, 5, 3, border, color).unwrap();
        let crop = crop_padded(&frame.view(), (-5, -4), (17, 17), outside).unwrap();
        assert_eq!(crop.view().plane(0).data(), padded.data_bytes().unwrap(), "{outside:?}");
    }
}
