//! Handles, and iterators over a list as it was when they were made.
//!
//! Every element carries a stamp, which goes up when this crate removes the element (see
//! [`retire`](super::retire)). A handle remembers the stamp that it saw: while the two are equal, the
//! element is the one that the handle was made for, and not a later one in the same memory.

use std::ffi::c_void;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering::Relaxed;

use gst::glib::ffi::GList;

use super::lock::Guard;
use super::raw::header_word;
use crate::sys::MetaGeneration;

/// A handle that an iterator can make.
pub trait Handle: Copy + PartialEq {
    /// # Safety
    /// `element` is an element of the handle's kind, in a batch of this generation that lives as long
    /// as the handle.
    #[doc(hidden)]
    unsafe fn with_stamp(element: NonNull<c_void>, generation: MetaGeneration, stamp: u32) -> Self;

    /// # Safety
    /// As for `with_stamp`, and the element is in use.
    #[doc(hidden)]
    unsafe fn from_element(element: NonNull<c_void>, generation: MetaGeneration) -> Self {
        // SAFETY: elements start with a header.
        unsafe { Self::with_stamp(element, generation, stamp_of(element.as_ptr())) }
    }
}

/// # Safety
/// A live element.
#[inline]
pub(super) unsafe fn stamp_of<E>(element: *mut E) -> u32 {
    // SAFETY: elements start with a header.
    unsafe { header_word(element) }.load(Relaxed)
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    element: NonNull<c_void>,
    stamp: u32,
}

impl Entry {
    /// # Safety
    /// A live element.
    #[inline]
    unsafe fn new(element: NonNull<c_void>) -> Self {
        // SAFETY: by the caller's word.
        Self { element, stamp: unsafe { stamp_of(element.as_ptr()) } }
    }

    /// The element was not removed since.
    #[inline]
    fn is_live(self) -> bool {
        // SAFETY: pools keep elements alive as long as their batch, which outlives the iterator.
        unsafe { stamp_of(self.element.as_ptr()) == self.stamp }
    }
}

/// Entries that are kept without an allocation; few objects have more classifiers or labels.
const INLINE: usize = 2;
/// Room for more of them at first.
const HEAP: usize = 64;

/// The elements of a list as it was when the iterator was made, less those that are removed before
/// their turn comes.
#[derive(Debug, Clone)]
pub struct MetaIter<H> {
    /// All entries, while they fit; the first `end` were written.
    inline: [MaybeUninit<Entry>; INLINE],
    /// All entries, where they did not fit.
    heap: Vec<Entry>,
    start: usize,
    end: usize,
    generation: MetaGeneration,
    handles: PhantomData<H>,
}

impl<H: Handle> MetaIter<H> {
    /// Reads the list at `head` under the lock of the batch that owns `owner`. The list of an owner
    /// that is not `live` is empty.
    ///
    /// # Safety
    /// `owner` is an element (or batch) of this generation, and `head` its field with a list of
    /// the handle's kind.
    #[inline]
    pub(super) unsafe fn new<E>(
        owner: NonNull<E>,
        head: *mut *mut GList,
        generation: MetaGeneration,
        live: impl Fn() -> bool,
    ) -> Self {
        let mut inline = [MaybeUninit::uninit(); INLINE];
        let (mut heap, mut end) = (Vec::new(), 0);
        // SAFETY: the owner's batch is live, and its lists do not change under the lock.
        unsafe {
            let _lock = Guard::of(owner);
            let first = if live() { *head } else { ptr::null_mut() };
            let mut list = first;
            while let Some(node) = list.as_ref() {
                if end == INLINE {
                    heap = collect(first);
                    end = heap.len();
                    break;
                }
                if let Some(element) = NonNull::new(node.data) {
                    inline[end] = MaybeUninit::new(Entry::new(element));
                    end += 1;
                }
                list = node.next;
            }
        }
        Self { inline, heap, start: 0, end, generation, handles: PhantomData }
    }

    /// The entry `index`, which lies in `start..end`.
    #[inline]
    fn entry(&self, index: usize) -> Entry {
        match self.heap.get(index) {
            Some(entry) => *entry,
            // SAFETY: without a heap the entries are here, and the first `end`, as it was at first, were
            // written; `end` only goes down.
            None => unsafe { self.inline[index].assume_init() },
        }
    }

    /// The handle of an entry, unless its element was removed since.
    #[inline]
    fn handle(&self, entry: Entry) -> Option<H> {
        // SAFETY: an element of the list; the lifetime in H is tied to its batch.
        entry.is_live().then(|| unsafe { H::with_stamp(entry.element, self.generation, entry.stamp) })
    }

    /// How many are left, not counting those that have been removed since.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.start..self.end).filter(|&i| self.entry(i).is_live()).count()
    }

    /// None is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// All elements of a list.
///
/// # Safety
/// A live list of live elements, which does not change under the lock that the caller holds.
#[inline(never)]
unsafe fn collect(mut list: *mut GList) -> Vec<Entry> {
    let mut all = Vec::with_capacity(HEAP);
    // SAFETY: by the caller's word.
    unsafe {
        while let Some(node) = list.as_ref() {
            all.extend(NonNull::new(node.data).map(|element| Entry::new(element)));
            list = node.next;
        }
    }
    all
}

impl<H: Handle> Iterator for MetaIter<H> {
    type Item = H;

    #[inline]
    fn next(&mut self) -> Option<H> {
        while self.start < self.end {
            let entry = self.entry(self.start);
            self.start += 1;
            if let Some(handle) = self.handle(entry) {
                return Some(handle);
            }
        }
        None
    }

    /// From those that are still there, all of which may be removed before their turn, up to them all.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.end - self.start))
    }
}

impl<H: Handle> DoubleEndedIterator for MetaIter<H> {
    fn next_back(&mut self) -> Option<H> {
        while self.start < self.end {
            self.end -= 1;
            if let Some(handle) = self.handle(self.entry(self.end)) {
                return Some(handle);
            }
        }
        None
    }
}

impl<H: Handle> FusedIterator for MetaIter<H> {}

/// Defines a handle: a `Copy` pointer with a lifetime, its batch's generation and its element's stamp.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident($struct:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name<'b> {
            pub(super) raw: std::ptr::NonNull<$struct>,
            pub(super) generation: $crate::sys::MetaGeneration,
            stamp: u32,
            borrow: std::marker::PhantomData<&'b ()>,
        }

        impl $crate::meta::iter::Handle for $name<'_> {
            #[inline]
            unsafe fn with_stamp(
                element: std::ptr::NonNull<std::ffi::c_void>,
                generation: $crate::sys::MetaGeneration,
                stamp: u32,
            ) -> Self {
                Self { raw: element.cast(), generation, stamp, borrow: std::marker::PhantomData }
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

            /// A pointer that is free for applications (`base_meta.uContext`). Copies drop it, except
            /// those of user metas.
            #[must_use]
            pub fn user_context(&self) -> *mut std::ffi::c_void {
                // SAFETY: a field of a live element's header, which does not change under the lock.
                unsafe {
                    let _lock = $crate::meta::lock::Guard::of(self.raw);
                    (*self.raw.as_ptr()).base_meta.uContext
                }
            }

            /// Sets the pointer that is free for applications. DeepStream's libraries do not reset it when
            /// the element is recycled.
            pub fn set_user_context(&self, context: *mut std::ffi::c_void) {
                // SAFETY: a field of a live element's header, written under the lock.
                unsafe {
                    let _lock = $crate::meta::lock::Guard::of(self.raw);
                    if self.is_live() {
                        (*self.raw.as_ptr()).base_meta.uContext = context;
                    }
                }
            }
        }
    };
}

/// Defines the handle of an element of a pool, which may be removed while handles to it exist.
macro_rules! element {
    ($(#[$doc:meta])* $name:ident($struct:ty)) => {
        $crate::meta::iter::handle! { $(#[$doc])* $name($struct) }

        impl $name<'_> {
            /// The element has not been removed since the handle was made. Through this crate, that is:
            /// what C code removes behind a handle's back is not seen.
            #[must_use]
            #[inline]
            pub fn is_live(&self) -> bool {
                // SAFETY: pools keep elements alive as long as their batch.
                unsafe { $crate::meta::iter::stamp_of(self.raw.as_ptr()) == self.stamp }
            }
        }
    };
}

pub(super) use {element, handle};
