//! What a target looks like: colour histograms of four horizontal stripes.
//!
//! |           | layout                     | element | shape        | pitch (bytes) |
//! |-----------|----------------------------|---------|--------------|---------------|
//! | `crop`    | any [`PixelFormat`]        | `u8`    | `(h, w)`     | any           |
//! | result    | stripe by stripe           | `f32`   | `(160,)`     | packed        |
//!
//! Head, torso, thighs and shins of a standing person fall into one stripe each, so clothes are told
//! apart without a neural network. Per stripe there are 8×4 bins of hue and saturation and 8 bins of
//! brightness; brightness separates the black coat from the grey one where hue means nothing.
//!
//! A [`descriptor`](striped_hsv) holds the square roots of the shares of [`describe_rgb`]: its length is 1, and
//! the [`cosine_distance`] of two of them is 1 − the Bhattacharyya coefficient of the histograms.
//!
//! Backends and parity: one, on every processor; hue, saturation and brightness are counted in integers.
//!
//! [`PixelFormat`]: crate::frame::PixelFormat
//!
//! Source: A. Bhattacharyya, "On a measure of divergence between two statistical populations", 1943; hue and
//! saturation by the hexcone model of A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978.

use crate::frame::FrameView;
use crate::ops::color;

const STRIPES: usize = 4;
const HUES: usize = 8;
const SATURATIONS: usize = 4;
const BRIGHTNESSES: usize = 8;
const STRIPE_LEN: usize = HUES * SATURATIONS + BRIGHTNESSES;

/// Length of a descriptor.
pub const DESCRIPTOR_LEN: usize = STRIPES * STRIPE_LEN;

/// Smallest crop that is described, in pixels.
const LEAST: (usize, usize) = (4, 8);
/// Share of the width left out at either side, which is mostly background.
const SIDE: f64 = 0.2;

/// The shares of colours in a crop of a whole target; their sum is 1.
///
/// `pixels` starts at the crop's first pixel; its rows are `pitch` bytes apart and hold `width` pixels of
/// `channels` bytes (3 or 4), red first. The outer fifth at either side is left out. None if the crop is
/// smaller than 4×8 pixels, or if `channels`, `pitch` and the length of `pixels` do not fit together.
///
/// ```
/// use dsframe::ops::descriptor::{DESCRIPTOR_LEN, describe_rgb};
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

/// Describes the colours of a crop of a whole target, as a vector of length 1 for [`cosine_distance`].
///
/// The outer fifth at either side is left out. `None` if the crop is smaller than 4×8 pixels.
///
/// # Example
/// ```
/// use dsframe::frame::{Colorimetry, FrameView, PixelFormat};
/// use dsframe::ops::descriptor::{cosine_distance, striped_hsv};
/// let dressed = |color: [u8; 3]| color.repeat(16 * 40);
/// let describe = |pixels: &[u8]| {
///     let planes = [(pixels, 16 * 3)];
///     let crop = FrameView::new(PixelFormat::Rgb, 16, 40, &planes, Colorimetry::default()).unwrap();
///     striped_hsv(&crop).unwrap()
/// };
/// let colors = [[200, 10, 10], [202, 11, 10], [10, 10, 200]];
/// let [red, alike, blue] = colors.map(|color| describe(&dressed(color)));
/// assert!(cosine_distance(&red, &alike) < 0.1);
/// assert!(cosine_distance(&red, &blue) > cosine_distance(&red, &alike));
/// ```
#[must_use]
pub fn striped_hsv(crop: &FrameView<'_>) -> Option<[f32; DESCRIPTOR_LEN]> {
    let rgb = color::to_rgb(crop);
    let plane = rgb.view().plane(0);
    let shares =
        describe_rgb(plane.data(), plane.width() as usize, plane.height() as usize, 3, plane.pitch())?;
    Some(shares.map(f32::sqrt))
}

/// 1 − the cosine of the angle between two vectors: 0 for one direction, 1 for a right angle, 2 for opposite ones.
///
/// Works on embeddings of any kind, of any length and not only of length 1. 1 (nothing in common) where lengths differ,
/// or one vector is zero or holds what is not finite.
///
/// ```
/// use dsframe::ops::descriptor::cosine_distance;
/// assert_eq!(cosine_distance(&[3.0, 0.0], &[1.0, 0.0]), 0.0);
/// assert_eq!(cosine_distance(&[3.0, 0.0], &[0.0, 1.0]), 1.0);
/// assert_eq!(cosine_distance(&[3.0, 0.0], &[0.0, 0.0]), 1.0);
/// ```
#[must_use]
pub fn cosine_distance(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return 1.0;
    }
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum::<f64>();
    let norms = dot(a, a) * dot(b, b);
    let cosine = dot(a, b) / norms.sqrt();
    if norms > 0.0 && cosine.is_finite() { (1.0 - cosine).clamp(0.0, 2.0) as f32 } else { 1.0 }
}

#[cfg(test)]
mod tests;
