//! Handles to what was removed, removing in the middle of a walk, families: on whichever runtime this
//! process uses; see `meta.rs`.

#[path = "meta/support.rs"]
mod support;

use std::sync::Arc;

use dsframe::ErrorKind;
use dsframe::meta::*;
use support::{batches, bbox, frame_of, scene};

fn add(frame: FrameMeta<'_>, class_id: i32) -> ObjectMeta<'_> {
    frame.add_object(&ObjectInit { class_id, ..ObjectInit::default() }).unwrap()
}

fn classes(frame: FrameMeta<'_>) -> Vec<i32> {
    frame.objects().map(|o| o.class_id()).collect()
}

/// An object with everything that an object can hold.
fn full(frame: FrameMeta<'_>) -> ObjectMeta<'_> {
    let init = ObjectInit { label: "full", display_text: Some("text"), ..ObjectInit::default() };
    let object = frame.add_object(&init).unwrap();
    let labels = [LabelInit { label: "red", ..LabelInit::default() }; 6];
    object.add_classifier(&ClassifierInit { labels: &labels, ..ClassifierInit::default() }).unwrap();
    object.add_user("TEST.FULL", String::from("payload")).unwrap();
    object
}

#[test]
fn a_stale_handle_does_nothing_to_the_next_user_of_the_memory() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let stale = full(frame);
        let (classifier, user) = (stale.classifiers().next().unwrap(), stale.user_metas().next().unwrap());
        let label = classifier.labels().next().unwrap();
        assert!(frame.remove_object(stale));
        // Pools hand out first what was released last, so the memory has a new owner at once.
        let fresh = full(frame);
        assert_eq!(fresh.as_ptr(), stale.as_ptr(), "the same memory");
        assert_ne!(fresh, stale);
        assert_eq!((stale.is_live(), fresh.is_live()), (false, true));
        assert!(!classifier.is_live() && !label.is_live() && !user.is_live());

        stale.set_class_id(99);
        stale.set_label("stale");
        stale.set_display_text(None);
        stale.set_rect(bbox(9.0, 9.0, 9.0, 9.0));
        stale.style(&Style::of_color(Color::GREEN));
        stale.set_user_context(std::ptr::dangling_mut());
        label.set_label("stale");
        label.set_probability(0.5);
        assert!(!stale.set_misc(0, 1) && !stale.set_reserved(0, 1));
        assert_eq!((fresh.class_id(), fresh.label(), fresh.rect()), (0, "full".into(), BBox::default()));
        assert_eq!((fresh.text_params().unwrap().text, fresh.border_color()), ("text".into(), Color::RED));
        assert!(fresh.user_context().is_null());
        let fresh_label = fresh.classifiers().next().unwrap().labels().next().unwrap();
        assert_eq!((fresh_label.label(), fresh_label.probability()), ("red".into(), 0.0));

        assert!(!frame.remove_object(stale) && !fresh.remove_classifier(classifier));
        assert!(!fresh.remove_user(user) && !stale.remove_user(user));
        assert_eq!((stale.classifiers().len(), stale.user_metas().len()), (0, 0));
        assert_eq!(user.payload::<String>("TEST.FULL"), None);
        for refused in [
            stale.add_classifier(&ClassifierInit::default()).map(drop),
            classifier.add_label(&LabelInit::default()).map(drop),
            stale.add_user("TEST.FULL", 1_u8).map(drop),
            fresh.set_parent(Some(stale)),
            stale.set_parent(None),
            frame.add_object(&ObjectInit { parent: Some(stale), ..ObjectInit::default() }).map(drop),
        ] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains("was removed"), "{error}");
        }
        assert_eq!((stale.parent(), stale.frame(), fresh.frame()), (None, None, Some(frame)));
        assert_eq!((frame.num_obj_meta(), fresh.classifiers().len(), fresh.user_metas().len()), (1, 1, 1));
    }
}

#[test]
fn a_removed_frame_takes_everything_with_it() {
    for batch in batches(2) {
        let batch = batch.as_batch();
        let counted = Arc::new(());
        let frame = batch.add_frame(&FrameInit::default()).unwrap();
        let object = full(frame);
        frame.add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
        frame.add_display(&scene(20)).unwrap();
        let display = frame.displays().next().unwrap();
        assert!(batch.remove_frame(frame) && !batch.remove_frame(frame));
        assert_eq!(Arc::strong_count(&counted), 1);
        assert!(!frame.is_live() && !object.is_live() && !display.is_live());
        assert!(frame.add_object(&ObjectInit::default()).is_err());
        assert!(frame.add_display(&scene(1)).is_err());
        assert!(frame.add_user("TEST.COUNTED", Arc::clone(&counted)).is_err());
        assert_eq!(Arc::strong_count(&counted), 1, "a refused payload is dropped");
        display.set_scene(&scene(1)).unwrap();
        assert!(display.to_scene().is_empty(), "nothing was written");
        let again = batch.add_frame(&FrameInit::default()).unwrap();
        assert_eq!((again.as_ptr() == frame.as_ptr(), again == frame), (true, false));
        assert_eq!((frame.objects().len(), again.objects().len(), batch.num_frames()), (0, 0, 1));
    }
}

#[test]
fn clearing_empties_and_says_how_much() {
    for batch in batches(4) {
        let counted = Arc::new(());
        let frame = frame_of(&batch);
        let batch = batch.as_batch();
        let objects: Vec<_> = (0..40).map(|_| full(frame)).collect();
        for _ in 0..3 {
            frame.add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
            batch.add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
            objects[7].add_user("TEST.COUNTED", Arc::clone(&counted)).unwrap();
        }
        frame.add_display(&scene(40)).unwrap();
        let classifier = objects[3].classifiers().next().unwrap();
        let first = classifier.labels().next().unwrap();
        assert!(classifier.remove_label(first) && !classifier.remove_label(first));
        assert_eq!((classifier.num_labels(), classifier.clear_labels(), classifier.num_labels()), (5, 5, 0));
        assert_eq!((objects[7].clear_user_metas(), objects[7].clear_classifiers()), (4, 1));
        assert_eq!((objects[7].clear_user_metas(), objects[7].classifiers().len()), (0, 0));
        assert_eq!((frame.clear_user_metas(), batch.clear_user_metas()), (3, 3));
        assert_eq!(Arc::strong_count(&counted), 1);
        assert_eq!((frame.clear_displays(), frame.displays().len()), (3, 0));
        assert_eq!((frame.clear_objects(), frame.num_obj_meta(), frame.objects().len()), (40, 0, 0));
        assert!(objects.iter().all(|o| !o.is_live()));
        // The pools are whole: everything can be had again.
        frame.add_display(&scene(40)).unwrap();
        for _ in 0..40 {
            full(frame);
        }
        assert_eq!((frame.scene(), frame.objects().len()), (scene(40), 40));
        assert_eq!((batch.clear_frames(), batch.num_frames(), batch.frames().len()), (1, 0, 0));
    }
}

/// What a step of a walk removes, relative to the object it is at: all orders and directions.
#[test]
fn walks_survive_every_removal() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        for backwards in [false, true] {
            for offset in -3_i32..=3 {
                for refill in [false, true] {
                    frame.clear_objects();
                    for i in 0..12 {
                        add(frame, i);
                    }
                    let mut visited = Vec::new();
                    let mut step = |object: ObjectMeta<'_>| {
                        assert!(object.is_live());
                        let class = object.class_id();
                        visited.push(class);
                        let victim = frame.objects().find(|o| o.class_id() == class + offset);
                        victim.map(|o| frame.remove_object(o));
                        if refill {
                            // Takes the memory of the victim.
                            add(frame, 1000 + class);
                        }
                    };
                    if backwards {
                        frame.objects().rev().for_each(&mut step);
                    } else {
                        frame.objects().for_each(&mut step);
                    }
                    let ahead = if backwards { offset > 0 } else { offset < 0 };
                    let mut expected: Vec<i32> =
                        if backwards { (0..12).collect() } else { (0..12).rev().collect() };
                    if ahead {
                        let mut gone = Vec::new();
                        expected.retain(|class| {
                            let stays = !gone.contains(class);
                            if stays {
                                gone.push(class + offset);
                            }
                            stays
                        });
                    }
                    assert_eq!(visited, expected, "backwards {backwards}, offset {offset}, refill {refill}");
                    assert_eq!(frame.num_obj_meta() as usize, frame.objects().len());
                }
            }
        }
        frame.clear_objects();
        for i in 0..5 {
            add(frame, i);
        }
        let mut walk = frame.objects();
        assert_eq!(walk.next().map(|o| o.class_id()), Some(4));
        frame.clear_objects();
        assert_eq!((walk.len(), walk.is_empty(), walk.size_hint()), (0, true, (0, Some(4))));
        assert_eq!((walk.next(), walk.next_back(), walk.next()), (None, None, None));
    }
}

#[test]
fn families_stay_whole() {
    for batch in batches(2) {
        let frame = frame_of(&batch);
        let other = batch.as_batch().add_frame(&FrameInit { batch_id: 1, ..FrameInit::default() }).unwrap();
        let (car, plate, letter) = (add(frame, 1), add(frame, 2), add(frame, 3));
        plate.set_parent(Some(car)).unwrap();
        letter.set_parent(Some(plate)).unwrap();
        assert_eq!(car.children().collect::<Vec<_>>(), [plate]);
        assert_eq!(letter.parent().and_then(|p| p.parent()), Some(car));
        for (child, parent) in [(car, car), (car, plate), (car, letter), (plate, letter)] {
            let error = child.set_parent(Some(parent)).unwrap_err();
            assert!(error.to_string().contains("ancestor"), "{error}");
        }
        letter.set_parent(Some(car)).unwrap();
        assert_eq!(car.children().collect::<Vec<_>>(), [letter, plate]);
        let far = add(other, 4);
        for refused in [
            letter.set_parent(Some(far)).map(drop),
            other.add_object(&ObjectInit { parent: Some(car), ..ObjectInit::default() }).map(drop),
        ] {
            assert!(refused.unwrap_err().to_string().contains("not on this frame"));
        }
        let strange_batch = OwnedBatchMeta::new(1).unwrap();
        let stranger = add(frame_of(&strange_batch), 9);
        let error = letter.set_parent(Some(stranger)).unwrap_err();
        assert!(error.to_string().contains("another batch"), "{error}");
        assert!(!frame.remove_object(stranger) && stranger.is_live());

        assert_eq!(frame.retain_objects(|o| o.class_id() != 1), 1);
        assert_eq!((plate.parent(), letter.parent(), car.parent()), (None, None, None));
        assert_eq!((classes(frame), car.children().count()), (vec![3, 2], 0));
    }
}

#[test]
fn copies_keep_families_types_and_sizes() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let car = add(frame, 1);
        let init = ObjectInit { class_id: 2, parent: Some(car), ..ObjectInit::default() };
        let plate = frame.add_object(&init).unwrap();
        let kind = ClassifierInit { classifier_type: Some("make"), ..ClassifierInit::default() };
        plate.add_classifier(&kind).unwrap();
        plate.add_classifier(&ClassifierInit::default()).unwrap();
        let copy = OwnedBatchMeta::copy_of(batch.as_batch()).unwrap();
        let second = OwnedBatchMeta::new(1).unwrap();
        for copied in [copy.as_batch().frame(0).unwrap(), second.as_batch().add_copy_of(frame, 0)] {
            assert_eq!(copied.size(), (640, 360));
            let plate = copied.objects().find(|o| o.class_id() == 2).unwrap();
            assert_eq!(plate.parent().map(|p| (p.class_id(), p.frame())), Some((1, Some(copied))));
            let types: Vec<_> = plate.classifiers().map(|c| c.classifier_type()).collect();
            assert!(types.contains(&Some("make".into())) && types.contains(&None), "{types:?}");
        }
    }
}

#[test]
fn payloads_may_be_read_while_they_go() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let counted = Arc::new(7_u8);
        let user = frame.add_user("TEST.SHARED", Arc::clone(&counted)).unwrap();
        let read = user.with_payload("TEST.SHARED", |value: &Arc<u8>| {
            assert!(frame.remove_user(user));
            assert_eq!(user.payload::<Arc<u8>>("TEST.SHARED"), None, "gone for others");
            **value
        });
        assert_eq!((read, Arc::strong_count(&counted)), (Some(7), 1));
        let user = frame.add_user("TEST.SHARED", Arc::clone(&counted)).unwrap();
        assert_eq!(user.with_payload("TEST.SHARED", |_: &u8| ()), None, "another type");
        let kept = user.shared_payload::<Arc<u8>>("TEST.SHARED").unwrap();
        drop(batch);
        assert_eq!(**kept, 7);
    }
}

/// Locks taken twice, given back out of order, or never: nobody else gets in meanwhile, or for ever.
#[test]
fn locks_nest_in_any_order() {
    let all = batches(1);
    let other = OwnedBatchMeta::new(1).unwrap();
    for batch in &all {
        let frame = frame_of(batch);
        let (first, second, far) =
            (batch.as_batch().lock(), batch.as_batch().lock(), other.as_batch().lock());
        drop(first);
        let object = add(frame, 1);
        object.set_label("locked");
        drop(far);
        assert_eq!(object.label(), "locked");
        drop(second);
        assert_eq!(frame.objects().len(), 1);
    }
    // A batch that dies with its lock taken, and others at the same address.
    for _ in 0..50 {
        let batch = OwnedBatchMeta::new(1).unwrap();
        let frame = frame_of(&batch);
        std::mem::forget(batch.as_batch().lock());
        add(frame, 1);
        drop(batch);
    }
    let batch = OwnedBatchMeta::new(1).unwrap();
    let mut buffer = gst::Buffer::new();
    batch.attach(buffer.get_mut().unwrap()).unwrap();
    let seen = || BatchMeta::from_buffer(&buffer).unwrap().unwrap();
    let held = seen().lock();
    seen().add_frame(&FrameInit::default()).unwrap();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let _lock = seen().lock();
            seen().num_frames()
        });
        seen().add_frame(&FrameInit { batch_id: 1, ..FrameInit::default() }).unwrap();
        drop(held);
        assert_eq!(other.join().unwrap(), 2, "the other thread waited for both");
    });
}
