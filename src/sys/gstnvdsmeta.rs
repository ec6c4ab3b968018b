//! `gstnvdsmeta.h`: the GstMeta that carries a batch's metadata on a buffer.

use std::ffi::{CStr, c_int, c_void};

use gst::ffi::GstMeta;

use super::{NvDsMetaCopyFunc, NvDsMetaReleaseFunc};

/// The tag of the API type. It makes stock elements that change pixels drop the meta.
pub const NVDS_META_STRING: &CStr = c"nvdsmeta";

/// `GstNvDsMetaType`: what an [`NvDsMeta`] carries.
pub type GstNvDsMetaType = c_int;
/// A batch's metadata.
pub const NVDS_BATCH_GST_META: GstNvDsMetaType = 4097;
/// Of the decoder.
pub const NVDS_DECODER_GST_META: GstNvDsMetaType = 4098;
/// Of the dewarper.
pub const NVDS_DEWARPER_GST_META: GstNvDsMetaType = 4099;
/// Other GstMetas, carried through the muxer as user meta of a frame (since 6.1).
pub const NVDS_BUFFER_GST_AS_FRAME_USER_META: GstNvDsMetaType = 4100;

/// The GstMeta with API type "NvDsMetaAPI" and implementation "NvDsMeta".
#[repr(C)]
pub struct NvDsMeta {
    /// GStreamer's header.
    pub meta: GstMeta,
    /// The payload; for [`NVDS_BATCH_GST_META`] a `NvDsBatchMeta`.
    pub meta_data: *mut c_void,
    /// Second argument of `freefunc`.
    pub user_data: *mut c_void,
    /// What `meta_data` is.
    pub meta_type: GstNvDsMetaType,
    /// Copies `meta_data` when the buffer is copied.
    pub copyfunc: NvDsMetaCopyFunc,
    /// Frees `meta_data` with the buffer.
    pub freefunc: NvDsMetaReleaseFunc,
    /// Copies the payload when the muxer turns it into user meta.
    pub gst_to_nvds_meta_transform_func: NvDsMetaCopyFunc,
    /// Frees such a copy.
    pub gst_to_nvds_meta_release_func: NvDsMetaReleaseFunc,
}
