//! The same resizing of pictures in GPU memory, one kernel for planes that are made alike.

mod batch;

pub use batch::resize_batch_on;

use super::Interpolation;
use crate::cuda::{Header, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DevicePlane, DeviceView, DeviceViewMut};

static SOURCE: KernelSource =
    KernelSource { name: "resize", text: include_str!("kernel.cu"), headers: &[TYPES, TAPS] };

/// Where output pixels are taken from, for kernels that resize.
pub(crate) const TAPS: Header = Header { name: "taps.cuh", text: include_str!("taps.cuh") };

/// Warps of a block, which lie one below the other; rows of a warp where it has several.
const WARPS: u32 = 4;
const ROWS: u32 = 4;
/// Input pixels of an output pixel above which a warp makes it, not a thread.
const LARGE: f64 = 256.0;

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: u64,
    dst: u64,
    src_pitch: u64,
    dst_pitch: u64,
    scale: [f64; 2],
    inverse: [f64; 2],
    src_size: [u32; 2],
    size: [u32; 2],
    channels: u32,
    extent: u32,
    block: [u32; 2],
    factor: f32,
    half_up: u32,
    src_words: u32,
    dst_words: u32,
}

const _: () = assert!(size_of::<Args>() == 112, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}

/// How one plane is resized.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// The kernels for one plane and for several.
    entries: [&'static str; 2],
    /// Blocks across and down.
    blocks: (u32, u32),
    args: Args,
    /// Which picture the plane is of.
    picture: usize,
}

/// Resizes `src` to the size of `dst`, which has the same format, both in GPU memory.
///
/// |       | layout                               | element | shape    | pitch (bytes) |
/// |-------|--------------------------------------|---------|----------|---------------|
/// | `src` | any of 8 bits, windows               | `u8`    | `(h, w)` | any           |
/// | `dst` | the same format, different memory    | `u8`    | `(H, W)` | any           |
///
/// Chroma planes are resized on their own. The work is handed over to `stream`, one launch for planes with as many
/// bytes a pixel, and for all where the mean of whole parts is taken, as it is at half the size; when it is waited for, the [`cuda`](crate::cuda) page says. A `dst` without pixels is left alone.
///
/// Backends and parity: the bytes of [`resize_frame`](super::resize_frame), in all three interpolations.
///
/// # Errors
/// `InvalidArgument` when the formats differ, `src` has no pixels but `dst` has, or either is a window on an odd row or
/// column of subsampled chroma; `Unsupported` for samples of more than 8 bits and for more than 262,140 rows;
/// `Residency` when one of them is another GPU's; `Library` and `Cuda` when the kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::frame::{Colorimetry, PixelFormat};
/// # use dsframe::ops::resize::{Interpolation, resize_on};
/// let stream = Device::new(0)?.stream()?;
/// let large = stream.image(PixelFormat::Rgba, 3840, 2160, Colorimetry::default())?;
/// let mut small = stream.image(PixelFormat::Rgba, 1280, 720, Colorimetry::default())?;
/// resize_on(&stream, &large.view(), &mut small.view_mut(), Interpolation::Area)?;
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn resize_on(
    stream: &Stream,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
    interpolation: Interpolation,
) -> Result<()> {
    let dst = dst.as_view();
    check(src, &dst)?;
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    let mut plans = plans((src, &dst), interpolation, 0);
    // SAFETY: the planes are those of `src` and `dst`, whose Pending are given, and `dst` was borrowed to be written.
    unsafe { batch::launch(stream, &mut plans, &[[src.pending(), dst.pending()]]) }
}

/// How each plane of `src` becomes that of `dst`, which were checked; nothing for a `dst` without pixels.
fn plans(
    (src, dst): (&DeviceView<'_>, &DeviceView<'_>),
    interpolation: Interpolation,
    picture: usize,
) -> Vec<Plan> {
    if dst.width() == 0 || dst.height() == 0 {
        return Vec::new();
    }
    (0..src.format().planes()).map(|i| plan((&src.plane(i), &dst.plane(i)), interpolation, picture)).collect()
}

fn check(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> Result<()> {
    if src.format() != dst.format() {
        return Err(Error::invalid(format!(
            "dst is {:?}, it must have the format of src, {:?}; convert with ops::color first",
            dst.format(),
            src.format()
        )));
    }
    if src.format().bits() > 8 {
        return Err(Error::unsupported(format!(
            "src is {:?}, whose samples are words; formats of 8 bits are resized on the GPU",
            src.format()
        )));
    }
    if src.chroma_phase() != (0, 0) || dst.chroma_phase() != (0, 0) {
        return Err(Error::invalid(
            "src or dst is a window on an odd row or column of subsampled chroma; align it with Rect::even",
        ));
    }
    if (src.width() == 0 || src.height() == 0) && dst.width() > 0 && dst.height() > 0 {
        return Err(Error::invalid(format!(
            "src is {}x{} pixels, there is nothing to resize to {}x{}",
            src.width(),
            src.height(),
            dst.width(),
            dst.height()
        )));
    }
    if dst.height().div_ceil(WARPS) > 65_535 {
        return Err(Error::unsupported(format!(
            "dst has {} rows, {} are resized to at once",
            dst.height(),
            65_535 * WARPS
        )));
    }
    Ok(())
}

/// How `dst` is made of `src`, planes with pixels.
fn plan(
    (src, dst): (&DevicePlane<'_>, &DevicePlane<'_>),
    interpolation: Interpolation,
    picture: usize,
) -> Plan {
    let (from, to) = ([src.width(), src.height()], [dst.width(), dst.height()]);
    let inverse = [0, 1].map(|axis: usize| f64::from(to[axis]) / f64::from(from[axis]));
    // As OpenCV works it out: the inverse of the inverse.
    let scale = inverse.map(|inverse| 1.0 / inverse);
    let shrinks = (0..2).all(|axis| from[axis] >= to[axis]);
    let halves = (0..2).all(|axis| u64::from(from[axis]) == 2 * u64::from(to[axis]));
    let whole = scale.iter().all(|s| (s - s.round_ties_even()).abs() < f64::EPSILON);
    let block = scale.map(|s| s.round() as u32);
    let large = scale[0] * scale[1] > LARGE;
    let area = match interpolation {
        Interpolation::Nearest => false,
        Interpolation::Bilinear => halves,
        Interpolation::Area => shrinks,
    };
    let (entries, columns, rows) = match (interpolation, area, whole, src.channels()) {
        (Interpolation::Nearest, ..) => (["nearest", "nearest_batch"], 32, ROWS),
        (_, true, true, _) if large => (["blocks_warped", "blocks_warped_batch"], 1, 1),
        (_, true, true, _) => (["blocks_each", "blocks_each_batch"], 32, 1),
        (_, true, false, _) if large => (["fractions_warped", "fractions_warped_batch"], 1, 1),
        (_, true, false, _) => (["fractions_each", "fractions_each_batch"], 32, 1),
        (.., 1) => (["bilinear1", "bilinear1_batch"], 128, ROWS),
        (.., 2) => (["bilinear2", "bilinear2_batch"], 128, ROWS),
        (.., 3) => (["bilinear3", "bilinear3_batch"], 128, ROWS),
        _ => (["bilinear4", "bilinear4_batch"], 128, ROWS),
    };
    let aligned = |plane: &DevicePlane<'_>, to: u64| {
        u32::from(plane.address().is_multiple_of(to) && (plane.pitch() as u64).is_multiple_of(to))
    };
    let args = Args {
        src: src.address(),
        dst: dst.address(),
        src_pitch: src.pitch() as u64,
        dst_pitch: dst.pitch() as u64,
        scale,
        inverse,
        src_size: from,
        size: to,
        channels: src.channels() as u32,
        extent: u32::from(interpolation == Interpolation::Area),
        block,
        factor: 1.0 / (block[0] as usize * block[1] as usize).max(1) as f32,
        half_up: u32::from(block == [2, 2] && src.channels() != 2),
        src_words: aligned(src, 4),
        dst_words: aligned(dst, [4, 8, 4, 16][src.channels().clamp(1, 4) - 1]),
    };
    let blocks = (to[0].div_ceil(columns), to[1].div_ceil(WARPS * rows));
    Plan { entries, blocks, args, picture }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Colorimetry, Pending, PixelFormat};

    fn entry(from: (u32, u32), to: (u32, u32), interpolation: Interpolation) -> (&'static str, [u32; 2]) {
        let pending = Pending::new();
        let view = |(w, h): (u32, u32)| {
            let planes = [(4096, w as usize)];
            // SAFETY: nothing is handed to a GPU in these tests.
            unsafe {
                DeviceView::from_raw(PixelFormat::Gray8, w, h, &planes, Colorimetry::default(), 0, &pending)
            }
        };
        let (src, dst) = (view(from).unwrap(), view(to).unwrap());
        let plan = plan((&src.plane(0), &dst.plane(0)), interpolation, 0);
        assert_eq!(plan.entries[1].strip_suffix("_batch"), Some(plan.entries[0]));
        (plan.entries[0], plan.blocks.into())
    }

    #[test]
    fn kernels_are_those_of_the_cpus_cases() {
        let (linear, area) = (Interpolation::Bilinear, Interpolation::Area);
        assert_eq!(entry((640, 480), (320, 240), linear), ("blocks_each", [10, 60]));
        assert_eq!(entry((640, 480), (320, 241), linear), ("bilinear1", [3, 16]));
        assert_eq!(entry((640, 480), (640, 481), area), ("bilinear1", [5, 31]));
        assert_eq!(entry((640, 480), (300, 200), area), ("fractions_each", [10, 50]));
        assert_eq!(entry((640, 480), (20, 15), area), ("blocks_warped", [20, 4]));
        assert_eq!(entry((640, 480), (21, 15), area), ("fractions_warped", [21, 4]));
        assert_eq!(entry((640, 480), (21, 15), Interpolation::Nearest), ("nearest", [1, 1]));
    }
}
