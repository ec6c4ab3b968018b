//! Frames of ordinary GStreamer pipelines: buffers of `video/x-raw` in system memory, and mapped video frames.
//!
//! What the caps say and what a buffer holds need not agree, and neither do a buffer's `GstVideoMeta` and its
//! memory: offsets and strides are checked against what is mapped before a slice is made of them.

use gst::BufferRef;
use gst_video::ffi::GstVideoFrame;
use gst_video::video_frame::Writable;
use gst_video::{VideoFrame, VideoFrameExt, VideoFrameRef, VideoInfo, VideoInterlaceMode, VideoMeta};

use super::host;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Colorimetry, FrameView, FrameViewMut, MAX_PLANES, PixelFormat};

/// A buffer in system memory mapped for reading; dropping it unmaps.
///
/// ```
/// use dsframe::surface::VideoMap;
/// # gst::init()?;
/// let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::Gray8, 3, 2).build()?;
/// let buffer = gst::Buffer::from_slice([1, 2, 3, 0, 4, 5, 6, 0]);
/// let map = VideoMap::new(&buffer, &info)?;
/// // GStreamer's rows start at multiples of four bytes.
/// assert_eq!(map.view().plane(0).row(1), [4, 5, 6]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct VideoMap<'b> {
    view: FrameView<'b>,
    _frame: VideoFrameRef<&'b BufferRef>,
}

/// A buffer in system memory mapped for reading and writing; dropping it unmaps.
///
/// GStreamer copies memory that others hold too (behind a `tee`, say) when it is mapped for writing, so that they
/// do not see what is written.
#[derive(Debug)]
pub struct VideoMapMut<'b> {
    view: FrameViewMut<'b>,
    _frame: VideoFrameRef<&'b mut BufferRef>,
}

impl<'b> VideoMap<'b> {
    /// Maps `buffer`, whose caps say `info`. Nothing is copied, unless the buffer has no `GstVideoMeta` and more
    /// memories than one, which GStreamer joins.
    ///
    /// # Errors
    /// `Unsupported` for a format that is not viewed, for rows from bottom to top and for separate fields;
    /// `InvalidArgument` when the buffer does not hold what `info` says.
    pub fn new(buffer: &'b BufferRef, info: &VideoInfo) -> Result<Self> {
        host::viewed_format(info)?;
        let frame = VideoFrameRef::from_buffer_ref_readable(buffer, info)
            .map_err(|error| unmapped(buffer, info).with_source(error))?;
        let planes = Planes::new(&frame, info)?;
        // SAFETY: `Planes::new` saw that the planes lie in memory that is mapped for as long as `frame`, which the
        // result keeps; `view` lends them for no longer.
        let view = unsafe { planes.view() }?;
        Ok(Self { view, _frame: frame })
    }

    /// The pixels, for as long as the buffer is mapped.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.view
    }
}

impl<'b> VideoMapMut<'b> {
    /// Maps `buffer` for reading and writing; the arguments are those of [`VideoMap::new`].
    ///
    /// # Errors
    /// As [`VideoMap::new`], and when planes overlap.
    pub fn new(buffer: &'b mut BufferRef, info: &VideoInfo) -> Result<Self> {
        host::viewed_format(info)?;
        let error = unmapped(buffer, info);
        let frame =
            VideoFrameRef::from_buffer_ref_writable(buffer, info).map_err(|e| error.with_source(e))?;
        let planes = Planes::new(&frame, info)?;
        // SAFETY: as in `VideoMap::new`; the buffer is borrowed and mapped for this guard alone.
        let view = unsafe { planes.view_mut() }?;
        Ok(Self { view, _frame: frame })
    }

    /// The pixels, read only.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.view.as_view()
    }

    /// The pixels, to be changed in place.
    pub fn view_mut(&mut self) -> FrameViewMut<'_> {
        self.view.reborrow()
    }
}

/// The pixels of a mapped GStreamer frame, whatever memory it is of; nothing is copied.
pub trait VideoFrameView {
    /// The pixels, for as long as the frame is borrowed.
    ///
    /// # Errors
    /// As [`VideoMap::new`].
    fn frame_view(&self) -> Result<FrameView<'_>>;
}

/// The same of a frame that is mapped for writing.
pub trait VideoFrameViewMut {
    /// The pixels, to be changed in place.
    ///
    /// # Errors
    /// As [`VideoMapMut::new`].
    fn frame_view_mut(&mut self) -> Result<FrameViewMut<'_>>;
}

impl<F: VideoFrameExt> VideoFrameView for F {
    fn frame_view(&self) -> Result<FrameView<'_>> {
        // SAFETY: every kind of frame is mapped for reading, for as long as it lives, and is borrowed here.
        unsafe { Planes::new(self, self.info())?.view() }
    }
}

impl VideoFrameViewMut for VideoFrame<Writable> {
    fn frame_view_mut(&mut self) -> Result<FrameViewMut<'_>> {
        // SAFETY: the frame is mapped for writing, for as long as it lives, and is borrowed for the view alone.
        unsafe { Planes::new(self, self.info())?.view_mut() }
    }
}

impl VideoFrameViewMut for VideoFrameRef<&mut BufferRef> {
    fn frame_view_mut(&mut self) -> Result<FrameViewMut<'_>> {
        // SAFETY: as above.
        unsafe { Planes::new(self, self.info())?.view_mut() }
    }
}

/// Why GStreamer would not map the buffer as such a frame.
fn unmapped(buffer: &BufferRef, info: &VideoInfo) -> Error {
    let what = format!("{} {}x{}", info.format(), info.width(), info.height());
    let text = match buffer.meta::<VideoMeta>() {
        Some(meta) if meta.format() != info.format() => format!(
            "the caps say {what}, but the buffer's GstVideoMeta says {} {}x{}; set caps that fit the buffer",
            meta.format(),
            meta.width(),
            meta.height()
        ),
        None if buffer.size() < info.size() => format!(
            "the caps say {what}, which takes {} bytes, but the buffer has {}; set caps that fit the buffer, or add a \
             GstVideoMeta with its strides",
            info.size(),
            buffer.size()
        ),
        _ => {
            format!("the buffer could not be mapped as a {what} frame; its memory is in use or not the CPU's")
        }
    };
    Error::invalid(text)
}

/// Where the planes of a mapped frame are; checked to lie in what is mapped.
struct Planes {
    format: PixelFormat,
    colorimetry: Colorimetry,
    size: (u32, u32),
    list: [(*mut u8, usize, usize); MAX_PLANES],
}

impl Planes {
    /// `caps` is what the frame should be; the frame's own numbers are those of its `GstVideoMeta`, if it has one.
    fn new(frame: &impl VideoFrameExt, caps: &VideoInfo) -> Result<Self> {
        let info = frame.info();
        let (format, colorimetry) = host::viewed_format(info)?;
        let size = (info.width(), info.height());
        if size != (caps.width(), caps.height()) {
            return Err(Error::invalid(format!(
                "the caps say {}x{} pixels, but the buffer's GstVideoMeta says {}x{}; set caps that fit the buffer",
                caps.width(),
                caps.height(),
                size.0,
                size.1
            )));
        }
        if info.interlace_mode() == VideoInterlaceMode::Alternate {
            return Err(Error::unsupported(
                "each buffer holds one field (interlace-mode=alternate); put an interlacing element's inverse, such \
                 as deinterlace, before this pad",
            ));
        }
        let mut list = [(std::ptr::null_mut(), 0, 0); MAX_PLANES];
        for (i, slot) in list.iter_mut().enumerate().take(format.planes()) {
            *slot = plane(frame, i, format, size)?;
        }
        Ok(Self { format, colorimetry, size, list })
    }

    /// # Safety
    /// The frame stays mapped, and nobody writes to it, for `'f`.
    unsafe fn view<'f>(&self) -> Result<FrameView<'f>> {
        let mut slices = [(&[][..], 0); MAX_PLANES];
        for (slice, &(start, len, pitch)) in slices.iter_mut().zip(&self.list[..self.format.planes()]) {
            // SAFETY: `plane` saw that these bytes are mapped; the caller keeps them so for 'f.
            *slice = (unsafe { std::slice::from_raw_parts(start, len) }, pitch);
        }
        let planes = &slices[..self.format.planes()];
        FrameView::new(self.format, self.size.0, self.size.1, planes, self.colorimetry)
    }

    /// # Safety
    /// The frame stays mapped for writing, and nobody else touches it, for `'f`.
    unsafe fn view_mut<'f>(&self) -> Result<FrameViewMut<'f>> {
        let list = &self.list[..self.format.planes()];
        for (i, a) in list.iter().enumerate() {
            for b in &list[..i] {
                let (a, b) = ((a.0.addr(), a.1), (b.0.addr(), b.1));
                if a.0 < b.0 + b.1 && b.0 < a.0 + a.1 {
                    return Err(Error::unsupported(format!(
                        "plane {i} of the {:?} frame overlaps another one; it can be read, not written",
                        self.format
                    )));
                }
            }
        }
        // SAFETY: `plane` saw that these bytes are mapped, and no two planes share one; the caller keeps them mapped
        // for 'f, for the view alone.
        let slice = |&(start, len, pitch): &(*mut u8, usize, usize)| unsafe {
            (std::slice::from_raw_parts_mut(start, len), pitch)
        };
        let slices = list.iter().map(slice).collect();
        FrameViewMut::new(self.format, self.size.0, self.size.1, slices, self.colorimetry)
    }
}

/// Start, length and pitch of plane `i`.
fn plane(
    frame: &impl VideoFrameExt,
    i: usize,
    format: PixelFormat,
    size: (u32, u32),
) -> Result<(*mut u8, usize, usize)> {
    let stride = frame.plane_stride()[i];
    let pitch = usize::try_from(stride).map_err(|_| {
        Error::unsupported(format!(
            "plane {i} has a stride of {stride} bytes: its rows go from bottom to top; put videoconvert before this pad"
        ))
    })?;
    let (w, h) = format.plane_size(i, size.0, size.1);
    let row = w as usize * format.bytes_per_pixel(i);
    let len = if row == 0 || h == 0 { 0 } else { (h as usize - 1).saturating_mul(pitch).saturating_add(row) };
    // SAFETY: `frame` borrows a mapped frame.
    let raw = unsafe { &*frame.as_ptr() };
    let start = raw.data[i].cast::<u8>();
    let inside = mapped(raw, i).is_some_and(|(from, mapped)| {
        let offset = start.addr().wrapping_sub(from);
        offset <= mapped && len <= mapped - offset
    });
    if start.is_null() || !inside {
        return Err(Error::invalid(format!(
            "plane {i} takes {len} bytes at offset {} ({w}x{h} samples at a stride of {stride} bytes), which is more than \
             the buffer has there; the caps or the GstVideoMeta are not the buffer's",
            frame.plane_offset()[i]
        )));
    }
    Ok((start, len, pitch))
}

/// Address and size of the mapped memory that holds plane `i`.
fn mapped(raw: &GstVideoFrame, i: usize) -> Option<(usize, usize)> {
    // Without a GstVideoMeta the whole buffer is mapped once, and GStreamer leaves the other entries as they were.
    let map = &raw.map[if raw.meta.is_null() { 0 } else { i }];
    (!map.data.is_null()).then_some((map.data.addr(), map.size))
}

/// What the caps of a pad say about its frames.
///
/// # Errors
/// `Residency` for memory that is not the system's, `Unsupported` for formats that are not viewed, `Pipeline` for
/// caps that are no raw video.
pub(crate) fn info_from_caps(caps: &gst::CapsRef) -> Result<VideoInfo> {
    if let Some(features) = caps.features(0)
        && !features.is_any()
        && features.iter().any(|feature| feature.starts_with("memory:") && feature != "memory:SystemMemory")
    {
        let advice = if features.contains("memory:NVMM") {
            "probe::on_batch sees batches of them behind nvstreammux, and nvvideoconvert ! video/x-raw copies them to \
             system memory"
        } else {
            "put the element that downloads them (gldownload, cudadownload, vapostproc …) before this pad"
        };
        return Err(Error::new(
            ErrorKind::Residency,
            format!("the pad's frames are in {features}, not in system memory; {advice}"),
        ));
    }
    let info = VideoInfo::from_caps(caps).map_err(|error| {
        Error::new(ErrorKind::Pipeline, format!("the pad's caps are {caps}, which is no raw video"))
            .with_source(error)
    })?;
    host::viewed_format(&info).map(|_| info)
}
