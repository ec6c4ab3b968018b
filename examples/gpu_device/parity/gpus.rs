//! Several GPUs in one process: each with a thread of its own at the same time, one thread that goes from one to the other,
//! and pictures that lie on the wrong one.

use anyhow::{Context, Result, ensure};
use dsframe::ErrorKind;
use dsframe::cuda::{self, Device, Stream};
use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
use dsframe::ops::canny::canny_on;
use dsframe::ops::color::{convert_on, frame_from};
use dsframe::ops::gaussian_blur::GaussianBlur;

use super::chains::chain;
use super::picture::noise;
use crate::Report;

fn at_once(devices: &[Device], steps: u32) -> Result<String> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = devices
            .iter()
            .map(|device| scope.spawn(move || chain(&device.stream()?, (320, 200), steps)))
            .collect();
        for (thread, device) in threads.into_iter().zip(devices) {
            thread.join().expect("no panic").with_context(|| format!("GPU {}", device.gpu()))?;
        }
        anyhow::Ok(())
    })?;
    Ok(format!("{} GPUs, each {steps} steps of seven calls at the same time", devices.len()))
}

/// Blurs a picture once on each GPU in turn, handed on through host memory, while the GPU before still works.
fn in_turn(devices: &[Device], rounds: usize) -> Result<String> {
    let streams = devices.iter().map(Device::stream).collect::<dsframe::Result<Vec<_>>>()?;
    let mut frame = OwnedFrame::zeroed(PixelFormat::Rgba, 203, 98);
    for y in 0..98 {
        frame.view_mut().plane_mut(0).row_mut(y).copy_from_slice(&noise(4 * 203, u64::from(y)));
    }
    let (mut expected, mut blurred) = (frame.clone(), frame.clone());
    let blur = GaussianBlur::new((7, 7), 1.3, 1.3)?;
    for stream in streams.iter().cycle().take(rounds * streams.len()) {
        let src = stream.to_device(&frame.view())?;
        let mut dst = stream.image(PixelFormat::Rgba, 203, 98, Colorimetry::default())?;
        blur.apply_on(stream, &src.view(), &mut dst.view_mut())?;
        stream.to_host_into(&dst.view(), &mut frame.view_mut())?;
        blur.apply(expected.view().plane(0), blurred.view_mut().plane_mut(0))?;
        std::mem::swap(&mut expected, &mut blurred);
    }
    ensure!(
        frame.view().plane(0).rows().eq(expected.view().plane(0).rows()),
        "a picture handed from GPU to GPU differs from the CPU's"
    );
    Ok(format!("{} blurs, the CPU's bytes", rounds * streams.len()))
}

/// Operations of one GPU's stream on another one's pictures are errors, and both work on.
fn refused(one: &Stream, other: &Stream) -> Result<String> {
    let picture = |stream: &Stream, format| stream.image(format, 64, 48, Colorimetry::default());
    let (mut here, there) = (picture(one, PixelFormat::Bgra)?, picture(other, PixelFormat::Rgba)?);
    let (mut edges, mut away) = (picture(one, PixelFormat::Gray8)?, picture(other, PixelFormat::Bgra)?);
    let blur = GaussianBlur::new((5, 5), 1.0, 1.0)?;
    let refused = [
        convert_on(one, &there.view(), &mut here.view_mut()),
        convert_on(one, &here.view(), &mut away.view_mut()),
        canny_on(one, &there.view(), &mut edges.view_mut(), 20.0, 60.0, 3, false),
        blur.apply_on(one, &away.view(), &mut here.view_mut()),
        one.copy(&away.view(), &mut here.view_mut()),
    ];
    for result in &refused {
        let kind = result.as_ref().err().map(dsframe::Error::kind);
        ensure!(kind == Some(ErrorKind::Residency), "another GPU's picture gave {result:?}");
    }
    for (stream, image) in [(one, &mut here), (other, &mut away)] {
        let frame = OwnedFrame::zeroed(PixelFormat::Rgba, 64, 48);
        let mut expected = OwnedFrame::zeroed(PixelFormat::Bgra, 64, 48);
        frame_from(&frame.view(), &mut expected.view_mut())?;
        convert_on(stream, &stream.to_device(&frame.view())?.view(), &mut image.view_mut())?;
        let back = stream.to_host(&image.view())?;
        ensure!(back.view().plane(0).rows().eq(expected.view().plane(0).rows()), "after errors");
    }
    Ok(format!("{} calls with another GPU's picture", refused.len()))
}

pub(crate) fn run(_: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let devices = (0..cuda::device_count()?).map(Device::new).collect::<dsframe::Result<Vec<_>>>()?;
    let [one, other, ..] = devices.as_slice() else {
        println!("!!! SKIPPED several GPUs: there is one");
        return Ok(());
    };
    report.line("several GPUs at once", at_once(&devices, if quick { 3 } else { 400 }));
    report.line("from GPU to GPU", in_turn(&devices, if quick { 3 } else { 500 }));
    report.line("another GPU's pictures", refused(&one.stream()?, &other.stream()?));
    Ok(())
}
