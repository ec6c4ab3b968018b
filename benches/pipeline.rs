//! Frames per second of the embedded pipeline without decoder and detector: 1080p I420 frames through
//! nvvideoconvert, nvstreammux, nvtracker, a probe, nvstreamdemux, nvdsosd and nvvideoconvert, ten people on
//! each frame. The peer's row is the least that plain GStreamer does to such a frame: I420 → NV12 → I420
//! with videoconvert.
//!
//! Everything runs in one streaming thread (there is no queue), so a row is the time on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dsframe::meta::ObjectInit;
use dsframe::probe::{self, Verdict};
use dsframe::roi::BBox;
use gst::prelude::*;

const FRAMES: u64 = 60;

fn launch(description: &str) -> gst::Pipeline {
    let pipeline = gst::parse::launch(description).expect("the description is valid");
    pipeline.downcast().expect("it has several elements")
}

fn play(pipeline: &gst::Pipeline) {
    let bus = pipeline.bus().expect("a pipeline has a bus");
    pipeline.set_state(gst::State::Playing).expect("the pipeline starts");
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let message = bus.timed_pop_filtered(gst::ClockTime::from_seconds(120), &ends);
    pipeline.set_state(gst::State::Null).expect("the pipeline stops");
    let message = message.expect("the pipeline ends in time");
    assert_eq!(message.type_(), gst::MessageType::Eos, "{message:?}");
}

fn source() -> String {
    format!(
        "videotestsrc pattern=solid-color num-buffers={FRAMES} ! \
         video/x-raw,format=I420,width=1920,height=1080,framerate=60/1"
    )
}

/// Puts ten people on every frame, as a detector would.
fn detect(pad: &gst::Pad) {
    probe::on_batch(pad, |batch| {
        for frame in batch.frames() {
            for i in 0..10 {
                let bbox = BBox::xywh(20.0 + 185.0 * i as f32, 300.0, 100.0, 235.0);
                frame.add_object(&ObjectInit {
                    bbox,
                    confidence: 0.9,
                    label: "person",
                    ..ObjectInit::default()
                })?;
            }
            frame.set_infer_done(true);
        }
        Ok(Verdict::Ok)
    })
    .expect("the pad takes a probe");
}

fn embedded() {
    let pipeline = launch(&format!(
        "{} ! nvvideoconvert ! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_0 \
         nvstreammux name=mux batch-size=1 ! nvtracker name=tracker ! nvstreamdemux name=demux \
         demux.src_0 ! nvdsosd ! nvvideoconvert ! video/x-raw,format=I420 ! fakesink sync=false",
        source()
    ));
    let tracker = pipeline.by_name("tracker").expect("it is in the description");
    detect(&tracker.static_pad("sink").expect("nvtracker has a sink pad"));
    play(&pipeline);
}

fn plain() {
    play(&launch(&format!(
        "{} ! videoconvert ! video/x-raw,format=NV12 ! videoconvert ! video/x-raw,format=I420 ! fakesink sync=false",
        source()
    )));
}

fn source_alone() {
    play(&launch(&format!("{} ! fakesink sync=false", source())));
}

fn benches(c: &mut Criterion) {
    dsframe::init().expect("GStreamer starts");
    let mut group = c.benchmark_group("pipeline 1080p");
    group.sample_size(10).throughput(Throughput::Elements(FRAMES));
    group.bench_function("source alone", |b| b.iter(source_alone));
    group.bench_function("embedded, without inference", |b| b.iter(embedded));
    group.bench_function("peer: videoconvert to NV12 and back", |b| b.iter(plain));
    group.finish();
}

criterion_group!(pipeline_benches, benches);
criterion_main!(pipeline_benches);
