//! Which memory types of this machine's nvvideoconvert a probe can map, and how.
//!
//!     cargo run --release --example memory_types -- bikes.mp4
//!
//! Plays a few frames of a video once per `nvbuf-memory-type` and format, and prints what a probe behind the
//! muxer meets: residency, pitch, and either the mean brightness of the mapped frames or the refusal. With
//! `--png DIR` it also saves the first mapped frame of each. On a machine without DeepStream every row is
//! system memory.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use clap::Parser;
use dsframe::crops::{Encoder, ImageFormat};
use dsframe::frame::FrameView;
use dsframe::ops::color;
use dsframe::prelude::*;
use dsframe::surface::MapCounters;
use gst::prelude::*;

#[derive(Debug, Parser)]
struct Args {
    /// A video file
    input: PathBuf,
    /// Save the first mapped frame of each kind here
    #[arg(long, value_name = "DIR")]
    png: Option<PathBuf>,
    /// Frames to look at; 0 for all
    #[arg(long, default_value_t = 25)]
    frames: u64,
}

/// What the probe saw of one kind of memory.
#[derive(Debug, Default)]
struct Seen {
    frames: u64,
    surface: String,
    result: String,
    luma: f64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    dsframe::init()?;
    let embedded = dsframe::elements::registered();
    println!("metadata: {}; embedded elements: {}", dsframe::runtime::api().runtime, embedded.join(", "));
    for memory in 0..=3 {
        for format in ["RGBA", "NV12"] {
            let seen = play(&args, memory, format)?;
            println!(
                "nvbuf-memory-type={memory} {format}: {} frames, {}\n    {}",
                seen.frames, seen.surface, seen.result
            );
        }
    }
    let counters = MapCounters::now();
    println!("guards made {}, dropped {}", counters.mapped, counters.unmapped);
    Ok(())
}

fn play(args: &Args, memory: u32, format: &str) -> Result<Seen> {
    let uri = gst::glib::filename_to_uri(args.input.canonicalize()?, None)?;
    let description = format!(
        "uridecodebin uri=\"{uri}\" ! nvvideoconvert name=convert ! video/x-raw(memory:NVMM),format={format} ! \
         mux.sink_0 nvstreammux name=mux batch-size=1 ! fakesink sync=false"
    );
    let pipeline =
        gst::parse::launch(&description)?.downcast::<gst::Pipeline>().ok().context("no pipeline")?;
    let convert = pipeline.by_name("convert").context("no converter")?;
    convert.set_property_from_str("nvbuf-memory-type", &memory.to_string());
    let mux = pipeline.by_name("mux").context("no muxer")?;
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (in_probe, limit) = (Arc::clone(&seen), args.frames);
    let png = args.png.as_ref().map(|dir| dir.join(format!("memory{memory}_{format}.png")));
    let pad = mux.static_pad("src").context("nvstreammux has no source pad")?;
    dsframe::probe::on_batch(&pad, move |batch| {
        let mut seen = in_probe.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in batch.frames() {
            if limit == 0 || seen.frames < limit {
                look(&frame, &mut seen, png.as_deref())?;
            }
        }
        Ok(Verdict::Ok)
    })?;
    pipeline.set_state(gst::State::Playing)?;
    let bus = pipeline.bus().context("no bus")?;
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let end = bus.timed_pop_filtered(gst::ClockTime::from_seconds(120), &ends);
    pipeline.set_state(gst::State::Null)?;
    match end.as_ref().map(|message| message.view()) {
        Some(gst::MessageView::Eos(_)) => {}
        Some(gst::MessageView::Error(e)) => bail!("{} ({:?})", e.error(), e.debug()),
        _ => bail!("no end within two minutes"),
    }
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(seen)
}

fn look(frame: &Frame<'_>, seen: &mut Seen, png: Option<&std::path::Path>) -> dsframe::Result<()> {
    let surface = frame.surface()?;
    seen.surface = format!("{surface:?}");
    match surface.map_read() {
        Ok(map) => {
            if let (0, Some(path)) = (seen.frames, png) {
                save(&map.view(), path)?;
            }
            seen.luma += mean_luma(&map.view());
            seen.result = format!("mapped, mean brightness {:.3}", seen.luma / (seen.frames + 1) as f64);
        }
        Err(error) => seen.result = format!("refused: {error}"),
    }
    seen.frames += 1;
    Ok(())
}

fn mean_luma(view: &FrameView<'_>) -> f64 {
    let rgb = color::to_rgb(view);
    let plane = rgb.view().plane(0);
    let sum: u64 = plane.rows().flatten().map(|v| u64::from(*v)).sum();
    sum as f64 / f64::from(plane.width() * plane.height() * 3)
}

fn save(view: &FrameView<'_>, path: &std::path::Path) -> dsframe::Result<()> {
    let png = Encoder::new(ImageFormat::Png, 100)?.encode(view)?;
    std::fs::write(path, png)
        .map_err(|e| Error::new(ErrorKind::Io, format!("writing {}: {e}", path.display())))
}
