//! Pictures in memory that a GPU reaches: addresses and layout, no calls.
//!
//! A view says nothing about when: kernels and copies that were handed to a GPU run later. What was handed over is
//! noted in the [`Pending`] of the memory, whose owner waits for it before anybody else gets the pixels.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, ErrorKind, Result};

use super::frame_view::{check_crop, check_planes, phase, plane_window};
use super::{Colorimetry, MAX_PLANES, PixelFormat, Rect};

/// Something that works through what it was handed in order: a GPU's stream.
pub trait Work: Send + Sync {
    /// Waits until everything handed over so far is done.
    ///
    /// # Errors
    /// When some of it failed.
    fn wait(&self) -> Result<()>;

    /// For streams of one kind to know each other, so that one can wait for the other on the GPU.
    fn as_any(&self) -> &dyn Any;
}

/// Which streams were handed work on some memory since it was last waited for.
#[derive(Default)]
pub struct Pending {
    streams: Mutex<Vec<Arc<dyn Work>>>,
}

impl Pending {
    /// Memory that nobody works on.
    #[must_use]
    pub const fn new() -> Self {
        Self { streams: Mutex::new(Vec::new()) }
    }

    /// Remembers that `stream` was handed work on the memory.
    pub fn note<W: Work + 'static>(&self, stream: &Arc<W>) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if !streams.iter().any(|known| Arc::as_ptr(known).addr() == Arc::as_ptr(stream).addr()) {
            streams.push(Arc::<W>::clone(stream));
        }
    }

    /// Whether there is nothing to wait for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Calls `visit` with each stream that was noted.
    ///
    /// # Errors
    /// The first that `visit` returns.
    pub fn try_for_each(&self, mut visit: impl FnMut(&dyn Work) -> Result<()>) -> Result<()> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.iter().try_for_each(|stream| visit(stream.as_ref()))
    }

    /// Waits for every stream, and forgets them.
    ///
    /// # Errors
    /// The first failure; the others are waited for all the same.
    pub fn wait(&self) -> Result<()> {
        let streams = std::mem::take(&mut *self.streams.lock().unwrap_or_else(PoisonError::into_inner));
        streams.iter().map(|stream| stream.wait()).fold(Ok(()), Result::and)
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.streams.lock().unwrap_or_else(PoisonError::into_inner).len();
        write!(f, "Pending({count} streams)")
    }
}

/// A borrowed plane in memory that a GPU reaches. It never frees what it points to.
#[derive(Clone, Copy, Debug)]
pub struct DevicePlane<'a> {
    address: u64,
    width: u32,
    height: u32,
    channels: usize,
    pitch: usize,
    gpu: u32,
    pending: &'a Pending,
}

impl<'a> DevicePlane<'a> {
    /// The device address of the first pixel.
    #[must_use]
    pub fn address(&self) -> u64 {
        self.address
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

    /// Bytes of a row that are pixels.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.width as usize * self.channels
    }

    /// Bytes from the first of row 0 to the last of the last row.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        super::span::min_len(self.width, self.height, self.channels, self.pitch).unwrap_or(0)
    }

    /// The GPU that the memory belongs to, as CUDA and DeepStream's `gpu-id` number them.
    #[must_use]
    pub fn gpu(&self) -> u32 {
        self.gpu
    }

    /// What is under way on the memory.
    #[must_use]
    pub fn pending(&self) -> &'a Pending {
        self.pending
    }
}

/// A borrowed picture, or a window of one, in memory that a GPU reaches; [`FrameView`](super::FrameView) for the GPU.
///
/// The window moves in whole luma pixels in every format, as there. The view borrows, and never frees.
///
/// ```compile_fail
/// # use dsframe::frame::{Colorimetry, DeviceView, Pending, PixelFormat};
/// let kept = {
///     let pending = Pending::new();
///     // SAFETY (of the call): not used, since this does not compile.
///     unsafe { DeviceView::from_raw(PixelFormat::Gray8, 4, 4, &[(4096, 4)], Colorimetry::default(), 0, &pending) }
/// };
/// drop(kept);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeviceView<'a> {
    format: PixelFormat,
    colorimetry: Colorimetry,
    /// Address and pitch of the whole planes.
    planes: [(u64, usize); MAX_PLANES],
    window: Rect,
    gpu: u32,
    pending: &'a Pending,
}

/// A borrowed picture in memory that a GPU reaches, to be written; see [`DeviceView`].
#[derive(Debug)]
pub struct DeviceViewMut<'a>(DeviceView<'a>);

impl<'a> DeviceView<'a> {
    /// A picture of `width` x `height` pixels from the address and pitch in bytes of each plane, on GPU `gpu`.
    ///
    /// # Safety
    /// - each address is that of `pitch * (rows - 1) + row bytes` bytes that GPU `gpu` can read, for `'a`;
    /// - nobody writes them during `'a`, but for work that is ordered before what is handed over through the view;
    /// - when `'a` ends, whoever owns the memory waits for `pending` before the bytes are written or freed.
    ///
    /// # Errors
    /// When the number of planes is not the format's, a pitch is shorter than a row, or an address null or
    /// beyond the end of memory.
    pub unsafe fn from_raw(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: &[(u64, usize)],
        colorimetry: Colorimetry,
        gpu: u32,
        pending: &'a Pending,
    ) -> Result<Self> {
        check_planes(format, planes.len())?;
        let mut list = [(0, 0); MAX_PLANES];
        for (i, &(address, pitch)) in planes.iter().enumerate() {
            let (w, h) = format.plane_size(i, width, height);
            check_plane(i, address, (w, h), format.bytes_per_pixel(i), pitch)?;
            list[i] = (address, pitch);
        }
        let window = Rect::new(0, 0, width, height);
        Ok(Self { format, colorimetry, planes: list, window, gpu, pending })
    }

    /// Pixels in a row of the window.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.window.width
    }

    /// Rows of the window.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.window.height
    }

    /// How the bytes are laid out.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Matrix and range, for YUV formats.
    #[must_use]
    pub fn colorimetry(&self) -> Colorimetry {
        self.colorimetry
    }

    /// The GPU that the memory belongs to, as CUDA and DeepStream's `gpu-id` number them.
    #[must_use]
    pub fn gpu(&self) -> u32 {
        self.gpu
    }

    /// What is under way on the memory.
    #[must_use]
    pub fn pending(&self) -> &'a Pending {
        self.pending
    }

    /// Offset of the window's first pixel in its chroma sample, as [`FrameView::chroma_phase`](super::FrameView::chroma_phase).
    #[must_use]
    pub fn chroma_phase(&self) -> (u32, u32) {
        phase(self.format, self.window)
    }

    /// Plane `index` under the window; chroma planes as in [`FrameView::plane`](super::FrameView::plane).
    ///
    /// # Panics
    /// When `index` is not below the format's number of planes.
    #[must_use]
    pub fn plane(&self, index: usize) -> DevicePlane<'a> {
        assert!(index < self.format.planes(), "plane {index} of {:?}", self.format);
        let (start, pitch) = self.planes[index];
        let (rect, channels) =
            (plane_window(self.format, index, self.window), self.format.bytes_per_pixel(index));
        let offset = if rect.is_empty() { 0 } else { rect.y as usize * pitch + rect.x as usize * channels };
        DevicePlane {
            address: start + offset as u64,
            width: rect.width,
            height: rect.height,
            channels,
            pitch,
            gpu: self.gpu,
            pending: self.pending,
        }
    }

    /// The window `rect` of this one, in O(1); nothing is copied.
    ///
    /// # Errors
    /// When `rect` does not lie inside; [`roi`](crate::roi) clips boxes.
    pub fn crop(&self, rect: Rect) -> Result<DeviceView<'a>> {
        Ok(Self { window: check_crop(rect, self.window)?, ..*self })
    }
}

impl<'a> DeviceViewMut<'a> {
    /// A writable picture; the arguments are those of [`DeviceView::from_raw`].
    ///
    /// # Safety
    /// As there, and nobody else reads or writes the bytes during `'a`; planes do not overlap.
    ///
    /// # Errors
    /// As there.
    pub unsafe fn from_raw(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: &[(u64, usize)],
        colorimetry: Colorimetry,
        gpu: u32,
        pending: &'a Pending,
    ) -> Result<Self> {
        // SAFETY: the caller's promise holds for reading too.
        unsafe { DeviceView::from_raw(format, width, height, planes, colorimetry, gpu, pending) }.map(Self)
    }

    /// The same picture, read only.
    #[must_use]
    pub fn as_view(&self) -> DeviceView<'_> {
        self.0
    }

    /// Pixels in a row of the window.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.0.width()
    }

    /// Rows of the window.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.0.height()
    }

    /// How the bytes are laid out.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.0.format
    }

    /// The window `rect` of this one, in O(1), for as long as this one is not used.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn crop_mut(&mut self, rect: Rect) -> Result<DeviceViewMut<'_>> {
        self.0.crop(rect).map(DeviceViewMut)
    }

    /// The window `rect` of this one, in O(1), for as long as the memory is borrowed.
    ///
    /// # Errors
    /// When `rect` does not lie inside.
    pub fn into_crop(self, rect: Rect) -> Result<DeviceViewMut<'a>> {
        self.0.crop(rect).map(DeviceViewMut)
    }
}

fn check_plane(index: usize, address: u64, (w, h): (u32, u32), channels: usize, pitch: usize) -> Result<()> {
    let row = w as usize * channels;
    if pitch < row && h > 1 {
        return Err(Error::invalid(format!(
            "the pitch of plane {index} is {pitch} bytes, it must be at least width x bytes per pixel = {row}"
        )));
    }
    let end = super::span::min_len(w, h, channels, pitch).and_then(|len| address.checked_add(len as u64));
    if (address == 0 && row > 0 && h > 0) || end.is_none() {
        return Err(Error::new(
            ErrorKind::Abi,
            format!(
                "plane {index} is {w}x{h} pixels at device address {address:#x}, pitch {pitch}: no such memory"
            ),
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
