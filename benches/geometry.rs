//! What resizing and batches for networks cost, beside OpenCV's route and `fast_image_resize`.
//!
//! Groups are `work/size`. Rows: `scalar` and `dsframe-avx2` are held to their instructions (`DSFRAME_CPU=scalar cargo
//! bench --bench geometry` writes `scalar` rows alone), `dsframe` is what a user gets, on one thread; `dsframe-2t` has two.
//! OpenCV (Debian's build) has one thread in `opencv` and two in `opencv-2t`.

#[path = "common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{SIZE, boxes, held, ours, picture};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use dsframe::frame::{Colorimetry, FrameView, PixelFormat, View, ViewMut};
use dsframe::ops::reid::{ReidSpec, reid_batch_into};
use dsframe::ops::resize::{Interpolation, resize};

#[cfg(feature = "opencv")]
mod cv {
    use super::*;
    use dsframe::roi::BBox;
    use opencv::core::{CV_32FC3, Mat, Rect, Scalar, Size, Vector};
    use opencv::{core, imgproc, prelude::*};

    pub(super) fn resize(from: &Mat, to: &mut Mat, size: (u32, u32), how: Interpolation) {
        let flag = match how {
            Interpolation::Nearest => imgproc::INTER_NEAREST,
            Interpolation::Bilinear => imgproc::INTER_LINEAR,
            Interpolation::Area => imgproc::INTER_AREA,
        };
        imgproc::resize(from, to, Size::new(size.0 as i32, size.1 as i32), 0.0, 0.0, flag).unwrap();
    }

    /// Per box: colour conversion, resize, float, normalisation, planes into their places.
    pub(super) fn batch(rgba: &Mat, boxes: &[BBox], out: &mut [f32]) {
        let size = Size::new(128, 256);
        let (mut rgb, mut net, mut float) = (Mat::default(), Mat::default(), Mat::default());
        for (bbox, item) in boxes.iter().zip(out.chunks_exact_mut(3 * 256 * 128)) {
            let rect = Rect::new(bbox.left as i32, bbox.top as i32, bbox.width as i32, bbox.height as i32);
            imgproc::cvt_color_def(&Mat::roi(rgba, rect).unwrap(), &mut rgb, imgproc::COLOR_RGBA2RGB)
                .unwrap();
            imgproc::resize(&rgb, &mut net, size, 0.0, 0.0, imgproc::INTER_LINEAR).unwrap();
            net.convert_to(&mut float, CV_32FC3, 1.0 / 255.0, 0.0).unwrap();
            let (mut less, mut normal) = (Mat::default(), Mat::default());
            core::subtract_def(&float, &Scalar::new(0.485, 0.456, 0.406, 0.0), &mut less).unwrap();
            core::divide2_def(&less, &Scalar::new(0.229, 0.224, 0.225, 0.0), &mut normal).unwrap();
            let mut planes = Vector::<Mat>::new();
            core::split(&normal, &mut planes).unwrap();
            for (plane, part) in planes.iter().zip(item.chunks_exact_mut(256 * 128)) {
                part.copy_from_slice(plane.data_typed::<f32>().unwrap());
            }
        }
    }
}

fn resizing(c: &mut Criterion) {
    let src = picture(1920 * 1080 * 4);
    for (name, size, how) in [
        ("resize nearest to 640x360 RGBA/1080p", (640, 360), Interpolation::Nearest),
        ("resize bilinear to 640x360 RGBA/1080p", (640, 360), Interpolation::Bilinear),
        ("resize bilinear to 1280x720 RGBA/1080p", (1280, 720), Interpolation::Bilinear),
        ("resize area to 480x270 RGBA/1080p", (480, 270), Interpolation::Area),
        ("resize area to 416x234 RGBA/1080p", (416, 234), Interpolation::Area),
    ] {
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(src.len() as u64));
        let mut out = vec![0; size.0 as usize * size.1 as usize * 4];
        let view = View::new(&src, SIZE.0, SIZE.1, 4, SIZE.0 as usize * 4).unwrap();
        ours(&mut group, || {
            let dst = ViewMut::new(&mut out, size.0, size.1, 4, size.0 as usize * 4).unwrap();
            resize(black_box(&view), dst, how).unwrap();
        });
        #[cfg(feature = "opencv")]
        {
            let (from, mut to) = (common::mat(&src, SIZE, 4), opencv::core::Mat::default());
            common::opencv(&mut group, || cv::resize(&from, &mut to, size, how));
        }
        if held().is_none() {
            fast_image_resize_row(&mut group, &src, size, how);
        }
        group.finish();
    }
}

/// The crate's own filters: its bilinear one is antialiased, its box one is the mean of an area.
fn fast_image_resize_row(
    group: &mut BenchmarkGroup<'_, WallTime>,
    src: &[u8],
    size: (u32, u32),
    how: Interpolation,
) {
    use fast_image_resize::images::{Image, ImageRef};
    use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
    let alg = match how {
        Interpolation::Nearest => ResizeAlg::Nearest,
        Interpolation::Bilinear => ResizeAlg::Interpolation(FilterType::Bilinear),
        Interpolation::Area => ResizeAlg::Convolution(FilterType::Box),
    };
    let from = ImageRef::new(SIZE.0, SIZE.1, src, PixelType::U8x4).unwrap();
    let mut to = Image::new(size.0, size.1, PixelType::U8x4);
    let options = ResizeOptions::new().resize_alg(alg).use_alpha(false);
    let mut resizer = Resizer::new();
    group.bench_function("fast_image_resize", |b| {
        b.iter(|| resizer.resize(&from, &mut to, &options).unwrap())
    });
}

fn batches(c: &mut Criterion) {
    let (boxes, spec) = (boxes(), ReidSpec::TORCHREID);
    let mut out = vec![0.0_f32; boxes.len() * spec.item_len()];
    let rgba = picture(1920 * 1080 * 4);
    let nv12 = picture(1920 * 1080 * 3 / 2);
    let (luma, chroma) = nv12.split_at(1920 * 1080);
    let colorimetry = Colorimetry::default();
    let frames = [
        FrameView::new(PixelFormat::Rgba, SIZE.0, SIZE.1, &[(&rgba, 1920 * 4)], colorimetry).unwrap(),
        FrameView::new(PixelFormat::Nv12, SIZE.0, SIZE.1, &[(luma, 1920), (chroma, 1920)], colorimetry)
            .unwrap(),
    ];
    for frame in frames {
        let name = format!("64 boxes to 64x3x256x128 f32 {:?}/1080p", frame.format());
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(out.len() as u64 * 4));
        ours(&mut group, || drop(reid_batch_into(black_box(&frame), &boxes, &spec, &mut out).unwrap()));
        #[cfg(feature = "opencv")]
        if frame.format() == PixelFormat::Rgba {
            let from = common::mat(&rgba, SIZE, 4);
            common::opencv(&mut group, || cv::batch(&from, &boxes, &mut out));
        } else {
            let (from, mut whole) = (common::mat(&nv12, (1920, 1620), 1), opencv::core::Mat::default());
            common::opencv(&mut group, || {
                opencv::imgproc::cvt_color_def(&from, &mut whole, opencv::imgproc::COLOR_YUV2RGBA_NV12)
                    .unwrap();
                cv::batch(&whole, &boxes, &mut out);
            });
        }
        group.finish();
    }
}

criterion_group!(benches, resizing, batches);
criterion_main!(benches);
