//! Every level gives the bytes of the plain code.

use super::*;
use crate::cpu::Level;

const FAST: [Level; 2] = [Level::Avx2, Level::Avx512];

fn outputs() -> [Output; 6] {
    [Output::Rgb, Output::Bgr, Output::Rgba, Output::Bgra, Output::Gray, Output::Hsv]
}

#[test]
fn every_width_origin_and_pitch_gives_the_scalar_bytes() {
    for format in PixelFormat::ALL {
        for width in 0..=130 {
            let extra = [0, 2, 6][width as usize % 3];
            let noise = Noise::new(format, (width + 3, 3), extra);
            let colorimetry = colorimetries().nth(width as usize % 6).unwrap();
            for x in [0, 1, 2] {
                let crop = noise.view(colorimetry).crop(Rect::new(x, x & 1, width, 2)).unwrap();
                for output in outputs() {
                    let plain = converted(Level::Scalar, &crop, output, extra);
                    for level in FAST {
                        let fast = converted(level, &crop, output, extra);
                        assert!(plain == fast, "{format:?} to {output:?}, {width} from {x}, {level}");
                    }
                }
            }
        }
    }
}

#[test]
fn planes_have_the_bytes_of_packed_pixels() {
    for format in PixelFormat::ALL {
        for width in 1..=140 {
            let noise = Noise::new(format, (width + 3, 3), 1);
            let colorimetry = colorimetries().nth(width as usize % 6).unwrap();
            for x in [0, 1] {
                let crop = noise.view(colorimetry).crop(Rect::new(x, x, width, 2)).unwrap();
                let packed = converted(Level::Scalar, &crop, Output::Rgb, 0);
                for level in [Level::Scalar, Level::Avx2, Level::Avx512] {
                    let plane = width as usize + width as usize % 5;
                    let mut planes = vec![0; 3 * plane];
                    convert::RgbPlanes::at(level, &crop).read(1, &mut planes);
                    for (i, pixel) in packed[3 * width as usize..].chunks(3).enumerate() {
                        let found = [planes[i], planes[plane + i], planes[2 * plane + i]];
                        assert_eq!(found, pixel, "{format:?} {width} from {x}, {level} at {i}");
                    }
                }
            }
        }
    }
}

#[test]
fn rows_that_share_chroma_have_the_bytes_of_single_ones() {
    for format in PixelFormat::ALL {
        for width in 1..=140 {
            let noise = Noise::new(format, (width + 3, 8), 1);
            let colorimetry = colorimetries().nth(width as usize % 6).unwrap();
            for (x, y, rows) in [(0, 0, 6), (1, 1, 6), (0, 1, 1), (2, 1, 5)] {
                let crop = noise.view(colorimetry).crop(Rect::new(x, y, width, 7)).unwrap();
                for level in [Level::Scalar, Level::Avx2, Level::Avx512] {
                    let len = 3 * (width as usize + width as usize % 5);
                    let planes = convert::RgbPlanes::at(level, &crop);
                    // A row more than is asked for stays as it is.
                    let mut all = vec![7; len * (rows + 1)];
                    planes.read_rows(1..1 + rows as u32, &mut all, len);
                    let mut single = vec![7; len];
                    for (y, all) in (1..1 + rows as u32).zip(all.chunks(len)) {
                        planes.read(y, &mut single);
                        for (all, single) in all.chunks(len / 3).zip(single.chunks(len / 3)) {
                            let same = all[..width as usize] == single[..width as usize];
                            assert!(same, "{format:?} {width} from {x}, {y}, {level}");
                        }
                    }
                    assert!(all[rows * len..].iter().all(|&byte| byte == 7));
                }
            }
        }
    }
}

#[test]
fn every_luma_with_a_grid_of_chroma_gives_the_scalar_bytes() {
    let luma: Vec<u8> = (0..=255).cycle().take(512).collect();
    for colorimetry in colorimetries() {
        for u in (0..=255u8).step_by(5) {
            let v_row: Vec<u8> = (0..256).map(|i| (i as u8).wrapping_mul(3).wrapping_add(u)).collect();
            let u_row: Vec<u8> = (0..256).map(|i| u.wrapping_add((i / 7) as u8)).collect();
            let planes = [(luma.as_slice(), 512), (&u_row, 256), (&v_row, 256)];
            let view = FrameView::new(PixelFormat::I420, 512, 1, &planes, colorimetry).unwrap();
            let plain = converted(Level::Scalar, &view, Output::Rgb, 0);
            assert!(FAST.iter().all(|&level| converted(level, &view, Output::Rgb, 0) == plain), "{u}");
        }
    }
}

#[test]
fn strips_on_threads_change_nothing() {
    let noise = Noise::new(PixelFormat::Nv12, (1023, 701), 1);
    let view = noise.view(Colorimetry::default()).crop(Rect::new(1, 1, 1021, 699)).unwrap();
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    for output in outputs() {
        let one = pool(1).install(|| converted(cpu::level(), &view, output, 5));
        assert!(pool(3).install(|| converted(cpu::level(), &view, output, 5)) == one, "{output:?}");
    }
}

#[test]
fn a_destination_of_one_row_may_have_any_pitch() {
    let noise = Noise::new(PixelFormat::Rgba, (40, 1), 0);
    let view = noise.view(Colorimetry::default());
    let mut out = vec![0; 120];
    bgr_from(&view, ViewMut::new(&mut out, 40, 1, 3, 0).unwrap()).unwrap();
    assert_eq!(out, converted(Level::Scalar, &view, Output::Bgr, 0));
}

#[test]
fn windows_side_by_side_are_destinations() {
    let noise = Noise::new(PixelFormat::Nv12, (40, 30), 0);
    let view = noise.view(Colorimetry::default());
    let mut out = OwnedFrame::zeroed(PixelFormat::Rgb, 80, 30);
    let halves = [Rect::new(0, 0, 40, 30), Rect::new(40, 0, 40, 30)];
    for mut half in out.view_mut().disjoint_mut(&halves).unwrap() {
        rgb_from(&view, half.plane_mut(0)).unwrap();
    }
    let expected = converted(Level::Scalar, &view, Output::Rgb, 0);
    for half in halves {
        let half = out.view().crop(half).unwrap().plane(0);
        assert!(half.rows().eq(expected.chunks(120)));
    }
}
