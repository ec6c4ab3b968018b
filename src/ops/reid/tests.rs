use half::f16;

use super::job::run_with;
use super::*;
use crate::frame::{Colorimetry, OwnedFrame, PixelFormat, ViewMut};
use crate::ops::color;
use crate::ops::resize::{Interpolation, resize};
use crate::roi::Letterbox;

const FORMATS: [PixelFormat; 8] = [
    PixelFormat::Rgba,
    PixelFormat::Bgrx,
    PixelFormat::Argb,
    PixelFormat::Rgb,
    PixelFormat::Bgr,
    PixelFormat::Gray8,
    PixelFormat::Nv12,
    PixelFormat::I420,
];

/// A frame with something in it.
fn noise(format: PixelFormat, width: u32, height: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, width, height);
    let mut state = 7_u64;
    for plane in 0..format.planes() {
        let mut view = frame.view_mut();
        let mut plane = view.plane_mut(plane);
        for y in 0..plane.height() {
            for byte in plane.row_mut(y) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = (state >> 41) as u8;
            }
        }
    }
    frame
}

fn boxes() -> Vec<BBox> {
    vec![
        BBox::xywh(3.0, 5.0, 40.0, 70.0),
        BBox::xywh(-10.0, -4.5, 33.3, 50.0),
        BBox::xywh(90.5, 60.2, 500.0, 500.0),
        BBox::xywh(500.0, 0.0, 5.0, 5.0),
        BBox::xywh(17.0, 11.0, 1.0, 1.0),
        BBox::xywh(20.0, 20.0, 0.0, 9.0),
        BBox::xywh(0.0, 0.0, 121.0, 97.0),
    ]
}

/// Crop, conversion to RGB, resizing and padding, each on a copy.
fn fed_bytes(frame: &FrameView<'_>, window: Rect, spec: &ReidSpec) -> Vec<u8> {
    let rgb = color::to_rgb(&frame.crop(window).unwrap());
    let (inner, fill) = match spec.fit {
        Fit::Stretch => (Rect::new(0, 0, spec.width, spec.height), [0; 3]),
        Fit::Pad { color, centered } => {
            let size = (window.width, window.height);
            (Letterbox::fit(size, (spec.width, spec.height), centered).unwrap().inner(), color)
        }
    };
    let pitch = 3 * spec.width as usize;
    let mut net: Vec<u8> = fill.repeat((spec.width * spec.height) as usize);
    let mut dst = ViewMut::new(&mut net, spec.width, spec.height, 3, pitch).unwrap();
    resize(&rgb.view().plane(0), dst.crop_mut(inner).unwrap(), Interpolation::Bilinear).unwrap();
    net
}

/// The same by whole steps.
fn slow<T: Element>(frame: &FrameView<'_>, boxes: &[BBox], spec: &ReidSpec) -> Vec<T> {
    let (w, h) = (spec.width as usize, spec.height as usize);
    let mut all = Vec::new();
    for bbox in boxes {
        let mut item = vec![T::default(); 3 * w * h];
        if let Ok(window) = bbox.clip(frame.width(), frame.height()) {
            for (i, pixel) in fed_bytes(frame, window, spec).chunks(3).enumerate() {
                for c in 0..3 {
                    let color = if spec.order == ChannelOrder::Rgb { c } else { 2 - c };
                    let at = if spec.layout == Layout::Nchw { c * h * w + i } else { i * 3 + c };
                    item[at] = T::from_byte(pixel[color], &spec.norm, color);
                }
            }
        }
        all.extend(item);
    }
    all
}

fn specs() -> Vec<ReidSpec> {
    let small = ReidSpec { width: 21, height: 37, ..ReidSpec::TORCHREID };
    let pad = |centered| Fit::Pad { color: [124, 116, 104], centered };
    vec![
        small,
        ReidSpec { layout: Layout::Nhwc, ..small },
        ReidSpec { fit: pad(true), order: ChannelOrder::Bgr, ..small },
        ReidSpec { fit: pad(false), layout: Layout::Nhwc, order: ChannelOrder::Bgr, ..small },
        ReidSpec { width: 64, height: 40, ..ReidSpec::NVDCF },
        // Whole vectors, sampled from near, from far and one by one, and what is left of them.
        ReidSpec { width: 128, height: 5, ..small },
        ReidSpec { width: 47, height: 9, ..small },
        ReidSpec { width: 16, height: 3, ..small },
        ReidSpec { width: 1, height: 1, ..small },
    ]
}

fn agrees<T: Element + PartialEq>(format: PixelFormat) {
    let frame = noise(format, 121, 97);
    for window in [Rect::new(0, 0, 121, 97), Rect::new(3, 5, 101, 88)] {
        let view = frame.view().crop(window).unwrap();
        for spec in specs() {
            let expected = slow::<T>(&view, &boxes(), &spec);
            for isa in Isa::all() {
                let mut out = vec![T::default(); expected.len()];
                let windows = run(isa, &view, &boxes(), &spec, &mut out);
                assert!(out == expected, "{format:?} {isa:?} {spec:?} in {window}");
                assert_eq!(windows[3], Err(Dropped::Outside));
                assert_eq!(windows[5], Err(Dropped::Empty));
            }
        }
    }
}

#[test]
fn one_pass_is_the_same_as_whole_steps() {
    for format in FORMATS {
        agrees::<f32>(format);
        agrees::<u8>(format);
    }
    agrees::<f16>(PixelFormat::Rgba);
    agrees::<f16>(PixelFormat::Nv12);
}

#[test]
fn stores_past_the_caches_leave_the_same_values_wherever_the_tensor_begins() {
    let pad = |centered| Fit::Pad { color: [9, 8, 7], centered };
    let wide = ReidSpec { width: 48, height: 20, ..ReidSpec::TORCHREID };
    let specs = [
        wide,
        ReidSpec { width: 16, height: 90, fit: pad(true), order: ChannelOrder::Bgr, ..wide },
        ReidSpec { width: 32, height: 3, fit: pad(false), ..wide },
        ReidSpec { width: 128, height: 1, ..wide },
        ReidSpec { width: 24, ..wide },
    ];
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        let frame = noise(format, 121, 97);
        for spec in specs {
            let expected = slow::<f32>(&frame.view(), &boxes(), &spec);
            for isa in Isa::all() {
                for offset in 0..17 {
                    let mut out = vec![-99.0; offset + expected.len() + 16];
                    let tensor = &mut out[offset..offset + expected.len()];
                    run_with(isa, &frame.view(), &boxes(), &spec, tensor, true);
                    assert!(tensor == expected, "{format:?} {isa:?} {spec:?} from {offset}");
                    let around = out[..offset].iter().chain(&out[offset + expected.len()..]);
                    assert!(around.into_iter().all(|&v| v == -99.0));
                }
            }
        }
    }
}

#[test]
fn normalised_values_are_the_same_to_the_bit_whatever_the_factors_are() {
    let bytes: Vec<u8> = (0..4 * 32 * 24).map(|i| (i / 3) as u8).collect();
    let frame = FrameView::new(PixelFormat::Rgba, 32, 24, &[(&bytes, 128)], Colorimetry::default()).unwrap();
    let boxes = [BBox::xywh(0.0, 0.0, 32.0, 24.0)];
    for scale in
        [1.0 / 255.0, 0.017, -0.017, 0.0, -0.0, 1e-45, 3e-39, -1e-40, 4e30, 1e32, -3e38, f32::INFINITY]
    {
        for bias in [0.0, -0.0, 1.5, -2.1, 1e-44, -3e38, f32::INFINITY] {
            let spec = ReidSpec {
                width: 32,
                height: 24,
                norm: Norm { scale: [scale; 3], bias: [bias; 3] },
                ..ReidSpec::TORCHREID
            };
            // A zero times infinity is no number, of which there are many.
            let bits = |value: f32| if value.is_nan() { 1 } else { value.to_bits() };
            let expected: Vec<_> = (0..3 * 32 * 24)
                .map(|i| bits(spec.norm.apply(bytes[i % (32 * 24) * 4 + i / (32 * 24)], 0)))
                .collect();
            for isa in Isa::all() {
                for streams in [false, true] {
                    let mut out = vec![9.0_f32; expected.len()];
                    run_with(isa, &frame, &boxes, &spec, &mut out, streams);
                    assert!(
                        out.iter().map(|&v| bits(v)).eq(expected.iter().copied()),
                        "{isa:?} {scale} {bias}"
                    );
                }
                let mut halves = vec![f16::ONE; expected.len()];
                run_with(isa, &frame, &boxes, &spec, &mut halves, false);
                let plain = expected.iter().map(|&bits| f16::from_f32(f32::from_bits(bits)).to_bits());
                let same = halves.iter().map(|v| v.to_bits()).zip(plain).zip(&expected);
                assert!(
                    same.into_iter().all(|((a, b), &bits)| bits == 1 || a == b),
                    "{isa:?} {scale} {bias}"
                );
            }
        }
    }
}

#[test]
fn many_threads_give_the_same_in_the_same_order() {
    let frame = noise(PixelFormat::Nv12, 200, 160);
    let many: Vec<BBox> = (0..40).map(|i| BBox::xywh(i as f32 * 3.0, i as f32, 30.0, 60.0)).collect();
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let batch =
        |n| pool(n).install(|| reid_batch::<f32>(&frame.view(), &many, &ReidSpec::TORCHREID).unwrap());
    assert!(batch(1) == batch(3));
}

#[test]
fn presets_have_the_values_that_their_tools_document() {
    let near = |a: f32, b: f64| assert!((f64::from(a) - b).abs() < 1e-6, "{a} {b}");
    let torch = ReidSpec::TORCHREID.norm;
    for byte in 0..=255 {
        near(torch.apply(byte, 0), (f64::from(byte) / 255.0 - 0.485) / 0.229);
        near(torch.apply(byte, 2), (f64::from(byte) / 255.0 - 0.406) / 0.225);
        near(ReidSpec::NVDCF.norm.apply(byte, 1), 0.01735207 * (f64::from(byte) - 116.28));
    }
    near(ReidSpec::ARCFACE.norm.apply(255, 0), 1.0);
    near(ReidSpec::ARCFACE.norm.apply(0, 2), -1.0);
    assert_eq!((ReidSpec::ARCFACE.width, ReidSpec::IMAGENET.height), (112, 224));
    assert_eq!(ReidSpec::BOXMOT, ReidSpec::TORCHREID);
    assert_eq!(ReidSpec::BOXMOT_PAD.fit, Fit::Pad { color: [124, 116, 104], centered: true });
}

#[test]
fn bad_sizes_are_told() {
    let frame = noise(PixelFormat::Rgba, 8, 8);
    let boxes = [BBox::xywh(0.0, 0.0, 8.0, 8.0)];
    let spec = ReidSpec { width: 0, ..ReidSpec::TORCHREID };
    let text = reid_batch::<f32>(&frame.view(), &boxes, &spec).unwrap_err().to_string();
    assert!(text.contains("0x256"), "{text}");
    let text =
        reid_batch_into(&frame.view(), &boxes, &ReidSpec::ARCFACE, &mut [0_u8; 5]).unwrap_err().to_string();
    assert!(text.contains("out has 5 values") && text.contains("37632"), "{text}");
    let none = reid_batch::<f32>(&frame.view(), &[], &ReidSpec::ARCFACE).unwrap();
    assert_eq!(none.tensor.shape(), [0, 3, 112, 112]);
}

#[test]
fn a_view_of_no_pixels_drops_every_box() {
    let empty = FrameView::new(PixelFormat::Gray8, 0, 0, &[(&[], 0)], Colorimetry::default()).unwrap();
    let batch = reid_batch::<u8>(&empty, &boxes(), &specs()[0]).unwrap();
    assert!(batch.windows.iter().all(Result::is_err) && batch.tensor.iter().all(|&v| v == 0));
}
