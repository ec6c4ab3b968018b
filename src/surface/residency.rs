use std::fmt;

use crate::sys;

/// Where the pixels of a surface are, as its descriptor says; never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Residency {
    /// Plain host memory (`NVBUF_MEM_SYSTEM`): what the embedded elements carry.
    Host,
    /// Host memory that the GPU can reach (`NVBUF_MEM_CUDA_PINNED`).
    Pinned,
    /// Memory that CPU and GPU share (`NVBUF_MEM_CUDA_UNIFIED`).
    Unified,
    /// GPU memory (`NVBUF_MEM_CUDA_DEVICE`).
    Device,
    /// A CUDA array (`NVBUF_MEM_CUDA_ARRAY`).
    CudaArray,
    /// Jetson's hardware buffer (`NVBUF_MEM_SURFACE_ARRAY`).
    SurfaceArray,
    /// Jetson's raw buffer (`NVBUF_MEM_HANDLE`).
    Handle,
    /// `NVBUF_MEM_DEFAULT` where a concrete type was expected, or a value this crate has never heard of.
    Unknown(u32),
}

impl Residency {
    /// From `NvBufSurface.memType`.
    #[must_use]
    pub fn from_mem_type(mem_type: sys::NvBufSurfaceMemType) -> Self {
        match mem_type {
            sys::NVBUF_MEM_SYSTEM => Self::Host,
            sys::NVBUF_MEM_CUDA_PINNED => Self::Pinned,
            sys::NVBUF_MEM_CUDA_UNIFIED => Self::Unified,
            sys::NVBUF_MEM_CUDA_DEVICE => Self::Device,
            sys::NVBUF_MEM_CUDA_ARRAY => Self::CudaArray,
            sys::NVBUF_MEM_SURFACE_ARRAY => Self::SurfaceArray,
            sys::NVBUF_MEM_HANDLE => Self::Handle,
            other => Self::Unknown(other),
        }
    }

    /// Whether `NvBufSurfaceMap` gives the CPU an address that it has not otherwise: Jetson's buffers.
    #[must_use]
    pub fn needs_map(self) -> bool {
        matches!(self, Self::SurfaceArray | Self::Handle)
    }

    /// Whether the CPU can read `dataPtr` as it is.
    ///
    /// Pinned and unified memory is read there without `NvBufSurfaceMap`: on a GPU card that call does no more
    /// than write the same address into `mappedAddr`, its counterpart leaves it there, and the two sync calls
    /// fail for such memory (measured on DeepStream 9.0).
    #[must_use]
    pub fn is_host_addressable(self) -> bool {
        matches!(self, Self::Host | Self::Pinned | Self::Unified)
    }

    /// The header's name of the memory type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "system memory (NVBUF_MEM_SYSTEM)",
            Self::Pinned => "CUDA pinned memory (NVBUF_MEM_CUDA_PINNED)",
            Self::Unified => "CUDA unified memory (NVBUF_MEM_CUDA_UNIFIED)",
            Self::Device => "CUDA device memory (NVBUF_MEM_CUDA_DEVICE)",
            Self::CudaArray => "a CUDA array (NVBUF_MEM_CUDA_ARRAY)",
            Self::SurfaceArray => "a Jetson surface array (NVBUF_MEM_SURFACE_ARRAY)",
            Self::Handle => "a Jetson buffer handle (NVBUF_MEM_HANDLE)",
            Self::Unknown(_) => "memory of an unknown type",
        }
    }

    /// What to change in the pipeline so that the CPU can read the pixels; empty where it can.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Host | Self::Pinned | Self::Unified => "",
            Self::Device | Self::CudaArray | Self::Unknown(_) => {
                "set nvbuf-memory-type=3 (unified) or 1 (pinned) on the nvstreammux and on every nvvideoconvert \
                 before this pad"
            }
            Self::SurfaceArray | Self::Handle => {
                "put nvvideoconvert ! video/x-raw before this pad, which copies to system memory"
            }
        }
    }
}

/// The name and, where the type is not known, its number.
impl fmt::Display for Residency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(sys::NVBUF_MEM_DEFAULT) => {
                f.write_str("memory of an unknown type (NVBUF_MEM_DEFAULT, 0)")
            }
            Self::Unknown(number) => write!(f, "{} (NvBufSurfaceMemType {number})", self.name()),
            known => f.write_str(known.name()),
        }
    }
}
