use proptest::prelude::*;
use std::time::{Duration, Instant};

use super::*;

/// Milliseconds are enough; this tells a shape that never ends from a slow machine.
const HANG: Duration = Duration::from_secs(60);

/// Coordinates as they come from broken models: ordinary, far, absurd.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -60.0f32..120.0,
        1 => prop::sample::select(vec![
            f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, f32::MIN_POSITIVE, -0.0, 1e9,
            -1e9, 2_147_483_648.0, -2_147_483_649.0, 4_294_967_286.0, 1e20, 0.5, 0.499_999_97,
        ]),
        1 => any::<f32>(),
    ]
}

fn width() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..8, 1 => 8u32..300, 1 => prop::sample::select(vec![u32::MAX, u32::MAX - 1, 1 << 31])]
}

fn color() -> impl Strategy<Value = Color> {
    prop::array::uniform4(prop_oneof![4 => 0.0f32..1.0, 1 => number()])
        .prop_map(|[r, g, b, a]| Color::rgba(r, g, b, a))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_takes_long_or_leaves_the_window(
        format in prop::sample::select(FORMATS.to_vec()),
        size in (1u32..40, 1u32..40), cut in (0u32..40, 0u32..40), extra in 0usize..7,
        n in prop::array::uniform8(number()), w in width(), colors in (color(), color()),
        size_of_text in any::<u32>(), text in ".{0,12}(\n.{0,5})?",
    ) {
        let ground = Picture::busy(format, size.0, size.1, extra);
        let (x, y) = (cut.0 % size.0, cut.1 % size.1);
        // Up to the end, so that no chroma sample is shared with a pixel right of or below the window.
        let window = Rect::new(x, y, size.0 - x, size.1 - y);
        let mut picture = ground.clone();
        let started = Instant::now();
        picture.draw(Some(window), |canvas| {
            let (from, to) = ((n[0], n[1]), (n[2], n[3]));
            let background = Some(colors.1);
            canvas.fill_rect(n[0], n[1], n[2], n[3], colors.0);
            canvas.rect(Rectangle {
                left: n[0], top: n[1], width: n[2], height: n[3],
                border_width: w, border_color: colors.0, background,
            });
            canvas.line(Line { from, to, width: w, color: colors.0 });
            canvas.arrow(Arrow { from, to, width: w, color: colors.1, heads: ArrowHeads::Both });
            canvas.circle(Circle { center: from, radius: n[4], width: w, color: colors.0, background });
            let points = [from, to, (n[4], n[5]), (n[6], n[7])];
            canvas.polyline(Polyline { points: &points, closed: true, width: w, color: colors.1 });
            let font = TextStyle::EMBEDDED_SANS.into();
            let size = size_of_text % 30;
            canvas.text(n[0], n[1], &text, &TextStyle { font, size, color: colors.0, background });
        });
        prop_assert!(started.elapsed() < HANG, "took {:?}", started.elapsed());
        prop_assert!(picture.padding_is_intact());
        for (x, y) in (0..size.0).flat_map(|x| (0..size.1).map(move |y| (x, y))) {
            if x < window.x || y < window.y {
                prop_assert_eq!(picture.sample(0, x, y), ground.sample(0, x, y));
            }
        }
    }
}

#[test]
fn empty_pictures_are_drawn_on_without_harm() {
    for format in FORMATS {
        for (width, height) in [(0, 0), (0, 5), (5, 0)] {
            let mut picture = Picture::new(format, width.max(1), height.max(1), 0, |_| 1);
            let window = Rect::new(0, 0, width, height);
            picture.draw(Some(window), |canvas| scene(canvas, 0.0, 0.0));
            assert!(picture == Picture::new(format, width.max(1), height.max(1), 0, |_| 1), "{format:?}");
        }
    }
}

#[test]
fn huge_shapes_cost_no_more_than_the_picture() {
    let mut picture = Picture::black(PixelFormat::Nv12, 640, 360);
    let started = Instant::now();
    picture.draw(None, |canvas| {
        for i in 0..20u32 {
            let far = 1e8 * (i + 1) as f32;
            canvas.line(Line { from: (-far, -far), to: (far, far * 0.9), width: 3, color: Color::RED });
            let ring = Circle { center: (far, 180.0), radius: far, width: 3, ..Circle::default() };
            canvas.circle(Circle { color: Color::GREEN, ..ring });
            canvas.circle(Circle { background: Some(Color::BLUE.with_alpha(0.1)), ..ring });
            canvas.fill_rect(-far, -far, f32::MAX, f32::MAX, Color::WHITE.with_alpha(0.1));
        }
    });
    assert!(started.elapsed() < HANG, "took {:?}", started.elapsed());
    assert_ne!(picture.sample(0, 320, 200), [0]);
}

#[test]
fn thick_lines_through_many_points_are_filled_and_not_measured() {
    let points: Vec<_> = (0..200)
        .map(|i| (i as f32 * 0.7).sin_cos())
        .map(|(y, x)| (320.0 + 30.0 * x, 180.0 + 30.0 * y))
        .collect();
    let mut picture = Picture::black(PixelFormat::Gray8, 640, 360);
    let started = Instant::now();
    picture.draw(None, |canvas| {
        for width in [400, 100_000, u32::MAX] {
            canvas.polyline(Polyline { points: &points, closed: true, width, color: Color::WHITE });
        }
    });
    assert!(started.elapsed() < HANG, "took {:?}", started.elapsed());
    assert!(picture.planes[0].0.iter().all(|&v| v == 235));
}
