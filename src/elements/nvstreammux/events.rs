//! Pads: how they come and go, and what they are told.

use std::sync::Arc;

use gst::prelude::*;
use gst::subclass::prelude::*;
use gst::{EventView, QueryViewMut};

use super::super::nvevent;
use super::super::nvmm::{self, CAT};
use super::batch::Format;
use super::imp::{NvStreamMux, PadState};
use crate::error::{Error, Result};
use crate::surface::host;

impl NvStreamMux {
    pub(super) fn request(&self, template: &gst::PadTemplate, name: Option<&str>) -> Option<gst::Pad> {
        let mut state = self.state();
        let index = match name.and_then(|name| name.strip_prefix("sink_")).map(str::parse::<u32>) {
            Some(Ok(index)) => index,
            Some(Err(_)) => (0..).find(|index| !state.pads.contains_key(index))?,
            None if name.is_none() => (0..).find(|index| !state.pads.contains_key(index))?,
            None => return None,
        };
        if state.pads.contains_key(&index) {
            gst::warning!(CAT, imp = self, "sink_{index} exists already");
            return None;
        }
        let running = state.flow.is_ok();
        state.pads.insert(index, PadState::default());
        state.collector.add(index);
        if running {
            state.collector.events.push_back(nvevent::Source::Added.event(index));
        }
        drop(state);
        let pad = self.sink_pad(template, index);
        if self.obj().current_state() >= gst::State::Paused
            || self.obj().pending_state() >= gst::State::Paused
        {
            let _ = pad.set_active(true);
        }
        self.obj().add_pad(&pad).ok()?;
        Some(pad)
    }

    fn sink_pad(&self, template: &gst::PadTemplate, index: u32) -> gst::Pad {
        let element = self.obj().downgrade();
        let pad = gst::Pad::builder_from_template(template)
            .name(format!("sink_{index}"))
            .chain_function(move |_, parent, buffer| {
                Self::catch_panic_pad_function(
                    parent,
                    || Err(gst::FlowError::Error),
                    |this| this.chain(index, buffer),
                )
            })
            .event_function(move |pad, parent, event| {
                Self::catch_panic_pad_function(parent, || false, |this| this.sink_event(index, pad, event))
            })
            .query_function(move |pad, parent, query| {
                Self::catch_panic_pad_function(parent, || false, |this| this.sink_query(pad, query))
            })
            .activatemode_function(move |_, _, _, active| {
                // The pad has no parent yet when it joins a running element.
                if let Some(element) = element.upgrade() {
                    element.imp().change(index, |input| input.flushing = !active);
                }
                Ok(())
            })
            .build();
        for linked in [true, false] {
            let element = self.obj().downgrade();
            let changed = move |_: &gst::Pad, _: &gst::Pad| {
                if let Some(element) = element.upgrade() {
                    element.imp().change(index, |input| input.linked = linked);
                }
            };
            if linked {
                pad.connect_linked(changed)
            } else {
                pad.connect_unlinked(changed)
            };
        }
        pad
    }

    /// Changes a source's flags and wakes whoever waits for that.
    fn change(&self, index: u32, change: impl FnOnce(&mut super::collect::Input<super::batch::Frame>)) {
        if let Some(input) = self.state().collector.inputs.get_mut(&index) {
            change(input);
        }
        self.changed.notify_all();
    }

    pub(super) fn release(&self, pad: &gst::Pad) {
        if let Some(index) = pad.name().strip_prefix("sink_").and_then(|n| n.parse().ok()) {
            let mut state = self.state();
            state.collector.flush(index);
            state.collector.inputs.remove(&index);
            state.pads.remove(&index);
            let was_last_flush = state.flushing.remove(&index) && state.flushing.is_empty();
            if state.flow.is_ok() {
                state.collector.events.push_back(nvevent::Source::Deleted.event(index));
            }
            drop(state);
            self.changed.notify_all();
            if was_last_flush {
                self.resume(gst::event::FlushStop::new(true));
            }
        }
        let _ = pad.set_active(false);
        let _ = self.obj().remove_pad(pad);
    }

    fn sink_event(&self, index: u32, pad: &gst::Pad, event: gst::Event) -> bool {
        match event.view() {
            EventView::StreamStart(_) => {
                let reset = self.settings().reset_on_eos;
                let mut state = self.state();
                let ended = state.collector.inputs.get(&index).is_some_and(|input| input.eos);
                state.collector.restart(index);
                if let Some(pad) = state.pads.get_mut(&index)
                    && (ended && reset)
                {
                    pad.frame_num = 0;
                }
                true
            }
            EventView::Caps(caps) => match format(caps.caps()) {
                Ok(format) => {
                    if let Some(pad) = self.state().pads.get_mut(&index) {
                        pad.format = Some(Arc::new(format));
                    }
                    true
                }
                Err(error) => {
                    gst::element_imp_error!(self, gst::StreamError::Format, ["{}: {error}", pad.name()]);
                    false
                }
            },
            EventView::Segment(segment) => {
                if let Some(pad) = self.state().pads.get_mut(&index) {
                    pad.segment = segment.segment().downcast_ref::<gst::ClockTime>().cloned();
                }
                true
            }
            EventView::Eos(_) => {
                self.change(index, |input| input.eos = true);
                true
            }
            EventView::FlushStart(_) => self.flush_start(index, &event),
            EventView::FlushStop(_) => self.flush_stop(index, event),
            EventView::Gap(_) | EventView::Tag(_) | EventView::StreamGroupDone(_) => true,
            _ if event.is_serialized() && !event.is_sticky() => {
                self.state().collector.events.push_back(event);
                self.changed.notify_all();
                true
            }
            _ if event.is_serialized() => true,
            _ => gst::Pad::event_default(pad, Some(&*self.obj()), event),
        }
    }

    /// The first flushing source flushes downstream too, since its frames are in there.
    fn flush_start(&self, index: u32, event: &gst::Event) -> bool {
        let mut state = self.state();
        let first = state.flushing.is_empty();
        state.flushing.insert(index);
        state.collector.flush(index);
        if let Some(input) = state.collector.inputs.get_mut(&index) {
            input.flushing = true;
        }
        drop(state);
        self.changed.notify_all();
        if first {
            self.src.push_event(event.clone());
            let _ = self.src.pause_task();
        }
        true
    }

    fn flush_stop(&self, index: u32, event: gst::Event) -> bool {
        let mut state = self.state();
        state.collector.restart(index);
        if let Some(input) = state.collector.inputs.get_mut(&index) {
            input.flushing = false;
        }
        if let Some(pad) = state.pads.get_mut(&index) {
            pad.segment = None;
        }
        let last = state.flushing.remove(&index) && state.flushing.is_empty();
        drop(state);
        if last {
            self.resume(event);
        }
        true
    }

    /// Goes on after the last flushing source is done.
    fn resume(&self, flush_stop: gst::Event) {
        self.src.push_event(flush_stop);
        self.output().restart_time();
        let mut state = self.state();
        if !state.active {
            return;
        }
        state.flow = Ok(());
        drop(state);
        self.changed.notify_all();
        let _ = self.start_task();
    }

    fn sink_query(&self, pad: &gst::Pad, query: &mut gst::QueryRef) -> bool {
        if let QueryViewMut::Allocation(allocation) = query.view_mut() {
            // Planes are found through the meta wherever the input put them.
            allocation.add_allocation_meta::<gst_video::VideoMeta>(None);
            return true;
        }
        gst::Pad::query_default(pad, Some(&*self.obj()), query)
    }

    pub(super) fn src_event(&self, pad: &gst::Pad, event: gst::Event) -> bool {
        match event.view() {
            // Times of a batch are not those of every source.
            EventView::Qos(_) => true,
            _ => gst::Pad::event_default(pad, Some(&*self.obj()), event),
        }
    }

    /// A batch waits for its frames up to the timeout: live pipelines must count that in.
    pub(super) fn src_query(&self, pad: &gst::Pad, query: &mut gst::QueryRef) -> bool {
        if !gst::Pad::query_default(pad, Some(&*self.obj()), query) {
            return false;
        }
        if let QueryViewMut::Latency(latency) = query.view_mut() {
            let settings = self.settings();
            let (live, min, max) = latency.result();
            if live || settings.live {
                let wait = settings.timeout().unwrap_or_default().as_nanos() as u64;
                let wait = gst::ClockTime::from_nseconds(wait);
                latency.set(true, min + wait, max.map(|max| max + wait));
            }
        }
        true
    }
}

/// What caps on a sink pad mean.
fn format(caps: &gst::CapsRef) -> Result<Format> {
    let nvmm = nvmm::is_nvmm(caps);
    let info = gst_video::VideoInfo::from_caps(caps).map_err(|e| {
        Error::invalid(format!("{caps} are no caps of video frames; put nvvideoconvert before the muxer"))
            .with_source(e)
    })?;
    let spec = host::surface_spec(&info).or_else(|error| {
        // Frames in system memory are converted anyway.
        let plain = gst_video::VideoInfo::builder(info.format(), info.width(), info.height())
            .colorimetry(&host::video_colorimetry(crate::frame::Colorimetry::default()))
            .build();
        plain.ok().and_then(|plain| host::surface_spec(&plain).ok()).ok_or(error)
    })?;
    Ok(Format { info, nvmm, spec })
}
