//! The functions of `libnvds_meta.so` and `libnvdsgst_meta.so` for programs in C, C++ or Python, answered by the
//! embedded runtime. Nothing here looks for DeepStream.
//!
//! Symbols, arguments and results are those of DeepStream 9; NULL where the real libraries would crash is complained
//! about, and answered with NULL or 0. Functions are `extern "C"`: a panic would end the process with a message, and
//! never unwinds into C. GStreamer must be initialised for what has to do with buffers, [`crate::init`] is not needed.
//!
//! Functions that elements and batches point to (the copy and release functions) are exported where they are
//! written, so that a program finds their addresses there.

mod gst_meta;
mod meta;
mod undeclared;

use std::ffi::{c_int, c_uint};

use super::embedded::complain;

/// What may be missing among a function's arguments.
trait Argument {
    fn is_missing(&self) -> bool;
}

impl<T> Argument for *mut T {
    fn is_missing(&self) -> bool {
        self.is_null()
    }
}

/// What a function answers when it cannot do its work.
trait Nothing {
    const NOTHING: Self;
}

impl<T> Nothing for *mut T {
    const NOTHING: Self = std::ptr::null_mut();
}

impl Nothing for () {
    const NOTHING: Self = ();
}

impl Nothing for c_int {
    const NOTHING: Self = 0;
}

impl Nothing for c_uint {
    const NOTHING: Self = 0;
}

/// Whether an argument that must be there is; if not, says so.
fn is_there(function: &str, name: &str, argument: &impl Argument) -> bool {
    let missing = argument.is_missing();
    if missing {
        complain(&format!("{function}: {name} is NULL; nothing was done"));
    }
    !missing
}

/// Exports functions of the embedded runtime. Arguments named in brackets must not be NULL.
macro_rules! exports {
    ($($symbol:ident($($arg:ident: $type:ty),*) $(-> $out:ty)? [$($needed:ident)*] = $function:expr;)*) => {
        $(
            /// # Safety
            /// As the C header has it: pointers are NULL or live, and of the right struct.
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $symbol($($arg: $type),*) $(-> $out)? {
                $(if !super::is_there(stringify!($symbol), stringify!($needed), &$needed) {
                    return super::Nothing::NOTHING;
                })*
                // SAFETY: by the caller's word, and what must be there is.
                unsafe { ($function)($($arg),*) }
            }
        )*
    };
}

use exports;
