//! The oracle: OpenCV's arithmetic, a pixel at a time.

use super::taps::Taps;

/// Samples a row along x: sums of pixel times weight, less their lowest 4 bits. Sampled rows have `stride`
/// values a pixel, of which the first `C` count.
pub(crate) fn across<const C: usize>(row: &[u8], taps: &Taps, stride: usize, from: usize, out: &mut [i16]) {
    let last = row.len() / C - 1;
    for at in from..taps.first.len() {
        let first = taps.first[at] as usize;
        let second = (first + 1).min(last);
        let weights = taps.weights[at].map(i32::from);
        for c in 0..C {
            let sum =
                i32::from(row[first * C + c]) * weights[0] + i32::from(row[second * C + c]) * weights[1];
            out[at * stride + c] = (sum >> 4) as i16;
        }
    }
}

/// One value between two sampled rows.
#[inline]
pub(crate) fn between(upper: i16, lower: i16, weights: [i16; 2]) -> u8 {
    let part = |value: i16, weight: i16| (i32::from(value) * i32::from(weight)) >> 16;
    ((part(upper, weights[0]) + part(lower, weights[1]) + 2) >> 2) as u8
}

/// Samples along y between two rows of [`across`], from pixel `from` on, and drops what is beyond `C` values.
pub(crate) fn down<const C: usize>(
    rows: [&[i16]; 2],
    weights: [i16; 2],
    stride: usize,
    from: usize,
    out: &mut [u8],
) {
    for (at, out) in out.chunks_exact_mut(C).enumerate().skip(from) {
        for c in 0..C {
            out[c] = between(rows[0][at * stride + c], rows[1][at * stride + c], weights);
        }
    }
}
