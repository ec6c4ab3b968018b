//! Deep copies of what a frame holds.

use std::mem::size_of;
use std::ptr;

use gst::glib::ffi::{self, GList};

use super::copy::{self, BASE, bytes, generations};
use super::element;
use super::list::{elements, field};
use crate::sys::*;

/// # Safety
/// Two live sensor infos.
pub(super) unsafe fn sensor_info(src: *const NvDsSensorInfo_meta, dst: *mut NvDsSensorInfo_meta) {
    // SAFETY: NULL or C strings, which g_strdup and g_free both allow.
    unsafe {
        for old in [(*dst).uri, (*dst).sensor_id, (*dst).sensor_name] {
            ffi::g_free(old.cast_mut().cast());
        }
        (*dst).source_id = (*src).source_id;
        (*dst).uri = ffi::g_strdup((*src).uri);
        (*dst).sensor_id = ffi::g_strdup((*src).sensor_id);
        (*dst).sensor_name = ffi::g_strdup((*src).sensor_name);
    }
}

/// Copies an object with all it holds into one acquired from another (or the same) batch. It has no parent then.
pub(super) unsafe extern "C" fn object(src: *mut NvDsObjectMeta, dst: *mut NvDsObjectMeta) {
    // SAFETY: two live objects, fields at the offsets of their generations; children are drawn from the
    // destination's batch.
    unsafe {
        let Some((from, to)) = generations(&raw const (*src).base_meta, &raw const (*dst).base_meta) else {
            return;
        };
        let (from, to) = (from.object(), to.object());
        bytes(src, dst, BASE, size_of::<NvDsObjectMeta>());
        (*dst).parent = ptr::null_mut();
        if let (Some(a), Some(b)) = (from.rotation_angle, to.rotation_angle) {
            *field::<f32, _>(dst, b) = *field(src, a);
        }
        mask_params(field(src, from.mask_params), field(dst, to.mask_params));
        text_params(field(src, from.text_params), field(dst, to.text_params));
        label_array(field(src, from.obj_label), field(dst, to.obj_label));
        *field::<[i64; 4], _>(dst, to.misc_obj_info) = *field(src, from.misc_obj_info);
        *field::<[i64; 4], _>(dst, to.reserved) = *field(src, from.reserved);
        classifiers(*field::<*mut GList, _>(src, from.classifier_meta_list), dst);
        copy::users_to_object(*field::<*mut GList, _>(src, from.obj_user_meta_list), dst);
    }
}

/// A label and zeros behind it.
///
/// # Safety
/// Live arrays.
unsafe fn label_array(src: *const [u8; MAX_LABEL_SIZE], dst: *mut [u8; MAX_LABEL_SIZE]) {
    // SAFETY: by the caller's word.
    unsafe {
        let mut label = *src;
        let end = label.iter().position(|&b| b == 0).unwrap_or(MAX_LABEL_SIZE);
        label[end..].fill(0);
        *dst = label;
    }
}

/// Adds copies of classifiers to an object.
pub(super) unsafe extern "C" fn classifiers(list: *mut GList, dst: *mut NvDsObjectMeta) {
    // SAFETY: a live list of classifiers, a live object.
    unsafe {
        for src in elements::<NvDsClassifierMeta>(list) {
            let copy = element::acquire_classifier((*dst).base_meta.batch_meta);
            classifier(src, copy);
            element::add_classifier(dst, copy);
        }
    }
}

/// Copies a classifier with its labels.
pub(super) unsafe extern "C" fn classifier(src: *mut NvDsClassifierMeta, dst: *mut NvDsClassifierMeta) {
    // SAFETY: two live classifiers.
    unsafe {
        (*dst).unique_component_id = (*src).unique_component_id;
        (*dst).classifier_type = (*src).classifier_type;
        labels((*src).label_info_list, dst);
    }
}

/// Adds copies of labels to a classifier.
pub(super) unsafe extern "C" fn labels(list: *mut GList, dst: *mut NvDsClassifierMeta) {
    // SAFETY: a live list of labels, a live classifier.
    unsafe {
        for src in elements::<NvDsLabelInfo>(list) {
            let copy = element::acquire_label_info((*dst).base_meta.batch_meta);
            label_info(src, copy);
            element::add_label_info(dst, copy);
        }
    }
}

/// Copies a label.
pub(super) unsafe extern "C" fn label_info(src: *mut NvDsLabelInfo, dst: *mut NvDsLabelInfo) {
    if src == dst {
        return;
    }
    // SAFETY: two live labels; the text came from GLib's allocator.
    unsafe {
        ffi::g_free((*dst).pResult_label.cast());
        bytes(src, dst, BASE, size_of::<NvDsLabelInfo>());
        (*dst).pResult_label = ffi::g_strdup((*src).pResult_label);
    }
}

/// Copies a display meta, all sixteen of each kind.
pub(super) unsafe extern "C" fn display(src: *mut NvDsDisplayMeta, dst: *mut NvDsDisplayMeta) {
    // SAFETY: two live display metas; sixteen of each kind at their generation's offsets and strides.
    unsafe {
        let Some((from, to)) = generations(&raw const (*src).base_meta, &raw const (*dst).base_meta) else {
            return;
        };
        let (from, to) = (from.display(), to.display());
        bytes(src, dst, BASE, size_of::<NvDsDisplayMeta>());
        for i in 0..MAX_ELEMENTS_IN_DISPLAY_META {
            let a = from.rect_params + i * from.rect_stride;
            let b = to.rect_params + i * to.rect_stride;
            *field::<NvOSD_RectParams, _>(dst, b) = *field(src, a);
            if let (Some(x), Some(y)) = (from.rotation_angle, to.rotation_angle) {
                *field::<f32, _>(dst, b + y) = *field(src, a + x);
            }
            let text = i * size_of::<NvOSD_TextParams>();
            text_params(field(src, from.text_params + text), field(dst, to.text_params + text));
        }
        *field::<[NvOSD_LineParams; 16], _>(dst, to.line_params) = *field(src, from.line_params);
        *field::<[NvOSD_ArrowParams; 16], _>(dst, to.arrow_params) = *field(src, from.arrow_params);
        *field::<[NvOSD_CircleParams; 16], _>(dst, to.circle_params) = *field(src, from.circle_params);
        *field::<[i64; 4], _>(dst, to.misc_osd_data) = *field(src, from.misc_osd_data);
        *field::<[i64; 4], _>(dst, to.reserved) = *field(src, from.reserved);
    }
}

/// # Safety
/// Live texts, whose strings came from GLib's allocator.
unsafe fn text_params(src: *const NvOSD_TextParams, dst: *mut NvOSD_TextParams) {
    // SAFETY: NULL or C strings, which g_strdup and g_free both allow.
    unsafe {
        ffi::g_free((*dst).display_text.cast());
        *dst = *src;
        (*dst).display_text = ffi::g_strdup((*src).display_text);
    }
}

/// A mask of size 0 is not shared: the copy has none.
///
/// # Safety
/// Live masks, whose data came from GLib's allocator and have `size` bytes.
unsafe fn mask_params(src: *const NvOSD_MaskParams, dst: *mut NvOSD_MaskParams) {
    // SAFETY: the new block has as many bytes as are copied.
    unsafe {
        ffi::g_free((*dst).data.cast());
        *dst = *src;
        (*dst).data = ptr::null_mut();
        let size = (*src).size as usize;
        if size > 0 && !(*src).data.is_null() {
            let data = ffi::g_malloc0(size);
            ptr::copy_nonoverlapping((*src).data.cast::<u8>(), data.cast(), size);
            (*dst).data = data.cast();
        }
    }
}
