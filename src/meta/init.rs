//! What a new object has.

use super::object::ObjectMeta;
use crate::frame::Color;
use crate::roi::BBox;
use crate::{Error, Result};

/// What DeepStream stores where a component has no score.
pub(super) const NO_CONFIDENCE: f32 = -0.1;

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
