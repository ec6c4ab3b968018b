use std::sync::{Mutex, MutexGuard, PoisonError};

use gst::glib;
use gst::subclass::prelude::*;
use gst_base::prelude::*;

use super::super::in_place::batch_element;
use super::paint::{self, Show};
use crate::error::{Error, Result};
use crate::meta::{Color, LabelItem};
use crate::ops::draw::{self, Canvas};
use crate::probe::Batch;

#[derive(Debug, Clone)]
struct Settings {
    display_bbox: bool,
    display_text: bool,
    display_mask: bool,
    display_clock: bool,
    clock_font: Option<String>,
    clock_font_size: u32,
    clock_color: u32,
    x_clock_offset: u32,
    y_clock_offset: u32,
    process_mode: u32,
    gpu_id: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            display_bbox: true,
            display_text: true,
            display_mask: false,
            display_clock: false,
            clock_font: None,
            clock_font_size: 12,
            clock_color: 0xFF00_00FF,
            x_clock_offset: 800,
            y_clock_offset: 820,
            process_mode: 1,
            gpu_id: 0,
        }
    }
}

#[derive(Default, glib::Properties)]
#[properties(wrapper_type = super::NvDsOsd)]
pub struct NvDsOsd {
    #[property(name = "display-bbox", type = bool, get, set, default = true, member = display_bbox,
        blurb = "Draw boxes of objects and rectangles of display metadata")]
    #[property(name = "display-text", type = bool, get, set, default = true, member = display_text,
        blurb = "Draw texts")]
    #[property(name = "display-mask", type = bool, get, set, member = display_mask, blurb = "Accepted; no effect")]
    #[property(name = "display-clock", type = bool, get, set, member = display_clock,
        blurb = "Draw the time of day")]
    #[property(name = "clock-font", type = Option<String>, get, set, member = clock_font,
        blurb = "Font of the clock; Serif if none")]
    #[property(name = "clock-font-size", type = u32, get, set, default = 12, maximum = 60, member = clock_font_size,
        blurb = "Font size of the clock")]
    #[property(name = "clock-color", type = u32, get, set, default = 0xFF00_00FF, member = clock_color,
        blurb = "Colour of the clock, 0xRRGGBBAA")]
    #[property(name = "x-clock-offset", type = u32, get, set, default = 800, member = x_clock_offset,
        blurb = "Left edge of the clock, pixels")]
    #[property(name = "y-clock-offset", type = u32, get, set, default = 820, member = y_clock_offset,
        blurb = "Top edge of the clock, pixels")]
    #[property(name = "process-mode", type = u32, get, set, default = 1, maximum = 2, member = process_mode,
        blurb = "Accepted; no effect")]
    #[property(name = "gpu-id", type = u32, get, set, member = gpu_id, blurb = "Accepted; no effect")]
    settings: Mutex<Settings>,
}

#[glib::object_subclass]
impl ObjectSubclass for NvDsOsd {
    const NAME: &'static str = "DsframeNvDsOsd";
    type Type = super::NvDsOsd;
    type ParentType = gst_base::BaseTransform;
}

#[glib::derived_properties]
impl ObjectImpl for NvDsOsd {}

batch_element!(
    NvDsOsd,
    "dsframe on-screen display",
    "Filter/Effect/Video",
    "Draws boxes, labels and display metadata into the frames of a batch"
);

impl NvDsOsd {
    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "what every batch element has")]
    fn begin(&self) -> Result<()> {
        draw::load_fonts();
        Ok(())
    }

    #[allow(clippy::unused_self, reason = "what every batch element has")]
    fn end(&self) {}

    fn batch(&self, buffer: &gst::Buffer) -> Result<()> {
        let Some(batch) = Batch::from_buffer(buffer)? else {
            return Err(Error::invalid("the buffer has no batch metadata; put nvstreammux before nvdsosd"));
        };
        let settings = self.settings().clone();
        let show = Show { bbox: settings.display_bbox, text: settings.display_text };
        let clock = settings.display_clock.then(|| clock(&settings)).transpose()?;
        for frame in batch.frames() {
            let mut scene = paint::scene_of(&frame, show);
            scene.labels.extend(clock.clone());
            if scene.is_empty() {
                continue;
            }
            let mut map = frame.map_write()?;
            paint::paint(&mut Canvas::new(&mut map.view_mut()), &scene);
        }
        Ok(())
    }
}

/// The time of day, as NVIDIA's element writes it.
fn clock(settings: &Settings) -> Result<LabelItem> {
    let now = glib::DateTime::now_local().and_then(|now| now.format("%a %b %e %H:%M:%S %Y"));
    let now = now.map_err(|e| Error::invalid("the local time has no text").with_source(e))?;
    let [r, g, b, a] = settings.clock_color.to_be_bytes().map(|part| f32::from(part) / 255.0);
    Ok(LabelItem {
        text: now.into(),
        x: settings.x_clock_offset as f32,
        y: settings.y_clock_offset as f32,
        font_name: settings.clock_font.clone().unwrap_or_else(|| "Serif".into()).into(),
        font_size: settings.clock_font_size,
        color: Color { r, g, b, a },
        bg_color: None,
    })
}
