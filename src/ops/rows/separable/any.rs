//! Filters with more weights than the matrix units are given: a launch across and one down, sums in between.

use super::{Filter, Finish, Line, THREADS, border_of, tile_count};
use crate::cuda::{DType, Grid, KernelArgs, Stream};
use crate::error::{Error, Result};
use crate::frame::{DevicePlane, Rect};

const BOXES: usize = 80;
/// Weights in units of 1/256 that sum to 256: not more of them are above 0.
const TAPS: usize = 256;
const WIDTH: u32 = 64;
const ROWS: u32 = 16;

/// Laid out as `AnyBox` in `separable_any.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Tiled {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    first: u32,
    sums: u32,
}

/// Laid out as `AnyArgs` in `separable_any.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Args {
    at: u64,
    pitch: u64,
    to: u64,
    to_pitch: u64,
    sums: u64,
    count: u32,
    channels: u32,
    border: u32,
    outside: u32,
    taps: u32,
    span: u32,
    begin: i32,
    weight: u32,
    shift: u32,
    round: u32,
    factor: u32,
    mean: u32,
    tap: [u32; TAPS],
    boxes: [Tiled; BOXES],
}

const _: () = assert!(size_of::<Args>() == 3032, "separable_any.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}

/// `boxes`, which lie in both planes and have pixels, of `from` filtered into `to`, which may be the same.
pub(super) fn run(
    stream: &Stream,
    filter: &Filter<'_>,
    from: &DevicePlane<'_>,
    to: &DevicePlane<'_>,
    boxes: &[Rect],
) -> Result<()> {
    let (border, outside) = border_of(filter.border);
    let (shift, round, factor, mean) = match filter.finish {
        Finish::Weighted => (16, 1 << 15, 0, 0),
        Finish::Fixed { offset, factor } => (0, offset, factor, 1),
        Finish::Float(factor) => (0, 0, factor.to_bits(), 2),
    };
    let mut args = Args {
        at: from.address(),
        pitch: from.pitch() as u64,
        to: to.address(),
        to_pitch: to.pitch() as u64,
        sums: 0,
        count: 0,
        channels: from.channels() as u32,
        border,
        outside,
        taps: 0,
        span: 0,
        begin: 0,
        weight: if let Line::Ones(count) = filter.across { count } else { 256 },
        shift,
        round,
        factor,
        mean,
        tap: [0; TAPS],
        boxes: [Tiled::default(); BOXES],
    };
    let mut rest = boxes;
    while !rest.is_empty() {
        let (taken, tiles, samples) = deal(&mut args, rest)?;
        rest = &rest[taken..];
        let sums = stream.tensor(&[samples, 4], DType::U8)?;
        args.sums = sums.address();
        let memory = [from.pending(), to.pending(), sums.pending()];
        let grid = Grid { blocks: (tiles, 1, 1), threads: (THREADS, 1, 1), shared: 0 };
        for (line, entry) in [(filter.across, "across"), (filter.down, "down")] {
            args.set(line);
            let kernel = stream.device().kernel(filter.source, entry)?;
            // SAFETY: the kernel's own arguments: planes and scratch whose Pending are given, boxes inside both planes,
            // beyond which it reads and writes nothing; `to` was borrowed to be written, `sums` has room for all boxes.
            unsafe { stream.launch(&kernel, grid, &args, &memory) }?;
        }
    }
    Ok(())
}

impl Args {
    fn set(&mut self, line: Line<'_>) {
        (self.taps, self.span, self.begin) = (0, line.len(), -(line.len() as i32 / 2));
        let Line::Weights(weights) = line else { return };
        let offsets = self.begin..;
        let taps = weights.iter().zip(offsets).filter(|(weight, _)| **weight != 0);
        for (tap, (weight, offset)) in self.tap.iter_mut().zip(taps) {
            *tap = offset.cast_unsigned() << 16 | *weight as u32;
            self.taps += 1;
        }
    }
}

/// Fills in as many of `boxes` as one launch takes, one at least: how many, their tiles, and their samples.
fn deal(args: &mut Args, boxes: &[Rect]) -> Result<(usize, u32, usize)> {
    let (mut taken, mut tiles, mut samples) = (0, 0u64, 0u64);
    for (tiled, &Rect { x, y, width, height }) in args.boxes.iter_mut().zip(boxes) {
        let count = u64::from(width) * u64::from(height) * u64::from(args.channels);
        if samples + count > u64::from(u32::MAX) {
            break;
        }
        *tiled = Tiled { x, y, width, height, first: tiles as u32, sums: samples as u32 };
        tiles += u64::from(width.div_ceil(WIDTH)) * u64::from(height.div_ceil(ROWS));
        (taken, samples) = (taken + 1, samples + count);
    }
    if taken == 0 {
        return Err(Error::unsupported(format!(
            "a box is {}x{} pixels, {} samples are blurred at once with a kernel of this size; blur it in parts",
            boxes[0].width,
            boxes[0].height,
            u32::MAX
        )));
    }
    args.count = taken as u32;
    Ok((taken, tile_count(tiles)?, samples as usize))
}
