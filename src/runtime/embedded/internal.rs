//! What the real libraries export although no header declares it; some plugins call it.

use std::ffi::{c_int, c_uint, c_void};

use gst::glib::ffi::{self, GList, gboolean};

use super::list;
use super::pool::{self, Lock};
use super::{audio, batch, complain, copy};
use crate::sys::*;

macro_rules! create_pools {
    ($($name:ident = $make:ident $(($generation:ident))?;)*) => {
        $(pub(in crate::runtime) unsafe extern "C" fn $name(batch: *mut NvDsBatchMeta, count: c_uint) -> *mut NvDsMetaPool {
            // SAFETY: a live batch; a pool for it is made, and nobody else knows it yet.
            unsafe { batch::$make(batch, $($generation(batch),)? count) }
        })*
    };
}

create_pools! {
    create_frame_pool = frame_pool(generation);
    create_object_pool = object_pool(generation);
    create_classifier_pool = classifier_pool;
    create_display_pool = display_pool(generation);
    create_user_pool = user_pool;
    create_label_info_pool = label_info_pool;
}

/// The batch's generation; while it has no pools yet, the default.
///
/// # Safety
/// A live batch.
unsafe fn generation(batch: *mut NvDsBatchMeta) -> MetaGeneration {
    // SAFETY: by the caller's word.
    unsafe { MetaGeneration::of_batch(batch) }.unwrap_or_else(|_| super::default_generation())
}

pub(in crate::runtime) unsafe extern "C" fn create_audio_frame_pool(
    batch: *mut NvDsBatchMeta,
    count: c_uint,
) -> *mut NvDsMetaPool {
    // SAFETY: as for the other pools.
    unsafe { audio::frame_pool(batch, count) }
}

pub(in crate::runtime) use super::copy::user as copy_user;
pub(in crate::runtime) use super::info::pool_status;
pub(in crate::runtime) use super::latency::read_environment;
pub(in crate::runtime) use super::pool::create as create_pool;

/// Releases what is in use, then frees the pool.
pub(in crate::runtime) unsafe extern "C" fn destroy_pool(
    batch: *mut NvDsBatchMeta,
    pool: *mut NvDsMetaPool,
) -> gboolean {
    // SAFETY: the caller hands the pool over.
    unsafe {
        let _lock = Lock::new(batch);
        pool::release_all(pool);
        pool::destroy(pool);
    }
    ffi::GTRUE
}

pub(in crate::runtime) unsafe extern "C" fn increase_pool(
    batch: *mut NvDsBatchMeta,
    pool: *mut NvDsMetaPool,
) {
    // SAFETY: a live batch and a pool of it, changed under the lock.
    unsafe {
        let _lock = Lock::new(batch);
        pool::increase(batch, pool);
    }
}

pub(in crate::runtime) unsafe extern "C" fn acquire(
    batch: *mut NvDsBatchMeta,
    pool: *mut NvDsMetaPool,
) -> *mut c_void {
    // SAFETY: a live batch and a pool of it.
    unsafe { pool::acquire(batch, pool) }
}

/// Adds an element to a list, at its end or at its begin, and answers with the list.
pub(in crate::runtime) unsafe extern "C" fn add(
    list: *mut GList,
    element: *mut c_void,
    append: c_int,
) -> *mut GList {
    // SAFETY: a live list and an element, whose batch's lock is held meanwhile.
    unsafe {
        let _lock = Lock::new((*element.cast::<NvDsBaseMeta>()).batch_meta);
        match append {
            0 => ffi::g_list_prepend(list, element),
            _ => ffi::g_list_append(list, element),
        }
    }
}

/// Unlinks and releases an element, and answers with the list.
pub(in crate::runtime) unsafe extern "C" fn remove(
    mut list: *mut GList,
    element: *mut c_void,
    pool: *mut NvDsMetaPool,
) -> *mut GList {
    // SAFETY: a live list and an element of the pool, whose batch's lock is held meanwhile.
    unsafe {
        let _lock = Lock::new((*element.cast::<NvDsBaseMeta>()).batch_meta);
        list::remove(pool, &raw mut list, element);
        list
    }
}

/// Adds copies of user metas to a batch, frame or object, as `kind` says.
pub(in crate::runtime) unsafe extern "C" fn copy_users(
    list: *mut GList,
    owner: *mut c_void,
    kind: NvDsMetaType,
) {
    // SAFETY: a live list of user metas; the caller says what the owner is.
    unsafe {
        match kind {
            NVDS_BATCH_META => copy::users_to_batch(list, owner.cast()),
            NVDS_FRAME_META => copy::users_to_frame(list, owner.cast()),
            NVDS_OBJ_META => copy::users_to_object(list, owner.cast()),
            other => complain(&format!("elements of type {other} have no user metas; nothing was copied")),
        }
    }
}

/// Adds copies of user metas to an audio batch or frame, which the owner's header tells.
pub(in crate::runtime) unsafe extern "C" fn copy_audio_users(
    list: *mut GList,
    owner: *mut c_void,
    _kind: NvDsMetaType,
) {
    // SAFETY: a live list of user metas, and an owner that starts with its header.
    unsafe {
        let base = owner.cast::<NvDsBaseMeta>();
        if (*base).batch_meta.cast() == owner {
            copy::users_to_batch(list, owner.cast());
        } else {
            audio::copy_users(list, owner.cast());
        }
    }
}
