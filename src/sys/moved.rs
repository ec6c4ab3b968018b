//! Enum values that are not the same in every version.

use std::ffi::c_int;

use super::{DeepStreamVersion, VersionRange};
use crate::{Error, ErrorKind, Result};

/// A C constant whose value moved, or whose value was another constant's before.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Its name in C.
    pub name: &'static str,
    /// Its value in each of [`DeepStreamVersion::ALL`].
    pub values: [Option<c_int>; 10],
}

macro_rules! moved {
    (@ -) => { None };
    (@ $value:literal) => { Some($value) };
    ($($name:ident: [$($value:tt)*];)*) => {
        /// Constants whose values are not the same in every version.
        pub static MOVED: &[Moved] = &[$(Moved {
            name: stringify!($name),
            values: [$(moved!(@ $value)),*],
        }),*];
    };
}

moved! {
    // 6.0 6.1 6.2 6.3 6.4 7.0 7.1 8.0 9.0 9.1
    NVDSINFER_UNKNOWN_ERROR: [9 9 9 10 10 10 10 10 10 10];
    NVDSINFER_MEM_ERROR: [- - - 9 9 9 9 9 9 9];
    NvDsDataType_FP16: [5 5 5 5 5 5 5 7 7 7];
    NvDsDataType_INT64: [- - - - - - - 5 5 5];
    NVDS_OBJECT_TYPE_PRODUCT: [- - 9 9 9 9 9 11 11 11];
    NVDS_OBJECT_TYPE_PRODUCT_EXT: [- - 10 10 10 10 10 12 12 12];
    NVDS_OBJECT_TYPE_3D: [- - - - - - - 9 9 9];
    NVDS_OBJECT_TYPE_DUMMY: [- - - - - - - 10 10 10];
    NVDS_AUDIO_BATCH_META: [16 16 16 18 24 24 24 25 25 25];
    NVDS_AUDIO_FRAME_META: [17 17 17 19 25 25 25 26 26 26];
    NVDS_PREPROCESS_FRAME_META: [18 18 18 20 26 26 26 27 27 27];
    NVDS_PREPROCESS_BATCH_META: [19 19 19 21 27 27 27 28 28 28];
    NVDS_CUSTOM_MSG_BLOB: [20 20 20 22 28 28 28 29 29 29];
    NVDS_TRACKER_BATCH_REID_META: [- - - 16 16 16 16 16 16 16];
    NVDS_TRACKER_OBJ_REID_META: [- - - 17 17 17 17 17 17 17];
    NVDS_TRACKER_TERMINATED_LIST_META: [- - - - 18 18 18 18 18 18];
    NVDS_TRACKER_SHADOW_LIST_META: [- - - - 19 19 19 19 19 19];
    NVDS_OBJ_VISIBILITY: [- - - - 20 20 20 20 20 20];
    NVDS_OBJ_IMAGE_FOOT_LOCATION: [- - - - 21 21 21 21 21 21];
    NVDS_OBJ_WORLD_FOOT_LOCATION: [- - - - 22 22 22 22 22 22];
    NVDS_OBJ_IMAGE_CONVEX_HULL: [- - - - 23 23 23 23 23 23];
    NVDS_ROI_META: [- - - - - - 29 30 30 30];
    NVDS_OBJ_3D_META: [- - - - - - - 24 24 24];
    NVDS_CUSTOM_MSG_SPARSE4D: [- - - - - - - 31 31 31];
    NVDS_FRAME_META_NVDSANALYTICS: [- - - - - - - 32 32 32];
    NVDS_OBJ_META_NVDSANALYTICS: [- - - - - - - 33 33 33];
}

impl Moved {
    /// Its value in one version.
    #[must_use]
    pub const fn value(&self, version: DeepStreamVersion) -> Option<c_int> {
        self.values[version as usize]
    }
}

/// Value of a constant in [`MOVED`]; `None` when none of the versions has it.
///
/// # Errors
/// [`ErrorKind::Abi`] when the versions differ, [`ErrorKind::InvalidArgument`] when `name` is not in [`MOVED`].
pub fn moved_value(name: &str, versions: impl Into<VersionRange>) -> Result<Option<c_int>> {
    let Some(moved) = MOVED.iter().find(|m| m.name == name) else {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{name} is not a constant whose value moved between versions"),
        ));
    };
    let versions = versions.into();
    versions.agree(|v| moved.value(v)).ok_or_else(|| versions.ambiguous(&format!("the value of {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::MetaGeneration;

    #[test]
    fn values_are_those_of_the_version() {
        let fp16 = |v: DeepStreamVersion| moved_value("NvDsDataType_FP16", v).unwrap();
        assert_eq!((fp16(DeepStreamVersion::V7_1), fp16(DeepStreamVersion::V8_0)), (Some(5), Some(7)));
        assert_eq!(moved_value("NvDsDataType_FP16", MetaGeneration::A).unwrap(), Some(5));
        assert_eq!(moved_value("NvDsDataType_FP16", VersionRange::ALL).unwrap_err().kind(), ErrorKind::Abi);
        let wrong = moved_value("NVDS_BATCH_META", MetaGeneration::A).unwrap_err();
        assert_eq!(wrong.kind(), ErrorKind::InvalidArgument);
    }
}
