//! Kernels against the CPU's operations: every format, awkward sizes, pitches and windows. One file for each operation.

pub(crate) mod blur;
mod canny;
mod chains;
mod color;
mod crops;
mod derivatives;
mod draw;
mod gpus;
pub(crate) mod picture;
mod redact;
mod reid;
mod resize;

use anyhow::Result;
use dsframe::cuda::Device;

use super::Report;
use picture::{Picture, Place};

pub(crate) type Check = fn(&Device, bool, &mut Report) -> Result<()>;

/// The files of this folder, by what `--only` names them.
pub(crate) const CHECKS: [(&str, Check); 11] = [
    ("colour", color::run),
    ("re-ID", reid::run),
    ("crops", crops::run),
    ("redaction", redact::run),
    ("drawing", draw::run),
    ("blur", blur::run),
    ("derivatives", derivatives::run),
    ("Canny", canny::run),
    ("chains", chains::run),
    ("resize", resize::run),
    ("GPUs", gpus::run),
];

/// Those whose name has `only` in it.
pub(crate) fn run(device: &Device, quick: bool, only: &str, report: &mut Report) -> Result<()> {
    for (_, check) in CHECKS.iter().filter(|(name, _)| name.contains(only)) {
        check(device, quick, report)?;
    }
    Ok(())
}
