use std::sync::{Mutex, MutexGuard, PoisonError};

use gst::glib;
use gst::subclass::prelude::*;
use gst_base::prelude::*;
use gst_base::subclass::base_transform::{
    BaseTransformMode, GenerateOutputSuccess, InputBuffer, PrepareOutputBufferSuccess,
};
use gst_base::subclass::prelude::*;
use gst_video::prelude::*;
use gst_video::video_frame::{Readable, Writable};
use gst_video::{VideoFrame, VideoInfo};

use super::super::convert::{Converter, Placement};
use super::super::nvmm::{self, CAT, MemoryType};
use super::settings::Settings;
use super::{caps, flip};
use crate::error::{Error, ErrorKind, Result};
use crate::surface::{PixelPool, SurfaceAlloc, SurfaceSpec, host};

/// What was negotiated. A surface format stands for NVMM, none for system memory.
struct Negotiated {
    from_nvmm: bool,
    from: VideoInfo,
    surface: Option<SurfaceSpec>,
    to: VideoInfo,
    same: bool,
}

#[derive(Default)]
struct State {
    caps: Option<Negotiated>,
    converter: Converter,
    pool: PixelPool,
}

#[derive(Default, glib::Properties)]
#[properties(wrapper_type = super::NvVideoConvert)]
pub struct NvVideoConvert {
    #[property(name = "src-crop", type = Option<String>, get, set, member = src_crop,
        blurb = "Window of the input, left:top:width:height in pixels")]
    #[property(name = "dest-crop", type = Option<String>, get, set, member = dest_crop,
        blurb = "Window of the output, left:top:width:height in pixels; the rest is black")]
    #[property(name = "flip-method", type = u32, get, set, maximum = 7, member = flip_method,
        blurb = "0 none, 1 counter-clockwise, 2 rotate 180, 3 clockwise, 4 horizontal, 5 upper-right diagonal, 6 vertical, 7 upper-left diagonal")]
    #[property(name = "interpolation-method", type = u32, get, set, default = 6, maximum = 6,
        member = interpolation_method, blurb = "0 nearest, 1 bilinear, 2 cubic, 3 Lanczos, 4 to 6 bilinear")]
    #[property(name = "nvbuf-memory-type", type = MemoryType, get, set, member = memory_type,
        blurb = "Accepted; the embedded element's pixels are in system memory", builder(MemoryType::Default))]
    #[property(name = "gpu-id", type = u32, get, set, member = gpu_id, blurb = "Accepted; no effect")]
    #[property(name = "compute-hw", type = u32, get, set, member = compute_hw, blurb = "Accepted; no effect")]
    #[property(name = "copy-hw", type = u32, get, set, member = copy_hw, blurb = "Accepted; no effect")]
    #[property(name = "output-buffers", type = u32, get, set, default = 4, minimum = 1, member = output_buffers,
        blurb = "Accepted; no effect")]
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

#[glib::object_subclass]
impl ObjectSubclass for NvVideoConvert {
    const NAME: &'static str = "DsframeNvVideoConvert";
    type Type = super::NvVideoConvert;
    type ParentType = gst_base::BaseTransform;

    fn new() -> Self {
        let settings = Settings { interpolation_method: 6, output_buffers: 4, ..Settings::default() };
        Self { settings: Mutex::new(settings), state: Mutex::default() }
    }
}

impl ObjectImpl for NvVideoConvert {
    fn properties() -> &'static [glib::ParamSpec] {
        Self::derived_properties()
    }

    fn set_property(&self, id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        self.derived_set_property(id, value, pspec);
        self.choose_passthrough();
        if pspec.name() == "flip-method" {
            self.obj().reconfigure_src();
        }
    }

    fn property(&self, id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        self.derived_property(id, pspec)
    }
}

impl GstObjectImpl for NvVideoConvert {}

impl ElementImpl for NvVideoConvert {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: std::sync::LazyLock<gst::subclass::ElementMetadata> =
            std::sync::LazyLock::new(|| {
                gst::subclass::ElementMetadata::new(
                    "dsframe video converter",
                    "Filter/Converter/Video/Scaler",
                    "Converts format, size and memory of frames and of batches in NVMM",
                    "dsframe",
                )
            });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: std::sync::LazyLock<Vec<gst::PadTemplate>> = std::sync::LazyLock::new(|| {
            [("sink", gst::PadDirection::Sink), ("src", gst::PadDirection::Src)]
                .into_iter()
                .filter_map(|(name, direction)| {
                    gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &nvmm::any_caps()).ok()
                })
                .collect()
        });
        &TEMPLATES
    }
}

impl BaseTransformImpl for NvVideoConvert {
    const MODE: BaseTransformMode = BaseTransformMode::NeverInPlace;
    const PASSTHROUGH_ON_SAME_CAPS: bool = false;
    const TRANSFORM_IP_ON_PASSTHROUGH: bool = false;

    fn start(&self) -> Result<(), gst::ErrorMessage> {
        let settings = self.settings();
        nvmm::note_memory_type(&*self.obj(), settings.memory_type);
        let refused = |e: Error| gst::error_msg!(gst::LibraryError::Settings, ["{e}"]);
        if settings.placement().map_err(refused)?.dst.is_some() && settings.flip_method != 0 {
            return Err(refused(Error::unsupported(format!(
                "dest-crop cannot be combined with flip-method={}; use two nvvideoconvert",
                settings.flip_method
            ))));
        }
        Ok(())
    }

    fn stop(&self) -> Result<(), gst::ErrorMessage> {
        *self.state() = State::default();
        Ok(())
    }

    fn transform_caps(
        &self,
        _direction: gst::PadDirection,
        caps: &gst::Caps,
        filter: Option<&gst::Caps>,
    ) -> Option<gst::Caps> {
        let all = caps::transformed(caps, flip::swaps_sides(self.settings().flip_method));
        Some(match filter {
            Some(filter) => filter.intersect_with_mode(&all, gst::CapsIntersectMode::First),
            None => all,
        })
    }

    fn fixate_caps(&self, _: gst::PadDirection, caps: &gst::Caps, othercaps: gst::Caps) -> gst::Caps {
        caps::fixated(caps, othercaps, flip::swaps_sides(self.settings().flip_method))
    }

    fn set_caps(&self, incaps: &gst::Caps, outcaps: &gst::Caps) -> Result<(), gst::LoggableError> {
        let info = |caps: &gst::Caps| {
            VideoInfo::from_caps(caps).map_err(|e| gst::loggable_error!(CAT, "{caps} is no video: {e}"))
        };
        let (from, to) = (info(incaps)?, info(outcaps)?);
        let surface = if nvmm::is_nvmm(outcaps) {
            Some(host::surface_spec(&to).map_err(|e| gst::loggable_error!(CAT, "{e}"))?)
        } else {
            None
        };
        let same = caps::same(incaps, outcaps);
        self.state().caps = Some(Negotiated { from_nvmm: nvmm::is_nvmm(incaps), from, surface, to, same });
        self.choose_passthrough();
        Ok(())
    }

    fn transform_size(
        &self,
        _direction: gst::PadDirection,
        _caps: &gst::Caps,
        _size: usize,
        othercaps: &gst::Caps,
    ) -> Option<usize> {
        if nvmm::is_nvmm(othercaps) {
            return Some(nvmm::GENERATION.layout().surface_size);
        }
        VideoInfo::from_caps(othercaps).ok().map(|info| info.size())
    }

    fn propose_allocation(
        &self,
        decide_query: Option<&gst::query::Allocation>,
        query: &mut gst::query::Allocation,
    ) -> Result<(), gst::LoggableError> {
        self.parent_propose_allocation(decide_query, query)?;
        // Planes are found through the meta wherever the input put them.
        query.add_allocation_meta::<gst_video::VideoMeta>(None);
        Ok(())
    }

    fn decide_allocation(&self, query: &mut gst::query::Allocation) -> Result<(), gst::LoggableError> {
        let (caps, _) = query.get_owned();
        let info = caps.as_ref().filter(|c| !nvmm::is_nvmm(c)).and_then(|c| VideoInfo::from_caps(c).ok());
        if let (Some(info), true) = (info, query.allocation_pools().next().is_none()) {
            let pool = gst_video::VideoBufferPool::new();
            query.add_allocation_pool(Some(&pool), info.size() as u32, 0, 0);
        }
        self.parent_decide_allocation(query)
    }

    fn transform_meta<'a>(
        &self,
        outbuf: &mut gst::BufferRef,
        meta: gst::MetaRef<'a, gst::Meta>,
        inbuf: &'a gst::BufferRef,
    ) -> bool {
        // Stock elements drop the batch's metadata because of its tag; this one carries it over.
        meta.api().name() == "NvDsMetaAPI" || self.parent_transform_meta(outbuf, meta, inbuf)
    }

    fn generate_output(&self) -> Result<GenerateOutputSuccess, gst::FlowError> {
        if self.obj().is_passthrough() {
            return self.parent_generate_output();
        }
        let Some(input) = self.take_queued_buffer() else { return Ok(GenerateOutputSuccess::NoOutput) };
        self.converted(&input).map(GenerateOutputSuccess::Buffer).map_err(|failure| match failure {
            Failure::Flow(flow) => flow,
            Failure::Error(error) => {
                gst::element_imp_error!(self, gst::StreamError::Failed, ["{error}"]);
                gst::FlowError::Error
            }
        })
    }
}

/// Why a frame was not converted.
enum Failure {
    Flow(gst::FlowError),
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl NvVideoConvert {
    fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Equal caps pass through unless pixels must move.
    fn choose_passthrough(&self) {
        let settings = self.settings();
        let still = settings.flip_method == 0 && settings.placement().ok() == Some(Placement::default());
        let same = self.state().caps.as_ref().is_some_and(|caps| caps.same);
        self.obj().set_passthrough(same && still);
    }

    fn converted(&self, input: &gst::Buffer) -> Result<gst::Buffer, Failure> {
        let settings = self.settings();
        let mut guard = self.state();
        let State { caps, converter, pool } = &mut *guard;
        let caps = caps.as_ref().ok_or(Failure::Flow(gst::FlowError::NotNegotiated))?;
        let (filled, size) = if caps.from_nvmm { host::batch_size(input)? } else { (1, 1) };
        let mut work = Work { settings: &settings, placement: settings.placement()?, converter };
        let Some(surface) = caps.surface else {
            if filled != 1 {
                return Err(Error::invalid(format!(
                    "the batch has {filled} surfaces, and a buffer in system memory holds one; put nvstreamdemux \
                     before this nvvideoconvert"
                ))
                .into());
            }
            let output = self.system_buffer(input)?;
            let mut frame =
                VideoFrame::from_buffer_writable(output, &caps.to).map_err(|_| unmapped("output"))?;
            work.convert(&caps.source(input, 0)?, &mut frame)?;
            return Ok(frame.into_buffer());
        };
        let mut alloc = SurfaceAlloc::new(nvmm::GENERATION, size);
        (0..filled).try_for_each(|_| alloc.push(surface, pool))?;
        let mut output = alloc.into_buffer();
        for i in 0..filled {
            work.convert(&caps.source(input, i)?, &mut host::surface_frame_mut(&mut output, i)?)?;
        }
        let writable = output.get_mut().expect("the frames that shared the buffer are gone");
        self.copy_metadata(input, writable).map_err(|e| {
            e.log_with_imp(self);
            Failure::Flow(gst::FlowError::Error)
        })?;
        Ok(output)
    }

    /// A buffer of the negotiated pool, with the input's times and metadata.
    fn system_buffer(&self, input: &gst::BufferRef) -> Result<gst::Buffer, Failure> {
        match self.parent_prepare_output_buffer(InputBuffer::Readable(input)) {
            Ok(PrepareOutputBufferSuccess::Buffer(buffer)) => Ok(buffer),
            Ok(PrepareOutputBufferSuccess::InputBuffer) => Err(Failure::Flow(gst::FlowError::Error)),
            Err(flow) => Err(Failure::Flow(flow)),
        }
    }
}

fn unmapped(what: &str) -> Error {
    Error::new(ErrorKind::Pipeline, format!("the {what} buffer is too small for a frame of its caps"))
}

impl Negotiated {
    fn source(&self, input: &gst::Buffer, index: u32) -> Result<VideoFrame<Readable>> {
        if self.from_nvmm {
            return host::surface_frame(input, index);
        }
        VideoFrame::from_buffer_readable(input.clone(), &self.from).map_err(|_| unmapped("input"))
    }
}

/// What it takes to convert one frame.
struct Work<'a> {
    settings: &'a Settings,
    placement: Placement,
    converter: &'a mut Converter,
}

impl Work<'_> {
    fn convert(&mut self, src: &VideoFrame<Readable>, dst: &mut VideoFrame<Writable>) -> Result<()> {
        let (method, flip_method) = (self.settings.resampler(), self.settings.flip_method);
        if flip_method == 0 {
            return self.converter.run(src, dst, self.placement, method);
        }
        let info = upright_info(dst.info(), flip_method)?;
        let buffer = gst::Buffer::with_size(info.size());
        let buffer = buffer.map_err(|e| unmapped("intermediate").with_source(e))?;
        let mut upright =
            VideoFrame::from_buffer_writable(buffer, &info).map_err(|_| unmapped("intermediate"))?;
        self.converter.run(src, &mut upright, self.placement, method)?;
        let upright = VideoFrame::from_buffer_readable(upright.into_buffer(), &info);
        flip::flip(&upright.map_err(|_| unmapped("intermediate"))?, dst, flip_method);
        Ok(())
    }
}

/// A frame as `turned`, before it was turned.
fn upright_info(turned: &VideoInfo, flip_method: u32) -> Result<VideoInfo> {
    let (w, h) = (turned.width(), turned.height());
    let (w, h) = if flip::swaps_sides(flip_method) { (h, w) } else { (w, h) };
    let builder = VideoInfo::builder(turned.format(), w, h).colorimetry(&turned.colorimetry());
    builder.build().map_err(|e| Error::invalid("the turned frame has no valid size").with_source(e))
}
