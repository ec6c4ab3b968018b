//! Iterators over a list as it was when they were made.

use std::ffi::c_void;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::vec;

use gst::glib::ffi::GList;

use super::raw::{Guard, list_data};
use crate::sys::MetaGeneration;

/// A handle that an iterator can make.
pub trait Handle: Copy {
    /// # Safety
    /// `element` is a live element of the handle's kind, in a batch of this generation.
    #[doc(hidden)]
    unsafe fn from_element(element: NonNull<c_void>, generation: MetaGeneration) -> Self;
}

/// The elements of a list as it was when the iterator was made.
#[derive(Debug, Clone)]
pub struct MetaIter<H> {
    elements: vec::IntoIter<NonNull<c_void>>,
    generation: MetaGeneration,
    handles: PhantomData<H>,
}

impl<H: Handle> MetaIter<H> {
    /// Reads the list at `head` under the lock of the batch that owns `owner`.
    ///
    /// # Safety
    /// `owner` is a live element (or batch) of this generation, and `head` its field with a list of
    /// the handle's kind.
    pub(super) unsafe fn new<E>(
        owner: NonNull<E>,
        head: *mut *mut GList,
        generation: MetaGeneration,
    ) -> Self {
        // SAFETY: the owner is live, and its list does not change under the lock.
        let elements = unsafe {
            let _lock = Guard::of(owner);
            list_data(*head)
        };
        Self { elements: elements.into_iter(), generation, handles: PhantomData }
    }
}

impl<H: Handle> Iterator for MetaIter<H> {
    type Item = H;

    fn next(&mut self) -> Option<H> {
        // SAFETY: an element of the list; pools keep elements alive as long as their batch, which the
        // lifetime in H is tied to.
        self.elements.next().map(|e| unsafe { H::from_element(e, self.generation) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.elements.size_hint()
    }
}

impl<H: Handle> DoubleEndedIterator for MetaIter<H> {
    fn next_back(&mut self) -> Option<H> {
        // SAFETY: as in `next`.
        self.elements.next_back().map(|e| unsafe { H::from_element(e, self.generation) })
    }
}

impl<H: Handle> ExactSizeIterator for MetaIter<H> {}
impl<H: Handle> FusedIterator for MetaIter<H> {}

/// Defines a handle: a `Copy` pointer with a lifetime and its batch's generation.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident($struct:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name<'b> {
            pub(super) raw: std::ptr::NonNull<$struct>,
            pub(super) generation: $crate::sys::MetaGeneration,
            borrow: std::marker::PhantomData<&'b ()>,
        }

        impl $crate::meta::iter::Handle for $name<'_> {
            unsafe fn from_element(
                element: std::ptr::NonNull<std::ffi::c_void>,
                generation: $crate::sys::MetaGeneration,
            ) -> Self {
                Self { raw: element.cast(), generation, borrow: std::marker::PhantomData }
            }
        }

        impl $name<'_> {
            /// The C struct, for calls that this crate does not wrap. What lies behind a prefix
            /// struct is found with [`MetaGeneration`](crate::sys::MetaGeneration).
            #[must_use]
            pub fn as_ptr(&self) -> *mut $struct {
                self.raw.as_ptr()
            }

            /// The layout of the batch's structs.
            #[must_use]
            pub fn generation(&self) -> $crate::sys::MetaGeneration {
                self.generation
            }
        }
    };
}

pub(super) use handle;
