//! From boxes to items: what is done to each, and by which thread.

use rayon::prelude::*;

use super::columns::{Columns, Sampled};
use super::pixels::Pixels;
use super::rows::Rows;
use super::store::{Blend, Pair, Place, Table};
use super::stream::{STREAM_FROM, Stream};
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use super::{ChannelOrder, Element, Fit, Layout, Norm, ReidSpec, Windows};
use crate::frame::{FrameView, Rect};
use crate::ops::resize::{Centre, Taps};
use crate::ops::rows::{Isa, Lines};
use crate::roi::{BBox, Dropped};

/// Boxes below which handing work to other threads does not pay.
const PARALLEL_FROM: usize = 4;

pub(super) fn run<T: Element>(
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
pub(super) fn run_with<T: Element>(
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
pub(super) fn run_all<T: Element>(
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
pub(super) fn ordered<V: Copy>(rgb: [V; 3], order: ChannelOrder) -> [V; 3] {
    match order {
        ChannelOrder::Rgb => rgb,
        ChannelOrder::Bgr => [rgb[2], rgb[1], rgb[0]],
    }
}
