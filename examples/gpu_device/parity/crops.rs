//! Windows to the host, of every format there is.

use anyhow::{Context, Result, ensure};
use dsframe::cuda::Device;
use dsframe::frame::{Colorimetry, FrameView, PixelFormat, Rect};

use super::{Picture, Place};
use crate::Report;

fn same(a: &FrameView<'_>, b: &FrameView<'_>) -> bool {
    (a.format(), a.width(), a.height(), a.chroma_phase())
        == (b.format(), b.width(), b.height(), b.chroma_phase())
        && (0..a.format().planes()).all(|i| a.plane(i).rows().eq(b.plane(i).rows()))
}

/// Windows at every offset within 16 bytes and of every length up to a few chunks, the whole and the empty.
fn windows((w, h): (u32, u32), n: u32) -> Vec<Rect> {
    let some = (0..n).map(|i| {
        let (x, y) = (i * 7 % (w - 1), i * 3 % (h - 1));
        Rect::new(x, y, 1 + i * 5 % (w - x), 1 + i * 11 % (h - y))
    });
    some.chain([Rect::new(0, 0, w, h), Rect::new(3, 2, 0, 5), Rect::new(w - 1, h - 1, 1, 1)]).collect()
}

fn check(device: &Device, format: PixelFormat, place: Place, n: u32) -> Result<usize> {
    let (stream, size) = (device.stream()?, (83, 45));
    let src = Picture::noise(&stream, format, size, place, Colorimetry::default())?;
    for within in [Rect::new(0, 0, size.0, size.1), Rect::new(1, 1, 80, 43)] {
        let windows = windows((within.width, within.height), n);
        let crops = stream.crops_to_host(&src.view(within)?, &windows)?;
        ensure!(crops.len() == windows.len(), "{} crops", crops.len());
        let crops = crops.wait()?;
        for (crop, window) in crops.iter().zip(&windows) {
            let expected = src.host()?.crop(within)?.crop(*window)?;
            ensure!(same(&crop, &expected), "{window} of {within}, {place:?}");
        }
        ensure!(crops.view(windows.len()).is_none(), "a crop beyond the last");
    }
    Ok(n as usize * 2)
}

/// Crops that nobody waits for, and windows that do not lie inside.
fn left_alone(device: &Device) -> Result<String> {
    let (stream, place) = (device.stream()?, Place { start: 0, extra: 0 });
    let src = Picture::noise(&stream, PixelFormat::Rgba, (40, 30), place, Colorimetry::default())?;
    let view = src.view(Rect::new(0, 0, 40, 30))?;
    let round = || stream.crops_to_host(&view, &[Rect::new(1, 2, 30, 20); 3]);
    drop((round()?, round()?));
    let before = device.pinned_stats().allocated;
    for _ in 0..20 {
        drop(round()?);
        let crops = round()?;
        stream.synchronize()?;
        ensure!(crops.is_ready()?, "crops are ready when their stream is");
        ensure!(crops.wait()?.iter().all(|crop| crop.width() == 30), "widths");
    }
    ensure!(device.pinned_stats().allocated <= before + 8, "pinned memory is used again");
    ensure!(stream.crops_to_host(&view, &[])?.wait()?.is_empty(), "no windows");
    let outside =
        stream.crops_to_host(&view, &[Rect::new(20, 0, 21, 3)]).err().context("a window outside")?;
    Ok(outside.to_string())
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    for format in PixelFormat::ALL {
        let all = || -> Result<String> {
            let mut count = 0;
            for place in
                Place::all(83 * format.bytes_per_pixel(0)).into_iter().skip(if quick { 2 } else { 0 })
            {
                count += check(device, format, place, if quick { 60 } else { 300 })?;
            }
            Ok(format!("{count} windows"))
        };
        report.line(&format!("windows to the host from {format:?}"), all());
    }
    report.line("windows nobody waits for", left_alone(device));
    Ok(())
}
