//! Structs that changed between versions, as tables of offsets behind their prefix.
//!
//! Every entry is compared with the measured layouts of every version in `tests/abi.rs`.

mod meta;
mod surface;

pub use meta::*;
pub use surface::*;

use super::{DeepStreamVersion, VersionRange};
use crate::{Error, ErrorKind, Result};

/// Where a field is: its name, its offset and its size, bytes.
pub type FieldAt = (&'static str, usize, usize);

/// The layout of a struct from one version on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// The first version that has it.
    pub since: DeepStreamVersion,
    /// Size of the struct, bytes; `None` from the version on that no longer has the struct.
    pub size: Option<usize>,
    /// The fields behind the prefix.
    pub fields: &'static [FieldAt],
}

/// A struct that changed between versions.
#[derive(Debug, Clone, Copy)]
pub struct Grown {
    /// Its name in C.
    pub name: &'static str,
    /// Its layouts, oldest first.
    pub epochs: &'static [Epoch],
}

impl Grown {
    /// The layout in one version, if that has the struct.
    #[must_use]
    pub fn layout(&self, version: DeepStreamVersion) -> Option<&'static Epoch> {
        self.epochs.iter().rev().find(|e| e.since <= version).filter(|e| e.size.is_some())
    }

    /// Size of the struct, which is the stride of an array of it, bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when it differs among the versions, or none of them has the struct.
    pub fn size(&self, versions: impl Into<VersionRange>) -> Result<usize> {
        let versions = versions.into();
        let size = versions.agree(|v| self.layout(v).and_then(|e| e.size));
        size.ok_or_else(|| versions.ambiguous(&format!("the size of {}", self.name)))?.ok_or_else(|| {
            Error::new(ErrorKind::Abi, format!("DeepStream {versions} has no struct {}", self.name))
        })
    }

    /// The largest size that any version has, bytes: what to reserve.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.epochs.iter().filter_map(|e| e.size).max().unwrap_or(0)
    }

    /// Offset of a field behind the prefix, bytes; `None` when no version in question has it.
    ///
    /// # Errors
    /// [`ErrorKind::Abi`] when the versions differ.
    pub fn offset(&self, versions: impl Into<VersionRange>, field: &str) -> Result<Option<usize>> {
        let versions = versions.into();
        versions
            .agree(|v| self.offset_in(v, field))
            .ok_or_else(|| versions.ambiguous(&format!("the place of {}.{field}", self.name)))
    }

    /// Offset of a field, bytes, where all versions in question have it at one place. `None`: it is not there, or
    /// not known to be.
    #[must_use]
    pub fn known_offset(&self, versions: impl Into<VersionRange>, field: &str) -> Option<usize> {
        versions.into().agree(|v| self.offset_in(v, field)).flatten()
    }

    fn offset_in(&self, version: DeepStreamVersion, field: &str) -> Option<usize> {
        self.layout(version)?.fields.iter().find(|f| f.0 == field).map(|f| f.1)
    }
}

macro_rules! grown {
    ($($table:ident = $name:literal {
        $($since:ident: $size:tt $({ $($field:ident $offset:literal $bytes:literal),* })? $(;)?)*
    })*) => {
        $(#[doc = concat!("`", $name, "`, version by version.")]
        pub static $table: $crate::sys::grown::Grown = $crate::sys::grown::Grown {
            name: $name,
            epochs: &[$($crate::sys::grown::Epoch {
                since: $since,
                size: $crate::sys::grown::size!($size),
                fields: &[$($((stringify!($field), $offset, $bytes)),*)?],
            }),*],
        };)*
        /// All tables of this file.
        pub(super) static ALL: &[&$crate::sys::grown::Grown] = &[$(&$table),*];
    };
}

macro_rules! size {
    (none) => {
        None
    };
    ($size:literal) => {
        Some($size)
    };
}

use {grown, size};

/// All tables.
pub fn grown_structs() -> impl Iterator<Item = &'static Grown> {
    meta::ALL.iter().chain(surface::ALL).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::MetaGeneration;

    #[test]
    fn ambiguity_is_an_error_and_not_a_guess() {
        let a = MetaGeneration::A;
        assert_eq!(ROI_META.offset(a, "roi_polygon").unwrap(), Some(104));
        assert_eq!(ROI_META.offset(a, "nothing").unwrap(), None);
        let error = ROI_META.size(a).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abi);
        assert!(error.to_string().contains("DSFRAME_DEEPSTREAM_VERSION"), "{error}");
        assert!(ROI_META.offset(a, "object_meta").is_err());
        assert_eq!(ROI_META.known_offset(a, "object_meta"), None);
        assert_eq!(ROI_META.size(DeepStreamVersion::V6_1).unwrap(), 232);
        assert_eq!(ROI_META.size(MetaGeneration::C).unwrap(), 248);
    }

    #[test]
    fn a_struct_that_went_is_gone() {
        assert_eq!(PAST_FRAME_OBJ_BATCH.size(DeepStreamVersion::V6_3).unwrap(), 24);
        let error = PAST_FRAME_OBJ_BATCH.size(DeepStreamVersion::V7_0).unwrap_err();
        assert!(error.to_string().contains("7.0 has no struct NvDsPastFrameObjBatch"), "{error}");
        assert!(TARGET_MISC_DATA_FRAME.layout(DeepStreamVersion::V6_3).is_none());
    }

    #[test]
    fn the_largest_size_is_enough_for_all() {
        for table in grown_structs() {
            for version in DeepStreamVersion::ALL {
                let size = table.layout(version).and_then(|e| e.size).unwrap_or(0);
                assert!(size <= table.largest(), "{}", table.name);
            }
        }
    }
}
