//! `probe::on_batch`: edits of pixels and display metadata, as they arrive downstream.

mod common;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::{parse, within};
use dsframe::meta::{ArrowItem, CircleItem, LabelItem, LineItem, RectItem};
use dsframe::prelude::*;
use dsframe::probe::{on_batch, on_batch_with};
use dsframe::surface::MapCounters;
use gst::prelude::*;

const LIMIT: Duration = Duration::from_secs(40);
const W: u32 = 96;
const H: u32 = 64;
const FRAMES: u32 = 3;

/// One test at a time: the counters of maps belong to the process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

type Closure = Box<dyn FnMut(&Batch<'_>) -> Result<Verdict> + Send>;

/// The frames that leave the pipeline, in system memory, as bytes of `format`.
///
/// They are in NVMM as `inside`; `closure`, if any, is called behind the muxer and before `elements`.
fn frames(inside: &str, elements: &str, format: &str, closure: Option<Closure>) -> Vec<Vec<u8>> {
    let pipeline = parse(&format!(
        "videotestsrc num-buffers={FRAMES} pattern=gradient ! \
         video/x-raw,format={inside},width={W},height={H},framerate=20/1 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM),format={inside} ! m.sink_0 nvstreammux name=m ! {elements} nvvideoconvert ! \
         video/x-raw,format={format} ! appsink name=out"
    ));
    if let Some(closure) = closure {
        on_batch(&pipeline.element("m").static_pad("src").unwrap(), closure).unwrap();
    }
    let samples = pipeline.samples("out");
    assert_eq!(samples.len(), FRAMES as usize);
    samples.iter().map(|sample| sample.buffer().unwrap().map_readable().unwrap().to_vec()).collect()
}

fn balanced(before: MapCounters) -> u64 {
    let now = MapCounters::now();
    assert_eq!(now.mapped, now.unmapped, "every map was undone");
    now.mapped - before.mapped
}

/// Every byte of RGBA frames: changed by `with` and not without, and only in these windows (left, top,
/// right, bottom; right and bottom are outside). Each window has a change.
fn check_changed_in(without: &[Vec<u8>], with: &[Vec<u8>], windows: &[[u32; 4]]) {
    let inside = |x: u32, y: u32, [l, t, r, b]: [u32; 4]| (l..r).contains(&x) && (t..b).contains(&y);
    for (n, (without, with)) in without.iter().zip(with).enumerate() {
        assert_eq!(without.len(), with.len());
        let mut changes = vec![0; windows.len()];
        for (i, (a, b)) in without.chunks_exact(4).zip(with.chunks_exact(4)).enumerate() {
            let (x, y) = (i as u32 % W, i as u32 / W);
            if a == b {
                continue;
            }
            let places: Vec<_> = (0..windows.len()).filter(|&w| inside(x, y, windows[w])).collect();
            assert!(!places.is_empty(), "frame {n}: pixel {x},{y} went from {a:?} to {b:?}");
            places.iter().for_each(|&w| changes[w] += 1);
        }
        assert!(changes.iter().all(|&count| count > 0), "frame {n}: {changes:?} changes in {windows:?}");
    }
}

fn pixel(frame: &[u8], x: u32, y: u32) -> [u8; 4] {
    frame[((y * W + x) * 4) as usize..][..4].try_into().unwrap()
}

#[test]
fn written_pixels_are_seen_downstream_and_nothing_else_changes() {
    within(LIMIT, || {
        let _alone = alone();
        let plain = frames("RGBA", "", "RGBA", None);
        let before = MapCounters::now();
        let window = Rect { x: 13, y: 7, width: 21, height: 11 };
        let written = frames(
            "RGBA",
            "",
            "RGBA",
            Some(Box::new(move |batch| {
                for frame in batch.frames() {
                    let mut pixels = frame.map_write()?;
                    let mut crop = pixels.view_mut().into_crop(window)?;
                    let mut plane = crop.plane_mut(0);
                    for y in 0..plane.height() {
                        let color = [9, 8, 7 + frame.frame_num() as u8, 255];
                        plane.row_mut(y).chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&color));
                    }
                }
                Ok(Verdict::Ok)
            })),
        );
        assert!(balanced(before) >= u64::from(FRAMES));
        check_changed_in(&plain, &written, &[[13, 7, 34, 18]]);
        for (n, frame) in written.iter().enumerate() {
            for (x, y) in [(13, 7), (33, 7), (13, 17), (33, 17), (20, 12)] {
                assert_eq!(pixel(frame, x, y), [9, 8, 7 + n as u8, 255], "frame {n} at {x},{y}");
            }
        }
    });
}

#[test]
fn both_planes_of_nv12_can_be_written() {
    within(LIMIT, || {
        let _alone = alone();
        let before = MapCounters::now();
        let written = frames(
            "NV12",
            "",
            "NV12",
            Some(Box::new(|batch| {
                for frame in batch.frames() {
                    let mut pixels = frame.map_write()?;
                    let mut view = pixels.view_mut();
                    let [mut luma, mut chroma, ..] = view.planes_mut();
                    (0..luma.height()).for_each(|y| luma.row_mut(y).fill(200));
                    (0..chroma.height()).for_each(|y| chroma.row_mut(y).fill(90));
                }
                Ok(Verdict::Ok)
            })),
        );
        balanced(before);
        let luma = (W * H) as usize;
        for frame in written {
            assert_eq!(frame.len(), luma * 3 / 2);
            assert!(frame[..luma].iter().all(|&v| v == 200) && frame[luma..].iter().all(|&v| v == 90));
        }
    });
}

#[test]
fn two_probes_write_one_after_the_other() {
    within(LIMIT, || {
        let _alone = alone();
        let pipeline = parse(&format!(
            "videotestsrc num-buffers=2 ! video/x-raw,format=RGBA,width={W},height={H},framerate=20/1 ! \
             nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m ! nvvideoconvert ! \
             video/x-raw,format=RGBA ! appsink name=out"
        ));
        let pad = pipeline.element("m").static_pad("src").unwrap();
        for value in [10, 20] {
            on_batch(&pad, move |batch| {
                for frame in batch.frames() {
                    let mut pixels = frame.map_write()?;
                    let mut plane = pixels.view_mut().into_plane(0);
                    // The second adds to what the first wrote.
                    let start = if value == 10 { 0 } else { plane.as_view().row(0)[0] };
                    (0..plane.height()).for_each(|y| plane.row_mut(y).fill(start + value));
                }
                Ok(Verdict::Ok)
            })
            .unwrap();
        }
        for sample in pipeline.samples("out") {
            assert!(sample.buffer().unwrap().map_readable().unwrap().iter().all(|&v| v == 30));
        }
    });
}

#[test]
fn maps_are_undone_when_the_closure_fails_or_panics() {
    within(LIMIT, || {
        let _alone = alone();
        for panics in [false, true] {
            let before = MapCounters::now();
            let pipeline = parse(&format!(
                "videotestsrc num-buffers={FRAMES} ! video/x-raw,format=NV12,width={W},height={H} ! \
                 nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m ! nvvideoconvert ! \
                 video/x-raw,format=NV12 ! appsink name=out"
            ));
            let pad = pipeline.element("m").static_pad("src").unwrap();
            on_batch_with(&pad, OnError::Warn, move |batch| {
                let first = batch.frames().next().expect("a batch has a frame");
                let pixels = first.map_write()?;
                let Err(refused) = first.map_read() else { panic!("a reader beside a writer") };
                assert!(!panics, "with {} columns mapped", pixels.view().width());
                Err(refused)
            })
            .unwrap();
            assert_eq!(
                pipeline.samples("out").len(),
                FRAMES as usize,
                "the frames go on and can be mapped again"
            );
            assert!(balanced(before) >= u64::from(FRAMES));
        }
    });
}

/// Draws `scene` on every frame.
fn drawing(scene: Scene) -> Closure {
    Box::new(move |batch| {
        for frame in batch.frames() {
            frame.add_display(&scene)?;
        }
        Ok(Verdict::Ok)
    })
}

fn bbox(left: f32, top: f32, width: f32, height: f32) -> BBox {
    BBox { left, top, width, height }
}

#[test]
fn a_scene_is_drawn_where_it_says_and_nowhere_else() {
    within(LIMIT, || {
        let _alone = alone();
        let mut scene = Scene::default();
        scene.rects.push(RectItem {
            bbox: bbox(10.0, 10.0, 20.0, 14.0),
            border_width: 2,
            border_color: Color::GREEN,
            ..RectItem::default()
        });
        scene.rects.push(RectItem {
            bbox: bbox(40.0, 8.0, 10.0, 10.0),
            border_width: 0,
            bg_color: Some(Color::BLUE),
            ..RectItem::default()
        });
        let line = LineItem { x1: 60.0, y1: 10.0, x2: 80.0, y2: 10.0, width: 2, color: Color::RED };
        scene.lines.push(line);
        scene
            .arrows
            .push(ArrowItem { line: LineItem { y1: 20.0, y2: 20.0, ..line }, ..ArrowItem::default() });
        scene.circles.push(CircleItem {
            xc: 20.0,
            yc: 45.0,
            radius: 8.0,
            width: 2,
            color: Color::WHITE,
            bg_color: None,
        });
        scene.labels.push(LabelItem {
            text: "i".into(),
            x: 44.0,
            y: 36.0,
            font_size: 10,
            bg_color: Some(Color::BLACK),
            ..LabelItem::default()
        });
        let plain = frames("RGBA", "", "RGBA", None);
        let before = MapCounters::now();
        let drawn = frames("RGBA", "nvdsosd !", "RGBA", Some(drawing(scene)));
        assert!(balanced(before) > 0);
        // Borders and lines reach half their width to both sides of the edge.
        let windows = [
            [9, 9, 31, 25],
            [40, 8, 50, 18],
            [58, 8, 83, 13],
            [58, 17, 83, 24],
            [10, 35, 31, 56],
            [44, 36, 70, 60],
        ];
        check_changed_in(&plain, &drawn, &windows);
        for (plain, drawn) in plain.iter().zip(&drawn) {
            assert_eq!(pixel(drawn, 20, 10), [0, 255, 0, 255], "the border");
            assert_eq!(
                pixel(drawn, 20, 17),
                pixel(plain, 20, 17),
                "the inside of a box without a background"
            );
            for (x, y) in [(40, 8), (49, 17)] {
                assert_eq!(pixel(drawn, x, y), [0, 0, 255, 255], "the fill reaches {x},{y}");
            }
            assert_eq!(pixel(drawn, 70, 10), [255, 0, 0, 255], "the line");
            assert_eq!(pixel(drawn, 20, 45), pixel(plain, 20, 45), "the inside of a ring");
            assert_eq!(pixel(drawn, 44, 36), [0, 0, 0, 255], "the corner of the text's background");
        }
    });
}

#[test]
fn nv12_frames_are_drawn_on_as_they_are() {
    within(LIMIT, || {
        let _alone = alone();
        let mut scene = Scene::default();
        scene.rects.push(RectItem {
            bbox: bbox(20.0, 16.0, 30.0, 20.0),
            border_width: 0,
            bg_color: Some(Color::WHITE),
            ..RectItem::default()
        });
        let plain = frames("NV12", "", "NV12", None);
        let drawn = frames("NV12", "nvdsosd !", "NV12", Some(drawing(scene)));
        let (width, luma) = (W as usize, (W * H) as usize);
        for (plain, drawn) in plain.iter().zip(&drawn) {
            for (i, (a, b)) in plain.iter().zip(drawn).enumerate() {
                // A chroma row is as long as a luma row, and half as many stand below the luma.
                let (x, y) =
                    if i < luma { (i % width, i / width) } else { (i % width, (i - luma) / width * 2) };
                let inside = (20..50).contains(&x) && (16..36).contains(&y);
                let expected = if inside { if i < luma { 235 } else { 128 } } else { *a };
                assert_eq!(*b, expected, "byte {i} at {x},{y}");
            }
        }
    });
}

#[test]
fn nvdsosd_draws_what_its_properties_allow() {
    within(LIMIT, || {
        let _alone = alone();
        let mut scene = Scene::default();
        scene.rects.push(RectItem { bbox: bbox(10.0, 10.0, 20.0, 14.0), ..RectItem::default() });
        scene.labels.push(LabelItem { text: "text".into(), x: 50.0, y: 30.0, ..LabelItem::default() });
        let plain = frames("RGBA", "", "RGBA", None);
        let (boxes, text) = ([8, 8, 32, 26], [50, 30, W, H]);
        for (properties, windows) in [
            ("", vec![boxes, text]),
            ("display-text=false", vec![boxes]),
            ("display-bbox=false", vec![text]),
            ("display-bbox=false display-text=false", vec![]),
        ] {
            let osd = format!("nvdsosd {properties} !");
            check_changed_in(&plain, &frames("RGBA", &osd, "RGBA", Some(drawing(scene.clone()))), &windows);
        }
    });
}
