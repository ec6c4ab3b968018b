//! Annotating a 1080p frame: boxes with a border of 3 pixels, labels in Serif 11 on black.
//!
//! The competitor is tiny-skia 0.12, which strokes the same boxes on an RGBA pixmap. It has no text
//! and no other format, so compare it with the rows without labels. imageproc is not a dependency
//! of this crate and has no row.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use dsframe::frame::{OwnedFrame, PixelFormat};
use dsframe::ops::draw::{Canvas, Circle, Color, Line, Rectangle, TextStyle, load_fonts};

const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;

/// Box `i`: people of 40x100 to 110x240 pixels, spread over the frame, on odd and even pixels.
fn person(i: usize) -> Rectangle {
    let i = i as u32;
    Rectangle {
        left: (i * 397 % (WIDTH - 120)) as f32,
        top: (30 + i * 211 % (HEIGHT - 280)) as f32,
        width: (40 + i * 13 % 71) as f32,
        height: (100 + i * 29 % 141) as f32,
        border_width: 3,
        border_color: Color::palette(u64::from(i)),
        background: None,
    }
}

fn boxes(canvas: &mut Canvas<'_>, count: usize) {
    (0..count).for_each(|i| canvas.rect(person(i)));
}

fn labels(canvas: &mut Canvas<'_>, texts: &[String], style: &TextStyle) {
    for (i, text) in texts.iter().enumerate() {
        let at = person(i);
        canvas.text(at.left, at.top - 24.0, text, style);
    }
}

fn annotate(c: &mut Criterion) {
    load_fonts();
    let style = TextStyle::default();
    let mut group = c.benchmark_group("annotate_1080p");
    for format in [PixelFormat::Nv12, PixelFormat::Rgba] {
        let mut frame = OwnedFrame::zeroed(format, WIDTH, HEIGHT);
        for count in [10usize, 64] {
            group.throughput(Throughput::Elements(count as u64));
            let texts: Vec<_> = (0..count).map(|i| format!("person {i}")).collect();
            group.bench_function(BenchmarkId::new(format!("boxes_{format:?}"), count), |b| {
                b.iter(|| boxes(&mut Canvas::new(&mut frame.view_mut()), black_box(count)));
            });
            group.bench_function(BenchmarkId::new(format!("boxes_and_labels_{format:?}"), count), |b| {
                b.iter(|| {
                    let mut view = frame.view_mut();
                    let mut canvas = Canvas::new(&mut view);
                    boxes(&mut canvas, black_box(count));
                    labels(&mut canvas, &texts, &style);
                });
            });
        }
    }
    group.finish();
}

fn shapes(c: &mut Criterion) {
    let mut group = c.benchmark_group("shapes_1080p");
    for format in [PixelFormat::Nv12, PixelFormat::Rgba] {
        let mut frame = OwnedFrame::zeroed(format, WIDTH, HEIGHT);
        let color = Color::YELLOW.with_alpha(0.7);
        group.bench_function(format!("diagonal_line_{format:?}"), |b| {
            let line = Line { from: (10.0, 10.0), to: (1900.0, 1000.0), width: 3, color };
            b.iter(|| Canvas::new(&mut frame.view_mut()).line(black_box(line)));
        });
        group.bench_function(format!("ring_400_{format:?}"), |b| {
            let ring = Circle { center: (960.0, 540.0), radius: 400.0, width: 4, color, background: None };
            b.iter(|| Canvas::new(&mut frame.view_mut()).circle(black_box(ring)));
        });
        group.bench_function(format!("half_transparent_fill_{format:?}"), |b| {
            let (w, h) = (WIDTH as f32, HEIGHT as f32);
            b.iter(|| Canvas::new(&mut frame.view_mut()).fill_rect(0.0, 0.0, w, h, black_box(color)));
        });
    }
    group.finish();
}

fn tiny_skia_boxes(c: &mut Criterion) {
    use tiny_skia::{Paint, PathBuilder, Pixmap, Rect, Stroke, Transform};
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT).expect("a valid size");
    let mut group = c.benchmark_group("annotate_1080p");
    for count in [10usize, 64] {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("tiny_skia_0.12_boxes_Rgba", count), |b| {
            b.iter(|| {
                for at in (0..black_box(count)).map(person) {
                    let rect = Rect::from_xywh(at.left, at.top, at.width, at.height).expect("a valid box");
                    let [r, g, b, a] = at.border_color.to_u8();
                    let mut paint = Paint { anti_alias: false, ..Paint::default() };
                    paint.set_color_rgba8(r, g, b, a);
                    let stroke = Stroke { width: at.border_width as f32, ..Stroke::default() };
                    let path = PathBuilder::from_rect(rect);
                    pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, annotate, shapes, tiny_skia_boxes);
criterion_main!(benches);
