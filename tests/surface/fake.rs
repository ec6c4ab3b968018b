//! A `libnvbufsurface.so` of Jetson's manner: the pixels are elsewhere until they are mapped, what the CPU sees is
//! a copy that the sync calls refresh, every call is written down, and any one of them can be made to fail.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dsframe::frame::{Colorimetry, PixelFormat};
use dsframe::runtime::SurfaceApi;
use dsframe::surface::{PixelPool, SurfaceAlloc, SurfaceBatch, SurfaceSpec};
use dsframe::sys::{self, NvBufSurface, NvBufSurfaceParams, SurfaceGeneration};

/// Name, index, plane; the name of a map ends in its flags.
pub(crate) type Call = (&'static str, i32, i32);

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) calls: Vec<Call>,
    /// The call that fails, counted from 0.
    pub(crate) fail_at: Option<usize>,
    /// `NvBufSurfaceUnMap` leaves the old address behind, as it does on x86.
    pub(crate) leaves_address: bool,
    /// `NvBufSurfaceMap` says 0 and maps nothing.
    pub(crate) maps_nothing: bool,
    /// What the hardware holds, by surface and plane.
    pub(crate) hardware: HashMap<(i32, i32), Vec<u8>>,
    /// What the CPU was given.
    mapped: HashMap<(i32, i32), Vec<u8>>,
}

static FAKES: Mutex<Vec<(usize, Fake)>> = Mutex::new(Vec::new());

fn fakes() -> MutexGuard<'static, Vec<(usize, Fake)>> {
    FAKES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks into, or changes, the library's state of the batch at `surface`.
pub(crate) fn with<T>(surface: *mut NvBufSurface, look: impl FnOnce(&mut Fake) -> T) -> T {
    let mut fakes = fakes();
    let at = fakes.iter().position(|(address, _)| *address == surface.addr());
    let at = at.unwrap_or_else(|| {
        fakes.push((surface.addr(), Fake::default()));
        fakes.len() - 1
    });
    look(&mut fakes[at].1)
}

impl Fake {
    /// Planes that are mapped now.
    pub(crate) fn alive(&self) -> usize {
        self.mapped.len()
    }

    /// Writes the call down; whether it succeeds.
    fn note(&mut self, name: &'static str, index: c_int, plane: c_int) -> bool {
        self.calls.push((name, index, plane));
        self.fail_at != Some(self.calls.len() - 1)
    }
}

fn params(surface: *mut NvBufSurface, index: c_int) -> *mut NvBufSurfaceParams {
    let stride = SurfaceGeneration::C.layout().params_stride;
    // SAFETY: the tests' batches are of generation C, and the caller's index lies in the list.
    unsafe { (*surface).surfaceList.byte_add(index as usize * stride) }
}

fn address_of(surface: *mut NvBufSurface, index: c_int, plane: c_int) -> *mut *mut c_void {
    // SAFETY: as in `params`; a struct has four addresses, and planes are below that.
    unsafe { &raw mut (*params(surface, index)).mappedAddr.addr[plane as usize] }
}

unsafe extern "C" fn map(surface: *mut NvBufSurface, index: c_int, plane: c_int, flags: u32) -> c_int {
    let name = ["map for reading", "map for writing", "map for both"][flags as usize];
    with(surface, |fake| {
        if !fake.note(name, index, plane) {
            return -1;
        }
        if fake.maps_nothing {
            return 0;
        }
        // Not what the hardware holds: that comes with a sync.
        let mut copy = vec![0xEE; fake.hardware[&(index, plane)].len()];
        // SAFETY: the entry belongs to the test's batch, whose one user this thread is at the moment.
        unsafe { *address_of(surface, index, plane) = copy.as_mut_ptr().cast() };
        assert!(fake.mapped.insert((index, plane), copy).is_none(), "mapped twice");
        0
    })
}

unsafe extern "C" fn unmap(surface: *mut NvBufSurface, index: c_int, plane: c_int) -> c_int {
    with(surface, |fake| {
        if !fake.note("unmap", index, plane) {
            return -1;
        }
        assert!(fake.mapped.remove(&(index, plane)).is_some(), "unmapped twice");
        if !fake.leaves_address {
            // SAFETY: as in `map`.
            unsafe { *address_of(surface, index, plane) = std::ptr::null_mut() };
        }
        0
    })
}

unsafe extern "C" fn sync_for_cpu(surface: *mut NvBufSurface, index: c_int, plane: c_int) -> c_int {
    with(surface, |fake| {
        if !fake.note("sync for cpu", index, plane) {
            return -1;
        }
        let Fake { hardware, mapped, .. } = fake;
        let copy = mapped.get_mut(&(index, plane)).expect("a sync of what is not mapped");
        let held = &hardware[&(index, plane)];
        if *copy != *held {
            copy.copy_from_slice(held);
        }
        0
    })
}

unsafe extern "C" fn sync_for_device(surface: *mut NvBufSurface, index: c_int, plane: c_int) -> c_int {
    with(surface, |fake| {
        if !fake.note("sync for device", index, plane) {
            return -1;
        }
        let copy = fake.mapped.get(&(index, plane)).expect("a sync of what is not mapped").clone();
        fake.hardware.insert((index, plane), copy);
        0
    })
}

pub(crate) const API: SurfaceApi = SurfaceApi { map, unmap, sync_for_cpu, sync_for_device };

/// A batch of `count` 6x4 NV12 surfaces in memory of type `mem_type`; the luma of surface `i` is `10 + i`.
pub(crate) fn batch_of(mem_type: u32, count: u32) -> gst::Buffer {
    gst::init().unwrap();
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, count + 1);
    let spec =
        SurfaceSpec { width: 6, height: 4, format: PixelFormat::Nv12, colorimetry: Colorimetry::default() };
    for _ in 0..count {
        alloc.push(spec, &PixelPool::new()).unwrap();
    }
    let buffer = alloc.into_buffer();
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    for surface in batch.surfaces() {
        // SAFETY: the entry is of this test's buffer, and nothing else refers to it yet.
        let params = unsafe { &mut *surface.as_ptr() };
        // Sizes as Jetson's: the planes have memory of their own.
        let index = surface.index() as i32;
        let luma = 10 + index as u8;
        let size = |plane: usize| params.planeParams.psize[plane] as usize;
        with(batch.as_ptr(), |fake| {
            fake.hardware.insert((index, 0), vec![luma; size(0)]);
            fake.hardware.insert((index, 1), vec![128; size(1)]);
        });
        params.bufferDesc = 1000 + params.dataPtr.addr() as u64;
        if matches!(mem_type, sys::NVBUF_MEM_SURFACE_ARRAY | sys::NVBUF_MEM_HANDLE) {
            params.dataPtr = std::ptr::null_mut();
        }
    }
    // SAFETY: as above.
    unsafe { (*batch.as_ptr()).memType = mem_type };
    drop(batch);
    buffer
}

/// The buffer's batch, mapped through the fake.
pub(crate) fn open(buffer: &gst::BufferRef) -> SurfaceBatch<'_> {
    // SAFETY: the fake gives out planes of `psize` bytes that live until they are unmapped.
    unsafe { SurfaceBatch::from_buffer(buffer).unwrap().with_api(API) }
}

/// Forgets the batch's state, so that a later one at the same address starts anew.
pub(crate) fn forget(surface: *mut NvBufSurface) {
    fakes().retain(|(address, _)| *address != surface.addr());
}
