//! `ndarray` views with the true strides, and back: nothing is copied.

use std::ptr::NonNull;

use ndarray::{
    ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3, Axis, Ix2, Ix3, ShapeBuilder, StrideShape,
};

use crate::error::{Error, Result};

use super::span::Span;
use super::{View, ViewMut};

/// Shape and strides in elements of `size` bytes.
#[inline]
fn shape3(span: &Span, size: usize) -> StrideShape<Ix3> {
    let channels = span.channels / size;
    (span.height as usize, span.width as usize, channels).strides((span.pitch / size, channels, 1))
}

fn shape2(span: &Span) -> Result<StrideShape<Ix2>> {
    if span.channels != 1 {
        return Err(Error::invalid(format!(
            "the plane has {} bytes a pixel, an array of rows and columns needs 1; as_array has a third axis for them",
            span.channels
        )));
    }
    Ok((span.height as usize, span.width as usize).strides((span.pitch, 1)))
}

/// Whether the rows can be read as 16-bit samples in this machine's byte order.
pub(super) fn check_u16(span: &Span) -> Result<()> {
    if cfg!(target_endian = "big") {
        return Err(Error::unsupported(
            "16-bit samples are little-endian in memory, and this machine is not",
        ));
    }
    let aligned = span.start.as_ptr().addr().is_multiple_of(2) && span.pitch.is_multiple_of(2);
    if span.channels.is_multiple_of(2) && aligned {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the plane has {} bytes a pixel at address {:p} and a pitch of {} bytes; 16-bit samples need even numbers",
        span.channels, span.start, span.pitch
    )))
}

impl<'a> View<'a> {
    /// Shape (height, width, channels), strides (pitch, channels, 1), as NumPy and OpenCV see it.
    #[must_use]
    #[inline]
    pub fn as_array(&self) -> ArrayView3<'a, u8> {
        // SAFETY: the strides are the span's own, so every element is a byte of a row, which is lent for 'a.
        unsafe { ArrayView3::from_shape_ptr(shape3(self.span(), 1), self.as_ptr()) }
    }

    /// Shape (height, width), strides (pitch, 1), for luma and other planes of one byte a pixel.
    ///
    /// # Errors
    /// When a pixel has more bytes than one.
    pub fn as_array2(&self) -> Result<ArrayView2<'a, u8>> {
        // SAFETY: as in `as_array`.
        Ok(unsafe { ArrayView2::from_shape_ptr(shape2(self.span())?, self.as_ptr()) })
    }

    /// 16-bit little-endian samples, two bytes each: shape (height, width, channels / 2).
    ///
    /// # Errors
    /// When the start, the pitch or the bytes of a pixel are odd, or on a big-endian machine.
    pub fn as_array_u16(&self) -> Result<ArrayView3<'a, u16>> {
        check_u16(self.span())?;
        // SAFETY: as in `as_array`; `check_u16` saw that every sample is aligned and made of whole bytes of a row.
        Ok(unsafe { ArrayView3::from_shape_ptr(shape3(self.span(), 2), self.as_ptr().cast()) })
    }

    /// The view of an array of shape (height, width, channels), which may be a slice of a larger one.
    ///
    /// # Errors
    /// Unless the channels of a pixel and the pixels of a row follow each other without a gap, and the rows from
    /// top to bottom: no flipped, stepped or permuted axes.
    ///
    /// ```
    /// use dsframe::frame::View;
    /// use ndarray::{Array3, s};
    /// let array = Array3::<u8>::zeros((4, 6, 3));
    /// let view = View::from_array(array.slice(s![1..3, 2..5, ..]))?;
    /// assert_eq!((view.width(), view.height(), view.pitch()), (3, 2, 18));
    /// assert!(View::from_array(array.slice(s![.., ..;-1, ..])).is_err());
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn from_array(array: ArrayView3<'a, u8>) -> Result<Self> {
        let start = NonNull::new(array.as_ptr().cast_mut()).expect("arrays have an address");
        Ok(View::from_span(span_of(array.shape(), array.strides(), start)?))
    }

    /// The view of an array of shape (height, width): one byte a pixel.
    ///
    /// # Errors
    /// As [`from_array`](Self::from_array).
    pub fn from_array2(array: ArrayView2<'a, u8>) -> Result<Self> {
        Self::from_array(array.insert_axis(Axis(2)))
    }
}

impl<'a> ViewMut<'a> {
    /// Shape (height, width, channels), strides (pitch, channels, 1); writes go to the frame.
    pub fn as_array_mut(&mut self) -> ArrayViewMut3<'_, u8> {
        // SAFETY: the strides are the span's own, so every element is a byte of a row, which is this view's alone;
        // no two elements are the same byte, as a pitch is no shorter than a row. The array borrows the view.
        unsafe { ArrayViewMut3::from_shape_ptr(shape3(self.span(), 1), self.as_mut_ptr()) }
    }

    /// Shape (height, width), strides (pitch, 1), for luma and other planes of one byte a pixel.
    ///
    /// # Errors
    /// When a pixel has more bytes than one.
    pub fn as_array2_mut(&mut self) -> Result<ArrayViewMut2<'_, u8>> {
        let shape = shape2(self.span())?;
        // SAFETY: as in `as_array_mut`.
        Ok(unsafe { ArrayViewMut2::from_shape_ptr(shape, self.as_mut_ptr()) })
    }

    /// 16-bit little-endian samples, as [`View::as_array_u16`].
    ///
    /// # Errors
    /// As [`View::as_array_u16`].
    pub fn as_array_u16_mut(&mut self) -> Result<ArrayViewMut3<'_, u16>> {
        check_u16(self.span())?;
        let shape = shape3(self.span(), 2);
        // SAFETY: as in `as_array_mut`; `check_u16` saw that every sample is aligned and made of whole bytes.
        Ok(unsafe { ArrayViewMut3::from_shape_ptr(shape, self.as_mut_ptr().cast()) })
    }

    /// The writable view of an array, as [`View::from_array`].
    ///
    /// # Errors
    /// As [`View::from_array`].
    pub fn from_array(mut array: ArrayViewMut3<'a, u8>) -> Result<Self> {
        let start = NonNull::new(array.as_mut_ptr()).expect("arrays have an address");
        Ok(ViewMut::from_span(span_of(array.shape(), array.strides(), start)?))
    }

    /// The writable view of an array of shape (height, width): one byte a pixel.
    ///
    /// # Errors
    /// As [`View::from_array`].
    pub fn from_array2(array: ArrayViewMut2<'a, u8>) -> Result<Self> {
        Self::from_array(array.insert_axis(Axis(2)))
    }
}

/// The layout of an array of shape (h, w, c) at `start`. Strides of axes that have one step at most say nothing.
fn span_of(shape: &[usize], strides: &[isize], start: NonNull<u8>) -> Result<Span> {
    let &[h, w, c] = shape else { unreachable!("the type has three axes") };
    let row = w.saturating_mul(c);
    let follows = |len: usize, stride: isize, step: usize| len <= 1 || usize::try_from(stride) == Ok(step);
    let below = h <= 1 || usize::try_from(strides[0]).is_ok_and(|pitch| pitch >= row);
    let (width, height) = (u32::try_from(w).ok(), u32::try_from(h).ok());
    let empty = w == 0 || h == 0 || c == 0;
    let (true, Some(width), Some(height)) =
        (empty || (follows(c, strides[2], 1) && follows(w, strides[1], c) && below), width, height)
    else {
        return Err(Error::invalid(format!(
            "an array of shape {shape:?} and strides {strides:?} is no plane of pixels; the last two strides must \
             be {c} and 1 and the first at least {row}: copy it with as_standard_layout()"
        )));
    };
    let pitch = if h <= 1 || empty { row } else { strides[0].unsigned_abs() };
    // Checks what is left of the layout. With gaps between the rows, these may belong to another array.
    let span = Span::new(start, if empty { 0 } else { (h - 1) * pitch + row }, width, height, c, pitch)?;
    Ok(Span { solid: span.solid.filter(|_| pitch == row), ..span })
}
