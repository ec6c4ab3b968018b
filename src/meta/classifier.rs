//! Results of classifiers, and their labels.

use super::iter::MetaIter;
use super::lock::Guard;
use super::object::ObjectMeta;
use super::raw::{load, store};
use super::retire::{self, acquired, expect_live};
use super::text;
use crate::Result;
use crate::runtime::api;
use crate::sys::*;

super::iter::element! {
    /// `NvDsClassifierMeta`: what one classifier says about an object.
    ClassifierMeta(NvDsClassifierMeta)
}

super::iter::element! {
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
    #[inline]
    pub fn unique_component_id(&self) -> i32 {
        load!(self.unique_component_id)
    }

    /// Sets `gie-unique-id` of the classifier.
    pub fn set_unique_component_id(&self, id: i32) {
        store!(self.unique_component_id, id);
    }

    /// How many labels it has, as the library counts them.
    #[must_use]
    #[inline]
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

    /// Sets `classifier-type`. Each different name stays in memory for the life of the process, since
    /// nobody ever frees it.
    pub fn set_classifier_type(&self, name: Option<&str>) {
        let name = name.map_or(std::ptr::null(), text::intern);
        // SAFETY: a live classifier, written under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if self.is_live() {
                (*self.raw.as_ptr()).classifier_type = name;
            }
        }
    }

    /// The labels, newest first.
    #[must_use]
    #[inline]
    pub fn labels(&self) -> MetaIter<LabelInfo<'b>> {
        // SAFETY: a live classifier and its list of labels.
        unsafe {
            let head = &raw mut (*self.raw.as_ptr()).label_info_list;
            MetaIter::new(self.raw, head, self.generation, || self.is_live())
        }
    }

    /// Adds a label.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when the classifier was removed.
    pub fn add_label(&self, init: &LabelInit<'_>) -> Result<LabelInfo<'b>> {
        // SAFETY: the classifier is live.
        let lock = unsafe { Guard::of(self.raw) };
        expect_live(self.is_live(), "classifier")?;
        // SAFETY: acquired from a live batch, and added to a classifier of it under its lock.
        unsafe {
            let raw = (api().acquire_label_info_meta)(lock.batch());
            let label: LabelInfo<'b> = acquired(raw, self.generation);
            label.fill(init);
            (api().add_label_info_meta_to_classifier)(self.as_ptr(), raw);
            Ok(label)
        }
    }

    /// Removes a label; `false` when it is not of this classifier (any more), and while a [typed view](super::typed) of the batch is alive.
    pub fn remove_label(&self, label: LabelInfo<'_>) -> bool {
        // SAFETY: a label of this classifier's list goes, under the lock.
        unsafe {
            retire::remove(
                self.raw,
                || self.labels(),
                label,
                || {
                    (api().remove_label_info_meta_from_classifier)(self.as_ptr(), label.as_ptr());
                },
            )
        }
    }

    /// Removes all labels; says how many there were.
    pub fn clear_labels(&self) -> usize {
        // SAFETY: labels of this classifier's list go, under the lock.
        unsafe {
            retire::clear(
                self.raw,
                || self.labels(),
                |label| {
                    (api().remove_label_info_meta_from_classifier)(self.as_ptr(), label.as_ptr());
                },
            )
        }
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident, $set:ident: $type:ty = $field:ident;)*) => {
        $($(#[$doc])*
        #[must_use]
        #[inline]
        pub fn $name(&self) -> $type {
            load!(self.$field)
        }

        #[doc = concat!("Sets [`", stringify!($name), "`](Self::", stringify!($name), ").")]
        pub fn $set(&self, value: $type) {
            store!(self.$field, value);
        })*
    };
}

impl LabelInfo<'_> {
    numbers! {
        /// Class that won.
        result_class_id, set_result_class_id: u32 = result_class_id;
        /// Which of the classifier's labels this is.
        label_id, set_label_id: u32 = label_id;
        /// Classes that there are.
        num_classes, set_num_classes: u32 = num_classes;
        /// Probability, 0 to 1.
        probability, set_probability: f32 = result_prob;
    }

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

    /// Sets the label: its first 127 bytes, cut between characters, in `result_label`, and the whole in
    /// `pResult_label` where it is longer.
    pub fn set_label(&self, label: &str) {
        // SAFETY: a live label; a GLib string or NULL is replaced, under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if !self.is_live() {
                return;
            }
            let raw = self.raw.as_ptr();
            text::write_array(&raw mut (*raw).result_label, label);
            let long = (text::cut(label, label.len()).len() >= MAX_LABEL_SIZE).then_some(label);
            text::replace(&raw mut (*raw).pResult_label, long);
        }
    }

    fn fill(&self, init: &LabelInit<'_>) {
        self.set_num_classes(init.num_classes);
        self.set_result_class_id(init.result_class_id);
        self.set_label_id(init.label_id);
        self.set_probability(init.probability);
        self.set_label(init.label);
    }
}

pub(super) fn add<'b>(object: ObjectMeta<'b>, init: &ClassifierInit<'_>) -> Result<ClassifierMeta<'b>> {
    // SAFETY: the object is live.
    let lock = unsafe { Guard::of(object.raw) };
    expect_live(object.is_live(), "object")?;
    // SAFETY: acquired from a live batch, and added to an object of it under its lock.
    unsafe {
        let raw = (api().acquire_classifier_meta)(lock.batch());
        let meta: ClassifierMeta<'b> = acquired(raw, object.generation);
        meta.set_unique_component_id(init.unique_component_id);
        meta.set_classifier_type(init.classifier_type);
        for label in init.labels {
            meta.add_label(label)?;
        }
        (api().add_classifier_meta_to_object)(object.as_ptr(), raw);
        Ok(meta)
    }
}
