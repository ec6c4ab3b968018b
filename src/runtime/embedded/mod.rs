//! The same API in Rust, over the same structs, for machines without NVIDIA software.
//!
//! Pools, list orders, counters, ownership, copies and locks are those of the real libraries
//! (measured on 9.0.2); the same tests run on both. Where the real ones have a defect, the contract
//! is kept instead:
//!
//! | the real library (9.0.2) | here |
//! |---|---|
//! | adding to one frame from two threads loses elements, even though each call locks | the whole call is under the lock |
//! | a recycled user meta keeps type, callbacks and payload of its last user | every user meta comes back as new |
//! | copying a batch whose `max_frames_in_batch` is 0 crashes | it is copied |
//! | a copy has no parent links, pipeline size and classifier type | it has |
//! | a copy shares a mask whose size is 0, which is freed twice later | the copy has no mask |
//! | copying into an element that has texts, a mask or sensor names leaks these | they are freed |
//! | removing an element that is not in the list frees it and underflows the counter | nothing happens, and the log says so |
//! | clearing with a list that is not the owner's strands its elements | nothing happens, and the log says so |
//! | `nvds_clear_display_meta_list` books the elements on the pool of objects | they go back to their own pool |
//! | adding to a region of interest without `frame_meta` crashes | it is added: the element names the batch |
//! | `nvds_remove_user_meta_from_roi` crashes, once it has released the user meta | it goes back to its pool |
//! | copying a batch's own list of frames to it never ends | what was in the list is copied |
//! | a pool that grows before it is empty forgets how many empty elements it had | they are counted |
//! | a new NvDsMeta has stale type and callbacks | they are 0 and NULL |
//! | copying a buffer whose NvDsMeta has no copy function crashes | the meta stays behind |
//! | `nvds_get_user_meta_type` keeps the caller's pointer | the string is copied |
//! | a pool for 0 elements cannot grow | it grows |
//! | printing an audio batch, or asking it for an object, crashes | its pool of frames is printed; there is no object |
//! | `nvds_measure_buffer_latency` writes past `max_frames_in_batch` entries | it stops there |
//! | `NVDS_PERF_CSV_PREFIX` has latencies written to files | it is not looked at |
//!
//! What is not different, since programs rely on it: a `release_func` that a caller puts into an element (other
//! than a user meta) is called instead of the library's, which then frees and wipes nothing, and it stays there, as
//! does `uContext`; the counts of a display meta are not checked; elements of one batch can be added to another's.
//!
//! A batch can have the layout of any generation, see [`create_batch_meta`]; what `nvds_create_batch_meta` makes is
//! said by [`GENERATION_VARIABLE`].
//!
//! Strange calls are complained about in the log (`tracing`), and in the shared library for C (feature `capi`)
//! with a GLib warning too.

mod audio;
mod batch;
mod carry;
mod clear;
mod copy;
mod copy_parts;
mod element;
mod gst_meta;
mod info;
#[cfg(feature = "capi")]
pub(in crate::runtime) mod internal;
mod latency;
mod list;
mod pool;
mod release;
mod roi;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use batch::create_batch_meta;

use super::{Api, Runtime};
use crate::sys::MetaGeneration;

/// What `nvds_create_batch_meta` makes where [`GENERATION_VARIABLE`] says nothing.
pub const GENERATION: MetaGeneration = MetaGeneration::C;

/// Names the generation of DeepStream's structs that `nvds_create_batch_meta` builds: `A` (6.0 to 7.1), `B` (8.0)
/// or `C` (9.x, the default). Read once.
pub const GENERATION_VARIABLE: &str = "DSFRAME_DEEPSTREAM_GENERATION";

/// What `nvds_create_batch_meta` makes.
#[must_use]
pub fn default_generation() -> MetaGeneration {
    static CHOICE: OnceLock<MetaGeneration> = OnceLock::new();
    *CHOICE.get_or_init(|| {
        let value = std::env::var_os(GENERATION_VARIABLE).unwrap_or_default();
        match value.to_str() {
            Some("A" | "a") => MetaGeneration::A,
            Some("B" | "b") => MetaGeneration::B,
            Some("C" | "c" | "") => MetaGeneration::C,
            _ => {
                complain(&format!("{GENERATION_VARIABLE} is {value:?}, it must be A, B or C; C is used"));
                GENERATION
            }
        }
    })
}

/// Says that something was asked that cannot be done.
pub(in crate::runtime) fn complain(text: &str) {
    tracing::warn!("{text}");
    // A program in C has no subscriber.
    #[cfg(feature = "capi")]
    gst::glib::g_warning!("dsframe", "{text}");
}

/// The table.
pub const API: Api = Api {
    runtime: Runtime::Embedded,
    origin: Cow::Borrowed("built in"),
    surface: None,
    create_batch_meta: batch::create,
    destroy_batch_meta: batch::destroy,
    batch_meta_copy: copy::batch_meta_copy,
    batch_meta_release: batch::batch_meta_release,
    acquire_meta_lock: batch::lock,
    release_meta_lock: batch::unlock,
    acquire_frame_meta: element::acquire_frame,
    acquire_obj_meta: element::acquire_object,
    acquire_classifier_meta: element::acquire_classifier,
    acquire_label_info_meta: element::acquire_label_info,
    acquire_display_meta: element::acquire_display,
    acquire_user_meta: element::acquire_user,
    add_frame_meta_to_batch: batch::add_frame,
    add_obj_meta_to_frame: element::add_object,
    add_classifier_meta_to_object: element::add_classifier,
    add_label_info_meta_to_classifier: element::add_label_info,
    add_display_meta_to_frame: element::add_display,
    add_user_meta_to_batch: batch::add_user,
    add_user_meta_to_frame: element::add_user_to_frame,
    add_user_meta_to_obj: element::add_user_to_object,
    remove_frame_meta_from_batch: batch::remove_frame,
    remove_obj_meta_from_frame: element::remove_object,
    remove_classifier_meta_from_obj: element::remove_classifier,
    remove_label_info_meta_from_classifier: element::remove_label_info,
    remove_display_meta_from_frame: element::remove_display,
    remove_user_meta_from_batch: batch::remove_user,
    remove_user_meta_from_frame: element::remove_user_from_frame,
    remove_user_meta_from_object: element::remove_user_from_object,
    add_classifier_meta_to_roi: roi::add_classifier,
    add_user_meta_to_roi: roi::add_user,
    remove_classifier_meta_from_roi: roi::remove_classifier,
    remove_user_meta_from_roi: roi::remove_user,
    clear_frame_meta_list: batch::clear_frames,
    clear_obj_meta_list: clear::objects,
    clear_display_meta_list: clear::displays,
    clear_classifier_meta_list: clear::classifiers,
    clear_label_info_meta_list: clear::labels,
    clear_batch_user_meta_list: batch::clear_users,
    clear_frame_user_meta_list: clear::frame_users,
    clear_obj_user_meta_list: clear::object_users,
    clear_meta_list: clear::any,
    copy_frame_meta: copy::frame,
    copy_obj_meta: copy_parts::object,
    copy_classifier_meta: copy_parts::classifier,
    copy_label_info_meta: copy_parts::label_info,
    copy_display_meta: copy_parts::display,
    copy_frame_meta_list: copy::frame_list,
    copy_obj_meta_list: copy::object_list,
    copy_display_meta_list: copy::display_list,
    copy_classification_list: copy_parts::classifiers,
    copy_label_info_list: copy_parts::labels,
    copy_batch_user_meta_list: copy::users_to_batch,
    copy_frame_user_meta_list: copy::users_to_frame,
    copy_obj_user_meta_list: copy::users_to_object,
    get_nth_frame_meta: batch::nth_frame,
    get_current_metadata_info: info::current,
    get_user_meta_type: element::user_meta_type,
    meta_api_get_type: gst_meta::api_get_type,
    buffer_add_nvds_meta: gst_meta::add,
    buffer_get_nvds_meta: gst_meta::get,
    buffer_get_nvds_batch_meta: gst_meta::get_batch,
    create_audio_batch_meta: Some(audio::create),
    destroy_audio_batch_meta: Some(batch::destroy),
    audio_batch_meta_copy: Some(audio::batch_meta_copy),
    audio_batch_meta_release: Some(audio::batch_meta_release),
    acquire_audio_frame_meta: Some(audio::acquire_frame),
    add_audio_frame_meta_to_batch: Some(audio::add_frame),
    remove_audio_frame_meta_from_batch: Some(audio::remove_frame),
    add_classifier_meta_to_audio_frame: Some(audio::add_classifier),
    remove_classifier_meta_from_audio_frame: Some(audio::remove_classifier),
    add_user_meta_to_audio_batch: Some(batch::add_user),
    add_user_meta_to_audio_frame: Some(audio::add_user_to_frame),
    remove_user_meta_from_audio_batch: Some(batch::remove_user),
    remove_user_meta_from_audio_frame: Some(audio::remove_user_from_frame),
    get_nth_audio_frame_meta: Some(audio::nth_frame),
    clear_audio_frame_meta_list: Some(batch::clear_frames),
    clear_audio_classifier_meta_list: Some(audio::clear_classifiers),
    clear_audio_batch_user_meta_list: Some(batch::clear_users),
    clear_audio_frame_user_meta_list: Some(audio::clear_frame_users),
    copy_audio_frame_meta: Some(audio::copy_frame),
    copy_audio_frame_meta_list: Some(audio::copy_frames),
    copy_audio_batch_user_meta_list: Some(copy::users_to_batch),
    copy_audio_frame_user_meta_list: Some(audio::copy_users),
    copy_audio_classification_list: Some(audio::copy_classifiers),
    meta_get_info: gst_meta::info,
    set_input_system_timestamp: latency::set_input,
    set_output_system_timestamp: latency::set_output,
    measure_buffer_latency: latency::measure,
    enable_latency_measurement: latency::enabled,
    add_reference_timestamp_meta: Some(latency::add_reference),
    copy_gst_meta_to_frame_meta: Some(carry::to_frame),
    copy_gst_meta_to_audio_frame_meta: Some(carry::to_audio_frame),
    enable_per_component_latency_measurement: Some(latency::enabled_per_component),
    latency_measurement_silent: Some(latency::silent),
    set_latency_metadata_ptr: Some(latency::new_data),
    copy_latency_meta: Some(latency::copy_data),
    release_latency_meta: Some(latency::release_data),
    current_system_timestamp: Some(latency::now),
};
