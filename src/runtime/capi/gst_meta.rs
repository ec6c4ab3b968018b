//! Functions of `libnvdsgst_meta.so` that DeepStream's headers declare.

use std::ffi::{c_char, c_uint, c_void};

use gst::ffi::{GstBuffer, GstMetaInfo};
use gst::glib::ffi::{GType, gboolean};

use super::exports;
use crate::runtime::embedded::API;
use crate::sys::*;

exports! {
    nvds_meta_api_get_type() -> GType [] = API.meta_api_get_type;
    gst_buffer_add_nvds_meta(buffer: *mut GstBuffer, data: *mut c_void, user: *mut c_void, copy: NvDsMetaCopyFunc, release: NvDsMetaReleaseFunc) -> *mut NvDsMeta [buffer] = API.buffer_add_nvds_meta;
    gst_buffer_get_nvds_meta(buffer: *mut GstBuffer) -> *mut NvDsMeta [buffer] = API.buffer_get_nvds_meta;
    gst_buffer_get_nvds_batch_meta(buffer: *mut GstBuffer) -> *mut NvDsBatchMeta [buffer] = API.buffer_get_nvds_batch_meta;
    nvds_meta_get_info() -> *const GstMetaInfo [] = API.meta_get_info;
    nvds_set_input_system_timestamp(buffer: *mut GstBuffer, component: *mut c_char) -> *mut NvDsUserMeta [buffer component] = API.set_input_system_timestamp;
    nvds_set_output_system_timestamp(buffer: *mut GstBuffer, component: *mut c_char) -> gboolean [buffer component] = API.set_output_system_timestamp;
    nvds_measure_buffer_latency(buffer: *mut GstBuffer, info: *mut NvDsFrameLatencyInfo) -> c_uint [buffer info] = API.measure_buffer_latency;
    nvds_get_enable_latency_measurement() -> gboolean [] = API.enable_latency_measurement;
    nvds_add_reference_timestamp_meta(buffer: *mut GstBuffer, component: *mut c_char, frame_id: c_uint) [buffer component] = const { API.add_reference_timestamp_meta.unwrap() };
    nvds_copy_gst_meta_to_frame_meta(src: *mut GstBuffer, batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) [src batch frame] = const { API.copy_gst_meta_to_frame_meta.unwrap() };
    nvds_copy_gst_meta_to_audio_frame_meta(src: *mut GstBuffer, batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) [src batch frame] = const { API.copy_gst_meta_to_audio_frame_meta.unwrap() };
    nvds_get_enable_per_component_latency_measurement() -> gboolean [] = const { API.enable_per_component_latency_measurement.unwrap() };
    nvds_get_latency_measurement_silent() -> gboolean [] = const { API.latency_measurement_silent.unwrap() };
    nvds_set_latency_metadata_ptr() -> *mut c_void [] = const { API.set_latency_metadata_ptr.unwrap() };
    nvds_get_current_system_timestamp() -> f64 [] = const { API.current_system_timestamp.unwrap() };
}
