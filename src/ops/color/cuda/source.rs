//! Pictures as kernels read them.

use crate::cuda::Header;
use crate::error::{Error, Result};
use crate::frame::{ColorRange, DevicePlane, DeviceView, PixelFormat};
use crate::ops::color::fixed::YuvToRgb;

/// What reads pictures in a kernel: those of [`Source::of`].
pub(crate) const PIXELS: Header = Header { name: "pixels.cuh", text: include_str!("../pixels.cuh") };
/// What reads those that [`Source::of_any`] has besides; it includes [`PIXELS`].
pub(crate) const ANY: Header = Header { name: "any.cuh", text: include_str!("../any.cuh") };

pub(super) const WIDE: u32 = 1;
pub(super) const CHROMA_WIDE: u32 = 2;
pub(super) const LIMITED: u32 = 4;

/// A picture that a kernel reads; laid out as `Source` in `pixels.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// 4:2:0 of 8 bits.
    Yuv,
    Yuv422,
    Yuv444,
    /// 4:2:0 of more bits, in words.
    Words,
}

pub(super) fn kind(format: PixelFormat) -> Kind {
    match (format.chroma_shift(), format.bytes_per_pixel(0)) {
        (None, 4) => Kind::Packed4,
        (None, 3) => Kind::Packed3,
        (None, _) => Kind::Gray,
        (Some(_), 2..) => Kind::Words,
        (Some((_, 1)), _) => Kind::Yuv,
        (Some((1, _)), _) => Kind::Yuv422,
        _ => Kind::Yuv444,
    }
}

impl Source {
    /// Of 8 bits a sample. [`PIXELS`] reads RGB, grey and 4:2:0, and the luma of all.
    pub(crate) fn of(src: &DeviceView<'_>) -> Result<Self> {
        match kind(src.format()) {
            Kind::Words => Err(Error::unsupported(format!(
                "the picture is {:?}, whose samples are words; formats of 8 bits are read here: convert it with \
                 ops::color::convert_on first",
                src.format()
            ))),
            _ => Ok(Self::of_any(src)),
        }
    }

    /// Of any format; [`ANY`] reads it.
    pub(crate) fn of_any(src: &DeviceView<'_>) -> Self {
        let kind = kind(src.format());
        let luma = src.plane(0);
        let (u, v, chroma_step) = chroma(src);
        let (phase_x, phase_y) = src.chroma_phase();
        let yuv = YuvToRgb::new(src.colorimetry(), src.format().bits());
        let flags = [
            (aligned(&luma, four(src.format())), WIDE),
            (src.format().is_yuv() && phase_x == 0 && chroma_aligned(src), CHROMA_WIDE),
            (src.colorimetry().range == ColorRange::Limited, LIMITED),
        ];
        Self {
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
        }
    }

    /// How much farther all planes of `other` lie, where the two differ in nothing else.
    pub(crate) fn shift_to(&self, other: &Self) -> Option<u64> {
        let shift = other.at.wrapping_sub(self.at);
        let moved = |address: u64| if address == 0 { 0 } else { address.wrapping_add(shift) };
        let all = Self { at: other.at, u: moved(self.u), v: moved(self.v), ..*self };
        (all == *other).then_some(shift)
    }
}

/// Bytes to whose multiples the first of four pixels of the first plane has to be aligned to be read and written at once.
pub(super) fn four(format: PixelFormat) -> u64 {
    // Three-byte pixels are three words.
    [4, 8, 4, 16][format.bytes_per_pixel(0) - 1]
}

pub(super) fn aligned(plane: &DevicePlane<'_>, to: u64) -> bool {
    plane.address().is_multiple_of(to) && (plane.pitch() as u64).is_multiple_of(to)
}

/// Whether the samples of four pixels of each chroma plane can be read and written at once.
pub(super) fn chroma_aligned(view: &DeviceView<'_>) -> bool {
    let Some((shift, _)) = view.format().chroma_shift() else { return false };
    let size = (4 >> shift) * view.format().bytes_per_pixel(1) as u64;
    (1..view.format().planes()).all(|i| aligned(&view.plane(i), size))
}

/// Address and pitch of U and of V, and the bytes from one sample to the next.
pub(super) fn chroma(view: &DeviceView<'_>) -> ((u64, u64), (u64, u64), u32) {
    let at = |plane: usize, byte: u64| (view.plane(plane).address() + byte, view.plane(plane).pitch() as u64);
    let pair = view.format().bytes_per_pixel(1) as u32;
    match (view.format(), view.format().planes()) {
        (_, 1) => ((0, 0), (0, 0), 0),
        (PixelFormat::Nv21, _) => (at(1, 1), at(1, 0), pair),
        (PixelFormat::Yv12, _) => (at(2, 0), at(1, 0), 1),
        (_, 2) => (at(1, 0), at(1, u64::from(pair / 2)), pair),
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
