//! Boxes of a plane filtered in the way that their weights ask for.

use std::borrow::Cow;

use super::boxes::InPlace;
use super::template::{Template, template_of};
use super::tiles::{Args, BOXES, arguments, deal};
use super::{Filter, any};
use crate::cuda::Stream;
use crate::error::{Error, Result};
use crate::frame::{DevicePlane, Rect};

/// Longer sides are not counted in.
const LONGEST: u32 = 1 << 29;

/// Where filtered boxes go.
pub(super) enum To<'a> {
    Other(&'a DevicePlane<'a>),
    /// Where they were; `apart` says that no two of them overlap.
    Itself {
        apart: bool,
    },
}

/// `boxes`, which lie in both planes, of `from` filtered into `to`.
pub(super) fn run(
    stream: &Stream,
    filter: &Filter<'_>,
    from: &DevicePlane<'_>,
    to: &To<'_>,
    boxes: &[Rect],
) -> Result<()> {
    if from.width().max(from.height()) > LONGEST {
        return Err(Error::unsupported(format!(
            "the picture is {}x{}, {LONGEST} pixels a side are blurred",
            from.width(),
            from.height()
        )));
    }
    let boxes = with_pixels(boxes);
    let Some(template) = template_of(filter) else {
        let to = if let To::Other(to) = to { to } else { from };
        return any::run(stream, filter, from, to, &boxes);
    };
    let head = arguments(filter, template, from);
    for boxes in boxes.chunks(BOXES) {
        match *to {
            To::Itself { apart } => {
                InPlace { stream, filter, template, plane: from, apart }.run(&head, boxes)?
            }
            To::Other(to) => filter_into(stream, filter, template, Args::new(&head), [from, to], boxes)?,
        }
    }
    Ok(())
}

/// Up to [`BOXES`] boxes of one plane into another.
fn filter_into(
    stream: &Stream,
    filter: &Filter<'_>,
    template: &Template,
    mut args: Args,
    [from, to]: [&DevicePlane<'_>; 2],
    boxes: &[Rect],
) -> Result<()> {
    let tiles = deal(&mut args, boxes, from, template)?;
    // A single row may have no pitch, and 0 means something else.
    (args.head.to, args.head.to_pitch) = (to.address(), to.pitch().max(1) as u64);
    let (kernel, memory) = (template.names[from.channels() - 1], [from.pending(), to.pending()]);
    let kernel = stream.device().kernel(filter.source, kernel)?;
    // SAFETY: the kernel's own arguments: two planes whose Pending are given, and boxes inside both, beyond which it reads
    // and writes nothing; `to` was borrowed to be written.
    unsafe { stream.launch(&kernel, template.grid(tiles, from.channels()), &args, &memory) }
}

/// Those of `boxes` that have any.
fn with_pixels(boxes: &[Rect]) -> Cow<'_, [Rect]> {
    if boxes.iter().any(Rect::is_empty) {
        return Cow::Owned(boxes.iter().copied().filter(|rect| !rect.is_empty()).collect());
    }
    Cow::Borrowed(boxes)
}
