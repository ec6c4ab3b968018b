//! The same conversions on pictures in GPU memory, one kernel each.

mod batch;
mod source;
mod yuv;

pub use batch::convert_batch_on;
pub(crate) use source::{ANY, Kind, PIXELS, Source};
use source::{aligned, four, kind, store_order};

use crate::cuda::{Grid, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut};

static SOURCE: KernelSource =
    KernelSource { name: "color", text: include_str!("../kernel.cu"), headers: &[TYPES, PIXELS, ANY] };

/// Pixels of a row that a warp takes, and warps of a block.
const SPAN: u32 = 128;
const WARPS: u32 = 8;

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

/// How one picture is converted.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// The kernels for one picture and for several.
    entries: [&'static str; 2],
    /// Blocks across and down; none where there are no pixels.
    blocks: (u32, u32),
    args: Arguments,
}

/// Of kernels that write RGB or grey, and of those that write luma and chroma.
#[derive(Debug, Clone, Copy)]
enum Arguments {
    Packed(Args),
    Yuv(yuv::Args),
}

/// Converts `src` to the format and colorimetry of `dst`, both in GPU memory; [`frame_from`](super::frame_from) on the GPU.
///
/// |        | layout                       | element     | shape    | pitch (bytes) |
/// |--------|------------------------------|-------------|----------|---------------|
/// | `src`  | any [`PixelFormat`], windows | `u8`, `u16` | `(h, w)` | any           |
/// | `dst`  | any [`PixelFormat`], windows | `u8`, `u16` | `(h, w)` | any           |
///
/// `src` and `dst` are different memory. The work is handed over to `stream`; when it is waited for, the
/// [`cuda`](crate::cuda) page says.
///
/// Backends and parity: the same bytes as [`frame_from`](super::frame_from) on the CPU, from every format to every one,
/// on every window. Alpha is 255 where `src` has none, and so is the unused byte of formats with one. HSV, which is no
/// pixel format, is made on the CPU alone.
///
/// Four pixels are read and written at a time where address and pitch are multiples of 16 bytes for 4-byte pixels, of 8
/// for words of luma and of 4 for others, and windows begin on whole chroma samples; other windows take longer. RGB to
/// 4:2:0 of 8 bits has kernels of its own, and so has each of RGB, grey and 4:2:0 of 8 bits to RGB and grey; other pairs
/// share kernels, which ask for the formats as they run.
///
/// # Errors
/// `InvalidArgument` when the sizes differ, `Unsupported` for more than 524,280 rows, `Residency` when one of them is
/// another GPU's, `Library` and `Cuda` when the kernel cannot be compiled or run.
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
/// // What was worked on as RGB goes back into a picture for the encoder.
/// let mut nv12 = stream.image(PixelFormat::Nv12, width, height, map.view().colorimetry())?;
/// dsframe::ops::color::convert_on(&stream, &bgr.view(), &mut nv12.view_mut())?;
/// map.finish()
/// # }
/// ```
///
/// [`PixelFormat`]: crate::frame::PixelFormat
pub fn convert_on(stream: &Stream, src: &DeviceView<'_>, dst: &mut DeviceViewMut<'_>) -> Result<()> {
    let dst = dst.as_view();
    let plan = plan(src, &dst)?;
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    let Some(grid) = grid(plan.blocks, 1)? else { return Ok(()) };
    let memory = [src.pending(), dst.pending()];
    // SAFETY: `plan` filled the kernel's own arguments with planes of the two views, whose Pending are given, and their
    // width and height, beyond which the kernel reads and writes nothing; `dst` was borrowed to be written.
    unsafe {
        match &plan.args {
            Arguments::Packed(args) => {
                stream.launch(&stream.device().kernel(&SOURCE, plan.entries[0])?, grid, args, &memory)
            }
            Arguments::Yuv(args) => {
                stream.launch(&stream.device().kernel(&yuv::SOURCE, plan.entries[0])?, grid, args, &memory)
            }
        }
    }
}

/// A grid of these blocks for each of `count` pictures; none where there is nothing to do.
fn grid(blocks: (u32, u32), count: u32) -> Result<Option<Grid>> {
    if blocks.0 == 0 || blocks.1 == 0 {
        return Ok(None);
    }
    if blocks.1 > 65_535 {
        return Err(Error::unsupported(format!(
            "src has too many rows, {} are converted at once",
            65_535 * WARPS
        )));
    }
    Ok(Some(Grid { blocks: (blocks.0, blocks.1, count), threads: (32, WARPS, 1), shared: 0 }))
}

fn plan(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> Result<Plan> {
    if (dst.width(), dst.height()) != (src.width(), src.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the size of src, {}x{}",
            dst.width(),
            dst.height(),
            src.width(),
            src.height()
        )));
    }
    if dst.format().is_yuv() {
        return Ok(yuv::plan(src, dst));
    }
    let (to, size) = (kind(dst.format()), (src.width(), src.height()));
    let src = Source::of_any(src);
    let entries = match (src.kind, to) {
        (Kind::Packed4, Kind::Packed4) => ["packed4_to_packed4", "packed4_to_packed4_batch"],
        (Kind::Packed4, Kind::Packed3) => ["packed4_to_packed3", "packed4_to_packed3_batch"],
        (Kind::Packed4, _) => ["packed4_to_gray", "packed4_to_gray_batch"],
        (Kind::Packed3, Kind::Packed4) => ["packed3_to_packed4", "packed3_to_packed4_batch"],
        (Kind::Packed3, Kind::Packed3) => ["packed3_to_packed3", "packed3_to_packed3_batch"],
        (Kind::Packed3, _) => ["packed3_to_gray", "packed3_to_gray_batch"],
        (Kind::Gray, Kind::Packed4) => ["gray_to_packed4", "gray_to_packed4_batch"],
        (Kind::Gray, Kind::Packed3) => ["gray_to_packed3", "gray_to_packed3_batch"],
        (Kind::Gray, _) => ["gray_to_gray", "gray_to_gray_batch"],
        (Kind::Yuv, Kind::Packed4) => ["yuv_to_packed4", "yuv_to_packed4_batch"],
        (Kind::Yuv, Kind::Packed3) => ["yuv_to_packed3", "yuv_to_packed3_batch"],
        (_, Kind::Packed4) => ["more_to_packed4", "more_to_packed4_batch"],
        (_, Kind::Packed3) => ["more_to_packed3", "more_to_packed3_batch"],
        (Kind::Words, _) => ["words_to_gray", "words_to_gray_batch"],
        // Luma alone, which lies alike.
        (Kind::Yuv | Kind::Yuv422 | Kind::Yuv444, _) => ["yuv_to_gray", "yuv_to_gray_batch"],
    };
    let out = dst.plane(0);
    let dst = Target {
        at: out.address(),
        pitch: out.pitch() as u64,
        order: store_order(dst.format()),
        wide: u32::from(aligned(&out, four(dst.format()))),
    };
    Ok(Plan { entries, blocks: blocks(size, (0, 0), 1), args: Arguments::Packed(Args { src, dst }) })
}

/// Blocks for pixels whose first lies `phase` from where the first block begins, with `rows` rows for each warp.
fn blocks((width, height): (u32, u32), phase: (u32, u32), rows: u32) -> (u32, u32) {
    match (width, height) {
        (0, _) | (_, 0) => (0, 0),
        _ => ((width + phase.0).div_ceil(SPAN), (height + phase.1).div_ceil(rows * WARPS)),
    }
}

#[cfg(test)]
mod tests;
