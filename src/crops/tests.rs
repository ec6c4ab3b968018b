mod best_shot;
mod encode;
mod sheet;
mod writer;

use crate::frame::{Colorimetry, FrameView, FrameViewMut, OwnedFrame, PixelFormat};

/// A picture made pixel by pixel: `rgb` says red, green, blue at (x, y); YUV is made with the
/// equations of `colorimetry`, chroma from the mean of the pixels that share it.
struct Painted {
    planes: Vec<(Vec<u8>, usize)>,
    format: PixelFormat,
    size: (u32, u32),
    colorimetry: Colorimetry,
}

impl Painted {
    fn new(
        format: PixelFormat,
        size: (u32, u32),
        colorimetry: Colorimetry,
        rgb: impl Fn(u32, u32) -> [u8; 3],
    ) -> Self {
        let planes = (0..format.planes())
            .map(|i| {
                let (w, h) = format.plane_size(i, size.0, size.1);
                let pitch = w as usize * format.bytes_per_pixel(i) + 13;
                (vec![0xA5; pitch * h as usize], pitch)
            })
            .collect();
        let mut painted = Self { planes, format, size, colorimetry };
        for (x, y) in (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y))) {
            painted.put(x, y, rgb(x, y));
        }
        painted
    }

    fn put(&mut self, x: u32, y: u32, rgb: [u8; 3]) {
        let (format, colorimetry) = (self.format, self.colorimetry);
        let mut view = self.view_mut();
        if let Some(offsets) = format.rgb_offsets() {
            let bpp = format.bytes_per_pixel(0);
            let mut plane = view.plane_mut(0);
            let pixel = &mut plane.row_mut(y)[x as usize * bpp..][..bpp];
            offsets.into_iter().zip(rgb).for_each(|(at, value)| pixel[at] = value);
            return;
        }
        let [luma, u, v] = yuv_of(rgb, colorimetry);
        // A 16-bit sample holds the 8-bit value in its high byte.
        let word = format.bits().div_ceil(8) as usize;
        view.plane_mut(0).row_mut(y)[x as usize * word..][..word].copy_from_slice(&[0, luma][2 - word..]);
        let Some((sx, sy)) = format.chroma_shift() else { return };
        let (cx, cy) = ((x >> sx) as usize, y >> sy);
        let swapped = matches!(format, PixelFormat::Nv21 | PixelFormat::Yv12);
        let (first, second) = if swapped { (v, u) } else { (u, v) };
        if format.planes() == 3 {
            view.plane_mut(1).row_mut(cy)[cx] = first;
            view.plane_mut(2).row_mut(cy)[cx] = second;
        } else {
            let pair = [0, first, 0, second];
            let pair = if word == 2 { pair.to_vec() } else { vec![first, second] };
            view.plane_mut(1).row_mut(cy)[pair.len() * cx..][..pair.len()].copy_from_slice(&pair);
        }
    }

    fn view(&self) -> FrameView<'_> {
        let planes: Vec<_> = self.planes.iter().map(|(data, pitch)| (data.as_slice(), *pitch)).collect();
        FrameView::new(self.format, self.size.0, self.size.1, &planes, self.colorimetry).unwrap()
    }

    fn view_mut(&mut self) -> FrameViewMut<'_> {
        let planes = self.planes.iter_mut().map(|(data, pitch)| (data.as_mut_slice(), *pitch)).collect();
        FrameViewMut::new(self.format, self.size.0, self.size.1, planes, self.colorimetry).unwrap()
    }
}

/// The standards' equations from R'G'B' to Y'CbCr.
fn yuv_of([r, g, b]: [u8; 3], colorimetry: Colorimetry) -> [u8; 3] {
    let (kr, kb) = colorimetry.matrix.kr_kb();
    let [r, g, b] = [r, g, b].map(|v| f64::from(v) / 255.0);
    let y = kr * r + (1.0 - kr - kb) * g + kb * b;
    let (cb, cr) = ((b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr)));
    let coded = match colorimetry.range {
        crate::frame::ColorRange::Limited => [16.0 + 219.0 * y, 128.0 + 224.0 * cb, 128.0 + 224.0 * cr],
        crate::frame::ColorRange::Full => [255.0 * y, 128.0 + 255.0 * cb, 128.0 + 255.0 * cr],
    };
    coded.map(|v| v.round().clamp(0.0, 255.0) as u8)
}

fn blank(width: u32, height: u32) -> OwnedFrame {
    OwnedFrame::zeroed(PixelFormat::Gray8, width, height)
}
