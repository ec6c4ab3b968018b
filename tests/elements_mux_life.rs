//! The embedded nvstreammux and nvstreamdemux: errors, states, pads that come and go, seeks.

mod common;
#[path = "common/batches.rs"]
mod seen;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{TestPipeline, drain, parse};
use gst::prelude::*;
use seen::{batch_of, source};

#[test]
fn errors_say_what_to_change() {
    let nvmm = source(1, 16, 16, "m.sink_0");
    let two = format!("{}{}", nvmm, source(1, 16, 16, "m.sink_1"));
    for (description, words) in [
        (format!("nvstreammux name=m width=64 ! fakesink {nvmm}"), "set both"),
        (format!("nvstreammux name=m num-surfaces-per-frame=2 ! fakesink {nvmm}"), "handles 1"),
        (format!("nvstreammux name=m ! nvstreamdemux {nvmm}"), "no src pad is linked"),
        (
            "videotestsrc num-buffers=1 ! nvvideoconvert ! video/x-raw(memory:NVMM) ! nvstreamdemux name=d \
             d.src_0 ! fakesink"
                .to_owned(),
            "nvstreammux must come before",
        ),
        (
            format!("nvstreammux name=m batch-size=2 ! nvvideoconvert ! video/x-raw ! fakesink {two}"),
            "put nvstreamdemux",
        ),
        (
            format!("nvstreammux name=m batch-size=2 ! n.sink_0 nvstreammux name=n ! fakesink {two}"),
            "has 2 surfaces",
        ),
        ("audiotestsrc num-buffers=1 ! nvstreammux ! fakesink".to_owned(), "could not link"),
    ] {
        let error = match std::panic::catch_unwind(|| parse(&description)) {
            Ok(pipeline) => pipeline.run().unwrap_err(),
            Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
        };
        assert!(error.contains(words), "{description}: {error}");
    }
}

#[test]
fn an_error_upstream_ends_the_pipeline() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! fakesink {} videotestsrc ! video/x-raw,width=16,height=16 ! \
         identity error-after=3 ! m.sink_1",
        source(-1, 16, 16, "m.sink_0")
    ));
    assert!(pipeline.run().unwrap_err().contains("iterations"));
}

#[test]
fn states_can_be_cycled_with_frames_in_flight() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 width=32 height=32 ! nvstreamdemux name=d d.src_0 ! queue ! fakesink \
         d.src_1 ! queue ! fakesink {}{}",
        source(-1, 16, 16, "m.sink_0"),
        source(-1, 24, 24, "m.sink_1")
    ));
    for _ in 0..15 {
        pipeline.0.set_state(gst::State::Playing).unwrap();
        pipeline.0.state(gst::ClockTime::from_seconds(5)).0.unwrap();
        pipeline.0.set_state(gst::State::Null).unwrap();
    }
}

fn wait_for(what: &str, mut ready: impl FnMut() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < Duration::from_secs(10), "waited for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Counts the frames of each source at the muxer's output.
fn counters(pipeline: &TestPipeline) -> Arc<Mutex<BTreeMap<u32, u32>>> {
    let counts = Arc::new(Mutex::new(BTreeMap::new()));
    let mine = counts.clone();
    let pad = pipeline.element("m").static_pad("src").unwrap();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        for frame in batch_of(info.buffer().unwrap()) {
            *mine.lock().unwrap().entry(frame.source).or_default() += 1;
        }
        gst::PadProbeReturn::Ok
    });
    counts
}

#[test]
fn sources_come_and_go_while_playing() {
    let pipeline =
        parse(&format!("nvstreammux name=m batch-size=4 ! fakesink {}", source(-1, 16, 16, "m.sink_0")));
    let mux = pipeline.element("m");
    let counts = counters(&pipeline);
    pipeline.play();
    // A pipeline that still changes its state would start a new bin before it is linked.
    pipeline.0.state(gst::ClockTime::from_seconds(5)).0.unwrap();
    for index in [1u32, 2, 1] {
        counts.lock().unwrap().clear();
        let bin = gst::parse::bin_from_description(
            "videotestsrc is-live=false ! video/x-raw,format=NV12,width=16,height=16 ! nvvideoconvert ! \
             video/x-raw(memory:NVMM) ! identity",
            true,
        )
        .unwrap();
        pipeline.0.add(&bin).unwrap();
        let pad = mux.request_pad_simple(&format!("sink_{index}")).unwrap();
        let src = bin.static_pad("src").unwrap();
        src.link(&pad).unwrap();
        bin.sync_state_with_parent().unwrap();
        wait_for("frames of the new source", || counts.lock().unwrap().get(&index).is_some_and(|&n| n > 5));
        mux.release_request_pad(&pad);
        bin.set_state(gst::State::Null).unwrap();
        pipeline.0.remove(&bin).unwrap();
        counts.lock().unwrap().clear();
        wait_for("the others go on", || counts.lock().unwrap().get(&0).is_some_and(|&n| n > 5));
    }
}

#[test]
fn a_flushing_seek_starts_again() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! appsink name=out sync=false max-buffers=1 {}{}",
        source(40, 16, 16, "m.sink_0"),
        source(40, 16, 16, "m.sink_1")
    ));
    pipeline.0.set_state(gst::State::Paused).unwrap();
    pipeline.0.state(gst::ClockTime::from_seconds(5)).0.unwrap();
    pipeline.0.seek_simple(gst::SeekFlags::FLUSH, gst::ClockTime::from_mseconds(1000)).unwrap();
    pipeline.0.state(gst::ClockTime::from_seconds(5)).0.unwrap();
    pipeline.play();
    let frames: Vec<_> =
        drain(&pipeline.appsink("out")).iter().flat_map(|s| batch_of(s.buffer().unwrap())).collect();
    let pts: Vec<_> = frames.iter().filter(|f| f.source == 1).map(|f| f.pts.unwrap()).collect();
    assert!(pts[0] >= gst::ClockTime::from_mseconds(1000) && pts.len() >= 15, "{pts:?}");
    pipeline.wait().unwrap();
}
