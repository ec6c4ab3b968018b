//! Colour conversion, of every format to every one.

use anyhow::{Result, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{ColorMatrix, ColorRange, Colorimetry, PixelFormat, Rect};
use dsframe::ops::color;

use super::{Picture, Place};
use crate::Report;

struct Case {
    from: PixelFormat,
    to: PixelFormat,
    size: (u32, u32),
    window: Rect,
    place: Place,
    /// Of both.
    colorimetries: [Colorimetry; 2],
}

fn check(stream: &Stream, case: &Case) -> Result<()> {
    let Case { from, to, size, window, place, colorimetries } = *case;
    let src = Picture::noise(stream, from, size, place, colorimetries[0])?;
    // The destination is a window of a larger picture, whose other bytes must stay.
    let outer = (window.width + 3, window.height + 2);
    let beside = Place { start: place.start, extra: place.extra + 1 };
    let mut dst = Picture::noise(stream, to, outer, beside, colorimetries[1])?;
    // At an odd column and row, or not, which is another place in a chroma sample than that of the source, or not.
    let (left, top) = (if place.start % 4 == 0 { 0 } else { 1 + size.0 % 2 }, size.1 % 2);
    let at = Rect::new(left, top, window.width, window.height);
    color::convert_on(stream, &src.view(window)?, &mut dst.view_mut(at)?)?;
    color::frame_from(&src.host()?.crop(window)?, &mut dst.host_mut()?.crop_mut(at)?)?;
    dst.check(stream, 0, || format!("{from:?} to {to:?}, {window} of {size:?}, {place:?}, {colorimetries:?}"))
}

/// Pictures of several sizes and formats at once; more of a kind than fit one launch.
fn check_batch(stream: &Stream) -> Result<String> {
    let formats = [
        (PixelFormat::Nv12, PixelFormat::Rgba, 33),
        (PixelFormat::Nv12, PixelFormat::Gray8, 1),
        (PixelFormat::Bgr, PixelFormat::Gray8, 2),
        (PixelFormat::Rgba, PixelFormat::Bgr, 3),
        (PixelFormat::Bgrx, PixelFormat::Nv12, 18),
        (PixelFormat::Nv12, PixelFormat::I420, 2),
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
    ensure!(error.to_string().contains("src has 58 pictures, dst has 59"), "{error}");
    targets.swap(1, 2);
    let error = color::convert_batch_on(stream, &views, &mut targets).unwrap_err();
    ensure!(error.to_string().starts_with("picture 1: dst is "), "{error}");
    drop((views, targets));
    for (i, (src, dst)) in src.iter().zip(&mut dst).enumerate() {
        color::frame_from(&src.host()?, &mut dst.host_mut()?)?;
        dst.check(stream, 0, || format!("picture {i} of a batch"))?;
    }
    Ok("59 pictures in eight launches".into())
}

/// Windows of a picture of this size: all of it, one that begins anywhere, a row, none.
fn windows((w, h): (u32, u32)) -> impl Iterator<Item = Rect> {
    let all = [
        Rect::new(0, 0, w, h),
        Rect::new(w / 3, h / 2, w - w / 3, h - h / 2),
        Rect::new(1.min(w - 1), 1.min(h - 1), w.div_ceil(2), 1),
        Rect::new(0, 0, 0, h),
    ];
    all.into_iter().filter(move |window| window.fits(w, h))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let sizes = [(1, 1), (2, 3), (3, 2), (127, 5), (128, 9), (129, 16), (255, 3), (642, 17)];
    let colorimetries = [
        Colorimetry::default(),
        Colorimetry { matrix: ColorMatrix::Bt709, range: ColorRange::Full },
        Colorimetry { matrix: ColorMatrix::Bt2020, range: ColorRange::Limited },
    ];
    for (n, from) in PixelFormat::ALL.into_iter().enumerate() {
        let mut cases = 0;
        let mut all = || -> Result<String> {
            for (m, to) in PixelFormat::ALL.into_iter().enumerate() {
                for (k, size) in sizes.into_iter().enumerate() {
                    for (l, place) in Place::all(size.0 as usize).into_iter().enumerate() {
                        // One in sixteen of them, none twice for a pair of formats.
                        if quick && (n + m + 3 * k + 5 * l) % 16 != 0 {
                            continue;
                        }
                        let colorimetry = colorimetries[(k + l) % 3];
                        // Every other picture keeps its colorimetry.
                        let other = if (k + m) % 2 == 0 { colorimetry } else { colorimetries[l % 3] };
                        for window in windows(size) {
                            check(
                                &stream,
                                &Case { from, to, size, window, place, colorimetries: [colorimetry, other] },
                            )?;
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
