//! Who frees what when an element goes back to its pool, which then gets it wiped.
//!
//! Programs in C can compare an element's `release_func` with the exported function, so these are the exported ones.

use std::ffi::c_void;

use gst::glib::ffi;

use super::list::{field, generation_of, release_list};
use super::pool::wipe;
use crate::sys::*;

/// Sensor strings, objects, display metas, user metas.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_frame_meta"))]
pub(super) unsafe extern "C" fn frame(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let frame = data.cast::<NvDsFrameMeta>();
    // SAFETY: called by a pool for one of its frames, under the batch's lock; strings came from
    // GLib's allocator, as the headers ask.
    unsafe {
        let Some(generation) = generation_of(&raw const (*frame).base_meta) else { return };
        let batch = (*frame).base_meta.batch_meta;
        if let Some(offset) = generation.frame().sensor_info {
            let sensor = field::<NvDsSensorInfo_meta, _>(frame, offset);
            for text in [(*sensor).uri, (*sensor).sensor_id, (*sensor).sensor_name] {
                ffi::g_free(text.cast_mut().cast());
            }
        }
        release_list((*batch).obj_meta_pool, &raw mut (*frame).obj_meta_list);
        release_list((*batch).display_meta_pool, &raw mut (*frame).display_meta_list);
        release_list((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list);
        wipe(data, generation.frame().size);
    }
}

/// Classifiers with their labels, user metas, the display text, the mask.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_obj_meta"))]
pub(super) unsafe extern "C" fn object(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let object = data.cast::<NvDsObjectMeta>();
    // SAFETY: as for `frame`.
    unsafe {
        let Some(generation) = generation_of(&raw const (*object).base_meta) else { return };
        let (layout, batch) = (generation.object(), (*object).base_meta.batch_meta);
        release_list((*batch).classifier_meta_pool, field(object, layout.classifier_meta_list));
        release_list((*batch).user_meta_pool, field(object, layout.obj_user_meta_list));
        let text = field::<NvOSD_TextParams, _>(object, layout.text_params);
        ffi::g_free((*text).display_text.cast());
        let mask = field::<NvOSD_MaskParams, _>(object, layout.mask_params);
        ffi::g_free((*mask).data.cast());
        wipe(data, layout.size);
    }
}

/// Labels.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_classifier_meta"))]
pub(super) unsafe extern "C" fn classifier(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let classifier = data.cast::<NvDsClassifierMeta>();
    // SAFETY: as for `frame`.
    unsafe {
        let batch = (*classifier).base_meta.batch_meta;
        release_list((*batch).label_info_meta_pool, &raw mut (*classifier).label_info_list);
        wipe(data, size_of::<NvDsClassifierMeta>());
    }
}

/// The long label.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_label_meta"))]
pub(super) unsafe extern "C" fn label_info(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let label = data.cast::<NvDsLabelInfo>();
    // SAFETY: as for `frame`.
    unsafe {
        ffi::g_free((*label).pResult_label.cast());
        wipe(data, size_of::<NvDsLabelInfo>());
    }
}

/// The texts of all sixteen slots, whatever the count says.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_display_meta"))]
pub(super) unsafe extern "C" fn display(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let display = data.cast::<NvDsDisplayMeta>();
    // SAFETY: as for `frame`; the array has sixteen texts.
    unsafe {
        let Some(generation) = generation_of(&raw const (*display).base_meta) else { return };
        let texts = field::<NvOSD_TextParams, _>(display, generation.display().text_params);
        for i in 0..MAX_ELEMENTS_IN_DISPLAY_META {
            ffi::g_free((*texts.add(i)).display_text.cast());
        }
        wipe(data, generation.display().size);
    }
}

/// Classifiers with their labels, user metas.
#[cfg_attr(feature = "capi", unsafe(export_name = "release_audio_frame_meta"))]
pub(super) unsafe extern "C" fn audio_frame(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let frame = data.cast::<NvDsAudioFrameMeta>();
    // SAFETY: as for `frame`.
    unsafe {
        let batch = (*frame).base_meta.batch_meta;
        release_list((*batch).classifier_meta_pool, &raw mut (*frame).classifier_meta_list);
        release_list((*batch).user_meta_pool, &raw mut (*frame).frame_user_meta_list);
        wipe(data, size_of::<NvDsAudioFrameMeta>());
    }
}
