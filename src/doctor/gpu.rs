//! GPUs, as the driver tells of them; without a driver nothing is called.

use std::fmt;

/// One GPU.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gpu {
    /// Its number, as in `gpu-id`.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Its memory in bytes.
    pub memory: u64,
    /// The CUDA version that the driver is made for, 13.0 as 13000.
    pub cuda: i32,
    /// The kernel driver's own version, where the system tells it.
    pub driver: Option<String>,
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = (self.cuda / 1000, self.cuda % 1000 / 10);
        let gib = self.memory as f64 / f64::from(1 << 30);
        write!(f, "{}: {}, {gib:.1} GiB, CUDA {major}.{minor}", self.id, self.name)?;
        self.driver.as_ref().map_or(Ok(()), |version| write!(f, ", driver {version}"))
    }
}

/// The GPUs that the driver has, in its order.
///
/// # Errors
/// Why there are none, as a phrase: no driver, no device, or a build without the feature `cuda`.
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "the driver's functions, once it is known to be there")]
pub fn gpus() -> Result<Vec<Gpu>, String> {
    use cudarc::driver::{result, sys};

    // SAFETY: the driver's library is loaded and closed again; its initialisers are those of any CUDA program.
    if !unsafe { sys::is_culib_present() } {
        return Err("no CUDA driver (libcuda.so.1 does not load)".into());
    }
    let failed =
        |what: &str, error: result::DriverError| format!("the CUDA driver's {what} failed: {error:?}");
    result::init().map_err(|error| failed("cuInit", error))?;
    let mut cuda = 0;
    // SAFETY: the library is there, and the pointer is to a live int.
    let _ = unsafe { sys::cuDriverGetVersion(&raw mut cuda) };
    let count = result::device::get_count().map_err(|error| failed("cuDeviceGetCount", error))?;
    let mut gpus = Vec::new();
    for id in 0..count {
        let device = result::device::get(id).map_err(|error| failed("cuDeviceGet", error))?;
        let name = result::device::get_name(device).map_err(|error| failed("cuDeviceGetName", error))?;
        // SAFETY: the device was given by the driver just now.
        let memory = unsafe { result::device::total_mem(device) }
            .map_err(|error| failed("cuDeviceTotalMem", error))?;
        gpus.push(Gpu { id: id as u32, name, memory: memory as u64, cuda, driver: driver_version() });
    }
    if gpus.is_empty() { Err("the CUDA driver has no device".into()) } else { Ok(gpus) }
}

/// The GPUs that the driver has.
///
/// # Errors
/// Always: this build has not the feature `cuda`.
#[cfg(not(feature = "cuda"))]
pub fn gpus() -> Result<Vec<Gpu>, String> {
    Err("not asked: built without the feature cuda".into())
}

/// The first word of the kernel module's description that looks like a version.
#[cfg(feature = "cuda")]
fn driver_version() -> Option<String> {
    let text = std::fs::read_to_string("/proc/driver/nvidia/version").ok()?;
    let is_version = |word: &&str| word.contains('.') && word.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.lines().next()?.split_whitespace().find(is_version).map(str::to_owned)
}
