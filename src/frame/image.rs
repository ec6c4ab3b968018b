//! The `image` crate's types over a view, and frames from its buffers.

use std::marker::PhantomData;
use std::ops::Deref;

use image::flat::{FlatSamples, SampleLayout};
use image::{GenericImage, GenericImageView, ImageBuffer, Luma, Pixel, Rgb, Rgba};

use crate::error::{Error, Result};

use super::{Colorimetry, FrameView, FrameViewMut, OwnedFrame, PixelFormat, View, ViewMut};

/// A pixel type of the `image` crate whose samples lie as those of some formats: `Rgba<u8>`, `Rgb<u8>`, `Luma<u8>`.
pub trait ImagePixel: Pixel<Subpixel = u8> {
    /// The format of an image of such pixels.
    const FORMAT: PixelFormat;
    /// A format whose pixels have the same samples and one that means nothing.
    const ALSO: Option<PixelFormat> = None;
}

impl ImagePixel for Rgba<u8> {
    const FORMAT: PixelFormat = PixelFormat::Rgba;
    const ALSO: Option<PixelFormat> = Some(PixelFormat::Rgbx);
}

impl ImagePixel for Rgb<u8> {
    const FORMAT: PixelFormat = PixelFormat::Rgb;
}

impl ImagePixel for Luma<u8> {
    const FORMAT: PixelFormat = PixelFormat::Gray8;
}

/// A frame as an image of the `image` crate, whatever its pitch: what takes a [`GenericImageView`] takes it.
///
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat, Rect};
/// use image::{GenericImageView, Rgba};
/// let frame = OwnedFrame::zeroed(PixelFormat::Rgba, 8, 8);
/// let crop = frame.view().crop(Rect::new(2, 3, 4, 2))?;
/// let image = crop.as_image::<Rgba<u8>>()?;
/// assert_eq!(image.dimensions(), (4, 2));
/// assert_eq!(image.get_pixel(3, 1), Rgba([0, 0, 0, 0]));
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ImageView<'a, P> {
    view: View<'a>,
    _pixel: PhantomData<P>,
}

/// A writable frame as an image of the `image` crate: what takes a [`GenericImage`] takes it.
#[derive(Debug)]
pub struct ImageViewMut<'a, P> {
    view: ViewMut<'a>,
    _pixel: PhantomData<P>,
}

fn check_format<P: ImagePixel>(format: PixelFormat) -> Result<()> {
    if format == P::FORMAT || Some(format) == P::ALSO {
        return Ok(());
    }
    Err(Error::unsupported(format!(
        "the frame is {format:?}, an image of {} pixels has {:?}; convert it with ops::color, or take plane(0) for luma",
        P::COLOR_MODEL,
        P::FORMAT
    )))
}

fn check_channels<P: ImagePixel>(channels: usize) -> Result<()> {
    if channels == usize::from(P::CHANNEL_COUNT) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the plane has {channels} bytes a pixel, {} pixels have {}",
        P::COLOR_MODEL,
        P::CHANNEL_COUNT
    )))
}

impl<'a> FrameView<'a> {
    /// The frame as an image of `P`: `Rgba<u8>` (also of RGBx), `Rgb<u8>` or `Luma<u8>`; nothing is copied.
    ///
    /// # Errors
    /// `Unsupported` when the format's samples do not lie as those of `P`.
    pub fn as_image<P: ImagePixel>(&self) -> Result<ImageView<'a, P>> {
        check_format::<P>(self.format())?;
        self.plane(0).as_image()
    }
}

impl FrameViewMut<'_> {
    /// The frame as an image of `P` that can be written, as [`FrameView::as_image`].
    ///
    /// # Errors
    /// As [`FrameView::as_image`].
    pub fn as_image_mut<P: ImagePixel>(&mut self) -> Result<ImageViewMut<'_, P>> {
        check_format::<P>(self.format())?;
        check_channels::<P>(self.format().bytes_per_pixel(0))?;
        Ok(ImageViewMut { view: self.plane_mut(0), _pixel: PhantomData })
    }
}

impl<'a> View<'a> {
    /// The plane as an image of `P`, in whatever order its samples are; luma planes are images of `Luma<u8>`.
    ///
    /// # Errors
    /// When a pixel has not as many bytes as `P`.
    pub fn as_image<P: ImagePixel>(&self) -> Result<ImageView<'a, P>> {
        check_channels::<P>(self.channels())?;
        Ok(ImageView { view: *self, _pixel: PhantomData })
    }

    /// The plane as the `image` crate's samples with strides; nothing is copied.
    ///
    /// # Errors
    /// For one of several disjoint crops, see [`as_slice`](Self::as_slice).
    pub fn as_flat_samples(&self) -> Result<FlatSamples<&'a [u8]>> {
        let samples = self.as_slice().ok_or_else(|| {
            Error::invalid("a crop whose neighbours are being written is no slice of samples; use as_image")
        })?;
        let layout = SampleLayout {
            channels: u8::try_from(self.channels()).expect("a pixel has few bytes"),
            channel_stride: 1,
            width: self.width(),
            width_stride: self.channels(),
            height: self.height(),
            height_stride: self.pitch(),
        };
        Ok(FlatSamples { samples, layout, color_hint: None })
    }
}

impl<'a, P: ImagePixel> ImageView<'a, P> {
    /// The same pixels as a borrowed `ImageBuffer`, for functions that take nothing else.
    ///
    /// # Errors
    /// When there are bytes between the rows, as in most crops: an `ImageBuffer` has no pitch. Copy with
    /// [`to_image`](Self::to_image) then.
    pub fn as_image_buffer(&self) -> Result<ImageBuffer<P, &'a [u8]>> {
        let (view, row) = (self.view, self.view.width() as usize * self.view.channels());
        let packed = view.height() <= 1 || view.pitch() == row;
        let bytes = view.as_slice().filter(|_| packed).map(|bytes| &bytes[..row * view.height() as usize]);
        bytes.and_then(|bytes| ImageBuffer::from_raw(view.width(), view.height(), bytes)).ok_or_else(|| {
            Error::invalid(format!(
                "the rows are {} bytes apart and {row} bytes long, an ImageBuffer has nothing between its rows; use the \
                 ImageView itself, or copy with to_image",
                view.pitch()
            ))
        })
    }

    /// A packed copy.
    #[must_use]
    pub fn to_image(&self) -> ImageBuffer<P, Vec<u8>> {
        let bytes = self.view.rows().flatten().copied();
        ImageBuffer::from_raw(self.view.width(), self.view.height(), bytes.collect())
            .expect("every row was copied")
    }
}

/// The samples of pixel (`x`, `y`) in a row.
fn samples(row: &[u8], x: u32, channels: usize) -> &[u8] {
    &row[x as usize * channels..][..channels]
}

impl<P: ImagePixel> GenericImageView for ImageView<'_, P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        (self.view.width(), self.view.height())
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        *P::from_slice(samples(self.view.row(y), x, self.view.channels()))
    }
}

impl<P: ImagePixel> GenericImageView for ImageViewMut<'_, P> {
    type Pixel = P;

    fn dimensions(&self) -> (u32, u32) {
        (self.view.width(), self.view.height())
    }

    fn get_pixel(&self, x: u32, y: u32) -> P {
        *P::from_slice(samples(self.view.as_view().row(y), x, self.view.channels()))
    }
}

impl<P: ImagePixel> GenericImage for ImageViewMut<'_, P> {
    fn get_pixel_mut(&mut self, x: u32, y: u32) -> &mut P {
        let channels = self.view.channels();
        P::from_slice_mut(&mut self.view.row_mut(y)[x as usize * channels..][..channels])
    }

    fn put_pixel(&mut self, x: u32, y: u32, pixel: P) {
        let channels = self.view.channels();
        self.view.row_mut(y)[x as usize * channels..][..channels].copy_from_slice(pixel.channels());
    }

    fn blend_pixel(&mut self, x: u32, y: u32, pixel: P) {
        let mut blended = self.get_pixel(x, y);
        blended.blend(&pixel);
        self.put_pixel(x, y, blended);
    }
}

impl<'a, P: ImagePixel, C: Deref<Target = [u8]>> From<&'a ImageBuffer<P, C>> for FrameView<'a> {
    /// The image itself; nothing is copied.
    fn from(image: &'a ImageBuffer<P, C>) -> Self {
        let (w, h, row) = packed(image);
        FrameView::new(P::FORMAT, w, h, &[(image.as_raw(), row)], Colorimetry::default())
            .expect("an ImageBuffer holds all its rows")
    }
}

impl<'a, P: ImagePixel> From<&'a mut ImageBuffer<P, Vec<u8>>> for FrameViewMut<'a> {
    /// The image itself; nothing is copied.
    fn from(image: &'a mut ImageBuffer<P, Vec<u8>>) -> Self {
        let (w, h, row) = packed(image);
        FrameViewMut::new(P::FORMAT, w, h, vec![(&mut **image, row)], Colorimetry::default())
            .expect("an ImageBuffer holds all its rows")
    }
}

impl<P: ImagePixel> From<ImageBuffer<P, Vec<u8>>> for OwnedFrame {
    /// Takes the image's memory; nothing is copied.
    fn from(image: ImageBuffer<P, Vec<u8>>) -> Self {
        let (width, height) = image.dimensions();
        OwnedFrame::from_packed(P::FORMAT, width, height, image.into_raw())
    }
}

/// Width, height and bytes of a row.
fn packed<P: ImagePixel, C: Deref<Target = [u8]>>(image: &ImageBuffer<P, C>) -> (u32, u32, usize) {
    let (w, h) = image.dimensions();
    (w, h, w as usize * usize::from(P::CHANNEL_COUNT))
}
