use std::sync::atomic::{AtomicU64, Ordering};

/// What guards have done in this process so far.
///
/// Two readings around a piece of work tell whether it gave everything back:
/// [`is_balanced`](Self::is_balanced) holds whenever no guard is alive and no release has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MapCounters {
    /// Guards made.
    pub mapped: u64,
    /// Guards dropped.
    pub unmapped: u64,
    /// Planes mapped with `NvBufSurfaceMap`: those of Jetson's buffers that nobody had mapped before.
    pub planes_mapped: u64,
    /// Planes given back with `NvBufSurfaceUnMap`.
    pub planes_unmapped: u64,
    /// Calls that failed while a guard was given up (`NvBufSurfaceUnMap`, `NvBufSurfaceSyncForDevice`). A drop
    /// cannot return an error: it is logged and counted here. [`FrameMapMut::finish`](super::FrameMapMut::finish)
    /// returns it as well.
    pub failed_releases: u64,
}

static MAPPED: AtomicU64 = AtomicU64::new(0);
static UNMAPPED: AtomicU64 = AtomicU64::new(0);
static PLANES_MAPPED: AtomicU64 = AtomicU64::new(0);
static PLANES_UNMAPPED: AtomicU64 = AtomicU64::new(0);
static FAILED_RELEASES: AtomicU64 = AtomicU64::new(0);

impl MapCounters {
    /// The counts so far.
    ///
    /// ```
    /// use dsframe::surface::MapCounters;
    /// assert!(MapCounters::now().is_balanced());
    /// ```
    #[must_use]
    pub fn now() -> Self {
        // What ends is read before what begins, so that work in another thread is never seen ended but not begun.
        let (unmapped, planes_unmapped) = (read(&UNMAPPED), read(&PLANES_UNMAPPED));
        Self {
            mapped: read(&MAPPED),
            unmapped,
            planes_mapped: read(&PLANES_MAPPED),
            planes_unmapped,
            failed_releases: read(&FAILED_RELEASES),
        }
    }

    /// Whether all that was mapped has been given back, and nothing failed on the way.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.mapped == self.unmapped
            && self.planes_mapped == self.planes_unmapped
            && self.failed_releases == 0
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Acquire)
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Release);
}

pub(super) fn guard_made() {
    add(&MAPPED);
}

pub(super) fn guard_dropped() {
    add(&UNMAPPED);
}

pub(super) fn plane_mapped() {
    add(&PLANES_MAPPED);
}

pub(super) fn plane_unmapped() {
    add(&PLANES_UNMAPPED);
}

pub(super) fn release_failed() {
    add(&FAILED_RELEASES);
}
