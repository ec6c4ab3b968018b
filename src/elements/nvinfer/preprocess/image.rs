//! Borrowed pictures in the forms a pipeline carries them.

use crate::{Error, Result};

/// Where red is in a packed pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelOrder {
    /// Red first: RGB, RGBA, RGBx.
    Rgb,
    /// Blue first: BGR, BGRA, BGRx.
    Bgr,
}

/// How YUV becomes RGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum YuvMatrix {
    /// BT.601, luma 16 to 235: what SD video is, and the default.
    #[default]
    Bt601Limited,
    /// BT.601, luma 0 to 255, as in JPEG.
    Bt601Full,
    /// BT.709, luma 16 to 235.
    Bt709Limited,
    /// BT.709, luma 0 to 255.
    Bt709Full,
}

/// A picture to infer on: pitched rows of bytes that are only read.
///
/// Made by the constructors, which check that the slices hold what sizes and pitches promise.
#[derive(Debug, Clone, Copy)]
pub struct ImageRef<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Pixels<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Pixels<'a> {
    Packed { data: &'a [u8], pitch: usize, step: usize, order: ChannelOrder },
    Gray { data: &'a [u8], pitch: usize },
    Nv12 { y: &'a [u8], y_pitch: usize, uv: &'a [u8], uv_pitch: usize, matrix: YuvMatrix },
    I420 { y: &'a [u8], y_pitch: usize, chroma: [&'a [u8]; 2], chroma_pitch: usize, matrix: YuvMatrix },
}

impl<'a> ImageRef<'a> {
    /// Packed colour: `pixel_bytes` is 3 (RGB, BGR) or 4 (RGBA, BGRx …; the fourth byte is not read).
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidArgument`] for an empty picture, another `pixel_bytes`, or `data` too
    /// short for its size and pitch (in bytes).
    pub fn packed(
        data: &'a [u8],
        (width, height): (usize, usize),
        pitch: usize,
        pixel_bytes: usize,
        order: ChannelOrder,
    ) -> Result<Self> {
        if !matches!(pixel_bytes, 3 | 4) {
            return Err(Error::invalid(format!("pixel_bytes is {pixel_bytes}, it must be 3 or 4")));
        }
        check_plane("image", data, width.saturating_mul(pixel_bytes), height, pitch)?;
        Ok(Self { width, height, pixels: Pixels::Packed { data, pitch, step: pixel_bytes, order } })
    }

    /// Grey, one byte a pixel.
    ///
    /// # Errors
    /// As [`ImageRef::packed`].
    pub fn gray(data: &'a [u8], (width, height): (usize, usize), pitch: usize) -> Result<Self> {
        check_plane("image", data, width, height, pitch)?;
        Ok(Self { width, height, pixels: Pixels::Gray { data, pitch } })
    }

    /// NV12: luma, then Cb and Cr interleaved at half the size, rounded up.
    ///
    /// # Errors
    /// As [`ImageRef::packed`], for each plane.
    pub fn nv12(
        (y, y_pitch): (&'a [u8], usize),
        (uv, uv_pitch): (&'a [u8], usize),
        (width, height): (usize, usize),
        matrix: YuvMatrix,
    ) -> Result<Self> {
        check_plane("Y plane", y, width, height, y_pitch)?;
        check_plane("UV plane", uv, width.div_ceil(2) * 2, height.div_ceil(2), uv_pitch)?;
        Ok(Self { width, height, pixels: Pixels::Nv12 { y, y_pitch, uv, uv_pitch, matrix } })
    }

    /// I420: luma, Cb and Cr planes; the chroma planes share a pitch and have half the size, rounded up.
    /// Swap them for YV12.
    ///
    /// # Errors
    /// As [`ImageRef::packed`], for each plane.
    pub fn i420(
        (y, y_pitch): (&'a [u8], usize),
        (u, v, chroma_pitch): (&'a [u8], &'a [u8], usize),
        (width, height): (usize, usize),
        matrix: YuvMatrix,
    ) -> Result<Self> {
        check_plane("Y plane", y, width, height, y_pitch)?;
        check_plane("U plane", u, width.div_ceil(2), height.div_ceil(2), chroma_pitch)?;
        check_plane("V plane", v, width.div_ceil(2), height.div_ceil(2), chroma_pitch)?;
        Ok(Self { width, height, pixels: Pixels::I420 { y, y_pitch, chroma: [u, v], chroma_pitch, matrix } })
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }
}

fn check_plane(name: &str, data: &[u8], row_bytes: usize, rows: usize, pitch: usize) -> Result<()> {
    if row_bytes == 0 || rows == 0 {
        return Err(Error::invalid(format!("{name} is empty, it must be at least 1x1")));
    }
    if pitch < row_bytes {
        return Err(Error::invalid(format!("{name}: pitch is {pitch} bytes, a row needs {row_bytes}")));
    }
    let needed = (rows - 1).checked_mul(pitch).and_then(|bytes| bytes.checked_add(row_bytes));
    match needed {
        Some(needed) if data.len() >= needed => Ok(()),
        _ => Err(Error::invalid(format!(
            "{name} has {} bytes, {rows} rows of {row_bytes} bytes at a pitch of {pitch} need more",
            data.len()
        ))),
    }
}
