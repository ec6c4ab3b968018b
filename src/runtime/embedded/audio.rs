//! Audio batches: as those of frames, with pools of audio frames, classifiers, labels and user metas alone.
//! All lists of an audio frame are appended to.

use std::ffi::{c_uint, c_void};
use std::mem::offset_of;
use std::ptr;

use gst::glib::ffi::{self, GList};

use super::list::{self, elements};
use super::pool::{self, Lock};
use super::{batch, copy, element, release};
use crate::sys::*;

/// `NVDS_AUDIO_BATCH_META` of DeepStream 8 and later.
const AUDIO_BATCH: NvDsMetaType = 25;
/// `NVDS_AUDIO_FRAME_META` of DeepStream 8 and later.
const AUDIO_FRAME: NvDsMetaType = 26;
/// Classifiers, labels and user metas in a new batch, whatever its number of frames.
const SMALL_POOL: u32 = 8;

pub(super) unsafe extern "C" fn create(max: c_uint) -> *mut NvDsBatchMeta {
    // SAFETY: as for a batch of frames.
    unsafe {
        let batch = ffi::g_malloc0(size_of::<NvDsBatchMeta>()).cast::<NvDsBatchMeta>();
        ffi::g_rec_mutex_init(&raw mut (*batch).meta_mutex);
        (*batch).base_meta.batch_meta = batch;
        (*batch).base_meta.meta_type = AUDIO_BATCH;
        (*batch).base_meta.copy_func = Some(batch_meta_copy);
        (*batch).base_meta.release_func = Some(batch_meta_release);
        (*batch).frame_meta_pool = frame_pool(batch, max);
        (*batch).classifier_meta_pool = batch::classifier_pool(batch, SMALL_POOL);
        (*batch).user_meta_pool = batch::user_pool(batch, SMALL_POOL);
        (*batch).label_info_meta_pool = batch::label_info_pool(batch, SMALL_POOL);
        batch
    }
}

/// # Safety
/// `batch` is the batch that will own the pool.
pub(super) unsafe fn frame_pool(batch: *mut NvDsBatchMeta, count: u32) -> *mut NvDsMetaPool {
    let size = size_of::<NvDsAudioFrameMeta>() as c_uint;
    // SAFETY: the size and the release function are those of the kind.
    unsafe { pool::create(batch, count, size, None, Some(release::audio_frame), AUDIO_FRAME) }
}

/// Whether a batch holds audio frames.
///
/// # Safety
/// `batch` starts with a NvDsBaseMeta.
pub(super) unsafe fn is_audio(batch: *const NvDsBaseMeta) -> bool {
    // SAFETY: by the caller's word.
    unsafe { (*batch).meta_type == AUDIO_BATCH }
}

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_audio_batch_meta_release_func"))]
pub(super) unsafe extern "C" fn batch_meta_release(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    // SAFETY: a release callback gets the batch it was attached with.
    unsafe { batch::destroy(data.cast()) };
}

pub(super) unsafe extern "C" fn acquire_frame(batch: *mut NvDsBatchMeta) -> *mut NvDsAudioFrameMeta {
    // SAFETY: a live batch has its pools.
    unsafe { pool::acquire(batch, (*batch).frame_meta_pool) }
}

pub(super) unsafe extern "C" fn add_frame(batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) {
    // SAFETY: both kinds of frames are elements of the pool of frames; nothing else is read.
    unsafe { batch::add_frame(batch, frame.cast()) };
}

pub(super) unsafe extern "C" fn remove_frame(batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) {
    // SAFETY: as for `add_frame`.
    unsafe { batch::remove_frame(batch, frame.cast()) };
}

pub(super) unsafe extern "C" fn nth_frame(frames: *mut GList, index: c_uint) -> *mut NvDsAudioFrameMeta {
    // SAFETY: NULL or a live list of frames.
    unsafe { ffi::g_list_nth_data(frames, index) }.cast()
}

pub(super) unsafe extern "C" fn add_classifier(
    frame: *mut NvDsAudioFrameMeta,
    classifier: *mut NvDsClassifierMeta,
) {
    // SAFETY: live elements of one batch, changed under its lock; so below.
    unsafe {
        let _lock = Lock::new((*frame).base_meta.batch_meta);
        (*frame).classifier_meta_list = ffi::g_list_append((*frame).classifier_meta_list, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn remove_classifier(
    frame: *mut NvDsAudioFrameMeta,
    classifier: *mut NvDsClassifierMeta,
) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let head = &raw mut (*frame).classifier_meta_list;
        list::remove((*batch).classifier_meta_pool, head, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn clear_classifiers(frame: *mut NvDsAudioFrameMeta, classifiers: *mut GList) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::clear((*batch).classifier_meta_pool, &raw mut (*frame).classifier_meta_list, classifiers);
    }
}

pub(super) unsafe extern "C" fn add_user_to_frame(frame: *mut NvDsAudioFrameMeta, user: *mut NvDsUserMeta) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let _lock = Lock::new((*frame).base_meta.batch_meta);
        (*frame).frame_user_meta_list = ffi::g_list_append((*frame).frame_user_meta_list, user.cast());
    }
}

pub(super) unsafe extern "C" fn remove_user_from_frame(
    frame: *mut NvDsAudioFrameMeta,
    user: *mut NvDsUserMeta,
) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::remove((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list, user.cast());
    }
}

pub(super) unsafe extern "C" fn clear_frame_users(frame: *mut NvDsAudioFrameMeta, users: *mut GList) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::clear((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list, users);
    }
}

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_audio_batch_meta_copy_func"))]
pub(super) unsafe extern "C" fn batch_meta_copy(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    let src = data.cast::<NvDsBatchMeta>();
    if src.is_null() {
        super::complain("there is no audio batch to copy");
        return ptr::null_mut();
    }
    // SAFETY: a copy callback gets the live batch it was attached with, which is read under its lock.
    unsafe {
        let _lock = Lock::new(src);
        let dst = create((*src).max_frames_in_batch);
        copy::batch_fields(src, dst);
        copy_frames((*src).frame_meta_list, dst);
        copy::users_to_batch((*src).batch_user_meta_list, dst);
        dst.cast()
    }
}

pub(super) unsafe extern "C" fn copy_frames(frames: *mut GList, dst: *mut NvDsBatchMeta) {
    // SAFETY: a live list of audio frames, a live batch.
    unsafe {
        for frame in elements::<NvDsAudioFrameMeta>(frames) {
            let copy = acquire_frame(dst);
            copy_frame(frame, copy);
            add_frame(dst, copy);
        }
    }
}

/// Copies a frame with all it holds into one acquired from another (or the same) batch.
pub(super) unsafe extern "C" fn copy_frame(src: *mut NvDsAudioFrameMeta, dst: *mut NvDsAudioFrameMeta) {
    const BASE: usize = size_of::<NvDsBaseMeta>();
    // SAFETY: two live audio frames; children are drawn from the destination's batch.
    unsafe {
        copy::bytes(src, dst, BASE, offset_of!(NvDsAudioFrameMeta, classifier_meta_list));
        (*dst).misc_frame_info = (*src).misc_frame_info;
        (*dst).reserved = (*src).reserved;
        copy_classifiers((*src).classifier_meta_list, dst);
        copy_users((*src).frame_user_meta_list, dst);
    }
}

pub(super) unsafe extern "C" fn copy_classifiers(classifiers: *mut GList, dst: *mut NvDsAudioFrameMeta) {
    // SAFETY: a live list of classifiers, a live frame.
    unsafe {
        for classifier in elements::<NvDsClassifierMeta>(classifiers) {
            let copy = element::acquire_classifier((*dst).base_meta.batch_meta);
            super::copy_parts::classifier(classifier, copy);
            add_classifier(dst, copy);
        }
    }
}

pub(super) unsafe extern "C" fn copy_users(users: *mut GList, dst: *mut NvDsAudioFrameMeta) {
    // SAFETY: a live list of user metas, a live frame.
    unsafe { copy::users(users, (*dst).base_meta.batch_meta, |user| add_user_to_frame(dst, user)) };
}
