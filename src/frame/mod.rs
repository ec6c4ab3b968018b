//! WHAT EVERY OP SEES. Pixel formats, layouts and borrowed views. Pure: no FFI.
//!
//! A [`FrameView`] is one picture, or a window of it, in whatever format the pipeline carries: one to
//! three [`View`] planes with a pitch each. Cropping moves the window and copies nothing; an
//! [`OwnedFrame`] is the copy to take when pixels must outlive the probe call.
//!
//! ```
//! use dsframe::frame::{Colorimetry, FrameView, PixelFormat, Rect};
//! // A 4x2 RGBA picture whose rows are 20 bytes apart.
//! let bytes: Vec<u8> = (0..40).collect();
//! let frame = FrameView::new(PixelFormat::Rgba, 4, 2, &[(&bytes, 20)], Colorimetry::default())?;
//! let crop = frame.crop(Rect::new(1, 1, 2, 1))?;
//! assert_eq!(crop.plane(0).row(0), &bytes[24..32]);
//! assert_eq!(crop.plane(0).as_array().shape(), [1, 2, 4]);
//! # Ok::<(), dsframe::Error>(())
//! ```

mod color;
#[allow(unsafe_code, reason = "a constructor that trusts an address is unsafe to call")]
mod device;
mod disjoint;
mod format;
mod frame_view;
mod image;
#[cfg(feature = "opencv")]
#[allow(unsafe_code, reason = "makes OpenCV headers over the rows of a view")]
mod mat;
#[allow(unsafe_code, reason = "lends arrays the rows of a view, which are at an address with a pitch")]
mod ndarray;
mod owned;
mod rect;
mod span;
#[allow(unsafe_code, reason = "makes slices of single rows, as windows side by side share no larger slice")]
mod view;
#[allow(unsafe_code, reason = "as in view, and hands out windows that share no pixel")]
mod view_mut;

pub use color::Color;
pub use device::{DevicePlane, DeviceView, DeviceViewMut, Pending, Work};
pub use format::{ColorMatrix, ColorRange, Colorimetry, MAX_PLANES, PixelFormat};
pub(crate) use frame_view::plane_window;
pub use frame_view::{FrameView, FrameViewMut};
pub use image::{ImagePixel, ImageView, ImageViewMut};
#[cfg(feature = "opencv")]
pub use mat::{InPlace, MatView, MatViewMut};
pub use owned::OwnedFrame;
pub use rect::Rect;
pub use view::View;
pub use view_mut::ViewMut;

#[cfg(test)]
mod tests;
