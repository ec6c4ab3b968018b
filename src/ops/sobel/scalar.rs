//! Row by row in plain loops, which are compiled again for each instruction set.

use crate::ops::rows::{Border, Ring, per_isa};

use super::Taps;

/// Values that are taken at a time: what is known to be whole vectors stays in registers.
const VALUES: usize = 64;

/// Where the sums of the picture's first column are: behind room for a border, on a cache line.
pub(super) const FIRST: usize = 32;

/// What is done to the integer sums.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Finish {
    /// Clamped to 16 bits.
    Plain,
    /// `sum · scale + delta` in `f32`, rounded to the nearest, ties to even, and clamped.
    Scaled { scale: f32, delta: f32 },
}

per_isa! {
/// The derivative in the middle of `rows`, of which the first `taps[1].len` are looked at. `column` holds a row of sums behind
/// [`FIRST`] values, and as much again.
pub(super) fn derivative_row[](
    rows: &[&[u8]; 7],
    taps: &[Taps; 2],
    channels: usize,
    finish: Finish,
    column: &mut [i16],
    out: &mut [i16],
) {
    let reach = taps[0].len / 2;
    weigh_rows(rows, &taps[1], &mut column[FIRST..][..out.len()]);
    pad(column, out.len(), channels, reach);
    weigh_columns(&column[FIRST - reach * channels..], taps, channels, finish, out);
}
}

per_isa! {
/// The derivative around row `y` of `rows`, which are padded on both sides; `shape` is channels and the pixels of padding.
pub(crate) fn derivative[](
    rows: &Ring<u8>,
    y: i64,
    taps: &[Taps; 2],
    shape: (usize, usize),
    finish: Finish,
    column: &mut [i16],
    out: &mut [i16],
) {
    let ([across, down], (channels, pad)) = (taps, shape);
    let column = &mut column[..out.len() + (across.len - 1) * channels];
    let skip = (pad - across.len / 2) * channels;
    let top = y - (down.len / 2) as i64;
    weigh_rows(&rows.rows(top).map(|row| &row[skip..]), down, column);
    weigh_columns(column, taps, channels, finish, out);
}
}

/// The first and the last values of `out`, where a border is in reach; the row is longer than both. The sums fit 16 bits.
pub(super) fn sides(rows: &[&[u8]; 7], taps: &[Taps; 2], channels: usize, out: &mut [i16]) {
    match taps[0].len {
        3 => square_sides::<3>(rows, taps, channels, out),
        _ => square_sides::<5>(rows, taps, channels, out),
    }
}

#[inline(always)]
fn square_sides<const N: usize>(rows: &[&[u8]; 7], taps: &[Taps; 2], channels: usize, out: &mut [i16]) {
    let ([across, down], reach) = ([taps[0].array::<N>(), taps[1].array::<N>()], N / 2);
    let width = out.len() / channels;
    for c in 0..channels {
        // From the edge inwards, on the left and on the right.
        let mut sums = [[0i16; N]; 2];
        for i in 0..2 * reach {
            for j in 0..N {
                sums[0][i] += down[j] * i16::from(rows[j][i * channels + c]);
                sums[1][i] += down[j] * i16::from(rows[j][(width - 1 - i) * channels + c]);
            }
        }
        for x in 0..reach {
            let (mut left, mut right) = (0i16, 0i16);
            for j in 0..N {
                let from = (x + j).abs_diff(reach);
                left = left.wrapping_add(across[j].wrapping_mul(sums[0][from]));
                right = right.wrapping_add(across[N - 1 - j].wrapping_mul(sums[1][from]));
            }
            out[x * channels + c] = left;
            out[(width - 1 - x) * channels + c] = right;
        }
    }
}

/// Repeats the sums of `len` values into the border, [`Border::Reflect101`].
#[inline(always)]
fn pad(column: &mut [i16], len: usize, channels: usize, reach: usize) {
    let width = len / channels;
    for i in 1..=reach as i64 {
        for at in [-i, width as i64 - 1 + i] {
            let from = Border::Reflect101.index(at, width as u32).expect("the row has pixels") as usize;
            for c in 0..channels {
                let to = FIRST as i64 + at * channels as i64 + c as i64;
                column[to as usize] = column[FIRST + from * channels + c];
            }
        }
    }
}

#[inline(always)]
fn weigh_rows(rows: &[&[u8]; 7], down: &Taps, out: &mut [i16]) {
    match down.len {
        1 => weigh_down::<1>(rows, down.array(), out),
        3 => weigh_down::<3>(rows, down.array(), out),
        5 => weigh_down::<5>(rows, down.array(), out),
        _ => weigh_down::<7>(rows, down.array(), out),
    }
}

#[inline(always)]
fn weigh_columns(column: &[i16], taps: &[Taps; 2], channels: usize, finish: Finish, out: &mut [i16]) {
    let across = &taps[0];
    if matches!(finish, Finish::Plain) && Taps::fit(taps) {
        return match across.len {
            1 => weigh_short::<1>(column, across.array(), channels, out),
            3 if across.array() == [-1, 0, 1] => difference(column, channels, out),
            3 => weigh_short::<3>(column, across.array(), channels, out),
            5 => weigh_short::<5>(column, across.array(), channels, out),
            _ => weigh_short::<7>(column, across.array(), channels, out),
        };
    }
    match across.len {
        1 => weigh_across::<1>(column, across.array(), channels, finish, out),
        3 => weigh_across::<3>(column, across.array(), channels, finish, out),
        5 => weigh_across::<5>(column, across.array(), channels, finish, out),
        _ => weigh_across::<7>(column, across.array(), channels, finish, out),
    }
}

/// Sums of at most 64·255 in size, which fit 16 bits.
#[inline(always)]
fn weigh_down<const N: usize>(rows: &[&[u8]; 7], weights: [i16; N], out: &mut [i16]) {
    let n = out.len();
    let rows: [&[u8]; N] = std::array::from_fn(|j| &rows[j][..n]);
    let Some(last) = n.checked_sub(VALUES) else {
        for (i, out) in out.iter_mut().enumerate() {
            *out = (0..N).map(|j| weights[j] * i16::from(rows[j][i])).sum();
        }
        return;
    };
    let mut at = 0;
    loop {
        let mut sums = [0i16; VALUES];
        for j in 0..N {
            let part = rows[j][at..].first_chunk::<VALUES>().expect("a block begins before the last");
            for (sum, &value) in sums.iter_mut().zip(part) {
                *sum += weights[j] * i16::from(value);
            }
        }
        *out[at..].first_chunk_mut().expect("a block begins before the last") = sums;
        if at == last {
            return;
        }
        at = (at + VALUES).min(last);
    }
}

/// How many values go before the first that begins a cache line of `out`: whole vectors from there on lie in one line each.
#[inline(always)]
fn ahead(out: &[i16]) -> usize {
    out.as_ptr().align_offset(2 * FIRST).min(VALUES)
}

/// Sums that fit 16 bits, by [`Taps::fit`]. The last block goes over values a second time, and so does the second.
#[inline(always)]
fn weigh_short<const N: usize>(column: &[i16], weights: [i16; N], step: usize, out: &mut [i16]) {
    let Some(last) = out.len().checked_sub(VALUES) else {
        for (i, out) in out.iter_mut().enumerate() {
            let sum = |sum: i16, j: usize| sum.wrapping_add(weights[j].wrapping_mul(column[i + j * step]));
            *out = (0..N).fold(0, sum);
        }
        return;
    };
    let (mut at, mut next) = (0, ahead(out));
    loop {
        let mut sums = [0i16; VALUES];
        for j in 0..N {
            let part =
                column[at + j * step..].first_chunk::<VALUES>().expect("the sums go on for N - 1 pixels");
            for (sum, &value) in sums.iter_mut().zip(part) {
                *sum = sum.wrapping_add(weights[j].wrapping_mul(value));
            }
        }
        *out[at..].first_chunk_mut().expect("a block begins before the last") = sums;
        if at == last {
            return;
        }
        at = if next == 0 { at + VALUES } else { std::mem::take(&mut next) }.min(last);
    }
}

/// What the weights -1, 0 and 1 give.
#[inline(always)]
fn difference(column: &[i16], step: usize, out: &mut [i16]) {
    let Some(last) = out.len().checked_sub(VALUES) else {
        for (i, out) in out.iter_mut().enumerate() {
            *out = column[i + 2 * step] - column[i];
        }
        return;
    };
    let (mut at, mut next) = (0, ahead(out));
    loop {
        let right = column[at + 2 * step..].first_chunk::<VALUES>().expect("the sums go on for two pixels");
        let left = column[at..].first_chunk::<VALUES>().expect("the sums go on for two pixels");
        let out = out[at..].first_chunk_mut::<VALUES>().expect("a block begins before the last");
        for ((out, right), left) in out.iter_mut().zip(right).zip(left) {
            *out = right.wrapping_sub(*left);
        }
        if at == last {
            return;
        }
        at = if next == 0 { at + VALUES } else { std::mem::take(&mut next) }.min(last);
    }
}

#[inline(always)]
fn weigh_across<const N: usize>(
    column: &[i16],
    weights: [i16; N],
    step: usize,
    finish: Finish,
    out: &mut [i16],
) {
    let n = out.len();
    let parts: [&[i16]; N] = std::array::from_fn(|j| &column[j * step..][..n]);
    let sum = |i: usize| {
        let mut sum = 0;
        for j in 0..N {
            sum += i32::from(weights[j]) * i32::from(parts[j][i]);
        }
        sum
    };
    match finish {
        Finish::Plain => {
            for (i, out) in out.iter_mut().enumerate() {
                *out = sum(i).clamp(-32768, 32767) as i16;
            }
        }
        Finish::Scaled { scale, delta } => {
            for (i, out) in out.iter_mut().enumerate() {
                let value = (sum(i) as f32 * scale + delta).round_ties_even();
                *out = value.clamp(-32768.0, 32767.0) as i16;
            }
        }
    }
}
