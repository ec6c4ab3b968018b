//! ByteTrack's two-stage association, with motion, direction and appearance.
//!
//! After Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box" (ECCV
//! 2022). The term for the direction of travel follows an idea of Cao et al., "Observation-Centric
//! SORT" (CVPR 2023), and the growing gates one of Yang et al., "Hard to Track Objects with Irregular
//! Motions and Similar Appearances? Make It Easier by Buffering the Matching Space" (WACV 2023).

use super::assignment::{Candidate, best_pairs};
use super::config::Config;
use super::geometry::Bounds;
use super::kalman::Noise;
use super::track::{Stage, Track};
use super::types::{Assignment, Detection, EndedTrack, PredictedBox, Target, Update};
use crate::Result;

/// Tracks the targets of one stream, forward in time.
///
/// The same frames and settings always give the same tracks.
///
/// ```
/// use dsframe::elements::nvtracker::{Config, Detection, Tracker};
///
/// let mut tracker = Tracker::new(Config::default())?;
/// let mut ids = 1..;
/// let mut next_id = || ids.next().unwrap();
/// for frame in 0..10 {
///     let left = 100.0 + 4.0 * frame as f32;
///     let person =
///         Detection { left, top: 50.0, width: 30.0, height: 80.0, confidence: 0.9, ..Detection::default() };
///     let update = tracker.update(frame, &[person], &mut next_id);
///     assert_eq!(update.assignments[0].target().unwrap().id, 1);
/// }
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tracker {
    config: Config,
    noise: Noise,
    tracks: Vec<Track>,
    /// Number of the latest frame; none before the first.
    frame: Option<u64>,
}

/// A detection that is a box.
struct Measured<'a> {
    index: usize,
    bounds: Bounds,
    confidence: f64,
    class_id: i32,
    appearance: Option<&'a [f32]>,
}

/// Who meets whom, in this order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Confirmed tracks and high-confidence detections.
    High,
    /// Confirmed tracks that are left and low-confidence detections.
    Low,
    /// Tracks that are not confirmed yet and the high-confidence detections that are left.
    Tentative,
}

/// Coordinates beyond this are not believed.
const FARTHEST: f32 = 1e9;
/// A jump in frame numbers beyond this (and beyond the lost buffer) is a new scene.
const LONGEST_STEP: u64 = 30;

impl Tracker {
    /// A tracker with no tracks.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn new(config: Config) -> Result<Self> {
        config.validate()?;
        let noise = Noise {
            position: config.position_noise.into(),
            velocity: config.velocity_noise.into(),
            measurement: config.measurement_noise.into(),
        };
        Ok(Self { config, noise, tracks: Vec::new(), frame: None })
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes in the detections of frame `frame_num` and says what track each belongs to.
    ///
    /// Frames may be left out (a detector that runs on every n-th frame): motion is predicted over the
    /// difference of frame numbers. A frame number that does not grow counts as the next frame, and a
    /// jump beyond the lost buffer ends every track. `next_id` is called once per confirmed track and
    /// must never repeat itself. Detections that are no boxes (not finite, not positive) are
    /// [`Assignment::Untracked`].
    pub fn update(
        &mut self,
        frame_num: u64,
        detections: &[Detection<'_>],
        next_id: &mut dyn FnMut() -> u64,
    ) -> Update {
        let mut update =
            Update { assignments: vec![Assignment::Untracked; detections.len()], ..Update::default() };
        let first = self.frame.is_none();
        let dt = self.frame.map_or(1, |last| frame_num.saturating_sub(last).max(1));
        self.frame = Some(frame_num);
        if dt > LONGEST_STEP.max(u64::from(self.config.lost_track_buffer)) {
            self.end_where(&mut update, |_| true);
        }
        self.tracks.iter_mut().for_each(|track| track.predict(dt, &self.noise));

        let boxes = measure(detections);
        let mut owners = vec![None; boxes.len()];
        for round in [Round::High, Round::Low, Round::Tentative] {
            self.associate(round, dt, frame_num, &boxes, &mut owners);
        }
        self.start(first, frame_num, &boxes, &mut owners);
        self.report(&boxes, &owners, &mut update, next_id);
        self.retire(&mut update);
        update
    }

    /// Where the tracks that were seen in the latest update are expected in frame `frame_num`, for a frame
    /// that the detector skips. Nothing changes; a frame number that is not ahead gives the latest boxes.
    #[must_use]
    pub fn predicted(&self, frame_num: u64) -> Vec<PredictedBox> {
        let dt = self.frame.map_or(0, |last| frame_num.saturating_sub(last));
        let seen = self.tracks.iter().filter(|track| track.stage == Stage::Active);
        seen.filter_map(|track| {
            let mut filter = track.filter.clone();
            if dt > 0 {
                filter.predict(dt as f64, &self.noise);
            }
            let bounds = filter.bounds().to_box();
            Some(PredictedBox { id: track.id?, class_id: track.class_id, bounds, lost_frames: dt })
        })
        .collect()
    }

    /// Ends every track, as at the end of the stream, and starts afresh. Returns the confirmed ones.
    pub fn finish(&mut self) -> Vec<EndedTrack> {
        let mut update = Update::default();
        self.end_where(&mut update, |_| true);
        self.frame = None;
        update.ended
    }

    fn associate(
        &mut self,
        round: Round,
        dt: u64,
        frame_num: u64,
        boxes: &[Measured<'_>],
        owners: &mut [Option<usize>],
    ) {
        let rows: Vec<usize> =
            (0..self.tracks.len()).filter(|&row| self.plays(round, dt, &self.tracks[row])).collect();
        let columns: Vec<usize> = (0..boxes.len())
            .filter(|&column| {
                owners[column].is_none() && self.is_high(&boxes[column]) == (round != Round::Low)
            })
            .filter(|&column| boxes[column].confidence >= f64::from(self.config.track_low_threshold))
            .collect();
        let mut candidates = Vec::new();
        for (row, &track) in rows.iter().enumerate() {
            for (column, &measured) in columns.iter().enumerate() {
                let similarity = self.similarity(round, dt, &self.tracks[track], &boxes[measured]);
                candidates.extend(similarity.map(|similarity| Candidate { row, column, similarity }));
            }
        }
        for (row, column) in best_pairs(rows.len(), columns.len(), &candidates) {
            let measured = &boxes[columns[column]];
            let low = round == Round::Low;
            self.tracks[rows[row]].observe(
                measured.bounds,
                measured.appearance,
                low,
                frame_num,
                &self.config,
                &self.noise,
            );
            owners[columns[column]] = Some(rows[row]);
        }
    }

    /// Whether an unmatched `track` takes part in `round`.
    fn plays(&self, round: Round, dt: u64, track: &Track) -> bool {
        let tentative = track.stage == Stage::Tentative;
        track.unseen > 0
            && match round {
                Round::High => !tentative,
                Round::Low => !tentative && track.unseen - dt <= u64::from(self.config.low_score_recovery),
                Round::Tentative => tentative,
            }
    }

    fn is_high(&self, measured: &Measured<'_>) -> bool {
        measured.confidence >= f64::from(self.config.track_high_threshold)
    }

    /// How well the two fit together; none if they must not be matched.
    fn similarity(&self, round: Round, dt: u64, track: &Track, measured: &Measured<'_>) -> Option<f64> {
        let config = &self.config;
        if !config.class_agnostic && track.class_id != measured.class_id {
            return None;
        }
        let least = match round {
            Round::High => config.minimum_iou_threshold,
            Round::Low => config.minimum_iou_threshold_low,
            Round::Tentative => config.minimum_iou_threshold_tentative,
        };
        let iou = match track.unseen - dt {
            0 => track.predicted.iou(&measured.bounds),
            _ if round == Round::Low => track.predicted.iou(&measured.bounds),
            lost => {
                let growth = lost as f64 * f64::from(config.lost_gate_growth);
                let share = growth.min(f64::from(config.lost_gate_limit));
                track.predicted.expanded(share).iou(&measured.bounds.expanded(share))
            }
        };
        // Boxes that only touch are no pair, whatever the threshold.
        if iou <= 0.0 || iou < f64::from(least) {
            return None;
        }
        if round == Round::Low {
            return Some(iou);
        }
        let direction = match round {
            Round::High => f64::from(config.direction_weight) * track.direction_agreement(&measured.bounds),
            _ => 0.0,
        };
        let looks = match track.appearance_distance(measured.appearance) {
            Some(distance) => {
                let gate = f64::from(config.appearance_gate);
                if track.stage == Stage::Lost && distance > gate {
                    return None;
                }
                f64::from(config.appearance_weight) * (gate - distance)
            }
            None => 0.0,
        };
        Some((iou + direction) * measured.confidence + looks)
    }

    /// New tracks for the strong detections that are left, strongest first.
    fn start(&mut self, first: bool, frame_num: u64, boxes: &[Measured<'_>], owners: &mut [Option<usize>]) {
        let mut order: Vec<usize> = (0..boxes.len())
            .filter(|&i| owners[i].is_none())
            .filter(|&i| boxes[i].confidence >= f64::from(self.config.track_activation_threshold))
            .collect();
        order.sort_by(|&a, &b| boxes[b].confidence.total_cmp(&boxes[a].confidence).then(a.cmp(&b)));
        for index in order {
            let measured = &boxes[index];
            if self.doubles(measured) {
                continue;
            }
            let mut track =
                Track::new(measured.bounds, measured.class_id, measured.appearance, frame_num, &self.noise);
            if first || measured.confidence >= f64::from(self.config.immediate_activation_threshold) {
                track.believe(&self.config);
            }
            owners[index] = Some(self.tracks.len());
            self.tracks.push(track);
        }
    }

    /// Whether a box repeats one that has a track in this frame.
    fn doubles(&self, measured: &Measured<'_>) -> bool {
        let limit = f64::from(self.config.duplicate_iou_threshold);
        self.tracks
            .iter()
            .filter(|track| track.unseen == 0)
            .filter(|track| self.config.class_agnostic || track.class_id == measured.class_id)
            .any(|track| track.observed.iou(&measured.bounds) > limit)
    }

    fn report(
        &mut self,
        boxes: &[Measured<'_>],
        owners: &[Option<usize>],
        update: &mut Update,
        next_id: &mut dyn FnMut() -> u64,
    ) {
        for (measured, owner) in boxes.iter().zip(owners) {
            let Some(track) = owner.map(|index| &mut self.tracks[index]) else { continue };
            let is_new = track.is_due(&self.config);
            if is_new {
                track.confirm(next_id());
            }
            update.assignments[measured.index] = match track.id {
                Some(id) => Assignment::Tracked(Target {
                    id,
                    confidence: track.predicted.iou(&measured.bounds) as f32,
                    bounds: track.filter.bounds().to_box(),
                    is_new,
                }),
                None => Assignment::Tentative,
            };
        }
    }

    /// Marks the unseen tracks as lost and removes those that are over.
    fn retire(&mut self, update: &mut Update) {
        let buffer = u64::from(self.config.lost_track_buffer);
        self.end_where(update, |track| {
            track.unseen > if track.stage == Stage::Tentative { 0 } else { buffer }
        });
        for track in self.tracks.iter_mut().filter(|track| track.unseen > 0) {
            track.stage = Stage::Lost;
            if let (true, Some(id)) = (self.config.report_lost, track.id) {
                update.lost.push(PredictedBox {
                    id,
                    class_id: track.class_id,
                    bounds: track.predicted.to_box(),
                    lost_frames: track.unseen,
                });
            }
        }
    }

    fn end_where(&mut self, update: &mut Update, over: impl Fn(&Track) -> bool) {
        self.tracks.retain(|track| {
            let over = over(track);
            if let (true, Some(id)) = (over, track.id) {
                let Track { class_id, first_frame, last_frame, .. } = *track;
                update.ended.push(EndedTrack { id, class_id, first_frame, last_frame });
            }
            !over
        });
    }
}

/// The detections that are boxes.
fn measure<'a>(detections: &[Detection<'a>]) -> Vec<Measured<'a>> {
    let believable = |detection: &Detection<'_>| {
        let Detection { left, top, width, height, confidence, .. } = *detection;
        [left, top, width, height].iter().all(|value| value.abs() <= FARTHEST)
            && width > 0.0
            && height > 0.0
            && confidence.is_finite()
    };
    detections
        .iter()
        .enumerate()
        .filter(|(_, detection)| believable(detection))
        .map(|(index, detection)| Measured {
            index,
            bounds: Bounds::from_box([detection.left, detection.top, detection.width, detection.height]),
            confidence: f64::from(detection.confidence).clamp(0.0, 1.0),
            class_id: detection.class_id,
            appearance: detection.appearance,
        })
        .collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
