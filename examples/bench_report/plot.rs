//! Bars of the ratio to OpenCV, one per group that has one.

use std::fmt::Write;

use crate::{Groups, ratio};

const LABELS: f64 = 330.0;
const WIDTH: f64 = 760.0;
const STEP: f64 = 22.0;
const TOP: f64 = 44.0;

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub(crate) fn svg(groups: &Groups) -> String {
    let mut bars: Vec<(String, f64)> = groups
        .iter()
        .filter_map(|((work, size), group)| {
            let ours = group.iter().find(|row| row.id == "dsframe")?;
            Some((format!("{work}, {size}"), ratio(ours, group)?))
        })
        .collect();
    bars.sort_by(|a, b| b.1.total_cmp(&a.1));
    let longest = bars.first().map_or(1.0, |bar| bar.1.max(1.0));
    let scale = (WIDTH - LABELS - 70.0) / longest;
    let height = TOP + STEP * bars.len() as f64 + 16.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LABELS}\" y=\"20\" \
         font-size=\"14\">Times as fast as OpenCV, one thread each</text>\n"
    );
    for (i, (label, ratio)) in bars.iter().enumerate() {
        let y = TOP + STEP * i as f64;
        let color = if *ratio >= 1.0 { "#2a7f62" } else { "#b5533c" };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"{LABELS}\" y=\"{}\" width=\"{:.1}\" \
             height=\"{}\" fill=\"{color}\"/><text x=\"{:.1}\" y=\"{}\">{ratio:.1}×</text>",
            LABELS - 8.0,
            y + 12.0,
            escaped(label),
            y,
            ratio * scale,
            STEP - 6.0,
            LABELS + ratio * scale + 6.0,
            y + 12.0,
        );
    }
    // Where both are as fast.
    let even = LABELS + scale;
    let _ = writeln!(
        svg,
        "<line x1=\"{even:.1}\" y1=\"{}\" x2=\"{even:.1}\" y2=\"{}\" stroke=\"black\" stroke-dasharray=\"3 3\"/>",
        TOP - 8.0,
        height - 8.0
    );
    svg.push_str("</svg>\n");
    svg
}
