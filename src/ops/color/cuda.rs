//! The same conversions on pictures in GPU memory, one kernel each.

use super::fixed::YuvToRgb;
use crate::cuda::{Grid, Header, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{ColorRange, DevicePlane, DeviceView, DeviceViewMut, PixelFormat};

static SOURCE: KernelSource =
    KernelSource { name: "color", text: include_str!("kernel.cu"), headers: &[TYPES, PIXELS] };

/// What reads pictures of any format in a kernel.
pub(crate) const PIXELS: Header = Header { name: "pixels.cuh", text: include_str!("pixels.cuh") };

/// Pixels of a row that a warp takes, and rows of a block.
const SPAN: u32 = 128;
const ROWS: u32 = 8;

const WIDE: u32 = 1;
const CHROMA_WIDE: u32 = 2;
const LIMITED: u32 = 4;

/// A picture that a kernel reads; laid out as `Source` in `pixels.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    at: u64,
    u: u64,
    v: u64,
    pitch: u64,
    u_pitch: u64,
    v_pitch: u64,
    width: u32,
    height: u32,
    phase_x: u32,
    phase_y: u32,
    chroma_step: u32,
    order: u32,
    flags: u32,
    /// Which kernel reads it.
    pub(crate) kind: Kind,
    yuv: [i32; 6],
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Target {
    at: u64,
    pitch: u64,
    order: u32,
    wide: u32,
}

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: Source,
    dst: Target,
}

const _: () = assert!(size_of::<Source>() == 104, "pixels.cuh has the same number");
const _: () = assert!(size_of::<Args>() == 128, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the sources.
unsafe impl KernelArgs for Args {}

/// How the pixels of a format are stored, as far as the kernels tell formats apart.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Packed4,
    Packed3,
    Gray,
    Yuv,
}

fn kind(format: PixelFormat) -> Result<Kind> {
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

/// Converts `src` to the format of `dst`, both in GPU memory.
///
/// |        | layout                                   | element | shape    | pitch (bytes) |
/// |--------|------------------------------------------|---------|----------|---------------|
/// | `src`  | RGB, GRAY8, 4:2:0 of 8 bits; windows     | `u8`    | `(h, w)` | any           |
/// | `dst`  | RGB in any order, 3 or 4 bytes, or GRAY8 | `u8`    | `(h, w)` | any           |
///
/// `src` and `dst` are different memory. The work is handed over to `stream`; when it is waited for, the
/// [`cuda`](crate::cuda) page says.
///
/// Backends and parity: the same bytes as [`rgb_from`](super::rgb_from), [`rgba_from`](super::rgba_from) and
/// [`gray_from`](super::gray_from) on the CPU, on every window. Alpha is 255 where `src` has none, and so is the
/// unused byte of formats with one.
///
/// Four pixels are read and written at a time where address and pitch are multiples of 16 bytes for 4-byte pixels and
/// of 4 for others; other windows take longer.
///
/// # Errors
/// `InvalidArgument` when the sizes differ, `Unsupported` for a `dst` of YUV or formats of more than 8 bits or more chroma than 4:2:0,
/// `Residency` when one of them is another GPU's, `Library` and `Cuda` when the kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::frame::{Colorimetry, PixelFormat};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let map = batch.surface(0)?.device_view()?;
/// let (width, height) = (map.view().width(), map.view().height());
/// let mut bgr = stream.image(PixelFormat::Bgr, width, height, Colorimetry::default())?;
/// dsframe::ops::color::convert_on(&stream, &map.view(), &mut bgr.view_mut())?;
/// map.finish()
/// # }
/// ```
pub fn convert_on(stream: &Stream, src: &DeviceView<'_>, dst: &mut DeviceViewMut<'_>) -> Result<()> {
    let dst = dst.as_view();
    let (entry, args) = plan(src, &dst)?;
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    if src.width() == 0 || src.height() == 0 {
        return Ok(());
    }
    let blocks = (src.width().div_ceil(SPAN), src.height().div_ceil(ROWS), 1);
    if blocks.1 > 65_535 {
        return Err(Error::unsupported(format!(
            "src has {} rows, {} are converted at once",
            src.height(),
            65_535 * ROWS
        )));
    }
    let kernel = stream.device().kernel(&SOURCE, entry)?;
    let grid = Grid { blocks, threads: (32, ROWS, 1), shared: 0 };
    // SAFETY: `plan` filled the kernel's own `Args` with planes of the two views, whose Pending are given, and their
    // width and height, beyond which the kernel reads and writes nothing; `dst` was borrowed to be written.
    unsafe { stream.launch(&kernel, grid, &args, &[src.pending(), dst.pending()]) }
}

/// Which kernel, and its arguments.
fn plan(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> Result<(&'static str, Args)> {
    if (dst.width(), dst.height()) != (src.width(), src.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the size of src, {}x{}",
            dst.width(),
            dst.height(),
            src.width(),
            src.height()
        )));
    }
    let (src, to) = (Source::of(src)?, kind(dst.format())?);
    let entry = match (src.kind, to) {
        (Kind::Packed4, Kind::Packed4) => "packed4_to_packed4",
        (Kind::Packed4, Kind::Packed3) => "packed4_to_packed3",
        (Kind::Packed4, Kind::Gray) => "packed4_to_gray",
        (Kind::Packed3, Kind::Packed4) => "packed3_to_packed4",
        (Kind::Packed3, Kind::Packed3) => "packed3_to_packed3",
        (Kind::Packed3, Kind::Gray) => "packed3_to_gray",
        (Kind::Gray, Kind::Packed4) => "gray_to_packed4",
        (Kind::Gray, Kind::Packed3) => "gray_to_packed3",
        (Kind::Gray, Kind::Gray) => "gray_to_gray",
        (Kind::Yuv, Kind::Packed4) => "yuv_to_packed4",
        (Kind::Yuv, Kind::Packed3) => "yuv_to_packed3",
        (Kind::Yuv, Kind::Gray) => "yuv_to_gray",
        (_, Kind::Yuv) => {
            return Err(Error::unsupported(format!(
                "dst is {:?}, the GPU converts to RGB formats and GRAY8",
                dst.format()
            )));
        }
    };
    let out = dst.plane(0);
    let wide = aligned(&out, if to == Kind::Packed4 { 16 } else { 4 });
    let dst = Target {
        at: out.address(),
        pitch: out.pitch() as u64,
        order: store_order(dst.format()),
        wide: u32::from(wide),
    };
    Ok((entry, Args { src, dst }))
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

fn aligned(plane: &DevicePlane<'_>, to: u64) -> bool {
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
fn load_order(format: PixelFormat) -> u32 {
    let [r, g, b] = format.rgb_offsets().unwrap_or([0, 1, 2]).map(|at| at as u32);
    let alpha = format.alpha_offset().map_or(4, |at| at as u32);
    r | g << 4 | b << 8 | alpha << 12
}

/// The `__byte_perm` selector from red, green, blue, alpha to the bytes of a pixel; three-byte pixels leave the
/// fourth byte of the word zero.
fn store_order(format: PixelFormat) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Colorimetry, Pending, Rect};

    fn view<'a>(format: PixelFormat, address: u64, pitch: usize, pending: &'a Pending) -> DeviceView<'a> {
        let planes: Vec<_> = (0..format.planes()).map(|i| (address + 0x10_0000 * i as u64, pitch)).collect();
        // SAFETY: nothing is handed to a GPU in these tests.
        unsafe { DeviceView::from_raw(format, 64, 32, &planes, Colorimetry::default(), 0, pending) }.unwrap()
    }

    /// What the kernel's `__byte_perm(word, !0, selector)` does.
    fn permute(word: [u8; 4], selector: u32) -> [u8; 4] {
        std::array::from_fn(|i| word.get((selector >> (4 * i) & 7) as usize).copied().unwrap_or(255))
    }

    #[test]
    fn orders_are_those_of_the_formats() {
        let rgba = [10, 20, 30, 40];
        for format in PixelFormat::ALL.into_iter().filter(|f| f.bytes_per_pixel(0) == 4) {
            let stored = permute(rgba, store_order(format));
            let offsets = format.rgb_offsets().unwrap();
            assert_eq!(offsets.map(|at| stored[at]), [10, 20, 30], "{format:?}");
            let expected = if format.alpha_offset().is_some() { 40 } else { 255 };
            assert_eq!(permute(stored, load_order(format)), [10, 20, 30, expected], "{format:?}");
        }
        assert_eq!(permute(rgba, store_order(PixelFormat::Bgr))[..3], [30, 20, 10]);
        assert_eq!(permute([30, 20, 10, 0], load_order(PixelFormat::Bgr)), [10, 20, 30, 255]);
    }

    #[test]
    fn windows_read_wide_only_where_they_may() {
        let pending = Pending::new();
        let (src, dst) =
            (view(PixelFormat::Rgba, 4096, 512, &pending), view(PixelFormat::Bgr, 8192, 256, &pending));
        let flags = |x, dst_x| {
            let (src, dst) = (src.crop(Rect::new(x, 1, 8, 8)), dst.crop(Rect::new(dst_x, 0, 8, 8)));
            let args = plan(&src.unwrap(), &dst.unwrap()).unwrap().1;
            (args.src.flags, args.dst.wide)
        };
        assert_eq!(flags(0, 0), (WIDE | LIMITED, 1));
        assert_eq!(flags(4, 4), (WIDE | LIMITED, 1));
        assert_eq!(flags(1, 0), (LIMITED, 1));
        assert_eq!(flags(4, 1), (WIDE | LIMITED, 0));
    }

    #[test]
    fn chroma_planes_are_found_in_every_format() {
        let pending = Pending::new();
        let dst = view(PixelFormat::Rgba, 8192, 256, &pending);
        for (format, u, v, step) in [
            (PixelFormat::Nv12, 0x10_1000, 0x10_1001, 2),
            (PixelFormat::Nv21, 0x10_1001, 0x10_1000, 2),
            (PixelFormat::I420, 0x10_1000, 0x20_1000, 1),
            (PixelFormat::Yv12, 0x20_1000, 0x10_1000, 1),
        ] {
            let (entry, args) = plan(&view(format, 0x1000, 64, &pending), &dst).unwrap();
            assert_eq!((entry, args.src.u, args.src.v), ("yuv_to_packed4", u, v));
            assert_eq!(args.src.chroma_step, step);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let pending = Pending::new();
        let (rgba, nv12) =
            (view(PixelFormat::Rgba, 4096, 256, &pending), view(PixelFormat::Nv12, 8192, 64, &pending));
        assert!(plan(&rgba, &nv12).unwrap_err().to_string().contains("dst is Nv12"));
        let small = rgba.crop(Rect::new(0, 0, 8, 8)).unwrap();
        assert!(plan(&rgba, &small).unwrap_err().to_string().contains("dst is 8x8"));
    }
}
