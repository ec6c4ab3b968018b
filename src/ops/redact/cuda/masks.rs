//! Masks as bits in GPU memory: which samples of each plane are hidden.

use super::super::plan::{Layout, Method, Place};
use crate::cuda::{DType, DeviceTensor, Stream};
use crate::error::{Error, Result};
use crate::frame::MAX_PLANES;
use crate::ops::redact::Shape;

/// The bits of all masks of a call; a row of a plane's part of a mask begins at a whole word.
pub(super) struct Bits {
    pub(super) tensor: DeviceTensor,
    /// Where the bits of each region begin in each plane, in bytes, and words of a row.
    parts: Vec<[(u64, u32); MAX_PLANES]>,
}

impl Bits {
    /// The masks of `places`, one copy to the GPU; `None` where there is none. What they cover is worked out on the CPU.
    pub(super) fn upload(
        stream: &Stream,
        layout: &Layout,
        method: &Method,
        places: &[Place<'_>],
    ) -> Result<Option<Self>> {
        if !places.iter().any(|place| matches!(place.region.shape, Shape::Mask(_))) {
            return Ok(None);
        }
        let (mut bytes, mut parts) = (Vec::new(), vec![[(0, 0); MAX_PLANES]; places.len()]);
        for (place, parts) in places.iter().zip(&mut parts) {
            if matches!(place.region.shape, Shape::Mask(_)) {
                for (plane, part) in parts.iter_mut().enumerate().take(layout.format.planes()) {
                    *part = add(&mut bytes, layout, method, place, plane);
                }
            }
        }
        if u32::try_from(bytes.len()).is_err() {
            let bytes = bytes.len();
            return Err(Error::unsupported(format!(
                "the masks cover {bytes} bytes of bits; hide fewer regions at a time"
            )));
        }
        let mut tensor = stream.tensor(&[bytes.len()], DType::U8)?;
        stream.copy_bytes(&bytes, &mut tensor, 0)?;
        Ok(Some(Self { tensor, parts }))
    }

    /// Address and words of a row of the bits of region `place` in `plane`.
    pub(super) fn part(&self, place: usize, plane: usize) -> (u64, u32) {
        let (start, words) = self.parts[place][plane];
        (self.tensor.address() + start, words)
    }
}

/// Adds what the mask of `place` covers of `plane`.
fn add(bytes: &mut Vec<u8>, layout: &Layout, method: &Method, place: &Place<'_>, plane: usize) -> (u64, u32) {
    let job = place.job(layout, method, plane);
    let (start, words) = (bytes.len(), job.rect.width.div_ceil(32));
    let row = 4 * words as usize;
    bytes.resize(start + row * job.rect.height as usize, 0);
    let Some(cover) = &job.cover else { return (start as u64, words) };
    let mut runs = Vec::new();
    for (y, bits) in bytes[start..].chunks_exact_mut(row).enumerate() {
        cover.runs(y as u32, &mut runs);
        for x in runs.iter().cloned().flatten() {
            bits[x / 8] |= 1 << (x % 8);
        }
    }
    (start as u64, words)
}
