//! The page with one line per group.

use std::fmt::Write;

use crate::{Groups, Row, ratio};

const COLUMNS: [&str; 5] = ["scalar", "dsframe", "dsframe-2t", "opencv", "opencv-2t"];

/// Microseconds with three figures.
fn time(us: f64) -> String {
    match us {
        us if us >= 1e4 => format!("{:.1} ms", us / 1e3),
        us if us >= 1e3 => format!("{:.2} ms", us / 1e3),
        us if us >= 100.0 => format!("{us:.0} µs"),
        us if us >= 1.0 => format!("{us:.2} µs"),
        us => format!("{:.0} ns", us * 1e3),
    }
}

fn cell(group: &[Row], id: &str) -> String {
    group.iter().find(|row| row.id == id).map_or(String::new(), |row| time(row.us))
}

fn others(group: &[Row]) -> String {
    let rows = group.iter().filter(|row| !COLUMNS.contains(&row.id.as_str()));
    rows.map(|row| format!("{} {}", row.id, time(row.us))).collect::<Vec<_>>().join(", ")
}

pub(crate) fn page(groups: &Groups, about: &[(&str, String)]) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nMade by `make bench`; medians of one run. Times of one line compare with each other, not with another \
         machine's. `dsframe` and `opencv` have one thread, `-2t` two; `scalar` is this crate held to plain code \
         (`DSFRAME_CPU=scalar`, a run of its own). The ratio is OpenCV's time over ours, one thread each: above 1 is faster, \
         and rows below 1 are kept.\n\n",
    );
    for (what, value) in about {
        let _ = writeln!(page, "- {what}: {value}");
    }
    page.push_str("\n![Ratios to OpenCV](ratios.svg)\n\n");
    page.push_str(
        "| work | size | scalar | dsframe | dsframe-2t | OpenCV | OpenCV-2t | ratio | GB/s | others |\n",
    );
    page.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for ((work, size), group) in groups {
        let ours = group.iter().find(|row| row.id == "dsframe");
        let ratio = ours.and_then(|row| ratio(row, group)).map_or(String::new(), |r| format!("{r:.1}×"));
        let rate = ours.and_then(|row| row.gb_s).map_or(String::new(), |rate| format!("{rate:.1}"));
        let cells = COLUMNS.map(|id| cell(group, id)).join(" | ");
        let _ = writeln!(page, "| {work} | {size} | {cells} | {ratio} | {rate} | {} |", others(group));
    }
    page
}
