//! The output folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Where the results go; checked to be writable before anything else is done.
pub struct Output {
    /// Holds `stream_N` folders.
    pub crops: PathBuf,
    /// One line per frame.
    pub objects: PathBuf,
    /// One tile per track.
    pub sheet: PathBuf,
    /// One file per source.
    pub videos: Vec<PathBuf>,
}

impl Output {
    /// Makes `root` ready for the results of `sources` sources.
    pub fn prepare(root: &Path, overwrite: bool, sources: usize) -> Result<Self> {
        let videos = match sources {
            1 => vec![root.join("annotated.mp4")],
            _ => (0..sources).map(|i| root.join(format!("annotated_{i}.mp4"))).collect(),
        };
        let this = Self {
            crops: root.join("crops"),
            objects: root.join("objects.jsonl"),
            sheet: root.join("contact_sheet.png"),
            videos,
        };
        fs::create_dir_all(&this.crops)
            .with_context(|| format!("cannot make the output folder {}", this.crops.display()))?;
        let old = this.old_results(root)?;
        if let (Some(first), false) = (old.first(), overwrite) {
            bail!(
                "{} is there from an earlier run; pass --overwrite to replace it, or another --out",
                first.display()
            );
        }
        for path in &old {
            let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            result.with_context(|| format!("cannot remove {}", path.display()))?;
        }
        // Fails now for a read-only folder, not after an hour of video.
        fs::File::create(&this.objects)
            .with_context(|| format!("cannot write to the output folder {}", root.display()))?;
        Ok(this)
    }

    /// What a run leaves, and nothing else that may lie in the folder.
    fn old_results(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut old = Vec::new();
        for folder in [root, &self.crops] {
            let entries =
                fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
            for entry in entries {
                let path = entry?.path();
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let video = name.starts_with("annotated") && name.ends_with(".mp4");
                let ours = if folder == root {
                    video || path == self.objects || path == self.sheet
                } else {
                    name.strip_prefix("stream_").is_some_and(|n| n.parse::<u32>().is_ok())
                };
                if ours {
                    old.push(path);
                }
            }
        }
        old.sort();
        Ok(old)
    }

    /// Tells where the results are.
    pub fn print_places(&self, no_video: bool) {
        println!("  crops          {}/stream_*", self.crops.display());
        if self.sheet.exists() {
            println!("  contact sheet  {}", self.sheet.display());
        }
        println!("  objects        {}", self.objects.display());
        for video in self.videos.iter().filter(|_| !no_video) {
            println!("  video          {}", video.display());
        }
    }
}
