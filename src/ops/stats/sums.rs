//! Sums and extremes, in lanes that are folded into channels at the end.

use crate::frame::View;
use crate::ops::rows::{Isa, per_isa};

use super::MinMaxLoc;
#[cfg(target_arch = "x86_64")]
use super::x86_64;

/// Bytes taken at a time: whole vectors, and whole pixels of 1, 2 and 4 channels.
const LANES: usize = 64;
/// The same for 3 channels.
const LANES_OF_3: usize = 96;
/// Squares of so many bytes fit 32 bits: 255² · 2^16 < 2^32.
const STEPS: usize = 1 << 16;
/// Sums of so many bytes fit 16 bits.
const SHORT: usize = 256;

/// Sums over pixels, a channel each.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) count: u64,
    sum: [u64; 4],
    squares: [u64; 4],
}

impl Sums {
    pub(super) fn add(&mut self, isa: Isa, view: &View<'_>, squares: bool) {
        match view.channels() {
            // The compiler's code is good on aarch64.
            #[cfg(target_arch = "x86_64")]
            // Squares cost nothing where four products are added at once.
            1 | 2 | 4 if vnni(isa) || squares && !matches!(isa, Isa::Scalar) => {
                self.rows_with_squares(isa, view)
            }
            3 => self.rows::<LANES_OF_3>(isa, view, squares),
            _ => self.rows::<LANES>(isa, view, squares),
        }
    }

    fn rows<const N: usize>(&mut self, isa: Isa, view: &View<'_>, with_squares: bool) {
        let channels = view.channels();
        let (mut lanes, mut squares, mut steps) = ([0; N], [0; N], 0);
        for y in 0..view.height() {
            // Whole pixels, and few enough for the lanes.
            for part in view.row(y).chunks(STEPS / 2 * N) {
                let (blocks, rest) = part.as_chunks::<N>();
                if steps + blocks.len() > STEPS {
                    self.fold(
                        channels,
                        std::mem::replace(&mut lanes, [0; N]),
                        std::mem::replace(&mut squares, [0; N]),
                    );
                    steps = 0;
                }
                steps += blocks.len();
                if with_squares {
                    add_with_squares(isa, blocks, &mut lanes, &mut squares);
                } else {
                    add(isa, blocks, &mut lanes);
                }
                for (i, &byte) in rest.iter().enumerate() {
                    self.sum[i % channels] += u64::from(byte);
                    self.squares[i % channels] += u64::from(byte) * u64::from(byte);
                }
            }
        }
        self.fold(channels, lanes, squares);
    }

    /// Pixels of 1, 2 and 4 bytes.
    #[cfg(target_arch = "x86_64")]
    fn rows_with_squares(&mut self, isa: Isa, view: &View<'_>) {
        let (channels, row) = (view.channels(), view.width() as usize * view.channels());
        // Rows that follow each other without a gap are one.
        let whole =
            view.as_slice().filter(|_| view.pitch() == row).map(|all| &all[..row * view.height() as usize]);
        let rows = if whole.is_some() { 0..0 } else { 0..view.height() };
        let vnni = vnni(isa);
        for row in whole.into_iter().chain(rows.map(|y| view.row(y))) {
            let (sum, squares) = (&mut self.sum, &mut self.squares);
            let done = match isa {
                Isa::Scalar => 0,
                Isa::Avx2(token) => x86_64::sums_avx2(token, row, channels, sum, squares),
                Isa::Avx512(token) if vnni => x86_64::sums_vnni(token, row, channels, sum, squares),
                Isa::Avx512(token) => x86_64::sums_avx512(token, row, channels, sum, squares),
            };
            // Whole vectors are whole pixels.
            for pixel in row[done..].chunks_exact(channels) {
                for (c, &byte) in pixel.iter().enumerate() {
                    self.sum[c] += u64::from(byte);
                    self.squares[c] += u64::from(byte) * u64::from(byte);
                }
            }
        }
    }

    fn fold<const N: usize>(&mut self, channels: usize, lanes: [u32; N], squares: [u32; N]) {
        for i in 0..N {
            self.sum[i % channels] += u64::from(lanes[i]);
            self.squares[i % channels] += u64::from(squares[i]);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for c in 0..4 {
            self.sum[c] += other.sum[c];
            self.squares[c] += other.squares[c];
        }
    }

    pub(super) fn mean(&self) -> [f64; 4] {
        self.sum.map(|sum| if self.count == 0 { 0.0 } else { sum as f64 / self.count as f64 })
    }

    /// √((n·Σx² - (Σx)²) / n²), in integers up to the division.
    pub(super) fn deviation(&self) -> [f64; 4] {
        let count = self.count as f64;
        std::array::from_fn(|c| {
            let spread =
                u128::from(self.squares[c]) * u128::from(self.count) - u128::from(self.sum[c]).pow(2);
            if self.count == 0 { 0.0 } else { (spread as f64).sqrt() / count }
        })
    }
}

#[cfg(target_arch = "x86_64")]
fn vnni(isa: Isa) -> bool {
    matches!(isa, Isa::Avx512(token) if x86_64::vnni(token))
}

per_isa! {
    /// Adds `blocks` to `sums`, lane by lane. Arrays that only this function knows stay in registers.
    fn add[const N: usize](blocks: &[[u8; N]], sums: &mut [u32; N]) {
        for part in blocks.chunks(SHORT) {
            let mut lanes = [0; N];
            for block in part {
                for i in 0..N {
                    lanes[i] += u16::from(block[i]);
                }
            }
            for i in 0..N {
                sums[i] += u32::from(lanes[i]);
            }
        }
    }
}

per_isa! {
    /// As [`add`], and their squares to `squares`.
    fn add_with_squares[const N: usize](blocks: &[[u8; N]], sums: &mut [u32; N], squares: &mut [u32; N]) {
        let mut more = [0; N];
        for part in blocks.chunks(SHORT) {
            let mut lanes = [0; N];
            for block in part {
                for i in 0..N {
                    lanes[i] += u16::from(block[i]);
                }
                for i in 0..N {
                    let value = u16::from(block[i]);
                    more[i] += u32::from(value * value);
                }
            }
            for i in 0..N {
                sums[i] += u32::from(lanes[i]);
            }
        }
        for i in 0..N {
            squares[i] += more[i];
        }
    }
}

per_isa! {
    /// Takes `blocks` into the extremes of each lane.
    fn widen[const N: usize](blocks: &[[u8; N]], min: &mut [u8; N], max: &mut [u8; N]) {
        let (mut low, mut high) = (*min, *max);
        for block in blocks {
            for i in 0..N {
                low[i] = low[i].min(block[i]);
                high[i] = high[i].max(block[i]);
            }
        }
        (*min, *max) = (low, high);
    }
}

/// Extremes of each channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extremes {
    pub(super) min: [u8; 4],
    pub(super) max: [u8; 4],
}

impl Default for Extremes {
    fn default() -> Self {
        Self { min: [255; 4], max: [0; 4] }
    }
}

impl Extremes {
    pub(super) fn add(&mut self, isa: Isa, view: &View<'_>) {
        match view.channels() {
            3 => self.rows::<LANES_OF_3>(isa, view),
            _ => self.rows::<LANES>(isa, view),
        }
    }

    fn rows<const N: usize>(&mut self, isa: Isa, view: &View<'_>) {
        let channels = view.channels();
        let (mut min, mut max) = ([255; N], [0; N]);
        for y in 0..view.height() {
            let (blocks, rest) = view.row(y).as_chunks::<N>();
            widen(isa, blocks, &mut min, &mut max);
            for (i, &byte) in rest.iter().enumerate() {
                min[i] = min[i].min(byte);
                max[i] = max[i].max(byte);
            }
        }
        for i in 0..N {
            let c = i % channels;
            self.min[c] = self.min[c].min(min[i]);
            self.max[c] = self.max[c].max(max[i]);
        }
    }
}

/// For a plane of one channel that has pixels.
pub(super) fn min_max_loc(isa: Isa, plane: &View<'_>) -> MinMaxLoc {
    let place = |row: &[u8], value: u8| row.iter().position(|&v| v == value).unwrap_or_default() as u32;
    let mut found: Option<MinMaxLoc> = None;
    for (row, y) in plane.rows().zip(0..) {
        let line = View::new(row, plane.width(), 1, 1, row.len()).expect("a row is a plane of one row");
        let mut extremes = Extremes::default();
        extremes.add(isa, &line);
        let (min, max) = (extremes.min[0], extremes.max[0]);
        let best = found.get_or_insert_with(|| {
            let (min_loc, max_loc) = ((place(row, min), y), (place(row, max), y));
            MinMaxLoc { min, max, min_loc, max_loc }
        });
        if min < best.min {
            (best.min, best.min_loc) = (min, (place(row, min), y));
        }
        if max > best.max {
            (best.max, best.max_loc) = (max, (place(row, max), y));
        }
    }
    found.expect("the plane has a row")
}
