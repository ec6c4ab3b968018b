//! Strings in C structs: fixed arrays, GLib's allocator, names that live for ever.

use std::ffi::{CStr, c_char};
use std::sync::OnceLock;

use gst::glib::ffi;

use super::color::CColor as _;
use crate::frame::Color;
use crate::sys::{NvOSD_FontParams, NvOSD_TextParams};

/// The longest start of `text` that has at most `max` bytes, ends between characters and has no NUL.
pub(super) fn cut(text: &str, max: usize) -> &str {
    let text = text.split('\0').next().unwrap_or_default();
    &text[..text.floor_char_boundary(max)]
}

/// Writes `text` into a char array of `N` bytes, cut to fit, and fills the rest with NULs.
///
/// # Safety
/// `array` has `N` bytes, and the batch's lock is held.
pub(super) unsafe fn write_array<const N: usize>(array: *mut [c_char; N], text: &str) {
    let kept = cut(text, N - 1).as_bytes();
    let mut bytes = [0_u8; N];
    bytes[..kept.len()].copy_from_slice(kept);
    // SAFETY: N bytes to write, by the caller's word; c_char and u8 have one size.
    unsafe { array.cast::<[u8; N]>().write(bytes) };
}

/// The bytes of a char array.
///
/// # Safety
/// As for [`write_array`].
pub(super) unsafe fn array_bytes<const N: usize>(array: *const [c_char; N]) -> [u8; N] {
    // SAFETY: N bytes to read, by the caller's word; c_char and u8 have one size.
    unsafe { array.cast::<[u8; N]>().read() }
}

/// What comes before the NUL, or all where a careless writer left none.
pub(super) fn up_to_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len())]
}

/// Reads a char array up to its NUL, or whole where a careless writer left none. Bytes that are not
/// UTF-8 become U+FFFD.
///
/// # Safety
/// As for [`write_array`].
pub(super) unsafe fn read_array<const N: usize>(array: *const [c_char; N]) -> String {
    // SAFETY: by the caller's word.
    String::from_utf8_lossy(up_to_nul(&unsafe { array_bytes(array) })).into_owned()
}

/// Reads a C string; NULL is `None`.
///
/// # Safety
/// NULL or NUL-terminated, and nobody frees or changes it during the call.
pub(super) unsafe fn read(text: *const c_char) -> Option<String> {
    // SAFETY: not NULL, and NUL-terminated by the caller's word.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// A copy of `text` (up to a NUL) from GLib's allocator.
pub(super) fn duplicate(text: &str) -> *mut c_char {
    let text = cut(text, text.len());
    // SAFETY: g_strndup reads at most the text's length and adds the NUL.
    unsafe { ffi::g_strndup(text.as_ptr().cast(), text.len()) }
}

/// Replaces a string that GLib's allocator owns.
///
/// # Safety
/// `field` holds NULL or such a string, and the batch's lock is held.
pub(super) unsafe fn replace(field: *mut *mut c_char, text: Option<&str>) {
    // SAFETY: the old string is freed once, and the new one is owned by the field alone.
    unsafe { ffi::g_free(field.replace(text.map_or(std::ptr::null_mut(), duplicate)).cast()) };
}

/// The one copy of `text` in the process, which is never freed.
pub(super) fn intern(text: &str) -> *const c_char {
    // The font of almost every text: found without GLib's table.
    static SERIF: OnceLock<usize> = OnceLock::new();
    if text == "Serif" {
        return *SERIF.get_or_init(|| intern_any(text) as usize) as *const c_char;
    }
    intern_any(text)
}

fn intern_any(text: &str) -> *const c_char {
    let copy = duplicate(text);
    // SAFETY: a C string, which g_intern_string copies when it is new.
    unsafe {
        let interned = ffi::g_intern_string(copy);
        ffi::g_free(copy.cast());
        interned
    }
}

/// Writes the look of a text; the text and its place stay.
///
/// # Safety
/// A live struct, and the batch's lock is held.
pub(super) unsafe fn set_style(
    raw: *mut NvOSD_TextParams,
    (font_name, font_size): (&str, u32),
    color: Color,
    bg_color: Option<Color>,
) {
    // SAFETY: fields of a live struct. The font's name lives for ever, as C expects.
    unsafe {
        let font_name = intern(font_name).cast_mut();
        (*raw).font_params = NvOSD_FontParams { font_name, font_size, font_color: color.to_c() };
        (*raw).set_bg_clr = i32::from(bg_color.is_some());
        (*raw).text_bg_clr = bg_color.unwrap_or_default().to_c();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_keep_their_terminator() {
        for (text, kept) in [
            ("", ""),
            ("1234567", "1234567"),   // N - 1
            ("12345678", "1234567"),  // N
            ("123456789", "1234567"), // N + 1
            ("123456ä", "123456"),    // the ä would end at N
            ("12345ä", "12345ä"),     // ends at N - 1
            ("12345€", "12345"),      // cut within three bytes
            ("ab\0cd", "ab"),
        ] {
            let mut array = [c_char::MAX; 8];
            // SAFETY: an array of this thread.
            let read = unsafe {
                write_array(&raw mut array, text);
                read_array(&raw const array)
            };
            assert_eq!(read, kept, "of {text:?}");
            assert_eq!(array[7], 0, "terminator of {text:?}");
            assert!(array[kept.len()..].iter().all(|&c| c == 0), "tail of {text:?}");
        }
    }

    #[test]
    fn an_array_without_terminator_is_read_whole() {
        let array = [b'x' as c_char; 8];
        // SAFETY: an array of this thread.
        assert_eq!(unsafe { read_array(&raw const array) }, "xxxxxxxx");
    }

    #[test]
    fn interned_names_are_one() {
        assert_eq!(intern("dsframe test"), intern("dsframe test"));
        // SAFETY: interned strings live for ever.
        assert_eq!(unsafe { read(intern("dsframe test")) }.as_deref(), Some("dsframe test"));
    }
}
