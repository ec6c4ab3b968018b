//! OpenCV/NumPy-style frame processing for DeepStream and GStreamer pipelines.
//!
//! ```text
//! GstBuffer ─ probe ─► surface ─► frame ─► roi ─► ops ─► crops
//!                 └──► meta ◄──────────────── plain results
//! ```
//!
//! A probe gets each batch: its [metadata](meta), and its [surfaces](surface) as borrowed
//! [views](frame) that cost no copy. The same program runs where DeepStream is installed (its libraries
//! are found at run time) and where it is not (an embedded [runtime] and embedded [elements] take
//! their place).
//!
//! | pyds, NumPy, OpenCV | here |
//! |---|---|
//! | `pyds.gst_buffer_get_nvds_batch_meta(hash(buf))` | [`probe::on_batch`] |
//! | `batch_meta.frame_meta_list`, `.cast`, `StopIteration` | [`probe::Batch::frames`] |
//! | `frame_meta.obj_meta_list` | [`meta::FrameMeta::objects`] |
//! | `obj_meta.rect_params`, `.obj_label` | [`meta::ObjectMeta::rect`], [`meta::ObjectMeta::label`] |
//! | `pyds.get_nvds_buf_surface(hash(buf), batch_id)` | [`probe::Frame::map_read`], [`probe::Frame::map_write`] |
//! | `pyds.unmap_nvds_buf_surface` | the guard's drop |
//! | `frame[y:y+h, x:x+w]` | [`frame::FrameView::crop`] |
//! | `np.array(frame, copy=True)` | [`frame::FrameView::to_owned`] |
//! | an array of shape (h, w, 4) | [`frame::View::as_array`] |
//! | `cv2.cvtColor` | [`ops::color`] |
//! | `cv2.GaussianBlur`, `cv2.blur`, `cv2.medianBlur` | [`ops::gaussian_blur`], [`ops::box_blur`], [`ops::median_blur`] |
//! | `cv2.Canny`, `cv2.Sobel`, `cv2.Laplacian` | [`ops::canny`], [`ops::sobel`], [`ops::laplacian`] |
//! | `cv2.resize` | [`ops::resize`] |
//! | crops for a re-ID network, one by one | [`ops::reid::reid_batch`] |
//! | a `cv2` function on a frame | [`frame::View`] as `Mat`, feature `opencv` |
//! | a probe on a pipeline without NVIDIA's elements | [`probe::on_frame`] |
//! | `cv2.imwrite` in the probe | [`crops::CropWriter`], off the streaming thread |
//! | `pyds.nvds_acquire_display_meta_from_pool` … | [`meta::FrameMeta::add_display`] with a [`meta::Scene`] |
//! | everything else of pyds | the page [`pyds`] |
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `onnx` | yes | the engine of the embedded nvinfer, which runs ONNX models on the CPU |
#![deny(unsafe_code)]

mod error;

pub mod cpu;
pub mod crops;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "calls the CUDA driver")]
pub mod cuda;
pub mod doctor;
pub mod elements;
pub mod frame;
#[allow(unsafe_code, reason = "reads and writes C structures that the pipeline owns")]
pub mod meta;
pub mod ops;
pub mod prelude;
pub mod probe;
pub mod roi;
#[allow(unsafe_code, reason = "calls C through function pointers, and answers C's calls")]
pub mod runtime;
#[allow(unsafe_code, reason = "reads C structures that the pipeline owns")]
pub mod surface;
#[allow(unsafe_code, reason = "mirrors of C structures")]
pub mod sys;

pub use error::{Error, ErrorKind, Result};
/// The GStreamer bindings that this crate's signatures use.
pub use gst;
/// The video types that [`surface::VideoMap`] takes.
pub use gst_video;

/// The program in the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("../docs/pyds.md")]
pub mod pyds {}
#[cfg(doctest)]
mod misuse;

/// The snippets of the page for people who come from NumPy and OpenCV run.
#[cfg(all(doctest, feature = "opencv"))]
#[doc = include_str!("../docs/numpy.md")]
struct NumpyPage;

/// Starts GStreamer and registers an embedded element for each of DeepStream's that is not installed.
///
/// Call it first. It may be called again, from any thread.
///
/// # Errors
/// When GStreamer does not start, or `DSFRAME_RUNTIME` asks for libraries that do not load.
///
/// ```
/// dsframe::init()?;
/// assert!(gst::ElementFactory::find("nvstreammux").is_some());
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn init() -> Result<()> {
    elements::register()?;
    runtime::try_api().map(drop)
}
