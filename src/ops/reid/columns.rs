//! Sampling the three planes of a row.
//!
//! A weight w is 16·h + l, so a sampled value, (p·w + q·v) >> 4 for neighbours p and q, is (p·hw + q·hv) + ((p·lw + q·lv) >> 4):
//! both sums are those of a byte and a signed byte in pairs, which is one instruction each, and both fit 16 bits.

use crate::ops::resize::{self, Centre};
use crate::ops::rows::Isa;

#[cfg(target_arch = "x86_64")]
use super::x86_64;
#[cfg(target_arch = "x86_64")]
use crate::ops::{resize::Taps, rows::Lines};

/// Values of a sampled plane are whole vectors of the widest kind.
const WHOLE: usize = 32;

/// Where the pixels of a row of the output are taken from.
pub(super) struct Columns {
    isa: Isa,
    /// Pixels before the box in a plane, of the box, and of the output.
    lead: usize,
    source: usize,
    target: usize,
    one: resize::Columns,
    #[cfg(target_arch = "x86_64")]
    table: Option<Table>,
}

impl Columns {
    pub(super) fn new(isa: Isa, lead: usize, source: u32, target: u32) -> Self {
        let one = resize::Columns::new(isa, source, target, Centre::Middle, 1);
        #[cfg(target_arch = "x86_64")]
        let table = {
            let table = |pixels, reach| Table::new(one.taps(), lead, pixels, reach);
            match isa {
                Isa::Scalar => None,
                Isa::Avx2(_) => table(8, 16).or_else(|| table(8, 32)),
                Isa::Avx512(_) => {
                    let wide = table(32, 64).or_else(|| table(32, 128));
                    wide.or_else(|| table(8, 16)).or_else(|| table(8, 32))
                }
            }
        };
        Self {
            isa,
            lead,
            source: source as usize,
            target: target as usize,
            one,
            #[cfg(target_arch = "x86_64")]
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
        let (from, to) = (row.len() / 3, out.len() / 3);
        for (plane, out) in row.chunks_exact(from).zip(out.chunks_exact_mut(to)) {
            let plane = &plane[self.lead..self.lead + self.source];
            resize::across::<1>(self.isa, plane, &self.one, &mut out[..self.target]);
        }
    }
}

/// What each output pixel takes, in groups of pixels that read from one place.
#[cfg(target_arch = "x86_64")]
pub(super) struct Table {
    /// The first byte of a plane that each group reads.
    pub(super) bases: Vec<u32>,
    /// For each pixel: where both neighbours are, from its group's base on; the high and the low parts of their weights.
    pub(super) index: Lines<u16>,
    pub(super) high: Lines<u16>,
    pub(super) low: Lines<u16>,
    /// Bytes that a group reads, and bytes of a plane that all of them read.
    pub(super) reach: usize,
    pub(super) needs: usize,
}

#[cfg(target_arch = "x86_64")]
impl Table {
    /// For groups of `pixels` that read `reach` bytes. `None` where a group would read more, as it does when a picture
    /// is shrunk much.
    fn new(taps: &Taps, lead: usize, pixels: usize, reach: usize) -> Option<Self> {
        // Taps rise: the last pixel of a group reads farthest.
        let far = |group: &[i32]| (group[group.len() - 1] + 1 - group[0]) as usize >= reach;
        if taps.first.chunks(pixels).any(far) {
            return None;
        }
        let count = taps.first.len().next_multiple_of(WHOLE);
        let mut bases: Vec<_> =
            taps.first.chunks(pixels).map(|group| (lead + group[0] as usize) as u32).collect();
        let needs = bases[bases.len() - 1] as usize + reach;
        bases.resize(count / pixels, lead as u32);
        let [mut index, mut high, mut low] = [(); 3].map(|()| Lines::new(count));
        for part in [&mut index, &mut high, &mut low] {
            part[taps.first.len()..].fill(0);
        }
        for (group, first) in taps.first.chunks(pixels).enumerate() {
            for (index, &at) in index[group * pixels..].iter_mut().zip(first) {
                *index = (at - first[0]) as u16 * 0x101 + 0x100;
            }
        }
        for ((high, low), weights) in high.iter_mut().zip(low.iter_mut()).zip(&taps.weights) {
            let [(h0, l0), (h1, l1)] = weights.map(resize::halves);
            (*high, *low) = (h0 | h1 << 8, l0 | l1 << 8);
        }
        Some(Self { bases, index, high, low, reach, needs })
    }
}
