//! DeepStream's versions, and what is known of the one at hand.

use std::fmt;
use std::str::FromStr;

use super::MetaGeneration;
use crate::{Error, ErrorKind, Result};

/// Names the version where it cannot be told from the data or the installation, as in `7.1`.
pub const VERSION_VARIABLE: &str = "DSFRAME_DEEPSTREAM_VERSION";

/// A version of DeepStream whose headers differ from its neighbours'. 6.0.1, 6.1.1 and 9.0.2 are laid out as 6.0,
/// 6.1 and 9.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DeepStreamVersion {
    /// 6.0 and 6.0.1.
    V6_0,
    /// 6.1 and 6.1.1.
    V6_1,
    /// 6.2.
    V6_2,
    /// 6.3.
    V6_3,
    /// 6.4.
    V6_4,
    /// 7.0.
    V7_0,
    /// 7.1.
    V7_1,
    /// 8.0.
    V8_0,
    /// 9.0, 9.0.1 and 9.0.2.
    V9_0,
    /// 9.1.
    V9_1,
}

impl DeepStreamVersion {
    /// All of them, oldest first.
    pub const ALL: [Self; 10] = [
        Self::V6_0,
        Self::V6_1,
        Self::V6_2,
        Self::V6_3,
        Self::V6_4,
        Self::V7_0,
        Self::V7_1,
        Self::V8_0,
        Self::V9_0,
        Self::V9_1,
    ];

    /// Major and minor number.
    #[must_use]
    pub const fn numbers(self) -> (u32, u32) {
        match self {
            Self::V6_0 => (6, 0),
            Self::V6_1 => (6, 1),
            Self::V6_2 => (6, 2),
            Self::V6_3 => (6, 3),
            Self::V6_4 => (6, 4),
            Self::V7_0 => (7, 0),
            Self::V7_1 => (7, 1),
            Self::V8_0 => (8, 0),
            Self::V9_0 => (9, 0),
            Self::V9_1 => (9, 1),
        }
    }

    /// The generation of its metadata structs.
    #[must_use]
    pub const fn generation(self) -> MetaGeneration {
        match self {
            Self::V6_0 | Self::V6_1 | Self::V6_2 | Self::V6_3 | Self::V6_4 | Self::V7_0 | Self::V7_1 => {
                MetaGeneration::A
            }
            Self::V8_0 => MetaGeneration::B,
            Self::V9_0 | Self::V9_1 => MetaGeneration::C,
        }
    }
}

impl fmt::Display for DeepStreamVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.numbers();
        write!(f, "{major}.{minor}")
    }
}

impl FromStr for DeepStreamVersion {
    type Err = Error;

    /// Reads `7.1`, `7.1.0`, `9.0.2`: what follows the second number is not looked at.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.trim().split('.').map(str::parse::<u32>);
        let found = match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => {
                Self::ALL.into_iter().find(|version| version.numbers() == (major, minor))
            }
            _ => None,
        };
        found.ok_or_else(|| {
            Error::invalid(format!(
                "\"{text}\" is no DeepStream version with known structs; those are 6.0 to 6.4, 7.0, 7.1, 8.0, 9.0 \
                 and 9.1"
            ))
        })
    }
}

/// The versions that what is at hand may come from: one where it is known, more where it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionRange {
    oldest: DeepStreamVersion,
    newest: DeepStreamVersion,
}

impl VersionRange {
    /// All versions.
    pub const ALL: Self = Self { oldest: DeepStreamVersion::V6_0, newest: DeepStreamVersion::V9_1 };

    /// `oldest` to `newest`, both included; `None` when they are the wrong way round.
    #[must_use]
    pub fn new(oldest: DeepStreamVersion, newest: DeepStreamVersion) -> Option<Self> {
        (oldest <= newest).then_some(Self { oldest, newest })
    }

    /// The oldest.
    #[must_use]
    pub const fn oldest(self) -> DeepStreamVersion {
        self.oldest
    }

    /// The newest.
    #[must_use]
    pub const fn newest(self) -> DeepStreamVersion {
        self.newest
    }

    /// The one version, where it is known.
    #[must_use]
    pub fn exact(self) -> Option<DeepStreamVersion> {
        (self.oldest == self.newest).then_some(self.oldest)
    }

    /// Each of them, oldest first.
    pub fn iter(self) -> impl Iterator<Item = DeepStreamVersion> {
        DeepStreamVersion::ALL.into_iter().filter(move |v| (self.oldest..=self.newest).contains(v))
    }

    /// What both allow; `None` when they contradict each other.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.oldest.max(other.oldest), self.newest.min(other.newest))
    }

    /// The answer of all versions, or `None` when they differ.
    pub fn agree<T: PartialEq>(self, answer: impl FnMut(DeepStreamVersion) -> T) -> Option<T> {
        let mut answers = self.iter().map(answer);
        let first = answers.next()?;
        answers.all(|other| other == first).then_some(first)
    }

    /// That `what` differs among these versions, and what to do about it.
    #[cold]
    #[must_use]
    pub fn ambiguous(self, what: &str) -> Error {
        Error::new(
            ErrorKind::Abi,
            format!(
                "{what} differs among DeepStream {self}, and which of these is running is not known; set \
                 {VERSION_VARIABLE} to its version, as in {}",
                self.newest
            ),
        )
    }
}

impl From<DeepStreamVersion> for VersionRange {
    fn from(version: DeepStreamVersion) -> Self {
        Self { oldest: version, newest: version }
    }
}

impl From<MetaGeneration> for VersionRange {
    fn from(generation: MetaGeneration) -> Self {
        let (oldest, newest) = match generation {
            MetaGeneration::A => (DeepStreamVersion::V6_0, DeepStreamVersion::V7_1),
            MetaGeneration::B => (DeepStreamVersion::V8_0, DeepStreamVersion::V8_0),
            MetaGeneration::C => (DeepStreamVersion::V9_0, DeepStreamVersion::V9_1),
        };
        Self { oldest, newest }
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact() {
            Some(version) => version.fmt(f),
            None => write!(f, "{} to {}", self.oldest, self.newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeepStreamVersion::*;

    #[test]
    fn versions_are_read_and_written() {
        for version in DeepStreamVersion::ALL {
            assert_eq!(version.to_string().parse::<DeepStreamVersion>().unwrap(), version);
        }
        assert_eq!("9.0.2".parse::<DeepStreamVersion>().unwrap(), V9_0);
        for wrong in ["", "7", "5.1", "7.2", "seven.one", "10.0"] {
            let error = wrong.parse::<DeepStreamVersion>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{wrong}");
            assert!(error.to_string().contains(&format!("\"{wrong}\"")), "{error}");
        }
    }

    #[test]
    fn ranges_follow_generations() {
        for version in DeepStreamVersion::ALL {
            let range = VersionRange::from(version.generation());
            assert!(range.iter().any(|v| v == version));
            assert!(range.iter().all(|v| v.generation() == version.generation()));
        }
        let a = VersionRange::from(MetaGeneration::A);
        assert_eq!((a.exact(), a.to_string().as_str()), (None, "6.0 to 7.1"));
        assert_eq!(a.intersect(V6_2.into()).unwrap().exact(), Some(V6_2));
        assert_eq!(a.intersect(V8_0.into()), None);
        assert_eq!(a.agree(|v| v.generation()), Some(MetaGeneration::A));
        assert_eq!(a.agree(|v| v), None);
        assert_eq!(VersionRange::new(V7_0, V6_0), None);
    }
}
