//! Boxes of several pictures in one launch.

use super::super::plan::{Layout, Method};
use super::super::{Redaction, Region};
use super::boxes::{self, Boxes, MANY, PICTURES};
use super::whole::{launch, push_all};
use super::{How, checked, hide};
use crate::cuda::Stream;
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut};

/// Hides `regions[i]` of `frames[i]`, pictures in GPU memory; returns how many regions lay in their picture.
///
/// |           | layout              | element | shape    | pitch (bytes) |
/// |-----------|---------------------|---------|----------|---------------|
/// | `frames`  | any [`PixelFormat`](crate::frame::PixelFormat), windows | `u8`, read and written | `(h, w)` each | any |
/// | `regions` | boxes, in host memory, a list for each frame | `f32` pixels | `n` each |  |
/// | masks     | one value a cell, in host memory | `u8` or `f32` | `(mh, mw)` | packed |
///
/// The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. One launch takes up to
/// 128 boxes of up to 16 pictures of one format and colorimetry, whatever their sizes, that begin alike in their chroma samples;
/// boxes that are blurred are launched apart from those too small for it.
/// A picture with boxes that overlap and are not filled, or are large, or with ellipses or masks, is done by itself as [`redact_on`](super::redact_on) does, as
/// are all pictures with [`Blur::Kernel`](super::super::Blur::Kernel) or of several formats.
///
/// Backends and parity: the same bytes as [`redact`](super::super::redact) of each on the CPU, on every window.
///
/// # Errors
/// As [`redact_on`](super::redact_on), and when there are not as many lists as frames. When a frame or a region is wrong nothing is hidden
/// in any.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::redact::{Blocks, Redaction, Region, redact_frames_on};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>, faces: &[Vec<Region<'_>>]) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let mut maps =
///     (0..batch.len()).map(|i| batch.surface(i)?.device_view_mut()).collect::<dsframe::Result<Vec<_>>>()?;
/// let mut frames: Vec<_> = maps.iter_mut().map(|map| map.view_mut()).collect();
/// let faces: Vec<_> = faces.iter().map(Vec::as_slice).collect();
/// redact_frames_on(&stream, &mut frames, &faces, Redaction::Pixelate(Blocks::Across(6)))?;
/// # Ok(())
/// # }
/// ```
pub fn redact_frames_on(
    stream: &Stream,
    frames: &mut [DeviceViewMut<'_>],
    regions: &[&[Region<'_>]],
    how: Redaction,
) -> Result<usize> {
    if frames.len() != regions.len() {
        return Err(Error::invalid(format!(
            "there are {} frames and {} lists of regions; each frame's are the list of its index; nothing was hidden",
            frames.len(),
            regions.len()
        )));
    }
    for (i, (frame, regions)) in frames.iter().zip(regions).enumerate() {
        checked(stream, &frame.as_view(), regions, how)
            .map_err(|error| Error::new(error.kind(), format!("frame {i}: {error}")))?;
    }
    let (mut hidden, mut first) = (0, 0);
    while first < frames.len() {
        let layout = Layout::of_device(&frames[first].as_view());
        let alike = |frame: &&DeviceViewMut<'_>| Layout::of_device(&frame.as_view()).is_like(&layout);
        let end = first + frames[first..].iter().take_while(alike).count();
        let method = Method::new(how, &layout)?;
        hidden += hide_alike(stream, &mut frames[first..end], &regions[first..end], &layout, &method)?;
        first = end;
    }
    Ok(hidden)
}

/// Hides regions of frames that were checked, and for which `method` is the same.
fn hide_alike(
    stream: &Stream,
    frames: &mut [DeviceViewMut<'_>],
    regions: &[&[Region<'_>]],
    layout: &Layout,
    method: &Method,
) -> Result<usize> {
    let mut hidden = 0;
    let mut set = Set { boxes: Boxes::new(layout, method), members: [0; PICTURES], count: 0 };
    for (i, regions) in regions.iter().enumerate().filter(|(_, regions)| !regions.is_empty()) {
        let layout = Layout::of_device(&frames[i].as_view());
        if matches!(method, Method::Kernel(_)) || regions.len() > MANY || !boxes::suits(method, regions) {
            hidden += hide(How { stream, layout: &layout, method }, &mut frames[i], regions)?;
            continue;
        }
        if set.count == PICTURES || set.boxes.len() + regions.len() > MANY {
            hidden += set.launch(stream, frames)?;
        }
        if !set.take(i, &frames[i].as_view(), &layout, regions)? {
            hidden += hide(How { stream, layout: &layout, method }, &mut frames[i], regions)?;
        }
    }
    Ok(hidden + set.launch(stream, frames)?)
}

/// Boxes for a launch, and the frames that they are of.
struct Set {
    boxes: Boxes<PICTURES, MANY>,
    members: [usize; PICTURES],
    count: usize,
}

impl Set {
    /// Adds `regions`, for which there is room, of frame `i`; false, and nothing is added, where they cannot be hidden this way.
    fn take(
        &mut self,
        i: usize,
        frame: &DeviceView<'_>,
        layout: &Layout,
        regions: &[Region<'_>],
    ) -> Result<bool> {
        let before = self.boxes.mark();
        if self.boxes.begin(self.count, frame) && push_all(&mut self.boxes, self.count, layout, regions)? {
            self.members[self.count] = i;
            self.count += 1;
            return Ok(true);
        }
        self.boxes.return_to(before);
        Ok(false)
    }

    /// Hands over what there is; how many boxes.
    fn launch(&mut self, stream: &Stream, frames: &[DeviceViewMut<'_>]) -> Result<usize> {
        let (count, hidden) = (std::mem::take(&mut self.count), self.boxes.len());
        if hidden > 0 {
            let pending = self.members.map(|i| frames[i].as_view().pending());
            launch(stream, &mut self.boxes, &pending[..count])?;
        }
        Ok(hidden)
    }
}
