//! The door to surfaces that a GPU reaches: device, unified and pinned memory.

use super::guard::{Guard, Pixels};
use super::{Residency, SurfaceRef};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Colorimetry, DeviceView, DeviceViewMut, MAX_PLANES, Pending, PixelFormat};
use crate::sys;

/// A surface lent to the GPU for reading; see [`SurfaceRef::device_view`].
#[derive(Debug)]
pub struct DeviceMap<'s> {
    picture: Picture<'s>,
}

/// A surface lent to the GPU for reading and writing; see [`SurfaceRef::device_view_mut`].
#[derive(Debug)]
pub struct DeviceMapMut<'s> {
    picture: Picture<'s>,
}

impl<'s> SurfaceRef<'s> {
    /// Lends the pixels to the GPU for reading: device, unified or pinned memory, where it is. Nothing is copied,
    /// no CUDA is needed to ask.
    ///
    /// When the guard is dropped it waits for what was handed to streams through its view, and only then may
    /// others have the pixels; [`DeviceMap::finish`] does the same and says whether it failed. On this surface no
    /// write guard of the CPU or the GPU can be alive at the same time, as with [`map_read`](Self::map_read).
    ///
    /// # Errors
    /// `Residency` for memory that CUDA cannot address (the message names the property to change), `Unsupported`
    /// for the format or a block-linear layout, `Abi` for planes outside of the surface, `InvalidArgument` while this
    /// thread has a write guard of the same pixels; one of another thread is waited for.
    pub fn device_view(&self) -> Result<DeviceMap<'s>> {
        Ok(DeviceMap { picture: Picture::of(*self, false)? })
    }

    /// Lends the pixels to the GPU for reading and writing, in place; see [`device_view`](Self::device_view).
    ///
    /// # Errors
    /// As there, and while any guard of the surface is alive.
    pub fn device_view_mut(&self) -> Result<DeviceMapMut<'s>> {
        Ok(DeviceMapMut { picture: Picture::of(*self, true)? })
    }
}

impl DeviceMap<'_> {
    /// The pixels, for as long as the guard lives.
    #[must_use]
    pub fn view(&self) -> DeviceView<'_> {
        self.picture.view()
    }

    /// Waits for what was handed over through the view, then drops the guard.
    ///
    /// # Errors
    /// When some of it failed.
    pub fn finish(self) -> Result<()> {
        self.picture.pending.wait()
    }
}

impl DeviceMapMut<'_> {
    /// The pixels, read only.
    #[must_use]
    pub fn view(&self) -> DeviceView<'_> {
        self.picture.view()
    }

    /// The pixels, to be changed in place.
    pub fn view_mut(&mut self) -> DeviceViewMut<'_> {
        let picture = &self.picture;
        // SAFETY: as in `Picture::view`; the guard is one for writing, and &mut self keeps other views away. The
        // planes do not overlap, which `layout_of` checked.
        let view = unsafe {
            let (width, height) = picture.size;
            let planes = &picture.planes[..picture.format.planes()];
            DeviceViewMut::from_raw(
                picture.format,
                width,
                height,
                planes,
                picture.colorimetry,
                picture.gpu,
                &picture.pending,
            )
        };
        view.expect("the layout was checked when the guard was made")
    }

    /// Waits for what was handed over through the view, then drops the guard.
    ///
    /// # Errors
    /// When some of it failed.
    pub fn finish(self) -> Result<()> {
        self.picture.pending.wait()
    }
}

/// What both guards hold.
#[derive(Debug)]
struct Picture<'s> {
    format: PixelFormat,
    colorimetry: Colorimetry,
    size: (u32, u32),
    planes: [(u64, usize); MAX_PLANES],
    gpu: u32,
    pending: Pending,
    _guard: Guard,
    _surface: SurfaceRef<'s>,
}

impl<'s> Picture<'s> {
    fn of(surface: SurfaceRef<'s>, writing: bool) -> Result<Self> {
        check_residency(&surface)?;
        let (format, colorimetry) = surface.format()?;
        let planes = layout_of(&surface, format)?;
        // The CPU's guards go by the address of the first plane too.
        let guard = Guard::take(Pixels::Address(planes[0].0 as usize), writing, surface.index())?;
        let (size, gpu) = ((surface.width(), surface.height()), surface.gpu_id());
        let pending = Pending::new();
        let picture =
            Self { format, colorimetry, size, planes, gpu, pending, _guard: guard, _surface: surface };
        picture.try_view()?;
        Ok(picture)
    }

    fn try_view(&self) -> Result<DeviceView<'_>> {
        let (width, height) = self.size;
        let planes = &self.planes[..self.format.planes()];
        // SAFETY: `layout_of` checked that the planes lie in the surface's memory, which its GPU reaches
        // (`check_residency`) and the batch keeps alive for 's; the guard excludes every writer of this process, and
        // its drop waits for `pending`.
        unsafe {
            DeviceView::from_raw(
                self.format,
                width,
                height,
                planes,
                self.colorimetry,
                self.gpu,
                &self.pending,
            )
        }
    }

    fn view(&self) -> DeviceView<'_> {
        self.try_view().expect("the layout was checked when the guard was made")
    }
}

impl Drop for Picture<'_> {
    /// The guard is dropped after this, as every field is.
    fn drop(&mut self) {
        if let Err(error) = self.pending.wait() {
            tracing::error!("work on a surface failed, and nobody asked for its result: {error}");
        }
    }
}

/// Address and pitch of every plane, checked against the descriptor's own numbers.
fn layout_of(surface: &SurfaceRef<'_>, format: PixelFormat) -> Result<[(u64, usize); MAX_PLANES]> {
    let (params, index) = (surface.params(), surface.index());
    if params.layout != sys::NVBUF_LAYOUT_PITCH {
        return Err(Error::unsupported(format!(
            "surface {index} has layout {} (block linear), which is not rows of pixels; convert it with \
             nvvideoconvert before this pad",
            params.layout
        )));
    }
    let (base, described) = (params.dataPtr.addr() as u64, params.planeParams.num_planes as usize);
    if base == 0 || described < format.planes() {
        return Err(Error::new(
            ErrorKind::Abi,
            format!(
                "surface {index} ({format:?}) has {described} planes at device address {base:#x}, {} planes are needed",
                format.planes()
            ),
        ));
    }
    let (mut planes, mut end) = ([(0, 0); MAX_PLANES], 0);
    for (i, plane) in planes.iter_mut().enumerate().take(format.planes()) {
        let (offset, pitch) = (params.planeParams.offset[i] as usize, params.planeParams.pitch[i] as usize);
        let (w, h) = format.plane_size(i, params.width, params.height);
        let row = w as usize * format.bytes_per_pixel(i);
        let len = if row == 0 || h == 0 { 0 } else { (h as usize - 1) * pitch + row };
        if offset < end || offset + len > params.dataSize as usize {
            return Err(Error::new(
                ErrorKind::Abi,
                format!(
                    "plane {i} of surface {index} takes {len} bytes at offset {offset}, but the plane before ends at \
                     {end} and the surface has {} bytes",
                    params.dataSize
                ),
            ));
        }
        (*plane, end) = ((base + offset as u64, pitch), offset + len);
    }
    Ok(planes)
}

fn check_residency(surface: &SurfaceRef<'_>) -> Result<()> {
    let residency = surface.residency();
    let advice = match residency {
        Residency::Pinned | Residency::Unified | Residency::Device => return Ok(()),
        Residency::Host => {
            "use map_read() or map_write(), or copy it to the GPU with cuda::Stream::to_device(); nvbuf-memory-type=2 \
             on the nvvideoconvert and the nvstreammux before this pad puts frames into GPU memory"
        }
        Residency::SurfaceArray | Residency::Handle => {
            "put nvvideoconvert with nvbuf-memory-type=2 before this pad"
        }
        _ => {
            "set nvbuf-memory-type=2 (device) on the nvstreammux and on every nvvideoconvert before this pad"
        }
    };
    Err(Error::new(
        ErrorKind::Residency,
        format!("surface {} is {}, which CUDA cannot address; {advice}", surface.index(), residency.name()),
    ))
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
