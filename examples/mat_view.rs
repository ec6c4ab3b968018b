//! Frames of an ordinary GStreamer pipeline as OpenCV `Mat`s: filters and drawing in place, without a copy.
//!
//!     cargo run --release --example mat_view -- vtest.avi --out mat.png
//!
//! Blurs the left third in place, draws Canny's edges into the right third, and a box and a text into the middle.

#[path = "views/mod.rs"]
mod views;

use anyhow::Result;
use clap::Parser;
use dsframe::prelude::*;
use dsframe::probe;
use opencv::core::{Mat, Point, Scalar, Size};
use opencv::imgproc;
use views::{Args, Kept, callback};

fn main() -> Result<()> {
    let args = Args::parse();
    dsframe::init()?;
    let pipeline = views::pipeline(&format!(
        "{} ! videoconvert ! video/x-raw,format=RGBA ! identity name=edit ! fakesink sync=false",
        views::source(&args)?
    ))?;

    let kept = Kept::default();
    let (in_probe, limit) = (kept.clone(), args.frames);
    probe::on_frame(&views::pad(&pipeline, "edit", "src")?, move |frame| {
        if in_probe.count() >= limit {
            return Ok(Verdict::Remove);
        }
        let mut map = frame.map_write()?;
        edit(&mut map.view_mut())?;
        in_probe.keep(&map.view());
        Ok(Verdict::Ok)
    })?;
    views::play(&pipeline, || kept.count() >= args.frames)?;
    kept.save(&args.out)
}

fn edit(frame: &mut FrameViewMut<'_>) -> dsframe::Result<()> {
    let (w, h) = (frame.width(), frame.height());
    let third = w / 3;

    // cv2.GaussianBlur(frame[:, :third], (21, 21), 0, dst=frame[:, :third])
    let mut left = frame.crop_mut(Rect::new(0, 0, third, h))?;
    left.plane_mut(0)
        .as_mat_mut()?
        .apply_in_place(|src, dst| imgproc::gaussian_blur_def(src, dst, Size::new(21, 21), 0.0))?;

    // edges = cv2.Canny(cv2.cvtColor(frame[:, -third:], cv2.COLOR_RGBA2GRAY), 60, 180)
    let mut right = frame.crop_mut(Rect::new(w - third, 0, third, h))?;
    let (mut gray, mut edges) = (Mat::default(), Mat::default());
    {
        let view = right.as_view();
        let mat = view.plane(0).as_mat()?;
        imgproc::cvt_color_def(&mat, &mut gray, imgproc::COLOR_RGBA2GRAY).map_err(callback)?;
    }
    imgproc::canny_def(&gray, &mut edges, 60.0, 180.0).map_err(callback)?;
    // frame[:, -third:] = cv2.cvtColor(edges, cv2.COLOR_GRAY2RGBA)
    right
        .plane_mut(0)
        .as_mat_mut()?
        .apply(|dst| imgproc::cvt_color_def(&edges, dst, imgproc::COLOR_GRAY2RGBA))?;

    // cv2.rectangle(frame, …); cv2.putText(frame, …). Colours are in the frame's order, R first.
    let mut plane = frame.plane_mut(0);
    let mut mat = plane.as_mat_mut()?;
    let (x, y) = (third as i32 + 8, h as i32 / 3);
    let box_ = opencv::core::Rect::new(x, y, third as i32 - 16, h as i32 / 3);
    imgproc::rectangle(&mut mat, box_, Scalar::new(255.0, 200.0, 0.0, 255.0), 3, imgproc::LINE_AA, 0)
        .map_err(callback)?;
    imgproc::put_text(
        &mut mat,
        "MatViewMut",
        Point::new(x + 10, y + 34),
        imgproc::FONT_HERSHEY_SIMPLEX,
        0.9,
        Scalar::new(255.0, 255.0, 255.0, 255.0),
        2,
        imgproc::LINE_AA,
        false,
    )
    .map_err(callback)
}
