//! Items of a scene to and from the C structs.

use super::color::CColor as _;
use super::scene::{ArrowHead, ArrowItem, CircleItem, LineItem, RectItem};
use crate::frame::Color;
use crate::roi::BBox;
use crate::sys::*;

pub(super) fn rect_to_c(item: &RectItem) -> NvOSD_RectParams {
    NvOSD_RectParams {
        left: item.bbox.left,
        top: item.bbox.top,
        width: item.bbox.width,
        height: item.bbox.height,
        border_width: item.border_width.min(MAX_BORDER_WIDTH),
        border_color: item.border_color.to_c(),
        has_bg_color: u32::from(item.bg_color.is_some()),
        bg_color: item.bg_color.unwrap_or_default().to_c(),
        has_color_info: i32::from(item.color_id.is_some()),
        color_id: item.color_id.unwrap_or(0),
        reserved: 0,
    }
}

/// Without its rotation, which is no part of the prefix struct.
pub(super) fn rect_from_c(raw: NvOSD_RectParams) -> RectItem {
    RectItem {
        bbox: BBox { left: raw.left, top: raw.top, width: raw.width, height: raw.height },
        border_width: raw.border_width,
        border_color: Color::from_c(raw.border_color),
        bg_color: (raw.has_bg_color != 0).then(|| Color::from_c(raw.bg_color)),
        rotation_angle: 0.0,
        color_id: (raw.has_color_info != 0).then_some(raw.color_id),
    }
}

pub(super) fn line_to_c(item: &LineItem) -> NvOSD_LineParams {
    let [x1, y1, x2, y2] = [item.x1, item.y1, item.x2, item.y2].map(|v| v.round() as u32);
    let line_width = item.width.min(MAX_BORDER_WIDTH);
    NvOSD_LineParams { x1, y1, x2, y2, line_width, line_color: item.color.to_c() }
}

pub(super) fn line_from_c(raw: NvOSD_LineParams) -> LineItem {
    let [x1, y1, x2, y2] = [raw.x1, raw.y1, raw.x2, raw.y2].map(|v| v as f32);
    LineItem { x1, y1, x2, y2, width: raw.line_width, color: Color::from_c(raw.line_color) }
}

pub(super) fn arrow_to_c(item: &ArrowItem) -> NvOSD_ArrowParams {
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

pub(super) fn arrow_from_c(raw: NvOSD_ArrowParams) -> ArrowItem {
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

pub(super) fn circle_to_c(item: &CircleItem) -> NvOSD_CircleParams {
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

pub(super) fn circle_from_c(raw: NvOSD_CircleParams) -> CircleItem {
    CircleItem {
        xc: raw.xc as f32,
        yc: raw.yc as f32,
        radius: raw.radius as f32,
        width: raw.circle_width,
        color: Color::from_c(raw.circle_color),
        bg_color: (raw.has_bg_color != 0).then(|| Color::from_c(raw.bg_color)),
    }
}
