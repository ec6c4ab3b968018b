//! How an object is drawn: its box, its text.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::color::CColor as _;
use super::lock::Guard;
use super::object::ObjectMeta;
use super::raw::{Scalar, field, load, store};
use super::scene::LabelItem;
use super::text;
use crate::frame::Color;
use crate::sys::*;

/// How a box and its text look. The default is nvinfer's: a red border of 3 pixels, white Serif 11 on
/// black.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Style {
    /// Border width, pixels; over 32 becomes 32. 0 draws no border.
    pub border_width: u32,
    /// Border colour.
    pub border_color: Color,
    /// Fill.
    pub bg_color: Option<Color>,
    /// Font family. Each different name stays in memory for the life of the process.
    pub font_name: Cow<'static, str>,
    /// Font size, points.
    pub font_size: u32,
    /// Colour of the glyphs.
    pub text_color: Color,
    /// Background of the text.
    pub text_bg_color: Option<Color>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            border_width: 3,
            border_color: Color::RED,
            bg_color: None,
            font_name: Cow::Borrowed("Serif"),
            font_size: 11,
            text_color: Color::WHITE,
            text_bg_color: Some(Color::BLACK),
        }
    }
}

impl Style {
    /// The default with a border of this colour, and text in black or white, whichever reads better, on
    /// the same colour.
    ///
    /// ```
    /// use dsframe::meta::{Color, Style};
    /// assert_eq!(Style::of_color(Color::YELLOW).text_color, Color::BLACK);
    /// assert_eq!(Style::of_color(Color::BLUE).text_color, Color::WHITE);
    /// ```
    #[must_use]
    pub fn of_color(color: Color) -> Self {
        // Luma of Rec. 709.
        let light = 0.2126 * color.r + 0.7152 * color.g + 0.0722 * color.b > 0.5;
        let text_color = if light { Color::BLACK } else { Color::WHITE };
        Self { border_color: color, text_color, text_bg_color: Some(color), ..Self::default() }
    }
}

impl ObjectMeta<'_> {
    /// Sets the look of the box and of the text in one go; the box, and the text and its place, stay.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
    /// use dsframe::meta::{Color, Style};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// # frame.add_object(&ObjectInit { display_text: Some("person"), ..ObjectInit::default() })?;
    /// for object in frame.objects() {
    ///     object.style(&Style { border_width: 2, ..Style::of_color(Color::palette(7)) });
    /// }
    /// # let object = frame.objects().next().unwrap();
    /// assert_eq!(object.border_color(), Color::palette(7));
    /// assert_eq!(object.text_params().unwrap().bg_color, Some(Color::palette(7)));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn style(&self, style: &Style) {
        // SAFETY: a live object; its text is styled under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            self.set_border(style.border_width, style.border_color);
            self.set_bg_color(style.bg_color);
            if self.is_live() {
                text::set_style(
                    self.text_params_raw(),
                    (&style.font_name, style.font_size),
                    style.text_color,
                    style.text_bg_color,
                );
            }
        }
    }

    /// Border width, pixels.
    #[must_use]
    pub fn border_width(&self) -> u32 {
        load!(self.rect_params.border_width)
    }

    /// Border colour.
    #[must_use]
    pub fn border_color(&self) -> Color {
        // SAFETY: a live object.
        unsafe { Color::load(&raw mut (*self.raw.as_ptr()).rect_params.border_color) }
    }

    /// Sets the border; a width over 32 is stored as 32, since DeepStream's OSD stops at more.
    pub fn set_border(&self, width: u32, color: Color) {
        store!(self.rect_params.border_width, width.min(MAX_BORDER_WIDTH));
        if self.is_live() {
            // SAFETY: a live object.
            unsafe { color.store(&raw mut (*self.raw.as_ptr()).rect_params.border_color) };
        }
    }

    /// Fill colour, where the box is filled.
    #[must_use]
    pub fn bg_color(&self) -> Option<Color> {
        // SAFETY: a live object.
        (load!(self.rect_params.has_bg_color) != 0)
            .then(|| unsafe { Color::load(&raw mut (*self.raw.as_ptr()).rect_params.bg_color) })
    }

    /// Fills the box with a colour, or not.
    pub fn set_bg_color(&self, color: Option<Color>) {
        if let Some(color) = color.filter(|_| self.is_live()) {
            // SAFETY: a live object.
            unsafe { color.store(&raw mut (*self.raw.as_ptr()).rect_params.bg_color) };
        }
        store!(self.rect_params.has_bg_color, u32::from(color.is_some()));
    }

    /// Identity of the colour, where it has one (`has_color_info`, `color_id`; the
    /// [`NvOSD_Color_info`] of an OSD context that was set up with a table of colours).
    #[must_use]
    pub fn color_id(&self) -> Option<i32> {
        (load!(self.rect_params.has_color_info) != 0).then(|| load!(self.rect_params.color_id))
    }

    /// Sets the identity of the colour, or that there is none.
    pub fn set_color_id(&self, id: Option<i32>) {
        store!(self.rect_params.color_id, id.unwrap_or(0));
        store!(self.rect_params.has_color_info, i32::from(id.is_some()));
    }

    /// Rotation of the box about its centre, clockwise degrees; `None` before DeepStream 9.
    #[must_use]
    pub fn rotation_angle(&self) -> Option<f32> {
        let offset = self.generation.object().rotation_angle?;
        // SAFETY: a live object, and the field's offset in this generation.
        Some(unsafe { f32::load(field(self.raw, offset)) })
    }

    /// Sets the rotation, clockwise degrees; `false` before DeepStream 9, which has no place for it.
    pub fn set_rotation_angle(&self, degrees: f32) -> bool {
        let Some(offset) = self.generation.object().rotation_angle.filter(|_| self.is_live()) else {
            return false;
        };
        // SAFETY: a live object, and the field's offset in this generation.
        unsafe { f32::store(field(self.raw, offset), degrees) };
        true
    }

    /// The text that is drawn with the object, and its style; `None` where there is no text.
    #[must_use]
    pub fn text_params(&self) -> Option<LabelItem> {
        // SAFETY: a live object, and a struct that does not change under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            LabelItem::from_c(self.text_params_raw())
        }
    }

    /// Sets the text that is drawn with the object, up to a NUL; its place and style stay. A text
    /// that has no font yet gets Serif 11, since DeepStream's OSD does not survive one without.
    pub fn set_display_text(&self, text: Option<&str>) {
        // SAFETY: a live object; the field owns a GLib string or NULL, replaced under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if !self.is_live() {
                return;
            }
            let raw = self.text_params_raw();
            text::replace(&raw mut (*raw).display_text, text);
            if text.is_some() && (*raw).font_params.font_name.is_null() {
                let plain = Style::default();
                let font = (&*plain.font_name, plain.font_size);
                text::set_style(raw, font, plain.text_color, plain.text_bg_color);
            }
        }
    }

    /// Sets the text that is drawn with the object, its place and its style.
    pub fn set_text_params(&self, label: &LabelItem) {
        // SAFETY: a live object; the struct owns a GLib string or NULL, replaced under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if self.is_live() {
                label.write(self.text_params_raw());
            }
        }
    }

    fn text_params_raw(&self) -> *mut NvOSD_TextParams {
        // SAFETY: the struct's offset in this generation.
        unsafe { field(self.raw, self.generation.object().text_params) }
    }
}
