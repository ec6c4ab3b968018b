//! The same API in Rust, over the same structs, for machines without NVIDIA software.
//!
//! Pools, list orders, counters, ownership, copies and locks are those of the real libraries
//! (measured on 9.0.2); the same tests run on both. Where the real ones have a defect, the contract
//! is kept instead:
//!
//! | the real library (9.0.2) | here |
//! |---|---|
//! | adding to one frame from two threads loses elements, even though each call locks | the whole call is under the lock |
//! | a recycled user meta keeps type, callbacks and payload of its last user | every element comes back as new |
//! | copying a batch whose `max_frames_in_batch` is 0 crashes | it is copied |
//! | a copy has no parent links, pipeline size and classifier type | it has |
//! | a copy shares a mask whose size is 0, which is freed twice later | the copy has no mask |
//! | removing an element that is not in the list frees it and underflows the counter | nothing happens, and the log says so |
//! | clearing the objects with a list that is not the frame's strands them | nothing happens, and the log says so |
//! | a new NvDsMeta has stale type and callbacks | they are 0 and NULL |
//! | copying a buffer whose NvDsMeta has no copy function crashes | the meta stays behind |
//! | `nvds_get_user_meta_type` keeps the caller's pointer | the string is copied |
//! | a pool for 0 elements cannot grow | it grows |
//!
//! A batch can have the layout of any generation, see [`create_batch_meta`].

mod batch;
mod copy;
mod element;
mod gst_meta;
mod list;
mod pool;
mod release;

use std::borrow::Cow;

pub use batch::create_batch_meta;

use super::{Api, Runtime};
use crate::sys::MetaGeneration;

/// What `nvds_create_batch_meta` makes.
pub const GENERATION: MetaGeneration = MetaGeneration::C;

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
    clear_obj_meta_list: element::clear_objects,
    copy_frame_meta: copy::frame_meta,
    get_user_meta_type: element::user_meta_type,
    meta_api_get_type: gst_meta::api_get_type,
    buffer_add_nvds_meta: gst_meta::add,
    buffer_get_nvds_meta: gst_meta::get,
    buffer_get_nvds_batch_meta: gst_meta::get_batch,
};
