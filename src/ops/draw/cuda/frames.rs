//! Shapes of several pictures in one launch.

use super::args::{FRAMES_FEW, FRAMES_MANY, FRAMES_SOME, Frames, HEAD, Head, MANY};
use super::commands::{Batch, COMMAND};
use super::made::{Edges, Kind, tiles};
use super::{FRAMES, INKS, Page, Shape, check, threads};
use crate::cuda::{Grid, Stream};
use crate::error::{Error, Result};
use crate::frame::{Color, DeviceView, DeviceViewMut, Pending};

/// The most pictures of a launch.
const PICTURES: usize = 32;

/// Draws `shapes[i]` on `frames[i]`, pictures in GPU memory, in their order.
///
/// |          | layout              | element | shape    | pitch (bytes) |
/// |----------|---------------------|---------|----------|---------------|
/// | `frames` | any [`PixelFormat`](crate::frame::PixelFormat), windows | `u8`, read and written | `(h, w)` each | any |
/// | `shapes` | in host memory, a list for each frame | `f32` pixels | `n` each |  |
///
/// The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. Shapes travel with it:
/// one launch takes up to 32 pictures of one format and colorimetry, whatever their sizes, and of 4 of them 312 boxes, or about 100
/// boxes with labels of up to 12 letters; of 16 of them 232 boxes, or about 75 with labels. What is more goes into the next
/// launch, as do pictures of another format. Lines, circles, polylines and long texts are drawn as by
/// [`draw_on`](super::super::draw_on), beside the others. Frames without shapes cost nothing.
///
/// Backends and parity: the same bytes as [`Canvas`](super::super::Canvas) on each on the CPU, on every window.
///
/// # Errors
/// As [`draw_on`](super::super::draw_on), and when there are not as many lists as frames. When a frame is wrong nothing is drawn on any.
///
/// # Example
/// A probe that draws on every frame of a batch:
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::draw::{Shape, draw_frames_on};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>, shapes: &[Vec<Shape<'_>>]) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let mut maps =
///     (0..batch.len()).map(|i| batch.surface(i)?.device_view_mut()).collect::<dsframe::Result<Vec<_>>>()?;
/// let mut frames: Vec<_> = maps.iter_mut().map(|map| map.view_mut()).collect();
/// let shapes: Vec<_> = shapes.iter().map(Vec::as_slice).collect();
/// draw_frames_on(&stream, &mut frames, &shapes)?;
/// drop(frames);
/// maps.into_iter().try_for_each(|map| map.finish())
/// # }
/// ```
pub fn draw_frames_on(
    stream: &Stream,
    frames: &mut [DeviceViewMut<'_>],
    shapes: &[&[Shape<'_>]],
) -> Result<()> {
    if frames.len() != shapes.len() {
        return Err(Error::invalid(format!(
            "there are {} frames and {} lists of shapes; each frame's are the list of its index; nothing was drawn",
            frames.len(),
            shapes.len()
        )));
    }
    for (i, frame) in frames.iter().enumerate() {
        check(stream, &frame.as_view())
            .map_err(|error| Error::new(error.kind(), format!("frame {i}: {error}; nothing was drawn")))?;
    }
    let seen = |frame: &DeviceViewMut<'_>| frame.width() > 0 && frame.height() > 0;
    let some = frames.iter().zip(shapes).filter(|(frame, shapes)| seen(frame) && !shapes.is_empty());
    let Some((first, _)) = some.clone().next() else { return Ok(()) };
    let mut several = Several::new(first.as_view().pending());
    let beside = some.clone().nth(1).is_some().then_some(&mut several);
    let mut page = Page::new(stream, first.as_view(), beside);
    for (i, (frame, shapes)) in some.enumerate() {
        if i > 0 {
            page.turn_to(frame.as_view())?;
        }
        page.draw(shapes)?;
    }
    page.flush()
}

impl<'p> Page<'p> {
    /// Goes on with another picture.
    fn turn_to(&mut self, frame: DeviceView<'p>) -> Result<()> {
        if (frame.format(), frame.colorimetry()) != (self.frame.format(), self.frame.colorimetry()) {
            self.flush()?;
            self.inks = [(Color::TRANSPARENT, None); INKS];
            self.dress = None;
        }
        let pending = self.frame.pending();
        let room = self.several.as_deref_mut().and_then(|several| several.close(&mut self.batch, pending));
        if !room.is_some_and(|room| self.batch.turn_to(&frame, room)) {
            self.flush()?;
            self.batch.turn_to(&frame, MANY);
        }
        self.frame = frame;
        Ok(())
    }
}

/// Pictures of a launch of which the list is complete.
pub(super) struct Several<'p> {
    /// The first commands are told by number.
    heads: [Head; PICTURES],
    arounds: [Edges; PICTURES],
    pending: [&'p Pending; PICTURES],
    count: usize,
}

impl<'p> Several<'p> {
    /// None; `unused` is of any picture.
    fn new(unused: &'p Pending) -> Self {
        Self {
            heads: [Head::default(); PICTURES],
            arounds: [Edges::NONE; PICTURES],
            pending: [unused; PICTURES],
            count: 0,
        }
    }

    /// Takes over the picture that `batch` is at, where anything is drawn on it; returns the words that commands of all
    /// pictures may have when there is one more, `None` when there must not be.
    fn close(&mut self, batch: &mut Batch, pending: &'p Pending) -> Option<usize> {
        if let Some((head, around)) = batch.take_picture() {
            (self.heads[self.count], self.arounds[self.count]) = (head, around);
            self.pending[self.count] = pending;
            self.count += 1;
        }
        (self.count < PICTURES).then(|| FRAMES_MANY - HEAD * (self.count + 1))
    }

    /// Hands over all pictures, that which `batch` is at too, and forgets them.
    pub(super) fn launch(&mut self, stream: &Stream, batch: &mut Batch, pending: &'p Pending) -> Result<()> {
        self.close(batch, pending);
        let (kind, words) = batch.size();
        let words = words + HEAD * self.count;
        let handed = match kind {
            Kind::Box | Kind::Hollow if words <= FRAMES_FEW => {
                self.hand_over::<FRAMES_FEW>(stream, "frames_boxes_few", batch)
            }
            Kind::Box | Kind::Hollow => self.hand_over::<FRAMES_MANY>(stream, "frames_boxes", batch),
            Kind::Label | Kind::Letters if words <= FRAMES_FEW => {
                self.hand_over::<FRAMES_FEW>(stream, "frames_letters_few", batch)
            }
            Kind::Label | Kind::Letters if words <= FRAMES_SOME => {
                self.hand_over::<FRAMES_SOME>(stream, "frames_letters_some", batch)
            }
            Kind::Label | Kind::Letters => self.hand_over::<FRAMES_MANY>(stream, "frames_letters", batch),
            Kind::Parts => self.hand_over::<FRAMES_MANY>(stream, "frames_all", batch),
        };
        self.count = 0;
        handed
    }

    fn hand_over<const N: usize>(&self, stream: &Stream, entry: &'static str, batch: &Batch) -> Result<()> {
        let (blocks, list) = self.list::<N>(batch);
        let kernel = stream.device().kernel(&FRAMES, entry)?;
        let grid = Grid { blocks, threads: threads(self.heads[0].has_chroma()), shared: 0 };
        // SAFETY: as for one picture: the planes are those of the views, whose Pending are given and which were borrowed to
        // be written, and bounds are clipped to each one's raster. The grid has a layer for each head, and pictures of one
        // launch have as many planes.
        unsafe { stream.launch(&kernel, grid, &list, &self.pending[..self.count]) }
    }

    /// The argument, and blocks for the picture that has most.
    fn list<const N: usize>(&self, batch: &Batch) -> ((u32, u32, u32), Frames<N>) {
        let (kind, _) = batch.size();
        let (mut list, mut most) = (Frames { words: [0; N] }, (0, 0));
        let heads = self.heads.iter().zip(&self.arounds).take(self.count);
        for ((head, around), to) in heads.zip(list.words.as_chunks_mut::<HEAD>().0) {
            let (tile, (across, down)) = tiles(kind, *around);
            let first = (HEAD * self.count + COMMAND * usize::from(head.first)) as u16;
            let mut head = head.with(first, head.count);
            head.tile = tile;
            *to = head.words();
            most = (across.max(most.0), down.max(most.1));
        }
        batch.copy_to(&mut list.words, HEAD * self.count);
        ((most.0, most.1, self.count as u32), list)
    }
}
