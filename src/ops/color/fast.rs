//! Each row function as the best code for it, then plain code for what that left.

use super::fixed::YuvToRgb;
use super::rows::{Order, PLANES, PackedRow, YuvRow};
use super::{hsv, scalar};
use crate::cpu::Level;
#[cfg(target_arch = "aarch64")]
use crate::cpu::Neon;
#[cfg(target_arch = "x86_64")]
use crate::cpu::{Avx2, Avx512};

#[inline]
pub(super) fn yuv_row<const N: usize>(
    limit: Level,
    row: &YuvRow<'_>,
    yuv: &YuvToRgb,
    blue_first: bool,
    dst: &mut [u8],
) {
    #[allow(unused_mut, reason = "not every processor has more than plain code")]
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit) {
        done = avx512.yuv_row::<N>(row, yuv, blue_first, dst);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.yuv_row::<N>(row, yuv, blue_first, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        done = neon.yuv_row::<N>(*row, yuv, blue_first, dst);
    }
    let _ = limit;
    if done < row.len() {
        scalar::yuv_row::<N>(row.skip(done), yuv, blue_first, &mut dst[done * N..]);
    }
}

/// As [`yuv_row`], red first, to planes that are a third of `dst` each.
#[inline]
pub(super) fn yuv_planes(limit: Level, row: &YuvRow<'_>, yuv: &YuvToRgb, dst: &mut [u8]) {
    #[allow(unused_mut, reason = "not every processor has more than plain code")]
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit) {
        done = avx512.yuv_row::<PLANES>(row, yuv, false, dst);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.yuv_row::<PLANES>(row, yuv, false, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        done = neon.yuv_row::<PLANES>(*row, yuv, false, dst);
    }
    let _ = limit;
    if done < row.len() {
        scalar::yuv_planes(row.skip(done), yuv, done, dst);
    }
}

/// As [`yuv_planes`], two rows that share their chroma: a row, and the luma of the next one.
#[inline]
pub(super) fn yuv_two_rows(
    limit: Level,
    (row, below): (&YuvRow<'_>, &[u8]),
    yuv: &YuvToRgb,
    dst: [&mut [u8]; 2],
) {
    let [dst_above, dst_below] = dst;
    #[allow(unused_mut, reason = "not every processor has this")]
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit) {
        done = avx512.two_rows((row, below), yuv, [dst_above, dst_below]);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.two_rows((row, below), yuv, [dst_above, dst_below]);
    }
    if done == 0 {
        yuv_planes(limit, row, yuv, dst_above);
        yuv_planes(limit, &YuvRow { luma: below, ..*row }, yuv, dst_below);
    } else if done < row.len() {
        scalar::yuv_planes(row.skip(done), yuv, done, dst_above);
        scalar::yuv_planes(YuvRow { luma: below, ..*row }.skip(done), yuv, done, dst_below);
    }
}

/// Packed pixels to planes that are a third of `dst` each.
#[inline]
pub(super) fn split_row(limit: Level, row: &PackedRow<'_>, dst: &mut [u8]) {
    #[allow(unused_mut, reason = "not every processor has more than plain code")]
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit) {
        done = avx512.split_row(row, dst);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.split_row(row, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        done = neon.split_row(*row, dst);
    }
    let _ = limit;
    if done * row.size < row.bytes.len() {
        scalar::split_row(row.skip(done), done, dst);
    }
}

pub(super) fn reorder_row<const N: usize>(
    limit: Level,
    row: PackedRow<'_>,
    order: &Order<N>,
    dst: &mut [u8],
) {
    #[allow(unused_mut, reason = "not every processor has more than plain code")]
    let mut done = 0;
    // To 3 bytes, whole vectors would overlap at every store; AVX2 fills them.
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit).filter(|_| N == 4) {
        done = avx512.reorder_row::<N>(row, order, dst);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.reorder_row::<N>(row, order, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        done = neon.reorder_row::<N>(row, order, dst);
    }
    let _ = limit;
    scalar::reorder_row::<N>(row.skip(done), order, &mut dst[done * N..]);
}

pub(super) fn gray_row(limit: Level, row: PackedRow<'_>, dst: &mut [u8]) {
    #[allow(unused_mut, reason = "not every processor has more than plain code")]
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = Avx512::at(limit) {
        done = avx512.gray_row(row, dst);
    }
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit).filter(|_| done == 0) {
        done = avx2.gray_row(row, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        done = neon.gray_row(row, dst);
    }
    let _ = limit;
    scalar::gray_row(row.skip(done), &mut dst[done..]);
}

pub(super) fn spread_row<const N: usize>(limit: Level, row: &[u8], dst: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit) {
        return avx2.spread_row::<N>(row, dst);
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(neon) = Neon::at(limit) {
        let done = neon.spread_row::<N>(row, dst);
        return scalar::spread_row::<N>(&row[done..], &mut dst[N * done..]);
    }
    let _ = limit;
    scalar::spread_row::<N>(row, dst);
}

pub(super) fn stretch_row(limit: Level, row: &[u8], dst: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit) {
        return avx2.stretch_row(row, dst);
    }
    let _ = limit;
    scalar::stretch_row(row, dst);
}

pub(super) fn wide_luma_row(limit: Level, row: &[u8], yuv: &YuvToRgb, dst: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit) {
        return avx2.wide_luma_row(row, yuv, dst);
    }
    let _ = limit;
    scalar::wide_luma_row(row, yuv, dst);
}

pub(super) fn hsv_row(limit: Level, pixels: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::at(limit) {
        return avx2.hsv_row(pixels);
    }
    let _ = limit;
    hsv::hsv_row(pixels);
}
