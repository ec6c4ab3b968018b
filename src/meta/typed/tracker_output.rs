//! Lists of targets to attach.

use std::ffi::c_char;
use std::ptr;

use super::attach::{self, CPayload};
use super::tracker::{Places, TargetFrame, TargetListKind};
use crate::Result;
use crate::meta::{BatchMeta, UserMeta};
use crate::sys::*;

/// A target to attach.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetTrack {
    /// Identity of the track.
    pub object_id: u64,
    /// Class.
    pub class_id: u16,
    /// Name of the class, cut between characters to the 127 bytes that fit, and at a NUL.
    pub label: String,
    /// The frames. What a version has no field for is left out.
    pub frames: Vec<TargetFrame>,
}

/// A stream's targets to attach.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StreamTargets {
    /// Stream: sink pad of the muxer.
    pub stream_id: u32,
    /// Stream and surface.
    pub surface_stream_id: u64,
    /// The targets.
    pub targets: Vec<TargetTrack>,
}

#[derive(Clone)]
struct Lists {
    kind: TargetListKind,
    streams: Vec<StreamTargets>,
}

/// Arrays of a payload, each pointing into the one before.
#[allow(dead_code, reason = "the C struct points to them")]
struct Parts {
    frames: Vec<Vec<u64>>,
    targets: Vec<Vec<NvDsTargetMiscDataObject>>,
    streams: Vec<NvDsTargetMiscDataStream>,
}

impl Places {
    /// Stores a frame.
    ///
    /// # Safety
    /// `at` has room for a frame of this layout, zeroed.
    unsafe fn write(self, at: *mut u8, frame: &TargetFrame) {
        let rect = NvOSD_RectParams {
            left: frame.bbox.left,
            top: frame.bbox.top,
            width: frame.bbox.width,
            height: frame.bbox.height,
            ..NvOSD_RectParams::default()
        };
        // SAFETY: fields of the frame; the box is at 8 in every version.
        unsafe {
            at.cast::<u32>().write(frame.frame_num);
            at.add(8).cast::<NvOSD_RectParams>().write(rect);
            at.add(self.confidence).cast::<f32>().write(frame.confidence);
            at.add(self.age).cast::<u32>().write(frame.age);
            if let (Some(offset), Some(state)) = (self.state, frame.state) {
                at.add(offset).cast::<TRACKER_STATE>().write(state.into());
            }
            if let (Some(offset), Some(visibility)) = (self.visibility, frame.visibility) {
                at.add(offset).cast::<f32>().write(visibility);
            }
            if let (Some(offset), Some(feet)) = (self.world_feet, frame.world_feet) {
                at.add(offset).cast::<[f32; 2]>().write(feet);
            }
        }
    }

    /// Frames in a row, as 8-byte words.
    fn pack(self, frames: &[TargetFrame]) -> Vec<u64> {
        let mut words = vec![0_u64; frames.len() * self.stride / 8];
        for (i, frame) in frames.iter().enumerate() {
            // SAFETY: one frame of `frames.len()`; strides are multiples of 8.
            unsafe { self.write(words.as_mut_ptr().cast::<u8>().add(i * self.stride), frame) };
        }
        words
    }
}

fn label(text: &str) -> [c_char; MAX_LABEL_SIZE] {
    let mut label = [0; MAX_LABEL_SIZE];
    let kept = crate::meta::text::cut(text, MAX_LABEL_SIZE - 1);
    label.iter_mut().zip(kept.bytes()).for_each(|(to, from)| *to = from as c_char);
    label
}

impl CPayload for Lists {
    type C = NvDsTargetMiscDataBatch;
    type Parts = Parts;

    fn kind(&self) -> UserMetaKind {
        self.kind.kind()
    }

    fn parts(&self, versions: VersionRange) -> Result<Parts> {
        let places = versions.agree(Places::of).ok_or_else(|| versions.ambiguous("a target's frame"))?;
        let mut parts = Parts { frames: Vec::new(), targets: Vec::new(), streams: Vec::new() };
        for stream in &self.streams {
            let mut targets = Vec::with_capacity(stream.targets.len());
            for target in &stream.targets {
                let frames = places.pack(&target.frames);
                targets.push(NvDsTargetMiscDataObject {
                    list: frames.as_ptr().cast_mut().cast(),
                    numObj: target.frames.len() as u32,
                    numAllocated: target.frames.len() as u32,
                    uniqueId: target.object_id,
                    classId: target.class_id,
                    objLabel: label(&target.label),
                });
                parts.frames.push(frames);
            }
            parts.streams.push(NvDsTargetMiscDataStream {
                list: targets.as_ptr().cast_mut(),
                streamID: stream.stream_id,
                surfaceStreamID: stream.surface_stream_id,
                numAllocated: targets.len() as u32,
                numFilled: targets.len() as u32,
            });
            parts.targets.push(targets);
        }
        Ok(parts)
    }

    fn c(&self, parts: &Parts) -> NvDsTargetMiscDataBatch {
        NvDsTargetMiscDataBatch {
            list: parts.streams.as_ptr().cast_mut(),
            numAllocated: parts.streams.len() as u32,
            numFilled: parts.streams.len() as u32,
            priv_data: ptr::null_mut(),
        }
    }
}

impl<'b> BatchMeta<'b> {
    /// Attaches lists of targets as nvtracker does: past frames, ended targets or shadows.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`](crate::ErrorKind::Abi) when the version has no such list, or is not known.
    pub fn add_target_lists(
        &self,
        kind: TargetListKind,
        streams: Vec<StreamTargets>,
    ) -> Result<UserMeta<'b>> {
        attach::attach(*self, Lists { kind, streams })
    }
}
