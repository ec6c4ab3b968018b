//! Runs an ONNX model on the CPU.
//!
//! With the cargo feature `onnx` (on by default) the work is done by rten, which is pure Rust. Without it
//! [`Engine::load`] always fails with [`crate::ErrorKind::Unsupported`].

use std::num::NonZero;

#[cfg(feature = "onnx")]
pub use onnx::Engine;
#[cfg(not(feature = "onnx"))]
pub use without_onnx::Engine;

/// How to load and run a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// Threads to compute with; `None` takes what [`default_threads`] says.
    pub threads: Option<NonZero<usize>>,
    /// Channels, height, width, for models that leave them open; a contradiction is an error.
    pub infer_dims: Option<[usize; 3]>,
}

/// One output of a run, with its data in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputTensor {
    /// Its name in the model.
    pub name: String,
    /// Its size in every dimension, the batch of 1 included.
    pub shape: Vec<usize>,
    /// The values; integers are converted.
    pub data: Vec<f32>,
}

/// All the threads this process may use, or fewer if the environment variable `DSFRAME_THREADS` says so.
#[must_use]
pub fn default_threads() -> NonZero<usize> {
    let available = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    cap_threads(available, std::env::var("DSFRAME_THREADS").ok().as_deref())
}

fn cap_threads(available: NonZero<usize>, cap: Option<&str>) -> NonZero<usize> {
    match cap.map(|cap| cap.trim().parse::<NonZero<usize>>()) {
        Some(Ok(cap)) => available.min(cap),
        Some(Err(_)) => {
            tracing::warn!("DSFRAME_THREADS is {cap:?}, it must be a whole number of 1 or more; ignored");
            available
        }
        None => available,
    }
}

#[cfg(feature = "onnx")]
mod container;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(test)]
mod tests;
#[cfg(not(feature = "onnx"))]
mod without_onnx;
