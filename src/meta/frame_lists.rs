//! What hangs on a frame: objects, display metas, user metas.

use std::ptr;

use super::display::{self, DisplayMeta};
use super::frame::FrameMeta;
use super::init::ObjectInit;
use super::iter::MetaIter;
use super::lock::Guard;
use super::object::ObjectMeta;
use super::retire::{self, acquired, expect_live};
use super::scene::Scene;
use super::user::UserMeta;
use crate::runtime::api;
use crate::{Error, Result};

impl<'b> FrameMeta<'b> {
    /// The objects, newest first.
    #[must_use]
    #[inline]
    pub fn objects(&self) -> MetaIter<ObjectMeta<'b>> {
        // SAFETY: a live frame and its list of objects.
        unsafe {
            let head = &raw mut (*self.raw.as_ptr()).obj_meta_list;
            MetaIter::new(self.raw, head, self.generation, || self.is_live())
        }
    }

    /// Adds an object as nvinfer does: its box becomes `rect_params` and `detector_bbox_info`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when a number of the box is not finite,
    /// its size is negative, the parent is not on this frame, or the frame was removed.
    pub fn add_object(&self, init: &ObjectInit<'_>) -> Result<ObjectMeta<'b>> {
        init.check()?;
        // SAFETY: the frame is live.
        let lock = unsafe { Guard::of(self.raw) };
        expect_live(self.is_live(), "frame")?;
        let parent = match init.parent {
            Some(parent) => self.expect_object(parent, "parent")?.as_ptr(),
            None => ptr::null_mut(),
        };
        // SAFETY: acquired from a live batch, and added to a frame of it under the lock.
        unsafe {
            let raw = (api().acquire_obj_meta)(lock.batch());
            let object: ObjectMeta<'b> = acquired(raw, self.generation);
            object.fill(init);
            (api().add_obj_meta_to_frame)(self.as_ptr(), raw, parent);
            Ok(object)
        }
    }

    /// Removes an object with all it holds; `false` when it is not on this frame (any more), and while a [typed view](super::typed) of the batch is alive. Objects
    /// found in it lose their parent.
    pub fn remove_object(&self, object: ObjectMeta<'_>) -> bool {
        // SAFETY: an object of this frame's list goes, under the lock.
        unsafe {
            retire::remove(
                self.raw,
                || self.objects(),
                object,
                || {
                    self.objects().for_each(|child| child.forget_parent(object));
                    (api().remove_obj_meta_from_frame)(self.as_ptr(), object.as_ptr());
                },
            )
        }
    }

    /// Removes all objects; says how many there were.
    pub fn clear_objects(&self) -> usize {
        // SAFETY: objects of this frame's list go, under the lock.
        unsafe {
            retire::clear(
                self.raw,
                || self.objects(),
                |object| {
                    (api().remove_obj_meta_from_frame)(self.as_ptr(), object.as_ptr());
                },
            )
        }
    }

    /// Keeps the objects for which `keep` says so and removes the others; says how many went.
    pub fn retain_objects<F: FnMut(ObjectMeta<'b>) -> bool>(&self, mut keep: F) -> usize {
        self.objects().filter(|&object| !keep(object) && self.remove_object(object)).count()
    }

    /// The display metas, newest first.
    #[must_use]
    pub fn displays(&self) -> MetaIter<DisplayMeta<'b>> {
        // SAFETY: a live frame and its list of display metas.
        unsafe {
            let head = &raw mut (*self.raw.as_ptr()).display_meta_list;
            MetaIter::new(self.raw, head, self.generation, || self.is_live())
        }
    }

    /// Adds what `scene` shows, in as many display metas as it takes (16 items of a kind in each),
    /// and says how many. Items are clipped to [`size`](Self::size); what lies outside is left out,
    /// as are circles whose centre is left of or above the frame, which C cannot express.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when a coordinate is not finite, or the
    /// frame was removed; nothing is added.
    pub fn add_display(&self, scene: &Scene) -> Result<usize> {
        display::add(*self, scene)
    }

    /// Removes a display meta; `false` when it is not on this frame (any more), and while a [typed view](super::typed) of the batch is alive.
    pub fn remove_display(&self, display: DisplayMeta<'_>) -> bool {
        // SAFETY: a display meta of this frame's list goes, under the lock.
        unsafe {
            retire::remove(
                self.raw,
                || self.displays(),
                display,
                || {
                    (api().remove_display_meta_from_frame)(self.as_ptr(), display.as_ptr());
                },
            )
        }
    }

    /// Removes all display metas; says how many there were. (DeepStream 9.0's own
    /// `nvds_clear_display_meta_list` loses them to the batch's object pool, and is not used.)
    pub fn clear_displays(&self) -> usize {
        // SAFETY: display metas of this frame's list go, under the lock.
        unsafe {
            retire::clear(
                self.raw,
                || self.displays(),
                |display| {
                    (api().remove_display_meta_from_frame)(self.as_ptr(), display.as_ptr());
                },
            )
        }
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
            let head = &raw mut (*self.raw.as_ptr()).frame_user_meta_list;
            MetaIter::new(self.raw, head, self.generation, || self.is_live())
        }
    }

    /// `object` as one of this frame's.
    pub(super) fn expect_object(&self, object: ObjectMeta<'_>, what: &str) -> Result<ObjectMeta<'b>> {
        let own = self.objects().find(|&o| o == object);
        own.ok_or_else(|| {
            let where_it_is = if !object.is_live() {
                "was removed"
            } else if object.owner() != self.batch().as_ptr() {
                "is an object of another batch"
            } else {
                "is not on this frame"
            };
            Error::invalid(format!("the {what} {where_it_is}; take an object of this frame"))
        })
    }
}
