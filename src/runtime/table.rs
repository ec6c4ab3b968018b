//! The table: one function pointer per C function.

use std::borrow::Cow;
use std::ffi::{c_char, c_int, c_uint, c_void};

use gst::ffi::{GstBuffer, GstMetaInfo};
use gst::glib::ffi::{GList, GType, gboolean};

use super::Runtime;
use crate::Result;
use crate::sys::*;

macro_rules! table {
    (
        required: { $($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? = $symbol:literal;)* }
        optional: { $($(#[$odoc:meta])* $oname:ident($($oarg:ident: $otype:ty),*) $(-> $oout:ty)? = $osymbol:literal;)* }
    ) => {
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
            $($(#[$odoc])* #[doc = concat!("\n\n`None` where DeepStream is too old to have it. C: `", $osymbol, "`.")]
            pub $oname: Option<unsafe extern "C" fn($($oarg: $otype),*) $(-> $oout)?>,)*
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
                    $($oname: find($osymbol).ok().map(|address| {
                        // SAFETY: as above; the signature is the same in every version that has it.
                        unsafe {
                            std::mem::transmute::<
                                *mut c_void,
                                unsafe extern "C" fn($($oarg: $otype),*) $(-> $oout)?,
                            >(address)
                        }
                    }),)*
                })
            }
        }
    };
}

table! {
    required: {
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
    /// Prepends a classifier. The real library locks the batch of the region's `frame_meta`, which must be set.
    add_classifier_meta_to_roi(roi: *mut NvDsRoiMeta, classifier: *mut NvDsClassifierMeta) = "nvds_add_classifier_meta_to_roi";
    /// Prepends a user meta; `frame_meta` of the region as above.
    add_user_meta_to_roi(roi: *mut NvDsRoiMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_roi";

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
    /// Unlinks a classifier and releases it with all it holds; the region's `frame_meta` must be set.
    remove_classifier_meta_from_roi(roi: *mut NvDsRoiMeta, classifier: *mut NvDsClassifierMeta) = "nvds_remove_classifier_meta_from_roi";
    /// Unlinks a user meta and calls its release function. **The real library (9.0.2) crashes then.**
    remove_user_meta_from_roi(roi: *mut NvDsRoiMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_roi";

    /// Releases the batch's frames; `list` must be the batch's own.
    clear_frame_meta_list(batch: *mut NvDsBatchMeta, list: *mut GList) = "nvds_clear_frame_meta_list";
    /// Releases the frame's objects; `list` must be the frame's own list.
    clear_obj_meta_list(frame: *mut NvDsFrameMeta, list: *mut GList) = "nvds_clear_obj_meta_list";
    /// Releases the frame's display metas; `list` must be the frame's own. **The real library books them on the
    /// wrong pool**: remove them one by one instead.
    clear_display_meta_list(frame: *mut NvDsFrameMeta, list: *mut GList) = "nvds_clear_display_meta_list";
    /// Releases the object's classifiers; `list` must be the object's own.
    clear_classifier_meta_list(object: *mut NvDsObjectMeta, list: *mut GList) = "nvds_clear_classifier_meta_list";
    /// Releases the classifier's labels; `list` must be the classifier's own.
    clear_label_info_meta_list(classifier: *mut NvDsClassifierMeta, list: *mut GList) = "nvds_clear_label_info_meta_list";
    /// Releases the batch's user metas; `list` must be the batch's own.
    clear_batch_user_meta_list(batch: *mut NvDsBatchMeta, list: *mut GList) = "nvds_clear_batch_user_meta_list";
    /// Releases the frame's user metas; `list` must be the frame's own.
    clear_frame_user_meta_list(frame: *mut NvDsFrameMeta, list: *mut GList) = "nvds_clear_frame_user_meta_list";
    /// Releases the object's user metas; `list` must be the object's own.
    clear_obj_user_meta_list(object: *mut NvDsObjectMeta, list: *mut GList) = "nvds_clear_obj_user_meta_list";
    /// Releases the elements of any list of elements of `pool`, frees it and answers with NULL, its new head. The
    /// owner's head and counter are the caller's business.
    clear_meta_list(batch: *mut NvDsBatchMeta, list: *mut GList, pool: *mut NvDsMetaPool) -> *mut GList = "nvds_clear_meta_list";

    /// Deep copy of a frame into one acquired from its own batch.
    copy_frame_meta(src: *mut NvDsFrameMeta, dst: *mut NvDsFrameMeta) = "nvds_copy_frame_meta";
    /// Deep copy of an object into one acquired from its own batch.
    copy_obj_meta(src: *mut NvDsObjectMeta, dst: *mut NvDsObjectMeta) = "nvds_copy_obj_meta";
    /// Deep copy of a classifier into one acquired from its own batch.
    copy_classifier_meta(src: *mut NvDsClassifierMeta, dst: *mut NvDsClassifierMeta) = "nvds_copy_classifier_meta";
    /// Deep copy of a label into one acquired from its own batch.
    copy_label_info_meta(src: *mut NvDsLabelInfo, dst: *mut NvDsLabelInfo) = "nvds_copy_label_info_meta";
    /// Deep copy of a display meta into one acquired from its own batch.
    copy_display_meta(src: *mut NvDsDisplayMeta, dst: *mut NvDsDisplayMeta) = "nvds_copy_display_meta";
    /// Adds copies of frames to a batch.
    copy_frame_meta_list(list: *mut GList, dst: *mut NvDsBatchMeta) = "nvds_copy_frame_meta_list";
    /// Adds copies of objects to a frame.
    copy_obj_meta_list(list: *mut GList, dst: *mut NvDsFrameMeta) = "nvds_copy_obj_meta_list";
    /// Adds copies of display metas to a frame.
    copy_display_meta_list(list: *mut GList, dst: *mut NvDsFrameMeta) = "nvds_copy_display_meta_list";
    /// Adds copies of classifiers to an object.
    copy_classification_list(list: *mut GList, dst: *mut NvDsObjectMeta) = "nvds_copy_classification_list";
    /// Adds copies of labels to a classifier.
    copy_label_info_list(list: *mut GList, dst: *mut NvDsClassifierMeta) = "nvds_copy_label_info_list";
    /// Adds copies of user metas to a batch. Those without a copy function stay behind, here and below.
    copy_batch_user_meta_list(list: *mut GList, dst: *mut NvDsBatchMeta) = "nvds_copy_batch_user_meta_list";
    /// Adds copies of user metas to a frame.
    copy_frame_user_meta_list(list: *mut GList, dst: *mut NvDsFrameMeta) = "nvds_copy_frame_user_meta_list";
    /// Adds copies of user metas to an object.
    copy_obj_user_meta_list(list: *mut GList, dst: *mut NvDsObjectMeta) = "nvds_copy_obj_user_meta_list";
    /// The frame at a position of a list of frames, or NULL past its end.
    get_nth_frame_meta(list: *mut GList, index: c_uint) -> *mut NvDsFrameMeta = "nvds_get_nth_frame_meta";
    /// Prints pools and frames to stdout, if there is a frame; the answer is 1.
    get_current_metadata_info(batch: *mut NvDsBatchMeta) -> gboolean = "nvds_get_current_metadata_info";
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

    /// The implementation "NvDsMeta". GStreamer must be initialised.
    meta_get_info() -> *const GstMetaInfo = "nvds_meta_get_info";
    /// Notes that a buffer arrives at a component, in a user meta of the batch; NULL unless latency is measured.
    set_input_system_timestamp(buffer: *mut GstBuffer, component: *mut c_char) -> *mut NvDsUserMeta = "nvds_set_input_system_timestamp";
    /// Notes that a buffer leaves a component. Answers whether its arrival was noted.
    set_output_system_timestamp(buffer: *mut GstBuffer, component: *mut c_char) -> gboolean = "nvds_set_output_system_timestamp";
    /// Fills `info`, which has `max_frames_in_batch` entries, and answers with how many frames there are.
    measure_buffer_latency(buffer: *mut GstBuffer, info: *mut NvDsFrameLatencyInfo) -> c_uint = "nvds_measure_buffer_latency";
    /// Whether latency is measured.
    enable_latency_measurement() -> gboolean = "nvds_get_enable_latency_measurement";

    }
    optional: {
    /// Makes an audio batch with pools for `max` frames; it has no pools of objects and display metas.
    create_audio_batch_meta(max: c_uint) -> *mut NvDsBatchMeta = "nvds_create_audio_batch_meta";
    /// Releases everything in an audio batch, then the batch.
    destroy_audio_batch_meta(batch: *mut NvDsBatchMeta) -> gboolean = "nvds_destroy_audio_batch_meta";
    /// Deep copy of an audio batch; the second argument is unused.
    audio_batch_meta_copy(batch: *mut c_void, user: *mut c_void) -> *mut c_void = "nvds_audio_batch_meta_copy_func";
    /// `destroy_audio_batch_meta` in the shape of a release callback.
    audio_batch_meta_release(batch: *mut c_void, user: *mut c_void) = "nvds_audio_batch_meta_release_func";
    /// An audio frame from the pool, zeroed.
    acquire_audio_frame_meta(batch: *mut NvDsBatchMeta) -> *mut NvDsAudioFrameMeta = "nvds_acquire_audio_frame_meta_from_pool";
    /// Appends an audio frame.
    add_audio_frame_meta_to_batch(batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) = "nvds_add_audio_frame_meta_to_audio_batch";
    /// Unlinks an audio frame and releases it with all it holds.
    remove_audio_frame_meta_from_batch(batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) = "nvds_remove_audio_frame_meta_from_audio_batch";
    /// Adds a classifier.
    add_classifier_meta_to_audio_frame(frame: *mut NvDsAudioFrameMeta, classifier: *mut NvDsClassifierMeta) = "nvds_add_classifier_meta_to_audio_frame";
    /// Unlinks a classifier and releases it with all it holds.
    remove_classifier_meta_from_audio_frame(frame: *mut NvDsAudioFrameMeta, classifier: *mut NvDsClassifierMeta) = "nvds_remove_classifier_meta_from_audio_frame";
    /// Appends a user meta.
    add_user_meta_to_audio_batch(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_audio_batch";
    /// Appends a user meta.
    add_user_meta_to_audio_frame(frame: *mut NvDsAudioFrameMeta, user: *mut NvDsUserMeta) = "nvds_add_user_meta_to_audio_frame";
    /// Unlinks a user meta and calls its release function.
    remove_user_meta_from_audio_batch(batch: *mut NvDsBatchMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_audio_batch";
    /// Unlinks a user meta and calls its release function.
    remove_user_meta_from_audio_frame(frame: *mut NvDsAudioFrameMeta, user: *mut NvDsUserMeta) = "nvds_remove_user_meta_from_audio_frame";
    /// The audio frame at a position of a list, or NULL past its end.
    get_nth_audio_frame_meta(list: *mut GList, index: c_uint) -> *mut NvDsAudioFrameMeta = "nvds_get_nth_audio_frame_meta";
    /// Releases the batch's audio frames; `list` must be the batch's own.
    clear_audio_frame_meta_list(batch: *mut NvDsBatchMeta, list: *mut GList) = "nvds_clear_audio_frame_meta_list";
    /// Releases the frame's classifiers; `list` must be the frame's own.
    clear_audio_classifier_meta_list(frame: *mut NvDsAudioFrameMeta, list: *mut GList) = "nvds_clear_audio_classifier_meta_list";
    /// Releases the batch's user metas; `list` must be the batch's own.
    clear_audio_batch_user_meta_list(batch: *mut NvDsBatchMeta, list: *mut GList) = "nvds_clear_audio_batch_user_meta_list";
    /// Releases the frame's user metas; `list` must be the frame's own.
    clear_audio_frame_user_meta_list(frame: *mut NvDsAudioFrameMeta, list: *mut GList) = "nvds_clear_audio_frame_user_meta_list";
    /// Deep copy of an audio frame into one acquired from its own batch.
    copy_audio_frame_meta(src: *mut NvDsAudioFrameMeta, dst: *mut NvDsAudioFrameMeta) = "nvds_copy_audio_frame_meta";
    /// Adds copies of audio frames to a batch.
    copy_audio_frame_meta_list(list: *mut GList, dst: *mut NvDsBatchMeta) = "nvds_copy_audio_frame_meta_list";
    /// Adds copies of user metas to an audio batch.
    copy_audio_batch_user_meta_list(list: *mut GList, dst: *mut NvDsBatchMeta) = "nvds_copy_audio_batch_user_meta_list";
    /// Adds copies of user metas to an audio frame.
    copy_audio_frame_user_meta_list(list: *mut GList, dst: *mut NvDsAudioFrameMeta) = "nvds_copy_audio_frame_user_meta_list";
    /// Adds copies of classifiers to an audio frame.
    copy_audio_classification_list(list: *mut GList, dst: *mut NvDsAudioFrameMeta) = "nvds_copy_audio_classification_list";

    /// Since 6.0.1. Notes when a buffer was decoded, as a GstReferenceTimestampMeta.
    add_reference_timestamp_meta(buffer: *mut GstBuffer, component: *mut c_char, frame_id: c_uint) = "nvds_add_reference_timestamp_meta";
    /// Since 6.1. Turns a buffer's GstMetas into user metas of a frame.
    copy_gst_meta_to_frame_meta(src: *mut GstBuffer, batch: *mut NvDsBatchMeta, frame: *mut NvDsFrameMeta) = "nvds_copy_gst_meta_to_frame_meta";
    /// Since 6.1. Turns a buffer's GstMetas into user metas of an audio frame.
    copy_gst_meta_to_audio_frame_meta(src: *mut GstBuffer, batch: *mut NvDsBatchMeta, frame: *mut NvDsAudioFrameMeta) = "nvds_copy_gst_meta_to_audio_frame_meta";
    /// Since 6.3. Whether latency is printed for each component.
    enable_per_component_latency_measurement() -> gboolean = "nvds_get_enable_per_component_latency_measurement";
    /// Since 9.0. Whether the application should print no latencies.
    latency_measurement_silent() -> gboolean = "nvds_get_latency_measurement_silent";
    /// Since 6.3. A zeroed NvDsMetaCompLatency from GLib's allocator.
    set_latency_metadata_ptr() -> *mut c_void = "nvds_set_latency_metadata_ptr";
    /// Since 6.3. Copy callback of such a user meta.
    copy_latency_meta(data: *mut c_void, user: *mut c_void) -> *mut c_void = "nvds_copy_latency_meta";
    /// Since 6.3. Release callback of such a user meta.
    release_latency_meta(data: *mut c_void, user: *mut c_void) = "nvds_release_latency_meta";
    /// Since 6.3. The wall clock in milliseconds.
    current_system_timestamp() -> f64 = "nvds_get_current_system_timestamp";
    }
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
