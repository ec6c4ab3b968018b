use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cudarc::driver::{CudaStream, sys};

use super::chain::Chains;
use super::driver::{call, checked};
use super::kernels::Kernel;
use super::launch::{Grid, KernelArgs, Step};
use super::{Device, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Pending, Work};

/// A queue of work on one GPU, done in order; clones are the same queue. What is waited for, and when: the
/// [room's](super) page.
#[derive(Clone)]
pub struct Stream(Arc<Queue>);

struct Queue {
    device: Device,
    raw: Arc<CudaStream>,
    /// Where the pool keeps what this stream used last.
    lane: u64,
    chains: Chains,
}

impl Stream {
    pub(super) fn new(device: &Device) -> Result<Self> {
        let _bound = device.bind()?;
        let raw =
            checked(device.0.context.new_stream(), "cuStreamCreate", format_args!("GPU {}", device.gpu()))?;
        Ok(Self::of(device, raw))
    }

    /// # Safety
    /// As [`Device::borrow_stream`].
    pub(super) unsafe fn borrowed(device: &Device, stream: sys::CUstream) -> Self {
        // SAFETY: the caller promises a valid stream of this context; work of others on it is theirs to order.
        Self::of(device, unsafe { device.0.context.wrap_borrowed_stream(stream) })
    }

    fn of(device: &Device, raw: Arc<CudaStream>) -> Self {
        static LANES: AtomicU64 = AtomicU64::new(1);
        let lane = LANES.fetch_add(1, Ordering::Relaxed);
        Self(Arc::new(Queue { device: device.clone(), raw, lane, chains: Chains::default() }))
    }

    /// The GPU that does the work.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.0.device
    }

    /// cudarc's stream, for programs that use cudarc themselves.
    #[must_use]
    pub fn raw(&self) -> &Arc<CudaStream> {
        &self.0.raw
    }

    pub(super) fn lane(&self) -> u64 {
        self.0.lane
    }

    /// Waits until everything handed over so far is done.
    ///
    /// # Errors
    /// `Cuda` when some of it failed.
    pub fn synchronize(&self) -> Result<()> {
        self.0.wait()
    }

    /// Lets what is handed over from now on wait, on the GPU, for what `event` stands for.
    ///
    /// # Errors
    /// When the driver refuses.
    pub fn wait(&self, event: &Event) -> Result<()> {
        let _bound = self.device().bind()?;
        // SAFETY: both are alive, and an event may be waited for by any stream of the machine.
        unsafe { call!(cuStreamWaitEvent(self.0.raw.cu_stream(), event.raw(), 0), "an event") }
    }

    /// Remembers in `pending` that this stream works on the memory.
    pub(crate) fn note(&self, pending: &Pending) {
        pending.note(&self.0);
    }

    /// Whether nobody else is noted in `pending`.
    pub(super) fn is_all_of(&self, pending: &Pending) -> bool {
        let other = || Error::new(ErrorKind::Cuda, "");
        pending.try_for_each(|work| if self.is(work) { Ok(()) } else { Err(other()) }).is_ok()
    }

    fn is(&self, work: &dyn Work) -> bool {
        work.as_any().downcast_ref::<Queue>().is_some_and(|queue| std::ptr::eq(queue, &raw const *self.0))
    }

    /// Puts what is handed over next after what other streams do on the same memory, and notes it there.
    pub(crate) fn enter(&self, memory: &[&Pending]) -> Result<()> {
        for pending in memory {
            pending.try_for_each(|work| {
                if self.is(work) {
                    return Ok(());
                }
                let Some(other) = work.as_any().downcast_ref::<Queue>() else { return work.wait() };
                let event = other.device.event(false)?;
                event.record_raw(&other.raw)?;
                self.wait(&event)
            })?;
            self.note(pending);
        }
        Ok(())
    }

    /// That memory called `name` of GPU `gpu` is this stream's to work on.
    pub(crate) fn check_gpu(&self, name: &str, gpu: u32) -> Result<()> {
        if gpu == self.device().gpu() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Residency,
            format!(
                "{name} is on GPU {gpu}, the stream is of GPU {}; make the stream with Device::new({gpu}), or set \
                 gpu-id={} on the element that makes the frames",
                self.device().gpu(),
                self.device().gpu()
            ),
        ))
    }

    /// Hands over `kernel` with `args`; `memory` is whatever it touches.
    ///
    /// # Safety
    /// `args` is the type that the kernel declares, and with these arguments and this grid it touches only memory
    /// whose `Pending` is in `memory`, within its bounds, and writes only what was borrowed to be written.
    pub(crate) unsafe fn launch<A: KernelArgs>(
        &self,
        kernel: &Kernel,
        grid: Grid,
        args: &A,
        memory: &[&Pending],
    ) -> Result<()> {
        let _bound = self.device().bind()?;
        self.enter(memory)?;
        // SAFETY: the caller's promise.
        unsafe { self.device().hand_over(&Step::new(kernel, grid, args), self.0.raw.cu_stream()) }
    }

    /// Hands over kernels that follow one another, which costs the host less than one [`Self::launch`] after the other
    /// where a stream is handed the same ones again. No kernel may be among them twice.
    ///
    /// # Safety
    /// As [`Self::launch`], for each.
    pub(crate) unsafe fn launch_all(&self, steps: &[Step<'_>], memory: &[&Pending]) -> Result<()> {
        let _bound = self.device().bind()?;
        self.enter(memory)?;
        let device = self.device();
        // SAFETY: the caller's promise. Where all is recorded, nothing runs.
        let each = |to| steps.iter().try_for_each(|step| unsafe { device.hand_over(step, to) });
        let stream = self.0.raw.cu_stream();
        if !device.0.graphs || steps.len() == 1 {
            return each(stream);
        }
        match self.0.chains.lock().graph(device, steps, each) {
            // SAFETY: the caller's promise; the context is current.
            Some(graph) => unsafe { graph.launch(steps, stream) },
            None => each(stream),
        }
    }
}

impl Work for Queue {
    fn wait(&self) -> Result<()> {
        let _bound = self.device.bind()?;
        // SAFETY: the stream is alive and of the current context.
        unsafe { call!(cuStreamSynchronize(self.raw.cu_stream()), "the work of a stream") }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // The driver would let pending work finish too, but the pool's blocks go to others from here on.
        if let Err(error) = self.wait() {
            tracing::error!("the last work of a stream failed: {error}");
        }
        self.device.0.scratch.retire(self.lane);
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({} of GPU {})", self.0.lane, self.device().gpu())
    }
}
