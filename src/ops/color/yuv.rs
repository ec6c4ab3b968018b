//! Pixels written into a frame in the frame's own format.

use crate::error::{Error, Result};
use crate::frame::{FrameView, FrameViewMut, MAX_PLANES, PixelFormat, ViewMut};

use super::convert::{Output, RgbRows, convert_at};
use super::fixed::{RgbToYuv, YUV_FRACTION};
use super::rows::{Planes, YuvRow};

/// Writes the pixels of `view` into `dst`, whatever the formats and colorimetries of both are.
///
/// |        | layout                       | element    | shape    | pitch (bytes) |
/// |--------|------------------------------|------------|----------|---------------|
/// | `view` | any [`PixelFormat`], windows | `u8`, `u16`| `(h, w)` | any           |
/// | `dst`  | any [`PixelFormat`], windows | `u8`, `u16`| `(h, w)` | any           |
///
/// What was changed as RGB goes back into an NV12 frame with it. YUV is made with the equations and the range
/// of `dst`'s colorimetry, chroma from the mean of the pixels that share it (centred, as JPEG has it; of the
/// window alone where it cuts a sample). YUV of the same colorimetry, subsampling and phase is copied
/// sample by sample, with the depth changed by shifting and rounding, and loses nothing else. Alpha
/// becomes 255 where `view` has none; the unused byte of RGBx and its like becomes 255 too.
///
/// Backends and parity: plain code, 15 fractional bits; at most 0.52 of a sample from the equations in exact
/// arithmetic (YUV to other YUV goes through RGB bytes, which costs up to 1 more). OpenCV's `COLOR_RGB2YUV_I420` takes the
/// chroma of the top-left pixel of each four instead of their mean.
///
/// # Errors
/// When `dst` has another size than `view`.
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat};
/// use dsframe::ops::color;
/// let red = [255u8, 0, 0].repeat(4);
/// let rgb = FrameView::new(PixelFormat::Rgb, 2, 2, &[(&red, 6)], Colorimetry::default())?;
/// let mut nv12 = OwnedFrame::zeroed(PixelFormat::Nv12, 2, 2);
/// color::frame_from(&rgb, &mut nv12.view_mut())?;
/// assert_eq!((nv12.view().plane(0).row(0), nv12.view().plane(1).row(0)), (&[81, 81][..], &[90, 240][..]));
/// # Ok::<(), dsframe::Error>(())
/// ```
///
/// Source: ITU-R BT.601-7, BT.709-6, BT.2020-2.
pub fn frame_from(view: &FrameView<'_>, dst: &mut FrameViewMut<'_>) -> Result<()> {
    if (view.width(), view.height()) != (dst.width(), dst.height()) {
        return Err(Error::invalid(format!(
            "dst is {}x{}, it must have the view's size, {}x{}",
            dst.width(),
            dst.height(),
            view.width(),
            view.height()
        )));
    }
    if view.width() == 0 || view.height() == 0 {
        return Ok(());
    }
    let format = dst.format();
    let to = |output, plane| convert_at(crate::cpu::level(), view, plane, output);
    let done = match format {
        PixelFormat::Rgb => to(Output::Rgb, dst.plane_mut(0)),
        PixelFormat::Bgr => to(Output::Bgr, dst.plane_mut(0)),
        PixelFormat::Rgba | PixelFormat::Rgbx => to(Output::Rgba, dst.plane_mut(0)),
        PixelFormat::Bgra | PixelFormat::Bgrx => to(Output::Bgra, dst.plane_mut(0)),
        PixelFormat::Gray8 => to(Output::Gray, dst.plane_mut(0)),
        _ if format.rgb_offsets().is_some() => {
            let first = if matches!(format, PixelFormat::Argb | PixelFormat::Xrgb) {
                Output::Rgba
            } else {
                Output::Bgra
            };
            to(first, dst.plane_mut(0))?;
            // Alpha was written last and belongs first.
            let mut plane = dst.plane_mut(0);
            for y in 0..plane.height() {
                plane.row_mut(y).as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel.rotate_right(1));
            }
            Ok(())
        }
        _ => {
            yuv_frame(view, dst);
            Ok(())
        }
    };
    // The unused byte was given the view's alpha.
    if view.format().alpha_offset().is_some()
        && format.alpha_offset().is_none()
        && format.bytes_per_pixel(0) == 4
    {
        let unused = if format.rgb_offsets().is_some_and(|offsets| offsets.contains(&3)) { 0 } else { 3 };
        let mut plane = dst.plane_mut(0);
        for y in 0..plane.height() {
            plane.row_mut(y).as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel[unused] = 255);
        }
    }
    done
}

fn yuv_frame(view: &FrameView<'_>, dst: &mut FrameViewMut<'_>) {
    let (format, colorimetry) = (dst.format(), dst.colorimetry());
    let same = view.format().chroma_shift() == format.chroma_shift()
        && view.colorimetry() == colorimetry
        && view.chroma_phase() == dst.chroma_phase();
    let (phase_x, phase_y) = dst.chroma_phase();
    let mut target = Target { format, planes: dst.planes_mut() };
    if same {
        return copy_samples(view, &mut target);
    }
    let rows = RgbRows::<3>::new(view);
    let to = RgbToYuv::new(colorimetry, format.bits());
    let (shift_x, shift_y) = format.chroma_shift().expect("the caller asked for YUV");
    let (width, height) = (view.width() as usize, view.height());
    let mut rgb = vec![0; 3 * width];
    let mut sums = vec![[0i32; 4]; (width + phase_x as usize).div_ceil(1 << shift_x)];
    for y in 0..height {
        rows.read(y, &mut rgb);
        for (x, rgb) in rgb.as_chunks::<3>().0.iter().enumerate() {
            target.put_luma(x, y, weigh(&to, 0, rgb.map(i32::from), 0));
            let sum = &mut sums[(x + phase_x as usize) >> shift_x];
            *sum = std::array::from_fn(|i| sum[i] + if i < 3 { i32::from(rgb[i]) } else { 1 });
        }
        let chroma_y = (y + phase_y) >> shift_y;
        if y + 1 == height || (y + 1 + phase_y) >> shift_y != chroma_y {
            for (i, sum) in sums.iter_mut().enumerate() {
                let [r, g, b, count] = std::mem::take(sum);
                let [u, v] = [1, 2].map(|row| weigh(&to, row, [r, g, b], count.trailing_zeros()));
                target.put_chroma(i, chroma_y, u, v);
            }
        }
    }
}

/// Sample `row` (Y', Cb, Cr) of the mean of 1 << `log` pixels, given their sum.
#[inline(always)]
fn weigh(to: &RgbToYuv, row: usize, rgb: [i32; 3], log: u32) -> u16 {
    let [r, g, b] = to.factors[row];
    let (shift, zero) = (YUV_FRACTION + log, to.zero[row] << log);
    let sum = r * rgb[0] + g * rgb[1] + b * rgb[2] + zero + (1 << (shift - 1));
    (sum >> shift).clamp(0, to.most) as u16
}

/// The planes of a YUV frame, written by the sample.
struct Target<'a> {
    format: PixelFormat,
    planes: [ViewMut<'a>; MAX_PLANES],
}

impl Target<'_> {
    fn put(&mut self, plane: usize, at: usize, y: u32, sample: u16) {
        let row = self.planes[plane].row_mut(y);
        match self.format.bits() {
            8 => row[at] = sample as u8,
            bits => row[2 * at..2 * at + 2].copy_from_slice(&(sample << (16 - bits)).to_le_bytes()),
        }
    }

    fn put_luma(&mut self, x: usize, y: u32, sample: u16) {
        self.put(0, x, y, sample);
    }

    fn put_chroma(&mut self, i: usize, y: u32, u: u16, v: u16) {
        let (first, second) =
            if matches!(self.format, PixelFormat::Nv21 | PixelFormat::Yv12) { (v, u) } else { (u, v) };
        if self.format.planes() == 3 {
            self.put(1, i, y, first);
            self.put(2, i, y, second);
        } else {
            self.put(1, 2 * i, y, first);
            self.put(1, 2 * i + 1, y, second);
        }
    }
}

/// Samples as they are, in the other format's order and depth.
fn copy_samples(view: &FrameView<'_>, target: &mut Target<'_>) {
    let full = view.colorimetry().range == crate::frame::ColorRange::Full;
    let (from, bits) = (view.format().bits(), target.format.bits());
    let depth = |word: u16| {
        let sample = u32::from(word >> (16 - from));
        let (most, most_from) = ((1u32 << bits) - 1, (1u32 << from) - 1);
        // Full range goes by its largest value, limited range by powers of two.
        let scaled = match bits.cmp(&from) {
            _ if full => (sample * most + most_from / 2) / most_from,
            std::cmp::Ordering::Less => (sample + (1 << (from - bits - 1))) >> (from - bits),
            _ => sample << (bits - from),
        };
        scaled.min(most) as u16
    };
    let (_, shift_y) = view.format().chroma_shift().expect("the caller asked for YUV");
    let phase_y = view.chroma_phase().1;
    let (samples, planes) = (view.plane(1).width() as usize, Planes::new(view));
    for y in 0..view.height() {
        let row = YuvRow::new(&planes, y);
        (0..row.len()).for_each(|x| target.put_luma(x, y, depth(row.luma(x))));
        let chroma_y = (y + phase_y) >> shift_y;
        if y == 0 || (y - 1 + phase_y) >> shift_y != chroma_y {
            for i in 0..samples {
                let (u, v) = row.chroma(i);
                target.put_chroma(i, chroma_y, depth(u), depth(v));
            }
        }
    }
}
