//! Views of every format, size, pitch and window address the right bytes: against plain arithmetic on the bytes.

use dsframe::frame::{Colorimetry, FrameView, FrameViewMut, OwnedFrame, PixelFormat, Rect, View, ViewMut};
use image::{GenericImage, GenericImageView, Luma, Rgb, Rgba};
use proptest::prelude::*;

/// A picture in one block of memory: each plane at an offset of its own, rows a pitch apart.
#[derive(Debug, Clone)]
struct Picture {
    format: PixelFormat,
    size: (u32, u32),
    bytes: Vec<u8>,
    /// Offset and pitch of each plane.
    planes: Vec<(usize, usize)>,
}

impl Picture {
    fn new(format: PixelFormat, size: (u32, u32), extra: usize, gap: usize) -> Self {
        let (mut offset, mut planes) = (gap, Vec::new());
        for i in 0..format.planes() {
            let (w, h) = format.plane_size(i, size.0, size.1);
            let pitch = w as usize * format.bytes_per_pixel(i) + extra;
            planes.push((offset, pitch));
            offset += pitch * h as usize + gap;
        }
        let bytes = (0..offset).map(|k| (k * 37 + k / 253 + k / 7) as u8).collect();
        Self { format, size, bytes, planes }
    }

    /// The bytes of plane `i`; the last row has no padding behind it.
    fn range(&self, i: usize) -> std::ops::Range<usize> {
        let (offset, pitch) = self.planes[i];
        let (w, h) = self.format.plane_size(i, self.size.0, self.size.1);
        offset..offset + (h as usize - 1) * pitch + w as usize * self.format.bytes_per_pixel(i)
    }

    fn view(&self) -> FrameView<'_> {
        let planes: Vec<_> =
            self.planes.iter().enumerate().map(|(i, plane)| (&self.bytes[self.range(i)], plane.1)).collect();
        FrameView::new(self.format, self.size.0, self.size.1, &planes, Colorimetry::default()).unwrap()
    }

    fn view_mut(&mut self) -> FrameViewMut<'_> {
        let ranges: Vec<_> = (0..self.planes.len()).map(|i| self.range(i)).collect();
        let (mut rest, mut at, mut planes) = (self.bytes.as_mut_slice(), 0, Vec::new());
        for (range, plane) in ranges.into_iter().zip(&self.planes) {
            let tail = rest.split_at_mut(range.start - at).1;
            let (data, tail) = tail.split_at_mut(range.len());
            (rest, at) = (tail, range.end);
            planes.push((data, plane.1));
        }
        FrameViewMut::new(self.format, self.size.0, self.size.1, planes, Colorimetry::default()).unwrap()
    }

    /// Where byte `c` of the sample of plane `i` lies that the pixel (`x`, `y`) of the whole picture uses.
    fn address(&self, i: usize, x: u32, y: u32, c: usize) -> usize {
        let chroma = i > 0;
        let full = self.format.plane_size(1, 2, 2);
        let (dx, dy) = if chroma { (2 / full.0, 2 / full.1) } else { (1, 1) };
        let (offset, pitch) = self.planes[i];
        offset + (y / dy) as usize * pitch + (x / dx) as usize * self.format.bytes_per_pixel(i) + c
    }

    /// The window of the samples of plane `i` that the pixels of `rect` use, as plain numbers.
    fn samples(&self, i: usize, rect: Rect) -> (u32, u32) {
        let full = self.format.plane_size(1, 2, 2);
        let (dx, dy) = if i > 0 { (2 / full.0, 2 / full.1) } else { (1, 1) };
        let span = |from: u32, len: u32, d: u32| (from + len).div_ceil(d) - from / d;
        (span(rect.x, rect.width, dx), span(rect.y, rect.height, dy))
    }
}

fn picture() -> impl Strategy<Value = Picture> {
    let format = (0..PixelFormat::ALL.len()).prop_map(|i| PixelFormat::ALL[i]);
    (format, 1u32..24, 1u32..24, 0usize..9, 0usize..5)
        .prop_map(|(format, w, h, extra, gap)| Picture::new(format, (w, h), extra, gap))
}

fn window((w, h): (u32, u32), cut: [u32; 4]) -> Rect {
    let (x, y) = (cut[0] % w, cut[1] % h);
    Rect::new(x, y, 1 + cut[2] % (w - x), 1 + cut[3] % (h - y))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_reading_view_reads_the_right_bytes(picture in picture(), cut: [u32; 4]) {
        let rect = window(picture.size, cut);
        let crop = picture.view().crop(rect).unwrap();
        for i in 0..picture.format.planes() {
            let (plane, bpp) = (crop.plane(i), picture.format.bytes_per_pixel(i));
            prop_assert_eq!((plane.width(), plane.height()), picture.samples(i, rect));
            let start = picture.address(i, rect.x, rect.y, 0);
            let expected = |x: u32, y: u32, c: usize| {
                picture.bytes[start + y as usize * picture.planes[i].1 + x as usize * bpp + c]
            };
            let array = plane.as_array();
            let back = View::from_array(array).unwrap();
            prop_assert_eq!(plane.as_ptr(), &picture.bytes[start] as *const u8);
            prop_assert_eq!(array.as_ptr(), plane.as_ptr());
            let flat = plane.as_flat_samples().unwrap();
            for (x, y, c) in cells(&plane) {
                let value = expected(x, y, c);
                let at = x as usize * bpp + c;
                prop_assert_eq!(plane.row(y)[at], value);
                prop_assert_eq!(array[[y as usize, x as usize, c]], value);
                prop_assert_eq!(back.row(y)[at], value);
                prop_assert_eq!(*flat.get_sample(c as u8, x, y).unwrap(), value);
                if bpp == 1 {
                    prop_assert_eq!(plane.as_array2().unwrap()[[y as usize, x as usize]], value);
                }
            }
            prop_assert_eq!(plane.as_array2().is_ok(), bpp == 1);
        }
        // The pixels of the window, by the whole picture's coordinates.
        let copy = crop.to_owned();
        let (copied, phase) = (copy.view(), crop.chroma_phase());
        for i in 0..picture.format.planes() {
            for (x, y) in (0..rect.width).flat_map(|x| (0..rect.height).map(move |y| (x, y))) {
                let full = picture.format.plane_size(1, 2, 2);
                let (dx, dy) = if i > 0 { (2 / full.0, 2 / full.1) } else { (1, 1) };
                let (px, py) = if i > 0 { ((x + phase.0) / dx, (y + phase.1) / dy) } else { (x, y) };
                let value = picture.bytes[picture.address(i, rect.x + x, rect.y + y, 0)];
                let at = px as usize * picture.format.bytes_per_pixel(i);
                prop_assert_eq!(crop.plane(i).row(py)[at], value);
                prop_assert_eq!(copied.plane(i).row(py)[at], value);
            }
        }
    }

    #[test]
    fn every_writing_view_writes_the_right_bytes_and_no_others(picture in picture(), cut: [u32; 4], way in 0..5u8) {
        let rect = window(picture.size, cut);
        let mut expected = picture.bytes.clone();
        for i in 0..picture.format.planes() {
            let (w, h) = picture.samples(i, rect);
            let start = picture.address(i, rect.x, rect.y, 0);
            for y in 0..h as usize {
                let row = start + y * picture.planes[i].1;
                expected[row..][..w as usize * picture.format.bytes_per_pixel(i)].fill(i as u8 + 201);
            }
        }
        let mut written = picture.clone();
        let mut view = written.view_mut();
        let mut crop = view.crop_mut(rect).unwrap();
        for i in 0..picture.format.planes() {
            let mut plane = crop.plane_mut(i);
            let value = i as u8 + 201;
            match way {
                0 => plane.rows_mut().for_each(|row| row.fill(value)),
                1 => (0..plane.height()).for_each(|y| plane.row_mut(y).fill(value)),
                2 => plane.as_array_mut().fill(value),
                3 => {
                    let mut back = ViewMut::from_array(plane.as_array_mut()).unwrap();
                    back.rows_mut().for_each(|row| row.fill(value));
                }
                _ => fill_with_opencv(&mut plane, value),
            }
        }
        prop_assert_eq!(written.bytes, expected);
    }

    #[test]
    fn images_have_the_pixels_of_the_window(size in (1u32..20, 1u32..20), extra in 0usize..9, cut: [u32; 4]) {
        let rect = window(size, cut);
        let rgba = Picture::new(PixelFormat::Rgba, size, extra, 1);
        let crop = rgba.view().crop(rect).unwrap();
        let image = crop.as_image::<Rgba<u8>>().unwrap();
        prop_assert_eq!(image.dimensions(), (rect.width, rect.height));
        for (x, y, pixel) in image.pixels() {
            let at = rgba.address(0, rect.x + x, rect.y + y, 0);
            prop_assert_eq!(&pixel.0, &rgba.bytes[at..at + 4]);
        }
        let packed = rect.height == 1 || (extra == 0 && rect.width == size.0);
        prop_assert_eq!(image.as_image_buffer().is_ok(), packed);
        let copy = image.to_image();
        prop_assert!(copy.pixels().eq(image.pixels().map(|p| p.2).collect::<Vec<_>>().iter()));
        if let Ok(buffer) = image.as_image_buffer() {
            prop_assert_eq!(buffer.as_raw().as_ptr(), crop.plane(0).as_ptr());
            prop_assert!(buffer.pixels().eq(copy.pixels()));
        }
        prop_assert_eq!(FrameView::from(&copy).plane(0).data(), copy.as_raw());
        let raw = copy.as_raw().clone();
        let owned = OwnedFrame::from(copy);
        prop_assert_eq!(owned.view().plane(0).data(), raw);
        // Writing touches the one pixel.
        let mut written = rgba.clone();
        let mut view = written.view_mut();
        let mut crop = view.crop_mut(rect).unwrap();
        let (x, y) = (rect.width - 1, rect.height - 1);
        crop.as_image_mut::<Rgba<u8>>().unwrap().put_pixel(x, y, Rgba([1, 2, 3, 4]));
        let mut expected = rgba.bytes.clone();
        let at = rgba.address(0, rect.x + x, rect.y + y, 0);
        expected[at..at + 4].copy_from_slice(&[1, 2, 3, 4]);
        prop_assert_eq!(written.bytes, expected);
    }

    #[test]
    fn crops_are_written_together_when_they_share_nothing(picture in picture(), cuts: [[u32; 4]; 3]) {
        let rects = cuts.map(|cut| window(picture.size, cut));
        // The slow reference: which bytes each window uses.
        let bytes = rects.map(|rect| {
            let mut used = vec![false; picture.bytes.len()];
            for i in 0..picture.format.planes() {
                for (x, y) in (0..rect.width).flat_map(|x| (0..rect.height).map(move |y| (x, y))) {
                    let at = picture.address(i, rect.x + x, rect.y + y, 0);
                    used[at..at + picture.format.bytes_per_pixel(i)].fill(true);
                }
            }
            used
        });
        let shared = |a: usize, b: usize| bytes[a].iter().zip(&bytes[b]).any(|(a, b)| *a && *b);
        let disjoint = !(shared(0, 1) || shared(0, 2) || shared(1, 2));
        let mut written = picture.clone();
        let mut view = written.view_mut();
        match view.disjoint_mut(&rects) {
            Err(error) => {
                prop_assert!(!disjoint, "{}", error);
                prop_assert!(rects.iter().filter(|rect| error.to_string().contains(&rect.to_string())).count() >= 2);
            }
            Ok(crops) => {
                prop_assert!(disjoint);
                std::thread::scope(|scope| {
                    for (value, mut crop) in (251u8..).zip(crops) {
                        scope.spawn(move || {
                            for i in 0..crop.format().planes() {
                                // Reads and writes, as an operation in place does.
                                let _ = crop.as_view().plane(i).rows().map(|row| u32::from(row[0])).sum::<u32>();
                                crop.plane_mut(i).as_array_mut().fill(value);
                            }
                        });
                    }
                });
                for (k, &byte) in written.bytes.iter().enumerate() {
                    let owner = (0..3).find(|&i| bytes[i][k]);
                    let expected = owner.map_or(picture.bytes[k], |i| 251 + i as u8);
                    prop_assert_eq!(byte, expected, "byte {}", k);
                }
            }
        }
    }
}

/// Column, row and byte of every sample.
fn cells(plane: &View<'_>) -> impl Iterator<Item = (u32, u32, usize)> + use<> {
    let (w, h, c) = (plane.width(), plane.height(), plane.channels());
    (0..h).flat_map(move |y| (0..w).flat_map(move |x| (0..c).map(move |c| (x, y, c))))
}

#[cfg(not(feature = "opencv"))]
fn fill_with_opencv(plane: &mut ViewMut<'_>, value: u8) {
    plane.rows_mut().for_each(|row| row.fill(value));
}

#[cfg(feature = "opencv")]
fn fill_with_opencv(plane: &mut ViewMut<'_>, value: u8) {
    use opencv::core::{MatTrait, Scalar, no_array};
    let mut mat = plane.as_mat_mut().unwrap();
    mat.apply(|mat| mat.set_to(&Scalar::all(value.into()), &no_array()).map(drop)).unwrap();
}

#[test]
fn luma_and_rgb_are_images_too_and_other_orders_are_refused() {
    let nv12 = OwnedFrame::zeroed(PixelFormat::Nv12, 5, 3);
    assert_eq!(nv12.view().plane(0).as_image::<Luma<u8>>().unwrap().dimensions(), (5, 3));
    let refused = nv12.view().as_image::<Luma<u8>>().unwrap_err();
    assert!(refused.to_string().contains("Nv12") && refused.to_string().contains("plane(0)"), "{refused}");
    let bgr = OwnedFrame::zeroed(PixelFormat::Bgr, 5, 3);
    assert!(bgr.view().as_image::<Rgb<u8>>().unwrap_err().to_string().contains("Bgr"));
    assert!(bgr.view().plane(0).as_image::<Rgba<u8>>().is_err());
    let rgbx = OwnedFrame::zeroed(PixelFormat::Rgbx, 5, 3);
    assert!(rgbx.view().as_image::<Rgba<u8>>().is_ok());
}

#[test]
fn a_crop_that_has_neighbours_gives_rows_and_no_slice() {
    let mut frame = OwnedFrame::zeroed(PixelFormat::Rgb, 8, 4);
    let mut view = frame.view_mut();
    let rects = [Rect::new(0, 0, 4, 2), Rect::new(4, 0, 4, 2), Rect::new(0, 2, 8, 2), Rect::new(3, 3, 0, 0)];
    let mut crops = view.disjoint_mut(&rects).unwrap();
    let solid: Vec<_> =
        crops.iter().map(|crop| crop.as_view().plane(0).as_slice().map(<[u8]>::len)).collect();
    assert_eq!(solid, [None, None, Some(48), Some(0)]);
    assert!(crops[0].as_view().plane(0).as_flat_samples().is_err());
    let image = crops[1].as_view().as_image::<Rgb<u8>>().unwrap().to_image();
    assert_eq!(image.dimensions(), (4, 2));
    // A crop of a crop, and the crops of a crop.
    let mut inner = crops[0].disjoint_mut(&[Rect::new(0, 0, 2, 2), Rect::new(2, 0, 2, 2)]).unwrap();
    inner[1].plane_mut(0).rows_mut().for_each(|row| row.fill(7));
    assert!(inner[0].as_view().to_owned().view().plane(0).data().iter().all(|&b| b == 0));
    assert_eq!(frame.view().plane(0).row(1)[5..13], [0, 7, 7, 7, 7, 7, 7, 0]);
}

#[test]
fn crops_that_share_something_are_named() {
    let mut rgba = OwnedFrame::zeroed(PixelFormat::Rgba, 16, 16);
    let rects = [Rect::new(0, 0, 4, 4), Rect::new(8, 8, 4, 4), Rect::new(3, 3, 2, 2)];
    let error = rgba.view_mut().disjoint_mut(&rects).unwrap_err().to_string();
    assert!(error.contains("4x4 at (0, 0) (number 0) and 2x2 at (3, 3) (number 2)"), "{error}");
    let outside = rgba.view_mut().disjoint_mut(&[Rect::new(0, 0, 17, 1)]).unwrap_err().to_string();
    assert!(outside.contains("17x1 at (0, 0)") && outside.contains("16x16"), "{outside}");
    let mut nv12 = OwnedFrame::zeroed(PixelFormat::Nv12, 16, 16);
    let odd = [Rect::new(0, 0, 3, 4), Rect::new(3, 0, 4, 4)];
    let error = nv12.view_mut().disjoint_mut(&odd).unwrap_err().to_string();
    assert!(error.contains("share chroma") && error.contains("3x4 at (0, 0)"), "{error}");
    assert!(nv12.view_mut().disjoint_mut(&[Rect::new(1, 0, 3, 4), Rect::new(4, 1, 3, 3)]).is_ok());
}

#[test]
fn many_windows_are_checked_quickly_and_rightly() {
    let grid: Vec<_> = (0..40_000u32).map(|i| Rect::new(i % 200 * 5, i / 200 * 5, 5, 5)).collect();
    let mut bytes = vec![0; 1000 * 1000];
    let mut view = ViewMut::new(&mut bytes, 1000, 1000, 1, 1000).unwrap();
    assert_eq!(view.disjoint_mut(&grid).unwrap().len(), grid.len());
    let mut wrong = grid.clone();
    wrong.push(Rect::new(997, 994, 3, 2));
    let error = view.disjoint_mut(&wrong).unwrap_err().to_string();
    assert!(error.contains("3x2 at (997, 994)"), "{error}");
}

#[test]
fn samples_of_16_bits_need_even_addresses() {
    let words: Vec<u16> = (0..32).collect();
    // SAFETY: any byte of a u16 is a byte.
    let bytes = unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<u8>(), 64) };
    let view = View::new(bytes, 3, 2, 4, 24).unwrap();
    let array = view.as_array_u16().unwrap();
    assert_eq!((array.shape(), array.strides()), (&[2, 3, 2][..], &[12isize, 2, 1][..]));
    assert_eq!(array[[1, 2, 1]], 12 + 5);
    assert!(View::new(&bytes[1..], 3, 2, 4, 24).unwrap().as_array_u16().is_err());
    assert!(View::new(bytes, 3, 2, 4, 25).unwrap().as_array_u16().is_err());
    assert!(View::new(bytes, 3, 2, 3, 24).unwrap().as_array_u16().is_err());
}

#[test]
fn arrays_that_are_no_plane_are_refused() {
    use ndarray::{Array3, s};
    let mut array = Array3::<u8>::from_shape_fn((4, 6, 3), |(y, x, c)| (y * 18 + x * 3 + c) as u8);
    assert_eq!(View::from_array(array.view()).unwrap().as_slice().map(<[u8]>::len), Some(72));
    let inner = View::from_array(array.slice(s![1..3, 2..4, ..])).unwrap();
    assert_eq!((inner.row(1), inner.as_slice()), (&[42, 43, 44, 45, 46, 47][..], None));
    for (name, array) in [
        ("flipped rows", array.slice(s![..;-1, .., ..])),
        ("flipped columns", array.slice(s![.., ..;-1, ..])),
        ("every other column", array.slice(s![.., ..;2, ..])),
        ("two channels", array.slice(s![.., .., ..2])),
        ("transposed", array.view().permuted_axes([1, 0, 2])),
    ] {
        let error = View::from_array(array).expect_err(name).to_string();
        assert!(error.contains("as_standard_layout"), "{name}: {error}");
    }
    // Steps of one row, or of one column, say nothing, and every other row is a pitch.
    assert_eq!(View::from_array(array.slice(s![2..3;-1, .., ..])).unwrap().row(0)[0], 36);
    assert_eq!(View::from_array(array.slice(s![..;2, .., ..])).unwrap().pitch(), 36);
    assert!(View::from_array(array.slice(s![..0, .., ..])).unwrap().height() == 0);
    // Two halves of an array that is split are two views that can be written.
    let (left, right) = array.view_mut().split_at(ndarray::Axis(1), 3);
    let (mut left, mut right) = (ViewMut::from_array(left).unwrap(), ViewMut::from_array(right).unwrap());
    left.rows_mut().zip(right.rows_mut()).for_each(|(l, r)| (l.fill(1), r.fill(2)).1);
    assert!(left.as_mut_slice().is_none());
    assert_eq!(array.slice(s![3, 2..4, 0]).to_vec(), [1, 2]);
}

#[test]
fn odd_layouts_are_refused_and_empty_ones_are_harmless() {
    assert!(View::new(&[], 0, 0, 0, 0).unwrap_err().to_string().contains("0 bytes a pixel"));
    assert!(View::new(&[], u32::MAX, u32::MAX, 0, 0).is_err());
    assert!(View::new(&[1], 1, 1, 1, usize::MAX).is_err());
    let empty = View::new(&[], 0, 5, 3, 100).unwrap();
    assert_eq!((empty.row(4), empty.as_array().shape()), (&[][..], &[5, 0, 3][..]));
    let tall = View::new(&[], 0, u32::MAX, 64, 7).unwrap();
    assert!(tall.row(u32::MAX - 1).is_empty() && tall.as_array().is_empty());
    assert!(
        View::from_array2(ndarray::ArrayView2::from_shape((0, 4), &[]).unwrap())
            .unwrap()
            .rows()
            .next()
            .is_none()
    );
}

#[test]
fn planes_of_another_format_make_no_frame() {
    let bytes = [0; 64];
    let (luma, chroma) = (View::new(&bytes, 8, 4, 1, 8).unwrap(), View::new(&bytes, 4, 2, 2, 8).unwrap());
    let frame = FrameView::from_planes(PixelFormat::Nv12, 8, 4, &[luma, chroma], Colorimetry::default());
    assert!(frame.is_ok());
    let error =
        FrameView::from_planes(PixelFormat::Nv12, 8, 4, &[luma, luma], Colorimetry::default()).unwrap_err();
    assert!(error.to_string().contains("plane 1 is 8x4 with 1 bytes"), "{error}");
    let error = FrameView::from_planes(PixelFormat::Rgba, 8, 4, &[luma], Colorimetry::default()).unwrap_err();
    assert!(error.to_string().contains("with 4"), "{error}");
}

#[test]
fn copies_and_crops_are_sent_to_other_threads() {
    fn sent<T: Send>() {}
    sent::<(OwnedFrame, FrameView<'_>, FrameViewMut<'_>, View<'_>, ViewMut<'_>)>();
}
