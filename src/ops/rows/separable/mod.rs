//! Filters that are a row of weights times a column of weights, on planes in GPU memory. [`run`] picks the way:
//! [`tiles`] has what the kernels get that do those with few weights on the matrix units, [`boxes`] does the same in place, [`two`] in
//! luma and chroma, [`any`] all others.

mod any;
mod boxes;
mod run;
mod template;
mod tiles;
mod two;

use super::Border;
use crate::cuda::{Header, KernelSource, Stream, TYPES};
use crate::error::{Error, Result};
use crate::frame::{DeviceView, DeviceViewMut, Rect};

use run::{To, run};
pub(crate) use two::filter_two_on;

/// What a `kernel.cu` of such a filter includes.
pub(crate) const HEADERS: [Header; 5] = [
    TYPES,
    Header { name: "separable_units.cuh", text: include_str!("separable_units.cuh") },
    Header { name: "separable_stage.cuh", text: include_str!("separable_stage.cuh") },
    Header { name: "separable.cuh", text: include_str!("separable.cuh") },
    Header { name: "separable_any.cuh", text: include_str!("separable_any.cuh") },
];

/// Of a block.
const THREADS: u32 = 128;

/// The weights of a direction.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line<'a> {
    /// An odd number of them, the middle one for the pixel itself, in units of 1/256, which sum to 256.
    Weights(&'a [i16]),
    /// This many ones; the middle of an even number is right of or below its centre.
    Ones(u32),
}

/// What becomes of a sum.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Finish {
    /// A 65536th of it, rounded half up.
    Weighted,
    /// `((sum + offset) * factor) >> 23`.
    Fixed { offset: u32, factor: u32 },
    /// The sum times this in `f32`, to the nearest, ties to even.
    Float(f32),
}

/// A filter, and the source that has its kernels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'a> {
    pub(crate) source: &'static KernelSource,
    pub(crate) across: Line<'a>,
    pub(crate) down: Line<'a>,
    pub(crate) border: Border,
    pub(crate) finish: Finish,
}

impl Line<'_> {
    fn len(self) -> u32 {
        match self {
            Self::Weights(weights) => weights.len() as u32,
            Self::Ones(count) => count,
        }
    }

    /// Pixels that it reaches before and after the middle.
    fn reach(self) -> [u32; 2] {
        [self.len() / 2, self.len() - 1 - self.len() / 2]
    }

    /// The pixel alone, with the weight 256, which no byte holds.
    fn is_identity(self) -> bool {
        matches!(self, Self::Weights([256]))
    }
}

/// The number of a border in the kernels, and four bytes of what is outside.
fn border_of(border: Border) -> (u32, u32) {
    match border {
        Border::Reflect101 => (0, 0),
        Border::Reflect => (1, 0),
        Border::Replicate => (2, 0),
        Border::Constant(value) => (3, u32::from(value) * 0x0101_0101),
    }
}

/// Blocks of a launch.
fn tile_count(tiles: u64) -> Result<u32> {
    i32::try_from(tiles).map(i32::cast_unsigned).map_err(|_| {
        Error::unsupported(format!(
            "the boxes have {tiles} tiles, {} are blurred at once; give fewer boxes",
            i32::MAX
        ))
    })
}

/// `src` filtered into `dst`, pictures of one plane with the same format.
pub(crate) fn filter_on(
    stream: &Stream,
    filter: &Filter<'_>,
    src: &DeviceView<'_>,
    dst: &mut DeviceViewMut<'_>,
) -> Result<()> {
    let dst = dst.as_view();
    check_format("src", src)?;
    if (dst.width(), dst.height(), dst.format()) != (src.width(), src.height(), src.format()) {
        return Err(Error::invalid(format!(
            "dst is {}x{} of {:?}, it must be as src, {}x{} of {:?}",
            dst.width(),
            dst.height(),
            dst.format(),
            src.width(),
            src.height(),
            src.format()
        )));
    }
    stream.check_gpu("src", src.gpu())?;
    stream.check_gpu("dst", dst.gpu())?;
    let whole = Rect::new(0, 0, src.width(), src.height());
    run(stream, filter, &src.plane(0), &To::Other(&dst.plane(0)), &[whole])
}

/// The whole of `picture`, of one plane, filtered in place.
pub(crate) fn filter_whole_on(
    stream: &Stream,
    filter: &Filter<'_>,
    picture: &mut DeviceViewMut<'_>,
) -> Result<()> {
    check_format("the picture", &picture.as_view())?;
    let whole = Rect::new(0, 0, picture.width(), picture.height());
    filter_boxes_on(stream, filter, picture, 0, &[whole], true)
}

/// Boxes of plane `index` of `picture`, of samples of 1 to 4 bytes, filtered in place, each as a plane of its own. Where
/// boxes overlap, which of them shows is open; `apart` says that none do, and is believed.
pub(crate) fn filter_boxes_on(
    stream: &Stream,
    filter: &Filter<'_>,
    picture: &mut DeviceViewMut<'_>,
    index: usize,
    boxes: &[Rect],
    apart: bool,
) -> Result<()> {
    let format = picture.format();
    if format.bits() != 8 || index >= format.planes() || format.bytes_per_pixel(index) > 4 {
        return Err(Error::unsupported(format!(
            "plane {index} of a picture of {format:?}; planes of 8 bits are blurred on the GPU, there are {} planes",
            format.planes()
        )));
    }
    stream.check_gpu("the picture", picture.as_view().gpu())?;
    let plane = picture.as_view().plane(index);
    if let Some((i, rect)) =
        boxes.iter().enumerate().find(|(_, rect)| !rect.fits(plane.width(), plane.height()))
    {
        return Err(Error::invalid(format!(
            "boxes[{i}] is {rect}, it must lie in the {}x{} pixels; roi clips boxes",
            plane.width(),
            plane.height()
        )));
    }
    run(stream, filter, &plane, &To::Itself { apart }, boxes)
}

fn check_format(name: &str, view: &DeviceView<'_>) -> Result<()> {
    let format = view.format();
    if format.planes() == 1 && format.bits() == 8 && matches!(format.bytes_per_pixel(0), 1 | 3 | 4) {
        return Ok(());
    }
    Err(Error::unsupported(format!(
        "{name} is {format:?}; pictures of one plane of 8 bits are blurred on the GPU, RGB and GRAY8: convert first"
    )))
}
