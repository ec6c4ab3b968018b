//! The batch's lock, cheap to take again by the thread that has it.
//!
//! A thread remembers the batch that it locked last. Taking that lock once more then counts a number
//! up instead of calling the runtime, so that a walk under [`BatchMeta::lock`](super::BatchMeta::lock)
//! pays for the lock once. The memory is proved by a token that only the holder of the lock writes into
//! the batch's header (into padding that no version uses): a batch that was freed with its lock taken,
//! and another at the same address, cannot be mistaken for each other.

use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use super::raw::header_word;
use crate::runtime::api;
use crate::sys::*;

struct Held {
    batch: Cell<*mut NvDsBatchMeta>,
    token: Cell<u32>,
    depth: Cell<u32>,
}

thread_local! {
    static HELD: Held = const {
        Held { batch: Cell::new(ptr::null_mut()), token: Cell::new(0), depth: Cell::new(0) }
    };
}

/// Never 0; a token comes back after 2^32 others.
fn new_token() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Relaxed).max(1)
}

/// Locks the batch that owns an element until dropped.
pub(super) struct Guard {
    batch: *mut NvDsBatchMeta,
    /// That of the thread's memory when this guard counts there; 0: the runtime was called for it.
    token: u32,
}

impl Guard {
    /// # Safety
    /// `element` is a live element, or a batch; both start with a NvDsBaseMeta that names the batch,
    /// which outlives the guard.
    #[inline]
    pub(super) unsafe fn of<E>(element: NonNull<E>) -> Self {
        // SAFETY: the header never changes while the element lives.
        let batch = unsafe { (*element.as_ptr().cast::<NvDsBaseMeta>()).batch_meta };
        HELD.with(|held| {
            let (depth, token) = (held.depth.get(), held.token.get());
            // SAFETY: a live batch.
            let written = unsafe { header_word(batch) }.load(Relaxed);
            // Only this thread writes this token, and only while it has the lock.
            if depth > 0 && held.batch.get() == batch && written == token {
                held.depth.set(depth + 1);
                return Self { batch, token };
            }
            // SAFETY: a live batch.
            unsafe { Self::fresh(batch, held) }
        })
    }

    /// # Safety
    /// A live batch.
    #[cold]
    #[inline(never)]
    unsafe fn fresh(batch: *mut NvDsBatchMeta, held: &Held) -> Self {
        // SAFETY: a live batch, whose header only the holder of its lock writes to.
        unsafe {
            (api().acquire_meta_lock)(batch);
            // One batch at a time is remembered; the locks of others are plain.
            if held.depth.get() > 0 {
                return Self { batch, token: 0 };
            }
            let token = new_token();
            (*header_word(batch)).store(token, Relaxed);
            held.batch.set(batch);
            held.token.set(token);
            held.depth.set(1);
            Self { batch, token }
        }
    }

    pub(super) fn batch(&self) -> *mut NvDsBatchMeta {
        self.batch
    }
}

impl Drop for Guard {
    #[inline]
    fn drop(&mut self) {
        let last = self.token == 0
            || HELD.with(|held| {
                let depth = held.depth.get() - 1;
                held.depth.set(depth);
                depth == 0
            });
        if last {
            // SAFETY: locked on this thread, since guards are not Send (they hold a pointer), and
            // unlocked once: by the one plain guard, or by the last of those that count.
            unsafe { release(self.batch, self.token) };
        }
    }
}

/// # Safety
/// This thread has the batch's lock.
#[cold]
#[inline(never)]
unsafe fn release(batch: *mut NvDsBatchMeta, token: u32) {
    // SAFETY: a live batch, whose header only the holder of its lock writes to.
    unsafe {
        if token != 0 {
            (*header_word(batch)).store(0, Relaxed);
        }
        (api().release_meta_lock)(batch);
    }
}
