//! Pictures for the filters' tests.

use crate::frame::{Rect, View, ViewMut};

/// Pseudo-random pixels with bytes between the rows that no operation may touch.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) data: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: usize,
    pub(crate) pitch: usize,
}

/// What lies between the rows.
const PADDING: u8 = 0xA5;

impl Picture {
    pub(crate) fn noise((width, height): (u32, u32), channels: usize, extra: usize) -> Self {
        let mut picture = Self::blank((width, height), channels, extra);
        let mut state = u64::from(width) << 32 | u64::from(height) << 8 | channels as u64;
        for y in 0..height {
            for byte in picture.view_mut().row_mut(y) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Runs of black and white among the noise: sums then reach both ends.
                *byte = match state >> 61 {
                    0 => 0,
                    1 => 255,
                    _ => (state >> 40) as u8,
                };
            }
        }
        picture
    }

    /// Soft shapes with a little noise, as camera pictures have.
    pub(crate) fn shapes((width, height): (u32, u32), channels: usize, extra: usize) -> Self {
        let mut picture = Self::noise((width, height), channels, extra);
        for y in 0..height {
            for (i, byte) in picture.view_mut().row_mut(y).iter_mut().enumerate() {
                let (x, y) = ((i / channels) as f32, y as f32);
                let wave =
                    (x * 0.21 + (i % channels) as f32).sin() * 60.0 + (y * 0.17 + x * 0.05).cos() * 50.0;
                let step = if (x - y).rem_euclid(37.0) < 15.0 { 40.0 } else { 0.0 };
                *byte = (100.0 + wave + step + f32::from(*byte) / 24.0) as u8;
            }
        }
        picture
    }

    pub(crate) fn blank((width, height): (u32, u32), channels: usize, extra: usize) -> Self {
        let pitch = width as usize * channels + extra;
        Self { data: vec![PADDING; pitch * height as usize], width, height, channels, pitch }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(&self.data, self.width, self.height, self.channels, self.pitch).unwrap()
    }

    pub(crate) fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::new(&mut self.data, self.width, self.height, self.channels, self.pitch).unwrap()
    }

    /// The rows one after the other.
    pub(crate) fn packed(&self) -> Vec<u8> {
        self.view().rows().flatten().copied().collect()
    }

    pub(crate) fn crop_packed(&self, rect: Rect) -> Vec<u8> {
        self.view().crop(rect).unwrap().rows().flatten().copied().collect()
    }

    pub(crate) fn padding_is_untouched(&self) -> bool {
        let row = self.width as usize * self.channels;
        self.data
            .chunks(self.pitch.max(1))
            .all(|bytes| bytes[row.min(bytes.len())..].iter().all(|&b| b == PADDING))
    }

    #[cfg(feature = "opencv")]
    pub(crate) fn mat(&self) -> opencv::core::Mat {
        use opencv::prelude::*;
        let depth = opencv::core::CV_MAKETYPE(opencv::core::CV_8U, self.channels as i32);
        let size = (self.height as i32, self.width as i32);
        let mut mat = Mat::new_rows_cols_with_default(size.0, size.1, depth, 0.0.into()).unwrap();
        mat.data_bytes_mut().unwrap().copy_from_slice(&self.packed());
        mat
    }
}

/// Sizes around nothing, one pixel and the vectors' widths.
pub(crate) fn sizes() -> Vec<(u32, u32)> {
    let widths = [1, 2, 3, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129];
    let mut all: Vec<_> = widths.into_iter().map(|w| (w, 1 + w % 7)).collect();
    all.extend([(0, 0), (0, 4), (4, 0), (1, 40), (40, 1), (70, 50)]);
    all
}
