//! Weights and blends against real numbers.

use super::*;

#[test]
fn division_by_255_is_rounded_for_every_product() {
    for cover in 0..=255u16 {
        for alpha in 0..=255u16 {
            let exact = (f64::from(cover) * f64::from(alpha) / 255.0).round();
            assert_eq!(f64::from(blend::div255(cover * alpha)), exact, "{cover} * {alpha}");
        }
    }
}

#[test]
fn colour_over_opaque_ground_is_rounded_for_every_weight_and_ground() {
    let weights: Vec<u8> = (0..=255).collect();
    for ground in 0..=255u8 {
        for src in [0, 1, 77, 128, 254, 255u8] {
            let mut row = vec![ground; 256 * 3];
            blend::cover(&mut row, [src, 255 - src, 9], [255; 3], &weights);
            for (pixel, &weight) in row.chunks(3).zip(&weights) {
                let w = f64::from(weight) / 255.0;
                for (got, src) in pixel.iter().zip([src, 255 - src, 9]) {
                    let exact = f64::from(ground) * (1.0 - w) + f64::from(src) * w;
                    assert!((f64::from(*got) - exact).abs() < 0.5 + 1e-9, "{ground} {src} {weight}");
                }
            }
            for &weight in &weights {
                let mut filled = [ground; 3];
                blend::fill(&mut filled, [src, 255 - src, 9], [255; 3], u16::from(weight));
                assert_eq!(filled, row[usize::from(weight) * 3..][..3], "fill and cover differ");
            }
        }
    }
}

#[test]
fn colour_over_any_ground_is_porter_and_duffs_over_for_every_pair_of_alphas() {
    let src = [250, 3, 77, 255];
    for below in 0..=255u8 {
        let dst = [10, 200, 77, below];
        let mut row = dst.repeat(256);
        blend::cover_over(&mut row, src, 3, 0..=255);
        for (weight, got) in row.chunks(4).enumerate() {
            let (a, d) = (weight as f64 / 255.0, f64::from(below) / 255.0);
            let total = a + d * (1.0 - a);
            if weight == 0 {
                assert_eq!(got, dst, "nothing was drawn");
                continue;
            }
            assert!((f64::from(got[3]) - total * 255.0).abs() <= 0.501, "{weight} over {below}");
            for i in 0..3 {
                let exact = (f64::from(src[i]) * a + f64::from(dst[i]) * d * (1.0 - a)) / total;
                assert!(
                    (f64::from(got[i]) - exact).abs() <= 0.501,
                    "{weight} over {below}: {got:?}, {exact}"
                );
            }
        }
    }
}

/// The whole way: a soft-edged shape in every opacity, pixel by pixel from its own coverage.
#[test]
fn opacity_and_coverage_multiply() {
    let (width, height) = (24, 20);
    let disc = |canvas: &mut Canvas<'_>, color| {
        let background = Some(color);
        canvas.circle(Circle { center: (11.3, 9.8), radius: 7.4, background, ..Circle::default() });
    };
    let mut cover = Picture::new(PixelFormat::Rgb, width, height, 0, |_| 0);
    cover.draw(None, |canvas| disc(canvas, Color::WHITE));
    for alpha in 0..=255u8 {
        let ground = Picture::busy(PixelFormat::Rgb, width, height, 3);
        let color = [200, 30, 255, alpha];
        let mut got = ground.clone();
        got.draw(None, |canvas| disc(canvas, Color::from_u8(color)));
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let w = f64::from(cover.sample(0, x, y)[0]) * f64::from(alpha) / 255.0 / 255.0;
            for ((&got, &ground), &src) in got.sample(0, x, y).iter().zip(ground.sample(0, x, y)).zip(&color)
            {
                let exact = f64::from(ground) * (1.0 - w) + f64::from(src) * w;
                assert!((f64::from(got) - exact).abs() <= 1.0, "alpha {alpha} at {x}, {y}: {got}, {exact}");
            }
        }
        assert!(got.padding_is_intact());
    }
}
