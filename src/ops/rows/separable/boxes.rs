//! Boxes in place: in one launch by clusters of blocks, where the GPU has these, or through scratch in two.

use super::template::{PUT, TILE_ROWS, Template};
use super::tiles::{Args, BOXES, FEW, Few, Head, SHORT, aligned, deal, tiles_of};
use super::{Filter, THREADS};
use crate::cuda::{DType, Grid, Step, Stream};
use crate::error::Result;
use crate::frame::{DevicePlane, Pending, Rect};

/// Blocks of a cluster; `separable_stage.cuh` has the same number.
const CLUSTER: u32 = 8;
/// Tiles that a block makes at most, each by threads of its own; `separable_any.cuh` has the same number.
const MOST_GROUPS: u32 = 4;
/// Clusters of as many blocks as a large GPU runs at once, four tiles on each of its processors.
const AT_ONCE: u64 = 64;
/// From this compute capability on, times ten, blocks come in clusters.
const CLUSTERS_FROM: u32 = 90;

/// What boxes of a plane are filtered with.
pub(super) struct InPlace<'a> {
    pub(super) stream: &'a Stream,
    pub(super) filter: &'a Filter<'a>,
    pub(super) template: &'static Template,
    pub(super) plane: &'a DevicePlane<'a>,
    /// Whether it is known that no two boxes overlap.
    pub(super) apart: bool,
}

impl InPlace<'_> {
    /// `boxes`, which lie in the plane and have pixels, up to as many as the argument has room for.
    pub(super) fn run(&self, head: &Head, boxes: &[Rect]) -> Result<()> {
        // A cluster writes its box while others still read theirs.
        if !self.has_clusters() || !(self.apart || apart(boxes)) {
            return self.in_two_launches(head, boxes);
        }
        let tiles = |rect: &Rect| self.tiles(rect);
        let most = boxes.iter().map(tiles).max().unwrap_or_default();
        if self.at_once(most, boxes.len()) {
            return self.in_clusters(head, boxes, most as u32);
        }
        // Small boxes would wait for places that large ones' blocks have.
        let one = |rect: &Rect| tiles(rect) <= u64::from(CLUSTER);
        let (small, others): (Vec<_>, Vec<_>) = boxes.iter().copied().partition(one);
        let room = self.room();
        let (middle, large): (Vec<_>, Vec<_>) = others.iter().copied().partition(|rect| tiles(rect) <= room);
        for boxes in [small, middle] {
            self.in_clusters(head, &boxes, boxes.iter().map(tiles).max().unwrap_or_default() as u32)?;
        }
        self.in_two_launches(head, &large)
    }

    /// Whether clusters can make boxes of the plane.
    pub(super) fn has_clusters(&self) -> bool {
        self.stream.device().arch() >= CLUSTERS_FROM && self.plane.width().max(self.plane.height()) <= SHORT
    }

    /// Whether clusters make so many boxes of up to `most` tiles, and small ones need not wait for places that large ones have.
    pub(super) fn at_once(&self, most: u64, boxes: usize) -> bool {
        let groups = most.div_ceil(CLUSTER.into());
        groups <= 1 || most <= self.room() && groups * boxes as u64 <= AT_ONCE
    }

    pub(super) fn tiles(&self, rect: &Rect) -> u64 {
        tiles_of(rect, self.plane, aligned(self.plane), self.template)
    }

    /// Tiles that a cluster makes at most.
    fn room(&self) -> u64 {
        let shared = if self.stream.device().arch() < 120 { 227 << 10 } else { 99 << 10 };
        let fits = |groups: &u32| self.template.shared(self.plane.channels() as u32, *groups) <= shared;
        u64::from(CLUSTER * (1..=MOST_GROUPS).take_while(fits).last().unwrap_or_default())
    }

    /// Boxes of up to `tiles` tiles, each by a cluster or, if they are small, by some of its blocks.
    fn in_clusters(&self, head: &Head, boxes: &[Rect], tiles: u32) -> Result<()> {
        let (channels, device) = (self.plane.channels(), self.stream.device());
        let Clusters { groups, share } = Clusters::of(tiles);
        let shared = self.template.shared(channels as u32, groups);
        let kernel = device.roomy_kernel(self.filter.source, self.template.boxes[channels - 1], shared)?;
        for boxes in boxes.chunks(FEW) {
            let args = Few::new(&Head { share, ..*head }, boxes);
            let all = Clusters { groups, share }.blocks(boxes.len());
            let grid = Grid { blocks: (all, 1, 1), threads: (THREADS, groups, 1), shared };
            // SAFETY: the kernel's own arguments: a plane whose Pending is given and that was borrowed to be written, and
            // boxes inside it, beside which it writes nothing; each has at most as many tiles as its blocks make.
            unsafe { self.stream.launch(&kernel, grid, &args, &[self.plane.pending()]) }?;
        }
        Ok(())
    }

    /// The boxes into scratch, tile after tile, and from there to where they were.
    fn in_two_launches(&self, head: &Head, boxes: &[Rect]) -> Result<()> {
        if boxes.is_empty() {
            return Ok(());
        }
        let Self { stream, filter, template, plane, .. } = self;
        let mut args = Args::new(head);
        let (tiles, channels) = (deal(&mut args, boxes, plane, template)?, plane.channels());
        let bytes = tiles as usize * (TILE_ROWS * template.width) as usize * channels;
        let scratch = stream.tensor(&[bytes], DType::U8)?;
        (args.head.to, args.head.to_pitch) = (scratch.address(), 0);
        let memory: [&Pending; 2] = [plane.pending(), scratch.pending()];
        let kernel = stream.device().kernel(filter.source, template.names[channels - 1])?;
        let put = stream.device().kernel(filter.source, PUT[channels - 1])?;
        let grid = Grid { blocks: (tiles, 1, 1), threads: (16, 16, 1), shared: 0 };
        let steps = [Step::new(&kernel, template.grid(tiles, channels), &args), Step::new(&put, grid, &args)];
        // SAFETY: the kernels' own arguments: a plane and scratch whose Pending are given, and boxes inside the plane,
        // beyond which nothing is read; the scratch has room for every tile. The second one reads the tiles and writes
        // the boxes, of a plane that was borrowed to be written.
        unsafe { stream.launch_all(&steps, &memory) }
    }
}

/// How clusters make boxes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clusters {
    /// Tiles that a block makes, each by threads of its own.
    pub(super) groups: u32,
    /// Log2 of the blocks that make a box.
    pub(super) share: u32,
}

impl Clusters {
    /// For boxes of up to `tiles` tiles.
    pub(super) fn of(tiles: u32) -> Self {
        let blocks = tiles.next_power_of_two().min(CLUSTER);
        Self { groups: tiles.div_ceil(CLUSTER), share: blocks.ilog2() }
    }

    /// Blocks for so many boxes, whole clusters.
    pub(super) fn blocks(self, boxes: usize) -> u32 {
        ((boxes as u32) << self.share).next_multiple_of(CLUSTER)
    }
}

/// Whether no two of `boxes`, which have pixels, share one. All are compared with all, several at a time.
fn apart(boxes: &[Rect]) -> bool {
    let (mut starts, mut ends) = ([[0i32; BOXES]; 2], [[0i32; BOXES]; 2]);
    for (n, rect) in boxes.iter().enumerate() {
        // Sides of planes are below 2^30.
        let ([left, top], [right, bottom]) =
            ([rect.x, rect.y].map(|at| at as i32), [rect.right(), rect.bottom()].map(|at| at as i32));
        let met = (0..n).fold(false, |met, i| {
            let across = (starts[0][i] < right) & (left < ends[0][i]);
            met | across & (starts[1][i] < bottom) & (top < ends[1][i])
        });
        if met {
            return false;
        }
        (starts[0][n], starts[1][n], ends[0][n], ends[1][n]) = (left, top, right, bottom);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_apart_where_no_pixel_is_in_two() {
        let rects =
            |all: &[[u32; 4]]| all.iter().map(|[x, y, w, h]| Rect::new(*x, *y, *w, *h)).collect::<Vec<_>>();
        assert!(apart(&rects(&[])));
        assert!(apart(&rects(&[
            [3, 4, 10, 10],
            [13, 4, 5, 5],
            [3, 14, 10, 1],
            [0, 0, 3, 100],
            [40, 0, 1, 1]
        ])));
        for other in
            [[0, 0, 4, 5], [12, 13, 4, 4], [5, 5, 1, 1], [0, 0, 50, 50], [3, 4, 10, 10], [0, 7, 50, 1]]
        {
            assert!(!apart(&rects(&[[60, 60, 1, 1], [3, 4, 10, 10], [100, 0, 9, 9], other])), "{other:?}");
        }
        let grid = |step: u32| {
            (0..160).map(move |i| Rect::new(i % 16 * step, i / 16 * step, 7, 7)).collect::<Vec<_>>()
        };
        assert!(apart(&grid(7)));
        assert!(!apart(&grid(6)));
    }
}
