use super::guard::Guard;
use super::{Residency, SurfaceRef};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{FrameView, FrameViewMut, MAX_PLANES, PixelFormat};
use crate::sys;

/// A surface mapped for reading; the guard unmaps on drop.
#[derive(Debug)]
pub struct FrameMap<'s> {
    view: FrameView<'s>,
    _guard: Guard,
}

/// A surface mapped for reading and writing; the guard unmaps on drop.
#[derive(Debug)]
pub struct FrameMapMut<'s> {
    view: FrameViewMut<'s>,
    _guard: Guard,
}

impl<'s> FrameMap<'s> {
    pub(super) fn new(surface: SurfaceRef<'s>) -> Result<Self> {
        let planes = planes_of(&surface)?;
        let guard = Guard::take(planes.address(), false, surface.index())?;
        let (format, colorimetry) = surface.format()?;
        let mut slices = [(&[][..], 0); MAX_PLANES];
        for (slice, plane) in slices.iter_mut().zip(&planes.list[..format.planes()]) {
            // SAFETY: `planes_of` checked that the plane lies in the surface's memory, which the CPU
            // can read and the batch keeps alive for 's; the guard excludes every writer of this process.
            *slice = (unsafe { std::slice::from_raw_parts(plane.start, plane.len) }, plane.pitch);
        }
        let view = FrameView::new(
            format,
            surface.width(),
            surface.height(),
            &slices[..format.planes()],
            colorimetry,
        )?;
        Ok(Self { view, _guard: guard })
    }

    /// The pixels, for as long as the guard lives.
    #[must_use]
    pub fn view(&self) -> FrameView<'_> {
        self.view
    }
}

impl<'s> FrameMapMut<'s> {
    pub(super) fn new(surface: SurfaceRef<'s>) -> Result<Self> {
        let planes = planes_of(&surface)?;
        let guard = Guard::take(planes.address(), true, surface.index())?;
        let (format, colorimetry) = surface.format()?;
        let slices = planes.list[..format.planes()]
            .iter()
            .map(|plane| {
                // SAFETY: as in `FrameMap::new`; planes of one surface do not overlap, which
                // `planes_of` checked, and the guard excludes every other guard of this process.
                (unsafe { std::slice::from_raw_parts_mut(plane.start.cast_mut(), plane.len) }, plane.pitch)
            })
            .collect();
        let view = FrameViewMut::new(format, surface.width(), surface.height(), slices, colorimetry)?;
        Ok(Self { view, _guard: guard })
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
}

#[derive(Clone, Copy)]
struct Plane {
    start: *const u8,
    len: usize,
    pitch: usize,
}

struct Planes {
    list: [Plane; MAX_PLANES],
}

impl Planes {
    /// Of the first plane, which stands for the surface.
    fn address(&self) -> usize {
        self.list[0].start.addr()
    }
}

/// Start, length and pitch of every plane, checked against the descriptor's own numbers.
fn planes_of(surface: &SurfaceRef<'_>) -> Result<Planes> {
    check_residency(surface)?;
    let (format, _) = surface.format()?;
    let params = surface.params();
    if params.layout != sys::NVBUF_LAYOUT_PITCH {
        return Err(Error::unsupported(format!(
            "surface {} has layout {} (block linear), which is not rows of pixels; convert it with \
             nvvideoconvert before this pad",
            surface.index(),
            params.layout
        )));
    }
    let (base, described) =
        (params.dataPtr.cast::<u8>().cast_const(), params.planeParams.num_planes as usize);
    if base.is_null() || described < format.planes() {
        return Err(Error::new(
            ErrorKind::Abi,
            format!(
                "surface {} ({format:?}) has {described} planes at address {base:p}, {} planes are needed",
                surface.index(),
                format.planes()
            ),
        ));
    }
    let mut list = [Plane { start: base, len: 0, pitch: 0 }; MAX_PLANES];
    let mut end = 0;
    for (i, slot) in list.iter_mut().enumerate().take(format.planes()) {
        let (offset, pitch) = (params.planeParams.offset[i] as usize, params.planeParams.pitch[i] as usize);
        let len = plane_len(format, i, (params.width, params.height), pitch);
        if offset < end || offset + len > params.dataSize as usize {
            return Err(Error::new(
                ErrorKind::Abi,
                format!(
                    "plane {i} of surface {} takes {len} bytes at offset {offset}, but the plane before ends at \
                     {end} and the surface has {} bytes",
                    surface.index(),
                    params.dataSize
                ),
            ));
        }
        end = offset + len;
        // SAFETY: offset + len <= dataSize, the size of the memory at dataPtr.
        *slot = Plane { start: unsafe { base.add(offset) }, len, pitch };
    }
    Ok(Planes { list })
}

/// Bytes from the first of the plane to the last of its last row.
fn plane_len(format: PixelFormat, plane: usize, size: (u32, u32), pitch: usize) -> usize {
    let (w, h) = format.plane_size(plane, size.0, size.1);
    if w == 0 || h == 0 { 0 } else { (h as usize - 1) * pitch + w as usize * format.bytes_per_pixel(plane) }
}

fn check_residency(surface: &SurfaceRef<'_>) -> Result<()> {
    let residency = surface.residency();
    if residency.is_host_addressable() {
        return Ok(());
    }
    let advice = match residency {
        Residency::Device | Residency::CudaArray | Residency::Unknown(_) => {
            "set nvbuf-memory-type=3 (unified) or 1 (pinned) on the nvstreammux and on every nvvideoconvert before \
             this pad"
        }
        _ => "put nvvideoconvert ! video/x-raw before this pad, which copies to system memory",
    };
    Err(Error::new(
        ErrorKind::Residency,
        format!("surface {} is {}, which the CPU cannot read; {advice}", surface.index(), residency.name()),
    ))
}
