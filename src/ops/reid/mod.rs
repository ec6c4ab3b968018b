//! Boxes of a frame as one tensor for a network: crop, resize, colour order, normalisation, layout, in one pass.
//!
//! |         | layout                               | element            | shape                          | pitch (bytes) |
//! |---------|--------------------------------------|--------------------|--------------------------------|---------------|
//! | `frame` | any [`PixelFormat`], windows         | `u8`               | `(h, w)`                       | any           |
//! | `boxes` | float pixels of the frame            | `f32`              | `n`                            |               |
//! | result  | [`Layout::Nchw`] or [`Layout::Nhwc`] | `f32`, `f16`, `u8` | `(n, 3, H, W)`, `(n, H, W, 3)` | packed        |
//!
//! A box is [clipped](crate::roi::BBox::clip) to the frame, edges rounded outwards to whole pixels. Its pixels are
//! resized bilinearly in OpenCV's arithmetic and rounded to bytes, then normalised. YUV is converted as
//! [`ops::color`](crate::ops::color) does, for the box alone. Items keep the order of the boxes; a box without a
//! pixel in the frame gives zeros and its reason.
//!
//! Backends and parity: scalar, AVX2, AVX-512 and NEON give the same bits. For `f32` they are those of OpenCV's crop, `cvtColor` and
//! `resize`, then `byte * scale + bias` in `f32`; a library that divides by 255, subtracts and divides again is
//! within 1e-6. [`reid_batch_on`] gives the same bits from a frame in GPU memory, [`reid_frames_on`]
//! from several.
//!
//! How: a strip of rows of a box at a time becomes planes of red, green and blue, two rows of YUV that share chroma together.
//! Each plane is sampled along x once and blended along y, normalised and stored; memory takes what one plane streams to it
//! while the next one is sampled.
//!
//! What bounds it: 64 items of 3x256x128 `f32` are 25 MB. On a Zen 5, streaming stores alone take 0.3 to 0.6 ms for them with what
//! else the machine does, plain ones up to 1.1 ms, so tensors of 24 MiB and more in planes are written past the caches. The rest is
//! instructions, 22 million with AVX2, about five a cycle: of 1.1 ms with AVX2 (0.85 with AVX-512), a sampling profile finds
//! about 40 % where rows are blended, normalised and stored, 16 % in sampling along rows, 10 to 15 % in converting pixels, 6 %
//! in asking memory for the next ones, 4 % in making tables.
//!
//! [`PixelFormat`]: crate::frame::PixelFormat

#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "vector loads and stores, behind a token")]
mod aarch64;
mod columns;
#[cfg(feature = "cuda")]
#[allow(unsafe_code, reason = "kernels are launched: each launch says why it is sound")]
mod cuda;
mod frames;
mod pixels;
mod rows;
mod spec;
mod store;
mod stream;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "AVX2 stores, behind a token")]
mod x86_64;

#[cfg(feature = "cuda")]
pub use cuda::{DeviceReidBatch, reid_batch_into_on, reid_batch_on, reid_frames_into_on, reid_frames_on};
pub use frames::{reid_frames, reid_frames_into};
pub use spec::{ChannelOrder, Element, Fit, Layout, Norm, ReidSpec};

use ndarray::Array4;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::frame::{FrameView, Rect};
use crate::ops::resize::{Centre, Taps};
use crate::ops::rows::{Isa, Lines};
use crate::roi::{BBox, Dropped};

use columns::{Columns, Sampled};
use pixels::Pixels;
use rows::Rows;
use store::{Blend, Pair, Place, Table};
use stream::{STREAM_FROM, Stream};

/// What became of each box: the window that was fed, or why there is none.
pub type Windows = Vec<Result<Rect, Dropped>>;

/// The boxes of a frame as a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct ReidBatch<T> {
    /// One item per box, in the boxes' order; zeros where there was no pixel.
    pub tensor: Array4<T>,
    /// What became of each box.
    pub windows: Windows,
}

/// Makes a new tensor of `boxes`.
///
/// Contract and parity: the [module's](self) table.
///
/// # Errors
/// When a side of the network's input is 0 or above 16384.
///
/// # Example
/// ```
/// use dsframe::frame::{OwnedFrame, PixelFormat};
/// use dsframe::ops::reid::{ReidSpec, reid_batch};
/// use dsframe::roi::{BBox, Dropped};
/// let frame = OwnedFrame::zeroed(PixelFormat::Nv12, 640, 480);
/// let boxes = [BBox::xywh(10.0, 20.0, 100.0, 235.0), BBox::xywh(700.0, 0.0, 50.0, 50.0)];
/// let batch = reid_batch::<f32>(&frame.view(), &boxes, &ReidSpec::TORCHREID)?;
/// assert_eq!(batch.tensor.shape(), [2, 3, 256, 128]);
/// assert_eq!(batch.windows[1], Err(Dropped::Outside));
/// # Ok::<(), dsframe::Error>(())
/// ```
pub fn reid_batch<T: Element>(
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
) -> Result<ReidBatch<T>> {
    spec.check()?;
    let mut values = vec![T::default(); boxes.len() * spec.item_len()];
    let windows = run(Isa::best(), frame, boxes, spec, &mut values);
    let tensor = Array4::from_shape_vec(spec.shape(boxes.len()), values);
    Ok(ReidBatch { tensor: tensor.expect("the shape has the values' number"), windows })
}

/// Writes the items of `boxes` into `out`, every value once.
///
/// # Errors
/// As [`reid_batch`], and when `out` is not [`ReidSpec::item_len`] times the number of boxes long.
pub fn reid_batch_into<T: Element>(
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut [T],
) -> Result<Windows> {
    spec.check()?;
    check_out(out.len(), boxes.len(), spec)?;
    Ok(run(Isa::best(), frame, boxes, spec, out))
}

fn check_out(len: usize, boxes: usize, spec: &ReidSpec) -> Result<()> {
    let needed = boxes * spec.item_len();
    if len == needed {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "out has {len} values, {boxes} boxes of 3x{}x{} have {needed}",
        spec.height, spec.width
    )))
}

/// Boxes below which handing work to other threads does not pay.
const PARALLEL_FROM: usize = 4;

fn run<T: Element>(
    isa: Isa,
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut [T],
) -> Windows {
    let streams = size_of_val(out) >= STREAM_FROM;
    run_with(isa, frame, boxes, spec, out, streams)
}

/// `streams`: whether stores go past the caches where they can.
fn run_with<T: Element>(
    isa: Isa,
    frame: &FrameView<'_>,
    boxes: &[BBox],
    spec: &ReidSpec,
    out: &mut [T],
    streams: bool,
) -> Windows {
    let boxes: Vec<_> = boxes.iter().map(|bbox| (frame, bbox)).collect();
    run_all(isa, &boxes, spec, out, streams)
}

/// Boxes, each with its frame.
fn run_all<T: Element>(
    isa: Isa,
    boxes: &[(&FrameView<'_>, &BBox)],
    spec: &ReidSpec,
    out: &mut [T],
    streams: bool,
) -> Windows {
    let norm =
        Norm { scale: ordered(spec.norm.scale, spec.order), bias: ordered(spec.norm.bias, spec.order) };
    let job = Job { isa: exact(isa, &norm), spec, norm, table: Table::new(&norm), streams };
    let items = out.chunks_exact_mut(spec.item_len());
    if boxes.len() < PARALLEL_FROM || rayon::current_num_threads() == 1 {
        let mut scratch = Scratch::default();
        return boxes.iter().zip(items).map(|(bbox, item)| job.run(&mut scratch, *bbox, item)).collect();
    }
    let all: Vec<_> = boxes.iter().zip(items).collect();
    all.into_par_iter()
        .map_init(Scratch::default, |scratch, (bbox, item)| job.run(scratch, *bbox, item))
        .collect()
}

/// Memory that one thread uses for one box after the other.
#[derive(Default)]
struct Scratch {
    sampled: Sampled,
    converted: Lines<u8>,
    pairs: Vec<Pair>,
    line: Lines<f32>,
}

/// What all boxes share.
struct Job<'a, T> {
    isa: Isa,
    spec: &'a ReidSpec,
    /// In the order of the planes.
    norm: Norm,
    table: Table<T>,
    /// The tensor is large enough for stores past the caches.
    streams: bool,
}

impl<T: Element> Job<'_, T> {
    fn run(
        &self,
        scratch: &mut Scratch,
        (frame, bbox): (&FrameView<'_>, &BBox),
        item: &mut [T],
    ) -> Result<Rect, Dropped> {
        let window = bbox.clip(frame.width(), frame.height());
        match window {
            Ok(window) => self.feed((frame, window), scratch, item),
            Err(_) => item.fill(T::default()),
        }
        window
    }

    /// One item from the pixels of `window` of the frame.
    fn feed(&self, (frame, window): (&FrameView<'_>, Rect), scratch: &mut Scratch, item: &mut [T]) {
        let inner = self.inner(window, item);
        let isa = narrowed(self.isa, inner.width);
        let mut stream = self.stream(isa, inner, item);
        let turn = stream.as_ref().map_or(0, Stream::lag);
        let pixels = Pixels::new(frame, window, inner.height, &mut scratch.converted);
        let columns = Columns::new(isa, pixels.lead(), window.width, inner.width, turn);
        scratch.sampled.restart(3 * columns.len(), pixels.count());
        let mut rows = Rows {
            isa,
            pixels,
            columns,
            sampled: &mut scratch.sampled,
            pairs: &mut scratch.pairs,
            taps: Taps::rows(isa, window.height, inner.height, Centre::Middle),
            source: window.height,
        };
        let place = |y: usize| self.place(inner.x, inner.y + y as u32, inner.width);
        let (mut y, height, width) = (0, inner.height as usize, inner.width as usize);
        scratch.line.resize(width);
        let from = ordered([0, 1, 2], self.spec.order);
        while y < height {
            rows.advance(y);
            let next = y + rows.pairs.len();
            let Some((stream, item)) = stream.as_mut().zip(T::floats(item)) else {
                (0..3).for_each(|c| rows.sample(c));
                let blend = self.blend(&rows, from);
                (y..next).for_each(|at| place(at).write(item, &blend.row(at - y), &self.table));
                y = next;
                continue;
            };
            // Memory takes what a plane streams to it while the next one is sampled.
            for c in 0..3 {
                rows.sample(from[c]);
                let (mut blend, mut at) = (self.blend(&rows, from), y);
                if y == 0 {
                    stream.first(item, place(0).start(), &blend.first(1), c, &mut scratch.line);
                    (blend, at) = (blend.skip(1), 1);
                }
                let all = place(at).start()..place(next).start();
                stream.write(stream.rows(item, c, all), &blend, c);
            }
            y = next;
        }
        if let Some((stream, item)) = stream.as_mut().zip(T::floats(item)) {
            stream.finish(item, place(height).start(), &self.norm);
        }
    }

    fn blend<'b>(&'b self, rows: &'b Rows<'_>, from: [usize; 3]) -> Blend<'b> {
        Blend {
            isa: rows.isa,
            values: rows.sampled.values(),
            plane: rows.columns.len(),
            pairs: rows.pairs,
            from,
            norm: &self.norm,
        }
    }

    /// Stores past the caches, where the tensor is large and rows follow one another in it.
    fn stream(&self, isa: Isa, inner: Rect, item: &mut [T]) -> Option<Stream> {
        let one_piece = self.spec.layout == Layout::Nchw && inner.width == self.spec.width;
        let item = T::floats(item).filter(|_| self.streams && one_piece)?;
        Stream::new(isa, item, self.spec.width as usize)
    }

    /// Where the crop lies in the item; what lies around it is filled.
    fn inner(&self, window: Rect, item: &mut [T]) -> Rect {
        let spec = self.spec;
        let inner = spec.inner(window);
        let Fit::Pad { color, .. } = spec.fit else { return inner };
        let pixel = self.table.pixel(ordered(color, spec.order));
        let mut fill = |from: u32, to: u32, y: u32| self.place(from, y, to - from).fill(item, pixel);
        for y in 0..spec.height {
            if (inner.y..inner.y + inner.height).contains(&y) {
                fill(0, inner.x, y);
                fill(inner.x + inner.width, spec.width, y);
            } else {
                fill(0, spec.width, y);
            }
        }
        inner
    }

    fn place(&self, x: u32, y: u32, width: u32) -> Place {
        Place {
            layout: self.spec.layout,
            size: (self.spec.width as usize, self.spec.height as usize),
            at: (x as usize, y as usize),
            width: width as usize,
        }
    }
}

/// Instructions that normalise as `norm` says.
fn exact(isa: Isa, norm: &Norm) -> Isa {
    #[cfg(target_arch = "x86_64")]
    if !x86_64::normalises(norm) {
        return Isa::Scalar;
    }
    let _ = norm;
    isa
}

/// The instructions for rows of `width` pixels: those that leave fewest of them to plain code.
fn narrowed(isa: Isa, width: u32) -> Isa {
    let _ = width;
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(token) if width % 32 >= 16 => Isa::Avx2(token.avx2()),
        isa => isa,
    }
}

/// Red, green and blue in the order of the planes.
fn ordered<V: Copy>(rgb: [V; 3], order: ChannelOrder) -> [V; 3] {
    match order {
        ChannelOrder::Rgb => rgb,
        ChannelOrder::Bgr => [rgb[2], rgb[1], rgb[0]],
    }
}

#[cfg(test)]
mod tests;
