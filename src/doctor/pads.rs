//! A pipeline's pads: where their frames are, what a map costs, what to change.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gst::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::surface::{Residency, SurfaceBatch};

/// Maps that are timed on each buffer; the quickest counts.
const REPEATS: usize = 5;

/// Where a pad's frames are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Memory {
    /// `memory:NVMM`: surfaces.
    Nvmm(Residency),
    /// Plain GStreamer memory.
    System,
}

/// What passed a pad.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pad {
    /// Element and pad, as in `convert.src`.
    pub name: String,
    /// The element's factory.
    pub factory: String,
    /// The caps of the last buffer.
    pub caps: String,
    /// Buffers seen.
    pub buffers: u64,
    /// Where the frames are; `None` for what is no raw video (or where no buffer came).
    pub memory: Option<Memory>,
    /// The surfaces of the last buffer, or size, format and pitches of the frame.
    pub frames: Vec<String>,
    /// The quickest map for reading of a whole buffer.
    pub map: Option<Duration>,
    /// Why it cannot be mapped, and what to change.
    pub problem: Option<String>,
}

/// What was seen of a pipeline.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pipeline {
    /// Its source pads, in the order in which frames reached them.
    pub pads: Vec<Pad>,
    /// What ended it before its frames had come.
    pub failure: Option<String>,
}

/// By number: when the pad's first buffer came, and what is known of it.
type Seen = Arc<Mutex<Vec<(Option<Instant>, Pad)>>>;

fn lock(seen: &Seen) -> MutexGuard<'_, Vec<(Option<Instant>, Pad)>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pipeline {
    /// Plays `description`, in the syntax of `gst-launch-1.0`, until `frames` buffers have passed every pad that has
    /// any, or the pipeline has ended, or `patience` is over; then stops it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use dsframe::doctor::{Memory, Pipeline};
    /// # use dsframe::surface::Residency;
    /// dsframe::init()?;
    /// let line = "videotestsrc num-buffers=3 ! nvvideoconvert name=convert ! video/x-raw(memory:NVMM),format=NV12 ! fakesink";
    /// let seen = Pipeline::play(line, 3, Duration::from_secs(20))?;
    /// assert!(seen.pads.iter().any(|pad| pad.name == "convert.src" && pad.buffers == 3), "{seen}");
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Pipeline` when `description` is no pipeline. What goes wrong while it plays is the report's `failure`.
    pub fn play(description: &str, frames: u64, patience: Duration) -> Result<Self> {
        let invalid = |error: gst::glib::Error| {
            Error::new(ErrorKind::Pipeline, format!("\"{description}\" is no pipeline: {error}"))
        };
        let element = gst::parse::launch(description).map_err(invalid)?;
        // One element alone is not wrapped in a pipeline.
        let pipeline = match element.downcast::<gst::Pipeline>() {
            Ok(pipeline) => pipeline,
            Err(element) => {
                let pipeline = gst::Pipeline::new();
                pipeline.add(&element).map_err(|e| Error::new(ErrorKind::Pipeline, e.to_string()))?;
                pipeline
            }
        };
        let seen = Seen::default();
        for element in pipeline.iterate_recurse().into_iter().flatten() {
            watch(&element, &seen);
        }
        let later = Arc::clone(&seen);
        pipeline.connect_deep_element_added(move |_, _, element| watch(element, &later));
        let failure = run(&pipeline, &seen, frames, patience);
        let stopped = pipeline.set_state(gst::State::Null);
        let failure = failure.or_else(|| stopped.err().map(|error| error.to_string()));
        let mut pads = std::mem::take(&mut *lock(&seen));
        // In the order in which frames reached them; those that saw none come last.
        pads.sort_by_key(|(first, _)| (first.is_none(), *first));
        Ok(Self { pads: pads.into_iter().map(|(_, pad)| pad).collect(), failure })
    }

    /// What stands in a probe's way, a sentence each. A pad that cannot be mapped is no problem while frames reach one
    /// that can be later on: a decoder's frames are in device memory, and a probe goes behind the converter.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let reach = self.pads.iter().rposition(|pad| pad.map.is_some()).unwrap_or(0);
        let of = |pad: &Pad| pad.problem.as_ref().map(|problem| format!("{}: {problem}", pad.name));
        self.failure
            .iter()
            .cloned()
            .chain(self.pads[reach.min(self.pads.len())..].iter().filter_map(of))
            .collect()
    }
}

/// Plays until enough was seen; what went wrong.
fn run(pipeline: &gst::Pipeline, seen: &Seen, frames: u64, patience: Duration) -> Option<String> {
    let bus = pipeline.bus()?;
    let started = pipeline.set_state(gst::State::Playing);
    let until = Instant::now() + patience;
    loop {
        let ends = [gst::MessageType::Eos, gst::MessageType::Error];
        let message = bus.timed_pop_filtered(gst::ClockTime::from_mseconds(20), &ends);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => return None,
            Some(gst::MessageView::Error(error)) => {
                let source = message.as_ref().and_then(|m| m.src().map(|s| s.name().to_string()));
                let debug = error.debug().map(|debug| format!(" ({debug})")).unwrap_or_default();
                return Some(format!("{}: {}{debug}", source.unwrap_or_default(), error.error()));
            }
            _ => {}
        }
        if let Err(error) = started {
            return Some(error.to_string());
        }
        let enough = {
            let pads = lock(seen);
            let mut flowing = pads.iter().map(|(_, pad)| pad).filter(|pad| pad.buffers > 0).peekable();
            flowing.peek().is_some() && flowing.all(|pad| pad.buffers >= frames)
        };
        if enough {
            return None;
        }
        if Instant::now() >= until {
            return Some(format!("{frames} buffers had not passed every pad within {patience:?}"));
        }
    }
}

/// Puts a probe on every source pad that `element` has or will have.
fn watch(element: &gst::Element, seen: &Seen) {
    // A bin's pads stand for those of the elements in it.
    if element.is::<gst::Bin>() {
        return;
    }
    element.src_pads().iter().for_each(|pad| watch_pad(element, pad, seen));
    let seen = Arc::clone(seen);
    element.connect_pad_added(move |element, pad| {
        if pad.direction() == gst::PadDirection::Src {
            watch_pad(element, pad, &seen);
        }
    });
}

fn watch_pad(element: &gst::Element, pad: &gst::Pad, seen: &Seen) {
    let factory = element.factory().map(|factory| factory.name().to_string()).unwrap_or_default();
    let name = format!("{}.{}", element.name(), pad.name());
    let (caps, frames) = (String::new(), Vec::new());
    let entry = Pad { name, factory, caps, buffers: 0, memory: None, frames, map: None, problem: None };
    let number = {
        let mut pads = lock(seen);
        pads.push((None, entry));
        pads.len() - 1
    };
    let seen = Arc::clone(seen);
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        if let (Some(buffer), Some(caps)) = (info.buffer(), pad.current_caps()) {
            let now = Instant::now();
            // Looked at without the lock: a map may wait for another thread's, which may be waiting for the lock.
            let look = look(buffer, &caps);
            if let Some((first, entry)) = lock(&seen).get_mut(number) {
                first.get_or_insert(now);
                entry.buffers += 1;
                entry.caps = caps.to_string();
                entry.map = entry.map.into_iter().chain(look.map).min();
                (entry.memory, entry.frames, entry.problem) = (look.memory, look.frames, look.problem);
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// What one buffer shows.
#[derive(Default)]
pub(super) struct Look {
    memory: Option<Memory>,
    frames: Vec<String>,
    map: Option<Duration>,
    pub(super) problem: Option<String>,
}

pub(super) fn look(buffer: &gst::BufferRef, caps: &gst::CapsRef) -> Look {
    let nvmm = caps.features(0).is_some_and(|features| features.contains("memory:NVMM"));
    match caps.structure(0).map(|structure| structure.name().as_str()) {
        Some("video/x-raw") if nvmm => surfaces(buffer),
        Some("video/x-raw") => system(buffer, caps),
        _ => Look::default(),
    }
}

fn surfaces(buffer: &gst::BufferRef) -> Look {
    let batch = match SurfaceBatch::from_buffer(buffer) {
        Ok(batch) => batch,
        Err(error) => return Look { problem: Some(error.to_string()), ..Look::default() },
    };
    let (map, problem) = quickest(|| batch.map_read_all().map(drop));
    let generation = batch.generation();
    let line = |surface| format!("{surface:?} (surface generation {generation:?})");
    Look {
        memory: Some(Memory::Nvmm(batch.residency())),
        frames: batch.surfaces().map(line).collect(),
        map,
        problem,
    }
}

fn system(buffer: &gst::BufferRef, caps: &gst::CapsRef) -> Look {
    let memory = Some(Memory::System);
    let info = match gst_video::VideoInfo::from_caps(caps) {
        Ok(info) => info,
        Err(error) => return Look { memory, problem: Some(error.to_string()), ..Look::default() },
    };
    let (map, problem) = quickest(|| {
        let unmapped =
            |e| Error::new(ErrorKind::Pipeline, format!("the buffer does not map for reading: {e}"));
        buffer.map_readable().map(drop).map_err(unmapped)
    });
    let meta = buffer.meta::<gst_video::VideoMeta>();
    let pitches = meta.as_ref().map_or_else(|| info.stride().to_vec(), |meta| meta.stride().to_vec());
    let line = format!("{}x{} {} pitches {pitches:?}", info.width(), info.height(), info.format().to_str());
    Look { memory, frames: vec![line], map, problem }
}

/// The quickest of a few maps, or why there is none.
fn quickest(mut map: impl FnMut() -> Result<()>) -> (Option<Duration>, Option<String>) {
    let mut best = None;
    for _ in 0..REPEATS {
        let start = Instant::now();
        if let Err(error) = map() {
            return (None, Some(error.to_string()));
        }
        best = Some(best.map_or(start.elapsed(), |best: Duration| best.min(start.elapsed())));
    }
    (best, None)
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for pad in &self.pads {
            write!(f, "pad           {} ({}): ", pad.name, pad.factory)?;
            match (pad.buffers, pad.memory) {
                (0, _) => writeln!(f, "no buffer came")?,
                (buffers, None) => writeln!(f, "{buffers} buffers of {}", pad.caps)?,
                (buffers, Some(Memory::System)) => writeln!(f, "{buffers} buffers in GStreamer's memory")?,
                (buffers, Some(Memory::Nvmm(residency))) => writeln!(f, "{buffers} buffers in {residency}")?,
            }
            pad.frames.iter().try_for_each(|frame| writeln!(f, "              {frame}"))?;
            if let Some(map) = pad.map {
                writeln!(f, "              mapped for reading in {} ns", map.as_nanos())?;
            }
            if let Some(problem) = &pad.problem {
                writeln!(f, "              cannot be mapped: {problem}")?;
            }
        }
        self.failure.as_ref().map_or(Ok(()), |failure| writeln!(f, "pipeline      {failure}"))
    }
}
