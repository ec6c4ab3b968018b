//! `nvds_roi_meta.h`: regions of interest and what was found in them.

use std::ffi::c_uint;

use super::NvOSD_RectParams;

/// Corners a region can have.
pub const DS_MAX_POLYGON_POINTS: usize = 8;

/// `NvDsDataType`: type of a tensor's elements; the values from 5 up moved, see [`moved_value`](super::moved_value).
pub type NvDsDataType = c_uint;
/// FP32.
pub const NvDsDataType_FP32: NvDsDataType = 0;
/// UINT8.
pub const NvDsDataType_UINT8: NvDsDataType = 1;
/// INT8.
pub const NvDsDataType_INT8: NvDsDataType = 2;
/// UINT32.
pub const NvDsDataType_UINT32: NvDsDataType = 3;
/// INT32.
pub const NvDsDataType_INT32: NvDsDataType = 4;
/// UINT64.
pub const NvDsDataType_UINT64: NvDsDataType = 6;

/// `NvDsUnitType`: what is preprocessed.
pub type NvDsUnitType = c_uint;
/// Whole frames.
pub const NvDsUnitType_FullFrame: NvDsUnitType = 0;
/// Regions.
pub const NvDsUnitType_ROI: NvDsUnitType = 1;
/// Objects.
pub const NvDsUnitType_Object: NvDsUnitType = 2;

/// A region that nvdspreprocess cut out. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsRoiMeta {
    /// The region, pixels of the frame.
    pub roi: NvOSD_RectParams,
}
