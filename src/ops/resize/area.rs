//! `INTER_AREA` that shrinks: the mean of the pixels that an output pixel covers.

use crate::frame::{View, ViewMut};
use crate::ops::rows::{Isa, per_isa};

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
    let whole_blocks = (is_whole(sx) && is_whole(sy)).then(|| (sx.round() as usize, sy.round() as usize));
    match src.channels() {
        1 => rows::<1>(isa, src, &mut dst, top, whole, whole_blocks),
        2 => rows::<2>(isa, src, &mut dst, top, whole, whole_blocks),
        3 => rows::<3>(isa, src, &mut dst, top, whole, whole_blocks),
        _ => rows::<4>(isa, src, &mut dst, top, whole, whole_blocks),
    }
}

fn rows<const C: usize>(
    isa: Isa,
    src: &View<'_>,
    dst: &mut ViewMut<'_>,
    top: u32,
    whole: (u32, u32),
    whole_blocks: Option<(usize, usize)>,
) {
    match whole_blocks {
        Some(block) => blocks::<C>(isa, src, dst, top, block),
        None => fractions::<C>(isa, src, dst, top, whole),
    }
}

/// Whole blocks of `bw` x `bh` input pixels: an integer sum, then one product, rounded half to even; blocks of
/// 2x2 are rounded half up, but not those of two channels.
fn blocks<const C: usize>(
    isa: Isa,
    src: &View<'_>,
    dst: &mut ViewMut<'_>,
    top: u32,
    (bw, bh): (usize, usize),
) {
    let scale = 1.0 / (bw * bh) as f32;
    let half_up = (bw, bh) == (2, 2) && C != 2;
    let width = src.width() as usize * C;
    // Sums of up to 257 bytes fit into 16 bits.
    let (mut low, mut high) =
        if bh <= 257 { (vec![0_u16; width], vec![]) } else { (vec![], vec![0_u32; width]) };
    for y in 0..dst.height() {
        let first = (top + y) * bh as u32;
        #[cfg(target_arch = "aarch64")]
        if let (Isa::Neon(token), true) = (isa, half_up) {
            super::aarch64::halve::<C>(token, [src.row(first), src.row(first + 1)], dst.row_mut(y));
            continue;
        }
        let rows = (first..first + bh as u32).map(|row| src.row(row));
        let out = dst.row_mut(y).as_chunks_mut::<C>().0;
        if bh <= 257 {
            low.fill(0);
            rows.for_each(|row| add_row(isa, row, &mut low));
            match (C, out.as_flattened_mut().as_chunks_mut::<4>()) {
                (4, (out, _)) if bw * bh <= 257 => {
                    gather_words(isa, low.as_chunks().0, bw, (scale, half_up), out);
                }
                _ => gather(isa, &low, bw, (scale, half_up), dst.row_mut(y).as_chunks_mut::<C>().0),
            }
        } else {
            high.fill(0);
            rows.for_each(|row| add_row(isa, row, &mut high));
            gather(isa, &high, bw, (scale, half_up), out);
        }
    }
}

per_isa! {
    fn add_row[T: Copy + From<u8> + std::ops::AddAssign](row: &[u8], sums: &mut [T]) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += value.into());
    }
}

per_isa! {
    /// Sums `bw` pixels each, and rounds.
    fn gather[T: Copy + Into<u32>, const C: usize](
        sums: &[T],
        bw: usize,
        rounding: (f32, bool),
        out: &mut [[u8; C]],
    ) {
        let (scale, half_up) = rounding;
        for (block, out) in sums.chunks_exact(bw * C).zip(out) {
            let mut total = [0_u32; C];
            for pixel in block.as_chunks::<C>().0 {
                for c in 0..C {
                    total[c] += pixel[c].into();
                }
            }
            *out = total.map(|sum| rounded(sum, scale, half_up));
        }
    }
}

/// The mean as a byte: half up, or half to even.
#[inline(always)]
fn rounded(sum: u32, scale: f32, half_up: bool) -> u8 {
    /// Added to a number from 0 to 255, it leaves no room for a fraction: the sum is rounded to even, and its low
    /// byte is the number.
    const NO_FRACTION: f32 = 12_582_912.0;
    if half_up { ((sum + 2) >> 2) as u8 } else { (sum as f32 * scale + NO_FRACTION).to_bits() as u8 }
}

per_isa! {
    /// As [`gather`], of four channels whose sums fit into 16 bits: a pixel is one number of 64 bits.
    fn gather_words[](sums: &[[u16; 4]], bw: usize, rounding: (f32, bool), out: &mut [[u8; 4]]) {
        let (scale, half_up) = rounding;
        for (block, out) in sums.chunks_exact(bw).zip(out) {
            let word = |p: &[u16; 4]| p.iter().rev().fold(0_u64, |word, &c| word << 16 | u64::from(c));
            let total: u64 = block.iter().map(word).sum();
            *out = [0, 16, 32, 48].map(|at| rounded(u32::from((total >> at) as u16), scale, half_up));
        }
    }
}

/// Blocks with fractions of pixels at their edges: sums in `f32`, in OpenCV's order, so the bytes are the same.
fn fractions<const C: usize>(isa: Isa, src: &View<'_>, dst: &mut ViewMut<'_>, top: u32, whole: (u32, u32)) {
    let columns = shares(src.width(), whole.0);
    let rows = shares(src.height(), whole.1);
    let mut sums = vec![[0.0_f32; C]; whole.0 as usize];
    for y in 0..dst.height() {
        let to = (top + y) as usize;
        let first = rows.partition_point(|share| share.to < to);
        for (i, share) in rows[first..].iter().take_while(|share| share.to == to).enumerate() {
            let pixels = src.row(share.from as u32).as_chunks::<C>().0;
            add_shares(isa, pixels, &columns, (share.part, i == 0), &mut sums);
        }
        for (out, sum) in dst.row_mut(y).iter_mut().zip(sums.as_flattened()) {
            *out = sum.round_ties_even() as u8;
        }
    }
}

per_isa! {
    /// Adds `part` of a row's shares to `sums`, or begins them.
    fn add_shares[const C: usize](
        pixels: &[[u8; C]],
        columns: &[Share],
        share: (f32, bool),
        sums: &mut [[f32; C]],
    ) {
        let (part, begin) = share;
        let mut next = 0;
        for (to, out) in sums.iter_mut().enumerate() {
            let mut sum = [0.0; C];
            while let Some(column) = columns.get(next).filter(|column| column.to == to) {
                let pixel = &pixels[column.from];
                for c in 0..C {
                    sum[c] += f32::from(pixel[c]) * column.part;
                }
                next += 1;
            }
            for c in 0..C {
                out[c] = if begin { part * sum[c] } else { out[c] + part * sum[c] };
            }
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
