//! Records written back to batches.

use gst::glib::ffi;

use super::batch::BatchMeta;
use super::classifier::{ClassifierInit, LabelInit};
use super::display;
use super::frame::FrameMeta;
use super::init::{FrameInit, ObjectInit};
use super::lock::Guard;
use super::object::ObjectMeta;
use super::owned_batch::OwnedBatchMeta;
use super::raw::{Words, field};
use super::record::{BatchRecord, FrameRecord, MaskRecord, ObjectRecord};
use crate::sys::NvOSD_MaskParams;
use crate::{Error, Result};

fn write_words(words: Words, values: [i64; 4]) {
    for (i, value) in values.into_iter().enumerate() {
        words.store(i, value);
    }
}

impl BatchRecord {
    /// A new batch with all that is in the record.
    ///
    /// # Errors
    /// As [`OwnedBatchMeta::new`] and [`FrameRecord::add_to`].
    pub fn to_batch(&self) -> Result<OwnedBatchMeta> {
        let owned = OwnedBatchMeta::new(self.max_frames)?;
        let batch = owned.as_batch();
        write_words(batch.misc_words(), self.misc);
        write_words(batch.reserved_words(), self.reserved);
        for frame in &self.frames {
            frame.add_to(batch)?;
        }
        Ok(owned)
    }
}

impl FrameRecord {
    /// Adds the frame with all that is in the record at the end of a batch. What the batch's
    /// DeepStream version has no field for (sensor info, rotation) is left out.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument), and nothing is added, when another frame of
    /// the batch has the same `batch_id`, a parent is not among the objects or is found in its own child, a
    /// mask has not as many numbers as pixels, a box, score or coordinate is not finite, or a display
    /// record has more than sixteen items of a kind.
    pub fn add_to<'b>(&self, batch: BatchMeta<'b>) -> Result<FrameMeta<'b>> {
        self.check()?;
        let _lock = batch.lock();
        let frame = batch.add_frame(&self.init())?;
        self.fill(frame).inspect_err(|_| {
            batch.remove_frame(frame);
        })?;
        Ok(frame)
    }

    fn init(&self) -> FrameInit {
        FrameInit {
            pad_index: self.pad_index,
            batch_id: self.batch_id,
            frame_num: self.frame_num,
            // All ones is no time.
            buf_pts: self.buf_pts.filter(|&ns| ns != u64::MAX).map(gst::ClockTime::from_nseconds),
            ntp_timestamp: self.ntp_timestamp,
            source_id: self.source_id,
            num_surfaces_per_frame: self.num_surfaces_per_frame,
            source_frame_width: self.source_frame_width,
            source_frame_height: self.source_frame_height,
            pipeline_width: self.pipeline_width,
            pipeline_height: self.pipeline_height,
        }
    }

    fn check(&self) -> Result<()> {
        for (i, object) in self.objects.iter().enumerate() {
            let mut ancestor = object.parent;
            for _ in 0..=self.objects.len() {
                let Some(at) = ancestor else { break };
                let Some(parent) = self.objects.get(at).filter(|_| at != i) else {
                    return Err(Error::invalid(format!(
                        "object {i} of the record has parent or ancestor {at}; it must be another of its {} objects",
                        self.objects.len()
                    )));
                };
                ancestor = parent.parent;
            }
            if let Some(mask) = &object.mask {
                mask.check(i)?;
            }
        }
        self.displays.iter().try_for_each(|d| display::fitting(&d.scene).map(drop))
    }

    fn fill(&self, frame: FrameMeta<'_>) -> Result<()> {
        frame.set_surface_type(self.surface_type);
        frame.set_surface_index(self.surface_index);
        frame.set_infer_done(self.infer_done);
        write_words(frame.misc_words(), self.misc);
        write_words(frame.reserved_words(), self.reserved);
        if let Some(info) = &self.sensor_info {
            frame.set_sensor_info(info);
        }
        let objects: Vec<_> = self.objects.iter().map(|o| o.add_to(frame)).collect::<Result<_>>()?;
        for (object, record) in objects.iter().zip(&self.objects) {
            object.link_parent(record.parent.map(|at| objects[at]));
        }
        for record in &self.displays {
            let display = display::add_one(frame, &record.scene)?;
            write_words(display.misc_words(), record.misc);
            write_words(display.reserved_words(), record.reserved);
        }
        Ok(())
    }
}

impl ObjectRecord {
    /// Adds the object, without a parent, to a frame.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when the box or a score is not finite, the mask
    /// has not as many numbers as pixels, or the frame was removed.
    pub fn add_to<'b>(&self, frame: FrameMeta<'b>) -> Result<ObjectMeta<'b>> {
        if let Some(mask) = &self.mask {
            mask.check(0)?;
        }
        // SAFETY: the frame's batch is live.
        let _lock = unsafe { Guard::of(frame.raw) };
        let object = frame.add_object(&ObjectInit {
            unique_component_id: self.unique_component_id,
            class_id: self.class_id,
            object_id: self.object_id,
            bbox: self.rect.bbox,
            label: &self.label,
            border_width: self.rect.border_width,
            border_color: self.rect.border_color,
            ..ObjectInit::default()
        })?;
        object.set_confidence(self.confidence);
        object.set_tracker_confidence(self.tracker_confidence);
        object.set_detector_bbox(self.detector_bbox);
        object.set_tracker_bbox(self.tracker_bbox);
        object.set_bg_color(self.rect.bg_color);
        object.set_rotation_angle(self.rect.rotation_angle);
        object.set_color_id(self.rect.color_id);
        if let Some(text) = &self.text {
            object.set_text_params(text);
        }
        if let Some(mask) = &self.mask {
            mask.write(object);
        }
        for classifier in &self.classifiers {
            let labels: Vec<_> = classifier
                .labels
                .iter()
                .map(|label| LabelInit {
                    label: &label.label,
                    result_class_id: label.result_class_id,
                    label_id: label.label_id,
                    num_classes: label.num_classes,
                    probability: label.probability,
                })
                .collect();
            object.add_classifier(&ClassifierInit {
                unique_component_id: classifier.unique_component_id,
                classifier_type: classifier.classifier_type.as_deref(),
                labels: &labels,
            })?;
        }
        write_words(object.misc_words(), self.misc);
        write_words(object.reserved_words(), self.reserved);
        Ok(object)
    }
}

impl MaskRecord {
    fn check(&self, object: usize) -> Result<()> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        if pixels != self.data.len() as u64 || pixels > u64::from(u32::MAX / 4) {
            return Err(Error::invalid(format!(
                "the mask of object {object} is {} x {} with {} numbers; it must have one for each pixel",
                self.width,
                self.height,
                self.data.len()
            )));
        }
        Ok(())
    }

    /// Writes a checked mask to a fresh object.
    fn write(&self, object: ObjectMeta<'_>) {
        let size = size_of_val(&*self.data);
        if size == 0 {
            return;
        }
        // SAFETY: a live object without a mask, written under the lock; the block has as many bytes as
        // are copied, and GLib's allocator, which the pool frees it with.
        unsafe {
            let _lock = Guard::of(object.raw);
            let data = ffi::g_malloc(size).cast::<f32>();
            std::ptr::copy_nonoverlapping(self.data.as_ptr(), data, self.data.len());
            field::<NvOSD_MaskParams, _>(object.raw, object.generation.object().mask_params).write(
                NvOSD_MaskParams {
                    data,
                    size: size as u32,
                    threshold: self.threshold,
                    width: self.width,
                    height: self.height,
                },
            );
        }
    }
}
