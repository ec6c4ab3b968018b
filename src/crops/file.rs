//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, ErrorKind as Io, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Writes `bytes` to `path` through a temporary file beside it, so that no reader sees half of it and a
/// failure leaves nothing behind; missing folders are made.
pub(super) fn write(path: &Path, bytes: &[u8], overwrite: bool) -> Result<()> {
    write_through(path, bytes, overwrite, |part| File::create_new(part))
}

/// [`write`] with the temporary file opened by `open`.
pub(super) fn write_through(
    path: &Path,
    bytes: &[u8],
    overwrite: bool,
    open: impl FnOnce(&Path) -> io::Result<File>,
) -> Result<()> {
    let failed = |source| Error::io(format_args!("writing {}", path.display()), source);
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(exists(path));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let part = Part(part_of(path));
    let mut file = open(&part.0).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.flush()).map_err(failed)?;
    drop(file);
    if overwrite {
        return fs::rename(&part.0, path).map_err(failed);
    }
    // A hard link fails where the name was taken meanwhile; renaming would replace the other file.
    match fs::hard_link(&part.0, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == Io::AlreadyExists => Err(exists(path)),
        // No hard links on this file system.
        Err(_) => fs::rename(&part.0, path).map_err(failed),
    }
}

#[cold]
fn exists(path: &Path) -> Error {
    let source =
        io::Error::new(Io::AlreadyExists, "it exists already; allow overwriting or choose another folder");
    Error::io(format_args!("writing {}", path.display()), source)
}

/// A temporary file, removed when dropped; after a rename there is nothing left to remove.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn part_of(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let unique = NEXT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".dsframe-{}-{unique}.part", std::process::id()))
}
