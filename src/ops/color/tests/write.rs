//! Back into frames, and HSV.

use super::*;

/// Y'CbCr samples of R'G'B' levels, by the standards' equations, not rounded.
fn exact_yuv([r, g, b]: [f64; 3], colorimetry: Colorimetry, bits: u32) -> [f64; 3] {
    let (kr, kb) = colorimetry.matrix.kr_kb();
    let [r, g, b] = [r, g, b].map(|v| v / 255.0);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let (u, v) = ((b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr)));
    let depth = 2f64.powi(bits as i32 - 8);
    let most = 256.0 * depth - 1.0;
    match colorimetry.range {
        ColorRange::Limited => [16.0 + 219.0 * y, 128.0 + 224.0 * u, 128.0 + 224.0 * v].map(|v| v * depth),
        ColorRange::Full => [most * y, 128.0 * depth + most * u, 128.0 * depth + most * v],
    }
    .map(|v| v.clamp(0.0, most))
}

#[test]
fn written_yuv_is_the_standards_rounded_with_the_mean_chroma() {
    let rgb = Noise::new(PixelFormat::Rgb, (9, 7), 2);
    for format in PixelFormat::ALL.into_iter().filter(|format| format.is_yuv()) {
        let (sx, sy) = format.chroma_shift().unwrap();
        for colorimetry in colorimetries() {
            let frame = to(&rgb.view(Colorimetry::default()), format, colorimetry);
            let view = frame.view();
            let planes = (0..format.planes()).map(|i| (view.plane(i).data().to_vec(), view.plane(i).pitch()));
            let made = Noise { format, size: rgb.size, planes: planes.collect() };
            for (x, y) in (0..9u32).flat_map(|x| (0..7u32).map(move |y| (x, y))) {
                let pixel = |x: u32, y: u32| std::array::from_fn(|c| rgb.sample(0, 3 * x as usize + c, y));
                // The mean over the pixels of the block that exist.
                let (left, top) = (x >> sx << sx, y >> sy << sy);
                let block: Vec<[f64; 3]> = (top..(top + (1 << sy)).min(7))
                    .flat_map(|y| (left..(left + (1 << sx)).min(9)).map(move |x| (x, y)))
                    .map(|(x, y)| pixel(x, y))
                    .collect();
                let mean =
                    std::array::from_fn(|c| block.iter().map(|p| p[c]).sum::<f64>() / block.len() as f64);
                let exact = [
                    exact_yuv(pixel(x, y), colorimetry, format.bits())[0],
                    exact_yuv(mean, colorimetry, format.bits())[1],
                    exact_yuv(mean, colorimetry, format.bits())[2],
                ];
                for (got, exact) in made.yuv(x, y).into_iter().zip(exact) {
                    assert!(
                        (got - exact).abs() <= 0.52,
                        "{format:?} {colorimetry:?} ({x}, {y}): {got} {exact}"
                    );
                }
            }
        }
    }
}

#[test]
fn samples_of_the_same_colorimetry_are_copied() {
    for colorimetry in colorimetries() {
        let noise = Noise::new(PixelFormat::Nv12, (7, 5), 3);
        let crop = noise.view(colorimetry).crop(Rect::new(0, 2, 7, 3)).unwrap();
        // There and back by way of more bits and another order of planes.
        let mut view = crop.to_owned();
        for format in
            [PixelFormat::P010, PixelFormat::P012, PixelFormat::Yv12, PixelFormat::Nv21, PixelFormat::Nv12]
        {
            view = to(&view.view(), format, colorimetry);
        }
        for plane in 0..2 {
            assert!(view.view().plane(plane).rows().eq(crop.plane(plane).rows()), "{colorimetry:?}");
        }
    }
}

#[test]
fn the_unused_byte_is_255_whatever_alpha_was() {
    let noise = Noise::new(PixelFormat::Argb, (5, 3), 1);
    let view = noise.view(Colorimetry::default());
    for (format, unused) in
        [(PixelFormat::Rgbx, 3), (PixelFormat::Bgrx, 3), (PixelFormat::Xrgb, 0), (PixelFormat::Xbgr, 0)]
    {
        let frame = to(&view, format, Colorimetry::default());
        let plane = frame.view().plane(0);
        assert!(plane.rows().flat_map(|row| row.chunks(4)).all(|pixel| pixel[unused] == 255), "{format:?}");
        assert!(to_rgb(&frame.view()).view().plane(0).rows().eq(to_rgb(&view).view().plane(0).rows()));
    }
}

#[test]
fn a_window_is_written_and_nothing_else() {
    for format in PixelFormat::ALL {
        let rgb = Noise::new(PixelFormat::Rgb, (6, 4), 0);
        let mut frame = OwnedFrame::zeroed(format, 12, 10);
        let window = Rect::new(3, 3, 6, 4);
        frame_from(&rgb.view(Colorimetry::default()), &mut frame.view_mut().into_crop(window).unwrap())
            .unwrap();
        let view = frame.view();
        for (y, row) in view.plane(0).rows().enumerate() {
            let bytes = format.bytes_per_pixel(0);
            for (x, pixel) in row.chunks(bytes).enumerate() {
                let inside = (3..9).contains(&x) && (3..7).contains(&y);
                // Black is not zero in most YUV formats, so an inside pixel may be zero and an outside one not.
                assert!(inside || pixel.iter().all(|&b| b == 0), "{format:?} ({x}, {y})");
            }
        }
        let back = to_rgb(&view.crop(window).unwrap());
        let mean = |frame: FrameView<'_>| {
            let bytes = frame.plane(0).data()[..72].iter().map(|&b| f64::from(b));
            bytes.sum::<f64>() / 72.0
        };
        let (got, wanted) = (mean(back.view()), mean(rgb.view(Colorimetry::default())));
        assert!((got - wanted).abs() < 40.0, "{format:?}: {got} {wanted}");
    }
}

#[test]
fn hsv_goes_there_and_back() {
    let noise = Noise::new(PixelFormat::Rgb, (300, 100), 0);
    let view = noise.view(Colorimetry::default());
    let hsv = converted(cpu::level(), &view, Output::Hsv, 0);
    assert!(hsv.chunks(3).all(|hsv| hsv[0] < 180));
    let mut back = vec![0; hsv.len()];
    let hsv = View::new(&hsv, 300, 100, 3, 900).unwrap();
    rgb_from_hsv(&hsv, ViewMut::new(&mut back, 300, 100, 3, 900).unwrap()).unwrap();
    let off = back.iter().zip(view.plane(0).data()).map(|(a, b)| a.abs_diff(*b)).max();
    // Half a step of hue is a degree, a sixtieth of a sector, which is up to 4.25 levels; saturation adds one half.
    assert!(off <= Some(5), "{off:?}");
}
