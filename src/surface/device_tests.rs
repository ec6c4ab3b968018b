use super::super::{MapCounters, PixelPool, SurfaceAlloc, SurfaceBatch, SurfaceSpec};
use super::*;
use crate::frame::{Rect, Work};
use crate::sys::SurfaceGeneration;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A batch whose descriptor says that its (host) pixels are in memory of `mem_type` on GPU `gpu`.
fn with_batch(mem_type: u32, gpu: u32, format: PixelFormat, test: impl FnOnce(&SurfaceBatch<'_>)) {
    gst::init().unwrap();
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 2);
    let pool = PixelPool::new();
    let spec = SurfaceSpec { width: 33, height: 17, format, colorimetry: Colorimetry::default() };
    alloc.push(spec, &pool).unwrap();
    alloc.push(spec, &pool).unwrap();
    let buffer = alloc.into_buffer();
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    // SAFETY: the descriptor belongs to this test's buffer and no reference to it is alive.
    unsafe { ((*batch.as_ptr()).memType, (*batch.as_ptr()).gpuId) = (mem_type, gpu) };
    test(&batch);
}

#[test]
fn every_memory_a_gpu_reaches_is_lent_as_it_lies() {
    for mem_type in [sys::NVBUF_MEM_CUDA_PINNED, sys::NVBUF_MEM_CUDA_DEVICE, sys::NVBUF_MEM_CUDA_UNIFIED] {
        with_batch(mem_type, 2, PixelFormat::Nv12, |batch| {
            let surface = batch.surface(1).unwrap();
            let map = surface.device_view().unwrap();
            let view = map.view();
            let params = surface.params();
            assert_eq!((view.width(), view.height(), view.gpu()), (33, 17, 2));
            assert_eq!(view.plane(0).address(), params.dataPtr.addr() as u64);
            assert_eq!(
                view.plane(1).address(),
                params.dataPtr.addr() as u64 + u64::from(params.planeParams.offset[1])
            );
            assert_eq!(view.plane(1).pitch(), params.planeParams.pitch[1] as usize);
            assert_eq!(view.crop(Rect::new(1, 1, 3, 3)).unwrap().chroma_phase(), (1, 1));
        });
    }
}

#[test]
fn host_memory_is_refused_with_what_to_change() {
    for (mem_type, words) in [
        (sys::NVBUF_MEM_SYSTEM, "NVBUF_MEM_SYSTEM"),
        (sys::NVBUF_MEM_CUDA_ARRAY, "nvbuf-memory-type=2"),
        (sys::NVBUF_MEM_SURFACE_ARRAY, "NVBUF_MEM_SURFACE_ARRAY"),
        (77, "unknown type"),
    ] {
        with_batch(mem_type, 0, PixelFormat::Rgba, |batch| {
            let error = batch.surface(0).unwrap().device_view_mut().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Residency);
            assert!(error.to_string().contains(words), "{error}");
            assert!(error.to_string().contains("nvbuf-memory-type=2"), "{error}");
        });
    }
}

#[test]
fn guards_of_the_gpu_and_the_cpu_exclude_each_other() {
    with_batch(sys::NVBUF_MEM_CUDA_UNIFIED, 0, PixelFormat::Rgba, |batch| {
        let surface = batch.surface(0).unwrap();
        let before = MapCounters::now();
        let reading = surface.device_view().unwrap();
        assert!(surface.device_view().is_ok());
        assert!(surface.map_write().unwrap_err().to_string().contains("read guard of this thread"));
        assert!(surface.device_view_mut().is_err());
        drop(reading);
        let writing = surface.device_view_mut().unwrap();
        assert!(surface.map_read().is_err());
        assert!(surface.device_view().is_err());
        writing.finish().unwrap();
        assert!(surface.map_write().is_ok());
        let after = MapCounters::now();
        assert!(after.mapped >= before.mapped + 4);
    });
}

#[derive(Default)]
struct Counting(AtomicU32);

impl Work for Counting {
    fn wait(&self) -> Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(Error::invalid("the kernel failed"))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[test]
fn dropping_a_guard_waits_for_the_work() {
    with_batch(sys::NVBUF_MEM_CUDA_DEVICE, 0, PixelFormat::Rgba, |batch| {
        let (surface, stream) = (batch.surface(0).unwrap(), Arc::new(Counting::default()));
        let mut map = surface.device_view_mut().unwrap();
        map.view_mut().as_view().pending().note(&stream);
        drop(map);
        assert_eq!(stream.0.load(Ordering::Relaxed), 1);
        let map = surface.device_view().unwrap();
        map.view().pending().note(&stream);
        assert_eq!(map.finish().unwrap_err().to_string(), "the kernel failed");
        assert_eq!(stream.0.load(Ordering::Relaxed), 2);
        drop(surface.device_view().unwrap());
        assert_eq!(stream.0.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_damaged_descriptor_is_an_error() {
    with_batch(sys::NVBUF_MEM_CUDA_DEVICE, 0, PixelFormat::Nv12, |batch| {
        let params = batch.surface(0).unwrap().as_ptr();
        type Edit = fn(&mut sys::NvBufSurfaceParams);
        let edits: [(Edit, &str); 4] = [
            (|p| p.dataSize = 100, "has 100 bytes"),
            (|p| p.planeParams.offset[1] = 5, "offset 5"),
            (|p| p.layout = sys::NVBUF_LAYOUT_BLOCK_LINEAR, "block linear"),
            (|p| p.planeParams.num_planes = 1, "1 planes"),
        ];
        for (edit, words) in edits {
            // SAFETY: the entry belongs to this test's buffer and no other reference to it is alive.
            let before = unsafe { *params };
            // SAFETY: as above.
            edit(unsafe { &mut *params });
            let error = batch.surface(0).unwrap().device_view().unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            // SAFETY: as above.
            unsafe { *params = before };
        }
    });
}
