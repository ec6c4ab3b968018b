use image::RgbImage;

use super::*;
use crate::ErrorKind;
use crate::crops::{CropName, Encoder, ImageFormat, label_for_file_name};
use crate::frame::{ColorMatrix, ColorRange, Rect};

const FORMATS: [PixelFormat; 21] = PixelFormat::ALL;

/// Four flat fields; the borders lie on multiples of 16, so that JPEG blocks are flat.
fn fields(x: u32, y: u32) -> [u8; 3] {
    match (x < 48, y < 32) {
        (true, true) => [200, 40, 60],
        (false, true) => [30, 180, 90],
        (true, false) => [50, 70, 210],
        (false, false) => [235, 235, 235],
    }
}

fn decode(bytes: &[u8], format: ImageFormat) -> RgbImage {
    match format {
        ImageFormat::Jpg => {
            let image = turbojpeg::decompress(bytes, turbojpeg::PixelFormat::RGB).unwrap();
            let rows = image.pixels.chunks(image.pitch).flat_map(|row| row[..image.width * 3].to_vec());
            RgbImage::from_raw(image.width as u32, image.height as u32, rows.collect()).unwrap()
        }
        _ => image::load_from_memory(bytes).unwrap().to_rgb8(),
    }
}

fn off_by(found: [u8; 3], expected: [u8; 3]) -> u8 {
    found.into_iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap()
}

#[test]
fn every_format_matrix_and_range_keeps_its_colours() {
    let full = Colorimetry { matrix: ColorMatrix::Bt601, range: ColorRange::Full };
    for format in FORMATS {
        let gray = format == PixelFormat::Gray8;
        let all = [ColorMatrix::Bt601, ColorMatrix::Bt709, ColorMatrix::Bt2020].into_iter();
        let all = all.flat_map(|matrix| [ColorRange::Limited, ColorRange::Full].map(|r| (matrix, r)));
        for (matrix, range) in all {
            let colorimetry = if gray { full } else { Colorimetry { matrix, range } };
            let frame = Painted::new(format, (96, 64), colorimetry, fields);
            for file in [ImageFormat::Jpg, ImageFormat::Png, ImageFormat::WebP] {
                let bytes = Encoder::new(file, 95).unwrap().encode(&frame.view()).unwrap();
                let image = decode(&bytes, file);
                assert_eq!(image.dimensions(), (96, 64));
                // Pixels at the fields' borders, where JPEG's chroma bleeds, in lossless files only.
                let points = [(8, 8), (40, 20), (80, 8), (20, 50), (90, 60), (47, 31), (48, 32)];
                for (x, y) in &points[..if file == ImageFormat::Jpg { 5 } else { 7 }] {
                    let rgb = fields(*x, *y);
                    let expected = if gray { [yuv_of(rgb, full)[0]; 3] } else { rgb };
                    let off = off_by(image.get_pixel(*x, *y).0, expected);
                    assert!(off <= 4, "{format:?} {matrix:?} {range:?} {file} ({x}, {y}): off by {off}");
                }
            }
        }
    }
}

/// Odd origins, odd sizes, one pixel: the JPEG shows what the RGB conversion of the window shows.
#[test]
fn awkward_windows_are_neither_shifted_nor_sheared() {
    let smooth = |x: u32, y: u32| [(40 + 2 * x) as u8, (60 + 2 * y) as u8, (230 - x - y) as u8];
    for format in
        [PixelFormat::Nv12, PixelFormat::Nv21, PixelFormat::I420, PixelFormat::Yv12, PixelFormat::Bgra]
    {
        for matrix in [ColorMatrix::Bt601, ColorMatrix::Bt709] {
            for range in [ColorRange::Limited, ColorRange::Full] {
                let frame = Painted::new(format, (80, 60), Colorimetry { matrix, range }, smooth);
                for (x, y, w, h) in [
                    (0, 0, 80, 60),
                    (1, 0, 33, 17),
                    (0, 1, 32, 18),
                    (1, 1, 31, 20),
                    (1, 1, 32, 21),
                    (2, 4, 1, 1),
                    (3, 5, 1, 1),
                    (79, 59, 1, 1),
                    (7, 9, 2, 50),
                    (5, 3, 70, 1),
                ] {
                    let whole = frame.view();
                    let crop = whole.crop(Rect::new(x, y, w, h)).unwrap();
                    for view in [crop, crop.to_owned().view()] {
                        let bytes = Encoder::new(ImageFormat::Jpg, 100).unwrap().encode(&view).unwrap();
                        let image = decode(&bytes, ImageFormat::Jpg);
                        assert_eq!(image.dimensions(), (w, h));
                        for (px, py, pixel) in image.enumerate_pixels() {
                            let off = off_by(pixel.0, smooth(x + px, y + py));
                            assert!(
                                off <= 8,
                                "{format:?} {matrix:?} {range:?} {w}x{h} at ({x}, {y}): ({px}, {py}) is {pixel:?}, off by {off}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn quality_is_checked_and_matters() {
    let noise = Painted::new(PixelFormat::Rgb, (64, 64), Colorimetry::default(), |x, y| {
        [(x * 37 + y * 91) as u8, (x * y) as u8, (x * 11) as u8]
    });
    let size =
        |quality| Encoder::new(ImageFormat::Jpg, quality).unwrap().encode(&noise.view()).unwrap().len();
    assert!(size(30) < size(85) && size(85) < size(100));
    for quality in [0, 101, 255] {
        let error = Encoder::new(ImageFormat::Jpg, quality).unwrap_err();
        assert!(
            error.to_string().contains(&format!("quality is {quality}"))
                && error.kind() == ErrorKind::InvalidArgument
        );
    }
    let header =
        turbojpeg::read_header(&Encoder::new(ImageFormat::Jpg, 85).unwrap().encode(&noise.view()).unwrap())
            .unwrap();
    assert_eq!(header.subsamp, turbojpeg::Subsamp::Sub2x2);
    for format in [ImageFormat::Jpg, ImageFormat::Png, ImageFormat::WebP] {
        let empty = noise.view().crop(Rect::new(0, 0, 0, 3)).unwrap();
        assert!(Encoder::new(format, 85).unwrap().encode(&empty).unwrap_err().to_string().contains("0x3"));
        assert_eq!(format.to_string().parse::<ImageFormat>().unwrap(), format);
    }
    assert!("tiff".parse::<ImageFormat>().unwrap_err().to_string().contains("tiff"));
}

#[test]
fn what_jpeg_cannot_hold_is_an_error() {
    let long = vec![0u8; 70_000];
    let view =
        FrameView::new(PixelFormat::Gray8, 70_000, 1, &[(&long, 70_000)], Colorimetry::default()).unwrap();
    let error = Encoder::new(ImageFormat::Jpg, 85).unwrap().encode(&view).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(Encoder::new(ImageFormat::WebP, 85).unwrap().encode(&view).is_err());
    assert!(Encoder::new(ImageFormat::Png, 85).unwrap().encode(&view).is_ok());
}

#[test]
fn labels_are_safe_in_file_names() {
    let rows = [
        ("person", "PERSON"),
        ("a/b\\c:d", "A-B-C-D"),
        ("nul\0byte", "NUL-BYTE"),
        ("...", "OBJECT"),
        ("", "OBJECT"),
        (".hidden", "HIDDEN"),
        ("traffic_light v2.1", "TRAFFIC_LIGHT-V2.1"),
        ("straße", "STRASSE"),
        ("人", "人"),
        ("\u{202e}gpj", "GPJ"),
    ];
    for (label, expected) in rows {
        assert_eq!(label_for_file_name(label), expected, "{label:?}");
    }
    for n in [62, 63, 64, 65, 200] {
        let long = label_for_file_name(&format!("{}é", "a".repeat(n)));
        assert!(long.len() <= 64 && long.len() >= 62, "{n}: {long}");
    }
    let name = CropName {
        frame_num: 12,
        source_id: 1,
        object: u64::MAX,
        label: "a/../../b",
        width: 5,
        height: 6,
        format: ImageFormat::WebP,
    };
    let path = name.path_in("out".as_ref());
    assert_eq!(path, std::path::Path::new("out/stream_1/12_1_18446744073709551615_A-..-..-B_5x6.webp"));
}
