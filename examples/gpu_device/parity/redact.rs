//! Hiding regions: every format, boxes, ellipses and masks that overlap, hang over the edge and fill the picture.

use anyhow::{Result, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Color, Colorimetry, PixelFormat, Rect};
use dsframe::ops::redact::{Blocks, Blur, Mask, Redaction, Region, redact, redact_frames_on, redact_on};
use dsframe::roi::BBox;

use super::picture::noise;
use super::{Picture, Place};
use crate::Report;

const HOWS: [Redaction; 13] = [
    Redaction::Fill(Color::rgb(0.3, 0.9, 0.1)),
    Redaction::Pixelate(Blocks::Pixels(2)),
    Redaction::Pixelate(Blocks::Pixels(12)),
    Redaction::Pixelate(Blocks::Pixels(64)),
    Redaction::Pixelate(Blocks::Pixels(4000)),
    Redaction::Pixelate(Blocks::Across(3)),
    Redaction::Blur(Blur::Across(1)),
    Redaction::Blur(Blur::Across(2)),
    Redaction::Blur(Blur::Across(6)),
    Redaction::Blur(Blur::Across(17)),
    Redaction::Blur(Blur::Across(40)),
    Redaction::Blur(Blur::Kernel { ksize: 11, sigma: 0.0 }),
    Redaction::Blur(Blur::Kernel { ksize: 31, sigma: 6.5 }),
];

/// Boxes that overlap and boxes that do not, some of them partly outside, for a picture of `w` x `h`.
fn regions<'m>(n: usize, (w, h): (u32, u32), masks: &'m [u8]) -> Vec<Region<'m>> {
    let bytes = noise(4 * n, n as u64 + 7);
    let span = |byte: u8, size: u32, least: f32| least + f32::from(byte) / 255.0 * (size as f32 - least);
    let region = |(i, place): (usize, &[u8])| {
        let (width, height) = (span(place[2], w / 2 + 3, 0.5), span(place[3], h / 2 + 3, 0.5));
        let (left, top) = (span(place[0], w, -4.3), span(place[1], h, -2.7));
        let bbox = BBox::xywh(left, top, width, height);
        match i % 4 {
            1 => Region::ellipse(bbox),
            3 => Region::masked(bbox, Mask::from_u8(&masks[..5 * 7], 5, 7).expect("it has this size")),
            _ => bbox.into(),
        }
    };
    let whole = Region::ellipse(BBox::xywh(0.0, 0.0, w as f32, h as f32));
    bytes.chunks_exact(4).enumerate().map(region).chain([whole]).collect()
}

/// `n` whole boxes or a few less that lie apart, the outer ones partly outside, for a picture of `w` x `h`; short lists of
/// these take their own way.
fn apart(n: usize, (w, h): (u32, u32), _: &[u8]) -> Vec<Region<'static>> {
    let across = (n as f32).sqrt().ceil() as usize;
    let (width, height) = ((w + 4) as f32 / across as f32, (h + 4) as f32 / across as f32);
    let bytes = noise(4 * n, n as u64 + 9);
    let part = |byte: u8, of: f32| f32::from(byte) / 255.0 * of;
    let region = |(i, place): (usize, &[u8])| {
        let (left, top) = ((i % across) as f32 * width - 2.0, (i / across) as f32 * height - 2.0);
        let (dx, dy) = (part(place[0], width / 4.0), part(place[1], height / 4.0));
        // Chroma widens boxes by up to a pixel on each side.
        let size = (
            width - dx - part(place[2], width / 4.0) - 3.0,
            height - dy - part(place[3], height / 4.0) - 3.0,
        );
        BBox::xywh(left + dx, top + dy, size.0, size.1).into()
    };
    bytes.chunks_exact(4).enumerate().map(region).collect()
}

/// Whole boxes that overlap.
fn piled(n: usize, size: (u32, u32), masks: &[u8]) -> Vec<Region<'static>> {
    regions(n, size, masks).into_iter().map(|region| region.bbox.into()).collect()
}

type Regions = for<'m> fn(usize, (u32, u32), &'m [u8]) -> Vec<Region<'m>>;

fn check(
    stream: &Stream,
    format: PixelFormat,
    how: Redaction,
    (regions_of, n): (Regions, usize),
    sizes: [(u32, u32); 2],
) -> Result<()> {
    let masks: Vec<u8> = noise(64, 3).iter().map(|byte| byte & 1).collect();
    for size in sizes {
        let windows = [Rect::new(0, 0, size.0, size.1), Rect::new(1, 1, size.0 - 2, size.1 - 1)];
        for (window, place) in windows.into_iter().cycle().zip(Place::all(size.0 as usize * 4)) {
            let colors = Colorimetry::default();
            let mut picture = Picture::noise(stream, format, size, place, colors)?;
            let regions = regions_of(n, (window.width, window.height), &masks);
            let ours = redact_on(stream, &mut picture.view_mut(window)?, &regions, how)?;
            let mut host = picture.host_mut()?;
            let theirs = redact(&mut host.crop_mut(window)?, &regions, how)?;
            ensure!(ours == theirs, "{ours} regions, {theirs} on the CPU");
            picture.check(stream, 0, || {
                format!("{how:?} on {format:?}, {n} regions, {window} of {size:?}, {place:?}")
            })?;
        }
    }
    Ok(())
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let formats = PixelFormat::ALL.into_iter().enumerate();
    // Formats of one kind share their code: in a hurry one of each does.
    let one_of_each = [0, 3, 8, 10, 11, 13, 15, 16, 18, 19];
    for (i, format) in formats.filter(|(i, _)| !quick || one_of_each.contains(i)) {
        let mut cases = 0;
        let mut all = || -> Result<String> {
            for (j, how) in HOWS.into_iter().enumerate() {
                if format.bits() > 8 && j > 0 {
                    continue;
                }
                let many = if quick { [(37, 21), (65, 40)] } else { [(37, 21), (401, 150)] };
                let few = [(3, 3), (9, 5)];
                let wide = if quick { [(280, 31), (97, 26)] } else { [(1101, 95), (310, 450)] };
                let lists: [((Regions, usize), _); 6] = [
                    ((regions, 3), few),
                    ((piled, if quick { 4 } else { 90 }), many),
                    ((regions, if quick { 5 } else { 150 }), many),
                    ((apart, 1), few),
                    ((apart, 3), wide),
                    ((apart, if quick { 80 } else { 300 }), wide),
                ];
                for (k, (list, sizes)) in lists.into_iter().enumerate() {
                    // In a hurry half of the ways on each format.
                    if !quick || (i + j + k) % 2 == 0 || j == 0 {
                        check(&stream, format, how, list, sizes)?;
                        cases += 8;
                    }
                }
            }
            Ok(format!("{cases} cases, the CPU's bytes, nothing beside the window"))
        };
        let result = all();
        report.line(&format!("hiding regions of {format:?}"), result);
    }
    large(&stream, quick, report);
    let result = several(&stream, quick);
    report.line("hiding regions of several frames", result);
    Ok(())
}

/// Frames of several sizes, and of two formats; some without boxes, some whose boxes overlap, more than a launch takes.
fn several(stream: &Stream, quick: bool) -> Result<String> {
    let (mut cases, all) = (0, if quick { 20 } else { 40 });
    let masks: Vec<u8> = noise(64, 3).iter().map(|byte| byte & 1).collect();
    for format in [PixelFormat::Rgba, PixelFormat::Nv12, PixelFormat::I420] {
        for how in [HOWS[0], HOWS[2], HOWS[5], HOWS[8], HOWS[10], HOWS[11]] {
            let of = |i: usize| {
                let format = if i == 7 { PixelFormat::Gray8 } else { format };
                let size = (61 + i as u32 % 5 * 8, 40 + i as u32 % 3);
                let place = Place { start: i % 4 * 4, extra: i % 3 * 16 };
                Picture::noise(stream, format, size, place, Colorimetry::default())
            };
            let mut pictures = (0..all).map(of).collect::<Result<Vec<_>>>()?;
            let windows: Vec<_> = (0..all as u32)
                .map(|i| Rect::new(i / 10 % 2, i / 10 % 2, 58 + i % 5 * 8, 38 + i % 3))
                .collect();
            let lists: Vec<_> = windows
                .iter()
                .enumerate()
                .map(|(i, window)| match i % 9 {
                    3 => Vec::new(),
                    5 => regions(3, (window.width, window.height), &masks),
                    8 if i > 9 => apart(130, (window.width, window.height), &masks),
                    _ => apart(1 + i * 5 % 23, (window.width, window.height), &masks),
                })
                .collect();
            let lists: Vec<_> = lists.iter().map(Vec::as_slice).collect();
            let mut frames = pictures
                .iter_mut()
                .zip(&windows)
                .map(|(picture, window)| picture.view_mut(*window))
                .collect::<Result<Vec<_>>>()?;
            let ours = redact_frames_on(stream, &mut frames, &lists, how)?;
            drop(frames);
            let mut theirs = 0;
            for ((picture, window), list) in pictures.iter_mut().zip(&windows).zip(&lists) {
                theirs += redact(&mut picture.host_mut()?.crop_mut(*window)?, list, how)?;
            }
            ensure!(ours == theirs, "{ours} regions, {theirs} on the CPU");
            for (i, picture) in pictures.iter().enumerate() {
                picture.check(stream, 0, || format!("{how:?} on frame {i} of {format:?}"))?;
            }
            cases += all;
        }
    }
    Ok(format!("{cases} frames, the CPU's bytes, nothing beside the windows"))
}

/// More boxes than a launch has room for, and one box over much.
fn large(stream: &Stream, quick: bool, report: &mut Report) {
    let size = if quick { (520, 90) } else { (1920, 1080) };
    let all = || -> Result<String> {
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            for how in [HOWS[0], HOWS[2], HOWS[3], HOWS[6], HOWS[8], HOWS[12]] {
                let mut picture = Picture::noise(
                    stream,
                    format,
                    size,
                    Place { start: 0, extra: 0 },
                    Colorimetry::default(),
                )?;
                let at = |i: u32| BBox::xywh((i % 26 * 20) as f32, (i / 26 * 14) as f32, 18.0, 13.0);
                let mut regions: Vec<_> = (0..140).map(|i| Region::ellipse(at(i))).collect();
                regions.push(Region::from(BBox::xywh(3.0, 1.0, size.0 as f32 - 7.0, size.1 as f32 - 2.0)));
                regions.push(Region::ellipse(BBox::xywh(2.5, 0.5, size.0 as f32 - 3.0, size.1 as f32)));
                regions.extend((0..140).map(|i| Region::from(at(i))));
                redact_on(stream, &mut picture.view_mut(Rect::new(0, 0, size.0, size.1))?, &regions, how)?;
                redact(&mut picture.host_mut()?, &regions, how)?;
                picture.check(stream, 0, || format!("{how:?} on {format:?}"))?;
            }
        }
        Ok("the CPU's bytes".into())
    };
    let result = all();
    report.line("hiding 282 regions", result);
}
