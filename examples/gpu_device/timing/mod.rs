//! Time per call in steady state on one stream. One file for each operation.

mod blur;
mod canny;
mod color;
mod derivatives;
mod draw;
mod redact;
mod reid;
mod resize;

use std::time::Instant;

use anyhow::Result;
use dsframe::cuda::{Device, DeviceImage, Event, Stream};
use dsframe::frame::{Colorimetry, PixelFormat};
use serde::Serialize;

use crate::Report;

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

/// Times calls on one stream, and prints a line for each work.
pub(crate) struct Timer<'r> {
    pub(crate) stream: Stream,
    events: [Event; 2],
    /// Copies of some milliseconds, behind which calls queue up.
    blocker: [DeviceImage; 2],
    report: &'r mut Report,
    only: &'r str,
    rows: Vec<Row>,
}

impl<'r> Timer<'r> {
    fn new(device: &Device, only: &'r str, report: &'r mut Report) -> Result<Self> {
        let stream = device.stream()?;
        let large = || stream.image(PixelFormat::Rgba, 16_384, 16_384, Colorimetry::default());
        let (blocker, events) = ([large()?, large()?], [device.event(true)?, device.event(true)?]);
        Ok(Self { stream, events, blocker, report, only, rows: Vec::new() })
    }

    /// Whether rows of this name were asked for; to be asked before pictures that take long to make.
    fn wants(&self, work: &str) -> bool {
        work.contains(self.only)
    }

    /// Microseconds between two events around many calls, for each.
    fn between_events(&mut self, behind: bool, call: &mut dyn FnMut(&Stream) -> Result<()>) -> Result<f64> {
        if behind {
            let [from, to] = &mut self.blocker;
            for _ in 0..6 {
                self.stream.copy(&from.view(), &mut to.view_mut())?;
            }
        }
        let [start, end] = &self.events;
        start.record(&self.stream)?;
        for _ in 0..CALLS {
            call(&self.stream)?;
        }
        end.record(&self.stream)?;
        end.synchronize()?;
        Ok(start.elapsed_us(end)? / CALLS as f64)
    }

    /// Times `call`, which moves `bytes` at least; `parity` says how its result compares with the CPU's.
    pub(crate) fn row(
        &mut self,
        work: &str,
        (w, h): (u32, u32),
        bytes: usize,
        parity: &'static str,
        mut call: impl FnMut(&Stream) -> Result<()>,
    ) -> Result<()> {
        if !self.wants(work) {
            return Ok(());
        }
        for _ in 0..50 {
            call(&self.stream)?;
        }
        let wall_us = median(9, || self.between_events(false, &mut call))?;
        let host_us = median(9, || {
            self.stream.synchronize()?;
            let begin = Instant::now();
            for _ in 0..CALLS {
                call(&self.stream)?;
            }
            Ok(begin.elapsed().as_secs_f64() * 1e6 / CALLS as f64)
        })?;
        let kernel_us = median(9, || self.between_events(true, &mut call))?;
        let (size, gb_s) = (format!("{w}x{h}"), bytes as f64 / kernel_us / 1000.0);
        let text = format!(
            "{size}: wall {wall_us:.2} us, queued {kernel_us:.2} us, host {host_us:.2} us, {gb_s:.0} GB/s"
        );
        self.report.line(work, Ok(text));
        self.rows.push(Row { work: work.to_owned(), size, wall_us, kernel_us, host_us, gb_s, parity });
        Ok(())
    }
}

/// Bytes of a picture's pixels.
pub(crate) fn bytes(format: PixelFormat, (w, h): (u32, u32)) -> usize {
    let plane = |i| {
        let (w, h) = format.plane_size(i, w, h);
        w as usize * h as usize * format.bytes_per_pixel(i)
    };
    (0..format.planes()).map(plane).sum()
}

pub(crate) fn run(device: &Device, only: &str, report: &mut Report) -> Result<Vec<Row>> {
    let mut timer = Timer::new(device, only, report)?;
    color::run(&mut timer)?;
    reid::run(&mut timer)?;
    redact::run(&mut timer)?;
    draw::run(&mut timer)?;
    blur::run(&mut timer)?;
    canny::run(&mut timer)?;
    derivatives::run(&mut timer)?;
    resize::run(&mut timer)?;
    Ok(timer.rows)
}
