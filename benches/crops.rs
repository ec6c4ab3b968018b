//! What crops cost: in the streaming thread per frame, and in the encoder per picture.
//!
//! The frame is 1080p NV12 with a pitch of 2048 bytes, limited range BT.601, with ten people of 100x250
//! pixels. Competitors get the same pixels: `turbojpeg` through RGB is what OpenCV's `imwrite` does,
//! and `image` is the encoder most Rust programs use; both include the conversion they need.

#[path = "common/mod.rs"]
mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsframe::crops::{
    BestShots, BestShotsOptions, Candidate, CropWriter, Encoder, ImageFormat, Job, TrackKey,
};
use dsframe::crops::{OnFull, WriterOptions, max_overlap};
use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect};
use dsframe::ops::{color, sharpness::sharpness};
use dsframe::roi::BBox;
use std::hint::black_box;

const SIZE: (u32, u32) = (1920, 1080);
const PITCH: usize = 2048;
const PIXELS: u64 = SIZE.0 as u64 * SIZE.1 as u64;

/// A soft background with texture, as camera pictures have.
fn picture() -> (Vec<u8>, Vec<u8>) {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as usize % 12
    };
    let luma =
        (0..PITCH * 1080).map(|i| (60 + (i % PITCH) / 16 + (i / PITCH) / 64 + noise()) as u8).collect();
    let chroma = (0..PITCH * 540).map(|i| (118 + (i % PITCH) / 128 + noise() / 4) as u8).collect();
    (luma, chroma)
}

fn view<'a>(luma: &'a [u8], chroma: &'a [u8]) -> FrameView<'a> {
    let planes = [(luma, PITCH), (chroma, PITCH)];
    FrameView::new(PixelFormat::Nv12, SIZE.0, SIZE.1, &planes, Colorimetry::default()).unwrap()
}

fn people() -> Vec<BBox> {
    (0..10).map(|i| BBox::xywh(20.3 + 180.0 * i as f32, 300.7 + 20.0 * i as f32, 100.0, 250.0)).collect()
}

/// Offers all people of one frame, as a probe does; `confidence` decides whether they beat what is kept.
fn offer_all(best: &mut BestShots, frame: &FrameView<'_>, people: &[BBox], frame_num: u64, confidence: f32) {
    for (i, &bbox) in people.iter().enumerate() {
        let crop = frame.crop(bbox.clip(SIZE.0, SIZE.1).unwrap()).unwrap();
        let others = people.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, bbox)| *bbox);
        let candidate = Candidate {
            key: TrackKey { source_id: 0, object_id: i as u64 },
            frame_num,
            label: "person",
            confidence,
            bbox,
            frame_size: SIZE,
            overlap: max_overlap(&bbox, others),
        };
        black_box(best.offer(&candidate, &crop));
    }
    best.expire(0, frame_num);
}

fn streaming_thread(c: &mut Criterion) {
    let (luma, chroma) = picture();
    let (frame, people) = (view(&luma, &chroma), people());
    let mut group = c.benchmark_group("streaming thread, 10 people in a 1080p NV12 frame");
    let held = |confidence| {
        let mut best = BestShots::new(BestShotsOptions::default());
        offer_all(&mut best, &frame, &people, 0, confidence);
        best
    };
    let mut best = held(1.0);
    group.bench_function("worse by box and confidence", |b| {
        b.iter(|| offer_all(&mut best, &frame, &people, 1, 0.2));
    });
    let mut best = held(0.9);
    group.bench_function("worse by sharpness", |b| b.iter(|| offer_all(&mut best, &frame, &people, 1, 0.9)));
    group.bench_function("all better: measured and copied", |b| {
        b.iter_batched(
            || held(0.5),
            |mut best| offer_all(&mut best, &frame, &people, 1, 0.9),
            criterion::BatchSize::SmallInput,
        );
    });
    let writer = CropWriter::new(WriterOptions {
        threads: 1,
        queue_bytes: 1 << 20,
        on_full: OnFull::DropOldest,
        overwrite: true,
        ..Default::default()
    })
    .unwrap();
    let path = std::env::temp_dir().join("dsframe-bench.jpg");
    group.bench_function("every crop copied and queued for the writer", |b| {
        b.iter(|| {
            for bbox in &people {
                let crop = frame.crop(bbox.clip(SIZE.0, SIZE.1).unwrap()).unwrap();
                let _ = black_box(writer.submit(Job { frame: crop.to_owned(), path: path.clone() }));
            }
        });
    });
    drop(writer);
    let _ = std::fs::remove_file(path);
    group.finish();
}

fn encoders(c: &mut Criterion) {
    let (luma, chroma) = picture();
    let frame = view(&luma, &chroma);
    let windows =
        [("100x250", Rect::new(300, 400, 100, 250)), ("odd 101x251", Rect::new(301, 401, 101, 251))];
    for (name, rect) in windows.into_iter().chain([("1920x1080", Rect::new(0, 0, SIZE.0, SIZE.1))]) {
        let crop = frame.crop(rect).unwrap();
        let mut group = c.benchmark_group(format!("JPEG q85 of NV12 {name}"));
        group.throughput(Throughput::Elements(rect.area()));
        let mut encoder = Encoder::new(ImageFormat::Jpg, 85).unwrap();
        group.bench_function("dsframe", |b| b.iter(|| black_box(encoder.encode(&crop).unwrap())));
        group.bench_function("dsframe, new encoder each time", |b| {
            b.iter(|| black_box(Encoder::new(ImageFormat::Jpg, 85).unwrap().encode(&crop).unwrap()));
        });
        group.bench_function("turbojpeg 1.5 through RGB", |b| {
            b.iter(|| black_box(encoder.encode(&color::to_rgb(&crop).view()).unwrap()));
        });
        group.bench_function("image 0.25 through RGB", |b| {
            b.iter(|| {
                let (rgb, mut out) = (color::to_rgb(&crop), Vec::new());
                let pixels = rgb.view().plane(0);
                let jpeg = &mut image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 85);
                jpeg.encode(pixels.data(), rect.width, rect.height, image::ExtendedColorType::Rgb8).unwrap();
                black_box(out)
            });
        });
        group.finish();
    }
}

fn operations(c: &mut Criterion) {
    let (luma, chroma) = picture();
    let frame = view(&luma, &chroma);
    for format in [PixelFormat::Rgb, PixelFormat::Rgba, PixelFormat::Gray8] {
        let mut group = c.benchmark_group(format!("Nv12 of pitch 2048 to {format:?}/1080p"));
        let mut out = OwnedFrame::zeroed(format, SIZE.0, SIZE.1);
        group.throughput(Throughput::Bytes(PIXELS * 3 / 2 + out.byte_len() as u64));
        common::ours(&mut group, || {
            let mut out = out.view_mut();
            match format {
                PixelFormat::Rgb => color::rgb_from(&frame, out.plane_mut(0)),
                PixelFormat::Rgba => color::rgba_from(&frame, out.plane_mut(0)),
                _ => color::gray_from(&frame, out.plane_mut(0)),
            }
            .unwrap();
        });
        group.finish();
    }
    let mut group = c.benchmark_group("sharpness Nv12 of pitch 2048/1080p");
    group.throughput(Throughput::Bytes(PIXELS));
    common::ours(&mut group, || _ = black_box(sharpness(&frame)));
    group.finish();
}

criterion_group!(benches, streaming_thread, encoders, operations);
criterion_main!(benches);
