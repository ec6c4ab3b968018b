use super::*;

fn gray(width: u32, height: u32, draw: impl FnOnce(&mut Canvas<'_>)) -> Picture {
    let mut picture = Picture::black(PixelFormat::Gray8, width, height);
    picture.draw(None, draw);
    picture
}

#[test]
fn borders_are_centred_on_the_edge_and_odd_widths_lean_inwards() {
    let border = |border_width| Rectangle {
        left: 2.9,
        top: 2.0,
        width: 5.9,
        height: 4.0,
        border_width,
        border_color: Color::WHITE,
        background: None,
    };
    let art = |width| gray(9, 8, |canvas| canvas.rect(border(width))).art();
    let one = [
        ".........",
        ".........",
        "..#####..",
        "..#...#..",
        "..#...#..",
        "..#####..",
        ".........",
        ".........",
    ];
    let two = [
        ".........",
        ".#######.",
        ".#######.",
        ".##...##.",
        ".##...##.",
        ".#######.",
        ".#######.",
        ".........",
    ];
    let three = [
        ".........",
        ".#######.",
        ".#######.",
        ".#######.",
        ".#######.",
        ".#######.",
        ".#######.",
        ".........",
    ];
    assert_eq!(art(1), one);
    assert_eq!(art(2), two);
    assert_eq!(art(3), three);
    assert_eq!(art(0).concat(), ".".repeat(72));
}

#[test]
fn an_invisible_border_does_not_hide_the_fill() {
    let rect = Rectangle {
        left: 1.0,
        top: 1.0,
        width: 2.0,
        height: 1.0,
        border_width: 1,
        border_color: Color::TRANSPARENT,
        background: Some(Color::WHITE),
    };
    assert_eq!(gray(4, 3, |canvas| canvas.rect(rect)).art(), ["....", ".##.", "...."]);
}

#[test]
fn lines_along_an_axis_are_sharp_and_half_their_width_longer() {
    let line = |from, to, width| Line { from, to, width, color: Color::WHITE };
    let art = |line: Line| gray(7, 5, |canvas| canvas.line(line)).art();
    assert_eq!(art(line((2.0, 2.0), (4.0, 2.0), 1)), [".......", ".......", "..###..", ".......", "......."]);
    assert_eq!(art(line((4.0, 2.0), (2.0, 2.0), 3)), [".......", ".#####.", ".#####.", ".#####.", "......."]);
    assert_eq!(art(line((3.0, 1.0), (3.0, 2.0), 2)), [".......", "...##..", "...##..", "...##..", "......."]);
    assert_eq!(art(line((3.0, 2.0), (3.0, 2.0), 1))[2], "...#...");
    assert_eq!(art(line((0.0, 0.0), (9.0, 9.0), 0)).concat(), ".".repeat(35));
}

/// The share of 16 x 16 points of each pixel that `inside` accepts, against what was drawn.
fn compare(picture: &Picture, name: &str, inside: impl Fn(f64, f64) -> bool) {
    let (mut total, mut worst) = (0.0f64, 0.0f64);
    for y in 0..picture.height {
        for x in 0..picture.width {
            let point = |k: u32, at: u32| f64::from(at) - 0.5 + (f64::from(k) + 0.5) / 16.0;
            let hits = (0..256).filter(|k| inside(point(k % 16, x), point(k / 16, y))).count();
            let got = f64::from(picture.sample(0, x, y)[0]) / 235.0;
            let error = got - hits as f64 / 256.0;
            total += error;
            worst = worst.max(error.abs());
        }
    }
    assert!(worst < 0.14, "{name}: a pixel is off by {worst}");
    assert!(total.abs() < 1.0, "{name}: {total} pixels too much in all");
}

#[test]
fn soft_edges_agree_with_counting_points() {
    let along = |a: (f64, f64), b: (f64, f64), x: f64, y: f64| {
        let ((ux, uy), length) = parts::direction(a, b);
        let (dx, dy) = (x - a.0, y - a.1);
        (dx * ux + dy * uy, (dy * ux - dx * uy).abs(), length)
    };
    for (i, &(a, b)) in [((4.0, 5.0), (52.0, 31.0)), ((9.5, 50.0), (30.0, 6.25)), ((8.0, 8.0), (40.0, 40.0))]
        .iter()
        .enumerate()
    {
        for width in [1, 2, 5] {
            let half = f64::from(width) / 2.0;
            let (from, to) = ((a.0 as f32, a.1 as f32), (b.0 as f32, b.1 as f32));
            let line = gray(60, 60, |c| c.line(Line { from, to, width, color: Color::WHITE }));
            compare(&line, &format!("line {i} width {width}"), |x, y| {
                let (t, d, length) = along(a, b, x, y);
                d < half && t > -half && t < length + half
            });
            let points = [from, to];
            let capsule = Polyline { points: &points, closed: false, width, color: Color::WHITE };
            compare(
                &gray(60, 60, |c| c.polyline(capsule)),
                &format!("polyline {i} width {width}"),
                |x, y| {
                    let (t, _, length) = along(a, b, x, y);
                    let t = t.clamp(0.0, length) / length;
                    (x - a.0 - t * (b.0 - a.0)).hypot(y - a.1 - t * (b.1 - a.1)) < half
                },
            );
        }
    }
    for (radius, width) in [(20.0f32, 1), (11.5, 3), (7.0, 6), (3.0, 9)] {
        let circle = Circle { center: (30.25, 29.0), radius, width, color: Color::WHITE, background: None };
        compare(&gray(60, 60, |c| c.circle(circle)), &format!("ring {radius} {width}"), |x, y| {
            ((x - 30.25).hypot(y - 29.0) - f64::from(radius)).abs() < f64::from(width) / 2.0
        });
        let disc = Circle { color: Color::TRANSPARENT, background: Some(Color::WHITE), ..circle };
        compare(&gray(60, 60, |c| c.circle(disc)), &format!("disc {radius}"), |x, y| {
            (x - 30.25).hypot(y - 29.0) < f64::from(radius)
        });
    }
}

#[test]
fn circle_width_0_is_2() {
    let ring = |width| {
        let circle = Circle { center: (9.0, 9.0), radius: 6.0, width, color: Color::WHITE, background: None };
        gray(19, 19, |canvas| canvas.circle(circle))
    };
    assert!(ring(0) == ring(2));
    assert!(ring(0) != ring(1));
    assert_eq!(ring(0).sample(0, 9, 9), [0]);
    let none = Circle { radius: 0.0, width: 5, ..Circle::default() };
    let drawn = gray(9, 9, |canvas| canvas.circle(Circle { color: Color::WHITE, ..none }));
    assert!(drawn == Picture::black(PixelFormat::Gray8, 9, 9));
}

#[test]
fn heads_are_a_tenth_of_the_shaft_at_15_degrees_where_asked_for() {
    let arrow = |heads| {
        let arrow = Arrow { from: (10.0, 20.0), to: (210.0, 20.0), width: 1, color: Color::WHITE, heads };
        gray(221, 41, |canvas| canvas.arrow(arrow))
    };
    // 20 pixels back at 15 degrees: 19.3 along, 5.2 across.
    let ends = |p: &Picture, x: u32| p.sample(0, x, 15)[0] > 60 && p.sample(0, x, 25)[0] > 60;
    let (start, end, both) = (arrow(ArrowHeads::Start), arrow(ArrowHeads::End), arrow(ArrowHeads::Both));
    assert!(!ends(&end, 29) && ends(&end, 191), "end");
    assert!(ends(&start, 29) && !ends(&start, 191), "start");
    assert!(ends(&both, 29) && ends(&both, 191), "both");
    for p in [&start, &end, &both] {
        assert_eq!(p.sample(0, 100, 20), [235]);
        assert_eq!((p.sample(0, 100, 19), p.sample(0, 100, 21)), (&[0][..], &[0][..]));
    }
}

#[test]
fn crossing_strokes_lay_ink_once() {
    let points = [(2.0, 2.0), (30.0, 30.0), (30.0, 2.0), (2.0, 30.0)];
    let line = Polyline { points: &points, closed: false, width: 3, color: Color::WHITE.with_alpha(0.5) };
    let drawn = gray(33, 33, |canvas| canvas.polyline(line));
    let most = drawn.planes[0].0.iter().max();
    assert_eq!(most, Some(&118), "half of 235, also where two strokes cross");
    assert_eq!(drawn.sample(0, 16, 16), [118]);
}

#[test]
fn a_polyline_of_one_point_is_a_dot_and_of_none_nothing() {
    let line = |points| Polyline { points, closed: true, width: 5, color: Color::WHITE };
    let dot = gray(9, 9, |canvas| canvas.polyline(line(&[(4.0, 4.0)])));
    assert_eq!((dot.sample(0, 4, 4), dot.sample(0, 4, 1)), (&[235][..], &[0][..]));
    let none = gray(9, 9, |canvas| canvas.polyline(line(&[])));
    assert!(none == Picture::black(PixelFormat::Gray8, 9, 9));
}
