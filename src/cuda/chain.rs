//! Kernels that follow one another, handed over as one: a graph of them is made once for each stream, and takes new
//! arguments for each call. A launch costs the host 2.5 to 3.5 µs on an H100; a graph of three kernels with new arguments
//! costs as much in all, and the GPU 0.8 to 1 µs more than the launches, since a graph does not begin while what is before it
//! ends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cudarc::driver::sys;

use super::Device;
use super::driver::call;
use super::kernels::Kernel;
use super::launch::Step;
use crate::error::{Error, ErrorKind, Result};

/// What a stream knows of the chains that it was handed.
#[derive(Default)]
pub(super) struct Chains(Mutex<Vec<Chain>>);

struct Chain {
    kernels: Vec<Kernel>,
    state: State,
}

enum State {
    /// Handed over once. A graph takes as long to make as twenty launches, and many a stream works once only.
    Seen,
    Made(Graph),
    /// The driver makes no graph of it.
    Refused,
}

impl Chains {
    pub(super) fn lock(&self) -> Found<'_> {
        Found(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The chains, held so that arguments are set and handed over together.
pub(super) struct Found<'c>(MutexGuard<'c, Vec<Chain>>);

impl Found<'_> {
    /// The graph of `steps`, on their second call and later ones; `record` hands all of them over to a stream.
    pub(super) fn graph(
        &mut self,
        device: &Device,
        steps: &[Step<'_>],
        record: impl FnOnce(sys::CUstream) -> Result<()>,
    ) -> Option<&Graph> {
        let is_it = |chain: &Chain| {
            chain.kernels.iter().map(Kernel::function).eq(steps.iter().map(|step| step.kernel.function()))
        };
        let Some(at) = self.0.iter().position(is_it) else {
            let kernels = steps.iter().map(|step| step.kernel.clone()).collect();
            self.0.push(Chain { kernels, state: State::Seen });
            return None;
        };
        let chain = &mut self.0[at];
        if matches!(chain.state, State::Seen) {
            chain.state = match Graph::new(device, steps, record) {
                Ok(graph) => State::Made(graph),
                Err(error) => {
                    tracing::debug!("kernels are handed over one by one: {error}");
                    State::Refused
                }
            };
        }
        if let State::Made(graph) = &chain.state { Some(graph) } else { None }
    }
}

/// Kernels in a row; made, and ready to be handed over.
pub(super) struct Graph {
    device: Device,
    graph: sys::CUgraph,
    ready: sys::CUgraphExec,
    nodes: Vec<sys::CUgraphNode>,
}

// SAFETY: the handles are owned, may be used from any thread, and are only used under the stream's lock.
unsafe impl Send for Graph {}

impl Graph {
    /// What `record` hands over to a stream that is there for this alone.
    fn new(
        device: &Device,
        steps: &[Step<'_>],
        record: impl FnOnce(sys::CUstream) -> Result<()>,
    ) -> Result<Self> {
        let stream = device.stream()?;
        let (raw, mode) =
            (stream.raw().cu_stream(), sys::CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_RELAXED);
        let (graph, ready) = (std::ptr::null_mut(), std::ptr::null_mut());
        let mut made = Self { device: device.clone(), graph, ready, nodes: Vec::new() };
        // SAFETY: the stream is alive, idle and of the current context; what is recorded ends in any case.
        let (recorded, ended) = unsafe {
            call!(cuStreamBeginCapture_v2(raw, mode), "a stream")?;
            (record(raw), call!(cuStreamEndCapture(raw, &raw mut made.graph), "a stream"))
        };
        recorded.and(ended)?;
        let mut count = steps.len();
        let mut nodes = vec![std::ptr::null_mut(); count];
        // SAFETY: the list has room for `count` nodes, and as many are written at most.
        unsafe { call!(cuGraphGetNodes(made.graph, nodes.as_mut_ptr(), &raw mut count), "a graph") }?;
        nodes.truncate(count);
        made.nodes = steps.iter().map(|step| node_of(&nodes, step)).collect::<Result<_>>()?;
        // SAFETY: the graph is whole.
        unsafe { call!(cuGraphInstantiateWithFlags(&raw mut made.ready, made.graph, 0), "a graph") }?;
        Ok(made)
    }

    /// Hands over the kernels with what `steps` say.
    ///
    /// # Safety
    /// As [`Stream::launch`](super::Stream::launch) of each; the context of the stream is current.
    pub(super) unsafe fn launch(&self, steps: &[Step<'_>], stream: sys::CUstream) -> Result<()> {
        for (step, node) in steps.iter().zip(&self.nodes) {
            let mut list = step.list();
            let params = step.params(&mut list);
            // SAFETY: the node is the graph's and of the same kernel; the driver copies the argument before it returns,
            // and what it was handed over with before stays as it was.
            unsafe {
                call!(
                    cuGraphExecKernelNodeSetParams_v2(self.ready, *node, &raw const params),
                    "kernel {} with {:?}",
                    step.kernel.name(),
                    step.grid
                )
            }?;
        }
        // SAFETY: the graph is of this device, and a lock keeps others from changing it meanwhile.
        unsafe { call!(cuGraphLaunch(self.ready, stream), "{} kernels", steps.len()) }
    }
}

fn node_of(nodes: &[sys::CUgraphNode], step: &Step<'_>) -> Result<sys::CUgraphNode> {
    let name = step.kernel.name();
    for &node in nodes {
        let mut params = step.params(&mut step.list());
        // SAFETY: a node of a graph that is alive; `params` outlives the call.
        unsafe { call!(cuGraphKernelNodeGetParams_v2(node, &raw mut params), "kernel {name}") }?;
        if params.func == step.kernel.function() {
            return Ok(node);
        }
    }
    Err(Error::new(ErrorKind::Cuda, format!("the graph has no node of kernel {name}")))
}

impl Drop for Graph {
    fn drop(&mut self) {
        let Ok(_bound) = self.device.bind() else { return };
        // SAFETY: both are owned, or null where making them failed; the stream that they ran on was waited for.
        unsafe {
            if !self.ready.is_null() {
                let _ = sys::cuGraphExecDestroy(self.ready);
            }
            if !self.graph.is_null() {
                let _ = sys::cuGraphDestroy(self.graph);
            }
        }
    }
}
