//! Who answers DeepStream's C API in this process: the real libraries or the embedded ones.
//!
//! Chosen once, at the first call, by `DSFRAME_RUNTIME`:
//!
//! | value | answers |
//! |---|---|
//! | `auto` (or unset) | the real `libnvds_meta.so` and `libnvdsgst_meta.so` where both load, else embedded |
//! | `native` | the real ones, or an error that lists what was tried |
//! | `embedded` | the embedded ones, even where the real ones are installed |
//!
//! The real libraries are looked for among those already loaded in the process, then in the folder
//! `DSFRAME_DEEPSTREAM_LIBS`, in `/opt/nvidia/deepstream/deepstream/lib`, and on the loader's path.
//! `libnvbufsurface.so` is looked for in the same way, on its own, and may be missing.
//!
//! The feature `capi` makes the embedded runtime a shared library for programs in C.
//!
//! Both runtimes work on the same structs, so a buffer may come from either. A process in which real
//! DeepStream plugins run should leave the choice at `auto`.

#[cfg(feature = "capi")]
mod capi;
pub mod embedded;
mod native;
mod table;
mod version;

use std::env::VarError;
use std::fmt;
use std::sync::OnceLock;

pub use table::{Api, SurfaceApi, SurfaceFn, SurfaceMapFn};
pub use version::versions;

use crate::sys::MetaGeneration;
use crate::{Error, ErrorKind, Result};

/// Names the choice: `auto`, `native` or `embedded`.
pub const RUNTIME_VARIABLE: &str = "DSFRAME_RUNTIME";
/// Names a folder with DeepStream's libraries.
pub const LIBS_VARIABLE: &str = "DSFRAME_DEEPSTREAM_LIBS";

/// Who answers the C API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Runtime {
    /// DeepStream's own libraries.
    Native,
    /// This crate.
    Embedded,
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "native",
            Self::Embedded => "embedded",
        })
    }
}

/// The process's table of functions.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`] for an unknown value of `DSFRAME_RUNTIME`, [`ErrorKind::Library`]
/// when it says `native` and the libraries do not load; the message lists what was tried. The
/// choice is made once: later calls give the same answer.
///
/// ```
/// let api = dsframe::runtime::try_api()?;
/// println!("metadata calls are answered by: {} ({})", api.runtime, api.origin);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn try_api() -> Result<&'static Api> {
    static API: OnceLock<Result<Api, (ErrorKind, String)>> = OnceLock::new();
    API.get_or_init(|| choose().map_err(|e| (e.kind(), e.to_string())))
        .as_ref()
        .map_err(|(kind, message)| Error::new(*kind, message.clone()))
}

/// The process's table of functions, for code that runs after [`try_api`] has succeeded once.
///
/// # Panics
/// When [`try_api`] fails.
#[must_use]
pub fn api() -> &'static Api {
    match try_api() {
        Ok(api) => api,
        Err(error) => panic!("{error}"),
    }
}

/// Where one of DeepStream's shared libraries was found, by its file name; it is loaded for that, and stays.
///
/// # Errors
/// [`ErrorKind::Library`], with every place that was tried and why it would not do.
///
/// ```
/// let error = dsframe::runtime::locate("libnvds_no_such.so").unwrap_err();
/// assert!(error.to_string().contains("/opt/nvidia/deepstream/deepstream/lib/libnvds_no_such.so"));
/// ```
pub fn locate(name: &str) -> Result<String> {
    native::locate(name)
}

/// The layout of the metadata that this process's runtime makes, read from a batch of its own.
///
/// # Errors
/// As [`try_api`]; [`ErrorKind::Abi`] when the structures are those of no known version.
///
/// ```
/// println!("metadata of generation {:?}", dsframe::runtime::meta_generation()?);
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn meta_generation() -> Result<MetaGeneration> {
    let api = try_api()?;
    // SAFETY: the function takes any number above 0; an empty pool could not grow.
    let batch = unsafe { (api.create_batch_meta)(1) };
    if batch.is_null() {
        return Err(Error::new(ErrorKind::Abi, "nvds_create_batch_meta returned NULL"));
    }
    // SAFETY: the batch was made just now, and is destroyed below.
    let generation = unsafe { MetaGeneration::of_batch(batch) };
    // SAFETY: nothing else knows of the batch.
    unsafe { (api.destroy_batch_meta)(batch) };
    generation
}

/// The table over DeepStream's own libraries, whatever `DSFRAME_RUNTIME` says. [`api`] is not changed by it.
///
/// # Errors
/// [`ErrorKind::Library`] when they do not load; the message lists what was tried.
pub fn native_api() -> Result<Api> {
    native::load()
}

fn choose() -> Result<Api> {
    let wanted = match std::env::var(RUNTIME_VARIABLE) {
        Ok(value) => value,
        Err(VarError::NotPresent) => String::new(),
        Err(VarError::NotUnicode(value)) => value.to_string_lossy().into_owned(),
    };
    let api = match wanted.as_str() {
        "" | "auto" => native::load().unwrap_or_else(|error| {
            tracing::debug!("the embedded runtime answers: {error}");
            Api { surface: native::load_surface(), ..embedded::API }
        }),
        "native" => native::load()?,
        "embedded" => embedded::API,
        other => {
            return Err(Error::invalid(format!(
                "{RUNTIME_VARIABLE} is \"{other}\", it must be auto, native or embedded"
            )));
        }
    };
    tracing::info!(runtime = %api.runtime, origin = %api.origin, "DeepStream's metadata API");
    Ok(api)
}
