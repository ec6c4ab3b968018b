//! Batches: create, destroy, lock; their frames and user metas.

use std::ffi::{c_uint, c_void};

use gst::glib::ffi::{self, GList, gboolean};

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
        (*batch).frame_meta_pool = frame_pool(batch, generation, max);
        (*batch).obj_meta_pool = object_pool(batch, generation, many);
        (*batch).classifier_meta_pool = classifier_pool(batch, many);
        (*batch).display_meta_pool = display_pool(batch, generation, SMALL_POOL);
        (*batch).user_meta_pool = user_pool(batch, SMALL_POOL);
        (*batch).label_info_meta_pool = label_info_pool(batch, many);
        batch
    }
}

/// A batch of [`default_generation`](super::default_generation).
pub(super) unsafe extern "C" fn create(max: c_uint) -> *mut NvDsBatchMeta {
    create_batch_meta(super::default_generation(), max)
}

macro_rules! pools {
    ($($name:ident($($generation:ident)?) = $kind:ident, $size:expr, $release:expr;)*) => {
        $(
            /// # Safety
            /// `batch` is the batch that will own the pool.
            pub(super) unsafe fn $name(
                batch: *mut NvDsBatchMeta,
                $($generation: MetaGeneration,)?
                count: u32,
            ) -> *mut NvDsMetaPool {
                // SAFETY: the size and the release function are those of the kind.
                unsafe { pool::create(batch, count, $size as c_uint, None, $release, $kind) }
            }
        )*
    };
}

pools! {
    frame_pool(generation) = NVDS_FRAME_META, generation.frame().size, Some(release::frame);
    object_pool(generation) = NVDS_OBJ_META, generation.object().size, Some(release::object);
    classifier_pool() = NVDS_CLASSIFIER_META, size_of::<NvDsClassifierMeta>(), Some(release::classifier);
    display_pool(generation) = NVDS_DISPLAY_META, generation.display().size, Some(release::display);
    user_pool() = NVDS_USER_META, size_of::<NvDsUserMeta>(), None;
    label_info_pool() = NVDS_LABEL_INFO_META, size_of::<NvDsLabelInfo>(), Some(release::label_info);
}

/// Releases what is in use, pool by pool and last acquired first, whether it was added or not.
pub(super) unsafe extern "C" fn destroy(batch: *mut NvDsBatchMeta) -> gboolean {
    // SAFETY: the caller hands the batch over; its lists hold elements of its pools.
    unsafe {
        let lock = Lock::new(batch);
        for list in [(*batch).frame_meta_list, (*batch).batch_user_meta_list] {
            ffi::g_list_free(list);
        }
        // Frames first, since an element releases what it holds.
        let pools = [
            (*batch).frame_meta_pool,
            (*batch).obj_meta_pool,
            (*batch).classifier_meta_pool,
            (*batch).display_meta_pool,
            (*batch).user_meta_pool,
            (*batch).label_info_meta_pool,
        ];
        // An audio batch has no objects and no display metas.
        let pools = pools.into_iter().filter(|pool| !pool.is_null());
        pools.clone().for_each(|p| pool::release_all(p));
        pools.for_each(|p| pool::destroy(p));
        drop(lock);
        ffi::g_rec_mutex_clear(&raw mut (*batch).meta_mutex);
        ffi::g_free(batch.cast());
    }
    ffi::GTRUE
}

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_batch_meta_release_func"))]
pub(super) unsafe extern "C" fn batch_meta_release(batch: *mut c_void, _user: *mut c_void) {
    if batch.is_null() {
        return;
    }
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

pub(super) unsafe extern "C" fn clear_frames(batch: *mut NvDsBatchMeta, frames: *mut GList) {
    // SAFETY: a live batch; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        if list::clear((*batch).frame_meta_pool, &raw mut (*batch).frame_meta_list, frames) {
            (*batch).num_frames_in_batch = 0;
        }
    }
}

pub(super) unsafe extern "C" fn clear_users(batch: *mut NvDsBatchMeta, users: *mut GList) {
    // SAFETY: a live batch; the list is changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        list::clear((*batch).user_meta_pool, &raw mut (*batch).batch_user_meta_list, users);
    }
}

pub(super) unsafe extern "C" fn nth_frame(frames: *mut GList, index: c_uint) -> *mut NvDsFrameMeta {
    // SAFETY: NULL or a live list of frames.
    unsafe { ffi::g_list_nth_data(frames, index) }.cast()
}
