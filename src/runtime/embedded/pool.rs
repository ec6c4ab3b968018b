//! Pools: elements in blocks of their own, handed out last-released first.

use std::ffi::c_void;
use std::ptr;

use gst::glib::ffi;

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

/// Makes a pool of `count` elements of `size` bytes.
///
/// # Safety
/// `batch` is the batch that will own the pool; `release` takes elements of this kind.
pub(super) unsafe fn create(
    batch: *mut NvDsBatchMeta,
    meta_type: NvDsMetaType,
    size: usize,
    count: u32,
    release: NvDsMetaReleaseFunc,
) -> *mut NvDsMetaPool {
    // SAFETY: a fresh zeroed block of the struct's size, and zero is a valid value of every field.
    unsafe {
        let pool = ffi::g_malloc0(size_of::<NvDsMetaPool>()).cast::<NvDsMetaPool>();
        (*pool).meta_type = meta_type;
        (*pool).element_size = size as u32;
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
            fill_base(pool, element);
            (*pool).empty_list = ffi::g_list_prepend((*pool).empty_list, element.cast());
            (*pool).num_empty_elements += 1;
            (*pool).max_elements_in_pool += 1;
        }
    }
}

/// Writes what an element that nobody uses has in its header, but for its batch.
///
/// # Safety
/// `element` is one of `pool`.
unsafe fn fill_base(pool: *mut NvDsMetaPool, element: *mut NvDsBaseMeta) {
    // SAFETY: the element is live and starts with this struct.
    unsafe {
        (*element).meta_type = (*pool).meta_type;
        (*element).uContext = ptr::null_mut();
        (*element).copy_func = None;
        (*element).release_func = (*pool).release_func;
    }
}

/// Takes an element, growing the pool when it has none.
///
/// # Safety
/// `pool` is a pool of the live batch `batch`.
pub(super) unsafe fn acquire<T>(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> *mut T {
    // SAFETY: under the batch's lock nobody else touches the pool; after `grow` the empty list has a
    // node, and its data is an element of the pool.
    unsafe {
        let _lock = Lock::new(batch);
        if (*pool).empty_list.is_null() {
            // A pool made for nothing still grows.
            grow(batch, pool, (2 * (*pool).max_elements_in_pool).clamp(1, MAX_GROWTH));
        }
        let node = (*pool).empty_list;
        (*pool).empty_list = ffi::g_list_remove_link(node, node);
        (*pool).full_list = ffi::g_list_concat(node, (*pool).full_list);
        (*pool).num_empty_elements -= 1;
        (*pool).num_full_elements += 1;
        (*node).data.cast()
    }
}

/// Runs an element's release function, zeroes it and puts it back. Answers whether it was in use.
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
        let is_user = (*pool).meta_type == NVDS_USER_META;
        let function =
            if is_user { (*element).release_func } else { (*element).release_func.or((*pool).release_func) };
        if let Some(function) = function {
            function(element.cast(), ptr::null_mut());
        }
        // Found again: the function may have released other elements.
        let node = ffi::g_list_find((*pool).full_list, element.cast());
        if node.is_null() {
            return false;
        }
        // `batch_meta` is not touched, even for a moment: another thread may look for the lock there.
        let rest = (*pool).element_size as usize - size_of::<NvDsBaseMeta>();
        ptr::write_bytes(element.add(1).cast::<u8>(), 0, rest);
        fill_base(pool, element);
        (*pool).full_list = ffi::g_list_remove_link((*pool).full_list, node);
        (*pool).empty_list = ffi::g_list_concat(node, (*pool).empty_list);
        (*pool).num_empty_elements += 1;
        (*pool).num_full_elements -= 1;
        true
    }
}

/// Releases the elements still in use.
///
/// # Safety
/// As for [`release`].
pub(super) unsafe fn release_all(pool: *mut NvDsMetaPool) {
    // SAFETY: each round takes the head of full_list off it, unless a release function acquires
    // new elements without end.
    unsafe {
        while let Some(node) = (*pool).full_list.as_ref() {
            if !release(pool, node.data.cast()) {
                break;
            }
        }
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
