use std::path::Path;

use ab_glyph::{Font, FontVec, ScaleFont, point};
use image::{GrayImage, Luma, Rgb, RgbImage, imageops};

use crate::error::{Error, Result};
use crate::frame::{FrameView, OwnedFrame, PixelFormat};
use crate::ops::color;
use crate::roi::Letterbox;

use super::{Encoder, ImageFormat, file};

/// Height of a line of a caption, in pixels.
const LINE: u32 = 14;
/// Blank pixels around tiles.
const GAP: u32 = 6;
const BACKGROUND: Rgb<u8> = Rgb([24, 26, 30]);
const BLANK: Rgb<u8> = Rgb([40, 43, 49]);
const INK: Rgb<u8> = Rgb([222, 226, 230]);

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
/// default size at most 26 MB, whatever the number of tracks. Text needs a font of the system; where
/// there is none, the lines stay empty.
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
        let font = system_font();
        for (i, (thumbnail, lines)) in self.tiles.iter().enumerate() {
            let (column, row) = (i as u32 % columns, i as u32 / columns);
            let (x, y) = (GAP + column * cell_w, GAP + row * cell_h);
            imageops::replace(&mut sheet, thumbnail, i64::from(x), i64::from(y));
            for (n, line) in lines.iter().enumerate() {
                caption(&mut sheet, font.as_ref(), (x, y + tile_h + n as u32 * LINE), tile_w, line);
            }
        }
        if let Some(text) = footer {
            caption(&mut sheet, font.as_ref(), (GAP, GAP + rows * cell_h), columns * cell_w - GAP, &text);
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

/// A sans-serif font of this machine, if it has one, else any font.
fn system_font() -> Option<FontVec> {
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    // The generic name means Arial to the font database, which few Linux machines have.
    let names = ["DejaVu Sans", "Liberation Sans", "Noto Sans"].map(fontdb::Family::Name);
    let families = [names.as_slice(), &[fontdb::Family::SansSerif]].concat();
    let query = fontdb::Query { families: &families, ..Default::default() };
    let preferred = fonts.query(&query);
    preferred.into_iter().chain(fonts.faces().map(|face| face.id)).find_map(|id| {
        let parse = |data: &[u8], index| FontVec::try_from_vec_and_index(data.to_vec(), index).ok();
        fonts.with_face_data(id, parse).flatten().filter(|font| font.glyph_id('0').0 != 0)
    })
}

/// Draws one line of `text` from (`x`, `y`) on, at most `width` pixels wide; no font, no text.
fn caption(sheet: &mut RgbImage, font: Option<&FontVec>, (x, y): (u32, u32), width: u32, text: &str) {
    let Some(font) = font else { return };
    let font = font.as_scaled(LINE as f32 - 2.0);
    let mut ink = GrayImage::new(width, LINE);
    let mut at = point(0.0, font.ascent());
    for c in text.chars() {
        let glyph = font.glyph_id(c);
        if at.x + font.h_advance(glyph) > width as f32 {
            break;
        }
        if let Some(outline) = font.outline_glyph(glyph.with_scale_and_position(font.scale(), at)) {
            let bounds = outline.px_bounds();
            outline.draw(|gx, gy, coverage| {
                let (px, py) = (bounds.min.x as i64 + i64::from(gx), bounds.min.y as i64 + i64::from(gy));
                if (0..i64::from(width)).contains(&px) && (0..i64::from(LINE)).contains(&py) {
                    let pixel = ink.get_pixel_mut(px as u32, py as u32);
                    *pixel = Luma([pixel.0[0].max((coverage.clamp(0.0, 1.0) * 255.0) as u8)]);
                }
            });
        }
        at.x += font.h_advance(glyph);
    }
    for (dx, dy, Luma([coverage])) in ink.enumerate_pixels() {
        let pixel = sheet.get_pixel_mut(x + dx, y + dy);
        for (under, over) in pixel.0.iter_mut().zip(INK.0) {
            let mixed =
                u32::from(*under) * (255 - u32::from(*coverage)) + u32::from(over) * u32::from(*coverage);
            *under = (mixed / 255) as u8;
        }
    }
}
