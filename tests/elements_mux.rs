//! The embedded nvstreammux and nvstreamdemux.

mod common;
#[path = "common/batches.rs"]
mod seen;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{drain, parse};
use dsframe::meta::BatchMeta;
use dsframe::surface::SurfaceBatch;
use gst::prelude::*;
use seen::{Seen, batch_of, source};

fn batches(samples: &[gst::Sample]) -> Vec<Vec<Seen>> {
    samples.iter().map(|sample| batch_of(sample.buffer().unwrap())).collect()
}

/// Every frame of every source once, in order.
fn check_complete(batches: &[Vec<Seen>], counts: &[(u32, i32)]) {
    let mut numbers: BTreeMap<u32, Vec<i32>> = BTreeMap::new();
    for batch in batches {
        for (slot, frame) in batch.iter().enumerate() {
            assert_eq!(frame.batch_id as usize, slot);
            numbers.entry(frame.source).or_default().push(frame.frame_num);
        }
        let mut sources: Vec<_> = batch.iter().map(|f| f.source).collect();
        sources.dedup();
        assert!(sources.is_sorted() && sources.len() == batch.len(), "one frame of a source: {batch:?}");
    }
    let expected = counts.iter().map(|&(source, n)| (source, (0..n).collect())).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn two_sources_of_different_sizes_and_lengths() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 width=64 height=32 ! appsink name=out {}{}",
        source(5, 64, 48, "m.sink_0"),
        source(12, 33, 17, "m.sink_7")
    ));
    let samples = pipeline.samples("out");
    let batches = batches(&samples);
    check_complete(&batches, &[(0, 5), (7, 12)]);
    assert_eq!(batches.len(), 12, "the first five are full, the rest does not wait");
    for frame in batches.iter().flatten() {
        let source_size = if frame.source == 0 { (64, 48) } else { (33, 17) };
        assert_eq!(
            (frame.source_size, frame.pipeline_size, frame.surface_size),
            (source_size, (64, 32), (64, 32))
        );
        assert_eq!(frame.pts, Some(gst::ClockTime::from_mseconds(50) * frame.frame_num as u64));
    }
    let caps = samples[0].caps().unwrap().structure(0).unwrap();
    assert_eq!(
        (caps.get("width"), caps.get("height"), caps.get("batch-size")),
        (Ok(64i32), Ok(32i32), Ok(2i32))
    );
    assert_eq!(caps.get::<gst::Fraction>("framerate").unwrap(), gst::Fraction::new(20, 1));
    let pts: Vec<_> = samples.iter().map(|s| s.buffer().unwrap().pts().unwrap()).collect();
    assert!(pts.is_sorted());
}

#[test]
fn metadata_has_the_batch_and_the_clock() {
    let before =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let sources = source(1, 64, 48, "m.sink_0");
    let run = |property: &str| {
        parse(&format!("nvstreammux name=m batch-size=3 {property} ! appsink name=out {sources}"))
            .samples("out")
    };
    let samples = run("");
    let meta = BatchMeta::from_buffer(samples[0].buffer().unwrap()).unwrap().unwrap();
    assert_eq!((meta.max_frames(), meta.num_frames()), (3, 1));
    let frame = meta.frames().next().unwrap();
    assert!(frame.ntp_timestamp() >= before);
    assert_eq!((frame.pipeline_width(), frame.pipeline_height()), (0, 0), "not scaled");
    let samples = run("attach-sys-ts=false");
    let meta = BatchMeta::from_buffer(samples[0].buffer().unwrap()).unwrap().unwrap();
    assert_eq!(meta.frames().next().unwrap().ntp_timestamp(), 0);
}

/// Addresses of the pixels that pass a pad.
fn pixels_at(pad: &gst::Pad) -> Arc<Mutex<Vec<Vec<usize>>>> {
    let list = Arc::new(Mutex::new(Vec::new()));
    let seen = list.clone();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let batch = SurfaceBatch::from_buffer(info.buffer().unwrap()).unwrap();
        let addresses =
            batch.surfaces().map(|s| s.map_read().unwrap().view().plane(0).row(0).as_ptr() as usize);
        seen.lock().unwrap().push(addresses.collect());
        gst::PadProbeReturn::Ok
    });
    list
}

#[test]
fn frames_that_fit_are_lent_and_others_scaled() {
    for (size, lent) in [("", true), ("width=64 height=48", true), ("width=32 height=24", false)] {
        let pipeline = parse(&format!(
            "nvstreammux name=m {size} ! nvstreamdemux name=d d.src_0 ! appsink name=out sync=false {}",
            source(4, 64, 48, "m.sink_0")
        ));
        let sink = pixels_at(&pipeline.element("m").static_pad("sink_0").unwrap());
        let src = pixels_at(&pipeline.element("m").static_pad("src").unwrap());
        let out = pixels_at(&pipeline.element("out").static_pad("sink").unwrap());
        assert_eq!(pipeline.samples("out").len(), 4);
        assert_eq!(*sink.lock().unwrap() == *src.lock().unwrap(), lent, "{size}");
        assert_eq!(*src.lock().unwrap(), *out.lock().unwrap(), "the demuxer lends always");
    }
}

#[test]
fn unscaled_batches_hold_frames_of_any_size_and_system_memory() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! appsink name=out {} \
         videotestsrc num-buffers=3 ! video/x-raw,format=RGBA,width=20,height=10,framerate=20/1 ! m.sink_1",
        source(3, 64, 48, "m.sink_0")
    ));
    let batches = batches(&pipeline.samples("out"));
    check_complete(&batches, &[(0, 3), (1, 3)]);
    assert!(batches.iter().all(|b| b[0].surface_size == (64, 48) && b[1].surface_size == (20, 10)));
}

#[test]
fn padding_keeps_the_shape_on_black() {
    let pipeline = parse(
        "videotestsrc num-buffers=1 pattern=white ! video/x-raw,format=RGBA,width=32,height=32 ! \
         m.sink_0 nvstreammux name=m width=64 height=32 enable-padding=true ! nvvideoconvert ! \
         video/x-raw,format=RGBA ! appsink name=out",
    );
    let samples = pipeline.samples("out");
    let map = samples[0].buffer().unwrap().map_readable().unwrap();
    for (i, pixel) in map.chunks_exact(4).enumerate() {
        let inside = (16..48).contains(&(i % 64));
        assert_eq!(pixel[0], if inside { 255 } else { 0 }, "pixel {i}");
    }
}

#[test]
fn a_stalled_source_costs_the_timeout_and_no_frame() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 batched-push-timeout=60000 ! appsink name=out sync=false {} \
         appsrc name=slow format=time caps=video/x-raw,format=NV12,width=16,height=16,framerate=20/1 ! \
         nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_1",
        source(3, 16, 16, "m.sink_0")
    ));
    let slow = pipeline.appsrc("slow");
    pipeline.play();
    let start = Instant::now();
    let sink = pipeline.appsink("out");
    for n in 0..3 {
        let sample = sink.try_pull_sample(gst::ClockTime::from_seconds(5)).expect("a batch of one");
        assert_eq!(batch_of(sample.buffer().unwrap()).len(), 1, "{n}");
        if n == 0 {
            assert!(start.elapsed() >= Duration::from_millis(60), "{:?}", start.elapsed());
        }
    }
    for n in 0..2u64 {
        let mut buffer = gst::Buffer::with_size(16 * 24).unwrap();
        buffer.get_mut().unwrap().set_pts(n * gst::ClockTime::from_mseconds(50));
        slow.push_buffer(buffer).unwrap();
    }
    slow.end_of_stream().unwrap();
    let rest: Vec<_> = drain(&sink).iter().flat_map(|s| batch_of(s.buffer().unwrap())).collect();
    assert_eq!(rest.iter().map(|f| (f.source, f.frame_num)).collect::<Vec<_>>(), [(1, 0), (1, 1)]);
    pipeline.wait().unwrap();
}

#[test]
fn more_sources_than_slots_lose_nothing() {
    let sources: String = (0..5).map(|i| source(6, 16, 16, &format!("m.sink_{i}"))).collect();
    let pipeline = parse(&format!("nvstreammux name=m batch-size=2 ! appsink name=out {sources}"));
    let batches = batches(&pipeline.samples("out"));
    check_complete(&batches, &[(0, 6), (1, 6), (2, 6), (3, 6), (4, 6)]);
}

#[test]
fn the_end_of_a_source_is_announced_behind_its_last_frame() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! appsink name=out {}{}",
        source(2, 16, 16, "m.sink_0"),
        source(4, 16, 16, "m.sink_1")
    ));
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = order.clone();
    let mask = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
    pipeline.element("m").static_pad("src").unwrap().add_probe(mask, move |_, info| {
        let word = match &info.data {
            Some(gst::PadProbeData::Buffer(b)) => format!("{}", batch_of(b).len()),
            Some(gst::PadProbeData::Event(e)) => {
                let source = e.structure().and_then(|s| s.get::<u32>("source-id").ok());
                match (e.structure().map(|s| s.name().to_string()), source) {
                    (Some(name), Some(id)) => format!("{name} {id}"),
                    _ => e.type_().name().to_string(),
                }
            }
            _ => String::new(),
        };
        seen.lock().unwrap().push(word);
        gst::PadProbeReturn::Ok
    });
    pipeline.samples("out");
    assert_eq!(
        *order.lock().unwrap(),
        [
            "stream-start",
            "nv-pad-added 0",
            "nv-pad-added 1",
            "caps",
            "segment",
            "2",
            "2",
            "nv-stream-eos 0",
            "1",
            "1",
            "nv-stream-eos 1",
            "eos"
        ]
    );
}

#[test]
fn demuxed_sources_are_whole_and_end_on_their_own() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! nvstreamdemux name=d \
         d.src_0 ! queue ! appsink name=a sync=false d.src_3 ! queue ! appsink name=b sync=false {}{}{}",
        source(3, 64, 48, "m.sink_0"),
        source(9, 33, 17, "m.sink_3"),
        source(5, 16, 16, "m.sink_4")
    ));
    pipeline.play();
    let long = pipeline.appsink("b");
    let short = drain(&pipeline.appsink("a"));
    let rest = drain(&long);
    pipeline.wait().unwrap();
    for (samples, source, count, size) in [(&short, 0, 3, (64, 48)), (&rest, 3, 9, (33, 17))] {
        let frames: Vec<_> = samples.iter().flat_map(|s| batch_of(s.buffer().unwrap())).collect();
        assert_eq!(frames.iter().map(|f| f.frame_num).collect::<Vec<_>>(), (0..count).collect::<Vec<_>>());
        assert!(frames.iter().all(|f| (f.source, f.batch_id, f.surface_size) == (source, 0, size)));
        for (sample, frame) in samples.iter().zip(&frames) {
            assert_eq!(sample.buffer().unwrap().pts(), frame.pts);
        }
        let caps = samples[0].caps().unwrap().structure(0).unwrap();
        assert_eq!(
            (caps.get::<i32>("width"), caps.get::<i32>("height")),
            (Ok(size.0 as i32), Ok(size.1 as i32))
        );
    }
}

#[test]
fn metadata_goes_through_nvvideoconvert() {
    let pipeline = parse(&format!(
        "nvstreammux name=m batch-size=2 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM),format=RGBA,width=40,height=30 ! appsink name=out {}{}",
        source(2, 64, 48, "m.sink_0"),
        source(2, 33, 17, "m.sink_1")
    ));
    let batches = batches(&pipeline.samples("out"));
    check_complete(&batches, &[(0, 2), (1, 2)]);
    assert!(batches.iter().flatten().all(|frame| frame.surface_size == (40, 30)));
}
