//! How much memory there is, and was.

use anyhow::Result;

/// Resident bytes of this process, and bytes in use on the GPU.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    pub(crate) host: u64,
    pub(crate) device: Option<u64>,
}

impl Use {
    pub(crate) fn now() -> Result<Self> {
        let statm = std::fs::read_to_string("/proc/self/statm")?;
        let pages: u64 = statm.split(' ').nth(1).unwrap_or_default().parse()?;
        Ok(Self { host: pages * 4096, device: device() })
    }
}

/// The GPU's name, or why there is none.
#[cfg(feature = "cuda")]
pub(crate) fn gpu() -> String {
    context().map_or_else(|why| why, |context| context.name().unwrap_or_else(|error| format!("{error:?}")))
}

/// The first GPU; the driver is asked for before any call, which would panic without one.
#[cfg(feature = "cuda")]
fn context() -> Result<std::sync::Arc<cudarc::driver::CudaContext>, String> {
    // SAFETY: the driver's library is loaded and closed again; its initialisers are those of any CUDA program.
    if !unsafe { cudarc::driver::sys::is_culib_present() } {
        return Err("no CUDA driver".into());
    }
    cudarc::driver::CudaContext::new(0).map_err(|error| format!("no GPU: {error:?}"))
}

#[cfg(feature = "cuda")]
fn device() -> Option<u64> {
    let (free, total) = context().ok()?.mem_get_info().ok()?;
    Some((total - free) as u64)
}

#[cfg(not(feature = "cuda"))]
pub(crate) fn gpu() -> String {
    "not asked: built without the feature cuda".into()
}

#[cfg(not(feature = "cuda"))]
fn device() -> Option<u64> {
    None
}
