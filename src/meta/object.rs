//! An object on a frame: its numbers, boxes and label. How it is drawn is in [`style`](super::style),
//! what hangs on it in [`object_lists`](super::object_lists).

use std::ffi::c_char;

use super::init::{NO_CONFIDENCE, ObjectInit};
use super::lock::Guard;
use super::raw::{Words, field, load, store};
use super::scene::LabelItem;
use super::text;
use crate::roi::BBox;
use crate::sys::*;

super::iter::element! {
    /// `NvDsObjectMeta`: a detected or tracked object.
    ObjectMeta(NvDsObjectMeta)
}

/// Reads a box, four numbers with DeepStream's names.
macro_rules! load_box {
    ($handle:ident . $($field:ident).+) => {
        BBox {
            left: load!($handle.$($field).+.left),
            top: load!($handle.$($field).+.top),
            width: load!($handle.$($field).+.width),
            height: load!($handle.$($field).+.height),
        }
    };
}

/// Writes a box.
macro_rules! store_box {
    ($handle:ident . $($field:ident).+, $bbox:expr) => {{
        let bbox: BBox = $bbox;
        store!($handle.$($field).+.left, bbox.left);
        store!($handle.$($field).+.top, bbox.top);
        store!($handle.$($field).+.width, bbox.width);
        store!($handle.$($field).+.height, bbox.height);
    }};
}

impl ObjectMeta<'_> {
    /// `gie-unique-id` of the detector that found it.
    #[must_use]
    #[inline]
    pub fn unique_component_id(&self) -> i32 {
        load!(self.unique_component_id)
    }

    /// Sets `gie-unique-id` of the detector.
    pub fn set_unique_component_id(&self, id: i32) {
        store!(self.unique_component_id, id);
    }

    /// Class within that detector.
    #[must_use]
    #[inline]
    pub fn class_id(&self) -> i32 {
        load!(self.class_id)
    }

    /// Sets the class.
    pub fn set_class_id(&self, class_id: i32) {
        store!(self.class_id, class_id);
    }

    /// Identity of the track; `None` while no tracker has seen the object.
    #[must_use]
    #[inline]
    pub fn object_id(&self) -> Option<u64> {
        Some(load!(self.object_id)).filter(|&id| id != UNTRACKED_OBJECT_ID)
    }

    /// Sets the identity of the track; `None`: untracked.
    pub fn set_object_id(&self, id: Option<u64>) {
        store!(self.object_id, id.unwrap_or(UNTRACKED_OBJECT_ID));
    }

    /// Score of the detector, 0 to 1. `None` where DeepStream stores -0.1: the object comes from the
    /// tracker alone, or the detector's clustering keeps no score.
    #[must_use]
    #[inline]
    pub fn confidence(&self) -> Option<f32> {
        Some(load!(self.confidence)).filter(|&c| c >= 0.0)
    }

    /// Sets the detector's score; `None` stores -0.1.
    pub fn set_confidence(&self, confidence: Option<f32>) {
        store!(self.confidence, confidence.unwrap_or(NO_CONFIDENCE));
    }

    /// Score of the tracker, 0 to 1. `None` where it stores -0.1 (trackers without a score), and
    /// while no tracker has seen the object.
    #[must_use]
    #[inline]
    pub fn tracker_confidence(&self) -> Option<f32> {
        self.object_id()?;
        self.stored_tracker_confidence()
    }

    /// Sets the tracker's score; `None` stores -0.1.
    pub fn set_tracker_confidence(&self, confidence: Option<f32>) {
        store!(self.tracker_confidence, confidence.unwrap_or(NO_CONFIDENCE));
    }

    /// The box that is drawn and that later elements use: the tracker's after a tracker, else the
    /// detector's (`rect_params`).
    #[must_use]
    #[inline]
    pub fn rect(&self) -> BBox {
        load_box!(self.rect_params)
    }

    /// Sets the box that is drawn and that later elements use.
    pub fn set_rect(&self, rect: BBox) {
        store_box!(self.rect_params, rect);
    }

    /// The box as the detector gave it; all zero where none did.
    #[must_use]
    #[inline]
    pub fn detector_bbox(&self) -> BBox {
        load_box!(self.detector_bbox_info.org_bbox_coords)
    }

    /// Sets the detector's box.
    pub fn set_detector_bbox(&self, bbox: BBox) {
        store_box!(self.detector_bbox_info.org_bbox_coords, bbox);
    }

    /// The box as the tracker gave it; all zero where none did.
    #[must_use]
    #[inline]
    pub fn tracker_bbox(&self) -> BBox {
        load_box!(self.tracker_bbox_info.org_bbox_coords)
    }

    /// Sets the tracker's box.
    pub fn set_tracker_bbox(&self, bbox: BBox) {
        store_box!(self.tracker_bbox_info.org_bbox_coords, bbox);
    }

    /// Name of the class. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn label(&self) -> String {
        self.with_label(str::to_owned)
    }

    /// Calls `read` with the name of the class, which is not copied to the heap for it.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{FrameInit, ObjectInit, OwnedBatchMeta};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// frame.add_object(&ObjectInit { label: "person", ..ObjectInit::default() })?;
    /// assert_eq!(frame.objects().filter(|o| o.with_label(|label| label == "person")).count(), 1);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn with_label<R, F: FnOnce(&str) -> R>(&self, read: F) -> R {
        // SAFETY: a live object, and the array's offset in this generation; it does not change under
        // the lock.
        let bytes = unsafe {
            let _lock = Guard::of(self.raw);
            text::array_bytes(self.obj_label())
        };
        read(&String::from_utf8_lossy(text::up_to_nul(&bytes)))
    }

    /// Sets the name of the class, cut between characters to the 127 bytes that fit, and at a NUL.
    pub fn set_label(&self, label: &str) {
        // SAFETY: a live object, and the array's offset in this generation; written under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if self.is_live() {
                text::write_array(self.obj_label(), label);
            }
        }
    }

    /// One of the four numbers that are free for applications (`misc_obj_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        self.misc_words().load(index)
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.misc_words().store(index, value)
    }

    /// One of the four numbers that DeepStream's own components keep for themselves (`reserved`).
    #[must_use]
    pub fn reserved(&self, index: usize) -> Option<i64> {
        self.reserved_words().load(index)
    }

    /// Sets one of the four numbers that DeepStream's own components keep for themselves; `false` when
    /// there is none of that index.
    pub fn set_reserved(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.reserved_words().store(index, value)
    }

    pub(super) fn fill(&self, init: &ObjectInit<'_>) {
        self.set_unique_component_id(init.unique_component_id);
        self.set_class_id(init.class_id);
        self.set_object_id(init.object_id);
        store!(self.confidence, init.confidence);
        self.set_detector_bbox(init.bbox);
        self.set_rect(init.bbox);
        self.set_border(init.border_width, init.border_color);
        self.set_label(init.label);
        if let Some(text) = init.display_text {
            self.set_text_params(&LabelItem {
                x: init.bbox.left.max(0.0),
                y: (init.bbox.top - 10.0).max(0.0),
                ..LabelItem::above_object(text)
            });
        }
    }

    /// The tracker's score whether or not there is a track.
    pub(super) fn stored_tracker_confidence(&self) -> Option<f32> {
        Some(load!(self.tracker_confidence)).filter(|&c| c >= 0.0)
    }

    /// The batch that owns the object.
    pub(super) fn owner(&self) -> *mut NvDsBatchMeta {
        // SAFETY: the header of a live object never changes.
        unsafe { (*self.raw.as_ptr()).base_meta.batch_meta }
    }

    pub(super) fn misc_words(&self) -> Words {
        // SAFETY: the array's offset in this generation.
        unsafe { Words::new(field(self.raw, self.generation.object().misc_obj_info)) }
    }

    pub(super) fn reserved_words(&self) -> Words {
        // SAFETY: the array's offset in this generation.
        unsafe { Words::new(field(self.raw, self.generation.object().reserved)) }
    }

    fn obj_label(&self) -> *mut [c_char; MAX_LABEL_SIZE] {
        // SAFETY: the array's offset in this generation.
        unsafe { field(self.raw, self.generation.object().obj_label) }
    }
}
