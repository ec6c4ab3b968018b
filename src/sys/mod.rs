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
mod gstnvdsmeta;
mod nvbufsurface;
mod nvdsmeta;
mod nvll_osd_struct;

pub use generation::{
    DisplayLayout, FrameLayout, MetaGeneration, ObjectLayout, SurfaceGeneration, SurfaceLayout,
};
pub use gstnvdsmeta::*;
pub use nvbufsurface::*;
pub use nvdsmeta::*;
pub use nvll_osd_struct::*;
