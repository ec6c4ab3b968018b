use crate::error::{Error, Result};

use super::Rect;

/// A borrowed plane: rows of interleaved bytes, each row `pitch` bytes after the one above.
#[derive(Clone, Copy)]
pub struct View<'a> {
    data: &'a [u8],
    width: u32,
    height: u32,
    channels: usize,
    pitch: usize,
}

/// A borrowed plane that can be written; see [`View`].
pub struct ViewMut<'a> {
    data: &'a mut [u8],
    width: u32,
    height: u32,
    channels: usize,
    pitch: usize,
}

/// Bytes from the first of row 0 to the last of the last row; `None` when it overflows.
pub(super) fn min_len(width: u32, height: u32, channels: usize, pitch: usize) -> Option<usize> {
    if width == 0 || height == 0 {
        return Some(0);
    }
    let row = (width as usize).checked_mul(channels)?;
    (height as usize - 1).checked_mul(pitch)?.checked_add(row)
}

fn check(len: usize, width: u32, height: u32, channels: usize, pitch: usize) -> Result<()> {
    let row = (width as usize).saturating_mul(channels);
    if pitch < row && height > 1 {
        return Err(Error::invalid(format!(
            "pitch is {pitch} bytes, it must be at least width x bytes per pixel = {row}"
        )));
    }
    match min_len(width, height, channels, pitch) {
        Some(need) if need <= len => Ok(()),
        _ => Err(Error::invalid(format!(
            "the plane has {len} bytes, too few for {width}x{height} pixels of {channels} bytes at pitch {pitch}"
        ))),
    }
}

fn check_window(rect: Rect, width: u32, height: u32) -> Result<()> {
    if rect.fits(width, height) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the window {rect} does not lie in the {width}x{height} picture; clip it first"
    )))
}

impl<'a> View<'a> {
    /// A plane of `height` rows of `width` pixels of `channels` bytes, rows `pitch` bytes apart.
    ///
    /// # Errors
    /// When `pitch` is shorter than a row or `data` too short for the last row.
    pub fn new(data: &'a [u8], width: u32, height: u32, channels: usize, pitch: usize) -> Result<Self> {
        check(data.len(), width, height, channels, pitch)?;
        Ok(Self { data, width, height, channels, pitch })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes of a pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Bytes from a row to the next.
    #[must_use]
    pub fn pitch(&self) -> usize {
        self.pitch
    }

    /// From the first byte of the view on; at least up to the last byte of its last row.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The `width * channels` bytes of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    #[must_use]
    pub fn row(&self, y: u32) -> &'a [u8] {
        assert!(y < self.height, "row {y} of a view of {} rows", self.height);
        let start = y as usize * self.pitch;
        &self.data[start..start + self.width as usize * self.channels]
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let view = *self;
        (0..view.height).map(move |y| view.row(y))
    }

    /// The window `rect` of this view; nothing is copied.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn crop(&self, rect: Rect) -> Result<View<'a>> {
        check_window(rect, self.width, self.height)?;
        let start =
            if rect.is_empty() { 0 } else { rect.y as usize * self.pitch + rect.x as usize * self.channels };
        Ok(View { data: &self.data[start..], width: rect.width, height: rect.height, ..*self })
    }
}

impl<'a> ViewMut<'a> {
    /// A writable plane; the arguments are those of [`View::new`].
    ///
    /// # Errors
    /// When `pitch` is shorter than a row or `data` too short for the last row.
    pub fn new(data: &'a mut [u8], width: u32, height: u32, channels: usize, pitch: usize) -> Result<Self> {
        check(data.len(), width, height, channels, pitch)?;
        Ok(Self { data, width, height, channels, pitch })
    }

    /// The same plane, read only.
    #[must_use]
    pub fn as_view(&self) -> View<'_> {
        View {
            data: self.data,
            width: self.width,
            height: self.height,
            channels: self.channels,
            pitch: self.pitch,
        }
    }

    /// A shorter borrow of the same plane.
    pub fn reborrow(&mut self) -> ViewMut<'_> {
        ViewMut { data: self.data, ..*self }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes of a pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Bytes from a row to the next.
    #[must_use]
    pub fn pitch(&self) -> usize {
        self.pitch
    }

    /// The bytes, as [`View::data`].
    pub fn data_mut(&mut self) -> &mut [u8] {
        self.data
    }

    /// The `width * channels` bytes of row `y`.
    ///
    /// # Panics
    /// When `y` is not below the height.
    pub fn row_mut(&mut self, y: u32) -> &mut [u8] {
        assert!(y < self.height, "row {y} of a view of {} rows", self.height);
        let start = y as usize * self.pitch;
        &mut self.data[start..start + self.width as usize * self.channels]
    }

    /// The window `rect` of this view, for as long as this view is not used.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn crop_mut(&mut self, rect: Rect) -> Result<ViewMut<'_>> {
        check_window(rect, self.width, self.height)?;
        let start =
            if rect.is_empty() { 0 } else { rect.y as usize * self.pitch + rect.x as usize * self.channels };
        Ok(ViewMut { data: &mut self.data[start..], width: rect.width, height: rect.height, ..*self })
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "View({}x{}x{}, pitch {})", self.width, self.height, self.channels, self.pitch)
    }
}

impl std::fmt::Debug for ViewMut<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ViewMut({}x{}x{}, pitch {})", self.width, self.height, self.channels, self.pitch)
    }
}
