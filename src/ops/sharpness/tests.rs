use super::*;
use crate::frame::{Colorimetry, OwnedFrame, PixelFormat, Rect};

/// The definition, pixel by pixel in floats.
fn oracle(luma: &[Vec<u8>]) -> f64 {
    let (h, w) = (luma.len() as i64, luma[0].len() as i64);
    let reflect = |i: i64, n: i64| {
        if n == 1 {
            0
        } else if i < 0 {
            1
        } else if i >= n {
            n - 2
        } else {
            i
        }
    };
    let at = |x: i64, y: i64| f64::from(luma[reflect(y, h) as usize][reflect(x, w) as usize]);
    let all: Vec<f64> = (0..h)
        .flat_map(|y| (0..w).map(move |x| (x, y)))
        .map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y))
        .collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / all.len() as f64
}

fn noise(width: u32, height: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(PixelFormat::Nv12, width, height);
    let mut view = frame.view_mut();
    let mut plane = view.plane_mut(0);
    let mut state = 9u32;
    for y in 0..height {
        for byte in plane.row_mut(y) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
    }
    frame
}

#[test]
fn windows_of_every_awkward_size_match_the_definition() {
    let frame = noise(1100, 40);
    for (x, y, w, h) in [
        (0, 0, 1, 1),
        (3, 5, 1, 7),
        (3, 5, 7, 1),
        (1, 1, 2, 2),
        (1, 3, 3, 3),
        (5, 2, 33, 17),
        (0, 0, 1100, 4),
        (7, 3, 1029, 5),
    ] {
        let crop = frame.view();
        let crop = crop.crop(Rect::new(x, y, w, h)).unwrap();
        let luma: Vec<Vec<u8>> = crop.plane(0).rows().map(<[u8]>::to_vec).collect();
        let (found, expected) = (sharpness(&crop), oracle(&luma));
        assert!((found - expected).abs() <= 1e-9 * expected.max(1.0), "{w}x{h}: {found} {expected}");
    }
    assert_eq!(sharpness(&frame.view().crop(Rect::default()).unwrap()), 0.0);
}

#[test]
fn blur_lowers_it_and_grey_rgb_has_that_of_its_luma() {
    let frame = noise(64, 48);
    let view = frame.view();
    let blurred: Vec<u8> = (0..48)
        .flat_map(|y| {
            let row = view.plane(0).row(y);
            (0..64).map(move |x| ((u32::from(row[x]) + u32::from(row[(x + 1) % 64])) / 2) as u8)
        })
        .collect();
    let planes = [(blurred.as_slice(), 64)];
    let soft = FrameView::new(PixelFormat::Gray8, 64, 48, &planes, Colorimetry::default()).unwrap();
    assert!(sharpness(&soft) < 0.7 * sharpness(&view));
    let rgba: Vec<u8> = blurred.iter().flat_map(|&y| [y, y, y, 9]).collect();
    let rgba_view =
        FrameView::new(PixelFormat::Rgba, 64, 48, &[(&rgba, 256)], Colorimetry::default()).unwrap();
    assert_eq!(sharpness(&rgba_view), sharpness(&soft));
}
