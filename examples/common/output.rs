//! Where the videos of a run go.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::Input;

/// `out/STEM_N.mp4` for each input, with the folder made; none without a folder. Videos of an earlier run stay unless
/// `overwrite` is set.
pub fn videos(out: Option<&Path>, stem: &str, inputs: &[Input], overwrite: bool) -> Result<Vec<PathBuf>> {
    let Some(out) = out else { return Ok(Vec::new()) };
    std::fs::create_dir_all(out)
        .with_context(|| format!("cannot make the output folder {}", out.display()))?;
    let paths: Vec<_> = (0..inputs.len()).map(|i| out.join(format!("{stem}_{i}.mp4"))).collect();
    if let (Some(old), false) = (paths.iter().find(|path| path.exists()), overwrite) {
        bail!("{} is there from an earlier run; pass --overwrite to replace it", old.display());
    }
    Ok(paths)
}
