//! The tracker's settings.

use crate::{Error, Result};

/// Settings of a [`Tracker`](super::Tracker).
///
/// Frames are counted by the frame numbers given to [`Tracker::update`](super::Tracker::update), so
/// a detector that skips frames does not change what a number of frames means. Noise and gates are
/// relative to the box, so the defaults hold for people, vehicles and faces of any size; they were
/// chosen on a 7 fps street scene and are flat around their values.
///
/// ```
/// use dsframe::elements::nvtracker::{Config, Tracker};
///
/// let config = Config { lost_track_buffer: 90, class_agnostic: true, ..Config::default() };
/// assert!(Tracker::new(config).is_ok());
/// assert!(Tracker::new(Config { minimum_iou_threshold: 7.0, ..Config::default() }).is_err());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Lowest confidence that may start a track, 0 to 1.
    pub track_activation_threshold: f32,
    /// Confidence from which a newborn track is reported at once, without waiting for
    /// [`minimum_consecutive_frames`](Self::minimum_consecutive_frames); weaker newcomers wait. Above 1 everybody
    /// waits.
    pub immediate_activation_threshold: f32,
    /// Confidence from which a detection takes part in the first association, 0 to 1.
    pub track_high_threshold: f32,
    /// Confidence below which a detection is ignored. Detections from here up to
    /// `track_high_threshold` may only continue confirmed tracks, and never start one.
    pub track_low_threshold: f32,
    /// Frames that a track lives on without a detection.
    pub lost_track_buffer: u32,
    /// Frames for which a lost track may still be continued by a low-confidence detection.
    pub low_score_recovery: u32,
    /// Updates in a row in which a new track must be seen before it is reported. The tracks of a
    /// stream's first frame are reported at once: whoever is there then did not just appear.
    pub minimum_consecutive_frames: u32,
    /// Least intersection over union of a predicted box and a high-confidence detection, 0 to 1.
    /// Note that supervision's `minimum_matching_threshold` is the complement: the largest `1 − IoU`.
    pub minimum_iou_threshold: f32,
    /// The same for low-confidence detections, which are less to be trusted.
    pub minimum_iou_threshold_low: f32,
    /// The same for tracks that are not confirmed yet.
    pub minimum_iou_threshold_tentative: f32,
    /// A new track must not overlap a box of this frame's tracks by more than this IoU.
    pub duplicate_iou_threshold: f32,
    /// Match boxes of different classes with each other. A track keeps the class it started with.
    pub class_agnostic: bool,
    /// Share of its size by which the gate of a lost track grows on every side per lost frame.
    pub lost_gate_growth: f32,
    /// Largest growth of the gate.
    pub lost_gate_limit: f32,
    /// Weight of the agreement between the direction a track was going in and the direction to the
    /// detection, against IoU's weight of 1. 0 switches it off.
    pub direction_weight: f32,
    /// Weight of the difference in appearance, against IoU's weight of 1. Without descriptors it has
    /// no effect.
    pub appearance_weight: f32,
    /// Appearance distance (0 same, 1 nothing in common) above which a lost track is not continued.
    pub appearance_gate: f32,
    /// Standard deviation of a position's random step per frame, as a share of the box's height.
    pub position_noise: f32,
    /// Standard deviation of a velocity's random step per frame, as a share of the box's height.
    pub velocity_noise: f32,
    /// Standard deviation of a detected position, as a share of the box's height.
    pub measurement_noise: f32,
    /// How many times noisier a low-confidence detection is: often half a body, or two.
    pub low_score_noise: f32,
    /// Also give the predicted boxes of lost tracks.
    pub report_lost: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            track_activation_threshold: 0.6,
            immediate_activation_threshold: 0.65,
            track_high_threshold: 0.5,
            track_low_threshold: 0.1,
            lost_track_buffer: 60,
            low_score_recovery: 5,
            minimum_consecutive_frames: 2,
            minimum_iou_threshold: 0.1,
            minimum_iou_threshold_low: 0.4,
            minimum_iou_threshold_tentative: 0.3,
            duplicate_iou_threshold: 0.5,
            class_agnostic: false,
            lost_gate_growth: 0.07,
            lost_gate_limit: 0.5,
            direction_weight: 0.25,
            appearance_weight: 2.0,
            appearance_gate: 0.25,
            position_noise: 0.05,
            velocity_noise: 0.01,
            measurement_noise: 0.05,
            low_score_noise: 2.0,
            report_lost: false,
        }
    }
}

impl Config {
    /// Checks every setting's range and that the three confidence thresholds are in order.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument), naming the setting.
    pub fn validate(&self) -> Result<()> {
        let unit = 0.0..=1.0;
        let weight = 0.0..=10.0;
        let noise = 1e-4..=1.0;
        for (name, value, range) in [
            ("track_activation_threshold", self.track_activation_threshold, &unit),
            ("immediate_activation_threshold", self.immediate_activation_threshold, &weight),
            ("track_high_threshold", self.track_high_threshold, &unit),
            ("track_low_threshold", self.track_low_threshold, &unit),
            ("minimum_iou_threshold", self.minimum_iou_threshold, &unit),
            ("minimum_iou_threshold_low", self.minimum_iou_threshold_low, &unit),
            ("minimum_iou_threshold_tentative", self.minimum_iou_threshold_tentative, &unit),
            ("duplicate_iou_threshold", self.duplicate_iou_threshold, &unit),
            ("lost_gate_growth", self.lost_gate_growth, &weight),
            ("lost_gate_limit", self.lost_gate_limit, &weight),
            ("direction_weight", self.direction_weight, &weight),
            ("appearance_weight", self.appearance_weight, &weight),
            ("appearance_gate", self.appearance_gate, &unit),
            ("position_noise", self.position_noise, &noise),
            ("velocity_noise", self.velocity_noise, &noise),
            ("measurement_noise", self.measurement_noise, &noise),
            ("low_score_noise", self.low_score_noise, &(1.0..=100.0)),
        ] {
            if !range.contains(&value) {
                return Err(Error::invalid(format!(
                    "tracker setting {name} is {value}, it must be {} to {}",
                    range.start(),
                    range.end()
                )));
            }
        }
        self.validate_order()
    }

    fn validate_order(&self) -> Result<()> {
        let (low, high, start) =
            (self.track_low_threshold, self.track_high_threshold, self.track_activation_threshold);
        if low > high {
            return Err(Error::invalid(format!(
                "track_low_threshold is {low}, it must not be above track_high_threshold, which is {high}"
            )));
        }
        if start < high {
            return Err(Error::invalid(format!(
                "track_activation_threshold is {start}, it must not be below track_high_threshold, which is \
                 {high}: low-confidence detections never start tracks"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        Config::default().validate().unwrap();
    }

    #[test]
    fn bad_settings_are_named() {
        let d = Config::default;
        for (config, name) in [
            (Config { track_low_threshold: f32::NAN, ..d() }, "track_low_threshold"),
            (Config { track_low_threshold: 0.55, ..d() }, "track_low_threshold"),
            (Config { track_activation_threshold: 0.4, ..d() }, "track_activation_threshold"),
            (Config { position_noise: 0.0, ..d() }, "position_noise"),
            (Config { direction_weight: -1.0, ..d() }, "direction_weight"),
        ] {
            let error = config.validate().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
