use super::guard::Pixels;
use super::{Residency, SurfaceRef};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Colorimetry, MAX_PLANES, PixelFormat};
use crate::sys::{self, NvBufSurfaceParams};

/// One plane as the descriptor has it, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Plane {
    /// From the surface's first byte.
    pub(super) offset: usize,
    /// From the first byte of its first row to the last pixel of its last.
    pub(super) len: usize,
    pub(super) pitch: usize,
}

/// What the descriptor says of a surface, checked before anything is mapped.
#[derive(Debug)]
pub(super) struct Planes {
    pub(super) format: PixelFormat,
    pub(super) colorimetry: Colorimetry,
    list: [Plane; MAX_PLANES],
    pub(super) pixels: Pixels,
}

impl Planes {
    /// # Errors
    /// As [`SurfaceRef::map_read`] has them.
    pub(super) fn check(surface: &SurfaceRef<'_>) -> Result<Self> {
        let residency = surface.residency();
        if !residency.is_host_addressable() && !residency.needs_map() {
            return Err(refused(surface, residency));
        }
        let (format, colorimetry) = surface.format()?;
        let params = surface.params();
        if params.layout != sys::NVBUF_LAYOUT_PITCH {
            return Err(Error::unsupported(format!(
                "surface {} has layout {} (block linear), which is not rows of pixels; convert it with \
                 nvvideoconvert before this pad",
                surface.index(),
                params.layout
            )));
        }
        let described = params.planeParams.num_planes as usize;
        if described < format.planes() || described > sys::NVBUF_MAX_PLANES {
            return Err(damaged(format!(
                "surface {} ({format:?}) has {described} planes in its descriptor, {} are needed",
                surface.index(),
                format.planes()
            )));
        }
        let mapped = residency.needs_map();
        let mut list = [Plane::default(); MAX_PLANES];
        let mut end = 0;
        for (i, slot) in list.iter_mut().enumerate().take(format.planes()) {
            *slot = plane(params, format, i);
            // A mapped plane has an address of its own; in host memory they follow one another.
            let (start, room) = if mapped {
                (0, params.planeParams.psize[i] as usize)
            } else {
                (slot.offset, params.dataSize as usize)
            };
            if !mapped && start < end || start + slot.len > room {
                return Err(damaged(format!(
                    "plane {i} of surface {} takes {} bytes at offset {start}, but the plane before ends at {end} \
                     and there is room for {room} bytes",
                    surface.index(),
                    slot.len
                )));
            }
            end = start + slot.len;
        }
        Ok(Self { format, colorimetry, list, pixels: pixels(surface, params, mapped)? })
    }

    pub(super) fn list(&self) -> &[Plane] {
        &self.list[..self.format.planes()]
    }
}

fn plane(params: &NvBufSurfaceParams, format: PixelFormat, index: usize) -> Plane {
    let (w, h) = format.plane_size(index, params.width, params.height);
    let pitch = params.planeParams.pitch[index] as usize;
    let row = w as usize * format.bytes_per_pixel(index);
    let len = if w == 0 || h == 0 { 0 } else { (h as usize - 1) * pitch + row };
    Plane { offset: params.planeParams.offset[index] as usize, len, pitch }
}

fn pixels(surface: &SurfaceRef<'_>, params: &NvBufSurfaceParams, mapped: bool) -> Result<Pixels> {
    match params.dataPtr.addr() {
        // Entries that a muxer copied lead to the same buffer of the hardware.
        _ if mapped && params.bufferDesc != 0 => Ok(Pixels::Descriptor(params.bufferDesc)),
        0 if mapped => Ok(Pixels::Address(surface.as_ptr().addr())),
        0 => Err(damaged(format!(
            "surface {} has no address (dataPtr is NULL) in {}; it is damaged or freed",
            surface.index(),
            surface.residency()
        ))),
        address => Ok(Pixels::Address(address)),
    }
}

#[cold]
fn damaged(message: String) -> Error {
    Error::new(ErrorKind::Abi, message)
}

#[cold]
fn refused(surface: &SurfaceRef<'_>, residency: Residency) -> Error {
    Error::new(
        ErrorKind::Residency,
        format!(
            "surface {} is {residency}, which the CPU cannot read; {}",
            surface.index(),
            residency.advice()
        ),
    )
}
