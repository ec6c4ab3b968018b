//! What a target looks like: colour histograms of four horizontal stripes.
//!
//! Head, torso, thighs and shins of a standing person fall into one stripe each, so clothes are told
//! apart without a neural network. Per stripe there are 8×4 bins of hue and saturation and 8 bins of
//! brightness; brightness separates the black coat from the grey one where hue means nothing.

const STRIPES: usize = 4;
const HUES: usize = 8;
const SATURATIONS: usize = 4;
const BRIGHTNESSES: usize = 8;
const STRIPE_LEN: usize = HUES * SATURATIONS + BRIGHTNESSES;

/// Length of a descriptor of [`describe_rgb`].
pub const DESCRIPTOR_LEN: usize = STRIPES * STRIPE_LEN;

/// Smallest crop that is described, in pixels.
const LEAST: (usize, usize) = (4, 8);
/// Share of the width left out at either side, which is mostly background.
const SIDE: f64 = 0.2;
/// Share of the old look that a track keeps with each observation.
const MEMORY: f32 = 0.9;

/// Describes the colours of a crop of a whole target; the sum of the result is 1.
///
/// `pixels` starts at the crop's first pixel; its rows are `pitch` bytes apart and hold `width` pixels of
/// `channels` bytes (3 or 4), red first. The outer fifth at either side is left out. None if the crop is
/// smaller than 4×8 pixels, or if `channels`, `pitch` and the length of `pixels` do not fit together.
///
/// ```
/// use dsframe::elements::nvtracker::{DESCRIPTOR_LEN, describe_rgb};
///
/// let red: Vec<u8> = [200, 10, 10].repeat(16 * 40);
/// let descriptor = describe_rgb(&red, 16, 40, 3, 16 * 3).unwrap();
/// assert_eq!(descriptor.len(), DESCRIPTOR_LEN);
/// assert!((descriptor.iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// assert!(describe_rgb(&red, 2, 2, 3, 48).is_none());
/// ```
#[must_use]
pub fn describe_rgb(
    pixels: &[u8],
    width: usize,
    height: usize,
    channels: usize,
    pitch: usize,
) -> Option<[f32; DESCRIPTOR_LEN]> {
    if width < LEAST.0 || height < LEAST.1 || !(3..=4).contains(&channels) {
        return None;
    }
    let row_len = width.checked_mul(channels)?;
    let needed = pitch.checked_mul(height - 1)?.checked_add(row_len)?;
    if pitch < row_len || pixels.len() < needed {
        return None;
    }
    let side = (width as f64 * SIDE) as usize;
    let mut descriptor = [0.0; DESCRIPTOR_LEN];
    for (stripe, bins) in descriptor.chunks_exact_mut(STRIPE_LEN).enumerate() {
        let (from, to) = (height * stripe / STRIPES, height * (stripe + 1) / STRIPES);
        let each = 1.0 / (2 * STRIPES * (to - from) * (width - 2 * side)) as f32;
        for row in from..to {
            let line = &pixels[row * pitch..][side * channels..(width - side) * channels];
            line.chunks_exact(channels).for_each(|pixel| count(bins, [pixel[0], pixel[1], pixel[2]], each));
        }
    }
    Some(descriptor)
}

fn count(bins: &mut [f32], rgb: [u8; 3], each: f32) {
    let [hue, saturation, brightness] = hsv_bins(rgb);
    bins[hue * SATURATIONS + saturation] += each;
    bins[HUES * SATURATIONS + brightness] += each;
}

/// The bins of hue (hexcone model, full turn), saturation and brightness of a pixel.
fn hsv_bins([red, green, blue]: [u8; 3]) -> [usize; 3] {
    let (r, g, b) = (i32::from(red), i32::from(green), i32::from(blue));
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    let range = high - low;
    let brightness = high as usize * BRIGHTNESSES / 256;
    if range == 0 {
        return [0, 0, brightness];
    }
    // Hue as a fraction num/den of a sixth of a turn, kept in integers so that it has no rounding.
    let sixths = if high == r {
        (g - b).rem_euclid(6 * range)
    } else if high == g {
        b - r + 2 * range
    } else {
        r - g + 4 * range
    };
    let hue = (sixths as usize * HUES / (6 * range) as usize).min(HUES - 1);
    let saturation = (range * 255 / high) as usize * SATURATIONS / 256;
    [hue, saturation, brightness]
}

/// 1 − Bhattacharyya coefficient of two histograms with sum 1: 0 same, 1 nothing in common. None if
/// their lengths differ or there is none, or if they hold something other than shares.
pub(super) fn distance(a: &[f32], b: &[f32]) -> Option<f64> {
    if a.is_empty() || a.len() != b.len() {
        return None;
    }
    let common: f64 = a.iter().zip(b).map(|(&x, &y)| (f64::from(x) * f64::from(y)).sqrt()).sum();
    common.is_finite().then(|| (1.0 - common).clamp(0.0, 1.0))
}

/// Moves `memory` a little towards `latest`, or replaces it if it is of another length.
pub(super) fn blend(memory: &mut Vec<f32>, latest: &[f32]) {
    if memory.len() != latest.len() {
        memory.clear();
        memory.extend_from_slice(latest);
        return;
    }
    memory.iter_mut().zip(latest).for_each(|(old, &new)| *old = MEMORY * *old + (1.0 - MEMORY) * new);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crop with `top` above and `bottom` below the middle.
    fn person(top: [u8; 3], bottom: [u8; 3], width: usize, height: usize) -> Vec<u8> {
        (0..height).flat_map(|y| if y < height / 2 { top } else { bottom }.repeat(width)).collect()
    }

    #[test]
    fn same_clothes_are_near_and_swapped_clothes_far() {
        let (red, blue) = ([180, 20, 30], [20, 30, 120]);
        let describe = |pixels: &[u8], w, h| describe_rgb(pixels, w, h, 3, w * 3).unwrap();
        let a = describe(&person(red, blue, 20, 60), 20, 60);
        let b = describe(&person(red, blue, 31, 83), 31, 83);
        let c = describe(&person(blue, red, 20, 60), 20, 60);
        assert!(distance(&a, &b).unwrap() < 0.05);
        assert!(distance(&a, &c).unwrap() > 0.9);
    }

    #[test]
    fn pitch_and_channels_do_not_matter() {
        let packed: Vec<u8> = (0..20 * 40 * 3).map(|i| (i * 7919 % 251) as u8).collect();
        let mut padded = vec![255; 40 * 100];
        for (row, line) in packed.chunks_exact(60).enumerate() {
            for (x, pixel) in line.chunks_exact(3).enumerate() {
                padded[row * 100 + x * 4..][..3].copy_from_slice(pixel);
            }
        }
        assert_eq!(describe_rgb(&packed, 20, 40, 3, 60), describe_rgb(&padded, 20, 40, 4, 100));
    }

    #[test]
    fn bins_of_known_colours() {
        assert_eq!(hsv_bins([255, 0, 0]), [0, 3, 7]);
        assert_eq!(hsv_bins([0, 255, 0]), [2, 3, 7]);
        assert_eq!(hsv_bins([0, 0, 255]), [5, 3, 7]);
        assert_eq!(hsv_bins([255, 0, 1]), [7, 3, 7]);
        assert_eq!(hsv_bins([128, 128, 128]), [0, 0, 4]);
        assert_eq!(hsv_bins([0, 0, 0]), [0, 0, 0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let pixels = vec![0; 20 * 40 * 3];
        for (width, height, channels, pitch) in [
            (20, 41, 3, 60),
            (20, 40, 3, 59),
            (20, 40, 2, 60),
            (0, 40, 3, 60),
            (20, 0, 3, 60),
            (usize::MAX, 40, 4, 60),
        ] {
            assert_eq!(describe_rgb(&pixels, width, height, channels, pitch), None);
        }
        assert_eq!(distance(&[f32::NAN], &[1.0]), None);
        assert_eq!(distance(&[0.5, 0.5], &[1.0]), None);
    }
}
