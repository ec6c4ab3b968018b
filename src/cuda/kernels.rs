//! From a kernel's source to something that can be launched: compiled for the GPU at first use, kept on disk, loaded
//! once for each device.

use std::collections::HashMap;
use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::sys;

use super::cache::{self, Key};
use super::driver::{self, call};
use super::{Device, nvrtc};
use crate::error::Result;

/// A `kernel.cu`: its operation's name, its text, and what it includes.
#[derive(Debug)]
pub(crate) struct KernelSource {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) headers: &'static [Header],
}

/// A `.cuh` that kernels include by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// Short names of types, and what CUDA's own headers would bring.
pub(crate) const TYPES: Header = Header { name: "types.cuh", text: include_str!("include/types.cuh") };

impl KernelSource {
    /// Of all that is compiled.
    fn hash(&self) -> u128 {
        let mut all = self.text.to_owned();
        for header in self.headers {
            // A byte that no source has: what moves from one file to the next is something else.
            all.push('\0');
            all.push_str(header.text);
        }
        cache::hash(all.as_bytes())
    }
}

/// A function of a loaded [`KernelSource`]; it keeps the module loaded.
#[derive(Clone)]
pub(crate) struct Kernel {
    name: &'static str,
    function: sys::CUfunction,
    _module: Arc<Module>,
}

// SAFETY: a function's handle may be launched from any thread.
unsafe impl Send for Kernel {}
// SAFETY: as above; nothing in it changes.
unsafe impl Sync for Kernel {}

impl Kernel {
    pub(super) fn function(&self) -> sys::CUfunction {
        self.function
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }
}

struct Module {
    raw: sys::CUmodule,
    context: Arc<cudarc::driver::CudaContext>,
}

// SAFETY: the handle is owned, and the driver's calls on it may come from any thread.
unsafe impl Send for Module {}
// SAFETY: as above.
unsafe impl Sync for Module {}

impl Drop for Module {
    fn drop(&mut self) {
        let _ = self.context.bind_to_thread();
        // SAFETY: the module is owned; no kernel of it is left, since each holds it.
        let _ = unsafe { sys::cuModuleUnload(self.raw) };
    }
}

/// Bytes of shared memory that any kernel may be launched with.
const ROOM: u32 = 48 << 10;

/// What is loaded on a device.
pub(super) struct KernelStore {
    arch: u32,
    loaded: Mutex<Loaded>,
}

#[derive(Default)]
struct Loaded {
    modules: HashMap<&'static str, Arc<Module>>,
    functions: HashMap<(&'static str, &'static str), Kernel>,
    /// Bytes of shared memory that functions may be launched with, where more than every function may.
    roomy: HashMap<(&'static str, &'static str), u32>,
}

impl KernelStore {
    pub(super) fn new(arch: u32) -> Self {
        Self { arch, loaded: Mutex::default() }
    }

    pub(super) fn arch(&self) -> u32 {
        self.arch
    }
}

impl Device {
    /// Function `entry` of `source`; compiled, or read from disk, when it is asked for the first time.
    pub(crate) fn kernel(&self, source: &'static KernelSource, entry: &'static str) -> Result<Kernel> {
        let mut loaded = self.0.kernels.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kernel) = loaded.functions.get(&(source.name, entry)) {
            return Ok(kernel.clone());
        }
        let _bound = self.bind()?;
        let module = match loaded.modules.get(source.name) {
            Some(module) => Arc::clone(module),
            None => {
                let module = Arc::new(self.load(source)?);
                loaded.modules.insert(source.name, Arc::clone(&module));
                module
            }
        };
        let name = CString::new(entry).expect("names of kernels have no NUL");
        let mut function = std::ptr::null_mut();
        // SAFETY: the module is loaded, the name ends in NUL, `function` outlives the call.
        unsafe {
            call!(
                cuModuleGetFunction(&raw mut function, module.raw, name.as_ptr()),
                "kernel {entry} of {}",
                source.name
            )
        }?;
        let kernel = Kernel { name: entry, function, _module: module };
        loaded.functions.insert((source.name, entry), kernel.clone());
        Ok(kernel)
    }

    /// [`kernel`](Self::kernel), to be launched with `shared` bytes of shared memory, which may be more than 48 KiB.
    pub(crate) fn roomy_kernel(
        &self,
        source: &'static KernelSource,
        entry: &'static str,
        shared: u32,
    ) -> Result<Kernel> {
        let kernel = self.kernel(source, entry)?;
        if shared <= ROOM {
            return Ok(kernel);
        }
        let mut loaded = self.0.kernels.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let room = loaded.roomy.entry((source.name, entry)).or_insert(ROOM);
        if *room < shared {
            let _bound = self.bind()?;
            let most = sys::CUfunction_attribute::CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
            // SAFETY: the function is of a loaded module of this device, whose context is current.
            unsafe {
                call!(
                    cuFuncSetAttribute(kernel.function, most, shared.cast_signed()),
                    "{shared} bytes of shared memory for kernel {entry} of {}",
                    source.name
                )
            }?;
            *room = shared;
        }
        Ok(kernel)
    }

    fn load(&self, source: &'static KernelSource) -> Result<Module> {
        let compiler = nvrtc::nvrtc()?;
        let options = options(&compiler.target(self.arch())?);
        let key = Key {
            name: source.name,
            source_hash: source.hash(),
            options,
            arch: self.arch(),
            compiler: compiler.version(),
            driver: driver::driver_version()?,
        };
        let folder = cache::folder();
        if let Some(compiled) = folder.as_deref().and_then(|folder| cache::load(folder, &key)) {
            match self.load_compiled(source.name, &compiled) {
                Ok(module) => return Ok(module),
                Err(error) => {
                    tracing::warn!("a kernel kept on disk does not load, it is compiled again: {error}")
                }
            }
        }
        let compiled =
            compiler.compile(&format!("{}.cu", source.name), source.text, source.headers, &key.options)?;
        let module = self.load_compiled(source.name, &compiled)?;
        if let Some(folder) = folder
            && let Err(error) = cache::store(&folder, &key, &compiled)
        {
            tracing::warn!("compiled kernels cannot be kept in {}: {error}", folder.display());
        }
        Ok(module)
    }

    fn load_compiled(&self, name: &str, compiled: &[u8]) -> Result<Module> {
        // The driver reads PTX up to a NUL, and machine code up to the length that it says itself.
        let mut image = compiled.to_vec();
        image.push(0);
        let mut raw = std::ptr::null_mut();
        // SAFETY: the context is current, the image is whole (its hash was checked) and outlives the call.
        unsafe {
            call!(
                cuModuleLoadData(&raw mut raw, image.as_ptr().cast()),
                "the kernels of {name}, {} bytes for sm_{}",
                compiled.len(),
                self.arch()
            )
        }?;
        Ok(Module { raw, context: Arc::clone(self.context()) })
    }
}

/// What every source is compiled with; `.ci/check-kernels` uses the same. A product and a sum are fused where a kernel
/// says `fmaf`, and nowhere else: results must not hang on the compiler's taste.
fn options(target: &str) -> Vec<String> {
    [target, "--std=c++17", "--fmad=false"].map(str::to_owned).to_vec()
}
