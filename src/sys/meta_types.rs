//! What the numbers in `NvDsBaseMeta.meta_type` mean, version by version.

use super::moved::MOVED;
use super::nvdsmeta::*;
use super::{DeepStreamVersion, VersionRange};
use crate::{Error, ErrorKind, Result};

macro_rules! kinds {
    (
        fixed { $($(#[$fixed_doc:meta])* $fixed:ident = $constant:ident,)* }
        moved { $($(#[$moved_doc:meta])* $moved:ident = $name:ident,)* }
    ) => {
        /// What a user meta (or any element) carries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum UserMetaKind {
            $($(#[$fixed_doc])* #[doc = concat!("\n\nC: `", stringify!($constant), "`.")] $fixed,)*
            $($(#[$moved_doc])* #[doc = concat!("\n\nC: `", stringify!($name), "`, whose number moved.")] $moved,)*
            /// A number that [`nvds_get_user_meta_type`](crate::runtime::Api::get_user_meta_type) gave out.
            Named(NvDsMetaType),
            /// A number that means nothing in any version in question, or not the same in all of them.
            Unknown(NvDsMetaType),
        }

        impl UserMetaKind {
            /// Name of the C constant; `None` for [`Named`](Self::Named) and [`Unknown`](Self::Unknown).
            #[must_use]
            pub const fn c_name(self) -> Option<&'static str> {
                match self {
                    $(Self::$fixed => Some(stringify!($constant)),)*
                    $(Self::$moved => Some(stringify!($name)),)*
                    Self::Named(_) | Self::Unknown(_) => None,
                }
            }
        }

        const FIXED: &[(UserMetaKind, NvDsMetaType)] = &[$((UserMetaKind::$fixed, $constant)),*];
        const MOVING: &[UserMetaKind] = &[$(UserMetaKind::$moved),*];
    };
}

kinds! {
    fixed {
        /// A batch.
        Batch = NVDS_BATCH_META,
        /// A frame.
        Frame = NVDS_FRAME_META,
        /// An object.
        Object = NVDS_OBJ_META,
        /// A display meta.
        Display = NVDS_DISPLAY_META,
        /// A classifier's result.
        Classifier = NVDS_CLASSIFIER_META,
        /// A label of a classifier's result.
        LabelInfo = NVDS_LABEL_INFO_META,
        /// A user meta that nobody has given a type.
        User = NVDS_USER_META,
        /// A message payload.
        Payload = NVDS_PAYLOAD_META,
        /// An event message.
        EventMsg = NVDS_EVENT_MSG_META,
        /// Optical flow.
        OpticalFlow = NVDS_OPTICAL_FLOW_META,
        /// Latency of an element.
        Latency = NVDS_LATENCY_MEASUREMENT_META,
        /// Output tensors of nvinfer.
        TensorOutput = NVDSINFER_TENSOR_OUTPUT_META,
        /// Segmentation of nvinfer.
        Segmentation = NVDSINFER_SEGMENTATION_META,
        /// A JPEG crop.
        CropImage = NVDS_CROP_IMAGE_META,
        /// Past frames of targets.
        TrackerPastFrame = NVDS_TRACKER_PAST_FRAME_META,
    }
    moved {
        /// An audio batch.
        AudioBatch = NVDS_AUDIO_BATCH_META,
        /// An audio frame.
        AudioFrame = NVDS_AUDIO_FRAME_META,
        /// Preprocessed frames.
        PreprocessFrame = NVDS_PREPROCESS_FRAME_META,
        /// A preprocessed batch.
        PreprocessBatch = NVDS_PREPROCESS_BATCH_META,
        /// A custom message.
        CustomMsgBlob = NVDS_CUSTOM_MSG_BLOB,
        /// Re-identification vectors of a batch (since 6.3).
        TrackerBatchReid = NVDS_TRACKER_BATCH_REID_META,
        /// The re-identification vector of an object (since 6.3).
        TrackerObjReid = NVDS_TRACKER_OBJ_REID_META,
        /// Targets that ended (since 6.4).
        TrackerTerminatedList = NVDS_TRACKER_TERMINATED_LIST_META,
        /// Targets that are only predicted (since 6.4).
        TrackerShadowList = NVDS_TRACKER_SHADOW_LIST_META,
        /// How much of an object is visible (since 6.4).
        ObjVisibility = NVDS_OBJ_VISIBILITY,
        /// Where an object stands in the picture (since 6.4).
        ObjImageFootLocation = NVDS_OBJ_IMAGE_FOOT_LOCATION,
        /// Where an object stands in the world (since 6.4).
        ObjWorldFootLocation = NVDS_OBJ_WORLD_FOOT_LOCATION,
        /// Convex hull of an object (since 6.4).
        ObjImageConvexHull = NVDS_OBJ_IMAGE_CONVEX_HULL,
        /// Box of an object in space (since 8.0).
        Obj3d = NVDS_OBJ_3D_META,
        /// A region of nvdspreprocess (since 7.1).
        Roi = NVDS_ROI_META,
        /// A message of Sparse4D (since 8.0).
        CustomMsgSparse4d = NVDS_CUSTOM_MSG_SPARSE4D,
        /// nvdsanalytics on a frame (since 8.0; before, a number of the name `NVIDIA.DSANALYTICSFRAME.USER_META`).
        FrameAnalytics = NVDS_FRAME_META_NVDSANALYTICS,
        /// nvdsanalytics on an object (since 8.0; before, a number of the name `NVIDIA.DSANALYTICSOBJ.USER_META`).
        ObjAnalytics = NVDS_OBJ_META_NVDSANALYTICS,
    }
}

impl UserMetaKind {
    /// Its number in one version.
    #[must_use]
    pub fn number(self, version: DeepStreamVersion) -> Option<NvDsMetaType> {
        if let Self::Named(number) = self {
            return Some(number);
        }
        if let Some((_, number)) = FIXED.iter().find(|(kind, _)| *kind == self) {
            return Some(*number);
        }
        let name = self.c_name()?;
        MOVED.iter().find(|m| m.name == name)?.value(version)
    }

    fn of(number: NvDsMetaType, version: DeepStreamVersion) -> Self {
        if number >= NVDS_START_USER_META {
            return Self::Named(number);
        }
        if let Some((kind, _)) = FIXED.iter().find(|(_, n)| *n == number) {
            return *kind;
        }
        let moving = MOVING.iter().find(|kind| kind.number(version) == Some(number));
        moving.copied().unwrap_or(Self::Unknown(number))
    }
}

/// The numbers of the kinds, for what is known of the version.
///
/// Numbers 1 to 15 are the same everywhere. Those from 16 up moved in 6.3, 6.4 and 8.0, so that 18 is a preprocessed
/// frame, an audio batch or a list of ended targets. What is not the same in all versions in question is an error or
/// [`UserMetaKind::Unknown`], never a guess.
///
/// ```
/// use dsframe::sys::{DeepStreamVersion, MetaGeneration, MetaTypes, UserMetaKind};
/// let types = MetaTypes::for_version(DeepStreamVersion::V6_3);
/// assert_eq!(types.kind(18), UserMetaKind::AudioBatch);
/// let types = MetaTypes::for_version(DeepStreamVersion::V7_1);
/// assert_eq!(types.kind(18), UserMetaKind::TrackerTerminatedList);
/// // All that generation A says is: 6.0 to 7.1.
/// let types = MetaTypes::for_versions(MetaGeneration::A);
/// assert_eq!(types.kind(18), UserMetaKind::Unknown(18));
/// assert!(types.number(UserMetaKind::AudioBatch).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetaTypes {
    versions: VersionRange,
}

impl MetaTypes {
    /// The numbers of one version.
    #[must_use]
    pub fn for_version(version: DeepStreamVersion) -> Self {
        Self { versions: version.into() }
    }

    /// The numbers that all these versions agree on.
    #[must_use]
    pub fn for_versions(versions: impl Into<VersionRange>) -> Self {
        Self { versions: versions.into() }
    }

    /// The versions in question.
    #[must_use]
    pub fn versions(self) -> VersionRange {
        self.versions
    }

    /// What a number means.
    #[must_use]
    pub fn kind(self, number: NvDsMetaType) -> UserMetaKind {
        self.versions.agree(|v| UserMetaKind::of(number, v)).unwrap_or(UserMetaKind::Unknown(number))
    }

    /// The number of a kind.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when it is not the same in all versions in question, or none of them has it.
    pub fn number(self, kind: UserMetaKind) -> Result<NvDsMetaType> {
        let name = kind.c_name().unwrap_or("the type");
        let number = self.versions.agree(|v| kind.number(v));
        number.ok_or_else(|| self.versions.ambiguous(&format!("the number of {name}")))?.ok_or_else(|| {
            Error::new(ErrorKind::Abi, format!("DeepStream {} has no user metas of {name}", self.versions))
        })
    }

    /// Whether a number means this kind.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when it does in some versions in question, and not in others.
    pub fn is(self, number: NvDsMetaType, kind: UserMetaKind) -> Result<bool> {
        let same = self.versions.agree(|v| kind.number(v) == Some(number));
        same.ok_or_else(|| {
            self.versions.ambiguous(&format!("whether {number} is {}", kind.c_name().unwrap_or("it")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::MetaGeneration;

    #[test]
    fn every_moved_type_is_a_kind() {
        for moved in MOVED.iter().filter(|m| m.name.starts_with("NVDS_") && !m.name.contains("OBJECT_TYPE")) {
            let kind = MOVING.iter().find(|k| k.c_name() == Some(moved.name));
            let kind = kind.unwrap_or_else(|| panic!("{} is no kind", moved.name));
            for version in DeepStreamVersion::ALL {
                let Some(number) = moved.value(version) else { continue };
                assert_eq!(MetaTypes::for_version(version).kind(number), *kind, "{version}");
                assert_eq!(MetaTypes::for_version(version).number(*kind).unwrap(), number);
            }
        }
        assert!(MOVING.iter().all(|k| MOVED.iter().any(|m| Some(m.name) == k.c_name())));
    }

    #[test]
    fn what_is_ambiguous_is_said_to_be() {
        let a = MetaTypes::for_versions(MetaGeneration::A);
        for (kind, number) in FIXED {
            assert_eq!((a.kind(*number), a.number(*kind).unwrap()), (*kind, *number));
        }
        assert_eq!(a.kind(21), UserMetaKind::Unknown(21));
        assert_eq!(a.kind(8200), UserMetaKind::Named(8200));
        let error = a.is(21, UserMetaKind::PreprocessBatch).unwrap_err();
        assert!(error.to_string().contains("6.0 to 7.1"), "{error}");
        assert!(!a.is(12, UserMetaKind::PreprocessBatch).unwrap());
        let c = MetaTypes::for_versions(MetaGeneration::C);
        assert_eq!(c.kind(28), UserMetaKind::PreprocessBatch);
        assert_eq!(c.kind(40), UserMetaKind::Unknown(40));
        let none = MetaTypes::for_version(DeepStreamVersion::V6_0).number(UserMetaKind::Obj3d).unwrap_err();
        assert!(none.to_string().contains("6.0 has no user metas of NVDS_OBJ_3D_META"), "{none}");
    }
}
