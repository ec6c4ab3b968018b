//! The arithmetic of one row: colour over pixels, in integers that round exactly.

/// `v / 255`, rounded to nearest, for `v` up to 255 * 255.
pub(super) const fn div255(v: u16) -> u16 {
    let v = v + 128;
    (v + (v >> 8)) >> 8
}

/// `dst` moved towards `src` by `weight` 255ths, rounded to nearest.
const fn mix(dst: u8, src: u8, weight: u16) -> u8 {
    div255(dst as u16 * (255 - weight) + src as u16 * weight) as u8
}

/// Samples of `N` bytes under one weight. Bytes whose `mask` is 0 stay as they are, others have 255.
pub(super) fn fill<const N: usize>(row: &mut [u8], src: [u8; N], mask: [u16; N], weight: u16) {
    if weight == 0 {
        return;
    }
    let (samples, _) = row.as_chunks_mut::<N>();
    if weight == 255 && mask == [255; N] {
        samples.fill(src);
        return;
    }
    let weights = mask.map(|m| weight & m);
    // Runs of 48 bytes hold whole samples of 1, 2, 3 and 4 bytes and whole SIMD registers.
    let (runs, rest) = row.as_chunks_mut::<48>();
    if !runs.is_empty() {
        let colors: [u8; 48] = std::array::from_fn(|i| src[i % N]);
        let shares: [u16; 48] = std::array::from_fn(|i| weights[i % N]);
        for run in runs {
            for i in 0..48 {
                run[i] = mix(run[i], colors[i], shares[i]);
            }
        }
    }
    let (samples, _) = rest.as_chunks_mut::<N>();
    for sample in samples {
        for i in 0..N {
            sample[i] = mix(sample[i], src[i], weights[i]);
        }
    }
}

/// Samples of `N` bytes, each under its own weight; `mask` as in [`fill`].
pub(super) fn cover<const N: usize>(row: &mut [u8], src: [u8; N], mask: [u16; N], weights: &[u8]) {
    let (samples, _) = row.as_chunks_mut::<N>();
    for (sample, &weight) in samples.iter_mut().zip(weights) {
        for i in 0..N {
            sample[i] = mix(sample[i], src[i], u16::from(weight) & mask[i]);
        }
    }
}

/// As [`cover`] on pixels of 4 bytes. Where `alpha` is the place of one, a pixel that is not opaque gets what
/// [`cover_over`] makes of it.
pub(super) fn cover4(row: &mut [u8], src: [u8; 4], mask: [u16; 4], alpha: Option<usize>, weights: &[u8]) {
    let colors: [u8; 16] = std::array::from_fn(|i| src[i % 4]);
    let masks: [u16; 16] = std::array::from_fn(|i| mask[i % 4]);
    let opaque = u32::from_le_bytes(std::array::from_fn(|i| if alpha == Some(i) { 255 } else { 0 }));
    let (runs, rest) = row.as_chunks_mut::<16>();
    let (fours, last) = weights.split_at(weights.len().min(4 * runs.len()));
    for (run, weights) in runs.iter_mut().zip(fours.as_chunks::<4>().0) {
        if *weights == [0; 4] {
            continue;
        }
        let pixels = run.as_chunks::<4>().0.iter();
        if pixels.fold(opaque, |all, &pixel| all & u32::from_le_bytes(pixel)) == opaque {
            for i in 0..16 {
                run[i] = mix(run[i], colors[i], u16::from(weights[i / 4]) & masks[i]);
            }
        } else {
            cover_over(run, src, alpha.unwrap_or_default(), weights.iter().copied());
        }
    }
    let mask = u32::from_le_bytes(mask.map(|m| m as u8));
    for (pixel, &weight) in rest.as_chunks_mut::<4>().0.iter_mut().zip(last) {
        let dst = u32::from_le_bytes(*pixel);
        if dst & opaque == opaque {
            *pixel = (dst & !mask | mix4(dst, u32::from_le_bytes(src), weight) & mask).to_le_bytes();
        } else if weight != 0 {
            *pixel = over(*pixel, src, alpha.unwrap_or_default(), weight);
        }
    }
}

/// [`mix`] of all four bytes, two at a time in halves of a word.
const fn mix4(dst: u32, src: u32, weight: u8) -> u32 {
    const HALVES: u32 = 0x00FF_00FF;
    const fn pair(dst: u32, src: u32, weight: u32) -> u32 {
        // At most 255 * 255 + 128 + 254 in each half.
        let v = dst * (255 - weight) + src * weight + 0x0080_0080;
        ((v + ((v >> 8) & HALVES)) >> 8) & HALVES
    }
    let weight = weight as u32;
    let even = pair(dst & HALVES, src & HALVES, weight);
    even | pair((dst >> 8) & HALVES, (src >> 8) & HALVES, weight) << 8
}

/// Pixels of 4 bytes with alpha at `alpha`, each under its own weight: Porter and Duff's "over" on
/// colours that are not multiplied by alpha. `src[alpha]` must be 255.
pub(super) fn cover_over(row: &mut [u8], src: [u8; 4], alpha: usize, weights: impl Iterator<Item = u8>) {
    let (pixels, _) = row.as_chunks_mut::<4>();
    for (pixel, weight) in pixels.iter_mut().zip(weights).filter(|(_, weight)| *weight != 0) {
        *pixel = over(*pixel, src, alpha, weight);
    }
}

/// Whether every pixel of 4 bytes has its alpha, at `alpha`, at 255.
pub(super) fn is_opaque(row: &[u8], alpha: usize) -> bool {
    let (pixels, _) = row.as_chunks::<4>();
    pixels.iter().fold(255, |all, pixel| all & pixel[alpha]) == 255
}

fn over(dst: [u8; 4], src: [u8; 4], alpha: usize, weight: u8) -> [u8; 4] {
    if dst[alpha] == 255 {
        // The same bytes that a row without a transparent pixel gets.
        return std::array::from_fn(|i| mix(dst[i], src[i], u16::from(weight)));
    }
    let above = f32::from(weight) / 255.0;
    let below = f32::from(dst[alpha]) / 255.0 * (1.0 - above);
    let total = above + below;
    std::array::from_fn(|i| {
        if i == alpha {
            (total * 255.0 + 0.5) as u8
        } else {
            ((f32::from(src[i]) * above + f32::from(dst[i]) * below) / total + 0.5) as u8
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_is_the_real_number_rounded_for_every_input() {
        for weight in 0..=255u16 {
            for dst in 0..=255u8 {
                for src in [0, 1, 16, 127, 128, 200, 254, 255u8] {
                    let w = f64::from(weight) / 255.0;
                    let exact = f64::from(dst) * (1.0 - w) + f64::from(src) * w;
                    let got = f64::from(mix(dst, src, weight));
                    assert!((got - exact).abs() <= 0.5 + 1e-9, "{dst} {src} {weight}: {got} {exact}");
                    let (other, below) = (mix(!dst, src, weight), mix(dst, !src, weight));
                    let four = u32::from_le_bytes([dst, !dst, dst, dst]);
                    let four = mix4(four, u32::from_le_bytes([src, src, !src, src]), weight as u8);
                    assert_eq!(four.to_le_bytes(), [got as u8, other, below, got as u8]);
                }
            }
        }
    }

    #[test]
    fn over_is_porter_and_duff_and_meets_mix_where_the_ground_is_opaque() {
        for weight in [1, 5, 100, 128, 254, 255u8] {
            for below in [0, 1, 60, 128, 254, 255u8] {
                let (dst, src) = ([10, 200, 77, below], [250, 3, 77, 255]);
                let got = over(dst, src, 3, weight);
                let (a, d) = (f64::from(weight) / 255.0, f64::from(below) / 255.0);
                let total = a + d * (1.0 - a);
                for i in 0..3 {
                    let exact = (f64::from(src[i]) * a + f64::from(dst[i]) * d * (1.0 - a)) / total;
                    assert!((f64::from(got[i]) - exact).abs() <= 0.51, "{weight} {below} {i}");
                }
                assert!((f64::from(got[3]) - total * 255.0).abs() <= 0.51);
                if below == 255 {
                    let mixed: [u8; 4] = std::array::from_fn(|i| mix(dst[i], src[i], u16::from(weight)));
                    assert!(mixed.iter().zip(got).all(|(&m, g)| m.abs_diff(g) <= 1));
                }
            }
        }
    }

    #[test]
    fn masked_bytes_and_the_rest_of_the_row_stay() {
        let mut row = [7u8; 11];
        fill(&mut row[..8], [1, 2, 3, 0], [255, 255, 255, 0], 255);
        assert_eq!(row, [1, 2, 3, 7, 1, 2, 3, 7, 7, 7, 7]);
        cover(&mut row[..8], [9, 9, 9, 0], [255, 255, 255, 0], &[0, 255]);
        assert_eq!(row, [1, 2, 3, 7, 9, 9, 9, 7, 7, 7, 7]);
        assert!(is_opaque(&[0, 255, 3, 255], 1) && !is_opaque(&[0, 255, 3, 254], 3));
    }
}
