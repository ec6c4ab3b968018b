use super::*;
use crate::crops::{BestShots, BestShotsOptions, Candidate, Offered, Scorer, TrackKey};
use crate::roi::BBox;

fn candidate(source_id: u32, object_id: u64, frame_num: u64, confidence: f32) -> Candidate<'static> {
    Candidate {
        key: TrackKey { source_id, object_id },
        frame_num,
        label: "person",
        confidence,
        bbox: BBox::xywh(100.0, 100.0, 40.0, 100.0),
        frame_size: (640, 480),
        overlap: 0.0,
    }
}

/// Offers with a sharpness of 1000 and counts the copies made.
fn offer(best: &mut BestShots, candidate: &Candidate<'_>, copies: &mut usize) -> Offered {
    best.offer_with(
        candidate,
        || 1000.0,
        || {
            *copies += 1;
            blank(8, 8)
        },
    )
}

#[test]
fn the_best_stays_and_worse_ones_cost_no_copy() {
    let (mut best, mut copies) = (BestShots::new(BestShotsOptions::default()), 0);
    for (frame, confidence) in [0.5, 0.6, 0.4, 0.9, 0.8, 0.1].into_iter().enumerate() {
        let _ = offer(&mut best, &candidate(0, 1, frame as u64, confidence), &mut copies);
    }
    assert_eq!(copies, 3);
    let worse = Candidate { confidence: 0.1, ..candidate(0, 1, 9, 0.1) };
    let never = |what: &'static str| move || -> f64 { panic!("{what} was asked for") };
    let outcome = best.offer_with(&worse, never("sharpness"), || panic!("a copy was asked for"));
    assert_eq!(outcome, Offered::Worse);
    let blurred = best.offer_with(&candidate(0, 1, 9, 1.0), || 1.0, || panic!("a copy was asked for"));
    assert_eq!(blurred, Offered::Worse);
    assert_eq!((best.live_tracks(), best.live_bytes()), (1, 64));
    let tracks = best.drain();
    assert_eq!((tracks[0].shots.len(), tracks[0].shots[0].frame_num), (1, 3));
    assert_eq!((tracks[0].offered, tracks[0].first_frame, tracks[0].last_frame), (8, 0, 9));
    assert_eq!((best.live_tracks(), best.live_bytes()), (0, 0));
    assert!(best.drain().is_empty());
}

#[test]
fn several_shots_of_a_track_lie_apart_in_time() {
    let options = BestShotsOptions { per_track: 3, min_frame_gap: 10, ..Default::default() };
    let (mut best, mut copies) = (BestShots::new(options), 0);
    for frame in 0..100 {
        let confidence = 0.5 + ((frame * 7) % 50) as f32 / 100.0;
        let _ = offer(&mut best, &candidate(0, 1, frame, confidence), &mut copies);
    }
    let track = best.drain().remove(0);
    assert_eq!(track.shots.len(), 3);
    assert!(track.shots.is_sorted_by(|a, b| a.score >= b.score));
    for (i, a) in track.shots.iter().enumerate() {
        for b in &track.shots[i + 1..] {
            assert!(a.frame_num.abs_diff(b.frame_num) >= 10, "{} {}", a.frame_num, b.frame_num);
        }
    }
}

#[test]
fn tracks_end_with_their_source_alone_and_after_patience() {
    let options = BestShotsOptions { patience: 5, ..Default::default() };
    let (mut best, mut copies) = (BestShots::new(options), 0);
    for (source, id, frame) in [(0, 1, 0), (0, 2, 4), (1, 1, 0)] {
        assert_eq!(offer(&mut best, &candidate(source, id, frame, 0.9), &mut copies), Offered::Kept);
    }
    best.expire(0, 5);
    assert!(best.take_finished().is_empty(), "frame 0 is 5 frames ago");
    best.expire(0, 6);
    let gone = best.take_finished();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].key, TrackKey { source_id: 0, object_id: 1 });
    best.end_source(1);
    assert_eq!(best.take_finished()[0].key.source_id, 1);
    assert_eq!(best.drain()[0].key.object_id, 2);
}

#[test]
fn limits_end_the_track_not_seen_for_longest_and_lose_none() {
    let options = BestShotsOptions { max_tracks: 3, ..Default::default() };
    let (mut best, mut copies) = (BestShots::new(options), 0);
    for id in 0..10 {
        let _ = offer(&mut best, &candidate(0, id, id, 0.9), &mut copies);
        let _ = offer(&mut best, &candidate(0, 0, id, 0.1), &mut copies);
    }
    let ended: Vec<u64> = best.take_finished().iter().map(|t| t.key.object_id).collect();
    assert_eq!(ended, [1, 2, 3, 4, 5, 6, 7], "0 was seen in every frame");
    assert_eq!(best.drain().len(), 3);

    let options = BestShotsOptions { max_bytes: 200, ..Default::default() };
    let mut best = BestShots::new(options);
    for id in 0..10 {
        let _ = offer(&mut best, &candidate(0, id, 0, 0.9), &mut copies);
        assert!(best.live_bytes() <= 200);
    }
    assert_eq!(best.drain().len(), 10);
}

#[test]
fn offers_of_a_real_crop_measure_and_copy_it() {
    let frame =
        Painted::new(PixelFormat::Nv12, (64, 64), Colorimetry::default(), |x, _| [(x % 2 * 255) as u8; 3]);
    let crop = frame.view().crop(crate::frame::Rect::new(3, 5, 20, 30)).unwrap();
    let mut best = BestShots::new(BestShotsOptions::default());
    assert_eq!(best.offer(&candidate(0, 1, 0, 0.9), &crop), Offered::Kept);
    let shot = best.drain().remove(0).shots.remove(0);
    assert_eq!((shot.frame.width(), shot.frame.height()), (20, 30));
    assert_eq!(shot.frame.view().plane(0).row(4), crop.plane(0).row(4));
    assert!(shot.sharpness > 100_000.0 && shot.score > 0.1 && shot.score < 1.0);
}

#[test]
fn each_factor_orders_crops_as_people_would() {
    let scorer = Scorer::default();
    let frame = (640, 480);
    let person = BBox::xywh(200.0, 100.0, 40.0, 100.0);
    let score = |bbox: BBox, confidence, overlap| scorer.bound(&bbox, frame, confidence, overlap);
    let good = score(person, 0.9, 0.0);
    assert!(good > score(person, 0.5, 0.0), "confident");
    assert!(score(person, 0.5, 0.0) > score(person, -0.1, 0.0), "predicted only");
    assert!(good > score(person, 0.9, 0.4), "covered by another");
    assert!(good > score(person.scale(0.5, 0.5), 0.9, 0.0), "small");
    assert!(good > score(BBox { left: 0.0, ..person }, 0.9, 0.0), "at the left edge");
    assert!(good > score(BBox { left: 600.0, ..person }, 0.9, 0.0), "at the right edge");
    assert!(
        score(BBox { left: -20.0, ..person }, 0.9, 0.0) < score(BBox { left: 0.0, ..person }, 0.9, 0.0),
        "cut"
    );
    assert!(scorer.sharpness_factor(900.0) > scorer.sharpness_factor(100.0));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        let value = score(BBox::xywh(bad, bad, bad, bad), bad, bad);
        assert!((0.0..=1.0).contains(&value), "{bad}: {value}");
        assert!((0.0..=1.0).contains(&scorer.sharpness_factor(f64::from(bad))), "{bad}");
    }
}
