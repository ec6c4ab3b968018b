//! Row by row in plain loops, which are compiled again for each instruction set.

use crate::ops::rows::{Ring, per_isa};

use super::Taps;

/// What is done to the integer sums.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Finish {
    /// Clamped to 16 bits.
    Plain,
    /// `sum · scale + delta` in `f32`, rounded to the nearest, ties to even, and clamped.
    Scaled { scale: f32, delta: f32 },
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
    let top = y - (down.len / 2) as i64;
    let column = &mut column[..out.len() + (across.len - 1) * channels];
    let skip = (pad - across.len / 2) * channels;
    match down.len {
        1 => weigh_down::<1>(rows.rows(top), down.array(), skip, column),
        3 => weigh_down::<3>(rows.rows(top), down.array(), skip, column),
        5 => weigh_down::<5>(rows.rows(top), down.array(), skip, column),
        _ => weigh_down::<7>(rows.rows(top), down.array(), skip, column),
    }
    match across.len {
        1 => weigh_across::<1>(column, across.array(), channels, finish, out),
        3 => weigh_across::<3>(column, across.array(), channels, finish, out),
        5 => weigh_across::<5>(column, across.array(), channels, finish, out),
        _ => weigh_across::<7>(column, across.array(), channels, finish, out),
    }
}
}

/// Sums of at most 64·255 in size, which fit 16 bits.
#[inline(always)]
fn weigh_down<const N: usize>(rows: [&[u8]; N], weights: [i16; N], skip: usize, out: &mut [i16]) {
    let n = out.len();
    let rows = rows.map(|row| &row[skip..][..n]);
    for (i, out) in out.iter_mut().enumerate() {
        let mut sum = 0;
        for j in 0..N {
            sum += weights[j] * i16::from(rows[j][i]);
        }
        *out = sum;
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
