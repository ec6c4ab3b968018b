//! Caps of NVMM buffers, and what the elements' properties have in common.

use std::sync::LazyLock;

use gst::glib;
use gst::prelude::*;

use crate::error::{Error, Result};
use crate::surface::{SurfaceSpec, host};
use crate::sys::SurfaceGeneration;

/// The layout that the embedded elements write: that of the newest DeepStream.
pub(super) const GENERATION: SurfaceGeneration = SurfaceGeneration::C;

/// The caps feature of buffers whose memory is a `NvBufSurface`.
pub(super) const FEATURE: &str = "memory:NVMM";

pub(super) static CAT: LazyLock<gst::DebugCategory> = LazyLock::new(|| {
    gst::DebugCategory::new("dsframe", gst::DebugColorFlags::empty(), Some("dsframe's embedded elements"))
});

/// Memory asked of the embedded elements. They take any value and use system memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, glib::Enum)]
#[enum_type(name = "DsframeNvBufMemoryType")]
#[repr(i32)]
pub enum MemoryType {
    /// Whatever suits the platform.
    #[default]
    #[enum_value(name = "Default memory", nick = "nvbuf-mem-default")]
    Default = 0,
    /// Host memory that the GPU can reach.
    #[enum_value(name = "CUDA pinned memory", nick = "nvbuf-mem-cuda-pinned")]
    CudaPinned = 1,
    /// GPU memory.
    #[enum_value(name = "CUDA device memory", nick = "nvbuf-mem-cuda-device")]
    CudaDevice = 2,
    /// Memory that CPU and GPU share.
    #[enum_value(name = "CUDA unified memory", nick = "nvbuf-mem-cuda-unified")]
    CudaUnified = 3,
    /// Jetson's hardware buffers.
    #[enum_value(name = "Jetson surface array", nick = "nvbuf-mem-surface-array")]
    SurfaceArray = 4,
}

/// Says once per element that its pixels are in system memory whatever was asked.
pub(super) fn note_memory_type(element: &impl IsA<glib::Object>, asked: MemoryType) {
    if asked != MemoryType::Default {
        gst::info!(
            CAT,
            obj = element,
            "nvbuf-memory-type is {asked:?}; the embedded element uses system memory"
        );
    }
}

fn structure(formats: impl Iterator<Item = gst_video::VideoFormat>) -> gst::Structure {
    gst::Structure::builder("video/x-raw")
        .field("format", gst::List::new(formats.map(|f| f.to_str())))
        .field("width", gst::IntRange::new(1, i32::MAX))
        .field("height", gst::IntRange::new(1, i32::MAX))
        .field(
            "framerate",
            gst::FractionRange::new(gst::Fraction::new(0, 1), gst::Fraction::new(i32::MAX, 1)),
        )
        .build()
}

/// NVMM frames of every format that has a surface.
pub(super) fn nvmm_caps() -> gst::Caps {
    let mut caps = gst::Caps::new_empty();
    let writable = caps.get_mut().expect("new caps have one owner");
    writable.append_structure_full(structure(host::video_formats()), Some(gst::CapsFeatures::new([FEATURE])));
    caps
}

/// NVMM frames, and frames in system memory, of every format that has a surface.
pub(super) fn any_caps() -> gst::Caps {
    let mut caps = nvmm_caps();
    caps.get_mut().expect("new caps have one owner").append_structure(structure(host::video_formats()));
    caps
}

/// Whether the buffers of `caps` carry surfaces.
pub(super) fn is_nvmm(caps: &gst::CapsRef) -> bool {
    caps.features(0).is_some_and(|features| features.contains(FEATURE))
}

/// Caps of batches of `spec` surfaces, as the muxer writes them.
///
/// # Errors
/// `InvalidArgument` for a size that GStreamer refuses.
pub(super) fn batch_caps(spec: SurfaceSpec, fps: gst::Fraction, batch_size: u32) -> Result<gst::Caps> {
    let failed = |e| Error::invalid("the batch's caps could not be made").with_source(e);
    let info = host::video_info(spec)?;
    let info = gst_video::VideoInfo::builder(info.format(), info.width(), info.height())
        .colorimetry(&info.colorimetry())
        .fps(fps)
        .build()
        .map_err(failed)?;
    let mut caps = info.to_caps().map_err(failed)?;
    let writable = caps.make_mut();
    writable.set_features_simple(Some(gst::CapsFeatures::new([FEATURE])));
    writable.set("batch-size", batch_size as i32);
    writable.set("num-surfaces-per-frame", 1i32);
    Ok(caps)
}
