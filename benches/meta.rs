//! Walking metadata and drawing through it: 8 frames of 64 objects with one classifier each, six fields
//! read per object; and a scene of 200 rectangles and 200 texts turned into display metas.
//!
//! Each row has a plain C-style row beside it: the same structs walked with raw pointers, without a lock,
//! without a check, as a C probe does. The runtime is named first; `DSFRAME_RUNTIME=native` measures
//! NVIDIA's libraries.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use dsframe::meta::*;
use dsframe::runtime::api;
use dsframe::sys::*;

const FRAMES: u32 = 8;
const OBJECTS: u32 = 64;

fn batch() -> OwnedBatchMeta {
    let batch = OwnedBatchMeta::new(FRAMES).expect("a runtime answers");
    for batch_id in 0..FRAMES {
        let init = FrameInit { batch_id, ..FrameInit::default() };
        let frame = batch.as_batch().add_frame(&init).expect("its own slot");
        for i in 0..OBJECTS {
            let object = frame
                .add_object(&ObjectInit {
                    class_id: (i % 4) as i32,
                    object_id: Some(u64::from(i)),
                    bbox: BBox::xywh(i as f32, 10.0, 30.0, 60.0),
                    confidence: 0.5,
                    label: "person",
                    ..ObjectInit::default()
                })
                .expect("the box is finite");
            let labels = [LabelInit { label: "red", ..LabelInit::default() }];
            object
                .add_classifier(&ClassifierInit {
                    unique_component_id: 2,
                    labels: &labels,
                    ..ClassifierInit::default()
                })
                .expect("the object is there");
        }
    }
    batch
}

/// Class, track, score, box (four numbers), detector, and the classifier's component.
fn walk(batch: BatchMeta<'_>) -> f64 {
    let mut sum = 0.0;
    for frame in batch.frames() {
        for object in frame.objects() {
            let rect = object.rect();
            sum += f64::from(object.class_id() + object.unique_component_id())
                + object.object_id().unwrap_or(0) as f64
                + f64::from(object.confidence().unwrap_or(0.0))
                + f64::from(rect.left + rect.top + rect.width + rect.height);
            for classifier in object.classifiers() {
                sum += f64::from(classifier.unique_component_id());
            }
        }
    }
    sum
}

/// The same with raw pointers.
fn walk_c(batch: BatchMeta<'_>) -> f64 {
    let mut sum = 0.0;
    let classifiers = batch.generation().object().classifier_meta_list;
    // SAFETY: the batch is this thread's alone, and its lists hold what the headers say.
    unsafe {
        let mut frames = (*batch.as_ptr()).frame_meta_list;
        while let Some(node) = frames.as_ref() {
            let mut objects = (*node.data.cast::<NvDsFrameMeta>()).obj_meta_list;
            while let Some(node) = objects.as_ref() {
                let object = &*node.data.cast::<NvDsObjectMeta>();
                let rect = &object.rect_params;
                sum += f64::from(object.class_id + object.unique_component_id)
                    + object.object_id as f64
                    + f64::from(object.confidence)
                    + f64::from(rect.left + rect.top + rect.width + rect.height);
                let mut list = *node.data.byte_add(classifiers).cast::<*mut gst::glib::ffi::GList>();
                while let Some(node) = list.as_ref() {
                    sum += f64::from((*node.data.cast::<NvDsClassifierMeta>()).unique_component_id);
                    list = node.next;
                }
                objects = node.next;
            }
            frames = node.next;
        }
    }
    sum
}

fn walks(c: &mut Criterion) {
    let runtime = api().runtime;
    let batch = batch();
    let batch = batch.as_batch();
    assert_eq!(walk(batch), walk_c(batch));
    let mut group = c.benchmark_group(format!("walk 8x64/{runtime}"));
    // Elements are objects: time per element is time per object.
    group.throughput(Throughput::Elements(u64::from(FRAMES * OBJECTS)));
    group.bench_function("plain loop", |b| b.iter(|| black_box(walk(black_box(batch)))));
    group.bench_function("under one lock", |b| {
        b.iter(|| {
            let _lock = batch.lock();
            black_box(walk(black_box(batch)))
        });
    });
    group.bench_function("raw pointers, no lock", |b| b.iter(|| black_box(walk_c(black_box(batch)))));
    group.bench_function("labels, under one lock", |b| {
        b.iter(|| {
            let _lock = batch.lock();
            let persons = |f: FrameMeta<'_>| f.objects().filter(|o| o.with_label(|l| l == "person")).count();
            black_box(batch.frames().map(persons).sum::<usize>())
        });
    });
    group.bench_function("snapshots", |b| {
        b.iter(|| batch.frames().map(|f| f.snapshot()).collect::<Vec<_>>());
    });
    group.finish();
}

fn scenes(c: &mut Criterion) {
    let runtime = api().runtime;
    let mut scene = Scene::default();
    for i in 0..200 {
        let at = (f32::from(i as u16 % 20) * 90.0, f32::from(i as u16 / 20) * 100.0);
        scene.rect(BBox::xywh(at.0, at.1, 80.0, 90.0));
        scene.text(at.0, at.1, format!("person #{i} 0.87"));
    }
    let batch = OwnedBatchMeta::new(1).expect("a runtime answers");
    let init = FrameInit { pipeline_width: 1920, pipeline_height: 1080, ..FrameInit::default() };
    let frame = batch.as_batch().add_frame(&init).expect("the batch is empty");
    let mut group = c.benchmark_group(format!("scene of 200 rects and 200 texts/{runtime}"));
    group.bench_function("add_display", |b| {
        b.iter_batched(
            || frame.clear_displays(),
            |_| frame.add_display(&scene).expect("the scene is finite"),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("add_display and clear", |b| {
        b.iter(|| {
            frame.add_display(&scene).expect("the scene is finite");
            frame.clear_displays()
        });
    });
    group.finish();
}

fn main_group(c: &mut Criterion) {
    dsframe::init().expect("GStreamer starts");
    println!("runtime: {} ({})", api().runtime, api().origin);
    walks(c);
    scenes(c);
}

criterion_group!(benches, main_group);
criterion_main!(benches);
