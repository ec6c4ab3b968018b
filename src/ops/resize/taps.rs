//! Where each output pixel is taken from, along one axis. The numbers are those of OpenCV's `resize`.

use crate::ops::rows::{Isa, per_isa};

/// Weights are in units of 1/2048.
pub(crate) const ONE: i16 = 2048;

/// Two neighbouring input pixels and their weights, for each output pixel of one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taps {
    /// The first of the two.
    pub(crate) first: Vec<i32>,
    /// The weights of the two; they add up to [`ONE`].
    pub(crate) weights: Vec<[i16; 2]>,
}

/// `INTER_LINEAR` takes the pixel's middle; `INTER_AREA` that enlarges takes its extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Centre {
    Middle,
    Extent,
}

impl Taps {
    /// From `source` pixels to `target` pixels, both at least 1. `first` may be -1 or `source - 1`, where one
    /// neighbour lies outside.
    fn new(isa: Isa, source: u32, target: u32, centre: Centre) -> Self {
        let count = target as usize;
        let mut taps = Self { first: vec![0; count], weights: vec![[0; 2]; count] };
        // OpenCV inverts the inverse, which is not always the quotient.
        let inverse = f64::from(target) / f64::from(source);
        match centre {
            Centre::Middle => fill_middle(isa, 1.0 / inverse, &mut taps.first, &mut taps.weights),
            Centre::Extent => fill_extent(isa, inverse, &mut taps.first, &mut taps.weights),
        }
        taps
    }

    /// Taps along a row: the two pixels lie in the row wherever it has two.
    pub(crate) fn columns(isa: Isa, source: u32, target: u32, centre: Centre) -> Self {
        let mut taps = Self::new(isa, source, target, centre);
        let last = source as i32 - 1;
        for (first, weights) in taps.first.iter_mut().zip(&mut taps.weights) {
            if *first < 0 {
                (*first, *weights) = (0, [ONE, 0]);
            } else if *first >= last {
                // The last pixel alone, as the second of a pair where there is a pair.
                (*first, *weights) = if last > 0 { (last - 1, [0, ONE]) } else { (0, [ONE, 0]) };
            }
        }
        taps
    }

    /// Taps down a picture. A row outside stands for the nearest one inside, weights stay split, which rounds as
    /// OpenCV does; use [`Taps::pair`].
    pub(crate) fn rows(isa: Isa, source: u32, target: u32, centre: Centre) -> Self {
        Self::new(isa, source, target, centre)
    }

    /// The two input rows of output row `at`, of `source` rows.
    #[inline]
    pub(crate) fn pair(&self, at: usize, source: u32) -> [u32; 2] {
        Self::clamped(self.first[at], source)
    }

    /// Row `first` and the next one, or the nearest of `source` rows.
    #[inline]
    pub(crate) fn clamped(first: i32, source: u32) -> [u32; 2] {
        let last = source as i32 - 1;
        [first.clamp(0, last) as u32, (first + 1).clamp(0, last) as u32]
    }
}

per_isa! {
    fn fill_middle[](scale: f64, first: &mut [i32], weights: &mut [[i16; 2]]) {
        for (at, (first, weights)) in first.iter_mut().zip(weights).enumerate() {
            let centre = ((f64::from(at as u32) + 0.5) * scale - 0.5) as f32;
            *first = whole(centre.floor());
            *weights = split(centre - centre.floor());
        }
    }
}

per_isa! {
    fn fill_extent[](inverse: f64, first: &mut [i32], weights: &mut [[i16; 2]]) {
        let scale = 1.0 / inverse;
        for (at, (first, weights)) in first.iter_mut().zip(weights).enumerate() {
            let begin = (f64::from(at as u32) * scale).floor();
            let part = (f64::from(at as u32 + 1) - (begin + 1.0) * inverse) as f32;
            *first = begin as i32;
            *weights = split(if part <= 0.0 { 0.0 } else { part - part.floor() });
        }
    }
}

/// A whole number of 31 bits and a sign. A cast, which stops at the largest number, is done one by one.
#[inline(always)]
fn whole(value: f32) -> i32 {
    // From 2^52 to 2^53 numbers are whole: the lowest bits of the sum are the value.
    const WHOLE: f64 = (3_u64 << 51) as f64;
    (f64::from(value) + WHOLE).to_bits() as i32
}

/// The weights of two neighbours, `part` of the way from the first to the second.
#[inline(always)]
fn split(part: f32) -> [i16; 2] {
    // Numbers from 2^23 on have no fraction: the sum is rounded, to even in a tie, and ends in the rounded number.
    const WHOLE: f32 = (1 << 23) as f32;
    [1.0 - part, part].map(|part| (part * f32::from(ONE) + WHOLE).to_bits() as i16)
}

/// A weight from 0 to [`ONE`] as (h, l), h at most 127.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) fn halves(weight: i16) -> (u16, u16) {
    let weight = weight as u16;
    let high = (weight >> 4).min(127);
    debug_assert!(weight <= ONE as u16);
    (high, weight - 16 * high)
}
