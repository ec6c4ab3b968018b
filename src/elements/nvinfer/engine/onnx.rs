//! The engine on rten.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rten::{Dimension, Model, NodeId, RunOptions, ThreadPool, Value};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensorView, Tensor};

use super::{EngineOptions, OutputTensor, container, default_threads};
use crate::{Error, ErrorKind, Result};

/// A loaded model with one picture as its input.
pub struct Engine {
    path: PathBuf,
    model: Model,
    input: NodeId,
    input_name: String,
    /// Channels, height, width.
    shape: [usize; 3],
    outputs: Vec<(NodeId, String)>,
    pool: Arc<ThreadPool>,
}

impl Engine {
    /// Reads an ONNX file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if there is no such file, [`ErrorKind::Config`] if it is no ONNX model, if
    /// its size is open and `infer_dims` is not given, or the two differ; [`ErrorKind::Unsupported`]
    /// for models with several inputs, an input that is not NCHW, a fixed batch above 1, or an
    /// operator that the engine lacks.
    pub fn load(path: impl AsRef<Path>, options: &EngineOptions) -> Result<Self> {
        let path = path.as_ref();
        let shown = path.display();
        let bytes =
            std::fs::read(path).map_err(|error| Error::io(format!("reading the model {shown}"), error))?;
        container::check(&bytes)
            .map_err(|why| Error::new(ErrorKind::Config, format!("{shown} is no ONNX model: {why}")))?;
        let model = Model::load(bytes).map_err(|error| {
            let message = format!("{shown} is not an ONNX model that this engine can run: {error}");
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        let &[input] = model.input_ids() else {
            let count = model.input_ids().len();
            return Err(Error::unsupported(format!("{shown} has {count} inputs, it must have one picture")));
        };
        let name = |id| model.node_info(id).and_then(|info| info.name()).unwrap_or("?").to_owned();
        let input_name = name(input);
        let shape = input_shape(&model, &input_name, options.infer_dims)
            .map_err(|error| Error::new(error.kind(), format!("{shown}: {error}")))?;
        let outputs = model.output_ids().iter().map(|id| (*id, name(*id))).collect();
        let threads = options.threads.unwrap_or_else(default_threads).get();
        let pool = Arc::new(ThreadPool::with_num_threads(threads));
        Ok(Self { path: path.to_owned(), input, input_name, shape, outputs, model, pool })
    }

    /// Channels, height and width of the input.
    #[must_use]
    pub fn input_shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The input's name in the model.
    #[must_use]
    pub fn input_name(&self) -> &str {
        &self.input_name
    }

    /// The outputs' names in the model's order.
    pub fn output_names(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|(_, name)| name.as_str())
    }

    /// Computes the outputs for one picture, planes of `f32` as [`Engine::input_shape`] says.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] if `input` has another length, [`ErrorKind::Config`] if the
    /// model fails.
    pub fn run(&self, input: &[f32]) -> Result<Vec<OutputTensor>> {
        let [channels, height, width] = self.shape;
        if input.len() != channels * height * width {
            let (has, name) = (input.len(), &self.input_name);
            return Err(Error::invalid(format!(
                "input has {has} values, the model's {name} takes {channels}x{height}x{width}"
            )));
        }
        let view = NdTensorView::from_data([1, channels, height, width], input);
        let ids: Vec<_> = self.outputs.iter().map(|(id, _)| *id).collect();
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let values = self.model.run(vec![(self.input, view.into())], &ids, Some(options));
        let values = values.map_err(|error| self.failed(&error.to_string()).with_source(error))?;
        let named = values.into_iter().zip(&self.outputs);
        named.map(|(value, (_, name))| self.tensor(name, value)).collect()
    }

    fn tensor(&self, name: &str, value: Value) -> Result<OutputTensor> {
        fn parts<T: Copy>(tensor: Tensor<T>, to: impl Fn(T) -> f32) -> (Vec<usize>, Vec<f32>) {
            let shape = tensor.shape().to_vec();
            (shape, tensor.into_data().into_iter().map(to).collect())
        }
        let (shape, data) = match value {
            Value::FloatTensor(tensor) => parts(tensor, |value| value),
            Value::Int32Tensor(tensor) => parts(tensor, |value| value as f32),
            Value::Int8Tensor(tensor) => parts(tensor, f32::from),
            Value::UInt8Tensor(tensor) => parts(tensor, f32::from),
            _ => return Err(self.failed(&format!("output {name} is no tensor"))),
        };
        Ok(OutputTensor { name: name.to_owned(), shape, data })
    }

    #[cold]
    fn failed(&self, why: &str) -> Error {
        Error::new(ErrorKind::Config, format!("running {}: {why}", self.path.display()))
    }
}

fn input_shape(model: &Model, name: &str, wanted: Option<[usize; 3]>) -> Result<[usize; 3]> {
    let Some(shape) = model.input_shape(0) else {
        return wanted.ok_or_else(|| open_size(name, "unknown"));
    };
    let size = |dim: &Dimension| match dim {
        Dimension::Fixed(size) => size.to_string(),
        Dimension::Symbolic(name) => name.clone(),
    };
    let shown: Vec<_> = shape.iter().map(size).collect();
    let shown = format!("[{}]", shown.join(", "));
    let [batch, dims @ ..] = shape.as_slice() else { return Err(rank(name, &shown)) };
    let dims: &[Dimension; 3] = dims.try_into().map_err(|_| rank(name, &shown))?;
    if matches!(batch, Dimension::Fixed(batch) if *batch != 1) {
        let message = format!("input {name} is {shown}, its batch must be 1 or open; export it that way");
        return Err(Error::unsupported(message));
    }
    let mut fixed = [0; 3];
    for (axis, dim) in dims.iter().enumerate() {
        fixed[axis] = match (dim, wanted) {
            (Dimension::Fixed(size), Some(wanted)) if *size != wanted[axis] => {
                let message =
                    format!("input {name} is {shown}, infer-dims says {wanted:?}; remove or correct it");
                return Err(Error::new(ErrorKind::Config, message));
            }
            (Dimension::Fixed(size), _) => *size,
            (Dimension::Symbolic(_), Some(wanted)) => wanted[axis],
            (Dimension::Symbolic(_), None) => return Err(open_size(name, &shown)),
        };
    }
    if !matches!(fixed[0], 1 | 3) {
        let message = format!("input {name} is {shown}, it must be [1, 3 or 1 planes, height, width] (NCHW)");
        return Err(Error::unsupported(message));
    }
    Ok(fixed)
}

#[cold]
fn rank(name: &str, shown: &str) -> Error {
    let message = format!("input {name} is {shown}, it must have 4 dimensions: batch, planes, height, width");
    Error::unsupported(message)
}

#[cold]
fn open_size(name: &str, shown: &str) -> Error {
    let message = format!("the size of input {name} is open ({shown}); add infer-dims=channels;height;width");
    Error::new(ErrorKind::Config, message)
}
