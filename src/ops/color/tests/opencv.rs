//! Against OpenCV, where it has the conversion.

use ::opencv::core::{Mat, Vec2b, Vec3b, Vec4b};
use ::opencv::imgproc::{self, cvt_color};
use ::opencv::prelude::*;

use super::*;

const SIZE: (u32, u32) = (338, 222);

/// The bytes of `cvtColor(src, code)`.
fn theirs(src: &impl ::opencv::core::ToInputArray, code: i32) -> Vec<u8> {
    let mut dst = Mat::default();
    cvt_color(src, &mut dst, code, 0).unwrap();
    dst.data_bytes().unwrap().to_vec()
}

fn packed(noise: &Noise, code: i32) -> Vec<u8> {
    let (w, h) = (noise.size.0 as i32, noise.size.1 as i32);
    let bytes = &noise.planes[0].0;
    match noise.format.bytes_per_pixel(0) {
        3 => theirs(&Mat::new_rows_cols_with_bytes::<Vec3b>(h, w, bytes).unwrap(), code),
        4 => theirs(&Mat::new_rows_cols_with_bytes::<Vec4b>(h, w, bytes).unwrap(), code),
        _ => theirs(&Mat::new_rows_cols_with_bytes::<Vec2b>(h, w, bytes).unwrap(), code),
    }
}

#[test]
fn rgb_orders_grey_and_hsv_are_opencvs_bytes() {
    use PixelFormat::{Bgr, Bgra, Rgb, Rgba};
    let rows = [
        (Rgba, Output::Gray, imgproc::COLOR_RGBA2GRAY),
        (Bgra, Output::Gray, imgproc::COLOR_BGRA2GRAY),
        (Rgb, Output::Gray, imgproc::COLOR_RGB2GRAY),
        (Bgr, Output::Gray, imgproc::COLOR_BGR2GRAY),
        (Rgba, Output::Bgr, imgproc::COLOR_RGBA2BGR),
        (Rgba, Output::Rgb, imgproc::COLOR_RGBA2RGB),
        (Rgba, Output::Bgra, imgproc::COLOR_RGBA2BGRA),
        (Bgr, Output::Rgb, imgproc::COLOR_BGR2RGB),
        (Bgr, Output::Bgra, imgproc::COLOR_BGR2BGRA),
        (Bgr, Output::Rgba, imgproc::COLOR_BGR2RGBA),
        (Rgb, Output::Hsv, imgproc::COLOR_RGB2HSV),
        (Bgr, Output::Hsv, imgproc::COLOR_BGR2HSV),
    ];
    for (format, output, code) in rows {
        let noise = Noise::new(format, SIZE, 0);
        let ours = converted(cpu::level(), &noise.view(Colorimetry::default()), output, 0);
        assert!(ours == packed(&noise, code), "{format:?} to {output:?}");
    }
}

/// 256 values of each of two channels against a coarser third, so that every quotient of HSV occurs.
#[test]
fn hsv_is_opencvs_for_a_dense_grid_of_colours() {
    for third in (0..=255u8).step_by(15) {
        let bytes: Vec<u8> = (0..=255u8).flat_map(|r| (0..=255u8).flat_map(move |g| [r, g, third])).collect();
        let noise = Noise { format: PixelFormat::Rgb, size: (256, 256), planes: vec![(bytes, 768)] };
        let ours = converted(cpu::level(), &noise.view(Colorimetry::default()), Output::Hsv, 0);
        assert!(ours == packed(&noise, imgproc::COLOR_RGB2HSV), "blue {third}");
    }
}

#[test]
fn hsv_back_to_rgb_is_within_one_of_opencv() {
    let mut noise = Noise::new(PixelFormat::Rgb, SIZE, 0);
    noise.planes[0].0.iter_mut().step_by(3).for_each(|hue| *hue %= 180);
    let theirs = packed(&noise, imgproc::COLOR_HSV2RGB);
    let mut ours = vec![0; theirs.len()];
    let (w, h) = SIZE;
    let hsv = noise.view(Colorimetry::default()).plane(0);
    rgb_from_hsv(&hsv, ViewMut::new(&mut ours, w, h, 3, w as usize * 3).unwrap()).unwrap();
    let off = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(off <= Some(1), "{off:?}");
}

#[test]
fn video_formats_are_within_one_of_opencv() {
    let rows = [
        (PixelFormat::Nv12, imgproc::COLOR_YUV2RGB_NV12),
        (PixelFormat::Nv21, imgproc::COLOR_YUV2RGB_NV21),
        (PixelFormat::I420, imgproc::COLOR_YUV2RGB_I420),
        (PixelFormat::Yv12, imgproc::COLOR_YUV2RGB_YV12),
    ];
    let (w, h) = (340, 224);
    for (format, code) in rows {
        let mut noise = Noise::new(format, (w, h), 0);
        // Below black OpenCV raises luma to black before chroma is added; see the module's text.
        noise.planes[0].0.iter_mut().for_each(|y| *y = (*y).max(16));
        // OpenCV takes the planes as one picture of one and a half times the height.
        let bytes: Vec<u8> = noise.planes.iter().flat_map(|plane| plane.0.clone()).collect();
        let stacked = Mat::new_rows_cols_with_bytes::<u8>(h as i32 * 3 / 2, w as i32, &bytes).unwrap();
        let theirs = theirs(&stacked, code);
        let ours = converted(cpu::level(), &noise.view(Colorimetry::default()), Output::Rgb, 0);
        let off = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max();
        assert_eq!((ours.len(), off <= Some(1)), (theirs.len(), true), "{format:?}: off by {off:?}");
    }
}
