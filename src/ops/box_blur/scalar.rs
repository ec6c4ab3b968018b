//! Plain loops, which are compiled again for each instruction set.
//!
//! Sums of a column are kept from row to row. Along a row, up to [`MOST`] of them are added in vectors. For more, sums of few
//! columns are added to sums of twice as many, in vectors too; without wide ones a running sum is faster, though
//! it goes a pixel at a time.

use crate::ops::rows::{Border, Lines, per_isa};

use super::doubles::Doubles;

/// Pixels whose sums are held between the sum across and the division.
const BLOCK: usize = 128;

/// Columns that are added in vectors at most.
const MOST: usize = 9;

/// Values that are added at a time: what is known to be whole vectors stays in registers.
pub(super) const VALUES: usize = 64;

/// The sum of a column of the box.
pub(super) trait Column: Copy + Default {
    fn plus(self, byte: u8) -> Self;
    fn moved(self, comes: u8, goes: u8) -> Self;
    fn wide(self) -> u32;
    /// A sum that fits.
    fn of(sum: u32) -> Self;
    /// As 16 bits, of sums that fit.
    fn short(self) -> u16;
}

macro_rules! column {
    ($($name:ty),*) => {$(
        impl Column for $name {
            #[inline(always)]
            fn plus(self, byte: u8) -> Self {
                self.wrapping_add(Self::from(byte))
            }
            #[inline(always)]
            fn moved(self, comes: u8, goes: u8) -> Self {
                self.wrapping_add(Self::from(comes)).wrapping_sub(Self::from(goes))
            }
            #[inline(always)]
            fn wide(self) -> u32 {
                u32::from(self)
            }
            #[inline(always)]
            fn of(sum: u32) -> Self {
                sum as $name
            }
            #[inline(always)]
            fn short(self) -> u16 {
                self as u16
            }
        }
    )*};
}
column!(u16, u32);

/// How a sum becomes a mean.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mean {
    /// `((sum + offset) · factor) >> 23`, for boxes of up to 256 pixels: half up.
    Fixed { offset: u32, factor: u32 },
    /// The sum times this in `f32`, to the nearest, ties to even.
    Float(f32),
}

impl Mean {
    pub(super) fn new(ksize: (u32, u32)) -> Self {
        let area = ksize.0 * ksize.1;
        if area > 256 {
            return Self::Float((1.0 / f64::from(area)) as f32);
        }
        // The factor is rounded; what it lost is made up by the offset.
        let (factor, rest) = ((1 << 23) / area, (1 << 23) % area);
        if rest == 0 {
            Self::Fixed { offset: area / 2, factor }
        } else if 2 * rest < area {
            Self::Fixed { offset: area / 2 + 1, factor }
        } else {
            Self::Fixed { offset: area / 2, factor: factor + 1 }
        }
    }
}

/// The division of [`Mean::Fixed`] in 16 bits: `((sum + offset) · factor) >> (16 + shift)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short {
    offset: u16,
    factor: u16,
    shift: u32,
}

impl Short {
    /// For boxes of 2 to 256 pixels; `None` where the result may be another.
    pub(super) fn new(ksize: (u32, u32)) -> Option<Self> {
        let area = ksize.0 * ksize.1;
        if !(2..=256).contains(&area) {
            return None;
        }
        // The factor is rounded up, so what is divided gets too large, the more the larger it is: by less than one unit
        // for sums of bytes as long as the factor is less than 128/65536 too large for one pixel.
        let shift = (area - 1).ilog2();
        let factor = (1u32 << (16 + shift)).div_ceil(area);
        let excess = factor * area - (1 << (16 + shift));
        (excess < 128).then_some(Self { offset: (area / 2) as u16, factor: factor as u16, shift })
    }

    #[inline(always)]
    pub(super) fn of(self, sum: u16) -> u8 {
        let product = u32::from(sum.wrapping_add(self.offset)) * u32::from(self.factor);
        ((product >> 16) as u16 >> self.shift) as u8
    }
}

/// Column sums of the rows under the box, with those of the border on both sides.
pub(super) struct Window<T> {
    sums: Lines<T>,
    /// Where the sums of the border begin, so that those of the picture begin on a cache line.
    first: usize,
    /// Where sums across are made by doubling; else they run.
    doubles: Option<Doubles>,
    channels: usize,
    /// Pixels of the box, and of the border left of the picture.
    ksize: usize,
    left: usize,
    width: usize,
    /// What each pixel of the border stands for; `None` for the constant.
    outside: Vec<(usize, Option<usize>)>,
    constant: T,
    /// How sums of few columns are divided.
    short: Option<Short>,
}

impl<T: Column> Window<T> {
    /// `wide` says whether there are wide vectors.
    pub(super) fn new(wide: bool, width: u32, channels: usize, ksize: (u32, u32), border: Border) -> Self {
        let (left, across) = (ksize.0 as usize / 2, ksize.0 as usize);
        let padded = width as usize + across - 1;
        let beyond = (0..left).chain(left + width as usize..padded);
        let place = |at: usize| border.index(at as i64 - left as i64, width).map(|x| x as usize + left);
        let value = if let Border::Constant(value) = border { value } else { 0 };
        let short = Short::new(ksize).filter(|_| across <= MOST);
        let first = (left * channels).next_multiple_of(VALUES) - left * channels;
        let mut sums = Lines::new(first + padded * channels + VALUES);
        sums.fill(T::default());
        Self {
            sums,
            first,
            doubles: (wide && short.is_none()).then(|| Doubles::new(channels, ksize)),
            channels,
            ksize: across,
            left,
            width: width as usize,
            outside: beyond.map(|at| (at, place(at))).collect(),
            constant: (0..ksize.1).fold(T::default(), |sum, _| sum.plus(value)),
            short,
        }
    }

    #[inline(always)]
    fn inner(&mut self) -> &mut [T] {
        &mut self.sums[self.first + self.left * self.channels..][..self.width * self.channels]
    }

    #[inline(always)]
    fn add(&mut self, row: &[u8]) {
        for (sum, &byte) in self.inner().iter_mut().zip(row) {
            *sum = sum.plus(byte);
        }
    }

    #[inline(always)]
    fn turn(&mut self, comes: &[u8], goes: &[u8]) {
        for ((sum, &comes), &goes) in self.inner().iter_mut().zip(comes).zip(goes) {
            *sum = sum.moved(comes, goes);
        }
    }

    /// Fills in the border's columns.
    #[inline(always)]
    fn pad(&mut self) {
        for &(at, from) in &self.outside {
            for c in 0..self.channels {
                let value =
                    from.map_or(self.constant, |from| self.sums[self.first + from * self.channels + c]);
                self.sums[self.first + at * self.channels + c] = value;
            }
        }
    }

    /// The means of a row, from sums of [`MOST`] columns at most that fit 16 bits.
    #[inline(always)]
    fn near_means(&self, short: Short, out: &mut [u8]) {
        let from = &self.sums[self.first..];
        match self.ksize {
            1 => few::<T, 1>(from, self.channels, short, out),
            2 => few::<T, 2>(from, self.channels, short, out),
            3 => few::<T, 3>(from, self.channels, short, out),
            4 => few::<T, 4>(from, self.channels, short, out),
            5 => few::<T, 5>(from, self.channels, short, out),
            6 => few::<T, 6>(from, self.channels, short, out),
            7 => few::<T, 7>(from, self.channels, short, out),
            8 => few::<T, 8>(from, self.channels, short, out),
            _ => few::<T, MOST>(from, self.channels, short, out),
        }
    }

    /// The means of a row of pixels of `C` bytes, from a running sum.
    #[inline(always)]
    fn far_means<const C: usize>(&self, mean: Mean, out: &mut [u8]) {
        let reach = (self.ksize - 1) * C;
        let mut sum = [0u32; C];
        let all = &self.sums[self.first..];
        for pixel in all[..reach].chunks_exact(C) {
            for c in 0..C {
                sum[c] += pixel[c].wide();
            }
        }
        let (mut leaving, mut gone) = (all, [0u32; C]);
        let mut entering = &all[reach..];
        let mut sums = [[0u32; C]; BLOCK];
        for out in out.chunks_mut(BLOCK * C) {
            let pixels = out.len() / C;
            let ins = entering[..pixels * C].chunks_exact(C);
            let outs = leaving[..pixels * C].chunks_exact(C);
            for ((held, new), old) in sums.iter_mut().zip(ins).zip(outs) {
                for c in 0..C {
                    // What enters less what left before, first: the chain from pixel to pixel is one addition long.
                    sum[c] = sum[c].wrapping_add(new[c].wide().wrapping_sub(gone[c]));
                    gone[c] = old[c].wide();
                }
                *held = sum;
            }
            (entering, leaving) = (&entering[pixels * C..], &leaving[pixels * C..]);
            divide(mean, sums.as_flattened(), out);
        }
    }
}

per_isa! {
    /// A row comes under the box.
    pub(super) fn enter[T: Column](window: &mut Window<T>, row: &[u8]) {
        window.add(row);
    }
}

per_isa! {
    /// The first of `rows` comes under the box, and the second leaves it; the means are written.
    pub(super) fn step[T: Column](window: &mut Window<T>, rows: [&[u8]; 2], mean: Mean, out: &mut [u8]) {
        window.turn(rows[0], rows[1]);
        window.pad();
        if let Some(short) = window.short {
            return window.near_means(short, out);
        }
        if let Some(doubles) = &mut window.doubles {
            return doubles.means(&window.sums[window.first..], mean, out);
        }
        match window.channels {
            1 => window.far_means::<1>(mean, out),
            2 => window.far_means::<2>(mean, out),
            3 => window.far_means::<3>(mean, out),
            _ => window.far_means::<4>(mean, out),
        }
    }
}

/// Means of `K` sums, each `step` after the last. The last block goes over values a second time.
#[inline(always)]
fn few<T: Column, const K: usize>(from: &[T], step: usize, short: Short, out: &mut [u8]) {
    let Some(last) = out.len().checked_sub(VALUES) else {
        for (at, out) in out.iter_mut().enumerate() {
            let sum = |sum: u16, i: usize| sum.wrapping_add(from[at + i * step].short());
            *out = short.of((0..K).fold(0, sum));
        }
        return;
    };
    let mut parts = [from; K];
    for (i, part) in parts.iter_mut().enumerate() {
        *part = &from[i * step..][..out.len()];
    }
    let mut at = 0;
    loop {
        let mut sums = [0u16; VALUES];
        for part in parts {
            let part = part[at..].first_chunk::<VALUES>().expect("a block begins before the last");
            for (sum, value) in sums.iter_mut().zip(part) {
                *sum = sum.wrapping_add(value.short());
            }
        }
        let block = out[at..].first_chunk_mut::<VALUES>().expect("a block begins before the last");
        for (out, &sum) in block.iter_mut().zip(&sums) {
            *out = short.of(sum);
        }
        if at == last {
            return;
        }
        at = (at + VALUES).min(last);
    }
}

#[inline(always)]
pub(super) fn divide(mean: Mean, sums: &[u32], out: &mut [u8]) {
    match mean {
        Mean::Fixed { offset, factor } => {
            for (out, &sum) in out.iter_mut().zip(sums) {
                *out = ((sum.wrapping_add(offset)).wrapping_mul(factor) >> 23) as u8;
            }
        }
        Mean::Float(factor) => {
            // Adding 1.5 · 2^23 rounds to whole numbers and leaves them in the low bits.
            for (out, &sum) in out.iter_mut().zip(sums) {
                *out = (sum as i32 as f32 * factor + 12_582_912.0).to_bits() as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_divisions_round_half_up_for_every_sum() {
        let mut shorts = 0;
        for area in 1..=256u32 {
            let Mean::Fixed { offset, factor } = Mean::new((area, 1)) else { panic!("{area} is small") };
            let short = Short::new((area, 1));
            shorts += usize::from(short.is_some());
            for sum in 0..=255 * area {
                let expected = ((sum + area / 2) / area) as u8;
                assert_eq!((((sum + offset) * factor) >> 23) as u8, expected, "{sum} / {area}");
                if let Some(short) = short {
                    assert_eq!(short.of(sum as u16), expected, "{sum} / {area}");
                }
            }
        }
        assert!(shorts > 180, "{shorts}");
    }
}
