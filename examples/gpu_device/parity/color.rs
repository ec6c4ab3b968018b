//! Colour conversion, of every format to every one.

use anyhow::{Result, ensure};
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

/// Pictures of several sizes and formats at once; more of a kind than fit one launch.
fn check_batch(stream: &Stream) -> Result<String> {
    let formats = [
        (PixelFormat::Nv12, PixelFormat::Rgba, 33),
        (PixelFormat::Nv12, PixelFormat::Gray8, 1),
        (PixelFormat::Bgr, PixelFormat::Gray8, 2),
        (PixelFormat::Rgba, PixelFormat::Bgr, 3),
    ];
    let place = Place { start: 3, extra: 1 };
    let (mut src, mut dst, mut windows) = (Vec::new(), Vec::new(), Vec::new());
    for (from, to, count) in formats {
        for i in 0..count {
            // One of them has no pixels.
            let size = (if i == 5 { 0 } else { 2 + 37 * i % 150 }, 1 + 5 * i % 23);
            src.push(Picture::noise(stream, from, size, place, Colorimetry::default())?);
            dst.push(Picture::noise(stream, to, size, place, Colorimetry::default())?);
            windows.push(Rect::new(0, 0, size.0, size.1));
        }
    }
    let views = src.iter().zip(&windows).map(|(p, window)| p.view(*window)).collect::<Result<Vec<_>>>()?;
    let mut targets =
        dst.iter_mut().zip(&windows).map(|(p, window)| p.view_mut(*window)).collect::<Result<Vec<_>>>()?;
    color::convert_batch_on(stream, &views, &mut targets)?;
    let error = color::convert_batch_on(stream, &views[1..], &mut targets).unwrap_err();
    ensure!(error.to_string().contains("src has 38 pictures, dst has 39"), "{error}");
    targets.swap(1, 38);
    let error = color::convert_batch_on(stream, &views, &mut targets).unwrap_err();
    ensure!(error.to_string().starts_with("picture 1: dst is "), "{error}");
    drop((views, targets));
    for (i, (src, dst)) in src.iter().zip(&mut dst).enumerate() {
        let (bytes, mut frame) = (expected(&src.host()?, dst.format())?, dst.host_mut()?);
        let mut plane = frame.plane_mut(0);
        for y in 0..plane.height() {
            let row = plane.row_mut(y);
            row.copy_from_slice(&bytes[y as usize * row.len()..][..row.len()]);
        }
        dst.check(stream, 0, || format!("picture {i} of a batch"))?;
    }
    Ok("39 pictures in five launches".into())
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
    report.line("colour conversion of a batch", check_batch(&stream));
    Ok(())
}
