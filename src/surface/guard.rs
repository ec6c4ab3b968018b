//! Who holds which pixels mapped, in the whole process.
//!
//! A surface can be reached over several buffers (a batch and what it lends from) and from several threads
//! (behind a `tee`), so readers and writers are kept apart by the pixels themselves: their address or, where they have none
//! before they are mapped, the number of the hardware's buffer. Another thread's guard
//! is waited for, as it is dropped when its probe returns; one of the same thread never would be, and is an
//! error at once.

use std::collections::HashMap;
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::counters;
use crate::error::{Error, Result};

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);
static DROPPED: Condvar = Condvar::new();

/// How long another thread's guard is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What tells one surface's pixels from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Pixels {
    /// They start at this address.
    Address(usize),
    /// They are in this buffer of the hardware (`bufferDesc`), which has no address until it is mapped.
    Descriptor(u64),
}

#[derive(Debug, Default)]
struct Table {
    held: HashMap<Pixels, Held>,
    /// Threads that wait for a guard to be dropped; telling nobody costs a system call.
    waiting: usize,
}

#[derive(Debug, Default)]
struct Held {
    /// The threads of the guards that are alive.
    owners: Vec<ThreadId>,
    writing: bool,
}

/// The right to read, or to write, a surface's pixels.
#[derive(Debug)]
pub(super) struct Guard {
    pixels: Pixels,
    owner: ThreadId,
}

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Guard {
    /// Waits for the right to the pixels of surface `index`.
    ///
    /// # Errors
    /// While this thread has a guard that excludes it, or another thread has one for too long.
    pub(super) fn take(pixels: Pixels, writing: bool, index: u32) -> Result<Self> {
        let owner = thread::current().id();
        let mut table = table();
        let mut until = None;
        loop {
            let entry = table.held.entry(pixels).or_default();
            if entry.owners.is_empty() || !(writing || entry.writing) {
                entry.owners.push(owner);
                entry.writing = writing;
                counters::guard_made();
                return Ok(Self { pixels, owner });
            }
            let until = *until.get_or_insert_with(|| Instant::now() + PATIENCE);
            let left = until.saturating_duration_since(Instant::now());
            if entry.owners.contains(&owner) || left.is_zero() {
                let whose = if entry.owners.contains(&owner) { "this thread" } else { "another thread" };
                let other = if entry.writing { "a write guard" } else { "a read guard" };
                return Err(Error::invalid(format!(
                    "surface {index} cannot be mapped for {} while {other} of {whose} is alive; drop that one first",
                    if writing { "writing" } else { "reading" }
                )));
            }
            table.waiting += 1;
            table = DROPPED.wait_timeout(table, left).unwrap_or_else(PoisonError::into_inner).0;
            table.waiting -= 1;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut table = table();
        if let Some(entry) = table.held.get_mut(&self.pixels) {
            if let Some(at) = entry.owners.iter().position(|owner| *owner == self.owner) {
                entry.owners.swap_remove(at);
            }
            if entry.owners.is_empty() {
                table.held.remove(&self.pixels);
            }
        }
        counters::guard_dropped();
        if table.waiting > 0 {
            DROPPED.notify_all();
        }
    }
}
