//! Latency of elements and frames, as user metas of the batch.
//!
//! Environment variables switch it on, whatever their value. They are read whenever a NvDsMeta is added to a buffer,
//! and what is on stays on:
//!
//! | variable | switches on |
//! |---|---|
//! | `NVDS_ENABLE_LATENCY_MEASUREMENT` | timestamps of elements |
//! | `NVDS_ENABLE_COMPONENT_LATENCY_MEASUREMENT` | a line per element when a buffer is measured |
//! | `NVDS_LATENCY_MEASUREMENT_SILENT` | nothing here; it asks applications to be quiet |

use std::ffi::{c_char, c_uint, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use gst::ffi::{self as gst_ffi, GstBuffer};
use gst::glib::ffi::{self, gboolean};
use gst::glib::gobject_ffi;

use super::list::elements;
use super::pool::Lock;
use super::{batch, element, gst_meta, info};
use crate::sys::*;

/// Whose timestamps count as the begin of a frame's way: names that start so.
const DECODERS: [&[u8]; 2] = [b"nvv4l2decode", b"audiodecoder"];
/// Whose entries stand for a frame of the batch: names that start so.
const MUXER: &[u8] = b"nvstreammux-";

static LATENCY: AtomicBool = AtomicBool::new(false);
static PER_COMPONENT: AtomicBool = AtomicBool::new(false);
static SILENT: AtomicBool = AtomicBool::new(false);

/// Switches on what the environment says; nothing is ever switched off.
pub(in crate::runtime) unsafe extern "C" fn read_environment() {
    let switches = [
        (c"NVDS_ENABLE_LATENCY_MEASUREMENT", &LATENCY),
        (c"NVDS_ENABLE_COMPONENT_LATENCY_MEASUREMENT", &PER_COMPONENT),
        (c"NVDS_LATENCY_MEASUREMENT_SILENT", &SILENT),
    ];
    for (name, switch) in switches {
        // SAFETY: a C string; of the answer only whether there is one is used. GLib and Rust do not lock the
        // environment for each other, which is why GLib is asked: C programs set variables through it.
        if !switch.load(Ordering::Relaxed) && !unsafe { ffi::g_getenv(name.as_ptr()) }.is_null() {
            switch.store(true, Ordering::Relaxed);
        }
    }
}

fn switched(switch: &AtomicBool) -> gboolean {
    switch.load(Ordering::Relaxed).into()
}

pub(super) unsafe extern "C" fn enabled() -> gboolean {
    switched(&LATENCY)
}

pub(super) unsafe extern "C" fn enabled_per_component() -> gboolean {
    switched(&PER_COMPONENT)
}

pub(super) unsafe extern "C" fn silent() -> gboolean {
    switched(&SILENT)
}

/// The wall clock in milliseconds.
pub(super) unsafe extern "C" fn now() -> f64 {
    // SAFETY: a clock is read.
    unsafe { ffi::g_get_real_time() as f64 / 1000.0 }
}

pub(super) unsafe extern "C" fn new_data() -> *mut c_void {
    // SAFETY: zero is a valid value of every field of the struct.
    unsafe { ffi::g_malloc0(size_of::<NvDsMetaCompLatency>()) }
}

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_copy_latency_meta"))]
pub(super) unsafe extern "C" fn copy_data(data: *mut c_void, _user: *mut c_void) -> *mut c_void {
    if data.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: a copy callback gets its user meta, whose payload `new_data` made.
    unsafe {
        let src = (*data.cast::<NvDsUserMeta>()).user_meta_data.cast::<NvDsMetaCompLatency>();
        let dst = new_data();
        if !src.is_null() {
            dst.cast::<NvDsMetaCompLatency>().copy_from_nonoverlapping(src, 1);
        }
        dst
    }
}

#[cfg_attr(feature = "capi", unsafe(export_name = "nvds_release_latency_meta"))]
pub(super) unsafe extern "C" fn release_data(data: *mut c_void, _user: *mut c_void) {
    if data.is_null() {
        return;
    }
    let user = data.cast::<NvDsUserMeta>();
    // SAFETY: a release callback gets its user meta, whose payload came from GLib's allocator.
    unsafe { ffi::g_free(ptr::replace(&raw mut (*user).user_meta_data, ptr::null_mut())) };
}

/// The latency entries among a batch's user metas, in their order.
///
/// # Safety
/// A live batch, whose lock is held.
unsafe fn entries(batch: *mut NvDsBatchMeta) -> impl Iterator<Item = *mut NvDsMetaCompLatency> {
    // SAFETY: by the caller's word; a user meta of this type has this payload.
    unsafe {
        elements::<NvDsUserMeta>((*batch).batch_user_meta_list)
            .into_iter()
            .filter(|&user| (*user).base_meta.meta_type == NVDS_LATENCY_MEASUREMENT_META)
            .map(|user| (*user).user_meta_data.cast::<NvDsMetaCompLatency>())
            .filter(|entry| !entry.is_null())
    }
}

/// An entry's name up to its end.
///
/// # Safety
/// A live entry.
unsafe fn name<'a>(entry: *const NvDsMetaCompLatency) -> &'a [u8] {
    // SAFETY: the array is read within its bounds, and the caller does not keep the answer.
    let bytes = unsafe { &*(&raw const (*entry).component_name).cast::<[u8; MAX_COMPONENT_LEN]>() };
    &bytes[..bytes.iter().position(|&b| b == 0).unwrap_or(MAX_COMPONENT_LEN)]
}

pub(super) unsafe extern "C" fn set_input(
    buffer: *mut GstBuffer,
    component: *mut c_char,
) -> *mut NvDsUserMeta {
    // SAFETY: a live buffer and a C string; the name is cut to the array, whose last byte stays 0.
    unsafe {
        let batch = gst_meta::get_batch(buffer);
        if enabled() == 0 || batch.is_null() {
            return ptr::null_mut();
        }
        let _lock = Lock::new(batch);
        let entry = new_data().cast::<NvDsMetaCompLatency>();
        ffi::g_strlcpy((&raw mut (*entry).component_name).cast(), component, MAX_COMPONENT_LEN);
        (*entry).in_system_timestamp = now();
        let user = element::acquire_user(batch);
        (*user).user_meta_data = entry.cast();
        (*user).base_meta.meta_type = NVDS_LATENCY_MEASUREMENT_META;
        (*user).base_meta.copy_func = Some(copy_data);
        (*user).base_meta.release_func = Some(release_data);
        batch::add_user(batch, user);
        let key = ffi::g_quark_from_string(component);
        gst_ffi::gst_mini_object_set_qdata(buffer.cast(), key, entry.cast(), None);
        user
    }
}

/// Ends the component's newest entry. A copy of the buffer does not know of it.
pub(super) unsafe extern "C" fn set_output(buffer: *mut GstBuffer, component: *mut c_char) -> gboolean {
    // SAFETY: a live buffer and a C string; what the buffer remembers is used only while the batch has it.
    unsafe {
        let batch = gst_meta::get_batch(buffer);
        if batch.is_null() {
            return ffi::GFALSE;
        }
        let _lock = Lock::new(batch);
        let key = ffi::g_quark_from_string(component);
        let known = gst_ffi::gst_mini_object_get_qdata(buffer.cast(), key);
        let entry = entries(batch).find(|&entry| entry.cast() == known);
        if let Some(entry) = entry {
            (*entry).out_system_timestamp = now();
        }
        entry.is_some().into()
    }
}

/// Fills one info per frame, and answers with their number.
pub(super) unsafe extern "C" fn measure(buffer: *mut GstBuffer, infos: *mut NvDsFrameLatencyInfo) -> c_uint {
    // SAFETY: a live buffer; as many infos as the batch may have frames, and no more are written.
    unsafe {
        let batch = gst_meta::get_batch(buffer);
        if batch.is_null() {
            info::print(format_args!("Batch meta not found for buffer {buffer:p}"));
            return 0;
        }
        if infos.is_null() {
            return 0;
        }
        let _lock = Lock::new(batch);
        let infos = std::slice::from_raw_parts_mut(infos, (*batch).max_frames_in_batch as usize);
        infos.fill(NvDsFrameLatencyInfo { source_id: 0, frame_num: 0, comp_in_timestamp: 0.0, latency: 0.0 });
        let (now, mut frames) = (now(), 0);
        for entry in entries(batch) {
            if enabled_per_component() != 0 {
                print_entry(entry);
            }
            let name = name(entry);
            let Some(info) = infos.get_mut(frames) else { continue };
            if DECODERS.iter().any(|decoder| name.starts_with(decoder)) {
                info.comp_in_timestamp = (*entry).in_system_timestamp;
            } else if name.starts_with(MUXER) {
                (info.source_id, info.frame_num) = ((*entry).source_id, (*entry).frame_num);
                info.latency = now - info.comp_in_timestamp;
                frames += 1;
            }
        }
        frames as c_uint
    }
}

/// # Safety
/// A live entry.
unsafe fn print_entry(entry: *const NvDsMetaCompLatency) {
    // SAFETY: by the caller's word.
    let (entry, name) = unsafe { (&*entry, name(entry)) };
    let text = String::from_utf8_lossy(name);
    let (start, end) = (entry.in_system_timestamp, entry.out_system_timestamp);
    let took = end - start;
    if name.starts_with(MUXER) {
        let (source, pad, frame) =
            (entry.source_id.cast_signed(), entry.pad_index.cast_signed(), entry.frame_num.cast_signed());
        info::print(format_args!(
            "Comp name = {text} source_id = {source} pad_index = {pad} frame_num = {frame}               \
             in_system_timestamp = {start:.6} out_system_timestamp = {end:.6}               component_latency = \
             {took:.6}\n"
        ));
    } else {
        info::print(format_args!(
            "Comp name = {text} in_system_timestamp = {start:.6} out_system_timestamp = {end:.6}               \
             component latency= {took:.6}\n"
        ));
    }
}

/// Notes when a buffer was decoded, in the caps of a GstReferenceTimestampMeta.
pub(super) unsafe extern "C" fn add_reference(
    buffer: *mut GstBuffer,
    component: *mut c_char,
    frame_id: c_uint,
) {
    // SAFETY: a writable buffer, a C string, and after each name a value of the type named before it; the
    // meta keeps a reference to the caps of its own.
    unsafe {
        let now = now();
        let caps = gst_ffi::gst_caps_new_simple(
            c"any".as_ptr(),
            c"component_name".as_ptr(),
            gobject_ffi::G_TYPE_STRING,
            component,
            c"frame_num".as_ptr(),
            gobject_ffi::G_TYPE_INT,
            frame_id.cast_signed(),
            c"in_timestamp".as_ptr(),
            gobject_ffi::G_TYPE_DOUBLE,
            now,
            c"out_timestamp".as_ptr(),
            gobject_ffi::G_TYPE_DOUBLE,
            now,
            ptr::null::<c_char>(),
        );
        gst_ffi::gst_buffer_add_reference_timestamp_meta(buffer, caps, 0, 0);
        gst_ffi::gst_mini_object_unref(caps.cast());
    }
}
