//! Time per call in steady state on one stream.

use std::time::Instant;

use anyhow::Result;
use dsframe::cuda::{Device, DeviceImage};
use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::ops::color;
use serde::Serialize;

use super::Report;

/// A row of the results.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    work: String,
    size: String,
    /// Between two events around many calls, for each of them.
    wall_us: f64,
    /// The same with all calls queued beforehand: the GPU alone, with the gap between two kernels.
    kernel_us: f64,
    /// Of the CPU, for handing one call over.
    host_us: f64,
    gb_s: f64,
    parity: &'static str,
}

const CALLS: usize = 400;

/// Median of `n` measurements.
fn median(n: usize, mut measure: impl FnMut() -> Result<f64>) -> Result<f64> {
    let mut all = (0..n).map(|_| measure()).collect::<Result<Vec<_>>>()?;
    all.sort_by(f64::total_cmp);
    Ok(all[n / 2])
}

fn time(
    device: &Device,
    (from, to): (PixelFormat, PixelFormat),
    (w, h): (u32, u32),
    buffers: usize,
) -> Result<Row> {
    let stream = device.stream()?;
    let image = |format| stream.image(format, w, h, Colorimetry::default());
    let mut pairs: Vec<(DeviceImage, DeviceImage)> =
        (0..buffers).map(|_| Ok((image(from)?, image(to)?))).collect::<Result<_>>()?;
    let (start, end) = (device.event(true)?, device.event(true)?);
    let mut next = 0;
    let mut call = || -> Result<()> {
        next = (next + 1) % buffers;
        let (src, dst) = &mut pairs[next];
        Ok(color::convert_on(&stream, &src.view(), &mut dst.view_mut())?)
    };
    for _ in 0..50 {
        call()?;
    }
    let wall_us = median(9, || {
        start.record(&stream)?;
        for _ in 0..CALLS {
            call()?;
        }
        end.record(&stream)?;
        end.synchronize()?;
        Ok(start.elapsed_us(&end)? / CALLS as f64)
    })?;
    let host_us = median(9, || {
        stream.synchronize()?;
        let begin = Instant::now();
        for _ in 0..CALLS {
            call()?;
        }
        Ok(begin.elapsed().as_secs_f64() * 1e6 / CALLS as f64)
    })?;
    // Copies of some milliseconds in front, behind which the calls queue up.
    let (blocker, mut behind) = (
        stream.image(PixelFormat::Rgba, 16_384, 16_384, Colorimetry::default())?,
        stream.image(PixelFormat::Rgba, 16_384, 16_384, Colorimetry::default())?,
    );
    let kernel_us = median(9, || {
        for _ in 0..6 {
            stream.copy(&blocker.view(), &mut behind.view_mut())?;
        }
        start.record(&stream)?;
        for _ in 0..CALLS {
            call()?;
        }
        end.record(&stream)?;
        end.synchronize()?;
        Ok(start.elapsed_us(&end)? / CALLS as f64)
    })?;
    let bytes = |format: PixelFormat| -> usize {
        (0..format.planes())
            .map(|i| {
                let (w, h) = format.plane_size(i, w, h);
                w as usize * h as usize * format.bytes_per_pixel(i)
            })
            .sum()
    };
    let moved = (bytes(from) + bytes(to)) as f64;
    Ok(Row {
        work: format!("{from:?} to {to:?}, {}", if buffers == 1 { "in L2" } else { "from DRAM" }),
        size: format!("{w}x{h}"),
        wall_us,
        kernel_us,
        host_us,
        gb_s: moved / kernel_us / 1000.0,
        parity: "bytes of the CPU's",
    })
}

pub(crate) fn run(device: &Device, report: &mut Report) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (from, to) in [
        (PixelFormat::Rgba, PixelFormat::Bgr),
        (PixelFormat::Nv12, PixelFormat::Rgba),
        (PixelFormat::Nv12, PixelFormat::Bgr),
        (PixelFormat::Rgba, PixelFormat::Gray8),
    ] {
        for size in [(1920, 1080), (3840, 2160)] {
            for buffers in [1, 12] {
                let row = time(device, (from, to), size, buffers)?;
                let Row { work, size, wall_us, kernel_us, host_us, gb_s, .. } = &row;
                let text = format!(
                    "{size}: wall {wall_us:.2} us, queued {kernel_us:.2} us, host {host_us:.2} us, {gb_s:.0} GB/s"
                );
                report.line(work, Ok(text));
                rows.push(row);
            }
        }
    }
    Ok(rows)
}
