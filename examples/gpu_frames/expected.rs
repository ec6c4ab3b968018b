//! What the software decoder makes of the clip, in a file small enough to travel.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use dsframe::frame::{Colorimetry, FrameView, PixelFormat};
use gst::prelude::*;
use gst_video::prelude::*;

/// NV12 frames of one clip: the first ones whole, a checksum of every one.
pub(crate) struct Expected {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) sums: Vec<u64>,
    kept: Vec<Vec<u8>>,
}

const MAGIC: &[u8; 8] = b"dsframe1";

/// FNV-1a over the pixels of both planes, row by row without padding.
pub(crate) fn checksum(view: &FrameView<'_>) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for plane in 0..view.format().planes() {
        for row in view.plane(plane).rows() {
            for byte in row {
                sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    sum
}

impl Expected {
    /// Whole frames there are.
    pub(crate) fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Frame `index`, if it was kept whole.
    pub(crate) fn frame(&self, index: usize) -> Option<FrameView<'_>> {
        self.kept.get(index).map(|bytes| view(bytes, self.width, self.height))
    }

    pub(crate) fn decode(video: &Path, keep: usize) -> Result<Self> {
        let description = format!(
            "filesrc location=\"{}\" ! qtdemux ! h264parse ! avdec_h264 max-threads=1 ! videoconvert ! \
             video/x-raw,format=NV12 ! appsink name=sink sync=false",
            video.display()
        );
        let pipeline = gst::parse::launch(&description)?.downcast::<gst::Pipeline>().ok();
        let pipeline = pipeline.context("no pipeline")?;
        let sink = pipeline.by_name("sink").context("no sink")?.downcast::<gst_app::AppSink>().ok();
        let sink = sink.context("no appsink")?;
        pipeline.set_state(gst::State::Playing)?;
        let mut this = Self { width: 0, height: 0, sums: Vec::new(), kept: Vec::new() };
        while let Ok(sample) = sink.pull_sample() {
            let info = gst_video::VideoInfo::from_caps(sample.caps().context("no caps")?)?;
            let buffer = sample.buffer_owned().context("no buffer")?;
            let frame = gst_video::VideoFrame::from_buffer_readable(buffer, &info)
                .map_err(|_| anyhow::anyhow!("the decoder's frame does not map"))?;
            (this.width, this.height) = (info.width(), info.height());
            let plane = |i: u32| -> Result<_> {
                Ok((frame.plane_data(i)?, frame.plane_stride()[i as usize] as usize))
            };
            let planes = [plane(0)?, plane(1)?];
            let view =
                FrameView::new(PixelFormat::Nv12, this.width, this.height, &planes, Colorimetry::default())?;
            this.sums.push(checksum(&view));
            if this.kept.len() < keep {
                let rows = |plane| view.plane(plane).rows().flatten().copied().collect::<Vec<u8>>();
                this.kept.push([rows(0), rows(1)].concat());
            }
        }
        pipeline.set_state(gst::State::Null)?;
        ensure!(!this.sums.is_empty(), "{} gave no frame", video.display());
        Ok(this)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let mut bytes = MAGIC.to_vec();
        for number in [self.width, self.height, self.sums.len() as u32, self.kept.len() as u32] {
            bytes.extend(number.to_le_bytes());
        }
        self.sums.iter().for_each(|sum| bytes.extend(sum.to_le_bytes()));
        self.kept.iter().for_each(|frame| bytes.extend(frame));
        fs::write(path, bytes).with_context(|| path.display().to_string())
    }

    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        let Some(rest) = bytes.strip_prefix(MAGIC) else { bail!("{} is of another kind", path.display()) };
        let (head, rest) = rest.split_at_checked(16).context("the file is cut short")?;
        let number = |i: usize| u32::from_le_bytes(head[4 * i..][..4].try_into().expect("four bytes"));
        let (width, height, frames, kept) = (number(0), number(1), number(2) as usize, number(3) as usize);
        let (sums, rest) = rest.split_at_checked(8 * frames).context("the file is cut short")?;
        let size = width as usize * height as usize + 2 * (width.div_ceil(2) * height.div_ceil(2)) as usize;
        ensure!(size > 0 && rest.len() == size * kept, "{} is cut short", path.display());
        let sums = sums.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().expect("eight bytes")));
        Ok(Self {
            width,
            height,
            sums: sums.collect(),
            kept: rest.chunks_exact(size).map(<[u8]>::to_vec).collect(),
        })
    }
}

fn view(bytes: &[u8], width: u32, height: u32) -> FrameView<'_> {
    let (w, luma) = (width as usize, width as usize * height as usize);
    let planes = [(&bytes[..luma], w), (&bytes[luma..], w.next_multiple_of(2))];
    FrameView::new(PixelFormat::Nv12, width, height, &planes, Colorimetry::default())
        .expect("the sizes were checked when the file was read")
}
