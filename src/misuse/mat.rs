//! The same for OpenCV's headers.
//!
//! A `Mat` does not outlive the frame:
//! ```compile_fail,E0505
//! use dsframe::frame::OwnedFrame;
//! use opencv::core::MatTraitConst;
//! fn f(frame: OwnedFrame) -> dsframe::Result<i32> {
//!     let mat = frame.view().plane(0).as_mat()?;
//!     drop(frame);
//!     Ok(mat.rows())
//! }
//! ```
//!
//! Nor does a part of it:
//! ```compile_fail,E0505
//! use dsframe::frame::OwnedFrame;
//! use opencv::core::{Mat, MatTraitConst, Rect};
//! fn f(frame: OwnedFrame) -> Result<i32, Box<dyn std::error::Error>> {
//!     let mat = frame.view().plane(0).as_mat()?;
//!     let part = Mat::roi(&mat, Rect::new(0, 0, 1, 1))?;
//!     drop(frame);
//!     Ok(part.rows())
//! }
//! ```
//!
//! A `Mat` for reading is not drawn into:
//! ```compile_fail,E0277
//! use dsframe::frame::MatView;
//! use opencv::{core::{Point, Scalar}, imgproc};
//! fn f(mut mat: MatView<'_>) -> opencv::Result<()> {
//!     imgproc::line_def(&mut mat, Point::new(0, 0), Point::new(1, 1), Scalar::all(1.0))
//! }
//! ```
//!
//! A writable one is an output through `apply` alone, which sees whether OpenCV gave it other memory:
//! ```compile_fail,E0277
//! use dsframe::frame::{MatView, MatViewMut};
//! use opencv::imgproc;
//! fn f(src: &MatView<'_>, dst: &mut MatViewMut<'_>) -> opencv::Result<()> {
//!     imgproc::cvt_color_def(src, dst, imgproc::COLOR_RGBA2BGRA)
//! }
//! ```
//!
//! The header that `apply` lends is not carried off:
//! ```compile_fail,E0521
//! use dsframe::frame::MatViewMut;
//! use opencv::{boxed_ref::BoxedRefMut, core::Mat};
//! fn f<'k>(mat: &mut MatViewMut<'_>, kept: &mut BoxedRefMut<'k, Mat>) -> dsframe::Result<()> {
//!     mat.apply(|lent| {
//!         std::mem::swap(lent, kept);
//!         Ok(())
//!     })
//! }
//! ```
//!
//! While a `Mat` can be written, the frame is not read:
//! ```compile_fail,E0502
//! use dsframe::frame::ViewMut;
//! fn f(view: &mut ViewMut<'_>) -> dsframe::Result<u8> {
//!     let mut mat = view.as_mat_mut()?;
//!     let first = view.as_view().row(0)[0];
//!     mat.apply(|_| Ok(()))?;
//!     Ok(first)
//! }
//! ```
