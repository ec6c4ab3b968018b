//! What colour conversion costs: whole 1080p frames and person-sized crops, on one thread unless the row says
//! otherwise. Each picture has the levels of the processor from plain code up, OpenCV on one thread, and a copy of as many
//! bytes as the conversion reads and writes, which is what memory allows.
//!
//! Thread counts: `dsframe-2t` cuts into two strips. Rows of one group are measured in one run; compare within a group.

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use dsframe::cpu::{self, Level};
use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect, ViewMut};
use dsframe::ops::color::{self, Output};
use std::hint::black_box;

const SIZE: (u32, u32) = (1920, 1080);

/// A frame of soft noise.
fn frame(format: PixelFormat) -> OwnedFrame {
    let mut state = 1u32;
    let noise: Vec<u8> = (0..SIZE.0 * SIZE.1 * 4)
        .map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (60 + i / 4 % 1920 / 16 + state % 16 / 2) as u8 + (state >> 28) as u8
        })
        .collect();
    let rgba = FrameView::new(
        PixelFormat::Rgba,
        SIZE.0,
        SIZE.1,
        &[(&noise, SIZE.0 as usize * 4)],
        Colorimetry::default(),
    );
    let mut frame = OwnedFrame::zeroed(format, SIZE.0, SIZE.1);
    color::frame_from(&rgba.expect("the noise has the size"), &mut frame.view_mut())
        .expect("both have one size");
    frame
}

fn channels(output: Output) -> usize {
    match output {
        Output::Gray => 1,
        Output::Rgba | Output::Bgra => 4,
        _ => 3,
    }
}

fn run(level: Level, view: &FrameView<'_>, out: &mut [u8], output: Output) {
    let c = channels(output);
    let (w, h) = (view.width(), view.height());
    let dst = ViewMut::new(out, w, h, c, w as usize * c).expect("the buffer was sized for it");
    color::convert_at(level, black_box(view), dst, output).expect("the sizes are the same");
}

fn levels() -> impl Iterator<Item = Level> {
    [Level::Scalar, Level::Neon, Level::Avx2, Level::Avx512].into_iter().filter(|&level| {
        let best = cpu::level();
        level == Level::Scalar || level == best || (level == Level::Avx2 && best == Level::Avx512)
    })
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start")
}

fn conversions(c: &mut Criterion) {
    use PixelFormat::{Bgr, I420, Nv12, P010, Rgba};
    for (format, output) in [
        (Rgba, Output::Gray),
        (Rgba, Output::Bgr),
        (Bgr, Output::Gray),
        (Bgr, Output::Rgba),
        (Nv12, Output::Rgba),
        (Nv12, Output::Bgr),
        (I420, Output::Rgba),
        (P010, Output::Rgba),
        (Nv12, Output::Gray),
        (Bgr, Output::Hsv),
    ] {
        let frame = frame(format);
        let view = frame.view();
        let bytes = frame.byte_len() + SIZE.0 as usize * SIZE.1 as usize * channels(output);
        let mut group = c.benchmark_group(format!("{format:?} to {output:?}/1080p"));
        group.throughput(Throughput::Bytes(bytes as u64));
        let mut out = vec![0; SIZE.0 as usize * SIZE.1 as usize * channels(output)];
        let one = pool(1);
        for level in levels() {
            group.bench_function(name(level), |b| {
                one.install(|| b.iter(|| run(level, &view, &mut out, output)));
            });
        }
        let two = pool(2);
        group.bench_function("dsframe-2t", |b| {
            two.install(|| b.iter(|| run(cpu::level(), &view, &mut out, output)));
        });
        opencv(&mut group, &frame, output);
        let (from, mut to) = (vec![1u8; bytes / 2], vec![0u8; bytes / 2]);
        group.bench_function("memcpy", |b| {
            b.iter(|| black_box(&mut to).copy_from_slice(black_box(&from)));
        });
        group.finish();
    }
}

/// The row of a level.
fn name(level: Level) -> String {
    match level {
        Level::Scalar => "scalar".to_owned(),
        level if level == cpu::level() => "dsframe".to_owned(),
        level => format!("dsframe-{level}"),
    }
}

/// 64 windows of 100 x 235 pixels: only they are converted.
fn crops(c: &mut Criterion) {
    let frame = frame(PixelFormat::Nv12);
    let view = frame.view();
    let windows: Vec<Rect> =
        (0..64).map(|i| Rect::new(i % 16 * 113 + 1, i / 16 * 250 + 7, 100, 235)).collect();
    let mut group = c.benchmark_group("64 windows of 100x235, Nv12 to Rgb");
    group.throughput(Throughput::Bytes(64 * 100 * 235 * 9 / 2));
    let mut out = vec![0; 100 * 235 * 3];
    let one = pool(1);
    for level in levels() {
        group.bench_function(name(level), |b| {
            one.install(|| {
                b.iter(|| {
                    for &window in &windows {
                        let crop = view.crop(window).expect("the window lies inside");
                        run(level, &crop, &mut out, Output::Rgb);
                    }
                });
            });
        });
    }
    group.finish();
}

#[cfg(not(feature = "opencv"))]
fn opencv(_: &mut BenchmarkGroup<'_, WallTime>, _: &OwnedFrame, _: Output) {}

/// `cvtColor` on one thread, into a `Mat` that is kept.
#[cfg(feature = "opencv")]
fn opencv(group: &mut BenchmarkGroup<'_, WallTime>, frame: &OwnedFrame, output: Output) {
    use opencv::core::{self, Mat, Vec3b, Vec4b};
    use opencv::imgproc::*;
    let view = frame.view();
    let (w, h) = (SIZE.0 as i32, SIZE.1 as i32);
    let code = match (view.format(), output) {
        (PixelFormat::Rgba, Output::Gray) => COLOR_RGBA2GRAY,
        (PixelFormat::Rgba, Output::Bgr) => COLOR_RGBA2BGR,
        (PixelFormat::Bgr, Output::Gray) => COLOR_BGR2GRAY,
        (PixelFormat::Bgr, Output::Rgba) => COLOR_BGR2RGBA,
        (PixelFormat::Bgr, Output::Hsv) => COLOR_BGR2HSV,
        (PixelFormat::Nv12, Output::Rgba) => COLOR_YUV2RGBA_NV12,
        (PixelFormat::Nv12, Output::Bgr) => COLOR_YUV2BGR_NV12,
        (PixelFormat::I420, Output::Rgba) => COLOR_YUV2RGBA_I420,
        // It has no 10-bit input, and its grey of NV12 is a copy of the luma plane.
        _ => return,
    };
    core::set_num_threads(1).expect("OpenCV takes one thread");
    let bytes: Vec<u8> = (0..view.format().planes())
        .flat_map(|i| view.plane(i).data()[..plane_len(&view, i)].to_vec())
        .collect();
    let mut dst = Mat::default();
    let mut convert = |src: &dyn Fn(&mut Mat)| {
        group.bench_function("opencv", |b| b.iter(|| src(black_box(&mut dst))));
    };
    match view.format().bytes_per_pixel(0) {
        3 => {
            let src = Mat::new_rows_cols_with_bytes::<Vec3b>(h, w, &bytes).expect("packed rows");
            convert(&|dst| cvt_color(&src, dst, code, 0).expect("OpenCV has this conversion"));
        }
        4 => {
            let src = Mat::new_rows_cols_with_bytes::<Vec4b>(h, w, &bytes).expect("packed rows");
            convert(&|dst| cvt_color(&src, dst, code, 0).expect("OpenCV has this conversion"));
        }
        _ => {
            let src = Mat::new_rows_cols_with_bytes::<u8>(h * 3 / 2, w, &bytes).expect("packed planes");
            convert(&|dst| cvt_color(&src, dst, code, 0).expect("OpenCV has this conversion"));
        }
    }
}

#[cfg(feature = "opencv")]
fn plane_len(view: &FrameView<'_>, plane: usize) -> usize {
    let plane = view.plane(plane);
    plane.pitch() * plane.height() as usize
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_secs(1));
    targets = conversions, crops
}
criterion_main!(benches);
