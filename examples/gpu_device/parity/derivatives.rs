//! Sobel, the Laplacian, and the sharpness of boxes.

use anyhow::{Result, ensure};
use dsframe::cuda::{DType, Device, Stream};
use dsframe::frame::{Colorimetry, PixelFormat, Rect};
use dsframe::ops::PlaneI16;
use dsframe::ops::laplacian::{laplacian, laplacian_on};
use dsframe::ops::sharpness::{sharpness, sharpness_on};
use dsframe::ops::sobel::{sobel, sobel_on};

use super::{Picture, Place};
use crate::Report;

/// Planes of 1, 2, 3 and 4 bytes a pixel: format and index.
const PLANES: [(PixelFormat, usize); 4] =
    [(PixelFormat::Gray8, 0), (PixelFormat::Nv12, 1), (PixelFormat::Bgr, 0), (PixelFormat::Rgba, 0)];

/// Calls `each` with pictures of every number of channels, and windows of them.
fn windows(
    stream: &Stream,
    quick: bool,
    mut each: impl FnMut(&Picture, Rect, usize) -> Result<usize>,
) -> Result<String> {
    let sizes = [(1, 1), (1, 9), (9, 1), (2, 2), (3, 65), (31, 33), (128, 32), (130, 67), (645, 34)];
    let mut cases = 0;
    for (f, (format, plane)) in PLANES.into_iter().enumerate() {
        for (n, (w, h)) in sizes.into_iter().enumerate() {
            for (p, place) in Place::all(w as usize * format.bytes_per_pixel(0)).into_iter().enumerate() {
                if quick && (p + f + n) % 4 > 0 {
                    continue;
                }
                let src = Picture::noise(stream, format, (w, h), place, Colorimetry::default())?;
                for window in [
                    Rect::new(0, 0, w, h),
                    Rect::new(1.min(w - 1), 1.min(h - 1), w.div_ceil(2), h.div_ceil(2)),
                    Rect::new(0, 0, 0, h),
                ] {
                    if window.fits(w, h) {
                        cases += each(&src, window, plane)?;
                    }
                }
            }
        }
    }
    Ok(format!("{cases} cases, the CPU's values"))
}

fn sobels(stream: &Stream, quick: bool) -> Result<String> {
    let kinds = [
        (1, 0, 3, 1.0, 0.0),
        (0, 1, 1, 1.0, 0.0),
        (1, 0, 5, 1.0, 0.0),
        (2, 2, 7, 0.37, -5.25),
        (0, 1, 7, 1.0, 0.0),
        (1, 1, 3, -0.5, 3.0),
        (0, 2, 5, 1e300, 1e300),
    ];
    let mut turn = 0;
    windows(stream, quick, |src, window, plane| {
        for (dx, dy, ksize, scale, delta) in kinds {
            turn += 1;
            if quick && turn % 3 > 0 {
                continue;
            }
            let mut expected = PlaneI16::default();
            sobel(src.host()?.crop(window)?.plane(plane), &mut expected, dx, dy, ksize, scale, delta)?;
            let shape = [expected.height() as usize, expected.width() as usize, expected.channels()];
            let mut found = stream.tensor(&shape, DType::I16)?;
            sobel_on(stream, &src.view(window)?.plane(plane), &mut found, dx, dy, ksize, scale, delta)?;
            let found = stream.raw().clone_dtoh(&found.as_cudarc::<i16>()?)?;
            ensure!(found == expected.data(), "{window} {shape:?}: {dx} {dy} {ksize} {scale} {delta}");
        }
        Ok(if quick { 2 } else { kinds.len() })
    })
}

fn laplacians(stream: &Stream, quick: bool) -> Result<String> {
    windows(stream, quick, |src, window, plane| {
        for ksize in [1, 3] {
            let mut expected = PlaneI16::default();
            laplacian(src.host()?.crop(window)?.plane(plane), &mut expected, ksize)?;
            let shape = [expected.height() as usize, expected.width() as usize, expected.channels()];
            let mut found = stream.tensor(&shape, DType::I16)?;
            laplacian_on(stream, &src.view(window)?.plane(plane), &mut found, ksize)?;
            let found = stream.raw().clone_dtoh(&found.as_cudarc::<i16>()?)?;
            ensure!(found == expected.data(), "{window} {shape:?}: {ksize}");
        }
        Ok(2)
    })
}

fn sharpnesses(stream: &Stream, quick: bool) -> Result<String> {
    let (size, mut cases) = (if quick { (300, 130) } else { (1280, 720) }, 0);
    let formats = [
        PixelFormat::Rgba,
        PixelFormat::Abgr,
        PixelFormat::Bgr,
        PixelFormat::Gray8,
        PixelFormat::Nv12,
        PixelFormat::I444,
        PixelFormat::P010,
    ];
    for (place, format) in [(0, 0), (1, 3)].into_iter().flat_map(|place| formats.map(|f| (place, f))) {
        let place = Place { start: place.0, extra: place.1 };
        let src = Picture::noise(stream, format, size, place, Colorimetry::default())?;
        let all = Rect::new(1, 2, size.0 - 1, size.1 - 3);
        let mut boxes = vec![
            Rect::new(0, 0, 1, 1),
            Rect::default(),
            Rect::new(3, 5, 1, 7),
            Rect::new(9, 5, 0, 7),
            Rect::new(3, 5, 7, 1),
            Rect::new(10, 20, 2, 2),
            Rect::new(7, 9, 64, 32),
            Rect::new(7, 9, 65, 33),
            Rect::new(0, 0, all.width, all.height),
            Rect::new(11, 0, 0, 0),
        ];
        boxes.extend(
            (0..if quick { 130 } else { 300 })
                .map(|i| Rect::new(i * 7 % 200, i * 5 % 90, 1 + i % 37, 1 + i * 11 % 29)),
        );
        let found = sharpness_on(stream, &src.view(all)?, &boxes)?;
        let found = stream.raw().clone_dtoh(&found.as_cudarc::<f64>()?)?;
        let host = src.host()?;
        for (rect, found) in boxes.iter().zip(&found) {
            let expected = sharpness(&host.crop(all)?.crop(*rect)?);
            ensure!(
                found.to_bits() == expected.to_bits(),
                "{format:?} {rect}: {found} instead of {expected}"
            );
        }
        ensure!(found.len() == boxes.len() && found[8] > 100.0, "{format:?}: {found:?}");
        cases += boxes.len();
    }
    let none = Picture::noise(
        stream,
        PixelFormat::Rgb,
        (9, 9),
        Place { start: 0, extra: 0 },
        Colorimetry::default(),
    )?;
    let view = none.view(Rect::new(0, 0, 9, 9))?;
    ensure!(sharpness_on(stream, &view, &[])?.is_empty(), "no boxes have a sharpness");
    let outside = sharpness_on(stream, &view, &[Rect::new(5, 5, 5, 4)]).map(|_| ());
    ensure!(outside.is_err(), "a box outside of the picture was taken");
    Ok(format!("{cases} boxes, the CPU's bits"))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    report.line("Sobel", sobels(&stream, quick));
    report.line("Laplacian", laplacians(&stream, quick));
    report.line("sharpness of boxes", sharpnesses(&stream, quick));
    Ok(())
}
