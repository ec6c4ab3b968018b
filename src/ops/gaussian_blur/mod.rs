//! Gaussian blur.
//!
//! |         | layout                       | element | shape       | pitch (bytes) |
//! |---------|------------------------------|---------|-------------|---------------|
//! | `src`   | interleaved, 1 to 4 bytes    | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `dst`   | as `src`                     | `u8`    | `(h, w, c)` | ≥ c·w         |
//! | `plane` | as `src`, read and written   | `u8`    | `(h, w, c)` | ≥ c·w         |
//!
//! Every channel is filtered, alpha included, as OpenCV does.
//!
//! Backends and parity: `scalar`, AVX2, AVX-512 (with VNNI) and NEON give the same bytes: weights in units of 1/256, sums
//! in integers, rounded half up once, at the end. That is OpenCV's path for 8-bit pictures (`GaussianBlur` from 4.2
//! on) and equals it byte for byte. For a part of a larger `Mat`, OpenCV takes an older path, which looks at the
//! pixels around that part, as [`GaussianBlur::apply_window_mut`] does, and whose weights are rounded one by one, so that
//! they do not sum to 1: it is up to 3 from here. With `BORDER_ISOLATED`, a part is again the same byte for byte.
//!
//! Source: <https://docs.opencv.org/4.x/d4/d86/group__imgproc__filter.html#gaabe8c836e97159a9193fb0b11ac52cf1>

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod aarch64;
#[cfg(feature = "cuda")]
pub(crate) mod cuda;
mod kernel;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod tiles;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "vector loads and stores, chosen by run-time detection")]
mod x86_64;

use std::ops::Range;

use crate::cpu;
use crate::error::Result;
use crate::frame::{Rect, View, ViewMut};
use crate::ops::rows::{Border, Isa, check_channels, check_same_shape, split_rows, with_copy};

#[cfg(feature = "cuda")]
pub use cuda::{gaussian_blur_mut_on, gaussian_blur_on};
pub use kernel::gaussian_kernel;

/// Blurs `src` into `dst`: OpenCV's `GaussianBlur` with its default border.
///
/// `ksize` is (width, height), odd; 0 takes `6·sigma + 1`, rounded up to odd. A sigma of 0 follows from the kernel size
/// ([`gaussian_kernel`]); `sigma_y` 0 is `sigma_x`. Contract and parity: the [module's](self) table.
///
/// # Errors
/// When `dst` has another shape than `src`, a kernel size is even, a sigma not finite, or both of a direction are 0.
///
/// # Example
/// ```
/// use dsframe::frame::{View, ViewMut};
/// use dsframe::ops::gaussian_blur::gaussian_blur;
/// let dot: Vec<u8> = (0..25).map(|i| if i == 12 { 255 } else { 0 }).collect();
/// let mut soft = [0; 25];
/// gaussian_blur(View::new(&dot, 5, 5, 1, 5)?, ViewMut::new(&mut soft, 5, 5, 1, 5)?, (3, 3), 0.0, 0.0)?;
/// assert_eq!(soft[6..9], [16, 32, 16]);
/// assert_eq!(soft[11..14], [32, 64, 32]);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn gaussian_blur(
    src: View<'_>,
    dst: ViewMut<'_>,
    ksize: (u32, u32),
    sigma_x: f64,
    sigma_y: f64,
) -> Result<()> {
    GaussianBlur::new(ksize, sigma_x, sigma_y)?.apply(src, dst)
}

/// Blurs `plane` in place, as [`gaussian_blur`] does from one plane to another.
///
/// A window of a frame (`frame.crop_mut(rect)`) is blurred as if it were a picture of its own: nothing of what lies around
/// it gets in, which is what hiding a face needs. [`GaussianBlur::apply_window_mut`] looks around.
///
/// # Errors
/// As [`gaussian_blur`].
pub fn gaussian_blur_mut(plane: ViewMut<'_>, ksize: (u32, u32), sigma_x: f64, sigma_y: f64) -> Result<()> {
    GaussianBlur::new(ksize, sigma_x, sigma_y)?.apply_mut(plane)
}

/// A Gaussian blur with its weights worked out, for many pictures or windows.
///
/// ```
/// use dsframe::frame::{Rect, ViewMut};
/// use dsframe::ops::gaussian_blur::GaussianBlur;
/// let mut pixels: Vec<u8> = (0..64 * 48 * 4).map(|i| (i * 7) as u8).collect();
/// let mut frame = ViewMut::new(&mut pixels, 64, 48, 4, 256)?;
/// let blur = GaussianBlur::new((31, 31), 5.0, 0.0)?;
/// for face in [Rect::new(3, 5, 20, 30), Rect::new(40, 10, 24, 24)] {
///     blur.apply_mut(frame.crop_mut(face)?)?;
/// }
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GaussianBlur {
    plan: Plan,
}

/// Weights in units of 1/256 across and down, both of odd length and summing to 256.
#[derive(Debug, Clone)]
struct Plan {
    kx: Vec<i16>,
    ky: Vec<i16>,
    border: Border,
    #[cfg(target_arch = "x86_64")]
    across: x86_64::Across,
    #[cfg(target_arch = "x86_64")]
    down: x86_64::Down,
}

impl GaussianBlur {
    /// The blur that [`gaussian_blur`] does with these arguments.
    ///
    /// # Errors
    /// When a kernel size is even, a sigma not finite, or both of a direction are 0.
    pub fn new(ksize: (u32, u32), sigma_x: f64, sigma_y: f64) -> Result<Self> {
        let [x, y] = kernel::resolve(ksize, sigma_x, sigma_y)?;
        let (kx, ky) = (kernel::fixed_kernel(x.0, x.1)?, kernel::fixed_kernel(y.0, y.1)?);
        Ok(Self {
            plan: Plan {
                #[cfg(target_arch = "x86_64")]
                across: x86_64::Across::new(&kx),
                #[cfg(target_arch = "x86_64")]
                down: x86_64::Down::new(&ky),
                kx,
                ky,
                border: Border::default(),
            },
        })
    }

    /// The same blur with another border.
    #[must_use]
    pub fn border(mut self, border: Border) -> Self {
        self.plan.border = border;
        self
    }

    /// Blurs `src` into `dst`.
    ///
    /// # Errors
    /// When `dst` has another shape than `src`, or a pixel is not 1 to 4 bytes.
    pub fn apply(&self, src: View<'_>, dst: ViewMut<'_>) -> Result<()> {
        self.apply_at(Isa::best(), src, dst)
    }

    /// Blurs `plane` in place. What lies around a window does not get in: the border is that of the window.
    ///
    /// # Errors
    /// When a pixel is not 1 to 4 bytes.
    pub fn apply_mut(&self, plane: ViewMut<'_>) -> Result<()> {
        let whole = Rect::new(0, 0, plane.width(), plane.height());
        self.apply_window_at(Isa::best(), plane, whole)
    }

    /// Blurs the window `rect` of `plane` in place, seeing the pixels around it; the border is that of `plane`.
    ///
    /// # Errors
    /// When `rect` does not lie in `plane`, or a pixel is not 1 to 4 bytes.
    pub fn apply_window_mut(&self, plane: ViewMut<'_>, rect: Rect) -> Result<()> {
        self.apply_window_at(Isa::best(), plane, rect)
    }

    pub(crate) fn apply_at(&self, isa: Isa, src: View<'_>, mut dst: ViewMut<'_>) -> Result<()> {
        check_same_shape(&src, &dst)?;
        check_channels(src.channels())?;
        let whole = Rect::new(0, 0, src.width(), src.height());
        self.run(isa, src, whole, &mut dst);
        Ok(())
    }

    pub(crate) fn apply_window_at(&self, isa: Isa, mut plane: ViewMut<'_>, rect: Rect) -> Result<()> {
        check_channels(plane.channels())?;
        plane.as_view().crop(rect)?;
        if rect.is_empty() {
            return Ok(());
        }
        // What the kernel reaches, copied: the rows below are read after those above were written.
        let (rx, ry) = (self.plan.kx.len() as u32 / 2, self.plan.ky.len() as u32 / 2);
        let (left, top) = (rect.x.saturating_sub(rx), rect.y.saturating_sub(ry));
        let right = plane.width().min(rect.right().saturating_add(rx));
        let bottom = plane.height().min(rect.bottom().saturating_add(ry));
        let reach = Rect::new(left, top, right - left, bottom - top);
        let inner = Rect { x: rect.x - left, y: rect.y - top, ..rect };
        with_copy(&mut plane, reach, |copy, plane| {
            self.run(isa, copy, inner, &mut plane.crop_mut(rect)?);
            Ok(())
        })?
    }

    /// Blurs `window` of `src` into `dst`, which has its size.
    fn run(&self, isa: Isa, src: View<'_>, window: Rect, dst: &mut ViewMut<'_>) {
        if window.is_empty() {
            return;
        }
        let taps = self.plan.kx.len() + self.plan.ky.len();
        let row_work = window.width as usize * src.channels() * (1 + taps / 4);
        let strips = cpu::strips(window.height, row_work, 2);
        cpu::for_each(split_rows(dst, &strips), |(rows, dst)| {
            self.strip(isa, src, window, rows, dst);
        });
    }

    fn strip(&self, isa: Isa, src: View<'_>, window: Rect, rows: Range<u32>, dst: ViewMut<'_>) {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = x86_64::Lanes::new(isa) {
            return tiles::strip(lanes, &self.plan, src, window, rows, dst);
        }
        #[cfg(target_arch = "aarch64")]
        if let Isa::Neon(token) = isa {
            return aarch64::strip(token, &self.plan, src, window, rows, dst);
        }
        let _ = isa;
        scalar::strip(&self.plan, src, window, rows, dst);
    }
}

#[cfg(test)]
mod tests;
