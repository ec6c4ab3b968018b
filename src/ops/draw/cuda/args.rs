//! The argument of a launch, laid out as in `draw_ink.cuh`.

use super::super::target::mask;
use crate::cuda::KernelArgs;
use crate::frame::{DeviceView, MAX_PLANES};

/// Words of a launch, and of those that have less to say: the driver copies them all.
pub(super) const MANY: usize = 1000;
pub(super) const SOME: usize = 600;
pub(super) const FEW: usize = 236;
const DEEP: u16 = 4;
const ALPHA: u16 = 8;

#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Plane {
    at: u64,
    pitch: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    planes: [Plane; MAX_PLANES],
    pub(super) atlas: u64,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) phase: [u16; 2],
    pub(super) tile: [u16; 2],
    pub(super) count: u16,
    pub(super) flags: u16,
    mask: u32,
    channels: u8,
    shift: [u8; 2],
    unused: u8,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args<const N: usize> {
    pub(super) head: Head,
    pub(super) words: [u32; N],
}

const _: () = assert!(size_of::<Args<MANY>>() == 4080, "draw_ink.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in draw_ink.cuh.
unsafe impl<const N: usize> KernelArgs for Args<N> {}

#[allow(
    clippy::large_enum_variant,
    reason = "it lives for the length of a call, and a box would be an allocation"
)]
pub(super) enum List<'b> {
    Few(Args<FEW>),
    Some(Args<SOME>),
    Many(&'b Args<MANY>),
}

/// What is the same in all launches for `frame`.
pub(super) fn head(frame: &DeviceView<'_>) -> Head {
    let (format, phase) = (frame.format(), frame.chroma_phase());
    let mut planes = [Plane::default(); MAX_PLANES];
    for (i, to) in planes.iter_mut().enumerate().take(format.planes()) {
        let plane = frame.plane(i);
        *to = Plane { at: plane.address(), pitch: plane.pitch() as u64 };
    }
    let flags = format.planes() as u16 - 1
        + if format.bits() > 8 { DEEP } else { 0 }
        + format.alpha_offset().map_or(0, |at| (at as u16 + 1) * ALPHA);
    let (sx, sy) = format.chroma_shift().unwrap_or_default();
    Head {
        planes,
        atlas: 0,
        width: (frame.width() + phase.0) as u16,
        height: (frame.height() + phase.1) as u16,
        phase: [phase.0 as u16, phase.1 as u16],
        tile: [0; 2],
        count: 0,
        flags,
        mask: u32::from_le_bytes(mask(format)),
        channels: format.bytes_per_pixel(0) as u8,
        shift: [sx as u8, sy as u8],
        unused: 0,
    }
}
