//! Access to fields of C structs without references to them.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use gst::glib::ffi::GList;

use crate::runtime::api;
use crate::sys::*;

/// A number in a C struct, read and written whole even when two threads meet at it.
pub(super) trait Scalar: Copy {
    /// # Safety
    /// `field` is an aligned, live field of this type.
    unsafe fn load(field: *mut Self) -> Self;
    /// # Safety
    /// As for `load`.
    unsafe fn store(field: *mut Self, value: Self);
}

macro_rules! scalar {
    ($($type:ty: $atomic:ident, $into:expr, $from:expr;)*) => {
        $(impl Scalar for $type {
            unsafe fn load(field: *mut Self) -> Self {
                // SAFETY: aligned and live by the caller's word, and of the atomic's size.
                $from(unsafe { $atomic::from_ptr(field.cast()) }.load(Relaxed))
            }

            unsafe fn store(field: *mut Self, value: Self) {
                // SAFETY: as above.
                unsafe { $atomic::from_ptr(field.cast()) }.store($into(value), Relaxed);
            }
        })*
    };
}

scalar! {
    u32: AtomicU32, |v| v, |v| v;
    i32: AtomicU32, i32::cast_unsigned, u32::cast_signed;
    f32: AtomicU32, f32::to_bits, f32::from_bits;
    u64: AtomicU64, |v| v, |v| v;
    i64: AtomicU64, i64::cast_unsigned, u64::cast_signed;
    f64: AtomicU64, f64::to_bits, f64::from_bits;
}

/// Reads a number of a handle's struct: `load!(self.field)`.
macro_rules! load {
    ($handle:ident . $($field:tt)+) => {
        // SAFETY: the handle points to a live element of its pool for as long as it exists.
        unsafe { $crate::meta::raw::Scalar::load(&raw mut (*$handle.raw.as_ptr()).$($field)+) }
    };
}

/// Writes a number of a handle's struct: `store!(self.field, value)`.
macro_rules! store {
    ($handle:ident . $($field:ident).+, $value:expr) => {
        // SAFETY: the handle points to a live element of its pool for as long as it exists.
        unsafe { $crate::meta::raw::Scalar::store(&raw mut (*$handle.raw.as_ptr()).$($field).+, $value) }
    };
}

pub(super) use {load, store};

/// The field `offset` bytes into an element.
///
/// # Safety
/// The element is live and has a `T` there.
pub(super) unsafe fn field<T, E>(element: NonNull<E>, offset: usize) -> *mut T {
    // SAFETY: within the element, by the caller's word.
    unsafe { element.as_ptr().cast::<u8>().add(offset).cast() }
}

/// Locks the batch that owns an element until dropped.
pub(super) struct Guard(*mut NvDsBatchMeta);

impl Guard {
    /// # Safety
    /// `element` is a live element, or a batch; both start with a NvDsBaseMeta that names the batch,
    /// which outlives the guard.
    pub(super) unsafe fn of<E>(element: NonNull<E>) -> Self {
        // SAFETY: the header never changes while the element lives.
        let batch = unsafe { (*element.as_ptr().cast::<NvDsBaseMeta>()).batch_meta };
        // SAFETY: a live batch.
        unsafe { (api().acquire_meta_lock)(batch) };
        Self(batch)
    }

    pub(super) fn batch(&self) -> *mut NvDsBatchMeta {
        self.0
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // SAFETY: locked by `of` on this thread; guards are not Send, since they hold a pointer.
        unsafe { (api().release_meta_lock)(self.0) };
    }
}

/// The data of a list's nodes.
///
/// # Safety
/// `list` is NULL or a live GList, and the lock of its batch is held.
pub(super) unsafe fn list_data(mut list: *mut GList) -> Vec<NonNull<c_void>> {
    let mut out = Vec::new();
    while let Some(node) = NonNull::new(list) {
        // SAFETY: a node of a list that nobody changes under the lock.
        unsafe {
            out.extend(NonNull::new((*node.as_ptr()).data));
            list = (*node.as_ptr()).next;
        }
    }
    out
}
