use std::ops::Range;

use crate::frame::FrameView;
use crate::ops::rows::{Border, Gray, Isa, Ring};
use crate::ops::sobel::{Finish, Taps, derivative};

use super::gradient::{magnitudes, sobel3, thin};

/// The size of a gradient, in what holds it: |dx| + |dy| fits 16 bits, dx² + dy² takes 32.
pub(super) trait Magnitude: Copy + Default + PartialOrd + Send {
    fn of(dx: i16, dy: i16) -> Self;
    fn clamped(value: i32) -> Self;
}

impl Magnitude for i16 {
    #[inline(always)]
    fn of(dx: i16, dy: i16) -> Self {
        dx.wrapping_abs() + dy.wrapping_abs()
    }
    fn clamped(value: i32) -> Self {
        value.min(i32::from(Self::MAX)) as Self
    }
}

impl Magnitude for i32 {
    #[inline(always)]
    fn of(dx: i16, dy: i16) -> Self {
        Self::from(dx) * Self::from(dx) + Self::from(dy) * Self::from(dy)
    }
    fn clamped(value: i32) -> Self {
        value
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) isa: Isa,
    pub(super) aperture: u32,
    pub(super) low: i32,
    pub(super) high: i32,
}

/// The rows that a strip has in hand.
struct Rows<M> {
    /// Grey, padded by half the aperture.
    gray: Ring<u8>,
    /// Sums and differences down, before they are combined across.
    columns: [Vec<i16>; 2],
    dx: Ring<i16>,
    dy: Ring<i16>,
    /// With one value more on both sides, which stays 0.
    sizes: Ring<M>,
    marks: Vec<u8>,
}

/// Marks the pixels of `rows` that may be on an edge, and those that are.
pub(super) fn strip<M: Magnitude>(
    settings: Settings,
    view: &FrameView<'_>,
    rows: Range<u32>,
    maybe: &mut [u64],
    edges: &mut [u64],
) {
    let (width, words) = (view.width() as usize, view.width().div_ceil(64) as usize);
    let radius = settings.aperture as usize / 2;
    let mut held = Rows::<M> {
        gray: Ring::new(settings.aperture as usize, width + 2 * radius),
        columns: [vec![0; width + 2 * radius], vec![0; width + 2 * radius]],
        dx: Ring::new(2, width),
        dy: Ring::new(2, width),
        sizes: Ring::new(3, width + 2),
        marks: vec![0; 64 * words],
    };
    let gray = Gray::new(view);
    let (top, bottom) = (i64::from(rows.start), i64::from(rows.end));
    let limits = (M::clamped(settings.low), M::clamped(settings.high));
    let reach = radius as i64;
    for y in top - 1 - reach..=bottom + reach {
        let source = Border::Replicate.index(y, view.height()).expect("the picture has rows");
        let row = held.gray.row_mut(y);
        gray.row(settings.isa, source, &mut row[radius..radius + width]);
        let (first, last) = (row[radius], row[radius + width - 1]);
        row[..radius].fill(first);
        row[radius + width..].fill(last);
        let at = y - reach;
        if at < top - 1 {
            continue;
        }
        held.gradient(settings, at, i64::from(view.height()));
        if at > top {
            let offset = (at - 1 - top) as usize * words;
            held.thin(settings.isa, at - 1, limits);
            let (maybe, edges) = (&mut maybe[offset..][..words], &mut edges[offset..][..words]);
            super::bits::gather(settings.isa, &held.marks, maybe, edges);
        }
    }
}

impl<M: Magnitude> Rows<M> {
    /// Derivatives and sizes of row `y`; outside of the picture the size is 0.
    fn gradient(&mut self, settings: Settings, y: i64, height: i64) {
        let width = self.dx.row(y).len();
        let sizes = &mut self.sizes.row_mut(y)[1..=width];
        if !(0..height).contains(&y) {
            return sizes.fill(M::default());
        }
        let (gray, dx, dy) = (&self.gray, self.dx.row_mut(y), self.dy.row_mut(y));
        let [sums, differences] = &mut self.columns;
        if settings.aperture == 3 {
            return sobel3(settings.isa, gray.rows(y - 1), sums, differences, dx, dy, sizes);
        }
        let taps = [Taps::new(1, settings.aperture), Taps::new(0, settings.aperture)];
        let finish = if settings.aperture == 7 {
            Finish::Scaled { scale: 1.0 / 16.0, delta: 0.0 }
        } else {
            Finish::Plain
        };
        let shape = (1, settings.aperture as usize / 2);
        derivative(settings.isa, gray, y, &taps, shape, finish, sums, dx);
        derivative(settings.isa, gray, y, &[taps[1], taps[0]], shape, finish, sums, dy);
        magnitudes(settings.isa, dx, dy, sizes);
    }

    fn thin(&mut self, isa: Isa, y: i64, limits: (M, M)) {
        let (dx, dy, sizes) = (self.dx.row(y), self.dy.row(y), self.sizes.rows(y - 1));
        let marks = &mut self.marks[..dx.len()];
        thin(isa, dx, dy, sizes, limits, marks);
    }
}
