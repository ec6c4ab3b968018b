//! nvvideoconvert → nvstreammux → nvinfer → nvtracker on real video, as a probe sees it.
//!
//! Needs the sample video; see `common/vtest.rs`.
#![cfg(feature = "onnx")]

mod common;
#[path = "common/vtest.rs"]
mod vtest;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{TestPipeline, parse, within};
use dsframe::elements::nvinfer::{Config, Detection, Detector, ImageRef, YuvMatrix};
use dsframe::meta::{FrameSnapshot, LabelItem, ObjectSnapshot};
use dsframe::prelude::*;
use dsframe::probe::on_batch;
use gst::prelude::*;
use gst_video::VideoFrameExt;
use vtest::{CONFIG, Frames};

const LABELS: &str = include_str!("../examples/models/coco_labels.txt");
const LIMIT: Duration = Duration::from_secs(100);

/// The frames `numbers` into nvinfer with `properties`, and on through `behind`.
fn pipeline(frames: &Frames, numbers: &[usize], properties: &str, behind: &str) -> TestPipeline {
    let pipeline = parse(&format!(
        "appsrc name=in format=time max-bytes=0 ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 ! \
         m.sink_0 nvstreammux name=m ! nvinfer name=infer config-file-path={CONFIG} {properties} ! {behind} \
         fakesink"
    ));
    let input = pipeline.appsrc("in");
    input.set_caps(Some(&frames[&numbers[0]].caps_owned().unwrap()));
    for (n, number) in numbers.iter().enumerate() {
        let mut buffer = frames[number].buffer().unwrap().copy();
        buffer.get_mut().unwrap().set_pts(n as u64 * gst::ClockTime::from_mseconds(143));
        input.push_buffer(buffer).unwrap();
    }
    input.end_of_stream().unwrap();
    pipeline
}

/// Calls `with` for every frame that leaves `element`.
fn look_at(pipeline: &TestPipeline, element: &str, mut with: impl FnMut(&Frame<'_>) + Send + 'static) {
    on_batch(&pipeline.element(element).static_pad("src").unwrap(), move |batch| {
        batch.frames().for_each(|frame| with(&frame));
        Ok(Verdict::Ok)
    })
    .unwrap();
}

/// What leaves `element`, by frame, and whether the detector looked at it.
fn run(pipeline: &TestPipeline, element: &str) -> Vec<(FrameSnapshot, bool)> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mine = seen.clone();
    look_at(pipeline, element, move |frame| {
        mine.lock().unwrap().push((frame.snapshot(), frame.infer_done()));
    });
    pipeline.run_for(LIMIT).unwrap();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert!(seen.iter().enumerate().all(|(n, (frame, _))| frame.frame_num == n as i32));
    seen
}

/// The detector itself on a decoded frame.
fn detect(detector: &mut Detector, sample: &gst::Sample) -> Vec<Detection> {
    let info = gst_video::VideoInfo::from_caps(sample.caps().unwrap()).unwrap();
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(sample.buffer().unwrap(), &info).unwrap();
    let plane = |index| frame.plane_data(index).unwrap();
    let pitch = |index: usize| usize::try_from(frame.plane_stride()[index]).unwrap();
    let size = (info.width() as usize, info.height() as usize);
    let (luma, chroma) = ((plane(0), pitch(0)), (plane(1), plane(2), pitch(1)));
    detector.detect(&ImageRef::i420(luma, chroma, size, YuvMatrix::Bt601Limited).unwrap()).unwrap()
}

fn people(objects: &[ObjectSnapshot], score: f32) -> Vec<ObjectSnapshot> {
    let person = |o: &&ObjectSnapshot| o.class_id == 0 && o.confidence.unwrap_or(0.0) >= score;
    objects.iter().filter(person).cloned().collect()
}

#[test]
fn the_elements_find_what_the_detector_and_the_reference_find() {
    let Some(path) = vtest::path("the elements against the detector and the reference") else { return };
    within(LIMIT, move || {
        let frames = vtest::frames(&path);
        let numbers = vtest::spread(frames);
        let found = run(&pipeline(frames, &numbers, "", ""), "infer");
        assert_eq!(found.len(), numbers.len());
        let mut detector = Detector::new(Config::load(CONFIG).unwrap()).unwrap();
        let reference = vtest::reference();
        let (mut expected, mut matched, mut extra) = (0, 0, 0);
        for (number, (frame, infer_done)) in numbers.iter().zip(&found) {
            assert!(infer_done);
            let direct = detect(&mut detector, &frames[number]);
            assert_eq!(frame.objects.len(), direct.len(), "frame {number}");
            for (object, direct) in frame.objects.iter().zip(&direct) {
                let Detection { left, top, width, height, confidence, class_id } = *direct;
                let off = [
                    object.rect.left - left,
                    object.rect.top - top,
                    object.rect.width - width,
                    object.rect.height - height,
                ];
                assert!(off.iter().all(|off| off.abs() < 0.01), "frame {number}: {object:?} and {direct:?}");
                assert!((object.confidence.unwrap() - confidence).abs() < 1e-4, "{object:?} and {direct:?}");
                assert_eq!(object.class_id, class_id as i32);
                assert_eq!(Some(object.label.as_str()), detector.label(class_id));
            }
            let mut left = people(&frame.objects, 0.5);
            for row in reference[number].iter().filter(|row| row.class == 0 && row.score >= 0.5) {
                expected += 1;
                if let Some(at) = left.iter().position(|object| object.rect.iou(&row.bbox) >= 0.9) {
                    matched += 1;
                    left.swap_remove(at);
                }
            }
            extra += left.len();
        }
        println!("{expected} people in {} frames, {matched} matched, {extra} more", numbers.len());
        assert!(expected >= 80, "the frames show {expected} people");
        assert!(matched as f32 >= 0.98 * expected as f32, "{matched} of {expected} matched");
        assert!(extra as f32 <= 0.02 * expected as f32, "{extra} beside {expected}");
    });
}

#[test]
fn objects_have_what_gst_nvinfer_gives_them() {
    let Some(path) = vtest::path("metadata of nvinfer's objects") else { return };
    within(LIMIT, move || {
        let pipeline = pipeline(vtest::frames(&path), &[0], "unique-id=7", "");
        let count = Arc::new(Mutex::new(0));
        let mine = count.clone();
        look_at(&pipeline, "infer", move |frame| {
            assert!(frame.infer_done());
            for object in frame.objects() {
                let rect = object.rect();
                assert_eq!((object.unique_component_id(), object.object_id()), (7, None));
                assert!((0.3..=1.0).contains(&object.confidence().unwrap()));
                assert_eq!((object.detector_bbox(), object.tracker_bbox()), (rect, BBox::default()));
                assert!(rect.width > 0.0 && rect.height > 0.0);
                assert!(rect.left >= 0.0 && rect.top >= 0.0 && rect.clip(768, 576).is_ok(), "{rect:?}");
                assert_eq!(Some(object.label().as_str()), LABELS.lines().nth(object.class_id() as usize));
                assert_eq!((object.border_width(), object.border_color()), (3, Color::RED));
                assert_eq!((object.bg_color(), object.tracker_confidence()), (None, None));
                assert!(object.parent().is_none());
                let text = LabelItem {
                    x: rect.left.trunc(),
                    y: (rect.top - 10.0).max(0.0).trunc(),
                    ..LabelItem::above_object(&object.label())
                };
                assert_eq!(object.text_params(), Some(text), "white Serif 11 on black, 10 pixels above");
                *mine.lock().unwrap() += 1;
            }
        });
        pipeline.run_for(LIMIT).unwrap();
        assert!(*count.lock().unwrap() >= 5, "objects in the first frame");
    });
}

#[test]
fn classes_can_be_filtered_out() {
    let Some(path) = vtest::path("filter-out-class-ids") else { return };
    within(LIMIT, move || {
        let frames = vtest::frames(&path);
        let found = run(&pipeline(frames, &[0], "filter-out-class-ids=0", ""), "infer");
        let classes: BTreeSet<_> = found[0].0.objects.iter().map(|object| object.class_id).collect();
        assert!(!classes.is_empty() && !classes.contains(&0), "{classes:?}");
    });
}

#[test]
fn frames_between_two_detections_have_predicted_objects() {
    let Some(path) = vtest::path("interval=2") else { return };
    within(LIMIT, move || {
        let frames = vtest::frames(&path);
        let numbers: Vec<_> = (0..9).collect();
        let before = run(&pipeline(frames, &numbers[..4], "interval=2", ""), "infer");
        let states: Vec<_> = before.iter().map(|(f, done)| (*done, f.objects.is_empty())).collect();
        assert_eq!(states, [(true, false), (false, true), (false, true), (true, false)]);

        let all = run(&pipeline(frames, &numbers, "", "nvtracker name=tracker !"), "tracker");
        let some = run(&pipeline(frames, &numbers, "interval=2", "nvtracker name=tracker !"), "tracker");
        let mut overlaps = Vec::new();
        for (n, ((every, _), (third, done))) in all.iter().zip(&some).enumerate() {
            assert_eq!(*done, n % 3 == 0, "frame {n}");
            assert!(!third.objects.is_empty(), "frame {n}");
            assert!(third.objects.iter().all(|o| o.object_id.is_some() && !o.label.is_empty()), "frame {n}");
            assert!(third.objects.iter().all(|o| o.confidence.is_some() == *done), "frame {n}: {third:?}");
            assert!(third.objects.iter().all(|o| o.unique_component_id == 1), "frame {n}");
            if *done {
                continue;
            }
            let ids = |frame: &FrameSnapshot| -> BTreeSet<_> {
                frame.objects.iter().map(|object| object.object_id).collect()
            };
            let last_detected = ids(&some[n - n % 3].0);
            assert!(ids(third).is_subset(&last_detected), "frame {n}: tracks out of nothing");
            for object in people(&every.objects, 0.5) {
                let same = third.objects.iter().filter(|o| o.class_id == 0);
                overlaps.push(same.map(|o| o.rect.iou(&object.rect)).fold(0.0, f32::max));
            }
        }
        // Some of the detector's boxes jump in width, which nobody can predict.
        let near = overlaps.iter().filter(|&&overlap| overlap >= 0.4).count();
        let mean = overlaps.iter().sum::<f32>() / overlaps.len() as f32;
        println!("{near} of {} people predicted near the detector's box, mean IoU {mean:.3}", overlaps.len());
        assert!(overlaps.len() >= 15 && near * 10 >= overlaps.len() * 9, "{overlaps:?}");
        assert!(mean >= 0.65, "{overlaps:?}");
    });
}

#[test]
fn what_is_found_inside_objects_has_them_as_parents() {
    let Some(path) = vtest::path("process-mode=2") else { return };
    within(LIMIT, move || {
        let second = format!(
            "nvtracker ! nvinfer name=second config-file-path={CONFIG} process-mode=2 unique-id=2 \
             infer-on-gie-id=1 infer-on-class-ids=0 !"
        );
        let pipeline = pipeline(vtest::frames(&path), &[0], "", &second);
        let children = Arc::new(Mutex::new(0));
        let mine = children.clone();
        look_at(&pipeline, "second", move |frame| {
            let (inner, outer): (Vec<_>, Vec<_>) =
                frame.objects().partition(|object| object.unique_component_id() == 2);
            assert!(outer.iter().all(|object| object.parent().is_none() && object.object_id().is_some()));
            *mine.lock().unwrap() += inner.len();
            for object in inner {
                let parent = object.parent().expect("it was found in an object");
                assert_eq!((parent.unique_component_id(), parent.class_id()), (1, 0));
                assert_eq!(object.object_id(), None);
                let ((x, y), outer) = (object.rect().center(), parent.rect());
                let inside = (outer.left..outer.left + outer.width).contains(&x)
                    && (outer.top..outer.top + outer.height).contains(&y);
                assert!(inside, "{:?} in {outer:?}", object.rect());
            }
        });
        pipeline.run_for(LIMIT).unwrap();
        assert!(*children.lock().unwrap() > 0, "a person is found in the picture of a person");
    });
}
