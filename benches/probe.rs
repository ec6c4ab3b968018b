//! What a probe adds to a frame: map, walk, crop, hand over. 1080p NV12, 10 objects.
//!
//! The competitor's row is what a pyds + NumPy + OpenCV probe does with the same frame: copy it whole,
//! convert it whole to RGB, then copy each box out.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsframe::crops::{BestShots, BestShotsOptions, Candidate, TrackKey, max_overlap};
use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
use dsframe::ops::color;
use dsframe::probe::Batch;
use dsframe::roi::BBox;
use dsframe::surface::{PixelPool, SurfaceAlloc, SurfaceBatch, SurfaceSpec};
use dsframe::sys::SurfaceGeneration;

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;
const OBJECTS: usize = 10;

/// A buffer as nvtracker gives it: one frame of noise with ten tracked people of 100 x 235 pixels.
fn buffer() -> gst::Buffer {
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 1);
    let colorimetry = Colorimetry::default();
    let spec = SurfaceSpec { width: WIDTH, height: HEIGHT, format: PixelFormat::Nv12, colorimetry };
    alloc.push(spec, &PixelPool::new()).expect("NV12 has a surface format");
    let mut buffer = alloc.into_buffer();
    {
        let surfaces = SurfaceBatch::from_buffer(&buffer).expect("the buffer carries surfaces");
        let mut map = surfaces.surface(0).and_then(|s| s.map_write()).expect("host memory maps");
        let mut luma = map.view_mut().into_plane(0);
        for y in 0..HEIGHT {
            let row = luma.row_mut(y);
            row.iter_mut().enumerate().for_each(|(x, v)| *v = ((x as u32 * 7) ^ (y * 13)) as u8);
        }
    }
    let meta = OwnedBatchMeta::new(1).expect("the embedded runtime answers");
    let frame = meta
        .as_batch()
        .add_frame(&FrameInit {
            source_frame_width: WIDTH,
            source_frame_height: HEIGHT,
            ..FrameInit::default()
        })
        .expect("the batch is empty");
    for i in 0..OBJECTS {
        let bbox = BBox::xywh(20.0 + 185.0 * i as f32, 300.0 + 31.0 * i as f32, 100.0, 235.0);
        let init = ObjectInit {
            object_id: Some(i as u64 + 1),
            bbox,
            confidence: 0.8,
            label: "person",
            ..ObjectInit::default()
        };
        frame.add_object(&init).expect("the box is finite");
    }
    meta.attach(buffer.get_mut().expect("one owner")).expect("the buffer takes metadata");
    buffer
}

/// The work of the `save_crops` probe on one frame.
fn probe(buffer: &gst::BufferRef, best: &mut BestShots, frame_num: u64) -> usize {
    let batch = Batch::from_buffer(buffer).expect("a known layout").expect("it has metadata");
    let mut offered = 0;
    for frame in batch.frames() {
        let map = frame.map_read().expect("host memory maps");
        let view = map.view();
        let objects: Vec<_> = frame.objects().collect();
        let boxes: Vec<BBox> = objects.iter().map(|object| object.rect()).collect();
        for (i, object) in objects.iter().enumerate() {
            let window = boxes[i].clip(view.width(), view.height()).expect("the box is inside");
            let crop = view.crop(window).expect("the window is inside");
            let others = boxes.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, b)| *b);
            let label = object.label();
            let candidate = Candidate {
                key: TrackKey { source_id: frame.source_id(), object_id: object.object_id().unwrap_or(0) },
                frame_num,
                label: &label,
                confidence: object.confidence().unwrap_or(0.0),
                bbox: boxes[i],
                frame_size: (view.width(), view.height()),
                overlap: max_overlap(&boxes[i], others),
            };
            best.offer(&candidate, &crop);
            offered += 1;
        }
    }
    offered
}

fn map_and_crop(buffer: &gst::BufferRef, boxes: usize) -> u64 {
    let batch = Batch::from_buffer(buffer).expect("a known layout").expect("it has metadata");
    let mut sum = 0;
    for frame in batch.frames() {
        let map = frame.map_read().expect("host memory maps");
        let view = map.view();
        for object in frame.objects().cycle_to(boxes) {
            let window = object.rect().clip(view.width(), view.height()).expect("the box is inside");
            sum += u64::from(view.crop(window).expect("the window is inside").plane(0).row(0)[0]);
        }
    }
    sum
}

/// Repeats an iterator until it has given `count` items.
trait CycleTo: Iterator + Clone {
    fn cycle_to(self, count: usize) -> std::iter::Take<std::iter::Cycle<Self>> {
        self.cycle().take(count)
    }
}

impl<I: Iterator + Clone> CycleTo for I {}

/// Whole-frame copy, whole-frame conversion, a copy of every box.
fn copy_route(buffer: &gst::BufferRef) -> usize {
    let batch = Batch::from_buffer(buffer).expect("a known layout").expect("it has metadata");
    let mut bytes = 0;
    for frame in batch.frames() {
        let map = frame.map_read().expect("host memory maps");
        let copy = map.view().to_owned();
        let rgb = color::to_rgb(&copy.view());
        for object in frame.objects() {
            let window = object.rect().clip(rgb.width(), rgb.height()).expect("the box is inside");
            bytes += black_box(rgb.view().crop(window).expect("the window is inside").to_owned()).byte_len();
        }
    }
    bytes
}

fn benches(c: &mut Criterion) {
    dsframe::init().expect("GStreamer starts");
    let buffer = buffer();
    let mut group = c.benchmark_group("probe 1080p NV12");
    group.throughput(Throughput::Elements(1));
    group.bench_function("map, walk and crop 10 objects", |b| {
        b.iter(|| map_and_crop(black_box(&buffer), OBJECTS))
    });
    group.bench_function("map, walk and crop 64 boxes", |b| b.iter(|| map_and_crop(black_box(&buffer), 64)));
    let mut best = BestShots::new(BestShotsOptions::default());
    let mut frame_num = 0;
    group.bench_function("save_crops' probe, 10 objects", |b| {
        b.iter(|| {
            frame_num += 1;
            probe(black_box(&buffer), &mut best, frame_num)
        });
    });
    group.bench_function("peer: copy, convert, copy 10 boxes", |b| b.iter(|| copy_route(black_box(&buffer))));
    group.finish();
}

criterion_group!(probe_benches, benches);
criterion_main!(probe_benches);
