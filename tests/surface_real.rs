//! NVIDIA's own libnvbufsurface.so, on a CUDA whose device memory is host memory.
//!
//! The test starts itself again with the stand-in on the loader's path; see `.ci/mockcuda`. Where NVIDIA's libraries
//! cannot be had, or there is no C compiler, it says so and passes.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

#[path = "surface/real.rs"]
mod real;

use std::path::Path;
use std::process::{Command, Stdio};

use dsframe::ErrorKind;
use dsframe::frame::PixelFormat;
use dsframe::surface::{MapCounters, Residency, SurfaceBatch, pixel_format, plane_layout};
use dsframe::sys;
use real::{Real, mapped_in_place, plane_bytes};

/// Set in the process that has the stand-in.
const INSIDE: &str = "DSFRAME_TEST_ON_STANDIN";

/// The variables of `.ci/mockcuda`, or `None` where it says SKIPPED.
fn variables() -> Option<Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join(".ci/mockcuda");
    // A published package is without it.
    let output = Command::new("bash").arg(script).stderr(Stdio::inherit()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).expect("folders are text");
    Some(text.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect())
}

/// Whether the test `name` is to run now; else it is run in a process of its own that has the stand-in.
fn inside(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let Some(variables) = variables() else {
        println!("!!! SKIPPED {name}: NVIDIA's libnvbufsurface.so cannot be run here (see above)");
        return false;
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .envs(variables)
        .env_remove("DSFRAME_RUNTIME")
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    // The library has a line for each refusal, and there are many.
    let last = complained.lines().rev().take(40).collect::<Vec<_>>();
    last.iter().rev().for_each(|line| println!("{line}"));
    assert!(output.status.success() && said.contains("1 passed"), "{name} failed on NVIDIA's library");
    false
}

/// As created, and as the descriptor has it.
const MEMORY: [(u32, Residency); 5] = [
    (sys::NVBUF_MEM_DEFAULT, Residency::Device),
    (sys::NVBUF_MEM_CUDA_PINNED, Residency::Pinned),
    (sys::NVBUF_MEM_CUDA_DEVICE, Residency::Device),
    (sys::NVBUF_MEM_CUDA_UNIFIED, Residency::Unified),
    (sys::NVBUF_MEM_SYSTEM, Residency::Host),
];

const SIZES: [(u32, u32); 7] = [(1, 1), (2, 2), (3, 5), (641, 271), (500, 375), (1001, 3), (127, 130)];

/// The byte that the test writes at a place.
fn value(surface: u32, plane: usize, row: usize, at: usize) -> u8 {
    (surface as usize * 101 + plane * 53 + row * 7 + at) as u8
}

#[test]
fn every_memory_type_format_and_size() {
    if !inside("every_memory_type_format_and_size") {
        return;
    }
    gst::init().unwrap();
    let (real, before) = (Real::load(), MapCounters::now());
    let blocks = real.blocks();
    let mut seen = Vec::new();
    for raw in 0..=sys::NVBUF_COLOR_FORMAT_UYVP_2020 + 2 {
        for (mem_type, residency) in MEMORY {
            for size in SIZES {
                let Some(buffer) = real.buffer(mem_type, raw, size, 2) else { continue };
                let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
                assert_eq!((batch.len(), batch.residency()), (2, residency), "{batch:?}");
                match pixel_format(raw) {
                    Ok((format, _)) => {
                        seen.push(format);
                        one(&batch, format, size);
                    }
                    Err(_) => {
                        let kind = batch.map_read_all().unwrap_err().kind();
                        let device = residency == Residency::Device;
                        assert_eq!(kind, if device { ErrorKind::Residency } else { ErrorKind::Unsupported });
                        assert!(format!("{batch:?}").contains(&format!("Unknown({raw})")), "{batch:?}");
                    }
                }
            }
        }
    }
    for format in PixelFormat::ALL {
        let made = seen.iter().filter(|seen| **seen == format).count();
        println!("{format:?}: {made} batches");
        // The library makes no YVU420 and no NV24.
        let refused = matches!(format, PixelFormat::Yv12 | PixelFormat::Nv24);
        assert!(made >= MEMORY.len() * SIZES.len() || refused, "{format:?}: {made}");
    }
    let now = MapCounters::now();
    assert!(now.is_balanced() && now.mapped > before.mapped, "{now:?}");
    // x86 needs no call of the library.
    assert_eq!((now.planes_mapped, real.blocks()), (0, blocks));
}

/// What holds for a batch of the real library in a format that can be viewed.
fn one(batch: &SurfaceBatch<'_>, format: PixelFormat, size: (u32, u32)) {
    let surface = batch.surface(1).unwrap();
    assert_eq!((surface.width(), surface.height()), size);
    // SAFETY: the entry lives as long as the batch, and is only read.
    let params = unsafe { &*surface.as_ptr() };
    let (theirs, ours) = (&params.planeParams, plane_layout(format, size.0, size.1));
    let count = ours.num_planes as usize;
    if format == PixelFormat::I422 && batch.residency() != Residency::Device {
        // The library counts no rows for the last plane of YUV422, so its pixels are not in the surface.
        assert_eq!((theirs.height[2], theirs.psize[2]), (0, 0), "{surface:?}");
        let error = surface.map_read().unwrap_err();
        assert!(error.kind() == ErrorKind::Abi && error.to_string().contains("plane 2"), "{error}");
        return;
    }
    assert_eq!(theirs.num_planes as usize, count, "{surface:?}");
    for i in (0..count).filter(|&i| format != PixelFormat::I422 || i < 2) {
        assert_eq!(
            (theirs.width[i], theirs.height[i], theirs.pitch[i], theirs.offset[i], theirs.psize[i]),
            (ours.width[i], ours.height[i], ours.pitch[i], ours.offset[i], ours.psize[i]),
            "plane {i} of {surface:?}"
        );
        assert_eq!(theirs.bytesPerPix[i], ours.bytesPerPix[i], "plane {i} of {surface:?}");
    }
    let all = if format == PixelFormat::I422 { &ours.psize[..2] } else { &ours.psize };
    assert_eq!(params.dataSize, all.iter().sum::<u32>(), "{surface:?}");
    if batch.residency() == Residency::Device { refused(batch) } else { read_and_written(batch, format) }
}

fn refused(batch: &SurfaceBatch<'_>) {
    for error in [
        batch.map_read_all().unwrap_err(),
        batch.map_write_all().unwrap_err(),
        batch.surface(1).unwrap().map_read().unwrap_err(),
        batch.surface(0).unwrap().map_write().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Residency);
        for word in ["surface ", "NVBUF_MEM_CUDA_DEVICE", "nvbuf-memory-type=3", "nvvideoconvert"] {
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}

fn read_and_written(batch: &SurfaceBatch<'_>, format: PixelFormat) {
    let mut maps = batch.map_write_all().unwrap();
    for (index, map) in maps.iter_mut().enumerate() {
        for i in 0..format.planes() {
            let mut plane = map.view_mut().into_plane(i);
            for y in 0..plane.height() {
                let row = plane.row_mut(y).iter_mut().enumerate();
                row.for_each(|(x, byte)| *byte = value(index as u32, i, y as usize, x));
            }
        }
    }
    maps.finish().unwrap();
    for (index, surface) in batch.surfaces().enumerate() {
        let map = surface.map_read().unwrap();
        // SAFETY: as in `one`.
        let params = unsafe { &*surface.as_ptr() };
        for i in 0..format.planes() {
            let plane = map.view().plane(i);
            assert_eq!(plane.row(0).as_ptr(), plane_bytes(params, i), "not a copy");
            for y in 0..plane.height() {
                let row = plane.row(y).iter().enumerate();
                row.for_each(|(x, byte)| assert_eq!(*byte, value(index as u32, i, y as usize, x)));
            }
        }
    }
}

/// The rule of [`plane_layout`], for every width.
#[test]
fn pitches_of_widths_up_to_4096() {
    if !inside("pitches_of_widths_up_to_4096") {
        return;
    }
    gst::init().unwrap();
    let real = Real::load();
    for format in [
        sys::NVBUF_COLOR_FORMAT_GRAY8,
        sys::NVBUF_COLOR_FORMAT_RGBA,
        sys::NVBUF_COLOR_FORMAT_RGB,
        sys::NVBUF_COLOR_FORMAT_NV12,
        sys::NVBUF_COLOR_FORMAT_YUV420,
    ] {
        for width in 1..=4096 {
            let buffer = real.buffer(sys::NVBUF_MEM_SYSTEM, format, (width, 2), 1).unwrap();
            let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
            // SAFETY: the entry lives as long as the batch, and is only read.
            let theirs = unsafe { (*batch.surface(0).unwrap().as_ptr()).planeParams };
            let ours = plane_layout(pixel_format(format).unwrap().0, width, 2);
            let count = ours.num_planes as usize;
            assert_eq!(theirs.pitch[..count], ours.pitch[..count], "{width} of format {format}");
            assert_eq!(theirs.offset[..count], ours.offset[..count], "{width} of format {format}");
        }
    }
}

/// What the guards rely on: why nothing is mapped or synced on x86, and what would happen.
#[test]
fn what_the_library_answers() {
    if !inside("what_the_library_answers") {
        return;
    }
    gst::init().unwrap();
    let real = Real::load();
    let api = dsframe::runtime::try_api().unwrap().surface.expect("libnvbufsurface.so has loaded");
    for (mem_type, residency) in MEMORY {
        let buffer = real.buffer(mem_type, sys::NVBUF_COLOR_FORMAT_NV12, (64, 48), 2).unwrap();
        let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
        let surface = batch.surface(0).unwrap();
        // SAFETY: the batch is alive, and has a surface 0 with two planes.
        let map = || unsafe { (api.map)(batch.as_ptr(), 0, 1, sys::NVBUF_MAP_READ_WRITE) };
        // SAFETY: as above.
        let call = |function: dsframe::runtime::SurfaceFn| unsafe { function(batch.as_ptr(), 0, 1) };
        let mappable = matches!(residency, Residency::Pinned | Residency::Unified);
        assert_eq!(map(), if mappable { 0 } else { -1 }, "{residency:?}");
        // SAFETY: the entry lives as long as the batch, and nothing changes it meanwhile.
        let address = || mapped_in_place(unsafe { &*surface.as_ptr() }, 1);
        assert_eq!(address(), mappable);
        assert_eq!((call(api.sync_for_cpu), call(api.sync_for_device)), (-1, -1), "{residency:?}");
        // Somebody's map neither helps nor hinders a guard.
        assert_eq!(surface.map_read().is_ok(), residency.is_host_addressable());
        assert_eq!(surface.map_write().is_ok(), residency.is_host_addressable());
        assert_eq!(address(), mappable);
        assert_eq!(map(), if mappable { 0 } else { -1 });
        assert!(!mappable || (call(api.unmap), address()) == (0, true), "an unmap leaves the address");
    }
}

fn resident_pages() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn ten_thousand_cycles_leave_nothing_behind() {
    if !inside("ten_thousand_cycles_leave_nothing_behind") {
        return;
    }
    gst::init().unwrap();
    let (real, mut warm) = (Real::load(), 0);
    let blocks = real.blocks();
    for cycle in 0..10_000 {
        let (mem_type, residency) = MEMORY[cycle % MEMORY.len()];
        let buffer = real.buffer(mem_type, sys::NVBUF_COLOR_FORMAT_NV12, (64, 48), 2).unwrap();
        let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
        if residency == Residency::Device {
            assert!(batch.map_read_all().is_err());
        } else {
            batch.map_write_all().unwrap()[1].view_mut().plane_mut(1).row_mut(23)[63] = cycle as u8;
            assert_eq!(batch.map_read_all().unwrap()[1].view().plane(1).row(23)[63], cycle as u8);
        }
        if cycle == 1000 {
            warm = resident_pages();
        }
    }
    let grown = resident_pages().saturating_sub(warm);
    println!("{grown} pages more after 9,000 cycles than after 1,000");
    // A descriptor leaked each time would be more than a thousand.
    assert!(grown < 256, "{grown} pages");
    let counters = MapCounters::now();
    assert!(counters.is_balanced(), "{counters:?}");
    assert_eq!(real.blocks(), blocks);
}

/// A driver without a device, which the stand-in is, and a library that maps.
#[test]
fn the_doctor_sees_what_is_here() {
    if !inside("the_doctor_sees_what_is_here") {
        return;
    }
    dsframe::init().unwrap();
    let machine = dsframe::doctor::Machine::look().unwrap();
    let surface = machine.libraries.iter().find(|library| library.name == "libnvbufsurface.so").unwrap();
    assert!(surface.found.is_ok(), "{machine}");
    assert_eq!(machine.runtime, dsframe::runtime::Runtime::Native, "{machine}");
    assert_eq!(machine.metadata, Ok(sys::MetaGeneration::C), "{machine}");
    let why = machine.gpus.as_ref().unwrap_err();
    assert!(why.contains(if cfg!(feature = "cuda") { "NO_DEVICE" } else { "feature cuda" }), "{machine}");
    assert!(machine.problems().iter().any(|problem| problem.contains(why.as_str())), "{machine}");
}
