//! `INTER_AREA` that shrinks: the mean of the pixels that an output pixel covers.

use crate::frame::{View, ViewMut};
use crate::ops::rows::Isa;

/// A share of one input pixel in one output pixel.
#[derive(Debug, Clone, Copy)]
struct Share {
    /// The input pixel.
    from: usize,
    /// The output pixel.
    to: usize,
    part: f32,
}

/// Input pixels per output pixel, as OpenCV works it out.
fn scale(source: u32, target: u32) -> f64 {
    1.0 / (f64::from(target) / f64::from(source))
}

/// The rows from `top` on of an output of `whole` pixels.
pub(super) fn shrink(isa: Isa, src: &View<'_>, mut dst: ViewMut<'_>, top: u32, whole: (u32, u32)) {
    let (sx, sy) = (scale(src.width(), whole.0), scale(src.height(), whole.1));
    let is_whole = |s: f64| (s - s.round_ties_even()).abs() < f64::EPSILON;
    isa.run(|| {
        let channels = (src.channels(), is_whole(sx) && is_whole(sy));
        let block = (sx.round() as usize, sy.round() as usize);
        match channels {
            (1, true) => blocks::<1>(src, &mut dst, top, block),
            (2, true) => blocks::<2>(src, &mut dst, top, block),
            (3, true) => blocks::<3>(src, &mut dst, top, block),
            (_, true) => blocks::<4>(src, &mut dst, top, block),
            (1, false) => fractions::<1>(src, &mut dst, top, whole),
            (2, false) => fractions::<2>(src, &mut dst, top, whole),
            (3, false) => fractions::<3>(src, &mut dst, top, whole),
            (_, false) => fractions::<4>(src, &mut dst, top, whole),
        }
    });
}

/// Whole blocks of `bw` x `bh` input pixels: an integer sum, then one product, rounded half to even; blocks of
/// 2x2 are rounded half up, but not those of two channels.
#[inline(always)]
fn blocks<const C: usize>(src: &View<'_>, dst: &mut ViewMut<'_>, top: u32, (bw, bh): (usize, usize)) {
    let scale = 1.0 / (bw * bh) as f32;
    let half_up = (bw, bh) == (2, 2) && C != 2;
    let mut sums = vec![0_u32; src.width() as usize * C];
    for y in 0..dst.height() {
        let first = (top + y) * bh as u32;
        sums.fill(0);
        for row in first..first + bh as u32 {
            for (sum, &value) in sums.iter_mut().zip(src.row(row)) {
                *sum += u32::from(value);
            }
        }
        let blocks = sums.chunks_exact(bw * C);
        for (block, out) in blocks.zip(dst.row_mut(y).as_chunks_mut::<C>().0) {
            let mut total = [0_u32; C];
            for pixel in block.as_chunks::<C>().0 {
                for c in 0..C {
                    total[c] += pixel[c];
                }
            }
            *out = total.map(|sum| {
                if half_up { ((sum + 2) >> 2) as u8 } else { (sum as f32 * scale).round_ties_even() as u8 }
            });
        }
    }
}

/// Blocks with fractions of pixels at their edges: sums in `f32`, in OpenCV's order, so the bytes are the same.
#[inline(always)]
fn fractions<const C: usize>(src: &View<'_>, dst: &mut ViewMut<'_>, top: u32, whole: (u32, u32)) {
    let columns = shares(src.width(), whole.0);
    let rows = shares(src.height(), whole.1);
    let width = whole.0 as usize;
    let (mut across, mut sums) = (vec![[0.0_f32; C]; width], vec![[0.0_f32; C]; width]);
    for y in 0..dst.height() {
        let to = (top + y) as usize;
        let first = rows.partition_point(|share| share.to < to);
        for (i, share) in rows[first..].iter().take_while(|share| share.to == to).enumerate() {
            across.fill([0.0; C]);
            let pixels = src.row(share.from as u32).as_chunks::<C>().0;
            for column in &columns {
                let (sum, pixel) = (&mut across[column.to], &pixels[column.from]);
                for c in 0..C {
                    sum[c] += f32::from(pixel[c]) * column.part;
                }
            }
            for (sum, part) in sums.as_flattened_mut().iter_mut().zip(across.as_flattened()) {
                *sum = if i == 0 { share.part * part } else { *sum + share.part * part };
            }
        }
        for (out, sum) in dst.row_mut(y).iter_mut().zip(sums.as_flattened()) {
            *out = sum.round_ties_even() as u8;
        }
    }
}

/// The shares along one axis, in rising order.
fn shares(source: u32, target: u32) -> Vec<Share> {
    let scale = scale(source, target);
    let mut shares = Vec::new();
    for to in 0..target as usize {
        let start = to as f64 * scale;
        let end = start + scale;
        let cell = scale.min(f64::from(source) - start);
        let last = (end.floor() as i64).min(i64::from(source) - 1);
        let first = (start.ceil() as i64).min(last);
        let mut push = |from: i64, part: f64| {
            shares.push(Share { from: from as usize, to, part: part as f32 });
        };
        // Less than a thousandth of a pixel is rounding of the scale.
        if first as f64 - start > 1e-3 {
            push(first - 1, (first as f64 - start) / cell);
        }
        for from in first..last {
            push(from, 1.0 / cell);
        }
        if end - last as f64 > 1e-3 {
            push(last, (end - last as f64).min(1.0).min(cell) / cell);
        }
    }
    shares
}
