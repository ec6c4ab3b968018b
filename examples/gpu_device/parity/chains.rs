//! Calls that follow one another on a stream, each on what the one before wrote: kernels that start while others end must
//! see all of it.

use anyhow::Result;
use dsframe::cuda::{Device, Stream};
use dsframe::frame::{Color, Colorimetry, PixelFormat, Rect};
use dsframe::ops::box_blur::{box_blur_mut, box_blur_mut_on};
use dsframe::ops::canny::{canny, canny_on};
use dsframe::ops::color::{convert_on, frame_from};
use dsframe::ops::draw::{Canvas, Rectangle, Shape, draw_on};
use dsframe::ops::gaussian_blur::GaussianBlur;
use dsframe::ops::redact::{Blocks, Blur, Redaction, Region, redact, redact_on};
use dsframe::roi::BBox;

use super::{Picture, Place};
use crate::Report;

/// Boxes that move with `step`: one in each half of the picture, and two that overlap.
fn boxes((w, h): (u32, u32), step: u32) -> [Rect; 4] {
    let (x, y) = (step * 29 % (w / 4), step * 17 % (h - h / 3));
    let at = |left: u32, n: u32| Rect::new(left, y / (1 + n), w / 4 - n, h / 4 + n);
    [at(x, 0), at(w / 2 + x, 1), at(w / 2 - x, 2), at(w / 2 - x + 5, 0)]
}

fn bbox(rect: Rect) -> BBox {
    BBox { left: rect.x as f32, top: rect.y as f32, width: rect.width as f32, height: rect.height as f32 }
}

fn filled(rect: Rect, shade: Color) -> Rectangle {
    let BBox { left, top, width, height } = bbox(rect);
    Rectangle { left, top, width, height, background: Some(shade), ..Rectangle::default() }
}

pub(super) fn chain(stream: &Stream, size: (u32, u32), steps: u32) -> Result<String> {
    let (place, all) = (Place { start: 16, extra: 16 }, Rect::new(0, 0, size.0, size.1));
    let picture = |format| Picture::noise(stream, format, size, place, Colorimetry::default());
    let (mut a, mut b) = (picture(PixelFormat::Rgba)?, picture(PixelFormat::Bgra)?);
    let mut edges = picture(PixelFormat::Gray8)?;
    let blur = GaussianBlur::new((9, 5), 1.7, 1.1)?;
    for step in 0..steps {
        let [first, second, third, fourth] = boxes(size, step);
        let regions: Vec<Region<'_>> = [third, fourth].map(|rect| bbox(rect).into()).into();
        let how = match step % 3 {
            0 => Redaction::Blur(Blur::Across(5)),
            1 => Redaction::Pixelate(Blocks::Pixels(7)),
            _ => Redaction::Blur(Blur::Kernel { ksize: 11, sigma: 2.0 }),
        };
        let shade = Color::rgb(step as f32 * 0.37 % 1.0, 0.5, 0.2);
        let frame = Shape::from(filled(first, shade));
        draw_on(stream, &mut a.view_mut(all)?, &[frame])?;
        blur.apply_boxes_on(stream, &mut a.view_mut(all)?, 0, &[first, second])?;
        redact_on(stream, &mut a.view_mut(all)?, &regions, how)?;
        convert_on(stream, &a.view(all)?, &mut b.view_mut(all)?)?;
        box_blur_mut_on(stream, &mut b.view_mut(second)?, (3, 3))?;
        canny_on(stream, &b.view(all)?, &mut edges.view_mut(all)?, 20.0, 60.0, 3, false)?;
        convert_on(stream, &b.view(all)?, &mut a.view_mut(all)?)?;

        let mut host = a.host_mut()?;
        Canvas::new(&mut host).shape(&frame);
        for rect in [first, second] {
            blur.apply_mut(host.plane_mut(0).into_crop(rect)?)?;
        }
        redact(&mut host, &regions, how)?;
        frame_from(&a.host()?, &mut b.host_mut()?)?;
        box_blur_mut(b.host_mut()?.plane_mut(0).into_crop(second)?, (3, 3))?;
        let mut map = edges.host_mut()?;
        canny(&b.host()?, map.plane_mut(0), 20.0, 60.0, 3, false)?;
        frame_from(&b.host()?, &mut a.host_mut()?)?;
    }
    a.check(stream, 0, || format!("{steps} steps on {size:?}"))?;
    b.check(stream, 0, || format!("the copy after {steps} steps on {size:?}"))?;
    edges.check(stream, 0, || format!("edges after {steps} steps on {size:?}"))?;
    Ok(format!("{steps} steps of seven calls, the CPU's bytes"))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let (size, steps) = if quick { ((133, 90), 4) } else { ((1280, 720), 120) };
    report.line("chains of calls in place", chain(&stream, size, steps));
    report.line("chains of calls on a small picture", chain(&stream, (96, 64), 4 * steps));
    Ok(())
}
