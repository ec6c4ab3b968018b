//! How a pipeline ends whose frames cannot be viewed, or whose closure drops, fails or panics.

use std::sync::{Arc, Mutex};

use dsframe::probe::{self, OnError, Verdict};
use gst::prelude::*;

use crate::common::parse;

/// How a pipeline ends whose frames cannot be viewed.
fn ending(description: &str, on_error: OnError) -> (Result<(), String>, usize) {
    let pipeline = parse(description);
    let passed = Arc::new(Mutex::new(0));
    let count = Arc::clone(&passed);
    let pad = pipeline.element("watched").static_pad("src").unwrap();
    probe::on_frame_with(&pad, on_error, |frame| frame.map_read().map(|_| Verdict::Ok)).unwrap();
    let out = pipeline.element("out").static_pad("sink").unwrap();
    out.add_probe(gst::PadProbeType::BUFFER, move |_, _| {
        *count.lock().unwrap() += 1;
        gst::PadProbeReturn::Ok
    });
    let ended = pipeline.run();
    let passed = *passed.lock().unwrap();
    (ended, passed)
}

#[test]
fn frames_that_cannot_be_viewed_are_errors_that_say_why() {
    let y41b = "videotestsrc num-buffers=3 ! video/x-raw,format=Y41B,width=16,height=8 ! identity name=watched ! \
                fakesink name=out";
    let (ended, passed) = ending(y41b, OnError::Stop);
    let error = ended.unwrap_err();
    assert!(error.contains("Y41B frames are not viewed") && error.contains("NV12"), "{error}");
    assert_eq!(passed, 0);
    assert_eq!(ending(y41b, OnError::Warn), (Ok(()), 3));
    assert_eq!(ending(y41b, OnError::Drop), (Ok(()), 0));
    let audio = "audiotestsrc num-buffers=1 ! identity name=watched ! fakesink name=out";
    let error = ending(audio, OnError::Stop).0.unwrap_err();
    assert!(error.contains("audio/x-raw") && error.contains("no raw video"), "{error}");
    let nvmm = "videotestsrc num-buffers=1 ! video/x-raw,width=16,height=8 ! nvvideoconvert ! \
                video/x-raw(memory:NVMM),format=RGBA ! identity name=watched ! fakesink name=out";
    let error = ending(nvmm, OnError::Stop).0.unwrap_err();
    assert!(error.contains("memory:NVMM") && error.contains("on_batch"), "{error}");
}

#[test]
fn panics_and_verdicts_are_those_of_batches() {
    let run = |mut answer: Box<dyn FnMut() -> dsframe::Result<Verdict> + Send>| {
        let pipeline = parse(
            "videotestsrc num-buffers=4 ! video/x-raw,format=RGBA,width=4,height=4 ! identity name=watched ! \
             appsink name=out sync=false",
        );
        let pad = pipeline.element("watched").static_pad("src").unwrap();
        probe::on_frame(&pad, move |frame| {
            let _held = frame.map_write()?;
            answer()
        })
        .unwrap();
        let sink = pipeline.appsink("out");
        pipeline.play();
        let frames = std::iter::from_fn(|| sink.pull_sample().ok()).count();
        (pipeline.wait(), frames)
    };
    assert_eq!(run(Box::new(|| Ok(Verdict::Drop))), (Ok(()), 0));
    let mut calls = 0;
    let once = move || {
        calls += 1;
        assert_eq!(calls, 1, "called after Remove");
        Ok(Verdict::Remove)
    };
    assert_eq!(run(Box::new(once)), (Ok(()), 4));
    let (ended, frames) = run(Box::new(|| panic!("on purpose")));
    assert!(ended.unwrap_err().contains("panicked: on purpose"));
    assert_eq!(frames, 0);
}
