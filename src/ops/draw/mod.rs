//! Boxes, lines, arrows, circles and text, drawn in place.
//!
//! A [`Canvas`] draws on a picture of any format the crate knows, with opacity and soft edges, and
//! converts no frame to do it:
//!
//! | format          | what is written                                                                |
//! |-----------------|--------------------------------------------------------------------------------|
//! | RGBA, BGRA, …   | colour and alpha by Porter and Duff's "over"; alpha is not premultiplied       |
//! | RGBx, RGB, …    | colour; the unused byte keeps its value                                        |
//! | GRAY8           | luma of the colour, by the picture's [`Colorimetry`](crate::frame::Colorimetry) |
//! | NV12, I420, …   | luma per pixel; chroma by the mean coverage of the pixels that share it        |
//!
//! Coverage times opacity is a whole number of 255ths; with that weight each byte is the real-number
//! result, rounded. Coverage is the covered area: exact along straight edges.
//! A crop may start on an odd column or row: what is drawn through it is what would be drawn on the
//! whole picture, in the window. One exception: where a crop of a 4:2:0 picture ends on an odd
//! column or row, the shared chroma sample counts the pixels of the window alone.
//!
//! # What is where
//! Lines, arrows, circles and polylines have (0, 0) at the **centre** of the first pixel and keep
//! fractions. Boxes have it at the pixel's top-left **corner** and lie on whole pixels. Everything
//! is clipped to the picture pixel by pixel. A shape with a coordinate that is not finite is not
//! drawn; coordinates beyond ±10⁹ count as ±10⁹.
//!
//! # As DeepStream's OSD, and not
//! Kept: borders centred on the edge; whole-pixel boxes; square line ends, half the width longer;
//! lines along an axis without soft edges; arrow heads of 10 % of the shaft at ±15°; circle width 0
//! means 2; the inside of circles and boxes only with a background; text whose (x, y) is the
//! top-left corner of its box, letters size/2 right and size/4 below, size clamped to 10..=200 and 0
//! skipped, lines split at `\n`, no wrapping, no kerning.
//!
//! Different on purpose: colours are clamped, not wrapped; an invisible border does not hide the
//! fill; widths above 32 are drawn, not an error; arrows with both heads have both; an odd last row
//! or column is drawn; text left of or above the picture is clipped and not moved to 0; text needs
//! no font name; boxes are not rotated. Source: `nvll_osd` and `cuosd` of the DeepStream SDK 9.
//!
//! # Fonts
//! The system's, listed at the first text (call [`load_fonts`] to do that ahead of time); letters are
//! kept as bitmaps, at most 2 MiB per font size and 32 font sizes, and 2,048 short texts as they were laid out. A machine without fonts gets the
//! built-in ones, which know Latin-1. A character that no font has is drawn as the font's "missing"
//! box; controls, joiners and soft hyphens are left out.
//!
//! ```
//! use dsframe::frame::{OwnedFrame, PixelFormat};
//! use dsframe::ops::draw::{Canvas, Color, Rectangle, TextStyle};
//!
//! let mut frame = OwnedFrame::zeroed(PixelFormat::Rgba, 320, 240);
//! let mut view = frame.view_mut();
//! let mut canvas = Canvas::new(&mut view);
//! canvas.rect(Rectangle {
//!     left: 40.0, top: 60.0, width: 80.0, height: 120.0,
//!     border_width: 3, border_color: Color::GREEN, background: None,
//! });
//! let style = TextStyle::default();
//! let (_, height) = Canvas::text_size("person 12", &style);
//! canvas.text(40.0, 59.0 - height as f32, "person 12", &style);
//! assert_eq!(frame.view().plane(0).row(60)[4 * 80..][..4], [0, 255, 0, 255]);
//! ```

mod blend;
mod boxes;
mod canvas;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "launches kernels")]
mod cuda;
mod fonts;
mod glyphs;
mod laid;
mod parts;
mod raster;
mod shapes;
mod strokes;
mod target;
mod text;

pub use canvas::Canvas;
#[cfg(feature = "cuda")]
pub use cuda::{draw_frames_on, draw_on};
pub(in crate::ops) use target::yuv_from_rgb;

pub use crate::frame::Color;
pub use shapes::{Arrow, ArrowHeads, Circle, Line, Polyline, Rectangle, Shape};
pub use text::TextStyle;

/// Lists the system's fonts now, so that the first text is not late. Takes milliseconds to a
/// second, by the number of fonts; later calls return at once.
pub fn load_fonts() {
    fonts::book();
}

#[cfg(test)]
mod tests;
