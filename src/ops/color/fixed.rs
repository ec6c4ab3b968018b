use crate::frame::{ColorRange, Colorimetry};

/// Fractional bits of the 16-bit sums.
pub(super) const FRACTION: u32 = 6;

/// Y'CbCr to R'G'B' on 16-bit words, six of whose bits are fractional.
///
/// A sample of 8 bits counts as the word with that high byte, so samples of every depth are words from 0 to
/// 65535, of which 32768 is taken. With m(a, k) = (a·k + 2¹⁴) >> 15:
/// R = m(Y, y) + base + m(V, rv), G = m(Y, y) + base + m(U, gu) + m(V, gv), B = m(Y, y) + base + m(U, bu),
/// each then shifted down by 6 and clamped. `base` holds black and the one half that rounds.
///
/// Each product and each factor is off by at most 1/128 of a level, so a channel by at most 0.06 before it
/// is rounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct YuvToRgb {
    pub(super) y: i16,
    pub(super) base: i16,
    pub(super) rv: i16,
    pub(super) gu: i16,
    pub(super) gv: i16,
    pub(super) bu: i16,
}

impl YuvToRgb {
    /// For samples of `bits` bits, 8 or more.
    pub(super) fn new(colorimetry: Colorimetry, bits: u32) -> Self {
        let (kr, kb) = colorimetry.matrix.kr_kb();
        let kg = 1.0 - kr - kb;
        // 8-bit levels per level of the word, and the word of black. Limited range scales by powers of
        // two with the depth, full range by its largest value (ITU-R BT.2100-2, table 9).
        let (luma, chroma, black) = match colorimetry.range {
            ColorRange::Limited => (255.0 / 219.0 / 256.0, 255.0 / 224.0 / 256.0, 4096.0),
            ColorRange::Full => {
                let largest = ((1u32 << bits) - 1) << (16 - bits);
                (255.0 / f64::from(largest), 255.0 / f64::from(largest), 0.0)
            }
        };
        let one = f64::from(1u32 << FRACTION);
        let factor = |v: f64| (v * one * 32768.0).round() as i16;
        Self {
            y: factor(luma),
            base: ((luma * (32768.0 - black) + 0.5) * one).round() as i16,
            rv: factor(2.0 * (1.0 - kr) * chroma),
            gu: factor(-2.0 * (1.0 - kb) * kb / kg * chroma),
            gv: factor(-2.0 * (1.0 - kr) * kr / kg * chroma),
            bu: factor(2.0 * (1.0 - kb) * chroma),
        }
    }
}

/// Fractional bits of [`RgbToYuv`].
pub(super) const YUV_FRACTION: u32 = 15;

/// R'G'B' bytes to Y'CbCr samples: a row of factors each, with [`YUV_FRACTION`] fractional bits, and what
/// black and no colour are. Four pixels of 12 bits still fit 32 bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct RgbToYuv {
    pub(super) factors: [[i32; 3]; 3],
    pub(super) zero: [i32; 3],
    /// The largest sample.
    pub(super) most: i32,
}

impl RgbToYuv {
    /// For samples of `bits` bits, 8 or more.
    pub(super) fn new(colorimetry: Colorimetry, bits: u32) -> Self {
        let (kr, kb) = colorimetry.matrix.kr_kb();
        let kg = 1.0 - kr - kb;
        let depth = f64::from(1u32 << (bits - 8));
        let most = (1i32 << bits) - 1;
        let (luma, chroma, black) = match colorimetry.range {
            ColorRange::Limited => (219.0 * depth, 224.0 * depth, 16.0 * depth),
            ColorRange::Full => (f64::from(most), f64::from(most), 0.0),
        };
        let one = f64::from(1u32 << YUV_FRACTION);
        let row = |weights: [f64; 3], scale: f64| weights.map(|w| (w * scale / 255.0 * one).round() as i32);
        let (cb, cr) = (2.0 * (1.0 - kb), 2.0 * (1.0 - kr));
        Self {
            factors: [
                row([kr, kg, kb], luma),
                row([-kr / cb, -kg / cb, (1.0 - kb) / cb], chroma),
                row([(1.0 - kr) / cr, -kg / cr, -kb / cr], chroma),
            ],
            zero: [black, 128.0 * depth, 128.0 * depth].map(|v| (v * one) as i32),
            most,
        }
    }
}
