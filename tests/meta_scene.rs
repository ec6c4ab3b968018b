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

#[test]
fn scenes_are_put_together_call_by_call() {
    let mut built = Scene::default();
    assert!(built.is_empty());
    built.text(1.0, 2.0, "a").color = Color::GREEN;
    built.rect(bbox(1.0, 2.0, 3.0, 4.0)).border_width = 1;
    built.circle((5.0, 6.0), 7.0).bg_color = Some(Color::BLUE);
    built.arrow((1.0, 1.0), (9.0, 9.0)).head = ArrowHead::Both;
    assert_eq!((built.labels[0].text.as_str(), built.labels[0].color), ("a", Color::GREEN));
    assert_eq!((built.rects[0].border_width, built.circles[0].radius), (1, 7.0));
    assert_eq!((built.arrows[0].head, built.len()), (ArrowHead::Both, 4));
    let points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
    for (n, sides) in [(0, 0), (1, 0), (2, 1), (3, 3), (4, 4)] {
        assert_eq!(built.polygon(&points[..n]).len(), sides, "{n} points");
    }
    let last = built.lines.last().unwrap();
    assert_eq!((last.x1, last.y1, last.x2, last.y2), (0.0, 10.0, 0.0, 0.0), "closed");
}

#[test]
fn colours_follow_class_track_or_place() {
    let palette = ColorPalette::new(vec![Color::RED, Color::GREEN, Color::BLUE]).unwrap();
    assert_eq!(ColorPalette::new(Vec::new()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    for batch in batches(1) {
        let frame = frame_of(&batch);
        let add = |class_id, object_id| {
            frame.add_object(&ObjectInit { class_id, object_id, ..ObjectInit::default() }).unwrap();
        };
        add(1, None);
        add(-2, Some(u64::MAX - 1)); // 2^64 - 2 is 2 modulo 3
        for (lookup, expected) in [
            (ColorLookup::Class, [Color::BLUE, Color::GREEN]),
            (ColorLookup::Track, [Color::BLUE, Color::GREEN]),
            (ColorLookup::Index, [Color::RED, Color::GREEN]),
        ] {
            let mut drawn = Scene::default();
            drawn.objects(frame.objects(), &palette, lookup);
            let colors: Vec<_> = drawn.rects.iter().map(|r| r.border_color).collect();
            assert_eq!(colors, expected, "{lookup:?}");
        }
    }
}

#[test]
fn a_display_meta_is_rewritten_in_place() {
    for batch in batches(1) {
        let frame = frame_of(&batch);
        frame.add_display(&scene(16)).unwrap();
        let display = frame.displays().next().unwrap();
        assert!(display.set_misc(3, i64::MIN) && display.set_reserved(0, 5) && !display.set_misc(4, 1));
        display.set_scene(&scene(3)).unwrap();
        assert_eq!((display.to_scene(), frame.displays().len()), (scene(3), 1));
        assert_eq!((display.misc(3), display.reserved(0)), (Some(i64::MIN), Some(5)));
        assert_eq!(display.set_scene(&scene(17)).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(display.to_scene(), scene(3), "what was there stays");
    }
}
