//! `nvdspreprocess_meta.h`: user metas of nvdspreprocess. The header is C++; see [`StdVector`](super::StdVector).

use std::ffi::{c_uint, c_void};

use super::{NvDsDataType, StdString, StdVector};

/// A batched input tensor. **Prefix**.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvDsPreProcessTensorMeta {
    /// Device address of the tensor.
    pub raw_tensor_buffer: *mut c_void,
    /// Its bytes.
    pub buffer_size: u64,
    /// Shape, batch first; `std::vector<int>`.
    pub tensor_shape: StdVector,
    /// Type of an element.
    pub data_type: NvDsDataType,
    /// Name of the input layer; `std::string`.
    pub tensor_name: StdString,
    /// GPU that has it.
    pub gpu_id: c_uint,
    /// Of nvdspreprocess.
    pub private_data: *mut c_void,
}

/// Payload of `NVDS_PREPROCESS_BATCH_META`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct GstNvDsPreProcessBatchMeta {
    /// `gie-unique-id`s that the tensor is for; `std::vector<guint64>`.
    pub target_unique_ids: StdVector,
    /// The tensor, or NULL.
    pub tensor_meta: *mut NvDsPreProcessTensorMeta,
    /// The regions; `std::vector<NvDsRoiMeta>`.
    pub roi_vector: StdVector,
    /// Of nvdspreprocess.
    pub private_data: *mut c_void,
}
