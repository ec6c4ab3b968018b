//! One track: its filter, its recent observations and its life.

use super::appearance;
use super::config::Config;
use super::geometry::Bounds;
use super::kalman::{BoxFilter, Noise};

/// Where a track is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Seen too seldom to be believed; has no id.
    Tentative,
    /// Has an id and was seen in the latest update.
    Active,
    /// Has an id and was not seen in the latest update.
    Lost,
}

/// How many observations back the direction of travel is measured from.
const DIRECTION_SPAN: usize = 4;
/// Shifts below this share of the height have no direction.
const STANDING: f64 = 0.1;

#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) id: Option<u64>,
    pub(super) class_id: i32,
    pub(super) stage: Stage,
    pub(super) filter: BoxFilter,
    /// Where the filter expects the box in this update.
    pub(super) predicted: Bounds,
    /// Latest detected box.
    pub(super) observed: Bounds,
    /// Centres of the latest observations, oldest first.
    trail: Vec<(f64, f64)>,
    hits: u32,
    pub(super) first_frame: u64,
    pub(super) last_frame: u64,
    /// Frames since it was seen.
    pub(super) unseen: u64,
    appearance: Vec<f32>,
}

impl Track {
    pub(super) fn new(
        bounds: Bounds,
        class_id: i32,
        descriptor: Option<&[f32]>,
        frame: u64,
        noise: &Noise,
    ) -> Self {
        let mut trail = Vec::with_capacity(DIRECTION_SPAN);
        trail.push(bounds.centre());
        Self {
            id: None,
            class_id,
            stage: Stage::Tentative,
            filter: BoxFilter::new(bounds, noise),
            predicted: bounds,
            observed: bounds,
            trail,
            hits: 1,
            first_frame: frame,
            last_frame: frame,
            unseen: 0,
            appearance: descriptor.unwrap_or_default().to_vec(),
        }
    }

    /// Counts the first sight as enough.
    pub(super) fn believe(&mut self, config: &Config) {
        self.hits = config.minimum_consecutive_frames;
    }

    pub(super) fn confirm(&mut self, id: u64) {
        self.id = Some(id);
        self.stage = Stage::Active;
    }

    pub(super) fn predict(&mut self, dt: u64, noise: &Noise) {
        self.unseen = self.unseen.saturating_add(dt);
        self.filter.predict(dt as f64, noise);
        self.predicted = self.filter.bounds();
    }

    /// Takes in a detection. Low-confidence ones do not change the appearance.
    pub(super) fn observe(
        &mut self,
        bounds: Bounds,
        descriptor: Option<&[f32]>,
        low: bool,
        frame: u64,
        config: &Config,
        noise: &Noise,
    ) {
        let doubt = if low { f64::from(config.low_score_noise) } else { 1.0 };
        self.filter.correct(bounds, doubt, noise);
        if let (Some(descriptor), false) = (descriptor, low) {
            appearance::blend(&mut self.appearance, descriptor);
        }
        self.observed = bounds;
        if self.trail.len() == DIRECTION_SPAN {
            self.trail.remove(0);
        }
        self.trail.push(bounds.centre());
        self.hits = self.hits.saturating_add(1);
        self.last_frame = frame;
        self.unseen = 0;
        if self.stage == Stage::Lost {
            self.stage = Stage::Active;
        }
    }

    /// Whether a tentative track has been seen often enough.
    pub(super) fn is_due(&self, config: &Config) -> bool {
        self.stage == Stage::Tentative && self.hits >= config.minimum_consecutive_frames
    }

    /// Agreement of the direction of travel with the direction to `bounds`: 0.5 same, −0.5 opposite,
    /// 0 where either stands.
    pub(super) fn direction_agreement(&self, bounds: &Bounds) -> f64 {
        if self.trail.len() < DIRECTION_SPAN {
            return 0.0;
        }
        let (from, last) = (self.trail[0], self.trail[DIRECTION_SPAN - 1]);
        let to = bounds.centre();
        let (travel, step) = ((last.0 - from.0, last.1 - from.1), (to.0 - last.0, to.1 - last.1));
        let (long, short) = (travel.0.hypot(travel.1), step.0.hypot(step.1));
        let least = STANDING * self.observed.height();
        if long < least || short <= least {
            return 0.0;
        }
        let cosine = (travel.0 * step.0 + travel.1 * step.1) / (long * short);
        0.5 - cosine.clamp(-1.0, 1.0).acos() / std::f64::consts::PI
    }

    /// Distance to a descriptor, if both sides have one of the same length.
    pub(super) fn appearance_distance(&self, descriptor: Option<&[f32]>) -> Option<f64> {
        appearance::distance(&self.appearance, descriptor?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: Noise = Noise { position: 0.05, velocity: 0.01, measurement: 0.05 };

    fn at(x: f64) -> Bounds {
        Bounds::around(x, 100.0, 30.0, 80.0)
    }

    fn walker() -> Track {
        let mut track = Track::new(at(100.0), 0, None, 1, &NOISE);
        for frame in 2..=6 {
            track.predict(1, &NOISE);
            track.observe(at(100.0 + 10.0 * frame as f64), None, false, frame, &Config::default(), &NOISE);
        }
        track
    }

    #[test]
    fn direction_rewards_going_on_and_punishes_turning_back() {
        let track = walker();
        assert!((track.direction_agreement(&at(200.0)) - 0.5).abs() < 1e-9);
        assert!((track.direction_agreement(&at(100.0)) + 0.5).abs() < 1e-9);
        assert_eq!(track.direction_agreement(&at(161.0)), 0.0);
    }
}
