use super::{Interpolation, resize};
use crate::error::{Error, Result};
use crate::frame::{Rect, View, ViewMut};
use crate::roi::Letterbox;

/// Resizes `src` into `dst` with its shape kept, and fills the rest with `fill`.
///
/// The picture lies where [`Letterbox::fit`] puts it: in the middle with `symmetric`, else at the top left. The
/// answer maps boxes between the two.
///
/// # Errors
/// As [`resize`], and when a side of either is zero, or `fill` has not one value per channel.
///
/// # Example
/// ```
/// use dsframe::frame::{Rect, View, ViewMut};
/// use dsframe::ops::resize::{Interpolation, letterbox};
/// let mut square = [9; 16];
/// let wide = View::new(&[50; 8], 4, 2, 1, 4)?;
/// let fit = letterbox(&wide, ViewMut::new(&mut square, 4, 4, 1, 4)?, &[114], true, Interpolation::Bilinear)?;
/// assert_eq!(fit.inner(), Rect::new(0, 1, 4, 2));
/// assert_eq!([square[0], square[4], square[11], square[12]], [114, 50, 50, 114]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn letterbox(
    src: &View<'_>,
    mut dst: ViewMut<'_>,
    fill: &[u8],
    symmetric: bool,
    interpolation: Interpolation,
) -> Result<Letterbox> {
    if fill.len() != dst.channels() {
        return Err(Error::invalid(format!(
            "fill has {} values, it must have one per channel of dst, {}",
            fill.len(),
            dst.channels()
        )));
    }
    let (width, height) = (dst.width(), dst.height());
    let fit = Letterbox::fit((src.width(), src.height()), (width, height), symmetric)?;
    let inner = fit.inner();
    let (right, bottom) = (inner.x + inner.width, inner.y + inner.height);
    for blank in [
        Rect::new(0, 0, width, inner.y),
        Rect::new(0, bottom, width, height - bottom),
        Rect::new(0, inner.y, inner.x, inner.height),
        Rect::new(right, inner.y, width - right, inner.height),
    ] {
        let mut blank = dst.crop_mut(blank)?;
        for y in 0..blank.height() {
            blank.row_mut(y).chunks_exact_mut(fill.len()).for_each(|pixel| pixel.copy_from_slice(fill));
        }
    }
    resize(src, dst.crop_mut(inner)?, interpolation)?;
    Ok(fit)
}
