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
    Ok(())
}
