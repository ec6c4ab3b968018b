//! Blocks of pinned host memory and of GPU memory, as the pools hold them and as they are lent.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cudarc::driver::{CudaContext, CudaSlice, CudaStream, DevicePtrMut, sys};

use super::Stream;
use super::driver::{call, checked};
use super::pool::{Backing, IDLE};
use crate::error::Result;
use crate::frame::Pending;

/// Pinned host memory with the event after which it is free again.
pub(super) struct PinnedBlock {
    start: NonNull<u8>,
    bytes: usize,
    event: sys::CUevent,
    context: Arc<CudaContext>,
}

// SAFETY: the block owns its memory and its event, and the driver's calls on both may come from any thread.
unsafe impl Send for PinnedBlock {}

pub(super) struct PinnedBacking(pub(super) Arc<CudaContext>);

impl Backing for PinnedBacking {
    type Block = PinnedBlock;
    type Source = ();

    /// Called with the context current.
    fn allocate(&self, (): &(), bytes: usize) -> Result<PinnedBlock> {
        let (mut start, mut event) = (std::ptr::null_mut(), std::ptr::null_mut());
        // 1: usable from every context of the process, as from the elements' own.
        // SAFETY: `start` outlives the call.
        unsafe { call!(cuMemHostAlloc(&raw mut start, bytes, 1), "{bytes} bytes of pinned memory") }?;
        let start = NonNull::new(start.cast::<u8>()).expect("the driver returned memory");
        // SAFETY: `bytes` bytes from `start` were just allocated; as zeros they are initialised for `bytes_mut`.
        unsafe { start.as_ptr().write_bytes(0, bytes) };
        // 2: no timing. SAFETY: `event` outlives the call.
        let made = unsafe { call!(cuEventCreate(&raw mut event, 2), "an event for pinned memory") };
        if let Err(error) = made {
            // SAFETY: nobody has seen the memory.
            let _ = unsafe { sys::cuMemFreeHost(start.as_ptr().cast()) };
            return Err(error);
        }
        Ok(PinnedBlock { start, bytes, event, context: Arc::clone(&self.0) })
    }

    fn ready(&self, block: &PinnedBlock) -> bool {
        // SAFETY: the block owns the event.
        unsafe { sys::cuEventQuery(block.event) != sys::CUresult::CUDA_ERROR_NOT_READY }
    }

    fn wait(&self, block: &PinnedBlock) -> Result<()> {
        // SAFETY: the block owns the event.
        unsafe { call!(cuEventSynchronize(block.event), "pinned memory that is being copied") }
    }
}

impl Drop for PinnedBlock {
    fn drop(&mut self) {
        // What fails here is the context's end, and with it the memory's.
        let _ = self.context.bind_to_thread();
        // SAFETY: the block owns both, and waits for the last copy before its memory goes.
        unsafe {
            let _ = sys::cuEventSynchronize(self.event);
            let _ = sys::cuEventDestroy_v2(self.event);
            let _ = sys::cuMemFreeHost(self.start.as_ptr().cast());
        }
    }
}

/// Pinned memory on loan from the device's pool.
pub(super) struct Pinned {
    block: Option<PinnedBlock>,
    bytes: usize,
    stream: Stream,
    /// The block's event stands for the last copy already.
    recorded: bool,
}

impl Pinned {
    /// At least `bytes`, that no copy touches. The context must be current.
    pub(super) fn take(stream: &Stream, bytes: usize) -> Result<Self> {
        let block = stream.device().0.pinned.take(&(), IDLE, bytes)?;
        Ok(Self { block: Some(block), bytes, stream: stream.clone(), recorded: false })
    }

    fn block(&self) -> &PinnedBlock {
        self.block.as_ref().expect("the block is there until drop")
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.block().start.as_ptr()
    }

    /// The bytes; to be looked at only once the copy into them has been waited for.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: the block has at least `bytes` initialised bytes, which it owns, and no copy into them is under
        // way: the callers synchronise the stream first.
        unsafe { std::slice::from_raw_parts(self.start(), self.bytes.min(self.block().bytes)) }
    }

    /// The bytes, to be filled before they are copied to the GPU.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; the pool lends no block that a copy still reads.
        unsafe { std::slice::from_raw_parts_mut(self.start(), self.bytes.min(self.block().bytes)) }
    }
}

/// For blocks that outlive the call which fills them.
impl Pinned {
    /// Number of bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes
    }

    /// Hands over the copy of as many bytes as there are, from the GPU's memory at `address`. The context must be
    /// current, and the memory as long.
    pub(super) fn fill_from(&mut self, address: u64) -> Result<()> {
        let (start, bytes) = (self.start().cast(), self.bytes);
        // SAFETY: the block has `bytes` bytes, is borrowed to be written, and goes back to the pool with an event
        // behind this copy; the caller's memory is as long, and of this device.
        unsafe {
            call!(
                cuMemcpyDtoHAsync_v2(start, address, bytes, self.stream.raw().cu_stream()),
                "copying {bytes} bytes to the host"
            )
        }
    }

    /// Lets the block's event stand for what was handed to the stream so far, and no copy follow.
    pub(super) fn record(&mut self) -> Result<()> {
        let (event, stream) = (self.block().event, self.stream.raw().cu_stream());
        // SAFETY: event and stream are alive and of the same context.
        unsafe { call!(cuEventRecord(event, stream), "an event for pinned memory") }?;
        self.recorded = true;
        Ok(())
    }

    /// Whether what was recorded is done.
    pub(super) fn is_ready(&self) -> Result<bool> {
        let _bound = self.stream.device().bind()?;
        // SAFETY: the block owns the event.
        match unsafe { sys::cuEventQuery(self.block().event) } {
            sys::CUresult::CUDA_SUCCESS => Ok(true),
            sys::CUresult::CUDA_ERROR_NOT_READY => Ok(false),
            code => Err(super::driver::failure("cuEventQuery", "pinned memory that is being copied", code)),
        }
    }

    /// Waits until what was recorded is done.
    pub(super) fn wait(&self) -> Result<()> {
        let _bound = self.stream.device().bind()?;
        // SAFETY: the block owns the event.
        unsafe { call!(cuEventSynchronize(self.block().event), "pinned memory that is being copied") }
    }
}

impl Drop for Pinned {
    /// Back to the pool; whoever takes it next waits for the copies that were handed over until now.
    fn drop(&mut self) {
        let Some(block) = self.block.take() else { return };
        // SAFETY: event and stream are alive and of the same context.
        let record = || unsafe { sys::cuEventRecord(block.event, self.stream.raw().cu_stream()) };
        if !self.recorded && record() != sys::CUresult::CUDA_SUCCESS {
            let _ = self.stream.raw().synchronize();
        }
        self.stream.device().0.pinned.give(IDLE, self.bytes, block);
    }
}

/// GPU memory that cudarc allocated, and frees.
pub(super) struct DeviceBlock {
    slice: CudaSlice<u8>,
    address: u64,
    /// Whose work may still use it.
    last: Arc<CudaStream>,
}

pub(super) struct DeviceBacking;

impl Backing for DeviceBacking {
    type Block = DeviceBlock;
    type Source = Arc<CudaStream>;

    fn allocate(&self, stream: &Arc<CudaStream>, bytes: usize) -> Result<DeviceBlock> {
        // SAFETY: the bytes are never read as anything before a kernel or a copy wrote them: they are handed to
        // kernels and copies alone.
        let slice = unsafe { stream.alloc::<u8>(bytes) };
        let mut slice = checked(slice, "cuMemAllocAsync", format_args!("{bytes} bytes of GPU memory"))?;
        let address = slice.device_ptr_mut(stream).0;
        Ok(DeviceBlock { slice, address, last: Arc::clone(stream) })
    }

    /// A lane is a stream, which works in order.
    fn ready(&self, _: &DeviceBlock) -> bool {
        true
    }

    fn wait(&self, _: &DeviceBlock) -> Result<()> {
        Ok(())
    }
}

impl Drop for DeviceBlock {
    fn drop(&mut self) {
        // cudarc frees in the order of the stream that allocated, which may be another one.
        let _ = self.last.synchronize();
    }
}

/// GPU memory on loan from the device's pool.
pub(super) struct DeviceMemory {
    block: Option<DeviceBlock>,
    bytes: usize,
    stream: Stream,
    pending: Pending,
    lent_to_cudarc: AtomicBool,
    lent_abroad: AtomicBool,
}

impl DeviceMemory {
    /// At least `bytes`, of any content, for work of `stream` first.
    pub(super) fn take(stream: &Stream, bytes: usize) -> Result<Self> {
        let mut block = stream.device().0.scratch.take(stream.raw(), stream.lane(), bytes)?;
        block.last = Arc::clone(stream.raw());
        let pending = Pending::new();
        stream.note(&pending);
        Ok(Self {
            block: Some(block),
            bytes,
            stream: stream.clone(),
            pending,
            lent_to_cudarc: AtomicBool::new(false),
            lent_abroad: AtomicBool::new(false),
        })
    }

    fn block(&self) -> &DeviceBlock {
        self.block.as_ref().expect("the block is there until drop")
    }

    pub(super) fn address(&self) -> u64 {
        self.block().address
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn pending(&self) -> &Pending {
        &self.pending
    }

    pub(super) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// The allocation, for cudarc, after everything handed over here so far.
    pub(super) fn slice(&self) -> Result<&CudaSlice<u8>> {
        self.pending.wait()?;
        self.lent_to_cudarc.store(true, Ordering::Relaxed);
        Ok(&self.block().slice)
    }

    /// From here on streams that nobody tells of may use it.
    pub(super) fn lend_abroad(&self) {
        self.lent_abroad.store(true, Ordering::Relaxed);
    }

    /// The allocation itself, which does not come back to the pool, and its size.
    pub(super) fn into_slice(mut self) -> Result<CudaSlice<u8>> {
        self.pending.wait()?;
        let block = self.block.take().expect("the block is there until drop");
        self.stream.device().0.scratch.forget(self.bytes);
        let block = std::mem::ManuallyDrop::new(block);
        // SAFETY: each field is read once, and the block's drop, which would only wait once more, does not run.
        let (slice, last) =
            unsafe { (std::ptr::read(&raw const block.slice), std::ptr::read(&raw const block.last)) };
        drop(last);
        Ok(slice)
    }
}

impl Drop for DeviceMemory {
    fn drop(&mut self) {
        let Some(mut block) = self.block.take() else { return };
        if *self.lent_to_cudarc.get_mut() {
            // cudarc notes its own uses in the slice; this makes the stream wait for them.
            drop(block.slice.device_ptr_mut(self.stream.raw()));
        }
        if *self.lent_abroad.get_mut() {
            // Takers free a tensor while their work on it may be under way, on streams unknown here.
            let _ = self.stream.device().context().synchronize();
        }
        let own = self.stream.is_all_of(&self.pending);
        if !own && let Err(error) = self.pending.wait() {
            tracing::error!("work on GPU memory failed, and nobody asked for its result: {error}");
        }
        self.stream.device().0.scratch.give(self.stream.lane(), self.bytes, block);
    }
}
