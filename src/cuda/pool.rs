//! Memory that is used again: the logic of the pinned and the device pool, without any call of the driver.
//!
//! Sizes are rounded up to classes, so that crops of ever new sizes settle on a few blocks. A block goes back to the
//! lane that it was used in: what a stream used last it may have again at once, since it works in order.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Result;

/// Where blocks come from.
pub(super) trait Backing {
    type Block;
    /// What an allocation is made with.
    type Source: ?Sized;
    /// `bytes` of memory.
    fn allocate(&self, source: &Self::Source, bytes: usize) -> Result<Self::Block>;
    /// Whether a free block may be used now.
    fn ready(&self, block: &Self::Block) -> bool;
    /// Waits until a free block may be used.
    fn wait(&self, block: &Self::Block) -> Result<()>;
}

/// How much a pool has and did; in a steady state `allocated` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolStats {
    /// Blocks that were asked of the driver since the start.
    pub allocated: u64,
    /// Blocks that were used again instead.
    pub reused: u64,
    /// Times that a block had to be waited for, because all of its size were in use on the GPU.
    pub waited: u64,
    /// Bytes in use and free.
    pub bytes: usize,
    /// Bytes free.
    pub free_bytes: usize,
}

/// The lane of blocks that nobody works on.
pub(super) const IDLE: u64 = 0;

/// Free blocks of one size and lane that are kept before one is waited for instead.
const DEPTH: usize = 8;

pub(super) struct Pool<B: Backing> {
    backing: B,
    state: Mutex<State<B::Block>>,
}

struct State<T> {
    /// By lane and size.
    free: HashMap<(u64, usize), Vec<T>>,
    stats: PoolStats,
}

/// The size that a request for `bytes` is served with: a power of two up to 1 MiB, whole MiB above.
pub(super) fn class(bytes: usize) -> usize {
    const STEP: usize = 1 << 20;
    if bytes <= STEP {
        bytes.max(4096).next_power_of_two()
    } else {
        bytes.div_ceil(STEP).saturating_mul(STEP)
    }
}

impl<B: Backing> Pool<B> {
    pub(super) fn new(backing: B) -> Self {
        Self { backing, state: Mutex::new(State { free: HashMap::new(), stats: PoolStats::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State<B::Block>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block of at least `bytes`: one of the lane, an idle one, or a new one.
    pub(super) fn take(&self, source: &B::Source, lane: u64, bytes: usize) -> Result<B::Block> {
        let size = class(bytes);
        let mut state = self.state();
        let mut waiting = None;
        for lane in [lane, IDLE] {
            let Some(list) = state.free.get_mut(&(lane, size)) else { continue };
            if let Some(at) = list.iter().position(|block| self.backing.ready(block)) {
                // In order, so that the block used longest ago comes first: it is the likeliest to be ready.
                let block = list.remove(at);
                state.stats.reused += 1;
                state.stats.free_bytes -= size;
                return Ok(block);
            }
            if list.len() >= DEPTH {
                waiting = Some(list.remove(0));
                break;
            }
        }
        if let Some(block) = waiting {
            state.stats.waited += 1;
            state.stats.reused += 1;
            state.stats.free_bytes -= size;
            drop(state);
            self.backing.wait(&block)?;
            return Ok(block);
        }
        drop(state);
        let block = self.backing.allocate(source, size)?;
        let mut state = self.state();
        state.stats.allocated += 1;
        state.stats.bytes += size;
        Ok(block)
    }

    /// Takes back a block that was asked for with `bytes`, for whoever is next in the lane.
    pub(super) fn give(&self, lane: u64, bytes: usize, block: B::Block) {
        let size = class(bytes);
        let mut state = self.state();
        state.stats.free_bytes += size;
        state.free.entry((lane, size)).or_default().push(block);
    }

    /// A block asked for with `bytes` that does not come back.
    pub(super) fn forget(&self, bytes: usize) {
        self.state().stats.bytes -= class(bytes);
    }

    /// What the lane has is idle from now on: its stream has ended.
    pub(super) fn retire(&self, lane: u64) {
        let mut state = self.state();
        let sizes: Vec<_> = state.free.keys().filter(|key| key.0 == lane).copied().collect();
        for key in sizes {
            let blocks = state.free.remove(&key).unwrap_or_default();
            state.free.entry((IDLE, key.1)).or_default().extend(blocks);
        }
    }

    /// Gives all that is free back to the driver, and says how many bytes.
    pub(super) fn trim(&self) -> usize {
        let mut state = self.state();
        let free = std::mem::take(&mut state.free);
        let bytes = std::mem::take(&mut state.stats.free_bytes);
        state.stats.bytes -= bytes;
        drop(state);
        drop(free);
        bytes
    }

    pub(super) fn stats(&self) -> PoolStats {
        self.state().stats
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
