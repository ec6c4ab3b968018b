//! The embedded nvtracker in a pipeline of synthetic frames, with objects put there by a probe.

mod common;

use std::sync::{Arc, Mutex};

use common::parse;
use dsframe::meta::ObjectInit;
use dsframe::probe::{self, Verdict};
use dsframe::roi::BBox;
use gst::prelude::*;

fn object(left: f32, confidence: f32) -> ObjectInit<'static> {
    let bbox = BBox::xywh(left, 10.0, 30.0, 60.0);
    ObjectInit { bbox, confidence, label: "person", ..ObjectInit::default() }
}

#[test]
fn children_go_with_a_parent_that_is_no_target_and_stay_with_one_that_is() {
    let pipeline = parse(
        "videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=320,height=96,framerate=10/1 ! nvvideoconvert ! \
         video/x-raw(memory:NVMM) ! m.sink_0 nvstreammux name=m ! nvtracker name=t ! appsink name=out sync=false",
    );
    let tracker = pipeline.element("t");
    probe::on_batch(&tracker.static_pad("sink").unwrap(), |batch| {
        for frame in batch.frames() {
            frame.set_infer_done(true);
            for (left, confidence) in [(10.0, 0.9), (200.0, 0.4)] {
                let parent = frame.add_object(&object(left, confidence))?;
                let child = frame.add_object(&ObjectInit {
                    parent: Some(parent),
                    label: "face",
                    ..object(left + 5.0, confidence)
                })?;
                frame.add_object(&ObjectInit {
                    parent: Some(child),
                    label: "eye",
                    ..object(left + 6.0, confidence)
                })?;
            }
        }
        Ok(Verdict::Ok)
    })
    .unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let in_probe = Arc::clone(&seen);
    probe::on_batch(&tracker.static_pad("src").unwrap(), move |batch| {
        for frame in batch.frames() {
            let objects = frame
                .objects()
                .rev()
                .map(|o| (o.label(), o.object_id(), o.parent().map(|parent| parent.label())));
            in_probe.lock().unwrap().push(objects.collect::<Vec<_>>());
        }
        Ok(Verdict::Ok)
    })
    .unwrap();
    assert_eq!(pipeline.samples("out").len(), 5);
    let kept = |label: &str, id, parent: Option<&str>| (label.to_owned(), id, parent.map(str::to_owned));
    let expected = vec![
        kept("person", Some(1), None),
        kept("face", None, Some("person")),
        kept("eye", None, Some("face")),
    ];
    assert_eq!(*seen.lock().unwrap(), vec![expected; 5]);
}
