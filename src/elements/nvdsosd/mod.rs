//! `nvdsosd`: draws boxes, labels and display metadata into the frames of a batch.
//!
//! Every frame gets what belongs to it: the boxes and texts of its objects, then its display metadata.
//! Kinds are drawn in NVIDIA's order, later over earlier: rectangles, texts, lines, arrows, circles; within
//! a kind the object that was added first lies on top. Frames are drawn in the format they are in (NV12 is
//! not converted). [`ops::draw`](crate::ops::draw) says how each shape looks and where that differs.
//!
//! | property | default | |
//! |---|---|---|
//! | `display-bbox` | true | boxes of objects and rectangles of display metadata |
//! | `display-text` | true | texts |
//! | `display-clock` | false | the time of day at `x-clock-offset`, `y-clock-offset` (800, 820), `clock-font` (Serif), `clock-font-size` (12), `clock-color` (0xFF0000FF, RGBA) |
//! | `process-mode`, `gpu-id`, `display-mask` | 1, 0, false | accepted; no effect: drawing is on the CPU, masks are not drawn |
//!
//! NVIDIA's element draws everything of a batch on its first surface; this one draws each frame's own.

#[allow(missing_docs, reason = "accessors that the property macro writes; the table above describes them")]
mod imp;
mod paint;

use gst::glib;

glib::wrapper! {
    /// The embedded `nvdsosd`.
    pub struct NvDsOsd(ObjectSubclass<imp::NvDsOsd>)
        @extends gst_base::BaseTransform, gst::Element, gst::Object;
}
