//! Resizing of large frames.

use anyhow::Result;
use dsframe::cuda::DeviceImage;
use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::ops::resize::{Interpolation, resize_batch_on, resize_on};

use super::{Timer, bytes};

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    let bilinear = Interpolation::Bilinear;
    for (format, from, to, how) in [
        (PixelFormat::Rgba, (1920, 1080), (640, 360), bilinear),
        (PixelFormat::Rgba, (1920, 1080), (3840, 2160), bilinear),
        (PixelFormat::Rgba, (3840, 2160), (1920, 1080), bilinear),
        (PixelFormat::Nv12, (3840, 2160), (1280, 720), bilinear),
        (PixelFormat::Rgb, (1920, 1080), (640, 640), bilinear),
        (PixelFormat::Rgba, (3840, 2160), (1280, 720), Interpolation::Area),
        (PixelFormat::Rgba, (3840, 2160), (1000, 600), Interpolation::Area),
        (PixelFormat::Rgba, (3840, 2160), (1280, 720), Interpolation::Nearest),
    ] {
        let stream = timer.stream.clone();
        let image = |size: (u32, u32)| stream.image(format, size.0, size.1, Colorimetry::default());
        let (src, mut dst) = (image(from)?, image(to)?);
        // What is skipped is not counted.
        let skips = how != Interpolation::Area && from.0 > 2 * to.0;
        let moved = if skips { 2 * bytes(format, to) } else { bytes(format, from) + bytes(format, to) };
        let work = format!("{format:?} to {}x{}, {how:?}", to.0, to.1);
        timer.row(&work, from, moved, "bytes of the CPU's", |stream| {
            Ok(resize_on(stream, &src.view(), &mut dst.view_mut(), how)?)
        })?;
    }
    batch(timer)
}

/// What a muxer's batch of four costs at once.
fn batch(timer: &mut Timer<'_>) -> Result<()> {
    let (stream, from, to) = (timer.stream.clone(), (1920, 1080), (640, 384));
    let image = |size: (u32, u32)| stream.image(PixelFormat::Nv12, size.0, size.1, Colorimetry::default());
    let src: Vec<_> = (0..4).map(|_| image(from)).collect::<Result<_, _>>()?;
    let mut dst: Vec<_> = (0..4).map(|_| image(to)).collect::<Result<_, _>>()?;
    let moved = 4 * 2 * bytes(PixelFormat::Nv12, to);
    timer.row("4 frames of Nv12 to 640x384, Bilinear", from, moved, "bytes of the CPU's", |stream| {
        let views: Vec<_> = src.iter().map(DeviceImage::view).collect();
        let mut targets: Vec<_> = dst.iter_mut().map(DeviceImage::view_mut).collect();
        Ok(resize_batch_on(stream, &views, &mut targets, Interpolation::Bilinear)?)
    })
}
