//! DeepStream's elements where DeepStream is missing, under its factory names.
//!
//! [`register`] makes an element available in this process when no plugin provides one of that name,
//! so that one pipeline description serves a machine with DeepStream and one without. The buffers are
//! real `NvBufSurface` batches, in system memory, with caps `video/x-raw(memory:NVMM)`.
//!
//! | name | does | differs from NVIDIA's |
//! |---|---|---|
//! | `nvvideoconvert` | [format, size, crop; system memory ↔ NVMM](nvvideoconvert) | CPU; pixels are always in system memory |
//! | `nvstreammux` | [frames of several sources into batches](nvstreammux) | both muxers in one |
//! | `nvstreamdemux` | [a batch back into its sources](nvstreamdemux) | |

mod convert;
mod in_place;
pub mod nvdsosd;
#[allow(unsafe_code, reason = "events of NVIDIA's types, which have no safe constructor")]
mod nvevent;
pub mod nvinfer;
mod nvmm;
pub mod nvstreamdemux;
pub mod nvstreammux;
pub mod nvtracker;
pub mod nvvideoconvert;

use std::sync::{Mutex, PoisonError};

use gst::glib;
use gst::prelude::*;

use crate::error::{Error, ErrorKind, Result};

/// A factory: its name, its rank and what makes its type.
struct Entry {
    name: &'static str,
    rank: gst::Rank,
    type_: fn() -> glib::Type,
}

/// Every element of this crate. A new one is one more row.
const TABLE: &[Entry] = &[
    Entry {
        name: "nvvideoconvert",
        rank: gst::Rank::NONE,
        type_: nvvideoconvert::NvVideoConvert::static_type,
    },
    Entry { name: "nvinfer", rank: gst::Rank::NONE, type_: nvinfer::NvInfer::static_type },
    Entry { name: "nvdsosd", rank: gst::Rank::NONE, type_: nvdsosd::NvDsOsd::static_type },
    Entry { name: "nvtracker", rank: gst::Rank::NONE, type_: nvtracker::NvTracker::static_type },
    Entry { name: "nvstreammux", rank: gst::Rank::NONE, type_: nvstreammux::NvStreamMux::static_type },
    Entry { name: "nvstreamdemux", rank: gst::Rank::NONE, type_: nvstreamdemux::NvStreamDemux::static_type },
];

static OURS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// Registers the elements that no installed plugin provides. May be called again, from any thread.
///
/// # Errors
/// `Pipeline` when GStreamer is not initialised or refuses a name.
///
/// ```
/// gst::init()?;
/// dsframe::elements::register()?;
/// assert!(gst::ElementFactory::find("nvvideoconvert").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn register() -> Result<()> {
    let mut ours = OURS.lock().unwrap_or_else(PoisonError::into_inner);
    gst::init().map_err(|e| Error::new(ErrorKind::Pipeline, "GStreamer could not start").with_source(e))?;
    for entry in TABLE {
        if gst::ElementFactory::find(entry.name).is_some() {
            continue;
        }
        gst::Element::register(None, entry.name, entry.rank, (entry.type_)()).map_err(|e| {
            Error::new(ErrorKind::Pipeline, format!("GStreamer refused the element {}", entry.name))
                .with_source(e)
        })?;
        ours.push(entry.name);
    }
    Ok(())
}

/// The factory names that this crate answers in this process; the others are NVIDIA's.
#[must_use]
pub fn registered() -> Vec<&'static str> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
