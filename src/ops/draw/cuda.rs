//! The same on pictures in GPU memory.

mod args;
mod atlas;
mod commands;
mod frames;
mod labels;
mod lay;
mod letters;
mod made;
mod texts;

use args::List;
use atlas::Atlases;
use commands::{Batch, MOST};
use frames::Several;
use made::{Edges, Kind, Made, PART, part_words, reach};
use texts::Dress;

use super::boxes::Span2;
use super::parts::Part;
use super::strokes::{self, Ground};
use super::{Color, Rectangle, Shape};
use crate::cuda::{DType, DeviceTensor, Grid, Header, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut};
use crate::ops::rows::samples;

pub use frames::draw_frames_on;

static SOURCE: KernelSource =
    KernelSource { name: "draw", text: include_str!("kernel.cu"), headers: &HEADERS };

/// The same for several pictures, compiled when they come.
static FRAMES: KernelSource =
    KernelSource { name: "draw_frames", text: include_str!("frames/kernel.cu"), headers: &HEADERS };

const HEADERS: [Header; 7] = [TYPES, INK, PATCH, BOXES, LETTERS, PARTS, TILES];

const INK: Header = Header { name: "draw_ink.cuh", text: include_str!("draw_ink.cuh") };
const PATCH: Header = Header { name: "draw_patch.cuh", text: include_str!("draw_patch.cuh") };
const BOXES: Header = Header { name: "draw_boxes.cuh", text: include_str!("draw_boxes.cuh") };
const LETTERS: Header = Header { name: "draw_letters.cuh", text: include_str!("draw_letters.cuh") };
const PARTS: Header = Header { name: "draw_parts.cuh", text: include_str!("draw_parts.cuh") };
const TILES: Header = Header { name: "draw_tiles.cuh", text: include_str!("draw_tiles.cuh") };

const THREADS: u32 = 128;

/// Draws `shapes` on a picture in GPU memory, in their order.
///
/// |          | layout              | element | shape    | pitch (bytes) |
/// |----------|---------------------|---------|----------|---------------|
/// | `frame`  | any [`PixelFormat`](crate::frame::PixelFormat) | `u8`, read and written | `(h, w)` | any |
/// | `shapes` | in host memory      | `f32` pixels | `n` |               |
///
/// The work is handed over to `stream`; when it is waited for, the [`cuda`](crate::cuda) page says. Shapes travel with
/// it: one launch takes 332 boxes, about 110 boxes with labels of up to 12 letters, or 52 lines. A polyline of more than 70 points and text of
/// more than 493 letters are copied to the GPU. Letters are kept in GPU memory, at most 4 MiB of them on each GPU; a
/// letter that is new there is copied, and waited for. [`draw_frames_on`] draws on several pictures in one launch.
///
/// Backends and parity: the same bytes as [`Canvas`](super::Canvas) on the CPU, on every window: coverage is worked out in
/// the same doubles.
///
/// # Errors
/// `Unsupported` for pictures of more than 32,766 pixels a side and letters of more than 4 MiB, before which shapes may
/// have been drawn, `Residency` when the
/// picture is another GPU's, `Library` and `Cuda` when a kernel cannot be compiled or run.
///
/// # Example
/// ```no_run
/// # use dsframe::cuda::Device;
/// # use dsframe::ops::draw::{Color, Rectangle, Shape, TextStyle, draw_on};
/// # fn probe(batch: &dsframe::surface::SurfaceBatch<'_>) -> dsframe::Result<()> {
/// let stream = Device::new(batch.gpu_id())?.stream()?;
/// let mut map = batch.surface(0)?.device_view_mut()?;
/// let (left, top, style) = (40.0, 60.0, TextStyle::default());
/// let person = Rectangle {
///     left, top, width: 80.0, height: 120.0, border_width: 3, border_color: Color::GREEN, background: None,
/// };
/// let label = Shape::Text { at: (left, top - 20.0), text: "person 12", style: &style };
/// draw_on(&stream, &mut map.view_mut(), &[person.into(), label])?;
/// map.finish()
/// # }
/// ```
pub fn draw_on(stream: &Stream, frame: &mut DeviceViewMut<'_>, shapes: &[Shape<'_>]) -> Result<()> {
    let frame = frame.as_view();
    check(stream, &frame)?;
    if frame.width() == 0 || frame.height() == 0 {
        return Ok(());
    }
    let mut page = Page::new(stream, frame, None);
    page.draw(shapes)?;
    page.flush()
}

/// That `frame` can be drawn on.
#[inline]
fn check(stream: &Stream, frame: &DeviceView<'_>) -> Result<()> {
    /// Letters' places are numbers of 16 bits, and raster coordinates may be one more than the window's.
    const MOST: u32 = i16::MAX as u32 - 1;
    stream.check_gpu("frame", frame.gpu())?;
    if frame.width().max(frame.height()) > MOST {
        return Err(Error::unsupported(format!(
            "frame is {}x{}, the GPU draws on pictures of up to {MOST}x{MOST}; draw on crops of it",
            frame.width(),
            frame.height()
        )));
    }
    Ok(())
}

/// Colours that are remembered as a frame has them.
const INKS: usize = 4;

/// What is drawn, until there is enough for a launch.
struct Page<'p> {
    stream: &'p Stream,
    frame: DeviceView<'p>,
    batch: Batch,
    /// Earlier pictures of the launch.
    several: Option<&'p mut Several<'p>>,
    /// From the first text on, so that nobody clears what is being drawn.
    atlases: Option<Atlases>,
    /// What did not fit beside its command.
    uploads: Vec<DeviceTensor>,
    words: Vec<u64>,
    inks: [(Color, Option<(u32, u8)>); INKS],
    next_ink: usize,
    /// Of the last text.
    dress: Option<Dress<'p>>,
    /// Of the last shape.
    result: Result<()>,
}

impl<'p> Page<'p> {
    #[inline(always)]
    fn new(stream: &'p Stream, frame: DeviceView<'p>, several: Option<&'p mut Several<'p>>) -> Self {
        Self {
            stream,
            batch: Batch::new(&frame),
            frame,
            several,
            atlases: None,
            uploads: Vec::new(),
            words: Vec::new(),
            inks: [(Color::TRANSPARENT, None); INKS],
            next_ink: 0,
            dress: None,
            result: Ok(()),
        }
    }

    /// Draws `shapes` on the picture, but for what is not handed over yet.
    #[inline(always)]
    fn draw(&mut self, shapes: &[Shape<'p>]) -> Result<()> {
        for shape in shapes {
            match *shape {
                Shape::Rectangle(ref rect) => self.rect(rect),
                Shape::Line(line) => strokes::line(self, line),
                Shape::Arrow(arrow) => strokes::arrow(self, arrow),
                Shape::Circle(circle) => strokes::circle(self, circle),
                Shape::Polyline(line) => strokes::polyline(self, line),
                Shape::Text { at, text, style } => self.text(at, text, style),
            }
            std::mem::replace(&mut self.result, Ok(()))?;
        }
        Ok(())
    }

    /// The colour's samples of all planes, and its opacity; `None` where it is invisible.
    #[inline]
    fn ink(&mut self, color: Color) -> Option<(u32, u8)> {
        if let Some((_, ink)) = self.inks.iter().find(|(known, _)| *known == color) {
            return *ink;
        }
        let ink = self.new_ink(color);
        self.inks[self.next_ink % INKS] = (color, ink);
        self.next_ink += 1;
        ink
    }

    fn new_ink(&self, color: Color) -> Option<(u32, u8)> {
        let format = self.frame.format();
        let [_, _, _, alpha] = color.to_u8();
        if alpha == 0 {
            return None;
        }
        let [luma, chroma, third] = samples(format, self.frame.colorimetry(), color);
        let bytes = match (format.bits(), format.planes()) {
            (8, 1) => luma,
            (8, 2) => [luma[0], chroma[0], chroma[1], 0],
            (8, _) => [luma[0], chroma[0], third[0], 0],
            _ => [luma[1], chroma[1], chroma[3], 0],
        };
        Some((u32::from_le_bytes(bytes), alpha))
    }

    fn push(
        &mut self,
        kind: Kind,
        bounds: Edges,
        ink: (u32, u8),
        count: usize,
        made: Made<'_>,
    ) -> Result<()> {
        if !self.batch.push(kind, bounds, ink, count, made) {
            self.flush()?;
            self.batch.push(kind, bounds, ink, count, made);
        }
        Ok(())
    }

    /// [`push`](Self::push) of a command that is made of `words`.
    fn push_words(
        &mut self,
        kind: Kind,
        bounds: Edges,
        ink: (u32, u8),
        count: usize,
        words: &[u64],
    ) -> Result<()> {
        if words.len() <= MOST {
            return self.push(kind, bounds, ink, count, Made::Here(words));
        }
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut tensor = self.stream.tensor(&[bytes.len()], DType::U8)?;
        self.stream.copy_bytes(&bytes, &mut tensor, 0)?;
        let made = Made::There(tensor.address());
        self.push(kind, bounds, ink, count, made)?;
        self.uploads.push(tensor);
        Ok(())
    }

    #[inline(always)]
    fn rect(&mut self, rect: &Rectangle) {
        let (x, y) = self.batch.phase();
        let quick = strokes::small_rect((x as i32, y as i32), rect)
            .is_some_and(|(corners, border)| self.batch.push_again(corners, border, rect.border_color));
        if !quick {
            self.any_rect(rect);
        }
    }

    #[inline(never)]
    fn any_rect(&mut self, rect: &Rectangle) {
        strokes::rect(self, *rect);
        if let Some(ink) = self.ink(rect.border_color) {
            self.batch.remember(rect.border_color, ink);
        }
    }

    /// Keeps the first failure of a shape.
    fn also(&mut self, result: Result<()>) {
        if self.result.is_ok() {
            self.result = result;
        }
    }

    fn flush(&mut self) -> Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        match self.several.as_deref_mut() {
            Some(several) => several.launch(self.stream, &mut self.batch, self.frame.pending())?,
            None => self.launch()?,
        }
        self.batch.clear();
        self.uploads.clear();
        Ok(())
    }

    #[inline]
    fn launch(&mut self) -> Result<()> {
        let ready = self.batch.ready();
        let kernel = self.stream.device().kernel(&SOURCE, ready.entry)?;
        let (across, down) = ready.tiles;
        let grid = Grid { blocks: (across, down, 1), threads: threads(ready.chroma), shared: 0 };
        let pending = [self.frame.pending()];
        // SAFETY: the planes are those of the view, whose Pending is given and which was borrowed to be written; bounds
        // are clipped to its raster, beyond which nothing is touched. What commands are made of lies in the argument, in
        // tensors taken for this stream, or in the atlas, which is cleared under its lock alone, after waiting.
        unsafe {
            match &ready.list {
                List::Few(args) => self.stream.launch(&kernel, grid, args, &pending),
                List::Some(args) => self.stream.launch(&kernel, grid, args, &pending),
                List::Many(args) => self.stream.launch(&kernel, grid, *args, &pending),
            }
        }
    }
}

/// Of a block.
fn threads(chroma: bool) -> (u32, u32, u32) {
    (THREADS, 1 + u32::from(chroma), 1)
}

impl Ground for Page<'_> {
    fn phase(&self) -> (usize, usize) {
        self.batch.phase()
    }

    fn fill(&mut self, outer: Span2, inner: Span2, color: Color) {
        let Some(ink) = self.ink(color) else { return };
        if !self.batch.push_box(outer, inner, ink) {
            let flushed = self.flush();
            self.also(flushed);
            self.batch.push_box(outer, inner, ink);
        }
    }

    fn paint(&mut self, parts: impl IntoIterator<Item = Part>, color: Color) {
        let Some(ink) = self.ink(color) else { return };
        let (raster, mut words) = (self.batch.raster(), std::mem::take(&mut self.words));
        words.clear();
        let mut bounds = None;
        for part in parts {
            if let Some(edges) = Edges::clipped(reach(&part), raster) {
                words.extend(part_words(&part, edges));
                bounds = Some(bounds.map_or(edges, |bounds: Edges| bounds.joined(edges)));
            }
        }
        let count = words.len() / PART;
        if let Some(bounds) = bounds {
            let pushed = self.push_words(Kind::Parts, bounds, ink, count, &words);
            self.also(pushed);
        }
        self.words = words;
    }
}
