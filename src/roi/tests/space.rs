use super::super::*;
use crate::frame::Rect;

const PERSON: BBox = BBox::xywh(100.0, 50.0, 40.0, 80.0);

fn near(a: BBox, b: BBox) -> bool {
    [(a.left, b.left), (a.top, b.top), (a.width, b.width), (a.height, b.height)]
        .iter()
        .all(|(a, b)| (a - b).abs() <= 1e-3 * a.abs().max(1.0))
}

fn all() -> Spaces {
    Spaces::new((640, 480), (1920, 1080))
        .and_then(Spaces::padded)
        .and_then(|s| s.with_net((416, 416), true, true))
        .and_then(|s| s.with_tiler((1280, 721), 2, 3, 4))
        .unwrap()
}

#[test]
fn numbers_are_those_worked_out_by_hand() {
    let spaces = all();
    // 480 rows become 1080: 2.25, so 1440 columns, 240 black ones on each side.
    let mux = SpaceBox::<Source>::new(PERSON).to::<Mux>(&spaces).unwrap();
    assert_eq!(mux.bbox(), BBox::xywh(465.0, 112.5, 90.0, 180.0));
    // 1920 columns become 416, 1080 rows 234, with 91 blank rows above.
    let net = mux.to::<Net>(&spaces).unwrap().bbox();
    assert!(near(net, BBox::xywh(100.75, 91.0 + 24.375, 19.5, 39.0)), "{net:?}");
    // Tile 4 of 2 rows and 3 columns is the middle of the second row: 426x360 pixels from (426, 360).
    let tile = mux.to::<Tile>(&spaces).unwrap().bbox();
    let (x, y) = (426.0 / 1920.0, 360.0 / 1080.0);
    assert!(near(tile, BBox::xywh(426.0 + 465.0 * x, 360.0 + 112.5 * y, 90.0 * x, 180.0 * y)), "{tile:?}");
}

#[test]
fn every_way_round_comes_back() {
    let spaces = all();
    let start = SpaceBox::<Source>::new(PERSON);
    let round = start.to::<Tile>(&spaces).and_then(|b| b.to::<Net>(&spaces)).unwrap();
    let back = round.to::<Mux>(&spaces).and_then(|b| b.to::<Source>(&spaces)).unwrap();
    assert!(near(back.bbox(), PERSON), "{back:?}");
    let (x, y) = spaces.point::<Net, Source>(spaces.point::<Source, Net>((7.0, 9.0)).unwrap()).unwrap();
    assert!((x - 7.0).abs() < 1e-3 && (y - 9.0).abs() < 1e-3);
}

#[test]
fn what_was_not_said_is_not_guessed() {
    let plain = Spaces::new((640, 480), (1920, 1080)).unwrap();
    let bbox = SpaceBox::<Mux>::new(PERSON);
    assert!(bbox.to::<Tile>(&plain).unwrap_err().to_string().contains("with_tiler"));
    assert!(bbox.to::<Net>(&plain).unwrap_err().to_string().contains("with_net"));
    assert!(SpaceBox::<Tile>::new(PERSON).to::<Source>(&plain).is_err());
    assert!(Spaces::new((0, 480), (1, 1)).unwrap_err().to_string().contains("the source is 0x480"));
    assert!(Spaces::new((640, 480), (1, 0)).unwrap_err().to_string().contains("muxer's output is 1x0"));
    assert!(plain.with_tiler((1280, 720), 2, 2, 4).unwrap_err().to_string().contains("there are 4 tiles"));
    assert!(plain.with_tiler((1280, 720), 0, 2, 0).is_err());
    assert!(plain.with_tiler((2, 2), 3, 3, 0).unwrap_err().to_string().contains("a tile is 0x0"));
    assert!(plain.with_net((0, 0), false, false).is_err());
    assert!(plain.in_window(Rect::new(1900, 0, 30, 10)).unwrap_err().to_string().contains("does not lie in"));
}

#[test]
fn a_window_given_by_hand_is_taken_as_it_is() {
    let spaces =
        Spaces::new((640, 480), (1920, 1080)).unwrap().in_window(Rect::new(0, 0, 1440, 1080)).unwrap();
    let mux = SpaceBox::<Source>::new(PERSON).to::<Mux>(&spaces).unwrap();
    assert_eq!(mux.bbox(), BBox::xywh(225.0, 112.5, 90.0, 180.0));
    assert_eq!((spaces.source_size(), spaces.mux_size()), ((640, 480), (1920, 1080)));
    assert_eq!([Source::NAME, Mux::NAME, Tile::NAME, Net::NAME], ["source", "mux", "tile", "net"]);
}
