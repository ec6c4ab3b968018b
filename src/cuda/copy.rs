//! Copies between GPU and host, each of them asked for by name, whole frames or windows of them.

use cudarc::driver::sys::{CUDA_MEMCPY2D_st, CUmemorytype};

use super::driver::call;
use super::memory::Pinned;
use super::{DeviceTensor, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{
    Colorimetry, DevicePlane, DeviceView, DeviceViewMut, FrameView, FrameViewMut, OwnedFrame, PixelFormat,
};

/// Planes start at multiples of this in the pinned memory.
const PLANE_ALIGN: usize = 256;

/// One side of a copy.
#[derive(Clone, Copy)]
enum Side {
    /// Address and pitch of memory that the GPU reaches.
    Device(u64, usize),
    /// Address of rows that follow each other in pinned memory.
    Pinned(*mut u8),
}

impl Stream {
    /// A copy of `src` in host memory, once everything handed over to the GPU so far is done; waits for it.
    ///
    /// # Errors
    /// `Residency` for another GPU's memory; `Cuda` when the copy, or work before it, failed.
    pub fn to_host(&self, src: &DeviceView<'_>) -> Result<OwnedFrame> {
        let size = (src.width(), src.height());
        let mut frame = OwnedFrame::for_copy(src.format(), src.colorimetry(), size, src.chroma_phase());
        self.to_host_into(src, &mut frame.view_mut())?;
        Ok(frame)
    }

    /// Copies `src` into host memory of the same size and format; waits for it.
    ///
    /// # Errors
    /// As [`to_host`](Self::to_host), and `InvalidArgument` when size, format or, in 4:2:0 formats, the window's place
    /// in its chroma samples differ.
    pub fn to_host_into(&self, src: &DeviceView<'_>, dst: &mut FrameViewMut<'_>) -> Result<()> {
        check_same(&shape_of(src), &(dst.format(), dst.width(), dst.height(), dst.chroma_phase()))?;
        self.check_gpu("src", src.gpu())?;
        let _bound = self.device().bind()?;
        let (places, bytes) = places(src);
        if bytes == 0 {
            return Ok(());
        }
        let pinned = Pinned::take(self, bytes)?;
        self.enter(&[src.pending()])?;
        for (i, &place) in places.iter().enumerate().take(src.format().planes()) {
            let plane = src.plane(i);
            // SAFETY: `places` laid the rows of every plane out within `bytes`.
            let to = Side::Pinned(unsafe { pinned.start().add(place) });
            self.copy_plane(&plane, Side::Device(plane.address(), plane.pitch()), to, "to the host")?;
        }
        self.synchronize()?;
        for (i, &place) in places.iter().enumerate().take(src.format().planes()) {
            let plane = src.plane(i);
            let (row, mut to) = (plane.row_bytes(), dst.plane_mut(i));
            for y in 0..plane.height() {
                let at = place + y as usize * row;
                to.row_mut(y).copy_from_slice(&pinned.bytes()[at..at + row]);
            }
        }
        Ok(())
    }

    /// Copies `src` into GPU memory of the same size and format. The copy is handed over to this stream; `src` may
    /// change as soon as this returns.
    ///
    /// # Errors
    /// `Residency` for another GPU's memory, `InvalidArgument` when size, format or, in 4:2:0 formats, the window's
    /// place in its chroma samples differ, `Cuda` when the driver refuses.
    pub fn copy_from_host(&self, src: &FrameView<'_>, dst: &mut DeviceViewMut<'_>) -> Result<()> {
        let dst = dst.as_view();
        check_same(&(src.format(), src.width(), src.height(), src.chroma_phase()), &shape_of(&dst))?;
        self.check_gpu("dst", dst.gpu())?;
        let _bound = self.device().bind()?;
        let (places, bytes) = places(&dst);
        if bytes == 0 {
            return Ok(());
        }
        let mut pinned = Pinned::take(self, bytes)?;
        for (i, &place) in places.iter().enumerate().take(src.format().planes()) {
            let rows = pinned.bytes_mut()[place..].chunks_exact_mut(dst.plane(i).row_bytes().max(1));
            src.plane(i).rows().zip(rows).for_each(|(from, to)| to.copy_from_slice(from));
        }
        self.enter(&[dst.pending()])?;
        for (i, &place) in places.iter().enumerate().take(src.format().planes()) {
            let plane = dst.plane(i);
            // SAFETY: `places` laid the rows of every plane out within `bytes`.
            let from = Side::Pinned(unsafe { pinned.start().add(place) });
            self.copy_plane(&plane, from, Side::Device(plane.address(), plane.pitch()), "from the host")?;
        }
        Ok(())
    }

    /// Copies `bytes` into `tensor`, from its byte `at` on; handed over to this stream, and `bytes` may change as soon as
    /// this returns.
    pub(crate) fn copy_bytes(&self, bytes: &[u8], tensor: &mut DeviceTensor, at: usize) -> Result<()> {
        let (size, len) = (tensor.len() * tensor.dtype().size(), bytes.len());
        let Some(columns) = u32::try_from(len).ok().filter(|_| at <= size && len <= size - at) else {
            return Err(Error::invalid(format!(
                "{len} bytes do not fit behind byte {at} of a tensor of {size}"
            )));
        };
        // A picture of one row.
        let (format, colors, gpu) =
            (PixelFormat::Gray8, Colorimetry::default(), tensor.stream().device().gpu());
        let row = FrameView::new(format, columns, 1, &[(bytes, len)], colors)?;
        let place = [(tensor.address() + at as u64, len)];
        // SAFETY: the tensor has these bytes, as was just looked at; it is borrowed to be written, and waits for what is
        // noted in it.
        let mut to =
            unsafe { DeviceViewMut::from_raw(format, columns, 1, &place, colors, gpu, tensor.pending()) }?;
        self.copy_from_host(&row, &mut to)
    }

    /// Copies `src` into GPU memory of the same size and format on the same GPU; handed over to this stream.
    ///
    /// # Errors
    /// As [`copy_from_host`](Self::copy_from_host).
    pub fn copy(&self, src: &DeviceView<'_>, dst: &mut DeviceViewMut<'_>) -> Result<()> {
        let dst = dst.as_view();
        check_same(&shape_of(src), &shape_of(&dst))?;
        self.check_gpu("src", src.gpu())?;
        self.check_gpu("dst", dst.gpu())?;
        let _bound = self.device().bind()?;
        self.enter(&[src.pending(), dst.pending()])?;
        for i in 0..src.format().planes() {
            let (from, to) = (src.plane(i), dst.plane(i));
            let [from_side, to_side] = [from, to].map(|plane| Side::Device(plane.address(), plane.pitch()));
            self.copy_plane(&from, from_side, to_side, "within the GPU")?;
        }
        Ok(())
    }

    /// Hands over the copy of rows shaped as those of `plane`. The context must be current.
    fn copy_plane(&self, plane: &DevicePlane<'_>, from: Side, to: Side, what: &str) -> Result<()> {
        let (row, rows) = (plane.row_bytes(), plane.height() as usize);
        if row == 0 || rows == 0 {
            return Ok(());
        }
        let (src, dst) = (side(from, row), side(to, row));
        let copy = CUDA_MEMCPY2D_st {
            srcXInBytes: 0,
            srcY: 0,
            srcMemoryType: src.0,
            srcHost: src.1,
            srcDevice: src.2,
            srcArray: std::ptr::null_mut(),
            srcPitch: src.3,
            dstXInBytes: 0,
            dstY: 0,
            dstMemoryType: dst.0,
            dstHost: dst.1,
            dstDevice: dst.2,
            dstArray: std::ptr::null_mut(),
            dstPitch: dst.3,
            WidthInBytes: row,
            Height: rows,
        };
        let stream = self.raw().cu_stream();
        // SAFETY: device sides are planes of views, whose maker promised the memory, on this GPU (`check_gpu`); pinned
        // sides have `row * rows` bytes and go back to the pool with an event behind this copy.
        unsafe {
            call!(
                cuMemcpy2DAsync_v2(&raw const copy, stream),
                "copying {row} bytes x {rows} rows {what}, pitches {} and {}",
                copy.srcPitch,
                copy.dstPitch
            )
        }
    }
}

/// Memory type, host address, device address and pitch. Frames can be in device, unified or pinned memory, which
/// UNIFIED leaves to the driver to tell apart.
fn side(side: Side, row: usize) -> (CUmemorytype, *mut std::ffi::c_void, u64, usize) {
    match side {
        Side::Device(address, pitch) => {
            (CUmemorytype::CU_MEMORYTYPE_UNIFIED, std::ptr::null_mut(), address, pitch)
        }
        Side::Pinned(start) => (CUmemorytype::CU_MEMORYTYPE_HOST, start.cast(), 0, row),
    }
}

/// Where each plane's rows start in the pinned memory, and its size.
fn places(view: &DeviceView<'_>) -> ([usize; crate::frame::MAX_PLANES], usize) {
    let (mut places, mut end) = ([0; crate::frame::MAX_PLANES], 0usize);
    for (i, place) in places.iter_mut().enumerate().take(view.format().planes()) {
        let plane = view.plane(i);
        *place = end.next_multiple_of(PLANE_ALIGN);
        end = *place + plane.row_bytes() * plane.height() as usize;
    }
    (places, end)
}

type Shape = (PixelFormat, u32, u32, (u32, u32));

fn shape_of(view: &DeviceView<'_>) -> Shape {
    (view.format(), view.width(), view.height(), view.chroma_phase())
}

fn check_same(src: &Shape, dst: &Shape) -> Result<()> {
    if src == dst {
        return Ok(());
    }
    let tell = |(format, w, h, (x, y)): &Shape| match (x, y) {
        (0, 0) => format!("{w}x{h} {format:?}"),
        _ => format!("{w}x{h} {format:?} that starts {x} columns and {y} rows into a chroma sample"),
    };
    Err(Error::new(
        ErrorKind::InvalidArgument,
        format!("src is {}, dst is {}; a copy needs the same", tell(src), tell(dst)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_differ_are_told_apart_in_words() {
        let nv12 = (PixelFormat::Nv12, 4, 2, (0, 0));
        assert!(check_same(&nv12, &nv12).is_ok());
        let error = check_same(&nv12, &(PixelFormat::Nv12, 4, 2, (1, 0))).unwrap_err().to_string();
        assert_eq!(
            error,
            "src is 4x2 Nv12, dst is 4x2 Nv12 that starts 1 columns and 0 rows into a chroma sample; a copy needs the same"
        );
    }
}
