//! `nvdsinfer.h`: what nvinfer knows about networks, layers and results.

use std::ffi::{c_char, c_int, c_uint, c_void};

/// Dimensions a layer can have.
pub const NVDSINFER_MAX_DIMS: usize = 8;

/// `NvDsInferDataType`: type of a layer's elements.
pub type NvDsInferDataType = c_uint;
/// 32-bit float.
pub const FLOAT: NvDsInferDataType = 0;
/// 16-bit float.
pub const HALF: NvDsInferDataType = 1;
/// Signed byte.
pub const INT8: NvDsInferDataType = 2;
/// 32-bit integer.
pub const INT32: NvDsInferDataType = 3;
/// 64-bit integer (since 7.1).
pub const INT64: NvDsInferDataType = 4;
/// Unsigned byte (since 8.0).
pub const UINT8: NvDsInferDataType = 5;

/// `NvDsInferLogLevel`: severity of a log line.
pub type NvDsInferLogLevel = c_uint;
/// Error.
pub const NVDSINFER_LOG_ERROR: NvDsInferLogLevel = 0;
/// Warning.
pub const NVDSINFER_LOG_WARNING: NvDsInferLogLevel = 1;
/// Information.
pub const NVDSINFER_LOG_INFO: NvDsInferLogLevel = 2;
/// Debugging.
pub const NVDSINFER_LOG_DEBUG: NvDsInferLogLevel = 3;

/// `NvDsInferProfileSelector`: entry of an optimisation profile.
pub type NvDsInferProfileSelector = c_uint;
/// Smallest.
pub const kSELECTOR_MIN: NvDsInferProfileSelector = 0;
/// Best.
pub const kSELECTOR_OPT: NvDsInferProfileSelector = 1;
/// Largest.
pub const kSELECTOR_MAX: NvDsInferProfileSelector = 2;
/// Number of entries.
pub const kSELECTOR_SIZE: NvDsInferProfileSelector = 3;

/// `NvDsInferStatus`: result of nvinfer's library; `NVDSINFER_UNKNOWN_ERROR` moved, see [`moved_value`](super::moved_value).
pub type NvDsInferStatus = c_uint;
/// SUCCESS.
pub const NVDSINFER_SUCCESS: NvDsInferStatus = 0;
/// CONFIG FAILED.
pub const NVDSINFER_CONFIG_FAILED: NvDsInferStatus = 1;
/// CUSTOM LIB FAILED.
pub const NVDSINFER_CUSTOM_LIB_FAILED: NvDsInferStatus = 2;
/// INVALID PARAMS.
pub const NVDSINFER_INVALID_PARAMS: NvDsInferStatus = 3;
/// OUTPUT PARSING FAILED.
pub const NVDSINFER_OUTPUT_PARSING_FAILED: NvDsInferStatus = 4;
/// CUDA ERROR.
pub const NVDSINFER_CUDA_ERROR: NvDsInferStatus = 5;
/// TENSORRT ERROR.
pub const NVDSINFER_TENSORRT_ERROR: NvDsInferStatus = 6;
/// RESOURCE ERROR.
pub const NVDSINFER_RESOURCE_ERROR: NvDsInferStatus = 7;
/// TRITON ERROR.
pub const NVDSINFER_TRITON_ERROR: NvDsInferStatus = 8;
/// TRTIS ERROR.
pub const NVDSINFER_TRTIS_ERROR: NvDsInferStatus = 8;

/// Shape of a layer, without the batch.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferDims {
    /// Entries of `d` in use.
    pub numDims: c_uint,
    /// Extent of each dimension.
    pub d: [c_uint; 8],
    /// Product of the extents.
    pub numElements: c_uint,
}

/// Shape of a planar picture.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferDimsCHW {
    /// Channels.
    pub c: c_uint,
    /// Rows.
    pub h: c_uint,
    /// Columns.
    pub w: c_uint,
}

/// Shape of a layer with its batch.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferBatchDims {
    /// Pictures per batch.
    pub batchSize: c_int,
    /// Shape of one.
    pub dims: NvDsInferDims,
}

/// A layer bound to an engine.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferLayerInfo {
    /// Type of an element.
    pub dataType: NvDsInferDataType,
    /// Shape of one picture's part (C also calls it `dims`).
    pub inferDims: NvDsInferDims,
    /// Index of the binding.
    pub bindingIndex: c_int,
    /// Name, owned by the engine.
    pub layerName: *const c_char,
    /// Host address of the values, or NULL; for a batched tensor the first picture's.
    pub buffer: *mut c_void,
    /// Non-zero: an input.
    pub isInput: c_int,
}

/// Input size of a network.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferNetworkInfo {
    /// Columns.
    pub width: c_uint,
    /// Rows.
    pub height: c_uint,
    /// Channels.
    pub channels: c_uint,
}

/// A box of a detector's parser. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferObjectDetectionInfo {
    /// Class.
    pub classId: c_uint,
    /// Left edge, pixels of the network's input.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// Score, 0 to 1.
    pub detectionConfidence: f32,
}

/// A box of a parser for instance segmentation.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferInstanceMaskInfo {
    /// Class.
    pub classId: c_uint,
    /// Left edge, pixels of the network's input.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// Score, 0 to 1.
    pub detectionConfidence: f32,
    /// Row-major scores.
    pub mask: *mut f32,
    /// Columns of the mask.
    pub mask_width: c_uint,
    /// Rows of the mask.
    pub mask_height: c_uint,
    /// Bytes of the mask.
    pub mask_size: c_uint,
}

/// An attribute of a classifier's parser.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferAttribute {
    /// Which of the classifier's attributes.
    pub attributeIndex: c_uint,
    /// Class that won.
    pub attributeValue: c_uint,
    /// Its probability.
    pub attributeConfidence: f32,
    /// Its label, from malloc, or NULL.
    pub attributeLabel: *mut c_char,
}

/// A layer with its optimisation profile.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferBatchDimsLayerInfo {
    /// The layer.
    pub base: NvDsInferLayerInfo,
    /// Smallest, best and largest shape; behind the [`NvDsInferLayerInfo`] that the C++ struct derives from.
    pub profileDims: [NvDsInferBatchDims; 3],
}
