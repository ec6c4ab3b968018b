//! Pictures as kernels read them.

use crate::cuda::Header;
use crate::error::{Error, Result};
use crate::frame::{ColorRange, DevicePlane, DeviceView, PixelFormat};
use crate::ops::color::fixed::YuvToRgb;

/// What reads pictures of any format in a kernel.
pub(crate) const PIXELS: Header = Header { name: "pixels.cuh", text: include_str!("../pixels.cuh") };

pub(super) const WIDE: u32 = 1;
const CHROMA_WIDE: u32 = 2;
pub(super) const LIMITED: u32 = 4;

/// A picture that a kernel reads; laid out as `Source` in `pixels.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(super) at: u64,
    pub(super) u: u64,
    pub(super) v: u64,
    pub(super) pitch: u64,
    pub(super) u_pitch: u64,
    pub(super) v_pitch: u64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) phase_x: u32,
    pub(super) phase_y: u32,
    pub(super) chroma_step: u32,
    pub(super) order: u32,
    pub(super) flags: u32,
    /// Which kernel reads it.
    pub(crate) kind: Kind,
    pub(super) yuv: [i32; 6],
}

const _: () = assert!(size_of::<Source>() == 104, "pixels.cuh has the same number");

/// How the pixels of a format are stored, as far as the kernels tell formats apart.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Packed4,
    Packed3,
    Gray,
    Yuv,
}

pub(super) fn kind(format: PixelFormat) -> Result<Kind> {
    match (format.rgb_offsets(), format.bytes_per_pixel(0)) {
        (Some(_), 4) => Ok(Kind::Packed4),
        (Some(_), 3) => Ok(Kind::Packed3),
        _ if format.is_yuv420() => Ok(Kind::Yuv),
        _ if format == PixelFormat::Gray8 => Ok(Kind::Gray),
        _ => Err(Error::unsupported(format!(
            "{format:?} is not converted on the GPU; RGB, GRAY8 and 4:2:0 of 8 bits are"
        ))),
    }
}

impl Source {
    /// Refuses formats that kernels do not read.
    pub(crate) fn of(src: &DeviceView<'_>) -> Result<Self> {
        let kind = kind(src.format())?;
        let luma = src.plane(0);
        let (u, v, chroma_step) = chroma(src);
        let (phase_x, phase_y) = src.chroma_phase();
        let yuv = YuvToRgb::new(src.colorimetry(), src.format().bits());
        let flags = [
            (aligned(&luma, if kind == Kind::Packed4 { 16 } else { 4 }), WIDE),
            (kind == Kind::Yuv && phase_x == 0 && chroma_aligned(src), CHROMA_WIDE),
            (src.colorimetry().range == ColorRange::Limited, LIMITED),
        ];
        Ok(Self {
            at: luma.address(),
            u: u.0,
            v: v.0,
            pitch: luma.pitch() as u64,
            u_pitch: u.1,
            v_pitch: v.1,
            width: src.width(),
            height: src.height(),
            phase_x,
            phase_y,
            chroma_step,
            order: load_order(src.format()),
            flags: flags.iter().filter(|flag| flag.0).map(|flag| flag.1).sum(),
            kind,
            yuv: [yuv.base, yuv.y, yuv.rv, yuv.gu, yuv.gv, yuv.bu].map(i32::from),
        })
    }
}

pub(super) fn aligned(plane: &DevicePlane<'_>, to: u64) -> bool {
    plane.address().is_multiple_of(to) && (plane.pitch() as u64).is_multiple_of(to)
}

/// Whether two samples of each chroma plane can be read at once.
fn chroma_aligned(src: &DeviceView<'_>) -> bool {
    let size = 2 * src.format().bytes_per_pixel(1) as u64;
    (1..src.format().planes()).all(|i| aligned(&src.plane(i), size))
}

/// Address and pitch of U and of V, and the bytes from one sample to the next.
fn chroma(src: &DeviceView<'_>) -> ((u64, u64), (u64, u64), u32) {
    if !src.format().is_yuv420() {
        return ((0, 0), (0, 0), 0);
    }
    let at = |plane: usize, byte: u64| (src.plane(plane).address() + byte, src.plane(plane).pitch() as u64);
    match src.format() {
        PixelFormat::Nv12 => (at(1, 0), at(1, 1), 2),
        PixelFormat::Nv21 => (at(1, 1), at(1, 0), 2),
        PixelFormat::Yv12 => (at(2, 0), at(1, 0), 1),
        _ => (at(1, 0), at(2, 0), 1),
    }
}

/// The `__byte_perm` selector from the bytes of a pixel to red, green, blue, alpha; 4 gives 255.
pub(super) fn load_order(format: PixelFormat) -> u32 {
    let [r, g, b] = format.rgb_offsets().unwrap_or([0, 1, 2]).map(|at| at as u32);
    let alpha = format.alpha_offset().map_or(4, |at| at as u32);
    r | g << 4 | b << 8 | alpha << 12
}

/// The `__byte_perm` selector from red, green, blue, alpha to the bytes of a pixel; three-byte pixels leave the
/// fourth byte of the word zero.
pub(super) fn store_order(format: PixelFormat) -> u32 {
    let offsets = format.rgb_offsets().unwrap_or([0, 1, 2]);
    let alpha = format.alpha_offset();
    (0..4).fold(0, |selector, at| {
        let from = match offsets.iter().position(|offset| *offset == at) {
            Some(channel) => channel as u32,
            None if alpha == Some(at) => 3,
            None => 4,
        };
        selector | from << (4 * at)
    })
}
