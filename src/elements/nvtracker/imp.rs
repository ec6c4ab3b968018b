use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gst::glib;
use gst::subclass::prelude::*;
use gst_base::prelude::*;

use super::super::in_place::batch_element;
use super::super::nvmm::CAT;
use super::{Assignment, Config, DESCRIPTOR_LEN, Detection, PredictedBox, Tracker, describe_rgb, knobs};
use crate::error::{Error, Result};
use crate::frame::FrameView;
use crate::meta::{Color, LabelItem, ObjectInit, ObjectMeta};
use crate::ops::color;
use crate::probe::{Batch, Frame};
use crate::roi::BBox;

/// Properties beside the tracker's own settings. Those of NVIDIA's element that choose a low-level
/// library are kept, and have no effect.
#[derive(Debug, Clone)]
struct Settings {
    config: Config,
    display_tracking_id: bool,
    texts: BTreeMap<String, Option<String>>,
    numbers: BTreeMap<String, u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            config: Config::default(),
            display_tracking_id: true,
            texts: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }
}

#[derive(Default)]
struct State {
    /// By `source_id`.
    trackers: BTreeMap<u32, Source>,
    last_id: u64,
    warned: bool,
}

struct Source {
    tracker: Tracker,
    /// Label and component of every class, for objects that the tracker adds itself.
    classes: BTreeMap<i32, (String, i32)>,
}

#[derive(Default)]
pub struct NvTracker {
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

#[glib::object_subclass]
impl ObjectSubclass for NvTracker {
    const NAME: &'static str = "DsframeNvTracker";
    type Type = super::NvTracker;
    type ParentType = gst_base::BaseTransform;
}

/// Properties of NVIDIA's element that have no effect here.
const STRINGS: [&str; 2] = ["ll-lib-file", "ll-config-file"];
const NUMBERS: [&str; 6] = [
    "tracker-width",
    "tracker-height",
    "gpu-id",
    "compute-hw",
    "user-meta-pool-size",
    "tracking-surface-type",
];

impl ObjectImpl for NvTracker {
    fn properties() -> &'static [glib::ParamSpec] {
        static SPECS: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
            let strings =
                STRINGS.map(|name| glib::ParamSpecString::builder(name).blurb("Accepted; no effect").build());
            let numbers =
                NUMBERS.map(|name| glib::ParamSpecUInt::builder(name).blurb("Accepted; no effect").build());
            let text = glib::ParamSpecBoolean::builder("display-tracking-id")
                .blurb("Put the track's id behind the label that is drawn")
                .default_value(true)
                .build();
            knobs::specs().chain(strings).chain(numbers).chain([text]).collect()
        });
        &SPECS
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        let mut settings = self.settings();
        if pspec.name() == "display-tracking-id" {
            settings.display_tracking_id = value.get().expect("the type was checked by GObject");
        } else if !knobs::set(&mut settings.config, pspec.name(), value) {
            gst::info!(CAT, imp = self, "{} has no effect on the embedded tracker", pspec.name());
            let name = pspec.name().to_owned();
            match value.get::<u32>() {
                Ok(number) => drop(settings.numbers.insert(name, number)),
                Err(_) => drop(settings.texts.insert(name, value.get().expect("the rest are strings"))),
            }
        }
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        let settings = self.settings();
        if pspec.name() == "display-tracking-id" {
            return settings.display_tracking_id.to_value();
        }
        knobs::value(&settings.config, pspec.name())
            .or_else(|| settings.texts.get(pspec.name()).map(glib::Value::from))
            .or_else(|| settings.numbers.get(pspec.name()).map(glib::Value::from))
            .unwrap_or_else(|| pspec.default_value().clone())
    }
}

batch_element!(
    NvTracker,
    "dsframe tracker",
    "Filter/Video",
    "Gives objects of a batch the ids of their tracks (ByteTrack)"
);

impl NvTracker {
    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) -> Result<()> {
        self.settings().config.validate()
    }

    fn end(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    fn batch(&self, buffer: &gst::Buffer) -> Result<()> {
        let Some(batch) = Batch::from_buffer(buffer)? else {
            return Err(Error::invalid("the buffer has no batch metadata; put nvstreammux before nvtracker"));
        };
        let settings = self.settings().clone();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in batch.frames() {
            self.frame(&frame, &settings, &mut state)?;
        }
        Ok(())
    }

    fn frame(&self, frame: &Frame<'_>, settings: &Settings, state: &mut State) -> Result<()> {
        let frame_num = u64::try_from(frame.frame_num()).unwrap_or(0);
        let State { trackers, last_id, warned } = state;
        let source = match trackers.entry(frame.source_id()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry
                .insert(Source { tracker: Tracker::new(settings.config.clone())?, classes: BTreeMap::new() }),
        };
        // Objects found inside others follow their parents; the rest in the order the detector gave them.
        let objects: Vec<_> = frame.objects().rev().filter(|object| object.parent().is_none()).collect();
        if objects.is_empty() && !frame.infer_done() {
            return report_predicted(frame, source, frame_num, settings);
        }
        let looks = self.looks(frame, &objects, settings, warned);
        let detections: Vec<_> = objects.iter().zip(&looks).map(detection).collect();
        let mut next_id = || {
            *last_id += 1;
            *last_id
        };
        let update = source.tracker.update(frame_num, &detections, &mut next_id);
        for (object, assignment) in objects.iter().zip(&update.assignments) {
            let class = (object.label(), object.unique_component_id());
            source.classes.entry(object.class_id()).or_insert(class);
            match assignment {
                Assignment::Tracked(target) => {
                    object.set_object_id(Some(target.id));
                    object.set_tracker_confidence(Some(target.confidence));
                    object.set_tracker_bbox(bbox(target.bounds));
                    object.set_text_params(&caption(&object.label(), target.id, object.rect(), settings));
                }
                // As with NVIDIA's element, what is not (yet) a target does not go on downstream.
                Assignment::Tentative | Assignment::Untracked => {
                    remove_with_children(frame, *object);
                }
            }
        }
        Ok(())
    }

    /// How every object looks, where the pixels can be read and the settings ask for it.
    fn looks(
        &self,
        frame: &Frame<'_>,
        objects: &[ObjectMeta<'_>],
        settings: &Settings,
        warned: &mut bool,
    ) -> Vec<Option<[f32; DESCRIPTOR_LEN]>> {
        if settings.config.appearance_weight <= 0.0 || objects.is_empty() {
            return vec![None; objects.len()];
        }
        match frame.map_read() {
            Ok(map) => objects.iter().map(|object| look(&map.view(), object.rect())).collect(),
            Err(error) => {
                if !std::mem::replace(warned, true) {
                    gst::warning!(CAT, imp = self, "tracking by motion alone: {error}");
                }
                vec![None; objects.len()]
            }
        }
    }
}

/// Takes an object away, and what another nvinfer found inside it: a child must not outlive its parent.
fn remove_with_children(frame: &Frame<'_>, object: ObjectMeta<'_>) {
    for other in frame.objects() {
        if other.parent().is_some_and(|parent| parent.as_ptr() == object.as_ptr()) {
            remove_with_children(frame, other);
        }
    }
    frame.remove_object(object);
}

fn look(view: &FrameView<'_>, rect: BBox) -> Option<[f32; DESCRIPTOR_LEN]> {
    let window = rect.clip(view.width(), view.height()).ok()?;
    let rgb = color::to_rgb(&view.crop(window).ok()?);
    let plane = rgb.view().plane(0);
    describe_rgb(plane.data(), plane.width() as usize, plane.height() as usize, 3, plane.pitch())
}

fn detection<'a>((object, look): (&ObjectMeta<'_>, &'a Option<[f32; DESCRIPTOR_LEN]>)) -> Detection<'a> {
    let BBox { left, top, width, height } = object.rect();
    Detection {
        left,
        top,
        width,
        height,
        confidence: object.confidence().unwrap_or(1.0),
        class_id: object.class_id(),
        appearance: look.as_ref().map(<[f32; DESCRIPTOR_LEN]>::as_slice),
    }
}

/// The text that is drawn with a target, in the style of NVIDIA's element: white Serif 10 on black, above
/// the box.
fn caption(label: &str, id: u64, rect: BBox, settings: &Settings) -> LabelItem {
    LabelItem {
        text: if settings.display_tracking_id { format!("{label} {id}") } else { label.to_owned() },
        x: rect.left,
        y: rect.top - 20.0,
        font_size: 10,
        bg_color: Some(Color::BLACK),
        ..LabelItem::default()
    }
}

fn bbox([left, top, width, height]: [f32; 4]) -> BBox {
    BBox { left, top, width, height }
}

/// A frame that the detector skipped: the tracks' predicted boxes, as objects without a detector's
/// confidence.
fn report_predicted(frame: &Frame<'_>, source: &Source, frame_num: u64, settings: &Settings) -> Result<()> {
    let size = frame.surface().map_or_else(|_| frame.size(), |s| (s.width(), s.height()));
    for PredictedBox { id, class_id, bounds, .. } in source.tracker.predicted(frame_num) {
        let predicted = bbox(bounds);
        if predicted.clip(size.0, size.1).is_err() {
            continue;
        }
        let (label, component) = source.classes.get(&class_id).cloned().unwrap_or_default();
        let object = frame.add_object(&ObjectInit {
            unique_component_id: component,
            class_id,
            object_id: Some(id),
            bbox: predicted,
            label: &label,
            ..ObjectInit::default()
        })?;
        object.set_text_params(&caption(&label, id, predicted, settings));
        object.set_tracker_bbox(predicted);
        object.set_tracker_confidence(Some(0.0));
    }
    Ok(())
}
