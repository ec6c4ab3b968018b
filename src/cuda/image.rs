use std::fmt;

use super::Stream;
use super::memory::DeviceMemory;
use crate::error::{Error, Result};
use crate::frame::{Colorimetry, DeviceView, DeviceViewMut, FrameView, MAX_PLANES, PixelFormat, Rect};

/// Rows of images start at multiples of this, which is what the widest loads and copies want.
const ROW_ALIGN: usize = 256;

/// A picture of our own in GPU memory, from the device's pool; [`OwnedFrame`](crate::frame::OwnedFrame) for the GPU.
///
/// Dropping it gives the memory back to the pool: at once, since the next user of the block comes after this stream's
/// work, or after a wait when other streams worked on it too.
pub struct DeviceImage {
    memory: DeviceMemory,
    format: PixelFormat,
    colorimetry: Colorimetry,
    planes: [(u64, usize); MAX_PLANES],
    stored: (u32, u32),
    window: Rect,
}

/// Offset and pitch of each plane, and the bytes of all.
fn layout(format: PixelFormat, (width, height): (u32, u32)) -> Option<([(usize, usize); MAX_PLANES], usize)> {
    let (mut planes, mut end) = ([(0, 0); MAX_PLANES], 0usize);
    for (i, plane) in planes.iter_mut().enumerate().take(format.planes()) {
        let (w, h) = format.plane_size(i, width, height);
        let row = (w as usize).checked_mul(format.bytes_per_pixel(i))?;
        let pitch = row.checked_next_multiple_of(ROW_ALIGN)?.max(ROW_ALIGN);
        *plane = (end, pitch);
        end = end.checked_add(pitch.checked_mul(h as usize)?)?;
    }
    Some((planes, end))
}

impl Stream {
    /// A picture of unspecified content in GPU memory, for this stream's work first.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn image(
        &self,
        format: PixelFormat,
        width: u32,
        height: u32,
        colorimetry: Colorimetry,
    ) -> Result<DeviceImage> {
        DeviceImage::new(self, format, (width, height), (0, 0), colorimetry)
    }

    /// A copy of `src` in GPU memory; the window's place in its chroma samples is kept. The copy is handed over to this
    /// stream, and `src` may change as soon as this returns.
    ///
    /// # Errors
    /// When there is not enough memory, or the driver refuses.
    pub fn to_device(&self, src: &FrameView<'_>) -> Result<DeviceImage> {
        let size = (src.width(), src.height());
        let mut image = DeviceImage::new(self, src.format(), size, src.chroma_phase(), src.colorimetry())?;
        self.copy_from_host(src, &mut image.view_mut())?;
        Ok(image)
    }
}

impl DeviceImage {
    fn new(
        stream: &Stream,
        format: PixelFormat,
        (width, height): (u32, u32),
        (phase_x, phase_y): (u32, u32),
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        let window = Rect::new(phase_x, phase_y, width, height);
        let stored = (window.right(), window.bottom());
        let Some((places, bytes)) = layout(format, stored) else {
            return Err(Error::invalid(format!(
                "a {format:?} picture of {width}x{height} pixels has no size in bytes"
            )));
        };
        let memory = DeviceMemory::take(stream, bytes)?;
        let planes = places.map(|(offset, pitch)| (memory.address() + offset as u64, pitch));
        Ok(Self { memory, format, colorimetry, planes, stored, window })
    }

    /// The picture, borrowed.
    #[must_use]
    pub fn view(&self) -> DeviceView<'_> {
        let (format, gpu) = (self.format, self.memory.stream().device().gpu());
        let (planes, pending) = (&self.planes[..format.planes()], self.memory.pending());
        let (w, h) = self.stored;
        // SAFETY: `layout` placed the planes one after the other in the memory, which is held for as long as the
        // view; writers need &mut self, and the memory's drop waits for `pending` or leaves it to the stream's order.
        unsafe { DeviceView::from_raw(format, w, h, planes, self.colorimetry, gpu, pending) }
            .and_then(|view| view.crop(self.window))
            .expect("the planes were laid out for this size")
    }

    /// The picture, borrowed to be written.
    pub fn view_mut(&mut self) -> DeviceViewMut<'_> {
        let (format, gpu) = (self.format, self.memory.stream().device().gpu());
        let (planes, pending) = (&self.planes[..format.planes()], self.memory.pending());
        let (w, h) = self.stored;
        // SAFETY: as in `view`, and &mut self keeps other views away; the planes do not overlap.
        unsafe { DeviceViewMut::from_raw(format, w, h, planes, self.colorimetry, gpu, pending) }
            .and_then(|view| view.into_crop(self.window))
            .expect("the planes were laid out for this size")
    }

    /// The stream that the memory was taken for.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        self.memory.stream()
    }
}

impl fmt::Debug for DeviceImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rect { width, height, .. } = self.window;
        write!(f, "DeviceImage({width}x{height} {:?}, {:?})", self.format, self.memory.stream())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_follow_each_other_and_rows_are_aligned() {
        let (planes, bytes) = layout(PixelFormat::Nv12, (641, 271)).unwrap();
        assert_eq!((planes[0], planes[1]), ((0, 768), (271 * 768, 768)));
        assert_eq!(bytes, 271 * 768 + 136 * 768);
        let (planes, bytes) = layout(PixelFormat::I420, (2, 2)).unwrap();
        assert_eq!((planes[1], planes[2], bytes), ((512, 256), (768, 256), 1024));
        assert_eq!(layout(PixelFormat::Rgba, (0, 5)).unwrap().1, 5 * 256);
    }
}
