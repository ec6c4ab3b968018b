//! Kernels against the CPU's operations: every format, awkward sizes, pitches and windows.

use anyhow::{Result, ensure};
use dsframe::cuda::{DType, Device, DeviceTensor, Stream};
use dsframe::frame::{
    ColorMatrix, ColorRange, Colorimetry, DeviceView, DeviceViewMut, FrameView, OwnedFrame, PixelFormat, Rect,
};
use dsframe::ops::color;

use super::Report;

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

/// Where each plane of a picture starts in one block of bytes, and its pitch, with rows and planes off any alignment.
struct Layout {
    planes: Vec<(usize, usize)>,
    len: usize,
}

fn layout(format: PixelFormat, (w, h): (u32, u32), start: usize, extra: usize) -> Layout {
    let (mut planes, mut at) = (Vec::new(), start);
    for i in 0..format.planes() {
        let (w, h) = format.plane_size(i, w, h);
        let pitch = w as usize * format.bytes_per_pixel(i) + extra;
        planes.push((at, pitch));
        at += pitch * h as usize + start;
    }
    Layout { planes, len: at }
}

impl Layout {
    fn on_the_host<'a>(
        &self,
        bytes: &'a [u8],
        format: PixelFormat,
        (w, h): (u32, u32),
        colorimetry: Colorimetry,
    ) -> Result<FrameView<'a>> {
        let planes: Vec<_> = self.planes.iter().map(|(at, pitch)| (&bytes[*at..], *pitch)).collect();
        Ok(FrameView::new(format, w, h, &planes, colorimetry)?)
    }

    fn addresses(&self, tensor: &DeviceTensor) -> Vec<(u64, usize)> {
        self.planes.iter().map(|(at, pitch)| (tensor.address() + *at as u64, *pitch)).collect()
    }
}

/// The bytes as a tensor, and back: a picture of one row.
fn upload(stream: &Stream, bytes: &[u8]) -> Result<DeviceTensor> {
    let tensor = stream.tensor(&[bytes.len()], DType::U8)?;
    let row = FrameView::new(
        PixelFormat::Gray8,
        bytes.len() as u32,
        1,
        &[(bytes, bytes.len())],
        Colorimetry::default(),
    )?;
    stream.copy_from_host(&row, &mut row_of(&tensor)?)?;
    Ok(tensor)
}

fn row_of(tensor: &DeviceTensor) -> Result<DeviceViewMut<'_>> {
    let (len, gpu) = (tensor.len(), tensor.stream().device().gpu());
    let planes = [(tensor.address(), len)];
    // SAFETY: the tensor has `len` bytes, and the view is the only one while it is used.
    let view = unsafe {
        DeviceViewMut::from_raw(
            PixelFormat::Gray8,
            len as u32,
            1,
            &planes,
            Colorimetry::default(),
            gpu,
            tensor.pending(),
        )
    };
    Ok(view?)
}

/// What the CPU makes of `src`, as packed bytes of `format`.
fn expected(src: &FrameView<'_>, format: PixelFormat) -> Result<Vec<u8>> {
    let (w, h) = (src.width(), src.height());
    if format == PixelFormat::Gray8 {
        let mut gray = OwnedFrame::zeroed(format, w, h);
        color::gray_from(src, gray.view_mut().plane_mut(0))?;
        return Ok(gray.view().plane(0).rows().flatten().copied().collect());
    }
    let mut rgba = OwnedFrame::zeroed(PixelFormat::Rgba, w, h);
    color::rgba_from(src, rgba.view_mut().plane_mut(0))?;
    let (offsets, alpha) = (format.rgb_offsets().expect("an RGB format"), format.alpha_offset());
    let mut bytes = Vec::new();
    for pixel in rgba.view().plane(0).rows().flat_map(|row| row.chunks_exact(4)) {
        for at in 0..format.bytes_per_pixel(0) {
            let channel = offsets.iter().position(|offset| *offset == at);
            bytes.push(match channel {
                Some(channel) => pixel[channel],
                None if alpha == Some(at) => pixel[3],
                None => 255,
            });
        }
    }
    Ok(bytes)
}

struct Case {
    from: PixelFormat,
    to: PixelFormat,
    size: (u32, u32),
    window: Rect,
    start: usize,
    extra: usize,
    colorimetry: Colorimetry,
}

fn check(stream: &Stream, case: &Case) -> Result<()> {
    let Case { from, to, size, window, start, extra, colorimetry } = *case;
    let src_layout = layout(from, size, start, extra);
    let bytes = noise(src_layout.len, u64::from(size.0) << 20 | start as u64);
    let host = src_layout.on_the_host(&bytes, from, size, colorimetry)?.crop(window)?;
    let src = upload(stream, &bytes)?;
    // The destination is a window of a larger picture, whose other bytes must stay.
    let outer = (window.width + 3, window.height + 2);
    let dst_layout = layout(to, outer, start, extra + 1);
    let before = noise(dst_layout.len, 7);
    let dst = upload(stream, &before)?;
    let place = Rect::new(if start % 4 == 0 { 0 } else { 2 }, 1, window.width, window.height);
    let gpu = stream.device().gpu();
    // SAFETY: the layouts lie within the tensors, which are alive and used by nobody else.
    let (view, mut out) = unsafe {
        let planes = src_layout.addresses(&src);
        let view = DeviceView::from_raw(from, size.0, size.1, &planes, colorimetry, gpu, src.pending())?;
        let planes = dst_layout.addresses(&dst);
        let out = DeviceViewMut::from_raw(to, outer.0, outer.1, &planes, colorimetry, gpu, dst.pending())?;
        (view.crop(window)?, out.into_crop(place)?)
    };
    color::convert_on(stream, &view, &mut out)?;
    let after = stream.to_host(&row_of(&dst)?.as_view())?;
    let after = after.view().plane(0).row(0).to_vec();
    let mut wanted = before;
    let (at, pitch) = dst_layout.planes[0];
    let row = window.width as usize * to.bytes_per_pixel(0);
    if row > 0 {
        for (y, line) in expected(&host, to)?.chunks_exact(row).enumerate() {
            let at = at + (place.y as usize + y) * pitch + place.x as usize * to.bytes_per_pixel(0);
            wanted[at..at + row].copy_from_slice(line);
        }
    }
    let differ = wanted.iter().zip(&after).filter(|(a, b)| a != b).count();
    ensure!(
        differ == 0,
        "{from:?} to {to:?}, {window} of {size:?}, start {start}, extra {extra}: {differ} bytes differ"
    );
    Ok(())
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let to = [
        PixelFormat::Rgba,
        PixelFormat::Abgr,
        PixelFormat::Bgrx,
        PixelFormat::Rgb,
        PixelFormat::Bgr,
        PixelFormat::Gray8,
    ];
    let sizes = [(1, 1), (2, 3), (3, 2), (127, 5), (128, 9), (129, 16), (255, 3), (642, 17)];
    let colorimetries = [
        Colorimetry::default(),
        Colorimetry { matrix: ColorMatrix::Bt709, range: ColorRange::Full },
        Colorimetry { matrix: ColorMatrix::Bt2020, range: ColorRange::Limited },
    ];
    let taken =
        |from: &PixelFormat| from.rgb_offsets().is_some() || *from == PixelFormat::Gray8 || from.is_yuv420();
    for from in PixelFormat::ALL.into_iter().filter(taken) {
        let mut cases = 0;
        let mut all = || -> Result<String> {
            for to in to {
                for (n, size) in sizes.into_iter().enumerate().skip(if quick { 6 } else { 0 }) {
                    let windows = [
                        Rect::new(0, 0, size.0, size.1),
                        Rect::new(size.0 / 3, size.1 / 2, size.0 - size.0 / 3, size.1 - size.1 / 2),
                        Rect::new(1.min(size.0 - 1), 1.min(size.1 - 1), size.0.div_ceil(2), 1),
                        Rect::new(0, 0, 0, size.1),
                    ];
                    for window in windows.into_iter().filter(|window| window.fits(size.0, size.1)) {
                        for (start, extra) in
                            [(0, 0), (16, 64 - n), (1, 3), (256, 256 - size.0 as usize % 256)]
                        {
                            let colorimetry = colorimetries[n % colorimetries.len()];
                            check(&stream, &Case { from, to, size, window, start, extra, colorimetry })?;
                            cases += 1;
                        }
                    }
                }
            }
            Ok(format!("{cases} cases, the CPU's bytes, nothing beside the window"))
        };
        let result = all();
        report.line(&format!("colour conversion from {from:?}"), result);
    }
    Ok(())
}
