//! Plain loops, which are compiled again for each instruction set.
//!
//! Sums of a column are kept from row to row. Along a row, up to [`MOST`] of them are added in vectors; for more a running
//! sum is faster, though it goes a pixel at a time.

use crate::ops::rows::{Border, per_isa};

/// Pixels whose sums are held between the sum across and the division.
const BLOCK: usize = 128;

/// Columns that are added in vectors at most.
const MOST: usize = 9;

/// Values that are added at a time.
const VALUES: usize = 512;

/// The sum of a column of the box.
pub(super) trait Column: Copy + Default {
    fn plus(self, byte: u8) -> Self;
    fn moved(self, comes: u8, goes: u8) -> Self;
    fn wide(self) -> u32;
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

/// Column sums of the rows under the box, with those of the border on both sides.
pub(super) struct Window<T> {
    sums: Vec<T>,
    channels: usize,
    /// Pixels of the box, and of the border left of the picture.
    ksize: usize,
    left: usize,
    width: usize,
    /// What each pixel of the border stands for; `None` for the constant.
    outside: Vec<(usize, Option<usize>)>,
    constant: T,
}

impl<T: Column> Window<T> {
    pub(super) fn new(width: u32, channels: usize, ksize: (u32, u32), border: Border) -> Self {
        let (left, across) = (ksize.0 as usize / 2, ksize.0 as usize);
        let padded = width as usize + across - 1;
        let beyond = (0..left).chain(left + width as usize..padded);
        let place = |at: usize| border.index(at as i64 - left as i64, width).map(|x| x as usize + left);
        let value = if let Border::Constant(value) = border { value } else { 0 };
        Self {
            sums: vec![T::default(); padded * channels],
            channels,
            ksize: across,
            left,
            width: width as usize,
            outside: beyond.map(|at| (at, place(at))).collect(),
            constant: (0..ksize.1).fold(T::default(), |sum, _| sum.plus(value)),
        }
    }

    #[inline(always)]
    fn inner(&mut self) -> &mut [T] {
        &mut self.sums[self.left * self.channels..][..self.width * self.channels]
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
                self.sums[at * self.channels + c] =
                    from.map_or(self.constant, |from| self.sums[from * self.channels + c]);
            }
        }
    }

    /// The means of a row, from sums of [`MOST`] columns at most that fit 16 bits.
    #[inline(always)]
    fn near_means(&self, mean: Mean, out: &mut [u8]) {
        let (step, reach) = (self.channels, (self.ksize - 1) * self.channels);
        let mut sums = [0u16; VALUES];
        for (block, out) in out.chunks_mut(VALUES).enumerate() {
            let from = &self.sums[block * VALUES..][..out.len() + reach];
            let sums = &mut sums[..out.len()];
            match self.ksize {
                1 => few::<T, 1>(from, step, sums),
                2 => few::<T, 2>(from, step, sums),
                3 => few::<T, 3>(from, step, sums),
                4 => few::<T, 4>(from, step, sums),
                5 => few::<T, 5>(from, step, sums),
                6 => few::<T, 6>(from, step, sums),
                7 => few::<T, 7>(from, step, sums),
                8 => few::<T, 8>(from, step, sums),
                _ => few::<T, MOST>(from, step, sums),
            }
            divide(mean, sums, out);
        }
    }

    /// The means of a row of pixels of `C` bytes, from a running sum.
    #[inline(always)]
    fn far_means<const C: usize>(&self, mean: Mean, out: &mut [u8]) {
        let reach = (self.ksize - 1) * C;
        let mut sum = [0u32; C];
        for pixel in self.sums[..reach].chunks_exact(C) {
            for c in 0..C {
                sum[c] += pixel[c].wide();
            }
        }
        let (mut leaving, mut gone) = (&self.sums[..], [0u32; C]);
        let mut entering = &self.sums[reach..];
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
        match window.channels {
            _ if window.ksize <= MOST && matches!(mean, Mean::Fixed { .. }) => window.near_means(mean, out),
            1 => window.far_means::<1>(mean, out),
            2 => window.far_means::<2>(mean, out),
            3 => window.far_means::<3>(mean, out),
            _ => window.far_means::<4>(mean, out),
        }
    }
}

/// Sums of `K` values, each `step` after the last.
#[inline(always)]
fn few<T: Column, const K: usize>(from: &[T], step: usize, sums: &mut [u16]) {
    let n = sums.len();
    let mut parts = [&from[..n]; K];
    for (i, part) in parts.iter_mut().enumerate() {
        *part = &from[i * step..][..n];
    }
    for i in 0..n {
        let mut sum = 0u16;
        for part in &parts {
            sum = sum.wrapping_add(part[i].short());
        }
        sums[i] = sum;
    }
}

#[inline(always)]
fn divide<W: Copy + Into<u32>>(mean: Mean, sums: &[W], out: &mut [u8]) {
    match mean {
        Mean::Fixed { offset, factor } => {
            for (out, &sum) in out.iter_mut().zip(sums) {
                *out = ((sum.into().wrapping_add(offset)).wrapping_mul(factor) >> 23) as u8;
            }
        }
        Mean::Float(factor) => {
            // Adding 1.5 · 2^23 rounds to whole numbers and leaves them in the low bits.
            for (out, &sum) in out.iter_mut().zip(sums) {
                *out = (sum.into() as i32 as f32 * factor + 12_582_912.0).to_bits() as u8;
            }
        }
    }
}
