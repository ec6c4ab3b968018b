use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use cudarc::driver::{CudaContext, sys};

use super::driver::{self, call, checked};
use super::kernels::KernelStore;
use super::memory::{DeviceBacking, PinnedBacking};
use super::pool::{Pool, PoolStats};
use super::{Event, Stream};
use crate::error::{Error, Result};

/// A GPU: its primary context, which is the one that DeepStream's elements and the CUDA runtime use, the compiled
/// kernels, and the pools. Clones and further calls of [`Device::new`] share all of it.
#[derive(Clone)]
pub struct Device(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) context: Arc<CudaContext>,
    pub(super) gpu: u32,
    /// Whether a kernel may be started while the one before it on the stream ends.
    pub(super) overlaps: bool,
    /// Whether kernels that follow one another are handed over as a graph.
    pub(super) graphs: bool,
    pub(super) kernels: KernelStore,
    pub(super) pinned: Pool<PinnedBacking>,
    pub(super) scratch: Pool<DeviceBacking>,
}

static DEVICES: LazyLock<Mutex<HashMap<u32, Weak<Inner>>>> = LazyLock::new(Mutex::default);

impl Device {
    /// GPU `gpu`, as CUDA and the `gpu-id` properties of DeepStream's elements number them.
    ///
    /// # Errors
    /// `Library` and `Cuda` as [`available`](super::available), `InvalidArgument` when there are fewer GPUs.
    pub fn new(gpu: u32) -> Result<Self> {
        let count = driver::device_count()?;
        if gpu >= count {
            return Err(Error::invalid(format!(
                "gpu is {gpu}, this process sees {count} (CUDA_VISIBLE_DEVICES may hide some)"
            )));
        }
        let mut devices = DEVICES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(device) = devices.get(&gpu).and_then(Weak::upgrade) {
            return Ok(Self(device));
        }
        let before = Bound::save();
        let context =
            checked(CudaContext::new(gpu as usize), "cuDevicePrimaryCtxRetain", format_args!("GPU {gpu}"));
        drop(before);
        let context = context?;
        let arch = arch_of(&context)?;
        let inner = Arc::new(Inner {
            kernels: KernelStore::new(arch),
            pinned: Pool::new(PinnedBacking(Arc::clone(&context))),
            scratch: Pool::new(DeviceBacking),
            context,
            gpu,
            overlaps: arch >= 90 && driver::has_launch_attributes(),
            graphs: driver::has_graphs(),
        });
        devices.insert(gpu, Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    /// The number of the GPU.
    #[must_use]
    pub fn gpu(&self) -> u32 {
        self.0.gpu
    }

    /// The product's name.
    ///
    /// # Errors
    /// When the driver does not tell.
    pub fn name(&self) -> Result<String> {
        checked(self.0.context.name(), "cuDeviceGetName", format_args!("GPU {}", self.0.gpu))
    }

    /// Compute capability times ten: 75, 86, 90, 100 ….
    #[must_use]
    pub fn arch(&self) -> u32 {
        self.0.kernels.arch()
    }

    /// Free and total bytes of the GPU's memory, of all processes.
    ///
    /// # Errors
    /// When the driver does not tell.
    pub fn memory_info(&self) -> Result<(usize, usize)> {
        let _bound = self.bind()?;
        let (mut free, mut total) = (0, 0);
        // SAFETY: the context is current, and both numbers outlive the call.
        unsafe { call!(cuMemGetInfo_v2(&raw mut free, &raw mut total), "GPU {}", self.0.gpu) }?;
        Ok((free, total))
    }

    /// A stream of its own, that waits for no other one.
    ///
    /// # Errors
    /// When the driver makes none.
    pub fn stream(&self) -> Result<Stream> {
        Stream::new(self)
    }

    /// The stream that somebody else made on this GPU's primary context, such as another library's.
    ///
    /// # Safety
    /// `stream` is a `CUstream` (a `cudaStream_t` is the same) of this GPU's primary context, or null for the default
    /// stream, and stays valid for as long as the result and its clones live.
    #[must_use]
    pub unsafe fn borrow_stream(&self, stream: sys::CUstream) -> Stream {
        // SAFETY: the caller promises that it is valid and of this context.
        unsafe { Stream::borrowed(self, stream) }
    }

    /// An event; `timing` makes [`Event::elapsed_us`] work and costs a little.
    ///
    /// # Errors
    /// When the driver makes none.
    pub fn event(&self, timing: bool) -> Result<Event> {
        Event::new(self, timing)
    }

    /// The pool of pinned host memory that copies go through.
    #[must_use]
    pub fn pinned_stats(&self) -> PoolStats {
        self.0.pinned.stats()
    }

    /// The pool of GPU memory that images and tensors come from.
    #[must_use]
    pub fn scratch_stats(&self) -> PoolStats {
        self.0.scratch.stats()
    }

    /// Waits until everything that anybody handed over to the GPU in this process is done.
    ///
    /// # Errors
    /// `Cuda` when some of it failed.
    pub fn synchronize(&self) -> Result<()> {
        let _bound = self.bind()?;
        checked(self.0.context.synchronize(), "cuCtxSynchronize", format_args!("GPU {}", self.0.gpu))
    }

    /// Gives what both pools have free back to the driver, and says how many bytes.
    pub fn trim(&self) -> usize {
        self.0.pinned.trim() + self.0.scratch.trim()
    }

    /// The primary context, for programs that use cudarc themselves.
    #[must_use]
    pub fn context(&self) -> &Arc<CudaContext> {
        &self.0.context
    }

    /// Makes the context current on this thread for as long as the result lives.
    pub(super) fn bind(&self) -> Result<Bound> {
        Bound::new(&self.0.context, self.0.gpu)
    }
}

fn arch_of(context: &CudaContext) -> Result<u32> {
    let (major, minor) =
        checked(context.compute_capability(), "cuDeviceGetAttribute", "the compute capability")?;
    Ok(major.unsigned_abs() * 10 + minor.unsigned_abs())
}

/// The context is current on this thread; whoever had another one there gets it back. A streaming thread may be in
/// the middle of an element's own calls for another GPU.
pub(super) struct Bound {
    before: Option<sys::CUcontext>,
}

impl Bound {
    /// Only remembers what is current.
    fn save() -> Self {
        let mut current = std::ptr::null_mut();
        // SAFETY: asked only once the driver is there; `current` outlives the call.
        let known = unsafe { sys::cuCtxGetCurrent(&raw mut current) } == sys::CUresult::CUDA_SUCCESS;
        Self { before: (known && !current.is_null()).then_some(current) }
    }

    fn new(context: &CudaContext, gpu: u32) -> Result<Self> {
        let (mut current, wanted) = (std::ptr::null_mut(), context.cu_ctx());
        // SAFETY: the driver is there, since there is a context; `current` outlives the call.
        unsafe { call!(cuCtxGetCurrent(&raw mut current), "this thread") }?;
        if current == wanted {
            return Ok(Self { before: None });
        }
        // SAFETY: the context is alive: `context` retains it.
        unsafe { call!(cuCtxSetCurrent(wanted), "the context of GPU {gpu}") }?;
        Ok(Self { before: (!current.is_null()).then_some(current) })
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if let Some(context) = self.before {
            // SAFETY: it was current on this thread when the guard was made.
            let _ = unsafe { sys::cuCtxSetCurrent(context) };
        }
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("gpu", &self.gpu()).field("arch", &self.arch()).finish_non_exhaustive()
    }
}
