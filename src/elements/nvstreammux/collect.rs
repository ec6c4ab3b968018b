//! Which frames make the next batch, and when. Knows nothing of pads and buffers.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// One source.
pub(super) struct Input<F> {
    queue: VecDeque<F>,
    /// It will give no more frames.
    pub(super) eos: bool,
    /// Its end was announced downstream.
    announced: bool,
    /// It takes no frames now.
    pub(super) flushing: bool,
    /// Something is connected to it.
    pub(super) linked: bool,
}

impl<F> Input<F> {
    fn may_deliver(&self) -> bool {
        self.linked && !self.eos
    }
}

/// What the pushing thread does next.
#[derive(Debug, PartialEq)]
pub(super) enum Step<F, E> {
    /// Push these frames, each with its source, as one batch.
    Push(Vec<(u32, F)>),
    /// Push an event.
    Event(E),
    /// Announce the end of a source.
    SourceEnded(u32),
    /// Everything has ended.
    Eos,
    /// Nothing to do before something arrives, or before the time is over.
    Wait(Option<Duration>),
}

/// Sources, and the batch that is being collected.
pub(super) struct Collector<F, E> {
    pub(super) inputs: BTreeMap<u32, Input<F>>,
    batch: Vec<(u32, F)>,
    /// When the batch got its first frame.
    since: Option<Instant>,
    /// The source that comes first when there are more sources than slots.
    turn: u32,
    /// Events to push before the next frame.
    pub(super) events: VecDeque<E>,
}

impl<F, E> Default for Collector<F, E> {
    fn default() -> Self {
        Self { inputs: BTreeMap::new(), batch: Vec::new(), since: None, turn: 0, events: VecDeque::new() }
    }
}

impl<F, E> Collector<F, E> {
    pub(super) fn add(&mut self, index: u32) {
        let queue = VecDeque::new();
        let input = Input { queue, eos: false, announced: false, flushing: true, linked: false };
        self.inputs.insert(index, input);
    }

    /// Whether the source may queue one more frame.
    pub(super) fn has_room(&self, index: u32) -> bool {
        self.inputs.get(&index).is_some_and(|input| input.queue.is_empty())
    }

    pub(super) fn queue(&mut self, index: u32, frame: F) {
        if let Some(input) = self.inputs.get_mut(&index) {
            input.queue.push_back(frame);
        }
    }

    /// The source starts again.
    pub(super) fn restart(&mut self, index: u32) {
        if let Some(input) = self.inputs.get_mut(&index) {
            (input.eos, input.announced) = (false, false);
        }
    }

    /// Forgets the frames of one source.
    pub(super) fn flush(&mut self, index: u32) {
        if let Some(input) = self.inputs.get_mut(&index) {
            input.queue.clear();
        }
        self.batch.retain(|(from, _)| *from != index);
        if self.batch.is_empty() {
            self.since = None;
        }
    }

    /// Forgets all frames and events, and that sources have ended.
    pub(super) fn reset(&mut self) {
        for input in self.inputs.values_mut() {
            input.queue.clear();
            (input.eos, input.announced) = (false, false);
        }
        (self.batch, self.since, self.turn) = (Vec::new(), None, 0);
    }

    /// What to do next. `timeout` counts from a batch's first frame.
    pub(super) fn step(&mut self, batch_size: usize, timeout: Option<Duration>, now: Instant) -> Step<F, E> {
        if self.batch.is_empty()
            && let Some(event) = self.events.pop_front()
        {
            return Step::Event(event);
        }
        let batch = &self.batch;
        let has = |index: &u32| batch.iter().any(|(from, _)| from == index);
        let ended = |input: &Input<F>| input.eos && input.queue.is_empty() && !input.announced;
        let found = self.inputs.iter_mut().find(|(index, input)| ended(input) && !has(index));
        if let Some((&index, input)) = found {
            input.announced = true;
            return Step::SourceEnded(index);
        }
        self.take(batch_size, now);
        let has = |index: &u32| self.batch.iter().any(|(from, _)| from == index);
        let more = self.inputs.iter().any(|(index, input)| !has(index) && input.may_deliver());
        if self.batch.is_empty() {
            let any_ended = self.inputs.values().any(|input| input.eos);
            return if any_ended && !more { Step::Eos } else { Step::Wait(None) };
        }
        let left = match (timeout, self.since) {
            (Some(timeout), Some(since)) => Some((since + timeout).saturating_duration_since(now)),
            _ => None,
        };
        if more && self.batch.len() < batch_size && left != Some(Duration::ZERO) {
            return Step::Wait(left);
        }
        self.since = None;
        let mut batch = std::mem::take(&mut self.batch);
        batch.sort_by_key(|(index, _)| *index);
        Step::Push(batch)
    }

    /// Takes waiting frames, at most one of each source, the source whose turn it is first.
    fn take(&mut self, batch_size: usize, now: Instant) {
        let (before, after): (Vec<_>, Vec<_>) = self.inputs.keys().partition(|&&index| index < self.turn);
        for index in after.into_iter().chain(before) {
            if self.batch.len() >= batch_size {
                return;
            }
            if self.batch.iter().any(|(from, _)| *from == index) {
                continue;
            }
            let frame = self.inputs.get_mut(&index).and_then(|input| input.queue.pop_front());
            if let Some(frame) = frame {
                self.since.get_or_insert(now);
                self.batch.push((index, frame));
                self.turn = index + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Steps = Collector<u32, &'static str>;
    const MS: Duration = Duration::from_millis(1);

    fn collector(sources: u32) -> Steps {
        let mut c = Steps::default();
        (0..sources).for_each(|i| c.add(i));
        c.inputs.values_mut().for_each(|input| input.linked = true);
        c
    }

    #[test]
    fn a_full_batch_goes_at_once_in_the_order_of_the_pads() {
        let mut c = collector(2);
        let now = Instant::now();
        c.queue(1, 10);
        assert_eq!(c.step(2, None, now), Step::Wait(None));
        assert!(c.has_room(1), "the frame moved into the batch");
        c.queue(1, 11);
        assert!(!c.has_room(1));
        c.queue(0, 20);
        assert_eq!(c.step(2, None, now), Step::Push(vec![(0, 20), (1, 10)]));
    }

    #[test]
    fn the_timeout_counts_from_the_first_frame() {
        let mut c = collector(2);
        let start = Instant::now();
        assert_eq!(c.step(2, Some(40 * MS), start), Step::Wait(None));
        c.queue(0, 1);
        assert_eq!(c.step(2, Some(40 * MS), start), Step::Wait(Some(40 * MS)));
        assert_eq!(c.step(2, Some(40 * MS), start + 30 * MS), Step::Wait(Some(10 * MS)));
        assert_eq!(c.step(2, Some(40 * MS), start + 41 * MS), Step::Push(vec![(0, 1)]));
        assert_eq!(c.step(2, Some(40 * MS), start + 41 * MS), Step::Wait(None));
    }

    #[test]
    fn no_wait_for_what_cannot_come() {
        let mut c = collector(3);
        let now = Instant::now();
        c.inputs.get_mut(&2).unwrap().linked = false;
        c.queue(0, 1);
        c.inputs.get_mut(&1).unwrap().eos = true;
        // The end of source 1 is announced before the next batch.
        assert_eq!(c.step(8, None, now), Step::SourceEnded(1));
        assert_eq!(c.step(8, None, now), Step::Push(vec![(0, 1)]));
        c.queue(0, 2);
        c.inputs.get_mut(&0).unwrap().eos = true;
        assert_eq!(c.step(8, None, now), Step::Push(vec![(0, 2)]));
        assert_eq!(c.step(8, None, now), Step::SourceEnded(0));
        assert_eq!(c.step(8, None, now), Step::Eos);
    }

    #[test]
    fn more_sources_than_slots_take_turns() {
        let mut c = collector(3);
        let mut seen = Vec::new();
        for round in 0..6 {
            (0..3).filter(|&i| c.has_room(i)).collect::<Vec<_>>().into_iter().for_each(|i| c.queue(i, round));
            match c.step(2, None, Instant::now()) {
                Step::Push(frames) => seen.extend(frames.into_iter().map(|(i, _)| i)),
                other => panic!("{other:?}"),
            }
        }
        assert!((0..3).all(|i| seen.iter().filter(|&&s| s == i).count() == 4), "{seen:?}");
    }

    #[test]
    fn events_go_between_batches() {
        let mut c = collector(2);
        c.queue(0, 1);
        assert_eq!(c.step(2, None, Instant::now()), Step::Wait(None));
        c.events.push_back("added");
        c.queue(1, 2);
        assert_eq!(c.step(2, None, Instant::now()), Step::Push(vec![(0, 1), (1, 2)]));
        assert_eq!(c.step(2, None, Instant::now()), Step::Event("added"));
    }

    #[test]
    fn a_removed_source_is_not_waited_for() {
        let mut c = collector(2);
        c.queue(0, 1);
        assert_eq!(c.step(2, None, Instant::now()), Step::Wait(None));
        c.inputs.remove(&1);
        assert_eq!(c.step(2, None, Instant::now()), Step::Push(vec![(0, 1)]));
        assert_eq!(c.step(2, None, Instant::now()), Step::Wait(None));
    }
}
