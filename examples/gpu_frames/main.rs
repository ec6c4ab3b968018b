//! Frames of a GPU's decoder and converter, held against the software decoder's.
//!
//!     gpu_frames --dump clip.mp4 --stream clip.h264 --expected clip.frames    where GStreamer's libav plugin is
//!     gpu_frames --stream clip.h264 --expected clip.frames                    where the GPU is
//!
//! For every `nvbuf-memory-type` and format it decodes the clip with nvv4l2decoder, converts with nvvideoconvert, and
//! maps or is refused as the memory type has it; pixels must equal the software decoder's, edits in place must be seen
//! downstream, and thousands of frames must leave host and device memory as they were. One line for each check, PASS
//! or FAIL, and the exit code. `.ci/gpu-frames` collects what a bare GPU machine needs and runs it there. Without
//! NVIDIA's decoder the same checks run on the embedded elements, whose surfaces are all in system memory.

mod checks;
mod expected;
mod memory;
mod odd_sizes;
mod play;
mod streams;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use dsframe::surface::MapCounters;

use expected::Expected;

#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// Decode this video in software, and write the two files below
    #[arg(long, value_name = "VIDEO")]
    dump: Option<PathBuf>,
    /// The video as an H.264 byte stream
    #[arg(long, value_name = "FILE")]
    stream: PathBuf,
    /// The software decoder's frames
    #[arg(long, value_name = "FILE")]
    expected: PathBuf,
    /// Whole frames to keep in the expected file; of the others a checksum
    #[arg(long, default_value_t = 12)]
    keep: usize,
    /// Frames of each run that looks for growth; 0 leaves those out
    #[arg(long, default_value_t = 10_000)]
    frames: usize,
}

/// The lines so far.
pub(crate) struct Table {
    failed: usize,
    passed: usize,
    skipped: usize,
}

impl Table {
    /// What cannot be tried with these elements or this build.
    pub(crate) fn skip(&mut self, name: &str, why: &anyhow::Error) {
        self.skipped += 1;
        println!("SKIP  {name}: {why:#}");
    }

    pub(crate) fn line(&mut self, name: &str, result: Result<String>) {
        match result {
            Ok(text) => {
                self.passed += 1;
                println!("PASS  {name}: {text}");
            }
            Err(error) => {
                self.failed += 1;
                println!("FAIL  {name}: {error:#}");
            }
        }
    }
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    dsframe::init()?;
    if let Some(video) = &args.dump {
        play::extract_stream(video, &args.stream)?;
        let expected = Expected::decode(video, args.keep)?;
        expected.write(&args.expected)?;
        println!("{} frames of {}x{}", expected.sums.len(), expected.width, expected.height);
        return Ok(ExitCode::SUCCESS);
    }
    let expected = Arc::new(Expected::read(&args.expected).context("reading the expected frames")?);
    let api = dsframe::runtime::api();
    println!("metadata: {} ({})", api.runtime, api.origin);
    println!("libnvbufsurface.so: {}", if api.surface.is_some() { "loaded" } else { "none" });
    println!("embedded elements: {}", dsframe::elements::registered().join(", "));
    println!("GPU: {}", memory::gpu());
    println!("decoder: {}", play::decoder());
    let mut table = Table { failed: 0, passed: 0, skipped: 0 };
    checks::formats(&mut table, &args.stream, &expected);
    odd_sizes::check(&mut table);
    checks::windows(&mut table, &args.stream, &expected);
    checks::edits(&mut table, &args.stream, &expected);
    streams::batches(&mut table, &args.stream, &expected);
    if args.frames > 0 {
        streams::growth(&mut table, &args.stream, &expected, args.frames);
    }
    let counters = MapCounters::now();
    table.line("counters", {
        let text = format!("{} guards made, {} dropped", counters.mapped, counters.unmapped);
        if counters.is_balanced() { Ok(text) } else { Err(anyhow::anyhow!("{counters:?}")) }
    });
    println!("{} passed, {} failed, {} skipped", table.passed, table.failed, table.skipped);
    Ok(if table.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
