//! Pools: elements in blocks of their own, handed out last-released first.

use std::ffi::{c_uint, c_void};
use std::ptr;

use gst::glib::ffi;

use super::complain;
use crate::sys::*;

/// Most elements added when a pool runs dry.
const MAX_GROWTH: u32 = 128;

/// Holds a batch's lock; the same thread may hold it several times.
pub(super) struct Lock(*mut NvDsBatchMeta);

impl Lock {
    /// # Safety
    /// `batch` is a live batch and outlives the guard.
    pub(super) unsafe fn new(batch: *mut NvDsBatchMeta) -> Self {
        // SAFETY: the mutex of a live batch is initialised.
        unsafe { ffi::g_rec_mutex_lock(&raw mut (*batch).meta_mutex) };
        Self(batch)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: locked by `new` on this thread; the batch outlives the guard.
        unsafe { ffi::g_rec_mutex_unlock(&raw mut (*self.0).meta_mutex) };
    }
}

/// Makes a pool of `count` elements of `size` bytes, header included.
///
/// # Safety
/// `batch` is the batch that will own the pool; `release` takes elements of this kind.
pub(in crate::runtime) unsafe extern "C" fn create(
    batch: *mut NvDsBatchMeta,
    count: c_uint,
    size: c_uint,
    copy: NvDsMetaCopyFunc,
    release: NvDsMetaReleaseFunc,
    meta_type: NvDsMetaType,
) -> *mut NvDsMetaPool {
    // SAFETY: a fresh zeroed block of the struct's size, and zero is a valid value of every field.
    unsafe {
        let pool = ffi::g_malloc0(size_of::<NvDsMetaPool>()).cast::<NvDsMetaPool>();
        (*pool).meta_type = meta_type;
        // An element starts with its header, whatever the caller says.
        (*pool).element_size = size.max(size_of::<NvDsBaseMeta>() as c_uint);
        (*pool).copy_func = copy;
        (*pool).release_func = release;
        grow(batch, pool, count);
        pool
    }
}

/// # Safety
/// `pool` is a pool of `batch`, whose lock is held or which nobody else knows yet.
unsafe fn grow(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool, count: u32) {
    for _ in 0..count {
        // SAFETY: a fresh zeroed block of the element's size, which starts with a NvDsBaseMeta.
        unsafe {
            let element = ffi::g_malloc0((*pool).element_size as usize).cast::<NvDsBaseMeta>();
            (*element).batch_meta = batch;
            (*element).meta_type = (*pool).meta_type;
            (*element).copy_func = (*pool).copy_func;
            (*element).release_func = (*pool).release_func;
            (*pool).empty_list = ffi::g_list_prepend((*pool).empty_list, element.cast());
            (*pool).num_empty_elements += 1;
            (*pool).max_elements_in_pool += 1;
        }
    }
}

/// Wipes everything behind an element's header, which is what the library's release functions end with.
///
/// # Safety
/// `element` is a live element of `size` bytes, which starts with a [`NvDsBaseMeta`].
pub(super) unsafe fn wipe(element: *mut c_void, size: usize) {
    // SAFETY: within the element, and zero is a valid value of every field.
    unsafe {
        element.cast::<u8>().add(size_of::<NvDsBaseMeta>()).write_bytes(0, size - size_of::<NvDsBaseMeta>())
    };
}

/// Takes an element, growing the pool when it has none. NULL when there is no pool.
///
/// # Safety
/// `pool` is NULL or a pool of the live batch `batch`.
pub(super) unsafe fn acquire<T>(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> *mut T {
    if pool.is_null() {
        complain("an audio batch has no objects and no display metas");
        return ptr::null_mut();
    }
    // SAFETY: under the batch's lock nobody else touches the pool; after `grow` the empty list has a
    // node, and its data is an element of the pool.
    unsafe {
        let _lock = Lock::new(batch);
        if (*pool).empty_list.is_null() {
            increase(batch, pool);
        }
        let node = (*pool).empty_list;
        (*pool).empty_list = ffi::g_list_remove_link(node, node);
        (*pool).full_list = ffi::g_list_concat(node, (*pool).full_list);
        (*pool).num_empty_elements -= 1;
        (*pool).num_full_elements += 1;
        (*node).data.cast()
    }
}

/// Adds as many elements as an empty pool gets. A pool made for nothing still grows.
///
/// # Safety
/// `pool` is a pool of the live batch `batch`, whose lock is held.
pub(super) unsafe fn increase(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) {
    // SAFETY: by the caller's word.
    unsafe { grow(batch, pool, (*pool).max_elements_in_pool.saturating_mul(2).clamp(1, MAX_GROWTH)) };
}

/// Runs an element's release function and puts it back. Answers whether it was in use.
///
/// The function wipes what it releases. A caller that has replaced it, or taken it away, takes that on: its
/// element comes back as it left. User metas come back as new.
///
/// # Safety
/// The lock of the pool's batch is held; `element` points to an element of `pool`, in use or not.
pub(super) unsafe fn release(pool: *mut NvDsMetaPool, element: *mut NvDsBaseMeta) -> bool {
    // SAFETY: elements live as long as their batch, so `element` may be read even when it is not in
    // use; `data` is only compared. The node found is one of full_list, and moves to empty_list whole.
    unsafe {
        if ffi::g_list_find((*pool).full_list, element.cast()).is_null() {
            return false;
        }
        if let Some(function) = (*element).release_func {
            function(element.cast(), ptr::null_mut());
        }
        // Found again: the function may have released other elements.
        let node = ffi::g_list_find((*pool).full_list, element.cast());
        if node.is_null() {
            return false;
        }
        if (*pool).meta_type == NVDS_USER_META {
            // `batch_meta` is not touched, even for a moment: another thread may look for the lock there.
            (*element).meta_type = NVDS_USER_META;
            (*element).uContext = ptr::null_mut();
            (*element).copy_func = None;
            (*element).release_func = None;
            wipe(element.cast(), (*pool).element_size as usize);
        }
        (*pool).full_list = ffi::g_list_remove_link((*pool).full_list, node);
        (*pool).empty_list = ffi::g_list_concat(node, (*pool).empty_list);
        (*pool).num_empty_elements += 1;
        (*pool).num_full_elements -= 1;
        true
    }
}

/// Runs the release functions of the elements still in use, last acquired first, before the pool is destroyed.
/// The counters stay as they are until the end, as release functions can see in the real library.
///
/// # Safety
/// As for [`release`].
pub(super) unsafe fn release_all(pool: *mut NvDsMetaPool) {
    // SAFETY: each round takes the head off full_list, so that nothing releases it again, unless a release function
    // acquires new elements without end. It stays in a list of the pool's, whose elements are freed with it.
    unsafe {
        while !(*pool).full_list.is_null() {
            let node = (*pool).full_list;
            (*pool).full_list = ffi::g_list_remove_link(node, node);
            (*pool).empty_list = ffi::g_list_concat(node, (*pool).empty_list);
            let element = (*node).data.cast::<NvDsBaseMeta>();
            if let Some(function) = (*element).release_func {
                function(element.cast(), ptr::null_mut());
            }
        }
        (*pool).num_empty_elements = (*pool).max_elements_in_pool;
        (*pool).num_full_elements = 0;
    }
}

/// Frees a pool and its elements; what these hold must have been released.
///
/// # Safety
/// Nobody uses the pool or its elements afterwards.
pub(super) unsafe fn destroy(pool: *mut NvDsMetaPool) {
    // SAFETY: every element is in exactly one of the two lists and came from g_malloc0, as did the pool.
    unsafe {
        for list in [(*pool).empty_list, (*pool).full_list] {
            ffi::g_list_free_full(list, Some(ffi::g_free));
        }
        ffi::g_free(pool.cast::<c_void>());
    }
}
