//! A frame's metadata onto its pixels.

use crate::meta::{ArrowHead, FrameMeta, LabelItem, LineItem, RectItem, Scene};
use crate::ops::draw::{Arrow, ArrowHeads, Canvas, Circle, Line, Rectangle, TextStyle};

/// What of a frame's metadata is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Show {
    pub(super) bbox: bool,
    pub(super) text: bool,
}

/// Everything that a frame's metadata asks for.
pub(super) fn scene_of(frame: &FrameMeta<'_>, show: Show) -> Scene {
    let mut scene = Scene::default();
    for object in frame.objects() {
        if show.bbox {
            scene.rects.push(RectItem {
                bbox: object.rect(),
                border_width: object.border_width(),
                border_color: object.border_color(),
                bg_color: object.bg_color(),
                rotation_angle: object.rotation_angle().unwrap_or(0.0),
                color_id: object.color_id(),
            });
        }
        if show.text {
            scene.labels.extend(object.text_params());
        }
    }
    let mut display = frame.scene();
    if !show.bbox {
        display.rects.clear();
    }
    if !show.text {
        display.labels.clear();
    }
    scene.extend(display);
    scene
}

/// Draws a scene.
pub(super) fn paint(canvas: &mut Canvas<'_>, scene: &Scene) {
    for rect in &scene.rects {
        canvas.rect(Rectangle {
            left: rect.bbox.left,
            top: rect.bbox.top,
            width: rect.bbox.width,
            height: rect.bbox.height,
            border_width: rect.border_width,
            border_color: rect.border_color,
            background: rect.bg_color,
        });
    }
    for label in &scene.labels {
        canvas.text(label.x, label.y, &label.text, &style(label));
    }
    for item in &scene.lines {
        canvas.line(line(item));
    }
    for item in &scene.arrows {
        let Line { from, to, width, color } = line(&item.line);
        let heads = match item.head {
            ArrowHead::Start => ArrowHeads::Start,
            ArrowHead::Both => ArrowHeads::Both,
            ArrowHead::End | ArrowHead::Unknown(_) => ArrowHeads::End,
        };
        canvas.arrow(Arrow { from, to, width, color, heads });
    }
    for circle in &scene.circles {
        canvas.circle(Circle {
            center: (circle.xc, circle.yc),
            radius: circle.radius,
            width: circle.width,
            color: circle.color,
            background: circle.bg_color,
        });
    }
}

fn line(item: &LineItem) -> Line {
    Line { from: (item.x1, item.y1), to: (item.x2, item.y2), width: item.width, color: item.color }
}

fn style(label: &LabelItem) -> TextStyle {
    TextStyle {
        font: label.font_name.clone(),
        size: label.font_size,
        color: label.color,
        background: label.bg_color,
    }
}
