//! Batches of every kind that this process's runtime can make, and a scene to draw on them.
#![allow(dead_code, reason = "each test program uses its own part")]

use dsframe::meta::*;
use dsframe::runtime::{Runtime, api, embedded};
use dsframe::sys::MetaGeneration;

/// Batches to test: what the runtime makes, and each generation where the runtime can choose.
pub(crate) fn batches(max: u32) -> Vec<OwnedBatchMeta> {
    gst::init().unwrap();
    println!("runtime: {} ({})", api().runtime, api().origin);
    let mut all = vec![OwnedBatchMeta::new(max).unwrap()];
    if api().runtime == Runtime::Embedded {
        for generation in MetaGeneration::ALL {
            let raw = embedded::create_batch_meta(generation, max);
            // SAFETY: a fresh batch that nobody else knows.
            let batch = unsafe {
                (*raw).max_frames_in_batch = max;
                OwnedBatchMeta::from_raw(raw)
            };
            all.push(batch.unwrap());
        }
    }
    all
}

pub(crate) fn frame_of(batch: &OwnedBatchMeta) -> FrameMeta<'_> {
    let init = FrameInit { pipeline_width: 640, pipeline_height: 360, ..FrameInit::default() };
    batch.as_batch().add_frame(&init).unwrap()
}

pub(crate) fn bbox(left: f32, top: f32, width: f32, height: f32) -> BBox {
    BBox { left, top, width, height }
}

/// A scene with `n` of each kind, inside 640x360, with values that survive the trip.
pub(crate) fn scene(n: usize) -> Scene {
    let mut scene = Scene::default();
    for i in 0..n {
        let v = i as f32;
        let color = Color::rgba(0.25, 0.5, 0.75, 1.0);
        let line = LineItem { x1: v, y1: 1.0, x2: v + 1.0, y2: 300.0, width: 2, color };
        scene.rects.push(RectItem {
            bbox: bbox(v, 1.0, 10.5, 20.0),
            bg_color: (i % 2 == 0).then_some(color),
            ..RectItem::default()
        });
        scene.labels.push(LabelItem { text: format!("label {i}"), x: v, y: 2.0, ..LabelItem::default() });
        scene.lines.push(line);
        scene.arrows.push(ArrowItem { line, head: ArrowHead::Start });
        scene.circles.push(CircleItem { xc: v, yc: 9.0, radius: 5.0, width: 3, color, bg_color: None });
    }
    scene
}
