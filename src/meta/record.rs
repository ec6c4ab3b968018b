//! Owned copies with every field: plain data that may leave the probe, the thread and the process, and
//! be written back. [`FrameSnapshot`](super::FrameSnapshot) is the short form for logs.

use serde::{Deserialize, Serialize};

use super::batch::BatchMeta;
use super::classifier::{ClassifierMeta, LabelInfo};
use super::display::DisplayMeta;
use super::frame::FrameMeta;
use super::init::SensorInfo;
use super::lock::Guard;
use super::object::ObjectMeta;
use super::raw::field;
use super::scene::{LabelItem, RectItem, Scene};
use crate::roi::BBox;
use crate::sys::NvOSD_MaskParams;

/// A batch with all its frames. Lists are in the order in which their elements were added.
///
/// User metas are not in it: only their owners know what they are, and how to write them down.
///
/// ```
/// # gst::init().unwrap();
/// # use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
/// use dsframe::meta::BatchRecord;
/// # let batch = OwnedBatchMeta::new(1)?;
/// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
/// # frame.add_object(&ObjectInit { label: "person", ..ObjectInit::default() })?;
/// let record = batch.as_batch().to_owned();
/// let json = serde_json::to_string(&record).unwrap();
/// let read: BatchRecord = serde_json::from_str(&json).unwrap();
/// assert_eq!(read.to_batch()?.as_batch().to_owned(), record);
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchRecord {
    /// Frames that the batch was made for.
    pub max_frames: u32,
    /// `misc_batch_info`.
    pub misc: [i64; 4],
    /// `reserved`.
    pub reserved: [i64; 4],
    /// The frames.
    pub frames: Vec<FrameRecord>,
}

/// A frame with its objects and display metas; see [`FrameMeta`] for what the fields mean.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the getter of that name")]
pub struct FrameRecord {
    pub pad_index: u32,
    pub batch_id: u32,
    pub frame_num: i32,
    /// Nanoseconds.
    pub buf_pts: Option<u64>,
    pub ntp_timestamp: u64,
    pub source_id: u32,
    pub num_surfaces_per_frame: i32,
    pub source_frame_width: u32,
    pub source_frame_height: u32,
    pub surface_type: u32,
    pub surface_index: u32,
    pub infer_done: bool,
    pub pipeline_width: u32,
    pub pipeline_height: u32,
    pub misc: [i64; 4],
    pub reserved: [i64; 4],
    pub sensor_info: Option<SensorInfo>,
    pub objects: Vec<ObjectRecord>,
    pub displays: Vec<DisplayRecord>,
}

/// An object with its classifiers; see [`ObjectMeta`] for what the fields mean.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the getter of that name")]
pub struct ObjectRecord {
    pub unique_component_id: i32,
    pub class_id: i32,
    pub object_id: Option<u64>,
    pub confidence: Option<f32>,
    /// As stored, whether or not there is a track.
    pub tracker_confidence: Option<f32>,
    pub detector_bbox: BBox,
    pub tracker_bbox: BBox,
    pub rect: RectItem,
    pub label: String,
    /// The text with its look; a look without a text is not kept.
    pub text: Option<LabelItem>,
    pub mask: Option<MaskRecord>,
    /// Index of the parent among the frame's objects.
    pub parent: Option<usize>,
    pub classifiers: Vec<ClassifierRecord>,
    pub misc: [i64; 4],
    pub reserved: [i64; 4],
}

/// An instance mask: row-major `height` x `width` scores.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the field of that name")]
pub struct MaskRecord {
    pub width: u32,
    pub height: u32,
    /// Scores above it belong to the object.
    pub threshold: f32,
    pub data: Vec<f32>,
}

/// The result of a classifier; see [`ClassifierMeta`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the getter of that name")]
pub struct ClassifierRecord {
    pub unique_component_id: i32,
    pub classifier_type: Option<String>,
    pub labels: Vec<LabelRecord>,
}

/// A label of a classifier's result; see [`LabelInfo`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is the getter of that name")]
pub struct LabelRecord {
    pub label: String,
    pub result_class_id: u32,
    pub label_id: u32,
    pub num_classes: u32,
    pub probability: f32,
}

/// A display meta.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DisplayRecord {
    /// What it shows, at most sixteen of a kind.
    pub scene: Scene,
    /// `misc_osd_data`.
    pub misc: [i64; 4],
    /// `reserved`.
    pub reserved: [i64; 4],
}

impl BatchMeta<'_> {
    /// An owned copy with every field, made under the batch's lock.
    #[must_use]
    #[allow(clippy::should_implement_trait, reason = "what a borrowed handle owns is a record")]
    pub fn to_owned(&self) -> BatchRecord {
        let _lock = self.lock();
        BatchRecord {
            max_frames: self.max_frames(),
            misc: self.misc_words().all(),
            reserved: self.reserved_words().all(),
            frames: self.frames().map(|frame| frame.to_owned()).collect(),
        }
    }
}

impl FrameMeta<'_> {
    /// An owned copy with every field, made under the batch's lock.
    #[must_use]
    pub fn to_owned(&self) -> FrameRecord {
        let _lock = self.batch().lock();
        let objects: Vec<_> = self.objects().rev().collect();
        let record = |object: &ObjectMeta<'_>| {
            let parent = object.parent().and_then(|p| objects.iter().position(|o| *o == p));
            ObjectRecord { parent, ..object.to_owned() }
        };
        FrameRecord {
            pad_index: self.pad_index(),
            batch_id: self.batch_id(),
            frame_num: self.frame_num(),
            buf_pts: self.buf_pts().map(gst::ClockTime::nseconds),
            ntp_timestamp: self.ntp_timestamp(),
            source_id: self.source_id(),
            num_surfaces_per_frame: self.num_surfaces_per_frame(),
            source_frame_width: self.source_frame_width(),
            source_frame_height: self.source_frame_height(),
            surface_type: self.surface_type(),
            surface_index: self.surface_index(),
            infer_done: self.infer_done(),
            pipeline_width: self.pipeline_width(),
            pipeline_height: self.pipeline_height(),
            misc: self.misc_words().all(),
            reserved: self.reserved_words().all(),
            sensor_info: self.sensor_info(),
            objects: objects.iter().map(record).collect(),
            displays: self.displays().rev().map(|display| display.to_owned()).collect(),
        }
    }
}

impl ObjectMeta<'_> {
    /// An owned copy with every field but the parent, which only the frame can tell.
    #[must_use]
    pub fn to_owned(&self) -> ObjectRecord {
        // SAFETY: a live object.
        let _lock = unsafe { Guard::of(self.raw) };
        ObjectRecord {
            unique_component_id: self.unique_component_id(),
            class_id: self.class_id(),
            object_id: self.object_id(),
            confidence: self.confidence(),
            tracker_confidence: self.stored_tracker_confidence(),
            detector_bbox: self.detector_bbox(),
            tracker_bbox: self.tracker_bbox(),
            rect: RectItem {
                bbox: self.rect(),
                border_width: self.border_width(),
                border_color: self.border_color(),
                bg_color: self.bg_color(),
                rotation_angle: self.rotation_angle().unwrap_or(0.0),
                color_id: self.color_id(),
            },
            label: self.label(),
            text: self.text_params(),
            mask: self.mask_record(),
            parent: None,
            classifiers: self.classifiers().rev().map(|classifier| classifier.to_owned()).collect(),
            misc: self.misc_words().all(),
            reserved: self.reserved_words().all(),
        }
    }

    fn mask_record(&self) -> Option<MaskRecord> {
        // SAFETY: a live object, whose mask does not change under the lock that the caller holds; its
        // data has `size` bytes.
        unsafe {
            let mask = *field::<NvOSD_MaskParams, _>(self.raw, self.generation.object().mask_params);
            let len = mask.size as usize / size_of::<f32>();
            let data = (!mask.data.is_null()).then(|| std::slice::from_raw_parts(mask.data, len).to_vec())?;
            Some(MaskRecord { width: mask.width, height: mask.height, threshold: mask.threshold, data })
        }
    }
}

impl ClassifierMeta<'_> {
    /// An owned copy with every field.
    #[must_use]
    pub fn to_owned(&self) -> ClassifierRecord {
        // SAFETY: a live classifier.
        let _lock = unsafe { Guard::of(self.raw) };
        ClassifierRecord {
            unique_component_id: self.unique_component_id(),
            classifier_type: self.classifier_type(),
            labels: self.labels().rev().map(|label| label.to_owned()).collect(),
        }
    }
}

impl LabelInfo<'_> {
    /// An owned copy with every field.
    #[must_use]
    pub fn to_owned(&self) -> LabelRecord {
        LabelRecord {
            label: self.label(),
            result_class_id: self.result_class_id(),
            label_id: self.label_id(),
            num_classes: self.num_classes(),
            probability: self.probability(),
        }
    }
}

impl DisplayMeta<'_> {
    /// An owned copy with every field.
    #[must_use]
    pub fn to_owned(&self) -> DisplayRecord {
        // SAFETY: a live display meta.
        let _lock = unsafe { Guard::of(self.raw) };
        DisplayRecord {
            scene: self.to_scene(),
            misc: self.misc_words().all(),
            reserved: self.reserved_words().all(),
        }
    }
}
