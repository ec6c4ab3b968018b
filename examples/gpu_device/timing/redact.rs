use anyhow::Result;
use dsframe::frame::{Color, Colorimetry, PixelFormat, Rect};
use dsframe::ops::redact::{Blocks, Blur, Redaction, Region, redact_frames_on, redact_on};

use super::Timer;

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    let size = (1920, 1080);
    let boxes: Vec<Region<'_>> =
        (0..64).map(|i| Rect::new(3 + i % 16 * 118, 1 + i / 16 * 260, 100, 200).into()).collect();
    for (how, what, passes) in [
        (Redaction::Fill(Color::BLACK), "fill", 1),
        (Redaction::Pixelate(Blocks::Pixels(12)), "pixelate 12 px of", 2),
        (Redaction::Pixelate(Blocks::Across(8)), "pixelate 8 across of", 2),
        (Redaction::Blur(Blur::Across(8)), "blur 8 across of", 2),
        (Redaction::Blur(Blur::Kernel { ksize: 31, sigma: 0.0 }), "blur 31x31", 2),
    ] {
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            let mut frame = timer.stream.image(format, size.0, size.1, Colorimetry::default())?;
            let moved = passes * 64 * super::bytes(format, (100, 200));
            let work = format!("{what} 64 boxes of 100x200, {format:?}");
            timer.row(&work, size, moved, "bytes of the CPU's", |stream| {
                redact_on(stream, &mut frame.view_mut(), &boxes, how)?;
                Ok(())
            })?;
        }
    }
    for (how, what, passes) in [
        (Redaction::Fill(Color::BLACK), "fill", 1),
        (Redaction::Pixelate(Blocks::Across(8)), "pixelate 8 across of", 2),
    ] {
        let image =
            |timer: &Timer<'_>| timer.stream.image(PixelFormat::Nv12, size.0, size.1, Colorimetry::default());
        let mut images = (0..4).map(|_| image(timer)).collect::<dsframe::Result<Vec<_>>>()?;
        let mut frames: Vec<_> = images.iter_mut().map(|image| image.view_mut()).collect();
        let lists: Vec<_> = boxes.chunks(16).collect();
        let moved = passes * 64 * super::bytes(PixelFormat::Nv12, (100, 200));
        let work = format!("{what} 16 boxes of 100x200 of each of 4 frames, Nv12");
        timer.row(&work, size, moved, "bytes of the CPU's", |stream| {
            redact_frames_on(stream, &mut frames, &lists, how)?;
            Ok(())
        })?;
    }
    Ok(())
}
