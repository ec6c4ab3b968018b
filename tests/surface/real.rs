//! Surfaces made by NVIDIA's own library.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use dsframe::sys::{NvBufSurface, NvBufSurfaceParams, SurfaceGeneration};
use libloading::os::unix::{Library, Symbol};

/// `NvBufSurfaceCreateParams`, as large as the largest known.
#[repr(C)]
#[derive(Default)]
struct CreateParams {
    gpu_id: u32,
    width: u32,
    height: u32,
    size: u32,
    is_contiguous: u8,
    color_format: u32,
    layout: u32,
    mem_type: u32,
    reserved: [u64; 4],
}

type Create = unsafe extern "C" fn(*mut *mut NvBufSurface, u32, *mut CreateParams) -> c_int;
type Destroy = unsafe extern "C" fn(*mut NvBufSurface) -> c_int;
type Count = unsafe extern "C" fn() -> usize;

pub(crate) struct Real {
    create: Symbol<Create>,
    destroy: Symbol<Destroy>,
    blocks: Symbol<Count>,
}

/// A batch of NVIDIA's, destroyed with the last buffer that holds it.
struct Owned {
    surface: *mut NvBufSurface,
    destroy: Destroy,
}

// SAFETY: the library ties a surface to no thread, and the descriptor is only read through shared references.
unsafe impl Send for Owned {}
// SAFETY: as above.
unsafe impl Sync for Owned {}

impl AsRef<[u8]> for Owned {
    fn as_ref(&self) -> &[u8] {
        let size = SurfaceGeneration::C.layout().surface_size;
        // SAFETY: the descriptor has that many bytes in the library's version, all written by it.
        unsafe { std::slice::from_raw_parts(self.surface.cast(), size) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the surface was made by the library and is destroyed once.
        assert_eq!(unsafe { (self.destroy)(self.surface) }, 0);
    }
}

impl Real {
    pub(crate) fn load() -> Self {
        // SAFETY: NVIDIA's library and the stand-in beside it, by name, whose initialisers any program runs.
        let open = |name: &str| unsafe { Library::new(name) }.unwrap_or_else(|e| panic!("{name}: {e}"));
        let (surface, cudart) = (open("libnvbufsurface.so"), open("libcudart.so.13"));
        // SAFETY: the functions have these signatures in nvbufsurface.h and in the stand-in.
        unsafe {
            let real = Self {
                create: surface.get(b"NvBufSurfaceCreate").unwrap(),
                destroy: surface.get(b"NvBufSurfaceDestroy").unwrap(),
                blocks: cudart.get(b"standin_blocks").unwrap(),
            };
            std::mem::forget((surface, cudart));
            real
        }
    }

    /// Blocks of the stand-in's memory that are allocated.
    pub(crate) fn blocks(&self) -> usize {
        // SAFETY: the function takes no arguments and its own lock.
        unsafe { (self.blocks)() }
    }

    /// A buffer of `filled` out of `filled + 1` surfaces, wrapped as NVIDIA's elements do; `None` where the library
    /// refuses.
    pub(crate) fn buffer(
        &self,
        mem_type: u32,
        format: u32,
        size: (u32, u32),
        filled: u32,
    ) -> Option<gst::Buffer> {
        let mut params = CreateParams {
            width: size.0,
            height: size.1,
            color_format: format,
            mem_type,
            ..CreateParams::default()
        };
        let mut surface = MaybeUninit::new(ptr::null_mut());
        // SAFETY: both pointers are to locals of the right types; the batch has at least one slot.
        if unsafe { (self.create)(surface.as_mut_ptr(), filled + 1, &raw mut params) } != 0 {
            return None;
        }
        // SAFETY: initialised above, and by the library.
        let surface = unsafe { surface.assume_init() };
        // SAFETY: the library succeeded, so the pointer is to a descriptor that is this function's alone.
        unsafe { (*surface).numFilled = filled };
        let memory = gst::Memory::from_slice(Owned { surface, destroy: *self.destroy });
        let mut buffer = gst::Buffer::new();
        buffer.get_mut().unwrap().append_memory(memory);
        Some(buffer)
    }
}

/// The bytes of plane `plane`, as far as the surface says they reach.
pub(crate) fn plane_bytes(params: &NvBufSurfaceParams, plane: usize) -> *const u8 {
    // SAFETY: the plane's offset lies in the surface's memory, by the library's own numbers.
    unsafe { params.dataPtr.cast::<u8>().add(params.planeParams.offset[plane] as usize) }
}

/// Whether `mappedAddr` of `plane` is where the plane is.
pub(crate) fn mapped_in_place(params: &NvBufSurfaceParams, plane: usize) -> bool {
    params.mappedAddr.addr[plane].cast_const() == plane_bytes(params, plane).cast::<c_void>()
}
