//! Resizing, in every interpolation and 8-bit format, to larger and smaller and whole parts.

use anyhow::{Result, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::resize::{Interpolation, resize_frame, resize_on};

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
