//! Several pictures in one launch, as the surfaces of a batch are.

use super::{Args, Arguments, SOURCE, grid, plan, yuv};
use crate::cuda::{Grid, KernelArgs, KernelSource, Stream};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut, Pending};

/// Pictures of one launch, to RGB or grey and to YUV: a kernel's argument has at most 4 KiB.
const PACKED: usize = 30;
const YUV: usize = 17;

/// Laid out as `Batch` in the kernels.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Batch<A, const N: usize> {
    items: [A; N],
}

const _: () = assert!(size_of::<Batch<Args, PACKED>>() <= 4096, "what every GPU takes as an argument");
const _: () = assert!(size_of::<Batch<yuv::Args, YUV>>() <= 4096, "what every GPU takes as an argument");

// SAFETY: repr(C), an array of what is `KernelArgs` itself.
unsafe impl<A: KernelArgs, const N: usize> KernelArgs for Batch<A, N> {}

/// Converts each of `src` to the format of the one of `dst` with the same index, as
/// [`convert_on`](super::convert_on) does: neighbours of the same formats in one launch, 30 at most (17 to YUV),
/// whatever their sizes.
///
/// # Errors
/// As there, with the index; and when the lists are not of one length. Nothing is converted then.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::frame::{Colorimetry, PixelFormat};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let maps = (0..batch.len()).map(|i| batch.surface(i)?.device_view()).collect::<dsframe::Result<Vec<_>>>()?;
/// let frames: Vec<_> = maps.iter().map(|map| map.view()).collect();
/// let mut images = (frames.iter())
///     .map(|frame| stream.image(PixelFormat::Bgr, frame.width(), frame.height(), Colorimetry::default()))
///     .collect::<dsframe::Result<Vec<_>>>()?;
/// let mut views: Vec<_> = images.iter_mut().map(|image| image.view_mut()).collect();
/// dsframe::ops::color::convert_batch_on(&stream, &frames, &mut views)?;
/// # Ok(())
/// # }
/// ```
pub fn convert_batch_on(
    stream: &Stream,
    src: &[DeviceView<'_>],
    dst: &mut [DeviceViewMut<'_>],
) -> Result<()> {
    if src.len() != dst.len() {
        return Err(Error::invalid(format!(
            "src has {} pictures, dst has {}; each is converted into the one of its index",
            src.len(),
            dst.len()
        )));
    }
    let mut planned = Vec::with_capacity(src.len());
    for (i, (src, dst)) in src.iter().zip(&*dst).enumerate() {
        let dst = dst.as_view();
        let named = |error: Error| Error::new(error.kind(), format!("picture {i}: {error}"));
        let plan = plan(src, &dst).map_err(named)?;
        stream.check_gpu("src", src.gpu()).map_err(named)?;
        stream.check_gpu("dst", dst.gpu()).map_err(named)?;
        grid(plan.blocks, 1).map_err(named)?;
        planned.push(plan);
    }
    let mut done = 0;
    let most = |plan: &super::Plan| if matches!(plan.args, Arguments::Packed(_)) { PACKED } else { YUV };
    let alike = planned.chunk_by(|a, b| a.entries == b.entries);
    for alike in alike.flat_map(|run| run.chunks(most(&run[0]))) {
        let (src, dst) = (&src[done..][..alike.len()], &dst[done..][..alike.len()]);
        done += alike.len();
        let blocks = alike.iter().fold((0, 0), |(x, y), plan| (x.max(plan.blocks.0), y.max(plan.blocks.1)));
        let Some(grid) = grid(blocks, alike.len() as u32)? else { continue };
        let views: Vec<_> = dst.iter().map(DeviceViewMut::as_view).collect();
        let memory: Vec<&Pending> = src.iter().chain(&views).map(DeviceView::pending).collect();
        let entry = alike[0].entries[1];
        // SAFETY: each item is what `plan` made for its two views, whose Pending are given; a block looks at the item of
        // its own index, below the grid's depth, and stays within that item's size. All of `dst` was borrowed to be
        // written.
        unsafe {
            match alike[0].args {
                Arguments::Packed(first) => {
                    let args = alike.iter().filter_map(|plan| match plan.args {
                        Arguments::Packed(args) => Some(args),
                        Arguments::Yuv(_) => None,
                    });
                    launch::<_, PACKED>(stream, (&SOURCE, entry), grid, (first, args), &memory)
                }
                Arguments::Yuv(first) => {
                    let args = alike.iter().filter_map(|plan| match plan.args {
                        Arguments::Yuv(args) => Some(args),
                        Arguments::Packed(_) => None,
                    });
                    launch::<_, YUV>(stream, (&yuv::SOURCE, entry), grid, (first, args), &memory)
                }
            }
        }?;
    }
    Ok(())
}

/// Hands over the kernel for several pictures.
///
/// # Safety
/// As [`Stream::launch`], with a kernel that takes `N` of `A`.
unsafe fn launch<A: KernelArgs, const N: usize>(
    stream: &Stream,
    (source, entry): (&'static KernelSource, &'static str),
    grid: Grid,
    (first, args): (A, impl Iterator<Item = A>),
    memory: &[&Pending],
) -> Result<()> {
    let mut batch = Batch { items: [first; N] };
    batch.items.iter_mut().zip(args).for_each(|(item, args)| *item = args);
    let kernel = stream.device().kernel(source, entry)?;
    // SAFETY: the caller's promise.
    unsafe { stream.launch(&kernel, grid, &batch, memory) }
}
