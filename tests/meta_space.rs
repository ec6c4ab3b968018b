//! Boxes of real batches in the coordinates of other pictures.

#[path = "meta/support.rs"]
mod support;

use dsframe::meta::{FrameInit, ObjectInit};
use dsframe::roi::{Mux, Net, Source};
use support::{batches, bbox};

#[test]
fn boxes_of_a_scaling_muxer_go_back_to_the_source() {
    for batch in batches(2) {
        let init = FrameInit {
            source_frame_width: 640,
            source_frame_height: 480,
            pipeline_width: 1920,
            pipeline_height: 1080,
            ..FrameInit::default()
        };
        let frame = batch.as_batch().add_frame(&init).unwrap();
        let rect = bbox(480.0, 540.0, 96.0, 270.0);
        let object = frame.add_object(&ObjectInit { bbox: rect, ..ObjectInit::default() }).unwrap();
        let spaces = frame.spaces().unwrap();
        assert_eq!(
            object.rect_in_mux().to::<Source>(&spaces).unwrap().bbox(),
            bbox(160.0, 240.0, 32.0, 120.0)
        );
        let padded = spaces.padded().unwrap();
        assert_eq!(object.rect_in_mux().to::<Source>(&padded).unwrap().bbox().left, (480.0 - 240.0) / 2.25);
        assert!(object.rect_in_mux().to::<Net>(&spaces).is_err());
    }
}

#[test]
fn a_muxer_that_does_not_scale_leaves_the_sources_pixels() {
    for batch in batches(1) {
        let init = FrameInit { source_frame_width: 640, source_frame_height: 480, ..FrameInit::default() };
        let frame = batch.as_batch().add_frame(&init).unwrap();
        let spaces = frame.spaces().unwrap();
        assert_eq!((spaces.source_size(), spaces.mux_size()), ((640, 480), (640, 480)));
        assert_eq!(spaces.point::<Mux, Source>((12.5, 7.0)).unwrap(), (12.5, 7.0));
    }
}

#[test]
fn behind_a_tiler_nothing_is_guessed() {
    for batch in batches(1) {
        // What gst-nvmultistreamtiler leaves: its own output size, and no source's.
        let init = FrameInit { pipeline_width: 1280, pipeline_height: 720, ..FrameInit::default() };
        let frame = batch.as_batch().add_frame(&init).unwrap();
        let error = frame.spaces().unwrap_err().to_string();
        assert!(error.contains("0x0") && error.contains("before the tiler"), "{error}");
    }
}
