//! Pipelines in tests: errors of the bus become `Err`, and a hang fails within seconds.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use std::time::{Duration, Instant};

use gst::prelude::*;

/// Longest wait for a pipeline; far above what any test needs.
pub const WATCHDOG: Duration = Duration::from_secs(20);

/// A pipeline that is set to NULL when the test leaves it.
pub struct TestPipeline(pub gst::Pipeline);

impl Drop for TestPipeline {
    fn drop(&mut self) {
        let _ = self.0.set_state(gst::State::Null);
    }
}

/// A pipeline from a `gst-launch` description, with this crate's elements registered.
pub fn parse(description: &str) -> TestPipeline {
    gst::init().unwrap();
    dsframe::elements::register().unwrap();
    let bin = gst::parse::launch(description).unwrap_or_else(|e| panic!("{description}: {e}"));
    TestPipeline(bin.downcast().expect("the description is a pipeline"))
}

impl TestPipeline {
    pub fn element(&self, name: &str) -> gst::Element {
        self.0.by_name(name).unwrap_or_else(|| panic!("no element {name}"))
    }

    pub fn appsink(&self, name: &str) -> gst_app::AppSink {
        self.element(name).downcast().expect("an appsink")
    }

    pub fn appsrc(&self, name: &str) -> gst_app::AppSrc {
        self.element(name).downcast().expect("an appsrc")
    }

    pub fn play(&self) {
        let _ = self.0.set_state(gst::State::Playing);
    }

    /// Plays until EOS. The error of the bus, with its debug text, or what the watchdog saw.
    pub fn run(&self) -> Result<(), String> {
        self.play();
        self.wait()
    }

    /// The same for work that may take longer than [`WATCHDOG`].
    pub fn run_for(&self, limit: Duration) -> Result<(), String> {
        self.play();
        self.wait_for(limit)
    }

    /// Waits for EOS or an error.
    pub fn wait(&self) -> Result<(), String> {
        self.wait_for(WATCHDOG)
    }

    fn wait_for(&self, limit: Duration) -> Result<(), String> {
        let bus = self.0.bus().unwrap();
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        let timeout = gst::ClockTime::from_nseconds(limit.as_nanos() as u64);
        match bus.timed_pop_filtered(timeout, &wanted) {
            Some(message) => match message.view() {
                gst::MessageView::Error(e) => {
                    Err(format!("{} ({})", e.error(), e.debug().unwrap_or_default()))
                }
                _ => Ok(()),
            },
            None => panic!("no EOS and no error within {limit:?}"),
        }
    }

    /// Plays until EOS and returns what reached the appsink `name`.
    pub fn samples(&self, name: &str) -> Vec<gst::Sample> {
        let sink = self.appsink(name);
        sink.set_property("sync", false);
        self.play();
        let samples = drain(&sink);
        if let Err(error) = self.wait() {
            panic!("{error}");
        }
        samples
    }
}

/// What an appsink gets until EOS or until the pipeline fails.
pub fn drain(sink: &gst_app::AppSink) -> Vec<gst::Sample> {
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed() < WATCHDOG {
        match sink.try_pull_sample(gst::ClockTime::from_mseconds(200)) {
            Some(sample) => samples.push(sample),
            None if sink.is_eos() || failed(sink) => return samples,
            None => {}
        }
    }
    panic!("no EOS after {} samples within {WATCHDOG:?}", samples.len());
}

/// Whether the pipeline of `sink` has posted an error.
fn failed(sink: &gst_app::AppSink) -> bool {
    let top = sink.parent().and_downcast::<gst::Element>();
    let Some(bus) = top.and_then(|p| p.bus()) else { return false };
    // Peeking leaves the message to whoever waits for it.
    bus.peek().is_some_and(|m| m.type_() == gst::MessageType::Error)
}

/// Runs `body` on a thread of its own and fails when it has not returned within `limit`, wherever it hangs.
pub fn within(limit: Duration, body: impl FnOnce() + Send + 'static) {
    let (done, finished) = std::sync::mpsc::channel::<()>();
    let body = std::thread::spawn(move || {
        // Dropped on a panic too.
        let _done = done;
        body();
    });
    if finished.recv_timeout(limit) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
        panic!("the test hangs: it has not ended within {limit:?}");
    }
    if let Err(panic) = body.join() {
        std::panic::resume_unwind(panic);
    }
}
