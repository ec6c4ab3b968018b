use super::*;
use crate::ops::rows::testing::{Picture, sizes};

const RECTANGLES: [(u32, u32); 8] = [(1, 1), (3, 3), (2, 5), (5, 2), (1, 9), (7, 1), (16, 4), (31, 31)];

fn oracle(src: View<'_>, ksize: (u32, u32), least: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (y, x) in (0..src.height()).flat_map(|y| (0..src.width()).map(move |x| (y, x))) {
        let span = |at: u32, ksize: u32, len: u32| {
            (at + ksize).saturating_sub(ksize / 2 + ksize).min(len)..(at + ksize - ksize / 2).min(len)
        };
        for c in 0..src.channels() {
            let places = span(y, ksize.1, src.height())
                .flat_map(|j| span(x, ksize.0, src.width()).map(move |i| (i, j)));
            let all = places.map(|(i, j)| src.row(j)[i as usize * src.channels() + c]);
            // An even rectangle at the left edge reaches beyond it on that side alone.
            out.push(if least { all.min() } else { all.max() }.expect("the pixel itself"));
        }
    }
    out
}

#[test]
fn every_level_gives_the_least_and_the_greatest() {
    for (n, size) in sizes().into_iter().enumerate() {
        for (i, ksize) in RECTANGLES.into_iter().enumerate() {
            let src = Picture::noise(size, [1, 3, 4][(n + i) % 3], n % 4);
            for isa in Isa::all() {
                let (mut least, mut most) =
                    (Picture::blank(size, src.channels, 2), Picture::blank(size, src.channels, 1));
                run::<Erode>(isa, src.view(), least.view_mut(), ksize).unwrap();
                run::<Dilate>(isa, src.view(), most.view_mut(), ksize).unwrap();
                assert!(least.packed() == oracle(src.view(), ksize, true), "{isa:?} {size:?} {ksize:?}");
                assert!(most.packed() == oracle(src.view(), ksize, false), "{isa:?} {size:?} {ksize:?}");
                assert!(least.padding_is_untouched() && most.padding_is_untouched());
            }
        }
    }
}

#[test]
fn strips_join_without_a_seam_and_bad_sizes_are_refused() {
    let src = Picture::noise((700, 301), 4, 0);
    let maps = [1, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut dst = Picture::blank((700, 301), 4, 0);
        pool.install(|| close(src.view(), dst.view_mut(), (5, 7))).unwrap();
        dst.packed()
    });
    assert!(maps[0] == maps[1]);
    let mut dst = Picture::blank((700, 301), 4, 0);
    assert!(erode(src.view(), dst.view_mut(), (3, 0)).unwrap_err().to_string().contains("height is 0"));
    assert!(dilate(src.view(), dst.view_mut(), (1025, 3)).is_err());
}

#[cfg(feature = "opencv")]
#[test]
fn bytes_are_opencvs() {
    use opencv::core::{Mat, Size};
    use opencv::imgproc;
    use opencv::prelude::*;
    for ((size, channels), ksize) in [((1, 1), 1), ((130, 71), 1), ((90, 64), 3), ((133, 100), 4)]
        .into_iter()
        .flat_map(|s| RECTANGLES.map(|k| (s, k)))
    {
        let src = Picture::noise(size, channels, 0);
        let element = Size::new(ksize.0 as i32, ksize.1 as i32);
        let element = imgproc::get_structuring_element_def(imgproc::MORPH_RECT, element).unwrap();
        type Op = fn(View<'_>, ViewMut<'_>, (u32, u32)) -> Result<()>;
        let ops: [(Op, i32); 4] = [
            (erode, imgproc::MORPH_ERODE),
            (dilate, imgproc::MORPH_DILATE),
            (open, imgproc::MORPH_OPEN),
            (close, imgproc::MORPH_CLOSE),
        ];
        for (op, code) in ops {
            let (mut dst, mut theirs) = (Picture::blank(size, channels, 1), Mat::default());
            imgproc::morphology_ex_def(&src.mat(), &mut theirs, code, &element).unwrap();
            op(src.view(), dst.view_mut(), ksize).unwrap();
            assert!(dst.packed() == theirs.data_bytes().unwrap(), "{size:?} {channels} {ksize:?} {code}");
        }
    }
}
