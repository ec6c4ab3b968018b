//! Many windows of a picture to the host: one kernel, one copy, nothing waited for until the pixels are asked for.

use std::fmt;

use super::memory::Pinned;
use super::{DType, Grid, KernelArgs, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{Colorimetry, DeviceView, FrameView, MAX_PLANES, PixelFormat, Rect};

static SOURCE: KernelSource =
    KernelSource { name: "crops", text: include_str!("kernel.cu"), headers: &[TYPES] };

/// Planes of windows in one launch, which its argument has room for, and rows of a block.
const JOBS: usize = 160;
const ROWS: u32 = 32;
/// Rows in the block of windows are padded to this.
const ALIGN: usize = 16;

/// Laid out as `Job` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Job {
    from: u64,
    pitch: u32,
    to: u32,
    row_bytes: u32,
    rows: u16,
    to_pitch: u16,
}

/// Laid out as `Args` in `kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    out: u64,
    jobs: [Job; JOBS],
}

const _: () = assert!(size_of::<Args>() == 3848, "kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the structs in the source.
unsafe impl KernelArgs for Args {}

/// A window in the block: a picture of `stored` size, of which `window` is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    /// Offset and pitch of each plane of the picture.
    planes: [(usize, usize); MAX_PLANES],
    stored: (u32, u32),
    window: Rect,
}

/// Windows of a picture on their way to pinned host memory; [`wait`](Self::wait) gives the pixels.
///
/// Dropped instead, it waits for nothing: whoever gets the memory next does.
pub struct PinnedCrops {
    pinned: Pinned,
    places: Vec<Place>,
    format: PixelFormat,
    colorimetry: Colorimetry,
}

/// Windows of a picture in pinned host memory, which goes back to the device's pool when they are dropped.
#[derive(Debug)]
pub struct HostCrops(PinnedCrops);

impl Stream {
    /// Copies the windows of `src` to the host: into one block of GPU memory by one kernel, and from there by one copy.
    ///
    /// |           | layout                                           | element | shape    | pitch (bytes)        |
    /// |-----------|--------------------------------------------------|---------|----------|----------------------|
    /// | `src`     | any [`PixelFormat`], windows                     | bytes   | `(h, w)` | any                  |
    /// | `windows` | of `src`, in any order; they may overlap         |         | `n`      |                      |
    /// | result    | `n` pictures of the same format                  | bytes   | theirs   | next multiple of 16  |
    ///
    /// The work is handed over to this stream, and nothing is waited for until [`PinnedCrops::wait`]. Every pixel keeps
    /// its place in its chroma samples, as with [`FrameView::crop`]; [`Rect::even`] makes windows start on whole ones.
    ///
    /// Parity: the bytes of [`to_host`](Self::to_host) of each window.
    ///
    /// # Errors
    /// `InvalidArgument` when a window does not lie in `src`; `Residency` for another GPU's memory; `Unsupported` when
    /// a window has more than 65,535 rows, or a row or a pitch is beyond 1 MiB; `Library` and `Cuda` when the kernel
    /// cannot be compiled or run, or there is not enough memory.
    ///
    /// # Example
    /// ```no_run
    /// # use dsframe::cuda::Device;
    /// # use dsframe::crops::{Encoder, ImageFormat};
    /// # use dsframe::roi::BBox;
    /// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>, boxes: &[BBox]) -> dsframe::Result<()> {
    /// let stream = Device::new(batch.gpu_id())?.stream()?;
    /// let map = batch.surface(0)?.device_view()?;
    /// let (width, height) = (map.view().width(), map.view().height());
    /// let windows: Vec<_> = boxes.iter().filter_map(|bbox| bbox.clip_even(width, height).ok()).collect();
    /// let crops = stream.crops_to_host(&map.view(), &windows)?;
    /// map.finish()?;
    /// let (crops, mut encoder) = (crops.wait()?, Encoder::new(ImageFormat::Jpg, 90)?);
    /// let files: Vec<_> = crops.iter().map(|crop| encoder.encode(&crop)).collect::<Result<_, _>>()?;
    /// # drop(files);
    /// # Ok(())
    /// # }
    /// ```
    pub fn crops_to_host(&self, src: &DeviceView<'_>, windows: &[Rect]) -> Result<PinnedCrops> {
        self.check_gpu("src", src.gpu())?;
        let crops = windows.iter().map(|window| src.crop(*window)).collect::<Result<Vec<_>>>()?;
        let (mut places, mut jobs, mut end) = (Vec::with_capacity(crops.len()), Vec::new(), 0);
        for crop in &crops {
            places.push(place(crop, &mut jobs, &mut end)?);
        }
        let _bound = self.device().bind()?;
        let mut pinned = Pinned::take(self, end)?;
        if !jobs.is_empty() {
            self.gather(src, &jobs, &mut pinned, end)?;
        }
        pinned.record()?;
        Ok(PinnedCrops { pinned, places, format: src.format(), colorimetry: src.colorimetry() })
    }

    /// Hands over the kernel and the copy; the context must be current.
    fn gather(&self, src: &DeviceView<'_>, jobs: &[Job], pinned: &mut Pinned, bytes: usize) -> Result<()> {
        let block = self.tensor(&[bytes], DType::U8)?;
        let kernel = self.device().kernel(&SOURCE, "windows_to_block")?;
        let mut args = Args { out: block.address(), jobs: [Job::default(); JOBS] };
        for part in jobs.chunks(JOBS) {
            args.jobs[..part.len()].copy_from_slice(part);
            let rows = part.iter().map(|job| u32::from(job.rows)).max().unwrap_or(0);
            let grid = Grid {
                blocks: (rows.div_ceil(ROWS), part.len() as u32, 1),
                threads: (8, ROWS, 1),
                shared: 0,
            };
            // SAFETY: the kernel's own `Args`: windows of planes of `src`, whose Pending is given, to places that do
            // not overlap in the `bytes` of the block, which was taken for this.
            unsafe { self.launch(&kernel, grid, &args, &[src.pending(), block.pending()]) }?;
        }
        pinned.fill_from(block.address())
    }
}

/// Lays `crop` out at `end`, which moves on, and adds what the kernel has to do.
fn place(crop: &DeviceView<'_>, jobs: &mut Vec<Job>, end: &mut usize) -> Result<Place> {
    let (format, (phase_x, phase_y)) = (crop.format(), crop.chroma_phase());
    let window = Rect::new(phase_x, phase_y, crop.width(), crop.height());
    let mut place = Place { planes: [(0, 0); MAX_PLANES], stored: (window.right(), window.bottom()), window };
    for i in 0..format.planes() {
        let plane = crop.plane(i);
        let (width, height) = format.plane_size(i, place.stored.0, place.stored.1);
        // What a picture has above and left of a window that starts within a chroma sample; no one reads it.
        let pitch = (width as usize * plane.channels()).next_multiple_of(ALIGN);
        if window.is_empty() {
            place.planes[i] = (*end, pitch);
            *end += height as usize * pitch;
            continue;
        }
        let (above, left) = (height - plane.height(), (width - plane.width()) as usize * plane.channels());
        let lead = above as usize * pitch + left;
        let start = *end + lead.next_multiple_of(ALIGN);
        place.planes[i] = (start - lead, pitch);
        *end = start + plane.height() as usize * pitch;
        let job = || {
            Some(Job {
                from: plane.address(),
                pitch: u32::try_from(plane.pitch()).ok()?,
                to: u32::try_from(start / ALIGN).ok()?,
                row_bytes: u32::try_from(plane.row_bytes()).ok()?,
                rows: u16::try_from(plane.height()).ok()?,
                to_pitch: u16::try_from(pitch / ALIGN).ok()?,
            })
        };
        jobs.push(job().ok_or_else(|| {
            Error::unsupported(format!(
                "a window has {} rows of {} bytes in plane {i}, pitch {}; at most 65535 rows of 1 MiB are copied",
                plane.height(),
                plane.row_bytes(),
                plane.pitch()
            ))
        })?);
    }
    Ok(place)
}

impl PinnedCrops {
    /// Number of windows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no window.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether the pixels have arrived, so that [`wait`](Self::wait) returns at once.
    ///
    /// # Errors
    /// When the copy, or work before it, failed.
    pub fn is_ready(&self) -> Result<bool> {
        self.pinned.is_ready()
    }

    /// Waits until the pixels have arrived: for what the stream was handed up to them, and nothing later.
    ///
    /// # Errors
    /// When the copy, or work before it, failed.
    pub fn wait(self) -> Result<HostCrops> {
        self.pinned.wait()?;
        Ok(HostCrops(self))
    }
}

impl HostCrops {
    /// Number of windows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no window.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Window `index`, in the order in which they were asked for; `None` beyond the last.
    #[must_use]
    pub fn view(&self, index: usize) -> Option<FrameView<'_>> {
        let PinnedCrops { pinned, places, format, colorimetry } = &self.0;
        let Place { planes, stored: (width, height), window } = *places.get(index)?;
        let planes = planes.map(|(start, pitch)| (&pinned.bytes()[start..], pitch));
        let whole = FrameView::new(*format, width, height, &planes[..format.planes()], *colorimetry);
        Some(whole.and_then(|whole| whole.crop(window)).expect("the planes were laid out for this size"))
    }

    /// The windows, in the order in which they were asked for.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FrameView<'_>> {
        (0..self.len()).map(|index| self.view(index).expect("the index is below the number of windows"))
    }
}

impl fmt::Debug for PinnedCrops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinnedCrops({} of {:?}, {} bytes)", self.len(), self.format, self.pinned.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Pending;

    fn view<'a>(format: PixelFormat, pending: &'a Pending) -> DeviceView<'a> {
        let planes: Vec<_> = (0..format.planes()).map(|i| (4096 + 65_536 * i as u64, 128)).collect();
        // SAFETY: nothing is handed to a GPU in these tests.
        unsafe { DeviceView::from_raw(format, 32, 20, &planes, Colorimetry::default(), 0, pending) }.unwrap()
    }

    #[test]
    fn windows_follow_each_other_in_rows_of_whole_chunks() {
        let (pending, mut jobs, mut end) = (Pending::new(), Vec::new(), 0);
        let crop = view(PixelFormat::Nv12, &pending).crop(Rect::new(4, 2, 20, 6)).unwrap();
        let placed = place(&crop, &mut jobs, &mut end).unwrap();
        assert_eq!((placed.planes[0], placed.planes[1], end), ((0, 32), (192, 32), 288));
        let chroma =
            Job { from: 4096 + 65_536 + 128 + 4, pitch: 128, to: 12, row_bytes: 20, rows: 3, to_pitch: 2 };
        assert_eq!(jobs[1], chroma);
    }

    #[test]
    fn what_is_written_is_aligned_in_windows_between_chroma_samples() {
        let (pending, mut jobs, mut end) = (Pending::new(), Vec::new(), 0);
        let crop = view(PixelFormat::Nv12, &pending).crop(Rect::new(5, 3, 3, 3)).unwrap();
        let placed = place(&crop, &mut jobs, &mut end).unwrap();
        // One row and one byte before the window, which starts at the next multiple of 16.
        assert_eq!((placed.stored, placed.window), ((4, 4), Rect::new(1, 1, 3, 3)));
        assert_eq!((placed.planes[0], jobs[0].to), ((32 - 17, 16), 2));
        assert_eq!((placed.planes[1], jobs[1].to, end), ((80, 16), 5, 112));
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let pending = Pending::new();
        // SAFETY: as above.
        let tall = unsafe {
            DeviceView::from_raw(
                PixelFormat::Gray8,
                1,
                65_536,
                &[(4096, 1)],
                Colorimetry::default(),
                0,
                &pending,
            )
        };
        let error = place(&tall.unwrap(), &mut Vec::new(), &mut 0).unwrap_err();
        assert!(error.to_string().contains("65536 rows of 1 bytes"), "{error}");
    }
}
