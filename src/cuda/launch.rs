//! A kernel with its grid and argument, and how the driver gets it.

use std::ffi::c_void;
use std::marker::PhantomData;

use cudarc::driver::sys;

use super::Device;
use super::driver::call;
use super::kernels::Kernel;
use crate::error::Result;

/// A `repr(C)` value that a kernel takes as its one argument, by value.
///
/// # Safety
/// The type is `repr(C)`, plain numbers and addresses throughout, and laid out as the `struct` in the kernel's source,
/// whose size a `static_assert` there fixes.
pub(crate) unsafe trait KernelArgs: Copy {}

/// Blocks of the grid, threads of a block, and bytes of shared memory beyond what the kernel declares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    pub(crate) blocks: (u32, u32, u32),
    pub(crate) threads: (u32, u32, u32),
    pub(crate) shared: u32,
}

/// A kernel, its grid and its argument.
pub(crate) struct Step<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) grid: Grid,
    args: *const c_void,
    life: PhantomData<&'a ()>,
}

impl<'a> Step<'a> {
    pub(crate) fn new<A: KernelArgs>(kernel: &'a Kernel, grid: Grid, args: &'a A) -> Self {
        Self { kernel, grid, args: std::ptr::from_ref(args).cast(), life: PhantomData }
    }

    /// What the driver takes: the address of the list of the addresses of arguments.
    pub(super) fn list(&self) -> [*mut c_void; 1] {
        [self.args.cast_mut()]
    }

    pub(super) fn params(&self, list: &mut [*mut c_void; 1]) -> sys::CUDA_KERNEL_NODE_PARAMS {
        let Grid { blocks, threads, shared } = self.grid;
        sys::CUDA_KERNEL_NODE_PARAMS {
            func: self.kernel.function(),
            gridDimX: blocks.0,
            gridDimY: blocks.1,
            gridDimZ: blocks.2,
            blockDimX: threads.0,
            blockDimY: threads.1,
            blockDimZ: threads.2,
            sharedMemBytes: shared,
            kernelParams: list.as_mut_ptr(),
            extra: std::ptr::null_mut(),
            kern: std::ptr::null_mut(),
            ctx: std::ptr::null_mut(),
        }
    }
}

impl Device {
    /// Hands `step` over to `stream`.
    ///
    /// # Safety
    /// As [`Stream::launch`](super::Stream::launch); the context is current, and `stream` is of it.
    pub(super) unsafe fn hand_over(&self, step: &Step<'_>, stream: sys::CUstream) -> Result<()> {
        let (mut list, grid, kernel) = (step.list(), step.grid, step.kernel);
        let ((gx, gy, gz), (bx, by, bz)) = (grid.blocks, grid.threads);
        let nothing = std::ptr::null_mut();
        if !self.0.overlaps {
            // SAFETY: function, stream and context belong together; the driver copies the argument before it returns.
            // The rest is the caller's promise.
            return unsafe {
                call!(
                    cuLaunchKernel(
                        kernel.function(),
                        gx,
                        gy,
                        gz,
                        bx,
                        by,
                        bz,
                        grid.shared,
                        stream,
                        list.as_mut_ptr(),
                        nothing
                    ),
                    "kernel {} with {grid:?}",
                    kernel.name()
                )
            };
        }
        let mut overlap = sys::CUlaunchAttribute {
            id: sys::CUlaunchAttributeID::CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
            pad: [0; 4],
            value: sys::CUlaunchAttributeValue { programmaticStreamSerializationAllowed: 1 },
        };
        let config = sys::CUlaunchConfig {
            gridDimX: gx,
            gridDimY: gy,
            gridDimZ: gz,
            blockDimX: bx,
            blockDimY: by,
            blockDimZ: bz,
            sharedMemBytes: grid.shared,
            hStream: stream,
            attrs: &raw mut overlap,
            numAttrs: 1,
        };
        // SAFETY: as above; the configuration and its one attribute outlive the call. The kernel may start while the one
        // before it runs, and `in_turn`, which every kernel begins with, waits for that one.
        unsafe {
            call!(
                cuLaunchKernelEx(&raw const config, kernel.function(), list.as_mut_ptr(), nothing),
                "kernel {} with {grid:?}",
                kernel.name()
            )
        }
    }
}
