//! What `map_frame`, `ndarray_view` and `mat_view` share: arguments, playing to the end, the picture.
#![allow(dead_code, unreachable_pub, reason = "each example uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use clap::Parser;
use dsframe::crops::{Encoder, ImageFormat};
use dsframe::frame::{FrameView, OwnedFrame};
use dsframe::{Error, ErrorKind};
use gst::prelude::*;

#[derive(Debug, Parser)]
pub struct Args {
    /// A video file; without one, GStreamer's test picture
    pub input: Option<PathBuf>,
    /// Where to save the last frame, as PNG
    #[arg(long, short, default_value = "view.png", value_name = "FILE")]
    pub out: PathBuf,
    /// Frames to look at
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub frames: u32,
}

/// The start of a pipeline description: decoded frames.
pub fn source(args: &Args) -> Result<String> {
    let Some(input) = &args.input else {
        return Ok(format!(
            "videotestsrc pattern=smpte num-buffers={} ! video/x-raw,width=640,height=360,framerate=25/1",
            args.frames
        ));
    };
    let path = input.canonicalize().with_context(|| format!("cannot open {}", input.display()))?;
    Ok(format!("uridecodebin uri=\"{}\"", gst::glib::filename_to_uri(path, None)?))
}

pub fn pipeline(description: &str) -> Result<gst::Pipeline> {
    gst::parse::launch(description)?.downcast::<gst::Pipeline>().ok().context("no pipeline")
}

pub fn pad(pipeline: &gst::Pipeline, element: &str, pad: &str) -> Result<gst::Pad> {
    let element = pipeline.by_name(element).with_context(|| format!("no element {element}"))?;
    element.static_pad(pad).with_context(|| format!("no pad {pad}"))
}

/// Plays until the end, an error, or until `done` says so.
pub fn play(pipeline: &gst::Pipeline, mut done: impl FnMut() -> bool) -> Result<()> {
    pipeline.set_state(gst::State::Playing)?;
    let bus = pipeline.bus().context("no bus")?;
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    let end = loop {
        let message = bus.timed_pop_filtered(gst::ClockTime::from_mseconds(50), &ends);
        if message.is_some() || done() {
            break message;
        }
    };
    pipeline.set_state(gst::State::Null)?;
    if let Some(gst::MessageView::Error(e)) = end.as_ref().map(|message| message.view()) {
        bail!("{} ({:?})", e.error(), e.debug());
    }
    Ok(())
}

/// Counts frames and keeps the last picture.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<(u32, Option<OwnedFrame>)>>);

impl Kept {
    pub fn count(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    pub fn keep(&self, view: &FrameView<'_>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = (kept.0 + 1, Some(view.to_owned()));
    }

    /// Writes the last picture.
    pub fn save(&self, path: &Path) -> Result<()> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let frame = kept.1.as_ref().context("no frame came")?;
        let png = Encoder::new(ImageFormat::Png, 100)?.encode(&frame.view())?;
        std::fs::write(path, png).with_context(|| format!("writing {}", path.display()))?;
        println!("{} frames; the last one is {}", kept.0, path.display());
        Ok(())
    }
}

/// OpenCV's and other errors as this crate's, for a probe's closure.
pub fn callback(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Callback, error.to_string()).with_source(error)
}
