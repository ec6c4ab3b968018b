//! The driver: whether it is there, what it can do, and its errors with the call and the operand.

use std::fmt::Display;
use std::sync::OnceLock;

use cudarc::driver::sys::{self, CUresult};
use libloading::Library;

use crate::error::{Error, ErrorKind, Result};

/// What is called here and by cudarc below it. A symbol that is missing would be a panic at its first call.
const NEEDED: &[&str] = &[
    "cuCtxGetCurrent",
    "cuCtxSetCurrent",
    "cuCtxSynchronize",
    "cuDeviceGet",
    "cuDeviceGetAttribute",
    "cuDeviceGetCount",
    "cuDeviceGetName",
    "cuDevicePrimaryCtxRelease_v2",
    "cuDevicePrimaryCtxRetain",
    "cuDriverGetVersion",
    "cuEventCreate",
    "cuEventDestroy_v2",
    "cuEventElapsedTime",
    "cuEventQuery",
    "cuEventRecord",
    "cuEventSynchronize",
    "cuFuncSetAttribute",
    "cuLaunchKernel",
    "cuMemAllocAsync",
    "cuMemAlloc_v2",
    "cuMemFreeAsync",
    "cuMemFreeHost",
    "cuMemFree_v2",
    "cuMemGetInfo_v2",
    "cuMemHostAlloc",
    "cuMemcpy2DAsync_v2",
    "cuModuleGetFunction",
    "cuModuleLoadData",
    "cuModuleUnload",
    "cuStreamCreate",
    "cuStreamDestroy_v2",
    "cuStreamSynchronize",
    "cuStreamWaitEvent",
];

/// The error of a call of the driver: its name, the code, and what it was for.
#[cold]
pub(super) fn failure(call: &str, what: impl Display, code: CUresult) -> Error {
    let number = code as u32;
    Error::new(ErrorKind::Cuda, format!("{call} failed with {code:?} ({number}) on {what}"))
}

/// Calls a function of the driver: `call!(cuMemAlloc_v2(&mut ptr, len), "{len} bytes")`. The message is made only
/// when it fails.
macro_rules! call {
    ($name:ident($($arg:expr),* $(,)?), $($what:tt)+) => {
        match cudarc::driver::sys::$name($($arg),*) {
            cudarc::driver::sys::CUresult::CUDA_SUCCESS => Ok(()),
            code => Err($crate::cuda::driver::failure(stringify!($name), format_args!($($what)+), code)),
        }
    };
}
pub(super) use call;

/// The error of a call made through cudarc.
pub(super) fn checked<T>(
    result: std::result::Result<T, cudarc::driver::DriverError>,
    call: &str,
    what: impl Display,
) -> Result<T> {
    result.map_err(|error| failure(call, what, error.0))
}

/// Whether a CUDA driver is there and has a GPU to offer; looked up once.
///
/// # Errors
/// `Library` when libcuda.so.1 does not load or is too old, `Cuda` when it has no device or does not start.
///
/// ```
/// match dsframe::cuda::available() {
///     Ok(()) => println!("{} GPUs", dsframe::cuda::device_count()?),
///     Err(error) => println!("going on without a GPU: {error}"),
/// }
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn available() -> Result<()> {
    static FOUND: OnceLock<Result<()>> = OnceLock::new();
    FOUND.get_or_init(find).clone()
}

fn find() -> Result<()> {
    // SAFETY: opens the driver's library, whose initialisers are those that any CUDA program runs.
    if !unsafe { sys::is_culib_present() } {
        return Err(Error::new(
            ErrorKind::Library,
            "no CUDA driver: libcuda.so.1 does not load. Install NVIDIA's driver (in a container: run it with \
             --gpus all), or stay with frames that the CPU maps (map_read, map_write)",
        ));
    }
    // SAFETY: the library is there, and every version of it has cuInit; 0 is the only flag there is.
    unsafe { call!(cuInit(0), "starting the driver; nvidia-smi tells more") }?;
    // SAFETY: the library is there, so this does not panic; it is kept open for the life of the process.
    let library = unsafe { sys::culib() };
    require(NEEDED, |symbol| has(library, symbol))
}

fn has(library: &Library, symbol: &str) -> bool {
    // SAFETY: only whether the address exists is asked.
    unsafe { library.get::<*mut std::ffi::c_void>(symbol) }.is_ok()
}

/// Whether the driver takes attributes of a launch, as those from CUDA 11.8 on do.
pub(super) fn has_launch_attributes() -> bool {
    // SAFETY: only asked once there is a device, and so a library.
    has(unsafe { sys::culib() }, "cuLaunchKernelEx")
}

/// What graphs take, as drivers from CUDA 12.0 on have it.
const GRAPHS: &[&str] = &[
    "cuGraphDestroy",
    "cuGraphExecDestroy",
    "cuGraphExecKernelNodeSetParams_v2",
    "cuGraphGetNodes",
    "cuGraphInstantiateWithFlags",
    "cuGraphKernelNodeGetParams_v2",
    "cuGraphLaunch",
    "cuStreamBeginCapture_v2",
    "cuStreamEndCapture",
];

/// Whether the driver makes graphs of kernels.
pub(super) fn has_graphs() -> bool {
    // SAFETY: only asked once there is a device, and so a library.
    let library = unsafe { sys::culib() };
    GRAPHS.iter().all(|symbol| has(library, symbol))
}

fn require(symbols: &[&str], has: impl Fn(&str) -> bool) -> Result<()> {
    let missing: Vec<_> = symbols.iter().copied().filter(|symbol| !has(symbol)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Library,
        format!("the CUDA driver lacks {}; drivers from CUDA 11.2 (460) on have it", missing.join(", ")),
    ))
}

/// Number of GPUs that CUDA shows this process (`CUDA_VISIBLE_DEVICES` hides some).
///
/// # Errors
/// As [`available`].
pub fn device_count() -> Result<u32> {
    available()?;
    let mut count = 0;
    // SAFETY: the driver is there and started; `count` outlives the call.
    unsafe { call!(cuDeviceGetCount(&raw mut count), "counting the GPUs") }?;
    Ok(count.max(0).unsigned_abs())
}

/// The CUDA version that the driver brings, as (major, minor).
///
/// # Errors
/// As [`available`].
pub fn driver_version() -> Result<(u32, u32)> {
    available()?;
    let mut version = 0;
    // SAFETY: the driver is there; `version` outlives the call.
    unsafe { call!(cuDriverGetVersion(&raw mut version), "asking the driver's version") }?;
    let version = version.max(0).unsigned_abs();
    Ok((version / 1000, version % 1000 / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_call_the_code_and_the_operand() {
        let error = failure("cuMemAlloc_v2", "4096 bytes", CUresult::CUDA_ERROR_OUT_OF_MEMORY);
        assert_eq!(error.kind(), ErrorKind::Cuda);
        assert_eq!(error.to_string(), "cuMemAlloc_v2 failed with CUDA_ERROR_OUT_OF_MEMORY (2) on 4096 bytes");
    }

    #[test]
    fn a_driver_without_a_symbol_is_an_error_that_names_it() {
        assert!(require(&["cuInit", "cuMemAllocAsync"], |_| true).is_ok());
        let error = require(&["cuInit", "cuMemAllocAsync"], |symbol| symbol == "cuInit").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Library);
        assert!(error.to_string().contains("lacks cuMemAllocAsync;"), "{error}");
    }

    #[test]
    fn what_is_there_is_the_same_at_every_call() {
        let found = [available(), available(), device_count().map(drop)];
        let texts = found.map(|result| result.err().map(|error| error.to_string()));
        assert_eq!(texts[0], texts[1]);
        assert_eq!(texts[0].is_some(), texts[2].is_some());
    }
}
