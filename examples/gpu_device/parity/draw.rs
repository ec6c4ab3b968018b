//! Drawing: every format, shapes of all kinds over each other and over the edge, more than a launch has room for.

use anyhow::{Result, ensure};
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Color, ColorRange, Colorimetry, PixelFormat, Rect};
use dsframe::ops::draw::{
    Arrow, ArrowHeads, Canvas, Circle, Line, Polyline, Rectangle, Shape, TextStyle, draw_frames_on, draw_on,
};

use super::picture::noise;
use super::{Picture, Place};
use crate::Report;

/// What shapes of a list are made of.
struct Stuff {
    points: Vec<(f32, f32)>,
    texts: Vec<String>,
    styles: Vec<TextStyle>,
}

impl Stuff {
    fn new((w, h): (u32, u32)) -> Self {
        let at = |pair: &[u8]| (on(pair[0], w), on(pair[1], h));
        let points = noise(180, 11).chunks_exact(2).map(at).collect();
        let texts = ["person 12", "two\nlines Äg", "", "jf/|_", "a longer label 0.87"].map(str::to_owned);
        let style = TextStyle { font: TextStyle::EMBEDDED_SANS.into(), size: 10, ..TextStyle::default() };
        let clear = TextStyle {
            font: TextStyle::EMBEDDED_SERIF.into(),
            size: 31,
            color: Color::rgba(0.9, 0.1, 0.4, 0.5),
            background: Some(Color::rgba(0.1, 0.8, 0.3, 0.3)),
        };
        let huge = TextStyle { size: 200, background: None, ..clear.clone() };
        Self { points, texts: texts.into(), styles: vec![style, clear, huge] }
    }
}

/// A coordinate in a picture of `size`, or a little outside.
fn on(byte: u8, size: u32) -> f32 {
    (f32::from(byte) / 255.0 * 1.3 - 0.15) * size as f32
}

fn shapes<'s>(n: usize, (w, h): (u32, u32), stuff: &'s Stuff) -> Vec<Shape<'s>> {
    let bytes = noise(10 * n, n as u64 + 5);
    let shape = |(i, b): (usize, &[u8])| -> Shape<'s> {
        let (from, to) = ((on(b[0], w), on(b[1], h)), (on(b[2], w), on(b[3], h)));
        let width = u32::from(b[4] % 6);
        let unit = |byte: u8| f32::from(byte) / 255.0;
        let alpha = if b[5] % 3 == 0 { 1.0 } else { unit(b[6]) };
        let color = Color::rgba(unit(b[7]), unit(b[8]), unit(b[9]), alpha);
        let background = (b[5] % 2 == 0).then(|| Color::rgba(unit(b[9]), unit(b[8]), unit(b[7]), unit(b[5])));
        match i % 8 {
            0 | 3 => {
                let (width, height) = (to.0.abs() + 1.0, to.1.abs() + 1.0);
                let (left, top, border_width) = (from.0, from.1, u32::from(b[4] % 6));
                Rectangle { left, top, width, height, border_width, border_color: color, background }.into()
            }
            1 => Line { from, to, width, color }.into(),
            2 => Line { from, to: (to.0, from.1), width, color }.into(),
            4 => {
                let heads = [ArrowHeads::Start, ArrowHeads::End, ArrowHeads::Both][i / 8 % 3];
                Arrow { from, to, width, color, heads }.into()
            }
            5 => Circle { center: from, radius: to.0 / 3.0, width, color, background }.into(),
            6 => {
                let count = if i < 8 { stuff.points.len() } else { usize::from(b[4] % 5) };
                let (points, closed) = (&stuff.points[..count], b[5] % 2 == 0);
                Polyline { points, closed, width: width.max(1), color }.into()
            }
            _ => {
                let (text, style) = (&stuff.texts[i / 8 % 5], &stuff.styles[i / 8 % 3]);
                Shape::Text { at: from, text, style }
            }
        }
    };
    bytes.chunks_exact(10).enumerate().map(shape).collect()
}

fn check(
    stream: &Stream,
    format: PixelFormat,
    size: (u32, u32),
    shapes: &[Shape<'_>],
    opaque: bool,
) -> Result<()> {
    let windows = [Rect::new(0, 0, size.0, size.1), Rect::new(1, 1, size.0 - 1, size.1 - 1)];
    for (window, place) in windows.into_iter().cycle().zip(Place::all(size.0 as usize * 4)) {
        let mut picture = Picture::noise(stream, format, size, place, Colorimetry::default())?;
        if opaque {
            // Over all of it, so that alpha is 255 where there is one.
            let all = Rectangle { width: size.0 as f32, height: size.1 as f32, ..Rectangle::default() };
            let all = Shape::from(Rectangle { background: Some(Color::rgb(0.2, 0.4, 0.9)), ..all });
            draw_on(stream, &mut picture.view_mut(Rect::new(0, 0, size.0, size.1))?, &[all])?;
            Canvas::new(&mut picture.host_mut()?).shape(&all);
        }
        draw_on(stream, &mut picture.view_mut(window)?, shapes)?;
        let mut host = picture.host_mut()?;
        let mut host = host.crop_mut(window)?;
        let mut canvas = Canvas::new(&mut host);
        shapes.iter().for_each(|shape| canvas.shape(shape));
        picture.check(stream, 0, || {
            format!("{} shapes on {format:?}, {window} of {size:?}, {place:?}", shapes.len())
        })?;
    }
    Ok(())
}

/// What most pictures get: boxes of one colour and labels of one style, more of them than a launch has room for, a few
/// beside the picture or from far outside.
fn labelled(stream: &Stream) -> Result<String> {
    let (size, mut cases) = ((330, 140), 0);
    let plain = TextStyle { font: TextStyle::EMBEDDED_SANS.into(), size: 10, ..TextStyle::default() };
    let clear = TextStyle { color: Color::rgba(0.2, 0.9, 0.4, 0.6), background: None, ..plain.clone() };
    let border = Rectangle { border_width: 3, border_color: Color::GREEN, ..Rectangle::default() };
    let far = |left: f32, width: f32, border_width| Rectangle {
        left,
        top: left,
        width,
        height: width,
        border_width,
        border_color: Color::rgba(0.9, 0.1, 0.2, 0.7),
        background: None,
    };
    let texts: Vec<String> = (0..120).map(|i| format!("person {i}\t0.{}", i % 7)).collect();
    for n in [5, 64, 120] {
        let mut shapes: Vec<Shape<'_>> = vec![far(-33_000.0, 33_050.0, 3).into()];
        for (i, text) in texts[..n].iter().enumerate() {
            let (left, top) = ((i * 37 % 340) as f32 - 5.0, (i * 23 % 150) as f32 - 6.5);
            let style = if i % 9 == 4 { &clear } else { &plain };
            shapes.push(Rectangle { left, top, width: 31.0, height: 25.0, ..border }.into());
            shapes.push(Shape::Text { at: (left, top - 19.0), text, style });
        }
        shapes.push(far(-33_000.0, 66_020.0, 66_000).into());
        for format in [PixelFormat::Rgba, PixelFormat::Xbgr, PixelFormat::Nv12, PixelFormat::P010] {
            check(stream, format, size, &shapes, true)?;
            cases += 4;
        }
    }
    Ok(format!("{cases} cases, the CPU's bytes, nothing beside the window"))
}

/// Frames of several sizes, and of several formats; some without shapes, one with more than a launch takes, more frames than a
/// launch takes; boxes alone, boxes with labels, shapes of all kinds.
fn several(stream: &Stream, quick: bool) -> Result<String> {
    ensure!(draw_frames_on(stream, &mut [], &[&[]]).is_err(), "a list without a frame was accepted");
    draw_frames_on(stream, &mut [], &[])?;
    let (mut cases, all) = (0, if quick { 40 } else { 75 });
    let size = |i: usize| (61 + i as u32 % 5 * 33, 40 + i as u32 % 3 * 17);
    let stuff = Stuff::new(size(2));
    let texts: Vec<String> = (0..all).map(|i| format!("person {i}")).collect();
    let styles = [
        TextStyle { font: TextStyle::EMBEDDED_SANS.into(), size: 10, ..TextStyle::default() },
        TextStyle {
            font: TextStyle::EMBEDDED_SERIF.into(),
            size: 14,
            background: None,
            ..TextStyle::default()
        },
    ];
    let boxes = |n: usize, i: usize| {
        let rect = move |k: usize| Rectangle {
            left: (k * 37 % 90) as f32 - 9.5,
            top: ((k + i) * 23 % 60) as f32 - 6.0,
            width: 31.0,
            height: 25.0,
            border_width: (k % 4) as u32,
            border_color: if k % 7 == 6 { Color::rgba(0.9, 0.2, 0.1, 0.5) } else { Color::GREEN },
            background: (k % 5 == 3).then_some(Color::rgba(0.2, 0.3, 0.9, 0.4)),
        };
        (0..n).map(move |k| Shape::from(rect(k)))
    };
    let list = |kind: usize, i: usize| -> Vec<Shape<'_>> {
        let label = |k: usize| {
            let style = &styles[usize::from(k % 6 == 5)];
            Shape::Text {
                at: ((k * 29 % 80) as f32 - 6.0, (k * 17 % 50) as f32),
                text: &texts[k % all],
                style,
            }
        };
        match (i % 9, kind) {
            (3, _) => Vec::new(),
            (8, _) if i > 9 => boxes(350, i).collect(),
            (_, 0) => boxes(1 + i * 5 % 23, i).collect(),
            (_, 1) => boxes(1 + i * 5 % 23, i).zip(0..).flat_map(|(b, k)| [b, label(k)]).collect(),
            _ => shapes(3 + i * 5 % 13, size(i), &stuff),
        }
    };
    let formats =
        [PixelFormat::Rgba, PixelFormat::Nv12, PixelFormat::P010, PixelFormat::I420, PixelFormat::Rgb];
    for (format, kind) in formats.into_iter().flat_map(|format| (0..3).map(move |kind| (format, kind))) {
        let count = if kind == 2 { all / 3 } else { all };
        let of = |i: usize| {
            let format = if i == 7 { PixelFormat::Gray8 } else { format };
            let place = Place { start: i % 4 * 4, extra: i % 3 * 16 + i % 2 };
            let full = Colorimetry { range: ColorRange::Full, ..Colorimetry::default() };
            let colorimetry = if i == 5 { full } else { Colorimetry::default() };
            Picture::noise(stream, format, size(i), place, colorimetry)
        };
        let mut pictures = (0..count).map(of).collect::<Result<Vec<_>>>()?;
        let window = |i: usize| {
            let (w, h) = size(i);
            let edge = i as u32 / 10 % 2;
            // One of them has no pixels.
            Rect::new(edge, edge, if i == 11 { 0 } else { w - 3 }, h - 2)
        };
        let lists: Vec<_> = (0..count).map(|i| list(kind, i)).collect();
        let mut frames = pictures
            .iter_mut()
            .enumerate()
            .map(|(i, picture)| picture.view_mut(window(i)))
            .collect::<Result<Vec<_>>>()?;
        draw_frames_on(stream, &mut frames, &lists.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        drop(frames);
        for (i, (picture, list)) in pictures.iter_mut().zip(&lists).enumerate() {
            let mut host = picture.host_mut()?;
            let mut host = host.crop_mut(window(i))?;
            let mut canvas = Canvas::new(&mut host);
            list.iter().for_each(|shape| canvas.shape(shape));
            picture.check(stream, 0, || format!("frame {i} of {format:?}, kind {kind}"))?;
        }
        cases += count;
    }
    Ok(format!("{cases} frames, the CPU's bytes, nothing beside the windows"))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    // Formats of one kind share their code: in a hurry one of each does.
    let one_of_each = [0, 3, 7, 8, 10, 11, 13, 15, 18, 19];
    let formats = PixelFormat::ALL.into_iter().enumerate();
    for (_, format) in formats.filter(|(i, _)| !quick || one_of_each.contains(i)) {
        let mut cases = 0;
        let mut all = || -> Result<String> {
            let sizes: &[(u32, u32)] = if quick { &[(70, 19)] } else { &[(3, 2), (70, 19), (641, 363)] };
            for &size in sizes {
                let stuff = Stuff::new(size);
                let list = shapes(if quick { 24 } else { 300 }, size, &stuff);
                for opaque in [false, true] {
                    check(&stream, format, size, &list, opaque)?;
                    cases += 4;
                }
                if !quick {
                    for shape in &list {
                        check(&stream, format, size, &[*shape], false)?;
                        cases += 4;
                    }
                }
            }
            Ok(format!("{cases} cases, the CPU's bytes, nothing beside the window"))
        };
        let result = all();
        report.line(&format!("drawing on {format:?}"), result);
    }
    report.line("drawing boxes with labels", labelled(&stream));
    report.line("drawing on several frames", several(&stream, quick));
    Ok(())
}
