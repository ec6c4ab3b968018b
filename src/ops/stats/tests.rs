use super::*;
use crate::frame::Rect;
use crate::ops::rows::testing::{Picture, sizes};

/// Every channel's values, in scan order.
fn values(view: &View<'_>) -> Vec<Vec<u8>> {
    let c = view.channels();
    (0..c).map(|k| view.rows().flat_map(|row| row.iter().skip(k).step_by(c).copied()).collect()).collect()
}

fn check(view: &View<'_>, place: &str) {
    let values = values(view);
    let count = values[0].len() as f64;
    let bins = histogram(view).unwrap();
    for isa in Isa::all() {
        let found = sums(isa, view, true).unwrap();
        assert_eq!(found.mean(), sums(isa, view, false).unwrap().mean(), "{place}");
        for (c, values) in values.iter().enumerate() {
            let mean =
                if count == 0.0 { 0.0 } else { values.iter().map(|&v| f64::from(v)).sum::<f64>() / count };
            assert_eq!(found.mean()[c], mean, "{isa:?} {place}");
            let spread: f64 = values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum();
            let deviation = if count == 0.0 { 0.0 } else { (spread / count).sqrt() };
            assert!((found.deviation()[c] - deviation).abs() < 1e-9, "{isa:?} {place}");
            if count > 0.0 {
                let extremes = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
                assert_eq!(min_max_at(isa, view).unwrap()[c], extremes, "{isa:?} {place}");
            }
        }
        assert!(found.mean()[view.channels()..].iter().all(|&m| m == 0.0));
        if count > 0.0 && view.channels() == 1 {
            let found = sums::min_max_loc(isa, view);
            let first = |value| {
                let at = values[0].iter().position(|&v| v == value).unwrap() as u32;
                (at % view.width(), at / view.width())
            };
            assert_eq!((found.min_loc, found.max_loc), (first(found.min), first(found.max)), "{place}");
            assert_eq!((found.min, found.max), min_max_at(isa, view).unwrap()[0]);
        }
    }
    for (bins, values) in bins.iter().zip(&values) {
        let mut expected = [0; 256];
        values.iter().for_each(|&v| expected[usize::from(v)] += 1);
        assert_eq!(*bins, expected, "{place}");
    }
}

#[test]
fn every_level_gives_the_definition_at_every_size_window_and_width_of_pixel() {
    for (n, size) in sizes().into_iter().enumerate() {
        for channels in 1..=4 {
            check(&Picture::noise(size, channels, n % 5).view(), &format!("{size:?} {channels}"));
        }
    }
    for channels in 1..=4 {
        let picture = Picture::shapes((90, 50), channels, 7);
        for rect in [Rect::new(3, 5, 33, 21), Rect::new(60, 0, 30, 50), Rect::new(89, 49, 1, 1)] {
            check(&picture.view().crop(rect).unwrap(), &format!("{rect} {channels}"));
        }
    }
}

#[test]
fn white_reaches_no_limit_and_threads_count_all() {
    let white = vec![255; 3000 * 2000];
    let view = View::new(&white, 1000, 2000, 3, 3000).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for isa in Isa::all() {
        let found = pool.install(|| sums(isa, &view, true)).unwrap();
        assert_eq!((found.mean(), found.deviation()), ([255.0, 255.0, 255.0, 0.0], [0.0; 4]));
    }
    let long = View::new(&white, 6_000_000, 1, 1, 6_000_000).unwrap();
    assert_eq!(mean_std_dev(&long).unwrap().0[0], 255.0);
    assert_eq!(pool.install(|| histogram(&view)).unwrap()[2][255], 2_000_000);
}

#[test]
fn what_has_no_answer_is_refused() {
    let none = View::new(&[], 0, 3, 1, 0).unwrap();
    assert_eq!(mean_std_dev(&none).unwrap(), ([0.0; 4], [0.0; 4]));
    assert_eq!(histogram(&none).unwrap(), [[0; 256]]);
    for error in [
        min_max(&none).unwrap_err(),
        min_max_loc(&none).unwrap_err(),
        min_max_loc(&View::new(&[1, 2], 1, 1, 2, 2).unwrap()).unwrap_err(),
        mean(&View::new(&[0; 5], 1, 1, 5, 5).unwrap()).unwrap_err(),
    ] {
        assert!(error.to_string().contains("must have"), "{error}");
    }
}

#[test]
#[cfg(feature = "opencv")]
fn numbers_are_opencvs() {
    use opencv::core::{self, Mat, Point, Vector};
    use opencv::{imgproc, prelude::*};
    for (size, channels) in [((70, 50), 1), ((129, 31), 3), ((64, 40), 4), ((31, 2), 2)] {
        let picture = Picture::shapes(size, channels, 3);
        let (view, mat) = (picture.view(), picture.mat());
        let theirs = core::mean(&mat, &core::no_array()).unwrap();
        let (mut means, mut deviations) = (Mat::default(), Mat::default());
        core::mean_std_dev(&mat, &mut means, &mut deviations, &core::no_array()).unwrap();
        let (ours, deviation) = mean_std_dev(&view).unwrap();
        let bins = histogram(&view).unwrap();
        for c in 0..channels {
            assert!((ours[c] - theirs[c]).abs() < 1e-9);
            let theirs = *deviations.at::<f64>(c as i32).unwrap();
            assert!((deviation[c] - theirs).abs() < 1e-9, "{} {theirs}", deviation[c]);
            let mut hist = Mat::default();
            let (images, of) = (Vector::<Mat>::from_iter([mat.clone()]), Vector::from_slice(&[c as i32]));
            let (sizes, ranges) = (Vector::from_slice(&[256]), Vector::from_slice(&[0.0, 256.0]));
            imgproc::calc_hist(&images, &of, &core::no_array(), &mut hist, &sizes, &ranges, false).unwrap();
            for (value, &count) in bins[c].iter().enumerate() {
                assert_eq!(count as f32, *hist.at::<f32>(value as i32).unwrap());
            }
        }
        if channels == 1 {
            let (mut low, mut high) = (0.0, 0.0);
            let (mut at_low, mut at_high) = (Point::default(), Point::default());
            core::min_max_loc(
                &mat,
                Some(&mut low),
                Some(&mut high),
                Some(&mut at_low),
                Some(&mut at_high),
                &core::no_array(),
            )
            .unwrap();
            let found = min_max_loc(&view).unwrap();
            assert_eq!((f64::from(found.min), f64::from(found.max)), (low, high));
            let place = |p: Point| (p.x as u32, p.y as u32);
            assert_eq!((found.min_loc, found.max_loc), (place(at_low), place(at_high)));
        }
    }
}

#[test]
fn long_rows_of_the_largest_value_do_not_overflow() {
    let row = vec![255; 2_400_037];
    for channels in [1, 2, 4] {
        let width = row.len() / channels;
        let view = View::new(&row, width as u32, 1, channels, width * channels).unwrap();
        for isa in Isa::all() {
            let found = sums(isa, &view, true).unwrap();
            assert!(found.mean()[..channels].iter().all(|&mean| mean == 255.0), "{isa:?} {channels}");
            assert!(found.deviation()[..channels].iter().all(|&d| d == 0.0), "{isa:?} {channels}");
        }
    }
}

#[test]
fn whole_rows_of_a_taller_picture_are_counted_alone() {
    for channels in 1..=4 {
        let src = Picture::noise((97, 40), channels, 0);
        check(&src.view().crop(Rect::new(0, 3, 97, 21)).unwrap(), "rows in the middle");
        check(&src.view().crop(Rect::new(0, 39, 97, 1)).unwrap(), "the last row");
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn squares_with_vnni_are_those_without() {
    let Some(token) = crate::cpu::Avx512::new().filter(|&token| x86_64::vnni(token)) else { return };
    // More than what is added up in 32 bits, of the values that add up fastest.
    for (value, len) in [(None, 1000), (Some(255), (128 << 14) + 640), (Some(64), (128 << 14) + 640)] {
        let noise = Picture::noise((len as u32, 1), 1, 0);
        let row = value.map_or(noise.data, |value| vec![value; len]);
        for channels in [1, 2, 4] {
            let ([mut with, mut without], mut squares) = ([[0; 4]; 2], [[0; 4]; 2]);
            let done = x86_64::sums_vnni(token, &row, channels, &mut with, &mut squares[0]);
            let same = x86_64::sums_avx512(token, &row[..done], channels, &mut without, &mut squares[1]);
            assert_eq!((done, same), (len / 128 * 128, done));
            assert_eq!((with, squares[0]), (without, squares[1]), "{value:?} {channels}");
        }
    }
}
