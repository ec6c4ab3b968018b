use super::*;
use crate::frame::{ColorMatrix, ColorRange, Colorimetry, Rect};

const YUV: [PixelFormat; 4] = [PixelFormat::Nv12, PixelFormat::Nv21, PixelFormat::I420, PixelFormat::Yv12];
const RGB: [PixelFormat; 10] = [
    PixelFormat::Rgba,
    PixelFormat::Bgra,
    PixelFormat::Argb,
    PixelFormat::Abgr,
    PixelFormat::Rgbx,
    PixelFormat::Bgrx,
    PixelFormat::Xrgb,
    PixelFormat::Xbgr,
    PixelFormat::Rgb,
    PixelFormat::Bgr,
];

fn colorimetries() -> impl Iterator<Item = Colorimetry> {
    let matrices = [ColorMatrix::Bt601, ColorMatrix::Bt709, ColorMatrix::Bt2020];
    let ranges = [ColorRange::Limited, ColorRange::Full];
    matrices.into_iter().flat_map(move |matrix| ranges.map(|range| Colorimetry { matrix, range }))
}

/// R'G'B' of one pixel by the standards' equations, in exact arithmetic, 0 to 255.
fn exact_rgb([y, u, v]: [u8; 3], colorimetry: Colorimetry) -> [f64; 3] {
    let (kr, kb) = colorimetry.matrix.kr_kb();
    let (y, cb, cr) = match colorimetry.range {
        ColorRange::Full => {
            (f64::from(y) / 255.0, (f64::from(u) - 128.0) / 255.0, (f64::from(v) - 128.0) / 255.0)
        }
        ColorRange::Limited => {
            ((f64::from(y) - 16.0) / 219.0, (f64::from(u) - 128.0) / 224.0, (f64::from(v) - 128.0) / 224.0)
        }
    };
    let r = y + 2.0 * (1.0 - kr) * cr;
    let b = y + 2.0 * (1.0 - kb) * cb;
    let g = (y - kr * r - kb * b) / (1.0 - kr - kb);
    [r, g, b].map(|c| (c * 255.0).clamp(0.0, 255.0))
}

/// Planes of pseudo-random bytes with `extra` bytes of padding per row.
fn planes(format: PixelFormat, width: u32, height: u32, extra: usize) -> Vec<(Vec<u8>, usize)> {
    let mut state = 0x0123_4567_89AB_CDEF_u64 ^ (u64::from(width) << 32);
    (0..format.planes())
        .map(|i| {
            let (w, h) = format.plane_size(i, width, height);
            let pitch = w as usize * format.bytes_per_pixel(i) + extra;
            let byte = |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            };
            ((0..pitch * h as usize).map(byte).collect(), pitch)
        })
        .collect()
}

fn view<'a>(
    format: PixelFormat,
    (w, h): (u32, u32),
    planes: &'a [(Vec<u8>, usize)],
    colorimetry: Colorimetry,
) -> FrameView<'a> {
    let planes: Vec<_> = planes.iter().map(|(data, pitch)| (data.as_slice(), *pitch)).collect();
    FrameView::new(format, w, h, &planes, colorimetry).unwrap()
}

/// Y, U, V of a pixel of a whole picture, read without the crate's windows.
fn yuv_at(format: PixelFormat, planes: &[(Vec<u8>, usize)], x: u32, y: u32) -> [u8; 3] {
    let at = |plane: usize, x: usize, y: usize| planes[plane].0[y * planes[plane].1 + x];
    let (cx, cy) = (x as usize / 2, y as usize / 2);
    let (u, v) = match format {
        PixelFormat::Nv12 => (at(1, 2 * cx, cy), at(1, 2 * cx + 1, cy)),
        PixelFormat::Nv21 => (at(1, 2 * cx + 1, cy), at(1, 2 * cx, cy)),
        PixelFormat::I420 => (at(1, cx, cy), at(2, cx, cy)),
        _ => (at(2, cx, cy), at(1, cx, cy)),
    };
    [at(0, x as usize, y as usize), u, v]
}

/// Awkward windows: the whole, one pixel, odd origins, around the vector width, to the edges.
fn windows(w: u32, h: u32) -> Vec<Rect> {
    let mut all = vec![Rect::new(0, 0, w, h), Rect::new(w - 1, h - 1, 1, 1), Rect::new(0, 0, 0, 0)];
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 3)] {
        for width in [1, 2, 15, 16, 17, 31, 32, 33, 48, w] {
            if x < w && y < h {
                all.push(Rect::new(x, y, width.min(w - x), 3.min(h - y)));
            }
        }
    }
    all
}

fn convert_all(view: &FrameView<'_>, extra: usize) -> (Vec<u8>, Vec<u8>, usize) {
    let (w, h) = (view.width(), view.height());
    let (pitch3, pitch4) = (w as usize * 3 + extra, w as usize * 4 + extra);
    let mut rgb = vec![7; pitch3 * h as usize];
    let mut rgba = vec![7; pitch4 * h as usize];
    rgb_from(view, ViewMut::new(&mut rgb, w, h, 3, pitch3).unwrap()).unwrap();
    rgba_from(view, ViewMut::new(&mut rgba, w, h, 4, pitch4).unwrap()).unwrap();
    (rgb, rgba, extra)
}

#[test]
fn yuv_is_within_one_of_the_standards_at_every_origin_pitch_and_size() {
    for (format, (w, h), extra) in
        YUV.into_iter().flat_map(|f| [((1, 1), 0), ((67, 9), 5), ((64, 8), 0)].map(|(s, e)| (f, s, e)))
    {
        let bytes = planes(format, w, h, extra);
        for colorimetry in colorimetries() {
            let whole = view(format, (w, h), &bytes, colorimetry);
            for window in windows(w, h) {
                let crop = whole.crop(window).unwrap();
                let (rgb, rgba, extra) = convert_all(&crop, extra);
                let (p3, p4) = (window.width as usize * 3 + extra, window.width as usize * 4 + extra);
                for (x, y) in (0..window.height).flat_map(|y| (0..window.width).map(move |x| (x, y))) {
                    let sample = yuv_at(format, &bytes, window.x + x, window.y + y);
                    let exact = exact_rgb(sample, colorimetry);
                    let at = (y as usize * p3 + x as usize * 3, y as usize * p4 + x as usize * 4);
                    for c in 0..3 {
                        let error = (f64::from(rgb[at.0 + c]) - exact[c]).abs();
                        assert!(
                            error <= 1.0,
                            "{format:?} {window} ({x}, {y}) {sample:?} {colorimetry:?}: {error}"
                        );
                    }
                    assert_eq!(rgb[at.0..at.0 + 3], rgba[at.1..at.1 + 3]);
                    assert_eq!(rgba[at.1 + 3], 255);
                }
                let padding =
                    rgb.chunks(p3.max(1)).all(|row| row[row.len() - extra..].iter().all(|&b| b == 7));
                assert!(padding || window.is_empty(), "bytes behind the row were written: {window}");
            }
        }
    }
}

/// Every Y with a grid of U and V: the AVX2 rows are the scalar rows, byte for byte.
#[test]
fn fast_rows_equal_scalar_rows() {
    let luma: Vec<u8> = (0..=255).cycle().take(512).collect();
    for colorimetry in colorimetries() {
        let yuv = fixed::YuvToRgb::new(colorimetry);
        for u in (0..=255u8).step_by(5) {
            let v_row: Vec<u8> = (0..256).map(|i| (i as u8).wrapping_mul(3).wrapping_add(u)).collect();
            let u_row: Vec<u8> = (0..256).map(|i| u.wrapping_add((i / 7) as u8)).collect();
            let chroma = ChromaRow { u: &u_row, v: &v_row, step: 1 };
            for width in [512, 500, 31] {
                let (mut fast, mut slow) = (vec![0; width * 3], vec![0; width * 3]);
                yuv_row::<3>(&luma[..width], chroma, 0, &yuv, &mut fast);
                scalar::yuv_row::<3>(&luma[..width], chroma, &yuv, &mut slow);
                assert!(fast == slow, "{colorimetry:?} u {u} width {width}");
            }
        }
    }
}

#[test]
fn rgb_formats_are_reordered_and_alpha_kept() {
    for format in RGB {
        let bytes = planes(format, 9, 4, 3);
        let crop = view(format, (9, 4), &bytes, Colorimetry::default()).crop(Rect::new(1, 1, 7, 2)).unwrap();
        let (rgb, rgba, _) = convert_all(&crop, 0);
        let mut gray = vec![0; 14];
        gray_from(&crop, ViewMut::new(&mut gray, 7, 2, 1, 7).unwrap()).unwrap();
        for i in 0..14 {
            let size = format.bytes_per_pixel(0);
            let pixel = &bytes[0].0[(1 + i / 7) * bytes[0].1 + (1 + i % 7) * size..][..size];
            let name = format!("{format:?}").to_uppercase();
            let channel = |c: char| name.chars().position(|n| n == c).map_or(255, |at| pixel[at]);
            assert_eq!(rgb[i * 3..][..3], ['R', 'G', 'B'].map(channel), "{format:?}");
            assert_eq!(rgba[i * 4..][..4], ['R', 'G', 'B', 'A'].map(channel), "{format:?}");
            let [r, g, b] = ['R', 'G', 'B'].map(|c| f64::from(channel(c)));
            let exact = 0.299 * r + 0.587 * g + 0.114 * b;
            assert!((f64::from(gray[i]) - exact).abs() <= 0.6, "{format:?} {pixel:?}: {} {exact}", gray[i]);
        }
    }
}

#[test]
fn gray_is_full_range_luma() {
    let luma: Vec<u8> = (0..=255).collect();
    let chroma = vec![3; 64];
    let gray_of = |format, range, planes: &[(&[u8], usize)]| {
        let colorimetry = Colorimetry { range, ..Default::default() };
        let view = FrameView::new(format, 16, 16, planes, colorimetry).unwrap();
        let mut gray = vec![0; 256];
        gray_from(&view, ViewMut::new(&mut gray, 16, 16, 1, 16).unwrap()).unwrap();
        gray
    };
    let yuv: [(&[u8], usize); 3] = [(&luma, 16), (&chroma, 8), (&chroma, 8)];
    assert_eq!(gray_of(PixelFormat::I420, ColorRange::Full, &yuv), luma);
    assert_eq!(gray_of(PixelFormat::Gray8, ColorRange::Limited, &yuv[..1]), luma);
    for (y, gray) in gray_of(PixelFormat::I420, ColorRange::Limited, &yuv).into_iter().enumerate() {
        let exact = ((y as f64 - 16.0) * 255.0 / 219.0).clamp(0.0, 255.0);
        assert!((f64::from(gray) - exact).abs() <= 0.5 + 1e-9, "{y}: {gray} {exact}");
    }
    let (rgb, ..) = convert_all(
        &FrameView::new(PixelFormat::Gray8, 16, 16, &yuv[..1], Colorimetry::default()).unwrap(),
        0,
    );
    assert!(rgb.chunks(3).zip(&luma).all(|(rgb, &y)| rgb == [y; 3]));
}

#[test]
fn a_wrong_destination_is_refused_with_the_numbers() {
    let bytes = planes(PixelFormat::Nv12, 4, 2, 0);
    let view = view(PixelFormat::Nv12, (4, 2), &bytes, Colorimetry::default());
    let mut out = [0; 64];
    let mut message = |w, h, c| {
        let dst = ViewMut::new(&mut out, w, h, c, w as usize * c).unwrap();
        rgb_from(&view, dst).unwrap_err().to_string()
    };
    let size = message(3, 2, 3);
    assert!(size.contains("3x2") && size.contains("4x2"), "{size}");
    let channels = message(4, 2, 4);
    assert!(channels.contains("4 bytes a pixel") && channels.contains('3'), "{channels}");
    assert!(gray_from(&view, ViewMut::new(&mut out, 4, 2, 3, 12).unwrap()).is_err());
}
