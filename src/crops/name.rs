use std::path::{Path, PathBuf};

use super::ImageFormat;

/// The most bytes of a label in a file name.
const MAX_LABEL: usize = 64;

/// What a crop's file is called: NVIDIA's
/// `frame-number_stream-number_object-number_object-type_WxH.jpg`, in a folder `stream_<n>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CropName<'a> {
    /// Number of the frame in its source.
    pub frame_num: u64,
    /// Source (stream) the frame came from.
    pub source_id: u32,
    /// The track's `object_id`; for an object that is not tracked, its place in the frame.
    pub object: u64,
    /// Class label; see [`label_for_file_name`].
    pub label: &'a str,
    /// Width of the crop, in pixels.
    pub width: u32,
    /// Height of the crop, in pixels.
    pub height: u32,
    /// Decides the ending.
    pub format: ImageFormat,
}

impl CropName<'_> {
    /// ```
    /// use dsframe::crops::{CropName, ImageFormat};
    /// let name = CropName {
    ///     frame_num: 0, source_id: 2, object: 3, label: "Person", width: 126, height: 148,
    ///     format: ImageFormat::Jpg,
    /// };
    /// assert_eq!(name.file_name(), "0_2_3_PERSON_126x148.jpg");
    /// ```
    #[must_use]
    pub fn file_name(&self) -> String {
        let Self { frame_num, source_id, object, label, width, height, format } = *self;
        let label = label_for_file_name(label);
        format!("{frame_num}_{source_id}_{object}_{label}_{width}x{height}.{format}")
    }

    /// `root/stream_<source>/<file name>`.
    #[must_use]
    pub fn path_in(&self, root: &Path) -> PathBuf {
        root.join(format!("stream_{}", self.source_id)).join(self.file_name())
    }
}

/// `label` in upper case and safe in a file name on any system.
///
/// Letters and digits of any script, `-`, `_` and inner dots stay; everything else (separators, NUL,
/// spaces, control characters) becomes `-`. It never starts with a dot, has at most 64 bytes, and an empty
/// label becomes `OBJECT`.
///
/// ```
/// use dsframe::crops::label_for_file_name;
/// assert_eq!(label_for_file_name("traffic light"), "TRAFFIC-LIGHT");
/// assert_eq!(label_for_file_name("../../etc/passwd"), "ETC-PASSWD");
/// ```
#[must_use]
pub fn label_for_file_name(label: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let mut name: String = label.chars().flat_map(char::to_uppercase).map(safe).collect();
    let trim = |c| matches!(c, '.' | '-');
    name = name.trim_matches(trim).to_owned();
    if name.len() > MAX_LABEL {
        name.truncate(name.floor_char_boundary(MAX_LABEL));
        name.truncate(name.trim_end_matches(trim).len());
    }
    if name.is_empty() { "OBJECT".to_owned() } else { name }
}
