//! Frames of odd sizes, which no H.264 stream has: uploaded from system memory, as they are.

use anyhow::{Context, Result, ensure};
use dsframe::frame::PixelFormat;
use dsframe::surface::{Residency, SurfaceBatch, plane_layout};
use dsframe::{Error, ErrorKind};
use gst::prelude::*;
use gst_video::prelude::*;

use crate::Table;
use crate::checks::residency;
use crate::play::Player;

const FRAMES: usize = 5;

pub(crate) fn check(table: &mut Table) {
    for (width, height) in [(641, 271), (333, 201), (501, 375), (127, 33)] {
        for (format, name) in
            [(PixelFormat::Rgba, "RGBA"), (PixelFormat::Nv12, "NV12"), (PixelFormat::I420, "I420")]
        {
            for memory in 1..=3 {
                let result = upload(format, name, (width, height), memory);
                table.line(&format!("nvbuf-memory-type={memory} {name} {width}x{height}, uploaded"), result);
            }
        }
    }
}

/// The byte at a place of plane `plane` of frame `number`.
fn value(number: usize, plane: usize, x: usize, y: u32) -> u8 {
    (number * 31 + plane * 17 + x * 3 + y as usize * 7) as u8
}

fn upload(format: PixelFormat, name: &str, size: (u32, u32), memory: u32) -> Result<String> {
    let (width, height) = size;
    let player = Player::new(&format!(
        "appsrc name=source format=time ! nvvideoconvert name=convert nvbuf-memory-type={memory} ! \
         video/x-raw(memory:NVMM),format={name},width={width},height={height} ! fakesink sync=false"
    ))?;
    feed(&player, name, size)?;
    let (sender, results) = std::sync::mpsc::channel();
    player.look("convert", move |buffer, number| {
        let batch = SurfaceBatch::from_buffer(buffer)?;
        let surface = batch.surface(0)?;
        let (line, wanted) = (format!("{surface:?}"), residency(memory));
        if batch.residency() != wanted || (surface.width(), surface.height()) != size {
            return Err(Error::new(ErrorKind::Abi, format!("{wanted:?} was expected of {line}")));
        }
        // SAFETY: the entry lives as long as the batch, and is only read.
        let pitch = unsafe { (*surface.as_ptr()).planeParams.pitch };
        let ours = plane_layout(format, width, height).pitch;
        let planes = format.planes();
        if pitch[..planes] != ours[..planes] {
            return Err(Error::new(ErrorKind::Abi, format!("{:?} was expected of {line}", &ours[..planes])));
        }
        let mut wrong = 0;
        if wanted == Residency::Device {
            wrong = usize::from(surface.map_read().is_ok());
        } else {
            let map = surface.map_read()?;
            for i in 0..planes {
                let plane = map.view().plane(i);
                for y in 0..plane.height() {
                    let row = plane.row(y).iter().enumerate();
                    wrong += row.filter(|(x, byte)| **byte != value(number, i, *x, y)).count();
                }
            }
        }
        sender.send((line, wrong)).ok();
        Ok(())
    })?;
    player.run()?;
    let results: Vec<_> = results.iter().collect();
    let wrong: usize = results.iter().map(|(_, wrong)| wrong).sum();
    ensure!(results.len() == FRAMES, "{} frames came of {FRAMES}", results.len());
    ensure!(wrong == 0, "{wrong} bytes differ; {}", results[0].0);
    let what = if residency(memory) == Residency::Device { "refused" } else { "every byte equal" };
    Ok(format!("{}; {what} in {FRAMES} frames", results[0].0))
}

/// Gives the source its frames, and the end.
fn feed(player: &Player, name: &str, (width, height): (u32, u32)) -> Result<()> {
    let source = player.element("source")?.downcast::<gst_app::AppSrc>().ok().context("no appsrc")?;
    let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::from_string(name), width, height)
        .fps(gst::Fraction::new(25, 1))
        .build()?;
    source.set_caps(Some(&info.to_caps()?));
    source.set_max_bytes(0);
    for number in 0..FRAMES {
        let mut buffer = gst::Buffer::with_size(info.size())?;
        let fresh = buffer.get_mut().context("the buffer is shared")?;
        fresh.set_pts(gst::ClockTime::from_mseconds(40 * number as u64));
        let frame = gst_video::VideoFrameRef::from_buffer_ref_writable(fresh, &info)
            .map_err(|_| anyhow::anyhow!("the frame does not map"))?;
        fill(frame, number)?;
        source.push_buffer(buffer)?;
    }
    source.end_of_stream()?;
    Ok(())
}

fn fill(mut frame: gst_video::VideoFrameRef<&mut gst::BufferRef>, number: usize) -> Result<()> {
    for plane in 0..frame.n_planes() {
        let stride = frame.plane_stride()[plane as usize] as usize;
        for (y, row) in frame.plane_data_mut(plane)?.chunks_mut(stride).enumerate() {
            for (x, byte) in row.iter_mut().enumerate() {
                *byte = value(number, plane as usize, x, y as u32);
            }
        }
    }
    Ok(())
}
