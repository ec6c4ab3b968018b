//! What `benches/peers/opencv.py` measured: OpenCV as pip has it.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{Row, read};

/// The rows of pip's OpenCV, and what it is.
#[derive(Default)]
pub(crate) struct Peers {
    /// Its version, where there is a file of it.
    pub(crate) version: Option<String>,
    /// What it is, in words.
    pub(crate) about: String,
    rows: Vec<Peer>,
}

struct Peer {
    work: String,
    size: String,
    threads: u32,
    us: f64,
}

impl Peers {
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let file = read(path)?;
        let text = |key: &str| file[key].as_str().with_context(|| format!("{} has no {key}", path.display()));
        let (version, ipp) = (text("version")?.to_owned(), text("ipp")?);
        let rows = file["rows"].as_array().context("the peers' file has no rows")?;
        Ok(Self {
            about: format!("{version}, {ipp}"),
            version: Some(version),
            rows: rows.iter().map(Peer::of).collect::<Result<_>>()?,
        })
    }

    /// The time for the work of `row` with as many threads.
    pub(crate) fn us(&self, row: &Row) -> Option<f64> {
        let same =
            |p: &&Peer| p.threads == row.threads() && (p.work.as_str(), &p.size) == (&row.work, &row.size);
        Some(self.rows.iter().find(same)?.us)
    }

    /// How many times faster `row` is than it with as many threads.
    pub(crate) fn ratio(&self, row: &Row) -> Option<f64> {
        Some(self.us(row)? / row.us)
    }
}

impl Peer {
    fn of(value: &serde_json::Value) -> Result<Self> {
        let text = |key: &str| value[key].as_str().with_context(|| format!("a peer's row has no {key}"));
        Ok(Self {
            work: text("work")?.to_owned(),
            size: text("size")?.to_owned(),
            threads: value["threads"].as_u64().context("a peer's row has no threads")? as u32,
            us: value["us"].as_f64().context("a peer's row has no us")?,
        })
    }
}
