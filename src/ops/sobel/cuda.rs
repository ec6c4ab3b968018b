//! The same derivatives of planes in GPU memory, in one kernel.

use super::{Finish, Taps, checked};
use crate::cuda::{DeviceTensor, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::Result;
use crate::frame::DevicePlane;
use crate::ops::rows::{WINDOW, Window};

static SOURCE: KernelSource =
    KernelSource { name: "sobel", text: include_str!("kernel.cu"), headers: &[TYPES, WINDOW] };

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    window: Window,
    across: [i32; 7],
    down: [i32; 7],
    scaled: u32,
    scale: f32,
    delta: f32,
    unused: u32,
}

const _: () = assert!(size_of::<Args>() == 112, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}

/// [`sobel`](super::sobel) on a plane in GPU memory: writes the derivative of order `dx` in x and `dy` in y to `dst`.
///
/// |       | layout                             | element | shape       | pitch (bytes) |
/// |-------|------------------------------------|---------|-------------|---------------|
/// | `src` | interleaved, 1 to 4 bytes; windows | `u8`    | `(h, w, c)` | any           |
/// | `dst` | interleaved, as `src`              | `i16`   | `(h, w, c)` | packed        |
///
/// Luma of YUV and grey are plane 0 as they are; for the grey of RGB, [`convert_on`](crate::ops::color::convert_on)
/// comes first. The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says.
///
/// Backends and parity: the same values as on the CPU, with a scale and a delta too.
///
/// # Errors
/// As [`sobel`](super::sobel); `InvalidArgument` when `dst` has another shape or other elements than `I16`, `Residency`
/// when one of them is another GPU's, `Unsupported` for rows of more than 2^30 bytes, `Library` and `Cuda` when the
/// kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// use dsframe::cuda::{DType, Device};
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
/// use dsframe::ops::sobel::sobel_on;
///
/// let stream = Device::new(0)?.stream()?;
/// let gray = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Gray8, 640, 480).view())?;
/// let mut dx = stream.tensor(&[480, 640, 1], DType::I16)?;
/// sobel_on(&stream, &gray.view().plane(0), &mut dx, 1, 0, 3, 1.0, 0.0)?;
/// let slice = dx.as_cudarc::<i16>()?;
/// # Ok::<(), dsframe::Error>(())
/// ```
#[allow(clippy::too_many_arguments, reason = "the CPU's, and the stream")]
pub fn sobel_on(
    stream: &Stream,
    src: &DevicePlane<'_>,
    dst: &mut DeviceTensor,
    dx: u32,
    dy: u32,
    ksize: u32,
    scale: f64,
    delta: f64,
) -> Result<()> {
    let (taps, finish) = checked([dx, dy], ksize, scale, delta)?;
    let Some((window, grid)) = Window::of(stream, src, dst)? else { return Ok(()) };
    let (scaled, scale, delta) = match finish {
        Finish::Plain => (0, 1.0, 0.0),
        Finish::Scaled { scale, delta } => (1, scale, delta),
    };
    let [across, down] = taps.map(|taps| centred(&taps));
    let args = Args { window, across, down, scaled, scale, delta, unused: 0 };
    let entry = match taps[0].len.max(taps[1].len) {
        ..=3 => "sobel3",
        5 => "sobel5",
        _ => "sobel7",
    };
    let kernel = stream.device().kernel(&SOURCE, entry)?;
    // SAFETY: the arguments are the kernel's own `Args`; `Window` describes `src` and `dst`, whose Pending are given,
    // with their sizes, beyond which nothing is read or written, and the grid that covers them.
    unsafe { stream.launch(&kernel, grid, &args, &[src.pending(), dst.pending()]) }
}

/// The weights with the middle one fourth.
fn centred(taps: &Taps) -> [i32; 7] {
    let (all, first) = (taps.array::<7>(), 3 - taps.len / 2);
    std::array::from_fn(
        |i| if (first..first + taps.len).contains(&i) { i32::from(all[i - first]) } else { 0 },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_lie_around_the_middle() {
        assert_eq!(centred(&Taps::new(0, 1)), [0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(centred(&Taps::new(1, 1)), [0, 0, -1, 0, 1, 0, 0]);
        assert_eq!(centred(&Taps::new(0, 5)), [0, 1, 4, 6, 4, 1, 0]);
        assert_eq!(centred(&Taps::new(1, 7)), [-1, -4, -5, 0, 5, 4, 1]);
    }
}
