use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::error::Result;

use super::disjoint::check_disjoint;
use super::span::Span;
use super::{Rect, View};

/// A borrowed plane that can be written; see [`View`].
pub struct ViewMut<'a> {
    span: Span,
    _pixels: PhantomData<&'a mut [u8]>,
}

// SAFETY: a writable view is an exclusive borrow of bytes, as `&mut [u8]` is.
unsafe impl Send for ViewMut<'_> {}
// SAFETY: through a shared reference it only reads.
unsafe impl Sync for ViewMut<'_> {}

impl<'a> ViewMut<'a> {
    /// A writable plane; the arguments are those of [`View::new`].
    ///
    /// # Errors
    /// When `pitch` is shorter than a row or `data` too short for the last row.
    pub fn new(data: &'a mut [u8], width: u32, height: u32, channels: usize, pitch: usize) -> Result<Self> {
        let len = data.len();
        let span = Span::new(NonNull::from(data).cast(), len, width, height, channels, pitch)?;
        Ok(Self { span, _pixels: PhantomData })
    }

    /// A writable plane at an address, whose bytes between the rows may belong to others.
    ///
    /// # Safety
    /// For `'a`:
    /// - for every `y < height`, the `width * channels` bytes from `start + y * pitch` on are in one allocation,
    ///   may be read and written, and are touched by nobody else;
    /// - `pitch >= width * channels` where there are two rows or more.
    #[must_use]
    pub unsafe fn from_raw_parts(
        start: NonNull<u8>,
        width: u32,
        height: u32,
        channels: usize,
        pitch: usize,
    ) -> Self {
        Self::from_span(Span { start, width, height, channels, pitch, solid: None })
    }

    /// The caller keeps the promise of [`Span`] for `'a`, for this view alone.
    #[inline]
    pub(super) fn from_span(span: Span) -> Self {
        Self { span, _pixels: PhantomData }
    }

    #[inline]
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// The same plane, read only.
    #[must_use]
    #[inline]
    pub fn as_view(&self) -> View<'_> {
        View::from_span(self.span)
    }

    /// A shorter borrow of the same plane.
    #[inline]
    pub fn reborrow(&mut self) -> ViewMut<'_> {
        ViewMut::from_span(self.span)
    }

    /// Pixels in a row.
    #[must_use]
    #[inline]
    pub fn width(&self) -> u32 {
        self.span.width
    }

    /// Number of rows.
    #[must_use]
    #[inline]
    pub fn height(&self) -> u32 {
        self.span.height
    }

    /// Bytes of a pixel.
    #[must_use]
    #[inline]
    pub fn channels(&self) -> usize {
        self.span.channels
    }

    /// Bytes from a row to the next.
    #[must_use]
    #[inline]
    pub fn pitch(&self) -> usize {
        self.span.pitch
    }

    /// Address of the first byte.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.span.start.as_ptr()
    }

    /// The bytes, as [`View::as_slice`].
    #[inline]
    pub fn as_mut_slice(&mut self) -> Option<&mut [u8]> {
        // SAFETY: a solid span is `len` bytes that are this view's alone, see `Span`; the slice borrows it.
        self.span.solid.map(|len| unsafe { std::slice::from_raw_parts_mut(self.span.start.as_ptr(), len) })
    }

    /// The bytes, as [`View::data`].
    ///
    /// # Panics
    /// Where [`as_mut_slice`](Self::as_mut_slice) is `None`.
    #[inline]
    pub fn data_mut(&mut self) -> &mut [u8] {
        self.as_mut_slice().expect("one of several disjoint crops has rows, and no slice that holds them all")
    }

    /// The `width * channels` bytes of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[inline]
    pub fn row_mut(&mut self, y: u32) -> &mut [u8] {
        // SAFETY: `row_start` checked y, the row is this view's alone, see `Span`; the slice borrows the view.
        unsafe { std::slice::from_raw_parts_mut(self.span.row_start(y), self.span.row_len()) }
    }

    /// The rows from top to bottom, each of which can be kept beside the others.
    ///
    /// ```
    /// # use dsframe::frame::ViewMut;
    /// let mut bytes = [0; 20];
    /// let mut view = ViewMut::new(&mut bytes, 2, 2, 4, 12)?;
    /// view.rows_mut().zip([1, 2]).for_each(|(row, value)| row.fill(value));
    /// assert_eq!(bytes, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2]);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn rows_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [u8]> {
        let span = self.span;
        (0..span.height).map(move |y| {
            // SAFETY: as in `row_mut`; a pitch is no shorter than a row, so no two rows share a byte, and the
            // iterator, which borrows the view, gives each row once.
            unsafe { std::slice::from_raw_parts_mut(span.row_start(y), span.row_len()) }
        })
    }

    /// The window `rect` of this view, for as long as this view is not used.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn crop_mut(&mut self, rect: Rect) -> Result<ViewMut<'_>> {
        Ok(ViewMut::from_span(self.span.window(rect)?))
    }

    /// The window `rect` of this view, for as long as the memory is borrowed.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn into_crop(self, rect: Rect) -> Result<ViewMut<'a>> {
        Ok(ViewMut::from_span(self.span.window(rect)?))
    }

    /// The windows `rects`, to be written at the same time, on several threads if need be.
    ///
    /// # Errors
    /// When one does not lie inside, or two share a pixel: the message names both.
    pub fn disjoint_mut(&mut self, rects: &[Rect]) -> Result<Vec<ViewMut<'_>>> {
        let spans = rects.iter().map(|&rect| self.span.window_alone(rect)).collect::<Result<Vec<_>>>()?;
        check_disjoint(rects)?;
        Ok(spans.into_iter().map(ViewMut::from_span).collect())
    }
}

impl std::fmt::Debug for ViewMut<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.span.describe("ViewMut", f)
    }
}
