//! Compiled kernels on disk: `$XDG_CACHE_HOME/dsframe/kernels`, one file for each combination of source, options, GPU
//! architecture, compiler and driver. A file that is damaged, or of something else, is compiled anew.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Everything that the compiled bytes depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) source_hash: u128,
    pub(super) options: Vec<String>,
    pub(super) arch: u32,
    pub(super) compiler: (u32, u32),
    pub(super) driver: (u32, u32),
}

/// FNV-1a of 128 bits: to tell sources apart, not to keep anybody out.
pub(super) fn hash(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

impl Key {
    /// The key as text; it is the file's first line too, so that no file passes for another.
    fn text(&self) -> String {
        let mut text = format!(
            "dsframe-kernel 1 name={} source={:032x} sm={} nvrtc={}.{} driver={}.{} options=",
            self.name,
            self.source_hash,
            self.arch,
            self.compiler.0,
            self.compiler.1,
            self.driver.0,
            self.driver.1
        );
        let _ = write!(text, "{}", self.options.join(" "));
        text
    }

    fn file_name(&self) -> String {
        format!("{}-sm{}-{:032x}.bin", self.name, self.arch, hash(self.text().as_bytes()))
    }
}

/// The folder, where the environment has one.
pub(super) fn folder() -> Option<PathBuf> {
    let named = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("dsframe").join("kernels"))
}

/// The compiled bytes of `key`, where the folder has them undamaged.
pub(super) fn load(folder: &Path, key: &Key) -> Option<Vec<u8>> {
    let path = folder.join(key.file_name());
    let bytes = fs::read(&path).ok()?;
    let found = unpack(&bytes, &key.text());
    if found.is_none() {
        tracing::warn!("{} is damaged or of another version; the kernel is compiled again", path.display());
    }
    found.map(<[u8]>::to_vec)
}

/// Key line, then length and hash, then the bytes.
fn pack(key: &str, compiled: &[u8]) -> Vec<u8> {
    let mut file = format!("{key}\n{} {:032x}\n", compiled.len(), hash(compiled)).into_bytes();
    file.extend_from_slice(compiled);
    file
}

fn unpack<'f>(file: &'f [u8], key: &str) -> Option<&'f [u8]> {
    let rest = file.strip_prefix(key.as_bytes())?.strip_prefix(b"\n")?;
    let line = rest.iter().position(|byte| *byte == b'\n')?;
    let (len, sum) = std::str::from_utf8(&rest[..line]).ok()?.split_once(' ')?;
    let compiled = &rest[line + 1..];
    let whole = len.parse() == Ok(compiled.len()) && u128::from_str_radix(sum, 16) == Ok(hash(compiled));
    whole.then_some(compiled)
}

/// Keeps the compiled bytes of `key`. A reader sees a whole file or none: it is written under another name first.
pub(super) fn store(folder: &Path, key: &Key, compiled: &[u8]) -> std::io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    fs::create_dir_all(folder)?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!("{}.{}-{number}.part", key.file_name(), std::process::id()));
    let written = fs::File::create(&part)
        .and_then(|mut file| file.write_all(&pack(&key.text(), compiled)).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, folder.join(key.file_name())));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key {
            name: "color",
            source_hash: hash(b"__global__"),
            options: vec!["--std=c++17".into()],
            arch: 90,
            compiler: (13, 0),
            driver: (12, 8),
        }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // The offset basis itself, and the published value for "a" (Fowler, Noll, Vo).
        assert_eq!(hash(b""), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(hash(b"a"), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    #[test]
    fn every_part_of_the_key_makes_another_file() {
        let edits: [fn(&mut Key); 6] = [
            |k| k.name = "blur",
            |k| k.source_hash ^= 1,
            |k| k.options.push("-G".into()),
            |k| k.arch = 75,
            |k| k.compiler.1 = 1,
            |k| k.driver.0 = 13,
        ];
        let mut names = vec![key().file_name()];
        for edit in edits {
            let mut other = key();
            edit(&mut other);
            names.push(other.file_name());
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 7);
    }

    #[test]
    fn what_was_kept_comes_back_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a/b");
        assert_eq!(load(&folder, &key()), None);
        store(&folder, &key(), b"cubin\n\0bytes").unwrap();
        store(&folder, &key(), b"cubin\n\0later").unwrap();
        assert_eq!(load(&folder, &key()).unwrap(), b"cubin\n\0later");
        assert_eq!(load(&folder, &Key { arch: 86, ..key() }), None);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path(), &key(), b"cubin bytes").unwrap();
        let path = folder.path().join(key().file_name());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut file = whole.clone();
            file[at] ^= 0x10;
            fs::write(&path, &file).unwrap();
            assert_eq!(load(folder.path(), &key()), None, "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(load(folder.path(), &key()), None, "cut at {at}");
        }
        fs::write(&path, &whole).unwrap();
        assert!(load(folder.path(), &key()).is_some());
    }

    #[test]
    fn a_folder_that_cannot_be_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), b"").unwrap();
        assert!(store(&folder.path().join("file"), &key(), b"x").is_err());
    }
}
