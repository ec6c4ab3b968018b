//! 4:2:0 video as the YCbCr that JPEG files hold: BT.601, full range (JFIF 1.02).

use crate::frame::{ColorMatrix, ColorRange, Colorimetry, FrameView, PixelFormat, View};

const BITS: u32 = 14;
const HALF: i32 = 1 << (BITS - 1);

/// Converted planes, packed; both sides of luma are even, since the JPEG encoder reads whole
/// chroma samples. The buffers are kept from picture to picture.
#[derive(Debug, Default)]
pub(super) struct JfifPlanes {
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

/// Y' = y·(Y - offset) + yu·U + yv·V and (U', V') = c·(U, V): chroma less 128 depends on chroma alone.
struct ToJfif {
    offset: i32,
    y: [i32; 3],
    u: [i32; 2],
    v: [i32; 2],
}

impl ToJfif {
    fn new(colorimetry: Colorimetry) -> Self {
        let (kr, kb) = colorimetry.matrix.kr_kb();
        let (jr, jb) = ColorMatrix::Bt601.kr_kb();
        let (luma, chroma, offset) = match colorimetry.range {
            ColorRange::Limited => (255.0 / 219.0, 255.0 / 224.0, 16),
            ColorRange::Full => (1.0, 1.0, 0),
        };
        // What a unit of U or V adds to red, green and blue, then their weights in BT.601.
        let rgb_of = |cb: f64, cr: f64| {
            let (r, b) = (2.0 * (1.0 - kr) * cr, 2.0 * (1.0 - kb) * cb);
            [r, -(kr * r + kb * b) / (1.0 - kr - kb), b]
        };
        let fixed = |v: f64| (v * f64::from(1u32 << BITS)).round() as i32;
        let ycc_of = |[r, g, b]: [f64; 3]| {
            let y = jr * r + (1.0 - jr - jb) * g + jb * b;
            [y, (b - y) / (2.0 * (1.0 - jb)), (r - y) / (2.0 * (1.0 - jr))].map(|v| fixed(v * chroma))
        };
        let ([yu, uu, vu], [yv, uv, vv]) = (ycc_of(rgb_of(1.0, 0.0)), ycc_of(rgb_of(0.0, 1.0)));
        Self { offset, y: [fixed(luma), yu, yv], u: [uu, uv], v: [vu, vv] }
    }

    #[inline]
    fn luma(&self, y: u8, (u, v): (i32, i32)) -> u8 {
        let sum = self.y[0] * (i32::from(y) - self.offset) + self.y[1] * u + self.y[2] * v;
        ((sum + HALF) >> BITS).clamp(0, 255) as u8
    }

    #[inline]
    fn chroma(&self, (u, v): (i32, i32)) -> (u8, u8) {
        let to = |k: [i32; 2]| (((k[0] * u + k[1] * v + HALF) >> BITS) + 128).clamp(0, 255) as u8;
        (to(self.u), to(self.v))
    }
}

impl JfifPlanes {
    /// The planes of `view` when JPEG can take them without a change.
    pub(super) fn as_they_are<'a>(view: &FrameView<'a>) -> Option<[View<'a>; 3]> {
        let colorimetry = Colorimetry { matrix: ColorMatrix::Bt601, range: ColorRange::Full };
        let even = view.width().is_multiple_of(2) && view.height().is_multiple_of(2);
        let whole = view.chroma_phase() == (0, 0) && even;
        if view.colorimetry() != colorimetry || !whole {
            return None;
        }
        match view.format() {
            PixelFormat::I420 => Some([view.plane(0), view.plane(1), view.plane(2)]),
            PixelFormat::Yv12 => Some([view.plane(0), view.plane(2), view.plane(1)]),
            _ => None,
        }
    }

    /// Converts a non-empty 4:2:0 `view`; the planes are valid until the next call.
    pub(super) fn convert(&mut self, view: &FrameView<'_>) -> [View<'_>; 3] {
        let (width, height) = (view.width().next_multiple_of(2), view.height().next_multiple_of(2));
        let samples = (width as usize / 2) * (height as usize / 2);
        self.y.resize(samples * 4, 0);
        self.u.resize(samples, 0);
        self.v.resize(samples, 0);
        let to = ToJfif::new(view.colorimetry());
        self.convert_chroma(view, &to, width as usize / 2);
        self.convert_luma(view, &to, width as usize);
        let plane = |data, w, h| View::new(data, w, h, 1, w as usize).expect("the buffer was sized for it");
        [
            plane(self.y.as_slice(), width, height),
            plane(&self.u, width / 2, height / 2),
            plane(&self.v, width / 2, height / 2),
        ]
    }

    fn convert_luma(&mut self, view: &FrameView<'_>, to: &ToJfif, pitch: usize) {
        let (width, height) = (view.width() as usize, view.height());
        let (phase_x, phase_y) = view.chroma_phase();
        let plain = to.y[1] == 0 && to.y[2] == 0;
        let table: [u8; 256] = std::array::from_fn(|y| to.luma(y as u8, (0, 0)));
        for (y, dst) in self.y.chunks_exact_mut(pitch).enumerate() {
            // The row and column that make an odd side even repeat the last ones.
            let y = (y as u32).min(height - 1);
            let src = view.plane(0).row(y);
            if plain {
                src.iter().zip(dst.iter_mut()).for_each(|(&src, dst)| *dst = table[usize::from(src)]);
            } else {
                let chroma = Chroma::new(view, (y + phase_y) / 2);
                for (x, (&src, dst)) in src.iter().zip(dst.iter_mut()).enumerate() {
                    *dst = to.luma(src, chroma.at((x + phase_x as usize) / 2));
                }
            }
            let last = dst[width - 1];
            dst[width..].fill(last);
        }
    }

    fn convert_chroma(&mut self, view: &FrameView<'_>, to: &ToJfif, pitch: usize) {
        let (phase_x, phase_y) = view.chroma_phase();
        let last = view.plane(1).height() - 1;
        let rows = self.u.chunks_exact_mut(pitch).zip(self.v.chunks_exact_mut(pitch));
        for (y, (u, v)) in rows.enumerate() {
            let (top, bottom) = (y as u32, (y as u32 + phase_y).min(last));
            let (top, bottom) = (Chroma::new(view, top), Chroma::new(view, bottom));
            let last = view.plane(1).width() as usize - 1;
            for (x, (u, v)) in u.iter_mut().zip(v.iter_mut()).enumerate() {
                let sample = if (phase_x, phase_y) == (0, 0) {
                    top.at(x)
                } else {
                    // The four pixels of this sample lie in up to four samples of the source.
                    let right = (x + phase_x as usize).min(last);
                    let four = [top.at(x), top.at(right), bottom.at(x), bottom.at(right)];
                    let mean = |pick: fn(&(i32, i32)) -> i32| (four.iter().map(pick).sum::<i32>() + 2) >> 2;
                    (mean(|c| c.0), mean(|c| c.1))
                };
                (*u, *v) = to.chroma(sample);
            }
        }
    }
}

/// One row of chroma, less 128.
struct Chroma<'a> {
    u: &'a [u8],
    v: &'a [u8],
    step: usize,
}

impl<'a> Chroma<'a> {
    fn new(view: &FrameView<'a>, y: u32) -> Self {
        let first = view.plane(1).row(y);
        match view.format() {
            PixelFormat::Nv12 => Self { u: first, v: &first[1..], step: 2 },
            PixelFormat::Nv21 => Self { u: &first[1..], v: first, step: 2 },
            PixelFormat::Yv12 => Self { u: view.plane(2).row(y), v: first, step: 1 },
            _ => Self { u: first, v: view.plane(2).row(y), step: 1 },
        }
    }

    #[inline]
    fn at(&self, x: usize) -> (i32, i32) {
        (i32::from(self.u[x * self.step]) - 128, i32::from(self.v[x * self.step]) - 128)
    }
}
