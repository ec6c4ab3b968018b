use crate::frame::{ColorRange, Colorimetry};

/// Fractional bits of the YUV coefficients: the most with which all of them fit 16 bits signed.
pub(super) const BITS: u32 = 13;

/// R = y·(Y - offset) + rv·V', G = y·(Y - offset) + gu·U' + gv·V', B = y·(Y - offset) + bu·U', where
/// U' and V' are the chroma bytes less 128.
#[derive(Debug, Clone, Copy)]
pub(super) struct YuvToRgb {
    pub(super) offset: i16,
    pub(super) y: i16,
    pub(super) rv: i16,
    pub(super) gu: i16,
    pub(super) gv: i16,
    pub(super) bu: i16,
}

impl YuvToRgb {
    pub(super) fn new(colorimetry: Colorimetry) -> Self {
        let (kr, kb) = colorimetry.matrix.kr_kb();
        let kg = 1.0 - kr - kb;
        let (luma, chroma, offset) = match colorimetry.range {
            ColorRange::Limited => (255.0 / 219.0, 255.0 / 224.0, 16),
            ColorRange::Full => (1.0, 1.0, 0),
        };
        let fixed = |v: f64| (v * f64::from(1u32 << BITS)).round() as i16;
        Self {
            offset,
            y: fixed(luma),
            rv: fixed(2.0 * (1.0 - kr) * chroma),
            gu: fixed(-2.0 * (1.0 - kb) * kb / kg * chroma),
            gv: fixed(-2.0 * (1.0 - kr) * kr / kg * chroma),
            bu: fixed(2.0 * (1.0 - kb) * chroma),
        }
    }
}

/// Luma bytes of `range` as 0 to 255, rounded to nearest.
pub(super) fn full_range_luma(range: ColorRange) -> [u8; 256] {
    std::array::from_fn(|y| match range {
        ColorRange::Full => y as u8,
        ColorRange::Limited => (((y as i32 - 16) * 510 + 219).div_euclid(438)).clamp(0, 255) as u8,
    })
}
