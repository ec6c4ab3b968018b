//! The safe metadata API, on whichever runtime this process uses. Run again with
//! `DSFRAME_RUNTIME=native` and `DSFRAME_DEEPSTREAM_LIBS=$(.ci/fetch-deepstream)` for the other one.

#[path = "meta/support.rs"]
mod support;

use std::sync::Arc;

use dsframe::meta::*;
use dsframe::sys::{MetaGeneration, NVDS_START_USER_META};
use dsframe::{Error, ErrorKind};
use support::{batches, bbox, frame_of, scene};

fn add(frame: FrameMeta<'_>, class_id: i32) -> ObjectMeta<'_> {
    frame.add_object(&ObjectInit { class_id, ..ObjectInit::default() }).unwrap()
}

fn classes(frame: FrameMeta<'_>) -> Vec<i32> {
    frame.objects().map(|o| o.class_id()).collect()
}

#[test]
fn frames_keep_what_they_are_given() {
    for batch in batches(2) {
        let batch = batch.as_batch();
        assert_eq!((batch.max_frames(), batch.num_frames()), (2, 0));
        let init = FrameInit {
            pad_index: 1,
            batch_id: 0,
            frame_num: 41,
            buf_pts: Some(gst::ClockTime::from_mseconds(40)),
            ntp_timestamp: 1_700_000_000_000_000_000,
            source_id: 7,
            num_surfaces_per_frame: 1,
            source_frame_width: 768,
            source_frame_height: 576,
            pipeline_width: 0,
            pipeline_height: 0,
        };
        let frame = batch.add_frame(&init).unwrap();
        let second = batch.add_frame(&FrameInit { batch_id: 1, ..FrameInit::default() }).unwrap();
        let again = batch.add_frame(&init).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::InvalidArgument);
        assert_eq!(batch.num_frames(), 2);
        assert_eq!(batch.frames().map(|f| f.batch_id()).collect::<Vec<_>>(), [0, 1], "appended");
        assert_eq!((batch.frame(1), batch.frame(2)), (Some(second), None));
        assert_eq!((frame.pad_index(), frame.source_id(), frame.frame_num()), (1, 7, 41));
        assert_eq!(frame.buf_pts(), Some(gst::ClockTime::from_mseconds(40)));
        assert_eq!(second.buf_pts(), None);
        assert_eq!(frame.ntp_timestamp(), 1_700_000_000_000_000_000);
        assert_eq!(frame.size(), (768, 576));
        frame.set_pipeline_size(640, 360);
        assert_eq!((frame.size(), frame.source_frame_width()), ((640, 360), 768));
        assert!(!frame.infer_done());
        frame.set_infer_done(true);
        assert!(frame.infer_done());
        frame.set_surface_type(3);
        frame.set_surface_index(2);
        assert_eq!((frame.surface_type(), frame.surface_index(), frame.num_surfaces_per_frame()), (3, 2, 1));
        assert!(frame.set_reserved(1, i64::MAX) && !frame.set_reserved(4, 1));
        assert_eq!((frame.reserved(1), frame.reserved(0)), (Some(i64::MAX), Some(0)));
        assert!(batch.set_misc(2, i64::MIN) && batch.set_reserved(3, 9) && !batch.set_misc(4, 9));
        assert_eq!((batch.misc(2), batch.reserved(3), batch.misc(4)), (Some(i64::MIN), Some(9), None));
        let sensor = SensorInfo { source_id: 4, sensor_id: Some("gate".into()), ..SensorInfo::default() };
        assert_eq!(frame.set_sensor_info(&sensor), batch.generation() != MetaGeneration::A);
        assert!(frame.sensor_info().is_none_or(|info| info == sensor));
        assert!(frame.set_misc(3, -5) && !frame.set_misc(4, 1));
        assert_eq!((frame.misc(3), frame.misc(0), frame.misc(4)), (Some(-5), Some(0), None));
        assert_eq!(frame.sensor_info().is_some(), batch.generation() != MetaGeneration::A);
        assert_eq!(frame.batch(), batch);
        assert!(batch.remove_frame(frame) && !batch.remove_frame(frame));
        assert_eq!(batch.num_frames(), 1);
    }
}

#[test]
fn objects_keep_what_they_are_given() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let object = frame
            .add_object(&ObjectInit {
                unique_component_id: 3,
                class_id: 2,
                bbox: bbox(10.5, 4.0, 20.0, 40.0),
                confidence: 0.75,
                label: "person",
                display_text: Some("person 0.75"),
                ..ObjectInit::default()
            })
            .unwrap();
        assert_eq!((object.unique_component_id(), object.class_id()), (3, 2));
        assert_eq!((object.object_id(), object.tracker_confidence()), (None, None));
        assert_eq!(object.confidence(), Some(0.75));
        assert_eq!((object.rect(), object.detector_bbox()), (bbox(10.5, 4.0, 20.0, 40.0), object.rect()));
        assert_eq!(object.tracker_bbox(), BBox::default());
        assert_eq!((object.border_width(), object.border_color()), (3, Color::RED));
        assert_eq!(object.bg_color(), None);
        assert_eq!(object.rotation_angle().is_some(), batch.as_batch().generation() == MetaGeneration::C);
        let text = object.text_params().unwrap();
        assert_eq!((text.text.as_str(), text.x, text.y), ("person 0.75", 10.0, 0.0));
        assert_eq!((text.font_name.as_ref(), text.font_size), ("Serif", 11));
        assert_eq!((text.color, text.bg_color), (Color::WHITE, Some(Color::BLACK)));

        let newest = batch.as_batch().generation() == MetaGeneration::C;
        assert_eq!(
            (object.set_rotation_angle(15.0), object.rotation_angle()),
            (newest, newest.then_some(15.0))
        );
        assert_eq!(
            (object.color_id(), object.set_color_id(Some(-3)), object.color_id()),
            (None, (), Some(-3))
        );
        object.set_unique_component_id(8);
        assert_eq!(object.unique_component_id(), 8);
        assert!(object.set_reserved(3, -1) && !object.set_reserved(4, -1));
        assert_eq!(object.reserved(3), Some(-1));
        object.set_object_id(Some(0));
        object.set_tracker_confidence(Some(0.5));
        object.set_tracker_bbox(bbox(11.0, 5.0, 19.0, 39.0));
        object.set_rect(object.tracker_bbox());
        object.set_confidence(None);
        assert_eq!((object.object_id(), object.tracker_confidence()), (Some(0), Some(0.5)));
        assert_eq!(object.confidence(), None);
        assert_eq!(object.rect(), bbox(11.0, 5.0, 19.0, 39.0));
        assert_eq!(object.detector_bbox(), bbox(10.5, 4.0, 20.0, 40.0), "the detector's stays");
        object.set_tracker_confidence(None);
        assert_eq!(object.tracker_confidence(), None);
        object.set_object_id(None);
        assert_eq!(object.object_id(), None);
        object.set_border(99, Color::GREEN);
        assert_eq!((object.border_width(), object.border_color()), (32, Color::GREEN));
        object.set_bg_color(Some(Color::BLUE.with_alpha(0.5)));
        assert_eq!(object.bg_color(), Some(Color::rgba(0.0, 0.0, 1.0, 0.5)));
        object.set_bg_color(None);
        assert_eq!(object.bg_color(), None);
        object.set_display_text(Some("track 5\0hidden"));
        assert_eq!(object.text_params().unwrap().text, "track 5");
        object.set_display_text(None);
        assert_eq!(object.text_params(), None);
        assert!(object.set_misc(0, i64::MIN) && !object.set_misc(4, 0));
        assert_eq!(object.misc(0), Some(i64::MIN));
        // What lies behind the label was not written over.
        assert_eq!((object.classifiers().len(), object.user_metas().len()), (0, 0));
    }
}

#[test]
fn bad_objects_are_refused() {
    let all = batches(1);
    let frame = frame_of(&all[0]);
    for bad in [bbox(f32::NAN, 0.0, 1.0, 1.0), bbox(0.0, 0.0, -1.0, 1.0), bbox(0.0, f32::INFINITY, 1.0, 1.0)]
    {
        let error = frame.add_object(&ObjectInit { bbox: bad, ..ObjectInit::default() }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{bad:?}");
    }
    let other = OwnedBatchMeta::new(1).unwrap();
    let stranger = add(frame_of(&other), 0);
    assert!(frame.add_object(&ObjectInit { parent: Some(stranger), ..ObjectInit::default() }).is_err());
    assert!(!frame.remove_object(stranger), "of another batch");
    assert_eq!((frame.num_obj_meta(), frame.objects().len()), (0, 0));
    assert!(OwnedBatchMeta::new(0).is_err());
}

#[test]
fn removing_while_walking() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        for i in 0..20 {
            add(frame, i);
        }
        assert_eq!((frame.objects().len(), frame.objects().size_hint()), (20, (0, Some(20))));
        assert!(classes(frame).is_sorted_by(|a, b| a > b), "newest first");
        // Every object removes itself and its successor in the list, which is not visited then.
        let mut visited = Vec::new();
        for object in frame.objects() {
            visited.push(object.class_id());
            let next = frame.objects().skip_while(|&o| o != object).nth(1);
            frame.remove_object(object);
            next.map(|o| frame.remove_object(o));
        }
        assert_eq!(visited, (0..20).rev().step_by(2).collect::<Vec<_>>());
        assert_eq!((frame.num_obj_meta(), frame.objects().len()), (0, 0));

        for i in 0..10 {
            add(frame, i);
        }
        assert_eq!(frame.retain_objects(|o| o.class_id() % 3 == 0), 6);
        assert_eq!(classes(frame), [9, 6, 3, 0]);
        assert_eq!(frame.num_obj_meta(), 4);
        // Adding during a walk does not make it endless.
        for object in frame.objects() {
            add(frame, object.class_id() + 100);
        }
        assert_eq!(frame.num_obj_meta(), 8);
        assert_eq!(frame.objects().next_back().map(|o| o.class_id()), Some(0));
    }
}

#[test]
fn parents_never_dangle() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let car = add(frame, 1);
        let init = ObjectInit { class_id: 2, parent: Some(car), ..ObjectInit::default() };
        let plate = frame.add_object(&init).unwrap();
        assert_eq!((plate.parent(), car.parent()), (Some(car), None));
        assert!(frame.remove_object(car));
        assert_eq!(plate.parent(), None);
        assert!(!frame.remove_object(car), "removed already");
        assert_eq!(classes(frame), [2]);
    }
}

#[test]
fn payloads_are_typed_cloned_and_dropped() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let object = add(frame, 0);
        let counted = Arc::new(5_u8);
        frame.add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
        object.add_user("TEST.NAME", String::from("anna")).unwrap();
        let on_batch = batch.as_batch().add_user("TEST.NAME", String::from("batch")).unwrap();
        assert!(on_batch.meta_type() > NVDS_START_USER_META);
        assert_eq!(on_batch.meta_type(), UserMeta::type_of("TEST.NAME"));
        let name = |user: UserMeta<'_>| user.payload::<String>("TEST.NAME");
        assert_eq!(object.user_metas().find_map(name).as_deref(), Some("anna"));
        assert_eq!(on_batch.payload::<u32>("TEST.NAME"), None, "another type");
        assert_eq!(on_batch.payload::<String>("TEST.OTHER"), None, "another name");

        let copy = OwnedBatchMeta::copy_of(batch.as_batch()).unwrap();
        let copied = copy.as_batch().frames().next().unwrap();
        assert_eq!(copied.objects().next().unwrap().user_metas().find_map(name).as_deref(), Some("anna"));
        assert_eq!(Arc::strong_count(&counted), 3);
        let user = copied.user_metas().next().unwrap();
        assert!(copied.remove_user(user) && !copied.remove_user(user));
        assert_eq!(Arc::strong_count(&counted), 2);
        drop((batch, copy));
        assert_eq!(Arc::strong_count(&counted), 1);
    }
}

#[test]
fn a_buffer_owns_and_copies_its_batch() -> Result<(), Error> {
    for batch in batches(1) {
        let counted = Arc::new(());
        let frame = frame_of(&batch);
        frame.add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
        add(frame, 7).set_label("kept");
        let mut buffer = gst::Buffer::new();
        assert_eq!(BatchMeta::from_buffer(&buffer)?, None);
        batch.attach(buffer.get_mut().unwrap())?;

        let copy = buffer.copy();
        let (first, second) =
            (BatchMeta::from_buffer(&buffer)?.unwrap(), BatchMeta::from_buffer(&copy)?.unwrap());
        assert_ne!(first, second);
        assert_eq!(first.generation(), second.generation());
        second.frames().next().unwrap().objects().next().unwrap().set_label("changed");
        let label = first.frames().next().unwrap().objects().next().unwrap().label();
        assert_eq!(label, "kept", "the copy is deep");
        drop(buffer);
        assert_eq!(Arc::strong_count(&counted), 2);
        drop(copy);
        assert_eq!(Arc::strong_count(&counted), 1);
    }
    Ok(())
}

#[test]
fn frames_are_copied_between_batches() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        add(frame, 1).set_label("a");
        frame.add_display(&scene(3)).unwrap();
        for target in batches(1) {
            let copied = target.as_batch().add_copy_of(frame, 4);
            assert_eq!((copied.batch_id(), copied.size()), (4, (640, 360)));
            assert_eq!(copied.objects().map(|o| o.label()).collect::<Vec<_>>(), ["a"]);
            assert_eq!(copied.scene(), scene(3));
            assert_eq!(target.as_batch().num_frames(), 1);
        }
    }
}

#[test]
fn snapshots_are_plain_data() {
    fn is_send<T: Send + 'static>(value: T) -> T {
        value
    }
    for batch in batches(1) {
        let init = FrameInit {
            source_id: 2,
            frame_num: 9,
            buf_pts: Some(gst::ClockTime::SECOND),
            ..FrameInit::default()
        };
        let frame = batch.as_batch().add_frame(&init).unwrap();
        let object = ObjectInit {
            bbox: bbox(1.0, 2.0, 3.0, 4.0),
            confidence: 0.5,
            label: "person",
            ..ObjectInit::default()
        };
        frame.add_object(&object).unwrap().set_object_id(Some(6));
        frame.add_object(&ObjectInit { class_id: 1, ..ObjectInit::default() }).unwrap();
        let snapshot = is_send(frame.snapshot());
        drop(batch);
        assert_eq!(
            serde_json::to_string(&snapshot).unwrap(),
            concat!(
                r#"{"source_id":2,"frame_num":9,"pts":1000000000,"objects":["#,
                r#"{"object_id":6,"class_id":0,"label":"person","confidence":0.5,"tracker_confidence":0.0,"#,
                r#""left":1.0,"top":2.0,"width":3.0,"height":4.0},"#,
                r#"{"object_id":null,"class_id":1,"label":"","confidence":null,"tracker_confidence":null,"#,
                r#""left":0.0,"top":0.0,"width":0.0,"height":0.0}]}"#
            )
        );
    }
}

#[test]
fn an_unknown_layout_is_refused() {
    gst::init().unwrap();
    let batch = OwnedBatchMeta::new(1).unwrap();
    let raw = batch.as_batch().as_ptr();
    // SAFETY: a batch of this test; the size is put back before the batch goes.
    unsafe {
        let size = &raw mut (*(*raw).obj_meta_pool).element_size;
        let right = size.replace(999);
        let error = BatchMeta::from_raw(raw).unwrap_err();
        size.write(right);
        assert_eq!(error.kind(), ErrorKind::Abi);
        assert!(error.to_string().contains("999"), "{error}");
        assert_eq!(BatchMeta::from_raw(std::ptr::null_mut()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
}

/// Threads that add to one frame lose nothing, with no lock taken by the caller.
#[test]
fn threads_may_share_a_frame() {
    gst::init().unwrap();
    let batch = OwnedBatchMeta::new(1).unwrap();
    frame_of(&batch);
    let mut buffer = gst::Buffer::new();
    batch.attach(buffer.get_mut().unwrap()).unwrap();
    let buffer = &buffer;
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                let frame = BatchMeta::from_buffer(buffer).unwrap().unwrap().frame(0).unwrap();
                for i in 0..100 {
                    let object = add(frame, thread);
                    object.set_label("thread");
                    object.add_user("TEST.THREAD", i).unwrap();
                    if i % 2 == 0 {
                        assert!(frame.remove_object(object));
                    }
                }
            });
        }
    });
    let frame = BatchMeta::from_buffer(buffer).unwrap().unwrap().frame(0).unwrap();
    assert_eq!((frame.num_obj_meta(), frame.objects().len()), (200, 200));
    assert!(frame.objects().all(|o| o.label() == "thread" && o.user_metas().len() == 1));
}
