//! The table: one function pointer per C function.

use std::borrow::Cow;
use std::ffi::{c_char, c_int, c_uint, c_void};

use gst::ffi::GstBuffer;
use gst::glib::ffi::{GList, GType, gboolean};

use super::Runtime;
use crate::Result;
use crate::sys::*;

macro_rules! table {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? = $symbol:literal;)*) => {
        /// DeepStream's metadata functions, as this process has them.
        ///
        /// All are `unsafe`: pointers must be live, of the right struct, and never NULL unless the
        /// entry says so. Ownership and locking are as the C headers have them: elements belong to
        /// the pools of their batch, and a batch that other threads can reach must be locked
        /// around every add and remove.
        #[derive(Debug, Clone)]
        pub struct Api {
            /// Who answers.
            pub runtime: Runtime,
            /// The file that answers, or a word on why there is none.
            pub origin: Cow<'static, str>,
            /// Functions of `libnvbufsurface.so`, where it loads.
            pub surface: Option<SurfaceApi>,
            $($(#[$doc])* #[doc = concat!("\n\nC: `", $symbol, "`.")]
            pub $name: unsafe extern "C" fn($($arg: $type),*) $(-> $out)?,)*
        }

        impl Api {
            /// Fills the table from `find`, which answers with the address of a symbol.
            ///
            /// # Safety
            /// `find` answers with the C function of that name.
            pub(super) unsafe fn from_symbols(
                origin: String,
                surface: Option<SurfaceApi>,
                mut find: impl FnMut(&str) -> Result<*mut c_void>,
            ) -> Result<Self> {
                Ok(Self {
                    runtime: Runtime::Native,
                    origin: origin.into(),
                    surface,
                    $($name: {
                        let address = find($symbol)?;
                        // SAFETY: the address is that of the C function named $symbol (the caller's
                        // obligation), whose signature is the same from DeepStream 6.0 to 9.1.
                        unsafe {
                            std::mem::transmute::<
                                *mut c_void,
                                unsafe extern "C" fn($($arg: $type),*) $(-> $out)?,
                            >(address)
                        }
                    },)*
                })
            }
        }
    };
}

table! {
    /// Makes a batch with pools for `max` frames. `max_frames_in_batch` stays 0.
    create_batch_meta(max: c_uint) -> *mut NvDsBatchMeta = "nvds_create_batch_meta";
    /// Releases everything in a batch, then the batch.
    destroy_batch_meta(batch: *mut NvDsBatchMeta) -> gboolean = "nvds_destroy_batch_meta";
    /// Deep copy of a batch; the second argument is unused.
    batch_meta_copy(batch: *mut c_void, user: *mut c_void) -> *mut c_void = "nvds_batch_meta_copy_func";
    /// `destroy_batch_meta` in the shape of a release callback.
    batch_meta_release(batch: *mut c_void, user: *mut c_void) = "nvds_batch_meta_release_func";
    /// Locks a batch; the same thread may lock again.
    acquire_meta_lock(batch: *mut NvDsBatchMeta) = "nvds_acquire_meta_lock";
    /// Unlocks a batch.
    release_meta_lock(batch: *mut NvDsBatchMeta) = "nvds_release_meta_lock";

    /// A frame from the pool, zeroed.
    acquire_frame_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsFrameMeta = "nvds_acquire_frame_meta_from_pool";
    /// An object from the pool, zeroed.
    acquire_obj_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsObjectMeta = "nvds_acquire_obj_meta_from_pool";
    /// A classifier from the pool, zeroed.
    acquire_classifier_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsClassifierMeta = "nvds_acquire_classifier_meta_from_pool";
    /// A label from the pool, zeroed.
    acquire_label_info_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsLabelInfo = "nvds_acquire_label_info_meta_from_pool";
    /// A display meta from the pool, zeroed.
    acquire_display_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsDisplayMeta = "nvds_acquire_display_meta_from_pool";
    /// A user meta from the pool. Fill in all of it: the real library does not clean it.
    acquire_user_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsUserMeta = "nvds_acquire_user_meta_from_pool";

    /// Appends a frame.
    add_frame_meta_to_batch(batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) = "nvds_add_frame_meta_to_batch";
    /// Prepends an object; `parent` may be NULL.
    add_obj_meta_to_frame(frame: *mut NvDsFrameMeta, object: *mut NvDsObjectMeta, parent: *mut NvDsObjectMeta) = "nvds_add_obj_meta_to_frame";
    /// Prepends a classifier.
    add_classifier_meta_to_object(object: *mut NvDsObjectMeta, classifier: *mut NvDsClassifierMeta) = "nvds_add_classifier_meta_to_object";
    /// Prepends a label.
    add_label_info_meta_to_classifier(classifier: *mut NvDsClassifierMeta, label: *mut NvDsLabelInfo) = "nvds_add_label_info_meta_to_classifier";
    /// Prepends a display meta.
    add_display_meta_to_frame(frame: *mut NvDsFrameMeta, display: *mut NvDsDisplayMeta) = "nvds_add_display_meta_to_frame";
    /// Appends a user meta.
    add_user_meta_to_batch(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_batch";
    /// Prepends a user meta.
    add_user_meta_to_frame(frame: *mut NvDsFrameMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_frame";
    /// Prepends a user meta.
    add_user_meta_to_obj(object: *mut NvDsObjectMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_obj";

    /// Unlinks a frame and releases it with all it holds.
    remove_frame_meta_from_batch(batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) = "nvds_remove_frame_meta_from_batch";
    /// Unlinks an object and releases it with all it holds.
    remove_obj_meta_from_frame(frame: *mut NvDsFrameMeta, object: *mut NvDsObjectMeta) = "nvds_remove_obj_meta_from_frame";
    /// Unlinks a classifier and releases it with all it holds.
    remove_classifier_meta_from_obj(object: *mut NvDsObjectMeta, classifier: *mut NvDsClassifierMeta) = "nvds_remove_classifier_meta_from_obj";
    /// Unlinks and releases a label.
    remove_label_info_meta_from_classifier(classifier: *mut NvDsClassifierMeta, label: *mut NvDsLabelInfo) = "nvds_remove_label_info_meta_from_classifier";
    /// Unlinks and releases a display meta.
    remove_display_meta_from_frame(frame: *mut NvDsFrameMeta, display: *mut NvDsDisplayMeta) = "nvds_remove_display_meta_from_frame";
    /// Unlinks a user meta and calls its release function.
    remove_user_meta_from_batch(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_batch";
    /// Unlinks a user meta and calls its release function.
    remove_user_meta_from_frame(frame: *mut NvDsFrameMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_frame";
    /// Unlinks a user meta and calls its release function.
    remove_user_meta_from_object(object: *mut NvDsObjectMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_object";
    /// Releases the frame's objects; `list` must be the frame's own list.
    clear_obj_meta_list(frame: *mut NvDsFrameMeta, list: *mut GList) = "nvds_clear_obj_meta_list";
    /// Deep copy of a frame into one acquired from its own batch.
    copy_frame_meta(src: *mut NvDsFrameMeta, dst: *mut NvDsFrameMeta) = "nvds_copy_frame_meta";
    /// The user meta type of a name. The real library keeps the pointer: the string must live for ever.
    get_user_meta_type(name: *mut c_char) -> c_int = "nvds_get_user_meta_type";

    /// GType of the API "NvDsMetaAPI". GStreamer must be initialised.
    meta_api_get_type() -> GType = "nvds_meta_api_get_type";
    /// Attaches a payload to a writable buffer. The caller sets `meta_type` and both `gst_to_nvds`
    /// callbacks of the result; `copy` must not be `None` if the buffer may ever be copied.
    buffer_add_nvds_meta(buffer: *mut GstBuffer, data: *mut c_void, user: *mut c_void, copy: NvDsMetaCopyFunc, release: NvDsMetaReleaseFunc) -> *mut NvDsMeta = "gst_buffer_add_nvds_meta";
    /// The first attached payload of any type, or NULL.
    buffer_get_nvds_meta(buffer: *mut GstBuffer) -> *mut NvDsMeta = "gst_buffer_get_nvds_meta";
    /// The last attached batch, or NULL.
    buffer_get_nvds_batch_meta(buffer: *mut GstBuffer) -> *mut NvDsBatchMeta = "gst_buffer_get_nvds_batch_meta";
}

/// A function on surface `index` and `plane` of a batch (-1: all); 0 is success.
pub type SurfaceFn =
    unsafe extern "C" fn(surface: *mut NvBufSurface, index: c_int, plane: c_int) -> NvBufSurfaceResult;

/// Maps surface `index` and `plane` of a batch (-1: all) for the CPU; 0 is success.
pub type SurfaceMapFn = unsafe extern "C" fn(
    surface: *mut NvBufSurface,
    index: c_int,
    plane: c_int,
    flags: NvBufSurfaceMemMapFlags,
) -> NvBufSurfaceResult;

/// Functions of `libnvbufsurface.so`. On x86 only pinned and unified memory can be mapped, and the
/// two sync functions fail for every memory type: call them for surface arrays alone.
#[derive(Debug, Clone, Copy)]
pub struct SurfaceApi {
    /// Maps for the CPU; fills `mappedAddr`. C: `NvBufSurfaceMap`.
    pub map: SurfaceMapFn,
    /// Ends a map. C: `NvBufSurfaceUnMap`.
    pub unmap: SurfaceFn,
    /// Makes the hardware's writes visible to the CPU. C: `NvBufSurfaceSyncForCpu`.
    pub sync_for_cpu: SurfaceFn,
    /// Makes the CPU's writes visible to the hardware. C: `NvBufSurfaceSyncForDevice`.
    pub sync_for_device: SurfaceFn,
}
