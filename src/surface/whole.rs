//! Guards of all surfaces of a batch at once.

use std::ops::{Deref, DerefMut};

use super::planes::Planes;
use super::{FrameMap, FrameMapMut, SurfaceBatch, SurfaceRef};
use crate::error::Result;

/// Every filled surface of a batch mapped for reading, in the order of their slots.
#[derive(Debug)]
pub struct BatchMap<'s> {
    maps: Vec<FrameMap<'s>>,
}

/// Every filled surface of a batch mapped for reading and writing, in the order of their slots.
#[derive(Debug)]
pub struct BatchMapMut<'s> {
    maps: Vec<FrameMapMut<'s>>,
}

impl<'s> BatchMap<'s> {
    pub(super) fn new(batch: &'s SurfaceBatch<'_>) -> Result<Self> {
        Ok(Self { maps: all(batch, FrameMap::new)? })
    }
}

impl<'s> BatchMapMut<'s> {
    pub(super) fn new(batch: &'s SurfaceBatch<'_>) -> Result<Self> {
        Ok(Self { maps: all(batch, FrameMapMut::new)? })
    }

    /// Gives all guards up as a drop does, and tells whether the hardware will see what was written.
    ///
    /// # Errors
    /// The first failure; the rest are given up all the same.
    pub fn finish(self) -> Result<()> {
        self.maps.into_iter().map(FrameMapMut::finish).fold(Ok(()), Result::and)
    }
}

/// One guard for each surface; a failure drops those made before it.
///
/// Guards are taken in the order of the pixels, which is the same for everybody: two threads whose batches lend
/// from the same buffers in different orders then never wait for each other in a circle.
fn all<'s, G>(batch: &'s SurfaceBatch<'_>, guard: impl Fn(SurfaceRef<'s>) -> Result<G>) -> Result<Vec<G>> {
    let mut order = Vec::with_capacity(batch.len() as usize);
    for surface in batch.surfaces() {
        order.push((Planes::check(&surface)?.pixels, surface));
    }
    order.sort_by_key(|(pixels, surface)| (*pixels, surface.index()));
    let mut guards = Vec::with_capacity(order.len());
    for (_, surface) in order {
        guards.push((surface.index(), guard(surface)?));
    }
    guards.sort_by_key(|(index, _)| *index);
    Ok(guards.into_iter().map(|(_, guard)| guard).collect())
}

impl<'s> Deref for BatchMap<'s> {
    type Target = [FrameMap<'s>];

    fn deref(&self) -> &Self::Target {
        &self.maps
    }
}

impl<'s> Deref for BatchMapMut<'s> {
    type Target = [FrameMapMut<'s>];

    fn deref(&self) -> &Self::Target {
        &self.maps
    }
}

impl DerefMut for BatchMapMut<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.maps
    }
}
