//! GLists of elements: iterate, unlink, release; and where the lists behind an object's prefix are.

use std::ffi::c_void;
use std::ptr;

use gst::glib::ffi::{self, GList};

use super::{complain, pool};
use crate::sys::*;

/// The elements of a list, taken before any of them is touched.
///
/// # Safety
/// `list` is NULL or a live GList whose data are `T`s.
pub(super) unsafe fn elements<T>(mut list: *mut GList) -> Vec<*mut T> {
    let mut out = Vec::new();
    while !list.is_null() {
        // SAFETY: a live node.
        unsafe {
            out.push((*list).data.cast());
            list = (*list).next;
        }
    }
    out
}

/// Unlinks `element` from `*head` and releases it. An element that is not in the list is left alone.
///
/// # Safety
/// The batch's lock is held; `*head` is a list of elements of `pool`.
pub(super) unsafe fn remove(pool: *mut NvDsMetaPool, head: *mut *mut GList, element: *mut c_void) -> bool {
    // SAFETY: the node is one of the list, which nobody else changes under the lock.
    unsafe {
        let node = ffi::g_list_find(*head, element);
        if node.is_null() {
            complain("an element was to be removed from a list that does not hold it; it was left alone");
            return false;
        }
        *head = ffi::g_list_delete_link(*head, node);
        pool::release(pool, element.cast());
    }
    true
}

/// Releases every element of `*head` in list order and empties it.
///
/// # Safety
/// As for [`remove`].
pub(super) unsafe fn release_list(pool: *mut NvDsMetaPool, head: *mut *mut GList) {
    // SAFETY: the list is taken off its owner first, so that nothing reaches it while its elements go.
    unsafe {
        let list = ptr::replace(head, ptr::null_mut());
        for element in elements::<NvDsBaseMeta>(list) {
            pool::release(pool, element);
        }
        ffi::g_list_free(list);
    }
}

/// Releases every element of `list`, which must be the owner's own: another one is left alone, and the answer
/// is `false`.
///
/// # Safety
/// As for [`remove`].
pub(super) unsafe fn clear(pool: *mut NvDsMetaPool, head: *mut *mut GList, list: *mut GList) -> bool {
    // SAFETY: `list` is only compared.
    unsafe {
        if list != *head {
            complain("a list was to be cleared that is not its owner's own; it was left alone");
            return false;
        }
        release_list(pool, head);
    }
    true
}

/// The field `offset` bytes into an element.
///
/// # Safety
/// The element is live and has a `T` there.
pub(super) unsafe fn field<T, E>(element: *mut E, offset: usize) -> *mut T {
    // SAFETY: within the element, by the caller's word.
    unsafe { element.cast::<u8>().add(offset).cast() }
}

/// The generation of an element's batch, or `None` (with an error in the log) when it has none.
///
/// # Safety
/// `base` is the header of a live element.
pub(super) unsafe fn generation_of(base: *const NvDsBaseMeta) -> Option<MetaGeneration> {
    // SAFETY: a live element names its live batch.
    unsafe { MetaGeneration::of_batch((*base).batch_meta) }
        .inspect_err(|error| complain(&error.to_string()))
        .ok()
}
