use crate::frame::{Color, Colorimetry, MAX_PLANES, PixelFormat};
use crate::ops::draw::yuv_from_rgb;

/// The bytes of a pixel of each plane in this colour. Alpha and unused bytes are 255, whatever the colour's opacity.
pub(crate) fn samples(format: PixelFormat, colorimetry: Colorimetry, color: Color) -> [[u8; 4]; MAX_PLANES] {
    let [r, g, b, _] = color.to_u8();
    let mut samples = [[255; 4]; MAX_PLANES];
    if let Some(offsets) = format.rgb_offsets() {
        for (offset, value) in offsets.into_iter().zip([r, g, b]) {
            samples[0][offset] = value;
        }
        return samples;
    }
    let [y, u, v] = yuv_from_rgb([r, g, b], colorimetry);
    let (first, second) =
        if matches!(format, PixelFormat::Nv21 | PixelFormat::Yv12) { (v, u) } else { (u, v) };
    if format.bits() > 8 {
        // Little-endian words whose high byte is the sample's 8-bit value.
        samples[0] = [0, y, 0, y];
        samples[1] = [0, first, 0, second];
        return samples;
    }
    samples[0][0] = y;
    samples[1][..2].copy_from_slice(&[first, second]);
    samples[2][0] = second;
    samples
}

/// How often the width and the height are halved to get to the size of `plane`, each 0 or 1.
pub(crate) fn chroma_shift(format: PixelFormat, plane: usize) -> (u32, u32) {
    format.chroma_shift().filter(|_| plane > 0).unwrap_or_default()
}
