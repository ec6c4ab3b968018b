//! Owned copies of what a frame says: plain data that may leave the probe and the thread.

use serde::Serialize;

use super::frame::FrameMeta;
use super::object::ObjectMeta;
use crate::roi::BBox;

/// An object, as it was when the snapshot was made. As JSON: `object_id` (null: untracked),
/// `class_id`, `label`, `confidence`, `tracker_confidence` (null: none), `left`, `top`, `width`,
/// `height`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectSnapshot {
    /// Identity of the track.
    pub object_id: Option<u64>,
    /// Class within the detector.
    pub class_id: i32,
    /// Name of the class.
    pub label: String,
    /// Score of the detector.
    pub confidence: Option<f32>,
    /// Score of the tracker.
    pub tracker_confidence: Option<f32>,
    /// The box, pixels of the frame.
    #[serde(flatten)]
    pub rect: BBox,
    /// `gie-unique-id` of the detector. Not in the JSON.
    #[serde(skip)]
    pub unique_component_id: i32,
}

/// A frame, as it was when the snapshot was made. As JSON: `source_id`, `frame_num`, `pts`
/// (nanoseconds, null: none) and `objects`, in the order they were added.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameSnapshot {
    /// Source.
    pub source_id: u32,
    /// Number of the frame within its source, from 0.
    pub frame_num: i32,
    /// Presentation time, nanoseconds.
    pub pts: Option<u64>,
    /// The objects, in the order they were added.
    pub objects: Vec<ObjectSnapshot>,
    /// Sink pad of the muxer. Not in the JSON, like what follows.
    #[serde(skip)]
    pub pad_index: u32,
    /// Index of the frame's surface in the batch.
    #[serde(skip)]
    pub batch_id: u32,
    /// Wall-clock time, nanoseconds since 1970; 0: unknown.
    #[serde(skip)]
    pub ntp_timestamp: u64,
    /// Width and height in the coordinates of the boxes; 0: unknown.
    #[serde(skip)]
    pub size: (u32, u32),
}

impl ObjectMeta<'_> {
    /// An owned copy.
    #[must_use]
    pub fn snapshot(&self) -> ObjectSnapshot {
        ObjectSnapshot {
            object_id: self.object_id(),
            class_id: self.class_id(),
            label: self.label(),
            confidence: self.confidence(),
            tracker_confidence: self.tracker_confidence(),
            rect: self.rect(),
            unique_component_id: self.unique_component_id(),
        }
    }
}

impl FrameMeta<'_> {
    /// An owned copy of the frame and its objects, made under the batch's lock.
    #[must_use]
    pub fn snapshot(&self) -> FrameSnapshot {
        let _lock = self.batch().lock();
        FrameSnapshot {
            source_id: self.source_id(),
            frame_num: self.frame_num(),
            pts: self.buf_pts().map(gst::ClockTime::nseconds),
            objects: self.objects().rev().map(|object| object.snapshot()).collect(),
            pad_index: self.pad_index(),
            batch_id: self.batch_id(),
            ntp_timestamp: self.ntp_timestamp(),
            size: self.size(),
        }
    }
}
