//! Pictures written as luma and chroma planes.

use super::source::{ANY, CHROMA_WIDE, Kind, PIXELS, Source, WIDE, aligned, chroma, chroma_aligned, four};
use super::{Arguments, Plan, blocks};
use crate::cuda::{KernelArgs, KernelSource, TYPES};
use crate::frame::{ColorRange, DeviceView};
use crate::ops::color::fixed::RgbToYuv;

pub(super) static SOURCE: KernelSource =
    KernelSource { name: "yuv", text: include_str!("../yuv/kernel.cu"), headers: &[TYPES, PIXELS, ANY] };

/// Rows of pixels that a warp takes.
const ROWS: u32 = 2;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Target {
    at: u64,
    u: u64,
    v: u64,
    pitch: u64,
    u_pitch: u64,
    v_pitch: u64,
    phase: [u32; 2],
    shift: [u32; 2],
    chroma_step: u32,
    flags: u32,
    bits: u32,
    source_bits: u32,
    factors: [[i32; 3]; 3],
    zero: [i32; 3],
    most: i32,
    limited: u32,
}

/// Laid out as `Args` in `yuv/kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args {
    src: Source,
    dst: Target,
}

const _: () = assert!(size_of::<Args>() == 240, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the sources.
unsafe impl KernelArgs for Args {}

/// How `src` is written to `dst`, which is YUV and has its size.
pub(super) fn plan(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> Plan {
    let (from, to) = (src.format(), dst.format());
    // As `frame_from` has it.
    let same = from.chroma_shift() == to.chroma_shift()
        && src.colorimetry() == dst.colorimetry()
        && src.chroma_phase() == dst.chroma_phase();
    let (size, source) = ((src.width(), src.height()), Source::of_any(src));
    let entries = match (source.kind, to.is_yuv420()) {
        _ if same => ["samples", "samples_batch"],
        (Kind::Packed4, true) => ["packed4_to_yuv420", "packed4_to_yuv420_batch"],
        (Kind::Packed4, false) => ["packed4_to_yuv", "packed4_to_yuv_batch"],
        (Kind::Packed3, true) => ["packed3_to_yuv420", "packed3_to_yuv420_batch"],
        (Kind::Packed3, false) => ["packed3_to_yuv", "packed3_to_yuv_batch"],
        (_, true) => ["any_to_yuv420", "any_to_yuv420_batch"],
        (_, false) => ["any_to_yuv", "any_to_yuv_batch"],
    };
    let dst = Target::of(dst, from.bits());
    let blocks = blocks(size, dst.phase.into(), ROWS);
    Plan { entries, blocks, args: Arguments::Yuv(Args { src: source, dst }) }
}

impl Target {
    /// `source_bits`: of a sample that is copied.
    fn of(dst: &DeviceView<'_>, source_bits: u32) -> Self {
        let (format, luma) = (dst.format(), dst.plane(0));
        let to = RgbToYuv::new(dst.colorimetry(), format.bits());
        let (u, v, chroma_step) = chroma(dst);
        let (phase, shift) = (dst.chroma_phase(), format.chroma_shift().unwrap_or_default());
        let flags =
            [(aligned(&luma, four(format)), WIDE), (phase.0 == 0 && chroma_aligned(dst), CHROMA_WIDE)];
        Self {
            at: luma.address(),
            u: u.0,
            v: v.0,
            pitch: luma.pitch() as u64,
            u_pitch: u.1,
            v_pitch: v.1,
            phase: phase.into(),
            shift: shift.into(),
            chroma_step,
            flags: flags.iter().filter(|flag| flag.0).map(|flag| flag.1).sum(),
            bits: format.bits(),
            source_bits,
            factors: to.factors,
            zero: to.zero,
            most: to.most,
            limited: u32::from(dst.colorimetry().range == ColorRange::Limited),
        }
    }
}
