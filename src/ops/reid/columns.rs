//! Sampling the three planes of a row.
//!
//! A weight w is 16·h + l, so a sampled value, (p·w + q·v) >> 4 for neighbours p and q, is (p·hw + q·hv) + ((p·lw + q·lv) >> 4):
//! both sums are those of a byte and a signed byte in pairs, which is one instruction each, and both fit 16 bits.
//!
//! Sampled values are woven: a group of 16 pixels (32 with AVX-512) is a vector, each lane of which holds four pixels of
//! the group's first half and four of its second half. Unpacking the low words of the lanes then gives the first half
//! in order, the high words the second half: nothing is shuffled on the way to `f32`.
//!
//! Where stores lag behind (see [`stream`](super::stream)), groups are turned besides: their last pixels come first,
//! so that a vector of the tensor is made of a group and of what comes first in the group before it.

use crate::ops::resize::{self, Centre};
use crate::ops::rows::{Isa, Lines};

#[cfg(target_arch = "aarch64")]
use super::aarch64;
use super::pixels::Strip;
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
    /// Groups of two lanes, thus of 16 pixels.
    Of2,
    /// Groups of four lanes.
    Of4,
}

impl Weave {
    pub(super) fn of(isa: Isa) -> Self {
        match isa {
            Isa::Scalar => Self::None,
            // Bytes become `f32` in order here, without a shuffle.
            #[cfg(target_arch = "aarch64")]
            Isa::Neon(_) => Self::None,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => Self::Of2,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => Self::Of4,
        }
    }

    /// Where pixel `at` lies.
    #[inline(always)]
    pub(super) fn place(self, at: usize) -> usize {
        match self {
            Self::None => at,
            Self::Of2 => at & !15 | (at & 4) << 1 | at >> 1 & 4 | at & 3,
            Self::Of4 => at & !31 | (at & 12) << 1 | at >> 2 & 4 | at & 3,
        }
    }

    /// The pixel at place `at` of groups whose last `turn` pixels come first.
    #[inline(always)]
    fn pixel(self, at: usize, turn: usize) -> usize {
        let (pixel, last) = match self {
            Self::None => return at,
            Self::Of2 => (at >> 1 & 4 | (at & 4) << 1 | at & 3, 15),
            Self::Of4 => (at >> 1 & 12 | (at & 4) << 2 | at & 3, 31),
        };
        at & !last | pixel.wrapping_sub(turn) & last
    }
}

/// Where the pixels of a row of the output are taken from.
pub(super) struct Columns {
    isa: Isa,
    /// Pixels before the box in a plane, of the box, and of the output.
    lead: usize,
    source: usize,
    target: usize,
    /// By how many pixels groups are turned.
    turn: usize,
    one: resize::Columns,
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    table: Option<Table>,
}

impl Columns {
    /// `turn`, a multiple of 4, is how many pixels at the end of each group come first in it.
    pub(super) fn new(isa: Isa, lead: usize, source: u32, target: u32, turn: usize) -> Self {
        let one = resize::Columns::new(isa, source, target, Centre::Middle, 1);
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        let table = {
            let table = |values, reach| Table::new(one.taps(), lead, (Weave::of(isa), turn), values, reach);
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
            turn,
            one,
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            table,
        }
    }

    /// Values of a plane of a sampled row, whole vectors.
    pub(super) fn len(&self) -> usize {
        self.target.next_multiple_of(WHOLE)
    }

    /// Samples plane `c` of the rows of a strip into that of the rows of `out`, whose planes have [`len`](Self::len) values.
    /// There may be a row of no meaning after the last one.
    pub(super) fn across(&self, strip: Strip<'_>, out: &mut [i16], c: usize) {
        let len = self.len();
        #[cfg(target_arch = "x86_64")]
        match (self.isa, &self.table) {
            (Isa::Avx2(token), Some(table)) => return x86_64::across(token, strip, table, (out, len), c),
            (Isa::Avx512(token), Some(table)) => {
                return x86_64::across_wide(token, strip, table, (out, len), c);
            }
            _ => {}
        }
        #[cfg(target_arch = "aarch64")]
        if let (Isa::Neon(token), Some(table)) = (self.isa, &self.table) {
            return aarch64::across(token, strip, table, (out, len), c);
        }
        let planes = strip.bytes.chunks_exact(strip.plane).take(3 * strip.rows);
        for (plane, out) in planes.zip(out.chunks_exact_mut(len)).skip(c).step_by(3) {
            let plane = &plane[self.lead..self.lead + self.source];
            resize::across::<1>(self.isa, plane, &self.one, &mut out[..self.target]);
            self.weave(out);
        }
    }
}

/// The last two strips of sampled rows: going down a picture samples each row once, and a pair of rows may lie in both.
#[derive(Default)]
pub(super) struct Sampled {
    values: Lines<i16>,
    /// Values of a row, and rows of a strip at most.
    len: usize,
    count: usize,
    /// The first row of the newer strip, where it begins, where the row before it does, and the row after it.
    first: u32,
    place: usize,
    before: usize,
    end: u32,
}

impl Sampled {
    /// Forgets what is held: the next picture, with rows of `len` values, begins.
    pub(super) fn restart(&mut self, len: usize, count: usize) {
        self.values.resize(2 * count * len);
        (self.len, self.count) = (len, count);
        (self.first, self.place, self.before, self.end) = (0, 0, 0, 0);
    }

    /// Whether row `row` is not held yet.
    #[inline]
    pub(super) fn lacks(&self, row: u32) -> bool {
        row >= self.end
    }

    /// Goes on to the `rows` rows from `first` on.
    pub(super) fn next(&mut self, first: u32, rows: usize) {
        let last = self.end.saturating_sub(self.first + 1) as usize;
        self.before = self.place + last * self.len;
        self.place = if self.place == 0 { self.count * self.len } else { 0 };
        (self.first, self.end) = (first, first + rows as u32);
    }

    /// Room for the rows of the newer strip, and for one more where their number is odd.
    pub(super) fn strip(&mut self) -> &mut [i16] {
        let rows = ((self.end - self.first) as usize).next_multiple_of(2);
        &mut self.values[self.place..][..rows * self.len]
    }

    /// Where row `row` begins, which is of the newer strip or the one before that.
    #[inline]
    pub(super) fn place(&self, row: u32) -> usize {
        row.checked_sub(self.first).map_or(self.before, |i| self.place + i as usize * self.len)
    }

    pub(super) fn values(&self) -> &[i16] {
        &self.values
    }
}

impl Columns {
    /// Puts values that are in order to their places.
    #[cold]
    fn weave(&self, values: &mut [i16]) {
        let weave = Weave::of(self.isa);
        for group in values.chunks_exact_mut(WHOLE).filter(|_| weave != Weave::None) {
            let ordered: [i16; WHOLE] = std::array::from_fn(|i| group[i]);
            group.iter_mut().enumerate().for_each(|(at, value)| *value = ordered[weave.pixel(at, self.turn)]);
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
    fn new(
        taps: &Taps,
        lead: usize,
        (weave, turn): (Weave, usize),
        values: usize,
        reach: usize,
    ) -> Option<Self> {
        let count = taps.first.len().next_multiple_of(WHOLE);
        let last = taps.first.len() - 1;
        let [mut index, mut high, mut low] = [(); 3].map(|()| Lines::new(count));
        let mut bases = Vec::with_capacity(count / values);
        for (group, index) in index.chunks_exact_mut(values).enumerate() {
            // Runs of four pixels stay together, and taps rise.
            let run = |i: usize| weave.pixel(group * values + 4 * i, turn);
            let (mut base, mut end) = (i32::MAX, 0);
            for i in 0..values / 4 {
                base = base.min(taps.first[run(i).min(last)]);
                end = end.max(taps.first[(run(i) + 3).min(last)] + 1);
            }
            if (end - base) as usize >= reach {
                return None;
            }
            bases.push((lead + base as usize) as u32);
            let parts =
                high[group * values..].chunks_exact_mut(4).zip(low[group * values..].chunks_exact_mut(4));
            for (i, (index, (high, low))) in index.chunks_exact_mut(4).zip(parts).enumerate() {
                for k in 0..4 {
                    let pixel = (run(i) + k).min(last);
                    let [(h0, l0), (h1, l1)] = taps.weights[pixel].map(resize::halves);
                    index[k] = (taps.first[pixel] - base) as u16 * 0x101 + 0x100;
                    (high[k], low[k]) = (h0 | h1 << 8, l0 | l1 << 8);
                }
            }
        }
        let needs = bases.iter().max().map_or(0, |base| *base as usize + reach);
        Some(Self { bases, index, high, low, reach, needs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_pixels_are_each_others_inverse() {
        for (weave, group) in [(Weave::None, 1), (Weave::Of2, 16), (Weave::Of4, 32)] {
            for at in 0..200 {
                assert_eq!(weave.pixel(weave.place(at), 0), at, "{weave:?}");
                let turned = at / group * group + (at % group + 4) % group;
                assert!(group == 1 || weave.pixel(weave.place(turned), 4) == at, "{weave:?}");
            }
        }
        assert_eq!([0, 3, 4, 8, 12].map(|at| Weave::Of2.place(at)), [0, 3, 8, 4, 12]);
    }

    #[test]
    fn rows_are_sampled_as_plain_code_does() {
        for (source, target, turn) in [
            (1, 40, 0),
            (5, 33, 0),
            (30, 21, 0),
            (33, 21, 0),
            (60, 32, 12),
            (121, 21, 0),
            (90, 64, 4),
            (150, 64, 8),
            (300, 47, 0),
            (300, 64, 4),
        ] {
            let (lead, plane) = (1, source as usize + 1 + crate::ops::reid::pixels::SLACK);
            let row: Vec<u8> = (0..6 * plane).map(|i| (i * i / 7 + i) as u8).collect();
            let sampled = |isa| {
                let columns = Columns::new(isa, lead, source, target, turn);
                let (len, weave) = (columns.len(), Weave::of(isa));
                let mut out = vec![0; 6 * len];
                let strip = Strip { bytes: &row, plane, rows: 1 };
                (0..3).for_each(|c| columns.across(strip, &mut out, c));
                let mut values = vec![0; 3 * target as usize];
                for (i, value) in out[..3 * len].iter().enumerate() {
                    let pixel = weave.pixel(i % len, turn);
                    if pixel < target as usize {
                        values[3 * pixel + i / len] = *value;
                    }
                }
                values
            };
            let plain = sampled(Isa::Scalar);
            for isa in Isa::all() {
                assert_eq!(sampled(isa), plain, "{isa:?} {source} to {target}");
            }
        }
    }
}
