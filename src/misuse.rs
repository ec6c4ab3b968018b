//! What the compiler refuses, each with the error that it gives. (Stable rustdoc sees that they fail; that the
//! errors are these, it looks at with `RUSTC_BOOTSTRAP=1`.)
//!
//! A view does not outlive the guard that it is of:
//! ```compile_fail,E0505
//! use dsframe::surface::SurfaceRef;
//! fn f(surface: SurfaceRef<'_>) -> dsframe::Result<u32> {
//!     let map = surface.map_read()?;
//!     let view = map.view();
//!     drop(map);
//!     Ok(view.width())
//! }
//! ```
//!
//! Nor is it returned without it:
//! ```compile_fail,E0515
//! use dsframe::{frame::FrameView, surface::SurfaceRef};
//! fn f<'s>(surface: SurfaceRef<'s>) -> dsframe::Result<FrameView<'s>> {
//!     let map = surface.map_read()?;
//!     Ok(map.view())
//! }
//! ```
//!
//! A guard does not outlive the buffer:
//! ```compile_fail,E0505
//! use dsframe::surface::SurfaceBatch;
//! fn f(buffer: gst::Buffer) -> dsframe::Result<u32> {
//!     let batch = SurfaceBatch::from_buffer(&buffer)?;
//!     let map = batch.surface(0)?.map_read()?;
//!     drop(buffer);
//!     Ok(map.view().width())
//! }
//! ```
//!
//! Nor is a batch kept beyond the probe's call, or given to another thread:
//! ```compile_fail,E0277
//! use dsframe::probe::{self, Verdict};
//! fn f(pad: &gst::Pad) -> dsframe::Result<()> {
//!     let mut kept = Vec::new();
//!     probe::on_batch(pad, move |batch| {
//!         kept.push(batch);
//!         Ok(Verdict::Ok)
//!     })
//!     .map(drop)
//! }
//! ```
//!
//! Nor the guard of one of its surfaces:
//! ```compile_fail,E0521
//! use dsframe::probe::{self, Verdict};
//! fn f(pad: &gst::Pad) -> dsframe::Result<()> {
//!     let mut kept = Vec::new();
//!     probe::on_batch(pad, move |batch| {
//!         kept.push(batch.surfaces()?.surface(0)?.map_read()?);
//!         Ok(Verdict::Ok)
//!     })
//!     .map(drop)
//! }
//! ```
//!
//! Nor does a frame of an ordinary pad:
//! ```compile_fail,E0521
//! use dsframe::probe::{self, Verdict};
//! fn f(pad: &gst::Pad) -> dsframe::Result<()> {
//!     let mut kept = Vec::new();
//!     probe::on_frame(pad, move |frame| {
//!         kept.push(frame);
//!         Ok(Verdict::Ok)
//!     })
//!     .map(drop)
//! }
//! ```
//!
//! A guard lends one writable view at a time:
//! ```compile_fail,E0499
//! use dsframe::surface::FrameMapMut;
//! fn f(map: &mut FrameMapMut<'_>) {
//!     let mut first = map.view_mut();
//!     let mut second = map.view_mut();
//!     first.plane_mut(0).row_mut(0).fill(1);
//!     second.plane_mut(0).row_mut(0).fill(2);
//! }
//! ```
//!
//! And no readable one beside it:
//! ```compile_fail,E0502
//! use dsframe::surface::FrameMapMut;
//! fn f(map: &mut FrameMapMut<'_>) -> u32 {
//!     let view = map.view();
//!     map.view_mut().plane_mut(0).row_mut(0).fill(1);
//!     view.width()
//! }
//! ```
//!
//! A writable view is not copied:
//! ```compile_fail,E0382
//! use dsframe::frame::ViewMut;
//! fn f(view: ViewMut<'_>) {
//!     let mut second = view;
//!     let mut first = view;
//!     first.row_mut(0)[0] = second.row_mut(0)[0];
//! }
//! ```
//!
//! And two planes are taken together, by `planes_mut`, or not at all:
//! ```compile_fail,E0499
//! use dsframe::frame::FrameViewMut;
//! fn f(view: &mut FrameViewMut<'_>) {
//!     let mut luma = view.plane_mut(0);
//!     let mut chroma = view.plane_mut(1);
//!     luma.row_mut(0)[0] = chroma.row_mut(0)[0];
//! }
//! ```
//!
//! A guard for reading has no writable view:
//! ```compile_fail,E0599
//! use dsframe::surface::FrameMap;
//! fn f(map: &mut FrameMap<'_>) {
//!     map.view_mut().plane_mut(0).row_mut(0).fill(1);
//! }
//! ```
//!
//! A view for reading no writable row:
//! ```compile_fail,E0594
//! use dsframe::frame::View;
//! fn f(view: View<'_>) {
//!     view.row(0)[0] = 1;
//! }
//! ```
//!
//! And no writable array:
//! ```compile_fail,E0599
//! use dsframe::frame::View;
//! fn f(mut view: View<'_>) {
//!     view.as_array_mut().fill(1);
//! }
//! ```
//!
//! A borrowed frame is not sent to a thread that outlives it (`to_owned` is):
//! ```compile_fail,E0597
//! use dsframe::frame::OwnedFrame;
//! fn f(frame: OwnedFrame) {
//!     let view = frame.view();
//!     std::thread::spawn(move || view.width());
//! }
//! ```
//!
//! Nor is what a probe lends:
//! ```compile_fail,E0521
//! use dsframe::probe::{self, Verdict};
//! fn f(pad: &gst::Pad) -> dsframe::Result<()> {
//!     probe::on_frame(pad, |frame| {
//!         std::thread::spawn(move || frame.map_read().map(drop));
//!         Ok(Verdict::Ok)
//!     })
//!     .map(drop)
//! }
//! ```
//!
//! An array does not outlive the map:
//! ```compile_fail,E0505
//! use dsframe::surface::SurfaceRef;
//! fn f(surface: SurfaceRef<'_>) -> dsframe::Result<u8> {
//!     let map = surface.map_read()?;
//!     let array = map.view().plane(0).as_array();
//!     drop(map);
//!     Ok(array[[0, 0, 0]])
//! }
//! ```
//!
//! Nor the view of an array the array:
//! ```compile_fail,E0505
//! use dsframe::frame::View;
//! fn f(array: ndarray::Array3<u8>) -> dsframe::Result<u8> {
//!     let view = View::from_array(array.view())?;
//!     drop(array);
//!     Ok(view.row(0)[0])
//! }
//! ```
//!
//! A writable array keeps the view to itself:
//! ```compile_fail,E0499
//! use dsframe::frame::ViewMut;
//! fn f(view: &mut ViewMut<'_>) {
//!     let mut array = view.as_array_mut();
//!     view.row_mut(0).fill(1);
//!     array.fill(2);
//! }
//! ```
//!
//! An image of the `image` crate does not outlive the frame:
//! ```compile_fail,E0505
//! use dsframe::frame::OwnedFrame;
//! use image::{GenericImageView, Rgba};
//! fn f(frame: OwnedFrame) -> dsframe::Result<u32> {
//!     let image = frame.view().as_image::<Rgba<u8>>()?;
//!     drop(frame);
//!     Ok(image.width())
//! }
//! ```
//!
//! Disjoint crops are not used after the picture they are of:
//! ```compile_fail,E0499
//! use dsframe::frame::{FrameViewMut, Rect};
//! fn f(view: &mut FrameViewMut<'_>) -> dsframe::Result<()> {
//!     let mut crops = view.disjoint_mut(&[Rect::new(0, 0, 2, 2), Rect::new(2, 0, 2, 2)])?;
//!     view.plane_mut(0).row_mut(0).fill(1);
//!     crops[0].plane_mut(0).row_mut(0).fill(2);
//!     Ok(())
//! }
//! ```
//!
//! Nor is the picture read beside them:
//! ```compile_fail,E0502
//! use dsframe::frame::{FrameViewMut, Rect};
//! fn f(view: &mut FrameViewMut<'_>) -> dsframe::Result<u32> {
//!     let mut crops = view.disjoint_mut(&[Rect::new(0, 0, 2, 2), Rect::new(2, 0, 2, 2)])?;
//!     let whole = view.as_view();
//!     crops[0].plane_mut(0).row_mut(0).fill(2);
//!     Ok(whole.width())
//! }
//! ```
//!
//! A buffer of an ordinary pad is not changed while it is mapped:
//! ```compile_fail,E0502
//! use dsframe::surface::VideoMap;
//! fn f(buffer: &mut gst::BufferRef, info: &gst_video::VideoInfo) -> dsframe::Result<u32> {
//!     let map = VideoMap::new(buffer, info)?;
//!     buffer.set_pts(gst::ClockTime::ZERO);
//!     Ok(map.view().width())
//! }
//! ```
//!
//! Nor unmapped while it is viewed:
//! ```compile_fail,E0505
//! use dsframe::surface::VideoMapMut;
//! fn f(map: VideoMapMut<'_>) -> u32 {
//!     let view = map.view();
//!     drop(map);
//!     view.width()
//! }
//! ```
//!
//! A frame is not mapped for writing twice:
//! ```compile_fail,E0499
//! use dsframe::probe::PlainFrame;
//! fn f(frame: &mut PlainFrame<'_>) -> dsframe::Result<()> {
//!     let mut first = frame.map_write()?;
//!     let mut second = frame.map_write()?;
//!     first.view_mut().plane_mut(0).row_mut(0).fill(1);
//!     second.view_mut().plane_mut(0).row_mut(0).fill(2);
//!     Ok(())
//! }
//! ```
//!
//! The view of one guard is not swapped for that of another, which may be dropped before it:
//! ```compile_fail
//! use dsframe::surface::FrameMapMut;
//! fn f<'a>(first: &mut FrameMapMut<'a>, second: &mut FrameMapMut<'a>) {
//!     std::mem::swap(first.view_mut(), second.view_mut());
//! }
//! ```

#[cfg(feature = "opencv")]
mod mat;
