//! Gaussian and box blur: from picture to picture, in place, and boxes in place.

use anyhow::Result;
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Colorimetry, FrameViewMut, PixelFormat, Rect, ViewMut};
use dsframe::ops::Border;
use dsframe::ops::box_blur::{box_blur, box_blur_boxes_on, box_blur_mut, box_blur_mut_on, box_blur_on};
use dsframe::ops::gaussian_blur::GaussianBlur;

use super::{Picture, Place};
use crate::Report;

/// A blur of either kind.
#[derive(Debug, Clone)]
enum Blur {
    Gaussian(GaussianBlur),
    Box((u32, u32)),
}

impl Blur {
    fn on_cpu(&self, plane: ViewMut<'_>) -> dsframe::Result<()> {
        match self {
            Self::Gaussian(blur) => blur.apply_mut(plane),
            Self::Box(ksize) => box_blur_mut(plane, *ksize),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Case<'a> {
    format: PixelFormat,
    size: (u32, u32),
    window: Rect,
    place: Place,
    blur: &'a str,
}

/// The windows of a plane, blurred on the host.
fn expect(frame: &mut FrameViewMut<'_>, index: usize, windows: &[Rect], blur: &Blur) -> Result<()> {
    for window in windows {
        let mut plane = frame.plane_mut(index);
        blur.on_cpu(plane.crop_mut(*window)?)?;
    }
    Ok(())
}

fn from_picture_to_picture(stream: &Stream, blur: &Blur, case: Case<'_>) -> Result<()> {
    let Case { format, size, window, place, .. } = case;
    let src = Picture::noise(stream, format, size, place, Colorimetry::default())?;
    let outer = (window.width + 3, window.height + 2);
    let beside = Place { start: place.start, extra: place.extra + 4 };
    let mut dst = Picture::noise(stream, format, outer, beside, Colorimetry::default())?;
    let at = Rect::new(if place.start % 4 == 0 { 0 } else { 2 }, 1, window.width, window.height);
    match blur {
        Blur::Gaussian(blur) => blur.apply_on(stream, &src.view(window)?, &mut dst.view_mut(at)?)?,
        Blur::Box(ksize) => box_blur_on(stream, &src.view(window)?, &mut dst.view_mut(at)?, *ksize)?,
    }
    let (from, mut frame) = (src.host()?, dst.host_mut()?);
    let (from, to) = (from.plane(0).crop(window)?, frame.plane_mut(0).into_crop(at)?);
    match blur {
        Blur::Gaussian(blur) => blur.apply(from, to)?,
        Blur::Box(ksize) => box_blur(from, to, *ksize)?,
    }
    dst.check(stream, 0, || format!("{}, {case:?}", case.blur))
}

fn in_place(stream: &Stream, blur: &Blur, case: Case<'_>) -> Result<()> {
    let Case { format, size, window, place, .. } = case;
    let mut picture = Picture::noise(stream, format, size, place, Colorimetry::default())?;
    match blur {
        Blur::Gaussian(blur) => blur.apply_mut_on(stream, &mut picture.view_mut(window)?)?,
        Blur::Box(ksize) => box_blur_mut_on(stream, &mut picture.view_mut(window)?, *ksize)?,
    }
    expect(&mut picture.host_mut()?, 0, &[window], blur)?;
    picture.check(stream, 0, || format!("{} in place, {case:?}", case.blur))
}

/// Boxes of sizes from 1 on that do not overlap, more than one launch takes when `many`.
fn boxes((width, height): (u32, u32), many: bool) -> Vec<Rect> {
    let (mut all, mut y, mut n) = (Vec::new(), 0, 0u32);
    while y < height {
        let (mut x, tall) = (n % 3, if many { 4 } else { [7, 70, 1, 33][n as usize % 4] });
        while x < width {
            let wide = if many { 1 + n % 4 } else { [9, 64, 1, 50, 3, 100][n as usize % 6] };
            // Some are empty.
            let rect = Rect::new(x, y, wide.min(width - x), (tall - n % 2).min(height - y));
            all.push(rect);
            (x, n) = (x + wide + n % 2, n + 1);
        }
        y += tall;
    }
    all
}

/// A box with more tiles than a cluster has blocks, and others; with `twice`, boxes that overlap, each with its own like so
/// that it does not matter which of them shows.
fn large((width, height): (u32, u32), twice: bool) -> Vec<Rect> {
    let top = height / 2;
    let mut all = vec![
        Rect::new(5, 0, 40.min(width - 5), top),
        Rect::new(3, top, width - 4, height - top),
        Rect::new(50, 3, width - 50, top - 3),
    ];
    if twice {
        all.extend_from_within(..);
        all.push(all[0]);
    }
    all
}

/// Which boxes of a plane are blurred.
#[derive(Debug, Clone, Copy)]
enum Boxes {
    Some,
    Many,
    Large,
    Twice,
}

fn in_boxes(stream: &Stream, blur: &Blur, case: Case<'_>, which: Boxes) -> Result<()> {
    let Case { format, size, place, .. } = case;
    for index in 0..format.planes() {
        let mut picture = Picture::noise(stream, format, size, place, Colorimetry::default())?;
        let plane = format.plane_size(index, size.0, size.1);
        let boxes = match which {
            Boxes::Some => boxes(plane, false),
            Boxes::Many => boxes(plane, true),
            Boxes::Large => large(plane, false),
            Boxes::Twice => large(plane, true),
        };
        let whole = Rect::new(0, 0, size.0, size.1);
        match blur {
            Blur::Gaussian(blur) => {
                blur.apply_boxes_on(stream, &mut picture.view_mut(whole)?, index, &boxes)?;
            }
            Blur::Box(ksize) => {
                box_blur_boxes_on(stream, &mut picture.view_mut(whole)?, index, &boxes, *ksize)?;
            }
        }
        let apart = if let Boxes::Twice = which { &boxes[..boxes.len() / 2] } else { &boxes[..] };
        expect(&mut picture.host_mut()?, index, apart, blur)?;
        picture.check(stream, 0, || {
            format!("{}, {which:?} boxes of plane {index}, {} of them, {case:?}", case.blur, boxes.len())
        })?;
    }
    Ok(())
}

/// Blurs with small kernels, large ones and those that loops do, with every border.
fn blurs() -> Result<[Vec<(String, Blur)>; 2]> {
    let borders = [Border::Reflect101, Border::Reflect, Border::Replicate, Border::Constant(200)];
    let kernels = [
        ((15, 15), 2.5),
        ((31, 31), 5.0),
        ((3, 5), 0.0),
        ((1, 1), 0.0),
        ((33, 17), 9.0),
        ((1, 7), 1.3),
        ((61, 35), 12.0),
        ((9, 1), 0.0),
        ((301, 999), 400.0),
        ((17, 33), 30.0),
    ];
    let gaussian = |(i, (ksize, sigma)): (usize, ((u32, u32), f64))| {
        let border = borders[i % borders.len()];
        let blur = GaussianBlur::new(ksize, sigma, 0.0)?.border(border);
        Ok((format!("Gaussian {ksize:?}, sigma {sigma}, {border:?}"), Blur::Gaussian(blur)))
    };
    let sizes = [(31, 31), (3, 3), (16, 16), (4, 7), (1, 1), (32, 33), (60, 3), (17, 15), (5, 700)];
    let means = sizes.map(|ksize| (format!("box {ksize:?}"), Blur::Box(ksize)));
    Ok([kernels.into_iter().enumerate().map(gaussian).collect::<Result<_>>()?, means.into()])
}

fn all(stream: &Stream, blurs: &[(String, Blur)], quick: bool) -> Result<String> {
    let formats = [PixelFormat::Rgba, PixelFormat::Bgr, PixelFormat::Gray8];
    let sizes = [(1, 1), (2, 3), (5, 70), (47, 9), (49, 65), (131, 20), (203, 141)];
    let mut cases = 0;
    for (n, (name, blur)) in blurs.iter().enumerate() {
        for (i, format) in formats.into_iter().enumerate() {
            for (j, size) in sizes.into_iter().enumerate() {
                let windows = [
                    Rect::new(0, 0, size.0, size.1),
                    Rect::new(size.0 / 3, size.1 / 2, size.0 - size.0 / 3, size.1 - size.1 / 2),
                    Rect::new(0, 0, 0, size.1),
                ];
                for (k, place) in Place::all(size.0 as usize).into_iter().enumerate() {
                    // A quick run takes each of the others once in a while.
                    if quick && (n + 2 * i + 3 * j + 5 * k) % 17 != 0 {
                        continue;
                    }
                    for window in windows {
                        let case = Case { format, size, window, place, blur: name };
                        from_picture_to_picture(stream, blur, case)?;
                        in_place(stream, blur, case)?;
                        cases += 2;
                    }
                }
            }
        }
        for (i, format) in [PixelFormat::Nv12, PixelFormat::Rgba, PixelFormat::Bgr].into_iter().enumerate() {
            let size = if (n + i) % 2 == 0 { (150, 90) } else { (260, 180) };
            let place = Place::all(size.0 as usize)[(n + i) % 4];
            let case = Case { format, size, window: Rect::new(0, 0, 0, 0), place, blur: name };
            if !quick || (n + i) % 4 == 0 {
                in_boxes(stream, blur, case, if (n + i) % 3 == 0 { Boxes::Many } else { Boxes::Some })?;
                cases += 1;
            }
            if !quick || (n + i) % 5 == 1 {
                let case = Case { size: [(330, 90), (150, 560)][n % 2], ..case };
                in_boxes(stream, blur, case, if (n / 2 + i) % 2 == 0 { Boxes::Large } else { Boxes::Twice })?;
                cases += 1;
            }
        }
    }
    Ok(format!("{cases} cases, the CPU's bytes, nothing beside the windows"))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let (stream, [gaussian, means]) = (device.stream()?, blurs()?);
    report.line("Gaussian blur", all(&stream, &gaussian, quick));
    report.line("box blur", all(&stream, &means, quick));
    Ok(())
}
