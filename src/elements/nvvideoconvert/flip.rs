//! Turns and mirrors a frame, plane by plane.

use gst_video::VideoFrame;
use gst_video::prelude::*;
use gst_video::video_frame::{Readable, Writable};

/// Whether `method` (the `flip-method` property) swaps width and height.
pub(super) fn swaps_sides(method: u32) -> bool {
    matches!(method, 1 | 3 | 5 | 7)
}

/// Where pixel (`x`, `y`) of a `w` x `h` result comes from.
fn origin(method: u32, (x, y): (usize, usize), (w, h): (usize, usize)) -> (usize, usize) {
    let (right, bottom) = (w - 1 - x, h - 1 - y);
    match method {
        1 => (bottom, x),
        2 => (right, bottom),
        3 => (y, right),
        4 => (right, y),
        5 => (bottom, right),
        6 => (x, bottom),
        7 => (y, x),
        _ => (x, y),
    }
}

/// Fills `dst` from `src`, which has the same format and, where the method swaps them, the other
/// frame's sides.
pub(super) fn flip(src: &VideoFrame<Readable>, dst: &mut VideoFrame<Writable>, method: u32) {
    let format = src.format_info();
    for plane in 0..src.n_planes() {
        // Every plane of the supported formats starts with its own component: Y, U or UV, R ....
        let component = (0..format.n_components()).find(|&c| format.plane()[c as usize] == plane);
        let Some(component) = component else { continue };
        let bytes = format.pixel_stride()[component as usize] as usize;
        let (sub_x, sub_y) = (format.w_sub()[component as usize], format.h_sub()[component as usize]);
        let w = format.scale_width(component as u8, dst.width()) as usize;
        let h = format.scale_height(component as u8, dst.height()) as usize;
        let size = (dst.width() as usize, dst.height() as usize);
        let (from, to) = (src.plane_stride()[plane as usize], dst.plane_stride()[plane as usize]);
        let (Ok(input), Ok(output)) = (src.plane_data(plane), dst.plane_data_mut(plane)) else { continue };
        for (y, row) in output.chunks_mut(to as usize).take(h).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(bytes).take(w).enumerate() {
                // By whole pixels: turned 4:2:2 has its chroma halved along the other side.
                let (sx, sy) = origin(method, (x << sub_x, y << sub_y), size);
                let at = (sy >> sub_y) * from as usize + (sx >> sub_x) * bytes;
                pixel.copy_from_slice(&input[at..at + bytes]);
            }
        }
    }
}
