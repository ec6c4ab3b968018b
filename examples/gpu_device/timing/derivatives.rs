use anyhow::Result;
use dsframe::cuda::DType;
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::laplacian::laplacian_on;
use dsframe::ops::sharpness::sharpness_on;
use dsframe::ops::sobel::sobel_on;

use super::Timer;

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    let stream = timer.stream.clone();
    for size @ (w, h) in [(1920, 1080), (3840, 2160)] {
        let gray = stream.image(PixelFormat::Gray8, w, h, Colorimetry::default())?;
        let mut out = stream.tensor(&[h as usize, w as usize, 1], DType::I16)?;
        // A byte read and two written.
        let moved = 3 * w as usize * h as usize;
        for ksize in [3, 7] {
            timer.row(
                &format!("Gray8 to Sobel, ksize {ksize}"),
                size,
                moved,
                "values of the CPU's",
                |stream| Ok(sobel_on(stream, &gray.view().plane(0), &mut out, 1, 0, ksize, 1.0, 0.0)?),
            )?;
        }
        timer.row("Gray8 to Laplacian, ksize 1", size, moved, "values of the CPU's", |stream| {
            Ok(laplacian_on(stream, &gray.view().plane(0), &mut out, 1)?)
        })?;
        let boxes: Vec<_> = (0..64).map(|i| Rect::new(i % 8 * 211 + 5, i / 8 * 101 + 3, 96, 192)).collect();
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            let frame = stream.image(format, w, h, Colorimetry::default())?;
            let moved = 64 * 96 * 192 * format.bytes_per_pixel(0);
            let work = format!("sharpness of 64 boxes of 96x192, {format:?}");
            timer.row(&work, size, moved, "bits of the CPU's", |stream| {
                sharpness_on(stream, &frame.view(), &boxes)?;
                Ok(())
            })?;
        }
    }
    Ok(())
}
