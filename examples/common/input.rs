//! Inputs: what the user typed, and what is in it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use gst::{ClockTime, glib};
use gst_pbutils::{Discoverer, DiscovererResult};

/// One video: a file, `rtsp://…` or another URI, or a camera such as `/dev/video0`.
#[derive(Debug, Clone)]
pub struct Input {
    /// As the user typed it.
    pub name: String,
    /// What the decoder opens.
    pub uri: String,
    /// Size in pixels, where it is known before playing.
    pub size: Option<(u32, u32)>,
    /// Frames, estimated from duration and rate; live sources have none.
    pub frames: Option<u64>,
    /// Whether frames come at the pace of a camera.
    pub live: bool,
}

impl Input {
    /// Turns what the user typed into something to open, and looks into it where it is a file.
    pub fn open(name: &str) -> Result<Self> {
        let uri = uri_of(name)?;
        let live =
            ["rtsp", "rtsps", "rtmp", "udp", "srt", "v4l2"].iter().any(|s| uri.starts_with(&format!("{s}:")));
        let mut input = Self { name: name.to_owned(), uri, size: None, frames: None, live };
        if !live {
            input.look()?;
        }
        Ok(input)
    }

    fn look(&mut self) -> Result<()> {
        let discoverer = Discoverer::new(ClockTime::from_seconds(30))?;
        let info = discoverer
            .discover_uri(&self.uri)
            .map_err(|e| describe(&self.name, &e))
            .with_context(|| format!("cannot read the input {}", self.name))?;
        if info.result() == DiscovererResult::MissingPlugins {
            bail!("no decoder for the input {}: {}", self.name, missing(&info));
        }
        let streams = info.video_streams();
        let Some(video) = streams.iter().find(|v| !v.is_image()).or(streams.first()) else {
            bail!("the input {} has no video stream that can be decoded", self.name);
        };
        if video.width() == 0 || video.height() == 0 {
            bail!("the video stream of {} has no size: it is damaged or not video", self.name);
        }
        self.size = Some((video.width(), video.height()));
        let rate = f64::from(video.framerate().numer()) / f64::from(video.framerate().denom().max(1));
        self.frames = info
            .duration()
            .map(|d| (d.nseconds() as f64 * 1e-9 * rate).round() as u64)
            .filter(|frames| *frames > 0);
        Ok(())
    }
}

fn uri_of(name: &str) -> Result<String> {
    if name.contains("://") {
        return Ok(name.to_owned());
    }
    if name.starts_with("/dev/video") {
        return Ok(format!("v4l2://{name}"));
    }
    let path = Path::new(name);
    let full: PathBuf = path.canonicalize().with_context(|| format!("cannot open the input {name}"))?;
    if full.is_dir() {
        bail!("the input {name} is a folder; name a video file, rtsp://… or /dev/video0");
    }
    std::fs::File::open(&full).with_context(|| format!("cannot open the input {name}"))?;
    Ok(glib::filename_to_uri(&full, None)?.to_string())
}

fn missing(info: &gst_pbutils::DiscovererInfo) -> String {
    // Details look like "gstreamer|1.0|app|H.265 (Main Profile) decoder|decoder-video/x-h265, …".
    let list: Vec<String> = info
        .missing_elements_installer_details()
        .iter()
        .map(|d| d.split('|').nth(3).unwrap_or(d).to_owned())
        .collect();
    format!(
        "GStreamer lacks a {}; install the plugin package that has it (gstreamer1.0-libav has most)",
        list.join(", ")
    )
}

fn describe(name: &str, error: &glib::Error) -> anyhow::Error {
    if error.matches(gst::StreamError::TypeNotFound) || error.matches(gst::StreamError::WrongType) {
        return anyhow::anyhow!(
            "{name} is not a video that GStreamer recognises: it is damaged or another kind of file"
        );
    }
    if error.matches(gst::CoreError::MissingPlugin) || error.matches(gst::StreamError::CodecNotFound) {
        return anyhow::anyhow!("{name} has a codec or container that no installed plugin reads ({error})");
    }
    anyhow::anyhow!("{error}")
}
