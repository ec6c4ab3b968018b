use anyhow::Result;
use dsframe::cuda::Stream;
use dsframe::frame::{Color, Colorimetry, PixelFormat};
use dsframe::ops::draw::{Canvas, Rectangle, Shape, TextStyle, draw_frames_on, draw_on};

use super::Timer;

const BOX: (u32, u32) = (100, 200);
const BORDER: u32 = 3;
/// The lists that [`shapes`] gives.
const WHAT: [&str; 2] = ["boxes", "boxes with labels"];

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

/// [`boxes`], and the same with a label above each.
fn shapes<'a>(size: (u32, u32), style: &'a TextStyle, labels: &'a [String]) -> [Vec<Shape<'a>>; 2] {
    let (_, height) = Canvas::text_size(&labels[0], style);
    let labelled = boxes(size).into_iter().zip(labels).flat_map(|(rect, text)| {
        let at = (rect.left, rect.top - height as f32 - 1.0);
        [Shape::from(rect), Shape::Text { at, text, style }]
    });
    [boxes(size).into_iter().map(Shape::from).collect(), labelled.collect()]
}

/// Bytes that a border and a label move: opaque borders are written, labels read and written.
fn moved(format: PixelFormat, label: (u32, u32)) -> [usize; 2] {
    let border = super::bytes(format, (2 * (BOX.0 + BOX.1) * BORDER, 1));
    [border, border + 2 * super::bytes(format, label)]
}

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    let style = TextStyle { font: TextStyle::EMBEDDED_SANS.into(), ..TextStyle::default() };
    let labels: Vec<String> = (0..64).map(|i| format!("person {}", i + 10)).collect();
    let label = Canvas::text_size(&labels[0], &style);
    for size in [(1920, 1080), (3840, 2160)] {
        let lists = shapes(size, &style, &labels);
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            for ((shapes, what), moved) in lists.iter().zip(WHAT).zip(moved(format, label)) {
                let mut frame = timer.stream.image(format, size.0, size.1, Colorimetry::default())?;
                let work = format!("draw 64 {what}, {format:?}");
                timer.row(&work, size, 64 * moved, "bytes of the CPU's", |stream| {
                    Ok(draw_on(stream, &mut frame.view_mut(), shapes)?)
                })?;
            }
        }
    }
    several(timer, &style, &labels)
}

/// 16 boxes of each of four frames, in one call and in four.
fn several(timer: &mut Timer<'_>, style: &TextStyle, labels: &[String]) -> Result<()> {
    let (size, label) = ((1920, 1080), Canvas::text_size(&labels[0], style));
    let all = shapes(size, style, labels);
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        for ((shapes, what), moved) in all.iter().zip(WHAT).zip(moved(format, label)) {
            let each = shapes.len() / labels.len();
            let image =
                |timer: &Timer<'_>| timer.stream.image(format, size.0, size.1, Colorimetry::default());
            let mut images = (0..4).map(|_| image(timer)).collect::<dsframe::Result<Vec<_>>>()?;
            let mut frames: Vec<_> = images.iter_mut().map(|image| image.view_mut()).collect();
            // Every fourth box, so that each frame's are all over it.
            let of = |i: usize| shapes.chunks(each).skip(i).step_by(4).flatten().copied().collect();
            let lists: Vec<Vec<Shape<'_>>> = (0..4).map(of).collect();
            let lists: Vec<_> = lists.iter().map(Vec::as_slice).collect();
            let mut row = |calls, call: &mut dyn FnMut(&Stream) -> Result<()>| {
                let work = format!("draw 16 {what} of each of 4 frames, {format:?}{calls}");
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
