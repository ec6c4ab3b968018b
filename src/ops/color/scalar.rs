use super::fixed::{BITS, YuvToRgb};

/// A row of chroma: the sample of pixels 2i and 2i + 1 is `u[i * step]`, `v[i * step]`.
#[derive(Clone, Copy)]
pub(super) struct ChromaRow<'a> {
    pub(super) u: &'a [u8],
    pub(super) v: &'a [u8],
    pub(super) step: usize,
}

impl ChromaRow<'_> {
    /// The row from sample `count` on, of which there must be more than `count`.
    pub(super) fn skip(self, count: usize) -> Self {
        let at = count * self.step;
        Self { u: &self.u[at..], v: &self.v[at..], step: self.step }
    }
}

#[inline(always)]
fn clamp(fixed: i32) -> u8 {
    (fixed >> BITS).clamp(0, 255) as u8
}

/// Pixels from the start of a chroma sample on.
pub(super) fn yuv_row<const N: usize>(luma: &[u8], chroma: ChromaRow<'_>, yuv: &YuvToRgb, dst: &mut [u8]) {
    let samples = chroma.u.iter().step_by(chroma.step).zip(chroma.v.iter().step_by(chroma.step));
    for ((luma, dst), (&u, &v)) in luma.chunks(2).zip(dst.chunks_mut(2 * N)).zip(samples) {
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        let r = i32::from(yuv.rv) * v + (1 << (BITS - 1));
        let g = i32::from(yuv.gu) * u + i32::from(yuv.gv) * v + (1 << (BITS - 1));
        let b = i32::from(yuv.bu) * u + (1 << (BITS - 1));
        for (&y, dst) in luma.iter().zip(dst.chunks_exact_mut(N)) {
            let y = (i32::from(y) - i32::from(yuv.offset)) * i32::from(yuv.y);
            dst[0] = clamp(y + r);
            dst[1] = clamp(y + g);
            dst[2] = clamp(y + b);
            if N == 4 {
                dst[3] = 255;
            }
        }
    }
}

/// Pixels of `size` bytes whose red, green, blue lie at `offsets`.
pub(super) fn reorder_row<const N: usize>(
    src: &[u8],
    size: usize,
    offsets: [usize; 3],
    alpha: Option<usize>,
    dst: &mut [u8],
) {
    for (src, dst) in src.chunks_exact(size).zip(dst.chunks_exact_mut(N)) {
        for (dst, at) in dst.iter_mut().zip(offsets) {
            *dst = src[at];
        }
        if N == 4 {
            dst[3] = alpha.map_or(255, |at| src[at]);
        }
    }
}

/// Grey to red, green, blue alike.
pub(super) fn spread_row<const N: usize>(src: &[u8], dst: &mut [u8]) {
    for (&gray, dst) in src.iter().zip(dst.chunks_exact_mut(N)) {
        dst.fill(gray);
        if N == 4 {
            dst[3] = 255;
        }
    }
}

/// BT.601 weights times 2^15; blue is cut so that they sum to 2^15 and white stays white.
pub(super) fn gray_row(src: &[u8], size: usize, [r, g, b]: [usize; 3], dst: &mut [u8]) {
    for (src, dst) in src.chunks_exact(size).zip(dst) {
        let sum = u32::from(src[r]) * 9798 + u32::from(src[g]) * 19235 + u32::from(src[b]) * 3735;
        *dst = ((sum + (1 << 14)) >> 15) as u8;
    }
}

/// Every byte through `table`.
pub(super) fn table_row(src: &[u8], table: &[u8; 256], dst: &mut [u8]) {
    for (&src, dst) in src.iter().zip(dst) {
        *dst = table[usize::from(src)];
    }
}
