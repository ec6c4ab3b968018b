//! One group of a key file, read with errors that name file, group, key and value.

use std::path::{Path, PathBuf};

use gst::glib;

use crate::{Error, ErrorKind, Result};

/// A group of a key file.
pub(super) struct Group<'a> {
    pub(super) file: &'a Path,
    pub(super) keys: &'a glib::KeyFile,
    pub(super) name: &'a str,
}

impl Group<'_> {
    /// The keys present, in the file's order.
    pub(super) fn present(&self) -> Vec<String> {
        let keys = self.keys.keys(self.name);
        keys.map(|keys| keys.iter().map(|key| key.as_str().to_owned()).collect()).unwrap_or_default()
    }

    #[cold]
    pub(super) fn bad(&self, key: &str, must: &str) -> Error {
        let value = self.keys.value(self.name, key).unwrap_or_default();
        let (file, group) = (self.file.display(), self.name);
        Error::new(ErrorKind::Config, format!("{file}: [{group}] {key} is \"{value}\", it must be {must}"))
    }

    pub(super) fn text(&self, key: &str) -> Result<String> {
        let text = self.keys.string(self.name, key).map_err(|_| self.bad(key, "valid UTF-8 text"))?;
        if text.is_empty() { Err(self.bad(key, "not empty")) } else { Ok(text.into()) }
    }

    /// A path, taken from the configuration file's folder when relative.
    pub(super) fn file_path(&self, key: &str) -> Result<PathBuf> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        Ok(folder.join(self.text(key)?))
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool> {
        self.keys.boolean(self.name, key).map_err(|_| self.bad(key, "0 or 1"))
    }

    pub(super) fn integer(&self, key: &str, min: i32, must: &str) -> Result<i32> {
        let value = self.keys.integer(self.name, key).ok().filter(|value| *value >= min);
        value.ok_or_else(|| self.bad(key, must))
    }

    pub(super) fn count(&self, key: &str) -> Result<u32> {
        Ok(self.integer(key, 0, "a whole number, 0 or more")?.cast_unsigned())
    }

    pub(super) fn positive(&self, key: &str) -> Result<u32> {
        Ok(self.integer(key, 1, "a whole number, 1 or more")?.cast_unsigned())
    }

    pub(super) fn number(&self, key: &str) -> Result<f32> {
        let value = self.keys.double(self.name, key).ok().filter(|value| value.is_finite());
        value.map(|value| value as f32).ok_or_else(|| self.bad(key, "a number"))
    }

    /// A size or offset in pixels.
    pub(super) fn pixels(&self, key: &str) -> Result<f32> {
        let value = self.number(key).ok().filter(|value| *value >= 0.0);
        value.ok_or_else(|| self.bad(key, "a number of pixels, 0 or more"))
    }

    /// A threshold from 0 to 1.
    pub(super) fn fraction(&self, key: &str) -> Result<f32> {
        let value = self.number(key).ok().filter(|value| (0.0..=1.0).contains(value));
        value.ok_or_else(|| self.bad(key, "a number from 0 to 1"))
    }

    /// One of the numbers that stand for something.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(i32, T)], must: &str) -> Result<T> {
        let value = self.keys.integer(self.name, key).ok();
        let found = choices.iter().find(|(number, _)| Some(*number) == value);
        found.map(|(_, choice)| *choice).ok_or_else(|| self.bad(key, must))
    }

    /// `a;b;c`, all finite.
    pub(super) fn numbers<const N: usize>(&self, key: &str, must: &str) -> Result<[f32; N]> {
        let list = self.keys.double_list(self.name, key).ok();
        let list = list.filter(|list| list.len() == N && list.iter().all(|value| value.is_finite()));
        let list = list.ok_or_else(|| self.bad(key, must))?;
        Ok(std::array::from_fn(|i| list[i] as f32))
    }

    /// `a;b;c` for colour planes; a single number is for the one plane of a grey input.
    pub(super) fn planes(&self, key: &str, rest: f32) -> Result<[f32; 3]> {
        let must = "one number per input plane, as in 103.53;116.28;123.675";
        match self.keys.double_list(self.name, key) {
            Ok(list) if list.len() == 1 => Ok([self.numbers::<1>(key, must)?[0], rest, rest]),
            _ => self.numbers::<3>(key, must),
        }
    }

    /// `0;2;3`.
    pub(super) fn class_ids(&self, key: &str) -> Result<Vec<u32>> {
        let list = self.keys.integer_list(self.name, key).ok();
        let list = list.and_then(|list| list.into_iter().map(|id| u32::try_from(id).ok()).collect());
        list.ok_or_else(|| self.bad(key, "class ids separated by ;, as in 0;2"))
    }
}
