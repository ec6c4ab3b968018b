//! Regions of nvdspreprocess, and the tensors it makes of them.

use std::ffi::c_void;
use std::ptr::NonNull;

use gst::glib::ffi::GList;

use super::view::{View, bounded, broken, check, slice};
use crate::Result;
use crate::meta::iter::Handle;
use crate::meta::{BBox, ClassifierMeta, ObjectMeta, UserMeta};
use crate::sys::*;

/// More regions, list nodes or bytes of a name than there can be.
const MAX_ENTRIES: usize = 1 << 16;

/// A region (`NvDsRoiMeta`). Its classifiers and user metas are those of the batch.
#[derive(Debug, Clone, Copy)]
pub struct RoiMeta<'v> {
    raw: NonNull<u8>,
    generation: MetaGeneration,
    versions: VersionRange,
    borrow: std::marker::PhantomData<&'v ()>,
}

impl<'v> RoiMeta<'v> {
    /// # Safety
    /// `raw` is a live region of this generation for `'v`.
    unsafe fn new(raw: NonNull<u8>, view: &'v View<'_>) -> Self {
        Self { raw, generation: view.generation, versions: view.versions, borrow: std::marker::PhantomData }
    }

    fn read<T: Copy>(&self, field: &str) -> Result<T> {
        let offset = ROI_META.offset(self.versions, field)?;
        let offset = offset.ok_or_else(|| broken(format!("NvDsRoiMeta has no {field}")))?;
        // SAFETY: a live region with this field at this offset.
        Ok(unsafe { self.raw.add(offset).cast::<T>().read() })
    }

    /// The region, pixels of the frame.
    #[must_use]
    pub fn bbox(&self) -> BBox {
        // SAFETY: a live region; the box comes first in every version.
        let rect = unsafe { self.raw.cast::<NvOSD_RectParams>().read() };
        BBox { left: rect.left, top: rect.top, width: rect.width, height: rect.height }
    }

    /// Corners of a region that is no box; entries past those in use are 0.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the version is not known well enough; so for all that follow.
    pub fn polygon(&self) -> Result<[[u32; 2]; DS_MAX_POLYGON_POINTS]> {
        self.read("roi_polygon")
    }

    /// Scale from the region to the network, horizontally and vertically.
    ///
    /// # Errors
    /// As [`polygon`](Self::polygon).
    pub fn scale_ratio(&self) -> Result<(f64, f64)> {
        Ok((self.read("scale_ratio_x")?, self.read("scale_ratio_y")?))
    }

    /// Padding left of and above the picture in the network's input, pixels.
    ///
    /// # Errors
    /// As [`polygon`](Self::polygon).
    pub fn offset(&self) -> Result<(f64, f64)> {
        Ok((self.read("offset_left")?, self.read("offset_top")?))
    }

    /// Results of classifiers, newest first.
    ///
    /// # Errors
    /// As [`polygon`](Self::polygon), and for a list of more than 65536 entries.
    pub fn classifiers(&self) -> Result<Vec<ClassifierMeta<'v>>> {
        // SAFETY: a list of classifiers of the same batch.
        unsafe { self.handles(self.read("classifier_meta_list")?) }
    }

    /// User metas, newest first.
    ///
    /// # Errors
    /// As [`classifiers`](Self::classifiers).
    pub fn user_metas(&self) -> Result<Vec<UserMeta<'v>>> {
        // SAFETY: a list of user metas of the same batch.
        unsafe { self.handles(self.read("roi_user_meta_list")?) }
    }

    /// The object that the region is of, where regions are objects; since 6.2.
    ///
    /// # Errors
    /// As [`polygon`](Self::polygon).
    pub fn object(&self) -> Result<Option<ObjectMeta<'v>>> {
        let Some(offset) = ROI_META.offset(self.versions, "object_meta")? else { return Ok(None) };
        // SAFETY: NULL, or an object of the same batch, whose pool keeps it.
        unsafe {
            let object = self.raw.add(offset).cast::<*mut c_void>().read();
            Ok(NonNull::new(object).map(|o| ObjectMeta::from_element(o, self.generation)))
        }
    }

    /// # Safety
    /// A list of elements of this kind, of the batch that is locked.
    unsafe fn handles<H: Handle>(&self, mut list: *mut GList) -> Result<Vec<H>> {
        let mut all = Vec::new();
        while !list.is_null() {
            if all.len() == MAX_ENTRIES {
                return Err(broken(format!(
                    "a list of a region has more than {MAX_ENTRIES} entries, or is a circle"
                )));
            }
            // SAFETY: a node of a list that does not change under the lock.
            let node = unsafe { list.read() };
            // SAFETY: an element of this kind, by the caller's word.
            all.extend(NonNull::new(node.data).map(|e| unsafe { H::from_element(e, self.generation) }));
            list = node.next;
        }
        Ok(all)
    }
}

/// A region as a user meta (`NVDS_ROI_META`, since 7.1). The batch stays locked, and nothing can be removed from it,
/// while this exists.
#[derive(Debug)]
pub struct RoiUserMeta<'b> {
    view: View<'b>,
}

impl<'b> RoiUserMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        Ok(View::of(user, UserMetaKind::Roi)?.map(|view| Self { view }))
    }

    /// The region.
    #[must_use]
    pub fn roi(&self) -> RoiMeta<'_> {
        // SAFETY: payloads of this type are a region, which lives as long as the view.
        unsafe { RoiMeta::new(self.view.data().cast(), &self.view) }
    }
}

/// The tensor that nvdspreprocess made of its regions.
#[derive(Debug, Clone, PartialEq)]
pub struct PreprocessTensor {
    /// Name of the network's input layer.
    pub name: String,
    /// Shape, batch first.
    pub shape: Vec<i32>,
    /// Number of the type in `NvDsDataType`; see [`moved_value`](crate::sys::moved_value).
    pub data_type: u32,
    /// Address in device memory.
    pub device_ptr: *const c_void,
    /// Bytes there.
    pub size: u64,
    /// GPU.
    pub gpu_id: u32,
}

/// `GstNvDsPreProcessBatchMeta` (`NVDS_PREPROCESS_BATCH_META`): regions of a batch and their tensor. The batch stays
/// locked, and nothing can be removed from it, while this exists.
///
/// The struct holds C++ vectors and a C++ string, which are read as GNU libstdc++ lays them out; see
/// [`StdVector`](crate::sys::StdVector).
#[derive(Debug)]
pub struct PreprocessBatchMeta<'b> {
    view: View<'b>,
    raw: GstNvDsPreProcessBatchMeta,
}

impl<'b> PreprocessBatchMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::PreprocessBatch)? else { return Ok(None) };
        // SAFETY: payloads of this type are this struct in every version.
        let raw = unsafe { view.read() };
        Ok(Some(Self { view, raw }))
    }

    /// `gie-unique-id`s that the tensor is for.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the vector cannot be one.
    pub fn target_unique_ids(&self) -> Result<Vec<u64>> {
        // SAFETY: a vector of guint64.
        unsafe { values(&self.raw.target_unique_ids, "target_unique_ids") }
    }

    /// The regions.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the vector cannot be one, and when the version is not known: a
    /// region has 232 bytes up to 6.1, 240 up to 8.0, and 248 later.
    pub fn rois(&self) -> Result<Vec<RoiMeta<'_>>> {
        let stride = ROI_META.size(self.view.versions)?;
        let count = length(&self.raw.roi_vector, stride, "roi_vector")?;
        check(self.raw.roi_vector.begin, count, stride, 8, "roi_vector")?;
        let first = self.raw.roi_vector.begin.cast::<u8>();
        // SAFETY: as many regions as the vector has at this stride, live as long as the payload.
        let roi = |i: usize| unsafe {
            NonNull::new(first.add(i * stride)).map(|raw| RoiMeta::new(raw, &self.view))
        };
        Ok((0..count).filter_map(roi).collect())
    }

    /// The tensor; `None` where there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when its vector or string cannot be one.
    pub fn tensor(&self) -> Result<Option<PreprocessTensor>> {
        // SAFETY: NULL, or a tensor whose prefix is the same in every version. It is read where it is, since a short
        // string points into itself.
        let Some(raw) = (unsafe { self.raw.tensor_meta.as_ref() }) else { return Ok(None) };
        let length = bounded(raw.tensor_name.length as u64, MAX_ENTRIES, "length of the tensor's name")?;
        // SAFETY: as many characters as the string has.
        let name = unsafe { slice(raw.tensor_name.data.cast::<u8>().cast_const(), length, "tensor_name") }?;
        Ok(Some(PreprocessTensor {
            name: String::from_utf8_lossy(name).into_owned(),
            // SAFETY: a vector of int.
            shape: unsafe { values(&raw.tensor_shape, "tensor_shape") }?,
            data_type: raw.data_type,
            device_ptr: raw.raw_tensor_buffer,
            size: raw.buffer_size,
            gpu_id: raw.gpu_id,
        }))
    }
}

/// Elements of a vector, from its two pointers.
fn length(vector: &StdVector, stride: usize, what: &str) -> Result<usize> {
    let bytes = vector.end.addr().checked_sub(vector.begin.addr());
    let bytes = bytes.filter(|b| b % stride == 0).ok_or_else(|| {
        broken(format!(
            "{what} goes from {:p} to {:p}, which is no vector of {stride} bytes each",
            vector.begin, vector.end
        ))
    })?;
    bounded((bytes / stride) as u64, MAX_ENTRIES, what)
}

/// # Safety
/// A vector of `T`, all bit patterns of which are values.
unsafe fn values<T: Copy>(vector: &StdVector, what: &str) -> Result<Vec<T>> {
    let count = length(vector, size_of::<T>(), what)?;
    // SAFETY: as many values as the vector has.
    Ok(unsafe { slice(vector.begin.cast::<T>().cast_const(), count, what) }?.to_vec())
}
