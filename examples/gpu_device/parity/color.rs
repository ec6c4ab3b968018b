//! Colour conversion, of every format to every one.

use anyhow::Result;
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{ColorMatrix, ColorRange, Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect};
use dsframe::ops::color;

use super::{Picture, Place};
use crate::Report;

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
    place: Place,
    colorimetry: Colorimetry,
}

fn check(stream: &Stream, case: &Case) -> Result<()> {
    let Case { from, to, size, window, place, colorimetry } = *case;
    let src = Picture::noise(stream, from, size, place, colorimetry)?;
    // The destination is a window of a larger picture, whose other bytes must stay.
    let outer = (window.width + 3, window.height + 2);
    let beside = Place { start: place.start, extra: place.extra + 1 };
    let mut dst = Picture::noise(stream, to, outer, beside, Colorimetry::default())?;
    let at = Rect::new(if place.start % 4 == 0 { 0 } else { 2 }, 1, window.width, window.height);
    color::convert_on(stream, &src.view(window)?, &mut dst.view_mut(at)?)?;
    let row = window.width as usize * to.bytes_per_pixel(0);
    let expected = expected(&src.host()?.crop(window)?, to)?;
    let mut frame = dst.host_mut()?;
    let mut plane = frame.plane_mut(0).into_crop(at)?;
    if row > 0 {
        for (y, line) in expected.chunks_exact(row).enumerate() {
            plane.row_mut(y as u32).copy_from_slice(line);
        }
    }
    dst.check(stream, 0, || format!("{from:?} to {to:?}, {window} of {size:?}, {place:?}"))
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
                        for place in Place::all(size.0 as usize) {
                            let colorimetry = colorimetries[n % colorimetries.len()];
                            check(&stream, &Case { from, to, size, window, place, colorimetry })?;
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
