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

#[cfg(test)]
mod tests {
    use super::super::super::boxes::Span2;
    use super::*;
    use crate::frame::{Colorimetry, PixelFormat};

    fn view(pending: &Pending, (w, h): (u32, u32)) -> DeviceView<'_> {
        let planes = [(4096, 4 * w as usize)];
        // SAFETY: nothing is read or written.
        unsafe {
            DeviceView::from_raw(PixelFormat::Rgba, w, h, &planes, Colorimetry::default(), 0, pending)
                .unwrap()
        }
    }

    /// Adds boxes in one colour until there are `count`, or no room; how many there are.
    fn push(batch: &mut Batch, at: i32, count: usize) -> usize {
        let outer = Span2 { x0: at.into(), y0: 2, x1: i64::from(at) + 9, y1: 11 };
        assert!(count == 0 || batch.push_box(outer, outer.grown(-2), (7, 255)));
        batch.remember(Color::GREEN, (7, 255));
        let more = (1..count).take_while(|_| batch.push_again([at, 2, at + 9, 11], 2, Color::GREEN));
        count.min(1) + more.count()
    }

    #[test]
    fn lists_lie_one_behind_the_other() {
        let pending = [Pending::new(), Pending::new(), Pending::new()];
        let mut batch = Batch::new(&view(&pending[0], (640, 100)));
        let mut several = Several::new(&pending[0]);
        push(&mut batch, 3, 2);
        for (i, (size, at, count)) in [((500, 90), 0, 0), ((700, 60), 300, 3)].into_iter().enumerate() {
            let room = several.close(&mut batch, &pending[i]).unwrap();
            assert!(batch.turn_to(&view(&pending[i + 1], size), room));
            assert_eq!(push(&mut batch, at, count), count);
        }
        several.close(&mut batch, &pending[2]);
        // Nothing was drawn on the second.
        assert_eq!(several.count, 2);
        assert!(std::ptr::eq(several.pending[1], &raw const pending[2]));
        let (blocks, list) = several.list::<FRAMES_FEW>(&batch);
        assert_eq!(blocks, (1, 1, 2));
        let words = |at: usize| [list.words[at] & 0xffff, list.words[at] >> 16];
        assert_eq!([words(14), words(HEAD + 14)], [[640, 100], [700, 60]]);
        assert_eq!([words(16), words(HEAD + 16)], [[0, 0], [2, 0]]);
        let first = 2 * HEAD as u32;
        assert_eq!([words(17), words(HEAD + 17)], [[2, first], [3, first + 6]]);
        assert_eq!([words(2 * HEAD), words(2 * HEAD + 9)], [[3, 2], [300, 2]]);
        assert_eq!(list.words[FRAMES_FEW - 4], 7);
    }

    #[test]
    fn a_launch_takes_as_many_boxes_as_there_are_words() {
        let pending = Pending::new();
        for (pictures, boxes) in [(2, 325), (4, 312), (16, 232), (32, 125)] {
            let mut batch = Batch::new(&view(&pending, (640, 100)));
            let mut several = Several::new(&pending);
            for _ in 1..pictures {
                push(&mut batch, 3, 1);
                let room = several.close(&mut batch, &pending).unwrap();
                assert!(batch.turn_to(&view(&pending, (640, 100)), room));
            }
            assert_eq!(push(&mut batch, 3, 1000) + pictures - 1, boxes, "{pictures} pictures");
            let room = several.close(&mut batch, &pending);
            assert_eq!(several.count, pictures);
            assert!(batch.size().1 + HEAD * pictures <= FRAMES_MANY);
            // All of it fits as it is handed over.
            assert_eq!(several.list::<FRAMES_MANY>(&batch).0.2, pictures as u32);
            // There is no room for one more picture.
            assert!(!room.is_some_and(|room| batch.turn_to(&view(&pending, (640, 100)), room)));
            assert_eq!(room.is_none(), pictures == PICTURES);
        }
    }

    #[test]
    fn what_is_handed_over_is_forgotten() {
        let pending = Pending::new();
        let mut batch = Batch::new(&view(&pending, (640, 100)));
        let mut several = Several::new(&pending);
        push(&mut batch, 3, 330);
        let room = several.close(&mut batch, &pending).unwrap();
        assert!(!batch.turn_to(&view(&pending, (64, 64)), room), "{room}");
        // The picture is among those that are handed over, once.
        several.close(&mut batch, &pending);
        assert_eq!(several.count, 1);
        batch.clear();
        assert!(batch.is_empty() && batch.take_picture().is_none());
        assert!(batch.turn_to(&view(&pending, (64, 64)), MANY));
        assert_eq!(push(&mut batch, 3, 330), 330);
    }
}
