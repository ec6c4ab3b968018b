//! Output tensors of nvinfer (`output-tensor-meta=1`).

use std::ffi::c_void;
use std::ptr;

use half::f16;
use ndarray::{ArrayViewD, IxDyn};

use super::element::{DataType, TensorData, TensorElement};
use super::tensor_output::{TensorLayer, TensorOutput};
use super::view::{View, bounded, broken, slice, string};
use crate::meta::UserMeta;
use crate::sys::*;
use crate::{Error, ErrorKind, Result};

/// More output layers than any network has.
const MAX_LAYERS: usize = 4096;

/// `NvDsInferTensorMeta`: the output layers of a network for one frame or object. The batch stays locked, and nothing
/// can be removed from it, while this exists.
#[derive(Debug)]
pub struct TensorMeta<'b> {
    view: View<'b>,
    raw: NvDsInferTensorMeta,
}

impl<'b> TensorMeta<'b> {
    pub(super) fn of(user: UserMeta<'b>) -> Result<Option<Self>> {
        let Some(view) = View::of(user, UserMetaKind::TensorOutput)? else { return Ok(None) };
        // SAFETY: payloads of this type start with this struct in every version.
        let raw: NvDsInferTensorMeta = unsafe { view.read() };
        bounded(raw.num_output_layers, MAX_LAYERS, "num_output_layers")?;
        Ok(Some(Self { view, raw }))
    }

    /// `gie-unique-id` of the nvinfer.
    #[must_use]
    pub fn unique_id(&self) -> u32 {
        self.raw.unique_id
    }

    /// Output layers.
    #[must_use]
    pub fn num_output_layers(&self) -> usize {
        self.raw.num_output_layers as usize
    }

    /// GPU that has the device copies.
    #[must_use]
    pub fn gpu_id(&self) -> i32 {
        self.raw.gpu_id
    }

    /// Width, height and channels of the network's input.
    #[must_use]
    pub fn network_info(&self) -> (u32, u32, u32) {
        let info = self.raw.network_info;
        (info.width, info.height, info.channels)
    }

    /// Whether the picture kept its aspect ratio; `None` in 6.0, and where the version is not known.
    #[must_use]
    pub fn maintain_aspect_ratio(&self) -> Option<bool> {
        self.flag("maintain_aspect_ratio")
    }

    /// Whether it was padded on both sides; `None` before 7.1, and where the version is not known.
    #[must_use]
    pub fn symmetric_padding(&self) -> Option<bool> {
        self.flag("symmetric_padding")
    }

    fn flag(&self, name: &str) -> Option<bool> {
        let offset = TENSOR_META.known_offset(self.view.versions, name);
        // SAFETY: a gboolean that all versions in question have at this place.
        unsafe { self.view.at::<i32>(offset) }.map(|flag| flag != 0)
    }

    /// A layer by index.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] for an index that is too large, [`ErrorKind::Abi`] for a description that cannot
    /// be true (NULL, more than 8 dimensions, a wrong product).
    pub fn layer(&self, index: usize) -> Result<Layer<'_>> {
        let count = self.num_output_layers();
        if index >= count {
            return Err(Error::invalid(format!(
                "layer {index} is asked for, the network has {count} outputs"
            )));
        }
        // SAFETY: one entry per layer; all are numbers and pointers, and live as long as the payload.
        let infos = unsafe { slice(self.raw.output_layers_info.cast_const(), count, "output_layers_info") }?;
        let info = infos[index];
        // SAFETY: NULL, or an array of one pointer per layer.
        let host = unsafe { pointer(self.raw.out_buf_ptrs_host, index) };
        // SAFETY: as above.
        let device = unsafe { pointer(self.raw.out_buf_ptrs_dev, index) };
        let host = if host.is_null() { info.buffer } else { host };
        Layer::new(info, host, device)
    }

    /// All layers.
    ///
    /// # Errors
    /// As [`layer`](Self::layer), for the first layer that is wrong.
    pub fn layers(&self) -> Result<Vec<Layer<'_>>> {
        (0..self.num_output_layers()).map(|i| self.layer(i)).collect()
    }

    /// A layer by name.
    ///
    /// # Errors
    /// As [`layer`](Self::layer); [`ErrorKind::InvalidArgument`] lists the names when there is none of this one.
    pub fn layer_named(&self, name: &str) -> Result<Layer<'_>> {
        let layers = self.layers()?;
        let names: Vec<String> = layers.iter().map(|l| l.name().to_owned()).collect();
        layers.into_iter().find(|l| l.name() == name).ok_or_else(|| {
            Error::invalid(format!("no layer is called \"{name}\"; the network has {}", names.join(", ")))
        })
    }

    /// A copy that owns its layers. Layers without a host copy are an error.
    ///
    /// # Errors
    /// As [`Layer::as_array`].
    pub fn to_owned(&self) -> Result<TensorOutput> {
        let layers = self.layers()?.iter().map(Layer::to_owned).collect::<Result<_>>()?;
        Ok(TensorOutput {
            unique_id: self.unique_id(),
            network_info: self.network_info(),
            gpu_id: self.gpu_id(),
            maintain_aspect_ratio: self.maintain_aspect_ratio().unwrap_or(false),
            symmetric_padding: self.symmetric_padding().unwrap_or(false),
            layers,
        })
    }
}

/// # Safety
/// `array` is NULL or has more than `index` pointers.
unsafe fn pointer(array: *mut *mut c_void, index: usize) -> *mut c_void {
    // SAFETY: not NULL and long enough by the caller's word.
    if array.is_null() { ptr::null_mut() } else { unsafe { array.add(index).read() } }
}

/// An output layer.
#[derive(Debug)]
pub struct Layer<'v> {
    name: String,
    dims: Vec<usize>,
    info: NvDsInferLayerInfo,
    host: *const c_void,
    device: *const c_void,
    borrow: std::marker::PhantomData<&'v ()>,
}

impl<'v> Layer<'v> {
    fn new(info: NvDsInferLayerInfo, host: *const c_void, device: *const c_void) -> Result<Self> {
        // SAFETY: NULL or the engine's name of the layer.
        let name = unsafe { string(info.layerName) }.unwrap_or_default();
        let rank =
            bounded(info.inferDims.numDims, NVDSINFER_MAX_DIMS, &format!("numDims of layer \"{name}\""))?;
        let dims: Vec<usize> = info.inferDims.d[..rank].iter().map(|&d| d as usize).collect();
        let product = dims.iter().try_fold(1_usize, |n, &d| n.checked_mul(d));
        if product != Some(info.inferDims.numElements as usize) {
            return Err(broken(format!(
                "layer \"{name}\" says that it has {} elements, but its shape is {dims:?}",
                info.inferDims.numElements
            )));
        }
        Ok(Self { name, dims, info, host, device, borrow: std::marker::PhantomData })
    }

    /// Name; empty where there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Shape, without the batch.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// Type of the elements.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        self.info.dataType.into()
    }

    /// Address in device memory; NULL where there is none.
    #[must_use]
    pub fn device_ptr(&self) -> *const c_void {
        self.device
    }

    /// The values, row-major, without a copy.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] when the elements are not `T`, [`ErrorKind::Residency`] when there is no host
    /// copy, [`ErrorKind::Abi`] when the address or size cannot be right.
    pub fn as_array<T: TensorElement>(&self) -> Result<ArrayViewD<'v, T>> {
        if self.info.dataType != T::NUMBER {
            return Err(Error::invalid(format!(
                "layer \"{}\" has elements of {:?}, not {:?}",
                self.name,
                self.data_type(),
                DataType::from(T::NUMBER)
            )));
        }
        if self.host.is_null() && self.info.inferDims.numElements > 0 {
            return Err(Error::new(
                ErrorKind::Residency,
                format!(
                    "layer \"{}\" has no copy in host memory; leave disable-output-host-copy of nvinfer at 0, or use \
                     device_ptr()",
                    self.name
                ),
            ));
        }
        let what = format!("layer \"{}\"", self.name);
        // SAFETY: nvinfer's buffer of this shape and type; all bit patterns are values of T.
        let values =
            unsafe { slice(self.host.cast::<T>(), self.info.inferDims.numElements as usize, &what) }?;
        ArrayViewD::from_shape(IxDyn(&self.dims), values).map_err(|e| broken(format!("{what}: {e}")))
    }

    /// A copy.
    ///
    /// # Errors
    /// As [`as_array`](Self::as_array).
    pub fn to_owned(&self) -> Result<TensorLayer> {
        fn copy<T: TensorElement>(layer: &Layer<'_>) -> Result<TensorData> {
            Ok(T::wrap(layer.as_array::<T>()?.to_owned()))
        }
        let data = match self.data_type() {
            DataType::F32 => copy::<f32>(self),
            DataType::F16 => copy::<f16>(self),
            DataType::I8 => copy::<i8>(self),
            DataType::I32 => copy::<i32>(self),
            DataType::I64 => copy::<i64>(self),
            DataType::U8 => copy::<u8>(self),
            DataType::Unknown(n) => {
                Err(Error::unsupported(format!("layer \"{}\" has data type {n}", self.name)))
            }
        }?;
        Ok(TensorLayer { name: self.name.clone(), data })
    }
}
