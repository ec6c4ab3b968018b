//! OpenCV's `Mat` over a view (feature `opencv`): a borrowed header with the true step; nothing is copied.
//!
//! DeepStream's frames are RGBA, NV12 and others where OpenCV's functions think in BGR. What `cvtColor` calls them:
//!
//! | format | view | code to BGR | code to gray |
//! |---|---|---|---|
//! | `Rgba`, `Rgbx` | `CV_8UC4` | `COLOR_RGBA2BGR` | `COLOR_RGBA2GRAY` |
//! | `Bgra`, `Bgrx` | `CV_8UC4` | `COLOR_BGRA2BGR` | `COLOR_BGRA2GRAY` |
//! | `Rgb` | `CV_8UC3` | `COLOR_RGB2BGR` | `COLOR_RGB2GRAY` |
//! | `Bgr` | `CV_8UC3` | as it is | `COLOR_BGR2GRAY` |
//! | `Gray8` | `CV_8UC1` | `COLOR_GRAY2BGR` | as it is |
//! | `Nv12` | `CV_8UC1`, `CV_8UC2` | `cvtColorTwoPlane`, `COLOR_YUV2BGR_NV12` | plane 0 |
//! | `Nv21` | `CV_8UC1`, `CV_8UC2` | `cvtColorTwoPlane`, `COLOR_YUV2BGR_NV21` | plane 0 |
//! | `I420`, `Yv12` | three `CV_8UC1` | none for planes with a pitch: [`ops::color`](crate::ops::color) | plane 0 |
//! | `Argb`, `Abgr`, `Xrgb`, `Xbgr` | `CV_8UC4` | none: [`ops::color`](crate::ops::color) | none |
//!
//! OpenCV's YUV codes are BT.601, limited range, whatever the frame's colorimetry; [`ops::color`](crate::ops::color)
//! goes by that.

use std::ffi::c_void;
use std::marker::PhantomData;

use opencv::boxed_ref::{BoxedRef, BoxedRefMut};
use opencv::core::{
    _InputArray, _InputOutputArray, CV_8U, CV_16U, CV_MAKETYPE, Mat, MatTraitConst, ToInputArray,
    ToInputOutputArray,
};
use opencv::imgproc;

use crate::error::{Error, ErrorKind, Result};

use super::ndarray::check_u16;
use super::span::Span;
use super::{PixelFormat, View, ViewMut};

/// A `Mat` header over borrowed pixels, for OpenCV functions that read.
///
/// It stands where OpenCV's functions take `&impl ToInputArray` or `&impl MatTraitConst`, cannot outlive the frame,
/// and frees nothing.
///
/// ```
/// use dsframe::frame::View;
/// use opencv::core::{MatTraitConst, Scalar, mean_def};
/// let bytes: Vec<u8> = (0..40).collect();
/// let view = View::new(&bytes, 2, 2, 4, 20)?;
/// let mat = view.as_mat()?;
/// assert_eq!((mat.rows(), mat.cols(), mat.channels()), (2, 2, 4));
/// assert_eq!(mean_def(&mat)?, Scalar::new(12.0, 13.0, 14.0, 15.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MatView<'a> {
    mat: BoxedRef<'a, Mat>,
}

/// A `Mat` header over borrowed pixels that can be written.
///
/// OpenCV gives an output that has not the right size or type new memory, and says nothing: the frame would stay as
/// it is. So a `MatViewMut` is no output by itself; [`apply`](Self::apply) lends one and looks at it afterwards.
/// Functions that draw into a `Mat` take the view as it is (`&mut impl ToInputOutputArray`).
///
/// ```
/// use dsframe::frame::ViewMut;
/// use opencv::{core::{Rect, Scalar}, imgproc};
/// let mut bytes = [0; 30];
/// let mut view = ViewMut::new(&mut bytes, 5, 3, 1, 10)?;
/// let mut mat = view.as_mat_mut()?;
/// imgproc::rectangle(&mut mat, Rect::new(1, 1, 2, 1), Scalar::all(9.0), imgproc::FILLED, imgproc::LINE_8, 0)?;
/// assert_eq!(bytes[10..15], [0, 9, 9, 0, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MatViewMut<'a> {
    mat: BoxedRefMut<'a, Mat>,
    span: Span,
    depth: i32,
}

/// The pixels of a [`MatViewMut`] as they are, while OpenCV writes over them; see [`MatViewMut::apply_in_place`].
#[derive(Debug)]
pub struct InPlace<'a> {
    mat: Mat,
    _pixels: PhantomData<&'a [u8]>,
}

/// `CV_8UC(n)` or `CV_16UC(n)`; a pixel has few bytes, see [`Span::new`].
fn mat_type(span: &Span, depth: i32) -> i32 {
    let sample = if depth == CV_16U { 2 } else { 1 };
    CV_MAKETYPE(depth, (span.channels / sample) as i32)
}

/// A header over the rows of `span`, with samples of `depth`.
fn header(span: &Span, depth: i32) -> Result<Mat> {
    let (Ok(rows), Ok(cols)) = (i32::try_from(span.height), i32::try_from(span.width)) else {
        return Err(Error::invalid(format!(
            "a Mat has at most {} rows and columns, the view has {}x{}",
            i32::MAX,
            span.width,
            span.height
        )));
    };
    let mat_type = mat_type(span, depth);
    let step = span.pitch.max(span.row_len());
    let data = span.start.as_ptr().cast::<c_void>();
    // SAFETY: the header covers the rows of the span, one step apart, which the caller has borrowed for as long as
    // the wrapper that it puts the header in; a header over foreign data never frees it.
    unsafe { Mat::new_rows_cols_with_data_unsafe(rows, cols, mat_type, data, step) }.map_err(failed)
}

#[cold]
fn failed(error: opencv::Error) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("OpenCV: {}", error.message.trim())).with_source(error)
}

impl<'a> View<'a> {
    /// The plane as a `Mat` of `CV_8UC(channels)`.
    ///
    /// # Errors
    /// When a side is longer than `i32::MAX`.
    pub fn as_mat(&self) -> Result<MatView<'a>> {
        Ok(MatView { mat: BoxedRef::from(header(self.span(), CV_8U)?) })
    }

    /// The plane as a `Mat` of `CV_16UC(channels / 2)`.
    ///
    /// # Errors
    /// As [`as_array_u16`](Self::as_array_u16), and when a side is longer than `i32::MAX`.
    pub fn as_mat_u16(&self) -> Result<MatView<'a>> {
        check_u16(self.span())?;
        Ok(MatView { mat: BoxedRef::from(header(self.span(), CV_16U)?) })
    }
}

impl ViewMut<'_> {
    /// The plane as a `Mat` of `CV_8UC(channels)`, to be written.
    ///
    /// # Errors
    /// When a side is longer than `i32::MAX`.
    pub fn as_mat_mut(&mut self) -> Result<MatViewMut<'_>> {
        MatViewMut::new(*self.span(), CV_8U)
    }

    /// The plane as a `Mat` of `CV_16UC(channels / 2)`, to be written.
    ///
    /// # Errors
    /// As [`View::as_mat_u16`].
    pub fn as_mat_u16_mut(&mut self) -> Result<MatViewMut<'_>> {
        check_u16(self.span())?;
        MatViewMut::new(*self.span(), CV_16U)
    }
}

impl MatTraitConst for MatView<'_> {
    #[allow(non_snake_case, reason = "the name is the trait's")]
    fn as_raw_Mat(&self) -> *const c_void {
        self.mat.as_raw_Mat()
    }
}

impl ToInputArray for MatView<'_> {
    fn input_array(&self) -> opencv::Result<BoxedRef<'_, _InputArray>> {
        self.mat.input_array()
    }
}

impl MatTraitConst for MatViewMut<'_> {
    #[allow(non_snake_case, reason = "the name is the trait's")]
    fn as_raw_Mat(&self) -> *const c_void {
        self.mat.as_raw_Mat()
    }
}

impl ToInputArray for MatViewMut<'_> {
    fn input_array(&self) -> opencv::Result<BoxedRef<'_, _InputArray>> {
        self.mat.input_array()
    }
}

impl ToInputOutputArray for MatViewMut<'_> {
    /// Refuses after a function that gave the header memory of its own.
    fn input_output_array(&mut self) -> opencv::Result<BoxedRefMut<'_, _InputOutputArray>> {
        self.restore().map_err(|error| opencv::Error::new(opencv::core::StsBadArg, error.to_string()))?;
        self.mat.input_output_array()
    }
}

impl ToInputArray for InPlace<'_> {
    fn input_array(&self) -> opencv::Result<BoxedRef<'_, _InputArray>> {
        self.mat.input_array()
    }
}

impl MatViewMut<'_> {
    /// The caller has borrowed the rows of `span` for the lifetime of the result.
    fn new(span: Span, depth: i32) -> Result<Self> {
        Ok(Self { mat: BoxedRefMut::from(header(&span, depth)?), span, depth })
    }

    /// Calls `f` with the `Mat` as an output, and makes sure that the result went into the frame.
    ///
    /// ```
    /// use dsframe::frame::{View, ViewMut};
    /// use opencv::imgproc;
    /// let (rgba, mut gray) = ([7; 4 * 12], [0; 12]);
    /// let src = View::new(&rgba, 4, 3, 4, 16)?.as_mat()?;
    /// let mut dst = ViewMut::new(&mut gray, 4, 3, 1, 4)?;
    /// dst.as_mat_mut()?.apply(|dst| imgproc::cvt_color_def(&src, dst, imgproc::COLOR_RGBA2GRAY))?;
    /// // Three channels do not fit into a plane of one: OpenCV would put them elsewhere.
    /// let lost = dst.as_mat_mut()?.apply(|dst| imgproc::cvt_color_def(&src, dst, imgproc::COLOR_RGBA2BGR));
    /// assert!(lost.unwrap_err().to_string().contains("4x3 CV_8UC3"));
    /// assert_eq!(gray, [7; 12]);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    ///
    /// # Errors
    /// What OpenCV says, and when it put its result into memory of its own because size or type are not the
    /// plane's: the frame is as it was then, or holds what `f` did to it before.
    pub fn apply<R>(&mut self, f: impl FnOnce(&mut BoxedRefMut<'_, Mat>) -> opencv::Result<R>) -> Result<R> {
        let result = f(&mut self.mat).map_err(failed);
        let stayed = self.restore();
        result.and_then(|value| stayed.map(|()| value))
    }

    /// As [`apply`](Self::apply), for functions that can read and write the same pixels (`blur`, `GaussianBlur`,
    /// `medianBlur`, `threshold`, `cvtColor` between types of one size …): `f` gets the picture as input and output.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_in_place<R>(
        &mut self,
        f: impl FnOnce(&InPlace<'_>, &mut BoxedRefMut<'_, Mat>) -> opencv::Result<R>,
    ) -> Result<R> {
        // The input is good for nothing but OpenCV's own reading, so no Rust reference ever meets the output's.
        let src = InPlace { mat: header(&self.span, self.depth)?, _pixels: PhantomData };
        self.apply(|dst| f(&src, dst))
    }

    /// Whether the header still is the frame's; makes it so again.
    fn restore(&mut self) -> Result<()> {
        let size = (i64::from(self.mat.cols()), i64::from(self.mat.rows()));
        let same_size = size == (i64::from(self.span.width), i64::from(self.span.height));
        if self.mat.data() == self.span.start.as_ptr().cast_const()
            && same_size
            && self.mat.typ() == mat_type(&self.span, self.depth)
        {
            return Ok(());
        }
        let frame = header(&self.span, self.depth)?;
        let (found, needed) = (describe(&self.mat), describe(&frame));
        self.mat = BoxedRefMut::from(frame);
        Err(Error::invalid(format!(
            "OpenCV gave its output new memory for {found}, because the frame's plane is {needed}: nothing of the \
             result is in the frame; ask for an output of the plane's size and type"
        )))
    }
}

fn describe(mat: &impl MatTraitConst) -> String {
    let type_name = opencv::core::type_to_string(mat.typ()).unwrap_or_else(|_| mat.typ().to_string());
    format!("{}x{} {type_name}", mat.cols(), mat.rows())
}

impl PixelFormat {
    /// The code with which OpenCV's `cvtColor` (or `cvtColorTwoPlane`, for formats of two planes) makes BGR of
    /// this format; `None` where it has none.
    ///
    /// ```
    /// use dsframe::frame::PixelFormat;
    /// assert_eq!(PixelFormat::Rgba.opencv_bgr_code(), Some(opencv::imgproc::COLOR_RGBA2BGR));
    /// assert_eq!(PixelFormat::Argb.opencv_bgr_code(), None);
    /// ```
    #[must_use]
    pub const fn opencv_bgr_code(self) -> Option<i32> {
        match self {
            Self::Rgba | Self::Rgbx => Some(imgproc::COLOR_RGBA2BGR),
            Self::Bgra | Self::Bgrx => Some(imgproc::COLOR_BGRA2BGR),
            Self::Rgb => Some(imgproc::COLOR_RGB2BGR),
            Self::Gray8 => Some(imgproc::COLOR_GRAY2BGR),
            Self::Nv12 => Some(imgproc::COLOR_YUV2BGR_NV12),
            Self::Nv21 => Some(imgproc::COLOR_YUV2BGR_NV21),
            _ => None,
        }
    }
}
