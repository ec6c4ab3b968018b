//! Stores past the caches, for tensors that are larger than those.
//!
//! A plain store to a line that is not in the cache reads the line from memory first. A streaming store does not, but
//! it takes aligned vectors, and a tensor begins where its allocator put it. So each plane holds back what does not fill
//! an aligned vector yet, from one vector to the next and from one row to the next.

use std::ops::Range;

use super::store::Blend;
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use crate::ops::rows::Isa;

/// Bytes of a tensor from which on streaming pays. What fits the caches is slower to write and to read again this way: on a
/// Zen 5 with 32 MiB of shared cache, 16 MiB took longer so, and 32 MiB less long.
pub(super) const STREAM_FROM: usize = 24 << 20;

/// The last vector of each plane, in its first values; each in a cache line of its own.
#[repr(align(64))]
pub(super) struct Held(pub(super) [[f32; 16]; 3]);

/// The rows of one item's planes, on their way to memory.
pub(super) struct Stream {
    isa: Isa,
    /// Values of a vector.
    lanes: usize,
    /// Values of each vector that wait for the next one.
    lag: usize,
    held: Held,
}

impl Stream {
    /// For the planes of `item`, written row after row of `width` values. `None` where there are no such stores, those
    /// rows are not whole vectors of 64 bytes, or the memory is less than 16 bytes aligned.
    pub(super) fn new(isa: Isa, item: &[f32], width: usize) -> Option<Self> {
        let lanes = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => Some(8),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => Some(16),
            // aarch64 has stores that ask for this, but they promise nothing.
            _ => None,
        }?;
        let start = item.as_ptr().addr();
        // Rows are blended two vectors at a time.
        let fits = width.is_multiple_of(2 * lanes) && start.is_multiple_of(16);
        // A plane is whole rows, thus whole vectors: all three begin alike.
        fits.then_some(Self { isa, lanes, lag: start / size_of::<f32>() % lanes, held: Held([[0.0; 16]; 3]) })
    }

    /// Takes over at value `at` of each of the planes of `item`; the row before that was stored plainly.
    pub(super) fn begin(&mut self, item: &[f32], at: usize) {
        for (held, plane) in self.held.0.iter_mut().zip(item.chunks_exact(item.len() / 3)) {
            held[..self.lanes].copy_from_slice(&plane[at - self.lanes..at]);
        }
    }

    /// Rows of `width` values of each plane from value to value of `all`, each as much earlier as values wait.
    pub(super) fn rows<'a>(
        &self,
        item: &'a mut [f32],
        all: Range<usize>,
        width: usize,
    ) -> impl Iterator<Item = [&'a mut [f32]; 3]> + use<'a> {
        let (a, rest) = item.split_at_mut(item.len() / 3);
        let (b, c) = rest.split_at_mut(a.len());
        let all = all.start - self.lag..all.end - self.lag;
        let [a, b, c] = [a, b, c].map(|plane| plane[all.clone()].chunks_exact_mut(width));
        a.zip(b).zip(c).map(|((a, b), c)| [a, b, c])
    }

    /// Writes one of [`rows`](Self::rows), but for what waits for the next one.
    #[inline]
    pub(super) fn write(&mut self, outs: [&mut [f32]; 3], blend: &Blend<'_>) {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) => x86_64::stream_f32(token, blend, outs, &mut self.held, self.lag),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) => x86_64::stream_wide_f32(token, blend, outs, &mut self.held, self.lag),
            _ => {
                let _ = (outs, blend);
            }
        }
    }

    /// Writes what waits, up to value `end` of each plane.
    pub(super) fn finish(self, item: &mut [f32], end: usize) {
        let plane_len = item.len() / 3;
        for (held, plane) in self.held.0.iter().zip(item.chunks_exact_mut(plane_len)) {
            plane[end - self.lag..end].copy_from_slice(&held[self.lanes - self.lag..self.lanes]);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Streaming stores are not ordered with others, and another thread may read the item next.
        #[cfg(target_arch = "x86_64")]
        x86_64::fence();
    }
}
