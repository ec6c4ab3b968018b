//! Playing to the end: EOS, Ctrl-C, and errors that end one source but not the others.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use gst::MessageView;
use gst::prelude::*;

use super::{Built, Input};

/// How a run ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Ctrl-C was pressed; what came before it is complete.
    pub interrupted: bool,
    /// What went wrong, in words; the rest of the run went on where it could.
    pub errors: Vec<String>,
}

/// Seconds that the pipeline may take from EOS at its sources to EOS at its sinks.
const DRAIN_SECONDS: u64 = 60;
/// After this long, another Ctrl-C ends the program at once.
const SECOND_PRESS: Duration = Duration::from_secs(2);

/// Plays until every sink has seen the end, or nothing can be saved any more. `tick` is called a few
/// times a second.
pub fn run(built: &Built, inputs: &[Input], mut tick: impl FnMut()) -> Result<Outcome> {
    let first_press = Arc::new(OnceLock::new());
    let press = Arc::clone(&first_press);
    ctrlc::set_handler(move || {
        let first = press.get_or_init(Instant::now);
        // Whoever presses again does not want to wait for the files. A signal that reaches the process twice, as
        // from a tool that signals process and group, is one press.
        if first.elapsed() > SECOND_PRESS {
            std::process::exit(130);
        }
    })
    .context("cannot watch for Ctrl-C")?;
    let stop = Stop(built.pipeline.clone());
    let bus = built.pipeline.bus().context("the pipeline has no bus")?;
    let mut state = State { built, inputs, failed: HashSet::new(), outcome: Outcome::default(), drain: None };
    if built.pipeline.set_state(gst::State::Playing).is_err() {
        let error = bus.pop_filtered(&[gst::MessageType::Error]);
        bail!(
            "the pipeline cannot start: {}",
            error.map_or_else(|| "no reason was given".into(), |m| text(&m))
        );
    }
    loop {
        tick();
        if first_press.get().is_some() && !state.outcome.interrupted {
            state.outcome.interrupted = true;
            state.end_all();
        }
        if state.drain.is_some_and(|since| since.elapsed().as_secs() > DRAIN_SECONDS) {
            state.outcome.errors.push(format!("the pipeline did not end within {DRAIN_SECONDS} s of EOS"));
            break;
        }
        let Some(message) = bus.timed_pop(gst::ClockTime::from_mseconds(100)) else { continue };
        match message.view() {
            MessageView::Eos(_) => break,
            MessageView::Error(_) if !state.survives(&message) => break,
            MessageView::Latency(_) => drop(built.pipeline.recalculate_latency()),
            MessageView::Warning(w) => tracing::warn!("{}", w.error()),
            _ => {}
        }
    }
    let outcome = std::mem::take(&mut state.outcome);
    drop(stop);
    Ok(outcome)
}

/// Takes the pipeline down on every path.
struct Stop(gst::Pipeline);

impl Drop for Stop {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

struct State<'a> {
    built: &'a Built,
    inputs: &'a [Input],
    failed: HashSet<usize>,
    outcome: Outcome,
    drain: Option<Instant>,
}

impl State<'_> {
    /// Ends a source that failed; the others play on. Any other failure ends all of them, so that files are
    /// finished. False when there is nothing left to wait for.
    fn survives(&mut self, message: &gst::Message) -> bool {
        let source = message
            .src()
            .and_then(|src| self.built.sources.iter().position(|s| src == s || src.has_as_ancestor(s)));
        match source {
            Some(i) => {
                if self.failed.insert(i) {
                    self.outcome.errors.push(format!("input {}: {}", self.inputs[i].name, text(message)));
                    self.end(i);
                    self.play_on();
                }
                true
            }
            None => {
                let first = self.drain.is_none();
                // What follows while the pipeline ends is most often the same failure, seen from elsewhere.
                if first {
                    self.outcome.errors.push(text(message));
                    self.end_all();
                }
                // A sink that failed never reports EOS.
                first && message.src().is_none_or(|src| !is_sink(src))
            }
        }
    }

    fn end_all(&mut self) {
        self.drain = Some(Instant::now());
        (0..self.built.source_pads.len()).for_each(|i| self.end(i));
        self.play_on();
    }

    /// Stops the decoder and takes it out, then sends EOS in its place.
    fn end(&self, index: usize) {
        let (source, pad) = (self.built.sources[index].clone(), self.built.source_pads[index].clone());
        let pipeline = self.built.pipeline.clone();
        source.set_locked_state(true);
        source.call_async(move |source| {
            let _ = source.set_state(gst::State::Null);
            // A decoder that had not found its streams yet would keep the pipeline from playing for ever.
            let _ = pipeline.remove(source);
            pad.send_event(gst::event::Eos::new());
        });
    }

    /// An error on the way to PLAYING leaves the pipeline where it is, and there it never reports EOS.
    fn play_on(&self) {
        // A failure is one more error on the bus.
        let _ = self.built.pipeline.set_state(gst::State::Playing);
    }
}

fn is_sink(object: &gst::Object) -> bool {
    object.downcast_ref::<gst::Element>().is_some_and(|e| e.element_flags().contains(gst::ElementFlags::SINK))
}

/// The message, and the debug text's last part, which often holds the cause.
fn text(message: &gst::Message) -> String {
    let MessageView::Error(error) = message.view() else { return String::new() };
    let cause = error.debug().and_then(|d| d.lines().last().map(str::to_owned)).unwrap_or_default();
    let from = message.src().map(|s| s.name().to_string()).unwrap_or_default();
    let head = error.error().to_string();
    if cause.is_empty() || cause.contains(&head) {
        format!("{head} [{from}]")
    } else {
        format!("{head}: {cause} [{from}]")
    }
}

impl Outcome {
    /// An error when anything went wrong, here or in `saved`, with all of it.
    pub fn check(mut self, saved: Result<()>) -> Result<()> {
        self.errors.extend(saved.err().map(|error| format!("{error:#}")));
        self.errors.dedup();
        if self.errors.is_empty() { Ok(()) } else { bail!("{}", self.errors.join("\n")) }
    }
}
