//! What the benches of operations share: pictures, boxes, and the rows that each group has.
#![allow(dead_code, reason = "each bench uses its own part")]

use std::time::Instant;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use dsframe::roi::BBox;

pub(crate) const SIZE: (u32, u32) = (1920, 1080);

/// Soft shapes with steps and noise, as camera pictures have.
pub(crate) fn picture(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let value = |i: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = (i as f32 * 0.0021).sin() * 60.0 + (i as f32 * 0.000_31).cos() * 50.0;
        (110.0 + wave + (state >> 28) as f32) as u8
    };
    (0..bytes).map(value).collect()
}

/// 64 people of about 100 x 235 pixels.
pub(crate) fn boxes() -> Vec<BBox> {
    let place = |i: usize| {
        let (x, y) = ((3 + i % 16 * 113) as f32, (5 + i / 16 * 268) as f32);
        BBox::xywh(x, y, (84 + i % 5 * 8) as f32, (215 + i % 7 * 6) as f32)
    };
    (0..64).map(place).collect()
}

/// The level that this run is held to.
pub(crate) fn held() -> Option<String> {
    std::env::var("DSFRAME_CPU").ok().filter(|level| !level.is_empty() && level != "auto")
}

/// Our rows. A run that is held to a level writes that level's row alone.
pub(crate) fn ours(group: &mut BenchmarkGroup<'_, WallTime>, mut work: impl FnMut() + Send) {
    let mut row = |name: String, threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        group.bench_function(name, |b| {
            b.iter_custom(|rounds| {
                pool.install(|| {
                    let start = Instant::now();
                    (0..rounds).for_each(|_| work());
                    start.elapsed()
                })
            });
        });
    };
    match held() {
        Some(level) if level == "scalar" => row(level, 1),
        Some(level) => row(format!("dsframe-{level}"), 1),
        None => {
            row("dsframe".into(), 1);
            row("dsframe-2t".into(), 2);
        }
    }
}

/// OpenCV's rows, on one thread and on two.
#[cfg(feature = "opencv")]
pub(crate) fn opencv(group: &mut BenchmarkGroup<'_, WallTime>, mut work: impl FnMut()) {
    if held().is_some() {
        return;
    }
    for (name, threads) in [("opencv", 1), ("opencv-2t", 2)] {
        opencv::core::set_num_threads(threads).unwrap();
        group.bench_function(name, |b| b.iter(&mut work));
    }
}

/// An OpenCV picture of its own with these bytes.
#[cfg(feature = "opencv")]
pub(crate) fn mat(data: &[u8], (width, height): (u32, u32), channels: usize) -> opencv::core::Mat {
    use opencv::core::{CV_8U, CV_MAKETYPE, Mat};
    use opencv::prelude::*;
    let kind = CV_MAKETYPE(CV_8U, channels as i32);
    let mut mat = Mat::new_rows_cols_with_default(height as i32, width as i32, kind, 0.0.into()).unwrap();
    mat.data_bytes_mut().unwrap().copy_from_slice(&data[..width as usize * height as usize * channels]);
    mat
}
