//! The main job: people (or other objects) cropped out of videos, the best crop of each track.
//!
//!     cargo run --release --example save_crops -- vtest.avi --out out
//!
//! Leaves in the output folder `crops/stream_N/…`, `contact_sheet.png`, `objects.jsonl` and one
//! annotated MP4 per source. The pipeline is DeepStream's; see `common/pipeline.rs`.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;
#[path = "save_crops/jsonl.rs"]
mod jsonl;
#[path = "save_crops/output.rs"]
mod output;
#[path = "save_crops/saver.rs"]
mod saver;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use clap::Parser;
use dsframe::crops::{DEFAULT_QUALITY, ImageFormat};
use dsframe::prelude::*;

use common::{Input, Progress, Spec};
use output::Output;
use saver::Saver;

/// Crops every tracked object out of videos and saves the best crop of each track.
#[derive(Debug, Parser)]
#[command(name = "save_crops", version)]
struct Args {
    /// Video files, rtsp://… or other URIs, cameras such as /dev/video0
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder for the results; made if missing
    #[arg(long, short, default_value = "out", value_name = "DIR")]
    out: PathBuf,
    /// Replace results of an earlier run in the output folder
    #[arg(long)]
    overwrite: bool,
    /// nvinfer configuration file of the detector
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt"))]
    config: PathBuf,
    /// Property of nvtracker, such as lost-track-buffer=90; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    tracker: Vec<String>,
    /// Labels of the objects to crop, with commas between them, or "all"
    #[arg(long, default_value = "person", value_delimiter = ',', value_name = "LABELS")]
    classes: Vec<String>,
    /// Leave out crops of objects whose confidence is below
    #[arg(long, default_value_t = 0.0, value_name = "0..1", value_parser = unit)]
    min_confidence: f32,
    /// JPEG quality
    #[arg(long, default_value_t = DEFAULT_QUALITY, value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: u8,
    /// Format of the crops: jpg, png or webp
    #[arg(long, default_value_t = ImageFormat::Jpg, value_name = "FORMAT")]
    format: ImageFormat,
    /// Crops per track
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    best: u16,
    /// Save every crop of every frame, not the best alone
    #[arg(long, conflicts_with = "best")]
    all: bool,
    /// Margin around each box, in percent of its width and height
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    padding: f32,
    /// Write no annotated video
    #[arg(long)]
    no_video: bool,
}

fn unit(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|e| format!("{e}"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("it must be 0 to 1".into()) }
}

fn percent(text: &str) -> Result<f32, String> {
    let value: f32 = text.parse().map_err(|e| format!("{e}"))?;
    if (0.0..=1000.0).contains(&value) { Ok(value) } else { Err("it must be 0 to 1000 percent".into()) }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,fontdb=error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match save_crops(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("save_crops: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn save_crops(args: &Args) -> Result<()> {
    dsframe::init()?;
    let inputs = args.inputs.iter().map(|name| Input::open(name)).collect::<Result<Vec<_>>>()?;
    let config =
        args.config.canonicalize().with_context(|| format!("cannot open {}", args.config.display()))?;
    let output = Output::prepare(&args.out, args.overwrite, inputs.len())?;
    let saver = Arc::new(Mutex::new(Saver::new(args, &output)?));
    let videos = if args.no_video { Vec::new() } else { output.videos.clone() };
    let built = common::build(&Spec { inputs: &inputs, config: &config, tracker: &args.tracker, videos })?;

    let in_probe = Arc::clone(&saver);
    dsframe::probe::on_batch(&built.tracked, move |batch| {
        let mut saver = in_probe.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for frame in batch.frames() {
            saver.frame(&frame)?;
        }
        Ok(Verdict::Ok)
    })?;

    let expected = inputs.iter().map(|input| input.frames).sum::<Option<u64>>();
    let mut progress = Progress::new(expected);
    let counts = saver.lock().unwrap_or_else(std::sync::PoisonError::into_inner).counts();
    let outcome = common::run(&built, &inputs, || {
        progress.update(counts.frames(), &counts.to_string());
    })?;
    let fps = progress.fps(counts.frames());
    progress.finish();

    let interrupted = outcome.interrupted;
    let mut saver = saver.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Whatever happened to the pipeline, the crops it gave are written.
    let saved = saver.finish();
    println!("{}", saver.summary(fps));
    output.print_places(args.no_video);
    if interrupted {
        println!("Stopped by Ctrl-C; the files hold everything up to then.");
    }
    outcome.check(saved)
}
