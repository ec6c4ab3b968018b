//! Batches: create, destroy, lock; their frames and user metas.

use std::ffi::{c_uint, c_void};

use gst::glib::ffi::{self, gboolean};

use super::pool::{self, Lock};
use super::{copy, list, release};
use crate::sys::*;

/// Display and user metas that a new batch has, whatever its number of frames.
const SMALL_POOL: u32 = 8;
/// Objects, classifiers and labels per frame in a new batch.
const PER_FRAME: u32 = 8;

/// Makes a batch laid out as `generation`, with pools for `max` frames.
///
/// As with the real library, `max_frames_in_batch` stays 0; the muxer sets it.
#[must_use]
pub fn create_batch_meta(generation: MetaGeneration, max: u32) -> *mut NvDsBatchMeta {
    let many = max.saturating_mul(PER_FRAME);
    // SAFETY: a fresh zeroed block of the struct's size, zero is a valid value of every field, and
    // the pools are made for it with the release function of their kind.
    unsafe {
        let batch = ffi::g_malloc0(size_of::<NvDsBatchMeta>()).cast::<NvDsBatchMeta>();
        ffi::g_rec_mutex_init(&raw mut (*batch).meta_mutex);
        (*batch).base_meta.batch_meta = batch;
        (*batch).base_meta.meta_type = NVDS_BATCH_META;
        (*batch).base_meta.copy_func = Some(copy::batch_meta_copy);
        (*batch).base_meta.release_func = Some(batch_meta_release);
        let make = move |kind, size, count, release| pool::create(batch, kind, size, count, release);
        let (frame, object, display) =
            (generation.frame().size, generation.object().size, generation.display().size);
        (*batch).frame_meta_pool = make(NVDS_FRAME_META, frame, max, Some(release::frame));
        (*batch).obj_meta_pool = make(NVDS_OBJ_META, object, many, Some(release::object));
        let classifier = size_of::<NvDsClassifierMeta>();
        (*batch).classifier_meta_pool =
            make(NVDS_CLASSIFIER_META, classifier, many, Some(release::classifier));
        (*batch).display_meta_pool = make(NVDS_DISPLAY_META, display, SMALL_POOL, Some(release::display));
        (*batch).user_meta_pool = make(NVDS_USER_META, size_of::<NvDsUserMeta>(), SMALL_POOL, None);
        let label = size_of::<NvDsLabelInfo>();
        (*batch).label_info_meta_pool = make(NVDS_LABEL_INFO_META, label, many, Some(release::label_info));
        batch
    }
}

/// A batch of the newest generation, which the embedded elements speak.
pub(super) unsafe extern "C" fn create(max: c_uint) -> *mut NvDsBatchMeta {
    create_batch_meta(super::GENERATION, max)
}

/// Releases what is in use, pool by pool and last acquired first, whether it was added or not.
pub(super) unsafe extern "C" fn destroy(batch: *mut NvDsBatchMeta) -> gboolean {
    // SAFETY: the caller hands the batch over; its lists hold elements of its pools.
    unsafe {
        let lock = Lock::new(batch);
        for list in [(*batch).frame_meta_list, (*batch).batch_user_meta_list] {
            ffi::g_list_free(list);
        }
        // Frames first and user metas last: an element releases what it holds.
        let pools = [
            (*batch).frame_meta_pool,
            (*batch).obj_meta_pool,
            (*batch).display_meta_pool,
            (*batch).classifier_meta_pool,
            (*batch).label_info_meta_pool,
            (*batch).user_meta_pool,
        ];
        pools.into_iter().for_each(|p| pool::release_all(p));
        pools.into_iter().for_each(|p| pool::destroy(p));
        drop(lock);
        ffi::g_rec_mutex_clear(&raw mut (*batch).meta_mutex);
        ffi::g_free(batch.cast());
    }
    ffi::GTRUE
}

pub(super) unsafe extern "C" fn batch_meta_release(batch: *mut c_void, _user: *mut c_void) {
    // SAFETY: a release callback gets the batch it was attached with.
    unsafe { destroy(batch.cast()) };
}

pub(super) unsafe extern "C" fn lock(batch: *mut NvDsBatchMeta) {
    // SAFETY: the mutex of a live batch is initialised.
    unsafe { ffi::g_rec_mutex_lock(&raw mut (*batch).meta_mutex) };
}

pub(super) unsafe extern "C" fn unlock(batch: *mut NvDsBatchMeta) {
    // SAFETY: the caller has locked it.
    unsafe { ffi::g_rec_mutex_unlock(&raw mut (*batch).meta_mutex) };
}

pub(super) unsafe extern "C" fn add_frame(batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) {
    // SAFETY: a live batch and a frame of its pool; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        (*batch).frame_meta_list = ffi::g_list_append((*batch).frame_meta_list, frame.cast());
        (*batch).num_frames_in_batch += 1;
    }
}

pub(super) unsafe extern "C" fn remove_frame(batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) {
    // SAFETY: a live batch and a frame of its pool; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        let head = &raw mut (*batch).frame_meta_list;
        if list::remove((*batch).frame_meta_pool, head, frame.cast()) {
            (*batch).num_frames_in_batch -= 1;
        }
    }
}

pub(super) unsafe extern "C" fn add_user(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) {
    // SAFETY: a live batch and a user meta of its pool; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        (*batch).batch_user_meta_list = ffi::g_list_append((*batch).batch_user_meta_list, user.cast());
    }
}

pub(super) unsafe extern "C" fn remove_user(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) {
    // SAFETY: a live batch and a user meta of its pool; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        list::remove((*batch).user_meta_pool, &raw mut (*batch).batch_user_meta_list, user.cast());
    }
}
