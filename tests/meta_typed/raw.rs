//! Payloads as C code would attach them, right and wrong.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::ffi::c_void;
use std::ptr;

use dsframe::meta::*;
use dsframe::runtime::{api, versions};
use dsframe::sys::*;

/// The versions that a batch of this generation is read as.
pub(crate) fn known(generation: MetaGeneration) -> VersionRange {
    versions(generation).unwrap()
}

/// Number of a type in this generation's newest version.
pub(crate) fn number(generation: MetaGeneration, kind: UserMetaKind) -> NvDsMetaType {
    kind.number(known(generation).newest()).unwrap()
}

/// Attaches whatever `data` points to; nobody frees or copies it.
pub(crate) fn attach<'b>(frame: FrameMeta<'b>, meta_type: NvDsMetaType, data: *const c_void) -> UserMeta<'b> {
    // SAFETY: a live frame; all of the user meta is filled in, and the tests keep `data` alive.
    unsafe {
        let batch = frame.batch();
        let _lock = batch.lock();
        let raw = (api().acquire_user_meta)(batch.as_ptr());
        (*raw).base_meta.meta_type = meta_type;
        (*raw).base_meta.uContext = ptr::null_mut();
        (*raw).base_meta.copy_func = None;
        (*raw).base_meta.release_func = None;
        (*raw).user_meta_data = data.cast_mut();
        (api().add_user_meta_to_frame)(frame.as_ptr(), raw);
    }
    frame.user_metas().next().expect("the user meta that was just added")
}

/// Zeroed memory for structs whose layout is known at run time.
pub(crate) struct Blob(Vec<u64>);

impl Blob {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(vec![0; bytes.div_ceil(8)])
    }

    pub(crate) fn put<T: Copy>(&mut self, offset: usize, value: T) -> &mut Self {
        assert!(offset + size_of::<T>() <= self.0.len() * 8);
        // SAFETY: within the memory.
        unsafe { self.0.as_mut_ptr().cast::<u8>().add(offset).cast::<T>().write_unaligned(value) };
        self
    }

    pub(crate) fn ptr<T>(&mut self) -> *mut T {
        self.0.as_mut_ptr().cast()
    }
}

pub(crate) fn rect(left: f32) -> NvOSD_RectParams {
    NvOSD_RectParams { left, top: 2.0, width: 30.0, height: 40.0, ..NvOSD_RectParams::default() }
}

pub(crate) fn address<T>(value: &T) -> *const c_void {
    ptr::from_ref(value).cast()
}
