use super::*;
use crate::ErrorKind;
use crate::frame::{Colorimetry, PixelFormat, Rect};
use crate::sys::{self, SurfaceGeneration};

fn spec(format: PixelFormat, width: u32, height: u32) -> SurfaceSpec {
    SurfaceSpec { width, height, format, colorimetry: Colorimetry::default() }
}

fn buffer(generation: SurfaceGeneration, specs: &[SurfaceSpec]) -> gst::Buffer {
    gst::init().unwrap();
    let mut alloc = SurfaceAlloc::new(generation, specs.len() as u32);
    let pool = PixelPool::new();
    specs.iter().for_each(|spec| alloc.push(*spec, &pool).unwrap());
    alloc.into_buffer()
}

/// Pitches and sizes measured on the real library (DeepStream 9.0 on an H100).
#[test]
fn layout_is_the_real_librarys() {
    for (format, width, pitch) in [
        (PixelFormat::Rgba, 641, 3072),
        (PixelFormat::Rgba, 500, 2048),
        (PixelFormat::Rgba, 1001, 4096),
        (PixelFormat::Nv12, 641, 1024),
        (PixelFormat::Gray8, 500, 512),
        (PixelFormat::I420, 641, 1024),
    ] {
        assert_eq!(plane_layout(format, width, 480).pitch[0], pitch, "{format:?} {width}");
    }
    let i420 = plane_layout(PixelFormat::I420, 641, 271);
    assert_eq!((i420.pitch[1], i420.width[1], i420.height[1]), (512, 321, 136));
    assert_eq!(plane_layout(PixelFormat::Rgba, 641, 271).psize[0], 835_584);
}

#[test]
fn surfaces_of_every_generation_are_read_and_written_in_place() {
    for generation in SurfaceGeneration::ALL {
        let specs = [spec(PixelFormat::Nv12, 33, 17), spec(PixelFormat::Rgba, 8, 8)];
        let buffer = buffer(generation, &specs);
        assert_eq!(buffer.size(), generation.layout().surface_size);
        let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
        assert_eq!((batch.len(), batch.residency()), (2, Residency::Host));
        let surface = batch.surface(0).unwrap();
        assert_eq!((surface.width(), surface.height(), surface.pitch()), (33, 17, 512));
        let mut map = surface.map_write().unwrap();
        let mut crop = map.view_mut().into_crop(Rect::new(1, 1, 2, 2)).unwrap();
        crop.plane_mut(0).row_mut(0).copy_from_slice(&[7, 8]);
        drop(map);
        let map = surface.map_read().unwrap();
        assert_eq!(map.view().plane(0).row(1)[..4], [0, 7, 8, 0]);
        assert_eq!(map.view().plane(1).width(), 17);
        assert_eq!(batch.surface(1).unwrap().format().unwrap().0, PixelFormat::Rgba);
        assert!(batch.surface(2).unwrap_err().to_string().contains("has 2 surfaces"));
    }
}

#[test]
fn guards_exclude_each_other_and_balance() {
    let buffer = buffer(SurfaceGeneration::C, &[spec(PixelFormat::Rgba, 4, 4)]);
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    let surface = batch.surface(0).unwrap();
    let (one, two) = (surface.map_read().unwrap(), surface.map_read().unwrap());
    assert!(surface.map_write().is_err());
    drop((one, two));
    let writer = surface.map_write().unwrap();
    assert!(surface.map_read().unwrap_err().to_string().contains("write guard"));
    assert!(surface.map_write().is_err());
    drop(writer);
    assert!(surface.map_read().is_ok());
}

#[test]
fn guards_know_of_each_other_over_buffers_and_threads() {
    let input = buffer(SurfaceGeneration::C, &[spec(PixelFormat::Rgba, 4, 4)]);
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 1);
    alloc.push_shared(&input, 0).unwrap();
    let lent = alloc.into_buffer();
    let (one, two) = (SurfaceBatch::from_buffer(&input).unwrap(), SurfaceBatch::from_buffer(&lent).unwrap());
    let writer = one.surface(0).unwrap().map_write().unwrap();
    let refused = two.surface(0).unwrap().map_read().unwrap_err().to_string();
    assert!(refused.contains("write guard of this thread"), "{refused}");
    let (started, waits) = std::sync::mpsc::channel();
    let lent = lent.clone();
    let reader = std::thread::spawn(move || {
        let batch = SurfaceBatch::from_buffer(&lent).unwrap();
        started.send(()).unwrap();
        let map = batch.surface(0).unwrap().map_read().unwrap();
        map.view().plane(0).row(0)[0]
    });
    waits.recv().unwrap();
    let mut writer = writer;
    writer.view_mut().plane_mut(0).row_mut(0)[0] = 77;
    drop(writer);
    assert_eq!(reader.join().unwrap(), 77);
}

#[test]
fn device_memory_is_refused_with_the_property_to_change() {
    let buffer = buffer(SurfaceGeneration::C, &[spec(PixelFormat::Rgba, 4, 4)]);
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    for (mem_type, words) in [
        (sys::NVBUF_MEM_CUDA_DEVICE, ["NVBUF_MEM_CUDA_DEVICE", "nvbuf-memory-type=3"]),
        (sys::NVBUF_MEM_CUDA_ARRAY, ["NVBUF_MEM_CUDA_ARRAY", "nvvideoconvert"]),
        (99, ["unknown type", "nvbuf-memory-type=3"]),
    ] {
        // SAFETY: the descriptor belongs to this test's buffer and no reference to it is alive.
        unsafe { (*batch.as_ptr()).memType = mem_type };
        let error = batch.surface(0).unwrap().map_read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Residency);
        words.iter().for_each(|word| assert!(error.to_string().contains(word), "{error}"));
    }
}

#[test]
fn a_damaged_descriptor_is_an_error() {
    let buffer = buffer(SurfaceGeneration::C, &[spec(PixelFormat::Nv12, 64, 64)]);
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    let params = batch.surface(0).unwrap().as_ptr();
    let edit = |change: fn(&mut sys::NvBufSurfaceParams)| {
        // SAFETY: the entry belongs to this test's buffer and no other reference to it is alive.
        let before = unsafe { *params };
        // SAFETY: as above.
        change(unsafe { &mut *params });
        let result = batch.surface(0).unwrap().map_read().map(drop);
        // SAFETY: as above.
        unsafe { *params = before };
        result.unwrap_err().kind()
    };
    assert_eq!(edit(|p| p.planeParams.offset[1] = 1), ErrorKind::Abi);
    assert_eq!(edit(|p| p.planeParams.pitch[0] = 1), ErrorKind::InvalidArgument);
    assert_eq!(edit(|p| p.height = 100_000), ErrorKind::Abi);
    assert_eq!(edit(|p| p.dataPtr = std::ptr::null_mut()), ErrorKind::Abi);
    assert_eq!(edit(|p| p.planeParams.num_planes = 1), ErrorKind::Abi);
    assert_eq!(edit(|p| p.colorFormat = 5000), ErrorKind::Unsupported);
    assert_eq!(edit(|p| p.layout = sys::NVBUF_LAYOUT_BLOCK_LINEAR), ErrorKind::Unsupported);
    let plain = gst::Buffer::with_size(100).unwrap();
    assert!(SurfaceBatch::from_buffer(&plain).unwrap_err().to_string().contains("100 bytes"));
}

#[test]
fn lent_surfaces_share_pixels_and_keep_their_buffer() {
    let input = buffer(SurfaceGeneration::C, &[spec(PixelFormat::Rgba, 4, 4)]);
    let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 2);
    alloc.push_shared(&input, 0).unwrap();
    alloc.push_shared(&input, 0).unwrap();
    assert!(alloc.push_shared(&input, 0).unwrap_err().to_string().contains("its 2 surfaces"));
    let output = alloc.into_buffer();
    {
        let batch = SurfaceBatch::from_buffer(&input).unwrap();
        let mut map = batch.surface(0).unwrap().map_write().unwrap();
        map.view_mut().plane_mut(0).row_mut(3)[0] = 42;
    }
    drop(input);
    let batch = SurfaceBatch::from_buffer(&output).unwrap();
    let map = batch.surface(1).unwrap().map_read().unwrap();
    assert_eq!(map.view().plane(0).row(3)[0], 42);
}

#[test]
fn formats_translate_both_ways() {
    for raw in 0..=200 {
        if let Ok((format, colorimetry)) = pixel_format(raw) {
            assert_eq!(color_format(format, colorimetry).unwrap(), raw);
        }
    }
    assert_eq!(pixel_format(sys::NVBUF_COLOR_FORMAT_NV12_10LE_2020).unwrap().0, PixelFormat::P010);
    let error = pixel_format(sys::NVBUF_COLOR_FORMAT_UYVY).unwrap_err();
    assert!(error.to_string().contains("10 ") && error.to_string().contains("NV12"), "{error}");
}
