//! NvDsMeta as a GstMeta: registration, transform, and the two ways to find it.

use std::ffi::{CStr, c_char, c_void};
use std::mem::size_of;
use std::ptr;
use std::sync::OnceLock;

use gst::ffi::{self as gst_ffi, GstBuffer, GstMeta, GstMetaInfo};
use gst::glib::ffi::{self, GQuark, GType, gboolean, gpointer};
use gst::glib::gobject_ffi;

use super::{audio, batch, complain, copy, latency};
use crate::sys::*;

const API: &CStr = c"NvDsMetaAPI";
const IMPLEMENTATION: &CStr = c"NvDsMeta";
/// The type of the transform that a buffer copy asks for.
const COPY: &CStr = c"gst-copy";

/// The API's type. Where the real library has registered it, that one.
pub(super) unsafe extern "C" fn api_get_type() -> GType {
    static TYPE: OnceLock<GType> = OnceLock::new();
    // SAFETY: names are C strings; the array of tags ends with NULL and is copied.
    *TYPE.get_or_init(|| unsafe {
        let known = gobject_ffi::g_type_from_name(API.as_ptr());
        if known != gobject_ffi::G_TYPE_INVALID {
            return known;
        }
        let mut tags: [*const c_char; 2] = [NVDS_META_STRING.as_ptr(), ptr::null()];
        gst_ffi::gst_meta_api_type_register(API.as_ptr(), tags.as_mut_ptr())
    })
}

/// The implementation; the real library's where that has registered one.
pub(super) unsafe extern "C" fn info() -> *const GstMetaInfo {
    static INFO: OnceLock<usize> = OnceLock::new();
    // SAFETY: infos live for ever; the functions have the types that GStreamer asks for, and the
    // size is that of the struct they expect.
    let address = INFO.get_or_init(|| unsafe {
        let known = gst_ffi::gst_meta_get_info(IMPLEMENTATION.as_ptr());
        let info = if known.is_null() {
            gst_ffi::gst_meta_register(
                api_get_type(),
                IMPLEMENTATION.as_ptr(),
                size_of::<NvDsMeta>(),
                Some(init),
                Some(free),
                Some(transform),
            )
        } else {
            known
        };
        info as usize
    });
    *address as *const GstMetaInfo
}

unsafe extern "C" fn init(meta: *mut GstMeta, _params: gpointer, _buffer: *mut GstBuffer) -> gboolean {
    let meta = meta.cast::<NvDsMeta>();
    // SAFETY: GStreamer hands over a block of the registered size with its own header filled in.
    unsafe {
        (*meta).meta_data = ptr::null_mut();
        (*meta).user_data = ptr::null_mut();
        (*meta).meta_type = 0;
        (*meta).copyfunc = None;
        (*meta).freefunc = None;
        (*meta).gst_to_nvds_meta_transform_func = None;
        (*meta).gst_to_nvds_meta_release_func = None;
    }
    ffi::GTRUE
}

unsafe extern "C" fn free(meta: *mut GstMeta, _buffer: *mut GstBuffer) {
    let meta = meta.cast::<NvDsMeta>();
    // SAFETY: a live NvDsMeta, whose free function takes its payload.
    unsafe {
        if let Some(freefunc) = (*meta).freefunc.filter(|_| !(*meta).meta_data.is_null()) {
            freefunc((*meta).meta_data, (*meta).user_data);
        }
    }
}

/// A copy of the buffer gets a copy of the payload; any other transform carries nothing.
unsafe extern "C" fn transform(
    dst: *mut GstBuffer,
    meta: *mut GstMeta,
    _src: *mut GstBuffer,
    kind: GQuark,
    _data: gpointer,
) -> gboolean {
    let meta = meta.cast::<NvDsMeta>();
    // SAFETY: a live NvDsMeta and a writable destination; a copy function takes its payload.
    unsafe {
        if kind != ffi::g_quark_try_string(COPY.as_ptr()) {
            return ffi::GTRUE;
        }
        let Some(copyfunc) = (*meta).copyfunc else {
            complain("a NvDsMeta without a copy function stays behind when its buffer is copied");
            return ffi::GFALSE;
        };
        let data = copyfunc((*meta).meta_data, ptr::null_mut());
        // A batch in a copied buffer is a plain batch, whoever wrapped the first one.
        let (copyfunc, freefunc): (NvDsMetaCopyFunc, NvDsMetaReleaseFunc) =
            if (*meta).meta_type == NVDS_BATCH_GST_META {
                let Some(functions) = batch_functions(data) else {
                    complain("the copy of a batch's payload is no batch; it is lost");
                    return ffi::GTRUE;
                };
                functions
            } else {
                ((*meta).copyfunc, (*meta).freefunc)
            };
        let copied = add(dst, data, ptr::null_mut(), copyfunc, freefunc);
        if copied.is_null() {
            return ffi::GFALSE;
        }
        (*copied).meta_type = (*meta).meta_type;
        (*copied).gst_to_nvds_meta_transform_func = (*meta).gst_to_nvds_meta_transform_func;
        (*copied).gst_to_nvds_meta_release_func = (*meta).gst_to_nvds_meta_release_func;
    }
    ffi::GTRUE
}

/// Copies and releases a batch of this kind; `None` for what is no batch.
///
/// # Safety
/// `payload` is NULL or starts with a NvDsBaseMeta.
unsafe fn batch_functions(payload: *mut c_void) -> Option<(NvDsMetaCopyFunc, NvDsMetaReleaseFunc)> {
    // SAFETY: by the caller's word; the header is all that is read.
    unsafe {
        if payload.is_null() {
            None
        } else if audio::is_audio(payload.cast()) {
            Some((Some(audio::batch_meta_copy), Some(audio::batch_meta_release)))
        } else if (*payload.cast::<NvDsBaseMeta>()).meta_type == NVDS_BATCH_META {
            Some((Some(copy::batch_meta_copy), Some(batch::batch_meta_release)))
        } else {
            None
        }
    }
}

pub(super) unsafe extern "C" fn add(
    buffer: *mut GstBuffer,
    data: *mut c_void,
    user: *mut c_void,
    copy: NvDsMetaCopyFunc,
    release: NvDsMetaReleaseFunc,
) -> *mut NvDsMeta {
    // SAFETY: a writable buffer; the meta that comes back is a NvDsMeta, since it was made of its info.
    unsafe {
        latency::read_environment();
        let meta = gst_ffi::gst_buffer_add_meta(buffer, info(), ptr::null_mut()).cast::<NvDsMeta>();
        if !meta.is_null() {
            (*meta).meta_data = data;
            (*meta).user_data = user;
            (*meta).meta_type = 0;
            (*meta).copyfunc = copy;
            (*meta).freefunc = release;
            (*meta).gst_to_nvds_meta_transform_func = None;
            (*meta).gst_to_nvds_meta_release_func = None;
        }
        meta
    }
}

/// The buffer's NvDsMetas in GStreamer's order.
unsafe fn metas(buffer: *mut GstBuffer) -> impl Iterator<Item = *mut NvDsMeta> {
    let mut state: gpointer = ptr::null_mut();
    std::iter::from_fn(move || {
        // SAFETY: a live buffer that nobody changes during the walk, and a state that starts as NULL.
        let meta =
            unsafe { gst_ffi::gst_buffer_iterate_meta_filtered(buffer, &raw mut state, api_get_type()) };
        (!meta.is_null()).then_some(meta.cast())
    })
}

pub(super) unsafe extern "C" fn get(buffer: *mut GstBuffer) -> *mut NvDsMeta {
    // SAFETY: a live buffer, by the caller's word.
    unsafe { metas(buffer) }.next().unwrap_or(ptr::null_mut())
}

pub(super) unsafe extern "C" fn get_batch(buffer: *mut GstBuffer) -> *mut NvDsBatchMeta {
    // SAFETY: a live buffer, by the caller's word; a meta of this type carries a batch.
    unsafe {
        metas(buffer)
            .filter(|meta| (**meta).meta_type == NVDS_BATCH_GST_META)
            .last()
            .map_or(ptr::null_mut(), |meta| (*meta).meta_data.cast())
    }
}
