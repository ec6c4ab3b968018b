//! `nvll_osd_struct.h`: what the on-screen display draws.

use std::ffi::{c_char, c_int, c_uint};

/// A box in pixels of the frame.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NvBbox_Coords {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A colour; each part 0.0 to 1.0.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NvOSD_ColorParams {
    /// Red.
    pub red: f64,
    /// Green.
    pub green: f64,
    /// Blue.
    pub blue: f64,
    /// Opacity.
    pub alpha: f64,
}

/// Font of a text. The name is never freed by the libraries and must outlive every copy of the meta.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_FontParams {
    /// Family name, such as "Serif".
    pub font_name: *mut c_char,
    /// Size in points.
    pub font_size: c_uint,
    /// Colour of the glyphs.
    pub font_color: NvOSD_ColorParams,
}

/// A text and where it goes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_TextParams {
    /// The text, from GLib's allocator; the element that holds it frees it.
    pub display_text: *mut c_char,
    /// Left edge of the background box, pixels.
    pub x_offset: c_uint,
    /// Top edge of the background box, pixels.
    pub y_offset: c_uint,
    /// Font.
    pub font_params: NvOSD_FontParams,
    /// Non-zero: fill the background.
    pub set_bg_clr: c_int,
    /// Background colour.
    pub text_bg_clr: NvOSD_ColorParams,
}

/// A rectangle. **Prefix**: DeepStream 9 appended a rotation angle, so the stride of an array is
/// [`DisplayLayout::rect_stride`](super::DisplayLayout::rect_stride).
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvOSD_RectParams {
    /// Left edge, pixels.
    pub left: f32,
    /// Top edge, pixels.
    pub top: f32,
    /// Width, pixels.
    pub width: f32,
    /// Height, pixels.
    pub height: f32,
    /// Border width, pixels; 0 draws no border.
    pub border_width: c_uint,
    /// Border colour.
    pub border_color: NvOSD_ColorParams,
    /// Non-zero: fill with `bg_color`.
    pub has_bg_color: c_uint,
    /// Unused.
    pub reserved: c_uint,
    /// Fill colour.
    pub bg_color: NvOSD_ColorParams,
    /// Non-zero: `color_id` is set.
    pub has_color_info: c_int,
    /// Identity of the colour.
    pub color_id: c_int,
}

/// A colour with an identity.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvOSD_Color_info {
    /// Identity.
    pub id: c_int,
    /// Colour.
    pub color: NvOSD_ColorParams,
}

/// An instance mask.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct NvOSD_MaskParams {
    /// Row-major `height` x `width` scores, from GLib's allocator.
    pub data: *mut f32,
    /// Size of `data` in bytes.
    pub size: c_uint,
    /// Scores above it belong to the object.
    pub threshold: f32,
    /// Columns of the mask.
    pub width: c_uint,
    /// Rows of the mask.
    pub height: c_uint,
}

/// A line.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvOSD_LineParams {
    /// Start, pixels.
    pub x1: c_uint,
    /// Start, pixels.
    pub y1: c_uint,
    /// End, pixels.
    pub x2: c_uint,
    /// End, pixels.
    pub y2: c_uint,
    /// Width, pixels.
    pub line_width: c_uint,
    /// Colour.
    pub line_color: NvOSD_ColorParams,
}

/// `NvOSD_Arrow_Head_Direction`: which end of an arrow has the head.
pub type NvOSD_Arrow_Head_Direction = u32;
/// Head at `x1, y1`.
pub const START_HEAD: NvOSD_Arrow_Head_Direction = 0;
/// Head at `x2, y2`.
pub const END_HEAD: NvOSD_Arrow_Head_Direction = 1;
/// Heads at both ends.
pub const BOTH_HEAD: NvOSD_Arrow_Head_Direction = 2;

/// An arrow.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvOSD_ArrowParams {
    /// Start, pixels.
    pub x1: c_uint,
    /// Start, pixels.
    pub y1: c_uint,
    /// End, pixels.
    pub x2: c_uint,
    /// End, pixels.
    pub y2: c_uint,
    /// Width of the shaft, pixels.
    pub arrow_width: c_uint,
    /// Where the head is.
    pub arrow_head: NvOSD_Arrow_Head_Direction,
    /// Colour.
    pub arrow_color: NvOSD_ColorParams,
    /// Unused.
    pub reserved: c_uint,
}

/// A circle. `circle_width` is padding (and so ignored) before DeepStream 6.4.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub struct NvOSD_CircleParams {
    /// Centre, pixels.
    pub xc: c_uint,
    /// Centre, pixels.
    pub yc: c_uint,
    /// Radius, pixels.
    pub radius: c_uint,
    /// Colour of the ring.
    pub circle_color: NvOSD_ColorParams,
    /// Non-zero: fill with `bg_color`.
    pub has_bg_color: c_uint,
    /// Fill colour.
    pub bg_color: NvOSD_ColorParams,
    /// Width of the ring, pixels; 0 is drawn as 2.
    pub circle_width: c_uint,
}

/// The widest border or line that DeepStream's OSD accepts; a wider one stops the pipeline.
pub const MAX_BORDER_WIDTH: u32 = 32;
