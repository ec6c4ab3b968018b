//! Display metas: sixteen items of a kind each.

use std::mem::size_of;

use super::clip::{Bounds, Items};
use super::frame::FrameMeta;
use super::lock::Guard;
use super::raw::{Words, field};
use super::retire::{acquired, expect_live};
use super::scene::{LabelItem, RectItem, Scene};
use super::shapes::*;
use super::text;
use crate::runtime::api;
use crate::sys::*;
use crate::{Error, Result};

const MAX: usize = MAX_ELEMENTS_IN_DISPLAY_META;

super::iter::element! {
    /// `NvDsDisplayMeta`: up to sixteen each of rectangles, texts, lines, arrows and circles.
    DisplayMeta(NvDsDisplayMeta)
}

impl DisplayMeta<'_> {
    /// What it shows. Counts over sixteen, which C does not check, are read as sixteen; texts that
    /// are NULL are skipped, as DeepStream's OSD does.
    #[must_use]
    pub fn to_scene(&self) -> Scene {
        // SAFETY: a live display meta that does not change under the lock; `slot` addresses arrays of
        // sixteen at their offsets in this generation.
        unsafe {
            let _lock = Guard::of(self.raw);
            let meta = &raw const *self.raw.as_ptr();
            let upto = |count: u32| 0..(count as usize).min(MAX);
            Scene {
                rects: upto((*meta).num_rects).map(|i| self.read_rect(i)).collect(),
                labels: upto((*meta).num_labels).filter_map(|i| LabelItem::from_c(self.text(i))).collect(),
                lines: upto((*meta).num_lines).map(|i| line_from_c(*self.line(i))).collect(),
                arrows: upto((*meta).num_arrows).map(|i| arrow_from_c(*self.arrow(i))).collect(),
                circles: upto((*meta).num_circles).map(|i| circle_from_c(*self.circle(i))).collect(),
            }
        }
    }

    /// Shows `scene` instead of what was there, without clipping. Nothing happens to a display meta that was
    /// removed.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when the scene has more than sixteen items of
    /// a kind, or a coordinate that is not finite; what was there stays.
    pub fn set_scene(&self, scene: &Scene) -> Result<()> {
        let items = fitting(scene)?;
        // SAFETY: a live display meta, written under the lock.
        unsafe {
            let _lock = Guard::of(self.raw);
            if self.is_live() {
                self.write(&items, 0);
            }
        }
        Ok(())
    }

    /// One of the four numbers that are free for applications (`misc_osd_data`).
    #[must_use]
    pub fn misc(&self, index: usize) -> Option<i64> {
        self.misc_words().load(index)
    }

    /// Sets one of the four numbers that are free for applications; `false` when there is none of
    /// that index.
    pub fn set_misc(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.misc_words().store(index, value)
    }

    /// One of the four numbers that DeepStream's own components keep for themselves (`reserved`).
    #[must_use]
    pub fn reserved(&self, index: usize) -> Option<i64> {
        self.reserved_words().load(index)
    }

    /// Sets one of the four numbers that DeepStream's own components keep for themselves; `false` when
    /// there is none of that index.
    pub fn set_reserved(&self, index: usize, value: i64) -> bool {
        self.is_live() && self.reserved_words().store(index, value)
    }

    pub(super) fn misc_words(&self) -> Words {
        // SAFETY: the array's offset in this generation.
        unsafe { Words::new(field(self.raw, self.generation.display().misc_osd_data)) }
    }

    pub(super) fn reserved_words(&self) -> Words {
        // SAFETY: the array's offset in this generation.
        unsafe { Words::new(field(self.raw, self.generation.display().reserved)) }
    }

    /// The struct `i` of an array at `offset`, whose entries are `stride` bytes apart.
    fn slot<T>(&self, offset: usize, stride: usize, i: usize) -> *mut T {
        assert!(i < MAX, "a display meta has {MAX} slots of a kind");
        // SAFETY: an entry of an array of sixteen within the element.
        unsafe { field(self.raw, offset + i * stride) }
    }

    fn rect(&self, i: usize) -> *mut NvOSD_RectParams {
        let layout = self.generation.display();
        self.slot(layout.rect_params, layout.rect_stride, i)
    }

    fn text(&self, i: usize) -> *mut NvOSD_TextParams {
        self.slot(self.generation.display().text_params, size_of::<NvOSD_TextParams>(), i)
    }

    fn line(&self, i: usize) -> *mut NvOSD_LineParams {
        self.slot(self.generation.display().line_params, size_of::<NvOSD_LineParams>(), i)
    }

    fn arrow(&self, i: usize) -> *mut NvOSD_ArrowParams {
        self.slot(self.generation.display().arrow_params, size_of::<NvOSD_ArrowParams>(), i)
    }

    fn circle(&self, i: usize) -> *mut NvOSD_CircleParams {
        self.slot(self.generation.display().circle_params, size_of::<NvOSD_CircleParams>(), i)
    }

    /// The angle of rectangle `i`, where this generation has one.
    fn angle(&self, i: usize) -> Option<*mut f32> {
        let layout = self.generation.display();
        Some(self.slot(layout.rect_params + layout.rotation_angle?, layout.rect_stride, i))
    }

    /// # Safety
    /// The batch's lock is held.
    unsafe fn read_rect(&self, i: usize) -> RectItem {
        // SAFETY: a rectangle of a live display meta.
        let (rect, rotation_angle) = unsafe { (*self.rect(i), self.angle(i).map_or(0.0, |a| *a)) };
        RectItem { rotation_angle, ..rect_from_c(rect) }
    }

    /// Writes part `part` (sixteen of a kind) of a scene over what was there.
    ///
    /// # Safety
    /// The batch's lock is held.
    unsafe fn write(&self, items: &Items<'_>, part: usize) {
        let meta = self.raw.as_ptr();
        // SAFETY: slots of a live display meta that nobody else touches; each `part` is at most
        // sixteen items. Texts are GLib strings or NULL.
        unsafe {
            (*meta).num_rects = fill(&items.rects, part, |i, item| {
                self.rect(i).write(rect_to_c(item));
                if let Some(angle) = self.angle(i) {
                    angle.write(item.rotation_angle);
                }
            });
            (*meta).num_labels = fill(&items.labels, part, |i, (item, at)| item.write_at(self.text(i), *at));
            (*meta).num_lines = fill(&items.lines, part, |i, item| self.line(i).write(line_to_c(item)));
            (*meta).num_arrows = fill(&items.arrows, part, |i, item| self.arrow(i).write(arrow_to_c(item)));
            (*meta).num_circles =
                fill(&items.circles, part, |i, item| self.circle(i).write(circle_to_c(item)));
            for i in (*meta).num_labels as usize..MAX {
                text::replace(&raw mut (*self.text(i)).display_text, None);
            }
        }
    }
}

/// Adds a scene to a frame in as many display metas as it takes.
pub(super) fn add(frame: FrameMeta<'_>, scene: &Scene) -> Result<usize> {
    let items = Bounds::new(frame.size()).clip(scene)?;
    let parts = items.most().div_ceil(MAX);
    // SAFETY: the frame's batch is live.
    let lock = unsafe { Guard::of(frame.raw) };
    expect_live(frame.is_live(), "frame")?;
    // Lists are prepended to: the last part goes first, and the list reads in order.
    for part in (0..parts).rev() {
        // SAFETY: under the lock of the frame's batch.
        unsafe { add_part(frame, &lock, &items, part) };
    }
    Ok(parts)
}

/// Adds one display meta with a scene of at most sixteen of a kind, as it is.
pub(super) fn add_one<'b>(frame: FrameMeta<'b>, scene: &Scene) -> Result<DisplayMeta<'b>> {
    let items = fitting(scene)?;
    // SAFETY: the frame's batch is live.
    let lock = unsafe { Guard::of(frame.raw) };
    expect_live(frame.is_live(), "frame")?;
    // SAFETY: under the lock of the frame's batch.
    Ok(unsafe { add_part(frame, &lock, &items, 0) })
}

/// # Safety
/// `lock` is that of the frame's batch.
unsafe fn add_part<'b>(
    frame: FrameMeta<'b>,
    lock: &Guard,
    items: &Items<'_>,
    part: usize,
) -> DisplayMeta<'b> {
    // SAFETY: acquired from a live batch, filled, and added to a frame of it, under its lock.
    unsafe {
        let raw = (api().acquire_display_meta)(lock.batch());
        let display: DisplayMeta<'b> = acquired(raw, frame.generation);
        display.write(items, part);
        (api().add_display_meta_to_frame)(frame.as_ptr(), raw);
        display
    }
}

/// A scene that fits into one display meta.
pub(super) fn fitting(scene: &Scene) -> Result<Items<'_>> {
    let items = Items::whole(scene)?;
    if items.most() > MAX {
        return Err(Error::invalid(format!(
            "the scene has {} items of a kind, a display meta holds {MAX}; FrameMeta::add_display splits it",
            items.most()
        )));
    }
    Ok(items)
}

/// Calls `write` for the items of a part and says how many there are.
fn fill<T>(items: &[T], part: usize, mut write: impl FnMut(usize, &T)) -> u32 {
    let part = items.chunks(MAX).nth(part).unwrap_or_default();
    part.iter().enumerate().for_each(|(i, item)| write(i, item));
    part.len() as u32
}
