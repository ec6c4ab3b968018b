//! What goes into the tracker and what comes out of it.

/// A detected box, in pixels of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Detection<'a> {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width, above 0.
    pub width: f32,
    /// Height, above 0.
    pub height: f32,
    /// The detector's confidence, 0 to 1.
    pub confidence: f32,
    /// The detector's class.
    pub class_id: i32,
    /// A histogram of shares (sum 1), such as [`describe_rgb`](super::describe_rgb) gives; every
    /// descriptor of a tracker has the same length. It settles crossings and brings lost targets back.
    pub appearance: Option<&'a [f32]>,
}

/// A box that the tracker computed, in pixels: `left`, `top`, `width`, `height`.
pub type TrackedBox = [f32; 4];

/// A detection's confirmed track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The track's id.
    pub id: u64,
    /// How well the detection agrees with where the track was expected: their intersection over
    /// union, 0 to 1. It is 1 in a track's first frame.
    pub confidence: f32,
    /// The filtered box.
    pub bounds: TrackedBox,
    /// Whether this is the first update in which the track is reported.
    pub is_new: bool,
}

/// What became of a detection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Assignment {
    /// It continues or starts a confirmed track.
    Tracked(Target),
    /// It belongs to a track that has not been seen often enough to be believed.
    Tentative,
    /// It belongs to no track: its confidence is too low, it doubles another box, or it is no box.
    Untracked,
}

impl Assignment {
    /// The confirmed track, if there is one.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Tracked(target) => Some(target),
            Self::Tentative | Self::Untracked => None,
        }
    }
}

/// Where a lost track is expected to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictedBox {
    /// The track's id.
    pub id: u64,
    /// The track's class.
    pub class_id: i32,
    /// The expected box.
    pub bounds: TrackedBox,
    /// Frames since the track was seen.
    pub lost_frames: u64,
}

/// A confirmed track that will not be reported again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedTrack {
    /// The track's id.
    pub id: u64,
    /// The track's class.
    pub class_id: i32,
    /// Number of the frame in which the track was first seen.
    pub first_frame: u64,
    /// Number of the frame in which it was last seen.
    pub last_frame: u64,
}

/// The outcome of one frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Update {
    /// One entry per detection, in the order of the detections.
    pub assignments: Vec<Assignment>,
    /// Tracks that ended with this frame.
    pub ended: Vec<EndedTrack>,
    /// Lost tracks' boxes, if [`Config::report_lost`](super::Config::report_lost) is set.
    pub lost: Vec<PredictedBox>,
}
