//! DLPack: a tensor's description in C, by which PyTorch, CuPy, JAX and others take over memory without a copy.
//! The structures are those of dlpack.h 1.0; version 0.8 has the same but for the header of the versioned one.

use std::any::Any;
use std::ffi::c_void;
use std::ptr::NonNull;

/// `kDLCUDA`.
const CUDA: i32 = 2;

/// `DLDevice`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DlDevice {
    /// `DLDeviceType`; 2 is CUDA.
    pub device_type: i32,
    /// The GPU's number.
    pub device_id: i32,
}

/// `DLDataType`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DlDataType {
    /// `DLDataTypeCode`: 0 signed, 1 unsigned, 2 float.
    pub code: u8,
    /// Bits of a lane.
    pub bits: u8,
    /// 1 for plain numbers.
    pub lanes: u16,
}

/// `DLTensor`.
#[repr(C)]
#[derive(Debug)]
pub struct DlTensor {
    /// Device address of the memory.
    pub data: *mut c_void,
    /// Where it is.
    pub device: DlDevice,
    /// Number of dimensions.
    pub ndim: i32,
    /// Element type.
    pub dtype: DlDataType,
    /// `ndim` sizes.
    pub shape: *mut i64,
    /// `ndim` distances, in elements.
    pub strides: *mut i64,
    /// From `data` to the first element.
    pub byte_offset: u64,
}

/// `DLManagedTensor`: what a capsule named `dltensor` holds.
#[repr(C)]
#[derive(Debug)]
pub struct DlManagedTensor {
    /// The tensor.
    pub dl_tensor: DlTensor,
    /// Ours.
    pub manager_ctx: *mut c_void,
    /// Called once by whoever took the tensor over, when it is done with it.
    pub deleter: Option<unsafe extern "C" fn(*mut Self)>,
}

/// `DLManagedTensorVersioned`: what a capsule named `dltensor_versioned` holds.
#[repr(C)]
#[derive(Debug)]
pub struct DlManagedTensorVersioned {
    /// `DLPackVersion`: major and minor.
    pub version: [u32; 2],
    /// Ours.
    pub manager_ctx: *mut c_void,
    /// Called once by whoever took the tensor over, when it is done with it.
    pub deleter: Option<unsafe extern "C" fn(*mut Self)>,
    /// Bit 0: read only; bit 1: a copy.
    pub flags: u64,
    /// The tensor.
    pub dl_tensor: DlTensor,
}

/// Both forms can be made of the same parts, and freed alike.
pub(super) trait Managed: Sized {
    fn new(tensor: DlTensor, context: *mut c_void) -> Self;
    fn context(&self) -> *mut c_void;
    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Self)>;
}

impl Managed for DlManagedTensor {
    fn new(dl_tensor: DlTensor, manager_ctx: *mut c_void) -> Self {
        Self { dl_tensor, manager_ctx, deleter: Some(delete::<Self>) }
    }

    fn context(&self) -> *mut c_void {
        self.manager_ctx
    }

    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Self)> {
        self.deleter
    }
}

impl Managed for DlManagedTensorVersioned {
    fn new(dl_tensor: DlTensor, manager_ctx: *mut c_void) -> Self {
        Self { version: [1, 0], manager_ctx, deleter: Some(delete::<Self>), flags: 0, dl_tensor }
    }

    fn context(&self) -> *mut c_void {
        self.manager_ctx
    }

    fn deleter(&self) -> Option<unsafe extern "C" fn(*mut Self)> {
        self.deleter
    }
}

/// What `manager_ctx` points to.
struct Owner {
    shape: Vec<i64>,
    strides: Vec<i64>,
    /// Dropped last: the memory.
    _memory: Box<dyn Any + Send>,
}

/// A tensor that waits to be taken over, by [`into_raw`](Self::into_raw); dropped, it frees the memory itself.
///
/// `T` is [`DlManagedTensor`] or [`DlManagedTensorVersioned`].
#[derive(Debug)]
#[allow(private_bounds, reason = "the two forms of dlpack.h, and no others")]
pub struct Dlpack<T: Managed>(NonNull<T>);

// SAFETY: the structure and the memory behind it are owned, and the memory is `Send`.
unsafe impl<T: Managed> Send for Dlpack<T> {}

#[allow(private_bounds, reason = "as above")]
impl<T: Managed> Dlpack<T> {
    /// Over memory at device address `data` of GPU `gpu`, which `memory` keeps.
    pub(super) fn new(
        data: u64,
        gpu: u32,
        dtype: DlDataType,
        shape: Vec<i64>,
        strides: Vec<i64>,
        memory: Box<dyn Any + Send>,
    ) -> Self {
        let ndim = shape.len() as i32;
        let owner = Box::into_raw(Box::new(Owner { shape, strides, _memory: memory }));
        // SAFETY: made on the line above, and nobody else has it yet.
        let (shape, strides) = unsafe { ((*owner).shape.as_mut_ptr(), (*owner).strides.as_mut_ptr()) };
        let tensor = DlTensor {
            data: std::ptr::without_provenance_mut(data as usize),
            device: DlDevice { device_type: CUDA, device_id: gpu as i32 },
            ndim,
            dtype,
            shape,
            strides,
            byte_offset: 0,
        };
        Self(NonNull::from(Box::leak(Box::new(T::new(tensor, owner.cast())))))
    }

    /// The structure, for a capsule; whoever gets it calls its `deleter` once.
    #[must_use]
    pub fn into_raw(self) -> *mut T {
        std::mem::ManuallyDrop::new(self).0.as_ptr()
    }

    /// The structure, while it is still ours.
    #[must_use]
    pub fn managed(&self) -> &T {
        // SAFETY: made by `new` and owned until `into_raw`.
        unsafe { self.0.as_ref() }
    }
}

impl<T: Managed> Drop for Dlpack<T> {
    fn drop(&mut self) {
        if let Some(delete) = self.managed().deleter() {
            // SAFETY: the structure was not handed on, so the deleter has not been called.
            unsafe { delete(self.0.as_ptr()) };
        }
    }
}

/// Frees the structure, and what it keeps.
///
/// # Safety
/// `managed` came from [`Dlpack::into_raw`], and this is the first call for it.
unsafe extern "C" fn delete<T: Managed>(managed: *mut T) {
    if managed.is_null() {
        return;
    }
    // Nothing unwinds through C; a drop that panicked has been told of by the panic hook.
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // SAFETY: `new` made both with `Box`, and the caller promises that nobody freed them.
        let managed = unsafe { Box::from_raw(managed) };
        // SAFETY: as above.
        drop(unsafe { Box::from_raw(managed.context().cast::<Owner>()) });
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};
    use std::sync::Arc;

    /// As a C compiler lays out dlpack.h 1.0 on a 64-bit machine.
    #[test]
    fn layouts_are_those_of_the_header() {
        assert_eq!((size_of::<DlDevice>(), size_of::<DlDataType>()), (8, 4));
        let tensor = [
            offset_of!(DlTensor, data),
            offset_of!(DlTensor, device),
            offset_of!(DlTensor, ndim),
            offset_of!(DlTensor, dtype),
            offset_of!(DlTensor, shape),
            offset_of!(DlTensor, strides),
            offset_of!(DlTensor, byte_offset),
            size_of::<DlTensor>(),
        ];
        assert_eq!(tensor, [0, 8, 16, 20, 24, 32, 40, 48]);
        let managed = [
            offset_of!(DlManagedTensor, manager_ctx),
            offset_of!(DlManagedTensor, deleter),
            size_of::<DlManagedTensor>(),
        ];
        assert_eq!(managed, [48, 56, 64]);
        let versioned = [
            offset_of!(DlManagedTensorVersioned, version),
            offset_of!(DlManagedTensorVersioned, manager_ctx),
            offset_of!(DlManagedTensorVersioned, deleter),
            offset_of!(DlManagedTensorVersioned, flags),
            offset_of!(DlManagedTensorVersioned, dl_tensor),
            size_of::<DlManagedTensorVersioned>(),
        ];
        assert_eq!(versioned, [0, 8, 16, 24, 32, 80]);
    }

    fn capsule<T: Managed>(memory: &Arc<()>) -> Dlpack<T> {
        let half = DlDataType { code: 2, bits: 16, lanes: 1 };
        Dlpack::new(0x7000, 1, half, vec![2, 3], vec![3, 1], Box::new(Arc::clone(memory)))
    }

    #[test]
    fn the_memory_is_kept_until_the_taker_is_done() {
        let memory = Arc::new(());
        let raw = capsule::<DlManagedTensor>(&memory).into_raw();
        assert_eq!(Arc::strong_count(&memory), 2);
        // SAFETY: taken over from the capsule above; the shape has ndim numbers.
        unsafe {
            let tensor = &(*raw).dl_tensor;
            assert_eq!((tensor.data.addr(), tensor.ndim, tensor.byte_offset), (0x7000, 2, 0));
            assert_eq!(tensor.device, DlDevice { device_type: 2, device_id: 1 });
            assert_eq!(std::slice::from_raw_parts(tensor.shape, 2), [2, 3]);
            assert_eq!(std::slice::from_raw_parts(tensor.strides, 2), [3, 1]);
            (*raw).deleter.unwrap()(raw);
        }
        assert_eq!(Arc::strong_count(&memory), 1);
    }

    #[test]
    fn a_capsule_that_nobody_takes_frees_itself() {
        let memory = Arc::new(());
        let versioned = capsule::<DlManagedTensorVersioned>(&memory);
        assert_eq!((versioned.managed().version, versioned.managed().flags), ([1, 0], 0));
        drop(versioned);
        assert_eq!(Arc::strong_count(&memory), 1);
    }
}
