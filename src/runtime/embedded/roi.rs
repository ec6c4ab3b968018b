//! Classifiers and user metas of a region of interest, which is no element itself: nvdspreprocess owns it.

use gst::glib::ffi::{self, GList};

use super::list::{self, field, generation_of};
use super::pool::Lock;
use crate::sys::*;

/// Where a region's lists are, in bytes.
struct Lists {
    classifiers: usize,
    users: usize,
}

/// Regions start with a rectangle, which grew; a list's elements tell by how much.
const fn lists(generation: MetaGeneration) -> Lists {
    let behind_rect = match generation {
        MetaGeneration::A | MetaGeneration::B => 104,
        MetaGeneration::C => 112,
    };
    Lists { classifiers: behind_rect + 112, users: behind_rect + 120 }
}

pub(super) unsafe extern "C" fn add_classifier(roi: *mut NvDsRoiMeta, classifier: *mut NvDsClassifierMeta) {
    // SAFETY: a live region and an element, changed under the lock of the element's batch; so below.
    unsafe {
        let _lock = Lock::new((*classifier).base_meta.batch_meta);
        let Some(generation) = generation_of(&raw const (*classifier).base_meta) else { return };
        let head = field::<*mut GList, _>(roi, lists(generation).classifiers);
        *head = ffi::g_list_prepend(*head, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn remove_classifier(
    roi: *mut NvDsRoiMeta,
    classifier: *mut NvDsClassifierMeta,
) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*classifier).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*classifier).base_meta) else { return };
        let head = field(roi, lists(generation).classifiers);
        list::remove((*batch).classifier_meta_pool, head, classifier.cast());
    }
}

pub(super) unsafe extern "C" fn add_user(roi: *mut NvDsRoiMeta, user: *mut NvDsUserMeta) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let _lock = Lock::new((*user).base_meta.batch_meta);
        let Some(generation) = generation_of(&raw const (*user).base_meta) else { return };
        let head = field::<*mut GList, _>(roi, lists(generation).users);
        *head = ffi::g_list_prepend(*head, user.cast());
    }
}

pub(super) unsafe extern "C" fn remove_user(roi: *mut NvDsRoiMeta, user: *mut NvDsUserMeta) {
    // SAFETY: as for `add_classifier`.
    unsafe {
        let batch = (*user).base_meta.batch_meta;
        let _lock = Lock::new(batch);
        let Some(generation) = generation_of(&raw const (*user).base_meta) else { return };
        let head = field(roi, lists(generation).users);
        list::remove((*batch).user_meta_pool, head, user.cast());
    }
}
