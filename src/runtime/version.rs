//! Which version of DeepStream is running, as far as it can be known.
//!
//! The layout of a batch tells its generation. Within generation A (6.0 to 7.1) numbers and structs differ still, so
//! more is asked, in this order:
//!
//! 1. `DSFRAME_DEEPSTREAM_VERSION`, as in `7.1`. It must not contradict the layout.
//! 2. With the embedded runtime: the newest version of the generation, which is what this runtime stands for.
//! 3. The folder of the loaded `libnvds_meta.so` (`…/deepstream-7.1/lib`), and the file `version` above it.
//! 4. The version that NVIDIA's GStreamer plugins report.
//!
//! What these leave open stays open: the answer is a range, and whoever needs to know more gets an error that names
//! the variable.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gst::prelude::*;

use super::{Api, Runtime, try_api};
use crate::sys::{DeepStreamVersion, MetaGeneration, VERSION_VARIABLE, VersionRange};
use crate::{Error, ErrorKind, Result};

/// The versions that a batch of this generation may come from in this process.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] when `DSFRAME_DEEPSTREAM_VERSION` is no version, [`ErrorKind::Abi`] when it
/// contradicts the generation, [`ErrorKind::Library`] when no runtime can be had.
///
/// ```
/// use dsframe::sys::MetaGeneration;
/// let versions = dsframe::runtime::versions(MetaGeneration::B)?;
/// assert_eq!(versions.to_string(), "8.0");
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn versions(generation: MetaGeneration) -> Result<VersionRange> {
    static KNOWN: OnceLock<Result<Known, (ErrorKind, String)>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| Known::find().map_err(|e| (e.kind(), e.to_string())));
    match known {
        Ok(known) => known.versions(generation),
        Err((kind, message)) => Err(Error::new(*kind, message.clone())),
    }
}

/// What the process knows, whatever the generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The user has said it.
    Said(DeepStreamVersion),
    /// The embedded runtime answers.
    Embedded,
    /// The installation says it.
    Found(DeepStreamVersion),
    Nothing,
}

impl Known {
    fn find() -> Result<Self> {
        let said = std::env::var(VERSION_VARIABLE).unwrap_or_default();
        if !said.is_empty() {
            let version =
                said.parse().map_err(|e: Error| Error::invalid(format!("{VERSION_VARIABLE}: {e}")))?;
            return Ok(Self::Said(version));
        }
        let api = try_api()?;
        if api.runtime == Runtime::Embedded {
            return Ok(Self::Embedded);
        }
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let library = file_at(&maps, address(api));
        let found = library.and_then(|file| of_library(&file)).or_else(of_plugins);
        Ok(found.map_or(Self::Nothing, Self::Found))
    }

    fn versions(self, generation: MetaGeneration) -> Result<VersionRange> {
        let all = VersionRange::from(generation);
        match self {
            Self::Said(version) => all.intersect(version.into()).ok_or_else(|| {
                Error::new(
                    ErrorKind::Abi,
                    format!(
                        "{VERSION_VARIABLE} says {version}, but the metadata is laid out as in DeepStream {all}; \
                         set it to the version that runs, or unset it"
                    ),
                )
            }),
            Self::Embedded => Ok(all.newest().into()),
            // Another installation's metadata: what was found says nothing about it.
            Self::Found(version) => Ok(all.intersect(version.into()).unwrap_or(all)),
            Self::Nothing => Ok(all),
        }
    }
}

fn address(api: &Api) -> usize {
    api.create_batch_meta as usize
}

/// The file that is mapped at `address`, from the text of `/proc/self/maps`.
fn file_at(maps: &str, address: usize) -> Option<PathBuf> {
    maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let (from, to) = (usize::from_str_radix(from, 16).ok()?, usize::from_str_radix(to, 16).ok()?);
        let path = rest.find('/').map(|at| PathBuf::from(&rest[at..]));
        (from..to).contains(&address).then_some(path)?
    })
}

/// The version in the folders' names, or in the SDK's file `version` ("Version: 7.1").
fn of_library(file: &Path) -> Option<DeepStreamVersion> {
    let folder = file.components().rev().find_map(|part| {
        part.as_os_str().to_str()?.strip_prefix("deepstream-")?.parse::<DeepStreamVersion>().ok()
    });
    folder.or_else(|| {
        let text = std::fs::read_to_string(file.parent()?.parent()?.join("version")).ok()?;
        text.lines().find_map(|line| line.strip_prefix("Version:")?.parse().ok())
    })
}

/// What NVIDIA's plugins say, where they agree. Elements of this crate belong to no plugin.
fn of_plugins() -> Option<DeepStreamVersion> {
    if !gst::INITIALIZED.load(std::sync::atomic::Ordering::Relaxed) {
        return None;
    }
    let mut found = None;
    for name in ["nvstreammux", "nvinfer", "nvtracker", "nvdsosd"] {
        let plugin = gst::ElementFactory::find(name).and_then(|f| f.plugin());
        let Some(plugin) = plugin.filter(|p| p.plugin_name().starts_with("nvdsgst")) else { continue };
        let Ok(version) = plugin.version().parse::<DeepStreamVersion>() else { continue };
        if *found.get_or_insert(version) != version {
            return None;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeepStreamVersion::*;

    #[test]
    fn what_is_known_narrows_the_generation() {
        let a = MetaGeneration::A;
        assert_eq!(Known::Nothing.versions(a).unwrap(), VersionRange::from(a));
        assert_eq!(Known::Embedded.versions(a).unwrap().exact(), Some(V7_1));
        assert_eq!(Known::Said(V6_3).versions(a).unwrap().exact(), Some(V6_3));
        assert_eq!(Known::Found(V6_3).versions(a).unwrap().exact(), Some(V6_3));
        assert_eq!(Known::Found(V6_3).versions(MetaGeneration::C).unwrap().to_string(), "9.0 to 9.1");
        let error = Known::Said(V6_3).versions(MetaGeneration::C).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abi);
        assert!(error.to_string().contains("says 6.3"), "{error}");
    }

    #[test]
    fn the_library_tells_its_version() {
        let sdk = Path::new("/opt/nvidia/deepstream/deepstream-6.4/lib/libnvds_meta.so");
        assert_eq!(of_library(sdk), Some(V6_4));
        assert_eq!(of_library(Path::new("/usr/lib/libnvds_meta.so")), None);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("version"), "Version: 7.0\nGIT commit: 1\n").unwrap();
        assert_eq!(of_library(&folder.path().join("lib/libnvds_meta.so")), Some(V7_0));
    }

    #[test]
    fn maps_name_the_file_of_an_address() {
        let maps = "1000-2000 r-xp 00000000 08:01 42    /a/deepstream-7.1/lib/libnvds_meta.so\n\
                    3000-4000 rw-p 00000000 00:00 0 \n";
        assert_eq!(file_at(maps, 0x1800), Some(PathBuf::from("/a/deepstream-7.1/lib/libnvds_meta.so")));
        assert_eq!((file_at(maps, 0x3800), file_at(maps, 0x2000), file_at("", 1)), (None, None, None));
    }
}
