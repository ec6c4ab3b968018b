//! The page of what was timed on a GPU.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

struct Row<'v> {
    work: &'v str,
    size: &'v str,
    times: [f64; 3],
    gb_s: f64,
    parity: &'v str,
}

impl<'v> Row<'v> {
    fn of(value: &'v Value) -> Result<Self> {
        let text = |key: &str| value[key].as_str().with_context(|| format!("a row has no {key}"));
        let number = |key: &str| value[key].as_f64().with_context(|| format!("a row has no {key}"));
        Ok(Self {
            work: text("work")?,
            size: text("size")?,
            times: [number("wall_us")?, number("kernel_us")?, number("host_us")?],
            gb_s: number("gb_s")?,
            parity: text("parity")?,
        })
    }
}

/// `rows` is `gpu.json`, `about` one `what: value` a line.
pub(crate) fn page(rows: &Value, about: &str) -> Result<String> {
    let rows = rows.as_array().context("the file of results is no list")?;
    let rows = rows.iter().map(Row::of).collect::<Result<Vec<_>>>()?;
    let mut page = String::from(
        "# On a GPU\n\nMade by `.ci/check-gpu` and `bench_report --gpu`; medians of one run, in microseconds a call, in \
         steady state on one stream, everything that a call needs uploaded with it. *Wall* is the time between two events \
         around many calls, *queued* the same with all calls queued behind a long copy (the GPU alone, with the gap \
         between two kernels), *host* what the CPU takes to hand a call over. GB/s count what has to be read and written \
         at least, over the queued time. Peers were timed by `benches/gpu/peers.cpp` in the same way on the same card.\n\n",
    );
    for line in about.lines().filter(|line| !line.is_empty()) {
        let _ = writeln!(page, "- {line}");
    }
    let is_peer = |row: &&Row<'_>| row.parity == "a peer";
    page.push_str(
        "\n| work | size | wall | queued | host | GB/s | result |\n|---|---|---|---|---|---|---|\n",
    );
    rows.iter().filter(|row| !is_peer(row)).for_each(|row| line(&mut page, row, row.parity));
    if rows.iter().any(|row| is_peer(&row)) {
        page.push_str(
            "\n## Peers\n\n| work | size | wall | queued | host | GB/s | |\n|---|---|---|---|---|---|---|\n",
        );
        rows.iter().filter(is_peer).for_each(|row| line(&mut page, row, ""));
    }
    Ok(page)
}

fn line(page: &mut String, row: &Row<'_>, last: &str) {
    let [wall, queued, host] = row.times;
    let _ = writeln!(
        page,
        "| {} | {} | {wall:.1} | {queued:.1} | {host:.1} | {:.0} | {last} |",
        row.work, row.size, row.gb_s
    );
}
