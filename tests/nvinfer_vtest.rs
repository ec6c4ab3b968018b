//! The embedded nvinfer on real video, against detections made with OpenCV and ONNX Runtime.
//!
//! Needs `vtest.avi` of Debian's `opencv-doc` (PETS 2009 S2L1, University of Reading), named by
//! `DSFRAME_VTEST`. Looks at every 20th frame, at all of them with `DSFRAME_VTEST_ALL=1`.
//! `tests/data/vtest_nanodet_g416.txt` has frame (from 1), -1, left, top, width, height, score, class.
#![cfg(feature = "onnx")]

use std::collections::BTreeMap;
use std::time::Duration;

use dsframe::elements::nvinfer::{Config, DetectTimings, Detection, Detector, ImageRef, YuvMatrix};
use gst::prelude::*;
use gst_video::VideoFrameExt;

const REFERENCE: &str = include_str!("data/vtest_nanodet_g416.txt");
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt");
const FRAMES: usize = 795;

fn reference() -> BTreeMap<usize, Vec<Detection>> {
    let mut frames: BTreeMap<usize, Vec<Detection>> = BTreeMap::new();
    for line in REFERENCE.lines() {
        let row: Vec<f32> = line.split(',').map(|value| value.parse().unwrap()).collect();
        let [frame, _, left, top, width, height, confidence, class] = row[..] else { panic!("{line}") };
        let found = Detection { left, top, width, height, confidence, class_id: class as u32 };
        frames.entry(frame as usize).or_default().push(found);
    }
    frames
}

fn iou(a: &Detection, b: &Detection) -> f32 {
    let width = (a.left + a.width).min(b.left + b.width) - a.left.max(b.left);
    let height = (a.top + a.height).min(b.top + b.height) - a.top.max(b.top);
    let common = width.max(0.0) * height.max(0.0);
    common / (a.width * a.height + b.width * b.height - common)
}

/// Calls `with` for every decoded frame, counted from 1.
fn decode(path: &str, mut with: impl FnMut(usize, &ImageRef<'_>)) {
    gst::init().unwrap();
    let line = "filesrc name=src ! decodebin ! appsink name=sink caps=video/x-raw,format=I420 sync=false";
    let pipeline = gst::parse::launch(line).unwrap().downcast::<gst::Pipeline>().unwrap();
    pipeline.by_name("src").unwrap().set_property("location", path);
    let sink = pipeline.by_name("sink").unwrap().downcast::<gst_app::AppSink>().unwrap();
    sink.set_max_buffers(4);
    pipeline.set_state(gst::State::Playing).unwrap();
    let mut count = 0;
    while let Ok(sample) = sink.pull_sample() {
        count += 1;
        let info = gst_video::VideoInfo::from_caps(sample.caps().unwrap()).unwrap();
        let frame =
            gst_video::VideoFrameRef::from_buffer_ref_readable(sample.buffer().unwrap(), &info).unwrap();
        let plane = |index| frame.plane_data(index).unwrap();
        let pitch = |index: usize| usize::try_from(frame.plane_stride()[index]).unwrap();
        let size = (info.width() as usize, info.height() as usize);
        let matrix = YuvMatrix::Bt601Limited;
        let image =
            ImageRef::i420((plane(0), pitch(0)), (plane(1), plane(2), pitch(1)), size, matrix).unwrap();
        with(count, &image);
    }
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(count, FRAMES, "frames decoded from {path}");
}

/// One line of the table: rows at or above `score` of one class (or all that the reference has).
struct Tally {
    name: &'static str,
    classes: &'static [u32],
    score: f32,
    reference: usize,
    found: usize,
    matched: usize,
    /// Sum of the overlap and of the difference in score of the matched.
    overlap: f32,
    score_off: f32,
}

impl Tally {
    fn new(name: &'static str, classes: &'static [u32], score: f32) -> Self {
        Self { name, classes, score, reference: 0, found: 0, matched: 0, overlap: 0.0, score_off: 0.0 }
    }

    fn add(&mut self, expected: &[Detection], found: &[Detection]) {
        let wanted = |row: &&Detection| row.confidence >= self.score && self.classes.contains(&row.class_id);
        let mut left: Vec<_> = found.iter().filter(wanted).collect();
        let expected: Vec<_> = expected.iter().filter(wanted).collect();
        self.found += left.len();
        self.reference += expected.len();
        for row in expected {
            let same = left.iter().enumerate().filter(|(_, found)| found.class_id == row.class_id);
            let best = same.map(|(at, found)| (at, iou(row, found))).max_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((at, overlap)) = best.filter(|(_, overlap)| *overlap >= 0.9) {
                self.matched += 1;
                self.overlap += overlap;
                self.score_off += (left[at].confidence - row.confidence).abs();
                left.swap_remove(at);
            }
        }
    }

    fn matched_share(&self) -> f32 {
        self.matched as f32 / self.reference as f32
    }

    fn extra_share(&self) -> f32 {
        (self.found - self.matched) as f32 / self.reference as f32
    }

    fn print(&self) {
        let Self { name, score, reference, found, matched, .. } = self;
        let (matched_share, extra) = (self.matched_share() * 100.0, self.extra_share() * 100.0);
        let (overlap, score_off) = (self.overlap / *matched as f32, self.score_off / *matched as f32);
        println!(
            "{name:8} score >= {score}: reference {reference:5}, found {found:5}, matched {matched:5} \
             ({matched_share:6.2} %), extra {extra:5.2} %, mean IoU {overlap:.4}, mean score difference {score_off:.4}"
        );
    }
}

fn per_frame(timings: &[DetectTimings], of: impl Fn(&DetectTimings) -> Duration) -> f64 {
    let sum: Duration = timings.iter().map(of).sum();
    sum.as_secs_f64() * 1000.0 / timings.len() as f64
}

#[test]
fn people_are_where_the_reference_says() {
    let Some(path) = std::env::var("DSFRAME_VTEST").ok().filter(|path| !path.is_empty()) else {
        println!("SKIPPED: DSFRAME_VTEST not set");
        return;
    };
    let step = if std::env::var("DSFRAME_VTEST_ALL").is_ok_and(|all| all == "1") { 1 } else { 20 };
    let mut detector = Detector::new(Config::load(CONFIG).unwrap()).unwrap();
    let reference = reference();
    let mut people = Tally::new("person", &[0], 0.5);
    let mut weak = Tally::new("person", &[0], 0.3);
    let mut all = Tally::new("all", &[0, 1, 2, 7], 0.5);
    let mut timings = Vec::new();
    decode(&path, |count, image| {
        if (count - 1) % step != 0 {
            return;
        }
        let found = detector.detect(image).unwrap();
        timings.push(detector.timings());
        let expected = reference.get(&count).map(Vec::as_slice).unwrap_or_default();
        for tally in [&mut people, &mut weak, &mut all] {
            tally.add(expected, &found);
        }
    });
    [&people, &weak, &all].into_iter().for_each(Tally::print);
    println!(
        "ms per frame: preprocess {:.2}, inference {:.2}, postprocess {:.2}",
        per_frame(&timings, |timings| timings.preprocess),
        per_frame(&timings, |timings| timings.inference),
        per_frame(&timings, |timings| timings.postprocess)
    );
    assert!(people.matched_share() >= 0.98, "matched {}", people.matched_share());
    assert!(people.extra_share() <= 0.02, "extra {}", people.extra_share());
}
