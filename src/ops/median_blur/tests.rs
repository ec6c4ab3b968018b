use super::*;
use crate::ops::rows::testing::{Picture, sizes};

fn oracle(src: View<'_>, ksize: u32) -> Vec<u8> {
    let (mut out, reach) = (Vec::new(), i64::from(ksize / 2));
    let border = |at: i64, len| Border::Replicate.index(at, len).unwrap();
    for (y, x) in (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (i64::from(y), i64::from(x))))
    {
        for c in 0..src.channels() {
            let places = (y - reach..=y + reach).flat_map(|j| (x - reach..=x + reach).map(move |i| (i, j)));
            let mut all: Vec<u8> = places
                .map(|(i, j)| {
                    src.row(border(j, src.height()))[border(i, src.width()) as usize * src.channels() + c]
                })
                .collect();
            let middle = all.len() / 2;
            out.push(*all.select_nth_unstable(middle).1);
        }
    }
    out
}

#[test]
fn every_level_gives_the_median() {
    for (n, size) in sizes().into_iter().chain([(300, 4)]).enumerate() {
        for (i, ksize) in [1, 3, 5, 7, 23].into_iter().enumerate() {
            let src = Picture::noise(size, [1, 3, 4][(n + i) % 3], n % 4);
            let expected = oracle(src.view(), ksize);
            for isa in Isa::all() {
                let mut dst = Picture::blank(size, src.channels, 2);
                median_blur_at(isa, src.view(), &mut dst.view_mut(), ksize).unwrap();
                assert!(dst.packed() == expected, "{isa:?} {size:?} {ksize}");
                assert!(dst.padding_is_untouched());
            }
        }
    }
}

#[test]
fn squares_of_three_are_right_in_rows_of_every_length() {
    for (width, channels) in (1..=150).flat_map(|width| (1..=4).map(move |channels| (width, channels))) {
        let src = Picture::noise((width, 3), channels, width as usize % 3);
        let expected = oracle(src.view(), 3);
        for isa in Isa::all() {
            let mut dst = Picture::blank((width, 3), channels, 5);
            median_blur_at(isa, src.view(), &mut dst.view_mut(), 3).unwrap();
            assert!(dst.packed() == expected && dst.padding_is_untouched(), "{isa:?} {width} {channels}");
        }
    }
}

#[test]
fn the_largest_square_of_one_value_still_counts_right() {
    for value in [0, 15, 16, 255] {
        let mut plane = vec![value; 20 * 20];
        median_blur_mut(ViewMut::new(&mut plane, 20, 20, 1, 20).unwrap(), 255).unwrap();
        assert!(plane.iter().all(|&b| b == value), "{value}");
    }
}

#[test]
fn windows_in_place_and_strips_are_the_whole_at_once() {
    let src = Picture::noise((200, 150), 3, 4);
    let rect = Rect::new(11, 5, 151, 130);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for ksize in [3, 5, 9] {
        let (mut place, mut apart) = (src.clone(), Picture::blank((151, 130), 3, 0));
        pool.install(|| median_blur_mut(place.view_mut().crop_mut(rect).unwrap(), ksize)).unwrap();
        median_blur(src.view().crop(rect).unwrap(), apart.view_mut(), ksize).unwrap();
        assert!(place.crop_packed(rect) == apart.packed());
        assert_eq!(place.view().row(4), src.view().row(4));
    }
    let error = median_blur(src.view(), src.clone().view_mut(), 4).unwrap_err();
    assert!(error.to_string().contains("ksize is 4"));
    assert!(median_blur(src.view(), src.clone().view_mut(), 257).is_err());
}

#[cfg(feature = "opencv")]
#[test]
fn bytes_are_opencvs() {
    use opencv::core::Mat;
    use opencv::prelude::*;
    for ((size, channels), ksize) in [((1, 1), 1), ((130, 71), 1), ((90, 64), 3), ((133, 100), 4)]
        .into_iter()
        .flat_map(|s| [3, 5, 7, 15].map(|k| (s, k)))
    {
        let (src, mut theirs) = (Picture::noise(size, channels, 0), Mat::default());
        opencv::imgproc::median_blur(&src.mat(), &mut theirs, ksize).unwrap();
        let mut dst = Picture::blank(size, channels, 1);
        median_blur(src.view(), dst.view_mut(), ksize as u32).unwrap();
        assert!(dst.packed() == theirs.data_bytes().unwrap(), "{size:?} {channels} {ksize}");
    }
}
