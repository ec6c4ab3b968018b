//! Boxes of luma and of chroma in place, in one launch.

use super::boxes::{Clusters, InPlace};
use super::template::template_of;
use super::tiles::{FEW, Head, Spot, arguments, spots};
use super::{Filter, THREADS};
use crate::cuda::{Grid, KernelArgs, Stream};
use crate::error::Result;
use crate::frame::{DeviceViewMut, Rect, plane_window};

/// Laid out as `Two` in `gaussian_blur/kernel.cu`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Two {
    luma: Head,
    chroma: Head,
    cells: u32,
    unused: u32,
    boxes: [Spot; FEW],
}

const _: () = assert!(size_of::<Two>() == 1128, "gaussian_blur/kernel.cu has the same number");

// SAFETY: repr(C), numbers alone, in the order and sizes of the struct in the source.
unsafe impl KernelArgs for Two {}

/// Boxes of `picture` filtered in place, the first plane with the first filter and the second, which is subsampled and has
/// two channels, with the other, each as a plane of its own; false, and nothing is done, where that takes more than a launch for
/// [`FEW`] boxes.
///
/// Boxes are in pixels, have some, lie in the picture and apart from each other, and are whole chroma samples.
pub(crate) fn filter_two_on(
    stream: &Stream,
    [luma, chroma]: [&Filter<'_>; 2],
    picture: &mut DeviceViewMut<'_>,
    boxes: &[Rect],
) -> Result<bool> {
    let (view, format) = (picture.as_view(), picture.format());
    let (Some((sx, sy)), (px, py)) = (format.chroma_shift(), view.chroma_phase()) else { return Ok(false) };
    // Chroma as large as luma is blurred as luma is.
    if format.bits() != 8 || format.planes() != 2 || (sx, sy) == (0, 0) {
        return Ok(false);
    }
    let (Some(template), Some(small)) = (template_of(luma), template_of(chroma)) else { return Ok(false) };
    if !small.is_smallest() {
        return Ok(false);
    }
    stream.check_gpu("the picture", view.gpu())?;
    let planes = [view.plane(0), view.plane(1)];
    let of = [
        InPlace { stream, filter: luma, template, plane: &planes[0], apart: true },
        InPlace { stream, filter: chroma, template: small, plane: &planes[1], apart: true },
    ];
    if !of[0].has_clusters() {
        return Ok(false);
    }
    let in_chroma = |rect: &Rect| plane_window(format, 1, Rect { x: rect.x + px, y: rect.y + py, ..*rect });
    let most = boxes.iter().fold([0, 0], |most: [u64; 2], rect| {
        [most[0].max(of[0].tiles(rect)), most[1].max(of[1].tiles(&in_chroma(rect)))]
    });
    if !of.iter().zip(most).all(|(plane, most)| plane.at_once(most, boxes.len())) {
        return Ok(false);
    }
    let clusters = most.map(|tiles| Clusters::of(tiles as u32));
    let groups = clusters[0].groups.max(clusters[1].groups);
    let shared = template.shared(1, groups).max(small.shared(2, groups));
    let kernel = stream.device().roomy_kernel(luma.source, template.two, shared)?;
    let mut args = Two {
        luma: Head { share: clusters[0].share, ..arguments(luma, template, &planes[0]) },
        chroma: Head { share: clusters[1].share, ..arguments(chroma, small, &planes[1]) },
        cells: sx | sy << 1 | px << 2 | py << 3,
        unused: 0,
        boxes: [Spot::default(); FEW],
    };
    for boxes in boxes.chunks(FEW) {
        (args.luma.count, args.chroma.count, args.boxes) =
            (boxes.len() as u32, boxes.len() as u32, spots(boxes));
        let across = clusters.map(|clusters| clusters.blocks(boxes.len()));
        let grid = Grid { blocks: (across[0].max(across[1]), 2, 1), threads: (THREADS, groups, 1), shared };
        // SAFETY: the kernel's own arguments: planes of a view whose Pending is given and that was borrowed to be written, and
        // boxes inside it, beside which it writes nothing; each has at most as many tiles as its blocks make.
        unsafe { stream.launch(&kernel, grid, &args, &[view.pending()]) }?;
    }
    Ok(true)
}
