//! Where each output pixel is taken from, along one axis. The numbers are those of OpenCV's `resize`.

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
    fn new(source: u32, target: u32, centre: Centre) -> Self {
        // OpenCV inverts the inverse, which is not always the quotient.
        let inverse = f64::from(target) / f64::from(source);
        let scale = 1.0 / inverse;
        let mut taps = Self { first: Vec::new(), weights: Vec::new() };
        for at in 0..target {
            let (first, part) = match centre {
                Centre::Middle => {
                    let centre = ((f64::from(at) + 0.5) * scale - 0.5) as f32;
                    (centre.floor() as i32, centre - centre.floor())
                }
                Centre::Extent => {
                    let first = (f64::from(at) * scale).floor();
                    let part = (f64::from(at + 1) - (first + 1.0) * inverse) as f32;
                    (first as i32, if part <= 0.0 { 0.0 } else { part - part.floor() })
                }
            };
            taps.push(first, part);
        }
        taps
    }

    fn push(&mut self, first: i32, part: f32) {
        let weight = |part: f32| (part * f32::from(ONE)).round_ties_even() as i16;
        self.first.push(first);
        self.weights.push([weight(1.0 - part), weight(part)]);
    }

    /// Taps along a row: the two pixels lie in the row wherever it has two.
    pub(crate) fn columns(source: u32, target: u32, centre: Centre) -> Self {
        let mut taps = Self::new(source, target, centre);
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
    pub(crate) fn rows(source: u32, target: u32, centre: Centre) -> Self {
        Self::new(source, target, centre)
    }

    /// The two input rows of output row `at`, of `source` rows.
    pub(crate) fn pair(&self, at: usize, source: u32) -> [u32; 2] {
        let last = source as i32 - 1;
        [self.first[at].clamp(0, last) as u32, (self.first[at] + 1).clamp(0, last) as u32]
    }
}
