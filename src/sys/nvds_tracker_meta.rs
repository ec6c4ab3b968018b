//! `nvds_tracker_meta.h`: user metas of nvtracker.

use std::ffi::{c_char, c_int, c_uint, c_void};

use super::NvOSD_RectParams;

/// `TRACKER_STATE`: state of a target.
pub type TRACKER_STATE = c_uint;
/// No target.
pub const EMPTY: TRACKER_STATE = 0;
/// Tracked.
pub const ACTIVE: TRACKER_STATE = 1;
/// Lost.
pub const INACTIVE: TRACKER_STATE = 2;
/// Too young to be sure.
pub const TENTATIVE: TRACKER_STATE = 3;
/// Predicted.
pub const PROJECTED: TRACKER_STATE = 4;
/// Nearly active (since 8.0).
pub const QUASIACTIVE: TRACKER_STATE = 5;

/// A target in a past frame. DeepStream 6.0 to 6.3; later [`NvDsTargetMiscDataFrame`].
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPastFrameObj {
    /// Frame.
    pub frameNum: u32,
    /// Box, pixels.
    pub tBbox: NvOSD_RectParams,
    /// Score.
    pub confidence: f32,
    /// Frames since the target began.
    pub age: u32,
}

/// A target's past. DeepStream 6.0 to 6.3; later [`NvDsTargetMiscDataObject`].
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPastFrameObjList {
    /// `numObj` frames.
    pub list: *mut NvDsPastFrameObj,
    /// Frames.
    pub numObj: u32,
    /// Identity of the track.
    pub uniqueId: u64,
    /// Class.
    pub classId: u16,
    /// Label, NUL-terminated.
    pub objLabel: [c_char; 128],
}

/// A stream's targets. DeepStream 6.0 to 6.3; as [`NvDsTargetMiscDataStream`].
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPastFrameObjStream {
    /// `numFilled` targets.
    pub list: *mut NvDsPastFrameObjList,
    /// Stream (`pad_index`).
    pub streamID: u32,
    /// Stream and surface.
    pub surfaceStreamID: u64,
    /// Targets there is room for.
    pub numAllocated: u32,
    /// Targets.
    pub numFilled: u32,
}

/// Past-frame payload of DeepStream 6.0 to 6.3. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPastFrameObjBatch {
    /// `numFilled` streams.
    pub list: *mut NvDsPastFrameObjStream,
    /// Streams there is room for.
    pub numAllocated: u32,
    /// Streams.
    pub numFilled: u32,
}

/// A target in one frame. DeepStream 6.4 and later. **Prefix**.
#[repr(C, align(8))]
#[derive(Debug, Clone, Copy)]
pub struct NvDsTargetMiscDataFrame {
    /// Frame.
    pub frameNum: u32,
}

/// A target over some frames. DeepStream 6.4 and later.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsTargetMiscDataObject {
    /// `numObj` frames, at the stride of the version.
    pub list: *mut NvDsTargetMiscDataFrame,
    /// Frames.
    pub numObj: u32,
    /// Frames there is room for.
    pub numAllocated: u32,
    /// Identity of the track.
    pub uniqueId: u64,
    /// Class.
    pub classId: u16,
    /// Label, NUL-terminated.
    pub objLabel: [c_char; 128],
}

/// A stream's targets.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsTargetMiscDataStream {
    /// `numFilled` targets.
    pub list: *mut NvDsTargetMiscDataObject,
    /// Stream (`pad_index`).
    pub streamID: u32,
    /// Stream and surface.
    pub surfaceStreamID: u64,
    /// Targets there is room for.
    pub numAllocated: u32,
    /// Targets.
    pub numFilled: u32,
}

/// Payload of the past-frame, terminated and shadow lists.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsTargetMiscDataBatch {
    /// `numFilled` streams.
    pub list: *mut NvDsTargetMiscDataStream,
    /// Streams there is room for.
    pub numAllocated: u32,
    /// Streams.
    pub numFilled: u32,
    /// Of nvtracker.
    pub priv_data: *mut c_void,
}

/// Payload of `NVDS_TRACKER_BATCH_REID_META` (since 6.3).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsReidTensorBatch {
    /// Floats per target.
    pub featureSize: u32,
    /// Targets.
    pub numFilled: u32,
    /// Host address, `numFilled` x `featureSize`.
    pub ptr_host: *mut f32,
    /// Device address.
    pub ptr_dev: *mut f32,
    /// Of nvtracker.
    pub priv_data: *mut c_void,
}

/// Payload of `NVDS_TRACKER_OBJ_REID_META` (since 7.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObjReid {
    /// Floats.
    pub featureSize: u32,
    /// Host address.
    pub ptr_host: *mut f32,
    /// Device address.
    pub ptr_dev: *mut f32,
}

/// Payload of `NVDS_OBJ_IMAGE_CONVEX_HULL` (since 6.4).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObjConvexHull {
    /// Points as x, y pairs.
    pub list: *mut c_int,
    /// Points there is room for.
    pub numPointsAllocated: u32,
    /// Points.
    pub numPoints: u32,
}

/// Payload of `NVDS_OBJ_3D_META` (since 8.0).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsObj3DBbox {
    /// Centre.
    pub xCentre: f32,
    /// Centre.
    pub yCentre: f32,
    /// Centre.
    pub zCentre: f32,
    /// Length.
    pub xLen: f32,
    /// Length.
    pub yLen: f32,
    /// Length.
    pub zLen: f32,
    /// Rotation.
    pub xRot: f32,
    /// Rotation.
    pub yRot: f32,
    /// Rotation.
    pub zRot: f32,
    /// Velocity.
    pub xVel: f32,
    /// Velocity.
    pub yVel: f32,
    /// Velocity.
    pub zVel: f32,
}
