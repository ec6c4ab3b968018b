//! `gstnvdsinfer.h`: user metas of nvinfer.

use std::ffi::{c_int, c_uint, c_void};

use super::{NvDsInferLayerInfo, NvDsInferNetworkInfo};

/// Payload of `NVDSINFER_TENSOR_OUTPUT_META`: raw output tensors. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferTensorMeta {
    /// `gie-unique-id`.
    pub unique_id: c_uint,
    /// Output layers.
    pub num_output_layers: c_uint,
    /// One entry per layer.
    pub output_layers_info: *mut NvDsInferLayerInfo,
    /// Host address per layer, for this picture; the entry or the array may be NULL.
    pub out_buf_ptrs_host: *mut *mut c_void,
    /// Device address per layer.
    pub out_buf_ptrs_dev: *mut *mut c_void,
    /// GPU that has them.
    pub gpu_id: c_int,
    /// Of nvinfer.
    pub priv_data: *mut c_void,
    /// Input size of the network.
    pub network_info: NvDsInferNetworkInfo,
}

/// Payload of `NVDSINFER_SEGMENTATION_META`: a class per pixel. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsInferSegmentationMeta {
    /// Classes.
    pub classes: c_uint,
    /// Columns.
    pub width: c_uint,
    /// Rows.
    pub height: c_uint,
    /// Row-major classes; -1: none above the threshold.
    pub class_map: *mut c_int,
    /// Probabilities, class by class.
    pub class_probabilities_map: *mut f32,
    /// Of nvinfer, which owns the arrays through it.
    pub priv_data: *mut c_void,
}
