//! The pipeline that both worlds share: the element names are DeepStream's, and `dsframe::init`
//! has registered embedded ones where the real ones are missing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use gst::prelude::*;

use super::Input;

/// What to build.
pub struct Spec<'a> {
    /// The videos; source i goes to the muxer's pad `sink_i`.
    pub inputs: &'a [Input],
    /// Of nvinfer.
    pub config: &'a Path,
    /// `name=value` properties of nvtracker.
    pub tracker: &'a [String],
    /// One MP4 per source, in their order; none: no video is written.
    pub videos: Vec<PathBuf>,
}

/// What was built.
pub struct Built {
    /// Not yet playing.
    pub pipeline: gst::Pipeline,
    /// Where batches with tracked objects pass: the tracker's source pad.
    pub tracked: gst::Pad,
    /// A pad of every source into which EOS can be sent, in their order.
    pub source_pads: Vec<gst::Pad>,
    /// The decoders, in their order.
    pub sources: Vec<gst::Element>,
}

/// decode → nvvideoconvert → nvstreammux → nvinfer → nvtracker → nvstreamdemux → nvdsosd → file.
pub fn build(spec: &Spec<'_>) -> Result<Built> {
    let pipeline = gst::Pipeline::new();
    let mux = muxer(spec)?;
    let infer = make("nvinfer")?;
    infer.set_property("config-file-path", spec.config.to_str().context("the config's path is not UTF-8")?);
    let tracker = tracker(spec.tracker)?;
    let (before, after) = (make("queue")?, make("queue")?);
    for queue in [&before, &after] {
        queue.set_property("max-size-buffers", 4u32);
    }
    pipeline.add_many([&mux, &before, &infer, &tracker, &after])?;
    gst::Element::link_many([&mux, &before, &infer, &tracker, &after])?;
    let (mut sources, mut source_pads) = (Vec::new(), Vec::new());
    for (i, input) in spec.inputs.iter().enumerate() {
        let (source, pad) = add_source(&pipeline, &mux, i, input)?;
        sources.push(source);
        source_pads.push(pad);
    }
    if spec.videos.is_empty() {
        let sink = make("fakesink")?;
        sink.set_property("sync", false);
        pipeline.add(&sink)?;
        after.link(&sink)?;
    } else {
        add_videos(&pipeline, &after, spec)?;
    }
    let tracked = tracker.static_pad("src").context("nvtracker has no source pad")?;
    Ok(Built { pipeline, tracked, source_pads, sources })
}

fn make(factory: &str) -> Result<gst::Element> {
    gst::ElementFactory::make(factory).build().with_context(|| {
        format!("the GStreamer element {factory} is missing; install the plugin package that has it")
    })
}

/// Every element that hands out frames must use memory that the CPU can read: type 3 is CUDA unified.
fn readable_memory(element: &gst::Element) {
    if element.find_property("nvbuf-memory-type").is_some() {
        element.set_property_from_str("nvbuf-memory-type", "3");
    }
}

fn muxer(spec: &Spec<'_>) -> Result<gst::Element> {
    let mux = make("nvstreammux")?;
    readable_memory(&mux);
    mux.set_property("batch-size", spec.inputs.len() as u32);
    mux.set_property_from_str("batched-push-timeout", "40000");
    let live = spec.inputs.iter().any(|input| input.live);
    if mux.find_property("live-source").is_some() {
        mux.set_property("live-source", live);
    }
    // NVIDIA's first muxer scales all frames to one size; the embedded one leaves frames as they are
    // when no size is set, which crops want.
    let embedded = dsframe::elements::registered().contains(&"nvstreammux");
    if !embedded && mux.find_property("width").is_some() {
        let (width, height) = spec
            .inputs
            .iter()
            .filter_map(|input| input.size)
            .fold((0, 0), |(w, h), size| (size.0.max(w), size.1.max(h)));
        let (width, height) = if width == 0 { (1920, 1080) } else { (width, height) };
        mux.set_property("width", width);
        mux.set_property("height", height);
        mux.set_property("enable-padding", true);
    }
    Ok(mux)
}

fn tracker(properties: &[String]) -> Result<gst::Element> {
    const LIBRARY: &str = "/opt/nvidia/deepstream/deepstream/lib/libnvds_nvmultiobjecttracker.so";
    let tracker = make("nvtracker")?;
    if !dsframe::elements::registered().contains(&"nvtracker") {
        tracker.set_property("ll-lib-file", LIBRARY);
    }
    for property in properties {
        let (name, value) = property
            .split_once('=')
            .with_context(|| format!("the tracker property \"{property}\" must be written name=value"))?;
        let spec = tracker.find_property(name).with_context(|| {
            format!("nvtracker has no property \"{name}\"; gst-inspect-1.0 nvtracker lists NVIDIA's")
        })?;
        let value = <gst::glib::Value as GstValueExt>::deserialize(value, spec.value_type())
            .with_context(|| format!("the tracker property {name} cannot be \"{value}\""))?;
        tracker.set_property_from_value(name, &value);
    }
    Ok(tracker)
}

/// A decoder whose first video pad, once it appears, goes through nvvideoconvert to the muxer.
fn add_source(
    pipeline: &gst::Pipeline,
    mux: &gst::Element,
    index: usize,
    input: &Input,
) -> Result<(gst::Element, gst::Pad)> {
    let source = make("uridecodebin")?;
    source.set_property("uri", &input.uri);
    let convert = make("nvvideoconvert")?;
    readable_memory(&convert);
    let caps = make("capsfilter")?;
    caps.set_property("caps", "video/x-raw(memory:NVMM),format=NV12".parse::<gst::Caps>()?);
    pipeline.add_many([&source, &convert, &caps])?;
    convert.link(&caps)?;
    let pad = mux
        .request_pad_simple(&format!("sink_{index}"))
        .with_context(|| format!("nvstreammux gave no pad sink_{index}"))?;
    caps.static_pad("src").context("capsfilter has no source pad")?.link(&pad)?;
    let sink = convert.static_pad("sink").context("nvvideoconvert has no sink pad")?;
    let (target, name) = (sink.clone(), input.name.clone());
    source.connect_pad_added(move |source, pad| {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let video = caps.structure(0).is_some_and(|s| s.name().starts_with("video/"));
        if !video || target.is_linked() {
            return;
        }
        if let Err(error) = link(source, pad, &target) {
            gst::element_error!(source, gst::StreamError::Format, ("{name}: cannot use {caps}: {error:#}"));
        }
    });
    let (target, name) = (sink.clone(), input.name.clone());
    source.connect_no_more_pads(move |source| {
        if !target.is_linked() {
            gst::element_error!(
                source,
                gst::StreamError::CodecNotFound,
                ("{name} has no video that can be decoded")
            );
        }
    });
    Ok((source, sink))
}

/// Links a decoder's pad to nvvideoconvert, which takes a handful of formats only: frames in system memory go
/// through videoconvert, which takes them all and passes what needs no change.
fn link(source: &gst::Element, pad: &gst::Pad, target: &gst::Pad) -> Result<()> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let nvmm = caps.features(0).is_some_and(|features| features.contains("memory:NVMM"));
    if nvmm {
        pad.link(target)?;
        return Ok(());
    }
    let pipeline = source.parent().and_downcast::<gst::Bin>().context("the decoder is in no pipeline")?;
    let convert = make("videoconvert")?;
    pipeline.add(&convert)?;
    convert.sync_state_with_parent()?;
    convert.static_pad("src").context("videoconvert has no source pad")?.link(target)?;
    pad.link(&convert.static_pad("sink").context("videoconvert has no sink pad")?)?;
    Ok(())
}

/// nvstreamdemux, and behind each of its pads the on-screen display, an encoder and a file.
fn add_videos(pipeline: &gst::Pipeline, from: &gst::Element, spec: &Spec<'_>) -> Result<()> {
    let demux = make("nvstreamdemux")?;
    pipeline.add(&demux)?;
    from.link(&demux)?;
    for (i, (path, input)) in spec.videos.iter().zip(spec.inputs).enumerate() {
        let queue = make("queue")?;
        let osd = make("nvdsosd")?;
        let convert = make("nvvideoconvert")?;
        readable_memory(&convert);
        let caps = make("capsfilter")?;
        caps.set_property("caps", "video/x-raw,format=I420".parse::<gst::Caps>()?);
        let even = even(input)?;
        let (encoder, parser) = encoder()?;
        let mux = make("mp4mux")?;
        let sink = make("filesink")?;
        sink.set_property("location", path.to_str().context("the video's path is not UTF-8")?);
        sink.set_property("sync", false);
        // Sources end at different times, and a sink that waits for its first frame must not hold up the others.
        sink.set_property("async", false);
        let mut chain = vec![&queue, &osd, &convert, &caps];
        chain.extend(even.as_ref());
        chain.push(&encoder);
        chain.extend(parser.as_ref());
        chain.extend([&mux, &sink]);
        pipeline.add_many(chain.iter().copied())?;
        gst::Element::link_many(chain.iter().copied())?;
        let pad = demux
            .request_pad_simple(&format!("src_{i}"))
            .with_context(|| format!("nvstreamdemux gave no pad src_{i}"))?;
        pad.link(&queue.static_pad("sink").context("queue has no sink pad")?)?;
    }
    Ok(())
}

/// H.264 with 4:2:0 chroma has even sizes only: a black column or row for a source that has not.
fn even(input: &Input) -> Result<Option<gst::Element>> {
    let Some((width, height)) = input.size else { return Ok(None) };
    if width % 2 == 0 && height % 2 == 0 {
        return Ok(None);
    }
    let pad = make("videobox")?;
    pad.set_property("right", -((width % 2) as i32));
    pad.set_property("bottom", -((height % 2) as i32));
    Ok(Some(pad))
}

/// The best H.264 encoder that is installed, and the parser that it needs.
fn encoder() -> Result<(gst::Element, Option<gst::Element>)> {
    let found = ["x264enc", "openh264enc", "avenc_mpeg4"]
        .into_iter()
        .find(|name| gst::ElementFactory::find(name).is_some())
        .ok_or_else(|| anyhow!("no video encoder is installed; install gstreamer1.0-plugins-ugly (x264enc) or pass --no-video"))?;
    let encoder = make(found)?;
    match found {
        "x264enc" => {
            encoder.set_property_from_str("speed-preset", "veryfast");
            encoder.set_property_from_str("pass", "quant");
            encoder.set_property("quantizer", 23u32);
            encoder.set_property("bframes", 0u32);
            encoder.set_property("key-int-max", 30u32);
            Ok((encoder, None))
        }
        "openh264enc" => {
            encoder.set_property("bitrate", 4_000_000u32);
            Ok((encoder, Some(make("h264parse")?)))
        }
        _ => {
            encoder.set_property("bitrate", 4_000_000i32);
            Ok((encoder, None))
        }
    }
}
