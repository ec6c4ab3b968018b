//! The file of class names.

use std::path::Path;

use crate::{Error, Result};

/// Names of a detector's classes: line `n` (from 0) of `labelfile-path` is class `n`.
///
/// The names of one class may also be written in one line separated by `;`, which is how
/// classifiers list them; for a detector every `;` starts the next class, as in the real element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(Vec<String>);

impl Labels {
    /// Reads a label file.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] if it cannot be read or is not UTF-8.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let reading = || format!("reading the label file {}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(reading(), error))?;
        Ok(Self::parse(&text))
    }

    /// Takes names from text.
    ///
    /// ```
    /// use dsframe::elements::nvinfer::Labels;
    /// let labels = Labels::parse("person\nbicycle\r\n");
    /// assert_eq!(labels.name(1), Some("bicycle"));
    /// assert_eq!(labels.name(2), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
        let names = text.lines().flat_map(|line| line.trim_end_matches(';').split(';'));
        let mut names: Vec<_> = names.map(|name| name.trim().to_owned()).collect();
        if text.is_empty() {
            names.clear();
        }
        Self(names)
    }

    /// The name of class `class_id`, if the file has that many.
    #[must_use]
    pub fn name(&self, class_id: u32) -> Option<&str> {
        self.0.get(class_id as usize).map(String::as_str)
    }

    /// How many classes have a name.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no names.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Labels;

    #[test]
    fn lines_and_semicolons_count_classes() {
        let labels = Labels::parse("person\ntraffic light;car;\n\nlast\n\n");
        let names: Vec<_> = (0..6).map_while(|id| labels.name(id)).collect();
        assert_eq!(names, ["person", "traffic light", "car", "", "last"]);
        assert!(Labels::parse("\n").is_empty());
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Labels::load("/nowhere/labels.txt").unwrap_err();
        assert!(error.to_string().contains("/nowhere/labels.txt"), "{error}");
    }
}
