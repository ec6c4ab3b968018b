//! Who holds which pixels mapped, in the whole process.
//!
//! A surface can be reached over several buffers (a batch and what it lends from) and from several threads
//! (behind a `tee`), so readers and writers are kept apart by the address of the pixels. Another thread's guard
//! is waited for, as it is dropped when its probe returns; one of the same thread never would be, and is an
//! error at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

static MAPPED: AtomicU64 = AtomicU64::new(0);
static UNMAPPED: AtomicU64 = AtomicU64::new(0);
static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);
static DROPPED: Condvar = Condvar::new();

/// How long another thread's guard is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many guards this process has made and dropped; equal when none is alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapCounters {
    /// Guards made.
    pub mapped: u64,
    /// Guards dropped.
    pub unmapped: u64,
}

impl MapCounters {
    /// The counts so far.
    #[must_use]
    pub fn now() -> Self {
        Self { mapped: MAPPED.load(Ordering::Relaxed), unmapped: UNMAPPED.load(Ordering::Relaxed) }
    }
}

#[derive(Debug, Default)]
struct Table {
    /// By the address of the pixels.
    held: HashMap<usize, Held>,
    /// Threads that wait for a guard to be dropped; telling nobody costs a system call.
    waiting: usize,
}

#[derive(Debug, Default)]
struct Held {
    /// The threads of the guards that are alive.
    owners: Vec<ThreadId>,
    writing: bool,
}

/// The right to read, or to write, the pixels at an address.
#[derive(Debug)]
pub(super) struct Guard {
    address: usize,
    owner: ThreadId,
}

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Guard {
    /// Waits for the right to the pixels of surface `index` at `address`.
    ///
    /// # Errors
    /// While this thread has a guard that excludes it, or another thread has one for too long.
    pub(super) fn take(address: usize, writing: bool, index: u32) -> Result<Self> {
        let owner = thread::current().id();
        let mut table = table();
        let mut until = None;
        loop {
            let entry = table.held.entry(address).or_default();
            if entry.owners.is_empty() || !(writing || entry.writing) {
                entry.owners.push(owner);
                entry.writing = writing;
                MAPPED.fetch_add(1, Ordering::Relaxed);
                return Ok(Self { address, owner });
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
        if let Some(entry) = table.held.get_mut(&self.address) {
            if let Some(at) = entry.owners.iter().position(|owner| *owner == self.owner) {
                entry.owners.swap_remove(at);
            }
            if entry.owners.is_empty() {
                table.held.remove(&self.address);
            }
        }
        UNMAPPED.fetch_add(1, Ordering::Relaxed);
        if table.waiting > 0 {
            DROPPED.notify_all();
        }
    }
}
