//! `probe::on_batch`: what errors and panics of the closure do to the stream.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{TestPipeline, drain, parse, within};
use dsframe::meta::{FrameInit, OwnedBatchMeta};
use dsframe::prelude::*;
use dsframe::probe::{Budget, ProbeOptions, on_batch, on_batch_with};
use gst::prelude::*;

const LIMIT: Duration = Duration::from_secs(40);
const FRAMES: u32 = 6;

fn pipeline(frames: u32) -> (TestPipeline, gst::Pad) {
    let pipeline = parse(&format!(
        "videotestsrc num-buffers={frames} ! video/x-raw,format=NV12,width=16,height=16,framerate=20/1 ! \
         nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m ! appsink name=out sync=false"
    ));
    let pad = pipeline.element("m").static_pad("src").unwrap();
    (pipeline, pad)
}

/// A closure that answers with `fail` in frames 2 and 3, and how often it was called.
fn failing<F>(fail: F) -> (Arc<AtomicU32>, impl FnMut(&Batch<'_>) -> Result<Verdict> + Send + 'static)
where
    F: Fn() -> Result<Verdict> + Send + 'static,
{
    let calls = Arc::new(AtomicU32::new(0));
    let counter = calls.clone();
    let closure = move |_: &Batch<'_>| match counter.fetch_add(1, Ordering::SeqCst) {
        2 | 3 => fail(),
        _ => Ok(Verdict::Ok),
    };
    (calls, closure)
}

fn error() -> Result<Verdict> {
    Err(Error::new(ErrorKind::InvalidArgument, "the margin is -1, it must be 0 or more"))
}

fn panics() -> Result<Verdict> {
    panic!("index 7 of {}", 3)
}

/// What the bus got: of each error and warning, its text.
fn messages(pipeline: &TestPipeline) -> (Vec<String>, Vec<String>) {
    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    while let Some(message) = pipeline.0.bus().unwrap().pop() {
        match message.view() {
            gst::MessageView::Error(e) => errors.push(e.error().to_string()),
            gst::MessageView::Warning(w) => warnings.push(w.error().to_string()),
            _ => {}
        }
    }
    (errors, warnings)
}

#[test]
fn an_error_stops_the_stream_and_the_bus_has_its_words() {
    within(LIMIT, || {
        // A source without end: the error alone can stop it.
        let (pipeline, pad) = pipeline(1_000_000);
        let (calls, closure) = failing(error);
        on_batch(&pad, closure).unwrap();
        pipeline.play();
        let samples = drain(&pipeline.appsink("out"));
        let error = pipeline.wait().unwrap_err();
        assert!(error.contains("probe on src: the margin is -1, it must be 0 or more"), "{error}");
        assert!(error.contains("InvalidArgument"), "the debug text has the kind: {error}");
        assert_eq!((samples.len(), calls.load(Ordering::SeqCst)), (2, 3), "nothing goes on after it");
        // Neither a hang nor another call on the way down.
        pipeline.0.set_state(gst::State::Null).unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn a_panic_is_an_error_like_any_other() {
    within(LIMIT, || {
        let (pipeline, pad) = pipeline(1_000_000);
        let (calls, closure) = failing(panics);
        on_batch(&pad, closure).unwrap();
        let error = pipeline.run().unwrap_err();
        assert!(error.contains("probe on src: the probe's closure panicked: index 7 of 3"), "{error}");
        assert!(error.contains("Callback"), "{error}");
        assert_eq!(calls.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn a_panic_without_words_is_told_too() {
    within(LIMIT, || {
        let (pipeline, pad) = pipeline(FRAMES);
        let (_, closure) = failing(|| std::panic::panic_any(42));
        on_batch(&pad, closure).unwrap();
        let error = pipeline.run().unwrap_err();
        assert!(error.contains("the probe's closure panicked: no message"), "{error}");
    });
}

#[test]
fn with_warn_and_drop_the_stream_goes_on() {
    within(LIMIT, || {
        type Fail = fn() -> Result<Verdict>;
        let words = ["the margin is -1", "panicked: index 7 of 3"];
        for (fail, word) in [error as Fail, panics].into_iter().zip(words) {
            for (on_error, left) in [(OnError::Warn, FRAMES), (OnError::Drop, FRAMES - 2)] {
                let (pipeline, pad) = pipeline(FRAMES);
                let (calls, closure) = failing(fail);
                on_batch_with(&pad, on_error, closure).unwrap();
                pipeline.play();
                let samples = drain(&pipeline.appsink("out"));
                let (errors, warnings) = messages(&pipeline);
                assert_eq!(samples.len(), left as usize, "{on_error:?} {word}");
                assert_eq!(calls.load(Ordering::SeqCst), FRAMES, "the probe stays: {on_error:?} {word}");
                assert_eq!(errors, [""; 0], "{on_error:?} {word}");
                assert_eq!(warnings.len(), 2, "{warnings:?}");
                assert!(
                    warnings.iter().all(|w| w.contains("probe on src: ") && w.contains(word)),
                    "{warnings:?}"
                );
            }
        }
    });
}

/// A buffer in plain memory that says it is a batch of one frame.
fn batch_without_surfaces() -> gst::Buffer {
    let batch = OwnedBatchMeta::new(1).unwrap();
    batch.as_batch().add_frame(&FrameInit::default()).unwrap();
    let mut buffer = gst::Buffer::with_size(96).unwrap();
    batch.attach(buffer.get_mut().unwrap()).unwrap();
    buffer
}

/// A source pad that belongs to no element, linked to one that counts what comes.
fn bare_pads() -> (gst::Pad, gst::Pad, Arc<AtomicU32>) {
    dsframe::init().unwrap();
    let arrived = Arc::new(AtomicU32::new(0));
    let counter = arrived.clone();
    let src = gst::Pad::builder(gst::PadDirection::Src).name("bare").build();
    let sink = gst::Pad::builder(gst::PadDirection::Sink)
        .chain_function(move |_, _, _| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(gst::FlowSuccess::Ok)
        })
        .build();
    sink.set_active(true).unwrap();
    src.set_active(true).unwrap();
    src.link(&sink).unwrap();
    assert!(src.push_event(gst::event::StreamStart::new("bare")));
    assert!(src.push_event(gst::event::Segment::new(&gst::FormattedSegment::<gst::ClockTime>::new())));
    (src, sink, arrived)
}

#[test]
fn who_pushes_gets_the_verdict_as_a_flow() {
    within(LIMIT, || {
        let dropped: (Result<gst::FlowSuccess, _>, u32) = (Ok(gst::FlowSuccess::Ok), 0);
        let passed = (Ok(gst::FlowSuccess::Ok), 1);
        let stopped = (Err(gst::FlowError::Error), 0);
        type Answer = fn() -> Result<Verdict>;
        let rows: [(Answer, OnError, _); 7] = [
            (|| Ok(Verdict::Ok), OnError::Stop, passed),
            (|| Ok(Verdict::Remove), OnError::Stop, passed),
            (|| Ok(Verdict::Drop), OnError::Stop, dropped),
            (error, OnError::Stop, stopped),
            (panics, OnError::Stop, stopped),
            (error, OnError::Warn, passed),
            (panics, OnError::Drop, dropped),
        ];
        for (row, (answer, on_error, expected)) in rows.into_iter().enumerate() {
            let (src, _sink, arrived) = bare_pads();
            on_batch_with(&src, on_error, move |_| answer()).unwrap();
            let flow = src.push(batch_without_surfaces());
            assert_eq!((flow, arrived.load(Ordering::SeqCst)), expected, "row {row}");
        }
    });
}

#[test]
fn metadata_without_surfaces_can_be_read_and_pixels_are_refused() {
    within(LIMIT, || {
        let (src, _sink, arrived) = bare_pads();
        on_batch(&src, |batch| {
            assert_eq!((batch.meta().num_frames(), batch.frames().count()), (1, 1));
            for frame in batch.frames() {
                for error in [frame.map_read().unwrap_err(), frame.map_write().unwrap_err()] {
                    assert_eq!(error.kind(), ErrorKind::Abi);
                    assert!(error.to_string().contains("96"), "it names the size that it found: {error}");
                }
            }
            Ok(Verdict::Ok)
        })
        .unwrap();
        src.push(batch_without_surfaces()).unwrap();
        assert_eq!(arrived.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_closure_over_its_budget_is_told_in_one_line_and_the_stream_goes_on() {
    within(LIMIT, || {
        let (pipeline, pad) = pipeline(70);
        let options =
            ProbeOptions { budget: Budget::Fixed(Duration::from_nanos(1)), ..ProbeOptions::default() };
        let slow = on_batch_with(&pad, options, |_| Ok(Verdict::Ok)).unwrap();
        let free = on_batch_with(&pad, Budget::Unlimited, |_| Ok(Verdict::Ok)).unwrap();
        pipeline.play();
        assert_eq!(drain(&pipeline.appsink("out")).len(), 70);
        let (errors, warnings) = messages(&pipeline);
        assert_eq!((errors.len(), warnings.len()), (0, 1), "{warnings:?}");
        assert!(warnings[0].contains("budget is 0.0 ms") && !warnings[0].contains('\n'), "{warnings:?}");
        assert_eq!((slow.times().calls, slow.times().over_budget), (70, 70));
        assert_eq!((free.times().calls, free.times().over_budget), (70, 0));
        assert!(slow.times().longest >= slow.times().mean());
    });
}
