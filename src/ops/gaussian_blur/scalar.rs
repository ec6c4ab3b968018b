use std::ops::Range;

use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::pad_row;

use super::Plan;

/// Rows `rows` of `window`: all of them filtered across into 8.8 fixed point, then down into bytes.
pub(super) fn strip(plan: &Plan, src: View<'_>, window: Rect, rows: Range<u32>, mut dst: ViewMut<'_>) {
    let (channels, width) = (src.channels(), window.width as usize * src.channels());
    let (rx, ry) = (plan.kx.len() / 2, plan.ky.len() / 2);
    let first = i64::from(window.x) - rx as i64;
    let columns = first..i64::from(window.right()) + rx as i64;
    let mut padded = vec![0; width + 2 * rx * channels];
    let mut across = Vec::with_capacity((rows.len() + 2 * ry) * width);
    let top = i64::from(window.y + rows.start) - ry as i64;
    for y in top..i64::from(window.y + rows.end) + ry as i64 {
        let row = plan.border.index(y, src.height()).map(|y| src.row(y));
        pad_row(row, channels, columns.clone(), plan.border, &mut padded);
        across.extend((0..width).map(|i| {
            let taps = plan.kx.iter().zip(padded[i..].iter().step_by(channels));
            taps.map(|(&k, &p)| k as u16 * u16::from(p)).sum::<u16>()
        }));
    }
    for y in 0..rows.len() {
        for (i, out) in dst.row_mut(y as u32).iter_mut().enumerate() {
            let column = across[y * width + i..].iter().step_by(width);
            let sum: u32 = plan.ky.iter().zip(column).map(|(&k, &v)| k as u32 * u32::from(v)).sum();
            *out = ((sum + (1 << 15)) >> 16) as u8;
        }
    }
}
