//! Plain code that the compiler vectorises well once it may use AVX2.

use crate::cpu::Avx2;

use super::super::fixed::YuvToRgb;
use super::super::{hsv, scalar};

impl Avx2 {
    pub(in super::super) fn spread_row<const N: usize>(self, row: &[u8], dst: &mut [u8]) {
        // SAFETY: the token exists only where AVX2 was detected.
        unsafe { spread_row::<N>(row, dst) }
    }

    pub(in super::super) fn stretch_row(self, row: &[u8], dst: &mut [u8]) {
        // SAFETY: as above.
        unsafe { stretch_row(row, dst) }
    }

    pub(in super::super) fn hsv_row(self, pixels: &mut [u8]) {
        // SAFETY: as above.
        unsafe { hsv_row(pixels) }
    }

    pub(in super::super) fn wide_luma_row(self, row: &[u8], yuv: &YuvToRgb, dst: &mut [u8]) {
        // SAFETY: as above.
        unsafe { wide_luma_row(row, yuv, dst) }
    }
}

#[target_feature(enable = "avx2")]
fn spread_row<const N: usize>(row: &[u8], dst: &mut [u8]) {
    scalar::spread_row::<N>(row, dst);
}

#[target_feature(enable = "avx2")]
fn stretch_row(row: &[u8], dst: &mut [u8]) {
    scalar::stretch_row(row, dst);
}

#[target_feature(enable = "avx2")]
fn hsv_row(pixels: &mut [u8]) {
    hsv::hsv_row(pixels);
}

#[target_feature(enable = "avx2")]
fn wide_luma_row(row: &[u8], yuv: &YuvToRgb, dst: &mut [u8]) {
    scalar::wide_luma_row(row, yuv, dst);
}
