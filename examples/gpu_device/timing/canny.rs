use anyhow::Result;
use dsframe::frame::{Color, Colorimetry, OwnedFrame, PixelFormat};
use dsframe::ops::canny::canny_on;
use dsframe::ops::draw::{Canvas, Circle};

use super::Timer;
use crate::parity::picture::noise;

/// Shapes of many sizes on a gradient, with the grain of a camera; or nothing but noise.
fn picture((w, h): (u32, u32), natural: bool) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(PixelFormat::Rgba, w, h);
    let grain = noise(frame.view().plane(0).row(0).len() * h as usize, 5);
    if natural {
        let places = noise(4 * 120, 9);
        let mut view = frame.view_mut();
        let mut canvas = Canvas::new(&mut view);
        for place in places.chunks_exact(4) {
            let [x, y, size, shade] = [place[0], place[1], place[2], place[3]].map(|v| f32::from(v) / 255.0);
            let (x, y, size) = (x * w as f32, y * h as f32, 8.0 + size * size * h as f32 / 4.0);
            let color = Color::rgba(shade, 1.0 - shade, 0.5 * shade, 1.0);
            canvas.fill_rect(x - size / 2.0, y - size / 2.0, size, size * 1.4, color);
            let center = (y * w as f32 / h as f32, x * h as f32 / w as f32);
            let (radius, background) = (size / 2.0, Some(color));
            canvas.circle(Circle { center, radius, width: 3, color: Color::WHITE, background });
        }
    }
    let mut view = frame.view_mut();
    let mut plane = view.plane_mut(0);
    for y in 0..h {
        let row = plane.row_mut(y);
        let at = y as usize * row.len();
        for (i, value) in row.iter_mut().enumerate() {
            let grain = grain[at + i];
            *value = if natural { value.saturating_add(grain % 7 + (y * 40 / h) as u8) } else { grain };
        }
    }
    frame
}

pub(crate) fn run(timer: &mut Timer<'_>) -> Result<()> {
    for size in [(1920, 1080), (3840, 2160)] {
        for (natural, what) in [(true, "shapes with grain"), (false, "noise")] {
            let work = format!("Rgba to Canny(50, 150), {what}");
            if !timer.wants(&work) {
                continue;
            }
            let stream = timer.stream.clone();
            let src = stream.to_device(&picture(size, natural).view())?;
            let mut dst = stream.image(PixelFormat::Gray8, size.0, size.1, Colorimetry::default())?;
            let moved = 5 * size.0 as usize * size.1 as usize;
            timer.row(&work, size, moved, "bytes of the CPU's", |stream| {
                Ok(canny_on(stream, &src.view(), &mut dst.view_mut(), 50.0, 150.0, 3, false)?)
            })?;
        }
    }
    Ok(())
}
