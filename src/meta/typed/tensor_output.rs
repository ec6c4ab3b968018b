//! Output tensors to attach.

use std::ffi::{CString, c_void};
use std::ptr;

use ndarray::ArrayD;

use super::attach::{self, CPayload, Words};
use super::element::{TensorData, TensorElement};
use crate::meta::{FrameMeta, ObjectMeta, UserMeta};
use crate::sys::*;
use crate::{Error, Result};

/// A layer to attach, or a copy of one.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorLayer {
    /// Name.
    pub name: String,
    /// Shape, type and values.
    pub data: TensorData,
}

impl TensorLayer {
    /// A layer of values.
    pub fn new<T: TensorElement>(name: impl Into<String>, values: ArrayD<T>) -> Self {
        Self { name: name.into(), data: T::wrap(values) }
    }
}

/// Output tensors to attach, or a copy of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TensorOutput {
    /// `gie-unique-id` of the network.
    pub unique_id: u32,
    /// Width, height and channels of its input.
    pub network_info: (u32, u32, u32),
    /// GPU.
    pub gpu_id: i32,
    /// The picture kept its aspect ratio.
    pub maintain_aspect_ratio: bool,
    /// It was padded on both sides.
    pub symmetric_padding: bool,
    /// The layers.
    pub layers: Vec<TensorLayer>,
}

/// Arrays of a payload.
#[allow(dead_code, reason = "the C struct points to them")]
pub(super) struct Parts {
    infos: Vec<NvDsInferLayerInfo>,
    host: Vec<*mut c_void>,
    device: Vec<*mut c_void>,
    names: Vec<CString>,
}

impl TensorOutput {
    fn check(mut self) -> Result<Self> {
        for layer in &mut self.layers {
            let shape = layer.data.shape();
            if shape.len() > NVDSINFER_MAX_DIMS || shape.iter().any(|&d| u32::try_from(d).is_err()) {
                return Err(Error::invalid(format!(
                    "layer \"{}\" has the shape {shape:?}; a layer has at most {NVDSINFER_MAX_DIMS} dimensions of 32 bits",
                    layer.name
                )));
            }
            let count = shape.iter().try_fold(1_u32, |n, &d| n.checked_mul(d as u32));
            if count.is_none() {
                return Err(Error::invalid(format!("layer \"{}\" has more than 2^32 elements", layer.name)));
            }
            layer.data.make_row_major();
        }
        Ok(self)
    }
}

impl CPayload for TensorOutput {
    type C = Words<9>;
    type Parts = Parts;

    fn kind(&self) -> UserMetaKind {
        UserMetaKind::TensorOutput
    }

    fn parts(&self, _versions: VersionRange) -> Result<Parts> {
        let text = |layer: &TensorLayer| {
            CString::new(layer.name.as_str())
                .map_err(|_| Error::invalid(format!("{:?} has a NUL in it", layer.name)))
        };
        let names = self.layers.iter().map(text).collect::<Result<Vec<_>>>()?;
        let info = |(index, (layer, name)): (usize, (&TensorLayer, &CString))| {
            let shape = layer.data.shape();
            let mut d = [0; NVDSINFER_MAX_DIMS];
            d.iter_mut().zip(shape).for_each(|(to, &from)| *to = from as u32);
            NvDsInferLayerInfo {
                dataType: layer.data.number(),
                inferDims: NvDsInferDims {
                    numDims: shape.len() as u32,
                    d,
                    numElements: shape.iter().map(|&d| d as u32).product(),
                },
                bindingIndex: index as i32,
                layerName: name.as_ptr(),
                buffer: layer.data.address(),
                isInput: 0,
            }
        };
        Ok(Parts {
            infos: self.layers.iter().zip(&names).enumerate().map(info).collect(),
            host: self.layers.iter().map(|l| l.data.address()).collect(),
            device: vec![ptr::null_mut(); self.layers.len()],
            names,
        })
    }

    fn c(&self, parts: &Parts) -> Words<9> {
        let (width, height, channels) = self.network_info;
        // The two flags lie where 6.0 to 7.0 have padding or nothing.
        Words::ZERO
            .put(
                0,
                NvDsInferTensorMeta {
                    unique_id: self.unique_id,
                    num_output_layers: self.layers.len() as u32,
                    output_layers_info: parts.infos.as_ptr().cast_mut(),
                    out_buf_ptrs_host: parts.host.as_ptr().cast_mut(),
                    out_buf_ptrs_dev: parts.device.as_ptr().cast_mut(),
                    gpu_id: self.gpu_id,
                    priv_data: ptr::null_mut(),
                    network_info: NvDsInferNetworkInfo { width, height, channels },
                },
            )
            .put(60, i32::from(self.maintain_aspect_ratio))
            .put(64, i32::from(self.symmetric_padding))
    }
}

macro_rules! add {
    ($($name:ident)*) => {
        $(impl<'b> $name<'b> {
            /// Attaches output tensors as nvinfer does (`NVDSINFER_TENSOR_OUTPUT_META`).
            ///
            /// # Errors
            /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for more than 8 dimensions, 2^32 elements, or a name with a NUL.
            pub fn add_tensor_output(&self, output: TensorOutput) -> Result<UserMeta<'b>> {
                attach::attach(*self, output.check()?)
            }
        })*
    };
}

add!(FrameMeta ObjectMeta);
