//! An object on a frame.

use std::ffi::c_char;
use std::ptr::{self, NonNull};

use super::classifier::{self, ClassifierInit, ClassifierMeta};
use super::color::CColor as _;
use super::init::{NO_CONFIDENCE, ObjectInit};
use super::iter::{Handle, MetaIter};
use super::raw::{Guard, Scalar, field, load, store};
use super::scene::LabelItem;
use super::text;
use super::user::{self, Payload, UserMeta};
use crate::frame::Color;
use crate::roi::BBox;
use crate::runtime::api;
use crate::sys::*;

super::iter::handle! {
    /// `NvDsObjectMeta`: a detected or tracked object.
    ObjectMeta(NvDsObjectMeta)
}

impl<'b> ObjectMeta<'b> {
    /// `gie-unique-id` of the detector that found it.
    #[must_use]
    pub fn unique_component_id(&self) -> i32 {
        load!(self.unique_component_id)
    }

    /// Class within that detector.
    #[must_use]
    pub fn class_id(&self) -> i32 {
        load!(self.class_id)
    }

    /// Identity of the track; `None` while no tracker has seen the object.
    #[must_use]
    pub fn object_id(&self) -> Option<u64> {
        Some(load!(self.object_id)).filter(|&id| id != UNTRACKED_OBJECT_ID)
    }

    /// Score of the detector, 0 to 1. `None` where DeepStream stores -0.1: the object comes from the
    /// tracker alone, or the detector's clustering keeps no score.
    #[must_use]
    pub fn confidence(&self) -> Option<f32> {
        Some(load!(self.confidence)).filter(|&c| c >= 0.0)
    }

    /// Score of the tracker, 0 to 1. `None` where it stores -0.1 (trackers without a score), and
    /// while no tracker has seen the object.
    #[must_use]
    pub fn tracker_confidence(&self) -> Option<f32> {
        self.object_id()?;
        Some(load!(self.tracker_confidence)).filter(|&c| c >= 0.0)
    }

    /// The box that is drawn and that later elements use: the tracker's after a tracker, else the
    /// detector's (`rect_params`).
    #[must_use]
    pub fn rect(&self) -> BBox {
        BBox {
            left: load!(self.rect_params.left),
            top: load!(self.rect_params.top),
            width: load!(self.rect_params.width),
            height: load!(self.rect_params.height),
        }
    }

    /// The box as the detector gave it; all zero where none did.
    #[must_use]
    pub fn detector_bbox(&self) -> BBox {
        BBox {
            left: load!(self.detector_bbox_info.org_bbox_coords.left),
            top: load!(self.detector_bbox_info.org_bbox_coords.top),
            width: load!(self.detector_bbox_info.org_bbox_coords.width),
            height: load!(self.detector_bbox_info.org_bbox_coords.height),
        }
    }

    /// The box as the tracker gave it; all zero where none did.
    #[must_use]
    pub fn tracker_bbox(&self) -> BBox {
        BBox {
            left: load!(self.tracker_bbox_info.org_bbox_coords.left),
            top: load!(self.tracker_bbox_info.org_bbox_coords.top),
            width: load!(self.tracker_bbox_info.org_bbox_coords.width),
            height: load!(self.tracker_bbox_info.org_bbox_coords.height),
        }
    }

    /// Rotation of the box about its centre, clockwise degrees; `None` before DeepStream 9.
    #[must_use]
    pub fn rotation_angle(&self) -> Option<f32> {
        let offset = self.generation.object().rotation_angle?;
        // SAFETY: a live object, and the field's offset in this generation.
        Some(unsafe { f32::load(field(self.raw, offset)) })
    }

    /// Border width, pixels.
    #[must_use]
    pub fn border_width(&self) -> u32 {
        load!(self.rect_params.border_width)
    }

    /// Border colour.
    #[must_use]
    pub fn border_color(&self) -> Color {
        // SAFETY: a live object.
        unsafe { Color::load(&raw mut (*self.raw.as_ptr()).rect_params.border_color) }
    }

    /// Fill colour, where the box is filled.
    #[must_use]
    pub fn bg_color(&self) -> Option<Color> {
        // SAFETY: a live object.
        (load!(self.rect_params.has_bg_color) != 0)
            .then(|| unsafe { Color::load(&raw mut (*self.raw.as_ptr()).rect_params.bg_color) })
    }

    /// Name of the class. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn label(&self) -> String {
        // SAFETY: a live object, and the array's offset in this generation; it does not change under
        // the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            text::read_array(self.obj_label())
        }
    }

    /// The text that is drawn with the object, and its style; `None` where there is no text.
    #[must_use]
    pub fn text_params(&self) -> Option<LabelItem> {
        // SAFETY: a live object, and a struct that does not change under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            LabelItem::from_c(self.text_params_raw())
        }
    }

    /// The object that this one was found in.
    #[must_use]
    pub fn parent(&self) -> Option<ObjectMeta<'b>> {
        // SAFETY: NULL or an object of the same batch; elements live as long as their batch.
        unsafe {
            let _lock = Guard::of(self.raw);
            let parent = NonNull::new((*self.raw.as_ptr()).parent)?;
            Some(Self::from_element(parent.cast(), self.generation))
        }
    }

    /// One of the four numbers that are free for applications (`misc_obj_info`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        // SAFETY: a live object, the array's offset in this generation, an index within it.
        (index < MAX_USER_FIELDS).then(|| unsafe { i64::load(self.misc_raw().add(index)) })
    }

    /// Sets the class.
    pub fn set_class_id(&self, class_id: i32) {
        store!(self.class_id, class_id);
    }

    /// Sets the identity of the track; `None`: untracked.
    pub fn set_object_id(&self, id: Option<u64>) {
        store!(self.object_id, id.unwrap_or(UNTRACKED_OBJECT_ID));
    }

    /// Sets the detector's score; `None` stores -0.1.
    pub fn set_confidence(&self, confidence: Option<f32>) {
        store!(self.confidence, confidence.unwrap_or(NO_CONFIDENCE));
    }

    /// Sets the tracker's score; `None` stores -0.1.
    pub fn set_tracker_confidence(&self, confidence: Option<f32>) {
        store!(self.tracker_confidence, confidence.unwrap_or(NO_CONFIDENCE));
    }

    /// Sets the box that is drawn and that later elements use.
    pub fn set_rect(&self, rect: BBox) {
        store!(self.rect_params.left, rect.left);
        store!(self.rect_params.top, rect.top);
        store!(self.rect_params.width, rect.width);
        store!(self.rect_params.height, rect.height);
    }

    /// Sets the detector's box.
    pub fn set_detector_bbox(&self, bbox: BBox) {
        store!(self.detector_bbox_info.org_bbox_coords.left, bbox.left);
        store!(self.detector_bbox_info.org_bbox_coords.top, bbox.top);
        store!(self.detector_bbox_info.org_bbox_coords.width, bbox.width);
        store!(self.detector_bbox_info.org_bbox_coords.height, bbox.height);
    }

    /// Sets the tracker's box.
    pub fn set_tracker_bbox(&self, bbox: BBox) {
        store!(self.tracker_bbox_info.org_bbox_coords.left, bbox.left);
        store!(self.tracker_bbox_info.org_bbox_coords.top, bbox.top);
        store!(self.tracker_bbox_info.org_bbox_coords.width, bbox.width);
        store!(self.tracker_bbox_info.org_bbox_coords.height, bbox.height);
    }

    /// Sets the border; a width over 32 is stored as 32, since DeepStream's OSD stops at more.
    pub fn set_border(&self, width: u32, color: Color) {
        store!(self.rect_params.border_width, width.min(MAX_BORDER_WIDTH));
        // SAFETY: a live object.
        unsafe { color.store(&raw mut (*self.raw.as_ptr()).rect_params.border_color) };
    }

    /// Fills the box with a colour, or not.
    pub fn set_bg_color(&self, color: Option<Color>) {
        store!(self.rect_params.has_bg_color, u32::from(color.is_some()));
        if let Some(color) = color {
            // SAFETY: a live object.
            unsafe { color.store(&raw mut (*self.raw.as_ptr()).rect_params.bg_color) };
        }
    }

    /// Sets the name of the class, cut between characters to the 127 bytes that fit, and at a NUL.
    pub fn set_label(&self, label: &str) {
        // SAFETY: a live object, and the array's offset in this generation; written under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            text::write_array(self.obj_label(), label);
        }
    }

    /// Sets the text that is drawn with the object, up to a NUL; its place and style stay.
    pub fn set_display_text(&self, text: Option<&str>) {
        // SAFETY: a live object; the field owns a GLib string or NULL, replaced under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            text::replace(&raw mut (*self.text_params_raw()).display_text, text);
        }
    }

    /// Sets the text that is drawn with the object, its place and its style.
    pub fn set_text_params(&self, label: &LabelItem) {
        // SAFETY: a live object; the struct owns a GLib string or NULL, replaced under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            label.write(self.text_params_raw());
        }
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        if index < MAX_USER_FIELDS {
            // SAFETY: a live object, the array's offset in this generation, an index within it.
            unsafe { i64::store(self.misc_raw().add(index), value) };
        }
        index < MAX_USER_FIELDS
    }

    /// Results of classifiers, newest first.
    #[must_use]
    pub fn classifiers(&self) -> MetaIter<ClassifierMeta<'b>> {
        let offset = self.generation.object().classifier_meta_list;
        // SAFETY: a live object, and the list's offset in this generation.
        unsafe { MetaIter::new(self.raw, field(self.raw, offset), self.generation) }
    }

    /// Adds the result of a classifier.
    pub fn add_classifier(&self, init: &ClassifierInit<'_>) -> ClassifierMeta<'b> {
        classifier::add(*self, init)
    }

    /// Removes the result of a classifier; `false` when it is not of this object.
    pub fn remove_classifier(&self, classifier: ClassifierMeta<'_>) -> bool {
        // SAFETY: the object is live.
        let _lock = unsafe { Guard::of(self.raw) };
        let found = self.classifiers().any(|c| c.raw == classifier.raw);
        if found {
            // SAFETY: a classifier of this object's list, changed under the lock.
            unsafe { (api().remove_classifier_meta_from_obj)(self.as_ptr(), classifier.as_ptr()) };
        }
        found
    }

    /// User metas, newest first.
    #[must_use]
    pub fn user_metas(&self) -> MetaIter<UserMeta<'b>> {
        let offset = self.generation.object().obj_user_meta_list;
        // SAFETY: a live object, and the list's offset in this generation.
        unsafe { MetaIter::new(self.raw, field(self.raw, offset), self.generation) }
    }

    /// Adds a value of your own; see [`UserMeta::payload`].
    pub fn add_user<T: Payload>(&self, name: &str, value: T) -> UserMeta<'b> {
        // SAFETY: the object is live, and the new user meta is one of its batch's pool.
        unsafe {
            user::add(self.raw, self.generation, name, value, |_, user| {
                (api().add_user_meta_to_obj)(self.as_ptr(), user);
            })
        }
    }

    pub(super) fn fill(&self, init: &ObjectInit<'_>) {
        store!(self.unique_component_id, init.unique_component_id);
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

    /// Drops the link to `parent`, if that is the parent.
    pub(super) fn forget_parent(&self, parent: ObjectMeta<'_>) {
        // SAFETY: a live object, changed under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if (*self.raw.as_ptr()).parent == parent.as_ptr() {
                (*self.raw.as_ptr()).parent = ptr::null_mut();
            }
        }
    }

    /// The batch that owns the object.
    pub(super) fn owner(&self) -> *mut NvDsBatchMeta {
        // SAFETY: the header of a live object never changes.
        unsafe { (*self.raw.as_ptr()).base_meta.batch_meta }
    }

    fn obj_label(&self) -> *mut [c_char; MAX_LABEL_SIZE] {
        // SAFETY: the array's offset in this generation.
        unsafe { field(self.raw, self.generation.object().obj_label) }
    }

    fn text_params_raw(&self) -> *mut NvOSD_TextParams {
        // SAFETY: the struct's offset in this generation.
        unsafe { field(self.raw, self.generation.object().text_params) }
    }

    fn misc_raw(&self) -> *mut i64 {
        // SAFETY: the array's offset in this generation.
        unsafe { field(self.raw, self.generation.object().misc_obj_info) }
    }
}
