//! Sampling the three planes of a row.
//!
//! A weight w is 16·h + l, so a sampled value, (p·w + q·v) >> 4 for neighbours p and q, is (p·hw + q·hv) + ((p·lw + q·lv) >> 4):
//! both sums are those of a byte and a signed byte in pairs, which is one instruction each, and both fit 16 bits.
//!
//! Sampled values are woven: in each group of 16 pixels (32 with AVX-512) the first half has the even places, the
//! second half the odd ones. Taken as pairs of words, a vector then holds two runs of pixels, one of which is left when
//! the upper words are dropped and the other when the lower ones are: nothing is shuffled on the way to `f32`.

use crate::ops::resize::{self, Centre};
use crate::ops::rows::{Isa, Lines};

#[cfg(target_arch = "aarch64")]
use super::aarch64;
#[cfg(target_arch = "x86_64")]
use super::x86_64;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::ops::resize::Taps;

/// Values of a sampled plane are whole vectors of the widest kind.
const WHOLE: usize = 32;

/// In which order a sampled row has its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "others take pixels in order"))]
pub(super) enum Weave {
    /// As they come.
    None,
    /// Pixels `i` and `i + N` side by side, for groups of `2 * N`.
    Of8,
    Of16,
}

impl Weave {
    pub(super) fn of(isa: Isa) -> Self {
        match isa {
            Isa::Scalar => Self::None,
            // Bytes become `f32` in order here, without a shuffle.
            #[cfg(target_arch = "aarch64")]
            Isa::Neon(_) => Self::None,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => Self::Of8,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => Self::Of16,
        }
    }

    /// Where pixel `at` lies.
    #[inline(always)]
    pub(super) fn place(self, at: usize) -> usize {
        match self {
            Self::None => at,
            Self::Of8 => at & !15 | (at & 7) << 1 | at >> 3 & 1,
            Self::Of16 => at & !31 | (at & 15) << 1 | at >> 4 & 1,
        }
    }

    /// The pixel at place `at`.
    #[inline(always)]
    fn pixel(self, at: usize) -> usize {
        match self {
            Self::None => at,
            Self::Of8 => at & !15 | at >> 1 & 7 | (at & 1) << 3,
            Self::Of16 => at & !31 | at >> 1 & 15 | (at & 1) << 4,
        }
    }
}

/// Where the pixels of a row of the output are taken from.
pub(super) struct Columns {
    isa: Isa,
    /// Pixels before the box in a plane, of the box, and of the output.
    lead: usize,
    source: usize,
    target: usize,
    one: resize::Columns,
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    table: Option<Table>,
}

impl Columns {
    pub(super) fn new(isa: Isa, lead: usize, source: u32, target: u32) -> Self {
        let one = resize::Columns::new(isa, source, target, Centre::Middle, 1);
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        let table = {
            let table = |values, reach| Table::new(one.taps(), lead, Weave::of(isa), values, reach);
            match isa {
                Isa::Scalar => None,
                #[cfg(target_arch = "aarch64")]
                Isa::Neon(_) => table(8, 16).or_else(|| table(8, 32)),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2(_) => table(8, 16).or_else(|| table(8, 32)),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512(_) => table(32, 64).or_else(|| table(32, 128)),
            }
        };
        Self {
            isa,
            lead,
            source: source as usize,
            target: target as usize,
            one,
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            table,
        }
    }

    /// Values of a sampled row: three planes, whole vectors each.
    pub(super) fn len(&self) -> usize {
        3 * self.target.next_multiple_of(WHOLE)
    }

    /// Samples the planes of `row`, a third of it each, into those of `out`.
    #[inline]
    pub(super) fn across(&self, row: &[u8], out: &mut [i16]) {
        #[cfg(target_arch = "x86_64")]
        match (self.isa, &self.table) {
            (Isa::Avx2(token), Some(table)) => return x86_64::across(token, row, table, out),
            (Isa::Avx512(token), Some(table)) => return x86_64::across_wide(token, row, table, out),
            _ => {}
        }
        #[cfg(target_arch = "aarch64")]
        if let (Isa::Neon(token), Some(table)) = (self.isa, &self.table) {
            return aarch64::across(token, row, table, out);
        }
        let (from, to) = (row.len() / 3, out.len() / 3);
        for (plane, out) in row.chunks_exact(from).zip(out.chunks_exact_mut(to)) {
            let plane = &plane[self.lead..self.lead + self.source];
            resize::across::<1>(self.isa, plane, &self.one, &mut out[..self.target]);
            self.weave(out);
        }
    }
}

/// The last two sampled rows: going down a picture samples each row once.
#[derive(Default)]
pub(super) struct Sampled {
    values: Lines<i16>,
    /// Values of a row.
    len: usize,
    /// The rows that are held, and which of them is in the second half.
    held: [Option<u32>; 2],
    swapped: bool,
}

impl Sampled {
    /// Forgets what is held: the next picture, with rows of `len` values, begins.
    pub(super) fn restart(&mut self, len: usize) {
        self.values.resize(2 * len);
        (self.len, self.held) = (len, [None; 2]);
    }

    /// The sampled rows `upper` and `lower`; `sample` fills one that is not held.
    #[inline]
    pub(super) fn pair(
        &mut self,
        [upper, lower]: [u32; 2],
        mut sample: impl FnMut(u32, &mut [i16]),
    ) -> [&[i16]; 2] {
        if self.held[0] != Some(upper) {
            self.held.swap(0, 1);
            self.swapped = !self.swapped;
        }
        let (mut first, mut second) = self.values.split_at_mut(self.len);
        if self.swapped {
            (first, second) = (second, first);
        }
        if self.held[0] != Some(upper) {
            sample(upper, first);
            self.held[0] = Some(upper);
        }
        if upper == lower {
            return [first, first];
        }
        if self.held[1] != Some(lower) {
            sample(lower, second);
            self.held[1] = Some(lower);
        }
        [first, second]
    }
}

impl Columns {
    /// Puts values that are in order to their places.
    #[cold]
    fn weave(&self, values: &mut [i16]) {
        let weave = Weave::of(self.isa);
        for group in values.chunks_exact_mut(WHOLE).filter(|_| weave != Weave::None) {
            let ordered: [i16; WHOLE] = std::array::from_fn(|i| group[i]);
            group.iter_mut().enumerate().for_each(|(at, value)| *value = ordered[weave.pixel(at)]);
        }
    }
}

/// What each sampled value is made from, in groups of values that read from one place.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) struct Table {
    /// The first byte of a plane that each group reads.
    pub(super) bases: Vec<u32>,
    /// For each value: where both neighbours are, from its group's base on; the high and the low parts of their weights.
    pub(super) index: Lines<u16>,
    pub(super) high: Lines<u16>,
    pub(super) low: Lines<u16>,
    /// Bytes that a group reads, and bytes of a plane that all of them read.
    pub(super) reach: usize,
    pub(super) needs: usize,
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
impl Table {
    /// For groups of so many `values` that read `reach` bytes. `None` where a group would read more, as it does when a
    /// picture is shrunk much.
    fn new(taps: &Taps, lead: usize, weave: Weave, values: usize, reach: usize) -> Option<Self> {
        let count = taps.first.len().next_multiple_of(WHOLE);
        let last = taps.first.len() - 1;
        let [mut index, mut high, mut low] = [(); 3].map(|()| Lines::new(count));
        let mut bases = Vec::with_capacity(count / values);
        for (group, index) in index.chunks_exact_mut(values).enumerate() {
            let pixel = |i: usize| taps.first[weave.pixel(group * values + i).min(last)];
            // Taps rise: the first value has the first pixel of the group, the last value the last.
            let base = pixel(0);
            if (pixel(values - 1) + 1 - base) as usize >= reach {
                return None;
            }
            bases.push((lead + base as usize) as u32);
            for (i, index) in index.iter_mut().enumerate() {
                *index = (pixel(i) - base) as u16 * 0x101 + 0x100;
            }
        }
        for (at, (high, low)) in high.iter_mut().zip(low.iter_mut()).enumerate() {
            let weights = taps.weights[weave.pixel(at).min(last)];
            let [(h0, l0), (h1, l1)] = weights.map(resize::halves);
            (*high, *low) = (h0 | h1 << 8, l0 | l1 << 8);
        }
        let needs = bases[bases.len() - 1] as usize + reach;
        Some(Self { bases, index, high, low, reach, needs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_pixels_are_each_others_inverse() {
        for weave in [Weave::None, Weave::Of8, Weave::Of16] {
            for at in 0..200 {
                assert_eq!(weave.pixel(weave.place(at)), at, "{weave:?}");
            }
        }
        assert_eq!([0, 8, 1, 15].map(|at| Weave::Of8.place(at)), [0, 1, 2, 15]);
    }

    #[test]
    fn rows_are_sampled_as_plain_code_does() {
        for (source, target) in
            [(1, 40), (5, 33), (30, 21), (33, 21), (60, 32), (121, 21), (90, 64), (300, 47)]
        {
            let (lead, plane) = (1, source as usize + 1 + crate::ops::reid::pixels::SLACK);
            let row: Vec<u8> = (0..3 * plane).map(|i| (i * i / 7 + i) as u8).collect();
            let sampled = |isa| {
                let columns = Columns::new(isa, lead, source, target);
                let mut out = vec![0; columns.len()];
                columns.across(&row, &mut out);
                let (len, place) = (out.len() / 3, |at| Weave::of(isa).place(at));
                let value = |c, at| out[c * len + place(at)];
                (0..3 * target as usize).map(|i| value(i % 3, i / 3)).collect::<Vec<_>>()
            };
            let plain = sampled(Isa::Scalar);
            for isa in Isa::all() {
                assert_eq!(sampled(isa), plain, "{isa:?} {source} to {target}");
            }
        }
    }
}
