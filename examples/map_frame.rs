//! Maps DeepStream frames in a probe, reads them where they are, and edits them in place.
//!
//!     cargo run --release --example map_frame -- vtest.avi --out map.png
//!
//! One probe behind the muxer prints what the surfaces are and darkens everything but the middle of the frame; a
//! second one, further down, sees the edit and keeps the picture. With DeepStream installed the elements are
//! NVIDIA's; unified memory (`nvbuf-memory-type=3`) is what the CPU can map there.

#[path = "views/mod.rs"]
mod views;

use anyhow::Result;
use clap::Parser;
use dsframe::prelude::*;
use dsframe::probe;
use dsframe::surface::MapCounters;
use views::{Args, Kept};

fn main() -> Result<()> {
    let args = Args::parse();
    dsframe::init()?;
    let pipeline = views::pipeline(&format!(
        "{} ! nvvideoconvert nvbuf-memory-type=3 ! video/x-raw(memory:NVMM),format=RGBA ! mux.sink_0 \
         nvstreammux name=mux batch-size=1 width=768 height=576 nvbuf-memory-type=3 ! identity name=seen ! \
         fakesink sync=false",
        views::source(&args)?
    ))?;

    let mut told = false;
    probe::on_batch(&views::pad(&pipeline, "mux", "src")?, move |batch| {
        for frame in batch.frames() {
            if !std::mem::replace(&mut told, true) {
                println!("{:?}", frame.surface()?);
            }
            let mut map = frame.map_write()?;
            darken_around_the_middle(&mut map.view_mut())?;
        }
        Ok(Verdict::Ok)
    })?;

    let kept = Kept::default();
    let (in_probe, limit) = (kept.clone(), args.frames);
    probe::on_batch(&views::pad(&pipeline, "seen", "src")?, move |batch| {
        for frame in batch.frames() {
            if in_probe.count() < limit {
                in_probe.keep(&frame.map_read()?.view());
            }
        }
        Ok(Verdict::Ok)
    })?;

    views::play(&pipeline, || kept.count() >= args.frames)?;
    let counters = MapCounters::now();
    println!("maps made {}, dropped {}", counters.mapped, counters.unmapped);
    kept.save(&args.out)
}

/// Four bands around the middle, none of which shares a pixel with another.
fn darken_around_the_middle(frame: &mut FrameViewMut<'_>) -> dsframe::Result<()> {
    let (w, h) = (frame.width(), frame.height());
    let (left, top, right, bottom) = (w / 4, h / 4, w - w / 4, h - h / 4);
    let bands = [
        Rect::new(0, 0, w, top),
        Rect::new(0, top, left, bottom - top),
        Rect::new(right, top, w - right, bottom - top),
        Rect::new(0, bottom, w, h - bottom),
    ];
    for mut band in frame.disjoint_mut(&bands)? {
        for row in band.plane_mut(0).rows_mut() {
            row.chunks_exact_mut(4).for_each(|rgba| rgba[..3].iter_mut().for_each(|v| *v /= 3));
        }
    }
    Ok(())
}
