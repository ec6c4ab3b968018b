use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gst::glib;
use gst::subclass::prelude::*;
use gst_base::prelude::*;

use super::super::in_place::batch_element;
use super::super::nvmm::CAT;
use super::{Config, Detection, Detector, ImageRef, ProcessMode, SourceRoi};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{FrameView, Rect};
use crate::meta::{Color, FrameMeta, ObjectInit, ObjectMeta};
use crate::probe::{Batch, Frame};
use crate::roi::BBox;

/// What the properties say; a property that was set wins over the configuration file.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    config_file: Option<String>,
    batch_size: Option<u32>,
    interval: Option<u32>,
    unique_id: Option<u32>,
    process_mode: Option<u32>,
    gpu_id: Option<u32>,
    infer_on_gie_id: Option<i32>,
    infer_on_class_ids: Option<String>,
    filter_out_class_ids: Option<String>,
    model_engine_file: Option<String>,
}

struct Running {
    detector: Detector,
    /// Batches seen, for the interval.
    batches: u64,
}

#[derive(Default)]
pub struct NvInfer {
    settings: Mutex<Settings>,
    running: Mutex<Option<Running>>,
}

#[glib::object_subclass]
impl ObjectSubclass for NvInfer {
    const NAME: &'static str = "DsframeNvInfer";
    type Type = super::NvInfer;
    type ParentType = gst_base::BaseTransform;
}

fn number(name: &'static str, blurb: &'static str, (min, max, default): (u32, u32, u32)) -> glib::ParamSpec {
    glib::ParamSpecUInt::builder(name).blurb(blurb).minimum(min).maximum(max).default_value(default).build()
}

fn text(name: &'static str, blurb: &'static str) -> glib::ParamSpec {
    glib::ParamSpecString::builder(name).blurb(blurb).build()
}

impl ObjectImpl for NvInfer {
    fn properties() -> &'static [glib::ParamSpec] {
        static SPECS: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
            let all = u32::MAX;
            vec![
                text("config-file-path", "Configuration file: what to infer, and how"),
                number(
                    "batch-size",
                    "Frames per inference; the CPU engine takes them one by one",
                    (1, 1024, 1),
                ),
                number("interval", "Batches skipped between two that are inferred", (0, all, 0)),
                number("unique-id", "unique_component_id of the objects", (0, all, 15)),
                number("process-mode", "1: whole frames, 2: objects found upstream", (1, 2, 1)),
                number("gpu-id", "Accepted; no effect", (0, all, 0)),
                glib::ParamSpecInt::builder("infer-on-gie-id")
                    .blurb("In process-mode 2, only objects of this component; -1 for all")
                    .minimum(-1)
                    .default_value(-1)
                    .build(),
                text("infer-on-class-ids", "In process-mode 2, only objects of these classes, as 0:2:3"),
                text("filter-out-class-ids", "Classes whose objects are dropped, as 0;2;3"),
                text("model-engine-file", "Accepted; no effect: onnx-file of the configuration is run"),
            ]
        });
        &SPECS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        const CHECKED: &str = "the type was checked by GObject";
        let mut s = self.settings();
        match pspec.name() {
            "config-file-path" => s.config_file = value.get().expect(CHECKED),
            "batch-size" => s.batch_size = Some(value.get().expect(CHECKED)),
            "interval" => s.interval = Some(value.get().expect(CHECKED)),
            "unique-id" => s.unique_id = Some(value.get().expect(CHECKED)),
            "process-mode" => s.process_mode = Some(value.get().expect(CHECKED)),
            "gpu-id" => s.gpu_id = Some(value.get().expect(CHECKED)),
            "infer-on-gie-id" => s.infer_on_gie_id = Some(value.get().expect(CHECKED)),
            "infer-on-class-ids" => s.infer_on_class_ids = value.get().expect(CHECKED),
            "filter-out-class-ids" => s.filter_out_class_ids = value.get().expect(CHECKED),
            _ => s.model_engine_file = value.get().expect(CHECKED),
        }
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        let s = self.settings();
        let number = |value: Option<u32>| value.map(|v| v.to_value());
        match pspec.name() {
            "config-file-path" => Some(s.config_file.to_value()),
            "batch-size" => number(s.batch_size),
            "interval" => number(s.interval),
            "unique-id" => number(s.unique_id),
            "process-mode" => number(s.process_mode),
            "gpu-id" => number(s.gpu_id),
            "infer-on-gie-id" => s.infer_on_gie_id.map(|v| v.to_value()),
            "infer-on-class-ids" => Some(s.infer_on_class_ids.to_value()),
            "filter-out-class-ids" => Some(s.filter_out_class_ids.to_value()),
            _ => Some(s.model_engine_file.to_value()),
        }
        .unwrap_or_else(|| pspec.default_value().clone())
    }
}

batch_element!(
    NvInfer,
    "dsframe inference",
    "Filter/Video",
    "Finds objects in the frames of a batch with an ONNX model on the CPU"
);

/// Class ids between colons or semicolons, as the real element's properties take them.
fn class_ids(property: &str, text: &str) -> Result<Vec<u32>> {
    text.split([':', ';'])
        .filter(|id| !id.trim().is_empty())
        .map(|id| {
            id.trim().parse().map_err(|_| {
                Error::invalid(format!(
                    "property {property} has \"{id}\", it must be class ids such as 0:2:3"
                ))
            })
        })
        .collect()
}

impl Settings {
    /// The configuration with what the properties override.
    pub(super) fn load(&self) -> Result<Config> {
        let path = self.config_file.as_ref().filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = path.ok_or_else(|| {
            Error::new(ErrorKind::Config, "nvinfer has no config-file-path; set it to a configuration file")
        })?;
        let mut config = Config::load(path)?;
        config.batch_size = self.batch_size.map_or(config.batch_size, |n| n as usize);
        config.interval = self.interval.unwrap_or(config.interval);
        config.gie_unique_id = self.unique_id.unwrap_or(config.gie_unique_id);
        config.process_mode = match self.process_mode {
            Some(1) => ProcessMode::FullFrame,
            Some(_) => ProcessMode::Objects,
            None => config.process_mode,
        };
        if let Some(id) = self.infer_on_gie_id {
            config.operate_on_gie_id = u32::try_from(id).ok();
        }
        if let Some(ids) = &self.infer_on_class_ids {
            config.operate_on_class_ids = class_ids("infer-on-class-ids", ids)?;
        }
        if let Some(ids) = &self.filter_out_class_ids {
            config.filter_out_class_ids = class_ids("filter-out-class-ids", ids)?;
        }
        Ok(config)
    }
}

impl NvInfer {
    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Result<()> {
        let config = self.settings().load()?;
        let detector = Detector::new(config)?;
        gst::info!(CAT, imp = self, "{} loaded", detector.config().onnx_file.display());
        *self.running() = Some(Running { detector, batches: 0 });
        Ok(())
    }

    fn end(&self) {
        *self.running() = None;
    }

    fn batch(&self, buffer: &gst::Buffer) -> Result<()> {
        let Some(batch) = Batch::from_buffer(buffer)? else {
            return Err(Error::invalid("the buffer has no batch metadata; put nvstreammux before nvinfer"));
        };
        let mut running = self.running();
        let Some(Running { detector, batches }) = running.as_mut() else { return Ok(()) };
        let due = *batches % (u64::from(detector.config().interval) + 1) == 0;
        *batches += 1;
        if !due {
            return Ok(());
        }
        for frame in batch.frames() {
            match detector.config().process_mode {
                ProcessMode::FullFrame => whole_frame(detector, &frame)?,
                ProcessMode::Objects => objects(detector, &frame)?,
            }
            frame.set_infer_done(true);
        }
        Ok(())
    }
}

fn whole_frame(detector: &mut Detector, frame: &Frame<'_>) -> Result<()> {
    let map = frame.map_read()?;
    let found = detector.detect(&ImageRef::try_from(&map.view())?)?;
    add(detector, frame, &found, None)
}

/// Infers on the boxes of objects; what is found becomes their children.
fn objects(detector: &mut Detector, frame: &Frame<'_>) -> Result<()> {
    let map = frame.map_read()?;
    let view = map.view();
    for object in frame.objects().rev() {
        let Some(window) = window_of(detector.config(), &object, &view) else { continue };
        let roi = SourceRoi {
            left: window.x as usize,
            top: window.y as usize,
            width: window.width as usize,
            height: window.height as usize,
        };
        let found = detector.detect_in(&ImageRef::try_from(&view)?, roi)?;
        add(detector, frame, &found, Some(object))?;
    }
    Ok(())
}

/// The part of the frame to infer on, if the object is one of those asked for.
fn window_of(config: &Config, object: &ObjectMeta<'_>, view: &FrameView<'_>) -> Option<Rect> {
    let component =
        config.operate_on_gie_id.is_none_or(|id| i64::from(id) == i64::from(object.unique_component_id()));
    let class = u32::try_from(object.class_id())
        .is_ok_and(|id| config.operate_on_class_ids.is_empty() || config.operate_on_class_ids.contains(&id));
    // An object that this element added is not looked into again.
    let own = i64::from(object.unique_component_id()) == i64::from(config.gie_unique_id);
    if !component || !class || own {
        return None;
    }
    let window = object.rect().clip(view.width(), view.height()).ok()?;
    let above = |limit: u32, size: u32| limit != 0 && size > limit;
    let small =
        window.width < config.input_object_min_width || window.height < config.input_object_min_height;
    let large = above(config.input_object_max_width, window.width)
        || above(config.input_object_max_height, window.height);
    (!small && !large).then_some(window)
}

/// Adds what was found as gst-nvinfer does: untracked, red border of 3 pixels, label as text above the box.
fn add(
    detector: &Detector,
    frame: &FrameMeta<'_>,
    found: &[Detection],
    parent: Option<ObjectMeta<'_>>,
) -> Result<()> {
    let config = detector.config();
    for detection in found {
        let Detection { left, top, width, height, confidence, class_id } = *detection;
        let label = detector.label(class_id).unwrap_or_default();
        let attrs = config.attrs(class_id);
        let color = |[r, g, b, a]: [f32; 4]| Color { r, g, b, a };
        let object = frame.add_object(&ObjectInit {
            unique_component_id: i32::try_from(config.gie_unique_id).unwrap_or(i32::MAX),
            class_id: i32::try_from(class_id).unwrap_or(i32::MAX),
            bbox: BBox { left, top, width, height },
            confidence,
            label,
            display_text: (!label.is_empty()).then_some(label),
            border_color: attrs.border_color.map_or(Color::RED, color),
            parent,
            ..ObjectInit::default()
        })?;
        if attrs.bg_color.is_some() {
            object.set_bg_color(attrs.bg_color.map(color));
        }
    }
    Ok(())
}
