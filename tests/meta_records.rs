//! Records: every field out, through JSON, and back; on whichever runtime this process uses, see `meta.rs`.

#[path = "meta/support.rs"]
mod support;

use dsframe::ErrorKind;
use dsframe::meta::*;
use dsframe::sys::MetaGeneration;
use support::{batches, bbox, scene};

/// A record in which no field has the value that a fresh element has.
fn record(generation: MetaGeneration) -> BatchRecord {
    let color = Color::rgba(0.25, 0.5, 0.75, 1.0);
    let object = ObjectRecord {
        unique_component_id: 3,
        class_id: -4,
        object_id: Some(u64::MAX - 1),
        confidence: Some(0.5),
        tracker_confidence: Some(0.25),
        detector_bbox: bbox(1.0, 2.0, 3.0, 4.0),
        tracker_bbox: bbox(5.0, 6.0, 7.0, 8.0),
        rect: RectItem {
            bbox: bbox(-9.5, 10.0, 11.0, 12.0),
            border_width: 5,
            border_color: color,
            bg_color: Some(Color::BLUE),
            rotation_angle: if generation == MetaGeneration::C { 33.0 } else { 0.0 },
            color_id: Some(6),
        },
        label: "Straßenbahn".into(),
        text: Some(LabelItem {
            text: "a\nb".into(),
            x: 3.0,
            y: 4.0,
            font_name: "Mono".into(),
            font_size: 21,
            color,
            bg_color: Some(Color::GRAY),
        }),
        mask: Some(MaskRecord {
            width: 2,
            height: 3,
            threshold: 0.5,
            data: (0..6).map(|i| i as f32).collect(),
        }),
        parent: Some(1),
        classifiers: (0..3)
            .map(|i| ClassifierRecord {
                unique_component_id: i,
                classifier_type: (i > 0).then(|| "color".into()),
                labels: (0..i as u32)
                    .map(|k| LabelRecord {
                        label: "x".repeat(60 * (k as usize + 1) * i as usize),
                        result_class_id: k,
                        label_id: k + 1,
                        num_classes: 12,
                        probability: 0.5,
                    })
                    .collect(),
            })
            .collect(),
        misc: [1, i64::MIN, -3, 4],
        reserved: [5, 6, i64::MAX, 8],
    };
    let plain = ObjectRecord { object_id: None, confidence: None, parent: None, ..object.clone() };
    let bare = ObjectRecord { parent: Some(0), text: None, mask: None, ..ObjectRecord::default() };
    BatchRecord {
        max_frames: 2,
        misc: [9, 8, 7, 6],
        reserved: [-1, -2, -3, -4],
        frames: (0..2)
            .map(|i| FrameRecord {
                pad_index: 1 + i,
                batch_id: i,
                frame_num: -2,
                buf_pts: (i > 0).then_some(40_000_000),
                ntp_timestamp: 1_700_000_000_000_000_000,
                source_id: 5,
                num_surfaces_per_frame: 2,
                source_frame_width: 1920,
                source_frame_height: 1080,
                surface_type: 3,
                surface_index: 1,
                infer_done: true,
                pipeline_width: 640,
                pipeline_height: 360,
                misc: [i64::MAX, 0, 1, 2],
                reserved: [3, 4, 5, 6],
                sensor_info: (generation != MetaGeneration::A).then(|| SensorInfo {
                    source_id: 5,
                    uri: Some("rtsp://camera/1".into()),
                    sensor_id: None,
                    sensor_name: Some("gate".into()),
                }),
                objects: vec![object.clone(), plain.clone(), bare.clone()],
                displays: [1, 16]
                    .map(|n| DisplayRecord { scene: scene(n), misc: [1, 2, 3, 4], reserved: [-5, 6, 7, 8] })
                    .to_vec(),
            })
            .collect(),
    }
}

#[test]
fn records_come_back_as_they_were() {
    fn is_free<T: Send + Sync + 'static>(value: T) -> T {
        value
    }
    for batch in batches(2) {
        let batch = batch.as_batch();
        let sent = record(batch.generation());
        for frame in &sent.frames {
            frame.add_to(batch).unwrap();
        }
        (0..4).for_each(|i| {
            assert!(batch.set_misc(i, sent.misc[i]) && batch.set_reserved(i, sent.reserved[i]))
        });
        let read = is_free(batch.to_owned());
        assert_eq!(read, sent);
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<BatchRecord>(&json).unwrap(), sent);
        // A copy, which reverses lists, twice over.
        let copy = OwnedBatchMeta::copy_of(batch).unwrap();
        let again = OwnedBatchMeta::copy_of(copy.as_batch()).unwrap();
        assert_eq!(again.as_batch().to_owned(), sent);
    }
    let generation = OwnedBatchMeta::new(1).unwrap().as_batch().generation();
    let sent = record(generation);
    assert_eq!(sent.to_batch().unwrap().as_batch().to_owned(), sent);
}

#[test]
fn bad_records_add_nothing() {
    for batch in batches(2) {
        let batch = batch.as_batch();
        let good = record(batch.generation()).frames.remove(0);
        type Spoil = fn(&mut FrameRecord);
        let spoils: [(&str, Spoil); 8] = [
            ("itself as parent", |f| f.objects[0].parent = Some(0)),
            ("a circle of parents", |f| f.objects[1].parent = Some(0)),
            ("a parent that is none", |f| f.objects[0].parent = Some(3)),
            ("a mask of the wrong size", |f| f.objects[1].mask.as_mut().unwrap().width = 3),
            ("a box that is none", |f| f.objects[2].rect.bbox.left = f32::NAN),
            ("a negative size", |f| f.objects[2].rect.bbox.width = -1.0),
            ("seventeen of a kind", |f| f.displays[1].scene = scene(17)),
            ("a line that is none", |f| f.displays[0].scene.lines[0].x1 = f32::INFINITY),
        ];
        for (what, spoil) in spoils {
            let mut bad = good.clone();
            spoil(&mut bad);
            assert_eq!(bad.add_to(batch).unwrap_err().kind(), ErrorKind::InvalidArgument, "{what}");
            assert_eq!((batch.num_frames(), batch.frames().len()), (0, 0), "{what}");
        }
        good.add_to(batch).unwrap();
        assert!(good.add_to(batch).unwrap_err().to_string().contains("batch_id 0"));
    }
    let nothing = BatchRecord::default();
    assert!(nothing.to_batch().is_err(), "made for no frames");
}
