//! Access to fields of C structs without references to them.

use std::mem::{offset_of, size_of};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

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
            #[inline]
            unsafe fn load(field: *mut Self) -> Self {
                // SAFETY: aligned and live by the caller's word, and of the atomic's size.
                $from(unsafe { $atomic::from_ptr(field.cast()) }.load(Relaxed))
            }

            #[inline]
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

/// Writes a number of a handle's struct: `store!(self.field, value)`. Nothing is written to an element
/// that was removed.
macro_rules! store {
    ($handle:ident . $($field:ident).+, $value:expr) => {
        if $handle.is_live() {
            // SAFETY: the handle points to a live element of its pool for as long as it exists.
            unsafe {
                $crate::meta::raw::Scalar::store(&raw mut (*$handle.raw.as_ptr()).$($field).+, $value)
            }
        }
    };
}

pub(super) use {load, store};

/// The field `offset` bytes into an element.
///
/// # Safety
/// The element is live and has a `T` there.
#[inline]
pub(super) unsafe fn field<T, E>(element: NonNull<E>, offset: usize) -> *mut T {
    // SAFETY: within the element, by the caller's word.
    unsafe { element.as_ptr().cast::<u8>().add(offset).cast() }
}

/// The four bytes of padding behind `meta_type` in a header. No version of the structs has a field
/// there, they start as 0, and the libraries leave them alone but for an element's release: in a batch
/// they hold the [lock](super::lock)'s token, in an element the [stamp](super::iter) that tells stale handles.
///
/// # Safety
/// `element` starts with a live NvDsBaseMeta, for as long as the reference is used.
#[inline]
pub(super) unsafe fn header_word<'a, E>(element: *mut E) -> &'a AtomicU32 {
    const OFFSET: usize = offset_of!(NvDsBaseMeta, meta_type) + size_of::<NvDsMetaType>();
    const _: () = assert!(OFFSET + 4 == offset_of!(NvDsBaseMeta, uContext));
    // SAFETY: four aligned bytes within the header; whoever reads or writes them does so here.
    unsafe { AtomicU32::from_ptr(element.cast::<u8>().add(OFFSET).cast()) }
}

/// Four numbers in a row: a `misc_*` or `reserved` array.
#[derive(Clone, Copy)]
pub(super) struct Words(*mut i64);

impl Words {
    /// # Safety
    /// Four live, aligned numbers, for as long as the value is used.
    pub(super) unsafe fn new(first: *mut i64) -> Self {
        Self(first)
    }

    pub(super) fn load(self, index: usize) -> Option<i64> {
        // SAFETY: an index within the array.
        (index < MAX_USER_FIELDS).then(|| unsafe { i64::load(self.0.add(index)) })
    }

    pub(super) fn store(self, index: usize, value: i64) -> bool {
        if index < MAX_USER_FIELDS {
            // SAFETY: an index within the array.
            unsafe { i64::store(self.0.add(index), value) };
        }
        index < MAX_USER_FIELDS
    }

    pub(super) fn all(self) -> [i64; MAX_USER_FIELDS] {
        std::array::from_fn(|i| self.load(i).unwrap_or(0))
    }
}
