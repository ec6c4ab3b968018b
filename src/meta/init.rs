//! What new frames and objects have.

use serde::{Deserialize, Serialize};

use super::object::ObjectMeta;
use crate::frame::Color;
use crate::roi::BBox;
use crate::{Error, Result};

/// What DeepStream stores where a component has no score.
pub(super) const NO_CONFIDENCE: f32 = -0.1;

/// What a new frame has; see the getters of [`FrameMeta`](super::FrameMeta) for the meanings.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameInit {
    /// Sink pad of the muxer.
    pub pad_index: u32,
    /// Index of the frame's surface in the batch.
    pub batch_id: u32,
    /// Number of the frame within its source, from 0.
    pub frame_num: i32,
    /// Presentation time of the source's buffer.
    pub buf_pts: Option<gst::ClockTime>,
    /// Wall-clock time, nanoseconds since 1970; 0: unknown.
    pub ntp_timestamp: u64,
    /// Source.
    pub source_id: u32,
    /// Surfaces per frame; 1 but for a dewarper.
    pub num_surfaces_per_frame: i32,
    /// Width before scaling by the muxer, pixels.
    pub source_frame_width: u32,
    /// Height before scaling by the muxer, pixels.
    pub source_frame_height: u32,
    /// Width after it, pixels; 0: not scaled.
    pub pipeline_width: u32,
    /// Height after it, pixels; 0: not scaled.
    pub pipeline_height: u32,
}

impl Default for FrameInit {
    fn default() -> Self {
        Self {
            pad_index: 0,
            batch_id: 0,
            frame_num: 0,
            buf_pts: None,
            ntp_timestamp: 0,
            source_id: 0,
            num_surfaces_per_frame: 1,
            source_frame_width: 0,
            source_frame_height: 0,
            pipeline_width: 0,
            pipeline_height: 0,
        }
    }
}

/// Where a frame came from, as a muxer with a REST server fills it in (DeepStream 8 and later).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorInfo {
    /// Source.
    pub source_id: u32,
    /// URI of the source.
    pub uri: Option<String>,
    /// Identity of the sensor.
    pub sensor_id: Option<String>,
    /// Name of the sensor.
    pub sensor_name: Option<String>,
}

/// What a new object has.
///
/// The rest is as nvinfer makes it: no tracker has seen it, the box has a border, and the text, if
/// any, is white Serif 11 on black above it.
#[derive(Debug, Clone)]
pub struct ObjectInit<'a> {
    /// `gie-unique-id` of the detector.
    pub unique_component_id: i32,
    /// Class within the detector.
    pub class_id: i32,
    /// Identity of the track, if any.
    pub object_id: Option<u64>,
    /// The box, pixels of the frame.
    pub bbox: BBox,
    /// Score of the detector, 0 to 1; negative: none.
    pub confidence: f32,
    /// Name of the class; cut to 127 bytes.
    pub label: &'a str,
    /// Text to draw, usually the label.
    pub display_text: Option<&'a str>,
    /// Border width, pixels.
    pub border_width: u32,
    /// Border colour.
    pub border_color: Color,
    /// The object that this one was found in.
    pub parent: Option<ObjectMeta<'a>>,
}

impl Default for ObjectInit<'_> {
    fn default() -> Self {
        Self {
            unique_component_id: 1,
            class_id: 0,
            object_id: None,
            bbox: BBox::default(),
            confidence: NO_CONFIDENCE,
            label: "",
            display_text: None,
            border_width: 3,
            border_color: Color::RED,
            parent: None,
        }
    }
}

impl ObjectInit<'_> {
    pub(super) fn check(&self) -> Result<()> {
        let b = &self.bbox;
        if !b.is_finite() || b.width < 0.0 || b.height < 0.0 || !self.confidence.is_finite() {
            return Err(Error::invalid(format!(
                "an object's box is {b:?} and its confidence {}; all must be finite, width and height not negative",
                self.confidence
            )));
        }
        Ok(())
    }
}
