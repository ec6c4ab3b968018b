//! Bilinear sampling: rows are sampled along x once, and blended along y.

#[cfg(target_arch = "aarch64")]
use super::aarch64;
use super::scalar;
#[cfg(target_arch = "x86_64")]
use super::table::Table;
use super::taps::{Centre, Taps};
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use crate::frame::{View, ViewMut};
use crate::ops::rows::{Isa, Lines, per_isa};

/// Values per pixel of a sampled row: three channels take the room of four.
pub(crate) const fn stride(channels: usize) -> usize {
    if channels == 3 { 4 } else { channels }
}

/// The taps of a row, with the table that the instructions at hand want.
pub(crate) struct Columns {
    taps: Taps,
    #[cfg(target_arch = "x86_64")]
    table: Option<Table>,
}

impl Columns {
    /// From `source` to `target` pixels of `channels` bytes.
    pub(crate) fn new(isa: Isa, source: u32, target: u32, centre: Centre, channels: usize) -> Self {
        let taps = Taps::columns(isa, source, target, centre);
        #[cfg(target_arch = "x86_64")]
        let table = {
            let table = |pixels, reach| {
                if channels < 3 { None } else { Table::new(&taps, source, channels, pixels, reach) }
            };
            match isa {
                Isa::Scalar => None,
                Isa::Avx2(_) => table(2, 16),
                Isa::Avx512(_) => table(8, 64).or_else(|| table(8, 128)).or_else(|| table(2, 16)),
            }
        };
        #[cfg(not(target_arch = "x86_64"))]
        let _ = channels;
        Self {
            taps,
            #[cfg(target_arch = "x86_64")]
            table,
        }
    }

    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    pub(crate) fn taps(&self) -> &Taps {
        &self.taps
    }
}

/// Samples `row` at `columns` into `out`, which has [`stride`] values a pixel.
pub(crate) fn across<const C: usize>(isa: Isa, row: &[u8], columns: &Columns, out: &mut [i16]) {
    let taps = &columns.taps;
    #[cfg(not(target_arch = "x86_64"))]
    let done = match isa {
        Isa::Scalar => 0,
        #[cfg(target_arch = "aarch64")]
        Isa::Neon(token) => aarch64::across::<C>(token, row, taps, out),
    };
    #[cfg(target_arch = "x86_64")]
    let done = match (isa, &columns.table) {
        (Isa::Scalar, _) => 0,
        (Isa::Avx2(token), Some(table)) => x86_64::across_table(token, row, table, out),
        (Isa::Avx512(token), Some(table)) => x86_64::across_wide(token, row, table, out),
        (Isa::Avx2(token), None) => x86_64::across::<C>(token, row, taps, out),
        (Isa::Avx512(token), None) => x86_64::across::<C>(token.avx2(), row, taps, out),
    };
    if done < taps.first.len() {
        scalar::across::<C>(row, taps, stride(C), done, out);
    }
}

/// The last two sampled rows: going down a picture samples each row once.
struct Sampled {
    rows: [Lines<i16>; 2],
    held: [Option<u32>; 2],
}

impl Sampled {
    /// Room for rows of `width` pixels of `channels` values.
    fn new(width: usize, channels: usize) -> Self {
        let row = || Lines::new(width * stride(channels));
        Self { rows: [row(), row()], held: [None; 2] }
    }

    /// The sampled rows `wanted`; `sample` fills one that is not held.
    #[inline]
    fn pair(&mut self, wanted: [u32; 2], mut sample: impl FnMut(u32, &mut [i16])) -> [&[i16]; 2] {
        for row in wanted {
            if self.held.contains(&Some(row)) {
                continue;
            }
            // The slot that the other of the two does not need.
            let slot = usize::from(self.held[0].is_some_and(|held| wanted.contains(&held)));
            sample(row, &mut self.rows[slot]);
            self.held[slot] = Some(row);
        }
        let slot = |row: u32| usize::from(self.held[0] != Some(row));
        [&self.rows[slot(wanted[0])], &self.rows[slot(wanted[1])]]
    }
}

/// The rows from `top` on of an output of `whole` pixels.
pub(super) fn bilinear<const C: usize>(
    isa: Isa,
    src: &View<'_>,
    mut dst: ViewMut<'_>,
    top: u32,
    whole: (u32, u32),
    centre: Centre,
) {
    let columns = Columns::new(isa, src.width(), whole.0, centre, C);
    let rows = Taps::rows(isa, src.height(), whole.1, centre);
    let mut sampled = Sampled::new(whole.0 as usize, C);
    for y in 0..dst.height() {
        let at = (top + y) as usize;
        let weights = rows.weights[at];
        let mut wanted = rows.pair(at, src.height());
        if weights[1] == 0 {
            // The second row would count nothing.
            wanted[1] = wanted[0];
        }
        let pair = sampled.pair(wanted, |row, out| across::<C>(isa, src.row(row), &columns, out));
        down::<C>(isa, pair, weights, dst.row_mut(y));
    }
}

/// Blends two sampled rows into bytes.
fn down<const C: usize>(isa: Isa, rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) {
    if stride(C) == C {
        #[cfg(target_arch = "aarch64")]
        if let Isa::Neon(token) = isa {
            let done = aarch64::down_same(token, rows, weights, out);
            return down_same(isa, rows.map(|row| &row[done..]), weights, &mut out[done..]);
        }
        return down_same(isa, rows, weights, out);
    }
    let done = match isa {
        Isa::Scalar => 0,
        #[cfg(target_arch = "aarch64")]
        Isa::Neon(token) => aarch64::down3(token, rows, weights, out),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(token) => x86_64::down3(token, rows, weights, out),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) => x86_64::down3(token.avx2(), rows, weights, out),
    };
    scalar::down::<C>(rows, weights, stride(C), done, out);
}

per_isa! {
    fn down_same[](rows: [&[i16]; 2], weights: [i16; 2], out: &mut [u8]) {
        for ((out, &upper), &lower) in out.iter_mut().zip(rows[0]).zip(rows[1]) {
            *out = scalar::between(upper, lower, weights);
        }
    }
}
