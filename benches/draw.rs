//! What annotating a frame costs: 64 boxes with borders of 3 pixels, and their labels, on 1080p.
//!
//! The competitor is `tiny-skia` 0.12 on the RGBA frame, which it draws on in place as well: a path
//! of the box stroked with 3 pixels, without soft edges, and four filled rectangles. It has neither
//! NV12 nor text. The plain rows are the border's definition: they decide pixel by pixel and blend
//! in `f32`. All rows of a format are held to the same picture before they are timed.

#[path = "common/mod.rs"]
mod common;

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use dsframe::frame::{Colorimetry, FrameViewMut, PixelFormat};
use dsframe::ops::draw::{Canvas, Circle, Color, Line, Rectangle, TextStyle};
use tiny_skia::{Paint, PathBuilder, PixmapMut, Rect, Stroke, Transform};

const SIZE: (usize, usize) = (1920, 1080);
const BORDER: usize = 3;
const BOXES: usize = 64;

/// Left, top, width, height: people of several sizes all over the frame, some overlapping.
fn boxes() -> Vec<[usize; 4]> {
    let place = |i: usize| [11 + i % 16 * 117, 9 + i / 16 * 251 + i % 7, 60 + i % 5 * 23, 140 + i % 9 * 11];
    (0..BOXES).map(place).collect()
}

fn color(i: usize, alpha: f32) -> Color {
    Color::palette(i as u64).with_alpha(alpha)
}

/// A 1080p picture with packed rows.
struct Picture {
    format: PixelFormat,
    data: Vec<u8>,
}

impl Picture {
    fn new(format: PixelFormat) -> Self {
        let bytes = if format == PixelFormat::Nv12 { SIZE.0 * SIZE.1 * 3 / 2 } else { SIZE.0 * SIZE.1 * 4 };
        let byte =
            |i: usize| if format == PixelFormat::Rgba && i % 4 == 3 { 255 } else { (i * 31 / 16) as u8 };
        Self { format, data: (0..bytes).map(byte).collect() }
    }

    fn planes(&mut self) -> (&mut [u8], &mut [u8]) {
        let luma = if self.format == PixelFormat::Nv12 { SIZE.0 * SIZE.1 } else { self.data.len() };
        self.data.split_at_mut(luma)
    }

    fn draw(&mut self, draw: impl FnOnce(&mut Canvas<'_>)) {
        let (format, pitch) =
            (self.format, if self.format == PixelFormat::Nv12 { SIZE.0 } else { SIZE.0 * 4 });
        let (first, chroma) = self.planes();
        let mut planes = vec![(first, pitch)];
        if format == PixelFormat::Nv12 {
            planes.push((chroma, pitch));
        }
        let (width, height) = (SIZE.0 as u32, SIZE.1 as u32);
        let mut view = FrameViewMut::new(format, width, height, planes, Colorimetry::default()).unwrap();
        draw(&mut Canvas::new(&mut view));
    }
}

fn draw_boxes(canvas: &mut Canvas<'_>, boxes: &[[usize; 4]], alpha: f32) {
    for (i, &place) in boxes.iter().enumerate() {
        let [left, top, width, height] = place.map(|v| v as f32);
        let (border_width, border_color) = (BORDER as u32, color(i, alpha));
        canvas.rect(Rectangle { left, top, width, height, border_width, border_color, background: None });
    }
}

fn draw_labels(canvas: &mut Canvas<'_>, boxes: &[[usize; 4]], labels: &[String], style: &TextStyle) {
    for (place, label) in boxes.iter().zip(labels) {
        canvas.text(place[0] as f32, place[1] as f32 - 22.0, label, style);
    }
}

/// Calls `each` for every pixel of the border.
fn plain_border([left, top, width, height]: [usize; 4], mut each: impl FnMut(usize, usize)) {
    let (outside, inside) = (BORDER / 2, BORDER - BORDER / 2);
    for y in top - outside..(top + height + outside).min(SIZE.1) {
        for x in left - outside..(left + width + outside).min(SIZE.0) {
            let hollow = x >= left + inside && x < left + width - inside;
            if !(hollow && y >= top + inside && y < top + height - inside) {
                each(x, y);
            }
        }
    }
}

fn blend(byte: &mut u8, value: f32, alpha: f32) {
    *byte = (f32::from(*byte) * (1.0 - alpha) + value * alpha).round() as u8;
}

fn plain_rgba(picture: &mut Picture, boxes: &[[usize; 4]], alpha: f32) {
    for (i, &place) in boxes.iter().enumerate() {
        let color = color(i, alpha);
        plain_border(place, |x, y| {
            let pixel = &mut picture.data[(y * SIZE.0 + x) * 4..][..4];
            for (byte, value) in pixel.iter_mut().zip([color.r, color.g, color.b, 1.0]) {
                blend(byte, value * 255.0, alpha);
            }
        });
    }
}

fn plain_nv12(picture: &mut Picture, boxes: &[[usize; 4]], alpha: f32) {
    let (luma, chroma) = picture.planes();
    for (i, &place) in boxes.iter().enumerate() {
        let Color { r, g, b, .. } = color(i, alpha);
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        let (u, v) = (128.0 + 224.0 * (b - y) / 1.772, 128.0 + 224.0 * (r - y) / 1.402);
        plain_border(place, |px, py| {
            blend(&mut luma[py * SIZE.0 + px], 16.0 + 219.0 * y, alpha);
            // A quarter for each pixel of the block: the mean, but for what the order rounds away.
            let sample = &mut chroma[py / 2 * SIZE.0 + px / 2 * 2..][..2];
            blend(&mut sample[0], u, alpha / 4.0);
            blend(&mut sample[1], v, alpha / 4.0);
        });
    }
}

fn skia_paint(i: usize, alpha: f32) -> Paint<'static> {
    let mut paint = Paint { anti_alias: false, ..Paint::default() };
    let [r, g, b, a] = color(i, alpha).to_u8();
    paint.set_color_rgba8(r, g, b, a);
    paint
}

fn skia_strokes(picture: &mut Picture, boxes: &[[usize; 4]], alpha: f32) {
    let mut pixmap = PixmapMut::from_bytes(&mut picture.data, SIZE.0 as u32, SIZE.1 as u32).unwrap();
    let stroke = Stroke { width: BORDER as f32, ..Stroke::default() };
    for (i, &place) in boxes.iter().enumerate() {
        let [left, top, width, height] = place.map(|v| v as f32);
        // The stroke's middle lies half a pixel further in, as three pixels cannot be halved.
        let rect = Rect::from_xywh(left + 0.5, top + 0.5, width - 1.0, height - 1.0).unwrap();
        let path = PathBuilder::from_rect(rect);
        pixmap.stroke_path(&path, &skia_paint(i, alpha), &stroke, Transform::identity(), None);
    }
}

fn skia_fills(picture: &mut Picture, boxes: &[[usize; 4]], alpha: f32) {
    let mut pixmap = PixmapMut::from_bytes(&mut picture.data, SIZE.0 as u32, SIZE.1 as u32).unwrap();
    let border = BORDER as f32;
    for (i, &place) in boxes.iter().enumerate() {
        let [left, top, width, height] = place.map(|v| v as f32);
        let (left, top, width, height) = (left - 1.0, top - 1.0, width + 2.0, height + 2.0);
        let inner = height - 2.0 * border;
        for (x, y, w, h) in [
            (left, top, width, border),
            (left, top + height - border, width, border),
            (left, top + border, border, inner),
            (left + width - border, top + border, border, inner),
        ] {
            let rect = Rect::from_xywh(x, y, w, h).unwrap();
            pixmap.fill_rect(rect, &skia_paint(i, alpha), Transform::identity(), None);
        }
    }
}

type Row = (&'static str, PixelFormat, fn(&mut Picture, &[[usize; 4]], f32));

fn borders(c: &mut Criterion) {
    let rows: [Row; 6] = [
        ("RGBA, dsframe", PixelFormat::Rgba, |picture, boxes, alpha| {
            picture.draw(|canvas| draw_boxes(canvas, boxes, alpha));
        }),
        ("RGBA, plain", PixelFormat::Rgba, plain_rgba),
        ("RGBA, tiny-skia 0.12, stroked path", PixelFormat::Rgba, skia_strokes),
        ("RGBA, tiny-skia 0.12, four filled rectangles", PixelFormat::Rgba, skia_fills),
        ("NV12, dsframe", PixelFormat::Nv12, |picture, boxes, alpha| {
            picture.draw(|canvas| draw_boxes(canvas, boxes, alpha));
        }),
        ("NV12, plain", PixelFormat::Nv12, plain_nv12),
    ];
    for (name, alpha) in [("opaque", 1.0), ("half opaque", 0.5)] {
        let mut group = group(c, &format!("64 {name} boxes, border 3, 1080p"));
        let boxes = boxes();
        check(&rows, &boxes, alpha);
        for (row, format, draw) in rows {
            let mut picture = Picture::new(format);
            group.bench_function(row, |b| b.iter(|| draw(black_box(&mut picture), &boxes, alpha)));
        }
        group.finish();
    }
}

/// All rows of a format draw the same picture, but for rounding.
fn check(rows: &[Row], boxes: &[[usize; 4]], alpha: f32) {
    for (name, format, draw) in rows {
        let (mut expected, mut got) = (Picture::new(*format), Picture::new(*format));
        expected.draw(|canvas| draw_boxes(canvas, boxes, alpha));
        draw(&mut got, boxes, alpha);
        // The plain chroma takes four steps to one sample, which is not the mean.
        let bytes = if *format == PixelFormat::Nv12 { SIZE.0 * SIZE.1 } else { got.data.len() };
        let worst = expected.data[..bytes].iter().zip(&got.data).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(6), "{name} is {worst:?} off");
    }
}

fn labels(c: &mut Criterion) {
    let (boxes, labels): (_, Vec<_>) = (boxes(), (0..BOXES).map(|i| format!("person {i} 0.87")).collect());
    for (name, background) in [("black", Some(Color::BLACK)), ("no", None)] {
        let style = TextStyle { background, ..TextStyle::default() };
        let mut group = group(c, &format!("64 labels of 14 letters, {name} background, 1080p"));
        for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
            let mut picture = Picture::new(format);
            group.bench_function(format!("{format:?}, dsframe"), |b| {
                b.iter(|| picture.draw(|canvas| draw_labels(canvas, &boxes, &labels, &style)));
            });
        }
        group.finish();
    }
    let style = TextStyle::default();
    let mut group = group(c, "64 boxes with labels, 1080p");
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        let mut picture = Picture::new(format);
        group.bench_function(format!("{format:?}, dsframe"), |b| {
            b.iter(|| {
                picture.draw(|canvas| {
                    draw_boxes(canvas, &boxes, 1.0);
                    draw_labels(canvas, &boxes, &labels, &style);
                });
            });
        });
    }
    group.finish();
}

fn shapes(c: &mut Criterion) {
    let mut group = c.benchmark_group("shapes, 1080p");
    for format in [PixelFormat::Nv12, PixelFormat::Rgba] {
        let mut picture = Picture::new(format);
        let color = Color::YELLOW.with_alpha(0.7);
        group.bench_function(format!("{format:?}, slanted line of 2133 pixels, width 3"), |b| {
            let line = Line { from: (10.0, 10.0), to: (1900.0, 1000.0), width: 3, color };
            b.iter(|| picture.draw(|canvas| canvas.line(black_box(line))));
        });
        group.bench_function(format!("{format:?}, ring of radius 400, width 4"), |b| {
            let ring = Circle { center: (960.0, 540.0), radius: 400.0, width: 4, color, background: None };
            b.iter(|| picture.draw(|canvas| canvas.circle(black_box(ring))));
        });
        group.bench_function(format!("{format:?}, fill of all pixels, opacity 0.7"), |b| {
            let (w, h) = (SIZE.0 as f32, SIZE.1 as f32);
            b.iter(|| picture.draw(|canvas| canvas.fill_rect(0.0, 0.0, w, h, black_box(color))));
        });
    }
    group.finish();
}

/// 64 boxes with their labels beside OpenCV's `rectangle` and `putText`, whose letters are strokes of one pixel: hard as
/// they come, and soft with `LINE_AA`.
fn against_opencv(c: &mut Criterion) {
    let (boxes, labels): (_, Vec<_>) = (boxes(), (0..BOXES).map(|i| format!("person {i} 0.87")).collect());
    for (name, background) in [("", None), (" on black", Some(Color::BLACK))] {
        let style = TextStyle { background, ..TextStyle::default() };
        let mut group = group(c, &format!("64 boxes border 3 and label{name} RGBA/1080p"));
        let mut picture = Picture::new(PixelFormat::Rgba);
        common::ours(&mut group, || {
            picture.draw(|canvas| {
                draw_boxes(canvas, &boxes, 1.0);
                draw_labels(canvas, &boxes, &labels, &style);
            });
        });
        #[cfg(feature = "opencv")]
        {
            let mut mat = common::mat(&picture.data, (SIZE.0 as u32, SIZE.1 as u32), 4);
            common::opencv(&mut group, || cv::annotate(&mut mat, &boxes, &labels, &style, cv::HARD));
            if common::held().is_none() {
                opencv::core::set_num_threads(1).unwrap();
                group.bench_function("OpenCV with LINE_AA", |b| {
                    b.iter(|| cv::annotate(&mut mat, &boxes, &labels, &style, cv::SOFT));
                });
            }
        }
        group.finish();
    }
}

#[cfg(feature = "opencv")]
mod cv {
    use super::*;
    use opencv::core::{Mat, Point, Rect, Scalar};
    use opencv::imgproc::{self, FONT_HERSHEY_SIMPLEX};

    pub(super) const HARD: i32 = imgproc::LINE_8;
    pub(super) const SOFT: i32 = imgproc::LINE_AA;

    fn scalar(color: Color) -> Scalar {
        let [r, g, b, a] = color.to_u8().map(f64::from);
        Scalar::new(r, g, b, a)
    }

    pub(super) fn annotate(
        mat: &mut Mat,
        boxes: &[[usize; 4]],
        labels: &[String],
        style: &TextStyle,
        line: i32,
    ) {
        for (i, (place, label)) in boxes.iter().zip(labels).enumerate() {
            let [left, top, width, height] = place.map(|v| v as i32);
            let rect = Rect::new(left, top, width, height);
            imgproc::rectangle(mat, rect, scalar(color(i, 1.0)), BORDER as i32, HARD, 0).unwrap();
            if let Some(background) = style.background {
                let mut base = 0;
                let size = imgproc::get_text_size(label, FONT_HERSHEY_SIMPLEX, 0.5, 1, &mut base).unwrap();
                let behind = Rect::new(left, top - 22, size.width + 10, size.height + base + 4);
                imgproc::rectangle(mat, behind, scalar(background), imgproc::FILLED, HARD, 0).unwrap();
            }
            let (at, white) = (Point::new(left + 5, top - 8), scalar(style.color));
            imgproc::put_text(mat, label, at, FONT_HERSHEY_SIMPLEX, 0.5, white, 1, line, false).unwrap();
        }
    }
}

fn group<'c>(c: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(BOXES as u64));
    group
}

criterion_group!(benches, borders, labels, against_opencv, shapes);
criterion_main!(benches);
