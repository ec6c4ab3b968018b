use super::*;
use crate::frame::{Colorimetry, OwnedFrame, PixelFormat, Rect};

/// A crop with `top` above and `bottom` below the middle.
fn person(top: [u8; 3], bottom: [u8; 3], width: usize, height: usize) -> Vec<u8> {
    (0..height).flat_map(|y| if y < height / 2 { top } else { bottom }.repeat(width)).collect()
}

#[test]
fn same_clothes_are_near_and_swapped_clothes_far() {
    let (red, blue) = ([180, 20, 30], [20, 30, 120]);
    let describe = |pixels: &[u8], w: u32, h: u32| {
        let planes = [(pixels, w as usize * 3)];
        let crop = FrameView::new(PixelFormat::Rgb, w, h, &planes, Colorimetry::default()).unwrap();
        striped_hsv(&crop).unwrap()
    };
    let a = describe(&person(red, blue, 20, 60), 20, 60);
    let b = describe(&person(red, blue, 31, 83), 31, 83);
    let c = describe(&person(blue, red, 20, 60), 20, 60);
    assert!(cosine_distance(&a, &b) < 0.05);
    assert!(cosine_distance(&a, &c) > 0.9);
}

#[test]
fn pitch_and_channels_do_not_matter() {
    let packed: Vec<u8> = (0..20 * 40 * 3).map(|i| (i * 7919 % 251) as u8).collect();
    let mut padded = vec![255; 40 * 100];
    for (row, line) in packed.chunks_exact(60).enumerate() {
        for (x, pixel) in line.chunks_exact(3).enumerate() {
            padded[row * 100 + x * 4..][..3].copy_from_slice(pixel);
        }
    }
    assert_eq!(describe_rgb(&packed, 20, 40, 3, 60), describe_rgb(&padded, 20, 40, 4, 100));
}

#[test]
fn bins_of_known_colours() {
    assert_eq!(hsv_bins([255, 0, 0]), [0, 3, 7]);
    assert_eq!(hsv_bins([0, 255, 0]), [2, 3, 7]);
    assert_eq!(hsv_bins([0, 0, 255]), [5, 3, 7]);
    assert_eq!(hsv_bins([255, 0, 1]), [7, 3, 7]);
    assert_eq!(hsv_bins([128, 128, 128]), [0, 0, 4]);
    assert_eq!(hsv_bins([0, 0, 0]), [0, 0, 0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let pixels = vec![0; 20 * 40 * 3];
    for (width, height, channels, pitch) in [
        (20, 41, 3, 60),
        (20, 40, 3, 59),
        (20, 40, 2, 60),
        (0, 40, 3, 60),
        (20, 0, 3, 60),
        (usize::MAX, 40, 4, 60),
    ] {
        assert_eq!(describe_rgb(&pixels, width, height, channels, pitch), None);
    }
    for (a, b) in [
        (&[f32::NAN][..], &[1.0][..]),
        (&[0.5, 0.5], &[1.0]),
        (&[], &[]),
        (&[f32::MAX; 2], &[f32::INFINITY; 2]),
    ] {
        assert_eq!(cosine_distance(a, b), 1.0);
    }
}

#[test]
fn the_length_is_one_and_the_cosine_is_the_coefficient_of_the_shares() {
    let pixels = |seed: usize| -> Vec<u8> { (0..20 * 40 * 3).map(|i| (i * seed % 251) as u8).collect() };
    let [a, b] = [pixels(7919), pixels(31)].map(|pixels| {
        let planes = [(&pixels[..], 60)];
        let crop = FrameView::new(PixelFormat::Rgb, 20, 40, &planes, Colorimetry::default()).unwrap();
        (striped_hsv(&crop).unwrap(), describe_rgb(&pixels, 20, 40, 3, 60).unwrap())
    });
    assert!((a.0.iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-5);
    let common: f64 = a.1.iter().zip(&b.1).map(|(&x, &y)| (f64::from(x) * f64::from(y)).sqrt()).sum();
    assert!((f64::from(cosine_distance(&a.0, &b.0)) - (1.0 - common)).abs() < 1e-5);
}

#[test]
fn every_format_and_window_is_described() {
    for format in PixelFormat::ALL {
        let frame = OwnedFrame::zeroed(format, 31, 41);
        let view = frame.view();
        let crop = view.crop(Rect::new(3, 5, 20, 30)).unwrap();
        assert!(striped_hsv(&crop).is_some(), "{format:?}");
        assert!(striped_hsv(&view.crop(Rect::new(3, 5, 3, 30)).unwrap()).is_none());
        assert!(striped_hsv(&view.crop(Rect::new(3, 5, 0, 0)).unwrap()).is_none());
    }
}
