//! What `nvds_get_current_metadata_info` prints, through `g_print`, so that a program's print handler gets it.

use std::ffi::CString;
use std::fmt;

use gst::glib::ffi::{self, GList, gboolean};

use super::list::elements;
use super::pool::Lock;
use crate::sys::*;

/// As the libraries print: one call per piece, which a print handler can tell.
pub(super) fn print(text: fmt::Arguments<'_>) {
    // Text of ours has no NUL; a name that a program gave ends before its first.
    let Ok(text) = CString::new(text.to_string()) else { return };
    // SAFETY: a format for one C string, and a C string.
    unsafe { ffi::g_print(c"%s".as_ptr(), text.as_ptr()) };
}

/// A number as C's `%f` prints it.
struct Float(f32);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_nan() {
            true => f.write_str(if self.0.is_sign_negative() { "-nan" } else { "nan" }),
            false => write!(f, "{:.6}", self.0),
        }
    }
}

/// Pools of frames and objects, then frames with their objects; nothing when there is no frame.
pub(super) unsafe extern "C" fn current(batch: *mut NvDsBatchMeta) -> gboolean {
    // SAFETY: a live batch, read under its lock.
    unsafe {
        let _lock = Lock::new(batch);
        if !(*batch).frame_meta_list.is_null() {
            print(format_args!("\n******************FRAME META POOL STATUS ***************\n"));
            pool_status((*batch).frame_meta_pool);
            // An audio batch has neither objects nor what is printed of a frame.
            if !(*batch).obj_meta_pool.is_null() {
                print(format_args!("\n******************OBJ META POOL STATUS *****************\n"));
                pool_status((*batch).obj_meta_pool);
                frames((*batch).frame_meta_list);
            }
        }
    }
    ffi::GTRUE
}

/// # Safety
/// A live list of frames.
unsafe fn frames(list: *mut GList) {
    // SAFETY: by the caller's word.
    unsafe {
        for (i, frame) in elements::<NvDsFrameMeta>(list).into_iter().enumerate() {
            print(format_args!("\nFRAME {i}"));
            // Both are printed as signed.
            let (source, pad) = ((*frame).source_id.cast_signed(), (*frame).pad_index.cast_signed());
            print(format_args!("\nFRAME META ptr = {frame:p} source_id = {source} port id = {pad}\n"));
            for (i, object) in elements::<NvDsObjectMeta>((*frame).obj_meta_list).into_iter().enumerate() {
                print(format_args!("\n  OBJ {i}\n"));
                let (o, r) = (&*object, &(*object).rect_params);
                print(format_args!(
                    "  OBJ META ptr = {object:p} component_id = {},class_id = {} object id = {} x ={}, y ={}, \
                     w ={}, h = {}\n",
                    o.unique_component_id,
                    o.class_id,
                    o.object_id,
                    Float(r.left),
                    Float(r.top),
                    Float(r.width),
                    Float(r.height)
                ));
            }
        }
    }
}

/// The state of a pool, and where its elements are.
pub(in crate::runtime) unsafe extern "C" fn pool_status(pool: *mut NvDsMetaPool) {
    // SAFETY: a live pool that nobody changes meanwhile.
    unsafe {
        let p = &*pool;
        print(format_args!("meta_type = {}\n", p.meta_type));
        print(format_args!("max_elements_in_pool = {}\n", p.max_elements_in_pool));
        print(format_args!("num_empty_elements = {}\n", p.num_empty_elements));
        print(format_args!("num_full_elements = {}\n", p.num_full_elements));
        for (i, element) in elements::<NvDsBaseMeta>(p.empty_list).into_iter().enumerate() {
            print(format_args!("\nFREE META {i} ptr = {element:p}"));
        }
        for (i, element) in elements::<NvDsObjectMeta>(p.full_list).into_iter().enumerate() {
            print(format_args!("\nFULL META {i} ptr = {element:p}"));
            if p.meta_type == NVDS_OBJ_META {
                let r = &(*element).rect_params;
                print(format_args!("\nx = {}", Float(r.left)));
                print(format_args!(" y = {}", Float(r.top)));
                print(format_args!(" w = {}", Float(r.width)));
                print(format_args!(" h = {}\n", Float(r.height)));
            }
        }
    }
}
