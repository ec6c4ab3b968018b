//! Kernels against the CPU's operations: every format, awkward sizes, pitches and windows. One file for each operation.

pub(crate) mod blur;
mod canny;
mod chains;
mod color;
mod crops;
mod derivatives;
mod draw;
pub(crate) mod picture;
mod redact;
mod reid;
mod resize;

use anyhow::Result;
use dsframe::cuda::Device;

use super::Report;
use picture::{Picture, Place};

pub(crate) fn run(device: &Device, quick: bool, report: &mut Report) -> Result<()> {
    color::run(device, quick, report)?;
    reid::run(device, quick, report)?;
    crops::run(device, quick, report)?;
    redact::run(device, quick, report)?;
    draw::run(device, quick, report)?;
    blur::run(device, quick, report)?;
    derivatives::run(device, quick, report)?;
    canny::run(device, quick, report)?;
    chains::run(device, quick, report)?;
    resize::run(device, quick, report)
}
