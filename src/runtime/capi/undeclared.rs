//! What the two libraries export although no header declares it. Some plugins call it.

use std::ffi::{c_int, c_uint, c_void};

use gst::glib::ffi::{GList, gboolean};

use super::exports;
use crate::runtime::embedded::{API, internal};
use crate::sys::*;

exports! {
    batch_meta_copy(batch: *mut c_void, user: *mut c_void) -> *mut c_void [batch] = API.batch_meta_copy;
    audio_batch_meta_copy(batch: *mut c_void, user: *mut c_void) -> *mut c_void [batch] = const { API.audio_batch_meta_copy.unwrap() };
    copy_user_meta(src: *mut NvDsUserMeta, dst: *mut NvDsUserMeta) [src dst] = internal::copy_user;
    copy_user_meta_list(list: *mut GList, owner: *mut c_void, kind: NvDsMetaType) [owner] = internal::copy_users;
    copy_audio_user_meta_list(list: *mut GList, owner: *mut c_void, kind: NvDsMetaType) [owner] = internal::copy_audio_users;
    get_meta_pool_status(pool: *mut NvDsMetaPool) [pool] = internal::pool_status;
    increase_pool_size(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) [batch pool] = internal::increase_pool;
    nvds_acquire_meta_from_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> *mut c_void [batch pool] = internal::acquire;
    nvds_add_meta_to_parent(list: *mut GList, element: *mut c_void, append: c_int) -> *mut GList [element] = internal::add;
    nvds_remove_meta_from_parent(list: *mut GList, element: *mut c_void, pool: *mut NvDsMetaPool) -> *mut GList [element pool] = internal::remove;
    nvds_create_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint, size: c_uint, copy: NvDsMetaCopyFunc, release: NvDsMetaReleaseFunc, kind: NvDsMetaType) -> *mut NvDsMetaPool [batch] = internal::create_pool;
    nvds_create_frame_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_frame_pool;
    nvds_create_audio_frame_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_audio_frame_pool;
    nvds_create_obj_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_object_pool;
    nvds_create_classifier_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_classifier_pool;
    nvds_create_display_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_display_pool;
    nvds_create_user_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_user_pool;
    nvds_create_label_info_meta_pool(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool [batch] = internal::create_label_info_pool;
    nvds_destroy_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_frame_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_audio_frame_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_obj_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_classifier_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_display_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_user_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    nvds_destroy_label_info_meta_pool(batch: *mut NvDsBatchMeta, pool: *mut NvDsMetaPool) -> gboolean [batch pool] = internal::destroy_pool;
    gstnvdsmeta_latency_measurement_int() [] = internal::read_environment;
}
