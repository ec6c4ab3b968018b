//! IN. From a GstBuffer to pixels: descriptors, residency, map guards.
//!
//! An NVMM buffer carries a `NvBufSurface` descriptor and no pixels of its own. [`SurfaceBatch`]
//! borrows the descriptor from the buffer, [`SurfaceRef`] is one of its surfaces, and
//! [`SurfaceRef::map_read`] and [`SurfaceRef::map_write`] give guards that lend a
//! [`FrameView`](crate::frame::FrameView) of the pixels where the CPU can reach them;
//! [`SurfaceBatch::map_read_all`] and [`SurfaceBatch::map_write_all`] do so for a whole batch. Nothing is copied.
//!
//! The descriptor is always mapped for reading, also to change pixels: it is wrapped read-only by
//! NVIDIA's muxer, and a map for writing would make GStreamer replace it by a copy.

mod access;
mod alloc;
mod batch;
mod counters;
mod device;
mod format;
mod guard;
pub(crate) mod host;
mod map;
mod planes;
mod residency;
mod video;
mod whole;

pub use alloc::{PixelPool, SurfaceAlloc, SurfaceSpec, plane_layout};
pub use batch::{SurfaceBatch, SurfaceRef};
pub use counters::MapCounters;
pub use device::{DeviceMap, DeviceMapMut};
pub use format::{SurfaceFormat, color_format, pixel_format};
pub use map::{FrameMap, FrameMapMut};
pub use residency::Residency;
pub(crate) use video::info_from_caps;
pub use video::{VideoFrameView, VideoFrameViewMut, VideoMap, VideoMapMut};
pub use whole::{BatchMap, BatchMapMut};

#[cfg(test)]
mod tests;
