//! What to draw, as plain data, and its translation to and from the C structs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::color::CColor as _;
use super::text;
use crate::frame::Color;
use crate::roi::BBox;
use crate::sys::*;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RectItem {
    /// Where, pixels of the frame.
    pub bbox: BBox,
    /// Border width, pixels; over 32 becomes 32. 0 draws no border.
    pub border_width: u32,
    /// Border colour.
    pub border_color: Color,
    /// Fill.
    pub bg_color: Option<Color>,
    /// Rotation about the centre, clockwise degrees; ignored before DeepStream 9.
    pub rotation_angle: f32,
    /// Identity of the colour, where it has one.
    pub color_id: Option<i32>,
}

impl Default for RectItem {
    fn default() -> Self {
        Self {
            bbox: BBox::default(),
            border_width: 3,
            border_color: Color::RED,
            bg_color: None,
            rotation_angle: 0.0,
            color_id: None,
        }
    }
}

/// A text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelItem {
    /// The text; newlines split lines, a NUL ends it.
    pub text: String,
    /// Left edge of its background, pixels; negative becomes 0.
    pub x: f32,
    /// Top edge of its background, pixels; negative becomes 0.
    pub y: f32,
    /// Font family. Each different name stays in memory for the life of the process.
    pub font_name: Cow<'static, str>,
    /// Font size, points.
    pub font_size: u32,
    /// Colour of the glyphs.
    pub color: Color,
    /// Background.
    pub bg_color: Option<Color>,
}

impl Default for LabelItem {
    fn default() -> Self {
        Self {
            text: String::new(),
            x: 0.0,
            y: 0.0,
            font_name: Cow::Borrowed("Serif"),
            font_size: 12,
            color: Color::WHITE,
            bg_color: None,
        }
    }
}

/// A line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LineItem {
    /// Start, pixels.
    pub x1: f32,
    /// Start, pixels.
    pub y1: f32,
    /// End, pixels.
    pub x2: f32,
    /// End, pixels.
    pub y2: f32,
    /// Width, pixels; over 32 becomes 32.
    pub width: u32,
    /// Colour.
    pub color: Color,
}

/// Which end of an arrow has the head.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArrowHead {
    /// `x1, y1`.
    Start,
    /// `x2, y2`.
    #[default]
    End,
    /// Both ends; DeepStream's GPU OSD draws it as `End`.
    Both,
    /// A value that this crate does not know.
    Unknown(u32),
}

/// An arrow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ArrowItem {
    /// The shaft.
    pub line: LineItem,
    /// Where the head is.
    pub head: ArrowHead,
}

/// A circle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CircleItem {
    /// Centre, pixels.
    pub xc: f32,
    /// Centre, pixels.
    pub yc: f32,
    /// Radius, pixels.
    pub radius: f32,
    /// Width of the ring, pixels; 0 is drawn as 2. Ignored before DeepStream 6.4.
    pub width: u32,
    /// Colour of the ring.
    pub color: Color,
    /// Fill.
    pub bg_color: Option<Color>,
}

/// What to draw on a frame. Kinds are drawn in the order of the fields, later over earlier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Rectangles.
    pub rects: Vec<RectItem>,
    /// Texts.
    pub labels: Vec<LabelItem>,
    /// Lines.
    pub lines: Vec<LineItem>,
    /// Arrows.
    pub arrows: Vec<ArrowItem>,
    /// Circles.
    pub circles: Vec<CircleItem>,
}

impl Scene {
    /// Nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items of all kinds together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rects.len() + self.labels.len() + self.lines.len() + self.arrows.len() + self.circles.len()
    }

    /// Adds another scene's items behind this one's.
    pub fn extend(&mut self, other: Scene) {
        self.rects.extend(other.rects);
        self.labels.extend(other.labels);
        self.lines.extend(other.lines);
        self.arrows.extend(other.arrows);
        self.circles.extend(other.circles);
    }
}

impl LabelItem {
    /// The style that nvinfer gives an object's text: white Serif 11 on black.
    #[must_use]
    pub fn above_object(text: &str) -> Self {
        Self { text: text.to_owned(), font_size: 11, bg_color: Some(Color::BLACK), ..Self::default() }
    }

    /// Reads a text; `None` where there is none.
    ///
    /// # Safety
    /// A live struct, and the batch's lock is held.
    pub(super) unsafe fn from_c(raw: *const NvOSD_TextParams) -> Option<Self> {
        // SAFETY: strings of a live struct, NULL or NUL-terminated, unchanged under the lock.
        unsafe {
            let text = text::read((*raw).display_text)?;
            let font = (*raw).font_params;
            let font_name = text::read(font.font_name).map_or(Cow::Borrowed("Serif"), Cow::Owned);
            Some(Self {
                text,
                x: (*raw).x_offset as f32,
                y: (*raw).y_offset as f32,
                font_name,
                font_size: font.font_size,
                color: Color::from_c(font.font_color),
                bg_color: ((*raw).set_bg_clr != 0).then(|| Color::from_c((*raw).text_bg_clr)),
            })
        }
    }

    /// Writes the text over what was there.
    ///
    /// # Safety
    /// A live struct that owns its text (a GLib string or NULL), and the batch's lock is held.
    pub(super) unsafe fn write(&self, raw: *mut NvOSD_TextParams) {
        // SAFETY: by the caller's word.
        unsafe { self.write_at(raw, (self.x, self.y)) };
    }

    /// As [`write`](Self::write), at another place.
    ///
    /// # Safety
    /// As for `write`.
    pub(super) unsafe fn write_at(&self, raw: *mut NvOSD_TextParams, (x, y): (f32, f32)) {
        // SAFETY: fields of a live struct.
        unsafe {
            text::replace(&raw mut (*raw).display_text, Some(&self.text));
            (*raw).x_offset = x as u32;
            (*raw).y_offset = y as u32;
            text::set_style(raw, (&self.font_name, self.font_size), self.color, self.bg_color);
        }
    }
}
