//! Probes on ordinary GStreamer pads: one frame of raw video in system memory at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gst::prelude::*;
use gst::{BufferRef, PadProbeData, PadProbeReturn, PadProbeType};
use gst_video::VideoInfo;

use super::budget::Clock;
use super::{Probe, ProbeOptions, Verdict, failed, note, panicked};
use crate::error::{Error, ErrorKind, Result};
use crate::surface::{VideoMap, VideoMapMut, info_from_caps};

/// One frame on its way through an ordinary pad.
#[derive(Debug)]
pub struct PlainFrame<'p> {
    buffer: &'p mut gst::Buffer,
    info: &'p VideoInfo,
}

/// Calls `closure` with every frame that passes `pad`, whose caps are `video/x-raw` in system memory; an error
/// stops the stream.
///
/// The closure is called with what the pad's caps say at that moment, so a size or format that changes in
/// mid-stream is followed. Frames behind an `nvstreammux` are for [`on_batch`](super::on_batch).
///
/// ```no_run
/// use dsframe::probe::{self, Verdict};
/// # fn example(pad: &gst::Pad) -> dsframe::Result<()> {
/// probe::on_frame(pad, |frame| {
///     let mut pixels = frame.map_write()?;
///     pixels.view_mut().plane_mut(0).row_mut(0).fill(255);
///     Ok(Verdict::Ok)
/// })?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// When the pad takes no probe.
pub fn on_frame<F>(pad: &gst::Pad, closure: F) -> Result<Probe>
where
    F: FnMut(&mut PlainFrame<'_>) -> Result<Verdict> + Send + 'static,
{
    on_frame_with(pad, ProbeOptions::default(), closure)
}

/// As [`on_frame`], with a choice of what errors and panics do, and of how long a call may take. Caps that
/// cannot be viewed are an error of every frame.
///
/// # Errors
/// As [`on_frame`].
pub fn on_frame_with<F>(pad: &gst::Pad, options: impl Into<ProbeOptions>, closure: F) -> Result<Probe>
where
    F: FnMut(&mut PlainFrame<'_>) -> Result<Verdict> + Send + 'static,
{
    let options = options.into();
    let state = Mutex::new((closure, None::<Known>));
    let clock = Arc::new(Mutex::new(Clock::default()));
    let times = Arc::clone(&clock);
    let kinds = PadProbeType::BUFFER | PadProbeType::BUFFER_LIST;
    let id = pad.add_probe(kinds, move |pad, probed| {
        // A closure that panicked left its own state as it was; the caller chose to go on with it.
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let (closure, known) = &mut *state;
        let start = Instant::now();
        let answer = match &mut probed.data {
            Some(PadProbeData::Buffer(buffer)) => call(closure, known, pad, buffer),
            Some(PadProbeData::BufferList(list)) => call_list(closure, known, pad, list),
            _ => return PadProbeReturn::Ok,
        };
        note(&times, pad, options.budget, start);
        match answer {
            Ok(Verdict::Ok) => PadProbeReturn::Ok,
            Ok(Verdict::Drop) => PadProbeReturn::Drop,
            Ok(Verdict::Remove) => PadProbeReturn::Remove,
            Err(error) => failed(pad, probed, options.on_error, &error),
        }
    });
    let id =
        id.ok_or_else(|| Error::new(ErrorKind::Pipeline, format!("pad {} takes no probe", pad.name())))?;
    Ok(Probe { pad: pad.downgrade(), id, clock })
}

/// The pad's caps when they were last looked at, and what they say.
struct Known {
    caps: gst::Caps,
    info: Result<VideoInfo>,
}

/// What the pad's caps say; they are read again when they are not those that `known` holds.
fn info_of<'k>(known: &'k mut Option<Known>, pad: &gst::Pad) -> Result<&'k VideoInfo> {
    let caps = pad.current_caps().ok_or_else(|| {
        Error::new(ErrorKind::Pipeline, "the pad has no caps, so nothing is known of its frames")
    })?;
    let stale = known.as_ref().is_none_or(|known| known.caps.as_ptr() != caps.as_ptr());
    if stale {
        *known = Some(Known { info: info_from_caps(&caps), caps });
    }
    known.as_ref().expect("it was just set").info.as_ref().map_err(Clone::clone)
}

fn call<F>(
    closure: &mut F,
    known: &mut Option<Known>,
    pad: &gst::Pad,
    buffer: &mut gst::Buffer,
) -> Result<Verdict>
where
    F: FnMut(&mut PlainFrame<'_>) -> Result<Verdict>,
{
    let info = info_of(known, pad)?;
    // Marks a stretch without data, as in a stream with gaps; there is nothing to see.
    if buffer.size() == 0 && buffer.flags().contains(gst::BufferFlags::GAP) {
        return Ok(Verdict::Ok);
    }
    let mut frame = PlainFrame { buffer, info };
    catch_unwind(AssertUnwindSafe(|| closure(&mut frame))).unwrap_or_else(|panic| Err(panicked(&*panic)))
}

/// Every buffer of the list in turn; those that the closure drops are taken out. After an error no other buffer
/// is looked at, and what becomes of the list is what becomes of the buffer.
fn call_list<F>(
    closure: &mut F,
    known: &mut Option<Known>,
    pad: &gst::Pad,
    list: &mut gst::BufferList,
) -> Result<Verdict>
where
    F: FnMut(&mut PlainFrame<'_>) -> Result<Verdict>,
{
    let mut kept = gst::BufferList::new_sized(list.len());
    let writable = kept.get_mut().expect("a new list has one owner");
    let buffers: Vec<_> = list.iter_owned().collect();
    // The list's own references would make every frame a shared one, which is copied before it is written.
    *list = gst::BufferList::new();
    let mut answer = Ok(Verdict::Ok);
    for mut buffer in buffers {
        if matches!(answer, Ok(Verdict::Ok)) {
            match call(closure, known, pad, &mut buffer) {
                Ok(Verdict::Drop) => continue,
                other => answer = other,
            }
        }
        writable.add(buffer);
    }
    let nothing_left = kept.is_empty();
    *list = kept;
    answer.map(|verdict| if nothing_left { Verdict::Drop } else { verdict })
}

impl PlainFrame<'_> {
    /// The buffer itself.
    #[must_use]
    pub fn buffer(&self) -> &BufferRef {
        self.buffer
    }

    /// What the pad's caps say: size, format, frame rate, colorimetry.
    #[must_use]
    pub fn info(&self) -> &VideoInfo {
        self.info
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.info.width()
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.info.height()
    }

    /// When the frame is to be shown.
    #[must_use]
    pub fn pts(&self) -> Option<gst::ClockTime> {
        self.buffer.pts()
    }

    /// Maps the pixels for reading; nothing is copied.
    ///
    /// # Errors
    /// As [`VideoMap::new`].
    pub fn map_read(&self) -> Result<VideoMap<'_>> {
        VideoMap::new(self.buffer, self.info)
    }

    /// Maps the pixels for reading and writing: what is written is seen downstream, and on this branch alone. A
    /// buffer or memory that others hold too, behind a `tee`, is copied first; any other is changed in place.
    ///
    /// # Errors
    /// As [`VideoMapMut::new`].
    pub fn map_write(&mut self) -> Result<VideoMapMut<'_>> {
        VideoMapMut::new(self.buffer.make_mut(), self.info)
    }
}
