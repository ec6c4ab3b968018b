//! Format, size, crop and position of one frame, on the CPU, by GStreamer's video converter; where only 4:2:0
//! becomes RGBA, by [`ops::color`](crate::ops::color), since the converter's fast path is off by several units there.

use gst_video::prelude::*;
use gst_video::video_frame::{Readable, Writable};
use gst_video::{
    VideoConverter, VideoConverterConfig, VideoFormat, VideoFrame, VideoInfo, VideoResamplerMethod,
};

use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Rect, ViewMut};
use crate::ops::color;
use crate::roi::Letterbox;
use crate::surface::VideoFrameView as _;

/// Which pixels of the input go where in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Placement {
    /// Window of the input; all of it when `None`.
    pub(super) src: Option<Rect>,
    /// Window of the output; all of it when `None`. Around it the output is black.
    pub(super) dst: Option<Rect>,
}

impl Placement {
    /// All of a `from` picture, as large as fits into `into` with its shape kept, in the middle. Edges
    /// are even, so that they are edges of the chroma planes too.
    pub(super) fn fitted(from: (u32, u32), into: (u32, u32)) -> Self {
        match Letterbox::fit_even(from, into) {
            Ok(fit) if fit.inner() != Rect::new(0, 0, into.0, into.1) => {
                Self { src: None, dst: Some(fit.inner()) }
            }
            _ => Self::default(),
        }
    }
}

/// What of a frame decides how it is converted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    format: VideoFormat,
    size: (u32, u32),
    colorimetry: gst_video::VideoColorimetry,
}

impl Kind {
    fn of<T>(frame: &VideoFrame<T>) -> Self {
        let info = frame.info();
        Self { format: info.format(), size: (info.width(), info.height()), colorimetry: info.colorimetry() }
    }

    /// Without rate, interlacing and chroma siting, in which the converter tolerates no difference.
    fn info(&self) -> Result<VideoInfo, gst::glib::BoolError> {
        VideoInfo::builder(self.format, self.size.0, self.size.1).colorimetry(&self.colorimetry).build()
    }
}

/// Converts frames; keeps its tables from one frame to the next.
#[derive(Default)]
pub(super) struct Converter {
    made: Vec<Made>,
}

/// Conversions kept: the sources of a batch may all differ.
const KEPT: usize = 16;

struct Made {
    from: Kind,
    to: Kind,
    placement: Placement,
    method: VideoResamplerMethod,
    converter: VideoConverter,
}

impl Converter {
    /// Fills `dst` from `src`.
    ///
    /// # Errors
    /// `InvalidArgument` when a window of `placement` is empty or leaves its picture.
    pub(super) fn run(
        &mut self,
        src: &VideoFrame<Readable>,
        dst: &mut VideoFrame<Writable>,
        placement: Placement,
        method: VideoResamplerMethod,
    ) -> Result<()> {
        if placement == Placement::default() && rgba_from_yuv420(src, dst)? {
            return Ok(());
        }
        let (from, to) = (Kind::of(src), Kind::of(dst));
        let fits = |made: &Made| {
            (&made.from, &made.to, made.placement, made.method) == (&from, &to, placement, method)
        };
        if let Some(made) = self.made.iter().find(|made| fits(made)) {
            made.converter.frame(src, dst);
            return Ok(());
        }
        check("src-crop", placement.src, from.size)?;
        check("dest-crop", placement.dst, to.size)?;
        let converter = from
            .info()
            .and_then(|from| VideoConverter::new(&from, &to.info()?, Some(config(placement, method))));
        let converter = converter.map_err(|e| {
            let message = format!("no conversion from {} to {}", from.format, to.format);
            Error::new(ErrorKind::Unsupported, message).with_source(e)
        })?;
        converter.frame(src, dst);
        self.made.truncate(KEPT - 1);
        self.made.insert(0, Made { from, to, placement, method, converter });
        Ok(())
    }
}

/// 4:2:0 to RGBA of the same size; false when it is something else.
fn rgba_from_yuv420(src: &VideoFrame<Readable>, dst: &mut VideoFrame<Writable>) -> Result<bool> {
    let (width, height) = (dst.info().width(), dst.info().height());
    if dst.info().format() != VideoFormat::Rgba
        || (src.info().width(), src.info().height()) != (width, height)
    {
        return Ok(false);
    }
    let Ok(view) = src.frame_view() else { return Ok(false) };
    if view.format().chroma_shift() != Some((1, 1)) {
        return Ok(false);
    }
    let pitch = dst.plane_stride()[0] as usize;
    let data = dst
        .plane_data_mut(0)
        .map_err(|e| Error::new(ErrorKind::Pipeline, "the output frame has no pixels").with_source(e))?;
    color::rgba_from(&view, ViewMut::new(data, width, height, 4, pitch)?)?;
    Ok(true)
}

fn check(what: &str, window: Option<Rect>, size: (u32, u32)) -> Result<()> {
    match window {
        Some(r) if r.is_empty() || !r.fits(size.0, size.1) => Err(Error::invalid(format!(
            "{what} is {r}, the picture is {}x{}; give left:top:width:height within it",
            size.0, size.1
        ))),
        _ => Ok(()),
    }
}

fn config(placement: Placement, method: VideoResamplerMethod) -> VideoConverterConfig {
    let mut config = VideoConverterConfig::new();
    config.set_resampler_method(method);
    config.set_chroma_resampler_method(VideoResamplerMethod::Linear);
    if let Some(r) = placement.src {
        config.set_src_x(r.x as i32);
        config.set_src_y(r.y as i32);
        config.set_src_width(Some(r.width as i32));
        config.set_src_height(Some(r.height as i32));
    }
    if let Some(r) = placement.dst {
        config.set_dest_x(r.x as i32);
        config.set_dest_y(r.y as i32);
        config.set_dest_width(Some(r.width as i32));
        config.set_dest_height(Some(r.height as i32));
    }
    config.set_fill_border(true);
    config.set_border_argb(0xff00_0000);
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_pictures_keep_their_shape_and_stay_inside() {
        let dst = |from, into| Placement::fitted(from, into).dst;
        assert_eq!(dst((640, 480), (1280, 960)), None);
        assert_eq!(dst((640, 480), (1920, 1080)), Some(Rect::new(240, 0, 1440, 1080)));
        assert_eq!(dst((100, 300), (64, 64)), Some(Rect::new(22, 0, 20, 64)));
        assert_eq!(dst((1920, 1080), (640, 640)), Some(Rect::new(0, 140, 640, 360)));
        for from in [(1, 1000), (1000, 1), (3, 5), (33, 17)] {
            for into in [(1, 1), (2, 2), (33, 17), (64, 32)] {
                let r = dst(from, into).unwrap_or(Rect::new(0, 0, into.0, into.1));
                assert!(!r.is_empty() && r.fits(into.0, into.1), "{from:?} {into:?} {r}");
            }
        }
    }
}
