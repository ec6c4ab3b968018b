//! Jetson's buffers, on a library that writes down what it is asked and fails where it is told to.

#[path = "surface/fake.rs"]
mod fake;

use std::sync::{Mutex, MutexGuard, PoisonError};

use dsframe::ErrorKind;
use dsframe::surface::{MapCounters, SurfaceBatch};
use dsframe::sys;
use fake::{Call, batch_of, forget, open, with};

/// The counters are the process's: tests that read them run one at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What the counters gained since it was made.
struct Gain(MapCounters, #[allow(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

impl Gain {
    fn start() -> Self {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        Self(MapCounters::now(), alone)
    }

    /// Guards, planes and failed releases; fails unless guards balance.
    fn so_far(&self) -> (u64, u64, u64, u64) {
        let (now, before) = (MapCounters::now(), self.0);
        assert_eq!(now.mapped - before.mapped, now.unmapped - before.unmapped, "a guard was leaked");
        (
            now.mapped - before.mapped,
            now.planes_mapped - before.planes_mapped,
            now.planes_unmapped - before.planes_unmapped,
            now.failed_releases - before.failed_releases,
        )
    }
}

const ARRAYS: [u32; 2] = [sys::NVBUF_MEM_SURFACE_ARRAY, sys::NVBUF_MEM_HANDLE];

fn calls(batch: &SurfaceBatch<'_>) -> Vec<Call> {
    with(batch.as_ptr(), |fake| std::mem::take(&mut fake.calls))
}

#[test]
fn a_reader_maps_syncs_and_unmaps_every_plane() {
    for mem_type in ARRAYS {
        let gain = Gain::start();
        let buffer = batch_of(mem_type, 2);
        let batch = open(&buffer);
        let map = batch.surface(1).unwrap().map_read().unwrap();
        assert_eq!(map.view().plane(0).row(3)[..6], [11; 6]);
        assert_eq!(map.view().plane(1).row(1)[..6], [128; 6]);
        assert_eq!(
            calls(&batch),
            [
                ("map for reading", 1, 0),
                ("map for reading", 1, 1),
                ("sync for cpu", 1, 0),
                ("sync for cpu", 1, 1)
            ]
        );
        drop(map);
        assert_eq!(calls(&batch), [("unmap", 1, 0), ("unmap", 1, 1)]);
        assert_eq!(gain.so_far(), (1, 2, 2, 0));
        forget(batch.as_ptr());
    }
}

#[test]
fn a_writer_is_seen_by_the_hardware_once_its_guard_goes() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
    let batch = open(&buffer);
    for finish in [false, true] {
        let mut map = batch.surface(0).unwrap().map_write().unwrap();
        let value = 77 + u8::from(finish);
        map.view_mut().plane_mut(0).row_mut(2)[5] = value;
        let held = |batch: &SurfaceBatch<'_>| with(batch.as_ptr(), |f| f.hardware[&(0, 0)][2 * 512 + 5]);
        assert_ne!(held(&batch), value);
        if finish {
            map.finish().unwrap()
        } else {
            drop(map)
        }
        assert_eq!(held(&batch), value);
        let calls = calls(&batch);
        assert_eq!(calls[..2], [("map for both", 0, 0), ("map for both", 0, 1)]);
        assert_eq!(calls[4..6], [("sync for device", 0, 0), ("sync for device", 0, 1)]);
        assert_eq!(calls[6..], [("unmap", 0, 0), ("unmap", 0, 1)]);
    }
    assert_eq!(gain.so_far(), (2, 4, 4, 0));
    forget(batch.as_ptr());
}

/// Each call in turn fails, of one guard and of a whole batch's, for readers and writers.
#[test]
fn a_failure_at_any_step_leaves_nothing_mapped() {
    for (writing, whole) in [(false, false), (true, false), (false, true), (true, true)] {
        let surfaces = if whole { 3 } else { 1 };
        let (to_open, to_close) = (4 * surfaces, (2 + 2 * usize::from(writing)) * surfaces);
        for fail_at in 0..to_open + to_close {
            let gain = Gain::start();
            let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, surfaces as u32);
            let batch = open(&buffer);
            with(batch.as_ptr(), |fake| fake.fail_at = Some(fail_at));
            let result = match (writing, whole) {
                (false, false) => batch.surface(0).unwrap().map_read().map(drop),
                (true, false) => batch.surface(0).unwrap().map_write().map(drop),
                (false, true) => batch.map_read_all().map(drop),
                (true, true) => batch.map_write_all().map(drop),
            };
            let (_, mapped, unmapped, failed) = gain.so_far();
            let (failed_call, alive) =
                with(batch.as_ptr(), |fake| (fake.calls[fail_at].0, fake.alive() as u64));
            let what = format!("writing {writing}, whole {whole}, call {fail_at}, {failed_call}");
            assert_eq!(result.is_err(), fail_at < to_open, "{what}");
            assert_eq!(failed, u64::from(fail_at >= to_open), "{what}");
            // Only an unmap that fails leaves its plane mapped, and says so.
            let left = u64::from(failed_call == "unmap");
            assert_eq!((alive, mapped - unmapped), (left, left), "{what}");
            if let Err(error) = result {
                assert_eq!(error.kind(), ErrorKind::Residency, "{what}");
                for word in ["NVBUF_MEM_SURFACE_ARRAY", "returned -1", "NvBufSurface", "nvvideoconvert"] {
                    assert!(error.to_string().contains(word), "{what}: {error}");
                }
            }
            if left == 0 {
                with(batch.as_ptr(), |fake| fake.fail_at = None);
                assert_eq!(batch.map_write_all().unwrap().len(), surfaces, "{what}");
                assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), 0, "{what}");
            }
            forget(batch.as_ptr());
        }
    }
}

#[test]
fn finish_returns_what_a_drop_can_only_count() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 2);
    let batch = open(&buffer);
    let map = batch.surface(0).unwrap().map_write().unwrap();
    with(batch.as_ptr(), |fake| fake.fail_at = Some(fake.calls.len()));
    let error = map.finish().unwrap_err().to_string();
    assert!(error.contains("NvBufSurfaceSyncForDevice of plane 0 returned -1"), "{error}");
    let maps = batch.map_write_all().unwrap();
    with(batch.as_ptr(), |fake| fake.fail_at = Some(fake.calls.len() + 1));
    let error = maps.finish().unwrap_err().to_string();
    assert!(error.contains("surface 0: NvBufSurfaceSyncForDevice of plane 1"), "{error}");
    assert_eq!(gain.so_far(), (3, 6, 6, 2));
    assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), 0);
    forget(batch.as_ptr());
}

#[test]
fn somebody_elses_map_is_used_and_left() {
    for theirs in [&[0][..], &[1], &[0, 1]] {
        let gain = Gain::start();
        let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
        let batch = open(&buffer);
        for plane in theirs {
            // SAFETY: the batch is alive, and has a surface 0 with two planes.
            assert_eq!(unsafe { (fake::API.map)(batch.as_ptr(), 0, *plane, sys::NVBUF_MAP_READ_WRITE) }, 0);
        }
        calls(&batch);
        drop(batch.surface(0).unwrap().map_read().unwrap());
        let (maps, ours) = (calls(&batch), 2 - theirs.len());
        assert_eq!(maps.iter().filter(|call| call.0 == "map for reading").count(), ours);
        assert!(maps.iter().filter(|call| call.0 == "unmap").all(|call| !theirs.contains(&call.2)));
        assert_eq!(maps.iter().filter(|call| call.0 == "sync for cpu").count(), 2);
        assert_eq!(gain.so_far(), (1, ours as u64, ours as u64, 0));
        assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), theirs.len());
        drop(batch.map_write_all().unwrap());
        assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), theirs.len());
        forget(batch.as_ptr());
    }
}

#[test]
fn readers_of_one_surface_share_a_map_in_any_order() {
    for first_goes_first in [true, false] {
        let gain = Gain::start();
        let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
        let batch = open(&buffer);
        let other = open(&buffer);
        let (one, two) =
            (batch.surface(0).unwrap().map_read().unwrap(), other.surface(0).unwrap().map_read().unwrap());
        let refused = batch.surface(0).unwrap().map_write().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
        let stays = if first_goes_first {
            drop(one);
            two
        } else {
            drop(two);
            one
        };
        assert_eq!(stays.view().plane(0).row(0)[0], 10);
        assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), 2);
        drop(stays);
        assert_eq!(gain.so_far(), (2, 2, 2, 0));
        forget(batch.as_ptr());
    }
}

#[test]
fn a_library_that_leaves_the_address_behind_is_mapped_again() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
    let batch = open(&buffer);
    with(batch.as_ptr(), |fake| fake.leaves_address = true);
    for _ in 0..3 {
        assert_eq!(batch.surface(0).unwrap().map_read().unwrap().view().plane(0).row(0)[0], 10);
    }
    assert_eq!(gain.so_far(), (3, 6, 6, 0));
    forget(batch.as_ptr());
}

#[test]
fn a_map_without_an_address_is_an_error() {
    let _gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
    let batch = open(&buffer);
    with(batch.as_ptr(), |fake| fake.maps_nothing = true);
    with(batch.as_ptr(), |fake| fake.fail_at = Some(1));
    let error = batch.surface(0).unwrap().map_read().unwrap_err();
    assert!(error.to_string().contains("mappedAddr is NULL"), "{error}");
    forget(batch.as_ptr());
}

#[test]
fn slots_that_nobody_filled_are_never_touched() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 3);
    let batch = open(&buffer);
    assert_eq!(batch.map_write_all().unwrap().len(), 3);
    let calls = calls(&batch);
    assert_eq!(calls.len(), 3 * 8);
    assert!(calls.iter().all(|call| (0..3).contains(&call.1) && (0..2).contains(&call.2)), "{calls:?}");
    assert_eq!(gain.so_far(), (3, 6, 6, 0));
    forget(batch.as_ptr());
}

#[test]
fn bad_numbers_are_refused_before_any_call() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
    let batch = open(&buffer);
    let params = batch.surface(0).unwrap().as_ptr();
    let refused = |change: fn(&mut sys::NvBufSurfaceParams)| {
        // SAFETY: the entry is of this test's buffer, and no reference to it is alive.
        let before = unsafe { *params };
        // SAFETY: as above.
        change(unsafe { &mut *params });
        let kind = batch.surface(0).unwrap().map_read().unwrap_err().kind();
        assert_eq!(batch.map_write_all().unwrap_err().kind(), kind);
        // SAFETY: as above.
        unsafe { *params = before };
        kind
    };
    assert_eq!(refused(|p| p.planeParams.num_planes = 1), ErrorKind::Abi);
    assert_eq!(refused(|p| p.planeParams.num_planes = 5), ErrorKind::Abi);
    assert_eq!(refused(|p| p.planeParams.psize[1] = 100), ErrorKind::Abi);
    assert_eq!(refused(|p| p.height = 2000), ErrorKind::Abi);
    assert_eq!(refused(|p| p.layout = sys::NVBUF_LAYOUT_BLOCK_LINEAR), ErrorKind::Unsupported);
    assert_eq!(refused(|p| p.colorFormat = 5000), ErrorKind::Unsupported);
    assert_eq!(calls(&batch), []);
    // A pitch shorter than its row is seen when the view is made: what was mapped for it goes back.
    assert_eq!(refused(|p| p.planeParams.pitch[1] = 4), ErrorKind::InvalidArgument);
    assert_eq!(with(batch.as_ptr(), |fake| fake.alive()), 0);
    assert!(batch.surface(1).is_err());
    gain.so_far();
    forget(batch.as_ptr());
}

#[test]
fn other_memory_is_never_mapped_or_synced() {
    let gain = Gain::start();
    for mem_type in [sys::NVBUF_MEM_SYSTEM, sys::NVBUF_MEM_CUDA_PINNED, sys::NVBUF_MEM_CUDA_UNIFIED] {
        let buffer = batch_of(mem_type, 2);
        let batch = open(&buffer);
        assert_eq!(batch.map_read_all().unwrap().len(), 2);
        batch.map_write_all().unwrap().finish().unwrap();
        assert_eq!(calls(&batch), []);
        forget(batch.as_ptr());
    }
    for mem_type in [sys::NVBUF_MEM_DEFAULT, sys::NVBUF_MEM_CUDA_DEVICE, sys::NVBUF_MEM_CUDA_ARRAY, 99] {
        let buffer = batch_of(mem_type, 2);
        let batch = open(&buffer);
        assert_eq!(batch.map_read_all().unwrap_err().kind(), ErrorKind::Residency);
        let error = batch.surface(1).unwrap().map_write().unwrap_err().to_string();
        assert!(error.contains("surface 1") && error.contains("nvbuf-memory-type=3"), "{error}");
        assert_eq!(calls(&batch), []);
        forget(batch.as_ptr());
    }
    assert_eq!(gain.so_far(), (12, 0, 0, 0));
}

/// Writers add one to a pixel each; a lost map, sync or unmap would lose a count or touch freed memory.
#[test]
fn threads_take_turns() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 2);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let buffer = &buffer;
            scope.spawn(move || {
                let batch = open(buffer);
                for round in 0..50 {
                    let surface = batch.surface(round % 2).unwrap();
                    if thread % 2 == 0 {
                        surface.map_write().unwrap().view_mut().plane_mut(1).row_mut(0)[0] += 1;
                    } else {
                        assert!(surface.map_read().unwrap().view().plane(1).row(0)[0] >= 128);
                    }
                }
            });
        }
    });
    let batch = open(&buffer);
    let maps = batch.map_read_all().unwrap();
    assert!(maps.iter().all(|map| map.view().plane(1).row(0)[0] == 128 + 50));
    drop(maps);
    let (guards, mapped, unmapped, failed) = gain.so_far();
    assert_eq!((guards, mapped, failed), (202, unmapped, 0));
    forget(batch.as_ptr());
}

#[test]
fn two_slots_with_the_same_pixels_have_readers_but_one_writer() {
    let gain = Gain::start();
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 2);
    let batch = open(&buffer);
    let (one, two) = (batch.surface(0).unwrap().as_ptr(), batch.surface(1).unwrap().as_ptr());
    // SAFETY: the entries are of this test's buffer, and no reference to them is alive.
    unsafe { (*two).bufferDesc = (*one).bufferDesc };
    assert_eq!(batch.map_read_all().unwrap().len(), 2);
    let error = batch.map_write_all().unwrap_err().to_string();
    assert!(error.contains("surface 1 cannot be mapped for writing"), "{error}");
    assert_eq!(gain.so_far(), (3, 6, 6, 0));
    forget(batch.as_ptr());
}

#[test]
fn without_a_library_the_error_lists_what_was_tried() {
    let _gain = Gain::start();
    if dsframe::runtime::try_api().unwrap().surface.is_some() {
        return;
    }
    let buffer = batch_of(sys::NVBUF_MEM_SURFACE_ARRAY, 1);
    let batch = SurfaceBatch::from_buffer(&buffer).unwrap();
    let error = batch.surface(0).unwrap().map_read().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Library);
    for word in ["surface 0", "NVBUF_MEM_SURFACE_ARRAY", "libnvbufsurface.so", "DSFRAME"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    forget(batch.as_ptr());
}
