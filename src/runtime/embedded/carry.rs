//! The way of a buffer's GstMetas into a batch: each NvDsMeta becomes a user meta of the frame, all others ride
//! in one empty buffer, which is a user meta too.

use std::ffi::c_void;
use std::ptr;

use gst::ffi::{self as gst_ffi, GstBuffer, GstMeta, GstMetaTransformCopy};
use gst::glib::ffi::{self, gpointer};

use super::{audio, complain, element, gst_meta};
use crate::sys::*;

pub(super) unsafe extern "C" fn to_frame(
    src: *mut GstBuffer,
    batch: *mut NvDsBatchMeta,
    frame: *mut NvDsFrameMeta,
) {
    // SAFETY: a live buffer, batch and frame.
    unsafe { carry(src, batch, |user| element::add_user_to_frame(frame, user)) };
}

pub(super) unsafe extern "C" fn to_audio_frame(
    src: *mut GstBuffer,
    batch: *mut NvDsBatchMeta,
    frame: *mut NvDsAudioFrameMeta,
) {
    // SAFETY: a live buffer, batch and frame.
    unsafe { carry(src, batch, |user| audio::add_user_to_frame(frame, user)) };
}

/// # Safety
/// A live buffer and batch; `add` puts an element of the batch into one of its lists.
unsafe fn carry(src: *mut GstBuffer, batch: *mut NvDsBatchMeta, add: impl Fn(*mut NvDsUserMeta)) {
    // SAFETY: nobody changes the buffer during the walk; a meta of the API is a NvDsMeta.
    unsafe {
        let api = gst_meta::api_get_type();
        let mut others: *mut GstBuffer = ptr::null_mut();
        for meta in all(src) {
            if (*(*meta).info).api == api {
                if let Some(user) = as_user(meta.cast(), batch) {
                    add(user);
                }
            } else {
                if others.is_null() {
                    others = gst_ffi::gst_buffer_new();
                }
                copy_other(meta, src, others);
            }
        }
        if !others.is_null() {
            let user = element::acquire_user(batch);
            (*user).user_meta_data = others.cast();
            (*user).base_meta.meta_type = NVDS_BUFFER_GST_AS_FRAME_USER_META;
            (*user).base_meta.copy_func = Some(copy_others);
            (*user).base_meta.release_func = Some(release_others);
            add(user);
        }
    }
}

/// A buffer's metas, taken before any of them is touched.
///
/// # Safety
/// A live buffer.
unsafe fn all(buffer: *mut GstBuffer) -> Vec<*mut GstMeta> {
    let mut state: gpointer = ptr::null_mut();
    std::iter::from_fn(|| {
        // SAFETY: by the caller's word, and the state starts as NULL.
        let meta = unsafe { gst_ffi::gst_buffer_iterate_meta(buffer, &raw mut state) };
        (!meta.is_null()).then_some(meta)
    })
    .collect()
}

/// The payload is copied by the meta's own copy function; the user meta gets the two `gst_to_nvds` functions.
///
/// # Safety
/// A live NvDsMeta and batch.
unsafe fn as_user(meta: *mut NvDsMeta, batch: *mut NvDsBatchMeta) -> Option<*mut NvDsUserMeta> {
    // SAFETY: a copy function takes the meta's payload and user data.
    unsafe {
        let Some(copyfunc) = (*meta).copyfunc else {
            complain("a NvDsMeta without a copy function cannot become a user meta; it stays behind");
            return None;
        };
        let user = element::acquire_user(batch);
        (*user).user_meta_data = copyfunc((*meta).meta_data, (*meta).user_data);
        (*user).base_meta.meta_type = (*meta).meta_type;
        (*user).base_meta.copy_func = (*meta).gst_to_nvds_meta_transform_func;
        (*user).base_meta.release_func = (*meta).gst_to_nvds_meta_release_func;
        Some(user)
    }
}

/// # Safety
/// `meta` is one of `src`, and `dst` is writable.
unsafe fn copy_other(meta: *mut GstMeta, src: *mut GstBuffer, dst: *mut GstBuffer) {
    // SAFETY: what gst_buffer_copy() hands to a meta's transform function. A meta that describes the buffer's
    // memory has none to describe in an empty buffer.
    unsafe {
        let info = (*meta).info;
        let memory = ffi::g_quark_from_static_string(c"memory".as_ptr());
        if gst_ffi::gst_meta_api_type_has_tag((*info).api, memory) != ffi::GFALSE {
            return;
        }
        if let Some(transform) = (*info).transform_func {
            let mut whole = GstMetaTransformCopy { region: ffi::GFALSE, offset: 0, size: usize::MAX };
            let copy = ffi::g_quark_from_static_string(c"gst-copy".as_ptr());
            transform(dst, meta, src, copy, (&raw mut whole).cast());
        }
    }
}

unsafe extern "C" fn copy_others(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    // SAFETY: a copy callback gets its user meta, whose payload is a buffer or NULL.
    unsafe {
        let buffer = (*data.cast::<NvDsUserMeta>()).user_meta_data.cast::<GstBuffer>();
        if buffer.is_null() { ptr::null_mut() } else { gst_ffi::gst_mini_object_copy(buffer.cast()).cast() }
    }
}

unsafe extern "C" fn release_others(data: *mut c_void, _user: *mut c_void) {
    let user = data.cast::<NvDsUserMeta>();
    // SAFETY: a release callback gets its user meta, whose payload is a buffer or NULL, and is given up.
    unsafe {
        let buffer = ptr::replace(&raw mut (*user).user_meta_data, ptr::null_mut());
        if !buffer.is_null() {
            gst_ffi::gst_mini_object_unref(buffer.cast());
        }
    }
}
