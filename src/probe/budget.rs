//! How long a probe's closure takes, against how long it may.

use std::time::{Duration, Instant};

use gst::prelude::*;

/// How long a probe may hold a buffer before a warning says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Budget {
    /// The time between two buffers at the frame rate of the pad's caps; none where these name no rate.
    #[default]
    FrameRate,
    /// This long per buffer.
    Fixed(Duration),
    /// No warning.
    Unlimited,
}

/// What a probe's closure took so far.
///
/// ```
/// use dsframe::probe::ProbeTimes;
/// use std::time::Duration;
/// let times = ProbeTimes { calls: 4, total: Duration::from_millis(6), ..ProbeTimes::default() };
/// assert_eq!(times.mean(), Duration::from_micros(1500));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProbeTimes {
    /// Calls that have ended.
    pub calls: u64,
    /// All calls together.
    pub total: Duration,
    /// The longest call.
    pub longest: Duration,
    /// Calls that took longer than the budget.
    pub over_budget: u64,
}

impl ProbeTimes {
    /// The mean of a call; zero before the first.
    #[must_use]
    pub fn mean(&self) -> Duration {
        let nanos = self.total.as_nanos() / u128::from(self.calls.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// Calls whose mean is held against the budget: one slow call, while a file is opened say, is no news.
const WINDOW: u32 = 30;
/// The least time between two warnings of one probe.
const SILENCE: Duration = Duration::from_secs(60);

/// Keeps the times of one probe and says when a warning is due.
#[derive(Debug, Default)]
pub(super) struct Clock {
    times: ProbeTimes,
    window: (u32, Duration),
    warned: Option<Instant>,
}

/// The mean of the last calls was over the budget.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooSlow {
    mean: Duration,
    budget: Duration,
}

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the closure took {:.1} ms a buffer in the last {WINDOW} calls, the budget is {:.1} ms: the stream falls \
             behind; do less per frame, or hand work to another thread",
            self.mean.as_secs_f64() * 1e3,
            self.budget.as_secs_f64() * 1e3
        )
    }
}

impl Clock {
    pub(super) fn times(&self) -> ProbeTimes {
        self.times
    }

    /// Notes a call that ended at `now`, and answers with a warning when one is due.
    pub(super) fn note(&mut self, took: Duration, budget: Option<Duration>, now: Instant) -> Option<TooSlow> {
        self.times.calls += 1;
        self.times.total += took;
        self.times.longest = self.times.longest.max(took);
        let budget = budget?;
        self.times.over_budget += u64::from(took > budget);
        self.window = (self.window.0 + 1, self.window.1 + took);
        if self.window.0 < WINDOW {
            return None;
        }
        let mean = std::mem::take(&mut self.window).1 / WINDOW;
        let silent = self.warned.is_some_and(|at| now.saturating_duration_since(at) < SILENCE);
        if mean <= budget || silent {
            return None;
        }
        self.warned = Some(now);
        Some(TooSlow { mean, budget })
    }
}

impl Budget {
    /// The budget on `pad` as it is now.
    pub(super) fn on(self, pad: &gst::Pad) -> Option<Duration> {
        match self {
            Self::Unlimited => None,
            Self::Fixed(time) => Some(time),
            Self::FrameRate => {
                let caps = pad.current_caps()?;
                let rate = caps.structure(0)?.get::<gst::Fraction>("framerate").ok()?;
                let (frames, seconds) =
                    (u32::try_from(rate.numer()).ok()?, u32::try_from(rate.denom()).ok()?);
                (frames > 0).then(|| Duration::from_secs(1) * seconds / frames)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_slow_window_is_told_once_a_minute() {
        let (mut clock, start) = (Clock::default(), Instant::now());
        let run = |clock: &mut Clock, now| {
            (0..WINDOW).filter_map(|_| clock.note(50 * MS, Some(40 * MS), now)).count()
        };
        assert_eq!(run(&mut clock, start), 1);
        assert_eq!(run(&mut clock, start + SILENCE / 2), 0);
        assert_eq!(run(&mut clock, start + 2 * SILENCE), 1);
        assert_eq!(clock.times().over_budget, 3 * u64::from(WINDOW));
        assert_eq!(clock.times().mean(), 50 * MS);
    }

    #[test]
    fn one_slow_call_is_no_news_and_no_budget_no_warning() {
        let (mut clock, now) = (Clock::default(), Instant::now());
        assert_eq!(clock.note(500 * MS, Some(40 * MS), now), None);
        assert!((0..200).all(|_| clock.note(MS, Some(40 * MS), now).is_none()));
        assert_eq!((clock.times().over_budget, clock.times().longest), (1, 500 * MS));
        assert!((0..200).all(|_| clock.note(500 * MS, None, now).is_none()));
    }

    #[test]
    fn the_frame_rate_of_the_caps_is_the_budget() {
        gst::init().unwrap();
        let pad = gst::Pad::new(gst::PadDirection::Src);
        assert_eq!(Budget::FrameRate.on(&pad), None);
        pad.set_active(true).unwrap();
        pad.push_event(gst::event::StreamStart::new("s"));
        let caps =
            |rate| gst::Caps::builder("video/x-raw").field("framerate", gst::Fraction::new(rate, 1)).build();
        pad.push_event(gst::event::Caps::new(&caps(25)));
        assert_eq!(Budget::FrameRate.on(&pad), Some(40 * MS));
        pad.push_event(gst::event::Caps::new(&caps(0)));
        assert_eq!(Budget::FrameRate.on(&pad), None);
        assert_eq!(Budget::Fixed(MS).on(&pad), Some(MS));
        assert_eq!(Budget::Unlimited.on(&pad), None);
    }
}
