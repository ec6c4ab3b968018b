//! Numbers about a picture or a window of one.
//!
//! |         | layout                    | element | shape        | pitch (bytes) |
//! |---------|---------------------------|---------|--------------|---------------|
//! | `plane` | interleaved, 1 to 4 bytes | `u8`    | `(h, w, c)`  | ≥ c·w         |
//! | result  | a value a channel         | `f64`, `u8` or `u64` | `(4,)` or `(c, 256)` | packed |
//!
//! A window is `plane.crop(rect)`. Channels that the plane has not are 0 in a result of 4, as in OpenCV's `Scalar`.
//!
//! Backends and parity: sums are integers and exact, on every path; the only rounding is the last division (and square
//! root). OpenCV's `mean`, `minMaxLoc` and `calcHist` give the same; its `meanStdDev` up to its own rounding.
//!
//! Source: <https://docs.opencv.org/4.x/d2/de8/group__core__array.html> (`mean`, `meanStdDev`, `minMaxLoc`)

mod counts;
mod sums;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod x86_64;

use crate::cpu::{for_each, strips};
use crate::error::{Error, Result};
use crate::frame::View;
use crate::ops::rows::{Isa, check_channels};

use sums::{Extremes, Sums};

/// The smallest and the largest value of a plane, and where each is first, from the top and then from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinMaxLoc {
    /// The smallest value.
    pub min: u8,
    /// The largest value.
    pub max: u8,
    /// Where the smallest is: (x, y), in pixels.
    pub min_loc: (u32, u32),
    /// Where the largest is: (x, y), in pixels.
    pub max_loc: (u32, u32),
}

/// The mean of each channel; 0 for a plane without pixels. OpenCV's `mean`.
///
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::stats::mean;
/// let rgb = [10, 20, 30, 20, 40, 31];
/// assert_eq!(mean(&View::new(&rgb, 2, 1, 3, 6)?)?, [15.0, 30.0, 30.5, 0.0]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn mean(plane: &View<'_>) -> Result<[f64; 4]> {
    Ok(sums(Isa::best(), plane, false)?.mean())
}

/// The mean and the standard deviation (of all pixels, not of a sample) of each channel. OpenCV's `meanStdDev`.
///
/// # Errors
/// When a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::stats::mean_std_dev;
/// let (mean, deviation) = mean_std_dev(&View::new(&[10, 14], 2, 1, 1, 2)?)?;
/// assert_eq!((mean[0], deviation[0]), (12.0, 2.0));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn mean_std_dev(plane: &View<'_>) -> Result<([f64; 4], [f64; 4])> {
    let sums = sums(Isa::best(), plane, true)?;
    Ok((sums.mean(), sums.deviation()))
}

/// The smallest and the largest value of each channel, (min, max), for the channels that the plane has.
///
/// # Errors
/// When a pixel is not 1 to 4 bytes, or there is none.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::stats::min_max;
/// assert_eq!(min_max(&View::new(&[10, 20, 30, 9], 2, 1, 2, 4)?)?, [(10, 30), (9, 20)]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn min_max(plane: &View<'_>) -> Result<Vec<(u8, u8)>> {
    min_max_at(Isa::best(), plane)
}

/// The extremes of a plane of one channel, and where they are. OpenCV's `minMaxLoc`.
///
/// # Errors
/// When a pixel is not 1 byte, or there is none.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::stats::min_max_loc;
/// let found = min_max_loc(&View::new(&[5, 9, 5, 2], 2, 2, 1, 2)?)?;
/// assert_eq!((found.min, found.min_loc, found.max, found.max_loc), (2, (1, 1), 9, (1, 0)));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn min_max_loc(plane: &View<'_>) -> Result<MinMaxLoc> {
    if plane.channels() != 1 {
        return Err(Error::invalid(format!(
            "a pixel has {} bytes, it must have 1 for a place to be found; see min_max",
            plane.channels()
        )));
    }
    check_pixels(plane)?;
    Ok(sums::min_max_loc(Isa::best(), plane))
}

/// How often each value occurs, for the channels that the plane has. OpenCV's `calcHist` with 256 bins.
///
/// # Errors
/// When a pixel is not 1 to 4 bytes.
///
/// # Example
/// ```
/// use dsframe::frame::View;
/// use dsframe::ops::stats::histogram;
/// let bins = histogram(&View::new(&[7, 9, 7, 7], 4, 1, 1, 4)?)?;
/// assert_eq!((bins[0][7], bins[0][9], bins[0][8]), (3, 1, 0));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn histogram(plane: &View<'_>) -> Result<Vec<[u64; 256]>> {
    check_channels(plane.channels())?;
    let mut parts = split(plane, vec![[0; 256]; plane.channels()]);
    for_each(parts.iter_mut().collect(), |(view, bins)| counts::add(view, bins));
    let mut total = vec![[0; 256]; plane.channels()];
    for (_, bins) in parts {
        for (total, part) in total.iter_mut().flatten().zip(bins.iter().flatten()) {
            *total += part;
        }
    }
    Ok(total)
}

fn sums(isa: Isa, plane: &View<'_>, squares: bool) -> Result<Sums> {
    check_channels(plane.channels())?;
    let mut parts = split(plane, Sums::default());
    for_each(parts.iter_mut().collect(), |(view, sums)| sums.add(isa, view, squares));
    let mut total = Sums::default();
    parts.iter().for_each(|(_, sums)| total.join(sums));
    total.count = u64::from(plane.width()) * u64::from(plane.height());
    Ok(total)
}

fn min_max_at(isa: Isa, plane: &View<'_>) -> Result<Vec<(u8, u8)>> {
    check_channels(plane.channels())?;
    check_pixels(plane)?;
    let mut parts = split(plane, Extremes::default());
    for_each(parts.iter_mut().collect(), |(view, extremes)| extremes.add(isa, view));
    let join = |c: usize| {
        let (mins, maxs) = (parts.iter().map(|(_, e)| e.min[c]), parts.iter().map(|(_, e)| e.max[c]));
        (mins.min().unwrap_or_default(), maxs.max().unwrap_or_default())
    };
    Ok((0..plane.channels()).map(join).collect())
}

/// The plane in strips of rows, each with a place for its result.
fn split<'a, T: Clone>(plane: &View<'a>, place: T) -> Vec<(View<'a>, T)> {
    strips(plane.height(), plane.width() as usize * plane.channels(), 1)
        .into_iter()
        .map(|rows| {
            let rect = crate::frame::Rect::new(0, rows.start, plane.width(), rows.len() as u32);
            (plane.crop(rect).expect("strips lie in the plane"), place.clone())
        })
        .collect()
}

fn check_pixels(plane: &View<'_>) -> Result<()> {
    if plane.width() > 0 && plane.height() > 0 {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the plane is {}x{}, it must have a pixel to have a smallest and a largest",
        plane.width(),
        plane.height()
    )))
}

#[cfg(test)]
mod tests;
