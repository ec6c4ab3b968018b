//! Putting a scene together, one call per thing.

use super::iter::MetaIter;
use super::object::ObjectMeta;
use super::palette::{ColorLookup, ColorPalette};
use super::scene::{ArrowHead, ArrowItem, CircleItem, LabelItem, LineItem, RectItem, Scene};
use super::style::Style;
use crate::frame::Color;
use crate::roi::BBox;

/// Adds `item` and answers with it, to be changed.
fn push<T>(items: &mut Vec<T>, item: T) -> &mut T {
    items.push(item);
    let last = items.len() - 1;
    &mut items[last]
}

/// Each call adds one item with a plain look, and answers with it, to be changed.
///
/// The three classics:
///
/// ```
/// # gst::init().unwrap();
/// # use dsframe::meta::{FrameInit, OwnedBatchMeta};
/// use dsframe::meta::{BBox, Color, Scene};
/// # let batch = OwnedBatchMeta::new(1)?;
/// # let init = FrameInit { pipeline_width: 1920, pipeline_height: 1080, ..FrameInit::default() };
/// # let frame = batch.as_batch().add_frame(&init)?;
/// let mut scene = Scene::default();
/// scene.text(10.0, 12.0, format!("Frame {}", frame.frame_num())); // a text overlay
/// scene.rect(BBox::xywh(800.0, 500.0, 320.0, 200.0)).border_color = Color::GREEN; // an ROI
/// scene.line((0.0, 540.0), (1919.0, 540.0)).width = 4; // a line to cross
/// frame.add_display(&scene)?;
/// # let shown = frame.scene();
/// # assert_eq!(shown.labels[0].text, "Frame 0");
/// # assert_eq!((shown.rects[0].border_color, shown.rects[0].bbox.left), (Color::GREEN, 800.0));
/// # assert_eq!((shown.lines[0].y1, shown.lines[0].width), (540.0, 4));
/// # Ok::<(), dsframe::Error>(())
/// ```
impl Scene {
    /// Adds a text, its background's top-left corner at `x`, `y`: white Serif 12 on black.
    pub fn text(&mut self, x: f32, y: f32, text: impl Into<String>) -> &mut LabelItem {
        let bg_color = Some(Color::BLACK);
        push(&mut self.labels, LabelItem { text: text.into(), x, y, bg_color, ..LabelItem::default() })
    }

    /// Adds a rectangle: a red border of 3 pixels.
    pub fn rect(&mut self, bbox: BBox) -> &mut RectItem {
        push(&mut self.rects, RectItem { bbox, ..RectItem::default() })
    }

    /// Adds a line: red, 2 pixels.
    pub fn line(&mut self, (x1, y1): (f32, f32), (x2, y2): (f32, f32)) -> &mut LineItem {
        push(&mut self.lines, LineItem { x1, y1, x2, y2, width: 2, color: Color::RED })
    }

    /// Adds an arrow with its head at `to`: red, 2 pixels.
    pub fn arrow(&mut self, from: (f32, f32), to: (f32, f32)) -> &mut ArrowItem {
        let line = LineItem { x1: from.0, y1: from.1, x2: to.0, y2: to.1, width: 2, color: Color::RED };
        push(&mut self.arrows, ArrowItem { line, head: ArrowHead::End })
    }

    /// Adds a circle: red, 2 pixels.
    pub fn circle(&mut self, (xc, yc): (f32, f32), radius: f32) -> &mut CircleItem {
        push(&mut self.circles, CircleItem { xc, yc, radius, width: 2, color: Color::RED, bg_color: None })
    }

    /// Adds the sides of a polygon as lines, and answers with these; the last point is joined to the
    /// first. Fewer than two points have no side.
    pub fn polygon(&mut self, points: &[(f32, f32)]) -> &mut [LineItem] {
        let start = self.lines.len();
        if let [first, .., _] = points {
            let next = points.iter().skip(1).chain([first]);
            // Two points have one side, not two.
            let sides = if points.len() == 2 { 1 } else { points.len() };
            points.iter().zip(next).take(sides).for_each(|(&a, &b)| {
                self.line(a, b);
            });
        }
        &mut self.lines[start..]
    }

    /// Adds a box with a caption for each object: `label`, `#track` and the score, as far as there are any.
    ///
    /// The embedded nvdsosd and DeepStream's draw objects by themselves; this is for pictures without one,
    /// or for a look that depends on more than the object.
    ///
    /// ```
    /// # gst::init().unwrap();
    /// # use dsframe::meta::{BBox, Color, FrameInit, ObjectInit, OwnedBatchMeta};
    /// use dsframe::meta::{ColorLookup, ColorPalette, Scene};
    /// # let batch = OwnedBatchMeta::new(1)?;
    /// # let frame = batch.as_batch().add_frame(&FrameInit::default())?;
    /// # let bbox = BBox::xywh(10.0, 40.0, 30.0, 60.0);
    /// # let init = ObjectInit { label: "person", object_id: Some(7), confidence: 0.875, bbox, ..ObjectInit::default() };
    /// # frame.add_object(&init)?;
    /// let mut scene = Scene::default();
    /// scene.objects(frame.objects(), &ColorPalette::default(), ColorLookup::Track);
    /// assert_eq!(scene.labels[0].text, "person #7 0.88");
    /// assert_eq!(scene.rects[0].border_color, Color::palette(7));
    /// # Ok::<(), dsframe::Error>(())
    /// ```
    pub fn objects(
        &mut self,
        objects: MetaIter<ObjectMeta<'_>>,
        palette: &ColorPalette,
        lookup: ColorLookup,
    ) -> &mut Self {
        for (i, object) in objects.enumerate() {
            let style = Style::of_color(palette.color_of(object, i, lookup));
            let bbox = object.rect();
            self.rects.push(RectItem {
                bbox,
                border_width: style.border_width,
                border_color: style.border_color,
                ..RectItem::default()
            });
            let text = caption(object);
            if !text.is_empty() {
                self.labels.push(LabelItem {
                    text,
                    x: bbox.left,
                    y: bbox.top - 10.0,
                    font_name: style.font_name,
                    font_size: style.font_size,
                    color: style.text_color,
                    bg_color: style.text_bg_color,
                });
            }
        }
        self
    }
}

fn caption(object: ObjectMeta<'_>) -> String {
    use std::fmt::Write as _;
    let mut text = object.label();
    // Writing to a string does not fail.
    if let Some(id) = object.object_id() {
        let _ = write!(text, " #{id}");
    }
    if let Some(confidence) = object.confidence() {
        let _ = write!(text, " {confidence:.2}");
    }
    text.trim_start().to_owned()
}
