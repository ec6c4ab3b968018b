use super::*;
use crate::crops::{ContactSheet, SheetOptions};

fn decode(sheet: &ContactSheet) -> image::RgbImage {
    image::load_from_memory(&sheet.to_png().unwrap()).unwrap().to_rgb8()
}

#[test]
fn tiles_hold_the_crops_in_shape_and_order() {
    let red = Painted::new(PixelFormat::Rgba, (20, 20), Colorimetry::default(), |_, _| [200, 10, 10]);
    let blue = Painted::new(PixelFormat::Nv12, (40, 20), Colorimetry::default(), |_, _| [10, 10, 200]);
    let mut sheet =
        ContactSheet::new(SheetOptions { tile: (40, 40), columns: 2, ..Default::default() }).unwrap();
    assert!(sheet.add(&red.view(), ["a", "b"]) && sheet.add(&blue.view(), ["c", "d"]));
    let image = decode(&sheet);
    let near = |x, y, rgb: [u8; 3]| {
        let found: &image::Rgb<u8> = image.get_pixel(x, y);
        assert!(found.0.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) < 6), "({x}, {y}) is {found:?}");
    };
    near(8, 8, [200, 10, 10]);
    near(44, 44, [200, 10, 10]);
    near(54, 8, [40, 43, 49]);
    near(54, 17, [10, 10, 200]);
    near(90, 34, [10, 10, 200]);
    near(90, 38, [40, 43, 49]);
    near(0, 0, [24, 26, 30]);
}

#[test]
fn thousands_of_tracks_end_in_a_line_that_says_so() {
    let crop = blank(10, 30);
    let options = SheetOptions { tile: (16, 24), ..Default::default() };
    let mut sheet = ContactSheet::new(options).unwrap();
    let added = (0..3000).filter(|i| sheet.add(&crop.view(), [format!("{i}"), String::new()])).count();
    assert_eq!((added, sheet.len(), sheet.left_out()), (400, 400, 2600));
    let full = decode(&sheet);
    let mut fits = ContactSheet::new(options).unwrap();
    (0..400).for_each(|_| assert!(fits.add(&crop.view(), ["", ""])));
    assert!(decode(&fits).height() < full.height(), "the last line takes room");
    let (width, height) = full.dimensions();
    assert!(f64::from(width) / f64::from(height) > 1.0 && width < 1200, "{width}x{height}");
}

#[test]
fn empty_sheets_and_odd_options_are_handled() {
    let sheet = ContactSheet::new(SheetOptions::default()).unwrap();
    assert!(sheet.is_empty() && decode(&sheet).width() > 100);
    let mut sheet = ContactSheet::new(SheetOptions::default()).unwrap();
    assert!(!sheet.add(&blank(0, 5).view(), ["", ""]));
    assert!(
        sheet.add(&blank(1, 4000).view(), ["a text that is much too long for its tile", "\u{0}\n\u{1F600}"])
    );
    assert_eq!(decode(&sheet).height(), 6 + 192 + 34 + 6 + 17 + 6);
    for options in [
        SheetOptions { tile: (0, 10), ..Default::default() },
        SheetOptions { tile: (100, 5000), ..Default::default() },
        SheetOptions { max_tiles: 0, ..Default::default() },
    ] {
        assert!(ContactSheet::new(options).is_err(), "{options:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/sheet.png");
    sheet.save(&path).unwrap();
    assert!(path.exists() && sheet.save(&path).is_ok());
    let error = sheet.save(&path.join("below a file.png")).unwrap_err().to_string();
    assert!(error.contains("below a file.png"), "{error}");
}
