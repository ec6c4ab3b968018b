use super::*;
use crate::ops::rows::testing::{Picture, sizes};

const BOXES: [(u32, u32); 9] =
    [(1, 1), (3, 3), (5, 1), (1, 7), (4, 6), (16, 16), (31, 31), (9, 300), (200, 2)];

/// Sums over the whole box for every pixel, divided in exact arithmetic; ties may go either way.
fn check(src: View<'_>, out: &[u8], ksize: (u32, u32), border: Border) {
    let (area, mut at) = (i64::from(ksize.0 * ksize.1), 0);
    for (y, x) in (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (i64::from(y), i64::from(x))))
    {
        for c in 0..src.channels() {
            let mut sum = 0;
            for j in y - i64::from(ksize.1 / 2)..y - i64::from(ksize.1 / 2) + i64::from(ksize.1) {
                for i in x - i64::from(ksize.0 / 2)..x - i64::from(ksize.0 / 2) + i64::from(ksize.0) {
                    let place = (border.index(i, src.width()), border.index(j, src.height()));
                    sum += match place {
                        (Some(i), Some(j)) => i64::from(src.row(j)[i as usize * src.channels() + c]),
                        _ => 77,
                    };
                }
            }
            let off = (2 * i64::from(out[at]) * area - 2 * sum).abs();
            assert!(off <= area, "{ksize:?} {border:?} at ({x}, {y}): {} for {sum} / {area}", out[at]);
            at += 1;
        }
    }
}

#[test]
fn every_level_gives_the_mean_and_the_same_bytes() {
    let borders = [Border::Reflect101, Border::Replicate, Border::Reflect, Border::Constant(77)];
    for (n, size) in sizes().into_iter().enumerate() {
        for (i, ksize) in BOXES.into_iter().enumerate() {
            let (src, border) =
                (Picture::noise(size, [1, 3, 4, 2][(n + i) % 4], n % 4), borders[(n + i / 2) % 4]);
            let mut first: Option<Vec<u8>> = None;
            for isa in Isa::all() {
                let mut dst = Picture::blank(size, src.channels, 2);
                box_blur_at(isa, src.view(), &mut dst.view_mut(), ksize, border).unwrap();
                assert!(dst.padding_is_untouched());
                match &first {
                    None => check(src.view(), &dst.packed(), ksize, border),
                    Some(first) => assert!(*first == dst.packed(), "{isa:?} {size:?} {ksize:?}"),
                }
                first = Some(dst.packed());
            }
        }
    }
}

#[test]
fn windows_in_place_and_strips_are_the_whole_at_once() {
    let src = Picture::noise((300, 211), 4, 4);
    let rect = Rect::new(11, 5, 151, 190);
    let mut place = src.clone();
    box_blur_mut(place.view_mut().crop_mut(rect).unwrap(), (31, 15)).unwrap();
    let mut apart = Picture::blank((151, 190), 4, 0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    pool.install(|| box_blur(src.view().crop(rect).unwrap(), apart.view_mut(), (31, 15))).unwrap();
    assert!(place.crop_packed(rect) == apart.packed());
    assert!(place.padding_is_untouched());
    assert_eq!(place.view().row(4), src.view().row(4));
    assert_eq!(place.view().row(100)[..44], src.view().row(100)[..44]);
}

#[test]
fn bad_arguments_are_refused() {
    let (src, mut dst) = (Picture::noise((4, 4), 1, 0), Picture::blank((4, 4), 1, 0));
    let error = box_blur(src.view(), dst.view_mut(), (3, 0)).unwrap_err();
    assert!(error.to_string().contains("height is 0"));
    assert!(box_blur(src.view(), dst.view_mut(), (2049, 1)).is_err());
    let mut other = Picture::blank((4, 5), 1, 0);
    assert!(box_blur(src.view(), other.view_mut(), (3, 3)).is_err());
}

#[test]
fn long_rows_and_wide_boxes_are_those_of_plain_code() {
    for (n, ksize) in [(10, 3), (16, 1), (31, 31), (15, 15), (64, 2), (100, 257), (33, 258), (2047, 1)]
        .into_iter()
        .enumerate()
    {
        for (channels, width) in [(1, 2111), (2, 1024), (3, 683), (4, 515)] {
            let src = Picture::noise((width, 5), channels, n % 3);
            let run = |isa| {
                let mut dst = Picture::blank((width, 5), channels, 1);
                box_blur_at(isa, src.view(), &mut dst.view_mut(), ksize, Border::default()).unwrap();
                dst
            };
            let expected = run(Isa::Scalar);
            for isa in Isa::all() {
                assert!(run(isa).data == expected.data, "{isa:?} {ksize:?} {channels}");
            }
        }
    }
}

#[cfg(feature = "opencv")]
#[test]
fn odd_boxes_have_opencvs_bytes_and_even_ones_are_within_one() {
    use opencv::core::{BORDER_REFLECT_101, Mat, Point, Size};
    use opencv::prelude::*;
    for ((size, channels), ksize) in [((1, 1), 1), ((130, 71), 1), ((90, 64), 3), ((333, 100), 4)]
        .into_iter()
        .flat_map(|s| BOXES.into_iter().chain([(15, 15), (17, 17), (61, 61), (2, 2)]).map(move |k| (s, k)))
    {
        let (src, mut theirs) = (Picture::noise(size, channels, 0), Mat::default());
        let cv_size = Size::new(ksize.0 as i32, ksize.1 as i32);
        opencv::imgproc::blur(&src.mat(), &mut theirs, cv_size, Point::new(-1, -1), BORDER_REFLECT_101)
            .unwrap();
        let mut dst = Picture::blank(size, channels, 1);
        box_blur(src.view(), dst.view_mut(), ksize).unwrap();
        let worst = dst.packed().iter().zip(theirs.data_bytes().unwrap()).map(|(a, b)| a.abs_diff(*b)).max();
        let odd = ksize.0 * ksize.1 % 2 == 1;
        assert!(worst.unwrap() <= u8::from(!odd), "{size:?} {channels} {ksize:?}: {worst:?}");
    }
}
