//! Display metas: sixteen items of a kind each.

use std::mem::size_of;
use std::ptr::NonNull;

use super::clip::Bounds;
use super::color::CColor as _;
use super::frame::FrameMeta;
use super::iter::Handle;
use super::raw::{Guard, field};
use super::scene::{ArrowHead, ArrowItem, CircleItem, LabelItem, LineItem, RectItem, Scene};
use crate::Result;
use crate::frame::Color;
use crate::roi::BBox;
use crate::runtime::api;
use crate::sys::*;

const MAX: usize = MAX_ELEMENTS_IN_DISPLAY_META;

super::iter::handle! {
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
        let (rect, angle) = unsafe { (*self.rect(i), self.angle(i).map_or(0.0, |a| *a)) };
        RectItem {
            bbox: BBox { left: rect.left, top: rect.top, width: rect.width, height: rect.height },
            border_width: rect.border_width,
            border_color: Color::from_c(rect.border_color),
            bg_color: (rect.has_bg_color != 0).then(|| Color::from_c(rect.bg_color)),
            rotation_angle: angle,
        }
    }

    /// Writes part `part` (sixteen of a kind) of a scene.
    ///
    /// # Safety
    /// The batch's lock is held, and the element is fresh from the pool.
    unsafe fn write(&self, scene: &Scene, part: usize) {
        let meta = self.raw.as_ptr();
        // SAFETY: slots of a live display meta that nobody else knows yet; each `part` is at most
        // sixteen items.
        unsafe {
            (*meta).num_rects = fill(&scene.rects, part, |i, item| {
                self.rect(i).write(rect_to_c(item));
                if let Some(angle) = self.angle(i) {
                    angle.write(item.rotation_angle);
                }
            });
            (*meta).num_labels = fill(&scene.labels, part, |i, item| item.write(self.text(i)));
            (*meta).num_lines = fill(&scene.lines, part, |i, item| self.line(i).write(line_to_c(item)));
            (*meta).num_arrows = fill(&scene.arrows, part, |i, item| self.arrow(i).write(arrow_to_c(item)));
            (*meta).num_circles =
                fill(&scene.circles, part, |i, item| self.circle(i).write(circle_to_c(item)));
        }
    }
}

/// Adds a scene to a frame in as many display metas as it takes.
pub(super) fn add(frame: FrameMeta<'_>, scene: &Scene) -> Result<usize> {
    let scene = Bounds::new(frame.size()).clip(scene)?;
    let parts = scene.most().div_ceil(MAX);
    // SAFETY: acquiring from a live batch never fails; display metas are filled and added to a frame
    // of the same batch under its lock.
    unsafe {
        let lock = Guard::of(frame.raw);
        // Lists are prepended to: the last part goes first, and the list reads in order.
        for part in (0..parts).rev() {
            let raw = (api().acquire_display_meta)(lock.batch());
            let display = DisplayMeta::from_element(NonNull::new_unchecked(raw.cast()), frame.generation);
            display.write(&scene, part);
            (api().add_display_meta_to_frame)(frame.as_ptr(), raw);
        }
    }
    Ok(parts)
}

/// Calls `write` for the items of a part and says how many there are.
fn fill<T>(items: &[T], part: usize, mut write: impl FnMut(usize, &T)) -> u32 {
    let part = items.chunks(MAX).nth(part).unwrap_or_default();
    part.iter().enumerate().for_each(|(i, item)| write(i, item));
    part.len() as u32
}

fn rect_to_c(item: &RectItem) -> NvOSD_RectParams {
    NvOSD_RectParams {
        left: item.bbox.left,
        top: item.bbox.top,
        width: item.bbox.width,
        height: item.bbox.height,
        border_width: item.border_width.min(MAX_BORDER_WIDTH),
        border_color: item.border_color.to_c(),
        has_bg_color: u32::from(item.bg_color.is_some()),
        bg_color: item.bg_color.unwrap_or_default().to_c(),
        ..NvOSD_RectParams::default()
    }
}

fn line_to_c(item: &LineItem) -> NvOSD_LineParams {
    let [x1, y1, x2, y2] = [item.x1, item.y1, item.x2, item.y2].map(|v| v.round() as u32);
    let line_width = item.width.min(MAX_BORDER_WIDTH);
    NvOSD_LineParams { x1, y1, x2, y2, line_width, line_color: item.color.to_c() }
}

fn line_from_c(raw: NvOSD_LineParams) -> LineItem {
    let [x1, y1, x2, y2] = [raw.x1, raw.y1, raw.x2, raw.y2].map(|v| v as f32);
    LineItem { x1, y1, x2, y2, width: raw.line_width, color: Color::from_c(raw.line_color) }
}

fn arrow_to_c(item: &ArrowItem) -> NvOSD_ArrowParams {
    let line = line_to_c(&item.line);
    NvOSD_ArrowParams {
        x1: line.x1,
        y1: line.y1,
        x2: line.x2,
        y2: line.y2,
        arrow_width: line.line_width,
        arrow_head: match item.head {
            ArrowHead::Start => START_HEAD,
            ArrowHead::End => END_HEAD,
            ArrowHead::Both => BOTH_HEAD,
            ArrowHead::Unknown(value) => value,
        },
        arrow_color: line.line_color,
        reserved: 0,
    }
}

fn arrow_from_c(raw: NvOSD_ArrowParams) -> ArrowItem {
    let line = NvOSD_LineParams {
        x1: raw.x1,
        y1: raw.y1,
        x2: raw.x2,
        y2: raw.y2,
        line_width: raw.arrow_width,
        line_color: raw.arrow_color,
    };
    let head = match raw.arrow_head {
        START_HEAD => ArrowHead::Start,
        END_HEAD => ArrowHead::End,
        BOTH_HEAD => ArrowHead::Both,
        value => ArrowHead::Unknown(value),
    };
    ArrowItem { line: line_from_c(line), head }
}

fn circle_to_c(item: &CircleItem) -> NvOSD_CircleParams {
    let [xc, yc, radius] = [item.xc, item.yc, item.radius].map(|v| v.round() as u32);
    NvOSD_CircleParams {
        xc,
        yc,
        radius,
        circle_color: item.color.to_c(),
        has_bg_color: u32::from(item.bg_color.is_some()),
        bg_color: item.bg_color.unwrap_or_default().to_c(),
        circle_width: item.width.min(MAX_BORDER_WIDTH),
    }
}

fn circle_from_c(raw: NvOSD_CircleParams) -> CircleItem {
    CircleItem {
        xc: raw.xc as f32,
        yc: raw.yc as f32,
        radius: raw.radius as f32,
        width: raw.circle_width,
        color: Color::from_c(raw.circle_color),
        bg_color: (raw.has_bg_color != 0).then(|| Color::from_c(raw.bg_color)),
    }
}
