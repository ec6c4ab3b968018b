//! Several pictures in one launch, as the surfaces of a batch are.

use super::{Args, SOURCE, grid, plan};
use crate::cuda::{KernelArgs, Stream};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut, Pending};

/// Pictures of one launch: a kernel's argument has at most 4 KiB.
const MOST: usize = 30;

/// Laid out as `Batch` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Batch {
    items: [Args; MOST],
}

const _: () = assert!(size_of::<Batch>() <= 4096, "what every GPU takes as an argument");

// SAFETY: repr(C), an array of what is `KernelArgs` itself.
unsafe impl KernelArgs for Batch {}

/// Converts each of `src` to the format of the one of `dst` with the same index, as
/// [`convert_on`](super::convert_on) does: neighbours of the same formats in one launch, 30 at most, whatever their
/// sizes.
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
        let (entries, args) = plan(src, &dst).map_err(named)?;
        stream.check_gpu("src", src.gpu()).map_err(named)?;
        stream.check_gpu("dst", dst.gpu()).map_err(named)?;
        grid((src.width(), src.height()), 1).map_err(named)?;
        planned.push((entries[1], args));
    }
    let mut done = 0;
    for alike in planned.chunk_by(|a, b| a.0 == b.0).flat_map(|run| run.chunks(MOST)) {
        let (src, dst) = (&src[done..][..alike.len()], &dst[done..][..alike.len()]);
        done += alike.len();
        let width = src.iter().map(DeviceView::width).max().unwrap_or(0);
        let height = src.iter().map(DeviceView::height).max().unwrap_or(0);
        let Some(grid) = grid((width, height), alike.len() as u32)? else { continue };
        let kernel = stream.device().kernel(&SOURCE, alike[0].0)?;
        let mut batch = Batch { items: [alike[0].1; MOST] };
        for (item, (_, args)) in batch.items.iter_mut().zip(alike) {
            *item = *args;
        }
        let views: Vec<_> = dst.iter().map(DeviceViewMut::as_view).collect();
        let memory: Vec<&Pending> = src.iter().chain(&views).map(DeviceView::pending).collect();
        // SAFETY: each item is what `plan` made for its two views, whose Pending are given; a block looks at the item of
        // its own index, below the grid's depth, and stays within that item's size. All of `dst` was borrowed to be
        // written.
        unsafe { stream.launch(&kernel, grid, &batch, &memory) }?;
    }
    Ok(())
}
