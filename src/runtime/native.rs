//! DeepStream's own libraries, found at run time.

use std::ffi::c_void;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

use super::{Api, LIBS_VARIABLE, SurfaceApi, SurfaceFn, SurfaceMapFn};
use crate::{Error, ErrorKind, Result};

const SDK_FOLDER: &str = "/opt/nvidia/deepstream/deepstream/lib";

/// `RTLD_NOLOAD` of glibc and musl: answers only with what is loaded already.
const RTLD_NOLOAD: i32 = 4;

/// The table over `libnvds_meta.so` and `libnvdsgst_meta.so`, both of which must load.
pub(super) fn load() -> Result<Api> {
    let folders = folders();
    let ((meta, origin), (gst, _)) =
        match (open("libnvds_meta.so", &folders), open("libnvdsgst_meta.so", &folders)) {
            (Ok(meta), Ok(gst)) => (meta, gst),
            (Err(meta), Err(gst)) => return Err(Error::new(ErrorKind::Library, format!("{meta}. {gst}"))),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
    let find = |symbol: &str| find_in(&[&meta, &gst], symbol);
    // SAFETY: the two libraries are DeepStream's, by name; a symbol is the function of that name.
    let api = unsafe { Api::from_symbols(origin, load_surface(), find) }?;
    // Function pointers into them are kept for the life of the process.
    std::mem::forget((meta, gst));
    Ok(api)
}

/// The functions of `libnvbufsurface.so`, or none; it needs a CUDA driver to load.
pub(super) fn load_surface() -> Option<SurfaceApi> {
    let library = match open("libnvbufsurface.so", &folders()) {
        Ok((library, _)) => library,
        Err(error) => {
            tracing::debug!("no surface functions: {error}");
            return None;
        }
    };
    let find = |symbol| find_in(&[&library], symbol).ok();
    let map = find("NvBufSurfaceMap")?;
    let [unmap, sync_for_cpu, sync_for_device] =
        ["NvBufSurfaceUnMap", "NvBufSurfaceSyncForCpu", "NvBufSurfaceSyncForDevice"].map(find);
    // SAFETY: each address is that of the function of that name, whose signature is as in SurfaceApi
    // from DeepStream 6.0 to 9.1.
    let api = unsafe {
        SurfaceApi {
            map: std::mem::transmute::<*mut c_void, SurfaceMapFn>(map),
            unmap: std::mem::transmute::<*mut c_void, SurfaceFn>(unmap?),
            sync_for_cpu: std::mem::transmute::<*mut c_void, SurfaceFn>(sync_for_cpu?),
            sync_for_device: std::mem::transmute::<*mut c_void, SurfaceFn>(sync_for_device?),
        }
    };
    std::mem::forget(library);
    Some(api)
}

/// Loads the library `name` and says where it was found; see [`super::locate`].
pub(super) fn locate(name: &str) -> Result<String> {
    let (library, origin) = open(name, &folders())?;
    // Whoever asks goes on to use it, and a CUDA library must not be unloaded under its threads.
    std::mem::forget(library);
    Ok(origin)
}

fn folders() -> Vec<PathBuf> {
    let named = std::env::var_os(LIBS_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
    named.into_iter().chain([PathBuf::from(SDK_FOLDER)]).collect()
}

/// Opens `name` and says where from.
fn open(name: &str, folders: &[PathBuf]) -> Result<(Library, String)> {
    // SAFETY: with RTLD_NOLOAD nothing is loaded and no initialiser runs.
    if let Ok(library) = unsafe { Library::open(Some(name), RTLD_NOW | RTLD_NOLOAD) } {
        return Ok((library, format!("{name}, already loaded")));
    }
    let mut tried = Vec::new();
    let places = folders.iter().map(|f| f.join(name)).chain([PathBuf::from(name)]);
    for place in places {
        if place.is_absolute() && !place.exists() {
            tried.push(format!("{}: no such file", place.display()));
            continue;
        }
        match open_at(&place) {
            Ok(library) => return Ok((library, place.display().to_string())),
            Err(error) => tried.push(error),
        }
    }
    Err(Error::new(
        ErrorKind::Library,
        format!(
            "{name} could not be loaded; tried {}. Install DeepStream, name its lib folder in \
             {LIBS_VARIABLE}, or set {}=embedded",
            tried.join("; "),
            super::RUNTIME_VARIABLE
        ),
    ))
}

fn open_at(place: &Path) -> Result<Library, String> {
    // RTLD_GLOBAL: libnvdsgst_meta.so and plugins loaded later find libnvds_meta.so's symbols.
    // SAFETY: the user, or the machine's administrator, named this file as DeepStream's library;
    // its initialisers are those that any DeepStream program runs.
    unsafe { Library::open(Some(place), RTLD_NOW | RTLD_GLOBAL) }.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|c| format!(": {c}")).unwrap_or_default();
        format!("{}: {error}{cause}", place.display())
    })
}

fn find_in(libraries: &[&Library], symbol: &str) -> Result<*mut c_void> {
    libraries
        .iter()
        // SAFETY: only the address is taken here; it is given its type where the table is filled.
        .find_map(|library| unsafe { library.get::<*mut c_void>(symbol).ok() })
        .map(|found| found.as_raw_ptr())
        .ok_or_else(|| {
            Error::new(
                ErrorKind::Library,
                format!("{symbol} is missing from DeepStream's libraries; versions 6.0 to 9.1 have it"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_lists_every_place() {
        let error =
            open("libnvds_absent.so", &[PathBuf::from("/nowhere"), PathBuf::from("/else")]).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Library);
        for place in ["/nowhere/libnvds_absent.so", "/else/libnvds_absent.so", LIBS_VARIABLE] {
            assert!(text.contains(place), "{place} is not in: {text}");
        }
    }

    #[test]
    fn a_file_that_is_no_library_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("libnvds_fake.so"), b"not an ELF file").unwrap();
        let error = open("libnvds_fake.so", &[folder.path().to_path_buf()]).unwrap_err();
        assert!(error.to_string().contains("libnvds_fake.so"), "{error}");
    }
}
