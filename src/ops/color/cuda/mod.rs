//! The same conversions on pictures in GPU memory, one kernel each.

mod batch;
mod source;

pub use batch::convert_batch_on;
pub(crate) use source::{Kind, PIXELS, Source};
use source::{aligned, kind, store_order};

use crate::cuda::{Grid, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut};

static SOURCE: KernelSource =
    KernelSource { name: "color", text: include_str!("../kernel.cu"), headers: &[TYPES, PIXELS] };

/// Pixels of a row that a warp takes, and rows of a block.
const SPAN: u32 = 128;
const ROWS: u32 = 8;

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

const _: () = assert!(size_of::<Args>() == 128, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the sources.
unsafe impl KernelArgs for Args {}

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
    let ([entry, _], args) = plan(src, &dst)?;
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    let Some(grid) = grid((src.width(), src.height()), 1)? else { return Ok(()) };
    let kernel = stream.device().kernel(&SOURCE, entry)?;
    // SAFETY: `plan` filled the kernel's own `Args` with planes of the two views, whose Pending are given, and their
    // width and height, beyond which the kernel reads and writes nothing; `dst` was borrowed to be written.
    unsafe { stream.launch(&kernel, grid, &args, &[src.pending(), dst.pending()]) }
}

/// Blocks for `count` pictures of at most this size; none for one without pixels.
fn grid((width, height): (u32, u32), count: u32) -> Result<Option<Grid>> {
    if width == 0 || height == 0 {
        return Ok(None);
    }
    let blocks = (width.div_ceil(SPAN), height.div_ceil(ROWS), count);
    if blocks.1 > 65_535 {
        return Err(Error::unsupported(format!(
            "src has {height} rows, {} are converted at once",
            65_535 * ROWS
        )));
    }
    Ok(Some(Grid { blocks, threads: (32, ROWS, 1), shared: 0 }))
}

/// The kernels for one picture and for several, and this one's arguments.
fn plan(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> Result<([&'static str; 2], Args)> {
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
        (Kind::Packed4, Kind::Packed4) => ["packed4_to_packed4", "packed4_to_packed4_batch"],
        (Kind::Packed4, Kind::Packed3) => ["packed4_to_packed3", "packed4_to_packed3_batch"],
        (Kind::Packed4, Kind::Gray) => ["packed4_to_gray", "packed4_to_gray_batch"],
        (Kind::Packed3, Kind::Packed4) => ["packed3_to_packed4", "packed3_to_packed4_batch"],
        (Kind::Packed3, Kind::Packed3) => ["packed3_to_packed3", "packed3_to_packed3_batch"],
        (Kind::Packed3, Kind::Gray) => ["packed3_to_gray", "packed3_to_gray_batch"],
        (Kind::Gray, Kind::Packed4) => ["gray_to_packed4", "gray_to_packed4_batch"],
        (Kind::Gray, Kind::Packed3) => ["gray_to_packed3", "gray_to_packed3_batch"],
        (Kind::Gray, Kind::Gray) => ["gray_to_gray", "gray_to_gray_batch"],
        (Kind::Yuv, Kind::Packed4) => ["yuv_to_packed4", "yuv_to_packed4_batch"],
        (Kind::Yuv, Kind::Packed3) => ["yuv_to_packed3", "yuv_to_packed3_batch"],
        (Kind::Yuv, Kind::Gray) => ["yuv_to_gray", "yuv_to_gray_batch"],
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

#[cfg(test)]
mod tests;
