use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::error::Result;

use super::Rect;
use super::span::Span;

/// A borrowed plane: rows of interleaved bytes, each row `pitch` bytes after the one above.
#[derive(Clone, Copy)]
pub struct View<'a> {
    span: Span,
    _pixels: PhantomData<&'a [u8]>,
}

// SAFETY: a view is a shared borrow of bytes, as `&[u8]` is.
unsafe impl Send for View<'_> {}
// SAFETY: as above.
unsafe impl Sync for View<'_> {}

impl<'a> View<'a> {
    /// A plane of `height` rows of `width` pixels of `channels` bytes, rows `pitch` bytes apart.
    ///
    /// # Errors
    /// When `pitch` is shorter than a row or `data` too short for the last row.
    pub fn new(data: &'a [u8], width: u32, height: u32, channels: usize, pitch: usize) -> Result<Self> {
        let span = Span::new(NonNull::from(data).cast(), data.len(), width, height, channels, pitch)?;
        Ok(Self { span, _pixels: PhantomData })
    }

    /// A plane at an address, whose bytes between the rows may belong to others.
    ///
    /// # Safety
    /// For `'a`:
    /// - for every `y < height`, the `width * channels` bytes from `start + y * pitch` on are in one allocation,
    ///   may be read, and are written by nobody;
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

    /// The caller keeps the promise of [`Span`] for `'a`.
    #[inline]
    pub(super) fn from_span(span: Span) -> Self {
        Self { span, _pixels: PhantomData }
    }

    #[inline]
    pub(super) fn span(&self) -> &Span {
        &self.span
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
    #[must_use]
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.span.start.as_ptr()
    }

    /// From the first byte of the view on; at least up to the last byte of its last row. `None` for one of
    /// several [disjoint crops](super::FrameViewMut::disjoint_mut) that lie side by side, and for a view of an
    /// array with such gaps: the bytes between the rows are somebody else's to write.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        // SAFETY: a solid span is `len` bytes that the owner lends for 'a, see `Span`.
        self.span.solid.map(|len| unsafe { std::slice::from_raw_parts(self.as_ptr(), len) })
    }

    /// As [`as_slice`](Self::as_slice), where the view is known to have its bytes to itself: every view of a
    /// map guard, of a slice or of an [`OwnedFrame`](super::OwnedFrame), and every crop of one.
    ///
    /// # Panics
    /// Where `as_slice` is `None`.
    #[must_use]
    #[inline]
    pub fn data(&self) -> &'a [u8] {
        self.as_slice().expect("one of several disjoint crops has rows, and no slice that holds them all")
    }

    /// The `width * channels` bytes of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    #[inline]
    pub fn row(&self, y: u32) -> &'a [u8] {
        // SAFETY: `row_start` checked y, and the row is lent for 'a, see `Span`.
        unsafe { std::slice::from_raw_parts(self.span.row_start(y), self.span.row_len()) }
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let view = *self;
        (0..view.height()).map(move |y| view.row(y))
    }

    /// The window `rect` of this view; nothing is copied.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    #[inline]
    pub fn crop(&self, rect: Rect) -> Result<View<'a>> {
        Ok(Self::from_span(self.span.window(rect)?))
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.span.describe("View", f)
    }
}
