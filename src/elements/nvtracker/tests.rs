use proptest::prelude::*;

use super::*;

fn at(x: f32, confidence: f32) -> Detection<'static> {
    Detection { left: x, top: 100.0, width: 30.0, height: 80.0, confidence, ..Detection::default() }
}

/// A tracker with its own ids from 1.
struct Rig {
    tracker: Tracker,
    next: u64,
}

impl Rig {
    fn new(config: Config) -> Self {
        Self { tracker: Tracker::new(config).unwrap(), next: 0 }
    }

    fn update(&mut self, frame: u64, detections: &[Detection<'_>]) -> Update {
        let next = &mut self.next;
        self.tracker.update(frame, detections, &mut || {
            *next += 1;
            *next
        })
    }

    fn ids(&mut self, frame: u64, detections: &[Detection<'_>]) -> Vec<Option<u64>> {
        self.update(frame, detections).assignments.iter().map(|a| a.target().map(|t| t.id)).collect()
    }
}

#[test]
fn two_people_crossing_keep_their_ids() {
    let mut rig = Rig::new(Config::default());
    for frame in 0..60 {
        let (a, b) = (100.0 + 6.0 * frame as f32, 460.0 - 6.0 * frame as f32);
        // The one behind stands higher in the picture and is not detected while covered.
        let covered = (a - b).abs() < 20.0;
        let behind = Detection { top: 85.0, ..at(b, 0.85) };
        let detections = if covered { vec![at(a, 0.9)] } else { vec![at(a, 0.9), behind] };
        let expected: &[_] = if covered { &[Some(1)] } else { &[Some(1), Some(2)] };
        assert_eq!(rig.ids(frame, &detections), expected, "frame {frame}");
    }
}

#[test]
fn low_scores_continue_tracks_but_never_start_them() {
    let mut rig = Rig::new(Config::default());
    for frame in 0..10 {
        assert_eq!(rig.ids(frame, &[at(300.0, 0.45)]), [None]);
    }
    rig.ids(10, &[at(300.0, 0.9)]);
    for frame in 11..40 {
        assert_eq!(rig.ids(frame, &[at(300.0, 0.3)]), [Some(1)]);
    }
    assert_eq!(rig.ids(40, &[at(300.0, 0.05)]), [None]);
}

#[test]
fn a_moderate_newcomer_needs_two_sights() {
    let mut rig = Rig::new(Config::default());
    rig.update(0, &[]);
    assert_eq!(rig.update(1, &[at(100.0, 0.62)]).assignments, [Assignment::Tentative]);
    let update = rig.update(2, &[at(102.0, 0.62)]);
    let target = update.assignments[0].target().unwrap();
    assert!(target.is_new && target.id == 1 && target.confidence > 0.8);
    // One that does not come back takes no id.
    rig.update(3, &[at(104.0, 0.9), at(400.0, 0.62)]);
    rig.update(4, &[at(106.0, 0.9)]);
    assert_eq!(rig.ids(5, &[at(108.0, 0.9), at(400.0, 0.7)]), [Some(1), Some(2)]);
}

#[test]
fn a_track_ends_after_the_buffer_and_says_so() {
    let mut rig = Rig::new(Config { lost_track_buffer: 5, report_lost: true, ..Config::default() });
    rig.update(7, &[at(100.0, 0.9)]);
    for frame in 8..13 {
        let update = rig.update(frame, &[]);
        assert!(update.ended.is_empty());
        assert_eq!((update.lost[0].id, update.lost[0].lost_frames), (1, frame - 7));
    }
    let update = rig.update(13, &[]);
    assert_eq!(update.ended, [EndedTrack { id: 1, class_id: 0, first_frame: 7, last_frame: 7 }]);
    assert!(update.lost.is_empty());
    assert_eq!(rig.ids(14, &[at(100.0, 0.9)]), [Some(2)]);
    assert_eq!(rig.tracker.finish().len(), 1);
}

#[test]
fn skipped_frames_are_bridged_by_the_frame_number() {
    let mut rig = Rig::new(Config::default());
    // 12 pixels a frame, the detector runs on every 5th: 60 pixels, twice the width, per update.
    for frame in 0..10 {
        assert_eq!(rig.ids(frame, &[at(12.0 * frame as f32, 0.9)]), [Some(1)]);
    }
    for frame in (14..60).step_by(5) {
        assert_eq!(rig.ids(frame, &[at(12.0 * frame as f32, 0.9)]), [Some(1)], "frame {frame}");
    }
}

#[test]
fn frame_numbers_may_restart_or_jump() {
    let mut rig = Rig::new(Config::default());
    assert_eq!(rig.ids(1000, &[at(100.0, 0.9)]), [Some(1)]);
    assert_eq!(rig.ids(0, &[at(100.0, 0.9)]), [Some(1)]);
    assert_eq!(rig.ids(0, &[at(100.0, 0.9)]), [Some(1)]);
    let update = rig.update(u64::MAX, &[at(100.0, 0.9)]);
    assert_eq!((update.ended[0].id, update.assignments[0].target().unwrap().id), (1, 2));
    assert_eq!(rig.ids(u64::MAX, &[at(100.0, 0.9)]), [Some(2)]);
}

#[test]
fn classes_are_kept_apart_unless_told_otherwise() {
    let car = Detection { class_id: 2, ..at(100.0, 0.9) };
    for (class_agnostic, second) in [(false, Some(2)), (true, Some(1))] {
        let mut rig = Rig::new(Config { class_agnostic, ..Config::default() });
        assert_eq!(rig.ids(0, &[at(100.0, 0.9)]), [Some(1)]);
        assert_eq!(rig.ids(1, &[car]), [second]);
    }
}

#[test]
fn a_second_box_on_a_target_starts_no_track() {
    let mut rig = Rig::new(Config::default());
    assert_eq!(rig.ids(0, &[at(104.0, 0.7), at(100.0, 0.9)]), [None, Some(1)]);
    assert_eq!(rig.ids(1, &[at(104.0, 0.7), at(100.0, 0.9)]), [None, Some(1)]);
}

#[test]
fn appearance_settles_who_comes_out_of_an_occlusion() {
    let (red, blue) = ([0.9_f32, 0.1, 0.0], [0.0_f32, 0.1, 0.9]);
    let dressed = |x, appearance| Detection { appearance: Some(appearance), ..at(x, 0.9) };
    let mut rig = Rig::new(Config::default());
    for frame in 0..20 {
        rig.update(
            frame,
            &[dressed(100.0 + 5.0 * frame as f32, &red), dressed(300.0 - 5.0 * frame as f32, &blue)],
        );
    }
    // They meet, are both hidden, and turn round.
    (20..26).for_each(|frame| drop(rig.update(frame, &[])));
    assert_eq!(rig.ids(26, &[dressed(190.0, &red), dressed(215.0, &blue)]), [Some(1), Some(2)]);
    // A stranger in a lost target's place is not that target.
    (27..30).for_each(|frame| drop(rig.update(frame, &[])));
    assert_eq!(rig.ids(30, &[dressed(188.0, &[0.0, 1.0, 0.0])]), [Some(3)]);
}

#[test]
fn nonsense_is_untracked_and_harmless() {
    let mut rig = Rig::new(Config::default());
    let nan = f32::NAN;
    let bad = [
        Detection { left: nan, ..at(0.0, 0.9) },
        Detection { width: 0.0, ..at(0.0, 0.9) },
        Detection { height: -4.0, ..at(0.0, 0.9) },
        Detection { top: f32::INFINITY, ..at(0.0, 0.9) },
        Detection { left: 1e30, ..at(0.0, 0.9) },
        at(0.0, nan),
        Detection { appearance: Some(&[nan, nan]), ..at(500.0, 0.9) },
    ];
    for frame in 0..4 {
        let ids = rig.ids(frame, &bad);
        assert_eq!(ids, [None, None, None, None, None, None, Some(1)]);
    }
    assert_eq!(rig.ids(4, &[]), []);
}

#[test]
fn a_thousand_boxes_on_one_spot_are_one_track() {
    let mut rig = Rig::new(Config::default());
    let crowd = vec![at(100.0, 0.9); 1000];
    for frame in 0..3 {
        assert_eq!(rig.ids(frame, &crowd).iter().flatten().count(), 1);
    }
}

#[test]
fn a_thousand_targets_keep_their_ids() {
    let mut rig = Rig::new(Config::default());
    let place = |i: usize, frame: u64| Detection {
        left: 45.0 * (i % 40) as f32 + frame as f32,
        top: 100.0 * (i / 40) as f32,
        ..at(0.0, 0.9)
    };
    for frame in 0..4 {
        let crowd: Vec<_> = (0..1000).map(|i| place(i, frame)).collect();
        let ids = rig.ids(frame, &crowd);
        assert!(ids.iter().enumerate().all(|(i, id)| *id == Some(i as u64 + 1)));
    }
}

fn any_detection() -> impl Strategy<Value = Detection<'static>> {
    let number = prop_oneof![8 => -50.0f32..700.0, 1 => Just(f32::NAN), 1 => -1e38f32..1e38];
    let size = prop_oneof![8 => 5.0f32..150.0, 1 => -5.0f32..5.0, 1 => 0.0f32..1e38];
    (number.clone(), number, size.clone(), size, 0.0f32..1.0, 0..2).prop_map(
        |(left, top, width, height, confidence, class_id)| Detection {
            left,
            top,
            width,
            height,
            confidence,
            class_id,
            appearance: None,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ids_are_unique_per_frame_and_runs_repeat(
        frames in prop::collection::vec((1u64..4, prop::collection::vec(any_detection(), 0..12)), 1..25)
    ) {
        let (mut one, mut two) = (Rig::new(Config::default()), Rig::new(Config::default()));
        let (mut now, mut over) = (0, std::collections::HashSet::new());
        for (step, detections) in &frames {
            now += step;
            let update = one.update(now, detections);
            prop_assert_eq!(&update, &two.update(now, detections));
            prop_assert_eq!(update.assignments.len(), detections.len());
            let targets: Vec<_> = update.assignments.iter().filter_map(Assignment::target).collect();
            let ids: std::collections::HashSet<_> = targets.iter().map(|target| target.id).collect();
            prop_assert_eq!(ids.len(), targets.len());
            prop_assert!(ids.is_disjoint(&over));
            prop_assert!(targets.iter().all(|t| t.bounds.iter().all(|v| v.is_finite()) && t.bounds[2] > 0.0));
            over.extend(update.ended.iter().map(|track| track.id));
            for (assignment, detection) in update.assignments.iter().zip(detections) {
                let starts = assignment.target().is_none_or(|target| target.is_new);
                prop_assert!(detection.confidence >= 0.5 || !starts || *assignment == Assignment::Untracked);
            }
        }
    }

    #[test]
    fn low_scores_alone_never_make_a_track(
        frames in prop::collection::vec(prop::collection::vec(any_detection(), 0..12), 1..20)
    ) {
        let mut rig = Rig::new(Config::default());
        for (frame, detections) in frames.iter().enumerate() {
            let weak: Vec<_> =
                detections.iter().map(|d| Detection { confidence: d.confidence * 0.599, ..*d }).collect();
            let update = rig.update(frame as u64, &weak);
            prop_assert!(update.assignments.iter().all(|a| *a == Assignment::Untracked));
        }
    }
}

#[test]
fn predictions_for_skipped_frames_follow_the_motion_and_change_nothing() {
    let mut tracker = Tracker::new(Config::default()).unwrap();
    let mut ids = 1..;
    let at = |frame: u64| at(100.0 + 4.0 * frame as f32, 0.9);
    assert!(tracker.predicted(0).is_empty());
    for frame in (0..30).step_by(3) {
        tracker.update(frame, &[at(frame)], &mut || ids.next().unwrap());
    }
    let before = tracker.clone();
    let skipped = tracker.predicted(29);
    assert_eq!((skipped.len(), skipped[0].id, skipped[0].lost_frames), (1, 1, 2));
    assert!((skipped[0].bounds[0] - (100.0 + 4.0 * 29.0)).abs() < 2.0, "{:?}", skipped[0].bounds);
    assert_eq!(format!("{before:?}"), format!("{tracker:?}"));
    assert_eq!(tracker.predicted(10)[0].lost_frames, 0);
}
