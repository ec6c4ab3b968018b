//! The one file that sees both ends: pad probe → batch → closure → verdict.
//!
//! ```no_run
//! use dsframe::probe::{self, Verdict};
//! # fn example(pad: &gst::Pad) -> dsframe::Result<()> {
//! probe::on_batch(pad, |batch| {
//!     for frame in batch.frames() {
//!         println!("frame {} of source {}", frame.frame_num(), frame.source_id());
//!     }
//!     Ok(Verdict::Ok)
//! })?;
//! # Ok(()) }
//! ```

mod budget;
mod plain;

use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

pub use budget::{Budget, ProbeTimes};
pub use plain::{PlainFrame, on_frame, on_frame_with};

use gst::prelude::*;
use gst::{BufferRef, PadProbeData, PadProbeInfo, PadProbeReturn, PadProbeType};

use crate::error::{Error, ErrorKind, Result};
use crate::meta::{BatchMeta, FrameMeta};
use crate::surface::{FrameMap, FrameMapMut, SurfaceBatch, SurfaceRef};

use budget::Clock;

/// What becomes of the buffer, as `Gst.PadProbeReturn` in pyds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Verdict {
    /// It goes on.
    #[default]
    Ok,
    /// It is dropped; the stream goes on with the next one.
    Drop,
    /// It goes on, and the probe is removed.
    Remove,
}

/// What an error of the closure, or a panic in it, does to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnError {
    /// An error message is posted on the bus and the stream stops.
    #[default]
    Stop,
    /// A warning is posted on the bus and the buffer goes on.
    Warn,
    /// A warning is posted on the bus and the buffer is dropped.
    Drop,
}

/// How a probe behaves; an [`OnError`] or a [`Budget`] converts into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProbeOptions {
    /// What an error or a panic of the closure does.
    pub on_error: OnError,
    /// How long a call may take before a warning, in one line and at most once a minute, says that it is too
    /// long. Nothing else happens.
    pub budget: Budget,
}

impl From<OnError> for ProbeOptions {
    fn from(on_error: OnError) -> Self {
        Self { on_error, ..Self::default() }
    }
}

impl From<Budget> for ProbeOptions {
    fn from(budget: Budget) -> Self {
        Self { budget, ..Self::default() }
    }
}

/// A probe on a pad; dropping the handle leaves the probe where it is.
#[derive(Debug)]
pub struct Probe {
    pad: gst::glib::WeakRef<gst::Pad>,
    id: gst::PadProbeId,
    clock: Arc<Mutex<Clock>>,
}

impl Probe {
    /// What the closure took so far.
    #[must_use]
    pub fn times(&self) -> ProbeTimes {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).times()
    }

    /// Takes the probe away. A call that is running finishes first or goes on beside this one; none
    /// starts afterwards.
    pub fn remove(self) {
        if let Some(pad) = self.pad.upgrade() {
            pad.remove_probe(self.id);
        }
    }
}

/// Calls `closure` with every batch that passes `pad`; an error stops the stream.
///
/// `pad` lies behind an `nvstreammux`, where buffers carry batch metadata. Buffers without it pass
/// untouched, and one warning says so.
///
/// # Errors
/// When the runtime that answers DeepStream's C API could not be chosen, or the pad takes no probe.
pub fn on_batch<F>(pad: &gst::Pad, closure: F) -> Result<Probe>
where
    F: FnMut(&Batch<'_>) -> Result<Verdict> + Send + 'static,
{
    on_batch_with(pad, OnError::Stop, closure)
}

/// As [`on_batch`], with a choice of what errors and panics do, and of how long a call may take.
///
/// # Errors
/// As [`on_batch`].
///
/// ```no_run
/// use dsframe::probe::{self, Budget, OnError, ProbeOptions, Verdict};
/// use std::time::Duration;
/// # fn example(pad: &gst::Pad) -> dsframe::Result<()> {
/// let options = ProbeOptions { on_error: OnError::Warn, budget: Budget::Fixed(Duration::from_millis(5)) };
/// let probe = probe::on_batch_with(pad, options, |_batch| Ok(Verdict::Ok))?;
/// println!("{:?} a buffer", probe.times().mean());
/// # Ok(()) }
/// ```
pub fn on_batch_with<F>(pad: &gst::Pad, options: impl Into<ProbeOptions>, closure: F) -> Result<Probe>
where
    F: FnMut(&Batch<'_>) -> Result<Verdict> + Send + 'static,
{
    crate::runtime::try_api()?;
    let options = options.into();
    let closure = Mutex::new(closure);
    let clock = Arc::new(Mutex::new(Clock::default()));
    let times = Arc::clone(&clock);
    let warned = AtomicBool::new(false);
    let id = pad.add_probe(PadProbeType::BUFFER, move |pad, info| {
        let Some(PadProbeData::Buffer(buffer)) = &info.data else { return PadProbeReturn::Ok };
        // A closure that panicked left its own state as it was; the caller chose to go on with it.
        let mut closure = closure.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        let answer = call(&mut *closure, buffer);
        if !matches!(answer, Ok(None)) {
            note(&times, pad, options.budget, start);
        }
        match answer {
            Ok(Some(Verdict::Ok)) => PadProbeReturn::Ok,
            Ok(Some(Verdict::Drop)) => PadProbeReturn::Drop,
            Ok(Some(Verdict::Remove)) => PadProbeReturn::Remove,
            Ok(None) => {
                if !warned.swap(true, Ordering::Relaxed) {
                    tracing::warn!(pad = %pad.name(), "buffers carry no batch metadata; put the probe behind nvstreammux");
                }
                PadProbeReturn::Ok
            }
            Err(error) => failed(pad, info, options.on_error, &error),
        }
    });
    let id =
        id.ok_or_else(|| Error::new(ErrorKind::Pipeline, format!("pad {} takes no probe", pad.name())))?;
    Ok(Probe { pad: pad.downgrade(), id, clock })
}

/// Adds a call that began at `start` to the probe's times; a warning that is due goes to the log and the bus.
fn note(times: &Mutex<Clock>, pad: &gst::Pad, budget: Budget, start: Instant) {
    let (took, now) = (start.elapsed(), Instant::now());
    let slow = times.lock().unwrap_or_else(PoisonError::into_inner).note(took, budget.on(pad), now);
    let Some(slow) = slow else { return };
    let text = format!("probe on {}: {slow}", pad.name());
    tracing::warn!("{text}");
    if let Some(element) = pad.parent_element() {
        gst::element_warning!(element, gst::StreamError::Failed, ("{text}"));
    }
}

/// The closure's answer; `None` when the buffer carries no batch.
fn call<F>(closure: &mut F, buffer: &BufferRef) -> Result<Option<Verdict>>
where
    F: FnMut(&Batch<'_>) -> Result<Verdict>,
{
    let Some(batch) = Batch::from_buffer(buffer)? else { return Ok(None) };
    catch_unwind(AssertUnwindSafe(|| closure(&batch)))
        .unwrap_or_else(|panic| Err(panicked(&*panic)))
        .map(Some)
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Error::new(
        ErrorKind::Callback,
        format!("the probe's closure panicked: {}", text.as_deref().unwrap_or("no message")),
    )
}

/// Posts the error and says what happens to the buffer.
#[cold]
fn failed(pad: &gst::Pad, info: &mut PadProbeInfo<'_>, on_error: OnError, error: &Error) -> PadProbeReturn {
    let element = pad.parent_element();
    let text = format!("probe on {}: {error}", pad.name());
    tracing::error!("{text}");
    match (&element, on_error) {
        (Some(element), OnError::Stop) => {
            gst::element_error!(element, gst::StreamError::Failed, ("{text}"), ["{error:?}"]);
        }
        (Some(element), _) => {
            gst::element_warning!(element, gst::StreamError::Failed, ("{text}"), ["{error:?}"])
        }
        (None, _) => {}
    }
    match on_error {
        OnError::Stop => {
            info.data = None;
            info.flow_res = Err(gst::FlowError::Error);
            PadProbeReturn::Handled
        }
        OnError::Warn => PadProbeReturn::Ok,
        OnError::Drop => PadProbeReturn::Drop,
    }
}

/// One batch of frames on its way through a pad: metadata and surfaces, borrowed from the buffer.
pub struct Batch<'b> {
    buffer: &'b BufferRef,
    meta: BatchMeta<'b>,
    surfaces: Result<SurfaceBatch<'b>>,
}

impl<'b> Batch<'b> {
    /// The batch that `buffer` carries; `None` when it has no batch metadata.
    ///
    /// # Errors
    /// `Abi` when the metadata is of no known DeepStream version.
    pub fn from_buffer(buffer: &'b BufferRef) -> Result<Option<Self>> {
        let meta = BatchMeta::from_buffer(buffer)?;
        Ok(meta.map(|meta| Self { buffer, meta, surfaces: SurfaceBatch::from_buffer(buffer) }))
    }

    /// The buffer itself.
    #[must_use]
    pub fn buffer(&self) -> &'b BufferRef {
        self.buffer
    }

    /// The batch's metadata.
    #[must_use]
    pub fn meta(&self) -> BatchMeta<'b> {
        self.meta
    }

    /// The frames in the order of their metadata, which need not be that of the surfaces.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.meta.frames().map(|meta| Frame { batch: self, meta })
    }

    /// The surfaces.
    ///
    /// # Errors
    /// `Abi` when the buffer's memory is not a `NvBufSurface`.
    pub fn surfaces(&self) -> Result<&SurfaceBatch<'b>> {
        self.surfaces.as_ref().map_err(Clone::clone)
    }
}

/// One frame of a [`Batch`]: its metadata (by deref) and its pixels.
pub struct Frame<'f> {
    batch: &'f Batch<'f>,
    meta: FrameMeta<'f>,
}

impl<'f> Frame<'f> {
    /// The frame's metadata.
    #[must_use]
    pub fn meta(&self) -> FrameMeta<'f> {
        self.meta
    }

    /// The surface that holds the frame: slot `batch_id` of the buffer.
    ///
    /// # Errors
    /// When the buffer's memory is not a `NvBufSurface`, or has no such slot.
    pub fn surface(&self) -> Result<SurfaceRef<'f>> {
        self.batch.surfaces()?.surface(self.meta.batch_id())
    }

    /// Maps the pixels for reading; nothing is copied.
    ///
    /// # Errors
    /// As [`SurfaceRef::map_read`].
    pub fn map_read(&self) -> Result<FrameMap<'f>> {
        self.surface()?.map_read()
    }

    /// Maps the pixels for reading and writing, in place: what is written is seen downstream.
    ///
    /// # Errors
    /// As [`SurfaceRef::map_write`].
    pub fn map_write(&self) -> Result<FrameMapMut<'f>> {
        self.surface()?.map_write()
    }
}

impl<'f> Deref for Frame<'f> {
    type Target = FrameMeta<'f>;

    fn deref(&self) -> &FrameMeta<'f> {
        &self.meta
    }
}
