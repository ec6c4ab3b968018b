//! A batch outside a buffer.

use std::ptr::{self, NonNull};

use super::batch::BatchMeta;
use super::iter::Handle as _;
use super::mend;
use super::raw::store;
use crate::runtime::{api, try_api};
use crate::sys::*;
use crate::{Error, ErrorKind, Result};

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
    /// function stay behind. Parents, classifier types and the size after the muxer, which DeepStream
    /// 9.0 drops, are kept.
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
        let _source = batch.lock();
        // SAFETY: a live batch.
        let raw = unsafe { (api().batch_meta_copy)(batch.as_ptr().cast(), ptr::null_mut()) };
        // SAFETY: a fresh batch that nobody else knows.
        let copy = unsafe { Self::from_raw(raw.cast()) }?;
        mend::batch(batch, copy.as_batch());
        Ok(copy)
    }

    /// The batch, to fill and to read.
    #[must_use]
    pub fn as_batch(&self) -> BatchMeta<'_> {
        // SAFETY: a live batch of this generation; batches have no stamp.
        unsafe { BatchMeta::with_stamp(self.raw.cast(), self.generation, 0) }
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
