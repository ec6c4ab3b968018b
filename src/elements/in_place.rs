//! What elements share that look at batches, or change them where they are.

use std::sync::LazyLock;

use gst::prelude::*;

use super::nvmm;
use crate::error::{Error, ErrorKind};

/// A sink and a source pad that take NVMM frames of every format.
pub(super) fn pad_templates() -> &'static [gst::PadTemplate] {
    static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
        [("sink", gst::PadDirection::Sink), ("src", gst::PadDirection::Src)]
            .into_iter()
            .filter_map(|(name, direction)| {
                gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &nvmm::nvmm_caps()).ok()
            })
            .collect()
    });
    &TEMPLATES
}

/// Posts `error` on the bus as an error of `element`, for the streaming thread to return.
#[cold]
pub(super) fn fail(element: &impl IsA<gst::Element>, error: &Error) -> gst::FlowError {
    match error.kind() {
        ErrorKind::Residency | ErrorKind::Unsupported | ErrorKind::Abi => {
            gst::element_error!(element, gst::StreamError::Format, ("{error}"), ["{error:?}"]);
        }
        _ => gst::element_error!(element, gst::StreamError::Failed, ("{error}"), ["{error:?}"]),
    }
    gst::FlowError::Error
}

/// `error` as an element's `start` returns it.
#[cold]
pub(super) fn refuse(error: &Error) -> gst::ErrorMessage {
    match error.kind() {
        ErrorKind::Io => gst::error_msg!(gst::ResourceError::NotFound, ("{error}"), ["{error:?}"]),
        _ => gst::error_msg!(gst::LibraryError::Settings, ("{error}"), ["{error:?}"]),
    }
}

/// The boilerplate of an element that works on batches in place: NVMM caps on both pads, and
/// `batch(&self, &gst::Buffer) -> Result<(), Error>` called for every buffer.
///
/// Batches are changed through the pipeline's own structures, as DeepStream's elements do it, so
/// a buffer need not be writable, and none is ever copied.
macro_rules! batch_element {
    ($type:ty, $long_name:literal, $class:literal, $description:literal) => {
        impl gst::subclass::prelude::GstObjectImpl for $type {}

        impl gst::subclass::prelude::ElementImpl for $type {
            fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
                static METADATA: std::sync::LazyLock<gst::subclass::ElementMetadata> =
                    std::sync::LazyLock::new(|| {
                        gst::subclass::ElementMetadata::new($long_name, $class, $description, "dsframe")
                    });
                Some(&METADATA)
            }

            fn pad_templates() -> &'static [gst::PadTemplate] {
                $crate::elements::in_place::pad_templates()
            }
        }

        impl gst_base::subclass::prelude::BaseTransformImpl for $type {
            const MODE: gst_base::subclass::base_transform::BaseTransformMode =
                gst_base::subclass::base_transform::BaseTransformMode::AlwaysInPlace;
            const PASSTHROUGH_ON_SAME_CAPS: bool = true;
            const TRANSFORM_IP_ON_PASSTHROUGH: bool = true;

            fn start(&self) -> Result<(), gst::ErrorMessage> {
                self.begin().map_err(|e| $crate::elements::in_place::refuse(&e))
            }

            fn stop(&self) -> Result<(), gst::ErrorMessage> {
                self.end();
                Ok(())
            }

            fn transform_ip_passthrough(
                &self,
                buffer: &gst::Buffer,
            ) -> Result<gst::FlowSuccess, gst::FlowError> {
                use gst::subclass::prelude::ObjectSubclassExt;
                self.batch(buffer)
                    .map(|()| gst::FlowSuccess::Ok)
                    .map_err(|e| $crate::elements::in_place::fail(&*self.obj(), &e))
            }
        }
    };
}

pub(super) use batch_element;
