//! `nvstreamdemux`: a batch back into its sources.
//!
//! Request pads `src_%u`; the number is the `pad_index` of the frames that leave there, which is
//! that of the muxer's sink pad. Each frame becomes a batch of one: its surface is lent, its metadata is a
//! deep copy with `batch_id` 0, its PTS is `buf_pts`. Frames whose source has no linked pad are
//! dropped. A source that ends early gets its EOS early, so that its file is complete while
//! others go on. There are no properties.
//!
//! All pads are fed by one thread: put a `queue` behind each.

#[allow(missing_docs, reason = "GObject's plumbing")]
mod imp;

use gst::glib;

glib::wrapper! {
    /// The embedded `nvstreamdemux`.
    pub struct NvStreamDemux(ObjectSubclass<imp::NvStreamDemux>)
        @extends gst::Element, gst::Object;
}
