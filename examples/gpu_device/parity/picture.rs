//! A picture in GPU memory whose rows and planes lie off any alignment, and the bytes around them.

use anyhow::{Result, ensure};
use dsframe::cuda::{DType, DeviceTensor, Stream};
use dsframe::frame::{Colorimetry, DeviceView, DeviceViewMut, FrameView, FrameViewMut, PixelFormat, Rect};

/// Bytes that look like nothing, the same in every run.
pub(crate) fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(step).collect()
}

/// Where a picture lies in its block of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Bytes before the first plane, and between planes.
    pub(crate) start: usize,
    /// Bytes between rows.
    pub(crate) extra: usize,
}

impl Place {
    /// Packed; aligned with padding; off any alignment; rows that start at multiples of 256 bytes for `row` of them.
    pub(crate) fn all(row: usize) -> [Self; 4] {
        [(0, 0), (16, 60), (1, 3), (256, row.next_multiple_of(256) - row)]
            .map(|(start, extra)| Self { start, extra })
    }
}

/// A picture of the GPU's and the bytes it was made of, which the CPU's operations are given.
pub(crate) struct Picture {
    /// The whole block, as it went to the GPU; changed only by who makes the expected bytes of it.
    pub(crate) bytes: Vec<u8>,
    tensor: DeviceTensor,
    planes: Vec<(usize, usize)>,
    format: PixelFormat,
    size: (u32, u32),
    colorimetry: Colorimetry,
}

impl Picture {
    /// Noise, in the planes and around them.
    pub(crate) fn noise(
        stream: &Stream,
        format: PixelFormat,
        size: (u32, u32),
        place: Place,
        colorimetry: Colorimetry,
    ) -> Result<Self> {
        let (mut planes, mut at) = (Vec::new(), place.start);
        for i in 0..format.planes() {
            let (w, h) = format.plane_size(i, size.0, size.1);
            let pitch = w as usize * format.bytes_per_pixel(i) + place.extra;
            planes.push((at, pitch));
            at += pitch * h as usize + place.start;
        }
        let bytes = noise(at, u64::from(size.0) << 20 | u64::from(size.1) << 8 | place.start as u64);
        let tensor = upload(stream, &bytes)?;
        Ok(Self { bytes, tensor, planes, format, size, colorimetry })
    }

    pub(crate) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The whole picture on the host, as [`bytes`](Self::bytes) are now.
    pub(crate) fn host(&self) -> Result<FrameView<'_>> {
        let planes: Vec<_> = self.planes.iter().map(|(at, pitch)| (&self.bytes[*at..], *pitch)).collect();
        Ok(FrameView::new(self.format, self.size.0, self.size.1, &planes, self.colorimetry)?)
    }

    /// The same, to make the expected bytes in.
    pub(crate) fn host_mut(&mut self) -> Result<FrameViewMut<'_>> {
        let (mut planes, mut rest) = (Vec::new(), &mut self.bytes[..]);
        for (at, pitch) in self.planes.iter().rev() {
            let (before, plane) = rest.split_at_mut(*at);
            planes.push((plane, *pitch));
            rest = before;
        }
        planes.reverse();
        Ok(FrameViewMut::new(self.format, self.size.0, self.size.1, planes, self.colorimetry)?)
    }

    /// Replaces the pixels of the first plane, grey or luma, by `value` of their column and row, here and on the GPU.
    pub(crate) fn paint(&mut self, stream: &Stream, value: impl Fn(u32, u32) -> u8) -> Result<()> {
        let mut frame = self.host_mut()?;
        let mut plane = frame.plane_mut(0);
        for y in 0..plane.height() {
            let row = plane.row_mut(y).iter_mut();
            row.zip(0..).for_each(|(byte, x)| *byte = value(x, y));
        }
        self.tensor = upload(stream, &self.bytes)?;
        Ok(())
    }

    /// The window of the picture on the GPU.
    pub(crate) fn view(&self, window: Rect) -> Result<DeviceView<'_>> {
        let planes: Vec<_> =
            self.planes.iter().map(|(at, pitch)| (self.tensor.address() + *at as u64, *pitch)).collect();
        let gpu = self.tensor.stream().device().gpu();
        let ((w, h), pending) = (self.size, self.tensor.pending());
        // SAFETY: the planes were laid out within the tensor, which is borrowed, and nobody writes to it meanwhile.
        let view =
            unsafe { DeviceView::from_raw(self.format, w, h, &planes, self.colorimetry, gpu, pending) }?;
        Ok(view.crop(window)?)
    }

    /// The window, to be written.
    pub(crate) fn view_mut(&mut self, window: Rect) -> Result<DeviceViewMut<'_>> {
        let planes: Vec<_> =
            self.planes.iter().map(|(at, pitch)| (self.tensor.address() + *at as u64, *pitch)).collect();
        let gpu = self.tensor.stream().device().gpu();
        let ((w, h), pending) = (self.size, self.tensor.pending());
        // SAFETY: as in `view`, and &mut self keeps other views away.
        let view =
            unsafe { DeviceViewMut::from_raw(self.format, w, h, &planes, self.colorimetry, gpu, pending) }?;
        Ok(view.into_crop(window)?)
    }

    /// That the GPU's block is [`bytes`](Self::bytes), everything around the picture included; `tolerance` is allowed
    /// in each byte.
    pub(crate) fn check(&self, stream: &Stream, tolerance: u8, what: impl Fn() -> String) -> Result<()> {
        let after = stream.to_host(&row_of(&self.tensor)?.as_view())?;
        let after = after.view().plane(0).row(0).to_vec();
        let off = |(_, (a, b)): &(usize, (&u8, &u8))| a.abs_diff(**b) > tolerance;
        let wrong: Vec<_> = self.bytes.iter().zip(&after).enumerate().filter(off).collect();
        ensure!(
            wrong.is_empty(),
            "{}: {} of {} bytes differ, the first at {}: {} instead of {}",
            what(),
            wrong.len(),
            after.len(),
            wrong[0].0,
            wrong[0].1.1,
            wrong[0].1.0
        );
        Ok(())
    }
}

/// The bytes as a tensor: a picture of one row.
fn upload(stream: &Stream, bytes: &[u8]) -> Result<DeviceTensor> {
    let tensor = stream.tensor(&[bytes.len()], DType::U8)?;
    let (len, colorimetry) = (bytes.len(), Colorimetry::default());
    let row = FrameView::new(PixelFormat::Gray8, len as u32, 1, &[(bytes, len)], colorimetry)?;
    stream.copy_from_host(&row, &mut row_of(&tensor)?)?;
    Ok(tensor)
}

fn row_of(tensor: &DeviceTensor) -> Result<DeviceViewMut<'_>> {
    let (len, gpu) = (tensor.len(), tensor.stream().device().gpu());
    let (planes, colorimetry) = ([(tensor.address(), len)], Colorimetry::default());
    let (format, pending) = (PixelFormat::Gray8, tensor.pending());
    // SAFETY: the tensor has `len` bytes, and the view is the only one while it is used.
    Ok(unsafe { DeviceViewMut::from_raw(format, len as u32, 1, &planes, colorimetry, gpu, pending) }?)
}
