use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;
use gst::{EventView, FlowError, FlowSuccess};
use gst_base::UniqueFlowCombiner;

use super::super::nvevent::Source;
use super::super::nvmm::{self, CAT, GENERATION};
use crate::error::{Error, Result};
use crate::meta::{BatchMeta, FrameMeta, OwnedBatchMeta};
use crate::surface::{SurfaceAlloc, SurfaceBatch, SurfaceSpec};

/// A src pad, and what was sent on it.
struct Output {
    pad: gst::Pad,
    started: bool,
    ended: bool,
    caps: Option<gst::Caps>,
    segment_sent: bool,
}

#[derive(Default)]
struct State {
    outputs: BTreeMap<u32, Output>,
    combiner: UniqueFlowCombiner,
    /// Of the input's caps.
    fps: Option<gst::Fraction>,
    group: Option<gst::GroupId>,
}

pub struct NvStreamDemux {
    state: Mutex<State>,
    sink: gst::Pad,
}

/// What goes out on one pad: events first.
struct Delivery {
    pad: gst::Pad,
    events: Vec<gst::Event>,
    buffer: gst::Buffer,
}

#[glib::object_subclass]
impl ObjectSubclass for NvStreamDemux {
    const NAME: &'static str = "DsframeNvStreamDemux";
    type Type = super::NvStreamDemux;
    type ParentType = gst::Element;

    fn with_class(class: &Self::Class) -> Self {
        let template = class.pad_template("sink").expect("the class has a sink template");
        let sink = gst::Pad::builder_from_template(&template)
            .chain_function(|_, parent, buffer| {
                Self::catch_panic_pad_function(parent, || Err(FlowError::Error), |this| this.chain(&buffer))
            })
            .event_function(|pad, parent, event| {
                Self::catch_panic_pad_function(parent, || false, |this| this.sink_event(pad, event))
            })
            .build();
        Self { state: Mutex::default(), sink }
    }
}

impl ObjectImpl for NvStreamDemux {
    fn constructed(&self) {
        self.parent_constructed();
        self.obj().add_pad(&self.sink).expect("a new element has no pads");
    }
}

impl GstObjectImpl for NvStreamDemux {}

impl ElementImpl for NvStreamDemux {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            let what = "Takes batches apart into their sources";
            gst::subclass::ElementMetadata::new("dsframe stream demuxer", "Video/Demuxer", what, "dsframe")
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
            use gst::{PadDirection, PadPresence};
            [
                ("sink", PadDirection::Sink, PadPresence::Always),
                ("src_%u", PadDirection::Src, PadPresence::Request),
            ]
            .into_iter()
            .filter_map(|(name, direction, presence)| {
                gst::PadTemplate::new(name, direction, presence, &nvmm::nvmm_caps()).ok()
            })
            .collect()
        });
        &TEMPLATES
    }

    fn request_new_pad(
        &self,
        template: &gst::PadTemplate,
        name: Option<&str>,
        _caps: Option<&gst::Caps>,
    ) -> Option<gst::Pad> {
        let mut state = self.state();
        let free = |state: &State| (0..).find(|index| !state.outputs.contains_key(index));
        let index = match name {
            Some(name) => match name.strip_prefix("src_")?.parse() {
                Ok(index) => index,
                Err(_) => free(&state)?,
            },
            None => free(&state)?,
        };
        if state.outputs.contains_key(&index) {
            gst::warning!(CAT, imp = self, "src_{index} exists already");
            return None;
        }
        let pad = gst::Pad::builder_from_template(template)
            .name(format!("src_{index}"))
            .flags(gst::PadFlags::FIXED_CAPS)
            .build();
        state.combiner.add_pad(&pad);
        let output =
            Output { pad: pad.clone(), started: false, ended: false, caps: None, segment_sent: false };
        state.outputs.insert(index, output);
        drop(state);
        let obj = self.obj();
        if obj.current_state() >= gst::State::Paused || obj.pending_state() >= gst::State::Paused {
            let _ = pad.set_active(true);
        }
        obj.add_pad(&pad).ok()?;
        Some(pad)
    }

    fn release_pad(&self, pad: &gst::Pad) {
        let mut state = self.state();
        state.outputs.retain(|_, output| output.pad != *pad);
        state.combiner.remove_pad(pad);
        drop(state);
        let _ = pad.set_active(false);
        let _ = self.obj().remove_pad(pad);
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        let success = self.parent_change_state(transition)?;
        if transition == gst::StateChange::PausedToReady {
            let mut state = self.state();
            state.combiner.reset();
            (state.fps, state.group) = (None, None);
            for output in state.outputs.values_mut() {
                (output.started, output.ended, output.segment_sent) = (false, false, false);
                output.caps = None;
            }
        }
        Ok(success)
    }
}

impl NvStreamDemux {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn chain(&self, batch: &gst::Buffer) -> Result<FlowSuccess, FlowError> {
        if !self.state().outputs.values().any(|output| output.pad.is_linked()) {
            gst::element_imp_error!(
                self,
                gst::StreamError::Failed,
                ["no src pad is linked; link src_0, src_1 … to the branches of the sources"]
            );
            return Err(FlowError::NotLinked);
        }
        let deliveries = self.deliveries(batch).map_err(|error| {
            gst::element_imp_error!(self, gst::StreamError::Failed, ["{error}"]);
            FlowError::Error
        })?;
        let mut combined = Ok(FlowSuccess::Ok);
        for Delivery { pad, events, buffer } in deliveries {
            events.into_iter().for_each(|event| _ = pad.push_event(event));
            let flow = pad.push(buffer);
            combined = self.state().combiner.update_pad_flow(&pad, flow);
            if combined.is_err() {
                break;
            }
        }
        combined
    }

    /// One buffer per frame that has somewhere to go, in the order of the batch.
    fn deliveries(&self, batch: &gst::Buffer) -> Result<Vec<Delivery>> {
        let meta = BatchMeta::from_buffer(batch)?.ok_or_else(|| {
            Error::invalid("the buffer has no batch metadata; nvstreammux must come before nvstreamdemux")
        })?;
        let mut state = self.state();
        let mut deliveries = Vec::new();
        for frame in meta.frames() {
            let (fps, index) = (state.fps, frame.pad_index());
            let group = *state.group.get_or_insert_with(gst::GroupId::next);
            let Some(output) = state.outputs.get_mut(&index).filter(|output| output.pad.is_linked()) else {
                continue;
            };
            let caps = surface_caps(batch, frame.batch_id(), fps)?;
            let events = output.events(index, group, caps);
            let buffer = single(batch, frame)?;
            deliveries.push(Delivery { pad: output.pad.clone(), events, buffer });
        }
        Ok(deliveries)
    }

    fn sink_event(&self, pad: &gst::Pad, event: gst::Event) -> bool {
        if let Some((what, source)) = Source::parse(&event) {
            match what {
                Source::Eos | Source::Deleted => self.end(|index| index == source),
                Source::Added => {
                    if let Some(output) = self.state().outputs.get_mut(&source) {
                        output.ended = false;
                    }
                }
            }
            return true;
        }
        match event.view() {
            // Each src pad has its own; they go out with its first frame.
            EventView::Segment(_) => true,
            EventView::StreamStart(start) => {
                self.state().group = start.group_id();
                true
            }
            EventView::Caps(caps) => {
                self.state().fps = caps.caps().structure(0).and_then(|s| s.get("framerate").ok());
                true
            }
            EventView::Eos(_) => {
                self.end(|_| true);
                true
            }
            EventView::FlushStop(_) => {
                let mut state = self.state();
                state.combiner.reset();
                for output in state.outputs.values_mut() {
                    (output.ended, output.segment_sent) = (false, false);
                }
                drop(state);
                gst::Pad::event_default(pad, Some(&*self.obj()), event)
            }
            _ => gst::Pad::event_default(pad, Some(&*self.obj()), event),
        }
    }

    /// Sends EOS on the pads of `which` that have not had it.
    fn end(&self, which: impl Fn(u32) -> bool) {
        let mut state = self.state();
        let group = *state.group.get_or_insert_with(gst::GroupId::next);
        let mut ending = Vec::new();
        for (&index, output) in state.outputs.iter_mut().filter(|(index, o)| which(**index) && !o.ended) {
            output.ended = true;
            ending.push((output.pad.clone(), output.stream_start(index, group)));
        }
        drop(state);
        for (pad, start) in ending {
            start.into_iter().for_each(|event| _ = pad.push_event(event));
            pad.push_event(gst::event::Eos::new());
        }
    }
}

impl Output {
    fn stream_start(&mut self, index: u32, group: gst::GroupId) -> Option<gst::Event> {
        let id = format!("source-{index}/{:08x}", glib::random_int());
        let first = !std::mem::replace(&mut self.started, true);
        first.then(|| gst::event::StreamStart::builder(&id).group_id(group).build())
    }

    /// What must go out before the next buffer.
    fn events(&mut self, index: u32, group: gst::GroupId, caps: gst::Caps) -> Vec<gst::Event> {
        let mut events: Vec<_> = self.stream_start(index, group).into_iter().collect();
        if self.caps.as_ref() != Some(&caps) {
            events.push(gst::event::Caps::new(&caps));
            self.caps = Some(caps);
        }
        if !std::mem::replace(&mut self.segment_sent, true) {
            let segment = gst::FormattedSegment::<gst::ClockTime>::new();
            events.push(gst::event::Segment::new(&segment));
        }
        events
    }
}

fn surface_caps(batch: &gst::Buffer, slot: u32, fps: Option<gst::Fraction>) -> Result<gst::Caps> {
    let surfaces = SurfaceBatch::from_buffer(batch)?;
    let surface = surfaces.surface(slot)?;
    let (format, colorimetry) = surface.format()?;
    let spec = SurfaceSpec { width: surface.width(), height: surface.height(), format, colorimetry };
    nvmm::batch_caps(spec, fps.unwrap_or(gst::Fraction::new(0, 1)), 1)
}

/// A batch of one frame: the surface lent, the metadata copied.
fn single(batch: &gst::Buffer, frame: FrameMeta<'_>) -> Result<gst::Buffer> {
    let mut alloc = SurfaceAlloc::new(GENERATION, 1);
    alloc.push_shared(batch, frame.batch_id())?;
    let mut buffer = alloc.into_buffer();
    let owned = OwnedBatchMeta::new(1)?;
    let _copy = owned.as_batch().add_copy_of(frame, 0);
    let writable = buffer.get_mut().ok_or_else(|| Error::invalid("the new buffer has another owner"))?;
    writable.set_pts(frame.buf_pts());
    writable.set_duration(batch.duration());
    owned.attach(writable)?;
    Ok(buffer)
}
