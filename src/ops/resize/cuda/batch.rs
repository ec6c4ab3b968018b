//! Planes that are made alike in one launch: those of a picture, and those of several.

use super::{Args, Plan, SOURCE, WARPS, check, plans};
use crate::cuda::{Grid, KernelArgs, Stream};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut, Pending};
use crate::ops::resize::Interpolation;

/// Planes of one launch: a kernel's argument has at most 4 KiB.
const MOST: usize = 36;

/// Laid out as `Batch` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Batch {
    items: [Args; MOST],
}

const _: () = assert!(size_of::<Batch>() <= 4096, "what every GPU takes as an argument");

// SAFETY: repr(C), an array of what is `KernelArgs` itself.
unsafe impl KernelArgs for Batch {}

/// Resizes each of `src` to the size of the one of `dst` with the same index, as [`resize_on`](super::resize_on) does: all
/// planes that are made alike in one launch, 36 at most, whatever their sizes. NV12 surfaces of a batch take two.
///
/// For a batch of frames as one normalised tensor, [`reid_frames_on`](crate::ops::reid::reid_frames_on) takes a box
/// around each.
///
/// # Errors
/// As there, with the index; and when the lists are not of one length. Nothing is resized then.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::frame::{Colorimetry, PixelFormat};
/// # use dsframe::ops::resize::{Interpolation, resize_batch_on};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let maps = (0..batch.len()).map(|i| batch.surface(i)?.device_view()).collect::<dsframe::Result<Vec<_>>>()?;
/// let frames: Vec<_> = maps.iter().map(|map| map.view()).collect();
/// let mut images = (frames.iter())
///     .map(|frame| stream.image(frame.format(), 640, 360, frame.colorimetry()))
///     .collect::<dsframe::Result<Vec<_>>>()?;
/// let mut views: Vec<_> = images.iter_mut().map(|image| image.view_mut()).collect();
/// resize_batch_on(&stream, &frames, &mut views, Interpolation::Area)?;
/// # Ok(())
/// # }
/// ```
pub fn resize_batch_on(
    stream: &Stream,
    src: &[DeviceView<'_>],
    dst: &mut [DeviceViewMut<'_>],
    interpolation: Interpolation,
) -> Result<()> {
    if src.len() != dst.len() {
        return Err(Error::invalid(format!(
            "src has {} pictures, dst has {}; each is resized into the one of its index",
            src.len(),
            dst.len()
        )));
    }
    let views: Vec<_> = dst.iter().map(DeviceViewMut::as_view).collect();
    let mut planned = Vec::with_capacity(2 * src.len());
    for (i, (src, dst)) in src.iter().zip(&views).enumerate() {
        let named = |error: Error| Error::new(error.kind(), format!("picture {i}: {error}"));
        check(src, dst).map_err(named)?;
        stream.check_gpu("src", src.gpu()).map_err(named)?;
        stream.check_gpu("dst", dst.gpu()).map_err(named)?;
        planned.extend(plans((src, dst), interpolation, i));
    }
    let memory: Vec<_> = src.iter().zip(&views).map(|(src, dst)| [src.pending(), dst.pending()]).collect();
    // SAFETY: the planes are those of the pictures of their index, whose Pending are given, and all of `dst` was borrowed to
    // be written.
    unsafe { launch(stream, &mut planned, &memory) }
}

/// Hands over all of `plans`.
///
/// # Safety
/// A plan's addresses and sizes are those of planes of the pictures whose two Pending `memory` has at its index, and the
/// second picture may be written.
pub(super) unsafe fn launch(stream: &Stream, plans: &mut [Plan], memory: &[[&Pending; 2]]) -> Result<()> {
    plans.sort_by_key(|plan| plan.entries[0]);
    let alike = plans.chunk_by(|a, b| a.entries[0] == b.entries[0]);
    for alike in alike.flat_map(|run| run.chunks(MOST)) {
        let blocks = alike.iter().fold((0, 0), |(x, y), plan| (x.max(plan.blocks.0), y.max(plan.blocks.1)));
        let grid =
            Grid { blocks: (blocks.0, blocks.1, alike.len() as u32), threads: (32, WARPS, 1), shared: 0 };
        let touched: Vec<&Pending> = alike.iter().flat_map(|plan| memory[plan.picture]).collect();
        let [one, several] = alike[0].entries;
        if let [plan] = alike {
            let kernel = stream.device().kernel(&SOURCE, one)?;
            // SAFETY: `plan` filled the kernel's own `Args` with planes and their sizes, beyond which the kernel reads and
            // writes nothing; the rest is the caller's promise.
            unsafe { stream.launch(&kernel, grid, &plan.args, &touched) }?;
            continue;
        }
        let mut batch = Batch { items: [alike[0].args; MOST] };
        batch.items.iter_mut().zip(alike).for_each(|(item, plan)| *item = plan.args);
        let kernel = stream.device().kernel(&SOURCE, several)?;
        // SAFETY: as above; a block looks at the item of its own index, below the grid's depth, and stays within that
        // item's size.
        unsafe { stream.launch(&kernel, grid, &batch, &touched) }?;
    }
    Ok(())
}
