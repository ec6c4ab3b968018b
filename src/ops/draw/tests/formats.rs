use super::*;
use crate::frame::{ColorMatrix, ColorRange};

#[test]
fn a_fill_is_the_mean_of_ground_and_colour_in_every_format() {
    let color = Color::rgba(0.9, 0.1, 0.4, 0.6);
    let [r, g, b, alpha] = color.to_u8();
    let weight = f64::from(alpha) / 255.0;
    for format in FORMATS {
        // Even edges: each chroma sample is wholly inside or wholly outside. Opaque ground.
        let mut picture = Picture::busy(format, 12, 10, 3);
        if let Some(at) = format.alpha_offset() {
            picture.planes[0].0.chunks_mut(12 * 4 + 3).for_each(|row| {
                row[..48].chunks_mut(4).for_each(|pixel| pixel[at] = 255);
            });
        }
        let before = picture.clone();
        picture.draw(None, |canvas| canvas.fill_rect(2.0, 4.0, 6.0, 4.0, color));
        assert!(picture.padding_is_intact(), "{format:?}");
        let [y, u, v] = target::yuv_from_rgb([r, g, b], Colorimetry::default());
        for plane in 0..format.planes() {
            let bytes = format.bytes_per_pixel(plane);
            // What the colour is in this plane; None for the byte that nobody reads.
            let mut ink = vec![None; bytes];
            match (format.rgb_offsets(), plane) {
                (Some(offsets), _) => {
                    offsets.into_iter().zip([r, g, b]).for_each(|(at, value)| ink[at] = Some(value));
                    format.alpha_offset().into_iter().for_each(|at| ink[at] = Some(255));
                }
                // The high byte of a 16-bit sample takes the ink.
                (None, 0) => ink[bytes - 1] = Some(y),
                (None, _) if format.bits() > 8 => (ink[1], ink[3]) = (Some(u), Some(v)),
                (None, _) => {
                    let order = match format {
                        PixelFormat::Nv21 | PixelFormat::Yv12 => [v, u],
                        _ => [u, v],
                    };
                    let first = if bytes == 2 { 0 } else { plane - 1 };
                    ink.iter_mut().zip(&order[first..]).for_each(|(slot, &value)| *slot = Some(value));
                }
            }
            for (x, y) in (0..12).flat_map(|x| (0..10).map(move |y| (x, y))) {
                let inside = (2..8).contains(&x) && (4..8).contains(&y);
                let (old, new) = (before.sample(plane, x, y), picture.sample(plane, x, y));
                for i in 0..bytes {
                    let exact = match ink[i].filter(|_| inside) {
                        Some(ink) => f64::from(old[i]) * (1.0 - weight) + f64::from(ink) * weight,
                        None => f64::from(old[i]),
                    };
                    let got = f64::from(new[i]);
                    assert!((got - exact).abs() <= 0.51, "{format:?} {plane} ({x}, {y}) {i}: {got} {exact}");
                }
            }
        }
    }
}

#[test]
fn opaque_fills_replace_and_leave_the_unused_byte() {
    for format in FORMATS.into_iter().filter(|format| format.rgb_offsets().is_some()) {
        let mut picture = Picture::busy(format, 5, 3, 0);
        let before = picture.clone();
        picture.draw(None, |canvas| canvas.fill_rect(-3.0, 0.0, 99.0, 99.0, Color::RED));
        for (x, y) in (0..5).flat_map(|x| (0..3).map(move |y| (x, y))) {
            let (old, new) = (before.sample(0, x, y), picture.sample(0, x, y));
            let [r, g, b] = format.rgb_offsets().unwrap();
            assert_eq!((new[r], new[g], new[b]), (255, 0, 0), "{format:?}");
            for i in (0..new.len()).filter(|i| ![r, g, b].contains(i)) {
                let expected = if format.alpha_offset() == Some(i) { 255 } else { old[i] };
                assert_eq!(new[i], expected, "{format:?}");
            }
        }
    }
}

#[test]
fn odd_pictures_are_filled_to_the_last_column_and_row() {
    for format in [PixelFormat::Nv12, PixelFormat::Yv12, PixelFormat::Nv16, PixelFormat::I444] {
        let mut picture = Picture::busy(format, 7, 5, 2);
        picture.draw(None, |canvas| canvas.fill_rect(0.0, 0.0, 7.0, 5.0, Color::BLUE));
        let [y, u, v] = target::yuv_from_rgb([0, 0, 255], Colorimetry::default());
        assert_eq!(picture.sample(0, 6, 4), [y]);
        let chroma = [picture.sample(1, 6, 4), picture.sample(format.planes() - 1, 6, 4)];
        let both = [u, v];
        let expected: [&[u8]; 2] = match format {
            PixelFormat::Nv12 | PixelFormat::Nv16 => [&both; 2],
            PixelFormat::I444 => [&both[..1], &both[1..]],
            _ => [&both[1..], &both[..1]],
        };
        assert_eq!(chroma, expected);
    }
}

#[test]
fn chroma_takes_the_share_of_its_block() {
    let mut picture = Picture::new(PixelFormat::I420, 4, 4, 0, |_| 128);
    picture.draw(None, |canvas| canvas.fill_rect(1.0, 1.0, 2.0, 1.0, Color::RED));
    let [_, u, v] = target::yuv_from_rgb([255, 0, 0], Colorimetry::default());
    let is_quarter =
        |got: &[u8], c: u8| (f64::from(got[0]) - 128.0 * 0.75 - f64::from(c) * 0.25).abs() <= 1.0;
    for (x, y) in [(0, 0), (2, 0)] {
        assert!(is_quarter(picture.sample(1, x, y), u));
        assert!(is_quarter(picture.sample(2, x, y), v));
    }
    assert_eq!(picture.sample(1, 0, 2), [128]);
}

#[test]
fn colours_follow_the_matrix_and_the_range() {
    // BT.601 and BT.709 of pure red, limited and full: published values.
    let of = |matrix, range| target::yuv_from_rgb([255, 0, 0], Colorimetry { matrix, range });
    assert_eq!(of(ColorMatrix::Bt601, ColorRange::Limited), [81, 90, 240]);
    assert_eq!(of(ColorMatrix::Bt709, ColorRange::Limited), [63, 102, 240]);
    assert_eq!(of(ColorMatrix::Bt601, ColorRange::Full), [76, 85, 255]);
    let white = target::yuv_from_rgb([255; 3], Colorimetry::default());
    assert_eq!(white, [235, 128, 128]);
}

/// Limited range BT.601 planes of an RGBA picture, chroma by the mean of its block, as I420.
fn converted(rgba: &Picture) -> Picture {
    let mut out = Picture::black(PixelFormat::I420, rgba.width, rgba.height);
    let yuv = |x: u32, y: u32| {
        let p = rgba.sample(0, x, y);
        let [r, g, b] = [p[0], p[1], p[2]].map(f64::from);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        [16.0 + luma * 219.0 / 255.0, (b - luma) / 1.772, (r - luma) / 1.402]
    };
    for y in 0..rgba.height {
        for x in 0..rgba.width {
            out.planes[0].0[(y * rgba.width + x) as usize] = yuv(x, y)[0].round() as u8;
            let (bx, by) = (x & !1, y & !1);
            for plane in 1..3 {
                let sum: f64 =
                    [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, k)| yuv(bx + i, by + k)[plane]).iter().sum();
                let pitch = out.planes[plane].1;
                out.planes[plane].0[(y / 2) as usize * pitch + (x / 2) as usize] =
                    (128.0 + sum / 4.0 * 224.0 / 255.0).round() as u8;
            }
        }
    }
    out
}

#[test]
fn drawing_and_converting_commute() {
    let mut rgba = Picture::new(PixelFormat::Rgba, 48, 42, 0, |k| [90, 140, 60, 255][k % 4]);
    let mut planar = converted(&rgba);
    // Shapes that hardly overlap: a blend of averages is the average of blends on even ground only.
    let draw = |canvas: &mut Canvas<'_>| {
        canvas.rect(Rectangle {
            left: 3.0,
            top: 5.0,
            width: 15.0,
            height: 12.0,
            border_width: 3,
            border_color: Color::RED.with_alpha(0.7),
            background: None,
        });
        canvas.line(Line { from: (20.0, 3.0), to: (46.0, 12.0), width: 2, color: Color::CYAN });
        let circle = Circle { center: (33.0, 28.0), radius: 9.0, width: 3, ..Circle::default() };
        canvas.circle(Circle { color: Color::YELLOW.with_alpha(0.5), ..circle });
        let style = TextStyle { background: None, size: 10, ..TextStyle::default() };
        canvas.text(-3.0, 19.0, "ab", &TextStyle { font: TextStyle::EMBEDDED_SERIF.into(), ..style });
    };
    rgba.draw(None, draw);
    planar.draw(None, draw);
    let expected = converted(&rgba);
    let untouched = Picture::new(PixelFormat::I420, 48, 42, 0, |_| 0);
    assert!(expected != untouched);
    for plane in 0..3 {
        let pairs = planar.planes[plane].0.iter().zip(&expected.planes[plane].0);
        let worst = pairs.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(2), "plane {plane} is off by {worst:?}");
    }
}

#[test]
fn drawing_through_a_crop_is_drawing_on_the_whole_in_the_window() {
    let windows = [
        Rect::new(0, 0, 48, 42),
        Rect::new(2, 4, 30, 20),
        Rect::new(5, 3, 31, 27),
        Rect::new(7, 8, 1, 1),
        Rect::new(9, 2, 22, 35),
        Rect::new(2, 11, 44, 9),
        Rect::new(47, 41, 1, 1),
    ];
    for format in FORMATS {
        for window in windows {
            let ground = Picture::busy(format, 48, 42, 5);
            let (mut whole, mut through) = (ground.clone(), ground.clone());
            whole.draw(None, |canvas| scene(canvas, 0.0, 0.0));
            through.draw(Some(window), |canvas| scene(canvas, -(window.x as f32), -(window.y as f32)));
            assert!(through.padding_is_intact(), "{format:?} {window}");
            for (x, y) in (0..48).flat_map(|x| (0..42).map(move |y| (x, y))) {
                let inside = |x: u32, y: u32| {
                    (window.x..window.right()).contains(&x) && (window.y..window.bottom()).contains(&y)
                };
                let expected = if inside(x, y) { &whole } else { &ground };
                assert_eq!(
                    through.sample(0, x, y),
                    expected.sample(0, x, y),
                    "{format:?} {window} ({x}, {y})"
                );
                // A sample that the window ends in the middle of knows half of its block.
                let (sx, sy) = format.chroma_shift().unwrap_or((0, 0));
                let cut = |end: u32, at: u32, shift: u32| end & shift == 1 && at >> shift == end >> shift;
                if cut(window.right(), x, sx) || cut(window.bottom(), y, sy) {
                    continue;
                }
                let shared = block(format, x, y).any(|(x, y)| inside(x, y));
                let expected = if shared { &whole } else { &ground };
                for plane in 1..format.planes() {
                    let (got, expected) = (through.sample(plane, x, y), expected.sample(plane, x, y));
                    assert_eq!(got, expected, "{format:?} {window} ({x}, {y}) plane {plane}");
                }
            }
        }
    }
}
