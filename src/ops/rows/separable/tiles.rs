//! Filters of few weights: tiles on the matrix units.

use super::template::{TABLE, TILE_ROWS, Template};
use super::{Filter, Finish, Line, border_of, tile_count};
use crate::cuda::KernelArgs;
use crate::error::Result;
use crate::frame::{DevicePlane, Rect};

pub(super) const BOXES: usize = 160;
/// Bytes of a table before those of the template's radius.
const BEFORE: u32 = 32;
/// The bits of 2^23 as a float: a whole number that is added to them is added to the float, up to 2^23.
const FLOAT: u32 = 0x4b00_0000;

/// Laid out as `Box` in `separable_stage.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Tiled {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    first: u32,
}

/// Laid out as `Head` in `separable_stage.cuh`: everything but the boxes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) at: u64,
    pub(super) pitch: u64,
    pub(super) to: u64,
    pub(super) to_pitch: u64,
    pub(super) count: u32,
    pub(super) aligned: u32,
    pub(super) border: u32,
    pub(super) outside: u32,
    /// Pixels that the weights reach to the left, to the right, up and down.
    pub(super) reach: [u32; 4],
    pub(super) low: u32,
    pub(super) high: u32,
    pub(super) pick: u32,
    pub(super) round: u32,
    pub(super) factor: u32,
    pub(super) fixed: u32,
    pub(super) tile_width: u32,
    pub(super) plane_width: u32,
    pub(super) share: u32,
    /// 65536: a number that the compiler does not know is multiplied with where it would otherwise shift.
    pub(super) half: u32,
    pub(super) across: [u32; TABLE / 4 + 1],
    pub(super) down: [u32; TABLE / 4 + 1],
}

/// Laid out as `Args` in `separable_stage.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Args {
    pub(super) head: Head,
    boxes: [Tiled; BOXES],
}

/// Boxes of an argument for clusters.
pub(super) const FEW: usize = 64;

/// Laid out as `Spot` in `separable_stage.cuh`.
#[repr(C, align(4))]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot([u16; 4]);

/// Laid out as `Few` in `separable_stage.cuh`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Few {
    head: Head,
    boxes: [Spot; FEW],
}

const _: () = assert!(size_of::<Args>() == 3504, "separable_stage.cuh has the same number");
const _: () = assert!(size_of::<Few>() == 816, "separable_stage.cuh has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Args {}
// SAFETY: as above.
unsafe impl KernelArgs for Few {}

impl Args {
    pub(super) fn new(head: &Head) -> Self {
        Self { head: *head, boxes: [Tiled::default(); BOXES] }
    }
}

impl Few {
    /// Of up to [`FEW`] boxes, of a plane of at most [`SHORT`] pixels a side.
    pub(super) fn new(head: &Head, boxes: &[Rect]) -> Self {
        Self { head: Head { count: boxes.len() as u32, ..*head }, boxes: spots(boxes) }
    }
}

/// Pixels a side of a plane whose boxes are told in 16 bits.
pub(super) const SHORT: u32 = u16::MAX as u32;

/// Up to [`FEW`] boxes in 16 bits.
pub(super) fn spots(boxes: &[Rect]) -> [Spot; FEW] {
    let mut spots = [Spot::default(); FEW];
    for (spot, rect) in spots.iter_mut().zip(boxes) {
        *spot = Spot([rect.x, rect.y, rect.width, rect.height].map(|v| v as u16));
    }
    spots
}

impl Line<'_> {
    /// The kernel's bytes, the weights around the place of the middle.
    fn table(self, radius: u32) -> [u32; TABLE / 4 + 1] {
        let mut bytes = [0u8; TABLE + 4];
        let place = &mut bytes[(BEFORE + radius - self.len() / 2) as usize..][..self.len() as usize];
        match self {
            Self::Weights(weights) if !self.is_identity() => {
                place.iter_mut().zip(weights).for_each(|(byte, weight)| *byte = *weight as u8);
            }
            _ => place.fill(1),
        }
        let (words, _) = bytes.as_chunks::<4>();
        std::array::from_fn(|i| u32::from_le_bytes(words[i]))
    }
}

/// Everything but the boxes and where they go.
pub(super) fn arguments(filter: &Filter<'_>, template: &Template, from: &DevicePlane<'_>) -> Head {
    let (border, outside) = border_of(filter.border);
    let ([left, right], [above, below]) = (filter.across.reach(), filter.down.reach());
    // A weight of 256 is one of 1 whose sums are taken a byte higher.
    let (low, high) = if filter.down.is_identity() { (0x7531, 0x6420) } else { (0x6420, 0x7531) };
    let (pick, round, factor, fixed) = match filter.finish {
        Finish::Weighted if filter.across.is_identity() => (1, 1 << 7, 0, 0),
        Finish::Weighted => (2, 1 << 15, 0, 0),
        Finish::Fixed { offset, factor } => (3, offset, 2 * factor, 1),
        Finish::Float(factor) => (0, FLOAT, factor.to_bits(), 0),
    };
    Head {
        at: from.address(),
        pitch: from.pitch() as u64,
        to: 0,
        to_pitch: 0,
        count: 0,
        aligned: u32::from(aligned(from)),
        border,
        outside,
        reach: [left, right, above, below],
        low,
        high,
        pick,
        round,
        factor,
        fixed,
        tile_width: template.width,
        plane_width: from.width(),
        share: 0,
        half: 1 << 16,
        across: filter.across.table(template.radius),
        down: filter.down.table(template.radius),
    }
}

/// Whether tiles can begin so that four pixels of each row lie on whole words.
pub(super) fn aligned(plane: &DevicePlane<'_>) -> bool {
    let (address, pitch) = (plane.address(), plane.pitch() as u64);
    match plane.channels() {
        4 => address.is_multiple_of(4) && pitch.is_multiple_of(16),
        2 => address.is_multiple_of(2) && pitch.is_multiple_of(8),
        _ => pitch.is_multiple_of(4),
    }
}

/// Pixels that the first tile of a box begins left of it; as `Tile` in the kernel.
fn phase(address: u64, channels: u64) -> u32 {
    let pixels = if channels == 3 { address.wrapping_mul(3) } else { address / channels };
    (pixels & 3) as u32
}

/// Tiles of a box of the plane.
pub(super) fn tiles_of(rect: &Rect, plane: &DevicePlane<'_>, aligned: bool, template: &Template) -> u64 {
    let channels = plane.channels() as u64;
    let at = plane.address() + u64::from(rect.y) * plane.pitch() as u64 + u64::from(rect.x) * channels;
    let before = if aligned { phase(at, channels) } else { 0 };
    let columns = (rect.width + before).div_ceil(template.width);
    u64::from(columns) * u64::from(rect.height.div_ceil(TILE_ROWS))
}

/// Fills in the boxes; how many tiles they have.
pub(super) fn deal(
    args: &mut Args,
    boxes: &[Rect],
    plane: &DevicePlane<'_>,
    template: &Template,
) -> Result<u32> {
    let (aligned, mut tiles) = (args.head.aligned == 1, 0u64);
    for (tiled, rect) in args.boxes.iter_mut().zip(boxes) {
        *tiled = Tiled { x: rect.x, y: rect.y, width: rect.width, height: rect.height, first: tiles as u32 };
        tiles += tiles_of(rect, plane, aligned, template);
    }
    args.head.count = boxes.len() as u32;
    tile_count(tiles)
}

#[cfg(test)]
mod tests {
    use super::super::template::TEMPLATES;
    use super::*;

    /// The weight that the kernels find for a pixel `offset` away from the middle.
    fn weight(table: &[u32], radius: u32, offset: i32) -> u32 {
        let byte = (BEFORE + radius).checked_add_signed(offset).unwrap();
        table[byte as usize / 4] >> (byte % 4 * 8) & 255
    }

    #[test]
    fn tables_have_the_weights_around_the_middle_and_zeros() {
        for radius in TEMPLATES.each_ref().map(|template| template.radius) {
            let around = |line: Line<'_>| {
                let table = line.table(radius);
                [-3, -2, -1, 0, 1, 2, 3].map(|offset| weight(&table, radius, offset))
            };
            assert_eq!(around(Line::Weights(&[16, 64, 96, 64, 16])), [0, 16, 64, 96, 64, 16, 0]);
            assert_eq!(around(Line::Ones(3)), [0, 0, 1, 1, 1, 0, 0]);
            assert_eq!(around(Line::Ones(4)), [0, 1, 1, 1, 1, 0, 0]);
            assert_eq!(around(Line::Weights(&[256])), [0, 0, 0, 1, 0, 0, 0]);
            let longest = Line::Ones(2 * radius + 1).table(radius);
            assert_eq!(weight(&longest, radius, -(radius as i32)), 1);
            assert_eq!(weight(&longest, radius, radius as i32), 1);
        }
    }

    #[test]
    fn first_tiles_begin_where_four_pixels_lie_on_whole_words() {
        for (channels, word) in [(1, 4), (2, 8), (3, 4), (4, 16)] {
            let step = if channels == 2 || channels == 4 { channels } else { 1 };
            for address in (4096..4096 + 64).step_by(step as usize) {
                let begin = address - u64::from(phase(address, channels)) * channels;
                assert!(begin.is_multiple_of(word), "{channels} bytes at {address}");
            }
        }
    }

    #[test]
    fn shared_memory_is_what_every_gpu_gives() {
        for template in &TEMPLATES {
            assert_eq!((template.width + 2 * template.radius) % 32, 0);
            assert!(template.shared(4, 1) <= 48 * 1024);
        }
    }
}
