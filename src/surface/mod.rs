//! IN. From a GstBuffer to pixels: descriptors, residency, map guards.
//!
//! An NVMM buffer carries a `NvBufSurface` descriptor and no pixels of its own. [`SurfaceBatch`]
//! borrows the descriptor from the buffer, [`SurfaceRef`] is one of its surfaces, and
//! [`SurfaceRef::map_read`] and [`SurfaceRef::map_write`] give guards that lend a
//! [`FrameView`](crate::frame::FrameView) of the pixels where the CPU can reach them. Nothing is copied.
//!
//! The descriptor is always mapped for reading, also to change pixels: it is wrapped read-only by
//! NVIDIA's muxer, and a map for writing would make GStreamer replace it by a copy.

mod alloc;
mod batch;
mod format;
mod guard;
pub(crate) mod host;
mod map;
mod residency;
mod video;

pub use alloc::{PixelPool, SurfaceAlloc, SurfaceSpec, plane_layout};
pub use batch::{SurfaceBatch, SurfaceRef};
pub use format::{color_format, pixel_format};
pub use guard::MapCounters;
pub use map::{FrameMap, FrameMapMut};
pub use residency::Residency;
pub(crate) use video::info_from_caps;
pub use video::{VideoFrameView, VideoFrameViewMut, VideoMap, VideoMapMut};

#[cfg(test)]
mod tests;
