//! What Jetson's buffers need before the CPU touches them, and after.
//!
//! | when | call, for each plane | on failure |
//! |---|---|---|
//! | first guard of a surface | `NvBufSurfaceMap`, unless `mappedAddr` is set: then somebody else's map is used, and left | planes mapped so far are unmapped, the guard is not made |
//! | every guard | `NvBufSurfaceSyncForCpu` | the same |
//! | a write guard goes | `NvBufSurfaceSyncForDevice` | counted and logged, the rest goes on |
//! | the last guard goes | `NvBufSurfaceUnMap` for what was mapped here | counted and logged |
//!
//! Index and plane are always named. -1 would mean all: for `NvBufSurfaceMap` that is `batchSize` surfaces, also
//! those that a muxer never filled in. Neither is checked well by the library, so both are checked before.

use std::collections::HashMap;
use std::ffi::c_int;
use std::ptr::{self, NonNull};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use super::{SurfaceRef, counters};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::MAX_PLANES;
use crate::runtime::{SurfaceApi, SurfaceFn};
use crate::sys::{self, NvBufSurface, NvBufSurfaceParams};

/// Surfaces with a guard, by the address of their entry in `surfaceList`: guards of one entry share one map. The
/// library promises nothing for two threads on one surface, so calls for an entry are made under its lock.
static ENTRIES: LazyLock<Mutex<HashMap<usize, Arc<Mutex<Entry>>>>> = LazyLock::new(Mutex::default);

#[derive(Debug, Default)]
struct Entry {
    /// Guards alive.
    holders: usize,
    /// Planes that were mapped here, not by somebody else.
    ours: [bool; MAX_PLANES],
}

/// Access of the CPU to one surface, given up on drop.
#[derive(Debug)]
pub(super) struct Access {
    surface: *mut NvBufSurface,
    params: NonNull<NvBufSurfaceParams>,
    index: u32,
    planes: usize,
    writing: bool,
    api: SurfaceApi,
    entry: Arc<Mutex<Entry>>,
    open: bool,
}

// SAFETY: the pointers lead into a buffer that the guard's lifetime keeps alive; they are used for calls that
// belong to no thread, under the entry's lock.
unsafe impl Send for Access {}
// SAFETY: a shared reference only reads `mappedAddr`, which does not change while a guard is alive.
unsafe impl Sync for Access {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Access {
    /// Makes `planes` planes of `surface` the CPU's to read, and to write when `writing`.
    ///
    /// # Errors
    /// `Library` without `libnvbufsurface.so`, `Residency` when one of its calls fails; nothing stays mapped.
    pub(super) fn open(surface: &SurfaceRef<'_>, planes: usize, writing: bool) -> Result<Self> {
        let api = surface.api()?;
        let params = surface.entry();
        let entry = Arc::clone(lock(&ENTRIES).entry(params.addr().get()).or_default());
        let (index, batch) = (surface.index(), surface.batch_ptr());
        // Dropped on every way out from here: a failure gives back what was mapped before it.
        let mut access = Self { surface: batch, params, index, planes, writing, api, entry, open: false };
        let shared = Arc::clone(&access.entry);
        let mut shared = lock(&shared);
        let opened = access.map(&mut shared).and_then(|()| access.sync_for_cpu());
        match opened {
            Ok(()) => {
                shared.holders += 1;
                access.open = true;
                Ok(access)
            }
            Err(failure) => {
                if shared.holders == 0 {
                    access.unmap(&mut shared);
                }
                Err(access.refused(&failure, surface))
            }
        }
    }

    /// The first byte of `plane`, below the number of planes opened.
    pub(super) fn start(&self, plane: usize) -> *mut u8 {
        self.address(plane).cast()
    }

    /// `mappedAddr.addr[plane]`.
    fn address(&self, plane: usize) -> *mut std::ffi::c_void {
        // SAFETY: the entry belongs to the descriptor that the guard's batch keeps mapped; a field of its prefix
        // is read, without a reference to the rest.
        unsafe { (*self.params.as_ptr()).mappedAddr.addr[plane] }
    }

    fn call(&self, name: &str, function: SurfaceFn, plane: usize) -> Result<(), String> {
        // SAFETY: the surface is alive (see `address`), the index was checked against `numFilled` and the plane
        // against the descriptor's number of planes; the function is the C API's.
        match unsafe { function(self.surface, self.index as c_int, plane as c_int) } {
            0 => Ok(()),
            code => Err(format!("{name} of plane {plane} returned {code}")),
        }
    }

    fn map(&self, shared: &mut Entry) -> Result<(), String> {
        if shared.holders > 0 {
            return Ok(());
        }
        let flags = if self.writing { sys::NVBUF_MAP_READ_WRITE } else { sys::NVBUF_MAP_READ };
        // A map may be shared with a later writer, but not with one who comes while this guard lives.
        for plane in 0..self.planes {
            if !self.address(plane).is_null() {
                continue;
            }
            let (index, number) = (self.index as c_int, plane as c_int);
            // SAFETY: as in `call`.
            let code = unsafe { (self.api.map)(self.surface, index, number, flags) };
            if code != 0 {
                return Err(format!("NvBufSurfaceMap of plane {plane} returned {code}"));
            }
            shared.ours[plane] = true;
            counters::plane_mapped();
            if self.address(plane).is_null() {
                return Err(format!(
                    "NvBufSurfaceMap of plane {plane} succeeded, but its mappedAddr is NULL"
                ));
            }
        }
        Ok(())
    }

    fn sync_for_cpu(&self) -> Result<(), String> {
        (0..self.planes)
            .try_for_each(|plane| self.call("NvBufSurfaceSyncForCpu", self.api.sync_for_cpu, plane))
    }

    /// Unmaps what was mapped here; the first failure, each of which was counted and logged.
    fn unmap(&self, shared: &mut Entry) -> Option<String> {
        let mut first = None;
        for plane in (0..self.planes).filter(|plane| shared.ours[*plane]) {
            let address = self.address(plane);
            match self.call("NvBufSurfaceUnMap", self.api.unmap, plane) {
                Ok(()) => counters::plane_unmapped(),
                Err(failure) => first = first.or(Some(self.failed(failure))),
            }
            // The field was NULL before the map. Libraries that leave the old address there would make the next
            // guard take it for somebody else's map.
            if self.address(plane) == address {
                // SAFETY: as in `address`; the field is written while no other guard of the entry is alive.
                unsafe { (*self.params.as_ptr()).mappedAddr.addr[plane] = ptr::null_mut() };
            }
        }
        shared.ours = [false; MAX_PLANES];
        first
    }

    /// Gives the access up; the first failure, each of which was counted and logged.
    fn close(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.open) {
            return None;
        }
        let shared = Arc::clone(&self.entry);
        let mut shared = lock(&shared);
        let mut first = None;
        for plane in (0..self.planes).filter(|_| self.writing) {
            if let Err(failure) = self.call("NvBufSurfaceSyncForDevice", self.api.sync_for_device, plane) {
                first = first.or(Some(self.failed(failure)));
            }
        }
        shared.holders -= 1;
        if shared.holders == 0 {
            first = self.unmap(&mut shared).or(first);
        }
        first
    }

    /// # Errors
    /// `Residency`, with the call that failed while the access was given up.
    pub(super) fn finish(mut self) -> Result<()> {
        self.close().map_or(Ok(()), |failure| Err(Error::new(ErrorKind::Residency, failure)))
    }

    #[cold]
    fn failed(&self, failure: String) -> String {
        counters::release_failed();
        let failure = format!("surface {}: {failure} as its guard was given up", self.index);
        tracing::error!("{failure}");
        failure
    }

    #[cold]
    fn refused(&self, failure: &str, surface: &SurfaceRef<'_>) -> Error {
        let residency = surface.residency();
        Error::new(
            ErrorKind::Residency,
            format!(
                "surface {} is {residency}, which could not be mapped for {}: {failure}; {}",
                self.index,
                if self.writing { "writing" } else { "reading" },
                residency.advice()
            ),
        )
    }
}

impl Drop for Access {
    fn drop(&mut self) {
        self.close();
        let mut entries = lock(&ENTRIES);
        // The table's and this one: nobody else can come by a third without the table's lock.
        if Arc::strong_count(&self.entry) == 2 {
            entries.remove(&self.params.addr().get());
        }
    }
}
