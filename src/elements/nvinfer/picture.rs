//! A frame as the preprocessor takes it.

use super::{ChannelOrder, ImageRef, YuvMatrix};
use crate::error::{Error, Result};
use crate::frame::{ColorMatrix, ColorRange, FrameView, PixelFormat, View};

impl<'a> TryFrom<&FrameView<'a>> for ImageRef<'a> {
    type Error = Error;

    /// Borrows a picture of any format but those with alpha first.
    ///
    /// # Errors
    /// `Unsupported` for ARGB, ABGR and their like and for BT.2020; `InvalidArgument` for an empty view or
    /// a 4:2:0 window that starts at an odd pixel.
    fn try_from(view: &FrameView<'a>) -> Result<Self> {
        let size = (view.width() as usize, view.height() as usize);
        let packed = |order| {
            let plane = view.plane(0);
            Self::packed(plane.data(), size, plane.pitch(), plane.channels(), order)
        };
        let whole = |plane: View<'a>| (plane.data(), plane.pitch());
        if view.chroma_phase() != (0, 0) {
            return Err(Error::invalid("a 4:2:0 window for inference must start at an even pixel"));
        }
        match view.format() {
            PixelFormat::Rgb | PixelFormat::Rgba | PixelFormat::Rgbx => packed(ChannelOrder::Rgb),
            PixelFormat::Bgr | PixelFormat::Bgra | PixelFormat::Bgrx => packed(ChannelOrder::Bgr),
            PixelFormat::Gray8 => Self::gray(view.plane(0).data(), size, view.plane(0).pitch()),
            PixelFormat::Nv12 => Self::nv12(whole(view.plane(0)), whole(view.plane(1)), size, matrix(view)?),
            PixelFormat::I420 | PixelFormat::Yv12 => {
                let (u, v) = if view.format() == PixelFormat::I420 { (1, 2) } else { (2, 1) };
                let (u, v) = (view.plane(u), view.plane(v));
                Self::i420(whole(view.plane(0)), (u.data(), v.data(), u.pitch()), size, matrix(view)?)
            }
            other => Err(Error::unsupported(format!(
                "nvinfer does not read {other:?}; convert to NV12, I420, RGBA, BGRx or GRAY8 with nvvideoconvert"
            ))),
        }
    }
}

fn matrix(view: &FrameView<'_>) -> Result<YuvMatrix> {
    let colorimetry = view.colorimetry();
    match (colorimetry.matrix, colorimetry.range) {
        (ColorMatrix::Bt601, ColorRange::Limited) => Ok(YuvMatrix::Bt601Limited),
        (ColorMatrix::Bt601, ColorRange::Full) => Ok(YuvMatrix::Bt601Full),
        (ColorMatrix::Bt709, ColorRange::Limited) => Ok(YuvMatrix::Bt709Limited),
        (ColorMatrix::Bt709, ColorRange::Full) => Ok(YuvMatrix::Bt709Full),
        (ColorMatrix::Bt2020, _) => Err(Error::unsupported(
            "nvinfer does not read BT.2020 video; convert it with nvvideoconvert before",
        )),
    }
}
