//! Stores past the caches, for tensors that are larger than those.
//!
//! A plain store to a line that is not in the cache reads the line from memory first. A streaming store does not, but
//! it takes aligned vectors, and a tensor begins where its allocator put it. So each plane holds back what does not fill
//! an aligned vector yet, from one vector to the next and from one row to the next. The sampled rows have each group of
//! pixels turned by as many, which makes holding back one instruction before anything is `f32`.

use std::ops::Range;

use super::columns::Weave;
use super::spec::Norm;
use super::store::Blend;
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use crate::ops::rows::Isa;

/// Bytes of a tensor from which on streaming pays. What fits the caches is slower to write and to read again this way: on a
/// Zen 5 with 32 MiB of shared cache, 16 MiB took longer so, and 32 MiB less long.
pub(super) const STREAM_FROM: usize = 24 << 20;

/// The last group of each plane, blended; each in a cache line of its own.
#[repr(align(64))]
struct Held([Group; 3]);

/// A group of the widest kind.
pub(super) type Group = [i16; 32];

/// The rows of one item's planes, on their way to memory.
pub(super) struct Stream {
    isa: Isa,
    /// Values of each vector that wait for the next one.
    lag: usize,
    held: Held,
}

impl Stream {
    /// For the planes of `item`, written row after row of `width` values. `None` where there are no such stores, those
    /// rows are not whole vectors of 64 bytes, or the memory is less than 16 bytes aligned.
    pub(super) fn new(isa: Isa, item: &[f32], width: usize) -> Option<Self> {
        let lanes: usize = match isa {
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
        fits.then_some(Self { isa, lag: start / size_of::<f32>() % lanes, held: Held([[0; 32]; 3]) })
    }

    /// By how much the groups of pixels of the rows must be turned.
    pub(super) fn lag(&self) -> usize {
        self.lag
    }

    /// Writes the first row of plane `c`, from value `at` of it on, through `line`: it begins before the plane.
    pub(super) fn first(
        &mut self,
        item: &mut [f32],
        at: usize,
        blend: &Blend<'_>,
        c: usize,
        line: &mut [f32],
    ) {
        self.put(line, blend, c, false);
        let (plane, line) = (item.len() / 3, &line[self.lag..]);
        item[c * plane + at..][..line.len()].copy_from_slice(line);
    }

    /// Values `all` of plane `c`, each as much earlier as values wait.
    pub(super) fn rows<'a>(&self, item: &'a mut [f32], c: usize, all: Range<usize>) -> &'a mut [f32] {
        let plane = item.len() / 3;
        &mut item[c * plane..][all.start - self.lag..all.end - self.lag]
    }

    /// Writes rows of plane `c` into such values, but for what waits for the next one.
    pub(super) fn write(&mut self, out: &mut [f32], blend: &Blend<'_>, c: usize) {
        self.put(out, blend, c, true);
    }

    /// As [`write`](Self::write), but past the caches only where `past` says so.
    fn put(&mut self, out: &mut [f32], blend: &Blend<'_>, c: usize, past: bool) {
        let held = &mut self.held.0[c];
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) => x86_64::stream_f32(token, (blend, c), out, held, (self.lag, past)),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) => x86_64::stream_wide_f32(token, (blend, c), out, held, (self.lag, past)),
            _ => {
                let _ = (out, blend, held, past);
            }
        }
    }

    /// Writes what waits, up to value `end` of each plane.
    pub(super) fn finish(&self, item: &mut [f32], end: usize, norm: &Norm) {
        let plane_len = item.len() / 3;
        for (c, (held, plane)) in self.held.0.iter().zip(item.chunks_exact_mut(plane_len)).enumerate() {
            for (i, value) in plane[end - self.lag..end].iter_mut().enumerate() {
                *value = norm.apply(held[Weave::of(self.isa).place(i)] as u8, c);
            }
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
