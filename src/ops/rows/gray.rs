//! Grey rows of any format, one at a time.

use super::{Isa, per_isa};
use crate::frame::FrameView;

/// BT.601's weights of red, green and blue in 15 fractional bits, OpenCV's.
const WEIGHTS: [i32; 3] = [9798, 19235, 3735];
/// A half, for rounding.
pub(super) const HALF: i32 = 1 << 14;

/// Where grey comes from: luma as it is, or a weighted sum of the bytes of a pixel.
#[derive(Clone, Copy)]
pub(crate) struct Gray<'a> {
    view: &'a FrameView<'a>,
    /// Weights of a pixel's bytes, and how many it has; `None` for luma.
    packed: Option<([i32; 4], usize)>,
}

impl<'a> Gray<'a> {
    pub(crate) fn new(view: &'a FrameView<'a>) -> Self {
        let packed = view.format().rgb_offsets().map(|offsets| {
            let mut weights = [0; 4];
            for (offset, weight) in offsets.into_iter().zip(WEIGHTS) {
                weights[offset] = weight;
            }
            (weights, view.format().bytes_per_pixel(0))
        });
        Self { view, packed }
    }

    /// Row `y` into `out`, which has the view's width.
    #[inline]
    pub(crate) fn row(&self, isa: Isa, y: u32, out: &mut [u8]) {
        let row = self.view.plane(0).row(y);
        let Some((weights, size)) = self.packed else {
            if self.view.format().bits() > 8 {
                // The high byte of a word is the luma byte that the 8-bit format would have.
                out.iter_mut().zip(row.as_chunks::<2>().0).for_each(|(out, word)| *out = word[1]);
            } else {
                out.copy_from_slice(row);
            }
            return;
        };
        let ahead = self.view.plane(0).pitch();
        let done = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) if size == 4 => super::x86_64::gray_avx2(token, row, ahead, &weights, out),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) if size == 4 => super::x86_64::gray_avx512(token, row, ahead, &weights, out),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon(token) => super::aarch64::gray(token, row, size, &weights, out),
            _ => {
                let _ = ahead;
                0
            }
        };
        let (row, out) = (&row[done * size..], &mut out[done..]);
        if size == 4 {
            weigh::<4>(row, &weights, out);
        } else {
            weigh3(isa, row, &weights, out);
        }
    }
}

per_isa! {
    fn weigh3[](row: &[u8], weights: &[i32; 4], out: &mut [u8]) {
        weigh::<3>(row, weights, out);
    }
}

#[inline(always)]
fn weigh<const N: usize>(row: &[u8], weights: &[i32; 4], out: &mut [u8]) {
    for (out, pixel) in out.iter_mut().zip(row.chunks_exact(N)) {
        let sum: i32 = (0..N).map(|i| weights[i] * i32::from(pixel[i])).sum();
        *out = ((sum + HALF) >> 15) as u8;
    }
}
