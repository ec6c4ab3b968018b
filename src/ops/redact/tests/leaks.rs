//! Nothing of what is hidden stays, and nothing else changes.

use super::*;
use crate::ops::rows::chroma_shift;

const BOXES: [[f32; 4]; 7] = [
    [3.0, 5.0, 11.0, 9.0],
    [2.0, 4.0, 10.0, 10.0],
    [0.4, 0.6, 7.3, 30.0],
    [-5.0, 7.0, 14.0, 3.0],
    [14.0, -3.5, 40.0, 17.0],
    [6.0, 6.0, 1.0, 1.0],
    [-50.0, -50.0, 100.0, 100.0],
];

/// Whether the ellipse of `b` holds the middle of pixel (x, y), and whether it comes near the pixel.
fn in_ellipse(b: [f32; 4], x: u32, y: u32, grown: f64) -> bool {
    let [left, top, width, height] = b.map(f64::from);
    let (rx, ry) = (width / 2.0, height / 2.0);
    let (dx, dy) = (f64::from(x) + 0.5 - left - rx, f64::from(y) + 0.5 - top - ry);
    (dx / (rx + grown)).powi(2) + (dy / (ry + grown)).powi(2) < 1.0
}

/// Which pixels must be hidden, and which must not change.
fn must(b: [f32; 4], shape: &Shape<'_>, x: u32, y: u32) -> (bool, bool) {
    let [left, top, width, height] = b;
    let (px, py) = (x as f32, y as f32);
    let touches = px + 1.0 > left && px < left + width && py + 1.0 > top && py < top + height;
    let near = px + 2.0 > left && px - 1.0 < left + width && py + 2.0 > top && py - 1.0 < top + height;
    match shape {
        Shape::Box => (touches, !near),
        Shape::Ellipse => (in_ellipse(b, x, y, 0.0), !near || !in_ellipse(b, x, y, 3.0)),
        Shape::Mask(_) => {
            // The masks of these tests hide the left third and nothing else.
            let third = left + width / 3.0;
            (touches && px + 0.1 < third, !near || px > third + 1.0)
        }
    }
}

/// Two pictures that are the same but in what must be hidden, each redacted by `how`.
#[test]
fn a_fill_leaves_nothing_of_the_picture_in_any_format_window_or_shape() {
    let thirds = [9u8, 0, 0];
    let scores = [0.9f32, 0.2, 0.5];
    let shapes = [
        Shape::Box,
        Shape::Ellipse,
        Shape::Mask(Mask::from_u8(&thirds, 3, 1).unwrap()),
        Shape::Mask(Mask::from_f32(&scores, 3, 1, 0.5).unwrap()),
    ];
    for format in PixelFormat::ALL {
        for window in [Rect::new(0, 0, 24, 22), Rect::new(1, 0, 23, 21), Rect::new(3, 1, 20, 19)] {
            for (b, shape) in BOXES.into_iter().flat_map(|b| shapes.map(|shape| (b, shape))) {
                let bbox = BBox::xywh(b[0], b[1], b[2], b[3]);
                let mut frame = noise(format, (24, 22), 7);
                let before = frame.clone();
                // What must be hidden is another picture: 200 where the noise is not.
                let mut other = frame.clone();
                let marker = noise(format, (24, 22), 99);
                for plane in 0..format.planes() {
                    let (shift, bytes) = (chroma_shift(format, plane), format.bytes_per_pixel(plane));
                    for (x, y) in (0..window.height).flat_map(|y| (0..window.width).map(move |x| (x, y))) {
                        if must(b, &shape, x, y).0 {
                            let at = ((x + window.x) >> shift.0, (y + window.y) >> shift.1);
                            let from = marker.view().plane(plane).row(at.1)[at.0 as usize * bytes..][..bytes]
                                .to_vec();
                            other.view_mut().plane_mut(plane).row_mut(at.1)[at.0 as usize * bytes..][..bytes]
                                .copy_from_slice(&from);
                        }
                    }
                }
                for frame in [&mut frame, &mut other] {
                    let mut view = frame.view_mut();
                    fill(&mut view.crop_mut(window).unwrap(), &[Region { bbox, shape }], Color::YELLOW)
                        .unwrap();
                }
                let place = format!("{format:?} {window} {b:?} {shape:?}");
                assert_eq!(bytes(&frame), bytes(&other), "something shows through: {place}");
                let (now, before) = (frame.view(), before.view());
                for (x, y) in (0..22).flat_map(|y| (0..24).map(move |x| (x, y))) {
                    let inside = x >= window.x && y >= window.y && x < window.right() && y < window.bottom();
                    if !inside || must(b, &shape, x - window.x, y - window.y).1 {
                        let bytes = format.bytes_per_pixel(0);
                        let pixel = |view: &crate::frame::FrameView<'_>| {
                            view.plane(0).row(y)[x as usize * bytes..][..bytes].to_vec()
                        };
                        assert_eq!(pixel(&now), pixel(&before), "{x} {y} changed: {place}");
                    }
                }
            }
        }
    }
}

/// Pixels that change places inside their blocks change nothing of what is left.
#[test]
fn blocks_leave_their_means_and_nothing_else() {
    let rect = Rect::new(5, 3, 24, 36);
    for (how, size) in [
        (Redaction::Pixelate(Blocks::Pixels(6)), 6),
        (Redaction::Pixelate(Blocks::Across(6)), 6),
        (Redaction::Blur(Blur::Across(6)), 6),
        (Redaction::Blur(Blur::Across(3)), 12),
    ] {
        for format in [PixelFormat::Rgba, PixelFormat::Rgb, PixelFormat::Gray8] {
            let (mut frame, channels) = (noise(format, (40, 44), 2), format.bytes_per_pixel(0));
            let mut shuffled = frame.clone();
            for (x, y) in (0..36).flat_map(|y| (0..24).map(move |x| (x, y))) {
                // Each block upside down, and left and right.
                let (bx, by) = (x / size * size, y / size * size);
                let from = (5 + bx + size - 1 - (x - bx), 3 + by + size - 1 - (y - by));
                let pixel =
                    frame.view().plane(0).row(from.1)[from.0 as usize * channels..][..channels].to_vec();
                shuffled.view_mut().plane_mut(0).row_mut(3 + y)[(5 + x) as usize * channels..][..channels]
                    .copy_from_slice(&pixel);
            }
            assert_ne!(bytes(&frame), bytes(&shuffled));
            for frame in [&mut frame, &mut shuffled] {
                redact(&mut frame.view_mut(), &[rect.into()], how).unwrap();
            }
            assert_eq!(bytes(&frame), bytes(&shuffled), "{how:?} {format:?}");
        }
    }
}

#[test]
fn regions_are_hidden_in_order_on_any_number_of_threads() {
    let mut regions: Vec<Region<'_>> = Vec::new();
    let cells: Vec<f32> = (0..48).map(|i| (i * 29 % 48) as f32 / 48.0).collect();
    for i in 0..40 {
        let (x, y) = ((i * 83 % 500) as f32 - 20.0, (i * 47 % 300) as f32 - 10.5);
        let bbox = BBox::xywh(x, y, 60.0 + (i * 31 % 90) as f32, 70.0 + (i * 17 % 120) as f32);
        let mask = Mask::from_f32(&cells, 6, 8, 0.4).unwrap();
        regions.push(Region { bbox, shape: [Shape::Box, Shape::Ellipse, Shape::Mask(mask)][i % 3] });
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for format in [PixelFormat::Rgba, PixelFormat::Nv12, PixelFormat::I420] {
        for how in HOWS {
            let mut frames = [(); 3].map(|()| noise(format, (501, 301), 5));
            let [together, alone, single] = &mut frames;
            let hidden = pool.install(|| redact(&mut together.view_mut(), &regions, how)).unwrap();
            let steps = regions.iter().map(|r| redact(&mut alone.view_mut(), &[*r], how).unwrap());
            assert_eq!(steps.sum::<usize>(), hidden);
            one.install(|| redact(&mut single.view_mut(), &regions, how)).unwrap();
            assert!(bytes(together) == bytes(alone), "{format:?} {how:?}");
            assert!(bytes(single) == bytes(alone), "{format:?} {how:?}");
        }
    }
}
