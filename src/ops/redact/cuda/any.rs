//! Regions of any kind, in the order of those that overlap.

use super::super::Region;
use super::super::levels::{TOGETHER, apart, levels};
use super::super::plan::{self, Blurs, Effect, Layout, Method, Place};
use super::args::{Batch, all_of_a_box};
use super::masks::Bits;
use super::{How, SOURCE};
use crate::cuda::{DType, DeviceTensor, Grid, KernelArgs, Stream};
use crate::error::Result;
use crate::frame::{DeviceViewMut, MAX_PLANES, Rect};
use crate::ops::gaussian_blur::cuda::blur_rects_on;
use crate::ops::rows::chroma_shift;

/// Hides regions of any kind.
#[inline(never)]
pub(super) fn any(how: How<'_>, frame: &mut DeviceViewMut<'_>, regions: &[Region<'_>]) -> Result<usize> {
    let places = plan::boxes(how.layout, regions)?;
    let bits = Bits::upload(how.stream, how.layout, how.method, &places)?;
    let mut work = Work::new(how, frame, bits);
    for (first, places) in places.chunks(TOGETHER).enumerate() {
        work.all(first * TOGETHER, places)?;
    }
    Ok(places.len())
}

/// What kernels work on, and the stream that they are handed to.
struct Target<'w, 'f> {
    stream: &'w Stream,
    frame: &'w mut DeviceViewMut<'f>,
    bits: Option<Bits>,
}

/// What is handed over, until there is enough for a launch.
struct Work<'w, 'f> {
    to: Target<'w, 'f>,
    layout: &'w Layout,
    method: &'w Method,
    hidden: Option<Batch>,
    /// Boxes that small pictures are spread over; with [`Method::Kernel`], those that are not blurred wholly.
    spread: Option<Batch>,
    /// Boxes of each plane that are blurred with a kernel.
    blurred: [Vec<Rect>; MAX_PLANES],
}

impl<'w, 'f> Work<'w, 'f> {
    fn new(
        How { stream, layout, method }: How<'w>,
        frame: &'w mut DeviceViewMut<'f>,
        bits: Option<Bits>,
    ) -> Self {
        let to = Target { stream, frame, bits };
        Self { to, layout, method, hidden: None, spread: None, blurred: Default::default() }
    }

    /// Hides `places`, of which the first has number `first`.
    fn all(&mut self, first: usize, places: &[Place<'_>]) -> Result<()> {
        // Boxes are whole chroma samples: those that share none in one plane share none in another.
        if apart(places.iter().map(|place| place.rect)) {
            return self.level(places.iter().enumerate().map(|(i, place)| (first + i, place)));
        }
        let levels = levels(&places.iter().map(|place| place.rect).collect::<Vec<_>>());
        for level in 0..=levels.iter().copied().max().unwrap_or_default() {
            let here = places.iter().enumerate().filter(|(i, _)| levels[*i] == level);
            self.level(here.map(|(i, place)| (first + i, place)))?;
        }
        Ok(())
    }

    /// Hides places that do not overlap, of these numbers.
    fn level<'p>(&mut self, places: impl Iterator<Item = (usize, &'p Place<'p>)>) -> Result<()> {
        for (number, place) in places {
            for plane in 0..self.layout.format.planes() {
                self.add(number, place, plane)?;
            }
        }
        self.flush_hidden()?;
        self.flush_spread()
    }

    fn add(&mut self, number: usize, place: &Place<'_>, plane: usize) -> Result<()> {
        let job = place.job(self.layout, self.method, plane);
        let mask = self.to.bits.as_ref().map_or((0, 0), |bits| bits.part(number, plane));
        let blurred = matches!(job.effect, Effect::Blur(_));
        if matches!(job.effect, Effect::Shrink(..)) || (blurred && job.cover.is_some()) {
            let (frame, layout) = (&*self.to.frame, self.layout);
            let batch = self.spread.get_or_insert_with(|| Batch::new(&frame.as_view(), layout, None));
            if !batch.push(&job, plane, mask) {
                self.flush_spread()?;
                if let Some(batch) = &mut self.spread {
                    batch.push(&job, plane, mask);
                }
            }
        } else if !blurred {
            let (frame, layout, method) = (&*self.to.frame, self.layout, self.method);
            let batch = self.hidden.get_or_insert_with(|| {
                let fill = if let Method::Fill(samples) = method { Some(*samples) } else { None };
                Batch::new(&frame.as_view(), layout, fill)
            });
            if !batch.push(&job, plane, mask) {
                self.flush_hidden()?;
                if let Some(batch) = &mut self.hidden {
                    batch.push(&job, plane, mask);
                }
            }
        }
        if blurred {
            self.blurred[plane].push(job.rect);
        }
        Ok(())
    }

    fn flush_hidden(&mut self) -> Result<()> {
        let Some(batch) = self.hidden.as_ref().filter(|batch| !batch.is_empty()) else { return Ok(()) };
        self.to.launch("hide", batch.grid(), ((128, 1, 1), 0), &batch.args)?;
        self.hidden.iter_mut().for_each(Batch::clear);
        Ok(())
    }

    fn flush_spread(&mut self) -> Result<()> {
        if let Method::Kernel(blurs) = self.method {
            return self.flush_blurred(blurs);
        }
        let Some(batch) = self.spread.as_mut().filter(|batch| !batch.is_empty()) else { return Ok(()) };
        let little = batch.is_little();
        let small =
            if little { None } else { Some(self.to.stream.tensor(&[batch.small_bytes()], DType::U8)?) };
        batch.args.head.scratch = small.as_ref().map_or(0, DeviceTensor::address);
        let batch = &*batch;
        if !little {
            let (grid, args) = batch.shrinking();
            self.to.launch("shrink", grid, ((64, 1, 1), 0), args.as_ref().unwrap_or(&batch.args))?;
            self.to.launch("spread", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
        } else {
            let [blocks, threads, shared] = all_of_a_box(self.to.stream.device().arch(), batch.len());
            self.to.launch("soften", (blocks * batch.len(), 1, 1), ((threads, 1, 1), shared), &batch.args)?;
        }
        self.spread.iter_mut().for_each(Batch::clear);
        Ok(())
    }

    /// Blurs whole boxes, and gives those that are covered in part their other samples back.
    fn flush_blurred(&mut self, Blurs { luma, chroma }: &Blurs) -> Result<()> {
        let kept = self.keep()?;
        for (plane, rects) in self.blurred.iter_mut().enumerate().filter(|(_, rects)| !rects.is_empty()) {
            let blur = if chroma_shift(self.layout.format, plane) == (0, 0) { luma } else { chroma };
            blur_rects_on(self.to.stream, self.to.frame, plane, rects, blur)?;
            rects.clear();
        }
        if let (Some(_), Some(batch)) = (kept, &mut self.spread) {
            batch.args.head.restore = 1;
            let batch = &*batch;
            self.to.launch("keep", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
            self.spread.iter_mut().for_each(Batch::clear);
        }
        Ok(())
    }

    /// Copies what is to stay of boxes that are covered in part; `None` where there are none.
    fn keep(&mut self) -> Result<Option<DeviceTensor>> {
        let Some(batch) = self.spread.as_mut().filter(|batch| !batch.is_empty()) else { return Ok(None) };
        let kept = self.to.stream.tensor(&[batch.small_bytes()], DType::U8)?;
        (batch.args.head.scratch, batch.args.head.restore) = (kept.address(), 0);
        let batch = &*batch;
        self.to.launch("keep", batch.grid(), ((32, 8, 1), 0), &batch.args)?;
        Ok(Some(kept))
    }
}

impl Target<'_, '_> {
    fn launch<A: KernelArgs>(
        &self,
        entry: &'static str,
        blocks: (u32, u32, u32),
        (threads, shared): ((u32, u32, u32), u32),
        args: &A,
    ) -> Result<()> {
        let kernel = self.stream.device().kernel(&SOURCE, entry)?;
        let grid = Grid { blocks, threads, shared };
        let frame = self.frame.as_view();
        let pending = frame.pending();
        let bits = self.bits.as_ref().map_or(pending, |bits| bits.tensor.pending());
        // SAFETY: the boxes were clipped to the planes of the view, whose Pending is given and which was borrowed to be
        // written; the grid has a block for each tile of the items, and those of a row behind an item's last tile return. Small pictures lie in a tensor of their sizes'
        // sum, taken for this stream, as does the masks' one, whose rows are those of the boxes.
        unsafe { self.stream.launch(&kernel, grid, args, &[pending, bits]) }
    }
}
