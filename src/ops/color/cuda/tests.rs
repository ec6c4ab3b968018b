use super::source::{CHROMA_WIDE, LIMITED, WIDE, load_order};
use super::*;
use crate::frame::{Colorimetry, Pending, PixelFormat, Rect};

fn packed(src: &DeviceView<'_>, dst: &DeviceView<'_>) -> (&'static str, Args) {
    let plan = plan(src, dst).unwrap();
    match plan.args {
        Arguments::Packed(args) => (plan.entries[0], args),
        Arguments::Yuv(_) => panic!("{plan:?} writes RGB"),
    }
}

fn view<'a>(format: PixelFormat, address: u64, pitch: usize, pending: &'a Pending) -> DeviceView<'a> {
    let planes: Vec<_> = (0..format.planes()).map(|i| (address + 0x10_0000 * i as u64, pitch)).collect();
    // SAFETY: nothing is handed to a GPU in these tests.
    unsafe { DeviceView::from_raw(format, 64, 32, &planes, Colorimetry::default(), 0, pending) }.unwrap()
}

/// What the kernel's `__byte_perm(word, !0, selector)` does.
fn permute(word: [u8; 4], selector: u32) -> [u8; 4] {
    std::array::from_fn(|i| word.get((selector >> (4 * i) & 7) as usize).copied().unwrap_or(255))
}

#[test]
fn orders_are_those_of_the_formats() {
    let rgba = [10, 20, 30, 40];
    for format in PixelFormat::ALL.into_iter().filter(|f| f.bytes_per_pixel(0) == 4) {
        let stored = permute(rgba, store_order(format));
        let offsets = format.rgb_offsets().unwrap();
        assert_eq!(offsets.map(|at| stored[at]), [10, 20, 30], "{format:?}");
        let expected = if format.alpha_offset().is_some() { 40 } else { 255 };
        assert_eq!(permute(stored, load_order(format)), [10, 20, 30, expected], "{format:?}");
    }
    assert_eq!(permute(rgba, store_order(PixelFormat::Bgr))[..3], [30, 20, 10]);
    assert_eq!(permute([30, 20, 10, 0], load_order(PixelFormat::Bgr)), [10, 20, 30, 255]);
}

#[test]
fn windows_read_wide_only_where_they_may() {
    let pending = Pending::new();
    let (src, dst) =
        (view(PixelFormat::Rgba, 4096, 512, &pending), view(PixelFormat::Bgr, 8192, 256, &pending));
    let flags = |x, dst_x| {
        let (src, dst) = (src.crop(Rect::new(x, 1, 8, 8)), dst.crop(Rect::new(dst_x, 0, 8, 8)));
        let args = packed(&src.unwrap(), &dst.unwrap()).1;
        (args.src.flags, args.dst.wide)
    };
    assert_eq!(flags(0, 0), (WIDE | LIMITED, 1));
    assert_eq!(flags(4, 4), (WIDE | LIMITED, 1));
    assert_eq!(flags(1, 0), (LIMITED, 1));
    assert_eq!(flags(4, 1), (WIDE | LIMITED, 0));
}

#[test]
fn chroma_planes_are_found_in_every_format() {
    let pending = Pending::new();
    let dst = view(PixelFormat::Rgba, 8192, 256, &pending);
    for (format, u, v, step) in [
        (PixelFormat::Nv12, 0x10_1000, 0x10_1001, 2),
        (PixelFormat::Nv21, 0x10_1001, 0x10_1000, 2),
        (PixelFormat::I420, 0x10_1000, 0x20_1000, 1),
        (PixelFormat::Yv12, 0x20_1000, 0x10_1000, 1),
    ] {
        let (entry, args) = packed(&view(format, 0x1000, 64, &pending), &dst);
        assert_eq!((entry, args.src.u, args.src.v), ("yuv_to_packed4", u, v));
        assert_eq!(args.src.chroma_step, step);
    }
}

#[test]
fn every_pair_has_a_kernel() {
    let pending = Pending::new();
    let entry = |from, to| {
        let (src, dst) = (view(from, 0x1000, 256, &pending), view(to, 0x100_0000, 256, &pending));
        plan(&src, &dst).unwrap().entries
    };
    use PixelFormat::{Bgr, Gray8, I420, I422, I444, Nv12, Nv16, Nv24, P010, P012, Rgba};
    for (from, to, expected) in [
        (Nv24, Rgba, "more_to_packed4"),
        (P010, Bgr, "more_to_packed3"),
        (P012, Gray8, "words_to_gray"),
        (I422, Gray8, "yuv_to_gray"),
        (Rgba, Nv12, "packed4_to_yuv420"),
        (Bgr, I444, "packed3_to_yuv"),
        (Gray8, P010, "any_to_yuv"),
        (Nv16, I420, "any_to_yuv420"),
        (Nv12, I420, "samples"),
        (P010, Nv12, "samples"),
        (I444, Nv24, "samples"),
    ] {
        let [one, several] = entry(from, to);
        assert_eq!((one, several.strip_suffix("_batch")), (expected, Some(expected)), "{from:?} to {to:?}");
    }
    for (from, to) in PixelFormat::ALL.into_iter().flat_map(|a| PixelFormat::ALL.map(|b| (a, b))) {
        assert_eq!(entry(from, to)[0].ends_with("gray"), to == Gray8, "{from:?} to {to:?}");
    }
}

#[test]
fn words_and_pairs_are_read_wide_where_four_pixels_lie_on_whole_words() {
    let pending = Pending::new();
    let flags = |format, address, pitch| {
        Source::of_any(&view(format, address, pitch, &pending)).flags & (WIDE | CHROMA_WIDE)
    };
    assert_eq!(flags(PixelFormat::P010, 0x1008, 136), WIDE | CHROMA_WIDE);
    assert_eq!(flags(PixelFormat::P010, 0x1004, 136), 0);
    assert_eq!(flags(PixelFormat::Nv24, 0x1004, 132), WIDE);
    assert_eq!(flags(PixelFormat::I444, 0x1004, 132), WIDE | CHROMA_WIDE);
    assert_eq!(flags(PixelFormat::I420, 0x1002, 66), CHROMA_WIDE);
}

#[test]
fn pictures_of_one_kind_differ_by_a_shift() {
    let pending = Pending::new();
    let source = |format, address, pitch| Source::of_any(&view(format, address, pitch, &pending));
    for format in PixelFormat::ALL {
        let first = source(format, 0x10_0000, 256);
        assert_eq!(first.shift_to(&first), Some(0), "{format:?}");
        assert_eq!(first.shift_to(&source(format, 0x30_0000, 256)), Some(0x20_0000), "{format:?}");
        assert_eq!(source(format, 0x30_0000, 256).shift_to(&first), Some(0u64.wrapping_sub(0x20_0000)));
        assert_eq!(first.shift_to(&source(format, 0x30_0000, 512)), None, "{format:?}");
        assert_eq!(first.shift_to(&source(format, 0x30_0001, 256)), None, "not on whole words: {format:?}");
    }
    let planes = [(0x10_0000, 64), (0x18_0000, 64)];
    // SAFETY: nothing is handed to a GPU in these tests.
    let apart = unsafe {
        DeviceView::from_raw(PixelFormat::Nv12, 64, 32, &planes, Colorimetry::default(), 0, &pending)
    };
    assert_eq!(source(PixelFormat::Nv12, 0x30_0000, 64).shift_to(&Source::of_any(&apart.unwrap())), None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let pending = Pending::new();
    let rgba = view(PixelFormat::Rgba, 4096, 256, &pending);
    let deep = view(PixelFormat::P012, 4096, 128, &pending);
    assert!(Source::of(&deep).unwrap_err().to_string().contains("the picture is P012"));
    let small = rgba.crop(Rect::new(0, 0, 8, 8)).unwrap();
    assert!(plan(&rgba, &small).unwrap_err().to_string().contains("dst is 8x8"));
}
