//! Acquire, add and remove, below the batch.

use std::ffi::{c_char, c_int};

use gst::glib::ffi::{self, GList};

use super::list::{self, field, generation_of};
use super::pool::{self, Lock};
use crate::sys::*;

macro_rules! acquire {
    ($($name:ident: $type:ident from $pool:ident;)*) => {
        $(pub(super) unsafe extern "C" fn $name(batch: *mut NvDsBatchMeta) -> *mut $type {
            // SAFETY: a live batch has its pools.
            unsafe { pool::acquire(batch, (*batch).$pool) }
        })*
    };
}

acquire! {
    acquire_frame: NvDsFrameMeta from frame_meta_pool;
    acquire_object: NvDsObjectMeta from obj_meta_pool;
    acquire_classifier: NvDsClassifierMeta from classifier_meta_pool;
    acquire_label_info: NvDsLabelInfo from label_info_meta_pool;
    acquire_display: NvDsDisplayMeta from display_meta_pool;
    acquire_user: NvDsUserMeta from user_meta_pool;
}

pub(super) unsafe extern "C" fn add_object(
    frame: *mut NvDsFrameMeta,
    object: *mut NvDsObjectMeta,
    parent: *mut NvDsObjectMeta,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*frame).base_meta.batch_meta);
        (*object).parent = parent;
        (*frame).obj_meta_list = ffi::g_list_prepend((*frame).obj_meta_list, object.cast());
        (*frame).num_obj_meta += 1;
    }
}

pub(super) unsafe extern "C" fn remove_object(frame: *mut NvDsFrameMeta, object: *mut NvDsObjectMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        if list::remove((*batch).obj_meta_pool, &raw mut (*frame).obj_meta_list, object.cast()) {
            (*frame).num_obj_meta -= 1;
        }
    }
}

pub(super) unsafe extern "C" fn add_classifier(
    object: *mut NvDsObjectMeta,
    classifier: *mut NvDsClassifierMeta,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*object).base_meta.batch_meta);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field::<*mut GList, _>(object, generation.object().classifier_meta_list);
        *head = ffi::g_list_prepend(*head, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn remove_classifier(
    object: *mut NvDsObjectMeta,
    classifier: *mut NvDsClassifierMeta,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*object).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field(object, generation.object().classifier_meta_list);
        list::remove((*batch).classifier_meta_pool, head, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn add_label_info(
    classifier: *mut NvDsClassifierMeta,
    label: *mut NvDsLabelInfo,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*classifier).base_meta.batch_meta);
        (*classifier).label_info_list = ffi::g_list_prepend((*classifier).label_info_list, label.cast());
        (*classifier).num_labels += 1;
    }
}

pub(super) unsafe extern "C" fn remove_label_info(
    classifier: *mut NvDsClassifierMeta,
    label: *mut NvDsLabelInfo,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*classifier).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let head = &raw mut (*classifier).label_info_list;
        if list::remove((*batch).label_info_meta_pool, head, label.cast()) {
            (*classifier).num_labels -= 1;
        }
    }
}

pub(super) unsafe extern "C" fn add_display(frame: *mut NvDsFrameMeta, display: *mut NvDsDisplayMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*frame).base_meta.batch_meta);
        (*frame).display_meta_list = ffi::g_list_prepend((*frame).display_meta_list, display.cast());
    }
}

pub(super) unsafe extern "C" fn remove_display(frame: *mut NvDsFrameMeta, display: *mut NvDsDisplayMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::remove((*batch).display_meta_pool, &raw mut (*frame).display_meta_list, display.cast());
    }
}

pub(super) unsafe extern "C" fn add_user_to_frame(frame: *mut NvDsFrameMeta, user: *mut NvDsUserMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*frame).base_meta.batch_meta);
        (*frame).frame_user_meta_list = ffi::g_list_prepend((*frame).frame_user_meta_list, user.cast());
    }
}

pub(super) unsafe extern "C" fn remove_user_from_frame(frame: *mut NvDsFrameMeta, user: *mut NvDsUserMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::remove((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list, user.cast());
    }
}

pub(super) unsafe extern "C" fn add_user_to_object(object: *mut NvDsObjectMeta, user: *mut NvDsUserMeta) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let _lock = Lock::new((*object).base_meta.batch_meta);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field::<*mut GList, _>(object, generation.object().obj_user_meta_list);
        *head = ffi::g_list_prepend(*head, user.cast());
    }
}

pub(super) unsafe extern "C" fn remove_user_from_object(
    object: *mut NvDsObjectMeta,
    user: *mut NvDsUserMeta,
) {
    // SAFETY: live elements of one batch, changed under its lock.
    unsafe {
        let batch = (*object).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field(object, generation.object().obj_user_meta_list);
        list::remove((*batch).user_meta_pool, head, user.cast());
    }
}

/// 8193 plus the quark of the name; NULL gives 8193. The string is copied.
pub(super) unsafe extern "C" fn user_meta_type(name: *mut c_char) -> c_int {
    // SAFETY: NULL or a C string, which g_quark_from_string allows and copies.
    let quark = unsafe { ffi::g_quark_from_string(name) };
    NVDS_START_USER_META.wrapping_add_unsigned(quark)
}
