//! `nvds_analytics_meta.h`: user metas of nvdsanalytics.
//!
//! The header is C++ and its containers are not part of any C ABI: maps and vectors of strings are opaque bytes here.

use std::ffi::c_uint;

use super::{StdString, StdUnorderedMap, StdVector};

/// What nvdsanalytics found on a frame; the maps are C++.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsAnalyticsFrameMeta {
    /// Overcrowding by label.
    pub ocStatus: StdUnorderedMap,
    /// Objects in each region by label.
    pub objInROIcnt: StdUnorderedMap,
    /// Line crossings in this frame by label.
    pub objLCCurrCnt: StdUnorderedMap,
    /// Line crossings in all by label.
    pub objLCCumCnt: StdUnorderedMap,
    /// `unique-id` of the element.
    pub unique_id: c_uint,
    /// Objects by class.
    pub objCnt: StdUnorderedMap,
}

/// What nvdsanalytics found for an object; the vectors are C++. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsAnalyticsObjInfo {
    /// Labels of the regions it is in.
    pub roiStatus: StdVector,
    /// Labels of the overcrowded regions it is in.
    pub ocStatus: StdVector,
    /// Labels of the lines it crossed.
    pub lcStatus: StdVector,
    /// Label of its direction.
    pub dirStatus: StdString,
    /// `unique-id` of the element.
    pub unique_id: c_uint,
}
