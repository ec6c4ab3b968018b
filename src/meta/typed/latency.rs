//! Latency of elements (`NVDS_ENABLE_LATENCY_MEASUREMENT=1`).

use super::view::{View, array_string, bounded};
use crate::Result;
use crate::meta::UserMeta;
use crate::sys::*;

/// Times of a part of an element.
#[derive(Debug, Clone, PartialEq)]
pub struct SubLatency {
    /// Name of the part.
    pub name: String,
    /// Milliseconds since 1970 at its input.
    pub in_ms: f64,
    /// Milliseconds since 1970 at its output.
    pub out_ms: f64,
}

/// `NvDsMetaCompLatency`: times of one element, copied.
#[derive(Debug, Clone, PartialEq)]
pub struct Latency {
    /// Name of the element.
    pub component: String,
    /// Milliseconds since 1970 at its input.
    pub in_ms: f64,
    /// Milliseconds since 1970 at its output; 0: not there yet.
    pub out_ms: f64,
    /// Source.
    pub source_id: u32,
    /// Frame.
    pub frame_num: u32,
    /// Sink pad of the muxer.
    pub pad_index: u32,
    /// Its parts.
    pub parts: Vec<SubLatency>,
}

impl Latency {
    pub(super) fn of(user: UserMeta<'_>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::Latency)? else { return Ok(None) };
        // SAFETY: payloads of this type are this struct in every version.
        let raw: NvDsMetaCompLatency = unsafe { view.read() };
        let parts = bounded(raw.num_sub_comps, raw.sub_comp_latencies.len(), "num_sub_comps")?;
        let part = |raw: &NvDsMetaSubCompLatency| SubLatency {
            name: array_string(&raw.sub_comp_name),
            in_ms: raw.in_system_timestamp,
            out_ms: raw.out_system_timestamp,
        };
        Ok(Some(Self {
            component: array_string(&raw.component_name),
            in_ms: raw.in_system_timestamp,
            out_ms: raw.out_system_timestamp,
            source_id: raw.source_id,
            frame_num: raw.frame_num,
            pad_index: raw.pad_index,
            parts: raw.sub_comp_latencies[..parts].iter().map(part).collect(),
        }))
    }
}
