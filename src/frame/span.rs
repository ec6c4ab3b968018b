//! Rows of bytes at an address: what [`View`](super::View) and [`ViewMut`](super::ViewMut) are made of.
//!
//! Two windows that lie side by side share the bytes between their first and last row, though no pixel. So a
//! view is an address and a layout, and a slice is made of one row at a time; only a view that has the bytes
//! between its rows to itself is [`solid`](Span::solid) and may be seen as one slice.

use std::ptr::NonNull;

use crate::error::{Error, Result};

use super::Rect;

/// More than any pixel has (four samples of 64 bits are 32).
const MAX_CHANNELS: usize = 64;

/// Where the rows are. Plain numbers: who may read or write them is the owner's business.
///
/// The owner keeps: for `y` below `height`, the `width * channels` bytes from `start + y * pitch` on lie in one
/// allocation and may be read (or written) for as long as the owner says; with `solid == Some(n)`, `n` bytes
/// from `start` on, which hold all rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) start: NonNull<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: usize,
    pub(super) pitch: usize,
    pub(super) solid: Option<usize>,
}

/// Bytes from the first of row 0 to the last of the last row; `None` when it overflows.
pub(super) fn min_len(width: u32, height: u32, channels: usize, pitch: usize) -> Option<usize> {
    if width == 0 || height == 0 {
        return Some(0);
    }
    let row = (width as usize).checked_mul(channels)?;
    (height as usize - 1).checked_mul(pitch)?.checked_add(row)
}

impl Span {
    /// The layout of `len` bytes at `start`, all of which are the owner's.
    pub(super) fn new(
        start: NonNull<u8>,
        len: usize,
        width: u32,
        height: u32,
        channels: usize,
        pitch: usize,
    ) -> Result<Self> {
        if channels == 0 || channels > MAX_CHANNELS || isize::try_from(pitch).is_err() {
            return Err(Error::invalid(format!(
                "a plane of {channels} bytes a pixel and a pitch of {pitch} bytes; a pixel has 1 to {MAX_CHANNELS} \
                 bytes, and a pitch is no larger than memory"
            )));
        }
        let row = (width as usize).saturating_mul(channels);
        if pitch < row && height > 1 {
            return Err(Error::invalid(format!(
                "pitch is {pitch} bytes, it must be at least width x bytes per pixel = {row}"
            )));
        }
        match min_len(width, height, channels, pitch) {
            Some(need) if need <= len => Ok(Self { start, width, height, channels, pitch, solid: Some(len) }),
            _ => Err(Error::invalid(format!(
                "the plane has {len} bytes, too few for {width}x{height} pixels of {channels} bytes at pitch {pitch}"
            ))),
        }
    }

    /// Bytes of pixels in a row.
    #[inline]
    pub(super) fn row_len(&self) -> usize {
        self.width as usize * self.channels
    }

    /// Address of the first byte of row `y`; of the first row where there is no pixel to point at.
    #[inline]
    pub(super) fn row_start(&self, y: u32) -> *mut u8 {
        assert!(y < self.height, "row {y} of a view of {} rows", self.height);
        let offset = if self.width == 0 { 0 } else { y as usize * self.pitch };
        // The owner's promise says that the row exists, so the address stays in its allocation.
        self.start.as_ptr().wrapping_add(offset)
    }

    /// Bytes from the first of this span to the last of its last row.
    pub(super) fn reach(&self) -> usize {
        min_len(self.width, self.height, self.channels, self.pitch).expect("the layout was checked")
    }

    /// The window `rect`, with all of the owner's bytes behind its first.
    #[inline]
    pub(super) fn window(&self, rect: Rect) -> Result<Self> {
        if rect.fits(self.width, self.height) { Ok(self.cut(rect)) } else { Err(self.outside(rect)) }
    }

    /// As [`window`](Self::window), for a `rect` that is known to lie inside: nobody makes a view of another.
    #[inline]
    pub(super) fn cut(&self, rect: Rect) -> Self {
        debug_assert!(rect.fits(self.width, self.height), "{rect} of {}x{}", self.width, self.height);
        let offset =
            if rect.is_empty() { 0 } else { rect.y as usize * self.pitch + rect.x as usize * self.channels };
        let start = self.start.as_ptr().wrapping_add(offset);
        Self {
            start: NonNull::new(start).unwrap_or(self.start),
            width: rect.width,
            height: rect.height,
            solid: self.solid.map(|len| len - offset),
            ..*self
        }
    }

    #[cold]
    fn outside(&self, rect: Rect) -> Error {
        Error::invalid(format!(
            "the window {rect} does not lie in the {}x{} picture; clip it first",
            self.width, self.height
        ))
    }

    /// The window `rect` without the bytes between its rows, which other windows may have; rows that are as
    /// wide as this span's have nothing but padding between them and stay one slice, and so does a single row.
    pub(super) fn window_alone(&self, rect: Rect) -> Result<Self> {
        let window = self.window(rect)?;
        let nothing_between = rect.width == self.width || rect.height <= 1;
        let solid = window.solid.filter(|_| nothing_between).map(|_| window.reach());
        Ok(Self { solid, ..window })
    }

    pub(super) fn describe(&self, name: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{name}({}x{}x{}, pitch {})", self.width, self.height, self.channels, self.pitch)
    }
}
