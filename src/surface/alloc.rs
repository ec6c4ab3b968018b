//! Surfaces in system memory, as the embedded elements carry them.

use std::mem::size_of;
use std::sync::{Arc, Mutex, PoisonError};

use super::color_format;
use crate::error::Result;
use crate::frame::{Colorimetry, PixelFormat};
use crate::sys::{self, NvBufSurface, NvBufSurfaceParams, NvBufSurfacePlaneParams, SurfaceGeneration};

/// What a surface shall hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurfaceSpec {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pixel format.
    pub format: PixelFormat,
    /// Matrix and range, for YUV formats.
    pub colorimetry: Colorimetry,
}

/// Rows of every plane start at a multiple of this many bytes, as the real library's do
/// (measured on DeepStream 9.0, dGPU).
const PITCH_ALIGN: u32 = 512;

/// The planes of a surface of `format`, laid out as the real library does: pitch is the row of the
/// even width rounded up to 512 bytes, heights are rounded up to even, planes follow one another,
/// and I420's chroma pitch is half of luma's (measured for the 8-bit 4:2:0 and RGB formats; others follow suit).
///
/// ```
/// use dsframe::{frame::PixelFormat, surface::plane_layout};
/// let nv12 = plane_layout(PixelFormat::Nv12, 641, 271);
/// assert_eq!((nv12.pitch[0], nv12.psize[0] + nv12.psize[1]), (1024, 417_792));
/// ```
#[must_use]
pub fn plane_layout(format: PixelFormat, width: u32, height: u32) -> NvBufSurfacePlaneParams {
    let (width, height) = (width.next_multiple_of(2), height.next_multiple_of(2));
    let mut planes = NvBufSurfacePlaneParams {
        num_planes: format.planes() as u32,
        width: [0; 4],
        height: [0; 4],
        pitch: [0; 4],
        offset: [0; 4],
        psize: [0; 4],
        bytesPerPix: [0; 4],
        _reserved: [std::ptr::null_mut(); 16],
    };
    let mut offset = 0;
    for i in 0..format.planes() {
        let (w, h) = format.plane_size(i, width, height);
        let bytes = format.bytes_per_pixel(i) as u32;
        let pitch = if i > 0 && format.planes() == 3 {
            planes.pitch[0] >> format.chroma_shift().map_or(0, |(x, _)| x)
        } else {
            (w * bytes).next_multiple_of(PITCH_ALIGN)
        };
        (planes.width[i], planes.height[i], planes.bytesPerPix[i]) = (w, h, bytes);
        (planes.pitch[i], planes.offset[i], planes.psize[i]) = (pitch, offset, pitch * h);
        offset += pitch * h;
    }
    planes
}

/// Pixel memory that is used again: a frame's block goes back when its surface is freed.
#[derive(Debug, Clone, Default)]
pub struct PixelPool {
    free: Arc<Mutex<Vec<Box<[u64]>>>>,
}

/// Blocks kept at most; more than a few batches in flight are rare.
const POOL_BLOCKS: usize = 64;

impl PixelPool {
    /// An empty pool.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A block of at least `bytes` bytes. Its content is zero or left over from an earlier frame.
    fn take(&self, bytes: usize) -> Pixels {
        let words = bytes.div_ceil(size_of::<u64>());
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        // Blocks of another size belong to a stream whose size changed: they are not kept.
        free.retain(|block| block.len() == words);
        let block = free.pop();
        drop(free);
        Pixels { block: block.unwrap_or_else(|| vec![0; words].into_boxed_slice()), pool: self.clone() }
    }
}

/// One block of a [`PixelPool`].
struct Pixels {
    block: Box<[u64]>,
    pool: PixelPool,
}

impl Drop for Pixels {
    fn drop(&mut self) {
        let block = std::mem::take(&mut self.block);
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < POOL_BLOCKS {
            free.push(block);
        }
    }
}

/// A `NvBufSurface` descriptor with its list, and what keeps the pixels alive.
pub struct SurfaceAlloc {
    /// The descriptor's bytes, in words for its alignment.
    descriptor: Box<[u64]>,
    /// `surfaceList`, in words for its alignment.
    list: Box<[u64]>,
    filled: u32,
    generation: SurfaceGeneration,
    _pixels: Vec<Pixels>,
    /// Buffers whose surfaces are lent to this batch.
    _inputs: Vec<gst::Buffer>,
}

// SAFETY: the descriptor points into blocks that this value owns or whose buffers it holds; nothing
// in it belongs to a thread.
unsafe impl Send for SurfaceAlloc {}
// SAFETY: no method writes through a shared reference.
unsafe impl Sync for SurfaceAlloc {}

impl SurfaceAlloc {
    /// An empty batch with room for `batch_size` surfaces.
    #[must_use]
    pub fn new(generation: SurfaceGeneration, batch_size: u32) -> Self {
        let layout = generation.layout();
        let mut this = Self {
            descriptor: vec![0; layout.surface_size / 8].into_boxed_slice(),
            list: vec![0; layout.params_stride / 8 * batch_size.max(1) as usize].into_boxed_slice(),
            filled: 0,
            generation,
            _pixels: Vec::new(),
            _inputs: Vec::new(),
        };
        let list = this.list.as_mut_ptr().cast::<NvBufSurfaceParams>();
        let head = this.head_mut();
        head.batchSize = batch_size;
        head.memType = sys::NVBUF_MEM_SYSTEM;
        head.surfaceList = list;
        this
    }

    fn head_mut(&mut self) -> &mut NvBufSurface {
        // SAFETY: the words are zeroed or a valid NvBufSurface, 8-aligned, and surface_size bytes long,
        // of which NvBufSurface is a prefix; all-zero is a valid value of the struct.
        unsafe { &mut *self.descriptor.as_mut_ptr().cast::<NvBufSurface>() }
    }

    fn slot(&mut self) -> Result<&mut NvBufSurfaceParams> {
        let batch_size = self.head_mut().batchSize;
        if self.filled >= batch_size {
            return Err(crate::Error::invalid(format!("the batch already holds its {batch_size} surfaces")));
        }
        let words = self.generation.layout().params_stride / 8;
        let slot = &mut self.list[self.filled as usize * words..][..words];
        self.filled += 1;
        let filled = self.filled;
        let slot = slot.as_mut_ptr().cast::<NvBufSurfaceParams>();
        self.head_mut().numFilled = filled;
        // SAFETY: the slot is params_stride zeroed, 8-aligned bytes, of which NvBufSurfaceParams is a
        // prefix; the list is borrowed with self.
        Ok(unsafe { &mut *slot })
    }

    /// Adds a surface with memory from `pool`. Its pixels are not cleared.
    ///
    /// # Errors
    /// When the batch is full, or DeepStream has no number for format and colorimetry.
    pub fn push(&mut self, spec: SurfaceSpec, pool: &PixelPool) -> Result<()> {
        let color_format = color_format(spec.format, spec.colorimetry)?;
        let planes = plane_layout(spec.format, spec.width, spec.height);
        let bytes: u32 = planes.psize.iter().sum();
        let mut pixels = pool.take(bytes as usize);
        let data = pixels.block.as_mut_ptr();
        let slot = self.slot()?;
        (slot.width, slot.height, slot.pitch) = (spec.width, spec.height, planes.pitch[0]);
        (slot.colorFormat, slot.layout) = (color_format, sys::NVBUF_LAYOUT_PITCH);
        (slot.dataSize, slot.dataPtr, slot.planeParams) = (bytes, data.cast(), planes);
        self._pixels.push(pixels);
        Ok(())
    }

    /// Lends surface `index` of `input` to this batch: its entry is copied, its pixels are shared, and
    /// `input` is kept alive. This is what nvstreammux does.
    ///
    /// # Errors
    /// When `input` is no NVMM buffer, has no such surface, or this batch is full.
    pub fn push_shared(&mut self, input: &gst::Buffer, index: u32) -> Result<()> {
        let batch = super::SurfaceBatch::from_buffer(input)?;
        let (entry, residency) = (batch.surface(index)?.as_ptr(), batch.as_ptr());
        let from = batch.generation().layout().params_stride;
        let bytes = from.min(self.generation.layout().params_stride);
        let slot: *mut NvBufSurfaceParams = self.slot()?;
        // SAFETY: both entries are at least `bytes` long, the smaller of their strides, and distinct.
        unsafe { std::ptr::copy_nonoverlapping(entry.cast::<u8>(), slot.cast::<u8>(), bytes) };
        // SAFETY: the descriptor stays mapped as long as `batch`.
        let (mem_type, gpu_id) = unsafe { ((*residency).memType, (*residency).gpuId) };
        let head = self.head_mut();
        (head.memType, head.gpuId) = (mem_type, gpu_id);
        drop(batch);
        self._inputs.push(input.clone());
        Ok(())
    }

    /// A buffer with one read-only memory: the descriptor itself, as the real elements make it.
    #[must_use]
    pub fn into_buffer(self) -> gst::Buffer {
        let mut buffer = gst::Buffer::new();
        let writable = buffer.get_mut().expect("a new buffer has one owner");
        writable.append_memory(gst::Memory::from_slice(self));
        buffer
    }
}

impl AsRef<[u8]> for SurfaceAlloc {
    fn as_ref(&self) -> &[u8] {
        let bytes = self.descriptor.len() * size_of::<u64>();
        // SAFETY: any initialised words are readable as bytes, for as long as they are borrowed.
        unsafe { std::slice::from_raw_parts(self.descriptor.as_ptr().cast(), bytes) }
    }
}
