//! From a buffer in host memory to views of it, beside what a NumPy program does with the same frame.
//!
//! `map + ndarray + Mat + 64 crops` maps one 1080p RGBA surface, takes it as an `ndarray` view and as a `Mat`, cuts 64
//! windows out of it and reads one byte of each, and unmaps. Nothing is copied, which is checked once before the
//! clock runs: every view lies inside the surface. `copy + cvtColor` is what samples do around pyds:
//! `cv2.cvtColor(np.array(frame, copy=True), cv2.COLOR_RGBA2BGR)`, by the same OpenCV, called from Rust.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect};
use dsframe::surface::{MapCounters, PixelPool, SurfaceAlloc, SurfaceBatch, SurfaceSpec};
use dsframe::sys::SurfaceGeneration;

const SIZE: (u32, u32) = (1920, 1080);

/// Boxes of people, more or less: 48x96 on a grid, at odd places too.
fn boxes() -> [Rect; 64] {
    std::array::from_fn(|i| {
        let (column, row) = (i as u32 % 16, i as u32 / 16);
        Rect::new(7 + column * 119, 11 + row * 233, 48, 96)
    })
}

fn surface() -> gst::Buffer {
    let spec = SurfaceSpec {
        width: SIZE.0,
        height: SIZE.1,
        format: PixelFormat::Rgba,
        colorimetry: Colorimetry::default(),
    };
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 1);
    alloc.push(spec, &PixelPool::new()).unwrap();
    alloc.into_buffer()
}

/// What a probe would look at, folded into a number.
fn look(view: &FrameView<'_>, boxes: &[Rect; 64]) -> usize {
    let plane = view.plane(0);
    let array = plane.as_array();
    let mut sum = array.shape()[0] + usize::from(array[[540, 960, 1]]);
    #[cfg(feature = "opencv")]
    {
        use opencv::core::MatTraitConst as _;
        let mat = plane.as_mat().unwrap();
        sum += mat.rows() as usize;
    }
    for &rect in boxes {
        let crop = view.crop(rect).unwrap().plane(0);
        sum += usize::from(crop.row(0)[0]) + crop.as_array().len();
    }
    sum
}

/// Panics unless every view is the surface's own memory.
fn check_nothing_is_copied(buffer: &gst::Buffer, boxes: &[Rect; 64]) {
    let before = MapCounters::now();
    let batch = SurfaceBatch::from_buffer(buffer).unwrap();
    let surface = batch.surface(0).unwrap();
    let map = surface.map_read().unwrap();
    // SAFETY: the surface's entry lives as long as the batch; an address is read.
    let start = unsafe { (*surface.as_ptr()).dataPtr } as usize;
    let plane = map.view().plane(0);
    assert_eq!((plane.as_ptr() as usize, plane.as_array().as_ptr() as usize), (start, start));
    #[cfg(feature = "opencv")]
    {
        use opencv::core::MatTraitConst as _;
        assert_eq!(plane.as_mat().unwrap().data() as usize, start);
    }
    for rect in boxes {
        let crop = map.view().crop(*rect).unwrap().plane(0);
        assert_eq!(crop.as_ptr() as usize, start + rect.y as usize * plane.pitch() + rect.x as usize * 4);
    }
    drop(map);
    let after = MapCounters::now();
    assert_eq!((after.mapped - before.mapped, after.unmapped - before.unmapped), (1, 1));
}

fn views(c: &mut Criterion) {
    gst::init().unwrap();
    let (buffer, boxes) = (surface(), boxes());
    check_nothing_is_copied(&buffer, &boxes);
    let mut group = c.benchmark_group("views 1920x1080 RGBA");
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));

    group.bench_function("map + ndarray + Mat + 64 crops", |b| {
        b.iter(|| {
            let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
            let map = batch.surface(0).unwrap().map_read().unwrap();
            black_box(look(&map.view(), &boxes))
        });
    });
    group.bench_function("map and unmap alone", |b| {
        b.iter(|| {
            let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
            let map = batch.surface(0).unwrap().map_read().unwrap();
            black_box(map.view().width())
        });
    });
    let frame = OwnedFrame::zeroed(PixelFormat::Rgba, SIZE.0, SIZE.1);
    group.bench_function("ndarray + Mat + 64 crops of a view", |b| {
        b.iter(|| black_box(look(&frame.view(), &boxes)));
    });
    group.bench_function("disjoint_mut of 64 crops", |b| {
        let mut frame = frame.clone();
        b.iter(|| black_box(frame.view_mut().disjoint_mut(&boxes).unwrap().len()));
    });
    #[cfg(feature = "opencv")]
    for threads in [1, 0] {
        use opencv::core::{Mat, MatTraitConst as _};
        let name = if threads == 1 { "1 thread" } else { "all threads" };
        opencv::core::set_num_threads(if threads == 1 { 1 } else { -1 }).unwrap();
        group.bench_function(format!("the competitor: copy + cvtColor RGBA2BGR, {name}"), |b| {
            let mut bgr = Mat::default();
            b.iter(|| {
                let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
                let map = batch.surface(0).unwrap().map_read().unwrap();
                let copy = map.view().plane(0).as_mat().unwrap().try_clone().unwrap();
                opencv::imgproc::cvt_color_def(&copy, &mut bgr, opencv::imgproc::COLOR_RGBA2BGR).unwrap();
                black_box(bgr.rows())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, views);
criterion_main!(benches);
