use super::*;

/// A picture without symmetry, RGB, `pitch` bytes a row.
fn pattern(width: usize, height: usize, pitch: usize, step: usize) -> Vec<u8> {
    let mut data = vec![0xEE; pitch * height];
    for y in 0..height {
        for x in 0..width {
            for c in 0..3 {
                data[y * pitch + x * step + c] = (x * 37 + y * 101 + c * 59 + x * y * 7) as u8;
            }
        }
    }
    data
}

fn stretch() -> Config {
    Config::default()
}

fn letterbox(symmetric_padding: bool) -> Config {
    Config { maintain_aspect_ratio: true, symmetric_padding, ..Config::default() }
}

fn run(config: &Config, net: (usize, usize), image: &ImageRef<'_>, roi: SourceRoi) -> (Vec<f32>, NetMap) {
    let mut preprocessor = Preprocessor::new(config, net);
    let mut out = vec![f32::NAN; preprocessor.len()];
    let map = preprocessor.run(image, roi, &mut out).unwrap();
    (out, map)
}

#[test]
fn resize_gives_opencv_bytes() {
    // Start of the red plane, sum of each plane, and a position-weighted sum of the interleaved picture,
    // from OpenCV 4.14's resize (INTER_LINEAR) of the same pattern.
    type Row<'a> = ((usize, usize), (usize, usize), &'a [u8], [u32; 3], u32);
    let rows: [Row<'_>; 3] = [
        ((13, 9), (8, 5), &[53, 117, 124, 144, 84, 120, 82, 147, 187, 80], [5120, 4768, 5035], 630_219),
        ((5, 4), (9, 7), &[0, 12, 33, 53, 74, 95, 115, 136, 148, 36], [7497, 7990, 7610], 1_118_446),
        ((64, 48), (41, 31), &[39, 99, 132, 150, 114, 86], [159_242, 159_989, 160_877], 23_431_969),
    ];
    for ((w, h), net, start, sums, weighted) in rows {
        let data = pattern(w, h, w * 4 + 3, 4);
        let image = ImageRef::packed(&data, (w, h), w * 4 + 3, 4, ChannelOrder::Rgb).unwrap();
        let (out, _) = run(&stretch(), net, &image, SourceRoi::full(&image));
        let bytes: Vec<u32> = out.iter().map(|value| *value as u32).collect();
        let area = net.0 * net.1;
        assert!(start.iter().zip(&bytes).all(|(a, b)| u32::from(*a) == *b), "{:?}", &bytes[..12]);
        assert_eq!([0, 1, 2].map(|c| bytes[c * area..(c + 1) * area].iter().sum::<u32>()), sums);
        let sum: u32 = (0..area * 3).map(|i| bytes[i % 3 * area + i / 3] * (1 + i as u32 % 97)).sum();
        assert_eq!(sum, weighted);
    }
}

#[test]
fn colour_orders_and_normalisation() {
    let data = [10, 20, 30, 0, 10, 20, 30, 0];
    let image = |order| ImageRef::packed(&data, (2, 1), 8, 4, order).unwrap();
    let config = Config {
        net_scale_factor: 0.5,
        offsets: [1.0, 2.0, 3.0],
        channel_scales: [1.0, 2.0, 4.0],
        ..Config::default()
    };
    let first = |config: &Config, order| {
        let image = image(order);
        let (out, _) = run(config, (2, 1), &image, SourceRoi::full(&image));
        out.into_iter().step_by(2).collect::<Vec<_>>()
    };
    assert_eq!(first(&config, ChannelOrder::Rgb), [4.5, 18.0, 54.0]);
    assert_eq!(first(&config, ChannelOrder::Bgr), [14.5, 18.0, 14.0]);
    let bgr = Config { model_color_format: ModelColorFormat::Bgr, ..config };
    assert_eq!(first(&bgr, ChannelOrder::Rgb), [14.5, 18.0, 14.0]);
    let gray = Config { model_color_format: ModelColorFormat::Gray, ..stretch() };
    assert_eq!(first(&gray, ChannelOrder::Rgb), [18.0], "0.299 r + 0.587 g + 0.114 b");
}

#[test]
fn padding_and_map() {
    let data = vec![200; 40 * 20];
    let image = ImageRef::gray(&data, (40, 20), 40).unwrap();
    let full = SourceRoi::full(&image);
    // (config, net, first and last picture row, first and last picture column)
    let rows = [
        (letterbox(true), (20, 20), (5, 14), (0, 19)),
        (letterbox(false), (20, 20), (0, 9), (0, 19)),
        (letterbox(true), (20, 13), (1, 10), (0, 19)),
        (letterbox(true), (30, 10), (0, 9), (5, 24)),
        (stretch(), (10, 20), (0, 19), (0, 9)),
    ];
    for (config, (w, h), (top, bottom), (left, right)) in rows {
        let config = Config { offsets: [100.0; 3], ..config };
        let (out, map) = run(&config, (w, h), &image, full);
        for (at, value) in out[..w * h].iter().enumerate() {
            let inside = (top..=bottom).contains(&(at / w)) && (left..=right).contains(&(at % w));
            assert_eq!(*value, if inside { 100.0 } else { -100.0 }, "{w}x{h} at {at}");
        }
        assert_eq!(map.to_source([left as f32, top as f32]), [0.0, 0.0]);
        assert_eq!(map.to_source([right as f32 + 1.0, bottom as f32 + 1.0]), [40.0, 20.0]);
    }
}

#[test]
fn region_equals_its_copy() {
    let (w, h) = (31, 17);
    let data = pattern(w, h, w * 3, 3);
    let image = ImageRef::packed(&data, (w, h), w * 3, 3, ChannelOrder::Rgb).unwrap();
    for (left, top, width, height) in
        [(0, 0, 31, 17), (1, 3, 8, 5), (5, 0, 1, 1), (30, 16, 1, 1), (3, 2, 28, 15)]
    {
        let roi = SourceRoi { left, top, width, height };
        let copy: Vec<u8> =
            (top..top + height).flat_map(|y| data[(y * w + left) * 3..][..width * 3].to_vec()).collect();
        let copy = ImageRef::packed(&copy, (width, height), width * 3, 3, ChannelOrder::Rgb).unwrap();
        let (want, _) = run(&letterbox(true), (12, 10), &copy, SourceRoi::full(&copy));
        let (out, map) = run(&letterbox(true), (12, 10), &image, roi);
        assert_eq!(out, want, "{roi:?}");
        assert_eq!(map.to_source(map.pad), [left as f32, top as f32]);
    }
}

#[test]
fn yuv_forms_agree_and_have_the_right_colours() {
    // (Y, Cb, Cr) of BT.601 limited range, and the RGB they mean.
    let colours = [
        ((16, 128, 128), [0, 0, 0]),
        ((235, 128, 128), [255, 255, 255]),
        ((81, 90, 240), [254, 0, 0]),
        ((145, 54, 34), [0, 255, 1]),
        ((41, 240, 110), [0, 0, 255]),
    ];
    for ((y, u, v), rgb) in colours {
        let (luma, us, vs) = (vec![y; 5 * 3], vec![u; 3 * 2], vec![v; 3 * 2]);
        let uv: Vec<u8> = us.iter().zip(&vs).flat_map(|(u, v)| [*u, *v]).collect();
        let matrix = YuvMatrix::Bt601Limited;
        let i420 = ImageRef::i420((&luma, 5), (&us, &vs, 3), (5, 3), matrix).unwrap();
        let nv12 = ImageRef::nv12((&luma, 5), (&uv, 6), (5, 3), matrix).unwrap();
        let (a, _) = run(&stretch(), (5, 3), &i420, SourceRoi::full(&i420));
        let (b, _) = run(&stretch(), (5, 3), &nv12, SourceRoi::full(&nv12));
        assert_eq!(a, b);
        let off = [0, 1, 2].map(|c| (a[c * 15] as i32 - rgb[c]).abs());
        assert!(off.iter().all(|off| *off <= 2), "({y}, {u}, {v}) is off by {off:?}");
        assert!(a.chunks(15).all(|plane| plane.iter().all(|value| *value == plane[0])));
    }
}

#[test]
fn yuv_gives_swscale_bytes() {
    let filled = |count: usize, step: usize, start: usize| -> Vec<u8> {
        (0..count).map(|i| (i * step + start) as u8).collect()
    };
    let (luma, u, v) = (filled(32 * 4, 37, 11), filled(32, 61, 5), filled(32, 89, 200));
    let image = ImageRef::i420((&luma, 32), (&u, &v, 16), (32, 4), YuvMatrix::Bt601Limited).unwrap();
    let (out, _) = run(&stretch(), (32, 4), &image, SourceRoi::full(&image));
    // Sums of the red, green and blue plane, and a position-weighted sum of the BGR picture, from FFmpeg 5.1.
    assert_eq!([0, 1, 2].map(|c| out[c * 128..][..128].iter().sum::<f32>()), [16_910.0, 16_166.0, 15_966.0]);
    let weighted: u32 = (0..384).map(|i| out[(2 - i % 3) * 128 + i / 3] as u32 * (i as u32 % 97 + 1)).sum();
    assert_eq!(weighted, 2_457_029);
}

#[test]
fn odd_yuv_regions_take_the_chroma_of_their_place() {
    let (w, h) = (7, 5);
    let luma: Vec<u8> = (0..w * h).map(|i| (40 + i * 3) as u8).collect();
    let uv: Vec<u8> = (0..8 * 3).map(|i| (60 + i * 5) as u8).collect();
    let image = ImageRef::nv12((&luma, w), (&uv, 8), (w, h), YuvMatrix::Bt709Full).unwrap();
    let (full, _) = run(&stretch(), (w, h), &image, SourceRoi::full(&image));
    for (left, top, width, height) in [(1, 1, 3, 3), (3, 0, 4, 5), (6, 4, 1, 1), (0, 2, 7, 1)] {
        let (part, _) = run(&stretch(), (width, height), &image, SourceRoi { left, top, width, height });
        for (i, value) in part.iter().enumerate() {
            let (c, y, x) = (i / (width * height), i / width % height, i % width);
            assert_eq!(*value, full[c * w * h + (top + y) * w + left + x], "({left},{top}) {x},{y},{c}");
        }
    }
}

#[test]
fn bad_pictures_regions_and_outputs_are_refused() {
    let data = [0; 24];
    let packed = |size, pitch, step| ImageRef::packed(&data, size, pitch, step, ChannelOrder::Rgb).is_ok();
    assert!(packed((4, 2), 12, 3) && packed((2, 3), 8, 4));
    // (size, pitch, bytes a pixel): too short, pitch below the row, empty, pixel size, overflow
    for (size, pitch, step) in [
        ((4, 3), 12, 3),
        ((4, 2), 11, 3),
        ((0, 2), 12, 3),
        ((4, 0), 12, 3),
        ((4, 2), 12, 2),
        ((1, usize::MAX), 9, 3),
    ] {
        assert!(!packed(size, pitch, step), "{size:?} {pitch} {step}");
    }
    assert!(ImageRef::nv12((&data, 4), (&data[..7], 4), (4, 4), YuvMatrix::default()).is_err());
    assert!(ImageRef::i420((&data, 4), (&data, &data[..3], 2), (4, 4), YuvMatrix::default()).is_err());

    let image = ImageRef::gray(&data, (6, 4), 6).unwrap();
    let mut preprocessor = Preprocessor::new(&stretch(), (4, 4));
    let mut out = vec![0.0; 48];
    for (left, top, width, height) in [(0, 0, 0, 1), (5, 0, 2, 1), (0, 4, 1, 1), (usize::MAX, 0, 2, 1)] {
        let roi = SourceRoi { left, top, width, height };
        assert!(preprocessor.run(&image, roi, &mut out).is_err(), "{roi:?}");
    }
    assert!(preprocessor.run(&image, SourceRoi::full(&image), &mut out[1..]).is_err());
}
