use anyhow::Result;
use dsframe::cuda::DeviceImage;
use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::ops::color;

use super::{Timer, bytes};

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    for (from, to) in [
        (PixelFormat::Rgba, PixelFormat::Bgr),
        (PixelFormat::Nv12, PixelFormat::Rgba),
        (PixelFormat::Nv12, PixelFormat::Bgr),
        (PixelFormat::Rgba, PixelFormat::Gray8),
        (PixelFormat::Rgba, PixelFormat::Nv12),
        (PixelFormat::Bgr, PixelFormat::Nv12),
        (PixelFormat::Nv12, PixelFormat::I420),
        (PixelFormat::P010, PixelFormat::Rgba),
        (PixelFormat::P010, PixelFormat::Nv12),
    ] {
        for size in [(1920, 1080), (3840, 2160)] {
            for (buffers, memory) in [(1, "in L2"), (12, "from DRAM")] {
                let stream = timer.stream.clone();
                let image = |format| stream.image(format, size.0, size.1, Colorimetry::default());
                let mut pairs: Vec<(DeviceImage, DeviceImage)> =
                    (0..buffers).map(|_| Ok((image(from)?, image(to)?))).collect::<Result<_>>()?;
                let mut next = 0;
                let moved = bytes(from, size) + bytes(to, size);
                let work = format!("{from:?} to {to:?}, {memory}");
                timer.row(&work, size, moved, "bytes of the CPU's", |stream| {
                    next = (next + 1) % buffers;
                    let (src, dst) = &mut pairs[next];
                    Ok(color::convert_on(stream, &src.view(), &mut dst.view_mut())?)
                })?;
            }
        }
    }
    batch(timer)
}

/// What a batch of eight small frames costs in one launch.
fn batch(timer: &mut Timer<'_>) -> Result<()> {
    let (stream, size) = (timer.stream.clone(), (640, 360));
    let image = |format| stream.image(format, size.0, size.1, Colorimetry::default());
    let src: Vec<_> = (0..8).map(|_| image(PixelFormat::Nv12)).collect::<Result<_, _>>()?;
    let mut dst: Vec<_> = (0..8).map(|_| image(PixelFormat::Rgba)).collect::<Result<_, _>>()?;
    let moved = 8 * (bytes(PixelFormat::Nv12, size) + bytes(PixelFormat::Rgba, size));
    timer.row("Nv12 to Rgba, 8 frames in one launch", size, moved, "bytes of the CPU's", |stream| {
        let views: Vec<_> = src.iter().map(DeviceImage::view).collect();
        let mut targets: Vec<_> = dst.iter_mut().map(DeviceImage::view_mut).collect();
        Ok(color::convert_batch_on(stream, &views, &mut targets)?)
    })
}
