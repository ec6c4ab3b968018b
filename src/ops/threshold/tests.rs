use super::*;
use crate::ops::rows::testing::{Picture, sizes};

const KINDS: [Kind; 5] = [Kind::Binary, Kind::BinaryInv, Kind::Trunc, Kind::ToZero, Kind::ToZeroInv];
const THRESHOLDS: [f64; 9] = [-300.0, -0.5, 0.0, 10.7, 128.0, 254.0, 254.9, 255.0, 1e9];

#[test]
fn every_level_decides_each_byte_by_the_definition() {
    for (n, size) in sizes().into_iter().enumerate() {
        let src = Picture::noise(size, [1, 3, 4][n % 3], n % 4);
        for (kind, thresh) in KINDS.into_iter().flat_map(|kind| THRESHOLDS.map(|t| (kind, t))) {
            let limit = thresh.floor();
            let definition = |byte: &u8| match (kind, f64::from(*byte) > limit) {
                (Kind::Binary, true) | (Kind::BinaryInv, false) => 200,
                (Kind::Binary, false)
                | (Kind::BinaryInv, true)
                | (Kind::ToZero, false)
                | (Kind::ToZeroInv, true) => 0,
                (Kind::Trunc, true) => limit.max(0.0) as u8,
                _ => *byte,
            };
            let expected: Vec<u8> = src.packed().iter().map(definition).collect();
            for isa in Isa::all() {
                let mut dst = Picture::blank(size, src.channels, 2);
                threshold_at(isa, src.view(), dst.view_mut(), Rule::new(thresh, 199.6, kind).unwrap())
                    .unwrap();
                assert!(
                    dst.packed() == expected && dst.padding_is_untouched(),
                    "{isa:?} {size:?} {kind:?} {thresh}"
                );
            }
            let mut place = src.clone();
            threshold_mut(place.view_mut(), thresh, 199.6, kind).unwrap();
            assert!(place.packed() == expected && place.padding_is_untouched());
        }
    }
}

#[test]
fn bad_arguments_are_refused_and_single_values_have_a_threshold() {
    let src = Picture::noise((4, 4), 3, 0);
    assert!(otsu_threshold(src.view()).unwrap_err().to_string().contains("3 bytes"));
    assert!(threshold(src.view(), src.clone().view_mut(), f64::NAN, 1.0, Kind::Binary).is_err());
    assert!(threshold(src.view(), src.clone().view_mut(), 1.0, f64::INFINITY, Kind::Binary).is_err());
    assert_eq!(otsu_threshold(View::new(&[7; 12], 4, 3, 1, 4).unwrap()).unwrap(), 0);
    assert_eq!(otsu_threshold(View::new(&[], 0, 3, 1, 0).unwrap()).unwrap(), 0);
}

#[cfg(feature = "opencv")]
#[test]
fn bytes_and_otsus_threshold_are_opencvs() {
    use opencv::core::Mat;
    use opencv::imgproc::{self, THRESH_OTSU};
    use opencv::prelude::*;
    for (size, channels) in [((1, 1), 1), ((130, 71), 1), ((90, 64), 3), ((640, 300), 1)] {
        for src in [Picture::noise(size, channels, 0), Picture::shapes(size, channels, 0)] {
            for (code, kind) in (0..).zip(KINDS) {
                for thresh in THRESHOLDS {
                    let (mut dst, mut theirs) = (Picture::blank(size, channels, 1), Mat::default());
                    // OpenCV takes the floor as an `int`, which a larger number does not fit.
                    imgproc::threshold(&src.mat(), &mut theirs, thresh.min(1e6), 200.0, code).unwrap();
                    threshold(src.view(), dst.view_mut(), thresh, 200.0, kind).unwrap();
                    assert!(dst.packed() == theirs.data_bytes().unwrap(), "{size:?} {kind:?} {thresh}");
                }
                if channels == 1 {
                    let (mut dst, mut theirs) = (Picture::blank(size, channels, 1), Mat::default());
                    let found =
                        imgproc::threshold(&src.mat(), &mut theirs, 0.0, 255.0, code | THRESH_OTSU).unwrap();
                    assert_eq!(f64::from(otsu(src.view(), dst.view_mut(), 255.0, kind).unwrap()), found);
                    assert!(dst.packed() == theirs.data_bytes().unwrap());
                }
            }
        }
    }
}
