//! Instance masks of objects (`NvOSD_MaskParams`).

use std::mem::offset_of;
use std::ptr::NonNull;

use gst::glib::ffi;
use ndarray::ArrayView2;

use super::view::{View, bounded, broken, is_viewed, slice};
use crate::meta::{BatchMeta, MetaLock, ObjectMeta};
use crate::sys::*;
use crate::{Error, Result};

/// More rows or columns than there can be.
const MAX_EXTENT: usize = 1 << 14;

/// The mask of an object. The batch stays locked, and nothing can be removed from it, while this exists.
#[derive(Debug)]
pub struct Mask<'b> {
    _view: View<'b>,
    raw: NvOSD_MaskParams,
}

impl Mask<'_> {
    /// Scores, (height, width), over the object's box.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when width and height do not fit the size in bytes.
    pub fn scores(&self) -> Result<ArrayView2<'_, f32>> {
        let height = bounded(self.raw.height, MAX_EXTENT, "height of the mask")?;
        let width = bounded(self.raw.width, MAX_EXTENT, "width of the mask")?;
        let bytes = height * width * size_of::<f32>();
        if bytes > self.raw.size as usize {
            return Err(broken(format!(
                "the mask has {} bytes, but {height} x {width} scores",
                self.raw.size
            )));
        }
        // SAFETY: as many scores as the size says there are, owned by the object.
        let values = unsafe { slice(self.raw.data.cast_const(), height * width, "mask_params.data") }?;
        ArrayView2::from_shape((height, width), values).map_err(|e| broken(format!("mask: {e}")))
    }

    /// Scores above it belong to the object.
    #[must_use]
    pub fn threshold(&self) -> f32 {
        self.raw.threshold
    }
}

impl<'b> ObjectMeta<'b> {
    /// The mask of an instance segmentation; `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Library`](crate::ErrorKind::Library) when no runtime can be had.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// # let object = frame.add_object(&ObjectInit::default())?;
    /// object.set_mask(ndarray::arr2(&[[0.1, 0.9], [0.8, 0.2]]).view(), 0.5)?;
    /// let mask = object.mask()?.unwrap();
    /// let inside = mask.scores()?.iter().filter(|&&score| score > mask.threshold()).count();
    /// assert_eq!(inside, 2);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn mask(&self) -> Result<Option<Mask<'b>>> {
        let (batch, lock) = self.locked()?;
        // SAFETY: a live object, and the struct's offset in this generation; it does not change under the lock.
        let raw = unsafe { self.mask_params().read() };
        let Some(data) = NonNull::new(raw.data).filter(|_| raw.size > 0) else { return Ok(None) };
        let view = View::of_element(batch, lock, self.generation(), data.cast());
        Ok(Some(Mask { _view: view, raw }))
    }

    /// Gives the object a mask of scores, (height, width), over its box.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a mask without pixels, one of more than
    /// 16384 rows or columns, and while a view of the batch is alive.
    pub fn set_mask(&self, scores: ArrayView2<'_, f32>, threshold: f32) -> Result<()> {
        let (height, width) = scores.dim();
        if scores.is_empty() || height > MAX_EXTENT || width > MAX_EXTENT {
            return Err(Error::invalid(format!(
                "the mask has {height} x {width} scores, it must have 1 to {MAX_EXTENT} of each"
            )));
        }
        let size = scores.len() * size_of::<f32>();
        let (_batch, _lock) = self.free_for_change()?;
        // SAFETY: g_malloc gives `size` aligned bytes or ends the process. The old scores came from GLib's allocator,
        // as the headers ask, and nobody looks at them.
        unsafe {
            let data: *mut f32 = ffi::g_malloc(size).cast();
            scores.iter().enumerate().for_each(|(i, &score)| data.add(i).write(score));
            let new = NvOSD_MaskParams {
                data,
                size: size as u32,
                threshold,
                width: width as u32,
                height: height as u32,
            };
            let old = self.mask_params().replace(new);
            ffi::g_free(old.data.cast());
        }
        Ok(())
    }

    /// Takes the object's mask away.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) while a view of the batch is alive.
    pub fn clear_mask(&self) -> Result<()> {
        let (_batch, _lock) = self.free_for_change()?;
        // SAFETY: as in `set_mask`; all zeros is no mask.
        unsafe {
            let old = self.mask_params().replace(std::mem::zeroed());
            ffi::g_free(old.data.cast());
        }
        Ok(())
    }

    fn free_for_change(&self) -> Result<(*mut NvDsBatchMeta, MetaLock<'b>)> {
        let (batch, lock) = self.locked()?;
        if is_viewed(batch) {
            return Err(Error::invalid(
                "the mask is changed while a view of the batch is alive; drop the view first",
            ));
        }
        Ok((batch, lock))
    }

    fn locked(&self) -> Result<(*mut NvDsBatchMeta, MetaLock<'b>)> {
        // SAFETY: the header of a live element names its live batch, which outlives the handle.
        unsafe {
            let batch = (*self.as_ptr()).base_meta.batch_meta;
            Ok((batch, BatchMeta::from_raw(batch)?.lock()))
        }
    }

    fn mask_params(&self) -> *mut NvOSD_MaskParams {
        const _: () = assert!(offset_of!(NvDsObjectMeta, base_meta) == 0);
        let offset = self.generation().object().mask_params;
        // SAFETY: the struct's offset in this generation.
        unsafe { self.as_ptr().cast::<u8>().add(offset).cast() }
    }
}
