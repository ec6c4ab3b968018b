//! The output folder: NumPy files, and a line for each of their items.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use dsframe::roi::BBox;

/// Writes what a run leaves.
pub struct Output {
    root: PathBuf,
    lines: BufWriter<File>,
}

/// An object whose item follows in the file of its frame.
pub struct Line {
    pub object_id: Option<u64>,
    pub label: String,
    pub rect: BBox,
}

impl Output {
    /// Makes `root` ready.
    pub fn prepare(root: &Path, overwrite: bool) -> Result<Self> {
        let table = root.join("items.csv");
        if table.exists() && !overwrite {
            bail!(
                "{} is there from an earlier run; pass --overwrite to replace it, or another --out",
                table.display()
            );
        }
        fs::create_dir_all(root)
            .with_context(|| format!("cannot make the output folder {}", root.display()))?;
        for entry in fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name.strip_prefix("stream_").is_some_and(|n| n.parse::<u32>().is_ok()) {
                fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        let file = File::create(&table).with_context(|| format!("cannot write {}", table.display()))?;
        let mut lines = BufWriter::new(file);
        writeln!(lines, "source_id,frame_num,item,object_id,label,left,top,width,height")?;
        Ok(Self { root: root.to_owned(), lines })
    }

    /// Writes the items of a frame, little-endian f32 values of `shape`.
    pub fn write(
        &mut self,
        source: u32,
        frame: i32,
        shape: &[usize],
        values: &[f32],
        objects: &[Line],
    ) -> Result<()> {
        let folder = self.root.join(format!("stream_{source}"));
        fs::create_dir_all(&folder)?;
        let mut file = BufWriter::new(File::create(folder.join(format!("{frame:06}.npy")))?);
        file.write_all(&header(shape))?;
        for value in values {
            file.write_all(&value.to_le_bytes())?;
        }
        file.flush()?;
        for (item, Line { object_id, label, rect }) in objects.iter().enumerate() {
            let id = object_id.map(|id| id.to_string()).unwrap_or_default();
            let BBox { left, top, width, height } = rect;
            writeln!(self.lines, "{source},{frame},{item},{id},{label},{left},{top},{width},{height}")?;
        }
        Ok(())
    }

    /// Writes what is still in memory.
    pub fn finish(&mut self) -> Result<()> {
        self.lines.flush().context("cannot write items.csv")
    }
}

/// The beginning of a NumPy file of version 1.0, which ends at a multiple of 64 bytes.
/// Source: numpy.lib.format in NumPy's documentation.
fn header(shape: &[usize]) -> Vec<u8> {
    let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", shape.join(", "));
    let padding = 63 - (10 + text.len()) % 64;
    text.extend(std::iter::repeat_n(' ', padding));
    text.push('\n');
    let len = u16::try_from(text.len()).expect("a shape of a few numbers is short");
    [b"\x93NUMPY\x01\x00", &len.to_le_bytes()[..], text.as_bytes()].concat()
}
