//! Pipelines with probes that look at their buffers.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use gst::prelude::*;

/// NVIDIA's decoder where it is installed; libav's, and what makes it the converter's input, elsewhere.
pub(crate) fn decoder() -> &'static str {
    if gst::ElementFactory::find("nvv4l2decoder").is_some() {
        "nvv4l2decoder"
    } else {
        "avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=NV12"
    }
}

/// The beginning of a pipeline, down to decoded frames.
pub(crate) fn source(stream: &Path) -> String {
    format!("filesrc location=\"{}\" ! h264parse ! {}", stream.display(), decoder())
}

/// The clip as a byte stream, which a file source can repeat.
pub(crate) fn extract_stream(video: &Path, stream: &Path) -> Result<()> {
    let description = format!(
        "filesrc location=\"{}\" ! qtdemux ! h264parse config-interval=-1 ! \
         video/x-h264,stream-format=byte-stream,alignment=au ! filesink location=\"{}\"",
        video.display(),
        stream.display()
    );
    Player::new(&description)?.run()
}

/// A pipeline whose probes may fail.
pub(crate) struct Player {
    pipeline: gst::Pipeline,
    failure: Arc<Mutex<Option<dsframe::Error>>>,
}

impl Player {
    pub(crate) fn new(description: &str) -> Result<Self> {
        let pipeline = gst::parse::launch(description).with_context(|| description.to_owned())?;
        let pipeline = pipeline.downcast::<gst::Pipeline>().ok().context("one element is no pipeline")?;
        Ok(Self { pipeline, failure: Arc::default() })
    }

    pub(crate) fn element(&self, name: &str) -> Result<gst::Element> {
        self.pipeline.by_name(name).with_context(|| format!("no element {name}"))
    }

    pub(crate) fn pad(&self, element: &str) -> Result<gst::Pad> {
        self.element(element)?.static_pad("src").context("no source pad")
    }

    /// Calls `look` with every buffer that leaves `element`, and its number; the first error is kept.
    pub(crate) fn look(
        &self,
        element: &str,
        mut look: impl FnMut(&gst::BufferRef, usize) -> dsframe::Result<()> + Send + 'static,
    ) -> Result<()> {
        let failure = Arc::clone(&self.failure);
        let state = Mutex::new((0, move |buffer: &gst::BufferRef, number| look(buffer, number)));
        let probe = self.pad(element)?.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(buffer) = info.buffer() {
                let (number, look) = &mut *state;
                if let Err(error) = look(buffer, *number) {
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
                *number += 1;
            }
            gst::PadProbeReturn::Ok
        });
        probe.map(drop).context("the pad takes no probe")
    }

    /// Plays to the end.
    pub(crate) fn run(self) -> Result<()> {
        let ended = self.play();
        self.pipeline.set_state(gst::State::Null)?;
        ended?;
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    fn play(&self) -> Result<()> {
        let bus = self.pipeline.bus().context("no bus")?;
        let ends = [gst::MessageType::Eos, gst::MessageType::Error];
        if let Err(error) = self.pipeline.set_state(gst::State::Playing) {
            let message = bus.pop_filtered(&[gst::MessageType::Error]);
            match message.as_ref().map(|m| m.view()) {
                Some(gst::MessageView::Error(e)) => bail!("{} ({:?})", e.error(), e.debug()),
                _ => bail!(error),
            }
        }
        let end = bus.timed_pop_filtered(gst::ClockTime::from_seconds(100), &ends);
        match end.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => Ok(()),
            Some(gst::MessageView::Error(e)) => bail!("{} ({:?})", e.error(), e.debug()),
            _ => bail!("no end within 100 seconds"),
        }
    }
}
