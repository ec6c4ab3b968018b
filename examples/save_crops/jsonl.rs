//! `objects.jsonl`: a line per frame, written off the streaming thread.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};
use serde::Serialize;

/// One frame.
#[derive(Debug, Serialize)]
pub struct FrameLine {
    pub source_id: u32,
    pub frame_num: i32,
    /// Nanoseconds; null where the buffer has none.
    pub pts: Option<u64>,
    pub objects: Vec<ObjectLine>,
}

/// One object; the box is in pixels of the frame, from its top-left corner.
#[derive(Debug, Serialize)]
pub struct ObjectLine {
    /// The track; null for an object that is not tracked.
    pub object_id: Option<u64>,
    pub class_id: i32,
    pub label: String,
    /// The detector's; null in a frame that it skipped.
    pub confidence: Option<f32>,
    /// Null where there is no tracker.
    pub tracker_confidence: Option<f32>,
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

/// Writes lines in the order they are given.
pub struct LineWriter {
    path: PathBuf,
    lines: Option<Sender<FrameLine>>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl LineWriter {
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let (lines, received) = channel::<FrameLine>();
        let thread = std::thread::Builder::new().name("objects.jsonl".into()).spawn(move || {
            let mut out = BufWriter::new(file);
            for line in received {
                serde_json::to_writer(&mut out, &line)?;
                out.write_all(b"\n")?;
            }
            out.flush()
        })?;
        Ok(Self { path: path.to_owned(), lines: Some(lines), thread: Some(thread) })
    }

    /// Hands a line over; a failed disk is reported by [`finish`](Self::finish).
    pub fn write(&self, line: FrameLine) {
        if let Some(lines) = &self.lines {
            let _ = lines.send(line);
        }
    }

    /// Waits until all lines are in the file.
    pub fn finish(&mut self) -> Result<()> {
        self.lines = None;
        let Some(thread) = self.thread.take() else { return Ok(()) };
        let result =
            thread.join().map_err(|_| anyhow!("the thread that writes {} panicked", self.path.display()))?;
        result.with_context(|| format!("cannot write {}", self.path.display()))
    }
}
