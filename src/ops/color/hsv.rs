//! Hue, saturation, value in bytes, as OpenCV has them.

/// Fractional bits of the reciprocals.
const BITS: u32 = 12;
const HALF: i32 = 1 << (BITS - 1);

/// 2^12 times `scale` / `by`, rounded, 0 for 0. Single precision gives the nearest whole number for every `by`
/// up to 255 and the two scales used, 255 and 30.
#[inline(always)]
fn reciprocal(scale: i32, by: i32) -> i32 {
    // Adding and taking away 1.5 · 2^23 rounds to even; all is far below 2^22.
    const ROUND: f32 = 12_582_912.0;
    let quotient = (scale << BITS) as f32 / by.max(1) as f32;
    let bits = (quotient + ROUND).to_bits() as i32 - ROUND.to_bits() as i32;
    if by == 0 { 0 } else { bits }
}

/// Red, green, blue and a fourth byte to hue (0 to 179, in steps of 2 degrees), saturation, value and 0, in place.
#[inline(always)]
pub(super) fn hsv_row(pixels: &mut [u8]) {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let word = u32::from_le_bytes(*pixel) as i32;
        let (r, g, b) = (word & 255, word >> 8 & 255, word >> 16 & 255);
        let value = r.max(g).max(b);
        let spread = value - r.min(g).min(b);
        let turn = if value == g { b - r + 2 * spread } else { r - g + 4 * spread };
        let turn = if value == r { g - b } else { turn };
        let hue = (turn * reciprocal(30, spread) + HALF) >> BITS;
        let hue = if hue < 0 { hue + 180 } else { hue };
        let saturation = (spread * reciprocal(255, value) + HALF) >> BITS;
        *pixel = ((hue | saturation << 8 | value << 16) as u32).to_le_bytes();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_precision_is_enough_for_every_reciprocal() {
        for (scale, by) in [255, 30].into_iter().flat_map(|scale| (1..256).map(move |by| (scale, by))) {
            let exact = (f64::from(scale << BITS) / f64::from(by)).round_ties_even();
            assert_eq!(f64::from(reciprocal(scale, by)), exact, "{scale} / {by}");
        }
        assert_eq!(reciprocal(255, 0), 0);
    }
}
