//! What filters cost, beside OpenCV's and those of the crates that have them.
//!
//! Groups are `work/size`. Rows: `scalar` is the plain code, `dsframe-avx2` and `dsframe-avx512` are held to their
//! instructions, `dsframe` is what a user gets, on one thread; `dsframe-2t` has two. OpenCV (Debian's build, which picks its
//! instructions at run time) has one thread in `opencv` and two in `opencv-2t`.
//!
//! The level of a process is chosen once, so the rows of other levels come from other runs: `DSFRAME_CPU=scalar cargo bench
//! --bench filters` writes `scalar` rows alone, `avx2` and `avx512` likewise.

#[path = "common/mod.rs"]
mod common;

use std::hint::black_box;

use common::{SIZE, held, ours};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use dsframe::frame::{Colorimetry, FrameView, PixelFormat, Rect, View, ViewMut};
use dsframe::ops::{
    PlaneI16, box_blur, canny, gaussian_blur, laplacian, median_blur, morphology, sharpness, sobel, threshold,
};

/// Soft shapes with steps and noise, as camera pictures have.
fn picture(channels: usize) -> Vec<u8> {
    let (w, h) = (SIZE.0 as usize, SIZE.1 as usize);
    let (mut state, mut out) = (1u32, Vec::with_capacity(w * h * channels));
    for i in 0..w * h * channels {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y) = ((i / channels % w) as f32, (i / channels / w) as f32);
        let wave = (x * 0.021 + (i % channels) as f32).sin() * 50.0 + (y * 0.017 + x * 0.005).cos() * 40.0;
        let step = if (x - y).rem_euclid(137.0) < 55.0 { 45.0 } else { 0.0 };
        out.push((100.0 + wave + step + (state >> 29) as f32) as u8);
    }
    out
}

fn view(data: &[u8], channels: usize) -> View<'_> {
    View::new(data, SIZE.0, SIZE.1, channels, SIZE.0 as usize * channels).unwrap()
}

fn view_mut(data: &mut [u8], channels: usize) -> ViewMut<'_> {
    ViewMut::new(data, SIZE.0, SIZE.1, channels, SIZE.0 as usize * channels).unwrap()
}

fn frame(data: &[u8], format: PixelFormat) -> FrameView<'_> {
    let planes = [(data, SIZE.0 as usize * format.bytes_per_pixel(0))];
    FrameView::new(format, SIZE.0, SIZE.1, &planes, Colorimetry::default()).unwrap()
}

/// People of about 100 x 200 pixels all over the frame.
fn boxes() -> Vec<Rect> {
    (0..64).map(|i| Rect::new(3 + i % 16 * 113, 5 + i / 16 * 268, 84 + i % 5 * 9, 180 + i % 7 * 8)).collect()
}

fn group<'a>(c: &'a mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
    group
}

#[cfg(feature = "opencv")]
mod cv {
    use super::*;
    pub(super) use opencv::core::Mat;
    use opencv::core::{CV_8U, CV_MAKETYPE};
    use opencv::prelude::*;

    pub(super) fn mat(data: &[u8], channels: usize) -> Mat {
        let depth = CV_MAKETYPE(CV_8U, channels as i32);
        let mut mat =
            Mat::new_rows_cols_with_default(SIZE.1 as i32, SIZE.0 as i32, depth, 0.0.into()).unwrap();
        mat.data_bytes_mut().unwrap().copy_from_slice(data);
        mat
    }
}

fn gaussian(c: &mut Criterion) {
    let (src, mut dst) = (picture(4), vec![0; 1920 * 1080 * 4]);
    for (name, ksize, sigma) in [
        ("gaussian 5x5 RGBA/1080p", 5, 1.0),
        ("gaussian 15x15 RGBA/1080p", 15, 2.5),
        ("gaussian 31x31 RGBA/1080p", 31, 5.0),
    ] {
        let mut group = group(c, name, src.len());
        ours(&mut group, || {
            gaussian_blur::gaussian_blur(view(&src, 4), view_mut(&mut dst, 4), (ksize, ksize), sigma, 0.0)
                .unwrap()
        });
        #[cfg(feature = "opencv")]
        {
            let (from, mut to) = (cv::mat(&src, 4), cv::Mat::default());
            let size = opencv::core::Size::new(ksize as i32, ksize as i32);
            common::opencv(&mut group, || {
                opencv::imgproc::gaussian_blur_def(&from, &mut to, size, sigma).unwrap()
            });
        }
        if held().is_none() {
            use libblur::{
                BlurImage, BlurImageMut, ConvolutionMode, EdgeMode, EdgeMode2D, FastBlurChannels,
                GaussianBlurParams, ThreadingPolicy,
            };
            let from = BlurImage::borrow(&src, SIZE.0, SIZE.1, FastBlurChannels::Channels4);
            let mut to = BlurImageMut::alloc(SIZE.0, SIZE.1, FastBlurChannels::Channels4);
            let params = GaussianBlurParams::new(ksize, sigma);
            group.bench_function("libblur", |b| {
                b.iter(|| {
                    let (edge, mode) = (EdgeMode2D::new(EdgeMode::Reflect101), ConvolutionMode::FixedPoint);
                    libblur::gaussian_blur(&from, &mut to, params, edge, ThreadingPolicy::Single, mode)
                        .unwrap();
                });
            });
        }
        group.finish();
    }
}

fn regions(c: &mut Criterion) {
    let mut data = picture(4);
    let boxes = boxes();
    let bytes: u64 = boxes.iter().map(|b| b.area() * 4).sum();
    let mut group = group(c, "gaussian 31x31 on 64 boxes RGBA/1080p", bytes as usize);
    #[cfg(feature = "opencv")]
    let mut from = cv::mat(&data, 4);
    ours(&mut group, || {
        let mut plane = view_mut(&mut data, 4);
        let blur = gaussian_blur::GaussianBlur::new((31, 31), 5.0, 0.0).unwrap();
        for &rect in &boxes {
            blur.apply_mut(plane.crop_mut(rect).unwrap()).unwrap();
        }
    });
    #[cfg(feature = "opencv")]
    common::opencv(&mut group, || {
        use opencv::prelude::*;
        for rect in &boxes {
            let (x, y, width, height) = (rect.x as i32, rect.y as i32, rect.width as i32, rect.height as i32);
            let mut part = cv::Mat::roi_mut(&mut from, opencv::core::Rect::new(x, y, width, height)).unwrap();
            let size = opencv::core::Size::new(31, 31);
            // SAFETY: `gaussian_blur` may read and write the same pixels; it copies them first.
            unsafe {
                part.modify_inplace(|src, dst| opencv::imgproc::gaussian_blur_def(src, dst, size, 5.0))
            }
            .unwrap();
        }
    });
    group.finish();
}

fn edges(c: &mut Criterion) {
    let (rgba, gray, mut dst) = (picture(4), picture(1), vec![0; 1920 * 1080]);
    for (name, src, format) in [
        ("canny 50 150 RGBA/1080p", &rgba, PixelFormat::Rgba),
        ("canny 50 150 GRAY/1080p", &gray, PixelFormat::Gray8),
    ] {
        let mut group = group(c, name, src.len());
        ours(&mut group, || {
            canny::canny(&frame(src, format), view_mut(&mut dst, 1), 50.0, 150.0, 3, false).unwrap()
        });
        #[cfg(feature = "opencv")]
        {
            use opencv::imgproc::{COLOR_RGBA2GRAY, canny_def, cvt_color_def};
            let (mut between, mut to) = (cv::Mat::default(), cv::Mat::default());
            if format == PixelFormat::Rgba {
                let from = cv::mat(src, 4);
                common::opencv(&mut group, || {
                    cvt_color_def(&from, &mut between, COLOR_RGBA2GRAY).unwrap();
                    canny_def(&between, &mut to, 50.0, 150.0).unwrap();
                });
            } else {
                let from = cv::mat(src, 1);
                common::opencv(&mut group, || canny_def(&from, &mut to, 50.0, 150.0).unwrap());
            }
        }
        if held().is_none() && format == PixelFormat::Gray8 {
            let image = image::GrayImage::from_raw(SIZE.0, SIZE.1, src.clone()).unwrap();
            group.sample_size(10);
            group.bench_function("imageproc", |b| {
                b.iter(|| black_box(imageproc::edges::canny(&image, 50.0, 150.0)))
            });
        }
        group.finish();
    }
}

fn box_and_median(c: &mut Criterion) {
    let (rgba, gray) = (picture(4), picture(1));
    for (channels, src, kind) in [(4, &rgba, "RGBA"), (1, &gray, "GRAY")] {
        let mut dst = vec![0; src.len()];
        for ksize in [5, 31] {
            let mut group = group(c, &format!("box {ksize}x{ksize} {kind}/1080p"), src.len());
            ours(&mut group, || {
                let to = view_mut(&mut dst, channels);
                box_blur::box_blur(view(src, channels), to, (ksize, ksize)).unwrap();
            });
            #[cfg(feature = "opencv")]
            {
                let (from, mut to) = (cv::mat(src, channels), cv::Mat::default());
                let size = opencv::core::Size::new(ksize as i32, ksize as i32);
                common::opencv(&mut group, || opencv::imgproc::blur_def(&from, &mut to, size).unwrap());
            }
            group.finish();
        }
        for ksize in [3, 5, 21] {
            let mut group = group(c, &format!("median {ksize}x{ksize} {kind}/1080p"), src.len());
            group.sample_size(10);
            ours(&mut group, || {
                let to = view_mut(&mut dst, channels);
                median_blur::median_blur(view(src, channels), to, ksize).unwrap();
            });
            #[cfg(feature = "opencv")]
            {
                let (from, mut to) = (cv::mat(src, channels), cv::Mat::default());
                common::opencv(&mut group, || {
                    opencv::imgproc::median_blur(&from, &mut to, ksize as i32).unwrap()
                });
            }
            group.finish();
        }
    }
}

fn derivatives(c: &mut Criterion) {
    let src = picture(1);
    let mut dst = PlaneI16::default();
    for ksize in [3, 5] {
        let mut group = group(c, &format!("sobel {ksize}x{ksize} GRAY/1080p"), src.len());
        ours(&mut group, || sobel::sobel(view(&src, 1), &mut dst, 1, 0, ksize, 1.0, 0.0).unwrap());
        #[cfg(feature = "opencv")]
        {
            let (from, mut to) = (cv::mat(&src, 1), cv::Mat::default());
            let (depth, k, border) = (opencv::core::CV_16S, ksize as i32, opencv::core::BORDER_REFLECT_101);
            common::opencv(&mut group, || {
                opencv::imgproc::sobel(&from, &mut to, depth, 1, 0, k, 1.0, 0.0, border).unwrap();
            });
        }
        group.finish();
    }
    let mut group = self::group(c, "laplacian GRAY/1080p", src.len());
    ours(&mut group, || laplacian::laplacian(view(&src, 1), &mut dst, 1).unwrap());
    #[cfg(feature = "opencv")]
    {
        let (from, mut to) = (cv::mat(&src, 1), cv::Mat::default());
        common::opencv(&mut group, || {
            opencv::imgproc::laplacian_def(&from, &mut to, opencv::core::CV_16S).unwrap();
        });
    }
    group.finish();
    let mut group = self::group(c, "sharpness GRAY/1080p", src.len());
    ours(&mut group, || {
        black_box(sharpness::sharpness(&frame(&src, PixelFormat::Gray8)));
    });
    #[cfg(feature = "opencv")]
    {
        let (from, mut to) = (cv::mat(&src, 1), cv::Mat::default());
        let (mut mean, mut deviation) = (cv::Mat::default(), cv::Mat::default());
        common::opencv(&mut group, || {
            opencv::imgproc::laplacian_def(&from, &mut to, opencv::core::CV_64F).unwrap();
            opencv::core::mean_std_dev_def(&to, &mut mean, &mut deviation).unwrap();
        });
    }
    group.finish();
}

fn masks(c: &mut Criterion) {
    let src = picture(1);
    let mut dst = vec![0; src.len()];
    for ksize in [3, 9] {
        let mut group = group(c, &format!("erode {ksize}x{ksize} GRAY/1080p"), src.len());
        ours(&mut group, || morphology::erode(view(&src, 1), view_mut(&mut dst, 1), (ksize, ksize)).unwrap());
        #[cfg(feature = "opencv")]
        {
            use opencv::imgproc::{MORPH_RECT, erode_def, get_structuring_element_def};
            let size = opencv::core::Size::new(ksize as i32, ksize as i32);
            let element = get_structuring_element_def(MORPH_RECT, size).unwrap();
            let (from, mut to) = (cv::mat(&src, 1), cv::Mat::default());
            common::opencv(&mut group, || erode_def(&from, &mut to, &element).unwrap());
        }
        group.finish();
    }
    let mut group = self::group(c, "threshold otsu GRAY/1080p", src.len());
    ours(&mut group, || {
        let to = view_mut(&mut dst, 1);
        black_box(threshold::otsu(view(&src, 1), to, 255.0, threshold::Kind::Binary).unwrap());
    });
    #[cfg(feature = "opencv")]
    {
        use opencv::imgproc::{THRESH_BINARY, THRESH_OTSU};
        let (from, mut to) = (cv::mat(&src, 1), cv::Mat::default());
        common::opencv(&mut group, || {
            opencv::imgproc::threshold(&from, &mut to, 0.0, 255.0, THRESH_BINARY | THRESH_OTSU).unwrap();
        });
    }
    group.finish();
}

criterion_group!(benches, gaussian, regions, edges, box_and_median, derivatives, masks);
criterion_main!(benches);
