use std::path::Path;

use image::{Rgb, RgbImage, imageops};

use crate::error::{Error, Result};
use crate::frame::{Colorimetry, FrameView, FrameViewMut, OwnedFrame, PixelFormat, Rect};
use crate::ops::color;
use crate::ops::draw::{Canvas, Color, TextStyle};
use crate::roi::Letterbox;

use super::{Encoder, ImageFormat, file};

/// Height of a line of a caption, in pixels.
const LINE: u32 = 17;
/// Size of its letters, in points.
const POINTS: u32 = 10;
/// Blank pixels around tiles.
const GAP: u32 = 6;
const BACKGROUND: Rgb<u8> = Rgb([24, 26, 30]);
const BLANK: Rgb<u8> = Rgb([40, 43, 49]);
const INK: Color = Color::rgb(0.87, 0.89, 0.90);

/// How a [`ContactSheet`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetOptions {
    /// (width, height) of the part of a tile that shows the crop, in pixels.
    pub tile: (u32, u32),
    /// Tiles in a row; 0 chooses as many as make the sheet about 3:2.
    pub columns: u32,
    /// Tiles kept; the rest is counted and the last line of the sheet says how many.
    pub max_tiles: usize,
}

impl Default for SheetOptions {
    fn default() -> Self {
        Self { tile: (112, 192), columns: 0, max_tiles: 400 }
    }
}

/// One picture of all crops: tiles of equal size, each with two lines of text.
///
/// A crop is shrunk to its tile when it is added, so that the sheet holds thumbnails only: at the
/// default size at most 26 MB, whatever the number of tracks.
///
/// ```
/// use dsframe::crops::{ContactSheet, SheetOptions};
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// let crop = OwnedFrame::zeroed(PixelFormat::Rgba, 40, 90);
/// let mut sheet = ContactSheet::new(SheetOptions { max_tiles: 1, ..Default::default() })?;
/// assert!(sheet.add(&crop.view(), ["person 7", "frame 120"]));
/// assert!(!sheet.add(&crop.view(), ["person 8", "frame 121"]));
/// assert_eq!((sheet.len(), sheet.left_out()), (1, 1));
/// assert_eq!(&sheet.to_png()?[1..4], b"PNG");
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug)]
pub struct ContactSheet {
    options: SheetOptions,
    tiles: Vec<(RgbImage, [String; 2])>,
    left_out: usize,
}

impl ContactSheet {
    /// An empty sheet.
    ///
    /// # Errors
    /// When a tile is not 16 to 1024 pixels a side, or there is no room for a tile.
    pub fn new(options: SheetOptions) -> Result<Self> {
        let (width, height) = options.tile;
        if ![width, height].iter().all(|side| (16..=1024).contains(side)) {
            return Err(Error::invalid(format!("a tile is {width}x{height}, its sides must be 16 to 1024")));
        }
        if options.max_tiles == 0 {
            return Err(Error::invalid("max_tiles is 0, it must be at least 1"));
        }
        Ok(Self { options, tiles: Vec::new(), left_out: 0 })
    }

    /// Adds a tile; false when the sheet is full or the crop empty, which is counted.
    pub fn add(&mut self, crop: &FrameView<'_>, lines: [impl Into<String>; 2]) -> bool {
        if self.tiles.len() >= self.options.max_tiles || crop.width() == 0 || crop.height() == 0 {
            self.left_out += 1;
            return false;
        }
        self.tiles.push((thumbnail(crop, self.options.tile), lines.map(Into::into)));
        true
    }

    /// Tiles on the sheet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tiles.len()
    }

    /// Whether there is no tile.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// Crops that were not added because the sheet was full.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The sheet as the bytes of a PNG file. A sheet without tiles says so.
    ///
    /// # Errors
    /// When encoding fails.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let sheet = self.draw();
        let (width, height) = sheet.dimensions();
        let planes = [(sheet.as_raw().as_slice(), width as usize * 3)];
        let view = FrameView::new(PixelFormat::Rgb, width, height, &planes, Default::default())?;
        Encoder::new(ImageFormat::Png, super::DEFAULT_QUALITY)?.encode(&view)
    }

    /// Writes the sheet to a PNG file, replacing one that is there.
    ///
    /// # Errors
    /// When encoding or writing fails; the error names the path.
    pub fn save(&self, path: &Path) -> Result<()> {
        file::write(path, &self.to_png()?, true)
    }

    fn columns(&self) -> u32 {
        let (width, height) = (self.options.tile.0 + GAP, self.options.tile.1 + 2 * LINE + GAP);
        let count = self.tiles.len().max(1) as u32;
        let wanted = match self.options.columns {
            0 => (f64::from(count) * 1.5 * f64::from(height) / f64::from(width)).sqrt().ceil() as u32,
            n => n,
        };
        wanted.clamp(1, count.max(3))
    }

    fn draw(&self) -> RgbImage {
        let (tile_w, tile_h) = self.options.tile;
        let (cell_w, cell_h) = (tile_w + GAP, tile_h + 2 * LINE + GAP);
        let columns = self.columns();
        let rows = (self.tiles.len() as u32).div_ceil(columns);
        let footer = match (self.tiles.len(), self.left_out) {
            (0, _) => Some("no crops".to_owned()),
            (_, 0) => None,
            (shown, more) => Some(format!("{shown} of {} crops are shown", shown + more)),
        };
        let height = GAP + rows * cell_h + if footer.is_some() { LINE + GAP } else { 0 };
        let mut sheet = RgbImage::from_pixel(GAP + columns * cell_w, height, BACKGROUND);
        for (i, (thumbnail, lines)) in self.tiles.iter().enumerate() {
            let (column, row) = (i as u32 % columns, i as u32 / columns);
            let (x, y) = (GAP + column * cell_w, GAP + row * cell_h);
            imageops::replace(&mut sheet, thumbnail, i64::from(x), i64::from(y));
            for (n, line) in lines.iter().enumerate() {
                caption(&mut sheet, (x, y + tile_h + n as u32 * LINE), tile_w, line);
            }
        }
        if let Some(text) = footer {
            caption(&mut sheet, (GAP, GAP + rows * cell_h), columns * cell_w - GAP, &text);
        }
        sheet
    }
}

/// The crop in the middle of a tile, its shape kept.
fn thumbnail(crop: &FrameView<'_>, tile: (u32, u32)) -> RgbImage {
    let (width, height) = (crop.width(), crop.height());
    let rgb: OwnedFrame = color::to_rgb(crop);
    let pixels = rgb.view().plane(0).data().to_vec();
    let whole = RgbImage::from_raw(width, height, pixels).expect("the copy is packed");
    let inner = Letterbox::fit((width, height), tile, true).expect("no side is zero").inner();
    let small = imageops::resize(&whole, inner.width, inner.height, imageops::FilterType::Triangle);
    let mut picture = RgbImage::from_pixel(tile.0, tile.1, BLANK);
    imageops::replace(&mut picture, &small, i64::from(inner.x), i64::from(inner.y));
    picture
}

/// Draws one line of `text` from (`x`, `y`) on, at most `width` pixels wide.
fn caption(sheet: &mut RgbImage, (x, y): (u32, u32), width: u32, text: &str) {
    let (sheet_w, sheet_h) = sheet.dimensions();
    let planes = vec![(sheet.as_mut(), sheet_w as usize * 3)];
    let line = FrameViewMut::new(PixelFormat::Rgb, sheet_w, sheet_h, planes, Colorimetry::default())
        .and_then(|view| view.into_crop(Rect::new(x, y, width, LINE)));
    let mut line = line.expect("a line of a caption lies on the sheet");
    let style = TextStyle { font: "Sans".into(), size: POINTS, color: INK, background: None };
    // Letters begin half the size behind the corner of their box.
    Canvas::new(&mut line).text(-(POINTS as f32) / 2.0, 0.0, text, &style);
}
