//! A batch: the root of the metadata, and the lock of everything in it.

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use super::frame::{FrameInit, FrameMeta};
use super::iter::{Handle, MetaIter};
use super::raw::{Guard, load, store};
use super::typed::is_viewed;
use super::user::{self, Payload, UserMeta};
use crate::runtime::{api, try_api};
use crate::sys::*;
use crate::{Error, ErrorKind, Result};

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
    /// [`ErrorKind::InvalidArgument`] for NULL, [`ErrorKind::Abi`] when its pools do not have the
    /// sizes of a known DeepStream version, [`ErrorKind::Library`] when no runtime can be had.
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
        Ok(Self { raw, generation, borrow: PhantomData })
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

    /// Takes the batch's lock.
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
        unsafe { MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).frame_meta_list, self.generation) }
    }

    /// The frame whose surface has index `batch_id`.
    #[must_use]
    pub fn frame(&self, batch_id: u32) -> Option<FrameMeta<'b>> {
        self.frames().find(|frame| frame.batch_id() == batch_id)
    }

    /// Adds a frame at the end.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] when another frame of the batch has the same `batch_id`.
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
    /// replaced. Its lists come out reversed; user metas without a copy function stay behind.
    #[must_use]
    pub fn add_copy_of(&self, frame: FrameMeta<'_>, batch_id: u32) -> FrameMeta<'b> {
        let copy = self.acquire_frame();
        // SAFETY: two live frames, and the copy belongs to nobody else yet. The source is read under
        // its own lock.
        unsafe {
            let _source = Guard::of(frame.raw);
            (api().copy_frame_meta)(frame.as_ptr(), copy.as_ptr());
        }
        // The real library drops these two.
        copy.set_pipeline_size(frame.pipeline_width(), frame.pipeline_height());
        copy.set_batch_id(batch_id);
        self.append(copy);
        copy
    }

    /// Removes a frame with all it holds; `false` when it is not in this batch, and while a
    /// [typed view](super::typed) of it is alive.
    pub fn remove_frame(&self, frame: FrameMeta<'_>) -> bool {
        let _lock = self.lock();
        let found = !is_viewed(self.as_ptr()) && self.frames().any(|f| f.raw == frame.raw);
        if found {
            // SAFETY: a frame of this batch's list, changed under the lock.
            unsafe { (api().remove_frame_meta_from_batch)(self.as_ptr(), frame.as_ptr()) };
        }
        found
    }

    /// User metas of the batch, in the order they were added.
    #[must_use]
    pub fn user_metas(&self) -> MetaIter<UserMeta<'b>> {
        // SAFETY: a live batch and its list of user metas.
        unsafe {
            MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).batch_user_meta_list, self.generation)
        }
    }

    /// Adds a value of your own; see [`UserMeta::payload`].
    pub fn add_user<T: Payload>(&self, name: &str, value: T) -> UserMeta<'b> {
        // SAFETY: the batch is live, and the new user meta is one of its pool.
        unsafe {
            user::add(self.raw, self.generation, name, value, |batch, user| {
                (api().add_user_meta_to_batch)(batch, user);
            })
        }
    }

    /// One of the four numbers that are free for applications (`misc_batch_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        (index < MAX_USER_FIELDS).then(|| load!(self.misc_batch_info[index]))
    }

    fn acquire_frame(&self) -> FrameMeta<'b> {
        // SAFETY: acquiring from a live batch never fails, and the element lives as long as the batch.
        unsafe {
            let raw = (api().acquire_frame_meta)(self.as_ptr());
            FrameMeta::from_element(NonNull::new_unchecked(raw.cast()), self.generation)
        }
    }

    fn append(&self, frame: FrameMeta<'_>) {
        let _lock = self.lock();
        // SAFETY: a frame of this batch's pool that is in no list yet, added under the lock.
        unsafe { (api().add_frame_meta_to_batch)(self.as_ptr(), frame.as_ptr()) };
    }
}

/// A batch that no buffer carries yet. Dropping it frees it; [`OwnedBatchMeta::attach`] gives it to
/// a buffer.
#[derive(Debug)]
pub struct OwnedBatchMeta {
    raw: NonNull<NvDsBatchMeta>,
    generation: MetaGeneration,
}

// SAFETY: nobody else knows the batch, and neither runtime ties it to the thread that made it.
unsafe impl Send for OwnedBatchMeta {}

impl OwnedBatchMeta {
    /// An empty batch for `max_frames` frames, from the process's runtime.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] when `max_frames` is 0 (nothing could be acquired from the real
    /// library's pools), [`ErrorKind::Library`] when no runtime can be had.
    pub fn new(max_frames: u32) -> Result<Self> {
        if max_frames == 0 {
            return Err(Error::invalid("max_frames is 0, a batch holds at least one frame"));
        }
        // SAFETY: any positive size is allowed.
        let raw = unsafe { (try_api()?.create_batch_meta)(max_frames) };
        // SAFETY: a fresh batch that nobody else knows.
        let batch = unsafe { Self::from_raw(raw) }?;
        // The library leaves it 0, and then cannot copy the batch.
        let view = batch.as_batch();
        store!(view.max_frames_in_batch, max_frames);
        Ok(batch)
    }

    /// Takes over a batch.
    ///
    /// # Errors
    /// As [`BatchMeta::from_raw`].
    ///
    /// # Safety
    /// `raw` is NULL or a live batch that nobody else owns or uses.
    pub unsafe fn from_raw(raw: *mut NvDsBatchMeta) -> Result<Self> {
        // SAFETY: live by the caller's word.
        let batch = unsafe { BatchMeta::from_raw(raw) }?;
        Ok(Self { raw: batch.raw, generation: batch.generation })
    }

    /// A deep copy of a batch. Lists below it come out reversed, and user metas without a copy
    /// function stay behind.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] when the batch says it was made for 0 frames but has some:
    /// DeepStream 9.0 crashes on that.
    pub fn copy_of(batch: BatchMeta<'_>) -> Result<Self> {
        if batch.max_frames() == 0 && batch.num_frames() > 0 {
            return Err(Error::invalid(
                "max_frames_in_batch of the batch is 0 although it has frames; its maker must set it",
            ));
        }
        // SAFETY: a live batch.
        let raw = unsafe { (api().batch_meta_copy)(batch.as_ptr().cast(), ptr::null_mut()) };
        // SAFETY: a fresh batch that nobody else knows.
        unsafe { Self::from_raw(raw.cast()) }
    }

    /// The batch, to fill and to read.
    #[must_use]
    pub fn as_batch(&self) -> BatchMeta<'_> {
        BatchMeta { raw: self.raw, generation: self.generation, borrow: PhantomData }
    }

    /// Gives the batch to a buffer, which frees it and copies it along from then on.
    ///
    /// # Errors
    /// [`ErrorKind::Pipeline`] when GStreamer refuses the meta; the batch is freed.
    pub fn attach(self, buffer: &mut gst::BufferRef) -> Result<()> {
        let api = api();
        let (copy, release) = (Some(api.batch_meta_copy), Some(api.batch_meta_release));
        // SAFETY: a writable buffer, a batch that nobody else owns, and the callbacks of batches.
        let meta = unsafe {
            (api.buffer_add_nvds_meta)(
                buffer.as_mut_ptr(),
                self.raw.as_ptr().cast(),
                ptr::null_mut(),
                copy,
                release,
            )
        };
        if meta.is_null() {
            return Err(Error::new(ErrorKind::Pipeline, "the buffer did not take the batch metadata"));
        }
        std::mem::forget(self);
        // SAFETY: a fresh meta of the buffer; the library leaves these three to its caller.
        unsafe {
            (*meta).meta_type = NVDS_BATCH_GST_META;
            (*meta).gst_to_nvds_meta_transform_func = None;
            (*meta).gst_to_nvds_meta_release_func = None;
        }
        Ok(())
    }
}

impl Drop for OwnedBatchMeta {
    fn drop(&mut self) {
        // SAFETY: owned, and no handle outlives the borrow.
        unsafe { (api().destroy_batch_meta)(self.raw.as_ptr()) };
    }
}
