//! Real frames: decoded and converted by DeepStream's elements into each memory type.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{FrameView, OwnedFrame, PixelFormat, Rect};
use dsframe::ops::color;
use dsframe::prelude::*;
use dsframe::surface::{MapCounters, Residency};
use gst::prelude::*;

use super::Report;
use super::hand_over::{resident, same};

#[derive(Default)]
struct Seen {
    surface: String,
    frames: u64,
    downstream: u64,
    mapped: u64,
    /// Of all frames' bytes before they are changed.
    sum: u64,
}

const PATCH: Rect = Rect::new(33, 21, 51, 17);

fn patch(format: PixelFormat) -> OwnedFrame {
    // From an odd column and row, as the window has it.
    let mut frame = OwnedFrame::zeroed(format, PATCH.width + 1, PATCH.height + 1);
    for mut plane in frame.view_mut().planes_mut() {
        for y in 0..plane.height() {
            for (x, byte) in plane.row_mut(y).iter_mut().enumerate() {
                *byte = (x as u32 * 7 + y * 13 + 5) as u8;
            }
        }
    }
    let window = Rect::new(1, 1, PATCH.width, PATCH.height);
    frame.view().crop(window).expect("it lies inside").to_owned()
}

fn sum(view: &FrameView<'_>) -> u64 {
    let planes = (0..view.format().planes()).map(|i| view.plane(i));
    planes
        .flat_map(|plane| plane.rows().flatten().copied().collect::<Vec<_>>())
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Everything about one frame; then changes a window of it.
fn look(frame: &Frame<'_>, stream: &Stream, seen: &mut Seen) -> dsframe::Result<()> {
    let fail = |what: String| Err(Error::new(ErrorKind::Callback, what));
    let surface = frame.surface()?;
    if seen.frames == 0 {
        seen.surface = format!("{surface:?}");
    }
    let map = surface.device_view()?;
    let whole = stream.to_host(&map.view())?;
    let window = Rect::new(7, 5, 101, 59);
    let part = stream.to_host(&map.view().crop(window)?)?;
    if !same(&part.view(), &whole.view().crop(window)?) {
        return fail(format!("frame {}: a window is not the part of the whole", seen.frames));
    }
    let mut rgb = stream.image(PixelFormat::Rgb, window.width, window.height, map.view().colorimetry())?;
    color::convert_on(stream, &map.view().crop(window)?, &mut rgb.view_mut())?;
    let rgb = stream.to_host(&rgb.view())?;
    if !same(&rgb.view(), &color::to_rgb(&part.view()).view()) {
        return fail(format!("frame {}: the GPU's RGB is not the CPU's", seen.frames));
    }
    map.finish()?;
    if surface.residency() != Residency::Device {
        let mapped = surface.map_read()?;
        if !same(&mapped.view(), &whole.view()) {
            return fail(format!("frame {}: the mapped bytes are not those copied", seen.frames));
        }
        seen.mapped += 1;
    }
    seen.sum = seen.sum.rotate_left(1) ^ sum(&whole.view());
    let mut map = surface.device_view_mut()?;
    if surface.map_read().is_ok() {
        return fail("the CPU mapped a surface that the GPU writes".into());
    }
    let patch = patch(map.view().format());
    stream.copy_from_host(&patch.view(), &mut map.view_mut().crop_mut(PATCH)?)?;
    map.finish()?;
    seen.frames += 1;
    Ok(())
}

fn play(device: &Device, video: &Path, memory: u32, format: &str) -> Result<Seen> {
    let location = video.to_str().context("the path is not UTF-8")?;
    let pipeline = gst::parse::launch(&format!(
        "filesrc location=\"{location}\" ! qtdemux ! h264parse ! nvv4l2decoder ! nvvideoconvert nvbuf-memory-type={memory} ! \
         video/x-raw(memory:NVMM),format={format} ! mux.sink_0 nvstreammux name=mux batch-size=1 ! \
         fakesink name=end sync=false"
    ))?
    .downcast::<gst::Pipeline>()
    .ok()
    .context("no pipeline")?;
    let pad = |element: &str, pad: &str| {
        pipeline.by_name(element).and_then(|element| element.static_pad(pad)).context("a pad is missing")
    };
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (first, second) = (Arc::clone(&seen), Arc::clone(&seen));
    let stream = device.stream()?;
    dsframe::probe::on_batch(&pad("mux", "src")?, move |batch| {
        let mut seen = first.lock().unwrap_or_else(PoisonError::into_inner);
        batch.frames().try_for_each(|frame| look(&frame, &stream, &mut seen))?;
        Ok(Verdict::Ok)
    })?;
    let stream = device.stream()?;
    dsframe::probe::on_batch(&pad("end", "sink")?, move |batch| {
        for frame in batch.frames() {
            let surface = frame.surface()?;
            let map = surface.device_view()?;
            let found = stream.to_host(&map.view().crop(PATCH)?)?;
            if !same(&found.view(), &patch(map.view().format()).view()) {
                return Err(Error::new(
                    ErrorKind::Callback,
                    "what was written upstream is not seen downstream",
                ));
            }
            second.lock().unwrap_or_else(PoisonError::into_inner).downstream += 1;
        }
        Ok(Verdict::Ok)
    })?;
    pipeline.set_state(gst::State::Playing)?;
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let end = pipeline.bus().context("no bus")?.timed_pop_filtered(gst::ClockTime::from_seconds(60), &ends);
    pipeline.set_state(gst::State::Null)?;
    match end.as_ref().map(|message| message.view()) {
        Some(gst::MessageView::Eos(_)) => {}
        Some(gst::MessageView::Error(e)) => bail!("{} ({:?})", e.error(), e.debug()),
        _ => bail!("no end within a minute"),
    }
    drop(pipeline);
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(seen)
}

pub(crate) fn run(device: &Device, video: &Path, report: &mut Report) -> Result<()> {
    dsframe::init()?;
    println!("embedded elements: {}", dsframe::elements::registered().join(", "));
    for format in ["RGBA", "NV12"] {
        let mut sums = Vec::new();
        for memory in 1..=3 {
            let result = play(device, video, memory, format).and_then(|seen| {
                ensure!(
                    seen.frames > 0 && seen.frames == seen.downstream,
                    "{} frames, {} downstream",
                    seen.frames,
                    seen.downstream
                );
                sums.push(seen.sum);
                Ok(format!(
                    "{} frames, {}; {} compared with the CPU's map; writes seen downstream",
                    seen.frames, seen.surface, seen.mapped
                ))
            });
            report.line(&format!("nvbuf-memory-type={memory} {format}"), result);
        }
        let alike = sums.len() == 3 && sums.iter().all(|sum| *sum == sums[0]);
        report.line(
            &format!("{format} in the three memory types"),
            if alike { Ok("the same bytes".into()) } else { Err(anyhow::anyhow!("they differ: {sums:x?}")) },
        );
    }
    let before = (
        resident()?,
        device.memory_info()?.0,
        device.pinned_stats().allocated,
        device.scratch_stats().allocated,
    );
    let repeats = (0..3).try_for_each(|_| play(device, video, 2, "NV12").map(drop));
    let after = (
        resident()?,
        device.memory_info()?.0,
        device.pinned_stats().allocated,
        device.scratch_stats().allocated,
    );
    report.line(
        "three more pipelines",
        repeats.map(|()| {
            format!(
                "host memory {:+} KiB, GPU memory {:+} KiB, new blocks {} and {}",
                (after.0 as i64 - before.0 as i64) / 1024,
                (before.1 as i64 - after.1 as i64) / 1024,
                after.2 - before.2,
                after.3 - before.3
            )
        }),
    );
    let counters = MapCounters::now();
    let balanced =
        if counters.mapped == counters.unmapped { Ok(()) } else { Err(anyhow::anyhow!("{counters:?}")) };
    report.line("guards", balanced.map(|()| format!("{} made and dropped", counters.mapped)));
    Ok(())
}
