//! Sources for the muxer, and what its batches hold.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use dsframe::meta::BatchMeta;
use dsframe::surface::SurfaceBatch;

/// `frames` frames (-1: no end) of `w` x `h` in NVMM, into `to`.
pub fn source(frames: i32, w: u32, h: u32, to: &str) -> String {
    format!(
        "videotestsrc num-buffers={frames} ! video/x-raw,format=NV12,width={w},height={h},framerate=20/1 ! \
         nvvideoconvert ! video/x-raw(memory:NVMM) ! {to} "
    )
}

/// What a test looks at in one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub source: u32,
    pub frame_num: i32,
    pub batch_id: u32,
    pub pts: Option<gst::ClockTime>,
    pub source_size: (u32, u32),
    pub pipeline_size: (u32, u32),
    pub surface_size: (u32, u32),
}

pub fn batch_of(buffer: &gst::BufferRef) -> Vec<Seen> {
    let meta = BatchMeta::from_buffer(buffer).unwrap().expect("batch metadata");
    let surfaces = SurfaceBatch::from_buffer(buffer).unwrap();
    assert_eq!(meta.num_frames(), surfaces.len());
    meta.frames()
        .map(|f| {
            assert_eq!((f.pad_index(), f.num_surfaces_per_frame()), (f.source_id(), 1));
            let surface = surfaces.surface(f.batch_id()).unwrap();
            Seen {
                source: f.source_id(),
                frame_num: f.frame_num(),
                batch_id: f.batch_id(),
                pts: f.buf_pts(),
                source_size: (f.source_frame_width(), f.source_frame_height()),
                pipeline_size: (f.pipeline_width(), f.pipeline_height()),
                surface_size: (surface.width(), surface.height()),
            }
        })
        .collect()
}
