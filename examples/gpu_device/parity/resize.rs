//! Resizing, in every interpolation and 8-bit format, to larger and smaller and whole parts.

use anyhow::{Result, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::resize::{Interpolation, resize_batch_on, resize_frame, resize_on};

use super::{Picture, Place};
use crate::Report;

/// The outer picture has the window's place at its bottom right, off any alignment, or at its start.
fn check(
    stream: &Stream,
    format: PixelFormat,
    (from, to): ((u32, u32), (u32, u32)),
    place: Place,
    how: Interpolation,
) -> Result<()> {
    let colorimetry = Colorimetry::default();
    let src = Picture::noise(stream, format, (from.0 + 2, from.1 + 2), place, colorimetry)?;
    let mut dst = Picture::noise(stream, format, (to.0 + 4, to.1 + 2), place, colorimetry)?;
    let start = if place.start.is_multiple_of(16) { 0 } else { 2 };
    let (window, at) = (Rect::new(start, start, from.0, from.1), Rect::new(start, start, to.0, to.1));
    resize_on(stream, &src.view(window)?, &mut dst.view_mut(at)?, how)?;
    let frame = src.host()?.crop(window)?;
    let mut expected = dst.host_mut()?;
    resize_frame(&frame, &mut expected.crop_mut(at)?, how)?;
    dst.check(stream, 0, || format!("{format:?} {from:?} to {to:?}, {how:?}, {place:?}"))
}

const SIZES: [((u32, u32), (u32, u32)); 13] = [
    ((64, 48), (32, 24)),
    ((61, 47), (131, 9)),
    ((130, 23), (60, 61)),
    ((97, 64), (41, 29)),
    ((1, 9), (5, 3)),
    ((9, 1), (3, 7)),
    ((1, 1), (6, 5)),
    ((90, 66), (30, 22)),
    ((140, 90), (7, 3)),
    ((150, 101), (7, 3)),
    ((16, 16), (16, 16)),
    ((30, 200), (30, 67)),
    ((257, 40), (256, 39)),
];

/// Pictures of several formats and sizes at once, more planes of a kind than a launch takes.
fn check_batch(stream: &Stream, how: Interpolation) -> Result<usize> {
    let formats = [PixelFormat::Nv12, PixelFormat::Rgba, PixelFormat::I420, PixelFormat::Bgr];
    let (place, colorimetry) = (Place { start: 16, extra: 4 }, Colorimetry::default());
    let (mut src, mut dst) = (Vec::new(), Vec::new());
    let whole = |(w, h): (u32, u32)| Rect::new(0, 0, w, h);
    for i in 0..40 {
        let format = formats[i as usize * 7 / 5 % 4];
        // Every third of them is halved, and one has no pixels.
        let to = (if i == 7 { 0 } else { 9 + i * 11 % 140 }, 3 + i * 5 % 20);
        let from = if i % 3 == 0 { (2 * to.0, 2 * to.1) } else { (64 + i, 21) };
        src.push((Picture::noise(stream, format, from, place, colorimetry)?, whole(from)));
        dst.push((Picture::noise(stream, format, to, place, colorimetry)?, whole(to)));
    }
    let views = src.iter().map(|(picture, all)| picture.view(*all)).collect::<Result<Vec<_>>>()?;
    let mut targets =
        dst.iter_mut().map(|(picture, all)| picture.view_mut(*all)).collect::<Result<Vec<_>>>()?;
    resize_batch_on(stream, &views, &mut targets, how)?;
    let error = resize_batch_on(stream, &views[1..], &mut targets, how).unwrap_err();
    ensure!(error.to_string().contains("src has 39 pictures, dst has 40"), "{error}");
    targets.swap(0, 1);
    let error = resize_batch_on(stream, &views, &mut targets, how).unwrap_err();
    ensure!(error.to_string().starts_with("picture 0: dst is "), "{error}");
    drop((views, targets));
    for (i, ((src, _), (dst, _))) in src.iter().zip(&mut dst).enumerate() {
        resize_frame(&src.host()?, &mut dst.host_mut()?, how)?;
        dst.check(stream, 0, || format!("picture {i} of a batch, {how:?}"))?;
    }
    Ok(src.len())
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let formats = PixelFormat::ALL.into_iter().filter(|format| format.bits() == 8);
    for (n, format) in formats.enumerate() {
        let all = || -> Result<String> {
            let mut cases = 0;
            for (m, &sizes) in SIZES.iter().enumerate() {
                for (k, place) in Place::all(64 * format.bytes_per_pixel(0)).into_iter().enumerate() {
                    if quick && (n + m + k) % 4 != 0 {
                        continue;
                    }
                    for how in [Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Area] {
                        check(&stream, format, sizes, place, how)?;
                        cases += 1;
                    }
                }
            }
            Ok(format!("{cases} pictures"))
        };
        report.line(&format!("resizing of {format:?}"), all());
    }
    let hows = [Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Area];
    let batches = hows.map(|how| check_batch(&stream, how)).into_iter().sum::<Result<usize>>();
    report.line("resizing of batches", batches.map(|n| format!("{n} pictures")));
    let mut dst = stream.image(PixelFormat::Rgb, 4, 4, Colorimetry::default())?;
    let src = stream.image(PixelFormat::Bgr, 4, 4, Colorimetry::default())?;
    let refused = resize_on(&stream, &src.view(), &mut dst.view_mut(), Interpolation::Nearest);
    let error = refused.err().map(|error| error.to_string()).unwrap_or_default();
    report.line("resizing to another format", {
        (|| {
            ensure!(error.contains("it must have the format of src, Bgr"), "{error}");
            Ok(error.clone())
        })()
    });
    Ok(())
}
