//! Against the standards' equations in f64.

use super::*;

const BEST: cpu::Level = cpu::Level::Avx512;

/// R'G'B' of one pixel, 0 to 255, not rounded: ITU-R BT.601-7 and BT.709-6 (sections 3 and 3.5), BT.2020-2 (table
/// 4, non-constant luminance), quantised as in their tables for 8, 10 and 12 bits.
fn exact_rgb([y, u, v]: [f64; 3], colorimetry: Colorimetry, bits: u32) -> [f64; 3] {
    let (kr, kb) = match colorimetry.matrix {
        ColorMatrix::Bt601 => (0.299, 0.114),
        ColorMatrix::Bt709 => (0.2126, 0.0722),
        ColorMatrix::Bt2020 => (0.2627, 0.0593),
    };
    let depth = 2f64.powi(bits as i32 - 8);
    let most = 2f64.powi(bits as i32) - 1.0;
    let (y, cb, cr) = match colorimetry.range {
        ColorRange::Full => (y / most, (u - 128.0 * depth) / most, (v - 128.0 * depth) / most),
        ColorRange::Limited => {
            ((y / depth - 16.0) / 219.0, (u / depth - 128.0) / 224.0, (v / depth - 128.0) / 224.0)
        }
    };
    let r = y + 2.0 * (1.0 - kr) * cr;
    let b = y + 2.0 * (1.0 - kb) * cb;
    let g = (y - kr * r - kb * b) / (1.0 - kr - kb);
    [r, g, b].map(|c| (c * 255.0).clamp(0.0, 255.0))
}

/// The largest distance of the bytes from the exact values, over every pixel of every window.
fn worst(noise: &Noise, colorimetry: Colorimetry, extra: usize) -> f64 {
    let whole = noise.view(colorimetry);
    let mut worst = 0f64;
    for window in windows(noise.size) {
        let crop = whole.crop(window).unwrap();
        let (w, rgb) = (window.width as usize, converted(BEST, &crop, Output::Rgb, extra));
        let rgba = converted(BEST, &crop, Output::Rgba, 0);
        let gray = converted(BEST, &crop, Output::Gray, extra);
        for (x, y) in (0..w).flat_map(|x| (0..window.height as usize).map(move |y| (x, y))) {
            let sample = noise.yuv(window.x + x as u32, window.y + y as u32);
            let exact = exact_rgb(sample, colorimetry, noise.format.bits());
            let pixel = &rgb[y * (3 * w + extra) + 3 * x..][..3];
            for c in 0..3 {
                worst = worst.max((f64::from(pixel[c]) - exact[c]).abs());
            }
            assert_eq!((pixel, 255), (&rgba[4 * (y * w + x)..][..3], rgba[4 * (y * w + x) + 3]));
            let half = 128.0 * 2f64.powi(noise.format.bits() as i32 - 8);
            let luma = exact_rgb([sample[0], half, half], colorimetry, noise.format.bits())[0];
            worst = worst.max((f64::from(gray[y * (w + extra) + x]) - luma).abs());
        }
    }
    worst
}

#[test]
fn yuv_is_within_0_56_of_the_standards_at_every_origin_pitch_and_size() {
    for format in PixelFormat::ALL.into_iter().filter(|format| format.is_yuv()) {
        for (size, extra) in [((1, 1), 0), ((131, 9), 6), ((64, 8), 0), ((33, 5), 2)] {
            let noise = Noise::new(format, size, extra);
            for colorimetry in colorimetries() {
                let worst = worst(&noise, colorimetry, extra);
                assert!(worst <= 0.56, "{format:?} {size:?} {colorimetry:?}: off by {worst}");
            }
        }
    }
}

#[test]
fn rgb_formats_are_reordered_and_alpha_kept() {
    for format in PixelFormat::ALL.into_iter().filter(|format| format.rgb_offsets().is_some()) {
        let noise = Noise::new(format, (101, 4), 3);
        let crop = noise.view(Colorimetry::default()).crop(Rect::new(1, 1, 99, 2)).unwrap();
        let all = [Output::Rgb, Output::Bgr, Output::Rgba, Output::Bgra, Output::Gray];
        let [rgb, bgr, rgba, bgra, gray] = all.map(|output| converted(BEST, &crop, output, 0));
        for i in 0..198 {
            let size = format.bytes_per_pixel(0);
            let (bytes, pitch) = &noise.planes[0];
            let pixel = &bytes[(1 + i / 99) * pitch + (1 + i % 99) * size..][..size];
            let name = format!("{format:?}").to_uppercase();
            let channel = |c: char| name.chars().position(|n| n == c).map_or(255, |at| pixel[at]);
            assert_eq!(rgb[i * 3..][..3], ['R', 'G', 'B'].map(channel), "{format:?}");
            assert_eq!(bgr[i * 3..][..3], ['B', 'G', 'R'].map(channel), "{format:?}");
            assert_eq!(rgba[i * 4..][..4], ['R', 'G', 'B', 'A'].map(channel), "{format:?}");
            assert_eq!(bgra[i * 4..][..4], ['B', 'G', 'R', 'A'].map(channel), "{format:?}");
            let [r, g, b] = ['R', 'G', 'B'].map(|c| f64::from(channel(c)));
            let exact = 0.299 * r + 0.587 * g + 0.114 * b;
            assert!((f64::from(gray[i]) - exact).abs() <= 0.51, "{format:?} {pixel:?}: {} {exact}", gray[i]);
        }
    }
}

#[test]
fn gray_is_full_range_luma_rounded_to_nearest() {
    let luma: Vec<u8> = (0..=255).collect();
    let chroma = vec![3; 64];
    let gray_of = |format, range, planes: &[(&[u8], usize)]| {
        let view = FrameView::new(format, 16, 16, planes, Colorimetry { range, ..Default::default() });
        to_gray(&view.unwrap()).view().plane(0).data().to_vec()
    };
    let yuv: [(&[u8], usize); 3] = [(&luma, 16), (&chroma, 8), (&chroma, 8)];
    assert_eq!(gray_of(PixelFormat::I420, ColorRange::Full, &yuv), luma);
    assert_eq!(gray_of(PixelFormat::Gray8, ColorRange::Limited, &yuv[..1]), luma);
    for (y, gray) in gray_of(PixelFormat::I420, ColorRange::Limited, &yuv).into_iter().enumerate() {
        let exact = ((y as f64 - 16.0) * 255.0 / 219.0).clamp(0.0, 255.0);
        assert!((f64::from(gray) - exact).abs() <= 0.5 + 1e-9, "{y}: {gray} {exact}");
    }
    let view = FrameView::new(PixelFormat::Gray8, 16, 16, &yuv[..1], Colorimetry::default()).unwrap();
    assert!(to_rgb(&view).view().plane(0).data().chunks(3).zip(&luma).all(|(rgb, &y)| rgb == [y; 3]));
}

/// White, black and the primaries in every depth and range: nothing drifts at the ends of the scale.
#[test]
fn black_is_black_and_white_is_white_in_every_depth() {
    for format in [PixelFormat::Nv12, PixelFormat::P010, PixelFormat::P012] {
        for colorimetry in colorimetries() {
            for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]] {
                let bytes = rgb.repeat(66);
                let flat =
                    FrameView::new(PixelFormat::Rgb, 66, 1, &[(&bytes, 198)], Default::default()).unwrap();
                let yuv = to(&flat, format, colorimetry);
                let back = to_rgb(&yuv.view());
                let off = back.view().plane(0).data().iter().zip(&bytes).map(|(a, b)| a.abs_diff(*b)).max();
                // Three 8-bit samples, each off by up to one half, and the factor of blue is up to 2.1.
                let most = if format == PixelFormat::Nv12 { 2 } else { 0 };
                assert!(off <= Some(most), "{format:?} {colorimetry:?} {rgb:?} came back off by {off:?}");
            }
        }
    }
}
