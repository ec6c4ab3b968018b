//! What `reid` and `cuda_reid` do; they differ in the device that they ask for.

mod batches;
mod output;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use dsframe::prelude::*;

use super::common::{self, Input, Progress, Spec};
use batches::Batches;
use output::Output;

/// Where tensors are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Where {
    Cpu,
    Cuda,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Cpu { "cpu" } else { "cuda" })
    }
}

/// Makes tensors of tracked objects for a re-identification network.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Video files, rtsp://… or other URIs, cameras such as /dev/video0
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder for the tensors; made if missing
    #[arg(long, short, default_value = "items", value_name = "DIR")]
    out: PathBuf,
    /// Replace tensors of an earlier run in the output folder
    #[arg(long)]
    overwrite: bool,
    /// nvinfer configuration file of the detector
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt"))]
    config: PathBuf,
    /// Property of nvtracker, such as lost-track-buffer=90; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    tracker: Vec<String>,
    /// Labels of the objects to take, with commas between them, or "all"
    #[arg(long, default_value = "person", value_delimiter = ',', value_name = "LABELS")]
    classes: Vec<String>,
    /// Take the objects of one frame in so many
    #[arg(long, default_value_t = 25, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    every: u16,
    /// Where the tensors are made: cpu or cuda; without it what the program's name says
    #[arg(long, value_name = "DEVICE")]
    device: Option<Where>,
}

/// The program `name`, which asks for `default` where the command line names no device.
pub fn main(name: &str, default: Where) -> ExitCode {
    match run(&Args::parse(), default) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn config_of(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot open {}", path.display()))
}

fn run(args: &Args, default: Where) -> Result<()> {
    dsframe::init()?;
    let inputs = args.inputs.iter().map(|name| Input::open(name)).collect::<Result<Vec<_>>>()?;
    let config = config_of(&args.config)?;
    let output = Output::prepare(&args.out, args.overwrite)?;
    let batches = Batches::new(args.device.unwrap_or(default), &args.classes, args.every, output);
    let batches = Arc::new(Mutex::new(batches));
    let spec = Spec { inputs: &inputs, config: &config, tracker: &args.tracker, videos: Vec::new() };
    let built = common::build(&spec)?;
    let in_probe = Arc::clone(&batches);
    dsframe::probe::on_batch(&built.tracked, move |batch| {
        let mut batches = in_probe.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in batch.frames() {
            batches.frame(&frame)?;
        }
        Ok(Verdict::Ok)
    })?;
    let locked = || batches.lock().unwrap_or_else(PoisonError::into_inner);
    let mut progress = Progress::new(inputs.iter().map(|input| input.frames).sum());
    let outcome = common::run(&built, &inputs, || {
        let batches = locked();
        progress.update(batches.frames, &format!("{} items", batches.items));
    })?;
    let mut batches = locked();
    let fps = progress.fps(batches.frames);
    progress.finish();
    println!("{}\n{} frames, {fps:.1} frames/s\n  items  {}", batches, batches.frames, args.out.display());
    outcome.check(batches.finish())
}
