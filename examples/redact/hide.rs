//! Hiding objects of a stream: what `redact` and `cuda_redact` share.

#[cfg(feature = "cuda")]
use std::collections::HashMap;
#[cfg(feature = "cuda")]
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
#[cfg(feature = "cuda")]
use dsframe::cuda::{Device, Stream};
#[cfg(feature = "cuda")]
use dsframe::ops::redact::redact_frames_on;
use dsframe::ops::redact::{Blocks, Blur, Redaction, Region, redact};
use dsframe::prelude::*;

use super::common::{self, Input, Progress, Spec};

/// Who hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum On {
    /// The processor
    Cpu,
    /// The GPU that has the frames; the processor where there is none
    Cuda,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Method {
    /// One colour
    Fill,
    /// Blocks
    Pixelate,
    /// Soft
    Blur,
}

/// Hides people, or other objects, in videos.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Video files, rtsp://… or other URIs, cameras such as /dev/video0
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder for the video of each source (hidden_N.mp4); without it none is written
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace videos of an earlier run in the output folder
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// Who hides: cpu or cuda
    #[arg(long)]
    device: Option<On>,
    /// nvinfer configuration file of the detector
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt"))]
    config: PathBuf,
    /// Property of nvtracker, such as lost-track-buffer=90; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    tracker: Vec<String>,
    /// Labels of the objects to hide, with commas between them, or "all"
    #[arg(long, default_value = "person", value_delimiter = ',', value_name = "LABELS")]
    classes: Vec<String>,
    /// How objects are hidden
    #[arg(long, default_value = "pixelate")]
    method: Method,
    /// Values that remain along the longer side of a box
    #[arg(long, default_value_t = 6, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    remaining: u32,
    /// Hide the ellipse in each box, for faces
    #[arg(long)]
    ellipse: bool,
    /// Margin around each box, in percent of its width and height
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT")]
    padding: f32,
}

/// What was done so far.
#[derive(Debug, Default)]
struct Counts {
    frames: u64,
    hidden: u64,
    on_gpu: u64,
}

/// Hides the objects of frames.
struct Hider {
    classes: Vec<String>,
    how: Redaction,
    ellipse: bool,
    padding: f32,
    on: On,
    /// By GPU.
    #[cfg(feature = "cuda")]
    streams: HashMap<u32, Stream>,
    counts: Counts,
}

impl Hider {
    fn new(args: &Args, on: On) -> Self {
        let how = match args.method {
            Method::Fill => Redaction::Fill(Color::BLACK),
            Method::Pixelate => Redaction::Pixelate(Blocks::Across(args.remaining)),
            Method::Blur => Redaction::Blur(Blur::Across(args.remaining)),
        };
        Self {
            classes: args.classes.clone(),
            how,
            ellipse: args.ellipse,
            padding: args.padding,
            on,
            #[cfg(feature = "cuda")]
            streams: HashMap::new(),
            counts: Counts::default(),
        }
    }

    /// What is to be hidden of a frame.
    fn regions(&self, frame: &Frame<'_>) -> Vec<Region<'static>> {
        let wanted = |label: String| self.classes.iter().any(|class| class == "all" || *class == label);
        let region = |bbox: BBox| {
            let bbox = bbox.pad_percent(self.padding);
            if self.ellipse { Region::ellipse(bbox) } else { bbox.into() }
        };
        let objects = frame.objects().filter(|object| wanted(object.label()));
        objects.map(|object| region(object.rect())).collect()
    }

    fn batch(&mut self, batch: &Batch<'_>) -> dsframe::Result<()> {
        let frames: Vec<_> = batch.frames().collect();
        let regions: Vec<_> = frames.iter().map(|frame| self.regions(frame)).collect();
        let count = frames.len() as u64;
        self.counts.frames += count;
        if self.on == On::Cuda {
            match self.on_gpu(&frames, &regions) {
                Ok(hidden) => {
                    self.counts.hidden += hidden as u64;
                    self.counts.on_gpu += count;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Cuda && self.counts.on_gpu > 0 => return Err(error),
                Err(error) => self.give_up(&error),
            }
        }
        for (frame, regions) in frames.iter().zip(&regions) {
            let hidden = redact(&mut frame.map_write()?.view_mut(), regions, self.how)?;
            self.counts.hidden += hidden as u64;
        }
        Ok(())
    }

    /// From now on the processor hides.
    fn give_up(&mut self, error: &dsframe::Error) {
        eprintln!("not on the GPU ({:?}): {error}\ngoing on on the CPU", error.kind());
        self.on = On::Cpu;
    }

    /// All frames of a batch together.
    #[cfg(feature = "cuda")]
    fn on_gpu(&mut self, frames: &[Frame<'_>], regions: &[Vec<Region<'_>>]) -> dsframe::Result<usize> {
        let maps = frames.iter().map(|frame| frame.surface()?.device_view_mut());
        let mut maps = maps.collect::<dsframe::Result<Vec<_>>>()?;
        let Some(gpu) = maps.first().map(|map| map.view().gpu()) else { return Ok(0) };
        let stream = match self.streams.entry(gpu) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(Device::new(gpu)?.stream()?),
        };
        let mut views: Vec<_> = maps.iter_mut().map(|map| map.view_mut()).collect();
        let lists: Vec<_> = regions.iter().map(Vec::as_slice).collect();
        let hidden = redact_frames_on(stream, &mut views, &lists, self.how)?;
        drop(views);
        maps.into_iter().try_for_each(|map| map.finish())?;
        Ok(hidden)
    }

    #[cfg(not(feature = "cuda"))]
    fn on_gpu(&mut self, _: &[Frame<'_>], _: &[Vec<Region<'_>>]) -> dsframe::Result<usize> {
        unreachable!("refused before the first frame")
    }
}

/// Who hides, after a look whether there is a GPU at all.
fn choose(on: On) -> On {
    if on == On::Cpu {
        return on;
    }
    #[cfg(feature = "cuda")]
    match dsframe::cuda::available() {
        Ok(()) => return On::Cuda,
        Err(error) => eprintln!("no GPU ({:?}): {error}\ngoing on on the CPU", error.kind()),
    }
    #[cfg(not(feature = "cuda"))]
    eprintln!("this program was built without the feature cuda\ngoing on on the CPU");
    On::Cpu
}

fn hide(args: &Args, on: On) -> Result<()> {
    dsframe::init()?;
    let inputs = args.inputs.iter().map(|name| Input::open(name)).collect::<Result<Vec<_>>>()?;
    let config =
        args.config.canonicalize().with_context(|| format!("cannot open {}", args.config.display()))?;
    let videos = common::videos(args.out.as_deref(), "hidden", &inputs, args.overwrite)?;
    let spec = Spec { inputs: &inputs, config: &config, tracker: &args.tracker, videos: videos.clone() };
    let built = common::build(&spec)?;
    let hider = Arc::new(Mutex::new(Hider::new(args, choose(on))));
    let in_probe = Arc::clone(&hider);
    dsframe::probe::on_batch(&built.tracked, move |batch| {
        in_probe.lock().unwrap_or_else(PoisonError::into_inner).batch(batch)?;
        Ok(Verdict::Ok)
    })?;
    let mut progress = Progress::new(inputs.iter().map(|input| input.frames).sum());
    let outcome = common::run(&built, &inputs, || {
        let counts = &hider.lock().unwrap_or_else(PoisonError::into_inner).counts;
        progress.update(counts.frames, &format!("{} hidden", counts.hidden));
    })?;
    let Counts { frames, hidden, on_gpu } =
        std::mem::take(&mut hider.lock().unwrap_or_else(PoisonError::into_inner).counts);
    let fps = progress.fps(frames);
    progress.finish();
    println!("{hidden} objects hidden in {frames} frames ({on_gpu} of them on the GPU), {fps:.1} frames/s");
    videos.iter().for_each(|video| println!("  video  {}", video.display()));
    outcome.check(Ok(()))
}

/// The program, which hides on `default` unless it is told otherwise.
pub fn main(default: On) -> ExitCode {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let args = Args::parse();
    match hide(&args, args.device.unwrap_or(default)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
