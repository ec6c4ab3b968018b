use gst_video::VideoResamplerMethod;

use super::super::convert::Placement;
use super::super::nvmm::MemoryType;
use crate::error::{Error, Result};
use crate::frame::Rect;

/// The properties' values.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) src_crop: Option<String>,
    pub(super) dest_crop: Option<String>,
    pub(super) flip_method: u32,
    pub(super) interpolation_method: u32,
    pub(super) memory_type: MemoryType,
    pub(super) gpu_id: u32,
    pub(super) compute_hw: u32,
    pub(super) copy_hw: u32,
    pub(super) output_buffers: u32,
}

impl Settings {
    /// The windows, read from the crop strings.
    pub(super) fn placement(&self) -> Result<Placement> {
        let read = |what, text: &Option<String>| text.as_deref().map_or(Ok(None), |text| window(what, text));
        Ok(Placement { src: read("src-crop", &self.src_crop)?, dst: read("dest-crop", &self.dest_crop)? })
    }

    pub(super) fn resampler(&self) -> VideoResamplerMethod {
        match self.interpolation_method {
            0 => VideoResamplerMethod::Nearest,
            2 => VideoResamplerMethod::Cubic,
            3 => VideoResamplerMethod::Lanczos,
            _ => VideoResamplerMethod::Linear,
        }
    }
}

/// `left:top:width:height`. No text and four zeros stand for no window, as in NVIDIA's element.
fn window(what: &str, text: &str) -> Result<Option<Rect>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let numbers: Option<Vec<u32>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([0, 0, 0, 0]) => Ok(None),
        Some(&[left, top, width, height]) if width > 0 && height > 0 => {
            Ok(Some(Rect::new(left, top, width, height)))
        }
        _ => Err(Error::invalid(format!(
            "{what} is \"{text}\", it must be left:top:width:height in whole pixels with width and height \
             above 0, as in 0:0:640:480"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crops_are_read_or_refused() {
        assert_eq!(window("src-crop", " ").unwrap(), None);
        assert_eq!(window("src-crop", "0:0:0:0").unwrap(), None);
        assert_eq!(window("src-crop", "1: 2:3:4").unwrap(), Some(Rect::new(1, 2, 3, 4)));
        for bad in ["1:2:3", "1:2:3:4:5", "1:2:0:4", "-1:2:3:4", "a:b:c:d", "1,2,3,4"] {
            let error = window("dest-crop", bad).unwrap_err().to_string();
            assert!(error.contains("dest-crop") && error.contains(bad), "{error}");
        }
    }
}
