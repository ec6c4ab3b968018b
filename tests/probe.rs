//! `probe::on_batch`: what the closure sees, and what its verdict does to the stream.

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{TestPipeline, drain, parse, within};
use dsframe::meta::ObjectInit;
use dsframe::prelude::*;
use dsframe::probe::on_batch;
use gst::prelude::*;

const LIMIT: Duration = Duration::from_secs(40);

/// `count` frames of `width` x `height`, 20 a second, into the muxer's pad `sink_{index}`.
fn source(count: u32, (width, height): (u32, u32), index: u32) -> String {
    format!(
        "videotestsrc num-buffers={count} ! \
         video/x-raw,format=NV12,width={width},height={height},framerate=20/1 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM) ! m.sink_{index} "
    )
}

/// One source of `count` frames; the probe's place is the pad that comes with it.
fn one_source(count: u32) -> (TestPipeline, gst::Pad) {
    let pipeline =
        parse(&format!("nvstreammux name=m ! appsink name=out sync=false {}", source(count, (32, 16), 0)));
    let pad = pipeline.element("m").static_pad("src").unwrap();
    (pipeline, pad)
}

type Shared<T> = Arc<Mutex<Vec<T>>>;

fn list<T>() -> (Shared<T>, Shared<T>) {
    let list = Arc::new(Mutex::new(Vec::new()));
    (list.clone(), list)
}

fn taken<T>(list: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut list.lock().unwrap())
}

/// Frame numbers in what reached the sink.
fn numbers(samples: &[gst::Sample]) -> Vec<i32> {
    let of = |sample: &gst::Sample| {
        let meta = BatchMeta::from_buffer(sample.buffer().unwrap()).unwrap().unwrap();
        meta.frames().map(|frame| frame.frame_num()).collect::<Vec<_>>()
    };
    samples.iter().flat_map(of).collect()
}

#[test]
fn every_frame_is_seen_with_its_metadata_and_pixels() {
    within(LIMIT, || {
        let pipeline = parse(&format!(
            "nvstreammux name=m batch-size=2 ! fakesink {}{}",
            source(4, (64, 48), 0),
            source(6, (33, 17), 3)
        ));
        let (seen, mine) = list();
        on_batch(&pipeline.element("m").static_pad("src").unwrap(), move |batch| {
            assert_eq!(batch.meta().num_frames(), batch.surfaces()?.len());
            for frame in batch.frames() {
                let pixels = frame.map_read()?;
                let view = pixels.view();
                assert_eq!((frame.surface()?.width(), view.format()), (view.width(), PixelFormat::Nv12));
                let size = (view.width(), view.height());
                mine.lock().unwrap().push((frame.source_id(), frame.frame_num(), frame.buf_pts(), size));
            }
            Ok(Verdict::Ok)
        })
        .unwrap();
        pipeline.run().unwrap();
        let mut seen = taken(&seen);
        seen.sort_by_key(|&(source, number, ..)| (source, number));
        let of = |source, count, size| {
            (0..count).map(move |n| {
                (source, n, Some(gst::ClockTime::from_mseconds(50) * u64::try_from(n).unwrap()), size)
            })
        };
        assert_eq!(seen, of(0, 4, (64, 48)).chain(of(3, 6, (33, 17))).collect::<Vec<_>>());
    });
}

#[test]
fn objects_added_in_a_probe_are_there_downstream() {
    within(LIMIT, || {
        let (pipeline, pad) = one_source(3);
        on_batch(&pad, |batch| {
            for frame in batch.frames() {
                let bbox = BBox { left: 1.0, top: 2.0, width: frame.frame_num() as f32, height: 4.0 };
                frame.add_object(&ObjectInit { bbox, label: "added", ..ObjectInit::default() })?;
            }
            Ok(Verdict::Ok)
        })
        .unwrap();
        for (number, sample) in pipeline.samples("out").iter().enumerate() {
            let meta = BatchMeta::from_buffer(sample.buffer().unwrap()).unwrap().unwrap();
            let objects: Vec<_> = meta.frames().flat_map(|frame| frame.objects()).collect();
            assert_eq!(objects.len(), 1);
            assert_eq!((objects[0].label().as_str(), objects[0].rect().width), ("added", number as f32));
        }
    });
}

#[test]
fn dropped_batches_do_not_go_on_and_the_stream_does() {
    within(LIMIT, || {
        let (pipeline, pad) = one_source(6);
        on_batch(&pad, |batch| {
            let odd = batch.frames().any(|frame| frame.frame_num() % 2 == 1);
            Ok(if odd { Verdict::Drop } else { Verdict::Ok })
        })
        .unwrap();
        assert_eq!(numbers(&pipeline.samples("out")), [0, 2, 4]);
    });
}

#[test]
fn a_probe_that_removes_itself_sees_nothing_more_and_is_freed() {
    within(LIMIT, || {
        let (pipeline, pad) = one_source(5);
        let (seen, mine) = list();
        on_batch(&pad, move |batch| {
            mine.lock().unwrap().extend(batch.frames().map(|frame| frame.frame_num()));
            Ok(if mine.lock().unwrap().len() == 2 { Verdict::Remove } else { Verdict::Ok })
        })
        .unwrap();
        assert_eq!(numbers(&pipeline.samples("out")), [0, 1, 2, 3, 4], "the last one that it saw goes on");
        assert_eq!(taken(&seen), [0, 1]);
        assert_eq!(Arc::strong_count(&seen), 1, "the closure is gone");
    });
}

#[test]
fn a_probe_taken_away_between_two_buffers_sees_the_first_alone() {
    within(LIMIT, || {
        let pipeline = parse(
            "appsrc name=in format=time caps=video/x-raw,format=NV12,width=16,height=16,framerate=20/1 ! \
             nvvideoconvert ! video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m batched-push-timeout=1000 ! \
             appsink name=out sync=false",
        );
        let (seen, mine) = list();
        let pad = pipeline.element("m").static_pad("src").unwrap();
        let probe = on_batch(&pad, move |batch| {
            mine.lock().unwrap().extend(batch.frames().map(|frame| frame.frame_num()));
            Ok(Verdict::Ok)
        })
        .unwrap();
        pipeline.play();
        let (input, sink) = (pipeline.appsrc("in"), pipeline.appsink("out"));
        let push = |n: u64| {
            let mut buffer = gst::Buffer::with_size(16 * 24).unwrap();
            buffer.get_mut().unwrap().set_pts(n * gst::ClockTime::from_mseconds(50));
            input.push_buffer(buffer).unwrap();
        };
        push(0);
        sink.try_pull_sample(gst::ClockTime::from_seconds(10)).expect("the first batch");
        probe.remove();
        push(1);
        input.end_of_stream().unwrap();
        assert_eq!(numbers(&drain(&sink)), [1]);
        assert_eq!(taken(&seen), [0]);
        assert_eq!(Arc::strong_count(&seen), 1, "the closure is gone");
    });
}

#[test]
fn the_handle_may_go_before_or_after_the_pad() {
    within(LIMIT, || {
        let (pipeline, pad) = one_source(3);
        let (seen, mine) = list();
        drop(on_batch(&pad, move |batch| {
            mine.lock().unwrap().extend(batch.frames().map(|frame| frame.frame_num()));
            Ok(Verdict::Ok)
        }));
        assert_eq!(pipeline.samples("out").len(), 3);
        assert_eq!(taken(&seen), [0, 1, 2], "a dropped handle leaves the probe");

        let probe = on_batch(&pad, |_| Ok(Verdict::Ok)).unwrap();
        drop((pipeline, pad));
        probe.remove();
    });
}

#[test]
fn two_probes_on_one_pad_run_in_the_order_they_came() {
    within(LIMIT, || {
        let (pipeline, pad) = one_source(4);
        let (seen, mine) = list();
        on_batch(&pad, |batch| {
            let mut last = 0;
            for frame in batch.frames() {
                frame.add_object(&ObjectInit { label: "by the first", ..ObjectInit::default() })?;
                last = frame.frame_num();
            }
            Ok(if last == 2 { Verdict::Drop } else { Verdict::Ok })
        })
        .unwrap();
        on_batch(&pad, move |batch| {
            for frame in batch.frames() {
                let labels: Vec<_> = frame.objects().map(|object| object.label()).collect();
                mine.lock().unwrap().push((frame.frame_num(), labels));
            }
            Ok(Verdict::Ok)
        })
        .unwrap();
        assert_eq!(numbers(&pipeline.samples("out")), [0, 1, 3]);
        let expected = [0, 1, 3].map(|n| (n, vec!["by the first".to_owned()]));
        assert_eq!(taken(&seen), expected, "what the first one drops, the second one does not see");
    });
}

/// What this process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn buffers_without_batch_metadata_pass_untouched_with_one_warning() {
    within(LIMIT, || {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).init();
        let run = |probed: bool| {
            let pipeline = parse(
                "videotestsrc num-buffers=4 pattern=gradient ! video/x-raw,format=RGBA,width=16,height=8 ! \
                 identity name=here ! appsink name=out",
            );
            if probed {
                let pad = pipeline.element("here").static_pad("src").unwrap();
                on_batch(&pad, |_| Err(Error::new(ErrorKind::Callback, "nobody calls this"))).unwrap();
            }
            let bytes = |s: &gst::Sample| s.buffer().unwrap().map_readable().unwrap().to_vec();
            pipeline.samples("out").iter().map(bytes).collect::<Vec<_>>()
        };
        let plain = run(false);
        assert_eq!(plain.len(), 4);
        assert!(run(true) == plain);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let warnings = text.lines().filter(|line| line.contains("behind nvstreammux")).collect::<Vec<_>>();
        assert_eq!(warnings.len(), 1, "{text}");
        assert!(warnings[0].contains("WARN") && warnings[0].contains("pad=src"), "{}", warnings[0]);
    });
}
