//! Where to hide.

use crate::error::{Error, Result};
use crate::frame::Rect;
use crate::roi::BBox;

/// A part of a picture to hide: a box, in pixels, and the shape in it.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a> {
    /// The box around the shape.
    pub bbox: BBox,
    /// What of the box is hidden.
    pub shape: Shape<'a>,
}

/// What of a box is hidden.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// All of it.
    Box,
    /// The ellipse that touches the middle of each side.
    Ellipse,
    /// Where a mask says so.
    Mask(Mask<'a>),
}

/// Which parts of a box are hidden, cell by cell; the cells are spread evenly over the box.
///
/// A mask of the box's size has one cell a pixel; one of another size (a segmentation network's) is stretched. A pixel
/// is hidden where it touches a cell that is.
#[derive(Debug, Clone, Copy)]
pub struct Mask<'a> {
    values: Values<'a>,
    width: u32,
    height: u32,
}

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Bytes(&'a [u8]),
    Floats(&'a [f32], f32),
}

impl<'a> Region<'a> {
    /// The ellipse in `bbox`.
    #[must_use]
    pub fn ellipse(bbox: BBox) -> Self {
        Self { bbox, shape: Shape::Ellipse }
    }

    /// What `mask` covers of `bbox`.
    #[must_use]
    pub fn masked(bbox: BBox, mask: Mask<'a>) -> Self {
        Self { bbox, shape: Shape::Mask(mask) }
    }
}

impl From<BBox> for Region<'_> {
    fn from(bbox: BBox) -> Self {
        Self { bbox, shape: Shape::Box }
    }
}

impl From<Rect> for Region<'_> {
    fn from(rect: Rect) -> Self {
        BBox::from(rect).into()
    }
}

impl<'a> Mask<'a> {
    /// A mask of `width` x `height` bytes, row by row; what is not 0 is hidden.
    ///
    /// # Errors
    /// When `values` has another length.
    ///
    /// ```
    /// use dsframe::ops::redact::Mask;
    /// assert!(Mask::from_u8(&[0, 255, 255, 0], 2, 2).is_ok());
    /// assert!(Mask::from_u8(&[0, 255], 2, 2).is_err());
    /// ```
    pub fn from_u8(values: &'a [u8], width: u32, height: u32) -> Result<Self> {
        check_len(values.len(), width, height)?;
        Ok(Self { values: Values::Bytes(values), width, height })
    }

    /// A mask of `width` x `height` scores, row by row; what is above `threshold` is hidden, and what is not a number.
    ///
    /// # Errors
    /// When `values` has another length.
    pub fn from_f32(values: &'a [f32], width: u32, height: u32, threshold: f32) -> Result<Self> {
        check_len(values.len(), width, height)?;
        Ok(Self { values: Values::Floats(values, threshold), width, height })
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Sets what row `y` hides.
    pub(super) fn add_row(&self, y: u32, hidden: &mut [bool]) {
        let at = y as usize * self.width as usize;
        match self.values {
            Values::Bytes(values) => {
                for (hidden, &value) in hidden.iter_mut().zip(&values[at..]) {
                    *hidden |= value != 0;
                }
            }
            Values::Floats(values, threshold) => {
                for (hidden, &value) in hidden.iter_mut().zip(&values[at..]) {
                    *hidden |= value > threshold || value.is_nan() || threshold.is_nan();
                }
            }
        }
    }
}

fn check_len(len: usize, width: u32, height: u32) -> Result<()> {
    if len as u64 == u64::from(width) * u64::from(height) {
        return Ok(());
    }
    Err(Error::invalid(format!("the mask has {len} values, it must have {width}x{height}, row by row")))
}
