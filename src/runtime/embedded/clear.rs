//! Clear a whole list, below the batch.

use gst::glib::ffi::GList;

use super::list::{self, field, generation_of};
use super::pool::Lock;
use crate::sys::*;

pub(super) unsafe extern "C" fn objects(frame: *mut NvDsFrameMeta, objects: *mut GList) {
    // SAFETY: live elements of one batch, changed under its lock; so below.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        if list::clear((*batch).obj_meta_pool, &raw mut (*frame).obj_meta_list, objects) {
            (*frame).num_obj_meta = 0;
        }
    }
}

pub(super) unsafe extern "C" fn displays(frame: *mut NvDsFrameMeta, displays: *mut GList) {
    // SAFETY: as for `objects`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::clear((*batch).display_meta_pool, &raw mut (*frame).display_meta_list, displays);
    }
}

pub(super) unsafe extern "C" fn frame_users(frame: *mut NvDsFrameMeta, users: *mut GList) {
    // SAFETY: as for `objects`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        list::clear((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list, users);
    }
}

pub(super) unsafe extern "C" fn classifiers(object: *mut NvDsObjectMeta, classifiers: *mut GList) {
    // SAFETY: as for `objects`.
    unsafe {
        let batch = (*object).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field(object, generation.object().classifier_meta_list);
        list::clear((*batch).classifier_meta_pool, head, classifiers);
    }
}

pub(super) unsafe extern "C" fn object_users(object: *mut NvDsObjectMeta, users: *mut GList) {
    // SAFETY: as for `objects`.
    unsafe {
        let batch = (*object).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let head = field(object, generation.object().obj_user_meta_list);
        list::clear((*batch).user_meta_pool, head, users);
    }
}

pub(super) unsafe extern "C" fn labels(classifier: *mut NvDsClassifierMeta, labels: *mut GList) {
    // SAFETY: as for `objects`.
    unsafe {
        let batch = (*classifier).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let head = &raw mut (*classifier).label_info_list;
        if list::clear((*batch).label_info_meta_pool, head, labels) {
            (*classifier).num_labels = 0;
        }
    }
}

/// Releases the elements of any list of `pool`. Answers with the list's new head, NULL.
pub(super) unsafe extern "C" fn any(
    batch: *mut NvDsBatchMeta,
    mut list: *mut GList,
    pool: *mut NvDsMetaPool,
) -> *mut GList {
    // SAFETY: as for `objects`; `release_list` leaves the head NULL.
    unsafe {
        let _lock = Lock::new(batch);
        list::release_list(pool, &raw mut list);
        list
    }
}
