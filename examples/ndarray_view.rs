//! Frames of an ordinary GStreamer pipeline as `ndarray` arrays: means, slices and in-place edits, without a copy.
//!
//!     cargo run --release --example ndarray_view -- vtest.avi --out array.png
//!
//! Prints the mean colour of the last frame, paints its middle row red, inverts a window and mirrors another.

#[path = "views/mod.rs"]
mod views;

use anyhow::Result;
use clap::Parser;
use dsframe::prelude::*;
use dsframe::probe;
use ndarray::{Axis, s};
use views::{Args, Kept};

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
        if in_probe.count() + 1 == limit {
            tell(&map.view());
        }
        edit(&mut map.view_mut());
        in_probe.keep(&map.view());
        Ok(Verdict::Ok)
    })?;
    views::play(&pipeline, || kept.count() >= args.frames)?;
    kept.save(&args.out)
}

/// The mean of each channel, as `frame.mean(axis=(0, 1))` in NumPy.
fn tell(view: &FrameView<'_>) {
    let array = view.plane(0).as_array();
    let pixels = (array.shape()[0] * array.shape()[1]) as f64;
    let sums: Vec<_> =
        array.axis_iter(Axis(2)).map(|channel| channel.iter().map(|&v| f64::from(v)).sum::<f64>()).collect();
    println!(
        "shape {:?}, strides {:?}, mean of R, G, B: {:.1}, {:.1}, {:.1}",
        array.shape(),
        array.strides(),
        sums[0] / pixels,
        sums[1] / pixels,
        sums[2] / pixels
    );
}

fn edit(frame: &mut FrameViewMut<'_>) {
    let mut plane = frame.plane_mut(0);
    let mut array = plane.as_array_mut();
    let (h, w) = (array.shape()[0], array.shape()[1]);
    // frame[h // 2] = (255, 0, 0, 255)
    array.slice_mut(s![h / 2, .., ..]).assign(&ndarray::arr1(&[255, 0, 0, 255]));
    // frame[: h // 3, : w // 3, :3] = 255 - frame[: h // 3, : w // 3, :3]
    array.slice_mut(s![..h / 3, ..w / 3, ..3]).mapv_inplace(|v| 255 - v);
    // window = frame[h - h // 3 :, w - w // 3 :]; window[:] = window[:, ::-1].copy()
    let mut window = array.slice_mut(s![h - h / 3.., w - w / 3.., ..]);
    let mirrored = window.slice(s![.., ..;-1, ..]).to_owned();
    window.assign(&mirrored);
}
