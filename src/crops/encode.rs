use std::fmt;
use std::io::Cursor;
use std::str::FromStr;

use image::{ExtendedColorType, ImageEncoder};
use turbojpeg::{Compressor, Image, OutputBuf, Subsamp, YuvPlanesImage};

use crate::error::{Error, ErrorKind, Result};
use crate::frame::{FrameView, PixelFormat};
use crate::ops::color;

use super::jfif::JfifPlanes;

/// The JPEG quality used when none is chosen: GStreamer's `jpegenc` has the same.
pub const DEFAULT_QUALITY: u8 = 85;

/// What a crop is saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ImageFormat {
    /// JPEG, baseline, 4:2:0.
    #[default]
    Jpg,
    /// PNG, lossless.
    Png,
    /// WebP, lossless.
    WebP,
}

impl ImageFormat {
    /// The ending of a file name, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

impl FromStr for ImageFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Ok(Self::Jpg),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::WebP),
            _ => Err(Error::invalid(format!("the image format is {name:?}, it must be jpg, png or webp"))),
        }
    }
}

/// Encodes frames and crops of every pixel format; keep one per thread, it reuses its buffers.
///
/// JPEG: libjpeg-turbo, chroma at half width and height. RGB and grey are read where they lie, with
/// their pitch. 4:2:0 video goes in as YUV without a detour over RGB: JPEG means BT.601 in full range, so
/// other matrices and limited range are converted first; full-range BT.601 planes are taken as they are.
/// Other YUV (4:2:2, 4:4:4, 10 and 12 bits) goes through 8-bit RGB. `quality` 1 to 100 is libjpeg's scale. PNG and WebP are lossless and ignore it. Alpha is left out.
///
/// ```
/// use dsframe::crops::{Encoder, ImageFormat};
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// let frame = OwnedFrame::zeroed(PixelFormat::Nv12, 64, 48);
/// let jpeg = Encoder::new(ImageFormat::Jpg, 85)?.encode(&frame.view())?;
/// assert_eq!(jpeg[..3], [0xFF, 0xD8, 0xFF]);
/// # Ok::<(), dsframe::Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    format: ImageFormat,
    jpeg: Option<Compressor>,
    planes: JfifPlanes,
}

impl Encoder {
    /// An encoder to `format`; `quality` is 1 (worst) to 100 (best).
    ///
    /// # Errors
    /// When the quality is out of range.
    pub fn new(format: ImageFormat, quality: u8) -> Result<Self> {
        if !(1..=100).contains(&quality) {
            return Err(Error::invalid(format!("quality is {quality}, it must be 1 to 100")));
        }
        let jpeg = match format {
            ImageFormat::Jpg => {
                let mut jpeg = Compressor::new().map_err(jpeg_error)?;
                jpeg.set_quality(i32::from(quality)).map_err(jpeg_error)?;
                Some(jpeg)
            }
            ImageFormat::Png | ImageFormat::WebP => None,
        };
        Ok(Self { format, jpeg, planes: JfifPlanes::default() })
    }

    /// What it encodes to.
    #[must_use]
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// The bytes of an image file that shows `view`.
    ///
    /// # Errors
    /// When the view is empty, or larger than the file format allows (65500 pixels a side in JPEG,
    /// 16384 in WebP).
    pub fn encode(&mut self, view: &FrameView<'_>) -> Result<Vec<u8>> {
        let (width, height) = (view.width(), view.height());
        if width == 0 || height == 0 {
            return Err(Error::invalid(format!(
                "cannot encode a {width}x{height} picture; it must have at least one pixel"
            )));
        }
        // The encoders take slices, and one of several disjoint crops has none.
        if (0..view.format().planes()).any(|i| view.plane(i).as_slice().is_none()) {
            return self.encode(&view.to_owned().view());
        }
        match &mut self.jpeg {
            Some(jpeg) if view.format().is_yuv420() => encode_yuv(jpeg, &mut self.planes, view),
            // JPEG has 8 bits and here half the chroma: what has more goes through RGB.
            Some(jpeg) if view.format().is_yuv() => encode_packed(jpeg, &color::to_rgb(view).view()),
            Some(jpeg) => encode_packed(jpeg, view),
            None => encode_lossless(self.format, view),
        }
    }
}

#[cold]
fn jpeg_error(source: turbojpeg::Error) -> Error {
    Error::new(ErrorKind::Unsupported, format!("JPEG encoder: {source}")).with_source(source)
}

/// The name of a packed format or of grey; YUV does not come here.
fn jpeg_format(format: PixelFormat) -> turbojpeg::PixelFormat {
    use turbojpeg::PixelFormat as Jpeg;
    match format {
        PixelFormat::Rgba => Jpeg::RGBA,
        PixelFormat::Bgra => Jpeg::BGRA,
        PixelFormat::Argb => Jpeg::ARGB,
        PixelFormat::Abgr => Jpeg::ABGR,
        PixelFormat::Rgbx => Jpeg::RGBX,
        PixelFormat::Bgrx => Jpeg::BGRX,
        PixelFormat::Xrgb => Jpeg::XRGB,
        PixelFormat::Xbgr => Jpeg::XBGR,
        PixelFormat::Rgb => Jpeg::RGB,
        PixelFormat::Bgr => Jpeg::BGR,
        _ => Jpeg::GRAY,
    }
}

fn encode_packed(jpeg: &mut Compressor, view: &FrameView<'_>) -> Result<Vec<u8>> {
    let plane = view.plane(0);
    let gray = view.format() == PixelFormat::Gray8;
    jpeg.set_subsamp(if gray { Subsamp::Gray } else { Subsamp::Sub2x2 }).map_err(jpeg_error)?;
    let width = plane.width() as usize;
    let image = Image {
        pixels: plane.data(),
        width,
        // A view of one row may have a pitch below the row's length.
        pitch: plane.pitch().max(width * plane.channels()),
        height: plane.height() as usize,
        format: jpeg_format(view.format()),
    };
    let mut out = OutputBuf::new_owned();
    jpeg.compress(image, &mut out).map_err(jpeg_error)?;
    Ok(out.to_vec())
}

fn encode_yuv(jpeg: &mut Compressor, planes: &mut JfifPlanes, view: &FrameView<'_>) -> Result<Vec<u8>> {
    let [y, u, v] = match JfifPlanes::as_they_are(view) {
        Some(planes) => planes,
        None => planes.convert(view),
    };
    let image = YuvPlanesImage {
        y_plane: y.data(),
        u_plane: u.data(),
        v_plane: v.data(),
        width: view.width() as usize,
        height: view.height() as usize,
        y_stride: y.pitch(),
        u_stride: u.pitch(),
        v_stride: v.pitch(),
        subsamp: Subsamp::Sub2x2,
    };
    let mut out = OutputBuf::new_owned();
    jpeg.compress_yuv_planes(&image, &mut out).map_err(jpeg_error)?;
    Ok(out.to_vec())
}

fn encode_lossless(format: ImageFormat, view: &FrameView<'_>) -> Result<Vec<u8>> {
    let gray = view.format() == PixelFormat::Gray8;
    let copy = if gray { view.to_owned() } else { color::to_rgb(view) };
    let (pixels, width, height) = (copy.view().plane(0), view.width(), view.height());
    let color = if gray { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut out = Cursor::new(Vec::new());
    let result = match format {
        ImageFormat::WebP => image::codecs::webp::WebPEncoder::new_lossless(&mut out).write_image(
            pixels.data(),
            width,
            height,
            color,
        ),
        _ => image::codecs::png::PngEncoder::new(&mut out).write_image(pixels.data(), width, height, color),
    };
    result.map_err(|source| {
        Error::unsupported(format!("encoding {width}x{height} pixels as {format}: {source}"))
            .with_source(source)
    })?;
    Ok(out.into_inner())
}
