//! Deep copies.
//!
//! As with the real library, lists below the batch come out reversed, payloads without a copy
//! function stay behind, `uContext` is dropped (but kept in user metas), and font names are shared.

use std::ffi::c_void;
use std::mem::{offset_of, size_of};
use std::ptr;

use gst::glib::ffi::{self, GList};

use super::list::{elements, field, generation_of};
use super::pool::Lock;
use super::{batch, element};
use crate::sys::*;

const BASE: usize = size_of::<NvDsBaseMeta>();

pub(super) unsafe extern "C" fn batch_meta_copy(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    let src = data.cast::<NvDsBatchMeta>();
    // SAFETY: a copy callback gets the live batch it was attached with; it is read under its lock,
    // and nobody else knows the new batch yet.
    unsafe {
        let _lock = Lock::new(src);
        let Some(generation) = generation_of(&raw const (*src).base_meta) else { return ptr::null_mut() };
        // Some makers leave max_frames_in_batch 0.
        let frames = (*src).max_frames_in_batch.max((*src).num_frames_in_batch);
        let dst = batch::create_batch_meta(generation, frames);
        (*dst).max_frames_in_batch = (*src).max_frames_in_batch;
        (*dst).misc_batch_info = (*src).misc_batch_info;
        (*dst).reserved = (*src).reserved;
        for frame in elements::<NvDsFrameMeta>((*src).frame_meta_list) {
            let copy = element::acquire_frame(dst);
            frame_meta(frame, copy);
            batch::add_frame(dst, copy);
        }
        user_metas((*src).batch_user_meta_list, dst, |user| batch::add_user(dst, user));
        dst.cast()
    }
}

/// Copies a frame with all it holds into one acquired from another (or the same) batch.
pub(super) unsafe extern "C" fn frame_meta(src: *mut NvDsFrameMeta, dst: *mut NvDsFrameMeta) {
    // SAFETY: two live frames; children are drawn from the destination's batch.
    unsafe {
        let base = &raw const (*src).base_meta;
        let (Some(from), Some(to)) = (generation_of(base), generation_of(&raw const (*dst).base_meta)) else {
            return;
        };
        copy_bytes(src, dst, BASE, offset_of!(NvDsFrameMeta, num_obj_meta));
        (*dst).bInferDone = (*src).bInferDone;
        (*dst).misc_frame_info = (*src).misc_frame_info;
        (*dst).pipeline_width = (*src).pipeline_width;
        (*dst).pipeline_height = (*src).pipeline_height;
        if let (Some(a), Some(b)) = (from.frame().sensor_info, to.frame().sensor_info) {
            sensor_info(field(src, a), field(dst, b));
        }
        *field::<[i64; 4], _>(dst, to.frame().reserved) = *field(src, from.frame().reserved);

        let objects = elements::<NvDsObjectMeta>((*src).obj_meta_list);
        let batch = (*dst).base_meta.batch_meta;
        let copies: Vec<_> = objects.iter().map(|_| element::acquire_object(batch)).collect();
        for (&object, &copy) in objects.iter().zip(&copies) {
            object_meta((object, from), (copy, to));
            // Parents are objects of the same frame; one of another frame has no counterpart here.
            let parent = objects.iter().position(|&o| o == (*object).parent);
            let parent = parent.map_or(ptr::null_mut(), |i| copies[i]);
            element::add_object(dst, copy, parent);
        }
        for display in elements::<NvDsDisplayMeta>((*src).display_meta_list) {
            let copy = element::acquire_display(batch);
            display_meta((display, from), (copy, to));
            element::add_display(dst, copy);
        }
        user_metas((*src).frame_user_meta_list, batch, |user| element::add_user_to_frame(dst, user));
    }
}

/// # Safety
/// Two live sensor infos.
unsafe fn sensor_info(src: *const NvDsSensorInfo_meta, dst: *mut NvDsSensorInfo_meta) {
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

/// # Safety
/// Live objects, each of its generation; `dst` is not in any list yet.
unsafe fn object_meta(
    (src, from): (*mut NvDsObjectMeta, MetaGeneration),
    (dst, to): (*mut NvDsObjectMeta, MetaGeneration),
) {
    let (from, to) = (from.object(), to.object());
    // SAFETY: fields at their generation's offsets of live elements.
    unsafe {
        copy_bytes(src, dst, BASE, size_of::<NvDsObjectMeta>());
        (*dst).parent = ptr::null_mut();
        if let (Some(a), Some(b)) = (from.rotation_angle, to.rotation_angle) {
            *field::<f32, _>(dst, b) = *field(src, a);
        }
        mask_params(field(src, from.mask_params), field(dst, to.mask_params));
        text_params(field(src, from.text_params), field(dst, to.text_params));
        *field::<[u8; MAX_LABEL_SIZE], _>(dst, to.obj_label) = *field(src, from.obj_label);
        *field::<[i64; 4], _>(dst, to.misc_obj_info) = *field(src, from.misc_obj_info);
        *field::<[i64; 4], _>(dst, to.reserved) = *field(src, from.reserved);
        let batch = (*dst).base_meta.batch_meta;
        for classifier in
            elements::<NvDsClassifierMeta>(*field::<*mut GList, _>(src, from.classifier_meta_list))
        {
            let copy = element::acquire_classifier(batch);
            classifier_meta(classifier, copy);
            element::add_classifier(dst, copy);
        }
        let users = *field::<*mut GList, _>(src, from.obj_user_meta_list);
        user_metas(users, batch, |user| element::add_user_to_object(dst, user));
    }
}

/// # Safety
/// Live classifiers.
unsafe fn classifier_meta(src: *mut NvDsClassifierMeta, dst: *mut NvDsClassifierMeta) {
    // SAFETY: by the caller's word; labels are drawn from the destination's batch.
    unsafe {
        (*dst).unique_component_id = (*src).unique_component_id;
        (*dst).classifier_type = (*src).classifier_type;
        for label in elements::<NvDsLabelInfo>((*src).label_info_list) {
            let copy = element::acquire_label_info((*dst).base_meta.batch_meta);
            copy_bytes(label, copy, BASE, size_of::<NvDsLabelInfo>());
            (*copy).pResult_label = ffi::g_strdup((*label).pResult_label);
            element::add_label_info(dst, copy);
        }
    }
}

/// # Safety
/// Live display metas, each of its generation.
unsafe fn display_meta(
    (src, from): (*mut NvDsDisplayMeta, MetaGeneration),
    (dst, to): (*mut NvDsDisplayMeta, MetaGeneration),
) {
    let (from, to) = (from.display(), to.display());
    // SAFETY: sixteen of each kind at their generation's offsets and strides.
    unsafe {
        copy_bytes(src, dst, BASE, size_of::<NvDsDisplayMeta>());
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

/// # Safety
/// A live list of user metas; `add` puts an element of `batch` into a list of that batch.
unsafe fn user_metas(list: *mut GList, batch: *mut NvDsBatchMeta, add: impl Fn(*mut NvDsUserMeta)) {
    // SAFETY: a copy function gets its own user meta and answers with a new payload.
    unsafe {
        for user in elements::<NvDsUserMeta>(list) {
            let base = (*user).base_meta;
            let Some(copy_func) = base.copy_func else { continue };
            let payload = copy_func(user.cast(), ptr::null_mut());
            let copy = element::acquire_user(batch);
            (*copy).base_meta = NvDsBaseMeta { batch_meta: batch, ..base };
            (*copy).user_meta_data = payload;
            add(copy);
        }
    }
}

/// Copies bytes `from..to` of an element.
///
/// # Safety
/// Both elements are live and have these bytes.
unsafe fn copy_bytes<T>(src: *const T, dst: *mut T, from: usize, to: usize) {
    // SAFETY: by the caller's word; copy() allows the two to be one.
    unsafe { ptr::copy(src.cast::<u8>().add(from), dst.cast::<u8>().add(from), to - from) };
}
