use super::*;
use crate::ops::rows::testing::{Picture, sizes};

/// The derivatives that are compared: (dx, dy, ksize).
const ORDERS: [(u32, u32, u32); 17] = [
    (1, 0, 1),
    (0, 1, 1),
    (1, 0, 3),
    (0, 1, 3),
    (1, 1, 3),
    (2, 0, 3),
    (2, 1, 3),
    (2, 2, 3),
    (1, 0, 5),
    (0, 2, 5),
    (2, 2, 5),
    (1, 3, 5),
    (4, 0, 5),
    (3, 3, 5),
    (1, 0, 7),
    (0, 1, 7),
    (3, 1, 7),
];

fn oracle(src: View<'_>, [kx, ky]: &[Taps; 2], finish: Finish) -> Vec<i16> {
    let border = Border::Reflect101;
    let mut out = Vec::new();
    for (y, x) in (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (i64::from(y), i64::from(x))))
    {
        for c in 0..src.channels() {
            let mut sum = 0i64;
            for (j, &v) in (y - (ky.len / 2) as i64..).zip(ky.weights()) {
                for (i, &h) in (x - (kx.len / 2) as i64..).zip(kx.weights()) {
                    let at = (border.index(i, src.width()).unwrap(), border.index(j, src.height()).unwrap());
                    sum += i64::from(v)
                        * i64::from(h)
                        * i64::from(src.row(at.1)[at.0 as usize * src.channels() + c]);
                }
            }
            let value = match finish {
                Finish::Plain => sum as f64,
                Finish::Scaled { scale, delta } => (f64::from(sum as f32 * scale + delta)).round_ties_even(),
            };
            out.push(value.clamp(-32768.0, 32767.0) as i16);
        }
    }
    out
}

#[test]
fn every_level_gives_the_definition() {
    for (n, size) in sizes().into_iter().enumerate() {
        for (i, (dx, dy, ksize)) in ORDERS.into_iter().enumerate() {
            let src = Picture::noise(size, [1, 3, 4][(n + i) % 3], n % 4);
            let taps = kernel::taps(dx, dy, ksize).unwrap();
            let scaled = Finish::Scaled { scale: 0.37, delta: -11.5 };
            for (isa, finish) in Isa::all().into_iter().flat_map(|isa| [(isa, Finish::Plain), (isa, scaled)])
            {
                let mut dst = PlaneI16::zeroed(9, 9, 2);
                sobel_at(isa, src.view(), &mut dst, &taps, finish);
                assert!(
                    dst.data() == oracle(src.view(), &taps, finish),
                    "{isa:?} {size:?} {dx} {dy} {ksize} {finish:?}"
                );
            }
        }
    }
}

#[test]
fn sums_fit_16_bits_where_the_most_and_the_least_do() {
    for (ksize, dx, dy) in
        (0..5).flat_map(|dx| (0..5).map(move |dy| (5, dx, dy))).chain([(7, 1, 0), (7, 0, 3)])
    {
        let taps = [Taps::new(dx, ksize), Taps::new(dy, ksize)];
        let sum = |sign: i32| {
            let weights = |at: usize| taps[at].weights().iter().map(|&w| i32::from(w));
            weights(0).flat_map(|a| weights(1).map(move |b| (sign * a * b).max(0))).sum::<i32>()
        };
        assert_eq!(Taps::fit(&taps), 255 * sum(1).max(sum(-1)) <= 32767, "{ksize} {dx} {dy}");
    }
}

#[test]
fn strips_join_without_a_seam() {
    let src = Picture::noise((700, 301), 3, 1);
    let taps = kernel::taps(1, 0, 5).unwrap();
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let [one, three] = [1, 3].map(|threads| {
        let mut dst = PlaneI16::default();
        pool(threads).install(|| sobel_at(Isa::best(), src.view(), &mut dst, &taps, Finish::Plain));
        dst
    });
    assert!(one == three);
}

#[test]
fn bad_arguments_are_refused() {
    let src = Picture::noise((4, 4), 1, 0);
    let text = |dx, dy, ksize, scale| {
        sobel(src.view(), &mut PlaneI16::default(), dx, dy, ksize, scale, 0.0).unwrap_err().to_string()
    };
    assert!(text(1, 0, 4, 1.0).contains("ksize is 4"));
    assert!(text(0, 0, 3, 1.0).contains("one must be above 0"));
    assert!(text(3, 0, 3, 1.0).contains("neither above 2"));
    assert!(text(1, 0, 3, f64::NAN).contains("scale is NaN"));
}

#[cfg(feature = "opencv")]
#[test]
fn values_are_opencvs() {
    use opencv::core::{BORDER_REFLECT_101, CV_16S, Mat};
    use opencv::prelude::*;
    for (size, channels) in [((1, 1), 1), ((7, 5), 3), ((129, 33), 1), ((64, 40), 4), ((5, 60), 1)] {
        let src = Picture::noise(size, channels, 0);
        for (dx, dy, ksize) in ORDERS {
            for (scale, delta) in [(1.0, 0.0), (0.25, 3.0), (0.3, -1.7)] {
                let (mut dst, mut ours) = (Mat::default(), PlaneI16::default());
                let (x, y, k) = (dx as i32, dy as i32, ksize as i32);
                opencv::imgproc::sobel(
                    &src.mat(),
                    &mut dst,
                    CV_16S,
                    x,
                    y,
                    k,
                    scale,
                    delta,
                    BORDER_REFLECT_101,
                )
                .unwrap();
                sobel(src.view(), &mut ours, dx, dy, ksize, scale, delta).unwrap();
                let theirs =
                    dst.data_bytes().unwrap().chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]]));
                let worst = ours.data().iter().zip(theirs).map(|(a, b)| a.abs_diff(b)).max().unwrap();
                assert!(worst <= u16::from(scale == 0.3), "{size:?} {dx} {dy} {ksize} {scale}: {worst}");
            }
        }
    }
}
