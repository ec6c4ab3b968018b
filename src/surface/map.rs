use super::SurfaceRef;
use super::access::Access;
use super::guard::Guard;
use super::planes::Planes;
use crate::error::Result;
use crate::frame::{FrameView, FrameViewMut, MAX_PLANES};

/// A surface mapped for reading; the guard unmaps on drop, on every path.
#[derive(Debug)]
pub struct FrameMap<'s> {
    // In this order they are dropped: no view without access, no access without the right to it.
    view: FrameView<'s>,
    _access: Option<Access>,
    _guard: Guard,
}

/// A surface mapped for reading and writing; on drop the guard makes the writes visible to the hardware, where
/// that takes a call, and unmaps.
#[derive(Debug)]
pub struct FrameMapMut<'s> {
    view: FrameViewMut<'s>,
    access: Option<Access>,
    _guard: Guard,
}

/// The surface's planes, made the CPU's.
struct Opened {
    planes: Planes,
    guard: Guard,
    access: Option<Access>,
    starts: [*mut u8; MAX_PLANES],
}

impl Opened {
    fn new(surface: SurfaceRef<'_>, writing: bool) -> Result<Self> {
        let planes = Planes::check(&surface)?;
        let guard = Guard::take(planes.pixels, writing, surface.index())?;
        let needs_map = surface.residency().needs_map();
        let access = needs_map.then(|| Access::open(&surface, planes.list().len(), writing)).transpose()?;
        let base = surface.params().dataPtr.cast::<u8>();
        let mut starts = [base; MAX_PLANES];
        for (i, (start, plane)) in starts.iter_mut().zip(planes.list()).enumerate() {
            *start = match &access {
                Some(access) => access.start(i),
                // SAFETY: `Planes::check` saw that offset + len <= dataSize, the size of the memory at dataPtr.
                None => unsafe { base.add(plane.offset) },
            };
        }
        Ok(Self { planes, guard, access, starts })
    }
}

impl<'s> FrameMap<'s> {
    pub(super) fn new(surface: SurfaceRef<'s>) -> Result<Self> {
        let Opened { planes, guard, access, starts } = Opened::new(surface, false)?;
        let mut slices = [(&[][..], 0); MAX_PLANES];
        for ((slice, plane), start) in slices.iter_mut().zip(planes.list()).zip(starts) {
            // SAFETY: the plane's `len` bytes lie in the surface's memory (`Planes::check`), at an address that
            // the CPU can read: the memory type says so, or it was mapped. The batch keeps the memory alive for
            // 's, and views are lent no longer than `access` lives; the guard excludes every writer of this
            // process.
            *slice = (unsafe { std::slice::from_raw_parts(start, plane.len) }, plane.pitch);
        }
        let (width, height) = (surface.width(), surface.height());
        let slices = &slices[..planes.list().len()];
        let view = FrameView::new(planes.format, width, height, slices, planes.colorimetry)?;
        Ok(Self { view, _access: access, _guard: guard })
    }

    /// The pixels, for as long as the guard lives.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.view
    }
}

impl<'s> FrameMapMut<'s> {
    pub(super) fn new(surface: SurfaceRef<'s>) -> Result<Self> {
        let Opened { planes, guard, access, starts } = Opened::new(surface, true)?;
        let slices = planes
            .list()
            .iter()
            .zip(starts)
            .map(|(plane, start)| {
                // SAFETY: as in `FrameMap::new`; planes of one surface do not overlap (`Planes::check`, or they
                // are mapped each on its own), and the guard excludes every other guard of this process.
                (unsafe { std::slice::from_raw_parts_mut(start, plane.len) }, plane.pitch)
            })
            .collect();
        let (width, height) = (surface.width(), surface.height());
        let view = FrameViewMut::new(planes.format, width, height, slices, planes.colorimetry)?;
        Ok(Self { view, access, _guard: guard })
    }

    /// The pixels, read only.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.view.as_view()
    }

    /// The pixels, to be changed in place.
    pub fn view_mut(&mut self) -> FrameViewMut<'_> {
        self.view.reborrow()
    }

    /// Gives the guard up as a drop does, and tells whether the hardware will see what was written.
    ///
    /// # Errors
    /// `Residency` when a call of the library failed; a drop would have logged and counted it.
    pub fn finish(mut self) -> Result<()> {
        self.access.take().map_or(Ok(()), Access::finish)
    }
}
