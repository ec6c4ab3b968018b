//! The bytes of the definition, and OpenCV's.

use super::super::pixelate::pixelate;
use super::*;
use crate::frame::View;
use crate::ops::rows::Isa;
use crate::ops::rows::testing::{Picture, sizes};

/// The definition: the mean of each block, rounded half up.
fn oracle(src: &View<'_>, (bw, bh): (u32, u32)) -> Vec<u8> {
    let channels = src.channels();
    let mean = |x: u32, y: u32, c: usize| {
        let (left, top) = (x / bw * bw, y / bh * bh);
        let (right, bottom) = ((left + bw).min(src.width()), (top + bh).min(src.height()));
        let at = |x: u32, y: u32| u64::from(src.row(y)[x as usize * channels + c]);
        let sum: u64 =
            (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).map(|(x, y)| at(x, y)).sum();
        let count = u64::from(right - left) * u64::from(bottom - top);
        ((2 * sum + count) / (2 * count)) as u8
    };
    let places = (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (x, y)));
    places.flat_map(|(x, y)| (0..channels).map(move |c| mean(x, y, c))).collect()
}

#[test]
fn every_level_pixelates_as_defined_at_every_size_pitch_and_width_of_pixel() {
    let blocks = [(2, 2), (3, 5), (8, 8), (12, 12), (1, 300), (64, 3), (5000, 5000), (17, 1)];
    for (n, size) in sizes().into_iter().chain([(20, 280), (33, 34)]).enumerate() {
        for channels in 1..=4 {
            for block in [blocks[n % 8], blocks[(n + channels) % 8]] {
                let src = Picture::noise(size, channels, n % 5);
                let expected = oracle(&src.view(), block);
                for isa in Isa::all() {
                    let mut same = src.clone();
                    pixelate(isa, &mut same.view_mut(), block);
                    assert!(same.packed() == expected, "{isa:?} {size:?} {channels} {block:?}");
                    assert!(same.padding_is_untouched());
                }
            }
        }
    }
    // Sums of more than 16 and 32 bits.
    for (size, block) in [((40, 600), (40, 600)), ((33_000, 260), (33_000, 260)), ((40_000, 3), (40_000, 3))]
    {
        let mut white = Picture::blank(size, 1, 0);
        white.data.fill(255);
        pixelate(Isa::best(), &mut white.view_mut(), block);
        assert!(white.data.iter().all(|&v| v == 255), "{size:?}");
    }
}

#[test]
fn every_level_leaves_the_same_bytes() {
    let cells: Vec<u8> = (0..35).map(|i| (i * 13 % 35 > 14) as u8).collect();
    let mask = Mask::from_u8(&cells, 5, 7).unwrap();
    let regions = [
        Region::from(BBox::xywh(3.0, 5.0, 40.5, 61.0)),
        Region::ellipse(BBox::xywh(30.0, -4.0, 51.0, 33.0)),
        Region::masked(BBox::xywh(61.0, 31.0, 35.0, 49.0), mask),
    ];
    for format in
        [PixelFormat::Rgba, PixelFormat::Bgr, PixelFormat::Gray8, PixelFormat::Nv12, PixelFormat::I420]
    {
        for how in HOWS {
            let mut plain = noise(format, (101, 83), 8);
            redact_at(Isa::Scalar, &mut plain.view_mut(), &regions, how).unwrap();
            for isa in Isa::all() {
                let mut frame = noise(format, (101, 83), 8);
                redact_at(isa, &mut frame.view_mut(), &regions, how).unwrap();
                assert!(bytes(&frame) == bytes(&plain), "{isa:?} {format:?} {how:?}");
            }
        }
    }
}

#[test]
fn a_mask_of_the_boxs_size_hides_its_cells_and_one_pixel_more_only_where_chroma_is_shared() {
    let cells: Vec<u8> = (0..11 * 9).map(|i| (i * 7 % 11 > 6) as u8).collect();
    let mask = Mask::from_u8(&cells, 11, 9).unwrap();
    let region = Region::masked(BBox::xywh(3.0, 5.0, 11.0, 9.0), mask);
    for format in [PixelFormat::Rgba, PixelFormat::I420] {
        let mut frame = noise(format, (20, 20), 1);
        frame.view_mut().plane_mut(0).rows_mut().for_each(|row| row.fill(1));
        fill(&mut frame.view_mut(), &[region], Color::WHITE).unwrap();
        let step = format.bytes_per_pixel(0);
        for (x, y) in (0..20usize).flat_map(|y| (0..20).map(move |x| (x, y))) {
            let inside = (3..14).contains(&x) && (5..14).contains(&y);
            let hidden = inside && cells[(y - 5) * 11 + x - 3] != 0;
            assert_eq!(frame.view().plane(0).row(y as u32)[x * step] != 1, hidden, "{x} {y} {format:?}");
        }
    }
}

#[test]
#[cfg(feature = "opencv")]
fn blocks_are_within_one_of_opencvs_and_blurs_are_its_bytes() {
    use opencv::core::{self, Mat, Size};
    use opencv::{imgproc, prelude::*};
    let picture = Picture::shapes((96, 120), 4, 0);
    let rect = Rect::new(5, 7, 72, 96);
    let mut ours = noise(PixelFormat::Rgba, (96, 120), 1);
    let reset = |frame: &mut OwnedFrame| {
        frame.view_mut().plane_mut(0).data_mut().copy_from_slice(&picture.packed());
    };
    let inside = |frame: &OwnedFrame| -> Vec<u8> {
        frame.view().plane(0).crop(rect).unwrap().rows().flatten().copied().collect()
    };
    let roi = Mat::roi(&picture.mat(), core::Rect::new(5, 7, 72, 96)).unwrap().try_clone().unwrap();
    reset(&mut ours);
    pixelate_regions(&mut ours, rect, 12);
    let (mut small, mut back) = (Mat::default(), Mat::default());
    imgproc::resize(&roi, &mut small, Size::new(6, 8), 0.0, 0.0, imgproc::INTER_AREA).unwrap();
    imgproc::resize(&small, &mut back, Size::new(72, 96), 0.0, 0.0, imgproc::INTER_NEAREST).unwrap();
    for (a, b) in inside(&ours).iter().zip(back.data_bytes().unwrap()) {
        assert!(a.abs_diff(*b) <= 1, "{a} {b}");
    }
    reset(&mut ours);
    blur(&mut ours.view_mut(), &[rect.into()], Blur::Kernel { ksize: 31, sigma: 5.0 }).unwrap();
    let mut soft = Mat::default();
    imgproc::gaussian_blur_def(&roi, &mut soft, Size::new(31, 31), 5.0).unwrap();
    assert_eq!(inside(&ours), soft.data_bytes().unwrap());
}

#[cfg(feature = "opencv")]
fn pixelate_regions(frame: &mut OwnedFrame, rect: Rect, size: u32) {
    super::super::pixelate(&mut frame.view_mut(), &[rect.into()], Blocks::Pixels(size)).unwrap();
}
