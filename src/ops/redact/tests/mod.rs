//! What is hidden is gone, what is not stays, and the bytes are those of the definition.

mod bytes;
mod leaks;

use super::*;
use crate::frame::{OwnedFrame, PixelFormat, Rect};
use crate::roi::BBox;

/// Pseudo-random bytes in every plane.
fn noise(format: PixelFormat, (width, height): (u32, u32), seed: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, width, height);
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    for plane in 0..format.planes() {
        for byte in frame.view_mut().plane_mut(plane).rows_mut().flatten() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
    }
    frame
}

/// All bytes of the whole picture, plane by plane.
fn bytes(frame: &OwnedFrame) -> Vec<Vec<u8>> {
    let view = frame.view();
    (0..view.format().planes()).map(|i| view.plane(i).rows().flatten().copied().collect()).collect()
}

const HOWS: [Redaction; 6] = [
    Redaction::Fill(Color::rgb(0.3, 0.9, 0.1)),
    Redaction::Pixelate(Blocks::Pixels(5)),
    Redaction::Pixelate(Blocks::Across(3)),
    Redaction::Blur(Blur::Across(4)),
    Redaction::Blur(Blur::Kernel { ksize: 11, sigma: 0.0 }),
    Redaction::Pixelate(Blocks::Pixels(4000)),
];

#[test]
fn what_makes_no_sense_is_refused_before_a_pixel_changes() {
    let mut frame = noise(PixelFormat::Rgba, (20, 20), 1);
    let before = bytes(&frame);
    let good = Region::from(Rect::new(1, 1, 12, 12));
    let bad = Region::from(BBox::xywh(1.0, f32::NAN, 4.0, 4.0));
    let kernel = |ksize, sigma| Redaction::Blur(Blur::Kernel { ksize, sigma });
    for (regions, how, words) in [
        (vec![good, bad], HOWS[0], "region 1"),
        (vec![good], Redaction::Pixelate(Blocks::Pixels(1)), "2 or more"),
        (vec![good], Redaction::Pixelate(Blocks::Across(0)), "1 or more"),
        (vec![good], Redaction::Blur(Blur::Across(0)), "1 or more"),
        (vec![good], kernel(1, 0.0), "3 or more"),
        (vec![good], kernel(4, 0.0), "odd"),
        (vec![good], kernel(5, f64::NAN), "sigma"),
    ] {
        let error = redact(&mut frame.view_mut(), &regions, how).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(bytes(&frame), before);
    }
    let mut deep = noise(PixelFormat::P010, (20, 20), 1);
    let before = bytes(&deep);
    for how in HOWS.into_iter().skip(1) {
        let error = redact(&mut deep.view_mut(), &[good], how).unwrap_err();
        assert_eq!((error.kind(), bytes(&deep)), (crate::ErrorKind::Unsupported, before.clone()));
    }
    assert!(Mask::from_f32(&[0.0; 5], 2, 3, 0.5).unwrap_err().to_string().contains("5 values"));
}

#[test]
fn boxes_outside_or_without_an_area_are_left_out() {
    let mut frame = noise(PixelFormat::I420, (20, 20), 1);
    let before = bytes(&frame);
    let boxes = [[30.0, 0.0, 5.0, 5.0], [-9.0, 0.0, 9.0, 9.0], [3.0, 3.0, 0.0, 9.0], [3.0, 3.0, 5.0, -1.0]];
    let regions = boxes.map(|[x, y, w, h]| Region::from(BBox::xywh(x, y, w, h)));
    for how in HOWS {
        assert_eq!(redact(&mut frame.view_mut(), &regions, how).unwrap(), 0);
        assert_eq!(redact(&mut frame.view_mut(), &[], how).unwrap(), 0);
    }
    assert_eq!(bytes(&frame), before);
    let mut view = frame.view_mut();
    let mut empty = view.crop_mut(Rect::default()).unwrap();
    assert_eq!(redact(&mut empty, &[Rect::new(0, 0, 9, 9).into()], HOWS[1]).unwrap(), 0);
}

#[test]
fn boxes_from_anywhere_are_clipped() {
    let far = [-1e30, -4e9, -100.0, -3.7, 0.0, 2.5, 11.0, 19.99, 21.0, 4e9, 1e30, f32::MAX];
    let cells = [255, 0, 0, 0, 255, 255];
    let mask = Mask::from_u8(&cells, 3, 2).unwrap();
    let none = Mask::from_u8(&[], 0, 0).unwrap();
    let mut state = 5u32;
    let mut any = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as usize % n
    };
    for turn in 0..600 {
        let mut frame = noise(PixelFormat::ALL[turn % PixelFormat::ALL.len()], (21, 19), 3);
        let bbox = BBox::xywh(far[any(12)], far[any(12)], far[any(12)], far[any(12)]);
        let shape = [Shape::Box, Shape::Ellipse, Shape::Mask(mask), Shape::Mask(none)][any(4)];
        let window = Rect::new(any(3) as u32, any(3) as u32, any(19) as u32, any(17) as u32);
        let mut view = frame.view_mut();
        let mut view = view.crop_mut(window).unwrap();
        let how = if view.format().bits() > 8 { HOWS[0] } else { HOWS[turn % 6] };
        redact(&mut view, &[Region { bbox, shape }], how).unwrap();
    }
}

#[test]
fn strength_follows_the_box_and_tiny_boxes_become_their_mean() {
    for (scale, how) in [4, 8, 20].into_iter().flat_map(|scale| [2, 3].map(|how| (scale, HOWS[how]))) {
        // One picture of few pixels at several sizes: as many values remain in each.
        let small = noise(PixelFormat::Gray8, (6, 9), 4);
        let mut large = OwnedFrame::zeroed(PixelFormat::Gray8, 6 * scale, 9 * scale);
        for (y, row) in large.view_mut().plane_mut(0).rows_mut().enumerate() {
            for (x, byte) in row.iter_mut().enumerate() {
                *byte = small.view().plane(0).row(y as u32 / scale)[x / scale as usize];
            }
        }
        let all = Rect::new(0, 0, 6 * scale, 9 * scale);
        redact(&mut large.view_mut(), &[all.into()], how).unwrap();
        if how == HOWS[2] {
            // 3 blocks along the longer side, 2 along the shorter.
            let values: Vec<_> = (0..3)
                .flat_map(|y| (0..2).map(move |x| (x, y)))
                .map(|(x, y)| large.view().plane(0).row(y * 3 * scale)[(x * 3 * scale) as usize])
                .collect();
            let mean = |x: usize, y: usize| {
                let part = |j: usize| small.view().plane(0).row(j as u32)[x..x + 3].to_vec();
                let sum: u32 = (y..y + 3).flat_map(part).map(u32::from).sum();
                ((2 * sum + 9) / 18) as u8
            };
            let expected: Vec<_> = [0, 3, 6].into_iter().flat_map(|y| [mean(0, y), mean(3, y)]).collect();
            assert_eq!(values, expected);
        }
    }
    for how in [
        Redaction::Pixelate(Blocks::Across(8)),
        Redaction::Blur(Blur::Across(8)),
        Redaction::Blur(Blur::Kernel { ksize: 3, sigma: 0.0 }),
        Redaction::Pixelate(Blocks::Pixels(12)),
    ] {
        for (w, h) in [(1, 1), (2, 1), (3, 5), (7, 7), (6, 2)] {
            let mut frame = noise(PixelFormat::Bgrx, (12, 12), w * h);
            let rect = Rect::new(4, 3, w, h);
            let crop: Vec<u8> = frame.view().plane(0).crop(rect).unwrap().rows().flatten().copied().collect();
            redact(&mut frame.view_mut(), &[rect.into()], how).unwrap();
            for c in 0..4 {
                let sum: u32 = crop.iter().skip(c).step_by(4).map(|&v| u32::from(v)).sum();
                let mean = ((2 * sum + w * h) / (2 * w * h)) as u8;
                let view = frame.view();
                let plane = view.plane(0).crop(rect).unwrap();
                assert!(plane.rows().all(|row| row.iter().skip(c).step_by(4).all(|&v| v == mean)), "{how:?}");
            }
        }
    }
}
