//! A frame of a batch: its numbers. Its lists are in [`frame_lists`](super::frame_lists).

use std::ptr::NonNull;

use super::batch::BatchMeta;
use super::init::{FrameInit, SensorInfo};
use super::iter::Handle;
use super::lock::Guard;
use super::raw::{Words, field, load, store};
use super::text;
use crate::sys::*;

super::iter::element! {
    /// `NvDsFrameMeta`: one frame of the batch, with its objects and what to draw on it.
    FrameMeta(NvDsFrameMeta)
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident, $set:ident: $type:ty = $field:ident;)*) => {
        $($(#[$doc])*
        #[must_use]
        #[inline]
        pub fn $name(&self) -> $type {
            load!(self.$field)
        }

        #[doc = concat!("Sets [`", stringify!($name), "`](Self::", stringify!($name), ").")]
        pub fn $set(&self, value: $type) {
            store!(self.$field, value);
        })*
    };
}

impl<'b> FrameMeta<'b> {
    numbers! {
        /// Sink pad of the muxer that the frame came in on.
        pad_index, set_pad_index: u32 = pad_index;
        /// Index of the frame's surface in the batch.
        batch_id, set_batch_id: u32 = batch_id;
        /// Number of the frame within its source, from 0.
        frame_num, set_frame_num: i32 = frame_num;
        /// Wall-clock time, nanoseconds since 1970; 0: unknown.
        ntp_timestamp, set_ntp_timestamp: u64 = ntp_timestamp;
        /// Source of the frame.
        source_id, set_source_id: u32 = source_id;
        /// Surfaces per frame; more than 1 behind a dewarper.
        num_surfaces_per_frame, set_num_surfaces_per_frame: i32 = num_surfaces_per_frame;
        /// Kind of surface, behind a dewarper.
        surface_type, set_surface_type: u32 = surface_type;
        /// Index of the surface, behind a dewarper.
        surface_index, set_surface_index: u32 = surface_index;
    }

    /// Width before scaling by the muxer, pixels.
    #[must_use]
    pub fn source_frame_width(&self) -> u32 {
        load!(self.source_frame_width)
    }

    /// Height before scaling by the muxer, pixels.
    #[must_use]
    pub fn source_frame_height(&self) -> u32 {
        load!(self.source_frame_height)
    }

    /// Sets the size before scaling by the muxer, pixels.
    pub fn set_source_frame_size(&self, width: u32, height: u32) {
        store!(self.source_frame_width, width);
        store!(self.source_frame_height, height);
    }

    /// Width that the muxer scaled to, pixels; 0: not set.
    #[must_use]
    pub fn pipeline_width(&self) -> u32 {
        load!(self.pipeline_width)
    }

    /// Height that the muxer scaled to, pixels; 0: not set.
    #[must_use]
    pub fn pipeline_height(&self) -> u32 {
        load!(self.pipeline_height)
    }

    /// Sets the size that the muxer scaled to, pixels.
    pub fn set_pipeline_size(&self, width: u32, height: u32) {
        store!(self.pipeline_width, width);
        store!(self.pipeline_height, height);
    }

    /// Width and height of the frame in the coordinates of its boxes: as scaled by the muxer, or of
    /// the source where it does not scale. 0 where nobody has set them.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let scaled = (self.pipeline_width(), self.pipeline_height());
        if scaled.0 > 0 && scaled.1 > 0 {
            scaled
        } else {
            (self.source_frame_width(), self.source_frame_height())
        }
    }

    /// Presentation time of the source's buffer.
    #[must_use]
    pub fn buf_pts(&self) -> Option<gst::ClockTime> {
        // Cannot panic: the one value that is no time, all ones, is taken out.
        Some(load!(self.buf_pts)).filter(|&ns| ns != u64::MAX).map(gst::ClockTime::from_nseconds)
    }

    /// Sets the presentation time.
    pub fn set_buf_pts(&self, pts: Option<gst::ClockTime>) {
        store!(self.buf_pts, pts.map_or(u64::MAX, gst::ClockTime::nseconds));
    }

    /// A primary detector has looked at the frame (`bInferDone`).
    #[must_use]
    pub fn infer_done(&self) -> bool {
        load!(self.bInferDone) != 0
    }

    /// Marks the frame as seen by a primary detector.
    pub fn set_infer_done(&self, done: bool) {
        store!(self.bInferDone, i32::from(done));
    }

    /// Objects on the frame, as the library counts them.
    #[must_use]
    pub fn num_obj_meta(&self) -> u32 {
        load!(self.num_obj_meta)
    }

    /// One of the four numbers that are free for applications (`misc_frame_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        self.misc_words().load(index)
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.misc_words().store(index, value)
    }

    /// One of the four numbers that DeepStream's own components keep for themselves (`reserved`).
    #[must_use]
    pub fn reserved(&self, index: usize) -> Option<i64> {
        self.reserved_words().load(index)
    }

    /// Sets one of the four numbers that DeepStream's own components keep for themselves; `false` when
    /// there is none of that index.
    pub fn set_reserved(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.reserved_words().store(index, value)
    }

    /// Where the frame came from; `None` before DeepStream 8.
    #[must_use]
    pub fn sensor_info(&self) -> Option<SensorInfo> {
        let offset = self.generation.frame().sensor_info?;
        // SAFETY: the struct is at this offset in this generation; its strings do not change under
        // the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            let raw = field::<NvDsSensorInfo_meta, _>(self.raw, offset);
            Some(SensorInfo {
                source_id: (*raw).source_id,
                uri: text::read((*raw).uri),
                sensor_id: text::read((*raw).sensor_id),
                sensor_name: text::read((*raw).sensor_name),
            })
        }
    }

    /// Sets where the frame came from; `false` before DeepStream 8, which has no place for it, and for
    /// a frame that was removed.
    pub fn set_sensor_info(&self, info: &SensorInfo) -> bool {
        let Some(offset) = self.generation.frame().sensor_info else { return false };
        // SAFETY: the struct is at this offset in this generation; it owns GLib strings or NULLs,
        // replaced under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if !self.is_live() {
                return false;
            }
            let raw = field::<NvDsSensorInfo_meta, _>(self.raw, offset);
            (*raw).source_id = info.source_id;
            text::replace((&raw mut (*raw).uri).cast(), info.uri.as_deref());
            text::replace((&raw mut (*raw).sensor_id).cast(), info.sensor_id.as_deref());
            text::replace((&raw mut (*raw).sensor_name).cast(), info.sensor_name.as_deref());
        }
        true
    }

    /// The batch of the frame.
    #[must_use]
    pub fn batch(&self) -> BatchMeta<'b> {
        // SAFETY: the header of a live frame names its live batch, whose generation is known.
        unsafe {
            let batch = (*self.raw.as_ptr()).base_meta.batch_meta;
            BatchMeta::with_stamp(NonNull::new_unchecked(batch.cast()), self.generation, 0)
        }
    }

    pub(super) fn fill(&self, init: &FrameInit) {
        self.set_pad_index(init.pad_index);
        self.set_batch_id(init.batch_id);
        self.set_frame_num(init.frame_num);
        self.set_buf_pts(init.buf_pts);
        self.set_ntp_timestamp(init.ntp_timestamp);
        self.set_source_id(init.source_id);
        self.set_num_surfaces_per_frame(init.num_surfaces_per_frame);
        self.set_source_frame_size(init.source_frame_width, init.source_frame_height);
        self.set_pipeline_size(init.pipeline_width, init.pipeline_height);
    }

    pub(super) fn misc_words(&self) -> Words {
        // SAFETY: the array of a frame of a live batch.
        unsafe { Words::new((&raw mut (*self.raw.as_ptr()).misc_frame_info).cast()) }
    }

    pub(super) fn reserved_words(&self) -> Words {
        // SAFETY: the array's offset in this generation.
        unsafe { Words::new(field(self.raw, self.generation.frame().reserved)) }
    }
}
