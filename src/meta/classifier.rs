//! Results of classifiers, and their labels.

use std::ptr::NonNull;

use super::iter::{Handle, MetaIter};
use super::object::ObjectMeta;
use super::raw::{Guard, load, store};
use super::text;
use crate::runtime::api;
use crate::sys::*;

super::iter::handle! {
    /// `NvDsClassifierMeta`: what one classifier says about an object.
    ClassifierMeta(NvDsClassifierMeta)
}

super::iter::handle! {
    /// `NvDsLabelInfo`: one label of a classifier's result.
    LabelInfo(NvDsLabelInfo)
}

/// What a new classifier result has.
#[derive(Debug, Clone, Default)]
pub struct ClassifierInit<'a> {
    /// `gie-unique-id` of the classifier.
    pub unique_component_id: i32,
    /// Its `classifier-type`, such as "vehicle make"; DeepStream never frees it, so neither do we.
    pub classifier_type: Option<&'a str>,
    /// Its labels.
    pub labels: &'a [LabelInit<'a>],
}

/// One label of a new classifier result.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LabelInit<'a> {
    /// The label.
    pub label: &'a str,
    /// Class that won.
    pub result_class_id: u32,
    /// Which of the classifier's labels this is.
    pub label_id: u32,
    /// Classes that there are.
    pub num_classes: u32,
    /// Probability, 0 to 1.
    pub probability: f32,
}

impl<'b> ClassifierMeta<'b> {
    /// `gie-unique-id` of the classifier.
    #[must_use]
    pub fn unique_component_id(&self) -> i32 {
        load!(self.unique_component_id)
    }

    /// How many labels it has.
    #[must_use]
    pub fn num_labels(&self) -> u32 {
        load!(self.num_labels)
    }

    /// `classifier-type` of the classifier, where it has one.
    #[must_use]
    pub fn classifier_type(&self) -> Option<String> {
        // SAFETY: NULL or a string that is never freed.
        unsafe {
            let _lock = Guard::of(self.raw);
            text::read((*self.raw.as_ptr()).classifier_type)
        }
    }

    /// The labels, newest first.
    #[must_use]
    pub fn labels(&self) -> MetaIter<LabelInfo<'b>> {
        // SAFETY: a live classifier and its list of labels.
        unsafe { MetaIter::new(self.raw, &raw mut (*self.raw.as_ptr()).label_info_list, self.generation) }
    }
}

impl LabelInfo<'_> {
    /// The label: `pResult_label` where it is set, as for labels over 127 bytes, else `result_label`.
    #[must_use]
    pub fn label(&self) -> String {
        // SAFETY: a live label, whose strings do not change under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            let raw = self.raw.as_ptr();
            text::read((*raw).pResult_label)
                .unwrap_or_else(|| text::read_array(&raw const (*raw).result_label))
        }
    }

    /// Class that won.
    #[must_use]
    pub fn result_class_id(&self) -> u32 {
        load!(self.result_class_id)
    }

    /// Which of the classifier's labels this is.
    #[must_use]
    pub fn label_id(&self) -> u32 {
        load!(self.label_id)
    }

    /// Classes that there are.
    #[must_use]
    pub fn num_classes(&self) -> u32 {
        load!(self.num_classes)
    }

    /// Probability, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f32 {
        load!(self.result_prob)
    }

    fn fill(&self, init: &LabelInit<'_>) {
        store!(self.num_classes, init.num_classes);
        store!(self.result_class_id, init.result_class_id);
        store!(self.label_id, init.label_id);
        store!(self.result_prob, init.probability);
        // SAFETY: a live label; a GLib string or NULL is replaced, under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            let raw = self.raw.as_ptr();
            text::write_array(&raw mut (*raw).result_label, init.label);
            let long = (init.label.len() >= MAX_LABEL_SIZE).then_some(init.label);
            text::replace(&raw mut (*raw).pResult_label, long);
        }
    }
}

pub(super) fn add<'b>(object: ObjectMeta<'b>, init: &ClassifierInit<'_>) -> ClassifierMeta<'b> {
    let api = api();
    // SAFETY: the object is live.
    let lock = unsafe { Guard::of(object.raw) };
    // SAFETY: acquiring from a live batch never fails.
    let meta = unsafe {
        let raw = (api.acquire_classifier_meta)(lock.batch());
        ClassifierMeta::from_element(NonNull::new_unchecked(raw.cast()), object.generation)
    };
    store!(meta.unique_component_id, init.unique_component_id);
    // SAFETY: elements of one batch are filled and linked under its lock.
    unsafe {
        (*meta.as_ptr()).classifier_type = init.classifier_type.map_or(std::ptr::null(), text::intern);
        for label in init.labels {
            let raw = (api.acquire_label_info_meta)(lock.batch());
            LabelInfo::from_element(NonNull::new_unchecked(raw.cast()), object.generation).fill(label);
            (api.add_label_info_meta_to_classifier)(meta.as_ptr(), raw);
        }
        (api.add_classifier_meta_to_object)(object.as_ptr(), meta.as_ptr());
    }
    meta
}
