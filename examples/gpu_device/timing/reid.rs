//! Boxes of a frame as a tensor, as a tracker asks for them, and their crops in the host's memory.

use anyhow::Result;
use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::ops::reid::{self, ReidSpec};
use dsframe::roi::BBox;

use super::{Timer, bytes};

/// People of about 100 x 235 pixels all over a frame.
fn people(n: u32, (w, h): (u32, u32)) -> Vec<BBox> {
    let place = |i: u32| (i * 7919 % (w - 120), i * 104_729 % (h - 260));
    (0..n)
        .map(|i| (place(i), i % 16))
        .map(|((x, y), more)| BBox::xywh(x as f32, y as f32, 92.0 + more as f32, 227.0 + more as f32))
        .collect()
}

/// Bytes of the boxes in the frame, each read once.
fn read(format: PixelFormat, boxes: &[BBox]) -> usize {
    boxes.iter().map(|bbox| bytes(format, (bbox.width as u32, bbox.height as u32))).sum()
}

fn batches<T: dsframe::cuda::Element>(
    timer: &mut Timer<'_>,
    format: PixelFormat,
    n: u32,
    name: &str,
) -> Result<()> {
    let (size, spec) = ((1920, 1080), ReidSpec::TORCHREID);
    let boxes = people(n, size);
    let frame = timer.stream.image(format, size.0, size.1, Colorimetry::default())?;
    let written = n as usize * spec.item_len() * T::DTYPE.size();
    let moved = written + read(format, &boxes);
    let work =
        format!("{n} boxes of {format:?} to 3x256x128 {name}, {written} bytes written of {moved} moved");
    timer.row(&work, size, moved, "bits of the CPU's", |stream| {
        drop(reid::reid_batch_on::<T>(stream, &frame.view(), &boxes, &spec)?);
        Ok(())
    })
}

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        for n in [1, 16, 64] {
            batches::<f32>(timer, format, n, "f32")?;
        }
        batches::<half::f16>(timer, format, 64, "f16")?;
    }
    batches::<f32>(timer, PixelFormat::Bgr, 64, "f32")?;
    batches::<f32>(timer, PixelFormat::P010, 64, "f32")?;
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        streams(timer, format)?;
    }
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        crops(timer, format, true)?;
        crops(timer, format, false)?;
    }
    Ok(())
}

/// Sixteen boxes of each of four frames, in one call.
fn streams(timer: &mut Timer<'_>, format: PixelFormat) -> Result<()> {
    let (size, spec) = ((1920, 1080), ReidSpec::TORCHREID);
    let images = (0..4)
        .map(|_| timer.stream.image(format, size.0, size.1, Colorimetry::default()))
        .collect::<Result<Vec<_>, _>>()?;
    let people = people(64, size);
    let boxes: Vec<_> = people.iter().enumerate().map(|(i, bbox)| (i / 16, *bbox)).collect();
    let moved = boxes.len() * spec.item_len() * 4 + read(format, &people);
    let work = format!("16 boxes of each of 4 frames of {format:?} to 3x256x128 f32, {moved} bytes moved");
    timer.row(&work, size, moved, "bits of the CPU's", |stream| {
        let frames: Vec<_> = images.iter().map(|image| image.view()).collect();
        drop(reid::reid_frames_on::<f32>(stream, &frames, &boxes, &spec)?);
        Ok(())
    })
}

/// `wait`: until the pixels have come; else handing over goes on as long as there is pinned memory.
fn crops(timer: &mut Timer<'_>, format: PixelFormat, wait: bool) -> Result<()> {
    let (size, boxes) = ((1920, 1080), people(64, (1920, 1080)));
    let windows: Vec<_> =
        boxes.iter().map(|bbox| Ok(bbox.clip_even(size.0, size.1)?)).collect::<Result<_>>()?;
    let moved = windows.iter().map(|window| bytes(format, (window.width, window.height))).sum();
    let frame = timer.stream.image(format, size.0, size.1, Colorimetry::default())?;
    let how = if wait { "waited for" } else { "one call after the other" };
    let work = format!("64 crops of {format:?} to the host, {how}, {moved} bytes");
    timer.row(&work, size, moved, "bytes of the CPU's", |stream| {
        let crops = stream.crops_to_host(&frame.view(), &windows)?;
        if wait {
            drop(crops.wait()?);
        }
        Ok(())
    })
}
