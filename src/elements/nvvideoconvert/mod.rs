//! `nvvideoconvert`: another format, size, window or memory.
//!
//! System memory ↔ NVMM in every combination, for the 8-bit RGB, gray and 4:2:0 formats. Every surface
//! of a batch is converted; the batch's metadata goes along, and boxes are **not** scaled with the
//! picture (NVIDIA's element does not either). Equal caps on both sides without a crop are passed through.
//!
//! | property | default | |
//! |---|---|---|
//! | `src-crop` | none | window of the input, `left:top:width:height` in pixels |
//! | `dest-crop` | none | window of the output that is filled, the rest is black |
//! | `flip-method` | 0 | 0 none, 1 counter-clockwise, 2 by 180°, 3 clockwise, 4 horizontal, 5 upper-right diagonal, 6 vertical, 7 upper-left diagonal |
//! | `interpolation-method` | 6 | 0 nearest, 1 bilinear, 2 and 3 Lanczos or cubic filters, 6 the default: bilinear |
//! | `nvbuf-memory-type` | 0 | accepted; pixels are in system memory |
//! | `gpu-id`, `compute-hw`, `output-buffers`, `copy-hw` | 0, 0, 4, 0 | accepted; no effect |
//!
//! The odd `flip-method`s swap the sides of the picture and do not scale; scale with a second element.
//!
//! The colour matrix and range of the caps are those of the surface (`NV12` with `bt709` is
//! `NVBUF_COLOR_FORMAT_NV12_709`); a pair that has no surface format becomes BT.601, limited range.
//! Only one surface fits into system memory: a fuller batch is an error there, since frames would
//! be lost; put `nvstreamdemux` before it.

mod caps;
mod flip;
#[allow(missing_docs, reason = "accessors that the property macro writes; the table above describes them")]
mod imp;
mod settings;

use gst::glib;

glib::wrapper! {
    /// The embedded `nvvideoconvert`.
    pub struct NvVideoConvert(ObjectSubclass<imp::NvVideoConvert>)
        @extends gst_base::BaseTransform, gst::Element, gst::Object;
}
