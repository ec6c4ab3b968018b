//! The tracker on real detections: people of a street scene who walk in front of each other and behind
//! a sign, found by a detector in the 795 frames of PETS 2009 S2.L1, view 001 (7 frames/s).
//!
//! `data/vtest_nanodet_persons.txt` holds a box a line: frame (from 1), left, top, width, height, score.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dsframe::elements::nvtracker::{Assignment, Config, Detection, Tracker};

const FRAMES: u64 = 795;

struct Row {
    frame: u64,
    detection: Detection<'static>,
}

fn rows() -> Vec<Row> {
    include_str!("data/vtest_nanodet_persons.txt")
        .lines()
        .map(|line| {
            let v: Vec<f32> = line.split(' ').map(|word| word.parse().unwrap()).collect();
            let [frame, left, top, width, height, confidence] = v[..] else { panic!("{line}") };
            let detection = Detection { left, top, width, height, confidence, ..Detection::default() };
            Row { frame: frame as u64, detection }
        })
        .collect()
}

/// The outcome for every row, with time running as `clock` says and every `every`-th frame detected.
fn track(rows: &[Row], clock: impl Fn(u64) -> u64, every: u64) -> Vec<Assignment> {
    let mut frames: BTreeMap<u64, Vec<usize>> = (1..=FRAMES).map(|frame| (frame, Vec::new())).collect();
    for (index, row) in rows.iter().enumerate() {
        frames.get_mut(&clock(row.frame)).unwrap().push(index);
    }
    let mut tracker = Tracker::new(Config::default()).unwrap();
    let mut ids = 1..;
    let mut outcome = vec![Assignment::Untracked; rows.len()];
    for (frame, indices) in frames.into_iter().filter(|(frame, _)| frame % every == 0) {
        let detections: Vec<_> = indices.iter().map(|&index| rows[index].detection).collect();
        let update = tracker.update(frame, &detections, &mut || ids.next().unwrap());
        indices.into_iter().zip(update.assignments).for_each(|(index, a)| outcome[index] = a);
    }
    outcome
}

fn ids(outcome: &[Assignment]) -> Vec<Option<u64>> {
    outcome.iter().map(|a| a.target().map(|target| target.id)).collect()
}

/// Share of the boxes reported by both whose tracks correspond, each track of `a` taken as the
/// track of `b` that it shares most boxes with.
fn agreement(a: &[Option<u64>], b: &[Option<u64>]) -> f64 {
    let mut common: HashMap<u64, HashMap<u64, usize>> = HashMap::new();
    for pair in a.iter().zip(b) {
        if let (Some(a), Some(b)) = pair {
            *common.entry(*a).or_default().entry(*b).or_default() += 1;
        }
    }
    let total: usize = common.values().flat_map(HashMap::values).sum();
    let best: usize = common.values().filter_map(|others| others.values().max()).sum();
    best as f64 / total as f64
}

#[test]
fn about_twenty_people_walk_through_the_scene() {
    let rows = rows();
    let outcome = track(&rows, |frame| frame, 1);
    let ids = ids(&outcome);
    let people: BTreeSet<u64> = ids.iter().flatten().copied().collect();
    assert!((19..=23).contains(&people.len()), "{} ids", people.len());
    // 4428 boxes have a score of 0.5 or more. Some of them double others; some weaker ones are people half
    // hidden.
    let reported = ids.iter().flatten().count();
    assert!((4470..=4570).contains(&reported), "{reported} boxes");
    let strong = rows.iter().zip(&ids).filter(|(row, _)| row.detection.confidence >= 0.7);
    let missed = strong.filter(|(_, id)| id.is_none()).count();
    assert!(missed <= 5, "{missed} strong boxes untracked");
}

#[test]
fn one_id_is_one_box_per_frame_and_nobody_jumps() {
    let rows = rows();
    let outcome = track(&rows, |frame| frame, 1);
    let mut last: HashMap<u64, &Row> = HashMap::new();
    let mut jumps = 0;
    for (row, assignment) in rows.iter().zip(&outcome) {
        let Some(target) = assignment.target() else { continue };
        if let Some(before) = last.insert(target.id, row) {
            assert!(before.frame < row.frame, "id {} twice in frame {}", target.id, row.frame);
            let (a, b) = (before.detection, row.detection);
            let feet = |d: Detection<'_>| (d.left + d.width / 2.0, d.top + d.height);
            let distance = (feet(a).0 - feet(b).0).hypot(feet(a).1 - feet(b).1);
            // Nobody runs: a third of a body height per frame is 4 m/s.
            let pace = distance / (a.height.max(b.height) * (row.frame - before.frame) as f32);
            jumps += usize::from(pace > 0.33);
        }
        // The filter smooths the box; it does not wander off.
        let (d, t) = (row.detection, target.bounds);
        let off = (d.left + d.width / 2.0 - t[0] - t[2] / 2.0).abs();
        assert!(off < 0.6 * d.height, "filtered box {t:?} of {d:?}");
    }
    assert!(jumps <= 8, "{jumps} jumps");
}

#[test]
fn time_reversed_gives_the_same_people() {
    let rows = rows();
    let forward = ids(&track(&rows, |frame| frame, 1));
    let backward = ids(&track(&rows, |frame| FRAMES + 1 - frame, 1));
    let (there, back) = (agreement(&forward, &backward), agreement(&backward, &forward));
    assert!(there.min(back) > 0.95, "{there} {back}");
}

#[test]
fn a_detector_on_every_second_frame_finds_the_same_people() {
    let rows = rows();
    let all = ids(&track(&rows, |frame| frame, 1));
    let half = ids(&track(&rows, |frame| frame, 2));
    let people = half.iter().flatten().collect::<BTreeSet<_>>().len();
    assert!((19..=23).contains(&people), "{people} ids");
    assert!(agreement(&half, &all) > 0.94, "{}", agreement(&half, &all));
}
