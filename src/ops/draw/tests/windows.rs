//! Any one shape through a crop is that shape on the whole picture, in the window.

use proptest::prelude::*;

use super::*;

fn coordinate() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -20.0f32..70.0,
        2 => (-40i32..80).prop_map(|v| v as f32 / 2.0),
        1 => any::<f32>(),
        1 => prop::sample::select(vec![
            0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30, 1e9, -1e9, f32::MAX, f32::MIN, 1e-40, 16_777_216.0,
        ]),
    ]
}

fn width() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 0u32..9, 1 => any::<u32>(), 1 => prop::sample::select(vec![u32::MAX, u32::MAX - 1, 1 << 31, 32, 33])]
}

fn point() -> impl Strategy<Value = (f32, f32)> {
    (coordinate(), coordinate())
}

fn color() -> impl Strategy<Value = Color> {
    (any::<f32>(), 0.0f32..1.2).prop_map(|(r, a)| Color::rgba(r, 0.4, 1.3, a))
}

#[derive(Debug, Clone)]
enum Shape {
    Rect(Rectangle),
    Line(Line),
    Arrow(Arrow),
    Circle(Circle),
    Polyline(Vec<(f32, f32)>, bool, u32, Color),
    Text((f32, f32), String, u32, Option<Color>),
}

fn shape() -> impl Strategy<Value = Shape> {
    let background = || prop::option::of(color());
    let heads = prop::sample::select(vec![ArrowHeads::Start, ArrowHeads::End, ArrowHeads::Both]);
    prop_oneof![
        (point(), point(), width(), color(), background()).prop_map(
            |((left, top), (width, height), border_width, border_color, background)| {
                Shape::Rect(Rectangle { left, top, width, height, border_width, border_color, background })
            }
        ),
        (point(), point(), width(), color()).prop_map(|(from, to, width, color)| Shape::Line(Line {
            from,
            to,
            width,
            color
        })),
        (point(), point(), width(), color(), heads).prop_map(|(from, to, width, color, heads)| Shape::Arrow(
            Arrow { from, to, width, color, heads }
        )),
        (point(), coordinate(), width(), color(), background()).prop_map(
            |(center, radius, width, color, background)| Shape::Circle(Circle {
                center,
                radius,
                width,
                color,
                background
            })
        ),
        (prop::collection::vec(point(), 0..6), any::<bool>(), width(), color())
            .prop_map(|(points, closed, width, color)| Shape::Polyline(points, closed, width, color)),
        (point(), ".{0,12}", prop_oneof![9u32..20, any::<u32>()], background())
            .prop_map(|(at, text, size, background)| Shape::Text(at, text, size, background)),
    ]
}

fn draw(canvas: &mut Canvas<'_>, shape: &Shape) {
    match shape {
        Shape::Rect(rect) => canvas.rect(*rect),
        Shape::Line(line) => canvas.line(*line),
        Shape::Arrow(arrow) => canvas.arrow(*arrow),
        Shape::Circle(circle) => canvas.circle(*circle),
        Shape::Polyline(points, closed, width, color) => {
            canvas.polyline(Polyline { points, closed: *closed, width: *width, color: *color });
        }
        Shape::Text(at, text, size, background) => {
            let style = TextStyle { size: *size, background: *background, ..TextStyle::default() };
            canvas.text(at.0, at.1, text, &style);
        }
    }
}

/// The shape as seen from (`dx`, `dy`), where that can be said in the same precision.
fn moved(shape: &Shape, (dx, dy): (f32, f32)) -> Option<Shape> {
    let to = |(x, y): (f32, f32)| {
        let exact = |v: f32, by: f32| (v - by + by == v && v.abs() < 1e6).then_some(v - by);
        Some((exact(x, dx)?, exact(y, dy)?))
    };
    Some(match shape.clone() {
        Shape::Rect(rect) => {
            let (left, top) = to((rect.left, rect.top))?;
            Shape::Rect(Rectangle { left, top, ..rect })
        }
        Shape::Line(line) => Shape::Line(Line { from: to(line.from)?, to: to(line.to)?, ..line }),
        Shape::Arrow(arrow) => Shape::Arrow(Arrow { from: to(arrow.from)?, to: to(arrow.to)?, ..arrow }),
        Shape::Circle(circle) => Shape::Circle(Circle { center: to(circle.center)?, ..circle }),
        Shape::Polyline(points, closed, width, color) => {
            Shape::Polyline(points.into_iter().map(to).collect::<Option<_>>()?, closed, width, color)
        }
        Shape::Text(at, text, size, background) => Shape::Text(to(at)?, text, size, background),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn clipping_moves_nothing(
        shape in shape(), format in prop::sample::select(FORMATS.to_vec()),
        origin in (0u32..40, 0u32..30), size in (0u32..20, 0u32..14),
    ) {
        // An even end, so that no chroma sample is shared with a pixel right of or below the window.
        let (right, bottom) = ((origin.0 + size.0).next_multiple_of(2), (origin.1 + size.1).next_multiple_of(2));
        let window = Rect::new(origin.0, origin.1, right - origin.0, bottom - origin.1);
        let Some(moved) = moved(&shape, (origin.0 as f32, origin.1 as f32)) else { return Ok(()) };
        let ground = Picture::busy(format, 60, 44, 5);
        let (mut whole, mut part) = (ground.clone(), ground.clone());
        whole.draw(None, |canvas| draw(canvas, &shape));
        part.draw(Some(window), |canvas| draw(canvas, &moved));
        for (x, y) in (0..60).flat_map(|x| (0..44).map(move |y| (x, y))) {
            let inside = |x, y| (window.x..right).contains(&x) && (window.y..bottom).contains(&y);
            let expected = if inside(x, y) { &whole } else { &ground };
            prop_assert_eq!(part.sample(0, x, y), expected.sample(0, x, y), "{}, {} of {:?}", x, y, moved);
            let shared = block(format, x, y).any(|(x, y)| inside(x, y));
            let expected = if shared { &whole } else { &ground };
            for plane in 1..format.planes() {
                let (got, expected) = (part.sample(plane, x, y), expected.sample(plane, x, y));
                prop_assert_eq!(got, expected, "plane {} at {}, {} of {:?}", plane, x, y, moved);
            }
        }
        prop_assert!(part.padding_is_intact());
    }
}
