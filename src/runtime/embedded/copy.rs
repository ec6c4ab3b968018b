//! Deep copies of batches, frames and lists.
//!
//! As with the real library, lists below the batch come out reversed, payloads without a copy
//! function stay behind, `uContext` is dropped (but kept in user metas), and font names are shared.

use std::ffi::c_void;
use std::mem::{offset_of, size_of};
use std::ptr;

use gst::glib::ffi::GList;

use super::list::{elements, field, generation_of};
use super::pool::Lock;
use super::{batch, complain, copy_parts, element};
use crate::sys::*;

pub(super) const BASE: usize = size_of::<NvDsBaseMeta>();

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_batch_meta_copy_func"))]
pub(super) unsafe extern "C" fn batch_meta_copy(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    let src = data.cast::<NvDsBatchMeta>();
    if src.is_null() {
        complain("there is no batch to copy");
        return ptr::null_mut();
    }
    // SAFETY: a copy callback gets the live batch it was attached with; it is read under its lock,
    // and nobody else knows the new batch yet.
    unsafe {
        let _lock = Lock::new(src);
        let Some(generation) = generation_of(&raw const (*src).base_meta) else { return ptr::null_mut() };
        // Some makers leave max_frames_in_batch 0.
        let max = match (*src).max_frames_in_batch {
            0 => (*src).num_frames_in_batch,
            max => max,
        };
        let dst = batch::create_batch_meta(generation, max);
        batch_fields(src, dst);
        frame_list((*src).frame_meta_list, dst);
        users_to_batch((*src).batch_user_meta_list, dst);
        dst.cast()
    }
}

/// Copies what a batch has but its lists.
///
/// # Safety
/// Two live batches.
pub(super) unsafe fn batch_fields(src: *const NvDsBatchMeta, dst: *mut NvDsBatchMeta) {
    // SAFETY: by the caller's word.
    unsafe {
        (*dst).max_frames_in_batch = (*src).max_frames_in_batch;
        (*dst).misc_batch_info = (*src).misc_batch_info;
        (*dst).reserved = (*src).reserved;
    }
}

/// Adds copies of frames to a batch.
pub(super) unsafe extern "C" fn frame_list(list: *mut GList, dst: *mut NvDsBatchMeta) {
    // SAFETY: a live list of frames, a live batch.
    unsafe {
        for src in elements::<NvDsFrameMeta>(list) {
            let copy = element::acquire_frame(dst);
            frame(src, copy);
            batch::add_frame(dst, copy);
        }
    }
}

/// Copies a frame with all it holds into one acquired from another (or the same) batch.
pub(super) unsafe extern "C" fn frame(src: *mut NvDsFrameMeta, dst: *mut NvDsFrameMeta) {
    // SAFETY: two live frames; children are drawn from the destination's batch.
    unsafe {
        let Some((from, to)) = generations(&raw const (*src).base_meta, &raw const (*dst).base_meta) else {
            return;
        };
        bytes(src, dst, BASE, offset_of!(NvDsFrameMeta, num_obj_meta));
        (*dst).bInferDone = (*src).bInferDone;
        (*dst).misc_frame_info = (*src).misc_frame_info;
        (*dst).pipeline_width = (*src).pipeline_width;
        (*dst).pipeline_height = (*src).pipeline_height;
        if let (Some(a), Some(b)) = (from.frame().sensor_info, to.frame().sensor_info) {
            copy_parts::sensor_info(field(src, a), field(dst, b));
        }
        *field::<[i64; 4], _>(dst, to.frame().reserved) = *field(src, from.frame().reserved);
        object_list((*src).obj_meta_list, dst);
        display_list((*src).display_meta_list, dst);
        users_to_frame((*src).frame_user_meta_list, dst);
    }
}

/// Adds copies of objects to a frame; parents among them become parents among the copies.
pub(super) unsafe extern "C" fn object_list(list: *mut GList, dst: *mut NvDsFrameMeta) {
    // SAFETY: a live list of objects, a live frame.
    unsafe {
        let batch = (*dst).base_meta.batch_meta;
        // Usually no object has a parent, and a long list of them need not be searched.
        let objects = elements::<NvDsObjectMeta>(list);
        let copies: Vec<_> = objects.iter().map(|_| element::acquire_object(batch)).collect();
        for (&object, &copy) in objects.iter().zip(&copies) {
            copy_parts::object(object, copy);
            let parent = match (*object).parent {
                none if none.is_null() => None,
                // One of another frame has no counterpart here.
                some => objects.iter().position(|&o| o == some),
            };
            element::add_object(dst, copy, parent.map_or(ptr::null_mut(), |i| copies[i]));
        }
    }
}

/// Adds copies of display metas to a frame.
pub(super) unsafe extern "C" fn display_list(list: *mut GList, dst: *mut NvDsFrameMeta) {
    // SAFETY: a live list of display metas, a live frame.
    unsafe {
        for src in elements::<NvDsDisplayMeta>(list) {
            let copy = element::acquire_display((*dst).base_meta.batch_meta);
            copy_parts::display(src, copy);
            element::add_display(dst, copy);
        }
    }
}

pub(super) unsafe extern "C" fn users_to_batch(list: *mut GList, dst: *mut NvDsBatchMeta) {
    // SAFETY: a live list of user metas, a live batch; so below.
    unsafe { users(list, dst, |user| batch::add_user(dst, user)) };
}

pub(super) unsafe extern "C" fn users_to_frame(list: *mut GList, dst: *mut NvDsFrameMeta) {
    // SAFETY: as above.
    unsafe { users(list, (*dst).base_meta.batch_meta, |user| element::add_user_to_frame(dst, user)) };
}

pub(super) unsafe extern "C" fn users_to_object(list: *mut GList, dst: *mut NvDsObjectMeta) {
    // SAFETY: as above.
    unsafe { users(list, (*dst).base_meta.batch_meta, |user| element::add_user_to_object(dst, user)) };
}

/// # Safety
/// A live list of user metas; `add` puts an element of `batch` into a list of that batch.
pub(super) unsafe fn users(list: *mut GList, batch: *mut NvDsBatchMeta, add: impl Fn(*mut NvDsUserMeta)) {
    // SAFETY: by the caller's word.
    unsafe {
        for src in elements::<NvDsUserMeta>(list) {
            if (*src).base_meta.copy_func.is_some() {
                let copy = element::acquire_user(batch);
                user(src, copy);
                add(copy);
            }
        }
    }
}

/// Copies a user meta that has a copy function, which is asked for the payload.
pub(in crate::runtime) unsafe extern "C" fn user(src: *mut NvDsUserMeta, dst: *mut NvDsUserMeta) {
    // SAFETY: two live user metas; a copy function gets its own and answers with a new payload.
    unsafe {
        let Some(copy_func) = (*src).base_meta.copy_func else {
            complain("a user meta has no copy function; it was not copied");
            return;
        };
        let payload = copy_func(src.cast(), ptr::null_mut());
        let batch_meta = (*dst).base_meta.batch_meta;
        (*dst).base_meta = NvDsBaseMeta { batch_meta, ..(*src).base_meta };
        (*dst).user_meta_data = payload;
    }
}

/// The generations of two elements' batches.
///
/// # Safety
/// Headers of two live elements.
pub(super) unsafe fn generations(
    src: *const NvDsBaseMeta,
    dst: *const NvDsBaseMeta,
) -> Option<(MetaGeneration, MetaGeneration)> {
    // SAFETY: by the caller's word.
    unsafe { Some((generation_of(src)?, generation_of(dst)?)) }
}

/// Copies bytes `from..to` of an element.
///
/// # Safety
/// Both elements are live and have these bytes.
pub(super) unsafe fn bytes<T>(src: *const T, dst: *mut T, from: usize, to: usize) {
    // SAFETY: by the caller's word; copy() allows the two to be one.
    unsafe { ptr::copy(src.cast::<u8>().add(from), dst.cast::<u8>().add(from), to - from) };
}
