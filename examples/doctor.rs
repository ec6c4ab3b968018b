//! What runs here, where a pipeline's frames are, and what to change.
//!
//!     cargo run --example doctor
//!     cargo run --example doctor -- --pipeline "videotestsrc ! nvvideoconvert ! video/x-raw(memory:NVMM) ! fakesink"
//!     cargo run --example doctor -- --strict --pipeline pipeline.txt
//!
//! With `--strict` the exit code is 1 when anything stands in the way of a probe that maps frames.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use dsframe::doctor::{Machine, Pipeline};

#[derive(Debug, Parser)]
struct Args {
    /// A pipeline as for gst-launch-1.0, or a file with one
    #[arg(long, value_name = "TEXT|FILE")]
    pipeline: Option<String>,
    /// Buffers to look at on each pad
    #[arg(long, default_value_t = 30)]
    frames: u64,
    /// Seconds to wait for them
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Exit with 1 when there is a problem
    #[arg(long)]
    strict: bool,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    dsframe::init()?;
    let machine = Machine::look()?;
    print!("{machine}");
    let mut problems = machine.problems();
    if let Some(text) = &args.pipeline {
        let pipeline = Pipeline::play(&description(text)?, args.frames, Duration::from_secs(args.seconds))?;
        print!("{pipeline}");
        problems.extend(pipeline.problems());
    }
    problems.iter().for_each(|problem| println!("problem       {problem}"));
    if problems.is_empty() {
        println!("no problem found");
    }
    Ok(if args.strict && !problems.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The pipeline itself, or the content of the file that `text` names; lines may start with `#`.
fn description(text: &str) -> Result<String> {
    if !std::path::Path::new(text).is_file() {
        return Ok(text.to_owned());
    }
    let content = std::fs::read_to_string(text).with_context(|| format!("reading {text}"))?;
    let lines = content.lines().filter(|line| !line.trim_start().starts_with('#'));
    // A backslash at the end of a line is a shell's.
    Ok(lines.map(|line| line.trim_end().trim_end_matches('\\')).collect::<Vec<_>>().join(" "))
}
