//! Hue, saturation, value in bytes, as OpenCV has them.

use std::sync::LazyLock;

/// Fractional bits of the reciprocals.
const BITS: u32 = 12;
const HALF: i32 = 1 << (BITS - 1);

/// Rounded 2^12 times 255 / i, and 180 / (6 i), which is 30 / i; 0 for 0.
struct Reciprocals {
    saturation: [i32; 256],
    hue: [i32; 256],
}

static RECIPROCALS: LazyLock<Reciprocals> = LazyLock::new(|| {
    let over = |scale: f64| {
        std::array::from_fn(|i| match i {
            0 => 0,
            i => (f64::from(1u32 << BITS) * scale / i as f64).round_ties_even() as i32,
        })
    };
    Reciprocals { saturation: over(255.0), hue: over(30.0) }
});

/// Red, green, blue bytes to hue (0 to 179, in steps of 2 degrees), saturation and value bytes.
pub(super) fn hsv_row(rgb: &[u8], dst: &mut [u8]) {
    let table = &*RECIPROCALS;
    for (rgb, dst) in rgb.as_chunks::<3>().0.iter().zip(dst.as_chunks_mut::<3>().0) {
        let [r, g, b] = rgb.map(i32::from);
        let value = r.max(g).max(b);
        let spread = value - r.min(g).min(b);
        let turn = match value {
            _ if value == r => g - b,
            _ if value == g => b - r + 2 * spread,
            _ => r - g + 4 * spread,
        };
        let hue = (turn * table.hue[spread as usize] + HALF) >> BITS;
        let hue = if hue < 0 { hue + 180 } else { hue };
        let saturation = (spread * table.saturation[value as usize] + HALF) >> BITS;
        *dst = [hue as u8, saturation as u8, value as u8];
    }
}

/// The way back, exact up to rounding; hues from 180 on go round again.
pub(super) fn rgb_row(hsv: &[u8], dst: &mut [u8]) {
    for (hsv, dst) in hsv.as_chunks::<3>().0.iter().zip(dst.as_chunks_mut::<3>().0) {
        let [h, s, v] = hsv.map(i32::from);
        // In sixths of the circle: 30 steps each. v · (1 - s · f) with f in 30ths and s in 255ths.
        let (sector, f) = ((h / 30) % 6, h % 30);
        let mix = |part: i32| {
            let whole = 255 * 30;
            ((v * (whole - s * part) + whole / 2) / whole) as u8
        };
        let (v, low, falling, rising) = (v as u8, mix(30), mix(f), mix(30 - f));
        *dst = match sector {
            0 => [v, rising, low],
            1 => [falling, v, low],
            2 => [low, v, rising],
            3 => [low, falling, v],
            4 => [rising, low, v],
            _ => [v, low, falling],
        };
    }
}
