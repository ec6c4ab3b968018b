//! `nvds_dewarper_meta.h`: the dewarper's surfaces.

use std::ffi::c_uint;

/// Surfaces of a dewarper.
pub const MAX_DEWARPED_VIEWS: usize = 4;

/// `NvDsSurfaceType`: projection of a dewarped surface.
pub type NvDsSurfaceType = c_uint;
/// NONE.
pub const NVDS_META_SURFACE_NONE: NvDsSurfaceType = 0;
/// FISH PUSHBROOM.
pub const NVDS_META_SURFACE_FISH_PUSHBROOM: NvDsSurfaceType = 1;
/// FISH VERTCYL.
pub const NVDS_META_SURFACE_FISH_VERTCYL: NvDsSurfaceType = 2;
/// PERSPECTIVE PERSPECTIVE.
pub const NVDS_META_SURFACE_PERSPECTIVE_PERSPECTIVE: NvDsSurfaceType = 3;
/// FISH PERSPECTIVE.
pub const NVDS_META_SURFACE_FISH_PERSPECTIVE: NvDsSurfaceType = 4;
/// FISH FISH.
pub const NVDS_META_SURFACE_FISH_FISH: NvDsSurfaceType = 5;
/// FISH CYL.
pub const NVDS_META_SURFACE_FISH_CYL: NvDsSurfaceType = 6;
/// FISH EQUIRECT.
pub const NVDS_META_SURFACE_FISH_EQUIRECT: NvDsSurfaceType = 7;
/// FISH PANINI.
pub const NVDS_META_SURFACE_FISH_PANINI: NvDsSurfaceType = 8;
/// PERSPECTIVE EQUIRECT.
pub const NVDS_META_SURFACE_PERSPECTIVE_EQUIRECT: NvDsSurfaceType = 9;
/// PERSPECTIVE PANINI.
pub const NVDS_META_SURFACE_PERSPECTIVE_PANINI: NvDsSurfaceType = 10;
/// EQUIRECT CYLINDER.
pub const NVDS_META_SURFACE_EQUIRECT_CYLINDER: NvDsSurfaceType = 11;
/// EQUIRECT EQUIRECT.
pub const NVDS_META_SURFACE_EQUIRECT_EQUIRECT: NvDsSurfaceType = 12;
/// EQUIRECT FISHEYE.
pub const NVDS_META_SURFACE_EQUIRECT_FISHEYE: NvDsSurfaceType = 13;
/// EQUIRECT PANINI.
pub const NVDS_META_SURFACE_EQUIRECT_PANINI: NvDsSurfaceType = 14;
/// EQUIRECT PERSPECTIVE.
pub const NVDS_META_SURFACE_EQUIRECT_PERSPECTIVE: NvDsSurfaceType = 15;
/// EQUIRECT PUSHBROOM.
pub const NVDS_META_SURFACE_EQUIRECT_PUSHBROOM: NvDsSurfaceType = 16;
/// EQUIRECT STEREOGRAPHIC.
pub const NVDS_META_SURFACE_EQUIRECT_STEREOGRAPHIC: NvDsSurfaceType = 17;
/// EQUIRECT VERTCYLINDER.
pub const NVDS_META_SURFACE_EQUIRECT_VERTCYLINDER: NvDsSurfaceType = 18;

/// Payload of `NVDS_DEWARPER_GST_META`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDewarperSurfaceMeta {
    /// Kind of each surface, an `NvDsSurfaceType`.
    pub r#type: [c_uint; 4],
    /// Index of each among its kind.
    pub index: [c_uint; 4],
    /// Source.
    pub source_id: c_uint,
    /// Surfaces in use.
    pub num_filled_surfaces: c_uint,
}
