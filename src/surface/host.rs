//! Plain GStreamer frames, and surfaces seen as such.

use std::ptr::NonNull;

use gst_video::video_frame::{Readable, Writable};
use gst_video::{VideoColorMatrix, VideoColorRange, VideoColorimetry, VideoFormat, VideoFrame, VideoInfo};

use super::{SurfaceBatch, SurfaceSpec, color_format};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{ColorMatrix, ColorRange, Colorimetry, PixelFormat};

const FORMATS: &[(PixelFormat, VideoFormat)] = &[
    (PixelFormat::Nv12, VideoFormat::Nv12),
    (PixelFormat::I420, VideoFormat::I420),
    (PixelFormat::Rgba, VideoFormat::Rgba),
    (PixelFormat::Bgrx, VideoFormat::Bgrx),
    (PixelFormat::Gray8, VideoFormat::Gray8),
    (PixelFormat::Bgra, VideoFormat::Bgra),
    (PixelFormat::Rgbx, VideoFormat::Rgbx),
    (PixelFormat::Argb, VideoFormat::Argb),
    (PixelFormat::Abgr, VideoFormat::Abgr),
    (PixelFormat::Xrgb, VideoFormat::Xrgb),
    (PixelFormat::Xbgr, VideoFormat::Xbgr),
    (PixelFormat::Rgb, VideoFormat::Rgb),
    (PixelFormat::Bgr, VideoFormat::Bgr),
    (PixelFormat::Nv21, VideoFormat::Nv21),
    (PixelFormat::Yv12, VideoFormat::Yv12),
    (PixelFormat::P010, VideoFormat::P01010le),
    (PixelFormat::Nv16, VideoFormat::Nv16),
    (PixelFormat::Nv24, VideoFormat::Nv24),
    (PixelFormat::I422, VideoFormat::Y42b),
    (PixelFormat::I444, VideoFormat::Y444),
];

/// Every format that has a name in GStreamer's caps, the common ones first.
pub(crate) fn video_formats() -> impl Iterator<Item = VideoFormat> {
    FORMATS.iter().map(|row| row.1)
}

fn video_format(format: PixelFormat) -> Result<VideoFormat> {
    let found = FORMATS.iter().find(|row| row.0 == format);
    found.map(|row| row.1).ok_or_else(|| Error::unsupported(format!("GStreamer has no format {format:?}")))
}

/// Matrix and range of GStreamer's colorimetry; what it does not know is BT.601, limited.
fn colorimetry_from_video(colorimetry: &VideoColorimetry) -> Colorimetry {
    let matrix = match colorimetry.matrix() {
        VideoColorMatrix::Bt709 => ColorMatrix::Bt709,
        VideoColorMatrix::Bt2020 => ColorMatrix::Bt2020,
        _ => ColorMatrix::Bt601,
    };
    let range = match colorimetry.range() {
        VideoColorRange::Range0_255 => ColorRange::Full,
        _ => ColorRange::Limited,
    };
    Colorimetry { matrix, range }
}

/// GStreamer's colorimetry of a YUV surface.
pub(crate) fn video_colorimetry(colorimetry: Colorimetry) -> VideoColorimetry {
    use gst_video::{VideoColorPrimaries as Primaries, VideoTransferFunction as Transfer};
    let (matrix, transfer, primaries) = match colorimetry.matrix {
        ColorMatrix::Bt601 => (VideoColorMatrix::Bt601, Transfer::Bt709, Primaries::Smpte170m),
        ColorMatrix::Bt709 => (VideoColorMatrix::Bt709, Transfer::Bt709, Primaries::Bt709),
        ColorMatrix::Bt2020 => (VideoColorMatrix::Bt2020, Transfer::Bt202012, Primaries::Bt2020),
    };
    let range = match colorimetry.range {
        ColorRange::Limited => VideoColorRange::Range16_235,
        ColorRange::Full => VideoColorRange::Range0_255,
    };
    VideoColorimetry::new(range, matrix, transfer, primaries)
}

/// Format and colorimetry of frames of these caps.
///
/// # Errors
/// `Unsupported` for a format that is not viewed.
pub(crate) fn viewed_format(info: &VideoInfo) -> Result<(PixelFormat, Colorimetry)> {
    let row = FORMATS.iter().find(|row| row.1 == info.format());
    let format = row.map(|row| row.0).ok_or_else(|| {
        let known: Vec<_> = video_formats().map(|format| format.to_str().as_str()).collect();
        Error::unsupported(format!(
            "{} frames are not viewed; convert them with videoconvert to one of {}",
            info.format(),
            known.join(", ")
        ))
    })?;
    let colorimetry = match format.rgb_offsets() {
        Some(_) => Colorimetry::default(),
        None => colorimetry_from_video(&info.colorimetry()),
    };
    Ok((format, colorimetry))
}

/// The surface that holds frames of these caps.
///
/// # Errors
/// `Unsupported` for a format that is not viewed, or where NvBufSurface has no number for format and colorimetry.
pub(crate) fn surface_spec(info: &VideoInfo) -> Result<SurfaceSpec> {
    let (format, colorimetry) = viewed_format(info)?;
    color_format(format, colorimetry)?;
    Ok(SurfaceSpec { width: info.width(), height: info.height(), format, colorimetry })
}

/// A GStreamer description of a surface, with packed rows.
pub(crate) fn video_info(spec: SurfaceSpec) -> Result<VideoInfo> {
    let colorimetry = video_colorimetry(spec.colorimetry);
    let mut builder = VideoInfo::builder(video_format(spec.format)?, spec.width, spec.height);
    if spec.format.rgb_offsets().is_none() {
        builder = builder.colorimetry(&colorimetry);
    }
    builder.build().map_err(|e| {
        Error::invalid(format!("a surface of {}x{} pixels is no video frame", spec.width, spec.height))
            .with_source(e)
    })
}

/// Surfaces in use and surfaces that there is room for (`numFilled`, `batchSize`).
pub(crate) fn batch_size(nvmm: &gst::BufferRef) -> Result<(u32, u32)> {
    let batch = SurfaceBatch::from_buffer(nvmm)?;
    // SAFETY: the descriptor stays mapped as long as `batch`; an integer is copied out of it.
    let size = unsafe { (*batch.as_ptr()).batchSize };
    Ok((batch.len(), size))
}

/// The bytes of one surface; keeps the NVMM buffer, and so the pixels, alive.
struct Pixels {
    start: NonNull<u8>,
    len: usize,
    _keeper: gst::Buffer,
}

// SAFETY: the bytes belong to the buffer that `_keeper` shares, which may be used from any thread.
unsafe impl Send for Pixels {}
// SAFETY: a shared reference only reads.
unsafe impl Sync for Pixels {}

impl AsRef<[u8]> for Pixels {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `Pixels::new` took start and len from a surface that the CPU can read, checked to
        // hold all its planes, and which `_keeper` keeps alive.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl AsMut<[u8]> for Pixels {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `as_ref`; the surface was just allocated and has one owner, see `surface_frame_mut`.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Pixels {
    /// The bytes of surface `index`, what they are, and where the planes lie in them.
    fn new(nvmm: &gst::Buffer, index: u32) -> Result<(Self, VideoInfo, Planes)> {
        let batch = SurfaceBatch::from_buffer(nvmm)?;
        let surface = batch.surface(index)?;
        // Checks that the CPU reaches the memory and that every plane lies within it.
        drop(surface.map_read()?);
        let (format, colorimetry) = surface.format()?;
        let params = surface.params();
        let spec = SurfaceSpec { width: params.width, height: params.height, format, colorimetry };
        let start = NonNull::new(params.dataPtr.cast::<u8>()).ok_or_else(|| {
            Error::new(ErrorKind::Abi, format!("surface {index} has no pixels (dataPtr is NULL)"))
        })?;
        let planes = Planes {
            offset: params.planeParams.offset[..format.planes()].iter().map(|&o| o as usize).collect(),
            stride: params.planeParams.pitch[..format.planes()].iter().map(|&p| p as i32).collect(),
        };
        let pixels = Self { start, len: params.dataSize as usize, _keeper: nvmm.clone() };
        Ok((pixels, video_info(spec)?, planes))
    }
}

struct Planes {
    offset: Vec<usize>,
    stride: Vec<i32>,
}

/// A buffer whose memory is the surface's own.
fn wrap(memory: gst::Memory, info: &VideoInfo, planes: &Planes) -> Result<gst::Buffer> {
    let mut buffer = gst::Buffer::new();
    let writable = buffer.get_mut().expect("a new buffer has one owner");
    writable.append_memory(memory);
    gst_video::VideoMeta::add_full(
        writable,
        gst_video::VideoFrameFlags::empty(),
        info.format(),
        info.width(),
        info.height(),
        &planes.offset,
        &planes.stride,
    )
    .map_err(|e| Error::new(ErrorKind::Pipeline, "the surface could not be described").with_source(e))?;
    Ok(buffer)
}

fn unmappable(index: u32) -> Error {
    Error::new(ErrorKind::Pipeline, format!("surface {index} could not be mapped as a video frame"))
}

/// Surface `index` of an NVMM buffer as a GStreamer frame; nothing is copied.
///
/// # Errors
/// As [`SurfaceRef::map_read`](super::SurfaceRef::map_read).
pub(crate) fn surface_frame(nvmm: &gst::Buffer, index: u32) -> Result<VideoFrame<Readable>> {
    let (pixels, info, planes) = Pixels::new(nvmm, index)?;
    let buffer = wrap(gst::Memory::from_slice(pixels), &info, &planes)?;
    VideoFrame::from_buffer_readable(buffer, &info).map_err(|_| unmappable(index))
}

/// Surface `index` of an NVMM buffer with one owner, to be filled; nothing is copied. The surface
/// must be the buffer's own, not one lent by
/// [`SurfaceAlloc::push_shared`](super::SurfaceAlloc::push_shared).
///
/// # Errors
/// As [`SurfaceRef::map_write`](super::SurfaceRef::map_write), and when the buffer is shared.
pub(crate) fn surface_frame_mut(nvmm: &mut gst::Buffer, index: u32) -> Result<VideoFrame<Writable>> {
    if nvmm.get_mut().is_none() {
        return Err(Error::invalid("the NVMM buffer has other owners; fill it before it is shared"));
    }
    let (pixels, info, planes) = Pixels::new(nvmm, index)?;
    let buffer = wrap(gst::Memory::from_mut_slice(pixels), &info, &planes)?;
    VideoFrame::from_buffer_writable(buffer, &info).map_err(|_| unmappable(index))
}

#[cfg(test)]
mod tests {
    use gst_video::VideoFrameExt as _;

    use super::*;
    use crate::surface::{PixelPool, SurfaceAlloc};
    use crate::sys::SurfaceGeneration;

    #[test]
    fn every_format_and_colorimetry_comes_back() {
        gst::init().unwrap();
        for &(format, _) in FORMATS {
            for matrix in [ColorMatrix::Bt601, ColorMatrix::Bt709, ColorMatrix::Bt2020] {
                for range in [ColorRange::Limited, ColorRange::Full] {
                    let colorimetry = Colorimetry { matrix, range };
                    let spec = SurfaceSpec { width: 33, height: 17, format, colorimetry };
                    let info = video_info(spec).unwrap();
                    match surface_spec(&info) {
                        Ok(back) if format.rgb_offsets().is_some() => assert_eq!(back.format, format),
                        Ok(back) => assert_eq!(back, spec),
                        Err(_) => assert!(color_format(format, colorimetry).is_err()),
                    }
                }
            }
        }
    }

    #[test]
    fn a_frame_is_the_surface_itself() {
        gst::init().unwrap();
        for &(format, _) in FORMATS {
            let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 1);
            let spec = SurfaceSpec { width: 33, height: 17, format, colorimetry: Colorimetry::default() };
            alloc.push(spec, &PixelPool::new()).unwrap();
            let mut nvmm = alloc.into_buffer();
            let mut frame = surface_frame_mut(&mut nvmm, 0).unwrap();
            for plane in 0..frame.n_planes() {
                frame.plane_data_mut(plane).unwrap()[0] = 7 + plane as u8;
            }
            assert!(surface_frame_mut(&mut nvmm, 0).is_err(), "two writers at once");
            drop(frame);
            let batch = SurfaceBatch::from_buffer(&nvmm).unwrap();
            let map = batch.surface(0).unwrap().map_read().unwrap();
            for plane in 0..format.planes() {
                assert_eq!(map.view().plane(plane).row(0)[0], 7 + plane as u8);
            }
        }
    }

    #[test]
    fn what_has_no_surface_is_refused() {
        gst::init().unwrap();
        let info = VideoInfo::builder(VideoFormat::Uyvy, 8, 8).build().unwrap();
        assert!(surface_spec(&info).unwrap_err().to_string().contains("UYVY"));
    }
}
