use crate::error::{Error, Result};

/// Weights of a derivative of `order` (0 smooths), in a window of 1, 3, 5 or 7.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taps {
    pub(crate) len: usize,
    weights: [i16; 7],
}

impl Taps {
    /// The binomial weights, convolved `order` times with the difference [-1, 1]; OpenCV's `getDerivKernels`.
    pub(crate) fn new(order: u32, ksize: u32) -> Self {
        // In a window of one, a derivative still takes three.
        let len = if ksize == 1 && order > 0 { 3 } else { ksize as usize };
        let mut weights = [0i16; 7];
        weights[0] = 1;
        for step in 1..len {
            let sign = if step + (order as usize) < len { 1 } else { -1 };
            for i in (0..=step).rev() {
                let before = if i == 0 { 0 } else { weights[i - 1] };
                weights[i] = before + sign * weights[i];
            }
        }
        Self { len, weights }
    }

    /// Whether sums of bytes under these weights, across and down, fit 16 bits whatever the bytes are.
    pub(crate) fn fit([across, down]: &[Self; 2]) -> bool {
        // What is added and what is taken away at most; the signs of both sides meet.
        let parts = |taps: &Self| {
            let sum = |sign: i32| taps.weights.iter().map(|&w| (sign * i32::from(w)).max(0)).sum::<i32>();
            [sum(1), sum(-1)]
        };
        let ([a, b], [c, d]) = (parts(across), parts(down));
        255 * (a * c + b * d).max(a * d + b * c) <= 32767
    }

    /// Whether the weights change sign where they are mirrored; else they stay as they are.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn odd(&self) -> bool {
        self.weights[0] == -self.weights[self.len - 1]
    }

    #[cfg(test)]
    pub(crate) fn weights(&self) -> &[i16] {
        &self.weights[..self.len]
    }

    pub(crate) fn array<const N: usize>(&self) -> [i16; N] {
        std::array::from_fn(|i| self.weights[i])
    }
}

/// The weights across and down.
pub(super) fn taps(dx: u32, dy: u32, ksize: u32) -> Result<[Taps; 2]> {
    if !matches!(ksize, 1 | 3 | 5 | 7) {
        return Err(Error::invalid(format!("ksize is {ksize}, it must be 1, 3, 5 or 7")));
    }
    let most = ksize.max(3) - 1;
    if dx + dy == 0 || dx > most || dy > most {
        return Err(Error::invalid(format!(
            "dx is {dx} and dy is {dy}; one must be above 0, and neither above {most} for ksize {ksize}"
        )));
    }
    Ok([Taps::new(dx, ksize), Taps::new(dy, ksize)])
}
