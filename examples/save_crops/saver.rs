//! What the probe does with a frame: a line, and crops of the objects asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use dsframe::crops::{
    BestShots, BestShotsOptions, Candidate, ContactSheet, CropName, CropWriter, ImageFormat, Job, OnFull,
    SheetOptions, Shot, TrackKey, TrackShots, WriterOptions, max_overlap,
};
use dsframe::frame::FrameView;
use dsframe::meta::ObjectMeta;
use dsframe::probe::Frame;
use dsframe::roi::BBox;

use super::Args;
use super::common::table;
use super::jsonl::{FrameLine, LineWriter, ObjectLine};
use super::output::Output;

/// Counts that the main thread shows while the streaming thread works.
#[derive(Debug, Default)]
pub struct Counts {
    frames: AtomicU64,
    objects: AtomicU64,
    crops: AtomicU64,
}

impl Counts {
    /// Frames seen.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (objects, crops) = (self.objects.load(Ordering::Relaxed), self.crops.load(Ordering::Relaxed));
        write!(f, "{objects} objects  {crops} crops")
    }
}

/// Per source: for the summary.
#[derive(Debug, Default)]
struct Source {
    frames: u64,
    objects: u64,
    tracks: u64,
    crops: u64,
}

/// Keeps what a run needs from frame to frame.
pub struct Saver {
    classes: Option<Vec<String>>,
    min_confidence: f32,
    padding: f32,
    all: bool,
    format: ImageFormat,
    crops: PathBuf,
    sheet_path: PathBuf,
    best: BestShots,
    writer: CropWriter,
    sheet: ContactSheet,
    lines: LineWriter,
    counts: Arc<Counts>,
    sources: BTreeMap<u32, Source>,
    other_labels: BTreeMap<String, u64>,
}

impl Saver {
    pub fn new(args: &Args, output: &Output) -> Result<Self> {
        let all_classes = args.classes.iter().any(|class| class == "all");
        Ok(Self {
            classes: (!all_classes).then(|| args.classes.clone()),
            min_confidence: args.min_confidence,
            padding: args.padding,
            all: args.all,
            format: args.format,
            crops: output.crops.clone(),
            sheet_path: output.sheet.clone(),
            best: BestShots::new(BestShotsOptions {
                per_track: usize::from(args.best),
                ..Default::default()
            }),
            // Files can wait for the disk and must lose no crop; a full queue then slows the decoder down.
            writer: CropWriter::new(WriterOptions {
                format: args.format,
                quality: args.quality,
                on_full: OnFull::Block,
                ..Default::default()
            })?,
            sheet: ContactSheet::new(SheetOptions::default())?,
            lines: LineWriter::create(&output.objects)?,
            counts: Arc::default(),
            sources: BTreeMap::new(),
            other_labels: BTreeMap::new(),
        })
    }

    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// Called by the probe for every frame.
    pub fn frame(&mut self, frame: &Frame<'_>) -> dsframe::Result<()> {
        let pixels = frame.map_read()?;
        let view = pixels.view();
        // Metadata lists have the newest first; a line has the detector's order.
        let objects: Vec<_> = frame.objects().rev().collect();
        let boxes: Vec<BBox> = objects.iter().map(|object| object.rect()).collect();
        let mut line = FrameLine {
            source_id: frame.source_id(),
            frame_num: frame.frame_num(),
            pts: frame.buf_pts().map(gst::ClockTime::nseconds),
            objects: Vec::with_capacity(boxes.len()),
        };
        for (i, object) in objects.iter().enumerate() {
            line.objects.push(object_line(object));
            if self.wanted(object) {
                let others = boxes.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, b)| *b);
                self.object(frame, object, &view, max_overlap(&boxes[i], others))?;
            }
        }
        let source = self.sources.entry(frame.source_id()).or_default();
        source.frames += 1;
        source.objects += boxes.len() as u64;
        self.counts.frames.fetch_add(1, Ordering::Relaxed);
        self.counts.objects.fetch_add(boxes.len() as u64, Ordering::Relaxed);
        self.lines.write(line);
        self.best.expire(frame.source_id(), u64::try_from(frame.frame_num()).unwrap_or(0));
        for track in self.best.take_finished() {
            self.save_track(track);
        }
        Ok(())
    }

    fn wanted(&mut self, object: &ObjectMeta<'_>) -> bool {
        let label = object.label();
        let class =
            self.classes.as_ref().is_none_or(|list| list.iter().any(|c| c.eq_ignore_ascii_case(&label)));
        if !class {
            *self.other_labels.entry(label).or_default() += 1;
        }
        class && object.confidence().unwrap_or(0.0) >= self.min_confidence
    }

    fn object(
        &mut self,
        frame: &Frame<'_>,
        object: &ObjectMeta<'_>,
        view: &FrameView<'_>,
        overlap: f32,
    ) -> dsframe::Result<()> {
        let Some(object_id) = object.object_id() else { return Ok(()) };
        let bbox = object.rect();
        // A box that a tracker moved out of the frame, or an empty one, has no pixels to save.
        let Ok(window) = bbox.pad_percent(self.padding).clip(view.width(), view.height()) else {
            return Ok(());
        };
        let crop = view.crop(window)?;
        let label = object.label();
        let candidate = Candidate {
            key: TrackKey { source_id: frame.source_id(), object_id },
            frame_num: u64::try_from(frame.frame_num()).unwrap_or(0),
            label: &label,
            confidence: object.confidence().unwrap_or(0.0),
            bbox,
            frame_size: (view.width(), view.height()),
            overlap,
        };
        if self.all {
            self.submit(candidate.key, candidate.frame_num, &label, crop.to_owned());
        }
        self.best.offer(&candidate, &crop);
        Ok(())
    }

    fn submit(&mut self, key: TrackKey, frame_num: u64, label: &str, frame: dsframe::frame::OwnedFrame) {
        let name = CropName {
            frame_num,
            source_id: key.source_id,
            object: key.object_id,
            label,
            width: frame.width(),
            height: frame.height(),
            format: self.format,
        };
        let path = name.path_in(&self.crops);
        // The writer counts what it drops and fails; `finish` reports it.
        let _ = self.writer.submit(Job { frame, path });
        self.counts.crops.fetch_add(1, Ordering::Relaxed);
        self.sources.entry(key.source_id).or_default().crops += 1;
    }

    fn save_track(&mut self, track: TrackShots) {
        self.sources.entry(track.key.source_id).or_default().tracks += 1;
        if let Some(best) = track.shots.first() {
            let key = track.key;
            let title = format!("{} {}", best.label, key.object_id);
            let detail = format!("frame {}  {:.2}", best.frame_num, best.confidence);
            self.sheet.add(&best.frame.view(), [title, detail]);
        }
        if !self.all {
            for Shot { frame, frame_num, label, .. } in track.shots {
                self.submit(track.key, frame_num, &label, frame);
            }
        }
    }

    /// Saves the tracks that are still on, and waits until all files are written.
    pub fn finish(&mut self) -> Result<()> {
        let mut rest = self.best.take_finished();
        rest.extend(self.best.drain());
        rest.sort_by_key(|track| (track.key.source_id, track.key.object_id));
        rest.into_iter().for_each(|track| self.save_track(track));
        let crops = self.writer.finish().map(drop).context("some crops are not saved");
        let lines = self.lines.finish();
        let sheet = if self.sheet.is_empty() { Ok(()) } else { self.sheet.save(&self.sheet_path) };
        crops.and(lines).and(sheet.context("the contact sheet is not saved"))
    }

    /// The table at the end.
    pub fn summary(&self, fps: f64) -> String {
        let mut rows: Vec<Vec<String>> = self
            .sources
            .iter()
            .map(|(id, s)| {
                let numbers = [s.frames, s.objects, s.tracks, s.crops].map(|n| n.to_string());
                std::iter::once(id.to_string()).chain(numbers).collect()
            })
            .collect();
        if rows.is_empty() {
            rows.push(["-", "0", "0", "0", "0"].map(String::from).to_vec());
        }
        let counts = self.writer.counts();
        let mut text = table(&["source", "frames", "objects", "tracks", "crops"], &rows).to_string();
        text += &format!(
            "\n{fps:.1} frames/s; crops written {}, dropped {}, failed {}",
            counts.written, counts.dropped, counts.failed
        );
        if !self.other_labels.is_empty() {
            let list: Vec<_> = self.other_labels.iter().map(|(label, n)| format!("{n} {label}")).collect();
            text += &format!("\nNot cropped (see --classes): {}", list.join(", "));
        }
        text
    }
}

fn object_line(object: &ObjectMeta<'_>) -> ObjectLine {
    let rect = object.rect();
    ObjectLine {
        object_id: object.object_id(),
        class_id: object.class_id(),
        label: object.label(),
        confidence: object.confidence(),
        tracker_confidence: object.tracker_confidence(),
        left: rect.left,
        top: rect.top,
        width: rect.width,
        height: rect.height,
    }
}
