//! Words of GPU memory that kernels of one stream count with, from one call to the next.

use std::sync::{Arc, Mutex, PoisonError};

use super::Stream;
use super::driver::checked;
use super::memory::DeviceBlock;
use crate::error::Result;

/// 32-bit words that are zero whenever no kernel of their stream runs: a kernel that counts with them leaves zeros
/// behind, so that nothing has to be cleared between two calls. A kernel that fails in between takes the whole context
/// with it.
pub(crate) struct Counters {
    block: DeviceBlock,
    words: usize,
}

impl Counters {
    /// Device address of the first.
    pub(crate) fn address(&self) -> u64 {
        self.block.address()
    }
}

/// What a stream has of them.
#[derive(Default)]
pub(super) struct Kept(Mutex<Option<Arc<Counters>>>);

impl Stream {
    /// At least `words` counters of this stream, which no other one has. Kernels may use them that are handed over, to
    /// this stream, before the result is dropped.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub(crate) fn counters(&self, words: usize) -> Result<Arc<Counters>> {
        let mut kept = self.kept_counters().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counters) = kept.as_ref().filter(|counters| counters.words >= words) {
            return Ok(Arc::clone(counters));
        }
        let _bound = self.device().bind()?;
        let words = words.max(1024).next_power_of_two();
        let zeros = self.raw().alloc_zeros::<u8>(4 * words);
        let slice = checked(zeros, "cuMemsetD8Async", format_args!("{words} counters in GPU memory"))?;
        let counters = Arc::new(Counters { block: DeviceBlock::new(slice, self.raw()), words });
        // Fewer words that another thread still launches with live until it is done.
        *kept = Some(Arc::clone(&counters));
        Ok(counters)
    }
}
