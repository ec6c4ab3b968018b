use std::sync::Arc;

use cudarc::driver::{CudaStream, DevicePtr, DevicePtrMut, DeviceSlice, SyncOnDrop, sys};

use super::Stream;
use crate::error::Result;
use crate::frame::{DevicePlane, DeviceViewMut};

/// A borrowed plane as cudarc takes it: for its copies, and for kernels of your own. It never frees.
///
/// cudarc's traits ask for the stream that the memory is ordered by, which a [`DevicePlane`] has none of; so a plane is
/// bound to one by [`Stream::plane`]. Its length counts the bytes between the first and the last pixel, padding of
/// the rows included.
#[derive(Debug)]
pub struct CudaPlane<'a> {
    plane: DevicePlane<'a>,
    stream: &'a Stream,
}

/// A borrowed plane to be written; see [`CudaPlane`].
#[derive(Debug)]
pub struct CudaPlaneMut<'a>(CudaPlane<'a>);

impl Stream {
    /// Binds `plane` to this stream, after what other streams do on it.
    ///
    /// # Errors
    /// `Residency` for another GPU's memory; when the driver refuses.
    pub fn plane<'a>(&'a self, plane: DevicePlane<'a>) -> Result<CudaPlane<'a>> {
        self.check_gpu("the plane", plane.gpu())?;
        self.enter(&[plane.pending()])?;
        Ok(CudaPlane { plane, stream: self })
    }

    /// Binds plane `index` of `view` to this stream, to be written.
    ///
    /// # Errors
    /// As [`plane`](Self::plane).
    ///
    /// # Panics
    /// When `index` is not below the format's number of planes.
    pub fn plane_mut<'a>(
        &'a self,
        view: &'a mut DeviceViewMut<'_>,
        index: usize,
    ) -> Result<CudaPlaneMut<'a>> {
        self.plane(view.as_view().plane(index)).map(CudaPlaneMut)
    }
}

impl CudaPlane<'_> {
    /// Bytes from a row to the next.
    #[must_use]
    pub fn pitch(&self) -> usize {
        self.plane.pitch()
    }

    /// Another stream waits for ours before, and is waited for after: it is noted nowhere.
    fn ptr_for<'s>(&'s self, stream: &'s CudaStream) -> (sys::CUdeviceptr, SyncOnDrop<'s>) {
        let own = self.stream.raw();
        if **own == *stream {
            return (self.plane.address(), SyncOnDrop::Sync(None));
        }
        stream.context().record_err(stream.join(own));
        (self.plane.address(), SyncOnDrop::sync_stream(stream))
    }
}

impl DeviceSlice<u8> for CudaPlane<'_> {
    fn len(&self) -> usize {
        self.plane.byte_len()
    }

    fn stream(&self) -> &Arc<CudaStream> {
        self.stream.raw()
    }
}

impl DevicePtr<u8> for CudaPlane<'_> {
    fn device_ptr<'s>(&'s self, stream: &'s CudaStream) -> (sys::CUdeviceptr, SyncOnDrop<'s>) {
        self.ptr_for(stream)
    }
}

impl CudaPlaneMut<'_> {
    /// Bytes from a row to the next.
    #[must_use]
    pub fn pitch(&self) -> usize {
        self.0.pitch()
    }
}

impl DeviceSlice<u8> for CudaPlaneMut<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn stream(&self) -> &Arc<CudaStream> {
        self.0.stream.raw()
    }
}

impl DevicePtr<u8> for CudaPlaneMut<'_> {
    fn device_ptr<'s>(&'s self, stream: &'s CudaStream) -> (sys::CUdeviceptr, SyncOnDrop<'s>) {
        self.0.ptr_for(stream)
    }
}

impl DevicePtrMut<u8> for CudaPlaneMut<'_> {
    fn device_ptr_mut<'s>(&'s mut self, stream: &'s CudaStream) -> (sys::CUdeviceptr, SyncOnDrop<'s>) {
        self.0.ptr_for(stream)
    }
}
