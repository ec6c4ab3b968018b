use serde::{Deserialize, Serialize};

/// A colour with opacity, each component 0.0 to 1.0, not multiplied by alpha.
///
/// What lies outside 0 to 1 is clamped when it is drawn, NaN counts as 0. (DeepStream's OSD casts
/// `component * 255` to a byte and lets it wrap; that is not imitated.)
///
/// ```
/// use dsframe::frame::Color;
/// assert_eq!(Color::rgb(1.0, 0.0, 0.0), Color::RED);
/// assert_eq!(Color::from_u8([0, 0, 0, 255]), Color::BLACK);
/// assert_eq!(Color::BLACK.with_alpha(0.5).a, 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Color {
    /// Red.
    pub r: f32,
    /// Green.
    pub g: f32,
    /// Blue.
    pub b: f32,
    /// Opacity: 0 is invisible, 1 hides what is below.
    pub a: f32,
}

impl Color {
    /// Invisible.
    pub const TRANSPARENT: Self = Self::rgba(0.0, 0.0, 0.0, 0.0);
    /// Black.
    pub const BLACK: Self = Self::rgb(0.0, 0.0, 0.0);
    /// White.
    pub const WHITE: Self = Self::rgb(1.0, 1.0, 1.0);
    /// Mid grey.
    pub const GRAY: Self = Self::rgb(0.5, 0.5, 0.5);
    /// Red.
    pub const RED: Self = Self::rgb(1.0, 0.0, 0.0);
    /// Green, full strength.
    pub const GREEN: Self = Self::rgb(0.0, 1.0, 0.0);
    /// Blue.
    pub const BLUE: Self = Self::rgb(0.0, 0.0, 1.0);
    /// Yellow.
    pub const YELLOW: Self = Self::rgb(1.0, 1.0, 0.0);
    /// Cyan.
    pub const CYAN: Self = Self::rgb(0.0, 1.0, 1.0);
    /// Magenta.
    pub const MAGENTA: Self = Self::rgb(1.0, 0.0, 1.0);
    /// Orange.
    pub const ORANGE: Self = Self::rgb(1.0, 0.5, 0.0);

    /// An opaque colour.
    #[must_use]
    pub const fn rgb(r: f32, g: f32, b: f32) -> Self {
        Self { r, g, b, a: 1.0 }
    }

    /// A colour with opacity.
    #[must_use]
    pub const fn rgba(r: f32, g: f32, b: f32, a: f32) -> Self {
        Self { r, g, b, a }
    }

    /// From bytes in the order red, green, blue, alpha.
    #[must_use]
    pub fn from_u8([r, g, b, a]: [u8; 4]) -> Self {
        let unit = |v: u8| f32::from(v) / 255.0;
        Self::rgba(unit(r), unit(g), unit(b), unit(a))
    }

    /// To bytes in the order red, green, blue, alpha: clamped and rounded.
    #[must_use]
    pub fn to_u8(self) -> [u8; 4] {
        // A float to integer cast saturates and takes NaN to 0.
        [self.r, self.g, self.b, self.a].map(|v| (v * 255.0 + 0.5) as u8)
    }

    /// The same colour with another opacity.
    #[must_use]
    pub const fn with_alpha(self, a: f32) -> Self {
        Self { a, ..self }
    }

    /// The colour of track or class number `index`: always the same one for the same number, bright
    /// enough to be seen on video, neighbours far apart in hue, the first twenty all distinct.
    ///
    /// ```
    /// use dsframe::frame::Color;
    /// assert_eq!(Color::palette(7), Color::palette(7));
    /// assert_ne!(Color::palette(7), Color::palette(8));
    /// ```
    #[must_use]
    pub fn palette(index: u64) -> Self {
        // Multiples of the golden ratio spread evenly over the circle, whatever the count.
        let hue = (index.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f32 / (1u32 << 24) as f32;
        let (saturation, value) = [(0.9, 1.0), (0.5, 1.0), (0.85, 0.75)][(index % 3) as usize];
        Self::from_hsv(hue, saturation, value)
    }

    fn from_hsv(hue: f32, saturation: f32, value: f32) -> Self {
        let channel = |n: f32| {
            let k = (n + hue * 6.0) % 6.0;
            value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0)
        };
        Self::rgb(channel(5.0), channel(3.0), channel(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_clamped_and_nan_is_zero() {
        assert_eq!(Color::rgba(-3.0, 7.0, f32::NAN, f32::INFINITY).to_u8(), [0, 255, 0, 255]);
        assert_eq!(Color::GRAY.to_u8(), [128, 128, 128, 255]);
    }

    #[test]
    fn hues_are_where_they_should_be() {
        assert_eq!(Color::from_hsv(0.0, 1.0, 1.0), Color::RED);
        assert_eq!(Color::from_hsv(1.0 / 3.0, 1.0, 1.0).to_u8(), Color::GREEN.to_u8());
        assert_eq!(Color::from_hsv(2.0 / 3.0, 1.0, 1.0).to_u8(), Color::BLUE.to_u8());
    }

    #[test]
    fn the_first_twenty_palette_colours_are_far_apart() {
        for i in 0..20u64 {
            for k in i + 1..20 {
                let (a, b) = (Color::palette(i).to_u8(), Color::palette(k).to_u8());
                let distance: u32 = a.iter().zip(b).map(|(&a, b)| u32::from(a.abs_diff(b))).sum();
                assert!(distance >= 45, "{i} {a:?} and {k} {b:?} are {distance} apart");
            }
            assert!(Color::palette(i).to_u8().iter().max() >= Some(&190));
        }
        assert_ne!(Color::palette(u64::MAX), Color::palette(u64::MAX - 1));
    }
}
