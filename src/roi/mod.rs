//! Rectangles: clipping, padding, overlap, letterboxes, and the pictures they refer to. Pure.
//!
//! Detectors and trackers speak of boxes in float pixels, which may hang over the edge of the frame or
//! be no boxes at all. [`BBox::clip`] turns one into a window that [`FrameView::crop`] takes, or says
//! why there is none.
//!
//! [`FrameView::crop`]: crate::frame::FrameView::crop
//!
//! ```
//! use dsframe::{frame::Rect, roi::{BBox, Dropped}};
//! let person = BBox::xywh(-3.5, 10.2, 20.0, 40.0);
//! assert_eq!(person.clip(640, 480), Ok(Rect::new(0, 10, 17, 41)));
//! assert_eq!(BBox::xywh(700.0, 0.0, 5.0, 5.0).clip(640, 480), Err(Dropped::Outside));
//! assert_eq!(BBox::xywh(f32::NAN, 0.0, 5.0, 5.0).clip(640, 480), Err(Dropped::NotFinite));
//! ```
#![forbid(unsafe_code)]

mod bbox;
mod letterbox;
mod space;

pub use bbox::{BBox, Dropped};
pub use letterbox::Letterbox;
pub use space::{Mux, Net, Source, Space, SpaceBox, Spaces, Tile};

#[cfg(test)]
mod tests;
