//! BOTTOM. `repr(C)` mirrors of DeepStream's public headers, one file per header. No logic.
//!
//! One set of structs serves DeepStream 6.0 to 9.1, on x86-64 and aarch64. A struct that has the
//! same layout in all of them is here whole. Of a struct that grew, only the part that never moved
//! is here, its doc says **prefix**, and [`MetaGeneration`] or [`SurfaceGeneration`] knows the size,
//! the strides and where the rest lies. Never index an array of prefixes with pointer arithmetic on
//! the Rust type: multiply by the generation's stride.
//!
//! Names are those of the C headers. C enums are integers, since the other side may store values
//! that this crate has never heard of.
#![allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "names as in the C headers, so that they can be looked up there"
)]

mod generation;
mod grown;
mod gstnvdsinfer;
mod gstnvdsmeta;
mod gstnvdsseimeta;
mod libstdcxx;
mod meta_types;
mod moved;
mod nvbufaudio;
mod nvbufsurface;
mod nvbufsurface_ex;
mod nvbufsurftransform;
mod nvds_analytics_meta;
mod nvds_audio_meta;
mod nvds_dewarper_meta;
mod nvds_latency_meta;
mod nvds_obj_encode;
mod nvds_opticalflow_meta;
mod nvds_roi_meta;
mod nvds_tracker_meta;
mod nvdscustomusermeta;
mod nvdsinfer;
mod nvdsmeta;
mod nvdsmeta_schema;
mod nvdspreprocess_meta;
mod nvll_osd_api;
mod nvll_osd_struct;
mod version;

pub use generation::{
    DisplayLayout, FrameLayout, MetaGeneration, ObjectLayout, SurfaceGeneration, SurfaceLayout,
};
pub use grown::*;
pub use gstnvdsinfer::*;
pub use gstnvdsmeta::*;
pub use gstnvdsseimeta::*;
pub use libstdcxx::*;
pub use meta_types::*;
pub use moved::*;
pub use nvbufaudio::*;
pub use nvbufsurface::*;
pub use nvbufsurface_ex::*;
pub use nvbufsurftransform::*;
pub use nvds_analytics_meta::*;
pub use nvds_audio_meta::*;
pub use nvds_dewarper_meta::*;
pub use nvds_latency_meta::*;
pub use nvds_obj_encode::*;
pub use nvds_opticalflow_meta::*;
pub use nvds_roi_meta::*;
pub use nvds_tracker_meta::*;
pub use nvdscustomusermeta::*;
pub use nvdsinfer::*;
pub use nvdsmeta::*;
pub use nvdsmeta_schema::*;
pub use nvdspreprocess_meta::*;
pub use nvll_osd_api::*;
pub use nvll_osd_struct::*;
pub use version::*;
