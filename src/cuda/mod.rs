//! The GPU: streams, copies that are asked for, kernels, and memory that is used again.
//!
//! Nothing here is needed to build, and a machine without a driver says so: [`available`] and [`Device::new`] return an
//! error of kind [`Library`](crate::ErrorKind::Library), and the same program goes on with frames that the CPU maps.
//! Nothing is ever copied between GPU and host but by the calls whose names say it.
//!
//! ```no_run
//! use dsframe::cuda::Device;
//! use dsframe::frame::{Colorimetry, OwnedFrame, PixelFormat};
//! use dsframe::ops::color;
//!
//! let stream = Device::new(0)?.stream()?;
//! let rgba = stream.to_device(&OwnedFrame::zeroed(PixelFormat::Rgba, 1920, 1080).view())?;
//! let mut bgr = stream.image(PixelFormat::Bgr, 1920, 1080, Colorimetry::default())?;
//! color::convert_on(&stream, &rgba.view(), &mut bgr.view_mut())?;
//! let on_the_host = stream.to_host(&bgr.view())?;
//! # assert_eq!(on_the_host.width(), 1920);
//! # Ok::<(), dsframe::Error>(())
//! ```
//!
//! # Order, and what is waited for
//!
//! - A [`Stream`] does what it was handed in order. Handing over returns at once; [`Stream::to_host`] waits for its own
//!   stream, since it gives pixels to the CPU. [`Stream::copy_from_host`] has copied the host's bytes when it returns.
//! - A picture knows the streams that were handed work on it ([`Pending`](crate::frame::Pending)). A second stream
//!   that is handed work on the same picture waits, on the GPU, for the first.
//! - A surface's guard ([`DeviceMap`](crate::surface::DeviceMap)) waits, when it is dropped, for the streams that
//!   worked on that surface, and only then may the CPU, another guard or the next element have it: elements put work on
//!   streams of their own, which know nothing of ours. One guard for each frame costs one wait, for work that is
//!   mostly done by then. Other streams are not waited for.
//! - Images and tensors of our own go back to the pool without a wait as long as one stream alone worked on them.
//! - A foreign stream ([`Device::borrow_stream`]) is treated as one of ours.
//!
//! Kernels are compiled when they are first used (some 0.3 s), and kept in `$XDG_CACHE_HOME/dsframe/kernels`. The
//! compiler, libnvrtc of CUDA 11.2 to 13, is looked for at run time; `DSFRAME_NVRTC` names its folder.

mod cache;
mod chain;
mod copy;
mod crops;
mod device;
mod dlpack;
mod driver;
mod event;
mod image;
mod kernels;
mod launch;
mod memory;
mod nvrtc;
mod plane;
mod pool;
mod stream;
mod tensor;

pub use crops::{HostCrops, PinnedCrops};
/// The CUDA bindings that this room's signatures use.
pub use cudarc;
pub use device::Device;
pub use dlpack::{DlDataType, DlDevice, DlManagedTensor, DlManagedTensorVersioned, DlTensor, Dlpack};
pub use driver::{available, device_count, driver_version};
pub use event::Event;
pub use image::DeviceImage;
pub(crate) use kernels::{Header, KernelSource, TYPES};
pub(crate) use launch::{Grid, KernelArgs, Step};
pub use nvrtc::NVRTC_VARIABLE;
pub use plane::{CudaPlane, CudaPlaneMut};
pub use pool::PoolStats;
pub use stream::Stream;
pub use tensor::{DType, DeviceTensor, Element};
