//! Boxes of a picture as a tensor: every format, element, layout and fit, bit for bit.

use anyhow::{Result, ensure};
use dsframe::cuda::{self, Device, DeviceTensor, Stream};
use dsframe::frame::{ColorMatrix, ColorRange, Colorimetry, DeviceView, PixelFormat, Rect};
use dsframe::ops::reid::{self, ChannelOrder, Fit, Layout, ReidSpec};
use dsframe::roi::BBox;

use super::{Picture, Place};
use crate::Report;

/// Every bit of the tensor's elements, in the host's memory.
fn bytes_of(stream: &Stream, tensor: &DeviceTensor) -> Result<Vec<u8>> {
    let len = tensor.len() * tensor.dtype().size();
    let (planes, gpu) = ([(tensor.address(), len)], stream.device().gpu());
    let (format, colorimetry) = (PixelFormat::Gray8, Colorimetry::default());
    // SAFETY: the tensor has `len` bytes, and nobody writes them while it is borrowed here.
    let row =
        unsafe { DeviceView::from_raw(format, len as u32, 1, &planes, colorimetry, gpu, tensor.pending()) }?;
    Ok(stream.to_host(&row)?.view().plane(0).row(0).to_vec())
}

/// An element of both sides, and its bits.
trait Value: reid::Element + cuda::Element {
    fn bits(values: &[Self]) -> Vec<u8>;
}

impl Value for u8 {
    fn bits(values: &[Self]) -> Vec<u8> {
        values.to_vec()
    }
}

impl Value for half::f16 {
    fn bits(values: &[Self]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_bits().to_ne_bytes()).collect()
    }
}

impl Value for f32 {
    fn bits(values: &[Self]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_ne_bytes()).collect()
    }
}

struct Case<'a> {
    stream: &'a Stream,
    src: &'a Picture,
    window: Rect,
    boxes: &'a [BBox],
    spec: ReidSpec,
}

impl Case<'_> {
    fn check<T: Value>(&self) -> Result<()> {
        let Case { stream, src, window, boxes, spec } = *self;
        let view = src.view(window)?;
        let expected = reid::reid_batch::<T>(&src.host()?.crop(window)?, boxes, &spec)?;
        let expected_bits = Value::bits(expected.tensor.as_slice().expect("packed"));
        let batch = reid::reid_batch_on::<T>(stream, &view, boxes, &spec)?;
        ensure!(batch.windows == expected.windows, "windows {:?}", batch.windows);
        ensure!(batch.tensor.shape() == expected.tensor.shape(), "shape {:?}", batch.tensor.shape());
        let bits = bytes_of(stream, &batch.tensor)?;
        let wrong = bits.iter().zip(&expected_bits).position(|(a, b)| a != b);
        ensure!(wrong.is_none(), "byte {wrong:?} of {} differs: {spec:?}, {window}", bits.len());
        // Into a tensor with room for more: the rest stays.
        let mut out = stream.tensor(&spec.shape(boxes.len() + 1), T::DTYPE)?;
        let before = bytes_of(stream, &out)?;
        reid::reid_batch_into_on(stream, &view, boxes, &spec, &mut out)?;
        let after = bytes_of(stream, &out)?;
        ensure!(
            after[..bits.len()] == bits && after[bits.len()..] == before[bits.len()..],
            "the caller's tensor"
        );
        Ok(())
    }
}

/// Boxes of every kind that fit a frame of the size, and some that do not.
fn boxes((w, h): (u32, u32)) -> Vec<BBox> {
    let (w, h) = (w as f32, h as f32);
    vec![
        BBox::xywh(0.0, 0.0, w, h),
        BBox::xywh(3.4, 5.9, w / 3.0, h / 2.0),
        BBox::xywh(w - 1.0, h - 1.0, 1.0, 1.0),
        BBox::xywh(1.0, 2.0, 1.0, h),
        BBox::xywh(1.0, 2.0, w, 1.0),
        BBox::xywh(w + 4.0, 0.0, 9.0, 9.0),
        BBox::xywh(-20.5, -7.0, 31.0, 40.0),
        BBox::xywh(4.0, 4.0, 0.0, 8.0),
        BBox::xywh(f32::NAN, 4.0, 3.0, 8.0),
        BBox::xywh(w * 0.5 + 0.25, 1.0, 7.0, 16.0),
    ]
}

fn specs() -> [ReidSpec; 6] {
    let base = ReidSpec { width: 20, height: 13, ..ReidSpec::TORCHREID };
    let pad = Fit::Pad { color: [124, 116, 104], centered: true };
    [
        base,
        ReidSpec { fit: pad, order: ChannelOrder::Bgr, ..base },
        ReidSpec { width: 7, layout: Layout::Nhwc, order: ChannelOrder::Bgr, ..base },
        ReidSpec { height: 6, layout: Layout::Nhwc, fit: pad, ..base },
        ReidSpec { width: 131, height: 5, ..ReidSpec::NVDCF },
        ReidSpec { width: 33, height: 37, ..ReidSpec::ARCFACE },
    ]
}

/// The size that the operation is used at, wide boxes included, and more boxes than one launch takes.
fn large(stream: &Stream, quick: bool) -> Result<String> {
    let (size, whole) = ((1100, 301), Rect::new(0, 0, 1100, 301));
    let mut count = 0;
    for format in [PixelFormat::Rgba, PixelFormat::Nv12] {
        let place = Place { start: 256, extra: 36 };
        let src = Picture::noise(stream, format, size, place, Colorimetry::default())?;
        let few = [BBox::xywh(11.0, 8.0, 100.0, 235.0), BBox::xywh(2.0, 2.0, 1090.0, 270.0)];
        let spec = ReidSpec { height: if quick { 32 } else { 256 }, ..ReidSpec::TORCHREID };
        Case { stream, src: &src, window: whole, boxes: &few, spec }.check::<f32>()?;
        let many: Vec<_> = (0..97).map(|i| BBox::xywh(10.0 * i as f32, i as f32, 50.0, 90.0)).collect();
        let spec = ReidSpec { width: 16, height: 8, ..ReidSpec::TORCHREID };
        Case { stream, src: &src, window: whole, boxes: &many, spec }.check::<half::f16>()?;
        count += few.len() + many.len();
        // A picture of one column has no neighbours.
        let thin = Picture::noise(stream, format, (1, 9), place, Colorimetry::default())?;
        let boxes = [BBox::xywh(0.0, 0.0, 1.0, 9.0), BBox::xywh(-3.0, 2.0, 9.0, 4.0)];
        Case { stream, src: &thin, window: Rect::new(0, 0, 1, 9), boxes: &boxes, spec }.check::<u8>()?;
    }
    let src = Picture::noise(
        stream,
        PixelFormat::Rgba,
        size,
        Place { start: 0, extra: 0 },
        Colorimetry::default(),
    )?;
    let view = src.view(whole)?;
    let none = reid::reid_batch_on::<u8>(stream, &view, &[], &ReidSpec::TORCHREID)?;
    ensure!(none.tensor.shape() == [0, 3, 256, 128] && none.windows.is_empty(), "no boxes at all");
    let mut short = stream.tensor(&[1, 3, 256, 128], cuda::DType::F32)?;
    let boxes = [BBox::xywh(0.0, 0.0, 9.0, 9.0); 2];
    let error = reid::reid_batch_into_on(stream, &view, &boxes, &ReidSpec::TORCHREID, &mut short);
    ensure!(
        error.is_err_and(|error| error.to_string().contains("2 boxes need [2, 3, 256, 128]")),
        "a short tensor"
    );
    Ok(format!("{count} items"))
}

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    let stream = device.stream()?;
    let colorimetry = Colorimetry { matrix: ColorMatrix::Bt709, range: ColorRange::Limited };
    for format in PixelFormat::ALL {
        let mut cases = 0;
        let mut all = || -> Result<String> {
            let size = (97, 61);
            for (n, place) in Place::all(size.0 as usize * format.bytes_per_pixel(0)).into_iter().enumerate()
            {
                let src = Picture::noise(&stream, format, size, place, colorimetry)?;
                for (m, spec) in specs().into_iter().enumerate() {
                    if quick && (n + m) % 4 != 1 {
                        continue;
                    }
                    let window =
                        if (n + m) % 2 == 0 { Rect::new(0, 0, 97, 61) } else { Rect::new(3, 5, 81, 50) };
                    let boxes = boxes((window.width, window.height));
                    let case = Case { stream: &stream, src: &src, window, boxes: &boxes, spec };
                    case.check::<f32>()?;
                    case.check::<half::f16>()?;
                    case.check::<u8>()?;
                    cases += 3 * boxes.len();
                }
            }
            Ok(format!("{cases} items"))
        };
        let result = all();
        report.line(&format!("boxes to a tensor from {format:?}"), result);
    }
    report.line("boxes to a tensor, as large as they come", large(&stream, quick));
    report.line("boxes of several frames to a tensor", frames(&stream));
    Ok(())
}

/// Boxes of several frames against a call for each: frames alike and not, more frames and boxes than a launch takes.
fn frames(stream: &Stream) -> Result<String> {
    let (plain, place) = (Colorimetry::default(), Place { start: 3, extra: 5 });
    let kinds = [
        (PixelFormat::Nv12, (96, 60), 34, plain),
        (PixelFormat::Rgba, (97, 61), 2, plain),
        (PixelFormat::Bgra, (97, 61), 1, plain),
        (PixelFormat::P010, (60, 96), 2, plain),
        (PixelFormat::Nv12, (96, 60), 1, Colorimetry { matrix: ColorMatrix::Bt709, ..plain }),
    ];
    let mut pictures = Vec::new();
    for (format, size, count, colorimetry) in kinds {
        for _ in 0..count {
            let mut picture = Picture::noise(stream, format, size, place, colorimetry)?;
            // Noise of one size is the same noise.
            let step = 3 + 2 * pictures.len() as u32;
            picture.paint(stream, |x, y| (x * step + y * 41) as u8)?;
            pictures.push((picture, size));
        }
    }
    let views = (pictures.iter())
        .map(|(picture, (w, h))| picture.view(Rect::new(0, 0, *w, *h)))
        .collect::<Result<Vec<_>>>()?;
    // In no order, and none of frame 1.
    let boxes: Vec<_> = (0..230usize)
        .map(|i| (i * 7 % 40, BBox::xywh(i as f32 / 3.0, (i % 50) as f32, 9.5 + i as f32 / 7.0, 20.0)))
        .filter(|(frame, _)| *frame != 1)
        .collect();
    let spec = ReidSpec { width: 12, height: 9, order: ChannelOrder::Bgr, ..ReidSpec::TORCHREID };
    let all = reid::reid_frames_on::<f32>(stream, &views, &boxes, &spec)?;
    let (bits, item) = (bytes_of(stream, &all.tensor)?, 4 * spec.item_len());
    for (i, (frame, bbox)) in boxes.iter().enumerate() {
        let alone = reid::reid_batch_on::<f32>(stream, &views[*frame], &[*bbox], &spec)?;
        ensure!(alone.windows[0] == all.windows[i], "window {i}");
        let expected = bytes_of(stream, &alone.tensor)?;
        ensure!(bits[i * item..][..item] == expected, "item {i} of frame {frame}");
    }
    let hosts = pictures.iter().map(|(picture, _)| picture.host()).collect::<Result<Vec<_>>>()?;
    let host = reid::reid_frames::<f32>(&hosts, &boxes, &spec)?;
    ensure!(host.windows == all.windows, "the CPU's windows");
    ensure!(bits == Value::bits(host.tensor.as_slice().expect("packed")), "the CPU's bits");
    let mut out = stream.tensor(&spec.shape(boxes.len() + 1), cuda::DType::F32)?;
    let before = bytes_of(stream, &out)?;
    reid::reid_frames_into_on(stream, &views, &boxes, &spec, &mut out)?;
    let after = bytes_of(stream, &out)?;
    ensure!(
        after[..bits.len()] == bits && after[bits.len()..] == before[bits.len()..],
        "the caller's tensor"
    );
    let none = reid::reid_frames_on::<u8>(stream, &views, &[], &spec)?;
    ensure!(none.tensor.shape() == [0, 3, 9, 12] && none.windows.is_empty(), "no boxes at all");
    let error = reid::reid_frames_on::<u8>(stream, &views, &[boxes[0], (40, boxes[0].1)], &spec);
    let text = error.err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(text.contains("boxes[1] is of frame 40"), "{text}");
    Ok(format!("{} boxes of {} frames, as in a call for each", boxes.len(), views.len()))
}
