//! Everything about frames in GPU memory that needs a GPU to be seen, in one run.
//!
//!     cargo run --release --example gpu_device -- --video bikes.mp4 --json gpu.json
//!
//! Checks the kernels against the CPU's operations, copies, pools, hand-overs and refusals, then real decoded frames in
//! each memory type (with `--video`, on DeepStream's elements), and times what is fast. Prints a line for each, and
//! ends with an error when any of them failed.

mod frames;
mod hand_over;
mod parity;
mod timing;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Parser;
use dsframe::cuda::{self, Device};

#[derive(Debug, Parser)]
struct Args {
    /// An H.264 video in an MP4 file, to be decoded by nvv4l2decoder
    #[arg(long)]
    video: Option<PathBuf>,
    /// Write the timings here
    #[arg(long)]
    json: Option<PathBuf>,
    /// Rows of other programs, a line of JSON each, to be written to `--json` as well
    #[arg(long)]
    peers: Option<PathBuf>,
    /// The GPU to use
    #[arg(long, default_value_t = 0)]
    gpu: u32,
    /// Rounds of the steady-state check
    #[arg(long, default_value_t = 10_000)]
    rounds: u32,
    /// Time the kernels and nothing else
    #[arg(long)]
    timing_only: bool,
    /// Run only the checks against the CPU, and time only the work, whose name has this in it, such as Canny
    #[arg(long, default_value = "")]
    only: String,
    /// A few cases of each check, and no timings: for sanitizers, under which all is slow
    #[arg(long)]
    quick: bool,
    /// Print the names that `--only` knows of checks, a line each, and do nothing else
    #[arg(long)]
    parts: bool,
}

/// What `--only` names of checks that are not against the CPU's operations.
const HAND_OVER: &str = "hand-over";

/// Counts what was checked, and prints it.
#[derive(Default)]
pub(crate) struct Report {
    failed: usize,
    checked: usize,
}

impl Report {
    /// Prints `result` of `what`.
    pub(crate) fn line(&mut self, what: &str, result: Result<String>) {
        self.checked += 1;
        match result {
            Ok(text) => println!("ok      {what}: {text}"),
            Err(error) => {
                self.failed += 1;
                println!("FAILED  {what}: {error:#}");
            }
        }
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    if args.parts {
        parity::CHECKS.iter().map(|(name, _)| *name).chain([HAND_OVER]).for_each(|name| println!("{name}"));
        return Ok(());
    }
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let device = match Device::new(args.gpu) {
        Ok(device) => device,
        Err(error) => bail!("{error} ({:?})", error.kind()),
    };
    let (major, minor) = cuda::driver_version()?;
    let (free, total) = device.memory_info()?;
    println!(
        "{}, sm_{}, driver for CUDA {major}.{minor}, {} of {} MiB free",
        device.name()?,
        device.arch(),
        free >> 20,
        total >> 20
    );
    let mut report = Report::default();
    if !args.timing_only {
        parity::run(&device, args.quick, &args.only, &mut report)?;
    }
    if !args.timing_only && HAND_OVER.contains(&args.only) {
        hand_over::run(&device, if args.quick { 20 } else { args.rounds }, &mut report)?;
    }
    if let Some(video) = args.video.as_ref().filter(|_| !args.timing_only && args.only.is_empty()) {
        frames::run(&device, video, &mut report)?;
    }
    let rows = if args.quick { Vec::new() } else { timing::run(&device, &args.only, &mut report)? };
    if let Some(path) = &args.json {
        let mut rows = rows.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        if let Some(peers) = &args.peers {
            let text = std::fs::read_to_string(peers)?;
            rows.extend(text.lines().map(serde_json::from_str).collect::<Result<Vec<_>, _>>()?);
        }
        std::fs::write(path, serde_json::to_string_pretty(&rows)?)?;
    }
    println!("pinned pool  {:?}", device.pinned_stats());
    println!("scratch pool {:?}", device.scratch_stats());
    println!("{} checks, {} failed", report.checked, report.failed);
    if report.failed > 0 {
        bail!("{} checks failed", report.failed);
    }
    Ok(())
}
