//! Taking elements off their owners: who may, and what becomes of the handles.
//!
//! Removing an element raises its stamp and those of everything inside it, so that handles to them
//! are stale from then on, whatever the pool does with the memory. DeepStream 9.0 rewrites headers when it
//! takes elements back, padding included, so the new stamps are written after that.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;

use super::classifier::ClassifierMeta;
use super::display::DisplayMeta;
use super::frame::FrameMeta;
use super::iter::{Handle, MetaIter, stamp_of};
use super::object::ObjectMeta;
use super::raw::header_word;
use super::typed::is_viewed;
use super::user::UserMeta;
use super::{LabelInfo, lock::Guard};
use crate::{Error, Result};

/// Elements that are about to go, with the stamps that they will have.
pub(super) struct Leaving(Vec<(NonNull<c_void>, u32)>);

impl Leaving {
    fn push<E>(&mut self, element: NonNull<E>) {
        // SAFETY: pools keep elements alive as long as their batch.
        let stamp = unsafe { stamp_of(element.as_ptr()) };
        self.0.push((element.cast(), stamp.wrapping_add(1)));
    }

    /// They have gone; nobody else has had one of them since, under the lock.
    fn stamp(&mut self) {
        for (element, stamp) in self.0.drain(..) {
            // SAFETY: pools keep elements alive as long as their batch.
            unsafe { header_word(element.as_ptr()) }.store(stamp, Relaxed);
        }
    }
}

/// An element that can be taken off its owner.
pub(super) trait Retire: Handle {
    /// Names the element and all it holds. The batch's lock is held.
    fn leave(&self, leaving: &mut Leaving);
}

macro_rules! retire {
    ($($name:ident: $($list:ident)*;)*) => {
        $(impl Retire for $name<'_> {
            fn leave(&self, leaving: &mut Leaving) {
                $(self.$list().for_each(|element| element.leave(leaving));)*
                leaving.push(self.raw);
            }
        })*
    };
}

retire! {
    FrameMeta: objects displays user_metas;
    ObjectMeta: classifiers user_metas;
    ClassifierMeta: labels;
    LabelInfo: ;
    DisplayMeta: ;
    UserMeta: ;
}

/// Removes `element` when it is in `list`, and says whether it did. `remove` is the C function for it. Nothing
/// is removed while a [typed view](super::typed) of the batch is alive.
///
/// # Safety
/// `owner` is a live element (or batch) with this list, and `remove` takes an element of it away.
pub(super) unsafe fn remove<E, H: Retire>(
    owner: NonNull<E>,
    list: impl FnOnce() -> MetaIter<H>,
    element: H,
    remove: impl FnOnce(),
) -> bool {
    // SAFETY: the owner is live.
    let lock = unsafe { Guard::of(owner) };
    // Handles are equal only with equal stamps, and a list holds live elements: a stale one is not there.
    let found = !is_viewed(lock.batch()) && list().any(|e| e == element);
    if found {
        let mut leaving = Leaving(Vec::new());
        element.leave(&mut leaving);
        remove();
        leaving.stamp();
    }
    found
}

/// Removes all elements of `list`, and says how many. Nothing is removed while a [typed view](super::typed) of
/// the batch is alive.
///
/// # Safety
/// As for [`remove`].
pub(super) unsafe fn clear<E, H: Retire>(
    owner: NonNull<E>,
    list: impl FnOnce() -> MetaIter<H>,
    remove: impl Fn(H),
) -> usize {
    // SAFETY: the owner is live.
    let lock = unsafe { Guard::of(owner) };
    if is_viewed(lock.batch()) {
        return 0;
    }
    // In the list's order, so that the library finds each at the head.
    let mut removed = 0;
    let mut leaving = Leaving(Vec::new());
    for element in list() {
        element.leave(&mut leaving);
        remove(element);
        leaving.stamp();
        removed += 1;
    }
    removed
}

/// Nothing can be added to an element that is gone.
pub(super) fn expect_live(live: bool, what: &str) -> Result<()> {
    if live {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the {what} was removed, and takes nothing any more; get the elements of the batch anew after removing"
    )))
}

/// A fresh element from a pool, as a handle.
///
/// # Safety
/// `raw` was just acquired from a batch of this generation that lives as long as the handle.
pub(super) unsafe fn acquired<T, H: Handle>(raw: *mut T, generation: crate::sys::MetaGeneration) -> H {
    // SAFETY: acquiring from a live batch never fails (memory that runs out ends the process).
    unsafe { H::from_element(NonNull::new_unchecked(raw.cast::<c_void>()), generation) }
}
