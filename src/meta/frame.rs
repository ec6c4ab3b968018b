//! A frame of a batch.

use std::ptr::{self, NonNull};

use super::batch::BatchMeta;
use super::display::{self, DisplayMeta};
use super::init::ObjectInit;
use super::iter::{Handle, MetaIter};
use super::object::ObjectMeta;
use super::raw::{Guard, field, load, store};
use super::scene::Scene;
use super::text;
use super::typed::is_viewed;
use super::user::{self, Payload, UserMeta};
use crate::runtime::api;
use crate::sys::*;
use crate::{Error, Result};

super::iter::handle! {
    /// `NvDsFrameMeta`: one frame of the batch, with its objects and what to draw on it.
    FrameMeta(NvDsFrameMeta)
}

/// What a new frame has; see the getters of [`FrameMeta`] for the meanings.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameInit {
    /// Sink pad of the muxer.
    pub pad_index: u32,
    /// Index of the frame's surface in the batch.
    pub batch_id: u32,
    /// Number of the frame within its source, from 0.
    pub frame_num: i32,
    /// Presentation time of the source's buffer.
    pub buf_pts: Option<gst::ClockTime>,
    /// Wall-clock time, nanoseconds since 1970; 0: unknown.
    pub ntp_timestamp: u64,
    /// Source.
    pub source_id: u32,
    /// Surfaces per frame; 1 but for a dewarper.
    pub num_surfaces_per_frame: i32,
    /// Width before scaling by the muxer, pixels.
    pub source_frame_width: u32,
    /// Height before scaling by the muxer, pixels.
    pub source_frame_height: u32,
    /// Width after it, pixels; 0: not scaled.
    pub pipeline_width: u32,
    /// Height after it, pixels; 0: not scaled.
    pub pipeline_height: u32,
}

impl Default for FrameInit {
    fn default() -> Self {
        Self {
            pad_index: 0,
            batch_id: 0,
            frame_num: 0,
            buf_pts: None,
            ntp_timestamp: 0,
            source_id: 0,
            num_surfaces_per_frame: 1,
            source_frame_width: 0,
            source_frame_height: 0,
            pipeline_width: 0,
            pipeline_height: 0,
        }
    }
}

/// Where a frame came from, as a muxer with a REST server fills it in (DeepStream 8 and later).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SensorInfo {
    /// Source.
    pub source_id: u32,
    /// URI of the source.
    pub uri: Option<String>,
    /// Identity of the sensor.
    pub sensor_id: Option<String>,
    /// Name of the sensor.
    pub sensor_name: Option<String>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $field:ident;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> $type {
            load!(self.$field)
        })*
    };
}

impl<'b> FrameMeta<'b> {
    getters! {
        /// Sink pad of the muxer that the frame came in on.
        pad_index: u32 = pad_index;
        /// Index of the frame's surface in the batch.
        batch_id: u32 = batch_id;
        /// Number of the frame within its source, from 0.
        frame_num: i32 = frame_num;
        /// Wall-clock time, nanoseconds since 1970; 0: unknown.
        ntp_timestamp: u64 = ntp_timestamp;
        /// Source of the frame.
        source_id: u32 = source_id;
        /// Surfaces per frame; more than 1 behind a dewarper.
        num_surfaces_per_frame: i32 = num_surfaces_per_frame;
        /// Width before scaling by the muxer, pixels.
        source_frame_width: u32 = source_frame_width;
        /// Height before scaling by the muxer, pixels.
        source_frame_height: u32 = source_frame_height;
        /// Kind of surface, behind a dewarper.
        surface_type: u32 = surface_type;
        /// Index of the surface, behind a dewarper.
        surface_index: u32 = surface_index;
        /// Objects on the frame.
        num_obj_meta: u32 = num_obj_meta;
        /// Width that the muxer scaled to, pixels; 0: not set.
        pipeline_width: u32 = pipeline_width;
        /// Height that the muxer scaled to, pixels; 0: not set.
        pipeline_height: u32 = pipeline_height;
    }

    /// Presentation time of the source's buffer.
    #[must_use]
    pub fn buf_pts(&self) -> Option<gst::ClockTime> {
        // Cannot panic: the one value that is no time, all ones, is taken out.
        Some(load!(self.buf_pts)).filter(|&ns| ns != u64::MAX).map(gst::ClockTime::from_nseconds)
    }

    /// A primary detector has looked at the frame.
    #[must_use]
    pub fn infer_done(&self) -> bool {
        load!(self.bInferDone) != 0
    }

    /// One of the four numbers that are free for applications (`misc_frame_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        (index < MAX_USER_FIELDS).then(|| load!(self.misc_frame_info[index]))
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

    /// Marks the frame as seen by a primary detector.
    pub fn set_infer_done(&self, done: bool) {
        store!(self.bInferDone, i32::from(done));
    }

    /// Sets the index of the frame's surface.
    pub fn set_batch_id(&self, batch_id: u32) {
        store!(self.batch_id, batch_id);
    }

    /// Sets the size that the muxer scaled to, pixels.
    pub fn set_pipeline_size(&self, width: u32, height: u32) {
        store!(self.pipeline_width, width);
        store!(self.pipeline_height, height);
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        if index < MAX_USER_FIELDS {
            // SAFETY: a live frame, and an index within the array.
            unsafe {
                let first = (&raw mut (*self.raw.as_ptr()).misc_frame_info).cast::<i64>();
                super::raw::Scalar::store(first.add(index), value);
            }
        }
        index < MAX_USER_FIELDS
    }

    /// The objects, newest first.
    #[must_use]
    pub fn objects(&self) -> MetaIter<ObjectMeta<'b>> {
        // SAFETY: a live frame and its list of objects.
        unsafe { MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).obj_meta_list, self.generation) }
    }

    /// Adds an object as nvinfer does: its box becomes `rect_params` and `detector_bbox_info`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when a number of the box is not finite,
    /// its size is negative, or the parent is not of this batch.
    pub fn add_object(&self, init: &ObjectInit<'_>) -> Result<ObjectMeta<'b>> {
        init.check()?;
        // SAFETY: the frame is live.
        let lock = unsafe { Guard::of(self.raw) };
        let parent = match init.parent {
            Some(parent) if parent.owner() != lock.batch() => {
                return Err(Error::invalid(
                    "the parent is an object of another batch; take one of this batch",
                ));
            }
            Some(parent) => parent.as_ptr(),
            None => ptr::null_mut(),
        };
        // SAFETY: acquiring from a live batch never fails; the object is added to a frame of the same
        // batch under the lock.
        unsafe {
            let raw = (api().acquire_obj_meta)(lock.batch());
            let object = ObjectMeta::from_element(NonNull::new_unchecked(raw.cast()), self.generation);
            object.fill(init);
            (api().add_obj_meta_to_frame)(self.as_ptr(), raw, parent);
            Ok(object)
        }
    }

    /// Removes an object with all it holds; `false` when it is not on this frame, and while a
    /// [typed view](super::typed) of the batch is alive. Objects found in
    /// it lose their parent.
    pub fn remove_object(&self, object: ObjectMeta<'_>) -> bool {
        // SAFETY: the frame is live.
        let lock = unsafe { Guard::of(self.raw) };
        if is_viewed(lock.batch()) || !self.objects().any(|o| o.raw == object.raw) {
            return false;
        }
        for child in self.objects() {
            child.forget_parent(object);
        }
        // SAFETY: an object of this frame's list, changed under the lock.
        unsafe { (api().remove_obj_meta_from_frame)(self.as_ptr(), object.as_ptr()) };
        true
    }

    /// Keeps the objects for which `keep` says so and removes the others; says how many went.
    pub fn retain_objects(&self, mut keep: impl FnMut(ObjectMeta<'b>) -> bool) -> usize {
        self.objects().filter(|&object| !keep(object) && self.remove_object(object)).count()
    }

    /// The display metas, newest first.
    #[must_use]
    pub fn displays(&self) -> MetaIter<DisplayMeta<'b>> {
        // SAFETY: a live frame and its list of display metas.
        unsafe { MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).display_meta_list, self.generation) }
    }

    /// Adds what `scene` shows, in as many display metas as it takes (16 items of a kind in each),
    /// and says how many. Items are clipped to [`size`](Self::size); what lies outside is left out,
    /// as are circles whose centre is left of or above the frame, which C cannot express.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when a coordinate is not finite;
    /// nothing is added.
    pub fn add_display(&self, scene: &Scene) -> Result<usize> {
        display::add(*self, scene)
    }

    /// Removes a display meta; `false` when it is not on this frame.
    pub fn remove_display(&self, display: DisplayMeta<'_>) -> bool {
        // SAFETY: the frame is live.
        let _lock = unsafe { Guard::of(self.raw) };
        let found = self.displays().any(|d| d.raw == display.raw);
        if found {
            // SAFETY: a display meta of this frame's list, changed under the lock.
            unsafe { (api().remove_display_meta_from_frame)(self.as_ptr(), display.as_ptr()) };
        }
        found
    }

    /// Everything that the frame's display metas show: newest scene first, each in its own order.
    #[must_use]
    pub fn scene(&self) -> Scene {
        let mut all = Scene::default();
        self.displays().for_each(|display| all.extend(display.to_scene()));
        all
    }

    /// User metas, newest first.
    #[must_use]
    pub fn user_metas(&self) -> MetaIter<UserMeta<'b>> {
        // SAFETY: a live frame and its list of user metas.
        unsafe {
            MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).frame_user_meta_list, self.generation)
        }
    }

    /// Adds a value of your own; see [`UserMeta::payload`].
    pub fn add_user<T: Payload>(&self, name: &str, value: T) -> UserMeta<'b> {
        // SAFETY: the frame is live, and the new user meta is one of its batch's pool.
        unsafe {
            user::add(self.raw, self.generation, name, value, |_, user| {
                (api().add_user_meta_to_frame)(self.as_ptr(), user);
            })
        }
    }

    /// Removes a user meta and frees its payload; `false` when it is not on this frame, and while a
    /// [typed view](super::typed) of the batch is alive.
    pub fn remove_user(&self, user: UserMeta<'_>) -> bool {
        // SAFETY: the frame is live.
        let lock = unsafe { Guard::of(self.raw) };
        let found = !is_viewed(lock.batch()) && self.user_metas().any(|u| u.raw == user.raw);
        if found {
            // SAFETY: a user meta of this frame's list, changed under the lock.
            unsafe { (api().remove_user_meta_from_frame)(self.as_ptr(), user.as_ptr()) };
        }
        found
    }

    /// The batch of the frame.
    #[must_use]
    pub fn batch(&self) -> BatchMeta<'b> {
        // SAFETY: the header of a live frame names its live batch, whose generation is known.
        unsafe {
            let batch = (*self.raw.as_ptr()).base_meta.batch_meta;
            BatchMeta::from_element(NonNull::new_unchecked(batch.cast()), self.generation)
        }
    }

    pub(super) fn fill(&self, init: &FrameInit) {
        store!(self.pad_index, init.pad_index);
        store!(self.batch_id, init.batch_id);
        store!(self.frame_num, init.frame_num);
        store!(self.buf_pts, init.buf_pts.map_or(u64::MAX, gst::ClockTime::nseconds));
        store!(self.ntp_timestamp, init.ntp_timestamp);
        store!(self.source_id, init.source_id);
        store!(self.num_surfaces_per_frame, init.num_surfaces_per_frame);
        store!(self.source_frame_width, init.source_frame_width);
        store!(self.source_frame_height, init.source_frame_height);
        self.set_pipeline_size(init.pipeline_width, init.pipeline_height);
    }
}
