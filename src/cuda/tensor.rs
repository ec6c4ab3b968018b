use std::fmt;

use cudarc::driver::{CudaSlice, CudaView};

use super::Stream;
use super::dlpack::{DlDataType, DlManagedTensor, DlManagedTensorVersioned, Dlpack, Managed};
use super::memory::DeviceMemory;
use crate::error::{Error, ErrorKind, Result};
use crate::frame::Pending;

/// Element type of a [`DeviceTensor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// Unsigned bytes.
    U8,
    /// Signed 16-bit integers.
    I16,
    /// IEEE 754 binary16.
    F16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl DType {
    /// Bytes of an element.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 | Self::F16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn dlpack(self) -> DlDataType {
        let (code, bits) = match self {
            Self::U8 => (1, 8),
            Self::I16 => (0, 16),
            Self::F16 => (2, 16),
            Self::F32 => (2, 32),
            Self::F64 => (2, 64),
        };
        DlDataType { code, bits, lanes: 1 }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that is the element of a [`DeviceTensor`].
pub trait Element: sealed::Sealed + Copy {
    /// Its name here.
    const DTYPE: DType;
}

macro_rules! element {
    ($($type:ty => $dtype:ident),*) => {$(
        impl sealed::Sealed for $type {}
        impl Element for $type {
            const DTYPE: DType = DType::$dtype;
        }
    )*};
}
element!(u8 => U8, i16 => I16, half::f16 => F16, f32 => F32, f64 => F64);

/// Numbers in GPU memory of our own, from the device's pool: what operations hand to networks.
///
/// It goes on as cudarc's slice ([`as_cudarc`](Self::as_cudarc), [`into_cudarc`](Self::into_cudarc)) or as a DLPack
/// capsule ([`into_dlpack`](Self::into_dlpack)), without a copy. Dropped, here or by whoever took it over, its memory
/// returns to the pool.
pub struct DeviceTensor {
    memory: DeviceMemory,
    shape: Vec<usize>,
    strides: Vec<usize>,
    dtype: DType,
}

/// Distances in elements of a packed tensor, last dimension fastest, and the number of elements.
fn packed(shape: &[usize]) -> Option<(Vec<usize>, usize)> {
    let mut strides = vec![0; shape.len()];
    let mut count = 1usize;
    for (stride, size) in strides.iter_mut().zip(shape).rev() {
        *stride = count;
        // An empty dimension leaves the others' distances as they would be.
        count = count.checked_mul((*size).max(1))?;
    }
    i64::try_from(count).ok()?;
    Some((strides, if shape.contains(&0) { 0 } else { count }))
}

impl Stream {
    /// A packed tensor of unspecified content, for this stream's work first.
    ///
    /// # Errors
    /// When there is not enough memory, or the shape has no size in bytes.
    pub fn tensor(&self, shape: &[usize], dtype: DType) -> Result<DeviceTensor> {
        let sized =
            packed(shape).and_then(|(strides, count)| Some((strides, count.checked_mul(dtype.size())?)));
        let Some((strides, bytes)) = sized else {
            return Err(Error::invalid(format!("a tensor of shape {shape:?} has no size in bytes")));
        };
        let memory = DeviceMemory::take(self, bytes)?;
        Ok(DeviceTensor { memory, shape: shape.to_vec(), strides, dtype })
    }
}

impl DeviceTensor {
    /// Size of each dimension.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Distance in elements from one to the next in each dimension.
    #[must_use]
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// Element type.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Device address of the first element.
    #[must_use]
    pub fn address(&self) -> u64 {
        self.memory.address()
    }

    /// The stream that the memory was taken for.
    #[must_use]
    pub fn stream(&self) -> &Stream {
        self.memory.stream()
    }

    /// What is under way on the memory.
    #[must_use]
    pub fn pending(&self) -> &Pending {
        self.memory.pending()
    }

    /// cudarc's view of the elements; waits for what was handed over so far. What cudarc does with it is waited for
    /// before the memory is used again.
    ///
    /// # Errors
    /// `InvalidArgument` when `T` is another element type; `Cuda` when the work before failed.
    pub fn as_cudarc<T: Element>(&self) -> Result<CudaView<'_, T>> {
        self.check::<T>()?;
        let slice = self.memory.slice()?;
        // SAFETY: the allocation has at least `len` elements of T, which any bytes are values of, at the alignment of
        // every CUDA allocation.
        unsafe { slice.transmute::<T>(self.len()) }.ok_or_else(too_short)
    }

    /// The memory as cudarc's slice, which frees it: it does not return to the pool. Waits for what was handed over
    /// so far.
    ///
    /// # Errors
    /// As [`as_cudarc`](Self::as_cudarc).
    pub fn into_cudarc<T: Element>(self) -> Result<CudaSlice<T>> {
        self.check::<T>()?;
        let len = self.len();
        let slice = self.memory.into_slice()?;
        let stream = slice.stream().clone();
        let address = slice.leak();
        // SAFETY: the address was allocated by this stream, with at least `len` elements of T, and is given up by the
        // slice that owned it.
        Ok(unsafe { stream.upgrade_device_ptr::<T>(address, len) })
    }

    /// A DLPack capsule over the memory. Waits for what was handed over so far, so that it may be used on any stream;
    /// when the taker is done with it, the whole GPU is waited for before the memory is used again.
    ///
    /// # Errors
    /// `Cuda` when that work failed.
    pub fn into_dlpack(self) -> Result<Dlpack<DlManagedTensor>> {
        self.memory.pending().wait()?;
        self.memory.lend_abroad();
        Ok(self.capsule())
    }

    /// As [`into_dlpack`](Self::into_dlpack), in the form that DLPack 1.0 introduced.
    ///
    /// # Errors
    /// As there.
    pub fn into_dlpack_versioned(self) -> Result<Dlpack<DlManagedTensorVersioned>> {
        self.memory.pending().wait()?;
        self.memory.lend_abroad();
        Ok(self.capsule())
    }

    /// As [`into_dlpack`](Self::into_dlpack) without waiting: `reader`, the stream that the taker named and works on,
    /// waits on the GPU.
    ///
    /// # Errors
    /// When the driver refuses.
    pub fn into_dlpack_for(self, reader: &Stream) -> Result<Dlpack<DlManagedTensor>> {
        reader.enter(&[self.pending()])?;
        Ok(self.capsule())
    }

    fn capsule<T: Managed>(self) -> Dlpack<T> {
        // Each fits: `packed` checked that their product does.
        let [shape, strides] =
            [&self.shape, &self.strides].map(|list| list.iter().map(|v| *v as i64).collect());
        let (data, gpu, dtype) = (self.address(), self.stream().device().gpu(), self.dtype.dlpack());
        Dlpack::new(data, gpu, dtype, shape, strides, Box::new(self.memory))
    }

    fn check<T: Element>(&self) -> Result<()> {
        if T::DTYPE == self.dtype {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the tensor's elements are {:?}, {:?} was asked for",
            self.dtype,
            T::DTYPE
        )))
    }
}

#[cold]
fn too_short() -> Error {
    Error::new(ErrorKind::Cuda, "the tensor's memory is shorter than its shape")
}

impl fmt::Debug for DeviceTensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceTensor({:?} {:?}, {} bytes)", self.shape, self.dtype, self.memory.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_are_those_of_numpy_in_elements() {
        assert_eq!(packed(&[64, 3, 256, 128]), Some((vec![98_304, 32_768, 128, 1], 6_291_456)));
        assert_eq!(packed(&[]), Some((vec![], 1)));
        assert_eq!(packed(&[4, 0, 2]), Some((vec![2, 2, 1], 0)));
        assert_eq!(packed(&[usize::MAX, 2]), None);
        assert_eq!(packed(&[1 << 40, 1 << 40]), None);
    }

    #[test]
    fn element_types_are_dlpacks() {
        assert_eq!(DType::F16.dlpack(), DlDataType { code: 2, bits: 16, lanes: 1 });
        assert_eq!(DType::I16.dlpack(), DlDataType { code: 0, bits: 16, lanes: 1 });
        assert_eq!((<f64 as Element>::DTYPE, DType::F64.size(), DType::I16.size()), (DType::F64, 8, 2));
        assert_eq!(DType::U8.dlpack(), DlDataType { code: 1, bits: 8, lanes: 1 });
        assert_eq!((<half::f16 as Element>::DTYPE, DType::F32.size()), (DType::F16, 4));
    }
}
