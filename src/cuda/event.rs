use std::fmt;

use cudarc::driver::{CudaStream, sys};

use super::driver::call;
use super::{Device, Stream};
use crate::error::Result;

/// A point in a stream's work that can be waited for, and measured from.
pub struct Event {
    raw: sys::CUevent,
    device: Device,
}

// SAFETY: the event is owned, and the driver's calls on it may come from any thread.
unsafe impl Send for Event {}
// SAFETY: as above.
unsafe impl Sync for Event {}

impl Event {
    pub(super) fn new(device: &Device, timing: bool) -> Result<Self> {
        let _bound = device.bind()?;
        let mut raw = std::ptr::null_mut();
        // 2: no timing. SAFETY: `raw` outlives the call.
        unsafe { call!(cuEventCreate(&raw mut raw, if timing { 0 } else { 2 }), "an event") }?;
        Ok(Self { raw, device: device.clone() })
    }

    pub(super) fn raw(&self) -> sys::CUevent {
        self.raw
    }

    /// Stands from now on for what was handed to `stream` so far.
    ///
    /// # Errors
    /// When the stream is another GPU's.
    pub fn record(&self, stream: &Stream) -> Result<()> {
        self.record_raw(stream.raw())
    }

    pub(super) fn record_raw(&self, stream: &CudaStream) -> Result<()> {
        let _bound = self.device.bind()?;
        // SAFETY: both are alive.
        unsafe { call!(cuEventRecord(self.raw, stream.cu_stream()), "an event of GPU {}", self.device.gpu()) }
    }

    /// Waits until what it stands for is done.
    ///
    /// # Errors
    /// When some of that failed.
    pub fn synchronize(&self) -> Result<()> {
        let _bound = self.device.bind()?;
        // SAFETY: the event is alive.
        unsafe { call!(cuEventSynchronize(self.raw), "an event") }
    }

    /// Whether what it stands for is done.
    ///
    /// # Errors
    /// When some of that failed.
    pub fn is_done(&self) -> Result<bool> {
        let _bound = self.device.bind()?;
        // SAFETY: the event is alive.
        match unsafe { sys::cuEventQuery(self.raw) } {
            sys::CUresult::CUDA_SUCCESS => Ok(true),
            sys::CUresult::CUDA_ERROR_NOT_READY => Ok(false),
            code => Err(super::driver::failure("cuEventQuery", "an event", code)),
        }
    }

    /// Microseconds of the GPU's time from here to `end`, both made with timing and done.
    ///
    /// # Errors
    /// When one of them is not.
    pub fn elapsed_us(&self, end: &Event) -> Result<f64> {
        let _bound = self.device.bind()?;
        let mut ms = 0f32;
        // SAFETY: both are alive, and `ms` outlives the call.
        unsafe { call!(cuEventElapsedTime(&raw mut ms, self.raw, end.raw), "two events") }?;
        Ok(f64::from(ms) * 1000.0)
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if let Ok(_bound) = self.device.bind() {
            // SAFETY: the event is owned; the driver keeps it until work that uses it is done.
            let _ = unsafe { sys::cuEventDestroy_v2(self.raw) };
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event(GPU {})", self.device.gpu())
    }
}
