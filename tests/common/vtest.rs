//! Frames of the sample video, and what a reference detector found in them.
//!
//! `vtest.avi` of Debian's `opencv-doc` (PETS 2009 S2L1, University of Reading), named by `DSFRAME_VTEST`.
//! `data/vtest_nanodet_g416.txt` has frame (from 1), -1, left, top, width, height, score, class.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;

use dsframe::roi::BBox;
use gst::prelude::*;

/// The detector that the reference was made with.
pub const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt");
/// Consecutive frames kept from the start.
pub const FIRST: usize = 10;
/// Of the whole video, every so many frames one is kept.
pub const STEP: usize = 40;

/// The video's path; without one, a line that the test runner cannot swallow.
pub fn path(test: &str) -> Option<String> {
    let path = std::env::var("DSFRAME_VTEST").ok().filter(|path| !path.is_empty());
    if path.is_none() {
        let line = format!("SKIPPED: {test}: DSFRAME_VTEST is not set\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    path
}

/// Decoded frames in I420, by number from 0.
pub type Frames = BTreeMap<usize, gst::Sample>;

/// The [`FIRST`] frames and every [`STEP`]th; decoded once for all tests of a process.
pub fn frames(path: &str) -> &'static Frames {
    static FRAMES: OnceLock<Frames> = OnceLock::new();
    FRAMES.get_or_init(|| {
        gst::init().unwrap();
        let line = "filesrc name=src ! decodebin ! appsink name=sink caps=video/x-raw,format=I420 sync=false \
                    max-buffers=4";
        let pipeline = gst::parse::launch(line).unwrap().downcast::<gst::Pipeline>().unwrap();
        pipeline.by_name("src").unwrap().set_property("location", path);
        let sink = pipeline.by_name("sink").unwrap().downcast::<gst_app::AppSink>().unwrap();
        pipeline.set_state(gst::State::Playing).unwrap();
        let mut frames = Frames::new();
        for number in 0.. {
            let Ok(sample) = sink.pull_sample() else { break };
            if number < FIRST || number % STEP == 0 {
                frames.insert(number, sample);
            }
        }
        pipeline.set_state(gst::State::Null).unwrap();
        assert_eq!(*frames.keys().last().unwrap(), 760, "{path} is not the video of 795 frames");
        frames
    })
}

/// The frames spread over the whole video.
pub fn spread(frames: &Frames) -> Vec<usize> {
    frames.keys().copied().filter(|number| number % STEP == 0).collect()
}

/// One row of the reference.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub bbox: BBox,
    pub score: f32,
    pub class: i32,
}

/// The reference's rows by frame, from 0.
pub fn reference() -> BTreeMap<usize, Vec<Row>> {
    let mut frames: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    for line in include_str!("../data/vtest_nanodet_g416.txt").lines() {
        let row: Vec<f32> = line.split(',').map(|value| value.parse().unwrap()).collect();
        let [frame, _, left, top, width, height, score, class] = row[..] else { panic!("{line}") };
        let row = Row { bbox: BBox { left, top, width, height }, score, class: class as i32 };
        frames.entry(frame as usize - 1).or_default().push(row);
    }
    frames
}
