//! The same Laplacian of planes in GPU memory, in one kernel.

use super::check;
use crate::cuda::{DeviceTensor, KernelSource, Stream, TYPES};
use crate::error::Result;
use crate::frame::DevicePlane;
use crate::ops::rows::{WINDOW, Window};

static SOURCE: KernelSource =
    KernelSource { name: "laplacian", text: include_str!("kernel.cu"), headers: &[TYPES, WINDOW] };

/// [`laplacian`](super::laplacian) of a plane in GPU memory, written to `dst`.
///
/// |       | layout                             | element | shape       | pitch (bytes) |
/// |-------|------------------------------------|---------|-------------|---------------|
/// | `src` | interleaved, 1 to 4 bytes; windows | `u8`    | `(h, w, c)` | any           |
/// | `dst` | interleaved, as `src`              | `i16`   | `(h, w, c)` | packed        |
///
/// Backends and parity: the same values as on the CPU. The work is handed over to `stream`; when it is waited for, the
/// [`cuda`](crate::cuda) page says.
///
/// # Errors
/// When `ksize` is not 1 or 3; and as [`sobel_on`](crate::ops::sobel::sobel_on).
///
/// # Example
/// ```no_run
/// use dsframe::cuda::{DType, Device};
/// use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
/// use dsframe::ops::laplacian::laplacian_on;
///
/// let stream = Device::new(0)?.stream()?;
/// let nv12 = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Nv12, 640, 480).view())?;
/// let mut edges = stream.tensor(&[480, 640, 1], DType::I16)?;
/// laplacian_on(&stream, &nv12.view().plane(0), &mut edges, 1)?;
/// let slice = edges.as_cudarc::<i16>()?;
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn laplacian_on(
    stream: &Stream,
    src: &DevicePlane<'_>,
    dst: &mut DeviceTensor,
    ksize: u32,
) -> Result<()> {
    check(ksize)?;
    let Some((window, grid)) = Window::of(stream, src, dst)? else { return Ok(()) };
    let kernel = stream.device().kernel(&SOURCE, if ksize == 1 { "cross" } else { "corners" })?;
    // SAFETY: the argument is the kernel's own; it describes `src` and `dst`, whose Pending are given, with their sizes,
    // beyond which nothing is read or written, and the grid covers them.
    unsafe { stream.launch(&kernel, grid, &window, &[src.pending(), dst.pending()]) }
}
