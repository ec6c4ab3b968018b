//! Bilinear sampling in OpenCV's arithmetic.
//!
//! `cv::resize` with `INTER_LINEAR` on 8-bit pictures: half-pixel centres, weights rounded to 11 bits,
//! the horizontal sum kept whole, the vertical one rounded to 8 bits. Doing the same keeps boxes and
//! scores equal to those of models evaluated with OpenCV.

const ONE: f32 = 2048.0;

/// Where one output pixel is taken from: `first` and its neighbour, weighted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tap {
    pub(super) first: usize,
    pub(super) weights: [i32; 2],
}

/// Taps along a row, from `source` pixels to `target` pixels. `first + 1` is at most `source`: the
/// caller repeats the last pixel.
pub(super) fn columns(source: usize, target: usize) -> Vec<Tap> {
    let last = (source - 1) as f32;
    let tap = |centre: f32| match centre.floor() {
        first if first < 0.0 => tap(0, 0.0),
        first if first >= last => tap(source - 1, 0.0),
        first => tap(first as usize, centre - first),
    };
    centres(source, target).map(tap).collect()
}

/// Taps down a picture. Rows are counted from one above the picture, so `first` is 0 to `source`; the
/// caller takes the nearest row for those outside. Weights stay split there, which rounds as OpenCV does.
pub(super) fn lines(source: usize, target: usize) -> Vec<Tap> {
    let tap = |centre: f32| tap((centre.floor() + 1.0) as usize, centre - centre.floor());
    centres(source, target).map(tap).collect()
}

fn centres(source: usize, target: usize) -> impl Iterator<Item = f32> {
    let scale = source as f64 / target as f64;
    (0..target).map(move |at| ((at as f64 + 0.5) * scale - 0.5) as f32)
}

fn tap(first: usize, part: f32) -> Tap {
    let weight = |part: f32| (part * ONE).round_ties_even() as i32;
    Tap { first, weights: [weight(1.0 - part), weight(part)] }
}

/// `out[x]` is the weighted sum at `taps[x]`, 11 bits up.
pub(super) fn horizontal(row: &[u8], taps: &[Tap], out: &mut [i32]) {
    for (out, tap) in out.iter_mut().zip(taps) {
        let pair = &row[tap.first..tap.first + 2];
        *out = i32::from(pair[0]) * tap.weights[0] + i32::from(pair[1]) * tap.weights[1];
    }
}

/// Two horizontal rows to 8 bits, then `factor * (value - offset)`.
pub(super) fn vertical(rows: [&[i32]; 2], weights: [i32; 2], (factor, offset): (f32, f32), out: &mut [f32]) {
    for ((out, upper), lower) in out.iter_mut().zip(rows[0]).zip(rows[1]) {
        let sum = ((weights[0] * (upper >> 4)) >> 16) + ((weights[1] * (lower >> 4)) >> 16);
        let value = ((sum + 2) >> 2).clamp(0, 255);
        *out = factor * (value as f32 - offset);
    }
}
