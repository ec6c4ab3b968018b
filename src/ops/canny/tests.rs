use super::*;
use crate::frame::{Colorimetry, OwnedFrame, PixelFormat, Rect, View};
use crate::ops::color;
use crate::ops::rows::Border;
use crate::ops::rows::testing::{Picture, sizes};

/// Pixel by pixel as the definition goes, with a stack for the last step.
fn oracle(gray: View<'_>, thresholds: [f64; 2], aperture: u32, l2: bool) -> Vec<u8> {
    let (w, h) = (i64::from(gray.width()), i64::from(gray.height()));
    let kernel = |order| crate::ops::sobel::Taps::new(order, aperture).weights().to_vec();
    let (slope, smooth, radius) = (kernel(1), kernel(0), i64::from(aperture / 2));
    let at = |x: i64, y: i64| {
        let [x, y] = [(x, w), (y, h)].map(|(at, len)| Border::Replicate.index(at, len as u32).unwrap());
        i64::from(gray.row(y)[x as usize])
    };
    let scale = if aperture == 7 { 16.0 } else { 1.0 };
    let sum = |x: i64, y: i64, kx: &[i16], ky: &[i16]| {
        let mut sum = 0;
        for (j, &v) in (y - radius..).zip(ky) {
            sum += (x - radius..).zip(kx).map(|(i, &k)| i64::from(v) * i64::from(k) * at(i, j)).sum::<i64>();
        }
        (sum as f64 / scale).round_ties_even() as i64
    };
    let pixels = || (0..h).flat_map(|y| (0..w).map(move |x| (x, y)));
    let d: Vec<_> = pixels().map(|(x, y)| (sum(x, y, &slope, &smooth), sum(x, y, &smooth, &slope))).collect();
    let size = |x: i64, y: i64| {
        let inside = (0..w).contains(&x) && (0..h).contains(&y);
        let (dx, dy) = if inside { d[(y * w + x) as usize] } else { (0, 0) };
        if l2 { dx * dx + dy * dy } else { dx.abs() + dy.abs() }
    };
    let limit =
        |t: f64| (if l2 && t > 0.0 { (t / scale).min(32767.0).powi(2) } else { t / scale }).floor() as i64;
    let (low, high) = (limit(thresholds[0].min(thresholds[1])), limit(thresholds[0].max(thresholds[1])));
    let (mut maybe, mut stack) = (vec![false; d.len()], Vec::new());
    for (x, y) in pixels() {
        let ((dx, dy), m) = (d[(y * w + x) as usize], size(x, y));
        // tan 22.5° in 15 bits.
        let (steepness, flat) = (dy.abs() << 15, dx.abs() * 13573);
        let ridge = if steepness < flat {
            m > size(x - 1, y) && m >= size(x + 1, y)
        } else if steepness > flat + (dx.abs() << 16) {
            m > size(x, y - 1) && m >= size(x, y + 1)
        } else {
            let s = if (dx ^ dy) < 0 { -1 } else { 1 };
            m > size(x - s, y - 1) && m > size(x + s, y + 1)
        };
        maybe[(y * w + x) as usize] = ridge && m > low;
        if ridge && m > low && m > high {
            stack.push((x, y));
        }
    }
    let mut edges = vec![0; d.len()];
    while let Some((x, y)) = stack.pop() {
        edges[(y * w + x) as usize] = 255;
        for (x, y) in (-1..=1).flat_map(|i| (-1..=1).map(move |j| (x + i, y + j))) {
            let inside = (0..w).contains(&x) && (0..h).contains(&y);
            if inside && maybe[(y * w + x) as usize] && edges[(y * w + x) as usize] == 0 {
                stack.push((x, y));
            }
        }
    }
    edges
}

fn gray_frame(picture: &Picture) -> FrameView<'_> {
    let planes = [(picture.data.as_slice(), picture.pitch)];
    FrameView::new(PixelFormat::Gray8, picture.width, picture.height, &planes, Colorimetry::default())
        .unwrap()
}

#[test]
fn every_level_gives_the_definition() {
    for (n, size) in sizes().into_iter().chain([(200, 90)]).enumerate() {
        let pictures = [Picture::noise(size, 1, n % 4), Picture::shapes(size, 1, n % 4)];
        for (i, (aperture, l2)) in
            [(3, false), (3, true), (5, false), (5, true), (7, false), (7, true)].into_iter().enumerate()
        {
            let src = &pictures[(n + i) % 2];
            let scale = [1.0, 9.0, 90.0][aperture as usize / 2 - 1];
            let thresholds = [[50.0 * scale, 150.0 * scale], [300.0 * scale, 90.0 * scale]][n % 2];
            let expected = oracle(src.view(), thresholds, aperture, l2);
            for isa in Isa::all() {
                let mut dst = Picture::blank(size, 1, 3);
                canny_at(isa, &gray_frame(src), dst.view_mut(), thresholds, aperture, l2).unwrap();
                assert!(dst.packed() == expected, "{isa:?} {size:?} {aperture} {l2} {thresholds:?}");
                assert!(dst.padding_is_untouched());
            }
        }
    }
}

#[test]
fn thresholds_at_and_beyond_the_ends_are_those_of_the_definition() {
    let src = Picture::shapes((90, 40), 1, 0);
    for thresholds in
        [[0.0, 0.0], [-5.0, -1.0], [-5.0, 80.5], [2040.0, 2041.0], [1e9, 1e12], [0.9, 70.0], [40_000.0, 10.0]]
    {
        for (isa, l2) in Isa::all().into_iter().flat_map(|isa| [(isa, false), (isa, true)]) {
            let mut dst = Picture::blank((90, 40), 1, 0);
            canny_at(isa, &gray_frame(&src), dst.view_mut(), thresholds, 3, l2).unwrap();
            assert!(dst.packed() == oracle(src.view(), thresholds, 3, l2), "{isa:?} {thresholds:?} {l2}");
        }
    }
}

/// Colour comes through grey, at windows with odd origins; YUV by its luma.
#[test]
fn every_format_and_window_has_the_edges_of_its_grey() {
    use PixelFormat::*;
    for (n, format) in
        [Rgba, Bgra, Argb, Abgr, Rgbx, Xbgr, Rgb, Bgr, Nv12, I420, Gray8].into_iter().enumerate()
    {
        let mut frame = OwnedFrame::zeroed(format, 210, 80);
        let mut view = frame.view_mut();
        for i in 0..format.planes() {
            let mut plane = view.plane_mut(i);
            let noise = Picture::shapes((plane.width(), plane.height()), plane.channels(), 0);
            for y in 0..plane.height() {
                plane.row_mut(y).copy_from_slice(noise.view().row(y));
            }
        }
        let frame = frame.view();
        for rect in [Rect::new(0, 0, 210, 80), Rect::new(1, 1, 63 + n as u32, 40), Rect::new(7, 3, 131, 65)] {
            let window = frame.crop(rect).unwrap();
            let mut gray = Picture::blank((rect.width, rect.height), 1, 0);
            match format {
                Nv12 | I420 => gray.data = window.plane(0).rows().flatten().copied().collect(),
                _ => color::gray_from(&window, gray.view_mut()).unwrap(),
            }
            let expected = oracle(gray.view(), [40.0, 120.0], 3, false);
            assert!(expected.contains(&255));
            for isa in Isa::all() {
                let mut dst = Picture::blank((rect.width, rect.height), 1, 1);
                canny_at(isa, &window, dst.view_mut(), [40.0, 120.0], 3, false).unwrap();
                assert!(dst.packed() == expected, "{isa:?} {format:?} {rect}");
            }
        }
    }
}

#[test]
fn edges_cross_the_strips_of_threads() {
    let src = Picture::shapes((600, 401), 1, 0);
    let maps = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut dst = Picture::blank((600, 401), 1, 0);
        pool.install(|| canny(&gray_frame(&src), dst.view_mut(), 20.0, 260.0, 3, false)).unwrap();
        dst.packed()
    });
    assert!(maps[0] == maps[1] && maps[0].contains(&255));
}

#[test]
fn bad_arguments_are_refused() {
    let src = Picture::noise((8, 8), 1, 0);
    let mut dst = Picture::blank((8, 8), 1, 0);
    let mut text = |t: f64, aperture| {
        canny(&gray_frame(&src), dst.view_mut(), t, 9.0, aperture, false).unwrap_err().to_string()
    };
    assert!(text(1.0, 4).contains("aperture is 4"));
    assert!(text(f64::NAN, 3).contains("thresholds are NaN and 9"));
    let mut small = Picture::blank((8, 7), 1, 0);
    assert!(
        canny(&gray_frame(&src), small.view_mut(), 1.0, 2.0, 3, false)
            .unwrap_err()
            .to_string()
            .contains("8x7")
    );
}

#[cfg(feature = "opencv")]
#[test]
fn maps_are_opencvs() {
    use opencv::core::Mat;
    use opencv::imgproc;
    use opencv::prelude::*;
    for (size, channels) in [((1, 1), 1), ((3, 9), 1), ((333, 211), 1), ((65, 64), 4), ((640, 303), 4)] {
        for (src, (aperture, l2)) in [Picture::shapes(size, channels, 0), Picture::noise(size, channels, 0)]
            .into_iter()
            .flat_map(|p| [(3, false), (3, true), (5, false), (7, true), (7, false)].map(|s| (p.clone(), s)))
        {
            let (mut gray, mut theirs) = (src.mat(), Mat::default());
            let format = if channels == 4 { PixelFormat::Rgba } else { PixelFormat::Gray8 };
            if channels == 4 {
                imgproc::cvt_color(&src.mat(), &mut gray, imgproc::COLOR_RGBA2GRAY, 0).unwrap();
            }
            let scale = [1.0, 7.0, 80.0][aperture as usize / 2 - 1];
            for (low, high) in [(50.0 * scale, 150.0 * scale), (0.0, 30.5), (400.0 * scale, 20.0 * scale)] {
                imgproc::canny(&gray, &mut theirs, low, high, aperture, l2).unwrap();
                let planes = [(src.data.as_slice(), src.pitch)];
                let view = FrameView::new(format, size.0, size.1, &planes, Colorimetry::default()).unwrap();
                let mut dst = Picture::blank(size, 1, 0);
                canny(&view, dst.view_mut(), low, high, aperture as u32, l2).unwrap();
                assert!(
                    dst.packed() == theirs.data_bytes().unwrap(),
                    "{size:?} {channels} {aperture} {l2} {low} {high}"
                );
            }
        }
    }
}
