use super::*;
use crate::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect};
use crate::ops::rows::testing::{Picture, sizes};

const FLIPS: [Flip; 3] = [Flip::Horizontal, Flip::Vertical, Flip::Both];
const TURNS: [Rotation; 3] = [Rotation::Deg90, Rotation::Deg180, Rotation::Deg270];

fn pixel(view: &View<'_>, x: u32, y: u32) -> Vec<u8> {
    view.row(y)[x as usize * view.channels()..][..view.channels()].to_vec()
}

/// The definition: which pixel comes to (x, y).
fn oracle(src: &View<'_>, size: (u32, u32), from: impl Fn(u32, u32) -> (u32, u32)) -> Vec<u8> {
    let places = (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y)));
    places.map(|(x, y)| from(x, y)).flat_map(|(x, y)| pixel(src, x, y)).collect()
}

fn flipped(src: &View<'_>, how: Flip) -> Vec<u8> {
    let (w, h) = (src.width(), src.height());
    oracle(src, (w, h), |x, y| match how {
        Flip::Horizontal => (w - 1 - x, y),
        Flip::Vertical => (x, h - 1 - y),
        Flip::Both => (w - 1 - x, h - 1 - y),
    })
}

fn turned(src: &View<'_>, how: Rotation) -> Vec<u8> {
    let (w, h) = (src.width(), src.height());
    match how {
        Rotation::Deg90 => oracle(src, (h, w), |x, y| (y, h - 1 - x)),
        Rotation::Deg180 => flipped(src, Flip::Both),
        Rotation::Deg270 => oracle(src, (h, w), |x, y| (w - 1 - y, x)),
    }
}

fn turned_size((w, h): (u32, u32), how: Rotation) -> (u32, u32) {
    if how == Rotation::Deg180 { (w, h) } else { (h, w) }
}

#[test]
fn every_level_gives_the_definition_at_every_size_pitch_and_width_of_pixel() {
    for (n, size) in sizes().into_iter().chain([(37, 67), (80, 48)]).enumerate() {
        for channels in 1..=4 {
            let src = Picture::noise(size, channels, n % 5);
            for isa in Isa::all() {
                for how in FLIPS {
                    let expected = flipped(&src.view(), how);
                    let (mut dst, mut same) = (Picture::blank(size, channels, 3), src.clone());
                    flip_at(isa, &src.view(), dst.view_mut(), how).unwrap();
                    flip_mut_at(isa, same.view_mut(), how).unwrap();
                    assert!(dst.packed() == expected, "{isa:?} {size:?} {channels} {how:?}");
                    assert!(same.packed() == expected, "in place {isa:?} {size:?} {channels} {how:?}");
                    assert!(dst.padding_is_untouched() && same.padding_is_untouched());
                }
                for how in TURNS {
                    let mut dst = Picture::blank(turned_size(size, how), channels, 3);
                    rotate_at(isa, &src.view(), dst.view_mut(), how).unwrap();
                    assert!(dst.packed() == turned(&src.view(), how), "{isa:?} {size:?} {channels} {how:?}");
                    assert!(dst.padding_is_untouched());
                }
            }
        }
    }
}

#[test]
fn a_window_is_flipped_alone_and_threads_leave_no_seam() {
    let src = Picture::noise((701, 403), 4, 12);
    let rect = Rect::new(3, 5, 693, 391);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for how in FLIPS {
        let mut same = src.clone();
        pool.install(|| flip_mut(same.view_mut().crop_mut(rect).unwrap(), how)).unwrap();
        assert!(same.crop_packed(rect) == flipped(&src.view().crop(rect).unwrap(), how), "{how:?}");
        for y in 0..403 {
            let (now, before) = (same.view().row(y), src.view().row(y));
            let inside = (rect.y..rect.bottom()).contains(&y);
            assert!(now[..12] == before[..12] && now[696 * 4..] == before[696 * 4..]);
            assert!(inside || now == before);
        }
    }
    for how in TURNS {
        let mut dst = Picture::blank(turned_size((701, 403), how), 4, 0);
        pool.install(|| rotate(&src.view(), dst.view_mut(), how)).unwrap();
        assert!(dst.packed() == turned(&src.view(), how), "{how:?}");
    }
}

#[test]
fn frames_are_flipped_plane_by_plane() {
    for format in PixelFormat::ALL {
        for (w, h) in [(6, 4), (7, 5)] {
            let bytes: Vec<u8> = (0..200).map(|i| (i * 37 % 251) as u8).collect();
            let size = |i| format.plane_size(i, w, h);
            let pitch = |i| size(i).0 as usize * format.bytes_per_pixel(i) + 1;
            let planes: Vec<_> = (0..format.planes()).map(|i| (&bytes[i * 5..], pitch(i))).collect();
            let Ok(src) = FrameView::new(format, w, h, &planes, Colorimetry::default()) else {
                panic!("{format:?} {w}x{h} does not fit");
            };
            let mut dst = OwnedFrame::zeroed(format, w, h);
            flip_frame(&src, &mut dst.view_mut(), Flip::Horizontal).unwrap();
            let mut same = src.to_owned();
            flip_frame_mut(&mut same.view_mut(), Flip::Horizontal).unwrap();
            let mut side = OwnedFrame::zeroed(format, h, w);
            let turns = rotate_frame(&src, &mut side.view_mut(), Rotation::Deg270);
            for i in 0..format.planes() {
                let expected = flipped(&src.plane(i), Flip::Horizontal);
                for found in [&dst, &same] {
                    let found: Vec<u8> = found.view().plane(i).rows().flatten().copied().collect();
                    assert_eq!(found, expected, "{format:?} {w}x{h}");
                }
                if turns.is_ok() {
                    let found: Vec<u8> = side.view().plane(i).rows().flatten().copied().collect();
                    assert_eq!(found, turned(&src.plane(i), Rotation::Deg270), "{format:?} {w}x{h}");
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let told = |result: Result<()>, words: &str| {
        let text = result.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    };
    let src = Picture::noise((5, 4), 3, 0);
    told(flip(&src.view(), Picture::blank((4, 5), 3, 0).view_mut(), Flip::Both), "dst is 4x5");
    told(rotate(&src.view(), Picture::blank((5, 4), 3, 0).view_mut(), Rotation::Deg90), "on its side, 4x5");
    told(flip_mut(Picture::blank((1, 1), 5, 0).view_mut(), Flip::Both), "1 to 4");
    let nv12 = OwnedFrame::zeroed(PixelFormat::Nv12, 8, 8);
    let odd = nv12.view().crop(Rect::new(1, 0, 4, 4)).unwrap().to_owned();
    let mut same = odd.clone();
    told(flip_frame_mut(&mut same.view_mut(), Flip::Vertical), "Rect::even");
    let mut dst = OwnedFrame::zeroed(PixelFormat::I420, 4, 4);
    told(flip_frame(&odd.view(), &mut dst.view_mut(), Flip::Vertical), "format of src, Nv12");
}

#[test]
#[cfg(feature = "opencv")]
fn bytes_are_opencvs() {
    use opencv::core::{self, Mat};
    use opencv::prelude::*;
    for (size, channels) in [((33, 17), 1), ((64, 40), 3), ((5, 70), 4), ((31, 2), 2)] {
        let src = Picture::noise(size, channels, 1);
        for (how, code) in [(Flip::Horizontal, 1), (Flip::Vertical, 0), (Flip::Both, -1)] {
            let (mut out, mut dst) = (Mat::default(), Picture::blank(size, channels, 0));
            core::flip(&src.mat(), &mut out, code).unwrap();
            flip(&src.view(), dst.view_mut(), how).unwrap();
            assert_eq!(dst.packed(), out.data_bytes().unwrap(), "{how:?}");
        }
        for (how, code) in TURNS.into_iter().zip([
            core::ROTATE_90_CLOCKWISE,
            core::ROTATE_180,
            core::ROTATE_90_COUNTERCLOCKWISE,
        ]) {
            let (mut out, mut dst) = (Mat::default(), Picture::blank(turned_size(size, how), channels, 0));
            core::rotate(&src.mat(), &mut out, code).unwrap();
            rotate(&src.view(), dst.view_mut(), how).unwrap();
            assert_eq!(dst.packed(), out.data_bytes().unwrap(), "{how:?}");
        }
    }
}
