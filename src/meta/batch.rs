//! A batch: the root of the metadata, and the lock of everything in it.

use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::NonNull;

use super::frame::FrameMeta;
use super::init::FrameInit;
use super::iter::{Handle, MetaIter};
use super::lock::Guard;
use super::mend;
use super::raw::{Words, field, load};
use super::retire::{self, acquired};
use super::user::UserMeta;
use crate::runtime::{api, try_api};
use crate::sys::*;
use crate::{Error, Result};

super::iter::handle! {
    /// `NvDsBatchMeta`: the frames that travel in one buffer.
    BatchMeta(NvDsBatchMeta)
}

/// The batch's lock; nobody else changes lists or strings of the batch until it is dropped. The
/// thread that has it may take it again.
#[must_use = "the lock is released when this is dropped"]
pub struct MetaLock<'b> {
    _guard: Guard,
    borrow: PhantomData<&'b ()>,
}

impl<'b> BatchMeta<'b> {
    /// The batch at `raw`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for NULL, [`Abi`](crate::ErrorKind::Abi) when its pools do not have the
    /// sizes of a known DeepStream version, [`Library`](crate::ErrorKind::Library) when no runtime can be had.
    ///
    /// # Safety
    /// - `raw` is NULL or points to a `NvDsBatchMeta` that lives at least as long as `'b`.
    /// - Code that does not use this crate changes it from other threads under its lock only.
    pub unsafe fn from_raw(raw: *mut NvDsBatchMeta) -> Result<Self> {
        try_api()?;
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::invalid("the batch metadata pointer is NULL"));
        };
        // SAFETY: live by the caller's word.
        let generation = unsafe { MetaGeneration::of_batch(raw.as_ptr()) }?;
        // SAFETY: a live batch of this generation; batches have no stamp.
        Ok(unsafe { Self::with_stamp(raw.cast(), generation, 0) })
    }

    /// The batch that a buffer carries, or `None` when it carries none (it has not been through a
    /// muxer, or an element that changes pixels has dropped it).
    ///
    /// # Errors
    /// As [`BatchMeta::from_raw`].
    pub fn from_buffer(buffer: &'b gst::BufferRef) -> Result<Option<Self>> {
        // SAFETY: the buffer is live, and the call only reads it.
        let raw = unsafe { (try_api()?.buffer_get_nvds_batch_meta)(buffer.as_ptr().cast_mut()) };
        if raw.is_null() {
            return Ok(None);
        }
        // SAFETY: the buffer owns the batch and is borrowed for 'b, so the meta cannot be removed.
        unsafe { Self::from_raw(raw) }.map(Some)
    }

    /// Takes the batch's lock, for a group of changes that other threads must see whole, or for a long
    /// walk: what is read and written under it needs no lock of its own, which makes it faster.
    pub fn lock(&self) -> MetaLock<'b> {
        // SAFETY: the batch is live for 'b, and the guard does not outlive it.
        MetaLock { _guard: unsafe { Guard::of(self.raw) }, borrow: PhantomData }
    }

    /// Frames that the batch was made for.
    #[must_use]
    pub fn max_frames(&self) -> u32 {
        load!(self.max_frames_in_batch)
    }

    /// Frames in the batch.
    #[must_use]
    pub fn num_frames(&self) -> u32 {
        load!(self.num_frames_in_batch)
    }

    /// The frames, in the order they were added, which is that of their surfaces.
    #[must_use]
    pub fn frames(&self) -> MetaIter<FrameMeta<'b>> {
        // SAFETY: a live batch and its list of frames.
        unsafe {
            let head = &raw mut (*self.raw.as_ptr()).frame_meta_list;
            MetaIter::new(self.raw, head, self.generation, || true)
        }
    }

    /// The frame whose surface has index `batch_id`.
    #[must_use]
    pub fn frame(&self, batch_id: u32) -> Option<FrameMeta<'b>> {
        self.frames().find(|frame| frame.batch_id() == batch_id)
    }

    /// Adds a frame at the end.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when another frame of the batch has the same `batch_id`.
    pub fn add_frame(&self, init: &FrameInit) -> Result<FrameMeta<'b>> {
        let lock = self.lock();
        if self.frame(init.batch_id).is_some() {
            return Err(Error::invalid(format!(
                "the batch already has a frame with batch_id {}; each frame needs the index of its own surface",
                init.batch_id
            )));
        }
        let frame = self.acquire_frame();
        frame.fill(init);
        self.append(frame);
        drop(lock);
        Ok(frame)
    }

    /// Adds a deep copy of a frame, of this or another batch, at the end, with its `batch_id`
    /// replaced. Its lists come out reversed; user metas without a copy function stay behind. Parents,
    /// classifier types and the size after the muxer, which DeepStream 9.0 drops, are kept.
    #[must_use]
    pub fn add_copy_of(&self, frame: FrameMeta<'_>, batch_id: u32) -> FrameMeta<'b> {
        let copy = self.acquire_frame();
        // SAFETY: two live frames, and the copy belongs to nobody else yet. The source is read under
        // its own lock.
        unsafe {
            let _source = Guard::of(frame.raw);
            (api().copy_frame_meta)(frame.as_ptr(), copy.as_ptr());
            mend::frame(frame, copy);
        }
        copy.set_batch_id(batch_id);
        self.append(copy);
        copy
    }

    /// Removes a frame with all it holds; `false` when it is not in this batch (any more), and while a [typed view](super::typed) of the batch is alive.
    pub fn remove_frame(&self, frame: FrameMeta<'_>) -> bool {
        // SAFETY: a frame of this batch's list goes, under the lock.
        unsafe {
            retire::remove(
                self.raw,
                || self.frames(),
                frame,
                || {
                    (api().remove_frame_meta_from_batch)(self.as_ptr(), frame.as_ptr());
                },
            )
        }
    }

    /// Removes all frames with all they hold; says how many there were.
    pub fn clear_frames(&self) -> usize {
        // SAFETY: frames of this batch's list go, under the lock.
        unsafe {
            retire::clear(
                self.raw,
                || self.frames(),
                |frame| {
                    (api().remove_frame_meta_from_batch)(self.as_ptr(), frame.as_ptr());
                },
            )
        }
    }

    /// User metas of the batch, in the order they were added.
    #[must_use]
    pub fn user_metas(&self) -> MetaIter<UserMeta<'b>> {
        // SAFETY: a live batch and its list of user metas.
        unsafe {
            let head = &raw mut (*self.raw.as_ptr()).batch_user_meta_list;
            MetaIter::new(self.raw, head, self.generation, || true)
        }
    }

    /// One of the four numbers that are free for applications (`misc_batch_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        self.misc_words().load(index)
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        self.misc_words().store(index, value)
    }

    /// One of the four numbers that DeepStream's own components keep for themselves (`reserved`).
    #[must_use]
    pub fn reserved(&self, index: usize) -> Option<i64> {
        self.reserved_words().load(index)
    }

    /// Sets one of the four numbers that DeepStream's own components keep for themselves; `false` when
    /// there is none of that index.
    pub fn set_reserved(&self, index: usize, value: i64) -> bool {
        self.reserved_words().store(index, value)
    }

    pub(super) fn misc_words(&self) -> Words {
        // SAFETY: the array of a live batch.
        unsafe { Words::new(field(self.raw, offset_of!(NvDsBatchMeta, misc_batch_info))) }
    }

    pub(super) fn reserved_words(&self) -> Words {
        // SAFETY: the array of a live batch.
        unsafe { Words::new(field(self.raw, offset_of!(NvDsBatchMeta, reserved))) }
    }

    /// Batches are never removed from anything while a handle to them exists.
    pub(super) const fn is_live(&self) -> bool {
        true
    }

    pub(super) fn acquire_frame(&self) -> FrameMeta<'b> {
        // SAFETY: acquired from a live batch, which outlives the handle.
        unsafe { acquired((api().acquire_frame_meta)(self.as_ptr()), self.generation) }
    }

    pub(super) fn append(&self, frame: FrameMeta<'_>) {
        let _lock = self.lock();
        // SAFETY: a frame of this batch's pool that is in no list yet, added under the lock.
        unsafe { (api().add_frame_meta_to_batch)(self.as_ptr(), frame.as_ptr()) };
    }
}
