//! `nvstreammux`: frames of several sources into batches.
//!
//! Request pads `sink_%u`; their number is the `source_id` and `pad_index` of their frames. Inputs are
//! NVMM buffers with one surface each, or frames in system memory.
//!
//! With `width` and `height` every frame is scaled to that size (what NVIDIA's older muxer does) and
//! converted to the first frame's format; a frame that already fits is lent, not copied. With neither, all
//! frames keep their size and format and are lent (the newer muxer); the caps are then those of the
//! first source. Frames are in the order of their pads, and `batch_id` is their slot.
//!
//! | property | default | |
//! |---|---|---|
//! | `width`, `height` | 0, 0 | size of the batch's frames in pixels; both or none |
//! | `batch-size` | 1 | most frames in a batch |
//! | `batched-push-timeout` | -1 | longest wait in µs after a batch's first frame; -1: until it is full |
//! | `enable-padding` | false | keep the picture's shape: it is centred on black |
//! | `live-source` | false | the sources are live: the latency is reported |
//! | `attach-sys-ts` | true | `ntp_timestamp` is the wall clock at arrival; else 0 |
//! | `frame-num-reset-on-eos` | false | a source that starts again counts from 0 |
//! | `interpolation-method` | 1 | 0 nearest, else bilinear |
//! | `num-surfaces-per-frame` | 1 | nothing else |
//! | `nvbuf-memory-type`, `gpu-id`, `compute-hw`, `buffer-pool-size`, `sync-inputs` | 0, 0, 0, 4, false | accepted; no effect |
//!
//! **A batch is pushed** when it has `batch-size` frames, when every source that has not ended has
//! given its frame, or when the timeout is over. A source has at most one frame in a batch. With more sources
//! than `batch-size` they take turns. No frame is ever dropped: a source that is ahead waits, with
//! one frame in its queue. A pad without a link is not waited for.
//!
//! **Times.** A buffer's PTS is the running time of its first frame, never going back; `buf_pts` is each frame's own PTS.
//!
//! **The end.** A source that ends is announced downstream behind its last frame (`nv-stream-eos` with
//! `source-id`, as in `gst-nvevent.h`), the others go on; EOS follows the last of them. Pads may be
//! requested and released while playing (`nv-pad-added`, `nv-pad-deleted`).

mod batch;
mod collect;
mod events;
#[allow(missing_docs, reason = "accessors that the property macro writes; the table above describes them")]
mod imp;
mod settings;

use gst::glib;

glib::wrapper! {
    /// The embedded `nvstreammux`.
    pub struct NvStreamMux(ObjectSubclass<imp::NvStreamMux>)
        @extends gst::Element, gst::Object;
}
