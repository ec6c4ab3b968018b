use proptest::prelude::*;

use super::*;

const FORMATS: [PixelFormat; 21] = PixelFormat::ALL;

/// Planes of distinct bytes with `extra` bytes of padding per row.
fn planes(format: PixelFormat, width: u32, height: u32, extra: usize) -> Vec<(Vec<u8>, usize)> {
    (0..format.planes())
        .map(|i| {
            let (w, h) = format.plane_size(i, width, height);
            let pitch = w as usize * format.bytes_per_pixel(i) + extra;
            let data = (0..pitch * h as usize).map(|k| (k * 7 + i * 31 + k / 251) as u8).collect();
            (data, pitch)
        })
        .collect()
}

fn view<'a>(format: PixelFormat, w: u32, h: u32, planes: &'a [(Vec<u8>, usize)]) -> FrameView<'a> {
    let planes: Vec<_> = planes.iter().map(|(data, pitch)| (data.as_slice(), *pitch)).collect();
    FrameView::new(format, w, h, &planes, Colorimetry::default()).unwrap()
}

/// Every sample of one pixel, read through plane views alone.
fn samples(view: &FrameView<'_>, x: u32, y: u32) -> Vec<u8> {
    let (px, py) = view.chroma_phase();
    (0..view.format().planes())
        .flat_map(|i| {
            let (sx, sy) = view.format().chroma_shift().unwrap_or((0, 0));
            let (x, y) = if i == 0 { (x, y) } else { ((x + px) >> sx, (y + py) >> sy) };
            let bpp = view.format().bytes_per_pixel(i);
            view.plane(i).row(y)[x as usize * bpp..][..bpp].to_vec()
        })
        .collect()
}

proptest! {
    #[test]
    fn crops_of_crops_and_copies_read_the_same_samples(
        format in 0..FORMATS.len(), w in 1u32..40, h in 1u32..40, extra in 0usize..9,
        cuts in prop::array::uniform8(0u32..40),
    ) {
        let format = FORMATS[format];
        let bytes = planes(format, w, h, extra);
        let whole = view(format, w, h, &bytes);
        let window = |w: u32, h: u32, c: &[u32]| {
            let (x, y) = (c[0] % w, c[1] % h);
            Rect::new(x, y, 1 + c[2] % (w - x), 1 + c[3] % (h - y))
        };
        let first = window(w, h, &cuts[..4]);
        let second = window(first.width, first.height, &cuts[4..]);
        let crop = whole.crop(first).unwrap().crop(second).unwrap();
        let copy = crop.to_owned();
        for y in 0..second.height {
            for x in 0..second.width {
                let expected = samples(&whole, first.x + second.x + x, first.y + second.y + y);
                prop_assert_eq!(&samples(&crop, x, y), &expected);
                prop_assert_eq!(&samples(&copy.view(), x, y), &expected);
            }
        }
        prop_assert!(copy.view().plane(0).data().as_ptr() != crop.plane(0).data().as_ptr());
    }
}

#[test]
fn writes_through_a_crop_touch_the_window_alone() {
    for format in FORMATS {
        let mut frame = OwnedFrame::zeroed(format, 8, 6);
        let mut view = frame.view_mut();
        let mut crop = view.crop_mut(Rect::new(2, 2, 4, 2)).unwrap();
        for i in 0..format.planes() {
            let mut plane = crop.plane_mut(i);
            (0..plane.height()).for_each(|y| plane.row_mut(y).fill(9));
        }
        for (x, y) in (0..8).flat_map(|x| (0..6).map(move |y| (x, y))) {
            let inside = (2..6).contains(&x) && (2..4).contains(&y);
            let all = samples(&frame.view(), x, y);
            assert!(all.iter().all(|&v| v == if inside { 9 } else { 0 }), "{format:?} ({x}, {y}) {all:?}");
        }
    }
}

#[test]
fn empty_windows_have_empty_planes_wherever_they_are() {
    for format in FORMATS {
        let mut frame = OwnedFrame::zeroed(format, 1, 5);
        for (x, y, w, h) in (0..24).map(|i| (i % 2, i / 2 % 6, u32::from(i >= 12), 0)).chain([(0, 0, 0, 5)]) {
            let rect = Rect::new(x, y, w.min(1 - x), h);
            let mut view = frame.view_mut();
            let mut crop = view.crop_mut(rect).unwrap();
            for i in 0..format.planes() {
                assert_eq!(crop.plane_mut(i).as_view().rows().flatten().count(), 0, "{format:?} {rect}");
                assert_eq!(crop.as_view().plane(i).rows().flatten().count(), 0, "{format:?} {rect}");
            }
            assert_eq!(crop.planes_mut().len(), MAX_PLANES);
            assert_eq!(crop.as_view().to_owned().width(), rect.width);
        }
    }
}

#[test]
fn arrays_have_the_pitch_as_stride_and_share_the_memory() {
    let bytes = planes(PixelFormat::Rgba, 5, 3, 4);
    let plane = view(PixelFormat::Rgba, 5, 3, &bytes).plane(0);
    let array = plane.as_array();
    assert_eq!((array.shape(), array.strides()), (&[3, 5, 4][..], &[24isize, 4, 1][..]));
    assert_eq!(array.as_ptr(), plane.data().as_ptr());
    assert_eq!(array[[2, 4, 3]], plane.row(2)[19]);
}

#[test]
fn what_does_not_fit_is_refused_with_the_numbers() {
    let bytes = [0u8; 64];
    let short = View::new(&bytes, 4, 5, 4, 16).unwrap_err().to_string();
    assert!(short.contains("64 bytes") && short.contains("4x5"), "{short}");
    let narrow = View::new(&bytes, 4, 2, 4, 15).unwrap_err().to_string();
    assert!(narrow.contains("pitch is 15") && narrow.contains("16"), "{narrow}");
    assert!(View::new(&bytes, u32::MAX, u32::MAX, 4, usize::MAX).is_err());
    let frame = FrameView::new(PixelFormat::Rgba, 4, 4, &[(&bytes, 16)], Colorimetry::default()).unwrap();
    for rect in [Rect::new(0, 0, 5, 4), Rect::new(4, 4, 1, 0), Rect::new(u32::MAX, 0, 2, 1)] {
        assert!(frame.crop(rect).is_err(), "{rect}");
    }
    assert!(frame.crop(Rect::new(4, 4, 0, 0)).is_ok());
    let planes = FrameView::new(PixelFormat::Nv12, 4, 4, &[(&bytes, 4)], Colorimetry::default());
    assert!(planes.unwrap_err().to_string().contains("1 planes were given, Nv12 has 2"));
}
