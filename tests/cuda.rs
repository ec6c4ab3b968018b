//! The CUDA room on machines with no driver, with a driver that finds no GPU, with one that is too old, and on a
//! stand-in whose GPU memory is host memory. A process loads one driver, so each case runs in a process of its own.
//! Kernels run in `cuda_kernels.rs`.
#![cfg(feature = "cuda")]

use std::path::Path;
use std::process::Command;

use dsframe::ErrorKind;
use dsframe::cuda::{self, DType, Device};
use dsframe::frame::{Colorimetry, FrameView, OwnedFrame, PixelFormat, Rect};

/// Which case a child process is to run.
const CASE: &str = "DSFRAME_TEST_CASE";

/// Builds the stand-in into `folder`; None where there is no C compiler.
fn build(folder: &Path, flags: &[&str]) -> Option<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cuda_standin");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
        .arg(folder.join("libcuda.so"))
        .args(flags)
        .arg(source.join("driver.c"));
    if flags.is_empty() {
        // Every call that a driver must have.
        cc.args(["-U_FORTIFY_SOURCE", "-pthread"]).arg(source.join("kernels.c")).arg("-ldl");
    }
    match cc.output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            std::fs::copy(folder.join("libcuda.so"), folder.join("libcuda.so.1")).unwrap();
            Some(())
        }
        Err(error) => {
            eprintln!("SKIPPED: there is no cc to build the stand-in driver with ({error})");
            None
        }
    }
}

/// Runs `case` in a process that finds only what is in `libs`.
fn child(case: &str, libs: &Path, variables: &[(&str, &str)]) {
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_a_child", "--nocapture"])
        .env(CASE, case)
        .env("LD_LIBRARY_PATH", libs)
        .env("XDG_CACHE_HOME", cache.path())
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains(&format!("{case} was run")), "{case}: {text}");
}

/// Does nothing unless it was started by one of the tests below.
#[test]
fn in_a_child() {
    let Ok(case) = std::env::var(CASE) else { return };
    match case.as_str() {
        "no GPU" => refused(ErrorKind::Cuda, &["cuInit", "CUDA_ERROR_NO_DEVICE (100)"]),
        "too old" => refused(ErrorKind::Library, &["cuMemAllocAsync", "cuLaunchKernel"]),
        "no driver" => refused(ErrorKind::Library, &["libcuda.so.1", "map_read"]),
        "copies" => copies(),
        "pools" => pools(),
        "memory runs out" => memory_runs_out(),
        "two GPUs" => two_gpus(),
        other => panic!("no case {other}"),
    }
    println!("{case} was run");
}

#[test]
fn a_driver_without_a_gpu_is_an_error_with_the_call_and_the_code() {
    let folder = tempfile::tempdir().unwrap();
    if build(folder.path(), &["-DCUINIT_ALONE"]).is_some() {
        child("no GPU", folder.path(), &[("STANDIN_GPUS", "0")]);
        child("too old", folder.path(), &[]);
    }
}

#[test]
fn no_driver_is_an_error_that_says_what_to_do() {
    // On a machine that has one there is nothing to see.
    let folder = tempfile::tempdir().unwrap();
    if cuda::available().is_err_and(|error| error.to_string().contains("libcuda.so.1")) {
        child("no driver", folder.path(), &[]);
    }
}

#[test]
fn the_stand_in_copies_pools_and_fails_as_a_gpu_does() {
    let folder = tempfile::tempdir().unwrap();
    if build(folder.path(), &[]).is_some() {
        child("copies", folder.path(), &[]);
        child("pools", folder.path(), &[]);
        child("memory runs out", folder.path(), &[("STANDIN_MEMORY", "300000")]);
        child("two GPUs", folder.path(), &[("STANDIN_GPUS", "2")]);
    }
}

fn refused(kind: ErrorKind, words: &[&str]) {
    for error in [
        cuda::available().unwrap_err(),
        Device::new(0).unwrap_err(),
        cuda::device_count().unwrap_err(),
        cuda::driver_version().unwrap_err(),
    ] {
        assert_eq!(error.kind(), kind, "{error}");
        words.iter().for_each(|word| assert!(error.to_string().contains(word), "{error}"));
    }
    // The same program goes on with the CPU.
    assert_eq!(OwnedFrame::zeroed(PixelFormat::Nv12, 4, 4).view().width(), 4);
}

fn noisy(format: PixelFormat, w: u32, h: u32) -> OwnedFrame {
    let mut frame = OwnedFrame::zeroed(format, w, h);
    for (i, mut plane) in frame.view_mut().planes_mut().into_iter().enumerate().take(format.planes()) {
        for y in 0..plane.height() {
            plane
                .row_mut(y)
                .iter_mut()
                .enumerate()
                .for_each(|(x, v)| *v = (x * 7 + y as usize * 31 + i * 101) as u8);
        }
    }
    frame
}

fn assert_same(a: &FrameView<'_>, b: &FrameView<'_>) {
    assert_eq!(
        (a.format(), a.width(), a.height(), a.chroma_phase()),
        (b.format(), b.width(), b.height(), b.chroma_phase())
    );
    for i in 0..a.format().planes() {
        assert!(a.plane(i).rows().eq(b.plane(i).rows()), "plane {i} of {:?}", a.format());
    }
}

fn copies() {
    let device = Device::new(0).unwrap();
    assert_eq!((device.arch(), device.name().unwrap().as_str()), (90, "stand-in"));
    let (stream, other) = (device.stream().unwrap(), device.stream().unwrap());
    for format in PixelFormat::ALL {
        let frame = noisy(format, 37, 11);
        let image = stream.to_device(&frame.view()).unwrap();
        for window in
            [Rect::new(0, 0, 37, 11), Rect::new(1, 1, 5, 7), Rect::new(36, 10, 1, 1), Rect::new(3, 3, 0, 4)]
        {
            let (crop, part) = (frame.view().crop(window).unwrap(), image.view().crop(window).unwrap());
            assert_same(&stream.to_host(&part).unwrap().view(), &crop);
            let mut copy = stream.to_device(&crop).unwrap();
            other.copy(&part, &mut copy.view_mut()).unwrap();
            assert_same(&stream.to_host(&copy.view()).unwrap().view(), &crop);
        }
    }
    // A write touches its window alone.
    let mut image = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Gray8, 9, 9).view()).unwrap();
    let patch = noisy(PixelFormat::Gray8, 3, 2);
    stream
        .copy_from_host(&patch.view(), &mut image.view_mut().crop_mut(Rect::new(4, 5, 3, 2)).unwrap())
        .unwrap();
    let whole = stream.to_host(&image.view()).unwrap();
    assert_same(&whole.view().crop(Rect::new(4, 5, 3, 2)).unwrap(), &patch.view());
    let sum = |frame: &OwnedFrame| frame.view().plane(0).rows().flatten().map(|v| u32::from(*v)).sum::<u32>();
    assert_eq!(sum(&whole), sum(&patch));
    let (mut other, image) = (OwnedFrame::zeroed(PixelFormat::Gray8, 8, 9), image.view());
    let error = stream.to_host_into(&image, &mut other.view_mut()).unwrap_err();
    assert!(error.to_string().contains("src is 9x9 Gray8, dst is 8x9 Gray8"), "{error}");
}

fn pools() {
    let device = Device::new(0).unwrap();
    let stream = device.stream().unwrap();
    let frame = noisy(PixelFormat::Nv12, 64, 64);
    let round = |n: usize| {
        let image = stream.to_device(&frame.view()).unwrap();
        drop(stream.to_host(&image.view()).unwrap());
        drop(stream.tensor(&[1 + n % 8, 3, 64, 32], DType::F16).unwrap().into_dlpack().unwrap());
    };
    (0..8).for_each(round);
    let (pinned, scratch) = (device.pinned_stats(), device.scratch_stats());
    (0..10_000).for_each(round);
    assert_eq!(device.pinned_stats().allocated, pinned.allocated);
    assert_eq!(device.scratch_stats().allocated, scratch.allocated);
    assert_eq!(device.scratch_stats().free_bytes, device.scratch_stats().bytes);
    assert!(device.scratch_stats().reused >= 20_000);
    let free = device.memory_info().unwrap().0;
    assert!(device.trim() > 0);
    assert!(device.memory_info().unwrap().0 > free);
    // Everything goes with its last user, and a device that is asked for again is a new one.
    drop((stream, device));
    let again = Device::new(0).unwrap();
    assert_eq!((again.scratch_stats().allocated, again.pinned_stats().allocated), (0, 0));
    let (free, total) = again.memory_info().unwrap();
    assert_eq!(free, total);
}

fn memory_runs_out() {
    let device = Device::new(0).unwrap();
    let stream = device.stream().unwrap();
    let error = stream.tensor(&[1 << 20], DType::F32).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cuda);
    let words = ["CUDA_ERROR_OUT_OF_MEMORY (2)", "4194304 bytes of GPU memory"];
    words.iter().for_each(|word| assert!(error.to_string().contains(word), "{error}"));
    let pinned = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Gray8, 400, 400).view()).unwrap_err();
    assert!(pinned.to_string().contains("262144 bytes of pinned memory"), "{pinned}");
    let frame = noisy(PixelFormat::Gray8, 20, 20);
    let image = stream.to_device(&frame.view()).unwrap();
    assert_same(&stream.to_host(&image.view()).unwrap().view(), &frame.view());
    assert!(stream.tensor(&[usize::MAX, 2], DType::U8).unwrap_err().kind() == ErrorKind::InvalidArgument);
}

fn two_gpus() {
    let (first, second) = (Device::new(0).unwrap(), Device::new(1).unwrap());
    assert!(Device::new(2).unwrap_err().to_string().contains("this process sees 2"));
    let (here, there) = (first.stream().unwrap(), second.stream().unwrap());
    let frame = noisy(PixelFormat::Rgba, 6, 6);
    let (mut image, elsewhere) =
        (here.to_device(&frame.view()).unwrap(), there.to_device(&frame.view()).unwrap());
    for error in [
        here.to_host(&elsewhere.view()).unwrap_err(),
        here.copy(&elsewhere.view(), &mut image.view_mut()).unwrap_err(),
        there.copy_from_host(&frame.view(), &mut image.view_mut()).unwrap_err(),
        here.plane(elsewhere.view().plane(0)).map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Residency);
        assert!(error.to_string().contains("gpu-id="), "{error}");
    }
    let mut gray = here.image(PixelFormat::Gray8, 6, 6, Colorimetry::default()).unwrap();
    let error = dsframe::ops::color::convert_on(&here, &elsewhere.view(), &mut gray.view_mut()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Residency);
    assert_same(&there.to_host(&elsewhere.view()).unwrap().view(), &frame.view());
}
