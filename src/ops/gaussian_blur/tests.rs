use super::*;
use crate::ops::rows::testing::{Picture, sizes};

const KERNELS: [((u32, u32), f64, f64); 9] = [
    ((3, 3), 0.0, 0.0),
    ((5, 5), 1.0, 0.0),
    ((15, 15), 2.5, 0.0),
    ((31, 31), 5.0, 0.0),
    ((1, 7), 0.0, 1.3),
    ((9, 1), 0.0, 0.0),
    ((3, 21), 0.3, 9.0),
    ((0, 0), 3.1, 0.7),
    ((31, 11), 1.0, 0.1),
];
const BORDERS: [Border; 4] = [Border::Reflect101, Border::Reflect, Border::Replicate, Border::Constant(200)];

/// The definition in whole numbers: across, where the border is looked up for every pixel, then down.
fn oracle(src: View<'_>, window: Rect, blur: &GaussianBlur) -> Vec<u8> {
    let Plan { kx, ky, border, .. } = &blur.plan;
    let outside = if let Border::Constant(value) = border { i64::from(*value) } else { 0 };
    let across = |x: i64, y: i64, c: usize| -> i64 {
        let row = border.index(y, src.height()).map(|y| src.row(y));
        let pixel = |x: i64| match (row, border.index(x, src.width())) {
            (Some(row), Some(x)) => i64::from(row[x as usize * src.channels() + c]),
            _ => outside,
        };
        (x - kx.len() as i64 / 2..).zip(kx).map(|(x, &k)| i64::from(k) * pixel(x)).sum()
    };
    let (mut out, reach) = (Vec::new(), ky.len() as i64 / 2);
    let columns = || i64::from(window.x)..i64::from(window.right());
    let rows: Vec<Vec<i64>> = (i64::from(window.y) - reach..i64::from(window.bottom()) + reach)
        .map(|y| {
            columns()
                .flat_map(|x| (0..src.channels()).map(move |c| (x, c)))
                .map(|(x, c)| across(x, y, c))
                .collect()
        })
        .collect();
    for rows in rows.windows(ky.len()).take(window.height as usize) {
        for i in 0..rows[0].len() {
            let sum: i64 = rows.iter().zip(ky).map(|(row, &k)| i64::from(k) * row[i]).sum();
            out.push(((sum + (1 << 15)) >> 16) as u8);
        }
    }
    out
}

#[test]
fn every_level_gives_the_definition_at_every_size_pitch_and_border() {
    for (n, size) in sizes().into_iter().enumerate() {
        for (i, &(ksize, x, y)) in KERNELS.iter().enumerate() {
            let blur = GaussianBlur::new(ksize, x, y).unwrap().border(BORDERS[(n + i) % 4]);
            let src = Picture::noise(size, [1, 3, 4, 2][(n + i / 2) % 4], n % 5);
            let expected = oracle(src.view(), Rect::new(0, 0, size.0, size.1), &blur);
            for isa in Isa::all() {
                let mut dst = Picture::blank(size, src.channels, 3);
                blur.apply_at(isa, src.view(), dst.view_mut()).unwrap();
                assert!(dst.packed() == expected, "{isa:?} {size:?} {ksize:?} {:?}", blur.plan.border);
                assert!(dst.padding_is_untouched());
            }
        }
    }
}

#[test]
fn in_place_a_window_is_a_picture_of_its_own_or_sees_what_is_around() {
    let src = Picture::noise((83, 61), 4, 12);
    for (ksize, x, y) in KERNELS {
        for rect in [
            Rect::new(0, 0, 83, 61),
            Rect::new(7, 3, 33, 21),
            Rect::new(60, 40, 23, 21),
            Rect::new(5, 9, 1, 1),
        ] {
            for (isa, border) in Isa::all().into_iter().flat_map(|isa| BORDERS.map(|b| (isa, b))).step_by(3) {
                let blur = GaussianBlur::new(ksize, x, y).unwrap().border(border);
                let (mut alone, mut around) = (src.clone(), src.clone());
                let whole = Rect::new(0, 0, rect.width, rect.height);
                blur.apply_window_at(isa, alone.view_mut().crop_mut(rect).unwrap(), whole).unwrap();
                blur.apply_window_at(isa, around.view_mut(), rect).unwrap();
                let crop = src.view().crop(rect).unwrap();
                assert!(
                    alone.crop_packed(rect) == oracle(crop, whole, &blur),
                    "{isa:?} {rect} {ksize:?} {border:?}"
                );
                assert!(
                    around.crop_packed(rect) == oracle(src.view(), rect, &blur),
                    "{isa:?} {rect} {ksize:?}"
                );
                for (picture, y) in [&alone, &around].into_iter().flat_map(|p| (0..61).map(move |y| (p, y))) {
                    let (now, before) = (picture.view().row(y), src.view().row(y));
                    let (left, right) = (rect.x as usize * 4, rect.right() as usize * 4);
                    let inside = (rect.y..rect.bottom()).contains(&y);
                    assert!(now[..left] == before[..left] && now[right..] == before[right..]);
                    assert!(inside || now == before, "row {y} is outside of {rect}");
                }
                assert!(alone.padding_is_untouched() && around.padding_is_untouched());
            }
        }
    }
}

#[test]
fn strips_on_threads_join_without_a_seam() {
    let src = Picture::noise((800, 301), 4, 0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for (ksize, sigma) in [((5, 5), 1.0), ((31, 31), 5.0)] {
        let blur = GaussianBlur::new(ksize, sigma, 0.0).unwrap();
        let (mut dst, mut one) = (src.clone(), Picture::blank((800, 301), 4, 0));
        pool.install(|| blur.apply_mut(dst.view_mut())).unwrap();
        let all = 0..301;
        blur.strip(Isa::best(), src.view(), Rect::new(0, 0, 800, 301), all, one.view_mut());
        assert!(dst.packed() == one.packed());
    }
}

#[test]
fn black_and_white_stay_and_a_kernel_of_one_copies() {
    for value in [0, 255] {
        let mut plane = vec![value; 70 * 9 * 3];
        gaussian_blur_mut(ViewMut::new(&mut plane, 70, 9, 3, 210).unwrap(), (15, 7), 0.0, 0.0).unwrap();
        assert!(plane.iter().all(|&b| b == value));
    }
    let src = Picture::noise((40, 30), 3, 0);
    let mut dst = Picture::blank((40, 30), 3, 0);
    gaussian_blur(src.view(), dst.view_mut(), (1, 1), 3.0, 0.0).unwrap();
    assert_eq!(dst.packed(), src.packed());
}

#[test]
fn weights_sum_to_256_are_symmetric_and_follow_the_gaussian() {
    for (ksize, sigma) in (1..=61).step_by(2).flat_map(|k| [0.0, 0.2, 0.8, 1.7, 5.0, 30.0].map(|s| (k, s))) {
        let fixed = kernel::fixed_kernel(ksize, sigma).unwrap();
        assert_eq!(fixed.iter().sum::<i16>(), 256, "{ksize} {sigma}");
        assert!(fixed.iter().eq(fixed.iter().rev()) && fixed.len() % 2 == 1);
        assert!(fixed.iter().all(|&k| (0..=255).contains(&k)) || fixed == [256]);
        let exact = gaussian_kernel(ksize, sigma).unwrap();
        assert!((exact.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let side = (exact.len() - fixed.len()) / 2;
        assert!(fixed.iter().zip(&exact[side..]).all(|(&k, e)| (f64::from(k) / 256.0 - e).abs() < 0.02));
    }
}

#[test]
fn bad_arguments_are_refused_with_what_to_change() {
    let text = |ksize, x: f64, y: f64| GaussianBlur::new(ksize, x, y).unwrap_err().to_string();
    assert!(text((4, 3), 1.0, 1.0).contains("4, it must be odd"));
    assert!(text((0, 3), 0.0, 1.0).contains("width and its sigma are both 0"));
    assert!(text((3, 0), f64::NAN, 1.0).contains("sigma is NaN"));
    assert!(text((3, 0), 1.0, f64::INFINITY).contains("sigma is inf"));
    assert!(text((70_001, 3), 1.0, 0.0).contains("at most 65535"));
    let blur = GaussianBlur::new((3, 3), 1.0, 0.0).unwrap();
    let (src, mut dst) = (Picture::noise((4, 4), 3, 0), Picture::blank((4, 4), 4, 0));
    assert!(blur.apply(src.view(), dst.view_mut()).unwrap_err().to_string().contains("4x4 with 3"));
    assert!(blur.apply_window_mut(dst.view_mut(), Rect::new(2, 2, 3, 1)).is_err());
    let mut wide = Picture::blank((4, 4), 5, 0);
    assert!(blur.apply_mut(wide.view_mut()).unwrap_err().to_string().contains("5 bytes"));
}

#[cfg(feature = "opencv")]
mod with_opencv {
    use super::*;
    use opencv::core::{BORDER_CONSTANT, BORDER_REFLECT, BORDER_REFLECT_101, BORDER_REPLICATE, Mat, Size};
    use opencv::prelude::*;

    fn cv(src: &Mat, ksize: (u32, u32), x: f64, y: f64, border: i32) -> Vec<u8> {
        let mut dst = Mat::default();
        let size = Size::new(ksize.0 as i32, ksize.1 as i32);
        opencv::imgproc::gaussian_blur(src, &mut dst, size, x, y, border).unwrap();
        dst.data_bytes().unwrap().to_vec()
    }

    const BOTH: [(Border, i32); 4] = [
        (Border::Reflect101, BORDER_REFLECT_101),
        (Border::Reflect, BORDER_REFLECT),
        (Border::Replicate, BORDER_REPLICATE),
        (Border::Constant(0), BORDER_CONSTANT),
    ];

    #[test]
    fn whole_pictures_have_opencvs_bytes() {
        let shapes = [((1, 1), 1), ((7, 5), 3), ((64, 40), 4), ((129, 67), 4), ((5, 90), 1), ((90, 5), 3)];
        for ((size, channels), (ksize, x, y)) in shapes.into_iter().flat_map(|s| KERNELS.map(|k| (s, k))) {
            let src = Picture::noise(size, channels, 0);
            for (border, flag) in BOTH {
                let mut dst = Picture::blank(size, channels, 5);
                GaussianBlur::new(ksize, x, y)
                    .unwrap()
                    .border(border)
                    .apply(src.view(), dst.view_mut())
                    .unwrap();
                assert!(
                    dst.packed() == cv(&src.mat(), ksize, x, y, flag),
                    "{size:?} {channels} {ksize:?} {x} {y} {border:?}"
                );
            }
        }
    }

    /// A white dot under a kernel across alone shows every weight, so all of them are compared.
    #[test]
    fn weights_of_many_sizes_and_sigmas_are_opencvs() {
        let src = Picture::noise((97, 2), 1, 0);
        let mat = src.mat();
        for ksize in (1..=63u32).step_by(2) {
            for sigma in [0.0, 0.25, 0.6, 1.0, 1.44, 2.5, 3.3, 5.0, 7.7, 12.0, 40.0] {
                let mut dst = Picture::blank((97, 2), 1, 0);
                gaussian_blur(src.view(), dst.view_mut(), (ksize, 1), sigma, 0.0).unwrap();
                assert!(
                    dst.packed() == cv(&mat, (ksize, 1), sigma, 0.0, BORDER_REFLECT_101),
                    "{ksize} {sigma}"
                );
            }
        }
    }

    #[test]
    fn a_window_that_sees_its_surroundings_is_near_opencvs_part_of_a_mat() {
        let src = Picture::noise((120, 90), 4, 0);
        let rect = Rect::new(11, 7, 83, 70);
        for (ksize, x, y) in KERNELS {
            let whole = src.mat();
            let part = Mat::roi(&whole, opencv::core::Rect::new(11, 7, 83, 70)).unwrap();
            let (mut dst, size) = (Mat::default(), Size::new(ksize.0 as i32, ksize.1 as i32));
            opencv::imgproc::gaussian_blur(&part, &mut dst, size, x, y, BORDER_REFLECT_101).unwrap();
            let mut ours = src.clone();
            GaussianBlur::new(ksize, x, y).unwrap().apply_window_mut(ours.view_mut(), rect).unwrap();
            let theirs = dst.data_bytes().unwrap();
            let worst = ours.crop_packed(rect).iter().zip(theirs).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            // Weights rounded one by one there do not sum to 256: white loses up to 2 in 255.
            assert!(worst <= 3, "{ksize:?} {x} {y}: {worst}");
        }
    }
}
