//! The argument of a launch, laid out as in `draw_ink.cuh`.

use super::super::target::mask;
use crate::cuda::KernelArgs;
use crate::frame::{DeviceView, MAX_PLANES};

/// Words of a launch, and of those that have less to say: the driver copies them all.
pub(super) const MANY: usize = 1000;
pub(super) const SOME: usize = 600;
pub(super) const FEW: usize = 236;
/// Words of a launch for several pictures, all of them.
pub(super) const FRAMES_MANY: usize = 1020;
pub(super) const FRAMES_SOME: usize = 700;
pub(super) const FRAMES_FEW: usize = 400;
/// Words of a head.
pub(super) const HEAD: usize = size_of::<Head>() / 4;
const DEEP: u8 = 4;
const ALPHA: u8 = 8;

#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Plane {
    at: u64,
    pitch: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Head {
    planes: [Plane; MAX_PLANES],
    pub(super) atlas: u64,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) phase: [u16; 2],
    pub(super) tile: [u16; 2],
    pub(super) count: u16,
    pub(super) first: u16,
    mask: u32,
    channels: u8,
    shift: [u8; 2],
    flags: u8,
}

impl Head {
    /// Whether there are planes of chroma.
    pub(super) fn has_chroma(&self) -> bool {
        self.flags & 3 != 0
    }

    /// The same with other commands.
    pub(super) fn with(self, first: u16, count: u16) -> Self {
        Self { first, count, ..self }
    }

    pub(super) fn words(self) -> [u32; HEAD] {
        // SAFETY: repr(C), numbers of these bytes alone, and none between them: 3 * 16 + 8 + 8 * 2 + 4 + 4 are 80.
        unsafe { std::mem::transmute(self) }
    }
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

/// A launch for several pictures: their heads, then as in [`Args`].
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub(super) struct Frames<const N: usize> {
    pub(super) words: [u32; N],
}

const _: () = assert!(size_of::<Frames<FRAMES_MANY>>() == 4080, "draw_ink.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in draw_ink.cuh.
unsafe impl<const N: usize> KernelArgs for Frames<N> {}

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
    let flags = format.planes() as u8 - 1
        + if format.bits() > 8 { DEEP } else { 0 }
        + format.alpha_offset().map_or(0, |at| (at as u8 + 1) * ALPHA);
    let (sx, sy) = format.chroma_shift().unwrap_or_default();
    Head {
        planes,
        atlas: 0,
        width: (frame.width() + phase.0) as u16,
        height: (frame.height() + phase.1) as u16,
        phase: [phase.0 as u16, phase.1 as u16],
        tile: [0; 2],
        count: 0,
        first: 0,
        mask: u32::from_le_bytes(mask(format)),
        channels: format.bytes_per_pixel(0) as u8,
        shift: [sx as u8, sy as u8],
        flags,
    }
}
