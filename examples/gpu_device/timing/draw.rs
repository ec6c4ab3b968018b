use anyhow::Result;
use dsframe::cuda::Stream;
use dsframe::frame::{Color, Colorimetry, PixelFormat};
use dsframe::ops::draw::{Rectangle, Shape, TextStyle, draw_frames_on, draw_on};

use super::Timer;

const BOX: (u32, u32) = (100, 200);
const BORDER: u32 = 3;

/// 64 boxes, side by side over the whole picture.
fn boxes((w, h): (u32, u32)) -> Vec<Rectangle> {
    let place = |i: u32| (3 + i % 16 * (w / 16), 21 + i / 16 * (h / 4));
    let rect = |(left, top): (u32, u32)| Rectangle {
        left: left as f32,
        top: top as f32,
        width: BOX.0 as f32,
        height: BOX.1 as f32,
        border_width: BORDER,
        border_color: Color::GREEN,
        background: None,
    };
    (0..64).map(place).map(rect).collect()
}

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    let style = TextStyle { font: TextStyle::EMBEDDED_SANS.into(), ..TextStyle::default() };
    let labels: Vec<String> = (0..64).map(|i| format!("person {}", i + 10)).collect();
    let (label_width, label_height) = dsframe::ops::draw::Canvas::text_size(&labels[0], &style);
    for size in [(1920, 1080), (3840, 2160)] {
        let plain: Vec<Shape<'_>> = boxes(size).into_iter().map(Shape::from).collect();
        let label = |(rect, text)| {
            let Rectangle { left, top, .. } = rect;
            [
                Shape::from(rect),
                Shape::Text { at: (left, top - label_height as f32 - 1.0), text, style: &style },
            ]
        };
        let labelled: Vec<Shape<'_>> =
            boxes(size).into_iter().zip(&labels).flat_map(|(b, t)| label((b, t.as_str()))).collect();
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            // Opaque borders are written, labels read and written.
            let border = super::bytes(format, (2 * (BOX.0 + BOX.1) * BORDER, 1));
            let letters = 2 * super::bytes(format, (label_width, label_height));
            for (shapes, what, moved) in
                [(&plain, "64 boxes", border), (&labelled, "64 boxes with labels", border + letters)]
            {
                let mut frame = timer.stream.image(format, size.0, size.1, Colorimetry::default())?;
                timer.row(
                    &format!("draw {what}, {format:?}"),
                    size,
                    64 * moved,
                    "bytes of the CPU's",
                    |stream| Ok(draw_on(stream, &mut frame.view_mut(), shapes)?),
                )?;
            }
        }
    }
    several(timer, &style, &labels)
}

/// 16 boxes of each of four frames, in one call and in four.
fn several(timer: &mut Timer<'_>, style: &TextStyle, labels: &[String]) -> Result<()> {
    let size = (1920, 1080);
    let (label_width, label_height) = dsframe::ops::draw::Canvas::text_size(&labels[0], style);
    let label = |(rect, text)| {
        let Rectangle { left, top, .. } = rect;
        [Shape::from(rect), Shape::Text { at: (left, top - label_height as f32 - 1.0), text, style }]
    };
    let plain: Vec<Shape<'_>> = boxes(size).into_iter().map(Shape::from).collect();
    let labelled: Vec<Shape<'_>> =
        boxes(size).into_iter().zip(labels).flat_map(|(b, t)| label((b, t.as_str()))).collect();
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        let border = super::bytes(format, (2 * (BOX.0 + BOX.1) * BORDER, 1));
        let letters = 2 * super::bytes(format, (label_width, label_height));
        for (shapes, each, what, moved) in
            [(&plain, 1, "16 boxes", border), (&labelled, 2, "16 boxes with labels", border + letters)]
        {
            let image =
                |timer: &Timer<'_>| timer.stream.image(format, size.0, size.1, Colorimetry::default());
            let mut images = (0..4).map(|_| image(timer)).collect::<dsframe::Result<Vec<_>>>()?;
            let mut frames: Vec<_> = images.iter_mut().map(|image| image.view_mut()).collect();
            // Every fourth box, so that each frame's are all over it.
            let of = |i: usize| shapes.chunks(each).skip(i).step_by(4).flatten().copied().collect();
            let lists: Vec<Vec<Shape<'_>>> = (0..4).map(of).collect();
            let lists: Vec<_> = lists.iter().map(Vec::as_slice).collect();
            let mut row = |calls, call: &mut dyn FnMut(&Stream) -> Result<()>| {
                let work = format!("draw {what} of each of 4 frames, {format:?}{calls}");
                timer.row(&work, size, 64 * moved, "bytes of the CPU's", call)
            };
            row("", &mut |stream| Ok(draw_frames_on(stream, &mut frames, &lists)?))?;
            row(", a call for each", &mut |stream| {
                let mut all = frames.iter_mut().zip(&lists);
                Ok(all.try_for_each(|(frame, list)| draw_on(stream, frame, list))?)
            })?;
        }
    }
    Ok(())
}
