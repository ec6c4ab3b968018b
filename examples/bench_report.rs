//! Makes a table, a plot and a JSON file of what `cargo bench` measured last.
//!
//! Reads criterion's results under `target/criterion`, and writes `target/bench/cpu.json`, `benches/README.md` and
//! `benches/ratios.svg`. `make bench` runs the benchmarks first.
//!
//! With `--peers opencv.json`, which `benches/peers/opencv.py` leaves, pip's OpenCV has columns of its own.
//!
//! With `--gpu gpu.json`, which `.ci/check-gpu` leaves, it writes `benches/GPU.md` and nothing else.

#[path = "bench_report/gpu.rs"]
mod gpu;
#[path = "bench_report/peers.rs"]
mod peers;
#[path = "bench_report/plot.rs"]
mod plot;
#[path = "bench_report/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Parser;
use peers::Peers;
use serde_json::{Value, json};

#[derive(Parser)]
#[command(about = "Makes a table, a plot and a JSON file of what `cargo bench` measured last")]
struct Args {
    /// Folder with criterion's results.
    #[arg(long, default_value = "target/criterion")]
    criterion: PathBuf,
    /// The JSON file to write.
    #[arg(long, default_value = "target/bench/cpu.json")]
    json: PathBuf,
    /// The folder for README.md and ratios.svg.
    #[arg(long, default_value = "benches")]
    out: PathBuf,
    /// What `benches/peers/opencv.py` measured, where there is such a file.
    #[arg(long)]
    peers: Option<PathBuf>,
    /// What a GPU's run left, instead of criterion's results.
    #[arg(long)]
    gpu: Option<PathBuf>,
}

/// One row of one group.
#[derive(Debug, Clone)]
struct Row {
    work: String,
    size: String,
    /// What criterion calls the function: `dsframe`, `dsframe-2t`, `opencv`, `scalar` …
    id: String,
    us: f64,
    gb_s: Option<f64>,
}

impl Row {
    fn threads(&self) -> u32 {
        if self.id.ends_with("-2t") { 2 } else { 1 }
    }

    fn backend(&self) -> &str {
        self.id.trim_end_matches("-2t")
    }
}

/// All rows of one piece of work at one size.
type Groups = BTreeMap<(String, String), Vec<Row>>;

/// How many times faster than OpenCV with as many threads, where the group has that row.
fn ratio(row: &Row, group: &[Row]) -> Option<f64> {
    let opencv =
        group.iter().find(|other| other.backend() == "opencv" && other.threads() == row.threads())?;
    Some(opencv.us / row.us)
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// The rows whose folder is `new` under a group and a function.
fn rows(criterion: &Path) -> Result<Groups> {
    let mut groups = Groups::new();
    let mut open = vec![criterion.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read; run `cargo bench` first", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.join("benchmark.json").is_file() && path.ends_with("new") {
                let row = row(&path)?;
                groups.entry((row.work.clone(), row.size.clone())).or_default().push(row);
            } else if path.is_dir() {
                open.push(path);
            }
        }
    }
    for group in groups.values_mut() {
        group.sort_by(|a, b| a.id.cmp(&b.id));
    }
    Ok(groups)
}

fn row(folder: &Path) -> Result<Row> {
    let about = read(&folder.join("benchmark.json"))?;
    let estimates = read(&folder.join("estimates.json"))?;
    let group = about["group_id"].as_str().context("no group_id")?;
    let (work, size) = group.rsplit_once('/').unwrap_or((group, ""));
    let nanos = estimates["median"]["point_estimate"].as_f64().context("no median")?;
    let bytes = about["throughput"]["Bytes"].as_f64();
    Ok(Row {
        work: work.to_owned(),
        size: size.to_owned(),
        id: id(&about),
        us: nanos / 1e3,
        gb_s: bytes.map(|bytes| bytes / nanos),
    })
}

/// What tells a row from the others of its group: the name of the function, of its parameter, or both.
fn id(about: &Value) -> String {
    let names = ["function_id", "value_str"].into_iter().filter_map(|key| about[key].as_str());
    names.collect::<Vec<_>>().join(" ")
}

fn json_of(groups: &Groups, peers: &Peers) -> Value {
    let rows = groups.values().flat_map(|group| {
        group.iter().map(|row| {
            json!({
                "work": row.work,
                "size": row.size,
                "backend": row.backend(),
                "threads": row.threads(),
                "us": row.us,
                "gb_s": row.gb_s,
                "ratio_to_opencv": ratio(row, group),
                "ratio_to_pip_opencv": peers.ratio(row),
            })
        })
    });
    Value::Array(rows.collect())
}

/// What a command prints, or a word for what is not known.
fn said(command: &str, args: &[&str]) -> String {
    let out = Command::new(command).args(args).output().ok().filter(|out| out.status.success());
    out.map_or("unknown".to_owned(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |key: &str| {
        let line = info.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, family {} model {}, {cores} cores",
        value("model name").unwrap_or_default(),
        value("cpu family").unwrap_or_default(),
        value("model\t").unwrap_or_default()
    )
}

fn opencv_version() -> &'static str {
    #[cfg(feature = "opencv")]
    return opencv::core::CV_VERSION;
    #[cfg(not(feature = "opencv"))]
    "not built in"
}

fn main() -> Result<()> {
    let args = Args::parse();
    if let Some(path) = &args.gpu {
        let about = fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        fs::write(args.out.join("GPU.md"), gpu::page(&read(path)?, &about)?)?;
        return Ok(());
    }
    let groups = rows(&args.criterion)?;
    if groups.is_empty() {
        bail!("{} has no results; run `cargo bench` first", args.criterion.display());
    }
    let peers = args.peers.as_deref().map(Peers::of).transpose()?.unwrap_or_default();
    let json = serde_json::to_string_pretty(&json_of(&groups, &peers))?;
    if let Some(folder) = args.json.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&args.json, json + "\n")?;
    let mut about = vec![
        ("processor", processor()),
        ("instructions", dsframe::cpu::level().to_string()),
        ("OpenCV", opencv_version().to_owned()),
        ("rustc", said("rustc", &["--version"])),
        ("commit", said("git", &["rev-parse", "--short", "HEAD"])),
        ("date", said("date", &["-u", "+%Y-%m-%d"])),
    ];
    if peers.version.is_some() {
        about.insert(3, ("pip's OpenCV", peers.about.clone()));
    }
    fs::write(args.out.join("README.md"), table::page(&groups, &about, &peers))?;
    fs::write(args.out.join("ratios.svg"), plot::svg(&groups))?;
    println!("{} groups: {}, {}", groups.len(), args.json.display(), args.out.join("README.md").display());
    Ok(())
}
