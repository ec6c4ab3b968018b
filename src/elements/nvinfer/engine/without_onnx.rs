//! What stands in for the engine in builds without it.

use std::path::Path;

use super::{EngineOptions, OutputTensor};
use crate::{Error, Result};

/// No engine: this build lacks the cargo feature `onnx`, and no value of this type can be made.
pub enum Engine {}

impl Engine {
    /// Fails.
    ///
    /// # Errors
    /// Always [`crate::ErrorKind::Unsupported`].
    pub fn load(path: impl AsRef<Path>, _options: &EngineOptions) -> Result<Self> {
        let path = path.as_ref().display();
        let message = format!("{path} cannot be run: this build lacks the cargo feature `onnx`; enable it");
        Err(Error::unsupported(message))
    }

    /// Channels, height and width of the input.
    #[must_use]
    pub fn input_shape(&self) -> [usize; 3] {
        match *self {}
    }

    /// The input's name in the model.
    #[must_use]
    pub fn input_name(&self) -> &str {
        match *self {}
    }

    /// The outputs' names in the model's order.
    pub fn output_names(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Computes the outputs for one picture.
    ///
    /// # Errors
    /// None: there is no engine to call this on.
    pub fn run(&self, _input: &[f32]) -> Result<Vec<OutputTensor>> {
        match *self {}
    }
}
