use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

use gst::BufferRef;
use gst::buffer::{BufferMap, Readable};

use super::{BatchMap, BatchMapMut, FrameMap, FrameMapMut, Residency, SurfaceFormat};
use crate::error::{Error, ErrorKind, Result};
use crate::frame::{Colorimetry, PixelFormat};
use crate::runtime::{self, SurfaceApi};
use crate::sys::{self, NvBufSurface, NvBufSurfaceParams, SurfaceGeneration};

/// The surfaces of one NVMM buffer, borrowed from it.
pub struct SurfaceBatch<'b> {
    // Keeps the descriptor mapped; its bytes are read through `surface`.
    _map: BufferMap<'b, Readable>,
    surface: NonNull<NvBufSurface>,
    generation: SurfaceGeneration,
    /// Set in place of the process's own.
    api: Option<SurfaceApi>,
}

/// One surface of a [`SurfaceBatch`].
#[derive(Clone, Copy)]
pub struct SurfaceRef<'s> {
    batch: &'s SurfaceBatch<'s>,
    params: NonNull<NvBufSurfaceParams>,
    index: u32,
    _borrow: PhantomData<&'s ()>,
}

impl<'b> SurfaceBatch<'b> {
    /// Borrows the descriptor of `buffer`, whose caps must have the feature `memory:NVMM`.
    ///
    /// # Errors
    /// `Abi` when the buffer's memory has not the size of a `NvBufSurface`, or its list is missing.
    pub fn from_buffer(buffer: &'b BufferRef) -> Result<Self> {
        let map = buffer.map_readable().map_err(|e| {
            Error::new(ErrorKind::Pipeline, "the buffer could not be mapped for reading").with_source(e)
        })?;
        let generation = SurfaceGeneration::from_mapped_size(map.size())?;
        let surface = NonNull::new(map.as_ptr().cast::<NvBufSurface>().cast_mut());
        let surface = surface.filter(|p| p.is_aligned()).ok_or_else(|| {
            Error::new(
                ErrorKind::Abi,
                "the buffer's memory is not aligned as a NvBufSurface; it holds something else",
            )
        })?;
        // SAFETY: the mapped bytes are at least a NvBufSurface prefix (the size was one of the known
        // sizes), aligned, and stay mapped as long as `map`, which moves into the batch.
        let head = unsafe { surface.as_ref() };
        if head.surfaceList.is_null() || head.numFilled > head.batchSize {
            return Err(Error::new(
                ErrorKind::Abi,
                format!(
                    "the NvBufSurface has {} of {} surfaces filled and its list is {}; it is damaged or freed",
                    head.numFilled,
                    head.batchSize,
                    if head.surfaceList.is_null() { "NULL" } else { "set" }
                ),
            ));
        }
        Ok(Self { _map: map, surface, generation, api: None })
    }

    /// The same batch, mapped with `api` where its memory needs a call to be mapped, in place of the process's
    /// `libnvbufsurface.so`.
    ///
    /// # Safety
    /// The functions keep the contract of `nvbufsurface.h`: what `map` leaves in `mappedAddr` for a plane is the
    /// address of at least `psize` bytes that may be read, and written after a map for writing, until `unmap`.
    #[must_use]
    pub unsafe fn with_api(self, api: SurfaceApi) -> Self {
        Self { api: Some(api), ..self }
    }

    fn head(&self) -> &NvBufSurface {
        // SAFETY: see `from_buffer`; the descriptor stays mapped as long as `self`.
        unsafe { self.surface.as_ref() }
    }

    /// Number of surfaces in use (`numFilled`).
    #[must_use]
    pub fn len(&self) -> u32 {
        self.head().numFilled
    }

    /// Whether no surface is in use.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the pixels of all surfaces are.
    #[must_use]
    pub fn residency(&self) -> Residency {
        Residency::from_mem_type(self.head().memType)
    }

    /// The GPU that holds the memory (0 for host memory).
    #[must_use]
    pub fn gpu_id(&self) -> u32 {
        self.head().gpuId
    }

    /// The layout of the structures, found from the size of the descriptor.
    #[must_use]
    pub fn generation(&self) -> SurfaceGeneration {
        self.generation
    }

    /// The descriptor itself, for C functions.
    #[must_use]
    pub fn as_ptr(&self) -> *mut NvBufSurface {
        self.surface.as_ptr()
    }

    /// Surface `batch_id`: the slot that `NvDsFrameMeta.batch_id` names.
    ///
    /// # Errors
    /// `InvalidArgument` when the batch has no such slot.
    pub fn surface(&self, batch_id: u32) -> Result<SurfaceRef<'_>> {
        if batch_id >= self.len() {
            return Err(Error::invalid(format!(
                "batch_id is {batch_id}, the buffer has {} surfaces",
                self.len()
            )));
        }
        let stride = self.generation.layout().params_stride;
        // SAFETY: surfaceList is an array of batchSize >= numFilled entries, `stride` bytes apart in
        // this generation, and batch_id is below numFilled.
        let params = unsafe { self.head().surfaceList.byte_add(batch_id as usize * stride) };
        let params = NonNull::new(params).expect("the list was checked when the batch was made");
        Ok(SurfaceRef { batch: self, params, index: batch_id, _borrow: PhantomData })
    }

    /// The surfaces in the order of their slots.
    pub fn surfaces(&self) -> impl ExactSizeIterator<Item = SurfaceRef<'_>> {
        (0..self.len()).map(|i| self.surface(i).expect("the index is below len"))
    }

    /// Maps all surfaces for reading, or none: a failure gives back those mapped before it.
    ///
    /// ```
    /// use dsframe::frame::{Colorimetry, PixelFormat};
    /// use dsframe::surface::{PixelPool, SurfaceAlloc, SurfaceBatch, SurfaceSpec};
    /// use dsframe::sys::SurfaceGeneration;
    /// # dsframe::gst::init().unwrap();
    /// let (format, colorimetry) = (PixelFormat::Rgba, Colorimetry::default());
    /// let mut alloc = SurfaceAlloc::new(SurfaceGeneration::C, 2);
    /// for width in [320, 640] {
    ///     alloc.push(SurfaceSpec { width, height: 240, format, colorimetry }, &PixelPool::new())?;
    /// }
    /// let buffer = alloc.into_buffer();
    /// let batch = SurfaceBatch::from_buffer(&buffer)?;
    /// let frames = batch.map_read_all()?;
    /// assert_eq!(frames.iter().map(|frame| frame.view().width()).collect::<Vec<_>>(), [320, 640]);
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`SurfaceRef::map_read`], for the first surface that cannot be mapped.
    pub fn map_read_all(&self) -> Result<BatchMap<'_>> {
        BatchMap::new(self)
    }

    /// Maps all surfaces for reading and writing, or none.
    ///
    /// # Errors
    /// As [`SurfaceRef::map_write`]; also when two slots lend the same pixels, which can have one writer.
    pub fn map_write_all(&self) -> Result<BatchMapMut<'_>> {
        BatchMapMut::new(self)
    }
}

impl<'s> SurfaceRef<'s> {
    pub(super) fn params(&self) -> &'s NvBufSurfaceParams {
        // SAFETY: the entry belongs to the descriptor that the batch keeps mapped for 's; a prefix of
        // every generation's entry is read.
        unsafe { self.params.as_ref() }
    }

    pub(super) fn entry(&self) -> NonNull<NvBufSurfaceParams> {
        self.params
    }

    pub(super) fn batch_ptr(&self) -> *mut NvBufSurface {
        self.batch.as_ptr()
    }

    /// The functions that map this surface.
    ///
    /// # Errors
    /// `Library` when there are none; the message lists what was tried.
    pub(super) fn api(&self) -> Result<SurfaceApi> {
        if let Some(api) = self.batch.api {
            return Ok(api);
        }
        runtime::try_api()?.surface.ok_or_else(|| {
            let why = runtime::locate("libnvbufsurface.so").map_or_else(
                |error| error.to_string(),
                |_| {
                    format!(
                        "{} is embedded, which leaves libnvbufsurface.so unused",
                        runtime::RUNTIME_VARIABLE
                    )
                },
            );
            Error::new(
                ErrorKind::Library,
                format!(
                    "surface {} is {}, which only libnvbufsurface.so can map: {why}",
                    self.index,
                    self.residency()
                ),
            )
        })
    }

    /// The slot in the batch.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.params().width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.params().height
    }

    /// The GPU that holds the memory (0 for host memory).
    #[must_use]
    pub fn gpu_id(&self) -> u32 {
        self.batch.gpu_id()
    }

    /// Bytes from a row to the next in plane 0.
    #[must_use]
    pub fn pitch(&self) -> u32 {
        self.params().pitch
    }

    /// Where the pixels are.
    #[must_use]
    pub fn residency(&self) -> Residency {
        self.batch.residency()
    }

    /// The number in the descriptor (`NvBufSurfaceColorFormat`).
    #[must_use]
    pub fn raw_format(&self) -> sys::NvBufSurfaceColorFormat {
        self.params().colorFormat
    }

    /// What [`raw_format`](Self::raw_format) says; numbers that cannot be viewed are a value here.
    #[must_use]
    pub fn surface_format(&self) -> SurfaceFormat {
        SurfaceFormat::from_raw(self.raw_format())
    }

    /// Pixel format and colorimetry.
    ///
    /// # Errors
    /// `Unsupported` for formats that this crate does not view.
    pub fn format(&self) -> Result<(PixelFormat, Colorimetry)> {
        self.surface_format().pixels()
    }

    /// The entry itself, for C functions.
    #[must_use]
    pub fn as_ptr(&self) -> *mut NvBufSurfaceParams {
        self.params.as_ptr()
    }

    /// Maps the pixels for reading; nothing is copied.
    ///
    /// | memory | how | calls of `libnvbufsurface.so` |
    /// |---|---|---|
    /// | system, pinned, unified | at `dataPtr`, as it is | none |
    /// | surface array, handle (Jetson) | at `mappedAddr` | Map unless mapped already, SyncForCpu; on drop UnMap of what was mapped here |
    /// | device, CUDA array, unknown | refused | none |
    ///
    /// # Errors
    /// `Residency` when the CPU cannot reach the memory (the message names the property to change), `Library`
    /// when the memory needs `libnvbufsurface.so` and there is none, `Abi` for numbers that contradict each other,
    /// `Unsupported` for the format, `InvalidArgument` while this thread has a write guard of the same pixels; one
    /// of another thread is waited for.
    pub fn map_read(&self) -> Result<FrameMap<'s>> {
        FrameMap::new(*self)
    }

    /// Maps the pixels for reading and writing, in place: as [`map_read`](Self::map_read), and on drop
    /// SyncForDevice where the memory is mapped.
    ///
    /// # Errors
    /// As [`map_read`](Self::map_read), and while any guard of the surface is alive.
    pub fn map_write(&self) -> Result<FrameMapMut<'s>> {
        FrameMapMut::new(*self)
    }
}

impl fmt::Debug for SurfaceBatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SurfaceBatch")
            .field("residency", &self.residency())
            .field("gpu_id", &self.gpu_id())
            .field("generation", &self.generation)
            .field("batch_size", &self.head().batchSize)
            .field("surfaces", &self.surfaces().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// On one line: size, format, pitch, memory, planes.
impl fmt::Debug for SurfaceRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} {}", self.width(), self.height(), self.surface_format())?;
        write!(f, " pitch {} {:?}", self.pitch(), self.residency())?;
        let params = self.params();
        if params.layout != sys::NVBUF_LAYOUT_PITCH {
            write!(f, " layout {}", params.layout)?;
        }
        let planes = &params.planeParams;
        for i in 0..(planes.num_planes as usize).min(sys::NVBUF_MAX_PLANES) {
            let (w, h, pitch, offset) =
                (planes.width[i], planes.height[i], planes.pitch[i], planes.offset[i]);
            write!(f, "{} {w}x{h} pitch {pitch} at {offset}", if i == 0 { ", planes" } else { "," })?;
        }
        Ok(())
    }
}
