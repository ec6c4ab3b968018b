//! What is to be done to each plane, worked out before a pixel is touched.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::{Error, Result};
use crate::frame::{FrameViewMut, PixelFormat, Rect, plane_window};
use crate::ops::gaussian_blur::GaussianBlur;
use crate::ops::rows::{chroma_shift, samples};
use crate::roi::{BBox, Dropped};

use super::cover::{Cells, Cover};
use super::{Blocks, Blur, Redaction, Region};

/// Sides below this are too short for a Gaussian blur to hide anything, in pixels.
pub(super) const TINY: u32 = 8;

/// What of a picture matters for where boxes lie in its planes.
pub(super) struct Layout {
    pub(super) format: PixelFormat,
    colorimetry: crate::frame::Colorimetry,
    pub(super) size: (u32, u32),
    pub(super) phase: (u32, u32),
    /// The strongest subsampling of any plane.
    pub(super) shift: (u32, u32),
}

/// A redaction with everything that its boxes share.
pub(super) enum Method {
    Fill([[u8; 4]; 3]),
    Pixelate(Blocks),
    Across { remaining: u32, soft: &'static GaussianBlur },
    Kernel(Arc<Blurs>),
}

/// Blurs with a kernel, of planes with all pixels and of those that are subsampled.
pub(super) struct Blurs {
    pub(super) luma: GaussianBlur,
    pub(super) chroma: GaussianBlur,
}

/// A region's box in the picture.
pub(super) struct Place<'r> {
    pub(super) region: &'r Region<'r>,
    /// The pixels it covers, whole chroma samples, in the window.
    pub(super) rect: Rect,
}

/// What is done to a box of a plane.
pub(super) struct Job<'r, 'm> {
    /// In samples of the plane.
    pub(super) rect: Rect,
    pub(super) effect: Effect<'m>,
    /// `None` where all of the box is hidden.
    pub(super) cover: Option<Cover<'r>>,
}

pub(super) enum Effect<'m> {
    Fill([u8; 4]),
    /// Blocks of this many samples.
    Pixelate((u32, u32)),
    /// Shrunk to this many samples, and back.
    Shrink((u32, u32), &'m GaussianBlur),
    Blur(&'m GaussianBlur),
}

impl Layout {
    pub(super) fn of(frame: &FrameViewMut<'_>) -> Self {
        let size = (frame.width(), frame.height());
        Self::new(frame.format(), frame.colorimetry(), size, frame.chroma_phase())
    }

    /// As [`of`](Self::of), for a picture in GPU memory.
    #[cfg(feature = "cuda")]
    pub(super) fn of_device(frame: &crate::frame::DeviceView<'_>) -> Self {
        let size = (frame.width(), frame.height());
        Self::new(frame.format(), frame.colorimetry(), size, frame.chroma_phase())
    }

    /// Whether samples lie in pixels, and colours in samples, as in `other`, which may have another size.
    #[cfg(feature = "cuda")]
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.format, self.colorimetry, self.phase) == (other.format, other.colorimetry, other.phase)
    }

    fn new(
        format: PixelFormat,
        colorimetry: crate::frame::Colorimetry,
        size: (u32, u32),
        phase: (u32, u32),
    ) -> Self {
        Self { format, colorimetry, size, phase, shift: format.chroma_shift().unwrap_or_default() }
    }
}

impl Method {
    pub(super) fn new(how: Redaction, layout: &Layout) -> Result<Self> {
        if layout.format.bits() > 8 && !matches!(how, Redaction::Fill(_)) {
            return Err(Error::unsupported(format!(
                "means of {:?} are not implemented; fill, or convert to Nv12 first; nothing was hidden",
                layout.format
            )));
        }
        match how {
            Redaction::Fill(color) => Ok(Self::Fill(samples(layout.format, layout.colorimetry, color))),
            Redaction::Pixelate(Blocks::Pixels(size)) if size < 2 => Err(Error::invalid(format!(
                "blocks are {size} pixels, they must be 2 or more: smaller ones hide nothing"
            ))),
            Redaction::Pixelate(Blocks::Across(0)) | Redaction::Blur(Blur::Across(0)) => {
                Err(Error::invalid("0 values would remain across a box, it must be 1 or more; use Fill"))
            }
            Redaction::Pixelate(blocks) => Ok(Self::Pixelate(blocks)),
            Redaction::Blur(Blur::Across(remaining)) => Ok(Self::Across { remaining, soft: soft()? }),
            Redaction::Blur(Blur::Kernel { ksize, .. }) if ksize < 3 => Err(Error::invalid(format!(
                "the kernel is {ksize} pixels, it must be odd and 3 or more: smaller ones hide nothing"
            ))),
            Redaction::Blur(Blur::Kernel { ksize, sigma }) => Ok(Self::Kernel(blurs(ksize, sigma)?)),
        }
    }
}

/// The blurs of [`Blur::Kernel`]; the last ones are kept, as one strength serves picture after picture.
fn blurs(ksize: u32, sigma: f64) -> Result<Arc<Blurs>> {
    type Known = ((u32, u64), Arc<Blurs>);
    static LAST: Mutex<Option<Known>> = Mutex::new(None);
    let key = (ksize, sigma.to_bits());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, blurs)) = last.as_ref().filter(|(known, _)| *known == key) {
        return Ok(Arc::clone(blurs));
    }
    let half = ((ksize / 2) | 1).max(3);
    let blurs = Arc::new(Blurs {
        luma: GaussianBlur::new((ksize, ksize), sigma, sigma)?,
        chroma: GaussianBlur::new((half, half), sigma / 2.0, sigma / 2.0)?,
    });
    *last = Some((key, Arc::clone(&blurs)));
    Ok(blurs)
}

/// What small pictures are softened with; made once.
fn soft() -> Result<&'static GaussianBlur> {
    static SOFT: OnceLock<GaussianBlur> = OnceLock::new();
    if let Some(soft) = SOFT.get() {
        return Ok(soft);
    }
    let soft = GaussianBlur::new((3, 3), 0.0, 0.0)?;
    Ok(SOFT.get_or_init(|| soft))
}

/// Where the regions lie, those outside and those without an area left out.
pub(super) fn boxes<'r>(layout: &Layout, regions: &'r [Region<'r>]) -> Result<Vec<Place<'r>>> {
    let mut places = Vec::with_capacity(regions.len());
    for (i, region) in regions.iter().enumerate() {
        if let Some(rect) = rect_of(layout, i, region)? {
            places.push(Place { region, rect });
        }
    }
    Ok(places)
}

/// Where `region`, which has number `i`, lies; `None` outside, and without an area.
#[inline]
pub(super) fn rect_of(layout: &Layout, i: usize, region: &Region<'_>) -> Result<Option<Rect>> {
    match region.bbox.clip(layout.size.0, layout.size.1) {
        Ok(rect) => Ok(Some(widened(rect, layout))),
        Err(Dropped::NotFinite) => Err(not_finite(i)),
        Err(_) => Ok(None),
    }
}

#[cold]
pub(super) fn not_finite(i: usize) -> Error {
    Error::invalid(format!("the box of region {i} has a coordinate that is not finite; nothing was hidden"))
}

/// `rect` grown outwards to whole chroma samples, inside the picture.
#[inline]
fn widened(rect: Rect, layout: &Layout) -> Rect {
    let axis = |start: u32, len: u32, phase: u32, shift: u32, limit: u32| {
        let (first, last) = (start + phase, start + len + phase);
        let first = first >> shift << shift;
        let last = last.div_ceil(1 << shift) << shift;
        let (first, last) = (first.saturating_sub(phase), (last - phase).min(limit));
        (first, last - first)
    };
    let (x, width) = axis(rect.x, rect.width, layout.phase.0, layout.shift.0, layout.size.0);
    let (y, height) = axis(rect.y, rect.height, layout.phase.1, layout.shift.1, layout.size.1);
    Rect::new(x, y, width, height)
}

/// The longer side of a box, which lies in the picture as `rect`.
#[inline]
pub(super) fn longer_side(bbox: BBox, rect: Rect) -> u32 {
    // A box that leaves the picture keeps its strength; a float to integer cast saturates.
    let exact = bbox.width.max(bbox.height);
    // Rounded up by casts: `ceil` is a function's call on x86-64.
    let whole = exact as u32;
    whole.saturating_add(u32::from((whole as f32) < exact)).max(rect.width).max(rect.height)
}

/// Pixels of a block of which `count` lie along the longer side of `bbox`; `None` where that is under two.
fn block(bbox: BBox, rect: Rect, count: u32) -> Option<u32> {
    let longer = longer_side(bbox, rect);
    (longer / 2 >= count).then(|| longer.div_ceil(count))
}

/// `rect` in samples of a plane, and where in a sample the window begins.
#[inline]
pub(super) fn in_plane(layout: &Layout, plane: usize, rect: Rect) -> (Rect, (u32, u32)) {
    let phase = if plane == 0 { (0, 0) } else { layout.phase };
    let moved = Rect { x: rect.x + phase.0, y: rect.y + phase.1, ..rect };
    (plane_window(layout.format, plane, moved), phase)
}

impl<'r> Place<'r> {
    #[inline]
    pub(super) fn job<'m>(&self, layout: &Layout, method: &'m Method, plane: usize) -> Job<'r, 'm> {
        let (rect, phase) = in_plane(layout, plane, self.rect);
        let (sx, sy) = chroma_shift(layout.format, plane);
        let cells = Cells {
            left: (i64::from(rect.x) << sx) - i64::from(phase.0),
            top: (i64::from(rect.y) << sy) - i64::from(phase.1),
            shift: (sx, sy),
            width: rect.width,
        };
        Job { rect, effect: self.effect(layout, method, plane, rect), cover: Cover::new(self.region, cells) }
    }

    #[inline]
    fn effect<'m>(&self, layout: &Layout, method: &'m Method, plane: usize, rect: Rect) -> Effect<'m> {
        let (sx, sy) = chroma_shift(layout.format, plane);
        let mean = Effect::Pixelate((rect.width, rect.height));
        // Blocks of a whole number of chroma samples.
        let whole = |size: u32, shift: u32, most: u32| size.saturating_add(most) >> most << most >> shift;
        let in_plane = |size: u32| (whole(size, sx, layout.shift.0), whole(size, sy, layout.shift.1));
        let sized = |remaining| block(self.region.bbox, self.rect, remaining).map(in_plane);
        match method {
            Method::Fill(samples) => Effect::Fill(samples[plane]),
            Method::Pixelate(Blocks::Pixels(size)) => Effect::Pixelate(in_plane(*size)),
            Method::Pixelate(Blocks::Across(count)) => sized(*count).map_or(mean, Effect::Pixelate),
            Method::Across { remaining, soft } => sized(*remaining).map_or(mean, |block| {
                Effect::Shrink((rect.width.div_ceil(block.0), rect.height.div_ceil(block.1)), soft)
            }),
            Method::Kernel(_) if self.rect.width < TINY || self.rect.height < TINY => mean,
            Method::Kernel(blurs) if (sx, sy) == (0, 0) => Effect::Blur(&blurs.luma),
            Method::Kernel(blurs) => Effect::Blur(&blurs.chroma),
        }
    }
}
