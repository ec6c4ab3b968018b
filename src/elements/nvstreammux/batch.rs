//! Frames into one buffer: surfaces lent or scaled, and the batch's metadata.

use std::sync::Arc;

use gst_video::prelude::*;
use gst_video::{VideoFrame, VideoInfo, VideoResamplerMethod};

use super::super::convert::{Converter, Placement};
use super::super::nvmm::{GENERATION, batch_caps};
use crate::error::{Error, ErrorKind, Result};
use crate::meta::{BatchMeta, FrameInit, OwnedBatchMeta};
use crate::surface::{PixelPool, SurfaceAlloc, SurfaceSpec, host};

/// What a pad negotiated.
#[derive(Debug, PartialEq)]
pub(super) struct Format {
    pub(super) info: VideoInfo,
    pub(super) nvmm: bool,
    /// The surface that holds such frames.
    pub(super) spec: SurfaceSpec,
}

/// One frame of a source.
pub(super) struct Frame {
    pub(super) buffer: gst::Buffer,
    pub(super) format: Arc<Format>,
    pub(super) running_time: Option<gst::ClockTime>,
    /// Wall clock at arrival, nanoseconds since 1970; 0: not asked for.
    pub(super) arrival: u64,
    pub(super) frame_num: i32,
}

/// How batches shall be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) batch_size: u32,
    /// Size that all frames are scaled to; `None`: they keep their own.
    pub(super) size: Option<(u32, u32)>,
    pub(super) keep_aspect: bool,
    pub(super) method: VideoResamplerMethod,
}

/// Makes buffers; keeps its tables and memory from one to the next.
#[derive(Default)]
pub(super) struct Builder {
    converter: Converter,
    pool: PixelPool,
    /// The format of the first frame, which all are scaled to, or the source that the caps describe.
    lead: Option<Lead>,
    last_pts: Option<gst::ClockTime>,
}

struct Lead {
    index: u32,
    format: Arc<Format>,
}

impl Builder {
    /// Times may go back once.
    pub(super) fn restart_time(&mut self) {
        self.last_pts = None;
    }

    /// One buffer with all of `frames`, at least one, and its caps.
    ///
    /// # Errors
    /// `InvalidArgument` for an input with other than one surface, and what scaling may fail with.
    pub(super) fn build(
        &mut self,
        frames: &[(u32, Frame)],
        shape: Shape,
    ) -> Result<(gst::Buffer, gst::Caps)> {
        let (index, first) =
            frames.first().ok_or_else(|| Error::invalid("a batch has at least one frame"))?;
        let lead = self.lead.get_or_insert_with(|| Lead { index: *index, format: first.format.clone() });
        if shape.size.is_none()
            && let Some((_, frame)) = frames.iter().find(|(index, _)| *index == lead.index)
        {
            // Unscaled, the caps follow the source that they describe.
            lead.format = frame.format.clone();
        }
        let format = lead.format.clone();
        let scaled = shape.size.map(|(width, height)| SurfaceSpec { width, height, ..format.spec });
        let mut buffer = self.surfaces(frames, scaled, shape)?;
        let meta = metadata(frames, scaled, shape)?;
        let pts = frames.iter().find_map(|(_, frame)| frame.running_time).max(self.last_pts);
        self.last_pts = pts.or(self.last_pts);
        let writable = buffer.get_mut().ok_or_else(|| Error::invalid("the new batch has another owner"))?;
        writable.set_pts(pts);
        writable.set_duration(first.buffer.duration());
        meta.attach(writable)?;
        Ok((buffer, batch_caps(scaled.unwrap_or(format.spec), format.info.fps(), shape.batch_size)?))
    }

    /// The buffer with the surfaces, in the order of `frames`.
    fn surfaces(
        &mut self,
        frames: &[(u32, Frame)],
        scaled: Option<SurfaceSpec>,
        shape: Shape,
    ) -> Result<gst::Buffer> {
        let mut alloc = SurfaceAlloc::new(GENERATION, shape.batch_size.max(frames.len() as u32));
        let mut own = Vec::new();
        for (slot, (_, frame)) in frames.iter().enumerate() {
            let have = if frame.format.nvmm { Some(lendable(&frame.buffer)?) } else { None };
            let want = scaled.unwrap_or(frame.format.spec);
            if frame.format.nvmm && (scaled.is_none() || have == Some(Some(want))) {
                alloc.push_shared(&frame.buffer, 0)?;
            } else {
                alloc.push(want, &self.pool)?;
                own.push(slot);
            }
        }
        let mut buffer = alloc.into_buffer();
        for slot in own {
            let frame = &frames[slot].1;
            let src = if frame.format.nvmm {
                host::surface_frame(&frame.buffer, 0)?
            } else {
                let frame = VideoFrame::from_buffer_readable(frame.buffer.clone(), &frame.format.info);
                frame.map_err(|_| {
                    Error::new(ErrorKind::Pipeline, "an input buffer is too small for a frame of its caps")
                })?
            };
            let mut dst = host::surface_frame_mut(&mut buffer, slot as u32)?;
            let from = (src.info().width(), src.info().height());
            let into = (dst.info().width(), dst.info().height());
            let placement =
                if shape.keep_aspect { Placement::fitted(from, into) } else { Placement::default() };
            self.converter.run(&src, &mut dst, placement, shape.method)?;
        }
        Ok(buffer)
    }
}

/// What the one surface of an NVMM buffer holds; `None` for a format that this crate does not view.
fn lendable(buffer: &gst::Buffer) -> Result<Option<SurfaceSpec>> {
    let batch = crate::surface::SurfaceBatch::from_buffer(buffer)?;
    if batch.len() != 1 {
        return Err(Error::invalid(format!(
            "an input buffer has {} surfaces, a sink pad takes one frame per buffer; put nvstreamdemux before it",
            batch.len()
        )));
    }
    let surface = batch.surface(0)?;
    let spec = surface.format().ok().map(|(format, colorimetry)| SurfaceSpec {
        width: surface.width(),
        height: surface.height(),
        format,
        colorimetry,
    });
    Ok(spec)
}

fn metadata(frames: &[(u32, Frame)], scaled: Option<SurfaceSpec>, shape: Shape) -> Result<OwnedBatchMeta> {
    let owned = OwnedBatchMeta::new(shape.batch_size)?;
    let batch = owned.as_batch();
    let (pipeline_width, pipeline_height) = scaled.map_or((0, 0), |spec| (spec.width, spec.height));
    for (slot, (index, frame)) in frames.iter().enumerate() {
        // A frame that was in a batch before keeps its metadata, source numbers included.
        let inner = BatchMeta::from_buffer(&frame.buffer)?;
        if let Some(inner) = inner.and_then(|inner| inner.frames().next()) {
            let copy = batch.add_copy_of(inner, slot as u32);
            if scaled.is_some() {
                copy.set_pipeline_size(pipeline_width, pipeline_height);
            }
            continue;
        }
        batch.add_frame(&FrameInit {
            pad_index: *index,
            source_id: *index,
            batch_id: slot as u32,
            frame_num: frame.frame_num,
            buf_pts: frame.buffer.pts(),
            ntp_timestamp: frame.arrival,
            num_surfaces_per_frame: 1,
            source_frame_width: frame.format.info.width(),
            source_frame_height: frame.format.info.height(),
            pipeline_width,
            pipeline_height,
        })?;
    }
    Ok(owned)
}
