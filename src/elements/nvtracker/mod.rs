//! `nvtracker`: gives objects the ids of their tracks, by ByteTrack.
//!
//! Objects of a frame that were found in the frame itself (not inside another object) are matched with the
//! tracks of their source, by motion, by direction and by the colours of their clothes where the pixels can be
//! read. A tracked object gets `object_id`, `tracker_confidence`, `tracker_bbox_info` (the filtered box) and its
//! id behind the text that is drawn; `rect_params` stays the detector's box. An object that belongs to no
//! confirmed track does not go on downstream. In frames that the detector skipped (`interval`), the
//! tracks' predicted boxes stand as objects without a detector's confidence. Ids start at 1 and are never used
//! again while the element runs, whatever the source.
//!
//! The settings of [`Config`] are properties, `track-activation-threshold` and so on. `ll-lib-file`,
//! `ll-config-file` and the sizes of NVIDIA's element are accepted and have no effect.
//!
//! [`Tracker`] does the work, and knows nothing of GStreamer or pixels: detections in, ids out, forward in time only, and
//! the same input always gives the same ids. The colours that tell targets apart come in as descriptors,
//! such as [`describe_rgb`] computes from a crop.

mod appearance;
mod assignment;
mod bytetrack;
mod config;
mod geometry;
#[allow(missing_docs, reason = "the element's fields; the table of knobs describes its properties")]
mod imp;
mod kalman;
mod knobs;
mod track;
mod types;

pub use crate::ops::descriptor::{DESCRIPTOR_LEN, describe_rgb};
pub use bytetrack::Tracker;
pub use config::Config;
pub use types::{Assignment, Detection, EndedTrack, PredictedBox, Target, TrackedBox, Update};

use gst::glib;

glib::wrapper! {
    /// The embedded `nvtracker`.
    pub struct NvTracker(ObjectSubclass<imp::NvTracker>)
        @extends gst_base::BaseTransform, gst::Element, gst::Object;
}
