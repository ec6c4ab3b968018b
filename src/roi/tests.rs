use proptest::prelude::*;

use super::*;
use crate::frame::Rect;

/// A small generator (xorshift64), so that a million boxes take a blink.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Plausible coordinates, huge and tiny ones, any bit pattern, and the special values.
    fn coordinate(&mut self) -> f32 {
        let bits = self.next();
        let plain = (bits >> 40) as f32 / 8192.0 - 500.0;
        match bits % 16 {
            0 => f32::from_bits((bits >> 32) as u32),
            1 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, f32::MAX, f32::MIN]
                [(bits >> 8) as usize % 6],
            2 => plain * 1e30,
            3 => plain.trunc(),
            _ => plain,
        }
    }
}

#[test]
fn a_million_random_boxes_are_inside_or_have_a_reason() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut seen = [0u32; 4];
    for i in 0..1_000_000u32 {
        let [left, top, width, height] = std::array::from_fn(|_| random.coordinate());
        let bbox = BBox { left, top, width, height };
        let (fw, fh) = [(1920, 1080), (1, 1), (0, 7), (u32::MAX, 3), (641, 479)][i as usize % 5];
        match bbox.clip(fw, fh) {
            Ok(rect) => {
                assert!(!rect.is_empty() && rect.fits(fw, fh), "{bbox:?} gave {rect} in {fw}x{fh}");
                let even = rect.even(fw, fh);
                assert!(even.fits(fw, fh) && even.x % 2 == 0 && even.y % 2 == 0, "{rect} gave {even}");
                assert!(even.x <= rect.x && even.right() >= rect.right());
                seen[0] += 1;
            }
            Err(Dropped::Empty) => {
                assert!(width <= 0.0 || height <= 0.0);
                seen[1] += 1;
            }
            Err(Dropped::TooSmall) => unreachable!("a window of whole pixels is never too small"),
            Err(Dropped::NotFinite) => {
                assert!(!bbox.is_finite());
                seen[2] += 1;
            }
            Err(Dropped::Outside) => {
                let (right, bottom) = (left as f64 + width as f64, top as f64 + height as f64);
                let (fw, fh) = (fw as f64, fh as f64);
                let hidden =
                    right < 0.01 || bottom < 0.01 || left as f64 > fw - 0.01 || top as f64 > fh - 0.01;
                assert!(hidden || fw == 0.0, "{bbox:?} in {fw}x{fh}");
                seen[3] += 1;
            }
        }
        let all = [bbox.square().iou(&bbox), bbox.pad_percent(10.0).iou(&bbox.scale(2.0, 0.5))];
        assert!(all.iter().all(|v| (0.0..=1.0).contains(v)), "{bbox:?} {all:?}");
        every_other_function(&mut random, bbox, (fw, fh));
    }
    assert!(seen.iter().all(|&n| n > 10_000), "each outcome should occur often: {seen:?}");
}

/// What the other functions make of a box: again one that is inside, or a reason.
fn every_other_function(random: &mut Random, bbox: BBox, (fw, fh): (u32, u32)) {
    let [a, b] = std::array::from_fn(|_| random.coordinate());
    let made = match random.next() % 6 {
        0 => bbox.pad_pixels(a, b),
        1 => bbox.pad_percent(a),
        2 => bbox.square(),
        3 => bbox.expand_to_aspect(a, b),
        4 => bbox.scale(a, b),
        _ => BBox::xyxy(bbox.left, bbox.top, a, b),
    };
    for rect in [made.clip(fw, fh), made.clip_even(fw, fh)].into_iter().flatten() {
        assert!(!rect.is_empty() && rect.fits(fw, fh), "{made:?} gave {rect} in {fw}x{fh}");
    }
    match (made.clip(fw, fh), made.clip_even_inside(fw, fh)) {
        (Ok(outer), Ok(inner)) => {
            assert!(inner.fits(fw, fh) && inner.x % 2 == 0 && inner.y % 2 == 0, "{made:?} gave {inner}");
            assert!(inner.x >= outer.x && inner.right() <= outer.right(), "{inner} is not in {outer}");
            assert!(inner.y >= outer.y && inner.bottom() <= outer.bottom(), "{inner} is not in {outer}");
        }
        (Ok(_), Err(reason)) => assert_eq!(reason, Dropped::TooSmall),
        (Err(reason), inside) => assert_eq!(inside, Err(reason)),
    }
    if let Ok(fit) = Letterbox::fit((fw, fh), (1 + fh % 512, 1 + fw % 512), random.next().is_multiple_of(2)) {
        for back in [fit.to_src(made), fit.to_dst(made)] {
            assert!(back.clip(fw, fh).map_or(true, |rect| rect.fits(fw, fh)), "{made:?} gave {back:?}");
        }
    }
    let (area, shared) = (made.area(), made.intersection(&bbox));
    assert!(!(area < 0.0 || shared < 0.0) && made.iou(&bbox) >= 0.0, "{made:?}: {area} {shared}");
}

#[test]
fn shapes_and_whole_samples() {
    let person = BBox::xywh(100.0, 50.0, 30.0, 90.0);
    assert_eq!(person.expand_to_aspect(2.0, 3.0), BBox::xywh(85.0, 50.0, 60.0, 90.0));
    assert_eq!(person.expand_to_aspect(1.0, 6.0), BBox::xywh(100.0, 5.0, 30.0, 180.0));
    for (width, height) in [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (f32::NAN, 1.0), (f32::INFINITY, 1.0)] {
        assert_eq!(person.expand_to_aspect(width, height), person, "{width} to {height}");
    }
    let odd = BBox::xywh(3.0, 5.0, 4.0, 4.0);
    assert_eq!(odd.clip_even(100, 50), Ok(Rect::new(2, 4, 6, 6)));
    assert_eq!(odd.clip_even_inside(100, 50), Ok(Rect::new(4, 6, 2, 2)));
    assert_eq!(BBox::xywh(3.0, 5.0, 2.0, 4.0).clip_even_inside(100, 50), Err(Dropped::TooSmall));
    assert_eq!(BBox::xywh(98.0, 0.0, 9.0, 2.0).clip_even_inside(99, 50), Ok(Rect::new(98, 0, 1, 2)));
}

#[test]
fn windows_hold_the_whole_object() {
    let rows = [
        (BBox::xywh(10.0, 5.0, 30.0, 40.0), Ok(Rect::new(10, 5, 30, 40)), "whole pixels stay"),
        (BBox::xywh(10.9, 20.9, 0.2, 0.2), Ok(Rect::new(10, 20, 2, 2)), "both touched pixels"),
        (BBox::xywh(10.1, 0.0, 9.9, 1.0), Ok(Rect::new(10, 0, 10, 1)), "no sliver from f32 sums"),
        (BBox::xywh(5.0, 5.0, 1e-20, 1e-20), Ok(Rect::new(5, 5, 1, 1)), "never empty"),
        (BBox::xywh(-10.0, -10.0, 1e6, 1e6), Ok(Rect::new(0, 0, 100, 50)), "clipped to the frame"),
        (BBox::xywh(99.5, 49.5, 10.0, 10.0), Ok(Rect::new(99, 49, 1, 1)), "the last pixel"),
        (BBox::xywh(100.0, 0.0, 10.0, 10.0), Err(Dropped::Outside), "right of the frame"),
        (BBox::xywh(-10.0, 0.0, 10.0, 10.0), Err(Dropped::Outside), "touches the left edge"),
        (BBox::xywh(0.0, 0.0, -4.0, 10.0), Err(Dropped::Empty), "negative width"),
        (BBox::xywh(0.0, f32::INFINITY, 4.0, 10.0), Err(Dropped::NotFinite), "infinite top"),
    ];
    for (bbox, expected, why) in rows {
        assert_eq!(bbox.clip(100, 50), expected, "{why}");
    }
    assert_eq!(Rect::new(3, 5, 4, 1).even(100, 50), Rect::new(2, 4, 6, 2));
    assert_eq!(Rect::new(98, 0, 1, 1).even(99, 1), Rect::new(98, 0, 1, 1), "an odd frame ends odd");
    let error = crate::Error::from(Dropped::Outside);
    assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument);
}

#[test]
fn boxes_grow_about_their_middle() {
    let bbox = BBox::xyxy(10.0, 20.0, 30.0, 60.0);
    assert_eq!(bbox, BBox::xywh(10.0, 20.0, 20.0, 40.0));
    assert_eq!(bbox.to_xyxy(), [10.0, 20.0, 30.0, 60.0]);
    assert_eq!(bbox.pad_pixels(1.0, 2.0), BBox::xyxy(9.0, 18.0, 31.0, 62.0));
    assert_eq!(bbox.pad_percent(10.0), BBox::xyxy(8.0, 16.0, 32.0, 64.0));
    assert_eq!(bbox.square(), BBox::xyxy(0.0, 20.0, 40.0, 60.0));
    assert_eq!(bbox.scale(0.5, 2.0), BBox::xyxy(5.0, 40.0, 15.0, 120.0));
    assert_eq!((bbox.center(), bbox.area()), ((20.0, 40.0), 800.0));
    assert_eq!(bbox.iou(&bbox), 1.0);
    let inside_out = BBox::xywh(30.0, 20.0, -20.0, 40.0);
    assert_eq!((inside_out.iou(&bbox), inside_out.area()), (0.0, 0.0));
}

#[test]
fn letterboxes_match_nvinfers_numbers() {
    let fit = |src, dst, symmetric| Letterbox::fit(src, dst, symmetric).unwrap();
    assert_eq!(fit((1920, 1080), (640, 640), true).inner(), Rect::new(0, 140, 640, 360));
    assert_eq!(fit((1920, 1080), (640, 640), false).inner(), Rect::new(0, 0, 640, 360));
    assert_eq!(fit((1080, 1920), (640, 640), true).inner(), Rect::new(140, 0, 360, 640));
    assert_eq!(fit((1920, 1080), (416, 416), true).inner(), Rect::new(0, 91, 416, 234));
    assert_eq!(fit((100, 33), (50, 50), true).inner(), Rect::new(0, 17, 50, 16), "cut to whole pixels");
    assert_eq!(fit((10_000, 1), (50, 50), false).inner(), Rect::new(0, 0, 50, 1));
    assert!(Letterbox::fit((0, 1), (1, 1), true).unwrap_err().to_string().contains("0x1"));
}

proptest! {
    #[test]
    fn letterboxes_go_there_and_back(
        sw in 1u32..4000, sh in 1u32..4000, dw in 1u32..2000, dh in 1u32..2000, symmetric: bool,
        x in 0f32..1.0, y in 0f32..1.0,
    ) {
        let fit = Letterbox::fit((sw, sh), (dw, dh), symmetric).unwrap();
        prop_assert!(fit.inner().fits(dw, dh) && !fit.inner().is_empty());
        let bbox = BBox::xywh(x * sw as f32, y * sh as f32, 10.0, 20.0);
        let back = fit.to_src(fit.to_dst(bbox));
        for (a, b) in back.to_xyxy().into_iter().zip(bbox.to_xyxy()) {
            prop_assert!((a - b).abs() <= 0.02 + b.abs() * 1e-5 + 0.001 / fit.scale().0.min(fit.scale().1) as f32);
        }
        let whole = fit.to_dst(BBox::xywh(0.0, 0.0, sw as f32, sh as f32));
        prop_assert!((whole.width - fit.inner().width as f32).abs() < 0.01);
        prop_assert!((whole.height - fit.inner().height as f32).abs() < 0.01);
    }
}

mod space;
