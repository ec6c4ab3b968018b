//! What hangs on an object: its family, classifiers, user metas.

use std::ptr::{self, NonNull};

use super::classifier::{self, ClassifierInit, ClassifierMeta};
use super::frame::FrameMeta;
use super::iter::{Handle, MetaIter};
use super::lock::Guard;
use super::object::ObjectMeta;
use super::raw::field;
use super::retire;
use super::user::UserMeta;
use crate::runtime::api;
use crate::{Error, Result};

impl<'b> ObjectMeta<'b> {
    /// The frame that the object is on; `None` once it is removed. Searches the batch.
    #[must_use]
    pub fn frame(&self) -> Option<FrameMeta<'b>> {
        // SAFETY: the owner of a live object is its live batch, of this generation.
        unsafe {
            let _lock = Guard::of(self.raw);
            let batch =
                super::BatchMeta::with_stamp(NonNull::new_unchecked(self.owner().cast()), self.generation, 0);
            batch.frames().find(|frame| frame.objects().any(|o| o == *self))
        }
    }

    /// The object that this one was found in.
    #[must_use]
    pub fn parent(&self) -> Option<ObjectMeta<'b>> {
        // SAFETY: NULL or an object of the same batch; elements live as long as their batch.
        unsafe {
            let _lock = Guard::of(self.raw);
            let parent = NonNull::new((*self.raw.as_ptr()).parent).filter(|_| self.is_live())?;
            Some(Self::from_element(parent.cast(), self.generation))
        }
    }

    /// The objects of the same frame that were found in this one, newest first. Searches the batch.
    pub fn children(&self) -> impl Iterator<Item = ObjectMeta<'b>> + use<'b> {
        let this = *self;
        let all = self.frame().map(|frame| frame.objects());
        all.into_iter().flatten().filter(move |object| object.parent() == Some(this))
    }

    /// Sets or drops the link to the object that this one was found in.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when one of the two was removed, when they
    /// are not on the same frame, or when this object would become its own ancestor.
    pub fn set_parent(&self, parent: Option<ObjectMeta<'_>>) -> Result<()> {
        // SAFETY: the object's batch is live.
        let _lock = unsafe { Guard::of(self.raw) };
        let frame = self.frame();
        retire::expect_live(frame.is_some(), "object")?;
        if let (Some(parent), Some(frame)) = (parent, frame) {
            let parent = frame.expect_object(parent, "parent")?;
            // Not more steps than objects: C code may have linked a circle.
            let ancestors = std::iter::successors(Some(parent), ObjectMeta::parent);
            if ancestors.take(frame.objects().len() + 1).any(|a| a == *self) {
                return Err(Error::invalid(
                    "the parent is the object itself or was found in it; an object cannot be its own ancestor",
                ));
            }
        }
        self.link_parent(parent);
        Ok(())
    }

    /// Results of classifiers, newest first.
    #[must_use]
    #[inline]
    pub fn classifiers(&self) -> MetaIter<ClassifierMeta<'b>> {
        let offset = self.generation.object().classifier_meta_list;
        // SAFETY: a live object, and the list's offset in this generation.
        unsafe { MetaIter::new(self.raw, field(self.raw, offset), self.generation, || self.is_live()) }
    }

    /// Adds the result of a classifier.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when the object was removed.
    pub fn add_classifier(&self, init: &ClassifierInit<'_>) -> Result<ClassifierMeta<'b>> {
        classifier::add(*self, init)
    }

    /// Removes the result of a classifier; `false` when it is not of this object (any more), and while a [typed view](super::typed) of the batch is alive.
    pub fn remove_classifier(&self, classifier: ClassifierMeta<'_>) -> bool {
        // SAFETY: a classifier of this object's list goes, under the lock.
        unsafe {
            retire::remove(
                self.raw,
                || self.classifiers(),
                classifier,
                || {
                    (api().remove_classifier_meta_from_obj)(self.as_ptr(), classifier.as_ptr());
                },
            )
        }
    }

    /// Removes the results of all classifiers; says how many there were.
    pub fn clear_classifiers(&self) -> usize {
        // SAFETY: classifiers of this object's list go, under the lock.
        unsafe {
            retire::clear(
                self.raw,
                || self.classifiers(),
                |classifier| {
                    (api().remove_classifier_meta_from_obj)(self.as_ptr(), classifier.as_ptr());
                },
            )
        }
    }

    /// User metas, newest first.
    #[must_use]
    pub fn user_metas(&self) -> MetaIter<UserMeta<'b>> {
        let offset = self.generation.object().obj_user_meta_list;
        // SAFETY: a live object, and the list's offset in this generation.
        unsafe { MetaIter::new(self.raw, field(self.raw, offset), self.generation, || self.is_live()) }
    }

    /// Writes the link to a parent that is known to be of the same frame.
    pub(super) fn link_parent(&self, parent: Option<ObjectMeta<'_>>) {
        // SAFETY: a live object, changed under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            (*self.raw.as_ptr()).parent = parent.map_or(ptr::null_mut(), |p| p.as_ptr());
        }
    }

    /// Drops the link to `parent`, if that is the parent.
    pub(super) fn forget_parent(&self, parent: ObjectMeta<'_>) {
        // SAFETY: a live object, changed under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if (*self.raw.as_ptr()).parent == parent.as_ptr() {
                (*self.raw.as_ptr()).parent = ptr::null_mut();
            }
        }
    }
}
