//! The same edges on pictures in GPU memory, in three kernels: the map of all that a tile's own pixels decide, and what of
//! the rest hangs together; what hangs together over the borders of tiles; the rest of the map. None of them repeats
//! until nothing changes.

use super::{check_settings, limits};
use crate::cuda::{DType, Grid, Header, KernelArgs, KernelSource, Step, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut, PixelFormat};
use crate::ops::color::cuda::{Kind, PIXELS, Source};
use crate::ops::rows::GRAY;

static SOURCE: KernelSource = KernelSource {
    name: "canny",
    text: include_str!("kernel.cu"),
    headers: &[
        TYPES,
        PIXELS,
        GRAY,
        Header { name: "gradient.cuh", text: include_str!("gradient.cuh") },
        Header { name: "forest.cuh", text: include_str!("forest.cuh") },
        Header { name: "tiles.cuh", text: include_str!("tiles.cuh") },
        Header { name: "grow.cuh", text: include_str!("grow.cuh") },
        Header { name: "strip.cuh", text: include_str!("strip.cuh") },
    ],
};

/// Pixels of a tile across and down, as in `tiles.cuh`.
const TILE: (u32, u32) = (60, 32);
/// Threads that work on a tile: of aperture 3 with |dx| + |dy| and at the end, as in `kernel.cu`; of other gradients, as in
/// `gradient.cuh`.
const FAST_THREADS: u32 = 128;
const THREADS: u32 = 256;
/// Bytes that a tile needs for its rows of bits, for the parents of its runs, and for its state.
const BITS: usize = 16 * TILE.1 as usize;
const PARENTS: usize = 4 * 32 * TILE.1 as usize;
const STATE: usize = 4;

const SQUARES: u32 = 1;
const WIDE_MAP: u32 = 2;

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: Source,
    states: u64,
    rows: u64,
    parents: u64,
    at: u64,
    pitch: u64,
    tiles: u32,
    low: u32,
    high: u32,
    flags: u32,
}

const _: () = assert!(size_of::<Args>() == 160, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}

/// [`canny`](super::canny) on pictures in GPU memory: writes 255 to `dst` where `src` has an edge, 0 elsewhere.
///
/// |       | layout                               | element | shape    | pitch (bytes) |
/// |-------|--------------------------------------|---------|----------|---------------|
/// | `src` | RGB, GRAY8, YUV of 8 bits; windows   | `u8`    | `(h, w)` | any           |
/// | `dst` | GRAY8; windows                       | `u8`    | `(h, w)` | any           |
///
/// RGB is turned into grey on the way, luma is read as it is, and nothing around a window is looked at, as on the CPU.
/// `src` and `dst` are different memory. The work is handed over to `stream`; when it is waited for, the
/// [`cuda`](crate::cuda) page says. It takes scratch memory of the pool, about 2.5 bytes a pixel.
///
/// Backends and parity: the same map as on the CPU and as OpenCV's, pixel for pixel, for every aperture and norm. Which
/// weak pixels hang together with strong ones is found with a forest of their runs, whatever way they take through
/// the picture, in a fixed number of steps.
///
/// With aperture 3 and |dx| + |dy| windows of 4-byte pixels whose address and pitch are multiples of 4 bytes are read a pixel
/// at a time. With others, windows whose address and pitch are multiples of 16 bytes for 4-byte pixels and of 4 for others
/// are read four pixels at a time. Such a `dst`, of 4, is written 4 at a time. Other windows take longer.
///
/// # Errors
/// As [`canny`](super::canny); `Unsupported` for a `dst` that is not GRAY8, for formats of more than 8 bits, and
/// for pictures of more than 2^21 - 32 rows or 2^22 tiles of 60x32; `Residency` when one of them is another GPU's,
/// `Library` and `Cuda` when the kernels cannot be compiled or run.
///
/// # Example
/// ```no_run
/// use dsframe::cuda::Device;
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
/// use dsframe::ops::canny::canny_on;
///
/// let stream = Device::new(0)?.stream()?;
/// let rgba = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Rgba, 1920, 1080).view())?;
/// let mut edges = stream.image(PixelFormat::Gray8, 1920, 1080, Colorimetry::default())?;
/// canny_on(&stream, &rgba.view(), &mut edges.view_mut(), 50.0, 150.0, 3, false)?;
/// let map = stream.to_host(&edges.view())?;
/// assert!(map.view().plane(0).rows().flatten().all(|&pixel| pixel == 0));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn canny_on(
    stream: &Stream,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
    threshold1: f64,
    threshold2: f64,
    aperture: u32,
    l2_gradient: bool,
) -> Result<()> {
    let dst = dst.as_view();
    let (entry, threads, mut args) = plan(src, &dst, [threshold1, threshold2], aperture, l2_gradient)?;
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    if src.width() == 0 || src.height() == 0 {
        return Ok(());
    }
    let blocks = (args.tiles, src.height().div_ceil(TILE.1), 1);
    let tiles = u64::from(blocks.0) * u64::from(blocks.1);
    if blocks.1 > 65_535 || tiles >= 1 << 22 {
        return Err(Error::unsupported(format!(
            "src is {}x{}, edges are found in at most {} rows and 2^22 tiles of 60x32 pixels at once",
            src.width(),
            src.height(),
            65_535 * TILE.1
        )));
    }
    // The parents are numbered from 1 on.
    let scratch = stream.tensor(&[tiles as usize * (BITS + PARENTS + STATE) + 4], DType::U8)?;
    args.rows = scratch.address();
    args.parents = args.rows + tiles * BITS as u64;
    args.states = args.parents + tiles * PARENTS as u64 + 4;
    let grid = |threads| Grid { blocks, threads: (threads, 1, 1), shared: 0 };
    let kernel = |entry| stream.device().kernel(&SOURCE, entry);
    let memory = [src.pending(), scratch.pending(), dst.pending()];
    let (first, borders, settle) = (kernel(entry)?, kernel("borders")?, kernel("settle")?);
    let steps = [
        Step::new(&first, grid(threads), &args),
        Step::new(&borders, grid(FAST_THREADS), &args),
        Step::new(&settle, grid(FAST_THREADS), &args),
    ];
    // A tile alone leaves nothing undecided.
    let steps = if tiles == 1 { &steps[..1] } else { &steps };
    // SAFETY: `plan` filled the kernels' own `Args` with planes of the two views and their size, beyond which nothing is
    // read or written, and `dst` was borrowed to be written. The scratch has BITS, PARENTS and STATE bytes for each tile of
    // the grid, and a word more; a block stays within those of its tile and of the tiles beside it. The Pending of all that
    // is touched is given.
    unsafe { stream.launch_all(steps, &memory) }
}

/// Which kernel finds the gradients, with how many threads, and the arguments of both but for the scratch memory.
fn plan(
    src: &DeviceView<'_>,
    dst: &DeviceView<'_>,
    thresholds: [f64; 2],
    aperture: u32,
    l2_gradient: bool,
) -> Result<(&'static str, u32, Args)> {
    if (dst.width(), dst.height()) != (src.width(), src.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the size of src, {}x{}",
            dst.width(),
            dst.height(),
            src.width(),
            src.height()
        )));
    }
    if dst.format() != PixelFormat::Gray8 {
        return Err(Error::unsupported(format!("dst is {:?}, edges are written to Gray8", dst.format())));
    }
    check_settings(thresholds, aperture)?;
    let source = Source::of(src)?;
    let (entry, threads) = match (aperture, l2_gradient, source.kind) {
        (3, false, Kind::Packed4) => ("packed4_fast", FAST_THREADS),
        (3, false, Kind::Packed3) => ("packed3_fast", FAST_THREADS),
        (3, false, _) => ("luma_fast", FAST_THREADS),
        (3, true, Kind::Packed4) => ("packed4_3", THREADS),
        (3, true, Kind::Packed3) => ("packed3_3", THREADS),
        (3, true, _) => ("luma_3", THREADS),
        (5, _, Kind::Packed4) => ("packed4_5", THREADS),
        (5, _, Kind::Packed3) => ("packed3_5", THREADS),
        (5, ..) => ("luma_5", THREADS),
        (_, _, Kind::Packed4) => ("packed4_7", THREADS),
        (_, _, Kind::Packed3) => ("packed3_7", THREADS),
        _ => ("luma_7", THREADS),
    };
    // Sizes of gradients are below 2^29, and so is their limit times 4 below 2^31.
    let [low, high] =
        limits(thresholds, aperture, l2_gradient).map(|limit| 4 * limit.min((1 << 29) - 1) as u32);
    let out = dst.plane(0);
    let wide = out.address().is_multiple_of(4) && (out.pitch() as u64).is_multiple_of(4);
    let flags = if l2_gradient { SQUARES } else { 0 } | if wide { WIDE_MAP } else { 0 };
    let (at, pitch) = (out.address(), out.pitch() as u64);
    let tiles = src.width().div_ceil(TILE.0);
    let args = Args { src: source, states: 0, rows: 0, parents: 0, at, pitch, tiles, low, high, flags };
    Ok((entry, threads, args))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Colorimetry, Pending, Rect};

    fn view<'a>(format: PixelFormat, address: u64, pitch: usize, pending: &'a Pending) -> DeviceView<'a> {
        let planes: Vec<_> = (0..format.planes()).map(|i| (address + 0x10_0000 * i as u64, pitch)).collect();
        // SAFETY: nothing is handed to a GPU in these tests.
        unsafe { DeviceView::from_raw(format, 100, 40, &planes, Colorimetry::default(), 0, pending) }.unwrap()
    }

    #[test]
    fn limits_go_with_the_aperture_and_the_norm() {
        let pending = Pending::new();
        let (src, dst) =
            (view(PixelFormat::Nv12, 4096, 256, &pending), view(PixelFormat::Gray8, 1 << 20, 112, &pending));
        let planned = |aperture, l2| plan(&src, &dst, [150.5, 50.0], aperture, l2).unwrap();
        let (entry, threads, args) = planned(3, false);
        assert_eq!(threads, 128);
        assert_eq!(
            (entry, args.tiles, args.low, args.high, args.flags),
            ("luma_fast", 2, 200, 600, WIDE_MAP)
        );
        let (entry, threads, args) = planned(3, true);
        assert_eq!(threads, 256);
        assert_eq!(
            (entry, args.low, args.high, args.flags),
            ("luma_3", 10_000, 4 * 22_650, WIDE_MAP | SQUARES)
        );
        let (entry, _, args) = planned(7, false);
        assert_eq!((entry, args.low, args.high), ("luma_7", 12, 36));
        let args = plan(&src, &dst, [-4.0, 1e12], 3, true).unwrap().2;
        assert_eq!((args.low, args.high), (0, 4 * ((1 << 29) - 1)));
        let narrow = dst.crop(Rect::new(1, 0, 9, 9)).unwrap();
        let args = plan(&src.crop(Rect::new(0, 0, 9, 9)).unwrap(), &narrow, [1.0, 2.0], 5, false).unwrap().2;
        assert_eq!(args.flags, 0);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let pending = Pending::new();
        let (src, dst) =
            (view(PixelFormat::Rgba, 4096, 512, &pending), view(PixelFormat::Gray8, 1 << 20, 112, &pending));
        let error = |src: &DeviceView<'_>, dst: &DeviceView<'_>, low, aperture| {
            plan(src, dst, [low, 9.0], aperture, false).unwrap_err().to_string()
        };
        assert!(error(&src, &src, 1.0, 3).contains("dst is Rgba"));
        assert!(error(&src, &dst.crop(Rect::new(0, 0, 9, 8)).unwrap(), 1.0, 3).contains("dst is 9x8"));
        assert!(error(&src, &dst, 1.0, 4).contains("aperture is 4"));
        assert!(error(&src, &dst, f64::NAN, 3).contains("thresholds are NaN and 9"));
        let deep = view(PixelFormat::P010, 4096, 256, &pending);
        assert!(error(&deep, &dst, 1.0, 3).contains("P010"));
    }
}
