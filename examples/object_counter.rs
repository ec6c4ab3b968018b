//! Counts objects per class, writes the count on every frame, and reports averages at the end.
//!
//!     cargo run --release --example object_counter -- vtest.avi --out counted
//!
//! The text is `Frame N: M objects` at (10, 10), Serif 12, white on black at half opacity: display metadata
//! that nvdsosd draws.

#![allow(unreachable_pub, reason = "an example has no outside")]

#[path = "common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use clap::Parser;
use dsframe::meta::LabelItem;
use dsframe::prelude::*;

use common::{Input, Progress, Spec};

/// Counts objects per class and writes the count on every frame.
#[derive(Debug, Parser)]
#[command(name = "object_counter", version)]
struct Args {
    /// Video files, rtsp://… or other URIs, cameras such as /dev/video0
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder for the annotated video of each source (counted_N.mp4); without it none is written
    #[arg(long, short, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace videos of an earlier run in the output folder
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// nvinfer configuration file of the detector
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/models/config_infer_nanodet.txt"))]
    config: PathBuf,
    /// Property of nvtracker, such as lost-track-buffer=90; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    tracker: Vec<String>,
}

/// Sums over the frames so far.
#[derive(Debug, Default)]
struct Counter {
    frames: u64,
    objects: u64,
    /// By label: objects, and the most in one frame.
    classes: BTreeMap<String, (u64, u64)>,
}

impl Counter {
    /// Counts a frame and writes the number on it.
    fn frame(&mut self, frame: &Frame<'_>) -> dsframe::Result<()> {
        let mut here: BTreeMap<String, u64> = BTreeMap::new();
        for object in frame.objects() {
            *here.entry(object.label()).or_default() += 1;
        }
        let total: u64 = here.values().sum();
        self.frames += 1;
        self.objects += total;
        for (label, count) in here {
            let (sum, most) = self.classes.entry(label).or_default();
            *sum += count;
            *most = count.max(*most);
        }
        let text = format!("Frame {}: {total} objects", frame.frame_num());
        frame.add_display(&Scene { labels: vec![count_label(text)], ..Scene::default() })?;
        Ok(())
    }

    /// The table at the end.
    fn report(&self) -> String {
        let frames = self.frames.max(1) as f64;
        let row = |label: &str, count: u64, most: String| {
            vec![label.to_owned(), count.to_string(), format!("{:.2}", count as f64 / frames), most]
        };
        let mut rows: Vec<_> =
            self.classes.iter().map(|(label, (sum, most))| row(label, *sum, most.to_string())).collect();
        rows.push(row("all", self.objects, String::new()));
        common::table(&["class", "objects", "per frame", "most in a frame"], &rows).to_string()
    }
}

fn count_label(text: String) -> LabelItem {
    LabelItem {
        text,
        x: 10.0,
        y: 10.0,
        font_name: "Serif".into(),
        font_size: 12,
        color: Color::WHITE,
        bg_color: Some(Color::BLACK.with_alpha(0.5)),
    }
}

fn main() -> ExitCode {
    match count(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("object_counter: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn count(args: &Args) -> Result<()> {
    dsframe::init()?;
    let inputs = args.inputs.iter().map(|name| Input::open(name)).collect::<Result<Vec<_>>>()?;
    let config =
        args.config.canonicalize().with_context(|| format!("cannot open {}", args.config.display()))?;
    let videos = common::videos(args.out.as_deref(), "counted", &inputs, args.overwrite)?;
    let built = common::build(&Spec {
        inputs: &inputs,
        config: &config,
        tracker: &args.tracker,
        videos: videos.clone(),
    })?;
    let counter = Arc::new(Mutex::new(Counter::default()));
    let in_probe = Arc::clone(&counter);
    dsframe::probe::on_batch(&built.tracked, move |batch| {
        let mut counter = in_probe.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in batch.frames() {
            counter.frame(&frame)?;
        }
        Ok(Verdict::Ok)
    })?;
    let mut progress = Progress::new(inputs.iter().map(|input| input.frames).sum());
    let outcome = common::run(&built, &inputs, || {
        let counter = counter.lock().unwrap_or_else(PoisonError::into_inner);
        progress.update(counter.frames, &format!("{} objects", counter.objects));
    })?;
    let counter = counter.lock().unwrap_or_else(PoisonError::into_inner);
    let fps = progress.fps(counter.frames);
    progress.finish();
    println!("{}\n{} frames, {fps:.1} frames/s", counter.report(), counter.frames);
    videos.iter().for_each(|video| println!("  video  {}", video.display()));
    outcome.check(Ok(()))
}
