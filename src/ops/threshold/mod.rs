//! Thresholds.
//!
//! |         | layout                     | element | shape       | pitch (bytes) |
//! |---------|----------------------------|---------|-------------|---------------|
//! | `src`   | interleaved                | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst`   | as `src`                   | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `plane` | as `src`, read and written | `u8`    | `(h, w, c)` | ≥ c·w         |
//!
//! Backends and parity: one row function, compiled for the plain processor, AVX2 and AVX-512; the bytes are those of
//! OpenCV's `threshold`, and so is Otsu's threshold.
//!
//! Source: N. Otsu, "A threshold selection method from gray-level histograms", IEEE SMC 9(1), 1979;
//! <https://docs.opencv.org/4.x/d7/d1b/group__imgproc__misc.html#gae8a4a146d1ca78c626a53577199e9c57>

use crate::cpu;
use crate::error::{Error, Result};
use crate::frame::{View, ViewMut};
use crate::ops::rows::{Isa, check_same_shape, per_isa, split_rows};
use crate::ops::stats::histogram;

/// What becomes of a byte above the threshold, and of one that is not; OpenCV's `THRESH_` types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The maximum above, 0 else.
    Binary,
    /// 0 above, the maximum else.
    BinaryInv,
    /// The threshold above, the byte else.
    Trunc,
    /// The byte above, 0 else.
    ToZero,
    /// 0 above, the byte else.
    ToZeroInv,
}

/// A threshold in whole numbers; bytes above 255 or not above -1 are none and all.
#[derive(Debug, Clone, Copy)]
struct Rule {
    kind: Kind,
    /// The last byte that is not above; `None` when all are.
    limit: Option<u8>,
    maximum: u8,
}

impl Rule {
    fn new(thresh: f64, maximum: f64, kind: Kind) -> Result<Self> {
        if !thresh.is_finite() || !maximum.is_finite() {
            return Err(Error::invalid(format!(
                "thresh is {thresh} and maxval {maximum}, both must be finite"
            )));
        }
        let limit = if thresh < 0.0 { None } else { Some(thresh.min(255.0) as u8) };
        Ok(Self { kind, limit, maximum: maximum.round_ties_even().clamp(0.0, 255.0) as u8 })
    }

    /// What a byte above becomes (`None`: itself) and one that is not.
    fn outcomes(self) -> [Option<u8>; 2] {
        match self.kind {
            Kind::Binary => [Some(self.maximum), Some(0)],
            Kind::BinaryInv => [Some(0), Some(self.maximum)],
            Kind::Trunc => [Some(self.limit.unwrap_or(0)), None],
            Kind::ToZero => [None, Some(0)],
            Kind::ToZeroInv => [Some(0), None],
        }
    }

    /// The last byte that is not above, what becomes of those above, and of the others.
    #[inline(always)]
    fn choices(self) -> (u8, Choice, Choice) {
        let [above, other] = self.outcomes().map(Choice::new);
        // Where all are above, it does not matter what is compared with.
        (self.limit.unwrap_or(0), above, if self.limit.is_some() { other } else { above })
    }
}

per_isa! {
    /// One row, from `src` to `dst`.
    fn row[](rule: Rule, src: &[u8], dst: &mut [u8]) {
        let (limit, above, other) = rule.choices();
        for (dst, &byte) in dst.iter_mut().zip(src) {
            *dst = if byte > limit { above.of(byte) } else { other.of(byte) };
        }
    }
}

per_isa! {
    /// One row in place.
    fn row_mut[](rule: Rule, row: &mut [u8]) {
        let (limit, above, other) = rule.choices();
        for byte in row {
            *byte = if *byte > limit { above.of(*byte) } else { other.of(*byte) };
        }
    }
}

/// A value, or the byte itself, without a branch.
#[derive(Clone, Copy)]
struct Choice {
    keep: u8,
    value: u8,
}

impl Choice {
    fn new(value: Option<u8>) -> Self {
        value.map_or(Self { keep: 255, value: 0 }, |value| Self { keep: 0, value })
    }

    #[inline(always)]
    fn of(self, byte: u8) -> u8 {
        byte & self.keep | self.value
    }
}

/// Compares every byte of `src` with `thresh` and writes what `kind` says to `dst`.
///
/// `thresh` is rounded down, `maxval` to the nearest. Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has another shape than `src`, or a number is not finite.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::threshold::{Kind, threshold};
/// let mut mask = [0; 4];
/// threshold(View::new(&[9, 10, 11, 200], 4, 1, 1, 4)?, ViewMut::new(&mut mask, 4, 1, 1, 4)?, 10.0, 255.0, Kind::Binary)?;
/// assert_eq!(mask, [0, 0, 255, 255]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn threshold(src: View<'_>, dst: ViewMut<'_>, thresh: f64, maxval: f64, kind: Kind) -> Result<()> {
    threshold_at(Isa::best(), src, dst, Rule::new(thresh, maxval, kind)?)
}

fn threshold_at(isa: Isa, src: View<'_>, mut dst: ViewMut<'_>, rule: Rule) -> Result<()> {
    check_same_shape(&src, &dst)?;
    let strips = cpu::strips(src.height(), src.width() as usize * src.channels(), 1);
    cpu::for_each(split_rows(&mut dst, &strips), |(rows, mut dst)| {
        for (i, y) in rows.enumerate() {
            row(isa, rule, src.row(y), dst.row_mut(i as u32));
        }
    });
    Ok(())
}

/// As [`threshold`], in place.
///
/// # Errors
/// When a number is not finite.
pub fn threshold_mut(mut plane: ViewMut<'_>, thresh: f64, maxval: f64, kind: Kind) -> Result<()> {
    let (isa, rule) = (Isa::best(), Rule::new(thresh, maxval, kind)?);
    let strips = cpu::strips(plane.height(), plane.width() as usize * plane.channels(), 1);
    cpu::for_each(split_rows(&mut plane, &strips), |(rows, mut part)| {
        (0..rows.len() as u32).for_each(|y| row_mut(isa, rule, part.row_mut(y)));
    });
    Ok(())
}

/// As [`threshold`] with [`otsu_threshold`] of `src`, which it returns.
///
/// # Errors
/// When `dst` has another shape than `src`, `src` more than one byte a pixel, or `maxval` is not finite.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::threshold::{Kind, otsu};
/// let two = [20, 22, 21, 180, 181, 179];
/// let mut mask = [0; 6];
/// let found = otsu(View::new(&two, 6, 1, 1, 6)?, ViewMut::new(&mut mask, 6, 1, 1, 6)?, 255.0, Kind::Binary)?;
/// assert_eq!((found, mask), (22, [0, 0, 0, 255, 255, 255]));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn otsu(src: View<'_>, dst: ViewMut<'_>, maxval: f64, kind: Kind) -> Result<u8> {
    check_same_shape(&src, &dst)?;
    let found = otsu_threshold(src)?;
    threshold(src, dst, f64::from(found), maxval, kind)?;
    Ok(found)
}

/// The threshold that parts the bytes of `src` into two classes with the most variance between them; 0 for an empty picture
/// or one of a single value.
///
/// # Errors
/// When `src` has more than one byte a pixel.
pub fn otsu_threshold(src: View<'_>) -> Result<u8> {
    if src.channels() != 1 {
        return Err(Error::invalid(format!(
            "src has {} bytes a pixel, Otsu's threshold is for 1",
            src.channels()
        )));
    }
    let counts = histogram(&src)?;
    let scale = 1.0 / (f64::from(src.width()) * f64::from(src.height()));
    Ok(if scale.is_finite() { most_between(&counts[0], scale) } else { 0 })
}

/// The value up to which the lower class goes.
fn most_between(counts: &[u64; 256], scale: f64) -> u8 {
    let mean = scale * counts.iter().zip(0..).map(|(&n, i)| f64::from(i) * n as f64).sum::<f64>();
    // Share and mean of the lower class so far, and the best.
    let (mut lower, mut lower_mean) = (0.0, 0.0);
    let (mut best, mut most) = (0, 0.0);
    for (i, &n) in (0..=255u8).zip(counts) {
        let share = n as f64 * scale;
        lower_mean *= lower;
        lower += share;
        let upper = 1.0 - lower;
        if lower.min(upper) < f64::from(f32::EPSILON) || lower.max(upper) > 1.0 - f64::from(f32::EPSILON) {
            continue;
        }
        lower_mean = (lower_mean + f64::from(i) * share) / lower;
        let upper_mean = (mean - lower * lower_mean) / upper;
        let between = lower * upper * (lower_mean - upper_mean) * (lower_mean - upper_mean);
        if between > most {
            (best, most) = (i, between);
        }
    }
    best
}

#[cfg(test)]
mod tests;
