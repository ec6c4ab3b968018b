use anyhow::Result;
use dsframe::cuda::DeviceImage;
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::box_blur::{box_blur_boxes_on, box_blur_on};
use dsframe::ops::gaussian_blur::GaussianBlur;

use super::{Timer, bytes};

const PARITY: &str = "bytes of the CPU's";

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    for (ksize, sigma) in [(5, 1.0), (15, 2.5), (31, 5.0)] {
        let blur = GaussianBlur::new((ksize, ksize), sigma, 0.0)?;
        for size in [(1920, 1080), (3840, 2160)] {
            for format in [PixelFormat::Rgba, PixelFormat::Gray8] {
                let (src, mut dst) = (image(timer, format, size)?, image(timer, format, size)?);
                // Every byte is read, and written, once.
                let moved = 2 * bytes(format, size);
                let work = format!("Gaussian blur {ksize}x{ksize} of {format:?}");
                timer.row(&work, size, moved, PARITY, |stream| {
                    Ok(blur.apply_on(stream, &src.view(), &mut dst.view_mut())?)
                })?;
            }
            let mut picture = image(timer, PixelFormat::Rgba, size)?;
            let work = format!("Gaussian blur {ksize}x{ksize} of Rgba, in place");
            timer.row(&work, size, 4 * bytes(PixelFormat::Rgba, size), PARITY, |stream| {
                Ok(blur.apply_mut_on(stream, &mut picture.view_mut())?)
            })?;
        }
    }
    for size in [(1920, 1080), (3840, 2160)] {
        let format = PixelFormat::Rgba;
        let (src, mut dst) = (image(timer, format, size)?, image(timer, format, size)?);
        timer.row("box blur 15x15 of Rgba", size, 2 * bytes(format, size), PARITY, |stream| {
            Ok(box_blur_on(stream, &src.view(), &mut dst.view_mut(), (15, 15))?)
        })?;
    }
    boxes(timer)
}

/// 64 boxes of 100x200 pixels, in eight columns at odd places.
fn boxes(timer: &mut Timer<'_>) -> Result<()> {
    let boxes: Vec<_> = (0..64).map(|i| Rect::new(3 + i % 8 * 237, 1 + i / 8 * 201, 100, 200)).collect();
    let (format, size) = (PixelFormat::Rgba, (1920, 1620));
    let mut picture = image(timer, format, size)?;
    // To scratch and back.
    let moved = 4 * boxes.len() * bytes(format, (100, 200));
    let blur = GaussianBlur::new((31, 31), 5.0, 0.0)?;
    timer.row("Gaussian blur 31x31 of 64 boxes of 100x200", size, moved, PARITY, |stream| {
        Ok(blur.apply_boxes_on(stream, &mut picture.view_mut(), 0, &boxes)?)
    })?;
    timer.row("box blur 31x31 of 64 boxes of 100x200", size, moved, PARITY, |stream| {
        Ok(box_blur_boxes_on(stream, &mut picture.view_mut(), 0, &boxes, (31, 31))?)
    })
}

fn image(timer: &Timer<'_>, format: PixelFormat, (width, height): (u32, u32)) -> Result<DeviceImage> {
    Ok(timer.stream.image(format, width, height, Colorimetry::default())?)
}
