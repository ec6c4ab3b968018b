//! Scenes to display metas and back, on whichever runtime this process uses; see `meta.rs`.

#[path = "meta/support.rs"]
mod support;

use dsframe::ErrorKind;
use dsframe::meta::*;
use dsframe::sys::MetaGeneration;
use support::{batches, bbox, frame_of, scene};

#[test]
fn scenes_survive_at_any_length() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        for (n, metas) in [(0, 0), (1, 1), (15, 1), (16, 1), (17, 2), (32, 2), (33, 3), (100, 7)] {
            let sent = scene(n);
            assert_eq!(frame.add_display(&sent).unwrap(), metas, "{n} items");
            assert_eq!(frame.displays().len(), metas);
            assert_eq!(frame.scene(), sent, "{n} items");
            frame.displays().for_each(|d| assert!(frame.remove_display(d)));
            assert!(frame.scene().is_empty());
        }
    }
}

#[test]
fn scenes_are_clipped_to_the_frame() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let mut sent = Scene::default();
        sent.rects.push(RectItem {
            bbox: bbox(-10.0, 350.0, 700.0, 100.0),
            border_width: 99,
            ..RectItem::default()
        });
        sent.rects.push(RectItem { bbox: bbox(700.0, 0.0, 10.0, 10.0), ..RectItem::default() });
        sent.labels.push(LabelItem { text: "up".into(), x: 5.0, y: -7.0, ..LabelItem::default() });
        sent.labels.push(LabelItem { text: String::new(), ..LabelItem::default() });
        frame.add_display(&sent).unwrap();
        let seen = frame.scene();
        assert_eq!(seen.rects.len(), 1);
        assert_eq!((seen.rects[0].bbox, seen.rects[0].border_width), (bbox(0.0, 350.0, 640.0, 10.0), 32));
        assert_eq!(seen.labels.iter().map(|l| (l.x, l.y)).collect::<Vec<_>>(), [(5.0, 0.0)]);
        sent.lines.push(LineItem { x1: f32::NAN, ..LineItem::default() });
        assert_eq!(frame.add_display(&sent).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(frame.displays().len(), 1, "nothing was added");
    }
}

#[test]
fn a_rotated_rectangle_needs_the_newest_generation() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let mut sent = scene(2);
        sent.rects[0].rotation_angle = 30.0;
        frame.add_display(&sent).unwrap();
        let expected = if batch.as_batch().generation() == MetaGeneration::C { 30.0 } else { 0.0 };
        let seen = frame.scene();
        assert_eq!((seen.rects[0].rotation_angle, seen.rects[1].rotation_angle), (expected, 0.0));
        assert_eq!(seen.rects[1].bbox, sent.rects[1].bbox);
        assert_eq!(seen.labels, sent.labels);
    }
}
