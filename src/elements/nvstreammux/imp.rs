use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gst::glib;
use gst::prelude::*;
use gst::subclass::prelude::*;

use super::super::nvevent;
use super::super::nvmm::{self, MemoryType};
use super::batch::{Builder, Format, Frame, Shape};
use super::collect::{Collector, Step};
use super::settings::Settings;

/// What a pad was told by events.
#[derive(Default)]
pub(super) struct PadState {
    pub(super) format: Option<Arc<Format>>,
    pub(super) segment: Option<gst::FormattedSegment<gst::ClockTime>>,
    pub(super) frame_num: i32,
}

pub(super) struct State {
    pub(super) collector: Collector<Frame, gst::Event>,
    pub(super) pads: BTreeMap<u32, PadState>,
    /// Why no frame is taken any more, if none is.
    pub(super) flow: Result<(), gst::FlowError>,
    /// The src pad is active.
    pub(super) active: bool,
    /// Pads between flush-start and flush-stop.
    pub(super) flushing: BTreeSet<u32>,
}

/// What was sent downstream, and what makes the buffers. Of the pushing thread.
#[derive(Default)]
pub(super) struct Output {
    builder: Builder,
    stream_started: bool,
    caps: Option<gst::Caps>,
    segment_sent: bool,
}

impl Output {
    /// After a flush times start again, and downstream has forgotten the segment.
    pub(super) fn restart_time(&mut self) {
        self.segment_sent = false;
        self.builder.restart_time();
    }
}

#[derive(glib::Properties)]
#[properties(wrapper_type = super::NvStreamMux)]
pub struct NvStreamMux {
    #[property(name = "width", type = u32, get, set, member = width, maximum = 32767,
        blurb = "Width of the batch's frames in pixels; 0: each keeps its own")]
    #[property(name = "height", type = u32, get, set, member = height, maximum = 32767,
        blurb = "Height of the batch's frames in pixels; 0: each keeps its own")]
    #[property(name = "batch-size", type = u32, get, set, member = batch_size, default = 1, minimum = 1, maximum = 1024,
        blurb = "Most frames in a batch")]
    #[property(name = "batched-push-timeout", type = i32, get, set, member = timeout, default = -1, minimum = -1,
        blurb = "Longest wait in microseconds after the first frame of a batch; -1: until it is full")]
    #[property(name = "enable-padding", type = bool, get, set, member = padding,
        blurb = "Keep the picture's shape and fill with black")]
    #[property(name = "live-source", type = bool, get, set, member = live, blurb = "The sources are live")]
    #[property(name = "attach-sys-ts", type = bool, get, set, member = attach_sys_ts, default = true,
        blurb = "ntp_timestamp is the wall clock at arrival")]
    #[property(name = "frame-num-reset-on-eos", type = bool, get, set, member = reset_on_eos,
        blurb = "A source that starts again counts its frames from 0")]
    #[property(name = "interpolation-method", type = u32, get, set, member = method, default = 1, maximum = 6,
        blurb = "0 nearest, else bilinear")]
    #[property(name = "num-surfaces-per-frame", type = u32, get, set, member = surfaces_per_frame, default = 1, minimum = 1,
        blurb = "1; nothing else is handled")]
    #[property(name = "nvbuf-memory-type", type = MemoryType, get, set, member = memory_type,
        blurb = "Accepted; the embedded element's pixels are in system memory", builder(MemoryType::Default))]
    #[property(name = "gpu-id", type = u32, get, set, member = gpu_id, blurb = "Accepted; no effect")]
    #[property(name = "compute-hw", type = u32, get, set, member = compute_hw, blurb = "Accepted; no effect")]
    #[property(name = "buffer-pool-size", type = u32, get, set, member = pool_size, default = 4,
        blurb = "Accepted; no effect")]
    #[property(name = "sync-inputs", type = bool, get, set, member = sync_inputs, blurb = "Accepted; no effect")]
    pub(super) settings: Mutex<Settings>,
    state: Mutex<State>,
    /// Something in the state has changed.
    pub(super) changed: Condvar,
    output: Mutex<Output>,
    pub(super) src: gst::Pad,
}

#[glib::object_subclass]
impl ObjectSubclass for NvStreamMux {
    const NAME: &'static str = "DsframeNvStreamMux";
    type Type = super::NvStreamMux;
    type ParentType = gst::Element;

    fn with_class(class: &Self::Class) -> Self {
        let template = class.pad_template("src").expect("the class has a src template");
        let src = gst::Pad::builder_from_template(&template)
            .activatemode_function(|_, parent, _, active| {
                Self::catch_panic_pad_function(
                    parent,
                    || Err(gst::loggable_error!(nvmm::CAT, "panic")),
                    |this| this.activate_src(active),
                )
            })
            .event_function(|pad, parent, event| {
                Self::catch_panic_pad_function(parent, || false, |this| this.src_event(pad, event))
            })
            .query_function(|pad, parent, query| {
                Self::catch_panic_pad_function(parent, || false, |this| this.src_query(pad, query))
            })
            .flags(gst::PadFlags::FIXED_CAPS)
            .build();
        let state = State {
            collector: Collector::default(),
            pads: BTreeMap::new(),
            flow: Err(gst::FlowError::Flushing),
            active: false,
            flushing: BTreeSet::new(),
        };
        Self {
            settings: Mutex::default(),
            state: Mutex::new(state),
            changed: Condvar::new(),
            output: Mutex::default(),
            src,
        }
    }
}

#[glib::derived_properties]
impl ObjectImpl for NvStreamMux {
    fn constructed(&self) {
        self.parent_constructed();
        self.obj().add_pad(&self.src).expect("a new element has no pads");
    }
}

impl GstObjectImpl for NvStreamMux {}

impl ElementImpl for NvStreamMux {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            let what = "Puts frames of several sources into batches";
            gst::subclass::ElementMetadata::new("dsframe stream muxer", "Video/Muxer", what, "dsframe")
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
            use gst::{PadDirection, PadPresence};
            [
                ("sink_%u", PadDirection::Sink, PadPresence::Request, nvmm::any_caps()),
                ("src", PadDirection::Src, PadPresence::Always, nvmm::nvmm_caps()),
            ]
            .into_iter()
            .filter_map(|(name, direction, presence, caps)| {
                gst::PadTemplate::new(name, direction, presence, &caps).ok()
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
        self.request(template, name)
    }

    fn release_pad(&self, pad: &gst::Pad) {
        self.release(pad);
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        if transition == gst::StateChange::ReadyToPaused {
            let settings = self.settings();
            nvmm::note_memory_type(&*self.obj(), settings.memory_type);
            if let Err(error) = settings.check() {
                gst::element_imp_error!(self, gst::LibraryError::Settings, ["{error}"]);
                return Err(gst::StateChangeError);
            }
            let mut state = self.state();
            let sources: Vec<_> = state.pads.keys().copied().collect();
            state.collector.events =
                sources.into_iter().map(|index| nvevent::Source::Added.event(index)).collect();
        }
        let success = self.parent_change_state(transition)?;
        if transition == gst::StateChange::PausedToReady {
            let mut state = self.state();
            state.collector.reset();
            state.collector.events.clear();
            state.pads.values_mut().for_each(|pad| *pad = PadState::default());
            state.flushing.clear();
            drop(state);
            *self.output() = Output::default();
        }
        Ok(success)
    }
}

impl NvStreamMux {
    pub(super) fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a frame; waits while the source is ahead of the others.
    pub(super) fn chain(&self, index: u32, buffer: gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        let arrival = if self.settings().attach_sys_ts { wall_clock() } else { 0 };
        let mut state = self.state();
        loop {
            let input = state.collector.inputs.get(&index).ok_or(gst::FlowError::Flushing)?;
            if input.flushing {
                return Err(gst::FlowError::Flushing);
            }
            if input.eos {
                return Err(gst::FlowError::Eos);
            }
            state.flow?;
            if state.collector.has_room(index) {
                break;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let pad = state.pads.get_mut(&index).ok_or(gst::FlowError::Flushing)?;
        let format = pad.format.clone().ok_or(gst::FlowError::NotNegotiated)?;
        let running_time = pad.segment.as_ref().and_then(|segment| segment.to_running_time(buffer.pts()));
        let frame_num = pad.frame_num;
        pad.frame_num = frame_num.wrapping_add(1);
        state.collector.queue(index, Frame { buffer, format, running_time, arrival, frame_num });
        self.changed.notify_all();
        Ok(gst::FlowSuccess::Ok)
    }

    fn activate_src(&self, active: bool) -> Result<(), gst::LoggableError> {
        let mut state = self.state();
        state.active = active;
        state.flow = if active { Ok(()) } else { Err(gst::FlowError::Flushing) };
        drop(state);
        self.changed.notify_all();
        if active {
            self.start_task().map_err(|e| gst::loggable_error!(nvmm::CAT, "{e}"))
        } else {
            self.src.stop_task().map_err(|e| gst::loggable_error!(nvmm::CAT, "{e}"))
        }
    }

    pub(super) fn start_task(&self) -> Result<(), glib::BoolError> {
        let element = self.obj().downgrade();
        self.src.start_task(move || {
            if let Some(element) = element.upgrade() {
                element.imp().iterate();
            }
        })
    }

    /// One round of the pushing thread.
    fn iterate(&self) {
        let Ok((step, settings)) = self.next_step() else {
            let _ = self.src.pause_task();
            return;
        };
        let flow = match step {
            Step::Push(frames) => self.push(&frames, settings.shape()),
            Step::Event(event) => self.push_event(event),
            Step::SourceEnded(index) => self.push_event(nvevent::Source::Eos.event(index)),
            Step::Eos => Err(gst::FlowError::Eos),
            Step::Wait(_) => Ok(gst::FlowSuccess::Ok),
        };
        if let Err(flow) = flow {
            self.stop_at(flow);
        }
    }

    /// Waits until there is something to push.
    fn next_step(&self) -> Result<(Step<Frame, gst::Event>, Settings), gst::FlowError> {
        let mut state = self.state();
        loop {
            state.flow?;
            if !state.flushing.is_empty() {
                return Err(gst::FlowError::Flushing);
            }
            let settings = self.settings();
            let step = state.collector.step(settings.batch_size as usize, settings.timeout(), Instant::now());
            // Frames may have left their queues.
            self.changed.notify_all();
            state = match step {
                Step::Wait(None) => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Step::Wait(Some(left)) => {
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                step => return Ok((step, settings)),
            };
        }
    }

    fn push(&self, frames: &[(u32, Frame)], shape: Shape) -> Result<gst::FlowSuccess, gst::FlowError> {
        let mut output = self.output();
        let (buffer, caps) = output.builder.build(frames, shape).map_err(|error| {
            gst::element_imp_error!(self, gst::StreamError::Failed, ["{error}"]);
            gst::FlowError::Error
        })?;
        self.start_stream(&mut output);
        if output.caps.as_ref() != Some(&caps) {
            self.src.push_event(gst::event::Caps::new(&caps));
            output.caps = Some(caps);
        }
        if !output.segment_sent {
            let segment = gst::FormattedSegment::<gst::ClockTime>::new();
            output.segment_sent = self.src.push_event(gst::event::Segment::new(&segment));
        }
        drop(output);
        self.src.push(buffer)
    }

    fn push_event(&self, event: gst::Event) -> Result<gst::FlowSuccess, gst::FlowError> {
        self.start_stream(&mut self.output());
        self.src.push_event(event);
        Ok(gst::FlowSuccess::Ok)
    }

    fn start_stream(&self, output: &mut Output) {
        if !output.stream_started {
            let id = format!("{}/{:08x}", self.obj().name(), glib::random_int());
            let event = gst::event::StreamStart::builder(&id).group_id(gst::GroupId::next());
            self.src.push_event(event.build());
            output.stream_started = true;
        }
    }

    /// Ends the pushing: sources are told at their next frame, the pipeline by EOS or an error.
    fn stop_at(&self, flow: gst::FlowError) {
        let mut state = self.state();
        // While one source flushes the others wait; they must not be told to stop.
        if state.flow.is_ok() && (flow != gst::FlowError::Flushing || state.flushing.is_empty()) {
            state.flow = Err(flow);
        }
        drop(state);
        self.changed.notify_all();
        if flow != gst::FlowError::Flushing {
            if flow != gst::FlowError::Eos {
                gst::element_imp_error!(
                    self,
                    gst::StreamError::Failed,
                    ["the batch could not be pushed downstream: {flow}"]
                );
            }
            let _ = self.push_event(gst::event::Eos::new());
        }
        let _ = self.src.pause_task();
    }
}

/// Nanoseconds since 1970.
fn wall_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}
