use super::*;
use crate::ops::rows::testing::Picture;

const SIZES: [(u32, u32); 14] = [
    (1, 1),
    (1, 9),
    (9, 1),
    (2, 2),
    (3, 5),
    (7, 8),
    (8, 7),
    (15, 16),
    (17, 33),
    (31, 4),
    (32, 32),
    (40, 30),
    (65, 17),
    (128, 96),
];

const ALL: [Interpolation; 3] = [Interpolation::Nearest, Interpolation::Bilinear, Interpolation::Area];

fn resized(isa: Isa, src: &Picture, size: (u32, u32), how: Interpolation, extra: usize) -> Picture {
    let mut dst = Picture::blank(size, src.channels, extra);
    resize_with(isa, &src.view(), dst.view_mut(), how).unwrap();
    dst
}

#[test]
fn all_instruction_sets_give_the_same_bytes_and_keep_to_their_rows() {
    for from in SIZES {
        for channels in 1..=4 {
            let src = Picture::noise(from, channels, from.0 as usize % 5);
            for to in SIZES {
                for how in ALL {
                    let oracle = resized(Isa::Scalar, &src, to, how, 0);
                    for isa in Isa::all() {
                        let ours = resized(isa, &src, to, how, 3);
                        assert!(ours.padding_is_untouched(), "{from:?} {to:?} {how:?}");
                        assert_eq!(
                            ours.packed(),
                            oracle.packed(),
                            "{isa:?} {channels} {from:?} {to:?} {how:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_window_is_resized_as_its_copy() {
    let whole = Picture::noise((61, 47), 4, 8);
    let window = crate::frame::Rect::new(13, 7, 29, 31);
    let src = whole.view().crop(window).unwrap();
    let mut copy = Picture::blank((29, 31), 4, 0);
    copy.data.copy_from_slice(&whole.crop_packed(window));
    for how in ALL {
        let mut out = Picture::blank((20, 40), 4, 1);
        resize(&src, out.view_mut(), how).unwrap();
        assert_eq!(out.packed(), resized(Isa::Scalar, &copy, (20, 40), how, 0).packed(), "{how:?}");
    }
}

#[test]
fn strips_on_many_threads_are_the_whole() {
    let src = Picture::noise((700, 500), 4, 0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for to in [(350, 250), (351, 249), (175, 125), (900, 701)] {
        for how in ALL {
            let many = pool.install(|| resized(Isa::best(), &src, to, how, 0));
            assert_eq!(many.packed(), resized(Isa::Scalar, &src, to, how, 0).packed(), "{to:?} {how:?}");
        }
    }
}

#[test]
fn what_cannot_be_resized_is_told() {
    let (rgba, gray) = (Picture::noise((4, 4), 4, 0), Picture::noise((4, 4), 1, 0));
    let (mut out, none) = (Picture::blank((8, 8), 4, 0), View::new(&[], 0, 4, 4, 0).unwrap());
    let told = |result: Result<()>, words: &str| {
        let text = result.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    };
    told(resize(&gray.view(), out.view_mut(), Interpolation::Area), "src has 1 bytes a pixel and dst 4");
    told(resize(&none, out.view_mut(), Interpolation::Area), "src is 0x4");
    let mut empty = Picture::blank((0, 8), 4, 0);
    resize(&rgba.view(), empty.view_mut(), Interpolation::Bilinear).unwrap();
    let fill = letterbox(&rgba.view(), out.view_mut(), &[1, 2], true, Interpolation::Area);
    told(fill.map(drop), "one per channel of dst, 4");
}

#[test]
fn planes_of_a_frame_are_resized_each_on_its_own() {
    use crate::frame::{OwnedFrame, PixelFormat};
    let mut src = OwnedFrame::zeroed(PixelFormat::Nv12, 6, 4);
    src.view_mut().plane_mut(1).row_mut(0).copy_from_slice(&[10, 90, 20, 80, 30, 70]);
    let mut dst = OwnedFrame::zeroed(PixelFormat::Nv12, 6, 2);
    resize_frame(&src.view(), &mut dst.view_mut(), Interpolation::Nearest).unwrap();
    assert_eq!(dst.view().plane(1).row(0), [10, 90, 20, 80, 30, 70]);
    let (words, mut bytes) =
        (OwnedFrame::zeroed(PixelFormat::P010, 4, 4), OwnedFrame::zeroed(PixelFormat::P010, 2, 2));
    let text =
        resize_frame(&words.view(), &mut bytes.view_mut(), Interpolation::Area).unwrap_err().to_string();
    assert!(text.contains("P010") && text.contains("8-bit"), "{text}");
    let text = resize_frame(&src.view(), &mut bytes.view_mut(), Interpolation::Area).unwrap_err().to_string();
    assert!(text.contains("format of src, Nv12"), "{text}");
}

#[test]
#[cfg(feature = "opencv")]
fn bytes_are_opencvs() {
    use opencv::core::{Mat, Size};
    use opencv::{imgproc, prelude::*};
    for from in SIZES {
        for channels in 1..=4 {
            let src = Picture::noise(from, channels, 2);
            for to in SIZES.into_iter().chain([(64, 48), (20, 15), (10, 10), (43, 32)]) {
                for (how, theirs) in
                    ALL.into_iter().zip([imgproc::INTER_NEAREST, imgproc::INTER_LINEAR, imgproc::INTER_AREA])
                {
                    let mut out = Mat::default();
                    let size = Size::new(to.0 as i32, to.1 as i32);
                    imgproc::resize(&src.mat(), &mut out, size, 0.0, 0.0, theirs).unwrap();
                    let ours = resized(Isa::best(), &src, to, how, 0).packed();
                    assert_eq!(ours, out.data_bytes().unwrap(), "{channels} {from:?} {to:?} {how:?}");
                }
            }
        }
    }
}
