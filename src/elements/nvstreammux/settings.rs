use std::time::Duration;

use gst_video::VideoResamplerMethod;

use super::super::nvmm::MemoryType;
use super::batch::Shape;
use crate::error::{Error, Result};

/// The properties' values.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) batch_size: u32,
    pub(super) timeout: i32,
    pub(super) padding: bool,
    pub(super) live: bool,
    pub(super) attach_sys_ts: bool,
    pub(super) reset_on_eos: bool,
    pub(super) method: u32,
    pub(super) surfaces_per_frame: u32,
    pub(super) memory_type: MemoryType,
    pub(super) gpu_id: u32,
    pub(super) compute_hw: u32,
    pub(super) pool_size: u32,
    pub(super) sync_inputs: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            width: 0,
            height: 0,
            batch_size: 1,
            timeout: -1,
            padding: false,
            live: false,
            attach_sys_ts: true,
            reset_on_eos: false,
            method: 1,
            surfaces_per_frame: 1,
            memory_type: MemoryType::Default,
            gpu_id: 0,
            compute_hw: 0,
            pool_size: 4,
            sync_inputs: false,
        }
    }
}

impl Settings {
    /// Whether the values fit together.
    pub(super) fn check(&self) -> Result<()> {
        if (self.width == 0) != (self.height == 0) {
            return Err(Error::invalid(format!(
                "nvstreammux has width={} and height={}; set both, or none to keep every frame's size",
                self.width, self.height
            )));
        }
        if self.surfaces_per_frame != 1 {
            return Err(Error::unsupported(format!(
                "nvstreammux has num-surfaces-per-frame={}; the embedded element handles 1",
                self.surfaces_per_frame
            )));
        }
        Ok(())
    }

    pub(super) fn shape(&self) -> Shape {
        let method =
            if self.method == 0 { VideoResamplerMethod::Nearest } else { VideoResamplerMethod::Linear };
        Shape {
            batch_size: self.batch_size,
            size: (self.width > 0 && self.height > 0).then_some((self.width, self.height)),
            keep_aspect: self.padding,
            method,
        }
    }

    /// The longest wait after a batch's first frame.
    pub(super) fn timeout(&self) -> Option<Duration> {
        u64::try_from(self.timeout).ok().map(Duration::from_micros)
    }
}
