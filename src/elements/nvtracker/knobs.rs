//! The tracker's settings as properties of the element: one row each.

use std::sync::LazyLock;

use gst::glib;
use gst::prelude::*;

use super::Config;

/// A setting of [`Config`], by the property's name.
enum Field {
    Float(f32, fn(&mut Config) -> &mut f32),
    Count(fn(&mut Config) -> &mut u32),
    Flag(fn(&mut Config) -> &mut bool),
}

struct Knob {
    name: &'static str,
    blurb: &'static str,
    field: Field,
}

macro_rules! knobs {
    ($($kind:ident $([$max:literal])? $field:ident $name:literal $blurb:literal;)*) => {
        &[$(Knob { name: $name, blurb: $blurb, field: Field::$kind($($max,)? |c| &mut c.$field) },)*]
    };
}

const KNOBS: &[Knob] = knobs! {
    Float[1.0] track_activation_threshold "track-activation-threshold" "Lowest confidence that may start a track";
    Float[10.0] immediate_activation_threshold "immediate-activation-threshold" "Confidence from which a new track is reported at once; above 1: never";
    Float[1.0] track_high_threshold "track-high-threshold" "Confidence from which a detection takes part in the first association";
    Float[1.0] track_low_threshold "track-low-threshold" "Confidence below which a detection is ignored";
    Count lost_track_buffer "lost-track-buffer" "Frames that a track lives on without a detection";
    Count low_score_recovery "low-score-recovery" "Frames for which a lost track may be continued by a low-confidence detection";
    Count minimum_consecutive_frames "minimum-consecutive-frames" "Frames in a row before a new track is reported";
    Float[1.0] minimum_iou_threshold "minimum-iou-threshold" "Least overlap of a predicted box and a high-confidence detection";
    Float[1.0] minimum_iou_threshold_low "minimum-iou-threshold-low" "The same for low-confidence detections";
    Float[1.0] minimum_iou_threshold_tentative "minimum-iou-threshold-tentative" "The same for tracks that are not confirmed yet";
    Float[1.0] duplicate_iou_threshold "duplicate-iou-threshold" "A new track must not overlap a tracked box by more";
    Flag class_agnostic "class-agnostic" "Match boxes of different classes with each other";
    Float[10.0] lost_gate_growth "lost-gate-growth" "Growth of a lost track's gate per frame, as a share of its size";
    Float[10.0] lost_gate_limit "lost-gate-limit" "Largest growth of the gate";
    Float[10.0] direction_weight "direction-weight" "Weight of the direction of travel against overlap";
    Float[10.0] appearance_weight "appearance-weight" "Weight of the difference in colours against overlap; 0 reads no pixels";
    Float[1.0] appearance_gate "appearance-gate" "Difference in colours above which a lost track is not continued";
    Float[1.0] position_noise "position-noise" "Random step of a position per frame, as a share of the box's height";
    Float[1.0] velocity_noise "velocity-noise" "Random step of a velocity per frame, as a share of the box's height";
    Float[1.0] measurement_noise "measurement-noise" "Noise of a detected position, as a share of the box's height";
    Float[100.0] low_score_noise "low-score-noise" "How many times noisier a low-confidence detection is";
};

/// A specification for each, with the default of [`Config`].
pub(super) fn specs() -> impl Iterator<Item = glib::ParamSpec> {
    static DEFAULTS: LazyLock<Config> = LazyLock::new(Config::default);
    KNOBS.iter().map(|knob| {
        let mut config = DEFAULTS.clone();
        match knob.field {
            Field::Float(max, field) => glib::ParamSpecFloat::builder(knob.name)
                .blurb(knob.blurb)
                .minimum(0.0)
                .maximum(max)
                .default_value(*field(&mut config))
                .build(),
            Field::Count(field) => glib::ParamSpecUInt::builder(knob.name)
                .blurb(knob.blurb)
                .default_value(*field(&mut config))
                .build(),
            Field::Flag(field) => glib::ParamSpecBoolean::builder(knob.name)
                .blurb(knob.blurb)
                .default_value(*field(&mut config))
                .build(),
        }
    })
}

fn find(name: &str) -> Option<&'static Knob> {
    KNOBS.iter().find(|knob| knob.name == name)
}

/// Sets property `name`; false when it is none of these.
pub(super) fn set(config: &mut Config, name: &str, value: &glib::Value) -> bool {
    let Some(knob) = find(name) else { return false };
    match knob.field {
        Field::Float(_, field) => *field(config) = value.get().expect("the type was checked by GObject"),
        Field::Count(field) => *field(config) = value.get().expect("the type was checked by GObject"),
        Field::Flag(field) => *field(config) = value.get().expect("the type was checked by GObject"),
    }
    true
}

/// The value of property `name`, if it is one of these.
pub(super) fn value(config: &Config, name: &str) -> Option<glib::Value> {
    let mut config = config.clone();
    Some(match find(name)?.field {
        Field::Float(_, field) => field(&mut config).to_value(),
        Field::Count(field) => field(&mut config).to_value(),
        Field::Flag(field) => field(&mut config).to_value(),
    })
}
