//! Copies, tensors and refusals; and that a steady state takes no more memory.

use anyhow::{Context, Result, ensure};
use dsframe::cuda::{DType, Device};
use dsframe::frame::{Colorimetry, DeviceView, FrameView, OwnedFrame, Pending, PixelFormat, Rect};
use dsframe::ops::color;
use dsframe::{Error, ErrorKind};

use super::Report;
use super::parity::picture::noise;

pub(crate) fn same(a: &FrameView<'_>, b: &FrameView<'_>) -> bool {
    (a.format(), a.width(), a.height(), a.chroma_phase())
        == (b.format(), b.width(), b.height(), b.chroma_phase())
        && (0..a.format().planes()).all(|i| a.plane(i).rows().eq(b.plane(i).rows()))
}

fn noisy(format: PixelFormat, w: u32, h: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, w, h);
    for (i, mut plane) in frame.view_mut().planes_mut().into_iter().enumerate().take(format.planes()) {
        for y in 0..plane.height() {
            let row = plane.row_mut(y);
            row.copy_from_slice(&noise(row.len(), u64::from(y) << 8 | i as u64));
        }
    }
    frame
}

fn copies(device: &Device) -> Result<String> {
    let (stream, other) = (device.stream()?, device.stream()?);
    let mut count = 0;
    for format in PixelFormat::ALL {
        let frame = noisy(format, 131, 37);
        let image = stream.to_device(&frame.view())?;
        for window in
            [Rect::new(0, 0, 131, 37), Rect::new(1, 1, 5, 7), Rect::new(64, 2, 67, 35), Rect::new(9, 9, 0, 3)]
        {
            let back = stream.to_host(&image.view().crop(window)?)?;
            ensure!(same(&back.view(), &frame.view().crop(window)?), "{format:?} {window}");
            // The second stream must come after the first, and a window keeps its place in the chroma samples.
            let mut copy = stream.to_device(&frame.view().crop(window)?)?;
            other.copy(&image.view().crop(window)?, &mut copy.view_mut())?;
            let back = stream.to_host(&copy.view())?;
            ensure!(same(&back.view(), &frame.view().crop(window)?), "{format:?} {window}, within the GPU");
            count += 2;
        }
    }
    Ok(format!("{count} pictures came back as they went"))
}

fn slices(device: &Device) -> Result<String> {
    let stream = device.stream()?;
    let frame = noisy(PixelFormat::Nv12, 66, 20);
    let mut image = stream.to_device(&frame.view())?;
    let plane = image.view().plane(1);
    let bytes = stream.raw().clone_dtoh(&stream.plane(plane)?)?;
    ensure!(
        bytes.len() == plane.byte_len() && bytes[..66] == *frame.view().plane(1).row(0),
        "cudarc's copy of a plane"
    );
    let another = device.context().default_stream();
    let mut view = image.view_mut();
    let mut bound = stream.plane_mut(&mut view, 0)?;
    another.memset_zeros(&mut bound)?;
    let black = stream.to_host(&image.view())?;
    ensure!(black.view().plane(0).rows().flatten().all(|v| *v == 0), "cudarc's memset of a plane");
    let tensor = stream.tensor(&[2, 3, 4], DType::F32)?;
    let wrong = tensor.as_cudarc::<u8>().map(|_| ()).err().context("u8 of a f32 tensor")?;
    ensure!(wrong.kind() == ErrorKind::InvalidArgument, "{wrong}");
    ensure!(tensor.as_cudarc::<f32>()?.len() == 24, "length of a view");
    let before = device.scratch_stats();
    let slice = tensor.into_cudarc::<f32>()?;
    ensure!(device.scratch_stats().bytes < before.bytes, "the slice left the pool");
    ensure!(stream.raw().clone_dtoh(&slice)?.len() == 24, "an owned slice");
    let tensor = stream.tensor(&[5, 7], DType::F16)?;
    let (address, free) = (tensor.address(), device.scratch_stats().free_bytes);
    let raw = tensor.into_dlpack()?.into_raw();
    // SAFETY: taken over from the capsule on the line above, and freed once.
    unsafe {
        ensure!(
            (*raw).dl_tensor.data.addr() as u64 == address && (*raw).dl_tensor.ndim == 2,
            "the capsule's tensor"
        );
        (*raw).deleter.context("a deleter")?(raw);
    }
    ensure!(device.scratch_stats().free_bytes > free, "the capsule's memory went back to the pool");
    Ok("cudarc and DLPack".into())
}

fn refusals(device: &Device) -> Result<String> {
    let stream = device.stream()?;
    let mut image = stream.image(PixelFormat::Rgba, 8, 8, Colorimetry::default())?;
    let planes = [(image.view().plane(0).address(), 256)];
    let pending = Pending::new();
    let kind = |result: Result<(), Error>| result.err().map(|error| error.kind());
    // SAFETY: the address is the image's; that the GPU is another one is what is refused.
    let elsewhere = unsafe {
        DeviceView::from_raw(
            PixelFormat::Rgba,
            8,
            8,
            &planes,
            Colorimetry::default(),
            device.gpu() + 1,
            &pending,
        )?
    };
    let mixed = [
        kind(stream.to_host(&elsewhere).map(drop)),
        kind(stream.copy(&elsewhere, &mut image.view_mut())),
        kind(color::convert_on(&stream, &elsewhere, &mut image.view_mut())),
        kind(stream.plane(elsewhere.plane(0)).map(drop)),
    ];
    ensure!(mixed == [Some(ErrorKind::Residency); 4], "another GPU's memory gave {mixed:?}");
    let error = Device::new(99).map(drop).err().context("GPU 99")?;
    ensure!(error.kind() == ErrorKind::InvalidArgument, "{error}");
    let huge = stream.tensor(&[1 << 45], DType::F32).map(drop).err().context("128 TiB")?;
    ensure!(huge.kind() == ErrorKind::Cuda && huge.to_string().contains("cuMemAlloc"), "{huge}");
    ensure!(stream.to_host(&image.view()).is_ok(), "the device works on after errors");
    Ok(huge.to_string())
}

/// Resident bytes of this process.
pub(crate) fn resident() -> Result<usize> {
    let pages: usize = std::fs::read_to_string("/proc/self/statm")?
        .split_whitespace()
        .nth(1)
        .context("no second number in statm")?
        .parse()?;
    Ok(pages * 4096)
}

fn steady(device: &Device, rounds: u32) -> Result<String> {
    let stream = device.stream()?;
    let frame = noisy(PixelFormat::Nv12, 640, 272);
    let mut host = OwnedFrame::zeroed(PixelFormat::Bgr, 640, 272);
    let mut round = |n: u32| -> Result<()> {
        let image = stream.to_device(&frame.view())?;
        let mut bgr = stream.image(PixelFormat::Bgr, 640, 272, Colorimetry::default())?;
        color::convert_on(&stream, &image.view(), &mut bgr.view_mut())?;
        stream.to_host_into(&bgr.view(), &mut host.view_mut())?;
        let window = Rect::new(n % 300, n % 100, 1 + n % 340, 1 + n % 172);
        drop(stream.to_host(&image.view().crop(window)?)?);
        drop(stream.tensor(&[1 + n as usize % 64, 3, 64, 32], DType::F16)?.into_dlpack()?);
        Ok(())
    };
    for n in 0..rounds.min(500) {
        round(n)?;
    }
    let start = (resident()?, device.memory_info()?.0, device.pinned_stats(), device.scratch_stats());
    for n in 0..rounds {
        round(n)?;
    }
    let end = (resident()?, device.memory_info()?.0, device.pinned_stats(), device.scratch_stats());
    let text = format!(
        "{rounds} rounds: host memory {:+} KiB, GPU memory {:+} KiB, blocks {} and {}, used again {} and {}",
        (end.0 as i64 - start.0 as i64) / 1024,
        (start.1 as i64 - end.1 as i64) / 1024,
        end.2.allocated,
        end.3.allocated,
        end.2.reused,
        end.3.reused
    );
    ensure!(
        (end.2.allocated, end.3.allocated) == (start.2.allocated, start.3.allocated),
        "the pools grew: {text}"
    );
    ensure!(end.1 + (1 << 20) >= start.1 && end.0 < start.0 + (4 << 20), "memory grew: {text}");
    Ok(text)
}

pub(crate) fn run(device: &Device, rounds: u32, report: &mut Report) -> Result<()> {
    report.line("copies", copies(device));
    report.line("hand-over", slices(device));
    report.line("refusals", refusals(device));
    report.line("steady state", steady(device, rounds));
    Ok(())
}
