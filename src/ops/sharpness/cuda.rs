//! The same measure for boxes of a picture in GPU memory, all of them in two kernels.

use crate::cuda::{DType, DeviceTensor, Grid, KernelArgs, KernelSource, Step, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, Rect};
use crate::ops::color::cuda::{Kind, PIXELS, Source};
use crate::ops::rows::GRAY;

static SOURCE: KernelSource =
    KernelSource { name: "sharpness", text: include_str!("kernel.cu"), headers: &[TYPES, PIXELS, GRAY] };

/// Boxes of a launch, pixels of a tile, and threads of a block; `kernel.cu` has the same numbers.
const BOXES: usize = 128;
const TILE: (u32, u32) = (64, 32);
const THREADS: u32 = 256;
/// Bytes of a tile's sums.
const SUMS: usize = 8;

/// Laid out as in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Box {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    first: u32,
}

/// Laid out as in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    src: Source,
    sums: u64,
    out: u64,
    count: u32,
    tiles: u32,
    boxes: [Box; BOXES],
}

const _: () = assert!(size_of::<Args>() == 128 + BOXES * 20, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the source.
unsafe impl KernelArgs for Args {}

/// [`sharpness`](super::sharpness) of each of `boxes` of `src`, a picture in GPU memory.
///
/// |        | layout                       | element     | shape    | pitch (bytes) |
/// |--------|------------------------------|-------------|----------|---------------|
/// | `src`  | any [`PixelFormat`], windows | `u8`, `u16` | `(h, w)` | any           |
/// | result | one number for each box      | `f64`       | `(n)`    | packed        |
///
/// A box is a picture of its own: nothing around it is looked at. They may overlap; an empty one gives 0. The work is
/// handed over to `stream`, with the boxes, two kernels for each 128 of them; when it is waited for, the
/// [`cuda`](crate::cuda) page says.
///
/// Backends and parity: integers up to the division, so the same numbers as on the CPU, to the bit.
///
/// # Errors
/// `InvalidArgument` for a box that does not lie inside ([`roi`](crate::roi) clips boxes), `Unsupported` for
/// boxes of more than 2^31 pixels, `Residency` when `src` is another GPU's, `Library` and `Cuda` when the kernels cannot
/// be compiled or run.
///
/// # Example
/// ```no_run
/// use dsframe::cuda::Device;
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat, Rect};
/// use dsframe::ops::sharpness::sharpness_on;
///
/// let stream = Device::new(0)?.stream()?;
/// let nv12 = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Nv12, 1920, 1080).view())?;
/// let boxes = [Rect::new(10, 20, 64, 128), Rect::new(601, 333, 40, 90)];
/// let values = sharpness_on(&stream, &nv12.view(), &boxes)?;
/// assert_eq!(stream.raw().clone_dtoh(&values.as_cudarc::<f64>()?).unwrap(), [0.0, 0.0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
///
/// [`PixelFormat`]: crate::frame::PixelFormat
pub fn sharpness_on(stream: &Stream, src: &DeviceView<'_>, boxes: &[Rect]) -> Result<DeviceTensor> {
    let source = Source::of_any(src);
    stream.check_gpu("src", src.gpu())?;
    boxes.iter().try_for_each(|rect| check(src, *rect))?;
    let out = stream.tensor(&[boxes.len()], DType::F64)?;
    let entry = match source.kind {
        Kind::Packed4 => "packed4",
        Kind::Packed3 => "packed3",
        Kind::Words => "words",
        _ => "luma",
    };
    for (n, boxes) in boxes.chunks(BOXES).enumerate() {
        let (list, tiles) = tiled(boxes)?;
        let sums = stream.tensor(&[tiles as usize * SUMS], DType::U8)?;
        let at = out.address() + (n * BOXES * size_of::<f64>()) as u64;
        let count = boxes.len() as u32;
        let args = Args { src: source, sums: sums.address(), out: at, count, tiles, boxes: list };
        let grid = |blocks| Grid { blocks: (blocks, 1, 1), threads: (THREADS, 1, 1), shared: 0 };
        let blocks = count.div_ceil(THREADS / 32);
        let (kernel, last) =
            (stream.device().kernel(&SOURCE, entry)?, stream.device().kernel(&SOURCE, "variances")?);
        let steps = [Step::new(&kernel, grid(tiles), &args), Step::new(&last, grid(blocks), &args)];
        // SAFETY: the arguments are the kernels' own `Args`: a plane of `src`, boxes that lie in it, and sums of as many
        // tiles as the grid has blocks; then a warp writes the number of one box, of which `out` has `count` from `at` on.
        // The Pending of all are given.
        unsafe {
            stream.launch_all(
                if tiles > 0 { &steps } else { &steps[1..] },
                &[src.pending(), sums.pending(), out.pending()],
            )
        }?;
    }
    Ok(out)
}

fn check(src: &DeviceView<'_>, rect: Rect) -> Result<()> {
    src.crop(rect)?;
    if u64::from(rect.width) * u64::from(rect.height) > 1 << 31 {
        return Err(Error::unsupported(format!("box {rect} has more than 2^31 pixels")));
    }
    Ok(())
}

/// The boxes with the number of the first tile of each, and the number of all.
fn tiled(boxes: &[Rect]) -> Result<([Box; BOXES], u32)> {
    let (mut list, mut tiles) = ([Box::default(); BOXES], 0u64);
    for (place, &Rect { x, y, width, height }) in list.iter_mut().zip(boxes) {
        *place = Box { x, y, width, height, first: tiles as u32 };
        tiles += u64::from(width.div_ceil(TILE.0)) * u64::from(height.div_ceil(TILE.1));
    }
    match i32::try_from(tiles) {
        Ok(tiles) => Ok((list, tiles as u32)),
        Err(_) => Err(Error::unsupported(format!("the boxes have {tiles} tiles together, 2^31 - 1 at most"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_boxes_follow_each_other() {
        let boxes =
            [Rect::new(0, 0, 64, 32), Rect::new(3, 4, 0, 9), Rect::new(1, 2, 65, 33), Rect::new(5, 5, 1, 1)];
        let (list, tiles) = tiled(&boxes).unwrap();
        assert_eq!((list[..4].iter().map(|b| b.first).collect::<Vec<_>>(), tiles), (vec![0, 1, 1, 5], 6));
        let large = [Rect::new(0, 0, u32::MAX, u32::MAX); 3];
        assert!(tiled(&large).unwrap_err().to_string().contains("tiles"));
    }
}
