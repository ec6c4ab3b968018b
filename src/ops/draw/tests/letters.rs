use std::time::{Duration, Instant};

use super::*;

fn style(size: u32) -> TextStyle {
    TextStyle { font: TextStyle::EMBEDDED_SANS.into(), size, ..TextStyle::default() }
}

fn gray(width: u32, height: u32, draw: impl FnOnce(&mut Canvas<'_>)) -> Picture {
    let mut picture = Picture::new(PixelFormat::Gray8, width, height, 0, |_| 100);
    picture.draw(None, draw);
    picture
}

/// Columns and rows, ends excluded, of the pixels that `test` accepts.
fn bounds(picture: &Picture, test: impl Fn(u8) -> bool) -> Option<[u32; 4]> {
    let hits = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
    let hits: Vec<_> = hits.filter(|&(x, y)| test(picture.sample(0, x, y)[0])).collect();
    let (xs, ys) = (hits.iter().map(|p| p.0), hits.iter().map(|p| p.1));
    Some([xs.clone().min()?, ys.clone().min()?, xs.max()? + 1, ys.max()? + 1])
}

#[test]
fn the_box_has_the_size_that_was_announced_and_holds_the_letters() {
    for size in [10, 11, 14, 33] {
        let text = "person 12\nWg";
        let (width, height) = Canvas::text_size(text, &style(size));
        let picture = gray(width + 20, height + 20, |canvas| canvas.text(7.9, 5.2, text, &style(size)));
        assert_eq!(bounds(&picture, |v| v != 100), Some([7, 5, 7 + width, 5 + height]), "size {size}");
        let letters = bounds(&picture, |v| v > 120).unwrap();
        assert!(letters[0] >= 7 + size / 2 && letters[1] >= 5 + size / 4, "{letters:?} at size {size}");
        assert!(
            letters[2] <= 7 + width - size / 2 + 1 && letters[3] <= 5 + height,
            "{letters:?} at size {size}"
        );
    }
}

#[test]
fn sizes_are_clamped_and_0_draws_nothing() {
    let size = |size| Canvas::text_size("abc", &style(size));
    assert_eq!((size(0), size(1), size(9)), ((0, 0), size(10), size(10)));
    assert_eq!(size(u32::MAX), size(200));
    assert!(size(200) > size(199));
    let untouched = Picture::new(PixelFormat::Gray8, 40, 40, 0, |_| 100);
    assert!(gray(40, 40, |canvas| canvas.text(1.0, 1.0, "abc", &style(0))) == untouched);
    assert!(gray(40, 40, |canvas| canvas.text(1.0, 1.0, "", &style(12))) == untouched);
}

#[test]
fn text_outside_touches_nothing_and_text_across_the_edge_is_cut() {
    let untouched = Picture::new(PixelFormat::Gray8, 60, 40, 0, |_| 100);
    for (x, y) in [(60.0, 5.0), (5.0, 40.0), (-900.0, 5.0), (5.0, -900.0), (4e9, 4e9), (f32::NAN, 0.0)] {
        assert!(gray(60, 40, |canvas| canvas.text(x, y, "abc", &style(12))) == untouched, "({x}, {y})");
    }
    for (x, y) in [(-20.0, 10.0), (50.0, 10.0), (10.0, -9.0), (10.0, 30.0)] {
        let picture = gray(60, 40, |canvas| canvas.text(x, y, "MMMM", &style(12)));
        assert!(bounds(&picture, |v| v > 180).is_some(), "({x}, {y})");
    }
}

#[test]
fn unknown_characters_are_boxes_and_marks_are_nothing() {
    let width = |text: &str| Canvas::text_size(text, &style(12)).0;
    assert!(width("a\u{10FFFD}b") > width("ab"));
    assert_eq!(width("a\u{200D}\u{FE0F}\u{AD}\u{7}\rb"), width("ab"));
    assert_eq!(width("a\tb"), width("a b"));
    let picture = gray(60, 40, |canvas| canvas.text(1.0, 1.0, "\u{10FFFD}", &style(12)));
    assert!(bounds(&picture, |v| v > 110).is_some());
    for text in ["👩‍👩‍👧 🇩🇪", "漢字", "مرحبا", "\0\0", "\n\n", "a\u{301}\u{301}"] {
        gray(60, 40, |canvas| canvas.text(1.0, 1.0, text, &style(12)));
    }
}

#[test]
fn letters_are_told_apart_and_bold_is_heavier() {
    let ink = |text: &str, style: &TextStyle| {
        let picture = gray(60, 40, |canvas| canvas.text(1.0, 1.0, text, style));
        picture.planes[0].0.iter().map(|&v| u64::from(v)).sum::<u64>()
    };
    let plain = TextStyle { background: None, ..style(12) };
    let sums: Vec<_> = ["I", "l.", "m", "M", "@"].iter().map(|text| ink(text, &plain)).collect();
    assert!(sums.is_sorted_by(|a, b| a < b), "{sums:?}");
    let invisible = TextStyle { color: Color::TRANSPARENT, ..plain };
    assert_eq!(ink("M", &invisible), 60 * 40 * 100);
}

#[test]
fn lowercase_tops_and_baselines_are_sharp() {
    // The flat foot and top serif of an "x" at size 11: rows above and below are empty.
    let plain = TextStyle { background: Some(Color::BLACK), ..style(11) };
    let picture = gray(40, 40, |canvas| canvas.text(0.0, 0.0, "xzx", &plain));
    let [_, top, _, bottom] = bounds(&picture, |v| v > 16 && v != 100).unwrap();
    for y in [top, bottom - 1] {
        let most = (0..40).map(|x| picture.sample(0, x, y)[0]).filter(|&v| v != 100).max();
        assert!(most > Some(200), "row {y} is {most:?} at most");
    }
}

#[test]
fn long_strings_cost_what_is_seen_and_one_pass() {
    let line = "person ".repeat(100_000);
    let lines = "a\n".repeat(100_000);
    let started = Instant::now();
    let picture = gray(200, 100, |canvas| {
        canvas.text(2.0, 2.0, &line, &style(12));
        canvas.text(2.0, 40.0, &lines, &style(12));
        canvas.text(-3e6, 70.0, &line, &style(12));
    });
    assert!(started.elapsed() < Duration::from_secs(3), "took {:?}", started.elapsed());
    assert!(bounds(&picture, |v| v > 180).unwrap()[2] > 190);
    let (width, height) = Canvas::text_size(&lines, &style(12));
    assert!(width < 100 && height > 1_000_000);
}

#[test]
fn many_sizes_and_characters_do_not_pile_up() {
    for size in 10..=120 {
        assert_ne!(Canvas::text_size("Hamburgefonstiv", &style(size)), (0, 0));
    }
    let face = fonts::book().find(TextStyle::EMBEDDED_SANS);
    let sized = glyphs::Sized::new(face, 266.0);
    let all: String = ('!'..='~').chain('®'..='ÿ').collect();
    let mut count = 0;
    for _ in 0..3 {
        sized.glyphs(&all, |glyph| {
            count += 1;
            glyph.advance > 0 || glyph.width == 0
        });
    }
    assert_eq!(count, 3 * all.chars().count());
    assert!(sized.kept_bytes() <= glyphs::MAX_BYTES + 266 * 266 * 2);
}

#[test]
fn system_names_always_find_a_font() {
    for font in ["Serif", "Sans", "Monospace", "", "Arial Bold", "no such font", "Serif Bold Italic"] {
        let style = TextStyle { font: font.to_owned().into(), ..TextStyle::default() };
        let (width, height) = Canvas::text_size("person", &style);
        assert!(width > 40 && (15..60).contains(&height), "{font:?}: {width}x{height}");
    }
}

#[test]
fn a_machine_without_fonts_draws_the_built_in_ones() {
    let book = fonts::Book::new(fontdb::Database::new());
    let all: String = (' '..='~').chain('\u{A1}'..='\u{AC}').chain('\u{AE}'..='ÿ').collect();
    let collect = |font: &glyphs::Sized| {
        let mut glyphs = Vec::new();
        font.glyphs(&all, |glyph| {
            glyphs.push(glyph.clone());
            true
        });
        glyphs
    };
    for (name, embedded) in [("Serif", TextStyle::EMBEDDED_SERIF), ("Arial Bold", TextStyle::EMBEDDED_SANS)] {
        let (bare, here) = (glyphs::Sized::new(book.find(name), 16.0), glyphs::sized(embedded, 16));
        assert_eq!((bare.ascent, bare.line_height), (here.ascent, here.line_height));
        let (bare, here) = (collect(&bare), collect(&here));
        assert_eq!(bare.len(), all.chars().count());
        for (c, (bare, here)) in all.chars().zip(bare.iter().zip(&here)) {
            assert_eq!((bare.left, bare.top, &bare.cover), (here.left, here.top, &here.cover), "{c}");
            assert_eq!(bare.cover.iter().any(|&v| v > 100), !c.is_whitespace(), "{c} shows");
            assert!(bare.advance > 0, "{c} moves the pen");
        }
    }
}
