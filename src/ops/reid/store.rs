//! From two sampled rows to one row of the tensor.

use half::f16;

#[cfg(target_arch = "aarch64")]
use super::aarch64;
use super::columns::Weave;
use super::spec::{Layout, Norm, Store};
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use crate::ops::resize::between;
use crate::ops::rows::{Isa, per_isa};

/// Where the two sampled rows begin that a row of the tensor is blended from, and their weights.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) rows: [usize; 2],
    pub(super) weights: [i16; 2],
}

/// Sampled rows, three planes each, and how they are blended to rows of the tensor.
#[derive(Clone, Copy)]
pub(super) struct Blend<'a> {
    pub(super) isa: Isa,
    pub(super) values: &'a [i16],
    /// Values of a plane.
    pub(super) plane: usize,
    /// One for each row.
    pub(super) pairs: &'a [Pair],
    /// For each plane of the output: which plane of a row.
    pub(super) from: [usize; 3],
    /// Factors and bias of each plane of the output.
    pub(super) norm: &'a Norm,
}

impl<'a> Blend<'a> {
    /// The first `count` rows alone.
    pub(super) fn first(&self, count: usize) -> Self {
        Self { pairs: &self.pairs[..count], ..*self }
    }

    /// All rows but the first `count`.
    pub(super) fn skip(&self, count: usize) -> Self {
        Self { pairs: &self.pairs[count..], ..*self }
    }

    /// Row `i` alone.
    #[inline]
    pub(super) fn row(&self, i: usize) -> Self {
        Self { pairs: &self.pairs[i..=i], ..*self }
    }

    /// What plane `c` of the first row is blended from.
    #[inline(always)]
    pub(super) fn plane(&self, c: usize) -> [&'a [i16]; 2] {
        // No closure: one that is not inlined would hand the slices over in memory, row after row.
        let ([upper, lower], from) = (self.pairs[0].rows, self.from[c] * self.plane);
        [&self.values[upper + from..][..self.plane], &self.values[lower + from..][..self.plane]]
    }

    /// The weights of the first row's two.
    #[inline(always)]
    pub(super) fn weights(&self) -> [i16; 2] {
        self.pairs[0].weights
    }

    /// The three bytes of pixel `at` of the first row, in the order of the planes.
    #[inline(always)]
    fn bytes(&self, at: usize) -> [u8; 3] {
        let (Pair { rows, weights }, at) = (self.pairs[0], Weave::of(self.isa).place(at));
        let value = |row: usize, from: usize| self.values[row + from * self.plane + at];
        self.from.map(|from| between(value(rows[0], from), value(rows[1], from), weights))
    }
}

per_isa! {
    fn pixels[T: Store](blend: &Blend<'_>, table: &Table<T>, out: &mut [[T; 3]]) {
        out.iter_mut().enumerate().for_each(|(at, out)| *out = table.pixel(blend.bytes(at)));
    }
}

/// A byte's value in each plane, worked out once: a normalised byte has 256 values.
pub(super) struct Table<T>(Box<[[T; 3]; 256]>);

impl<T: Store> Table<T> {
    /// Of `norm`, whose values are in the order of the planes.
    pub(super) fn new(norm: &Norm) -> Self {
        let mut table = Box::new([[T::default(); 3]; 256]);
        for (byte, values) in table.iter_mut().enumerate() {
            for (c, value) in values.iter_mut().enumerate() {
                *value = T::from_byte(byte as u8, norm, c);
            }
        }
        Self(table)
    }

    #[inline(always)]
    pub(super) fn pixel(&self, bytes: [u8; 3]) -> [T; 3] {
        [0, 1, 2].map(|c| self.0[usize::from(bytes[c])][c])
    }
}

/// Where a row of an item goes.
pub(super) struct Place {
    pub(super) layout: Layout,
    /// Columns and rows of the item.
    pub(super) size: (usize, usize),
    /// First column, and row.
    pub(super) at: (usize, usize),
    /// Columns of the row.
    pub(super) width: usize,
}

impl Place {
    /// Pixels before the row's first one.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.at.1 * self.size.0 + self.at.0
    }

    /// The three planes' parts of this row.
    fn planes<'a, T>(&self, item: &'a mut [T]) -> [&'a mut [T]; 3] {
        let ((columns, rows), start) = (self.size, self.start());
        let (a, rest) = item.split_at_mut(columns * rows);
        let (b, c) = rest.split_at_mut(columns * rows);
        [a, b, c].map(|plane| &mut plane[start..start + self.width])
    }

    /// This row's pixels, one after the other.
    fn pixels<'a, T>(&self, item: &'a mut [T]) -> &'a mut [[T; 3]] {
        let start = self.start();
        &mut item.as_chunks_mut::<3>().0[start..start + self.width]
    }

    /// Fills the row with one pixel.
    pub(super) fn fill<T: Copy>(&self, item: &mut [T], pixel: [T; 3]) {
        match self.layout {
            Layout::Nchw => self.planes(item).into_iter().zip(pixel).for_each(|(row, v)| row.fill(v)),
            Layout::Nhwc => self.pixels(item).fill(pixel),
        }
    }

    /// Writes the blended row.
    pub(super) fn write<T: Store>(&self, item: &mut [T], blend: &Blend<'_>, table: &Table<T>) {
        match self.layout {
            Layout::Nhwc => pixels(blend.isa, blend, table, self.pixels(item)),
            Layout::Nchw => {
                let mut planes = self.planes(item);
                let done = T::fast(blend, planes.each_mut().map(|plane| &mut **plane));
                for at in done..self.width {
                    for (plane, value) in planes.iter_mut().zip(table.pixel(blend.bytes(at))) {
                        plane[at] = value;
                    }
                }
            }
        }
    }
}

macro_rules! fast {
    ($name:ident, $wide:ident, $type:ty) => {
        pub(super) fn $name(blend: &Blend<'_>, planes: [&mut [$type]; 3]) -> usize {
            match blend.isa {
                Isa::Scalar => {
                    let _ = planes;
                    0
                }
                #[cfg(target_arch = "aarch64")]
                Isa::Neon(token) => aarch64::$name(token, blend, planes),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2(token) => x86_64::$name(token, blend, planes),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512(token) => x86_64::$wide(token, blend, planes),
            }
        }
    };
}

fast!(planes_f32, wide_f32, f32);
fast!(planes_f16, wide_f16, f16);
fast!(planes_u8, wide_u8, u8);
