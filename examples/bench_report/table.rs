//! The page with one line per group.

use std::fmt::Write;

use crate::peers::Peers;
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

fn times(ratio: Option<f64>) -> String {
    ratio.map_or(String::new(), |r| format!("{r:.1}×"))
}

/// Pip's OpenCV: its time with one thread, how many times faster we are, and the same with two threads.
fn peer(group: &[Row], peers: &Peers) -> String {
    let row = |id: &str| group.iter().find(|row| row.id == id);
    let us = row("dsframe").and_then(|row| peers.us(row)).map_or(String::new(), time);
    let [one, two] = ["dsframe", "dsframe-2t"].map(|id| times(row(id).and_then(|row| peers.ratio(row))));
    format!("{us} | {one} | {two}")
}

pub(crate) fn page(groups: &Groups, about: &[(&str, String)], peers: &Peers) -> String {
    let mut page = String::from(
        "# Benchmarks\n\nMade by `make bench`; medians of one run. Times of one line compare with each other, not with another \
         machine's. `dsframe` and `opencv` have one thread, `-2t` two; `scalar` is this crate held to plain code \
         (`DSFRAME_CPU=scalar`, a run of its own). The ratio is OpenCV's time over ours, one thread each: above 1 is faster, \
         and rows below 1 are kept.",
    );
    if let Some(version) = &peers.version {
        let _ = write!(
            page,
            " *pip {version}* is OpenCV as pip has it, called from Python by `benches/peers/opencv.py` after these rows, \
             and the ratios to it are for one thread and for two."
        );
    }
    page.push_str("\n\n");
    for (what, value) in about {
        let _ = writeln!(page, "- {what}: {value}");
    }
    page.push_str("\n![Ratios to OpenCV](ratios.svg)\n\n");
    let (head, line) = match &peers.version {
        Some(version) => (format!(" pip {version} | ratio | ratio-2t |"), "---|---|---|"),
        None => (String::new(), ""),
    };
    let _ = writeln!(
        page,
        "| work | size | scalar | dsframe | dsframe-2t | OpenCV | OpenCV-2t | ratio |{head} GB/s | others |"
    );
    let _ = writeln!(page, "|---|---|---|---|---|---|---|---|{line}---|---|");
    for ((work, size), group) in groups {
        let ours = group.iter().find(|row| row.id == "dsframe");
        let ratio = times(ours.and_then(|row| ratio(row, group)));
        let rate = ours.and_then(|row| row.gb_s).map_or(String::new(), |rate| format!("{rate:.1}"));
        let cells = COLUMNS.map(|id| cell(group, id)).join(" | ");
        let peer = peers.version.as_ref().map_or(String::new(), |_| format!(" {} |", peer(group, peers)));
        let _ = writeln!(page, "| {work} | {size} | {cells} | {ratio} |{peer} {rate} | {} |", others(group));
    }
    page
}
