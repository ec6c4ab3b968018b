//! What nvtracker knows beyond this frame: past frames, ended targets, shadows.

use std::ffi::c_void;
use std::marker::PhantomData;

use super::view::{View, array_string, bounded, check, slice};
use crate::meta::{BBox, UserMeta};
use crate::sys::*;
use crate::{ErrorKind, Result};

/// More streams, targets or frames than there can be.
const MAX_ENTRIES: usize = 1 << 20;

/// Which list of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetListKind {
    /// Frames in which the tracker knew a target before it was sure of it (`NVDS_TRACKER_PAST_FRAME_META`).
    PastFrames,
    /// Targets that ended (`NVDS_TRACKER_TERMINATED_LIST_META`, since 6.4).
    Terminated,
    /// Targets that are only predicted (`NVDS_TRACKER_SHADOW_LIST_META`, since 6.4).
    Shadow,
}

impl TargetListKind {
    pub(super) const fn kind(self) -> UserMetaKind {
        match self {
            Self::PastFrames => UserMetaKind::TrackerPastFrame,
            Self::Terminated => UserMetaKind::TrackerTerminatedList,
            Self::Shadow => UserMetaKind::TrackerShadowList,
        }
    }
}

/// State of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrackerState {
    /// No target.
    Empty,
    /// Tracked.
    Active,
    /// Lost.
    Inactive,
    /// Too young to be sure.
    Tentative,
    /// Predicted.
    Projected,
    /// Nearly active (since 8.0).
    QuasiActive,
    /// A number that no known version has.
    Unknown(u32),
}

impl From<TrackerState> for TRACKER_STATE {
    fn from(state: TrackerState) -> Self {
        match state {
            TrackerState::Empty => EMPTY,
            TrackerState::Active => ACTIVE,
            TrackerState::Inactive => INACTIVE,
            TrackerState::Tentative => TENTATIVE,
            TrackerState::Projected => PROJECTED,
            TrackerState::QuasiActive => QUASIACTIVE,
            TrackerState::Unknown(number) => number,
        }
    }
}

impl From<TRACKER_STATE> for TrackerState {
    fn from(number: TRACKER_STATE) -> Self {
        match number {
            EMPTY => Self::Empty,
            ACTIVE => Self::Active,
            INACTIVE => Self::Inactive,
            TENTATIVE => Self::Tentative,
            PROJECTED => Self::Projected,
            QUASIACTIVE => Self::QuasiActive,
            other => Self::Unknown(other),
        }
    }
}

/// A target in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetFrame {
    /// Frame.
    pub frame_num: u32,
    /// Box, pixels.
    pub bbox: BBox,
    /// Score.
    pub confidence: f32,
    /// Frames since the target began.
    pub age: u32,
    /// State; since 6.4.
    pub state: Option<TrackerState>,
    /// Visible part, 0 to 1; since 6.4.
    pub visibility: Option<f32>,
    /// Where it stands in the world; since 9.0.
    pub world_feet: Option<[f32; 2]>,
}

/// Lists of targets, by stream. The batch stays locked, and nothing can be removed from it, while this exists.
#[derive(Debug)]
pub struct TargetLists<'b> {
    view: View<'b>,
    kind: TargetListKind,
    raw: NvDsPastFrameObjBatch,
}

impl<'b> TargetLists<'b> {
    pub(super) fn of(user: UserMeta<'b>, kind: TargetListKind) -> Result<Option<Self>> {
        let Some(view) = View::of(user, kind.kind())? else { return Ok(None) };
        // SAFETY: both structs start with list, numAllocated and numFilled.
        let raw = unsafe { view.read() };
        Ok(Some(Self { view, kind, raw }))
    }

    /// Which list it is.
    #[must_use]
    pub fn kind(&self) -> TargetListKind {
        self.kind
    }

    /// The streams.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when the list is missing or cannot be as long as it says.
    pub fn streams(&self) -> Result<impl ExactSizeIterator<Item = TargetStream<'_>> + '_> {
        let count = bounded(self.raw.numFilled, MAX_ENTRIES, "numFilled of the target lists")?;
        let list = self.raw.list.cast::<NvDsTargetMiscDataStream>().cast_const();
        // SAFETY: as many streams as it says, laid out alike in all versions, live as long as the payload.
        let streams = unsafe { slice(list, count, "streams of the target lists") }?;
        Ok(streams.iter().map(|raw| TargetStream { raw, versions: self.view.versions }))
    }
}

/// A stream's targets.
#[derive(Debug, Clone, Copy)]
pub struct TargetStream<'v> {
    raw: &'v NvDsTargetMiscDataStream,
    versions: VersionRange,
}

impl<'v> TargetStream<'v> {
    /// Stream: sink pad of the muxer.
    #[must_use]
    pub fn stream_id(&self) -> u32 {
        self.raw.streamID
    }

    /// Stream and surface.
    #[must_use]
    pub fn surface_stream_id(&self) -> u64 {
        self.raw.surfaceStreamID
    }

    /// The targets.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when the list is missing or cannot be as long as it says.
    pub fn objects(&self) -> Result<impl ExactSizeIterator<Item = Target<'v>> + 'v> {
        let count = bounded(self.raw.numFilled, MAX_ENTRIES, "numFilled of a stream's targets")?;
        // SAFETY: as many targets as it says, laid out alike in all versions, live as long as the payload.
        let targets = unsafe { slice(self.raw.list.cast_const(), count, "targets of a stream") }?;
        let versions = self.versions;
        Ok(targets.iter().map(move |raw| Target { raw, versions }))
    }
}

/// A target over some frames.
#[derive(Debug, Clone, Copy)]
pub struct Target<'v> {
    raw: &'v NvDsTargetMiscDataObject,
    versions: VersionRange,
}

impl<'v> Target<'v> {
    /// Identity of the track.
    #[must_use]
    pub fn object_id(&self) -> u64 {
        self.raw.uniqueId
    }

    /// Class.
    #[must_use]
    pub fn class_id(&self) -> u16 {
        self.raw.classId
    }

    /// Name of the class.
    #[must_use]
    pub fn label(&self) -> String {
        array_string(&self.raw.objLabel)
    }

    /// The frames.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when the list is missing or cannot be as long as it says, and when the version is not known:
    /// a frame has 120 bytes up to 6.3, 128 up to 8.0, and 144 later.
    pub fn frames(&self) -> Result<impl ExactSizeIterator<Item = TargetFrame> + 'v> {
        let at =
            self.versions.agree(Places::of).ok_or_else(|| self.versions.ambiguous("a target's frame"))?;
        let count = bounded(self.raw.numObj, MAX_ENTRIES, "numObj of a target")?;
        let list: *const c_void = self.raw.list.cast_const().cast();
        check(list, count, at.stride, 8, "frames of a target")?;
        // SAFETY: as many frames as it says at this stride, live as long as the payload.
        Ok((0..count)
            .map(move |i| unsafe { at.read(list.cast::<u8>().add(i * at.stride), PhantomData::<&'v ()>) }))
    }
}

/// Where the fields of a target's frame are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) stride: usize,
    pub(super) confidence: usize,
    pub(super) age: usize,
    pub(super) state: Option<usize>,
    pub(super) visibility: Option<usize>,
    pub(super) world_feet: Option<usize>,
}

impl Places {
    pub(super) fn of(version: DeepStreamVersion) -> Self {
        let table = &TARGET_MISC_DATA_FRAME;
        let field = |name| table.known_offset(version, name);
        match (table.size(version), field("confidence"), field("age")) {
            (Ok(stride), Some(confidence), Some(age)) => Self {
                stride,
                confidence,
                age,
                state: field("trackerState"),
                visibility: field("visibility"),
                world_feet: field("ptWorldFeet"),
            },
            _ => Self {
                stride: size_of::<NvDsPastFrameObj>(),
                confidence: std::mem::offset_of!(NvDsPastFrameObj, confidence),
                age: std::mem::offset_of!(NvDsPastFrameObj, age),
                state: None,
                visibility: None,
                world_feet: None,
            },
        }
    }

    /// # Safety
    /// A live frame of this layout.
    unsafe fn read(self, frame: *const u8, _live: PhantomData<&()>) -> TargetFrame {
        // SAFETY: fields of the frame, all numbers; the box is at 8 in every version.
        unsafe {
            let rect = frame.add(8).cast::<NvOSD_RectParams>().read();
            let float = |offset: usize| frame.add(offset).cast::<f32>().read();
            TargetFrame {
                frame_num: frame.cast::<u32>().read(),
                bbox: BBox { left: rect.left, top: rect.top, width: rect.width, height: rect.height },
                confidence: float(self.confidence),
                age: frame.add(self.age).cast::<u32>().read(),
                state: self.state.map(|o| frame.add(o).cast::<TRACKER_STATE>().read().into()),
                visibility: self.visibility.map(float),
                world_feet: self.world_feet.map(|o| [float(o), float(o + 4)]),
            }
        }
    }
}

/// Tells a list of targets from other user metas.
pub(super) fn lists<'b>(user: UserMeta<'b>) -> Result<Option<TargetLists<'b>>> {
    let mut unsure = None;
    for kind in [TargetListKind::PastFrames, TargetListKind::Terminated, TargetListKind::Shadow] {
        match TargetLists::of(user, kind) {
            Ok(None) => {}
            Ok(found) => return Ok(found),
            Err(error) if error.kind() == ErrorKind::Abi => unsure = Some(error),
            Err(error) => return Err(error),
        }
    }
    unsure.map_or(Ok(None), Err)
}
