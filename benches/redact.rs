//! What hiding people, turning pictures and counting pixels cost, beside OpenCV's route.
//!
//! Groups are `work/size`. Rows: `scalar` and `dsframe-avx2` are held to their instructions (`DSFRAME_CPU=scalar cargo
//! bench --bench redact` writes `scalar` rows alone), `dsframe` is what a user gets, on one thread; `dsframe-2t` has two.
//! OpenCV (Debian's build) has one thread in `opencv` and two in `opencv-2t`. Boxes are hidden in place, again and again:
//! the time does not depend on what the pixels are.

#[path = "common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{SIZE, boxes, ours, picture};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsframe::frame::{Color, Colorimetry, FrameViewMut, PixelFormat, View, ViewMut};
use dsframe::ops::flip::{Flip, Rotation, flip, rotate};
use dsframe::ops::redact::{Blocks, Blur, Redaction, Region, redact};
use dsframe::ops::stats::{histogram, mean, mean_std_dev};

const PITCH: usize = 1920 * 4;

#[cfg(feature = "opencv")]
mod cv {
    use super::*;
    use dsframe::roi::BBox;
    use opencv::core::{Mat, Rect, Scalar, Size, Vector};
    use opencv::{core, imgproc, prelude::*};

    pub(super) fn hide(frame: &mut Mat, boxes: &[BBox], how: Redaction, scratch: &mut [Mat; 2]) {
        for bbox in boxes {
            let rect = Rect::new(bbox.left as i32, bbox.top as i32, bbox.width as i32, bbox.height as i32);
            let mut roi = Mat::roi_mut(frame, rect).unwrap();
            match how {
                Redaction::Pixelate(Blocks::Pixels(block)) => {
                    shrink(&mut roi, rect, block as i32, imgproc::INTER_NEAREST, scratch);
                }
                Redaction::Blur(Blur::Kernel { ksize, sigma }) => {
                    let size = Size::new(ksize as i32, ksize as i32);
                    imgproc::gaussian_blur_def(&roi, &mut scratch[0], size, sigma).unwrap();
                    scratch[0].copy_to(&mut roi).unwrap();
                }
                Redaction::Blur(Blur::Across(remaining)) => {
                    let block = (rect.width.max(rect.height) + remaining as i32 - 1) / remaining as i32;
                    shrink(&mut roi, rect, block, imgproc::INTER_LINEAR, scratch);
                }
                _ => {
                    roi.set_to_def(&Scalar::new(0.0, 0.0, 0.0, 255.0)).unwrap();
                }
            }
        }
    }

    fn shrink(
        roi: &mut (impl MatTrait + core::ToOutputArray + core::ToInputArray),
        rect: Rect,
        block: i32,
        back: i32,
        [small, large]: &mut [Mat; 2],
    ) {
        let cells = Size::new((rect.width + block - 1) / block, (rect.height + block - 1) / block);
        imgproc::resize(roi, small, cells, 0.0, 0.0, imgproc::INTER_AREA).unwrap();
        imgproc::resize(small, large, rect.size(), 0.0, 0.0, back).unwrap();
        large.copy_to(roi).unwrap();
    }

    pub(super) fn histograms(images: &Vector<Mat>, out: &mut Mat) {
        let (bins, ranges) = (Vector::from_slice(&[256]), Vector::from_slice(&[0.0, 256.0]));
        for channel in 0..4 {
            let of = Vector::from_slice(&[channel]);
            imgproc::calc_hist(images, &of, &core::no_array(), out, &bins, &ranges, false).unwrap();
        }
    }
}

fn hiding(c: &mut Criterion) {
    let boxes = boxes();
    let regions: Vec<Region<'_>> = boxes.iter().map(|&bbox| bbox.into()).collect();
    let ellipses: Vec<_> = boxes.iter().map(|&bbox| Region::ellipse(bbox)).collect();
    let bytes = boxes.iter().map(|b| b.area() as u64 * 4).sum();
    let pixelate = Redaction::Pixelate(Blocks::Pixels(12));
    let blur = Redaction::Blur(Blur::Kernel { ksize: 31, sigma: 5.0 });
    for (name, regions, how, format) in [
        ("pixelate 12 px on 64 boxes RGBA/1080p", &regions, pixelate, PixelFormat::Rgba),
        ("blur 31x31 on 64 boxes RGBA/1080p", &regions, blur, PixelFormat::Rgba),
        (
            "blur to 8 values on 64 boxes RGBA/1080p",
            &regions,
            Redaction::Blur(Blur::Across(8)),
            PixelFormat::Rgba,
        ),
        ("fill 64 boxes RGBA/1080p", &regions, Redaction::Fill(Color::BLACK), PixelFormat::Rgba),
        ("pixelate 12 px on 64 ellipses RGBA/1080p", &ellipses, pixelate, PixelFormat::Rgba),
        ("pixelate 12 px on 64 boxes NV12/1080p", &regions, pixelate, PixelFormat::Nv12),
    ] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(bytes));
        let mut data = picture(1920 * 1080 * 4);
        ours(&mut group, || {
            let planes: Vec<_> = if format == PixelFormat::Rgba {
                vec![(&mut data[..], PITCH)]
            } else {
                let (luma, chroma) = data.split_at_mut(1920 * 1080);
                vec![(luma, 1920), (chroma, 1920)]
            };
            let colorimetry = Colorimetry::default();
            let mut frame = FrameViewMut::new(format, SIZE.0, SIZE.1, planes, colorimetry).unwrap();
            redact(&mut frame, black_box(regions), how).unwrap();
        });
        #[cfg(feature = "opencv")]
        if format == PixelFormat::Rgba && !name.contains("ellipses") {
            let (mut mat, mut scratch) = (common::mat(&data, SIZE, 4), Default::default());
            common::opencv(&mut group, || cv::hide(&mut mat, &boxes, how, &mut scratch));
        }
        group.finish();
    }
}

fn turning(c: &mut Criterion) {
    let src = picture(1920 * 1080 * 4);
    let view = View::new(&src, SIZE.0, SIZE.1, 4, PITCH).unwrap();
    let mut out = vec![0; src.len()];
    let mut group = c.benchmark_group("flip horizontal RGBA/1080p");
    group.throughput(Throughput::Bytes(src.len() as u64));
    ours(&mut group, || {
        let dst = ViewMut::new(&mut out, SIZE.0, SIZE.1, 4, PITCH).unwrap();
        flip(black_box(&view), dst, Flip::Horizontal).unwrap();
    });
    #[cfg(feature = "opencv")]
    {
        let (from, mut to) = (common::mat(&src, SIZE, 4), opencv::core::Mat::default());
        common::opencv(&mut group, || opencv::core::flip(&from, &mut to, 1).unwrap());
    }
    group.finish();
    let mut group = c.benchmark_group("rotate 90 RGBA/1080p");
    group.throughput(Throughput::Bytes(src.len() as u64));
    ours(&mut group, || {
        let dst = ViewMut::new(&mut out, SIZE.1, SIZE.0, 4, SIZE.1 as usize * 4).unwrap();
        rotate(black_box(&view), dst, Rotation::Deg90).unwrap();
    });
    #[cfg(feature = "opencv")]
    {
        let (from, mut to) = (common::mat(&src, SIZE, 4), opencv::core::Mat::default());
        common::opencv(&mut group, || {
            opencv::core::rotate(&from, &mut to, opencv::core::ROTATE_90_CLOCKWISE).unwrap();
        });
    }
    group.finish();
}

fn counting(c: &mut Criterion) {
    let src = picture(1920 * 1080 * 4);
    let view = View::new(&src, SIZE.0, SIZE.1, 4, PITCH).unwrap();
    let bytes = Throughput::Bytes(src.len() as u64);
    #[cfg(feature = "opencv")]
    let mat = common::mat(&src, SIZE, 4);

    let mut group = c.benchmark_group("mean RGBA/1080p");
    group.throughput(bytes.clone());
    ours(&mut group, || _ = black_box(mean(black_box(&view)).unwrap()));
    #[cfg(feature = "opencv")]
    common::opencv(&mut group, || {
        _ = black_box(opencv::core::mean(&mat, &opencv::core::no_array()).unwrap())
    });
    group.finish();

    let mut group = c.benchmark_group("mean and deviation RGBA/1080p");
    group.throughput(bytes.clone());
    ours(&mut group, || _ = black_box(mean_std_dev(black_box(&view)).unwrap()));
    #[cfg(feature = "opencv")]
    {
        let mut out: [opencv::core::Mat; 2] = Default::default();
        let [means, deviations] = &mut out;
        common::opencv(&mut group, || {
            opencv::core::mean_std_dev(&mat, means, deviations, &opencv::core::no_array()).unwrap();
        });
    }
    group.finish();

    let mut group = c.benchmark_group("histogram of 4 channels RGBA/1080p");
    group.throughput(bytes);
    ours(&mut group, || drop(black_box(histogram(black_box(&view)).unwrap())));
    #[cfg(feature = "opencv")]
    {
        let (images, mut out) = (opencv::core::Vector::from_iter([mat]), opencv::core::Mat::default());
        common::opencv(&mut group, || cv::histograms(&images, &mut out));
    }
    group.finish();
}

criterion_group!(benches, hiding, turning, counting);
criterion_main!(benches);
