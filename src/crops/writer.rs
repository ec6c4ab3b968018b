use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::error::{Error, ErrorKind, Result};
use crate::frame::OwnedFrame;

use super::{DEFAULT_QUALITY, Encoder, ImageFormat, file};

/// A picture to save.
#[derive(Debug)]
pub struct Job {
    /// The pixels, copied out of the pipeline's buffer.
    pub frame: OwnedFrame,
    /// Where to; missing folders are made.
    pub path: PathBuf,
}

/// What became of a [`Job`] at [`CropWriter::submit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a dropped crop is lost"]
pub enum Submitted {
    /// It waits for a worker.
    Queued,
    /// It is counted as dropped: the queue was full, or the writer finished.
    Dropped,
}

/// What to do with a job when the queue holds all the bytes it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFull {
    /// Drop the new job. The streaming thread never waits.
    #[default]
    DropNewest,
    /// Drop the jobs that wait longest until the new one fits. The streaming thread never waits.
    DropOldest,
    /// Wait for room: for programs that read files and must not lose a crop.
    Block,
}

/// How a [`CropWriter`] works.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// Worker threads; 0 means one per CPU, at most 4.
    pub threads: usize,
    /// What files are written.
    pub format: ImageFormat,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
    /// Bytes of pixels that may wait. The default, 256 MiB, holds about 9000 NV12 crops of 100x200 pixels
    /// or 86 whole 1080p frames, so that a disk may pause for seconds before a crop is dropped.
    pub queue_bytes: usize,
    /// What to do beyond that.
    pub on_full: OnFull,
    /// Whether existing files are replaced; otherwise each is a failed job.
    pub overwrite: bool,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            threads: 0,
            format: ImageFormat::Jpg,
            quality: DEFAULT_QUALITY,
            queue_bytes: 256 << 20,
            on_full: OnFull::default(),
            overwrite: false,
        }
    }
}

/// Jobs so far. Always `submitted == queued + written + dropped + failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteCounts {
    /// All jobs given to [`CropWriter::submit`].
    pub submitted: u64,
    /// Jobs that wait or are being encoded now.
    pub queued: u64,
    /// Files that are on disk, whole.
    pub written: u64,
    /// Jobs dropped because the queue was full.
    pub dropped: u64,
    /// Jobs that could not be encoded or written.
    pub failed: u64,
}

/// Encodes and writes pictures on its own threads, so that the streaming thread never waits for an
/// encoder or a disk.
///
/// The queue is bounded by the bytes of the pixels in it; what happens beyond that is
/// [`OnFull`]'s choice, and every drop is counted. A file appears under its name when it is complete. After
/// a failure the other jobs go on; [`finish`](Self::finish) reports the first one. Dropping the writer
/// finishes it too, without the report.
#[derive(Debug)]
pub struct CropWriter {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    bytes: usize,
    counts: WriteCounts,
    closed: bool,
    first_error: Option<Error>,
}

/// Encodes one job and puts it where it belongs.
type Work = dyn Fn(&mut Encoder, &Job) -> Result<()> + Send + Sync;

struct Shared {
    state: Mutex<State>,
    arrived: Condvar,
    space: Condvar,
    options: WriterOptions,
    work: Box<Work>,
}

impl CropWriter {
    /// Starts the workers.
    ///
    /// # Errors
    /// When the quality is not 1 to 100 or a thread cannot be started.
    pub fn new(options: WriterOptions) -> Result<Self> {
        let overwrite = options.overwrite;
        Self::with_work(options, move |encoder, job| {
            let bytes = encoder.encode(&job.frame.view()).map_err(|error| {
                Error::new(error.kind(), format!("writing {}: {error}", job.path.display()))
                    .with_source(error)
            })?;
            file::write(&job.path, &bytes, overwrite)
        })
    }

    /// A writer that does `work` with each job.
    pub(super) fn with_work(
        options: WriterOptions,
        work: impl Fn(&mut Encoder, &Job) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let threads = match options.threads {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get().min(4)),
            n => n,
        };
        let encoders: Vec<_> =
            (0..threads).map(|_| Encoder::new(options.format, options.quality)).collect::<Result<_>>()?;
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            arrived: Condvar::new(),
            space: Condvar::new(),
            options,
            work: Box::new(work),
        });
        // Made first, so that the workers that did start are joined when one does not.
        let mut writer = Self { shared, workers: Vec::with_capacity(threads) };
        for (i, encoder) in encoders.into_iter().enumerate() {
            let shared = Arc::clone(&writer.shared);
            let worker = std::thread::Builder::new()
                .name(format!("crops-{i}"))
                .spawn(move || shared.run(encoder))
                .map_err(|source| Error::io("starting a thread that writes crops", source))?;
            writer.workers.push(worker);
        }
        Ok(writer)
    }

    /// Hands a job to the workers. Waits only under [`OnFull::Block`].
    pub fn submit(&self, job: Job) -> Submitted {
        let Shared { options, arrived, space, .. } = &*self.shared;
        let bytes = job.frame.byte_len();
        // A job above the whole budget goes in when nothing else waits.
        let full = |state: &State| {
            !state.queue.is_empty() && state.bytes.saturating_add(bytes) > options.queue_bytes
        };
        let mut state = self.shared.lock();
        state.counts.submitted += 1;
        while !state.closed && full(&state) {
            match options.on_full {
                OnFull::DropNewest => break,
                OnFull::DropOldest => {
                    state.pop();
                    state.counts.queued -= 1;
                    state.counts.dropped += 1;
                }
                OnFull::Block => state = space.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
        if state.closed || full(&state) {
            state.counts.dropped += 1;
            return Submitted::Dropped;
        }
        state.bytes += bytes;
        state.counts.queued += 1;
        state.queue.push_back(job);
        drop(state);
        arrived.notify_one();
        Submitted::Queued
    }

    /// The counts at this moment.
    #[must_use]
    pub fn counts(&self) -> WriteCounts {
        self.shared.lock().counts
    }

    /// Waits until every queued job is done, ends the workers and returns the counts; jobs submitted
    /// later are dropped. Calling it again returns the same counts.
    ///
    /// # Errors
    /// When a job failed: the first failure, which names its path, and how many there were. It is
    /// reported once; [`counts`](Self::counts) still answers.
    pub fn finish(&mut self) -> Result<WriteCounts> {
        self.close();
        let mut state = self.shared.lock();
        let counts = state.counts;
        match state.first_error.take() {
            None => Ok(counts),
            Some(error) => {
                let (failed, submitted) = (counts.failed, counts.submitted);
                let message = format!("{failed} of {submitted} crops were not written; the first: {error}");
                Err(Error::new(error.kind(), message))
            }
        }
    }

    fn close(&mut self) {
        self.shared.lock().closed = true;
        self.shared.arrived.notify_all();
        self.shared.space.notify_all();
        for worker in self.workers.drain(..) {
            // A worker catches what its work throws; should it die all the same, the rest is drained below.
            let _ = worker.join();
        }
        let mut state = self.shared.lock();
        while state.pop().is_some() {
            state.counts.queued -= 1;
            state.fail(Error::new(ErrorKind::Io, "no thread was left to write the crop"));
        }
    }
}

impl Drop for CropWriter {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    fn pop(&mut self) -> Option<Job> {
        let job = self.queue.pop_front()?;
        self.bytes -= job.frame.byte_len();
        Some(job)
    }

    fn fail(&mut self, error: Error) {
        self.counts.failed += 1;
        self.first_error.get_or_insert(error);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; if it did, the counts are still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; `None` when the writer is closed and nothing waits.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.pop() {
                self.space.notify_all();
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, mut encoder: Encoder) {
        while let Some(job) = self.next() {
            // The encoder starts every picture anew, so a panic leaves nothing in it that matters.
            let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(&mut encoder, &job)));
            let outcome = outcome.unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Io,
                    format!("writing {}: the encoder panicked", job.path.display()),
                ))
            });
            // Freed before the count says that it is done.
            drop(job);
            let mut state = self.lock();
            state.counts.queued -= 1;
            match outcome {
                Ok(()) => state.counts.written += 1,
                Err(error) => state.fail(error),
            }
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("counts", &self.lock().counts).finish_non_exhaustive()
    }
}
