//! The sizes that tiles on the matrix units have.

use super::{Filter, THREADS};
use crate::cuda::Grid;

/// Bytes of a table of weights.
pub(super) const TABLE: usize = 96;
pub(super) const TILE_ROWS: u32 = 64;

/// A tile of a kernel: the radius that its weights have room for, and the pixels it makes in a row.
pub(super) struct Template {
    pub(super) radius: u32,
    pub(super) width: u32,
    pub(super) names: [&'static str; 4],
    /// The kernels whose clusters of blocks make whole boxes.
    pub(super) boxes: [&'static str; 4],
    /// The one that makes chroma's too, with the other template.
    pub(super) two: &'static str,
}

pub(super) static TEMPLATES: [Template; 2] = [
    Template {
        radius: 8,
        width: 48,
        names: ["small_1", "small_2", "small_3", "small_4"],
        boxes: ["small_boxes_1", "small_boxes_2", "small_boxes_3", "small_boxes_4"],
        two: "small_two",
    },
    Template {
        radius: 16,
        width: 64,
        names: ["large_1", "large_2", "large_3", "large_4"],
        boxes: ["large_boxes_1", "large_boxes_2", "large_boxes_3", "large_boxes_4"],
        two: "large_two",
    },
];
pub(super) const PUT: [&str; 4] = ["put_1", "put_2", "put_3", "put_4"];

impl Template {
    /// Bytes of shared memory: the tables, and for each of a block's tiles the rows, and words for four rows of each channel.
    pub(super) fn shared(&self, channels: u32, tiles: u32) -> u32 {
        let columns = self.width + 2 * self.radius + 4;
        let tile = TILE_ROWS + 2 * self.radius + channels * 4 * (4 + self.radius / 8) * columns;
        4 * (2 * TABLE as u32 + tiles * tile)
    }

    pub(super) fn is_smallest(&self) -> bool {
        self.radius == TEMPLATES[0].radius
    }

    pub(super) fn grid(&self, tiles: u32, channels: usize) -> Grid {
        Grid { blocks: (tiles, 1, 1), threads: (THREADS, 1, 1), shared: self.shared(channels as u32, 1) }
    }
}

/// The tile that the weights have room in; `None` where there are too many.
pub(super) fn template_of(filter: &Filter<'_>) -> Option<&'static Template> {
    let reach = [filter.across.reach(), filter.down.reach()];
    let radius = reach.as_flattened().iter().copied().max().unwrap_or_default();
    TEMPLATES.iter().find(|template| radius <= template.radius)
}
