//! C++ containers in DeepStream's structs, as GNU libstdc++ lays them out (the C++11 ABI).
//!
//! No C ABI promises this. DeepStream is built with libstdc++ only, whose layout of these two has not changed since
//! GCC 5; the sizes are in the measured tables. Maps are opaque: walking one means knowing its hash nodes.

use std::ffi::{c_char, c_void};

/// `std::vector<T>`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct StdVector {
    /// First element.
    pub begin: *mut c_void,
    /// Behind the last element.
    pub end: *mut c_void,
    /// Behind the room for elements.
    pub end_of_storage: *mut c_void,
}

/// `std::string`. It points into itself when short, so a copy of the bytes is no copy of the string.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct StdString {
    /// The characters.
    pub data: *mut c_char,
    /// How many, without the terminator.
    pub length: usize,
    /// The characters of a short string, else the capacity.
    pub local: [u64; 2],
}

/// `std::unordered_map<K, V>`, opaque.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct StdUnorderedMap {
    _opaque: [u64; 7],
}
