mod arithmetic;
mod formats;
mod fuzz;
mod geometry;
mod letters;
mod windows;

use super::*;
use crate::frame::{Colorimetry, FrameViewMut, PixelFormat, Rect};

const FORMATS: [PixelFormat; 21] = PixelFormat::ALL;

/// A picture with `extra` bytes after each row, whose value is [`PADDING`].
#[derive(Clone, PartialEq)]
struct Picture {
    format: PixelFormat,
    width: u32,
    height: u32,
    planes: Vec<(Vec<u8>, usize)>,
}

const PADDING: u8 = 0xA5;

/// The pixels that share the chroma sample of (`x`, `y`).
fn block(format: PixelFormat, x: u32, y: u32) -> impl Iterator<Item = (u32, u32)> {
    let (sx, sy) = format.chroma_shift().unwrap_or((0, 0));
    let (left, top) = (x >> sx << sx, y >> sy << sy);
    (top..=top + sy).flat_map(move |y| (left..=left + sx).map(move |x| (x, y)))
}

impl Picture {
    fn new(format: PixelFormat, width: u32, height: u32, extra: usize, fill: impl Fn(usize) -> u8) -> Self {
        let planes = (0..format.planes()).map(|i| {
            let (w, h) = format.plane_size(i, width, height);
            let used = w as usize * format.bytes_per_pixel(i);
            let pitch = used + extra;
            let byte = |k: usize| if k % pitch < used { fill(k + i * 7) } else { PADDING };
            ((0..pitch * h as usize).map(byte).collect(), pitch)
        });
        Self { format, width, height, planes: planes.collect() }
    }

    /// Bytes that differ from pixel to pixel, alpha among them.
    fn busy(format: PixelFormat, width: u32, height: u32, extra: usize) -> Self {
        Self::new(format, width, height, extra, |k| (k * 31 + k / 97 * 5) as u8)
    }

    fn black(format: PixelFormat, width: u32, height: u32) -> Self {
        Self::new(format, width, height, 0, |_| 0)
    }

    fn draw(&mut self, window: Option<Rect>, draw: impl FnOnce(&mut Canvas<'_>)) {
        let planes = self.planes.iter_mut().map(|(data, pitch)| (data.as_mut_slice(), *pitch)).collect();
        let frame = FrameViewMut::new(self.format, self.width, self.height, planes, Colorimetry::default());
        let mut frame = frame.unwrap();
        match window {
            Some(window) => draw(&mut Canvas::new(&mut frame.into_crop(window).unwrap())),
            None => draw(&mut Canvas::new(&mut frame)),
        }
    }

    /// The bytes of the sample of `plane` that pixel (`x`, `y`) uses.
    fn sample(&self, plane: usize, x: u32, y: u32) -> &[u8] {
        let (sx, sy) = self.format.chroma_shift().filter(|_| plane > 0).unwrap_or((0, 0));
        let (x, y) = (x >> sx, y >> sy);
        let (data, pitch) = &self.planes[plane];
        let bytes = self.format.bytes_per_pixel(plane);
        &data[y as usize * pitch + x as usize * bytes..][..bytes]
    }

    fn padding_is_intact(&self) -> bool {
        self.planes.iter().enumerate().all(|(i, (data, pitch))| {
            let used = self.format.plane_size(i, self.width, self.height).0 as usize
                * self.format.bytes_per_pixel(i);
            data.chunks(*pitch).all(|row| row[used..].iter().all(|&v| v == PADDING))
        })
    }

    /// Plane 0 of a one-byte format as text: one character a pixel, for small pictures.
    fn art(&self) -> Vec<String> {
        let (data, pitch) = &self.planes[0];
        let mark = |v: &u8| match v {
            0 => '.',
            235 => '#',
            _ => '+',
        };
        data.chunks(*pitch).map(|row| row.iter().map(mark).collect()).collect()
    }
}

/// One of every kind, moved by (`dx`, `dy`).
fn scene(canvas: &mut Canvas<'_>, dx: f32, dy: f32) {
    let at = |x: f32, y: f32| (x + dx, y + dy);
    let half = Color::rgba(0.2, 0.7, 1.0, 0.5);
    canvas.fill_rect(3.7 + dx, 5.2 + dy, 21.0, 9.9, Color::ORANGE.with_alpha(0.4));
    canvas.rect(Rectangle {
        left: 11.0 + dx,
        top: 2.5 + dy,
        width: 25.0,
        height: 33.0,
        border_width: 3,
        border_color: Color::GREEN,
        background: Some(half),
    });
    canvas.line(Line { from: at(1.0, 39.0), to: at(44.0, 7.5), width: 2, color: Color::RED.with_alpha(0.8) });
    canvas.line(Line { from: at(5.0, 20.0), to: at(40.0, 20.0), width: 3, color: Color::WHITE });
    canvas.arrow(Arrow {
        from: at(40.0, 38.0),
        to: at(4.25, 11.75),
        width: 2,
        color: Color::YELLOW,
        heads: ArrowHeads::Both,
    });
    canvas.circle(Circle {
        center: at(24.0, 20.0),
        radius: 12.5,
        width: 4,
        color: half,
        background: Some(Color::MAGENTA.with_alpha(0.3)),
    });
    let points = [at(2.0, 2.0), at(30.5, 9.0), at(13.0, 37.0), at(43.0, 33.0)];
    canvas.polyline(Polyline { points: &points, closed: true, width: 3, color: half });
    let style = TextStyle { font: TextStyle::EMBEDDED_SANS.into(), size: 10, ..TextStyle::default() };
    canvas.text(-6.0 + dx, 15.0 + dy, "Übung 7\ngj", &style);
}
